package queue

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// Swept is what one Sweep did.
type Swept struct {
	Purged  int64 // payloads deleted
	Removed int64 // rows deleted
	Pages   int64 // pages given back to the file system
}

const (
	sweepBatch     = 500
	shrinkBatch    = 2048 // pages, 8 MiB
	shrinkAbove    = 4096 // free pages that are kept for messages to come, 16 MiB
	passedOverMost = 1000 // damaged rows that are remembered
)

// sweepOf is one kind of thing that Sweep does: to rows of a state, with their
// payload or without, which came to it between two times.
type sweepOf struct {
	state lgsp.State
	held  bool // the payload is there
	from  int64
	to    int64 // ms
	one   func(*sqlite.Tx, int64) error
	count *int64
}

// Sweep deletes the payloads of delivered messages after the grace period and
// the rows whose retention has passed, and gives free pages back. Each of its
// commits is small, so that messages flow meanwhile. While the disk is short
// the grace period is waived: what is delivered gives way to what is not.
//
// Only time that was seen to pass makes a row older; see audit.Log.Ago. A row
// that is damaged is passed over, and does not keep the others from leaving.
// One Sweep runs at a time.
func (q *Queue) Sweep(ctx context.Context) (Swept, error) {
	var s Swept
	if err := q.db.Settle(ctx, q.orderRecount); err != nil {
		return s, fmt.Errorf("recount messages: %w", err)
	}
	plan, err := q.planSweep(&s)
	if err != nil {
		return s, err
	}
	var errs []error
	if err := q.sweepPlaces(ctx); err != nil {
		errs = append(errs, fmt.Errorf("sweep places: %w", err))
	}
	for _, what := range plan {
		if err := q.sweepAll(ctx, what); err != nil {
			errs = append(errs, fmt.Errorf("sweep %s messages: %w", what.state, err))
		}
	}
	s.Pages, err = q.shrink(ctx)
	return s, errors.Join(append(errs, err)...)
}

func (q *Queue) planSweep(s *Swept) ([]sweepOf, error) {
	grace, r := q.opt.Grace, q.opt.Retain
	if q.db.Room() != nil {
		grace = 0
	}
	var ignored int64
	ahead := q.opt.Now().Add(furthest).UnixMilli()
	var plan []sweepOf
	for _, p := range []struct {
		state       lgsp.State
		grace, keep time.Duration
	}{
		{lgsp.Delivered, grace, r.Delivered}, {lgsp.Rejected, r.Rejected, r.Rejected},
		{lgsp.Superseded, grace, r.Superseded}, {lgsp.Dropped, q.opt.Grace, r.Dropped},
	} {
		purge, err := q.opt.Audit.Ago(p.grace)
		if err != nil {
			return nil, err
		}
		remove, err := q.opt.Audit.Ago(p.keep)
		if err != nil {
			return nil, err
		}
		for _, held := range []bool{true, false} {
			plan = append(plan, sweepOf{p.state, held, ahead, math.MaxInt64, q.redate, &ignored})
		}
		if p.state != lgsp.Rejected {
			plan = append(plan, sweepOf{p.state, true, math.MinInt64, purge.UnixMilli(), q.purge, &s.Purged})
		}
		for _, held := range []bool{false, true} {
			plan = append(plan, sweepOf{p.state, held, math.MinInt64, remove.UnixMilli(), q.remove, &s.Removed})
		}
	}
	return plan, nil
}

// sweepPlaces deletes the places that were left, of which only many are deleted
// on the way of messages.
func (q *Queue) sweepPlaces(ctx context.Context) error {
	for n, first := 1, true; n > 0 && ctx.Err() == nil; first = false {
		if err := q.db.Settle(ctx, func(tx *sqlite.Tx) error {
			c := q.begin(tx)
			if first { // what comes meanwhile is left to the next sweep
				q.places.sort()
			}
			err := q.tidyPlaces(tx, c, sweepBatch)
			n = c.tidied
			return err
		}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// passedOver are the messages whose rows are damaged, by seq.
type passedOver map[int64]bool

// sweepAll does one kind of thing in batches until nothing is left to be done.
func (q *Queue) sweepAll(ctx context.Context, what sweepOf) error {
	for ctx.Err() == nil {
		var n int
		var at int64 // the row at work
		err := q.db.Settle(ctx, func(tx *sqlite.Tx) error {
			at = 0
			seqs, err := q.listOld(tx, what)
			n = len(seqs)
			for _, at = range seqs {
				if err == nil {
					err = what.one(tx, at)
				}
				if err != nil {
					return err
				}
			}
			return err
		})
		switch {
		case err == nil:
			*what.count += int64(n)
		case at != 0 && sqlite.FaultOf(err) == sqlite.Damaged && len(q.passedOver) < passedOverMost:
			q.opt.Log.Error("a damaged row is passed over", "seq", at, "err", err)
			q.passedOver[at] = true
			continue
		default:
			return err
		}
		if n < sweepBatch {
			return nil
		}
	}
	return ctx.Err()
}

// listOld reads the index alone, which is whole where a row is damaged.
func (q *Queue) listOld(tx *sqlite.Tx, what sweepOf) (seqs []int64, err error) {
	held := int64(0)
	if what.held {
		held = 1
	}
	err = tx.Query("select seq from message where payload > 0 = ? and (state = 3 or state >= 5) and state = ? and changed between ? and ? limit +?", func(r sqlite.Row) error {
		if !q.passedOver[r.Int(0)] && len(seqs) < sweepBatch {
			seqs = append(seqs, r.Int(0))
		}
		return nil
	}, held, int64(what.state), what.from, what.to, int64(sweepBatch+len(q.passedOver)))
	return seqs, err
}

// redate gives a row that bears a time to come, from a clock that was ahead,
// the time of today: it would stay for years otherwise.
func (q *Queue) redate(tx *sqlite.Tx, seq int64) error {
	return tx.Do("update message set changed = ? where seq = ?", q.begin(tx).ms, seq)
}

func (q *Queue) purge(tx *sqlite.Tx, seq int64) error {
	if err := tx.Do("delete from payload where seq = ?", seq); err != nil {
		return err
	}
	return tx.Do("update message set payload = 0 where seq = ?", seq)
}

func (q *Queue) remove(tx *sqlite.Tx, seq int64) error {
	var m row
	if err := tx.Query("select "+rowColumns+" from message where seq = ?", func(r sqlite.Row) error {
		m = scanRow(r)
		return nil
	}, seq); err != nil {
		return err
	}
	if err := q.giveUp(tx, m); err != nil {
		return err
	}
	c := q.begin(tx)
	if m.state == lgsp.Rejected {
		// It was never delivered, so its end is an event like any other.
		e := m.entryFrom(audit.Dropped)
		e.At, e.Detail = c.now, "nobody corrected or replayed the rejected message for as long as it is kept"
		if err := q.opt.Audit.Append(tx, &e); err != nil {
			return err
		}
	}
	if err := tx.Do("delete from payload where seq = ?", seq); err != nil {
		return err
	}
	if err := tx.Do("delete from message where seq = ?", seq); err != nil {
		return err
	}
	c.tally[tallyKey{m.sender, m.service, m.upstream, m.state}]--
	return nil
}

// shrink gives free pages back to the file system, a few at a time.
func (q *Queue) shrink(ctx context.Context) (int64, error) {
	var total int64
	for ctx.Err() == nil {
		var n int64
		err := q.db.Settle(ctx, func(tx *sqlite.Tx) error {
			n = 0
			var free int64
			if err := tx.Query("pragma freelist_count", func(r sqlite.Row) error {
				free = r.Int(0)
				return nil
			}); err != nil || free <= shrinkAbove {
				return err
			}
			n = min(free-shrinkAbove, shrinkBatch)
			return tx.Query(fmt.Sprintf("pragma incremental_vacuum(%d)", n), func(sqlite.Row) error { return nil })
		})
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
	return total, ctx.Err()
}
