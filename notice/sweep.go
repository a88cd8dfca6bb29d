package notice

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
)

// aheadMost is how far ahead of the clock a row may be dated before it is taken
// for one from a clock that was wrong.
const aheadMost = 25 * time.Hour

// Sweep removes what closed notices say once they have been closed for as long
// as it is kept, and returns how many. Their rows stay, and with them their
// numbers. Only time that was seen to pass makes a notice older; see
// audit.Log.Ago. A notice whose rows are damaged does not keep the others from
// being swept.
func (d *Desk) Sweep(ctx context.Context) (int64, error) {
	old, err := d.opt.Audit.Ago(d.opt.Keep)
	if err != nil {
		return 0, fmt.Errorf("sweep notices: %w", err)
	}
	now := d.now()
	// What bears a time to come, from a clock that was ahead, is given that of
	// today: it would be kept for years otherwise.
	_, err = d.each(ctx, now.Add(aheadMost).UnixMilli(), math.MaxInt64, func(tx *sqlite.Tx, n Number) error {
		return tx.Do("update notice set changed = ? where year = ? and n = ?", now.UnixMilli(), int64(n.Year), int64(n.N))
	})
	if err != nil {
		return 0, fmt.Errorf("sweep notices: %w", err)
	}
	removed, err := d.each(ctx, math.MinInt64, old.UnixMilli(), func(tx *sqlite.Tx, n Number) error {
		if err := tx.Do("update notice_step set sealed = null where year = ? and n = ?", int64(n.Year), int64(n.N)); err != nil {
			return err
		}
		return tx.Do("update notice set held = 0 where year = ? and n = ?", int64(n.Year), int64(n.N))
	})
	if err != nil {
		return removed, fmt.Errorf("sweep notices: %w", err)
	}
	return removed, nil
}

// each does something, in a commit of its own, with every closed notice that
// holds content and came to its state between two times, ends included. It
// returns with how many that was done.
func (d *Desk) each(ctx context.Context, from, to int64, do func(*sqlite.Tx, Number) error) (done int64, err error) {
	rows, err := d.db.Read().QueryContext(ctx, "select year, n from notice where state = 4 and held = 1 and changed between ? and ?", from, to)
	if err != nil {
		return 0, err
	}
	var chosen []Number
	for rows.Next() {
		var n Number
		if err := rows.Scan(&n.Year, &n.N); err != nil {
			return 0, errors.Join(err, rows.Close())
		}
		chosen = append(chosen, n)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return 0, err
	}
	for _, n := range chosen {
		err := d.db.Settle(ctx, func(tx *sqlite.Tx) error { return do(tx, n) })
		switch {
		case err == nil:
			done++
		case sqlite.FaultOf(err) == sqlite.Damaged:
			d.opt.Log.Error("a damaged notice is passed over", "notice", n.String(), "err", err)
		default:
			return done, err
		}
	}
	return done, nil
}
