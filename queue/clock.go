package queue

import (
	"context"
	"fmt"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

const (
	furthest   = 25 * time.Hour  // the longest time that anything is put off for
	clockSlack = 5 * time.Second // how far the clock may go back without notice
)

// EndLeases returns every leased message to queued. A daemon calls it once
// when it starts, before it claims: the leases are those of an earlier run.
func (q *Queue) EndLeases(ctx context.Context) (int64, error) {
	var total int64
	err := q.eachWaiting(ctx, func(tx *sqlite.Tx, c *commit, upstream string) (int64, error) {
		if err := setRight(tx, c, upstream); err != nil {
			return 0, err
		}
		return q.endLeases(tx, c, upstream)
	}, &total)
	if err != nil {
		return total, fmt.Errorf("end the leases of an earlier run: %w", err)
	}
	return total, nil
}

// eachWaiting does something, in a commit of its own, for each upstream that
// messages wait for, and adds up what it returns. An upstream whose part of the
// database is damaged does not keep the others from it.
func (q *Queue) eachWaiting(ctx context.Context, do func(*sqlite.Tx, *commit, string) (int64, error), total *int64) error {
	var upstreams []string
	if err := q.db.Settle(ctx, func(tx *sqlite.Tx) (err error) {
		upstreams, err = waitedFor(tx)
		return err
	}); err != nil {
		return err
	}
	for _, upstream := range upstreams {
		var n int64
		err := q.db.Settle(ctx, func(tx *sqlite.Tx) (err error) {
			n, err = do(tx, q.begin(tx), upstream)
			return err
		})
		switch {
		case sqlite.FaultOf(err) == sqlite.Damaged:
			q.opt.Log.Error("the database is damaged; some messages of an upstream do not move", "upstream", upstream, "err", err)
		case err != nil:
			return err
		default:
			*total += n
		}
	}
	return nil
}

// waitedFor returns the upstreams that messages wait for. It asks the messages
// themselves, by their index, since counts may be wrong.
func waitedFor(tx *sqlite.Tx) (upstreams []string, err error) {
	for last, more := "", true; more && err == nil; {
		more = false
		err = tx.Query("select min(upstream) from message where due is not null and upstream > +?", func(r sqlite.Row) error {
			if more = !r.Null(0); more {
				last = r.Text(0)
				upstreams = append(upstreams, last)
			}
			return nil
		}, last)
	}
	return upstreams, err
}

// endLeases ends those leases of an upstream that have not expired. Those that
// have are due anyway.
func (q *Queue) endLeases(tx *sqlite.Tx, c *commit, upstream string) (n int64, err error) {
	var rows []row
	if err := tx.Query("select "+rowColumns+" from message where upstream = +? and due > +? and state = 2", func(r sqlite.Row) error {
		rows = append(rows, scanRow(r))
		return nil
	}, upstream, c.ms); err != nil {
		return 0, err
	}
	for _, m := range rows {
		if err := tx.Do("update message set state = 1, due = ?, changed = ? where seq = ?", c.ms, c.ms, m.seq); err != nil {
			return 0, err
		}
		e := m.entry(audit.Retried)
		e.Detail = "the daemon stopped during the attempt; its outcome is not known"
		if err := q.move(tx, m, lgsp.Queued, e); err != nil {
			return 0, err
		}
	}
	return int64(len(rows)), nil
}

// setRight makes due what a clock that was ahead has put off: messages that
// were never tried, and those put off for longer than anything is.
func setRight(tx *sqlite.Tx, c *commit, upstream string) error {
	n, err := tx.Exec("update message set due = ?1 where upstream = +?2 and due > +?1 and state = 1 and (attempt = 0 or due > ?3)",
		c.ms, upstream, c.now.Add(furthest).UnixMilli())
	if err != nil {
		return fmt.Errorf("set right what the clock put off: %w", err)
	}
	if n > 0 {
		c.wake[upstream] = 0
	}
	return nil
}

// clockIsBehind reports whether the clock shows less than a commit was made at,
// which may have put something off until a time that is far away now.
func (q *Queue) clockIsBehind(now time.Time) bool {
	return now.Add(clockSlack).UnixMilli() < q.newest.Load()
}

func (q *Queue) clockWentBack(ctx context.Context, now time.Time) {
	q.opt.Log.Warn("the clock went back; what it put off is due now")
	q.newest.Store(now.UnixMilli())
	q.mu.Lock()
	for _, f := range q.feeds {
		f.held = 0
	}
	q.mu.Unlock()
	var none int64
	err := q.eachWaiting(ctx, func(tx *sqlite.Tx, c *commit, upstream string) (int64, error) {
		return 0, setRight(tx, c, upstream)
	}, &none)
	if err != nil && ctx.Err() == nil {
		q.opt.Log.Error("set right what the clock put off", "err", err)
	}
}
