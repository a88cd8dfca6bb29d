package notice

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// arrival is an opening with all that is computed before the writer is asked.
type arrival struct {
	Opening
	subject     string // pseudonym
	own, digest []byte
	plain       []byte
}

// Open opens a notice. A nil error means that it is on disk. It returns the
// notice without its content.
//
// An opening with the sender's own id of an earlier one is a duplicate when it
// says the same: the earlier notice is returned and nothing changes. Errors:
// Invalid (with every bad field), Conflict (the earlier one says something
// else), Throttled (no room) and Unavailable (not kept, open it again after
// Error.After).
func (d *Desk) Open(ctx context.Context, o Opening) (n Notice, duplicate bool, err error) {
	if err := check(o); err != nil {
		return Notice{}, false, err
	}
	a, err := d.arrive(o)
	if err != nil {
		return Notice{}, false, err
	}
	var conflict error
	err = d.db.Write(ctx, func(tx *sqlite.Tx) error {
		n, duplicate, conflict = Notice{}, false, nil
		first, digest, err := findOwn(tx, a.own)
		switch {
		case err != nil:
			return err
		case first.Number == (Number{}):
			n, err = d.insert(tx, a)
			return err
		case bytes.Equal(digest, a.digest):
			n, duplicate = first, true
		default:
			conflict = conflictWith(first.Number)
		}
		return nil
	})
	if err != nil {
		return Notice{}, false, storeError("notice.open", err)
	}
	return n, duplicate, conflict
}

func (d *Desk) arrive(o Opening) (a arrival, err error) {
	a = arrival{Opening: o, own: d.opt.Keys.ownOf(o.Sender, o.LegacyID)}
	if a.subject = d.opt.Audit.Pseudonym(o.Subject); o.Subject == "" {
		a.subject = d.opt.Audit.Pseudonym(o.OldID)
	}
	if a.digest, err = d.opt.Keys.digestOf(o.Content); err != nil {
		return a, err
	}
	a.plain, err = json.Marshal(opened{o.LegacyID, o.Content})
	return a, err
}

// findOwn looks for the notice with a sender's own id. Its Number is zero when
// there is none.
func findOwn(tx *sqlite.Tx, own []byte) (n Notice, digest []byte, err error) {
	if own == nil {
		return n, nil, nil
	}
	err = tx.Query("select "+columns+", digest from notice where own = ?", func(r sqlite.Row) error {
		n, digest = scanRow(r).Notice, r.Blob(columnCount)
		return nil
	}, own)
	return n, digest, err
}

// insert stores a notice under the next number of the year. Rows are never
// removed and a number is taken in the commit of its row, so there are no gaps.
func (d *Desk) insert(tx *sqlite.Tx, a arrival) (Notice, error) {
	at := d.now()
	n := Notice{Number: Number{Year: yearOf(at)}, State: New, Sender: a.Sender, System: a.System, Officer: a.Officer, Unit: a.Unit, Procedure: a.Procedure,
		Opened: at, Changed: at}
	if err := tx.Query("select coalesce(max(n), 0) + 1 from notice where year = ?", func(r sqlite.Row) error {
		n.Number.N = int(r.Int(0))
		return nil
	}, int64(n.Number.Year)); err != nil {
		return n, fmt.Errorf("read the last number: %w", err)
	}
	if err := tx.Do(`insert into notice (year, n, state, sender, system, officer, unit, procedure, subject, own, digest, opened, changed, held)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`, int64(n.Number.Year), int64(n.Number.N), int64(New), a.Sender, a.System, a.Officer, a.Unit, a.Procedure,
		a.subject, nullBytes(a.own), a.digest, at.UnixMilli(), at.UnixMilli()); err != nil {
		return n, err
	}
	if err := d.addStep(tx, n.Number, 0, New, at.UnixMilli(), a.plain); err != nil {
		return n, err
	}
	return n, d.opt.Audit.Append(tx, &audit.Entry{At: at, Event: audit.NoticeOpened, Notice: n.Number.String(), Message: a.Message, Sender: a.Sender, System: a.System,
		Officer: a.Officer, Unit: a.Unit, Procedure: a.Procedure, Subject: a.subject, Operator: a.Operator})
}

// addStep seals what was said with an arrow and stores it.
func (d *Desk) addStep(tx *sqlite.Tx, n Number, step int64, to State, at int64, plain []byte) error {
	sealed, err := d.seal(n, step, to, plain)
	if err != nil {
		return err
	}
	return tx.Do("insert into notice_step (year, n, step, state, at, sealed) values (?, ?, ?, ?, ?, ?)", int64(n.Year), int64(n.N), step, int64(to), at, sealed)
}

func conflictWith(n Number) error {
	return &lgsp.Error{Kind: lgsp.Conflict, Op: "notice.open", Code: "Conflict",
		Text: "Mã này đã được dùng cho thông báo sai sót số " + n.String() + " có nội dung khác. Nếu là thông báo mới, hãy gửi với mã khác.",
		Err:  fmt.Errorf("notice %s has the same own id and says something else", n)}
}

func nullBytes(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}
