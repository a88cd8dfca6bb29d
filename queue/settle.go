package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// ErrFenced is returned when a lease has ended: another attempt has begun or
// an operator has moved the message.
var ErrFenced = errors.New("the lease has ended")

// Done records that the upstream has the message. took is how long the attempt was.
func (q *Queue) Done(ctx context.Context, l Lease, ack lgsp.Ack, took time.Duration) error {
	e := l.entry(audit.Delivered)
	e.Ref, e.Took = ack.Ref, took.Milliseconds()
	e.Waited = max(ack.At.Sub(l.Received).Milliseconds(), 0)
	return q.settle(ctx, l, lgsp.Delivered, e, func(tx *sqlite.Tx, c *commit) (int64, error) {
		return tx.Exec("update message set state = 3, changed = ?, due = null, remap = 0, kind = null, code = null, reason = null, error = null where seq = ? and state = 2 and attempt = ?",
			c.ms, l.seq, l.Attempt)
	})
}

// Retry returns the message to the queue, due at a time: the world is at fault.
func (q *Queue) Retry(ctx context.Context, l Lease, at time.Time, cause *lgsp.Error, took time.Duration) error {
	return q.requeue(ctx, l, at, cause, took, 1)
}

// Postpone is Retry of an attempt that says nothing about the message or its
// upstream, as one that the end of the daemon cut short: it does not count as
// failed.
func (q *Queue) Postpone(ctx context.Context, l Lease, at time.Time, cause *lgsp.Error, took time.Duration) error {
	return q.requeue(ctx, l, at, cause, took, 0)
}

func (q *Queue) requeue(ctx context.Context, l Lease, at time.Time, cause *lgsp.Error, took time.Duration, failed int64) error {
	e := l.entry(audit.Retried)
	e.Took = took.Milliseconds()
	explain(&e, cause)
	return q.settle(ctx, l, lgsp.Queued, e, func(tx *sqlite.Tx, c *commit) (int64, error) {
		due := at.UnixMilli()
		if next, ok := c.wake[l.upstream]; !ok || due < next {
			c.wake[l.upstream] = due
		}
		return tx.Exec("update message set state = 1, changed = ?, due = ?, failed = failed + ?, kind = ?, code = ?, reason = ?, error = ? where seq = ? and state = 2 and attempt = ?",
			c.ms, due, failed, int64(cause.Kind), null(cause.Code), null(cause.Text), cause.Error(), l.seq, l.Attempt)
	})
}

// Park sets the message aside for a person, with the reason. Its lane waits.
func (q *Queue) Park(ctx context.Context, l Lease, cause *lgsp.Error, took time.Duration) error {
	return q.park(ctx, l, l.entry(audit.Parked), cause, took)
}

// ParkUnsent is Park of a message that the upstream never saw, as one that could
// not be mapped: the record tells so, since nobody returned it.
func (q *Queue) ParkUnsent(ctx context.Context, l Lease, cause *lgsp.Error, took time.Duration) error {
	e := l.entry(audit.Parked)
	e.Result = audit.Refused
	return q.park(ctx, l, e, cause, took)
}

func (q *Queue) park(ctx context.Context, l Lease, e audit.Entry, cause *lgsp.Error, took time.Duration) error {
	e.Took = took.Milliseconds()
	explain(&e, cause)
	return q.settle(ctx, l, lgsp.Parked, e, func(tx *sqlite.Tx, c *commit) (int64, error) {
		return tx.Exec("update message set state = 4, changed = ?, due = null, kind = ?, code = ?, reason = ?, error = ? where seq = ? and state = 2 and attempt = ?",
			c.ms, int64(cause.Kind), null(cause.Code), null(cause.Text), cause.Error(), l.seq, l.Attempt)
	})
}

// settle ends a lease. The outcome is recorded even when ctx has ended.
func (q *Queue) settle(ctx context.Context, l Lease, to lgsp.State, e audit.Entry, update func(*sqlite.Tx, *commit) (int64, error)) error {
	fenced := false
	err := q.db.Settle(context.WithoutCancel(ctx), func(tx *sqlite.Tx) error {
		c := q.begin(tx)
		n, err := update(tx, c)
		if err != nil {
			return err
		}
		if fenced = n == 0; fenced {
			return nil
		}
		m := l.row
		m.state = lgsp.Leased
		if to == lgsp.Delivered {
			if err := q.leaveLane(tx, m); err != nil {
				return err
			}
		}
		return q.move(tx, m, to, e)
	})
	switch {
	case err != nil:
		return fmt.Errorf("record the outcome of message %s: %w", l.ID, err)
	case fenced:
		return ErrFenced
	}
	return nil
}

// leaveLane gives the place of a message up that has come to its end, and lets
// the next one of its lane go.
func (q *Queue) leaveLane(tx *sqlite.Tx, m row) error {
	followed, err := q.freeLane(tx, m)
	if err != nil {
		return err
	}
	return q.leave(tx, m, followed)
}

// freeLane lets the next message of the lane go, if there is one, once m has
// left it.
func (q *Queue) freeLane(tx *sqlite.Tx, m row) (followed bool, err error) {
	if len(m.lane) == 0 {
		return false, nil
	}
	c := q.begin(tx)
	if waited, err := q.anybodyWaits(c); err != nil || !waited {
		return false, err
	}
	// Asking first is cheaper: most messages have nobody behind them.
	if err := tx.Query("select 1 from message where waits = +?", func(sqlite.Row) error {
		followed = true
		return nil
	}, m.seq); err != nil || !followed {
		return followed, err
	}
	var waits any
	if m.waits != 0 {
		waits = m.waits
	}
	err = tx.Do("update message set waits = ?1, due = case when ?1 is null and state = 1 then ?2 end where waits = +?3", waits, c.ms, m.seq)
	q.wakeAll(c)
	return true, err
}

// wakeAll has every feed look for what is due: whose message has become due is not known.
func (q *Queue) wakeAll(c *commit) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for upstream := range q.feeds {
		c.wake[upstream] = 0
	}
}
