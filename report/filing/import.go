package filing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

// Import files a report that was confirmed at another node, whose signature the
// caller has checked, as if it had been confirmed here: frozen as it was there.
// One that is here already is left as it is. One that is being written here, or
// is confirmed here and says something else, is a Conflict (State).
func (d *Desk) Import(ctx context.Context, filed report.Filed, node string, by Who) (Filing, error) {
	const op = "filing.import"
	k := Key{Period: filed.Report.Period, Department: filed.Report.Scope}
	if k.Department == "" {
		return Filing{}, ofDepartment(op)
	}
	if err := d.over(op, k.Period); err != nil {
		return Filing{}, err
	}
	if err := check(op, filed.Statement, k.Period, d.today()); err != nil {
		return Filing{}, err
	}
	if err := complete(op, filed.Statement); err != nil {
		return Filing{}, err
	}
	if err := checkWho(op, Who{Account: node, Name: filed.By}); err != nil {
		return Filing{}, err
	}
	text, err := json.Marshal(filed)
	if err != nil {
		return Filing{}, fmt.Errorf("import report %s: %w", k, err)
	}
	here, err := d.Get(ctx, k)
	if err != nil || here.State.Frozen() && here.Hash == hashOf(text) {
		return here, err
	}
	return d.do(ctx, change{op: op, key: k, seen: here.Revision, by: by, reason: "Nhập từ hệ thống " + node, event: audit.ReportConfirmed, write: d.db.Write,
		apply: func(_ *sqlite.Tx, r *row, _ time.Time) error {
			if r.State != None && r.State != Returned {
				return &lgsp.Error{Kind: lgsp.Conflict, Op: op, Code: "State", Err: errors.New("the report is " + r.State.String() + " here"),
					Text: "Báo cáo của đơn vị " + k.Department + " tại hệ thống này " + r.State.Title() + " với nội dung khác nên không nhập đè; hãy trả lại báo cáo đó trước khi nhập."}
			}
			r.begin()
			r.Statement, r.Edited, r.Editor = filed.Statement, filed.At, Who{Account: by.Account, Name: filed.By}
			return r.freeze(Confirmed, filed)
		}})
}

// Deadline is the last day on which a department's report of a period is in time.
func (d *Desk) Deadline(p report.Period) vntime.Day {
	return d.opt.Calendar.Deadline(p, d.opt.Deadline)
}
