package filing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report"
)

// Save keeps what was written of a report, as a draft: the first save begins
// version 1, the first after a return or after a consolidation the next version.
// seen is the Revision that it was made from, 0 where nobody had begun. It
// returns the report as it is then, with the Revision for the next deed.
//
// Errors of all deeds: Invalid (Statement with every bad field, or Deed),
// Conflict (Stale: somebody else was faster, nothing is overwritten; State: the
// state is another), Throttled and Unavailable (not stored).
func (d *Desk) Save(ctx context.Context, k Key, seen int64, s report.Statement, by Who) (Filing, error) {
	const op = "filing.save"
	s = tidy(s)
	if err := check(op, s, k.Period, d.today()); err != nil {
		return Filing{}, err
	}
	return d.do(ctx, change{op: op, key: k, seen: seen, by: by, event: audit.ReportDrafted, write: d.db.Write, apply: func(_ *sqlite.Tx, r *row, at time.Time) error {
		if d.today() < k.Period.From {
			return badDeed(op, "Kỳ báo cáo này chưa bắt đầu; hãy chọn lại kỳ.", fmt.Errorf("the period begins on %s", k.Period.From))
		}
		if err := allow(op, r.Filing, None, Draft, Returned, Consolidated); err != nil {
			return err
		}
		if r.State != Draft {
			r.begin()
		}
		r.State, r.Statement, r.Edited, r.Editor = Draft, s, at, by
		return nil
	}})
}

// Complete notes that a department's officer says that its draft lacks nothing:
// difficulties and proposals are told, or that there are none.
func (d *Desk) Complete(ctx context.Context, k Key, seen int64, by Who) (Filing, error) {
	const op = "filing.complete"
	return d.move(ctx, change{op: op, key: k, seen: seen, by: by, event: audit.ReportCompleted, apply: func(_ *sqlite.Tx, r *row, _ time.Time) error {
		if err := allow(op, r.Filing, Draft); err != nil {
			return err
		}
		r.State = Completed
		return complete(op, r.Statement)
	}})
}

// Reopen makes a completed report a draft again.
func (d *Desk) Reopen(ctx context.Context, k Key, seen int64, by Who) (Filing, error) {
	const op = "filing.reopen"
	return d.move(ctx, change{op: op, key: k, seen: seen, by: by, event: audit.ReportReopened, apply: func(_ *sqlite.Tx, r *row, _ time.Time) error {
		if err := allow(op, r.Filing, Completed); err != nil {
			return err
		}
		r.State = Draft
		return nil
	}})
}

// Receive notes that the police have taken a department's confirmed report.
func (d *Desk) Receive(ctx context.Context, k Key, seen int64, by Who) (Filing, error) {
	const op = "filing.receive"
	return d.move(ctx, change{op: op, key: k, seen: seen, by: by, event: audit.ReportReceived, apply: func(_ *sqlite.Tx, r *row, _ time.Time) error {
		if err := allow(op, r.Filing, Confirmed); err != nil {
			return err
		}
		r.State = Received
		return nil
	}})
}

// Return gives a confirmed or received report back to its department, with a
// reason. The version stays; the department's next save begins another. What
// stands in the province's report is not returned (Conflict, Included), unless
// that is a draft again.
func (d *Desk) Return(ctx context.Context, k Key, seen int64, by Who, reason string) (Filing, error) {
	const op = "filing.return"
	reason = strings.TrimSpace(lineBreaks.Replace(reason))
	if reason == "" {
		return Filing{}, badDeed(op, "Trả lại báo cáo phải nêu lý do để đơn vị biết cần sửa gì.", fmt.Errorf("a return needs a reason"))
	}
	return d.move(ctx, change{op: op, key: k, seen: seen, by: by, reason: reason, event: audit.ReportReturned, apply: func(tx *sqlite.Tx, r *row, _ time.Time) error {
		if err := allow(op, r.Filing, Confirmed, Received); err != nil {
			return err
		}
		whole, included, err := inProvince(tx, k, r.Version)
		switch {
		case err != nil:
			return err
		case included && whole.State == Issued:
			return &lgsp.Error{Kind: lgsp.Conflict, Op: op, Code: "Included", Err: fmt.Errorf("%s stands in the province's report, which is issued", k),
				Text: "Báo cáo này đã có trong báo cáo của tỉnh, thành phố đã ban hành nên không trả lại được nữa."}
		case included:
			return &lgsp.Error{Kind: lgsp.Conflict, Op: op, Code: "Included", Err: fmt.Errorf("%s stands in the province's report, which is consolidated", k),
				Text: "Báo cáo này đã được tổng hợp vào báo cáo của tỉnh, thành phố. Muốn trả lại, hãy mở lại báo cáo của tỉnh, thành phố để sửa, rồi tổng hợp lại sau."}
		}
		r.State = Returned
		return nil
	}})
}

// move is a deed of a department's report that makes nothing larger.
func (d *Desk) move(ctx context.Context, c change) (Filing, error) {
	if c.key.Department == "" {
		return Filing{}, ofDepartment(c.op)
	}
	c.write = d.db.Settle
	return d.do(ctx, c)
}

func ofDepartment(op string) error {
	return badDeed(op, "Thao tác này chỉ dùng cho báo cáo của một đơn vị; hãy chọn đơn vị.", fmt.Errorf("the deed is one of a department's report"))
}

// inProvince returns the last version of the province's report, and whether a
// version of a department's stands in it. None stands in a draft.
func inProvince(tx *sqlite.Tx, k Key, version int) (whole row, included bool, err error) {
	if whole, err = findRow(tx, Key{Period: k.Period}); err != nil {
		return whole, false, err
	}
	err = tx.Query("select 1 from filing_part where period = ? and version = ? and department = ? and part = ?", func(sqlite.Row) error {
		included = true
		return nil
	}, k.Period.String(), int64(whole.Version), k.Department, int64(version))
	return whole, included, err
}

// allow refuses a deed unless the report is in one of some states.
func allow(op string, f Filing, states ...State) error {
	if slices.Contains(states, f.State) {
		return nil
	}
	var names []string
	for _, s := range states {
		names = append(names, s.String())
	}
	return &lgsp.Error{Kind: lgsp.Conflict, Op: op, Code: "State",
		Text: "Báo cáo đang ở trạng thái “" + f.State.Title() + "” nên không thực hiện được thao tác này; hãy tải lại trang để xem trạng thái hiện nay.",
		Err:  fmt.Errorf("report %s is %s; this is for one that is %s", f.Key, f.State, strings.Join(names, " or "))}
}

// stale refuses what was made from another revision than the last.
func stale(c change, last row) error {
	who := ""
	if last.Editor.Account != "" {
		who = " (nội dung do " + last.Editor.orAccount() + " lưu lần cuối)"
	}
	return &lgsp.Error{Kind: lgsp.Conflict, Op: c.op, Code: "Stale",
		Text: "Báo cáo đã thay đổi sau khi bạn mở" + who + " nên thao tác này chưa được ghi nhận; hãy mở lại báo cáo, xem nội dung hiện nay rồi thực hiện lại.",
		Err:  fmt.Errorf("report %s is at revision %d, seen was %d", c.key, last.Revision, c.seen)}
}
