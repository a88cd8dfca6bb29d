package report

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Order says what to compile.
type Order struct {
	Period Period
	Scope  string // agency code of one department; "" = the province
	House  House
	At     time.Time // when; what is down then is down until then
}

// Compile makes a report of the counts, which it first brings up to the end of
// the record. The figures, and the end of the record that they rest on, are of
// one moment.
func (c *Counts) Compile(ctx context.Context, o Order) (r Report, err error) {
	err = c.compile(ctx, o.Period, func(tx *sql.Tx) (err error) {
		r, err = compileIn(ctx, tx, o)
		return err
	})
	return r, err
}

// CompileEach is Compile of the order, whose scope does not count, and then of
// each department that its report has, all of one moment.
func (c *Counts) CompileEach(ctx context.Context, o Order) (whole Report, departments []Report, err error) {
	o.Scope = ""
	err = c.compile(ctx, o.Period, func(tx *sql.Tx) (err error) {
		if whole, err = compileIn(ctx, tx, o); err != nil {
			return err
		}
		for _, d := range whole.Departments {
			o.Scope = d.Code
			r, err := compileIn(ctx, tx, o)
			if err != nil {
				return err
			}
			departments = append(departments, r)
		}
		return nil
	})
	return whole, departments, err
}

// compile calls do with the counts as they are at one moment, none behind.
func (c *Counts) compile(ctx context.Context, p Period, do func(*sql.Tx) error) error {
	if _, err := c.CatchUp(ctx); err != nil {
		return err
	}
	tx, err := c.db.Read().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("read the counts: %w", err)
	}
	if err = errors.Join(do(tx), tx.Rollback()); err != nil {
		return fmt.Errorf("compile %s: %w", p, err)
	}
	return nil
}

func compileIn(ctx context.Context, tx *sql.Tx, o Order) (Report, error) {
	node, err := readNode(ctx, tx, o.House.Node)
	if err != nil {
		return Report{}, err
	}
	keys, err := readKeys(ctx, tx)
	if err != nil {
		return Report{}, err
	}
	of, err := readTally(ctx, tx, keys, o.Period, millis(o.At))
	if err != nil {
		return Report{}, err
	}
	before, err := readTally(ctx, tx, keys, o.Period.Previous(), millis(o.At))
	if err != nil {
		return Report{}, err
	}
	return o.report(node, of, before), nil
}

// report puts a report together. It is the same arithmetic, whether the tallies
// were read from the counts or from the record.
func (o Order) report(node Node, of, before *tally) Report {
	of.keep(o.Scope)
	before.keep(o.Scope)
	r := Report{Format: Format, Period: o.Period, From: o.Period.From, To: o.Period.To, Over: o.Period.Over(o.At), Province: o.House.Province, Scope: o.Scope,
		At: o.At.UTC().Truncate(time.Millisecond), Nodes: []Node{node}}
	o.fill(&r, of)
	r.Total = r.sum()
	if !before.empty() {
		var b Report
		o.fill(&b, before)
		t := b.sum()
		r.Before = &t
	}
	r.Systems = o.House.systems(o.Scope, min(o.Period.To, dayOf(o.At)))
	r.Departments = o.House.departments(o.departments(r))
	r.Services = o.House.services(servicesIn(r))
	return r
}

// fill adds the lines that a tally comes to.
func (o Order) fill(r *Report, t *tally) {
	f := newFigures(t)
	r.LookUps, r.Messages, r.Notices, r.Fields = f.lookUpLines(), f.messageLines(), f.noticeLines(), f.fieldLines()
	r.Groups, r.Backlogs, r.Outages, r.Security, r.Months = groupLines(o.House.Groups, r.Messages), f.backlogLines(), f.outageLines(o.House.Node), f.securityLines(), f.monthLines()
}

// departments returns the codes that the report has lines for: those that the
// house knows, and those that the record knows beside them.
func (o Order) departments(r Report) map[string]bool {
	codes := map[string]bool{}
	if o.Scope != "" {
		codes[o.Scope] = true
		return codes
	}
	for _, d := range o.House.Departments {
		codes[d.Code] = true
	}
	for _, code := range r.Named() {
		codes[code] = true
	}
	delete(codes, "")
	return codes
}

// Named returns the codes that the report's lists name, by code. A line that
// names no department gives ""; events of security may.
func (r Report) Named() []string {
	codes := map[string]bool{}
	for _, d := range r.Departments {
		codes[d.Code] = true
	}
	for _, l := range r.LookUps {
		codes[l.Department] = true
	}
	for _, l := range r.Messages {
		codes[l.Department] = true
	}
	for _, l := range r.Notices {
		codes[l.Department] = true
	}
	for _, l := range r.Fields {
		codes[l.Department] = true
	}
	for _, l := range r.Backlogs {
		codes[l.Department] = true
	}
	for _, l := range r.Systems {
		codes[l.Department] = true
	}
	for _, l := range r.Security {
		if l.Department != "" || r.Scope != "" { // of all departments together, some are of none
			codes[l.Department] = true
		}
	}
	return slices.Sorted(maps.Keys(codes))
}

func servicesIn(r Report) map[string]bool {
	names := map[string]bool{}
	for _, l := range r.LookUps {
		names[l.Service] = true
	}
	for _, l := range r.Messages {
		names[l.Service] = true
	}
	for _, s := range r.Systems {
		for _, a := range s.Approvals {
			names[a.Service] = true
		}
	}
	for _, g := range r.Groups {
		for _, s := range g.Services {
			names[s] = true
		}
	}
	delete(names, "")
	return names
}
