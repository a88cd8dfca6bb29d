package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
)

// Retention is how long an entry is kept at least. TT 46/2022/TT-BCA: the log
// of connecting, sharing and using is kept two years from the event. // req: R-12
const Retention = 731 * 24 * time.Hour // two years that hold a 29 February

// ErrTooYoung is returned by Prune for a time less than Retention ago.
var ErrTooYoung = errors.New("the record is kept for two years at least (TT 46/2022/TT-BCA)")

// ErrUnseen is returned by Prune when entries are old enough by the clock, but
// so much time was not seen to pass; see Ago.
var ErrUnseen = errors.New("by the clock these entries are old enough to go, but lgspd has not seen so much time pass: the clock is wrong, or the machine was off or the heads file lost for a while; they are kept until it has")

const pruneBatch = 1000

// Prune removes the entries before a time, from the oldest on, and moves the
// beginning of the chain behind them; where they are carried, each commit of it
// adds an entry that says so. It returns how many it removed. What is
// that old by the clock alone stays, and is told by ErrUnseen; see Ago.
func (l *Log) Prune(ctx context.Context, before time.Time) (int64, error) {
	if before.After(l.opt.Now().Add(-Retention)) {
		return 0, fmt.Errorf("prune the record before %s: %w", before.Format(time.DateOnly), ErrTooYoung)
	}
	seen, err := l.Ago(l.opt.Now().Sub(before))
	if err != nil {
		return 0, fmt.Errorf("prune the record: %w", err)
	}
	var total int64
	for {
		n, err := l.pruneBatch(ctx, earlier(before, seen))
		total += n
		if err != nil {
			return total, err
		}
		if n < pruneBatch {
			break
		}
	}
	if !seen.Before(before) {
		return total, nil
	}
	return total, l.refuseUnseen(ctx, before)
}

// refuseUnseen returns ErrUnseen if the oldest entry is from before a time.
func (l *Log) refuseUnseen(ctx context.Context, before time.Time) error {
	var entry string
	err := l.opt.DB.Read().QueryRowContext(ctx, "select entry from audit order by seq limit 1").Scan(&entry)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the record: %w", err)
	}
	at, err := timeOf(entry)
	if err != nil || !at.Before(before) {
		return err
	}
	return fmt.Errorf("entries from %s on: %w", at.Format(time.DateOnly), ErrUnseen)
}

func (l *Log) pruneBatch(ctx context.Context, before time.Time) (int64, error) {
	var n int64
	err := l.opt.DB.Settle(ctx, func(tx *sqlite.Tx) error {
		last, old, err := oldBefore(tx, before)
		if err != nil || len(old) == 0 {
			n = 0
			return err
		}
		if err := l.carry(tx, last, old); err != nil {
			return err
		}
		if err := tx.Do("update audit_anchor set seq = ?, hash = ?", last.Seq, last.Hash[:]); err != nil {
			return fmt.Errorf("move the beginning of the record: %w", err)
		}
		n, err = tx.Exec("delete from audit where seq <= ?", last.Seq)
		return err
	})
	return n, err
}

// carry tells the counter what is removed, if it wants to know, and puts on record
// what the counter keeps of it.
func (l *Log) carry(tx *sqlite.Tx, last Head, old []string) error {
	carrier, ok := l.opt.Counter.(Carrier)
	if !ok {
		return nil
	}
	for _, text := range old {
		if err := l.told.Parse(text); err != nil {
			return err
		}
		if err := carrier.Carry(tx, &l.told); err != nil {
			return fmt.Errorf("carry what entry %d stands for: %w", l.told.Seq, err)
		}
	}
	carried, err := carrier.Carried(tx)
	if err != nil {
		return fmt.Errorf("carry what was removed: %w", err)
	}
	return l.Append(tx, &Entry{Event: Pruned, Detail: PrunedDetail(last, carried)})
}

// PrunedDetail is what Detail says of Pruned: the last entry that was removed, and
// what the Carrier says of all.
func PrunedDetail(last Head, carried string) string {
	return fmt.Sprintf("up to %s, carried %s", last, carried)
}

// oldBefore returns the texts of the next batch that is older than before, and
// the last entry of it.
func oldBefore(tx *sqlite.Tx, before time.Time) (last Head, old []string, err error) {
	young := false
	err = tx.Query("select seq, entry, hash from audit order by seq limit +?", func(r sqlite.Row) error {
		if young {
			return nil
		}
		text := r.Text(1)
		at, err := timeOf(text)
		if err != nil {
			return fmt.Errorf("entry %d: %w", r.Int(0), err)
		}
		if young = !at.Before(before); young {
			return nil
		}
		last.Seq = r.Int(0)
		copy(last.Hash[:], r.Blob(2))
		old = append(old, text)
		return nil
	}, int64(pruneBatch))
	return last, old, err
}
