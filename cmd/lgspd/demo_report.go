package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/layout"
	"lgsp.internal/adapter/report/office"
)

// report writes the six-month report of the province and that of the department
// in every format, and compares their figures with what the demo sent and what
// the sandbox has counted by itself.
func (d *demo) report(ctx context.Context) (err error) {
	loaded, err := loadMappings(d.cfg)
	if err != nil {
		return err
	}
	st, err := openStore(ctx, d.cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	o, err := newOffice(d.cfg, loaded, st)
	if err != nil {
		return err
	}
	period, _ := report.Current(time.Now())
	for _, department := range []string{"", d.cfg.Departments[0].Code} {
		if err := d.reportOf(ctx, o, filing.Key{Period: period, Department: department}); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) reportOf(ctx context.Context, o *office.Office, k filing.Key) error {
	paper, err := o.Paper(ctx, k)
	if err != nil {
		return err
	}
	if err := d.compare(paper.Report); err != nil {
		return fmt.Errorf("report %s: %w", k, err)
	}
	files, err := writeReport(o, paper, d.reports, layout.Formats())
	if err != nil {
		return err
	}
	var kinds []string
	for _, f := range files {
		kinds = append(kinds, strings.TrimPrefix(filepath.Ext(f), "."))
	}
	v, err := o.Figures().Verify(ctx, paper.Report)
	if err != nil {
		return err
	}
	if !v.Holds() {
		return fmt.Errorf("the record does not confirm the report %s: %v %v", k, v.Differences, v.Problems)
	}
	first := files[0]
	d.say.line("    %s: %s in %s; every number found again in %d entries", k, strings.TrimSuffix(filepath.Base(first), filepath.Ext(first)), strings.Join(kinds, ", "), v.Entries)
	return nil
}

// login is a name with its password.
type login struct{ username, password string }

// desk opens accounts for the report desk, and sees whether it answers.
func (d *demo) desk(ctx context.Context) error {
	st, err := openStore(ctx, d.cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	for _, who := range []struct {
		name    string
		profile account.Profile
	}{
		{"quan-tri", account.Profile{FullName: "Phạm Văn Mẫu", Role: account.Admin}},
		{"so-tu-phap", account.Profile{FullName: "Trần Thị Thử", Role: account.Officer, Department: d.cfg.Departments[0].Code}},
		{"cong-an", account.Profile{FullName: "Lê Văn Mẫu", Role: account.Police}},
	} {
		password, addErr := st.people.Add(ctx, account.By{Operator: "demo"}, who.name, who.profile)
		err = errors.Join(err, addErr)
		d.accounts = append(d.accounts, login{who.name, password})
	}
	if err := errors.Join(err, st.close()); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+d.cfg.Web.Listen+"/", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Security-Policy") == "" {
		return fmt.Errorf("the report desk answers %s", resp.Status)
	}
	d.say.line("    http://%s/ asks who is there; an administrator, an officer and the police have accounts", d.cfg.Web.Listen)
	return nil
}

// compare compares the figures of a report with those of the sandbox and of the demo.
func (d *demo) compare(r report.Report) error {
	stats := d.box.Stats()
	var found, notFound uint64
	for _, p := range stats.Paths {
		found, notFound = found+p.Found, notFound+p.NotFound
	}
	t := r.Total
	rows := []struct {
		what         string
		report, seen int64
	}{
		{"messages received", t.Messages.Received, int64(len(d.accepted))},
		{"messages delivered", t.Messages.Delivered, int64(stats.Effects)},
		{"messages waiting", t.Messages.Waiting, 0},
		{"messages rejected at the door", t.Messages.Rejected, d.rejected},
		{"messages repeated", t.Messages.Repeated, d.repeated},
		{"look-ups that were answered", t.LookUps.Found + t.LookUps.NotFound, int64(stats.Lookups)},
		{"look-ups that found somebody", t.LookUps.Found, int64(found)},
		{"look-ups that found nobody", t.LookUps.NotFound, int64(notFound)},
		{"look-ups refused", t.LookUps.Refused, d.refused},
	}
	for _, l := range r.Messages {
		rows = append(rows, struct {
			what         string
			report, seen int64
		}{"messages of " + l.Service + " delivered", l.Delivered, int64(stats.Services[counted(l.Service)])})
	}
	for _, row := range rows {
		if row.report != row.seen {
			return fmt.Errorf("it says %d %s, there were %d", row.report, row.what, row.seen)
		}
	}
	return nil
}
