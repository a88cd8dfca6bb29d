package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/mattn/go-sqlite3"
)

// Snapshot is one state of the database, which all its queries see. It must not
// be used after the function that was given it has returned.
type Snapshot struct {
	ctx  func() error // why to stop
	conn *sqlite3.SQLiteConn
}

// Snapshot runs read on one state of the database. It reads many rows at a
// fraction of what they cost through Read. The log of the database cannot start
// again while read lasts, so what takes long is better read in several.
func (db *DB) Snapshot(ctx context.Context, read func(*Snapshot) error) (err error) {
	c, err := db.reader.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return c.Raw(func(conn any) error {
		s := &Snapshot{ctx: ctx.Err, conn: conn.(*sqlite3.SQLiteConn)}
		if _, err := s.conn.Exec("begin", nil); err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		err := read(s)
		if _, rollbackErr := s.conn.Exec("rollback", nil); rollbackErr != nil {
			// A pooled connection with an open transaction would see this state for ever.
			return errors.Join(err, fmt.Errorf("end a reading: %w", rollbackErr), driver.ErrBadConn)
		}
		return err
	})
}

// Query runs one statement and calls each for every row of its answer, until the
// context of the snapshot ends. The row is good until each returns; its texts
// stay good. Arguments are int64, string, []byte or nil.
func (s *Snapshot) Query(query string, each func(Row) error, args ...any) (err error) {
	prepared, err := s.conn.Prepare(query)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	defer func() { err = errors.Join(err, prepared.Close()) }()
	values := make([]driver.NamedValue, len(args))
	for i, a := range args {
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	// Without a context of its own: the driver would watch it at every row.
	rows, err := prepared.(*sqlite3.SQLiteStmt).QueryContext(context.Background(), values)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make(Row, len(rows.Columns()))
	for {
		if err := s.ctx(); err != nil {
			return err
		}
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := each(row); err != nil {
			return err
		}
	}
}
