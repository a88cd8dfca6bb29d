package notice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
)

// Filter chooses notices. Its fields narrow it together; the zero Filter
// chooses every notice.
type Filter struct {
	States []State
	Sender string    // "H29.11"; also the agencies below it, "H29.11.03"
	From   time.Time // opened at or after
	To     time.Time // opened before
	After  Number    // behind this one
	Limit  int       // at most so many; 0 = all
}

// ofSender is the condition that a notice is of an agency or of one below it.
const ofSender = "(sender = ? or substr(sender, 1, ?) = ?)"

func senderArgs(code string) []any { return []any{code, int64(len(code) + 1), code + "."} }

// where returns the condition and its arguments.
func (f Filter) where() (string, []any) {
	terms, args := []string{"(year, n) > (?, ?)"}, []any{f.After.Year, f.After.N}
	if len(f.States) > 0 {
		terms = append(terms, "state in (?"+strings.Repeat(", ?", len(f.States)-1)+")")
		for _, s := range f.States {
			args = append(args, int64(s))
		}
	}
	if f.Sender != "" {
		terms, args = append(terms, ofSender), append(args, senderArgs(f.Sender)...)
	}
	if !f.From.IsZero() {
		terms, args = append(terms, "opened >= ?"), append(args, f.From.UnixMilli())
	}
	if !f.To.IsZero() {
		terms, args = append(terms, "opened < ?"), append(args, f.To.UnixMilli())
	}
	return strings.Join(terms, " and "), args
}

// List returns notices in the order of their numbers, without content.
func (d *Desk) List(ctx context.Context, f Filter) ([]Notice, error) {
	where, args := f.where()
	if f.Limit == 0 {
		f.Limit = -1
	}
	rows, err := d.db.Read().QueryContext(ctx, "select "+columns+" from notice where "+where+" order by year, n limit ?", append(args, f.Limit)...)
	if err != nil {
		return nil, fmt.Errorf("list notices: %w", err)
	}
	var list []Notice
	for rows.Next() {
		var s scanned
		if err := rows.Scan(s.into()...); err != nil {
			return nil, errors.Join(fmt.Errorf("list notices: %w", err), rows.Close())
		}
		list = append(list, s.notice())
	}
	return list, errors.Join(rows.Err(), rows.Close())
}

// Get returns a notice with its content, which is citizen data.
//
// Errors: NotFound; Invalid with the Code Damaged, together with what can be
// read, when something of it is not what was stored.
func (d *Desk) Get(ctx context.Context, n Number) (Notice, error) {
	rows, err := d.db.Read().QueryContext(ctx, `select `+columns+`, coalesce(step, -1), coalesce(to_state, 0), coalesce(at, 0), sealed
		from notice left join (select year as of_year, n as of_n, step, state as to_state, at, sealed from notice_step) on of_year = year and of_n = n
		where year = ? and n = ? order by step`, n.Year, n.N)
	if err != nil {
		return Notice{}, fmt.Errorf("read notice %s: %w", n, err)
	}
	var found Notice
	var damage error
	next := int64(0)
	for rows.Next() {
		var s scanned
		var part part
		if err := rows.Scan(append(s.into(), &part.step, &part.to, &part.at, &part.sealed)...); err != nil {
			return Notice{}, errors.Join(fmt.Errorf("read notice %s: %w", n, err), rows.Close())
		}
		if next == 0 {
			found = s.notice()
		}
		if part.step != next {
			damage = errors.Join(damage, fmt.Errorf("step %d is missing", next))
		}
		if part.step >= 0 {
			damage = errors.Join(damage, d.take(&found, part))
		}
		next = part.step + 1
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return Notice{}, fmt.Errorf("read notice %s: %w", n, err)
	}
	if found.State == 0 {
		return Notice{}, notFound("notice.get", n)
	}
	if damage != nil {
		return found, damaged(n, damage)
	}
	return found, nil
}

// part is a stored step.
type part struct {
	step   int64
	to     State
	at     int64
	sealed []byte
}

// take adds what a stored step says to its notice.
func (d *Desk) take(n *Notice, p part) error {
	var said opened
	step := Step{State: p.to, At: fromMillis(p.at)}
	var err error
	switch {
	case n.Removed:
	case p.step == 0:
		err = d.unseal(n.Number, p.step, p.to, p.sealed, &said)
	default:
		err = d.unseal(n.Number, p.step, p.to, p.sealed, &step.Deed)
	}
	if err != nil {
		err = fmt.Errorf("step %d: %w", p.step, err)
	}
	switch {
	case p.step > 0:
		n.Steps = append(n.Steps, step)
	case !n.Removed && err == nil:
		n.LegacyID, n.Content = said.LegacyID, &said.Content
	}
	return err
}

func damaged(n Number, err error) error {
	return &lgsp.Error{Kind: lgsp.Invalid, Op: "notice.get", Code: "Damaged",
		Text: "Nội dung lưu của thông báo sai sót số " + n.String() + " bị hỏng. Hãy khôi phục từ bản sao lưu, hoặc đóng thông báo này và đề nghị đơn vị gửi lại.",
		Err:  fmt.Errorf("notice %s: %w; restore the database from a backup, or close the notice and ask its department to open it again with another own id", n, err)}
}

// Counts are numbers of notices for a report. A notice that was asked about
// again was sent more than once.
type Counts struct {
	Opened   int64 `json:"opened"` // in the period, like Sent, Answered and Closed
	Sent     int64 `json:"sent"`
	Answered int64 `json:"answered"`
	Closed   int64 `json:"closed"`
	Open     int64 `json:"open"` // not closed at the end of the period
}

// Count counts what came to pass from one time until before another, as the
// record has it: in the notices of a sender and the agencies below it, or of
// all with "". A zero from is the beginning, a zero to leaves nothing out.
func (d *Desk) Count(ctx context.Context, from, to time.Time, sender string) (Counts, error) {
	since, until := int64(-1<<63), int64(1<<63-1)
	if !from.IsZero() {
		since = from.UnixMilli()
	}
	if !to.IsZero() {
		until = to.UnixMilli()
	}
	where, args := "true", []any{since, since, since, since, until}
	if sender != "" {
		where, args = ofSender, append(args, senderArgs(sender)...)
	}
	var c Counts
	err := d.db.Read().QueryRowContext(ctx, `select
		coalesce(sum(s.state = 1 and at >= ?), 0), coalesce(sum(s.state = 2 and at >= ?), 0), coalesce(sum(s.state = 3 and at >= ?), 0), coalesce(sum(s.state = 4 and at >= ?), 0),
		coalesce(sum(s.state = 1), 0) - coalesce(sum(s.state = 4), 0)
		from notice_step s join notice using (year, n) where at < ? and `+where, args...).Scan(&c.Opened, &c.Sent, &c.Answered, &c.Closed, &c.Open)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Counts{}, fmt.Errorf("count notices: %w", err)
	}
	return c, nil
}
