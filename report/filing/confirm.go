package filing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report"
)

// Figures returns a fingerprint of what a report says, 64 hexadecimal digits:
// the same for reports whose figures, names and period are the same, whenever
// they were compiled and however far the record has grown since.
func Figures(r report.Report) (string, error) {
	r.At = time.Time{}
	r.Nodes = slices.Clone(r.Nodes)
	for i, n := range r.Nodes {
		r.Nodes[i] = report.Node{Name: n.Name}
	}
	text, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("compare figures: %w", err)
	}
	return hashOf(text), nil
}

// Confirm freezes a completed report of a department, once its period is over,
// and sends it to the police: the figures as they are compiled now, the
// statement, who and when. Nobody changes it then; only the police may return
// it.
//
// figures is the fingerprint of those that were shown to whoever confirms. When
// others come out now, nothing is confirmed (Conflict, Figures): he is to look
// again. Before the end of the period it is Invalid (NotOver).
func (d *Desk) Confirm(ctx context.Context, k Key, seen int64, figures string, by Who) (Filing, error) {
	const op = "filing.confirm"
	if k.Department == "" {
		return Filing{}, ofDepartment(op)
	}
	if err := d.over(op, k.Period); err != nil {
		return Filing{}, err
	}
	r, err := d.compile(ctx, k)
	if err != nil {
		return Filing{}, err
	}
	now, err := Figures(r)
	if err != nil {
		return Filing{}, err
	}
	return d.do(ctx, change{op: op, key: k, seen: seen, by: by, event: audit.ReportConfirmed, write: d.db.Write, apply: func(_ *sqlite.Tx, row *row, at time.Time) error {
		if err := allow(op, row.Filing, Completed); err != nil {
			return err
		}
		if now != figures {
			return &lgsp.Error{Kind: lgsp.Conflict, Op: op, Code: "Figures", Err: fmt.Errorf("the figures of %s are others than those that were shown", k),
				Text: "Số liệu của kỳ đã khác với số liệu bạn đang xem nên báo cáo chưa được xác nhận; hãy xem lại số liệu mới rồi xác nhận."}
		}
		return row.freeze(Confirmed, report.Filed{Report: r, Statement: row.Statement, By: by.orAccount(), At: at})
	}})
}

// over refuses to freeze the figures of a period that goes on.
func (d *Desk) over(op string, p report.Period) error {
	if p.Over(d.opt.Now()) {
		return nil
	}
	return &lgsp.Error{Kind: lgsp.Invalid, Op: op, Code: "NotOver", Err: fmt.Errorf("the period ends on %s", p.To),
		Text: "Kỳ báo cáo đến hết ngày " + p.To.Short() + " mới kết thúc nên chưa chốt được số liệu; hãy thực hiện sau ngày đó."}
}

// compile makes the figures, and sees that they are those that were asked for.
func (d *Desk) compile(ctx context.Context, k Key) (report.Report, error) {
	r, err := d.opt.Compile(ctx, k.Period, k.Department)
	if err != nil {
		return r, fmt.Errorf("compile the figures of %s: %w", k, err)
	}
	if r.Period != k.Period || r.Scope != k.Department {
		return r, fmt.Errorf("compile the figures of %s: they came out as those of %s", k, Key{Period: r.Period, Department: r.Scope})
	}
	return r, nil
}
