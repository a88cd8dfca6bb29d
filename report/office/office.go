// Package office is where the parts of reporting come together for those who
// use them, by command and by page: figures, filing, bundles and layout.
//
// It promises that a report which is frozen is written as it was frozen, and
// that one which is not is marked as a draft.
package office

import (
	"context"
	"io"
	"slices"
	"strings"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/bundle"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/layout"
)

// Options are what an office works with.
type Options struct {
	Figures Figures
	Desk    *filing.Desk

	// Letterheads by agency code; that of the police, who write for the
	// province, under "".
	Letterheads map[string]layout.Letterhead

	// Templates of one's own, DOCX; empty = the layout of NĐ 30/2020/NĐ-CP.
	ProvinceTemplate, DepartmentTemplate []byte
}

// Office writes, gathers and gives out reports. Many goroutines may use it.
type Office struct {
	figures Figures
	desk    *filing.Desk
	opt     Options
}

// New returns an office.
func New(o Options) *Office { return &Office{figures: o.Figures, desk: o.Desk, opt: o} }

// Desk is where the reports of departments and province are filed.
func (o *Office) Desk() *filing.Desk { return o.desk }

// Figures are those of this daemon and of the bundles that it holds.
func (o *Office) Figures() Figures { return o.figures }

// Departments are those that are to report, by code.
func (o *Office) Departments() []report.Department {
	all := slices.Clone(o.figures.House.Departments)
	slices.SortFunc(all, func(a, b report.Department) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// Codes are the agency codes of Departments.
func (o *Office) Codes() []string {
	var codes []string
	for _, d := range o.Departments() {
		codes = append(codes, d.Code)
	}
	return codes
}

// nameOf returns what a department is called, its code if that is not known.
func (o *Office) nameOf(code string) string {
	for _, d := range o.figures.House.Departments {
		if d.Code == code && d.Name != "" {
			return d.Name
		}
	}
	return code
}

// Board returns where the reports of a period stand now.
func (o *Office) Board(ctx context.Context, p report.Period) (filing.Board, error) {
	return o.desk.Board(ctx, p, o.Codes(), o.figures.Now())
}

// confirmed returns the last version of a department's report, if it is confirmed.
func (o *Office) confirmed(ctx context.Context, p report.Period, code string) (report.Filed, bool, error) {
	k := filing.Key{Period: p, Department: code}
	f, err := o.desk.Get(ctx, k)
	if err != nil || f.State != filing.Confirmed && f.State != filing.Received {
		return report.Filed{}, false, err
	}
	filed, err := o.desk.Filed(ctx, k, f.Version)
	return filed, true, err
}

// Import is what came of a bundle.
type Import struct {
	bundle.Import
	Filed   []string         // codes of the departments whose confirmed reports were filed
	Unfiled map[string]error // those whose reports were not, with the reason
}

// Import takes figures of another node in, and files the reports that were
// confirmed there.
func (o *Office) Import(ctx context.Context, raw []byte, by filing.Who) (Import, error) {
	taken, err := o.figures.Bundles.Add(ctx, raw, by.String())
	in := Import{Import: taken, Unfiled: map[string]error{}}
	if err != nil {
		return in, err
	}
	for _, filed := range taken.Bundle.Filed {
		code := filed.Report.Scope
		_, err := o.desk.Import(ctx, filed, taken.Bundle.Node, by)
		switch kind := lgsp.KindOf(err); {
		case err == nil:
			in.Filed = append(in.Filed, code)
		case kind == lgsp.Conflict || kind == lgsp.Invalid:
			in.Unfiled[code] = err
		default:
			return in, err
		}
	}
	return in, nil
}

// Paper returns what the last version of a report says, with the figures of now
// while it is not frozen, or was returned: the next version begins with them.
func (o *Office) Paper(ctx context.Context, k filing.Key) (layout.Paper, error) {
	f, err := o.desk.Get(ctx, k)
	if err != nil {
		return layout.Paper{}, err
	}
	if f.State.Frozen() && f.State != filing.Returned {
		return o.frozen(ctx, k, f)
	}
	p := layout.Paper{Statement: f.Statement, Letterhead: o.letterhead(k.Department, f), Draft: true}
	if p.Report, err = o.figures.Compile(ctx, k.Period, k.Department); err != nil || k.Department != "" {
		return p, err
	}
	return p, o.gather(ctx, k.Period, &p)
}

// Version returns what one frozen version of a report says. Errors are those of
// filing.Desk.Version and Frozen.
func (o *Office) Version(ctx context.Context, k filing.Key, version int) (layout.Paper, error) {
	f, err := o.desk.Version(ctx, k, version)
	if err != nil {
		return layout.Paper{}, err
	}
	return o.frozen(ctx, k, f)
}

func (o *Office) frozen(ctx context.Context, k filing.Key, f filing.Filing) (layout.Paper, error) {
	p := layout.Paper{Letterhead: o.letterhead(k.Department, f)}
	if k.Department != "" {
		filed, err := o.desk.Filed(ctx, k, f.Version)
		p.Report, p.Statement = filed.Report, filed.Statement
		p.Draft = f.State == filing.Returned
		return p, err
	}
	whole, err := o.desk.Province(ctx, k.Period, f.Version)
	if err != nil {
		return p, err
	}
	p.Report, p.Statement = whole.Report, whole.Statement
	p.Draft = f.State != filing.Issued
	deadline := o.desk.Deadline(k.Period)
	for _, part := range whole.Parts {
		p.Statements = append(p.Statements, layout.DepartmentStatement{Code: part.Department, Name: o.nameOf(part.Department), Statement: part.Statement})
		p.Submissions = append(p.Submissions, layout.Submission{Code: part.Department, Name: o.nameOf(part.Department), State: layout.State(part.State.String()), At: part.At,
			Late: vntime.DayOf(part.At) > deadline})
	}
	for _, m := range whole.Missing {
		p.Submissions = append(p.Submissions, layout.Submission{Code: m.Department, Name: o.nameOf(m.Department), State: layout.State(m.State.String()), Late: vntime.DayOf(whole.At) > deadline})
	}
	slices.SortFunc(p.Submissions, func(a, b layout.Submission) int { return strings.Compare(a.Code, b.Code) })
	return p, nil
}

// gather adds what departments have sent so far to a draft of the province's report.
func (o *Office) gather(ctx context.Context, p report.Period, to *layout.Paper) error {
	board, err := o.Board(ctx, p)
	if err != nil {
		return err
	}
	for _, l := range board.Departments {
		to.Submissions = append(to.Submissions, layout.Submission{Code: l.Department, Name: o.nameOf(l.Department), State: layout.State(l.State.String()), At: l.Done, Late: l.Late})
		filed, confirmed, err := o.confirmed(ctx, p, l.Department)
		if err != nil {
			return err
		}
		if confirmed {
			to.Statements = append(to.Statements, layout.DepartmentStatement{Code: l.Department, Name: o.nameOf(l.Department), Statement: filed.Statement})
		}
	}
	return nil
}

// letterhead returns under which head a report is written, with number and date
// once it has them.
func (o *Office) letterhead(code string, f filing.Filing) layout.Letterhead {
	h, known := o.opt.Letterheads[code]
	if !known {
		h.Agency = o.nameOf(code)
	}
	if number, symbol, ok := strings.Cut(f.Number, "/"); ok {
		h.Number, h.Symbol = number, symbol
	}
	if day, err := vntime.ParseDay(f.Date); err == nil {
		h.Date = day
	}
	return h
}

// Write writes a report as a file of a format.
func (o *Office) Write(w io.Writer, f layout.Format, p layout.Paper) error {
	template := o.opt.DepartmentTemplate
	if p.Report.Scope == "" {
		template = o.opt.ProvinceTemplate
	}
	return layout.Write(w, f, p, layout.Options{Template: template})
}
