package clean

import (
	"context"
	"errors"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
)

const (
	// finishedFor is how long a finished job is kept: long enough for another
	// command with the same list to end, short enough to be no copy of the
	// population database.
	finishedFor = 24 * time.Hour
	// forgetBatch is how many rows are deleted in one commit, so that nobody
	// waits long behind it.
	forgetBatch = 1000
)

// Finish notes that the result of a list has been handed over. Its rows are
// kept for a day, in which the same list is still answered from the journal.
func (d *Desk) Finish(ctx context.Context, q Question) error {
	if err := q.check(); err != nil {
		return err
	}
	job := jobOf(d.key, q)
	err := d.opt.DB.Settle(ctx, func(tx *sqlite.Tx) error {
		return tx.Do("update clean_job set finished = ? where id = ?", d.opt.Now().UnixMilli(), job[:])
	})
	if err != nil {
		return unavailable("finish a job", err)
	}
	return nil
}

// Forget deletes the jobs that nobody has worked on since before, and those that
// were finished more than a day ago, unless somebody works on them now. It
// returns how many.
func (d *Desk) Forget(ctx context.Context, before time.Time) (int, error) {
	jobs, err := d.old(ctx, before)
	if err != nil {
		return 0, unavailable("list old jobs", err)
	}
	forgotten := 0
	for _, job := range jobs {
		if !d.gates.tryEnter(job) {
			continue
		}
		gone, err := d.forget(ctx, job, before)
		d.gates.leave(job)
		if err != nil {
			return forgotten, unavailable("forget a job", err)
		}
		if gone {
			forgotten++
		}
	}
	return forgotten, nil
}

// isOld takes before and the time at which a finished job is old.
const isOld = "(touched < ? or finished < ?)"

func (d *Desk) old(ctx context.Context, before time.Time) (jobs []mark, err error) {
	rows, err := d.opt.DB.Read().QueryContext(ctx, "select id from clean_job where "+isOld, before.UnixMilli(), d.finishedBefore())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id []byte
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		var job mark
		copy(job[:], id)
		jobs = append(jobs, job)
	}
	return jobs, rows.Err()
}

func (d *Desk) finishedBefore() int64 { return d.opt.Now().Add(-finishedFor).UnixMilli() }

// forget deletes a job whose gate was entered, unless somebody has worked on it
// since it was listed.
func (d *Desk) forget(ctx context.Context, job mark, before time.Time) (gone bool, err error) {
	for more := true; more; {
		err := d.opt.DB.Settle(ctx, func(tx *sqlite.Tx) error {
			old := false
			more, gone = false, false
			if err := tx.Query("select 1 from clean_job where id = ? and "+isOld, func(sqlite.Row) error {
				old = true
				return nil
			}, job[:], before.UnixMilli(), d.finishedBefore()); err != nil || !old {
				return err
			}
			n, err := tx.Exec("delete from clean_row where job = ? and n in (select n from clean_row where job = ? limit ?)", job[:], job[:], int64(forgetBatch))
			if err != nil {
				return err
			}
			if more = n == forgetBatch; more {
				return nil
			}
			gone = true
			return tx.Do("delete from clean_job where id = ?", job[:])
		})
		if err != nil {
			return false, err
		}
	}
	if gone {
		d.mu.Lock()
		defer d.mu.Unlock()
		for p := range d.held {
			if p.job == job {
				delete(d.held, p)
			}
		}
	}
	return gone, nil
}
