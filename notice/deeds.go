package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// ErrNoOperator is returned for a deed that nobody put their name to.
var ErrNoOperator = errors.New("a deed needs the operator's name")

// arrow is one verb of an operator.
type arrow struct {
	op    string
	from  []State
	to    State
	event audit.Event
	past  string
}

// Send notes that the population database's office was told of a new notice, or
// asked again about one that it has answered. It needs the document's number
// and date.
//
// Errors of the three deeds: Invalid (what was said does not suffice), NotFound
// (there is no such notice), Conflict (its state is another), Throttled and
// Unavailable (not stored).
func (d *Desk) Send(ctx context.Context, n Number, said Deed) error {
	return d.move(ctx, n, said, arrow{"notice.send", []State{New, Answered}, Sent, audit.NoticeSent, "sent"})
}

// Answer notes what the office has answered. It needs a text or a document.
func (d *Desk) Answer(ctx context.Context, n Number, said Deed) error {
	return d.move(ctx, n, said, arrow{"notice.answer", []State{Sent}, Answered, audit.NoticeAnswered, "answered"})
}

// Close ends a notice. One that was not answered is withdrawn by it, which
// needs a reason.
func (d *Desk) Close(ctx context.Context, n Number, said Deed) error {
	return d.move(ctx, n, said, arrow{"notice.close", []State{New, Sent, Answered}, Closed, audit.NoticeClosed, "closed"})
}

// move goes along an arrow. What was said goes into the sealed step, the
// operator's name also into the record.
func (d *Desk) move(ctx context.Context, n Number, said Deed, a arrow) error {
	plain, err := json.Marshal(said)
	if err != nil {
		return err
	}
	var refused error
	err = d.db.Settle(ctx, func(tx *sqlite.Tx) error {
		row, err := findRow(tx, n)
		if err != nil {
			return err
		}
		if refused = a.refuse(n, row, said); refused == nil {
			err = d.goAlong(tx, row, a, said.By, plain)
		}
		return err
	})
	if err != nil {
		return storeError(a.op, err)
	}
	return refused
}

// goAlong writes the state, the step and the entry of an arrow.
func (d *Desk) goAlong(tx *sqlite.Tx, from row, a arrow, by string, plain []byte) error {
	at, n := d.now(), from.Number
	if err := tx.Do("update notice set state = ?, changed = ? where year = ? and n = ?", int64(a.to), at.UnixMilli(), int64(n.Year), int64(n.N)); err != nil {
		return err
	}
	var step int64
	if err := tx.Query("select coalesce(max(step), 0) + 1 from notice_step where year = ? and n = ?", func(r sqlite.Row) error {
		step = r.Int(0)
		return nil
	}, int64(n.Year), int64(n.N)); err != nil {
		return err
	}
	if err := d.addStep(tx, n, step, a.to, at.UnixMilli(), plain); err != nil {
		return err
	}
	return d.opt.Audit.Append(tx, &audit.Entry{At: at, Event: a.event, Notice: n.String(), Sender: from.Sender, System: from.System, Officer: from.Officer,
		Unit: from.Unit, Procedure: from.Procedure, Subject: from.subject, Operator: by, Detail: a.detail(from.State)})
}

// refuse says why the arrow cannot be gone along; nil = it can.
func (a arrow) refuse(n Number, row row, said Deed) error {
	if row.State == 0 {
		return notFound(a.op, n)
	}
	if !slices.Contains(a.from, row.State) {
		var from []string
		for _, s := range a.from {
			from = append(from, s.String())
		}
		return &lgsp.Error{Kind: lgsp.Conflict, Op: a.op, Code: "State",
			Text: "Thông báo sai sót số " + n.String() + " đang ở trạng thái không cho phép thao tác này; hãy xem lại trạng thái của thông báo.",
			Err:  fmt.Errorf("notice %s is %s; only one that is %s can be %s", n, row.State, strings.Join(from, " or "), a.past)}
	}
	return checkDeed(a.to, row.State, said)
}

// detail says in our own words what the event alone does not tell.
func (a arrow) detail(from State) string {
	switch {
	case a.to == Sent && from == Answered:
		return "asked again"
	case a.to == Closed && from != Answered:
		return "withdrawn"
	}
	return ""
}

func notFound(op string, n Number) error {
	return &lgsp.Error{Kind: lgsp.NotFound, Op: op, Code: "NotFound", Text: "Không có thông báo sai sót số " + n.String() + "; hãy kiểm tra lại số.",
		Err: fmt.Errorf("there is no notice %s", n)}
}
