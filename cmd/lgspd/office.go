package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/bundle"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/layout"
	"lgsp.internal/adapter/report/office"
	"lgsp.internal/adapter/report/reminder"
)

// newOffice makes the office of reports of a configuration.
func newOffice(cfg config.Config, loaded map[string]*mappings.Mapping, st *store) (*office.Office, error) {
	house, err := houseOf(cfg, loaded)
	if err != nil {
		return nil, err
	}
	nodes, err := bundleNodes(cfg)
	if err != nil {
		return nil, err
	}
	figures := office.Figures{Counts: st.counts, Record: st.audit, House: house, Now: time.Now,
		Bundles: bundle.NewStore(st.db, st.audit, cfg.Report.NodeName, nodes, time.Now)}
	desk := filing.NewDesk(filing.Options{DB: st.db, Audit: st.audit, Compile: figures.Compile, Calendar: calendarOf(cfg),
		Deadline: cfg.Report.Deadline, ProvinceDeadline: cfg.Report.ProvinceDeadline})
	o := office.Options{Figures: figures, Desk: desk, Letterheads: letterheads(cfg)}
	if o.ProvinceTemplate, err = readTemplate(cfg.Report.Template.Province, true); err != nil {
		return nil, err
	}
	if o.DepartmentTemplate, err = readTemplate(cfg.Report.Template.Department, false); err != nil {
		return nil, err
	}
	return office.New(o), nil
}

// readTemplate reads a form of one's own, and finds out whether it can be filled in.
func readTemplate(path string, provincial bool) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, environmentError(fmt.Errorf("report.template: %w", err))
	}
	if err := layout.CheckTemplate(text, provincial); err != nil {
		return nil, usageError("report.template: %s: %w", path, err)
	}
	return text, nil
}

// newReminders makes what reminds of reports that are still to come.
func newReminders(cfg config.Config, st *store, o *office.Office, log *slog.Logger) *reminder.Desk {
	r := cfg.Report
	to := reminder.Options{DB: st.db, Status: outstanding(o), Calendar: calendarOf(cfg), Deadline: r.Deadline, ProvinceDeadline: r.ProvinceDeadline,
		Before: r.Reminders.Before, After: r.Reminders.After, Police: r.Reminders.Police, Link: cfg.Web.PublicURL, Log: log}
	for _, d := range cfg.Departments {
		to.Departments = append(to.Departments, reminder.Department{Code: d.Code, Name: d.Name, Emails: d.Report.Emails})
	}
	if m := r.Reminders.SMTP; m != nil {
		to.Mailer = reminder.SMTP{Host: m.Host, Port: m.Port, TLS: m.TLS, Username: m.Username, Password: m.Password.Reveal(), From: m.From}
	}
	return reminder.NewDesk(to)
}

// outstanding tells whose report of a period is still to come.
func outstanding(o *office.Office) func(context.Context, report.Period) (reminder.Status, error) {
	return func(ctx context.Context, p report.Period) (reminder.Status, error) {
		b, err := o.Board(ctx, p)
		if err != nil {
			return reminder.Status{}, err
		}
		s := reminder.Status{Province: b.Province.State != filing.Issued}
		for _, l := range b.Departments {
			if l.Listed && l.Done.IsZero() {
				s.Departments = append(s.Departments, l.Department)
			}
		}
		return s, nil
	}
}

func bundleNodes(cfg config.Config) ([]bundle.Node, error) {
	var nodes []bundle.Node
	for _, n := range cfg.Report.Nodes {
		key, err := n.PublicKey()
		if err != nil {
			return nil, usageError("report.nodes: %s: %w", n.Name, err)
		}
		nodes = append(nodes, bundle.Node{Name: n.Name, Key: key, Departments: n.Departments})
	}
	return nodes, nil
}

// letterheads returns under which heads departments, and the police for the
// province (""), write.
func letterheads(cfg config.Config) map[string]layout.Letterhead {
	r := cfg.Report
	signer := func(s config.Signer) layout.Signer {
		return layout.Signer{Authority: s.Authority, Position: s.Position, Name: s.Name}
	}
	heads := map[string]layout.Letterhead{"": {Parent: r.Police.Parent, Agency: r.Police.Name, Symbol: reportSymbol(r.Police.Symbol), Place: r.Police.Place, Signer: signer(r.Police.Signer),
		Recipients: r.Recipients, Bases: r.Bases, Platform: cfg.Documents.Platform}}
	for _, d := range cfg.Departments {
		heads[d.Code] = layout.Letterhead{Parent: d.Parent, Agency: d.Name, Symbol: reportSymbol(d.Symbol), Place: d.Place, Signer: signer(d.Signer),
			Recipients: r.DepartmentRecipients, Bases: r.Bases, Platform: cfg.Documents.Platform}
	}
	return heads
}

// reportSymbol is the symbol of a report of an agency: BC- before the agency's own.
func reportSymbol(agency string) string {
	if agency == "" {
		return ""
	}
	return "BC-" + agency
}
