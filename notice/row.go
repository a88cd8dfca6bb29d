package notice

import (
	"time"

	"lgsp.internal/adapter/internal/sqlite"
)

// row is a notice as its row tells it, without content.
type row struct {
	Notice
	subject string // pseudonym
}

const (
	columns     = "year, n, state, sender, system, officer, unit, procedure, subject, opened, changed, held"
	columnCount = 12
)

func scanRow(r sqlite.Row) row {
	return row{subject: r.Text(8), Notice: Notice{
		Number: Number{Year: int(r.Int(0)), N: int(r.Int(1))}, State: State(r.Int(2)), Sender: r.Text(3), System: r.Text(4), Officer: r.Text(5), Unit: r.Text(6),
		Procedure: r.Text(7), Opened: fromMillis(r.Int(9)), Changed: fromMillis(r.Int(10)), Removed: r.Int(11) == 0}}
}

// scanned is a row on its way out of the pool of readers.
type scanned struct {
	row
	opened, changed int64
	held            bool
}

// into returns where the columns go.
func (s *scanned) into() []any {
	n := &s.Notice
	return []any{&n.Number.Year, &n.Number.N, &n.State, &n.Sender, &n.System, &n.Officer, &n.Unit, &n.Procedure, &s.subject, &s.opened, &s.changed, &s.held}
}

func (s *scanned) notice() Notice {
	n := s.Notice
	n.Opened, n.Changed, n.Removed = fromMillis(s.opened), fromMillis(s.changed), !s.held
	return n
}

// findRow returns the row of a notice; its State is 0 when there is none.
func findRow(tx *sqlite.Tx, n Number) (found row, err error) {
	err = tx.Query("select "+columns+" from notice where year = ? and n = ?", func(r sqlite.Row) error {
		found = scanRow(r)
		return nil
	}, int64(n.Year), int64(n.N))
	return found, err
}

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
