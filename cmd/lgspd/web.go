package main

import (
	"log/slog"
	"net"

	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/report/office"
	"lgsp.internal/adapter/report/reminder"
	"lgsp.internal/adapter/web"
)

// departmentCodes are the agencies that officers may belong to.
func departmentCodes(cfg config.Config) (codes []string) {
	for _, d := range cfg.Departments {
		codes = append(codes, d.Code)
	}
	return codes
}

func webOptions(cfg config.Config, people *account.Book, reports *office.Office, reminders *reminder.Desk, log *slog.Logger) web.Options {
	w := cfg.Web
	o := web.Options{Listen: w.Listen, PublicURL: w.PublicURL, TLS: web.TLS{CertFile: w.TLS.Cert, KeyFile: w.TLS.Key}, Networks: w.Networks,
		Idle: w.Idle, Absolute: w.Absolute, Accounts: people, Office: reports, Province: cfg.Province.Name, Lang: cfg.Lang, Log: log,
		Ready: func(a net.Addr) { log.Info("serving pages", "address", a.String()) }}
	if reminders != nil {
		o.Reminders = reminders.List
	}
	for _, d := range cfg.Departments {
		o.Departments = append(o.Departments, web.Department{Code: d.Code, Name: d.Name})
	}
	return o
}
