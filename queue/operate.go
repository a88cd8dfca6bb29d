package queue

import (
	"context"
	"errors"
	"fmt"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// Order is what an operator says with a command: who, and why. Both go on record.
type Order struct {
	Operator string
	Why      string
}

// ErrNoOperator is returned for an order that nobody put their name to.
var ErrNoOperator = errors.New("an order needs the operator's name")

const operateBatch = 500

// Replay sends parked and rejected messages round again, mapped with the
// mapping of today. It returns how many.
func (q *Queue) Replay(ctx context.Context, f Filter, o Order) (int64, error) {
	return q.operate(ctx, f, o, []lgsp.State{lgsp.Parked, lgsp.Rejected}, q.replayOne)
}

// Hold parks queued messages until they are replayed or dropped.
func (q *Queue) Hold(ctx context.Context, f Filter, o Order) (int64, error) {
	return q.operate(ctx, f, o, []lgsp.State{lgsp.Queued}, q.holdOne)
}

// Drop gives messages up for ever: queued, parked or rejected ones.
func (q *Queue) Drop(ctx context.Context, f Filter, o Order) (int64, error) {
	return q.operate(ctx, f, o, []lgsp.State{lgsp.Queued, lgsp.Parked, lgsp.Rejected}, q.dropOne)
}

// operate applies an order to the messages of a filter, oldest first, in
// batches that each are one commit.
func (q *Queue) operate(ctx context.Context, f Filter, o Order, from []lgsp.State, one func(*sqlite.Tx, row, Order) error) (int64, error) {
	if o.Operator == "" {
		return 0, ErrNoOperator
	}
	f.States = meet(f.States, from)
	if len(f.States) == 0 {
		return 0, nil
	}
	where, args := f.where()
	var total, after int64
	for {
		var n, last int64
		err := q.db.Settle(ctx, func(tx *sqlite.Tx) error {
			n, last = 0, after
			var batch []row
			if err := tx.Query("select "+rowColumns+" from message where seq > ? and "+where+" order by seq limit +?", func(r sqlite.Row) error {
				batch = append(batch, scanRow(r))
				return nil
			}, append(append([]any{after}, args...), int64(operateBatch))...); err != nil {
				return err
			}
			for _, m := range batch {
				if err := one(tx, m, o); err != nil {
					return fmt.Errorf("message %s: %w", m.id, err)
				}
				n, last = n+1, m.seq
			}
			return nil
		})
		if err != nil {
			return total, err
		}
		total, after = total+n, last
		if n < operateBatch {
			return total, nil
		}
	}
}

// meet returns what both lists hold; an empty wish holds everything.
func meet(wish, allowed []lgsp.State) []lgsp.State {
	if len(wish) == 0 {
		return allowed
	}
	var both []lgsp.State
	for _, s := range wish {
		for _, a := range allowed {
			if s == a {
				both = append(both, s)
			}
		}
	}
	return both
}

func (q *Queue) replayOne(tx *sqlite.Tx, m row, o Order) error {
	c := q.begin(tx)
	if m.state == lgsp.Rejected {
		// It held no place in its lane so far; it takes the last one now.
		if err := tx.Query("select lane_rejected from message where seq = ?", func(r sqlite.Row) error {
			m.lane = r.Blob(0)
			return nil
		}, m.seq); err != nil {
			return err
		}
		var err error
		if m.waits, err = c.lastIn(m.lane); err != nil {
			return err
		}
		if m.waits > m.seq {
			if err := c.renumber(&m); err != nil {
				return err
			}
		}
		if err := enter(tx, m.lane, m.seq); err != nil {
			return err
		}
	}
	var waits, due any
	if m.waits != 0 {
		waits = m.waits
	} else {
		due = c.ms
		c.wake[m.upstream] = 0
	}
	if err := tx.Do(`update message set state = 1, changed = ?, due = ?, waits = ?, remap = 1, failed = 0,
		lane = coalesce(lane, lane_rejected), lane_rejected = null, unread = null where seq = ?`, c.ms, due, waits, m.seq); err != nil {
		return err
	}
	return q.move(tx, m, lgsp.Queued, ordered(m.entryFrom(audit.Replayed), o))
}

// renumber gives a message the largest seq of all: the end of a lane is the
// message of it with the largest, which those that come later wait for.
func (c *commit) renumber(m *row) error {
	from := m.seq
	var err error
	if m.seq, err = c.nextSeq(); err != nil {
		return err
	}
	for _, move := range []string{"update payload set seq = ? where seq = ?", "update message set seq = ? where seq = ?"} {
		if err := c.tx.Do(move, m.seq, from); err != nil {
			return err
		}
	}
	c.last = m.seq
	return nil
}

func (q *Queue) holdOne(tx *sqlite.Tx, m row, o Order) error {
	if err := tx.Do("update message set state = 4, changed = ?, due = null, kind = null, code = 'Held', reason = ?, error = null where seq = ?",
		q.begin(tx).ms, "Thông điệp được "+o.Operator+" tạm giữ; hãy cho gửi lại hoặc loại bỏ.", m.seq); err != nil {
		return err
	}
	e := ordered(m.entryFrom(audit.Parked), o)
	e.Code = "Held"
	return q.move(tx, m, lgsp.Parked, e)
}

func (q *Queue) dropOne(tx *sqlite.Tx, m row, o Order) error {
	// The message before it may have been dropped in this very batch.
	if err := tx.Query("select coalesce(waits, 0) from message where seq = ?", func(r sqlite.Row) error {
		m.waits = r.Int(0)
		return nil
	}, m.seq); err != nil {
		return err
	}
	if err := tx.Do("update message set state = 7, changed = ?, due = null, waits = null, unread = null, retired = legacy, legacy = null where seq = ?", q.begin(tx).ms, m.seq); err != nil {
		return err
	}
	if m.state != lgsp.Rejected {
		if _, err := q.freeLane(tx, m); err != nil {
			return err
		}
		if err := q.giveUp(tx, m); err != nil {
			return err
		}
	}
	return q.move(tx, m, lgsp.Dropped, ordered(m.entryFrom(audit.Dropped), o))
}

func ordered(e audit.Entry, o Order) audit.Entry {
	e.Operator, e.Detail = o.Operator, o.Why
	return e
}
