package audit

import (
	"context"
	"fmt"

	"lgsp.internal/adapter/internal/sqlite"
)

// readMost is how many entries one read takes. A read that lasted as long as
// the whole record takes would keep the database's log from starting again, and
// so let it grow, for minutes.
const readMost = 10_000

// line is an entry as it is stored. Its hash is valid until the next, its texts
// for ever.
type line struct {
	seq     int64
	entry   string
	hash    []byte
	message string
	named   bool // there is a message
}

// What walk asks for. The message is left out where nobody looks at it, as every
// column costs.
const (
	plainLines = "select seq, entry, hash, null from audit where seq > ? and seq <= ? order by seq limit +?"
	namedLines = "select seq, entry, hash, message from audit where seq > ? and seq <= ? order by seq limit +?"
)

// walk calls each for the entries behind after, up to and with until, in order
// and in short reads. The chain only grows at its end, so these fit together;
// but its beginning may move behind where walk stands, which is told to moved.
func (l *Log) walk(ctx context.Context, lines string, after, until int64, moved func(Head) error, each func(*line) error) error {
	var at line
	for more := true; more && after < until; {
		n := 0
		err := l.opt.DB.Snapshot(ctx, func(s *sqlite.Snapshot) error { // the beginning and what follows it are of one state
			anchor, err := anchorIn(s)
			if err != nil {
				return err
			}
			if anchor.Seq > after {
				after = anchor.Seq
				if err := moved(anchor); err != nil {
					return err
				}
			}
			return s.Query(lines, func(r sqlite.Row) error {
				n, after = n+1, r.Int(0)
				at.seq, at.entry, at.hash, at.message, at.named = after, r.Text(1), r.Append(at.hash[:0], 2), r.Text(3), !r.Null(3)
				return each(&at)
			}, after, until, int64(readMost))
		})
		if err != nil {
			return fmt.Errorf("read the record after entry %d: %w", after, err)
		}
		more = n == readMost
	}
	return nil
}

// anchorIn reads the beginning of the chain.
func anchorIn(s *sqlite.Snapshot) (anchor Head, err error) {
	err = s.Query("select seq, hash from audit_anchor", func(r sqlite.Row) error {
		anchor.Seq = r.Int(0)
		copy(anchor.Hash[:], r.Append(nil, 1))
		return nil
	})
	return anchor, err
}
