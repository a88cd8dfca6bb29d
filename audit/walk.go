package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// readMost is how many entries one read takes. A read that lasted as long as
// the whole record takes would keep the database's log from starting again, and
// so let it grow, for minutes.
const readMost = 10_000

// line is an entry as it is stored. Its bytes are valid until the next.
type line struct {
	seq                  int64
	entry, hash, message sql.RawBytes
}

// walk calls each for the entries behind after, up to and with until, in order
// and in short reads. The chain only grows at its end, so these fit together;
// but its beginning may move behind where walk stands, which is told to moved.
func (l *Log) walk(ctx context.Context, after, until int64, moved func(Head) error, each func(*line) error) error {
	for more := true; more && after < until; {
		tx, err := l.opt.DB.Read().BeginTx(ctx, nil) // the beginning and what follows it are of one state
		if err != nil {
			return fmt.Errorf("read the record: %w", err)
		}
		var n int
		n, after, err = readLines(ctx, tx, after, until, moved, each)
		if err = errors.Join(err, tx.Rollback()); err != nil {
			return fmt.Errorf("read the record after entry %d: %w", after, err)
		}
		more = n == readMost
	}
	return nil
}

func readLines(ctx context.Context, tx *sql.Tx, after, until int64, moved func(Head) error, each func(*line) error) (n int, last int64, err error) {
	anchor, err := readHead(ctx, tx, "select seq, hash from audit_anchor")
	if err != nil {
		return 0, after, err
	}
	if anchor.Seq > after {
		after = anchor.Seq
		if err := moved(anchor); err != nil {
			return 0, after, err
		}
	}
	rows, err := tx.QueryContext(ctx, "select seq, entry, hash, message from audit where seq > ? and seq <= ? order by seq limit +?", after, until, readMost)
	if err != nil {
		return 0, after, err
	}
	var at line
	for err == nil && rows.Next() {
		if err = rows.Scan(&at.seq, &at.entry, &at.hash, &at.message); err == nil {
			n, after = n+1, at.seq
			err = each(&at)
		}
	}
	return n, after, errors.Join(err, rows.Err(), rows.Close())
}
