package main

import (
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/report"
)

// houseOf tells reports what the configuration knows of those that exchange data.
func houseOf(cfg config.Config, loaded map[string]*mappings.Mapping) (report.House, error) {
	h := report.House{Province: cfg.Province.Name, Node: cfg.Report.NodeName}
	for _, s := range cfg.Services {
		title := ""
		if m := loaded[s.Name]; m != nil {
			title = m.Title()
		}
		h.Services = append(h.Services, report.Service{Name: s.Name, Title: title})
	}
	for _, d := range cfg.Departments {
		h.Departments = append(h.Departments, report.Department{Code: d.Code, Name: d.Name})
		for _, s := range d.Systems {
			to := report.Connected{System: report.System{Department: d.Code, Name: s.Name, Title: s.Title, Level: s.Level,
				LevelDecision: report.Decision{Number: s.LevelDecision.Number, Date: s.LevelDecision.Date.String()}}}
			for _, a := range s.Approvals {
				g, err := reportGrant(a, loaded[a.Service])
				if err != nil {
					return h, err
				}
				to.Granted = append(to.Granted, g)
			}
			h.Systems = append(h.Systems, to)
		}
	}
	for _, g := range cfg.Report.Groups {
		h.Groups = append(h.Groups, report.Group{Title: g.Title, Services: g.Services})
	}
	return h, nil
}

func reportGrant(a config.Approval, m *mappings.Mapping) (report.Grant, error) {
	approved, err := approvedFields(m, a)
	if err != nil {
		return report.Grant{}, usageError("%w", err)
	}
	return report.Grant{Given: a.Granted(), From: a.From.Begin(), Until: a.Until.End(), Approval: report.Approval{Service: a.Service,
		Document: report.Decision{Number: a.Number, Date: a.Date.String()}, From: a.From.String(), Until: a.Until.String(), Fields: len(approved.Leaves()), Quota: a.Quota}}, nil
}

// calendarOf returns the working days of a configuration.
func calendarOf(cfg config.Config) report.Calendar {
	c := report.Calendar{Holidays: map[vntime.Day]bool{}, Workdays: map[vntime.Day]bool{}}
	for _, days := range cfg.Report.Holidays {
		days.Each(func(d config.Date) { c.Holidays[vntime.DayOf(d.Begin())] = true })
	}
	for _, d := range cfg.Report.Workdays {
		c.Workdays[vntime.DayOf(d.Begin())] = true
	}
	return c
}
