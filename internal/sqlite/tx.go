package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// Tx is the transaction of one commit. It must not be used after the function
// that was given it has returned.
type Tx struct {
	w         *writer
	args      []driver.NamedValue
	committed []func()
	undone    []func()
	bytes     int64
	again     int
}

// Again returns, to a hook, how often that hook has failed in this commit; see
// EachCommit.
func (tx *Tx) Again() int { return tx.again }

// OnCommit has fn run once the transaction is on disk, in the writer's goroutine.
func (tx *Tx) OnCommit(fn func()) { tx.committed = append(tx.committed, fn) }

// OnRollback has fn run if the transaction is given up, latest first.
func (tx *Tx) OnRollback(fn func()) { tx.undone = append(tx.undone, fn) }

// Exec runs one statement and returns how many rows it changed. Arguments are
// int64, string, []byte or nil.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	s, err := tx.w.prepare(query)
	if err != nil {
		return 0, fmt.Errorf("prepare: %w", err)
	}
	res, err := s.ExecContext(context.Background(), tx.values(args))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Do is Exec without the number of rows, which is cheaper: what is bound goes to
// SQLite in one call. The statement keeps the room for that, so what is large
// goes the other way.
func (tx *Tx) Do(query string, args ...any) error {
	if sizeOf(args) > keptByStatement {
		_, err := tx.Exec(query, args...)
		return err
	}
	s, err := tx.w.prepare(query)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	rows, err := s.QueryContext(context.Background(), tx.values(args))
	if err != nil {
		return err
	}
	return rows.Close()
}

// keptByStatement is how many bytes of arguments a statement keeps room for.
const keptByStatement = 64 << 10

// sizeOf returns the bytes of texts and blobs.
func sizeOf(args []any) (n int) {
	for _, a := range args {
		switch v := a.(type) {
		case string:
			n += len(v)
		case []byte:
			n += len(v)
		}
	}
	return n
}

// Query runs one statement and calls each for every row of its answer. The row
// is good until each returns, which must not run the same statement.
func (tx *Tx) Query(query string, each func(Row) error, args ...any) error {
	s, err := tx.w.prepare(query)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	rows, err := s.QueryContext(context.Background(), tx.values(args))
	if err != nil {
		return err
	}
	if s.row == nil {
		s.row = make(Row, len(rows.Columns()))
	}
	row := s.row
	for err == nil {
		if err = rows.Next(row); err == nil {
			err = each(row)
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if closeErr := rows.Close(); err == nil {
		err = closeErr
	}
	return err
}

// values counts what is written, which is what tells when the log has grown.
func (tx *Tx) values(args []any) []driver.NamedValue {
	tx.args = tx.args[:0]
	for i, a := range args {
		if b, ok := a.([]byte); ok {
			tx.bytes += int64(len(b))
		}
		tx.args = append(tx.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	tx.bytes += pageSize / 8
	return tx.args
}

// Row is one row of an answer.
type Row []driver.Value

// Int returns column i, 0 if it is null.
func (r Row) Int(i int) int64 { n, _ := r[i].(int64); return n }

// Text returns column i, "" if it is null.
func (r Row) Text(i int) string {
	switch v := r[i].(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// Blob returns a copy of column i, nil if it is null.
func (r Row) Blob(i int) []byte {
	switch v := r[i].(type) {
	case []byte:
		return append([]byte(nil), v...)
	case string:
		return []byte(v)
	}
	return nil
}

// Null reports whether column i is null.
func (r Row) Null(i int) bool { return r[i] == nil }
