package queue

import (
	"fmt"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
)

// counts says how far the counts on disk are to be trusted. While they are not,
// they are not kept either: Sweep has them made anew.
type counts struct {
	stale  bool  // a commit was made without them
	marked bool  // the disk says so
	failed int64 // ms; when making them anew failed last
}

// recountEvery is how long a recount that failed is not tried again: it reads
// every message while commits wait.
const recountEvery = time.Hour

// keepCounts writes what the transaction has changed, so that a count costs
// nothing to ask for. That they cannot be kept must not keep messages from
// flowing.
func (q *Queue) keepCounts(tx *sqlite.Tx, c *commit) error {
	switch {
	case c.recount:
		return q.recount(tx, c)
	case q.counts.stale:
		return q.markStale(tx)
	}
	for k, n := range c.tally {
		if n == 0 {
			continue
		}
		if err := tx.Do(`insert into tally (sender, service, upstream, state, n) values (?1, ?2, ?3, ?4, ?5)
			on conflict do update set n = n + ?5`, k.sender, k.service, k.upstream, int64(k.state), n); err != nil {
			q.counts.stale = !sqlite.FaultOf(err).OfTheDisk()
			return fmt.Errorf("count messages: %w", err)
		}
	}
	return nil
}

func (q *Queue) markStale(tx *sqlite.Tx) error {
	if q.counts.marked {
		return nil
	}
	tx.OnCommit(func() { q.counts.marked = true })
	if err := tx.Do("insert or ignore into recount (only) values (1)"); err != nil {
		return fmt.Errorf("note that the counts are stale: %w", err)
	}
	return nil
}

// orderRecount has the counts made anew at the end of this transaction if they
// are not to be trusted, be it that another process found them so.
func (q *Queue) orderRecount(tx *sqlite.Tx) error {
	c, stale := q.begin(tx), q.counts.stale
	if !stale {
		if err := tx.Query("select only from recount", func(sqlite.Row) error {
			stale = true
			return nil
		}); err != nil {
			return err
		}
	}
	since := time.Duration(c.ms-q.counts.failed) * time.Millisecond
	c.recount = stale && (since >= recountEvery || since < 0)
	return nil
}

func (q *Queue) recount(tx *sqlite.Tx, c *commit) error {
	for _, query := range [...]string{
		"delete from tally",
		"insert into tally (sender, service, upstream, state, n) select sender, service, upstream, state, count(*) from message group by sender, service, upstream, state",
		"delete from recount",
	} {
		if err := tx.Do(query); err != nil {
			q.counts.failed = c.ms
			return fmt.Errorf("recount messages: %w", err)
		}
	}
	tx.OnCommit(func() {
		q.counts = counts{}
		q.opt.Log.Info("the messages were counted anew")
	})
	return nil
}
