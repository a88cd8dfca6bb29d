package office

import (
	"context"
	"fmt"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/bundle"
)

// Figures compiles the figures of this daemon together with those that other
// daemons have brought.
type Figures struct {
	Counts  *report.Counts
	Record  *audit.Log
	Bundles *bundle.Store
	House   report.House
	Now     func() time.Time
}

// Compile makes the figures of a period, of one department or, with "", of the
// province.
func (f Figures) Compile(ctx context.Context, p report.Period, department string) (report.Report, error) {
	own, err := f.own(ctx, p, department)
	if err != nil {
		return own, err
	}
	return f.Bundles.Merge(ctx, own)
}

// own compiles what this daemon alone knows.
func (f Figures) own(ctx context.Context, p report.Period, department string) (report.Report, error) {
	return f.Counts.Compile(ctx, report.Order{Period: p, Scope: department, House: f.House, At: f.Now()})
}

// Verify makes every number of a report again from the record, and adds what
// other daemons have brought: of them, the signatures are checked, and their
// own daemons can verify their numbers.
func (f Figures) Verify(ctx context.Context, r report.Report) (report.Verdict, error) {
	if len(r.Nodes) > 0 && r.Nodes[0].Name != f.House.Node {
		return report.Verdict{}, fmt.Errorf("the report was compiled by node %q, and this one is %q: verify it there", r.Nodes[0].Name, f.House.Node)
	}
	var others []report.Report
	if len(r.Nodes) > 1 {
		held, err := f.Bundles.Of(ctx, r.Period)
		if err != nil {
			return report.Verdict{}, err
		}
		if others, err = pick(held, r); err != nil {
			return report.Verdict{}, err
		}
	}
	return f.Counts.Verify(ctx, f.Record, r, others...)
}

// pick returns the figures of the other nodes of a report, in their order.
func pick(held []bundle.Held, r report.Report) ([]report.Report, error) {
	var others []report.Report
	for _, n := range r.Nodes[1:] {
		found := false
		for _, h := range held {
			if o, ok := h.Bundle.Of(r.Scope); ok && o.Nodes[0] == n {
				others, found = append(others, o), true
			}
		}
		if !found {
			return nil, fmt.Errorf("the report holds figures of node %s up to entry %d of its record, and the bundle that brought them is no longer here", n.Name, n.Seq)
		}
	}
	return others, nil
}

// Bundle makes what this daemon tells another of a period: the figures of all
// its departments and of each, and those reports that are confirmed here.
func (o *Office) Bundle(ctx context.Context, p report.Period) (bundle.Bundle, error) {
	f := o.figures
	whole, departments, err := f.Counts.CompileEach(ctx, report.Order{Period: p, House: f.House, At: f.Now()})
	if err != nil {
		return bundle.Bundle{}, err
	}
	b := bundle.Bundle{Node: f.House.Node, Period: p, Whole: whole, Departments: departments}
	for _, d := range whole.Departments {
		filed, confirmed, err := o.confirmed(ctx, p, d.Code)
		if err != nil {
			return b, err
		}
		if confirmed {
			b.Filed = append(b.Filed, filed)
		}
	}
	b.Made = f.Now().UTC() // behind what is in it
	return b, nil
}
