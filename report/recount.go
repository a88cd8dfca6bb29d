package report

import (
	"context"
	"fmt"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
)

// Recount makes the counts anew from the record, when they are not what it says.
// It returns how many entries it has counted. Days of which no entry is on record
// any more keep their counts; of the day in which the record begins now, what was
// pruned is no longer counted. It is safe beside a daemon that runs.
func (c *Counts) Recount(ctx context.Context) (int64, error) {
	if err := c.db.Settle(ctx, c.forget); err != nil {
		return 0, fmt.Errorf("count the record anew: %w", err)
	}
	return c.CatchUp(ctx)
}

// forget takes back what the record that is kept was counted as.
func (c *Counts) forget(tx *sqlite.Tx) error {
	anchor, first, err := beginning(tx)
	if err != nil {
		return err
	}
	day, at := int64(vntime.DayOf(first.At)), millis(first.At)
	for _, change := range []struct {
		query string
		args  []any
	}{
		{"delete from report_count where day >= ?", []any{day}},
		{"delete from report_field where day >= ?", []any{day}},
		{"delete from report_outage where ended is null or ended >= ?", []any{at}},
		{"delete from report_balance", nil},
		{"insert into report_balance (sender, service, waiting, parked, open) select sender, service, waiting, parked, open from report_carried", nil},
		{"update report_counted set seq = ?, at = ?", []any{anchor, before(anchor, at)}},
	} {
		if err := tx.Do(change.query, change.args...); err != nil {
			return err
		}
	}
	c.pending.reset()
	return nil
}

// before is when the entry before the first that is kept was written, as far as
// that is known; 0 = there was none.
func before(anchor, first int64) int64 {
	if anchor == 0 {
		return 0
	}
	return first
}

// beginning returns the seq of the last entry that was pruned, and the first
// that is kept.
func beginning(tx *sqlite.Tx) (anchor int64, first audit.Entry, err error) {
	if err := tx.Query("select seq from audit_anchor", func(r sqlite.Row) error {
		anchor = r.Int(0)
		return nil
	}); err != nil {
		return 0, first, err
	}
	err = tx.Query("select entry from audit order by seq limit 1", func(r sqlite.Row) error { return first.Parse(r.Text(0)) })
	return anchor, first, err
}
