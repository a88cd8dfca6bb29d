package reminder

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"lgsp.internal/adapter/internal/sqlite"
)

// The wait before a mail is tried again doubles from one to the other.
const (
	firstWait = 5 * time.Minute
	mostWait  = 6 * time.Hour
)

// Remind sends what is due and not sent yet, one mail after the other. An error
// says that the desk could not do its work; that a mail could not be sent is
// kept with its reminder.
func (d *Desk) Remind(ctx context.Context) error {
	if d.opt.Mailer == nil {
		return nil
	}
	d.turn.Lock()
	defer d.turn.Unlock()
	// Nothing is under way now: what is marked so was begun by a process that ended.
	broken, err := d.read(ctx, "state = 2")
	if err != nil {
		return fmt.Errorf("remind of reports: %w", err)
	}
	for _, r := range broken {
		if err := d.settle(ctx, r, Unsure, "Hệ thống dừng khi đang gửi; thư có thể đã được gửi nên không gửi lại.", time.Time{}); err != nil {
			return fmt.Errorf("remind of reports: %w", err)
		}
	}
	planned, err := d.plan(ctx)
	if err != nil {
		return fmt.Errorf("remind of reports: %w", err)
	}
	waiting, err := d.read(ctx, "state = 1")
	if err != nil {
		return fmt.Errorf("remind of reports: %w", err)
	}
	waiting, err = d.add(ctx, planned, waiting)
	if err != nil {
		return fmt.Errorf("remind of reports: %w", err)
	}
	for _, r := range waiting {
		if ctx.Err() != nil {
			return nil
		}
		p, wanted := planned[key{r.Period.String(), r.Occasion, r.Recipient}]
		now := d.opt.Now()
		switch {
		case !wanted && d.isToCome(r, now): // the clock was ahead when it was planned
			continue
		case !wanted:
			err = d.settle(ctx, r, Obsolete, r.Reason, time.Time{})
		case r.Next.After(now) && !r.Next.After(now.Add(mostWait)): // a longer wait is of a clock that was ahead
			continue
		default:
			err = d.attempt(ctx, r, p)
		}
		if err != nil {
			return fmt.Errorf("remind of reports: %w", err)
		}
	}
	return nil
}

// key names a reminder.
type key struct{ period, occasion, recipient string }

// plan is one reminder that is of use now.
type plan struct {
	occasion
	recipient string
	about     []string // codes
}

// plan returns what is of use now: who is to be reminded of what.
func (d *Desk) plan(ctx context.Context) (map[key]plan, error) {
	planned := map[key]plan{}
	add := func(o occasion, address string, about ...string) {
		k := key{o.period.String(), o.name, strings.ToLower(address)}
		p, ok := planned[k]
		if !ok {
			p = plan{occasion: o, recipient: k.recipient}
		}
		p.about = append(p.about, about...)
		planned[k] = p
	}
	for _, o := range d.current(d.opt.Now()) {
		status, err := d.opt.Status(ctx, o.period)
		if err != nil {
			return nil, err
		}
		if o.province {
			if status.Province {
				for _, address := range d.opt.Police {
					add(o, address, slices.Sorted(slices.Values(status.Departments))...)
				}
			}
			continue
		}
		for _, dep := range d.opt.Departments {
			if slices.Contains(status.Departments, dep.Code) {
				for _, address := range dep.Emails {
					add(o, address, dep.Code)
				}
			}
		}
	}
	return planned, nil
}

// add stores what is planned and not known yet, and returns it with what waits,
// by name.
func (d *Desk) add(ctx context.Context, planned map[key]plan, waiting []Reminder) ([]Reminder, error) {
	if len(planned) == 0 {
		return waiting, nil
	}
	known, read := map[key]bool{}, map[string]bool{}
	for k, p := range planned {
		if read[k.period] {
			continue
		}
		read[k.period] = true
		rows, err := d.List(ctx, p.period)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			known[key{k.period, r.Occasion, r.Recipient}] = true
		}
	}
	now := d.opt.Now()
	var fresh []Reminder
	for _, k := range slices.SortedFunc(maps.Keys(planned), func(a, b key) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }) {
		if p := planned[k]; !known[k] {
			fresh = append(fresh, Reminder{Period: p.period, Occasion: p.name, Recipient: k.recipient, State: Waiting, Next: now})
		}
	}
	if len(fresh) == 0 {
		return waiting, nil
	}
	err := d.db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, r := range fresh {
			if err := tx.Do("insert into reminder (period, occasion, recipient, about, state, attempts, next, changed, reason) values (?, ?, ?, '', 1, 0, ?, ?, '')",
				r.Period.String(), r.Occasion, r.Recipient, now.UnixMilli(), now.UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
	return append(waiting, fresh...), err
}

// attempt sends a mail once. That it begins is on disk before the wire is
// touched, so that nothing is sent twice.
func (d *Desk) attempt(ctx context.Context, r Reminder, p plan) error {
	begun := false
	if err := d.db.Settle(ctx, func(tx *sqlite.Tx) error {
		n, err := tx.Exec("update reminder set state = 2, attempts = attempts + 1, about = ?, changed = ? where period = ? and occasion = ? and recipient = ? and state = 1",
			strings.Join(p.about, " "), d.opt.Now().UnixMilli(), r.Period.String(), r.Occasion, r.Recipient)
		begun = n == 1
		return err
	}); err != nil || !begun {
		return err
	}
	r.Attempts++
	err := d.opt.Mailer.Send(ctx, d.write(p))
	switch {
	case err == nil:
		return d.settle(ctx, r, Sent, "", time.Time{})
	case errors.Is(err, ErrUnsure):
		return d.settle(ctx, r, Unsure, reasonOf(err), time.Time{})
	default:
		d.opt.Log.Warn("a reminder of a report was not sent", "period", r.Period.String(), "occasion", r.Occasion, "attempt", r.Attempts,
			"err", strings.ReplaceAll(reasonOf(err), r.Recipient, "***"))
		return d.settle(ctx, r, Waiting, reasonOf(err), d.opt.Now().Add(waitAfter(r.Attempts)))
	}
}

// settle keeps what came of a reminder, also when the daemon is told to stop.
func (d *Desk) settle(ctx context.Context, r Reminder, to State, reason string, next time.Time) error {
	return d.db.Settle(context.WithoutCancel(ctx), func(tx *sqlite.Tx) error {
		return tx.Do("update reminder set state = ?, reason = ?, next = ?, changed = ? where period = ? and occasion = ? and recipient = ?",
			int64(to), reason, max(0, next.UnixMilli()), d.opt.Now().UnixMilli(), r.Period.String(), r.Occasion, r.Recipient)
	})
}

func waitAfter(attempts int) time.Duration {
	wait := firstWait
	for range attempts - 1 {
		if wait *= 2; wait >= mostWait {
			return mostWait
		}
	}
	return wait
}

// reasonOf writes an error on one line that can be shown, as it may hold what
// the mail server says.
func reasonOf(err error) string {
	const most = 300
	text := []rune(strings.ToValidUTF8(err.Error(), "?"))
	for i, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			text[i] = ' '
		}
	}
	if len(text) > most {
		text = append(text[:most], '…')
	}
	return string(text)
}
