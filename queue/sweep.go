package queue

import (
	"context"
	"fmt"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/sqlite"
)

// Swept is what one Sweep did.
type Swept struct {
	Purged  int64 // payloads deleted
	Removed int64 // rows deleted
	Pages   int64 // pages given back to the file system
}

const (
	sweepBatch  = 500
	shrinkBatch = 2048 // pages, 8 MiB
	shrinkAbove = 4096 // free pages that are kept for messages to come, 16 MiB
)

// Sweep deletes the payloads of delivered messages after the grace period and
// the rows whose retention has passed, and gives free pages back. Each of its
// commits is small, so that messages flow meanwhile. While the disk is short
// the grace period is waived: what is delivered gives way to what is not.
func (q *Queue) Sweep(ctx context.Context) (Swept, error) {
	var s Swept
	grace := q.opt.Grace
	if q.db.Room() != nil {
		grace = 0
	}
	for _, p := range []struct {
		state lgsp.State
		keep  time.Duration
	}{{lgsp.Delivered, grace}, {lgsp.Superseded, grace}, {lgsp.Dropped, q.opt.Grace}} {
		n, err := q.sweepAll(ctx, p.state, p.keep, true, q.purge)
		s.Purged += n
		if err != nil {
			return s, fmt.Errorf("purge payloads: %w", err)
		}
	}
	r := q.opt.Retain
	for _, p := range []struct {
		state lgsp.State
		keep  time.Duration
	}{{lgsp.Delivered, r.Delivered}, {lgsp.Rejected, r.Rejected}, {lgsp.Superseded, r.Superseded}, {lgsp.Dropped, r.Dropped}} {
		for _, kept := range []bool{false, true} {
			n, err := q.sweepAll(ctx, p.state, p.keep, kept, q.remove)
			s.Removed += n
			if err != nil {
				return s, fmt.Errorf("remove old messages: %w", err)
			}
		}
	}
	pages, err := q.shrink(ctx)
	s.Pages = pages
	return s, err
}

func (q *Queue) sweepAll(ctx context.Context, state lgsp.State, keep time.Duration, kept bool, batch func(*sqlite.Tx, []row) error) (int64, error) {
	before := q.opt.Now().Add(-keep).UnixMilli()
	held := int64(0)
	if kept {
		held = 1
	}
	var total int64
	for ctx.Err() == nil {
		var n int
		err := q.db.Settle(ctx, func(tx *sqlite.Tx) error {
			var rows []row
			if err := tx.Query("select "+rowColumns+" from message where payload > 0 = ? and state in (3, 5, 6, 7) and state = ? and changed <= ? limit ?", func(r sqlite.Row) error {
				rows = append(rows, scanRow(r))
				return nil
			}, held, int64(state), before, int64(sweepBatch)); err != nil {
				return err
			}
			n = len(rows)
			return batch(tx, rows)
		})
		total += int64(n)
		if err != nil || n < sweepBatch {
			return total, err
		}
	}
	return total, ctx.Err()
}

func (q *Queue) purge(tx *sqlite.Tx, rows []row) error {
	for _, m := range rows {
		if _, err := tx.Exec("delete from payload where seq = ?", m.seq); err != nil {
			return err
		}
		if _, err := tx.Exec("update message set payload = 0 where seq = ?", m.seq); err != nil {
			return err
		}
	}
	return nil
}

func (q *Queue) remove(tx *sqlite.Tx, rows []row) error {
	c := q.begin(tx)
	for _, m := range rows {
		if _, err := tx.Exec("delete from payload where seq = ?", m.seq); err != nil {
			return err
		}
		if _, err := tx.Exec("delete from message where seq = ?", m.seq); err != nil {
			return err
		}
		c.tally[tallyKey{m.sender, m.service, m.upstream, m.state}]--
	}
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
