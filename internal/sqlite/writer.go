package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"

	"github.com/mattn/go-sqlite3"
)

// writer owns the one writing connection. Every write of the process goes
// through its goroutine, which takes all that is waiting into one transaction:
// a commit costs one sync however many wait for it.
type writer struct {
	opt   Options
	space *space
	conn  *sqlite3.SQLiteConn // nil while the database cannot be opened
	stmts map[string]driver.Stmt
	hook  func(*Tx) error
	wal   int64 // bytes written to the log since it was last emptied, an estimate

	queue   chan *work
	stopped chan struct{}
	mu      sync.RWMutex // guards closing of queue
	closed  bool
}

// work is one write that waits for its commit.
type work struct {
	fn     func(*Tx) error
	urgent bool
	done   chan error
}

const (
	groupMost    = 512     // writes in one commit
	walMost      = 4 << 20 // bytes of log after which it is copied into the file
	walKeepBytes = 32 << 20
)

// Write runs fn inside the transaction of the next commit and returns once
// that commit is on disk. fn may run more than once, and must then do the same
// again: it changes memory only through OnCommit. When fn returns an error,
// what it wrote is undone and the others of its group are not touched.
//
// Newcomers, that is writes that make the database grow, are refused with
// ErrFull while there is no room.
func (db *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	if err := db.Room(); err != nil {
		return err
	}
	return db.writer.do(ctx, fn, false)
}

// Settle is Write for outcomes of what is already held. It may use the reserve.
func (db *DB) Settle(ctx context.Context, fn func(*Tx) error) error {
	return db.writer.do(ctx, fn, true)
}

// EachCommit has hook run at the end of every transaction, before it commits.
// When hook fails, the transaction is made again without it. It must be called
// before the first Write.
func (db *DB) EachCommit(hook func(*Tx) error) { db.writer.hook = hook }

func (w *writer) do(ctx context.Context, fn func(*Tx) error, urgent bool) error {
	op := &work{fn: fn, urgent: urgent, done: make(chan error, 1)}
	if err := w.enqueue(ctx, op); err != nil {
		return err
	}
	return <-op.done // the outcome of a write under way is always learnt
}

func (w *writer) enqueue(ctx context.Context, op *work) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	select {
	case w.queue <- op:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) stop() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	close(w.queue)
	w.mu.Unlock()
	<-w.stopped
	return w.close()
}

func (w *writer) run() {
	defer close(w.stopped)
	group := make([]*work, 0, groupMost)
	for op := range w.queue {
		group = append(group[:0], op)
	more:
		for len(group) < groupMost {
			select {
			case op, ok := <-w.queue:
				if !ok {
					break more
				}
				group = append(group, op)
			default:
				break more
			}
		}
		w.serve(group)
		clear(group)
	}
}

// serve commits the group together if it can, and otherwise finds out who may
// commit.
func (w *writer) serve(group []*work) {
	err, culprit := w.commit(group, true)
	switch fault := FaultOf(err); {
	case err == nil:
		answer(group, nil)
	case fault == Full:
		w.serveFull(group, err)
	case culprit && len(group) > 1:
		for i := range group {
			w.serve(group[i : i+1])
		}
	default:
		answer(group, err)
		w.reopen(err)
	}
}

// serveFull refuses the newcomers and commits the rest from the reserve.
func (w *writer) serveFull(group []*work, err error) {
	urgent := group[:0:0]
	for _, op := range group {
		if op.urgent {
			urgent = append(urgent, op)
		} else {
			op.done <- fmt.Errorf("%w: %w", ErrFull, err)
		}
	}
	released := w.space.release()
	if len(urgent) == 0 {
		return
	}
	if released || len(urgent) < len(group) {
		if w.emptyLog(); len(urgent) > 0 {
			err, _ = w.commit(urgent, true)
		}
	}
	answer(urgent, err)
}

func answer(group []*work, err error) {
	for _, op := range group {
		op.done <- err
	}
}

// commit runs the group in one transaction. culprit says that the error is one
// write's own, so that the others may succeed without it.
func (w *writer) commit(group []*work, withHook bool) (err error, culprit bool) {
	if err := w.ensureOpen(); err != nil {
		return err, false
	}
	if _, err := w.exec("begin immediate"); err != nil {
		return fmt.Errorf("begin: %w", err), false
	}
	tx := &Tx{w: w}
	for _, op := range group {
		if err := op.fn(tx); err != nil {
			w.rollback(tx)
			fault := FaultOf(err)
			return err, fault == None || fault == Other || fault == Damaged
		}
	}
	if w.hook != nil && withHook {
		if err := w.hook(tx); err != nil {
			w.rollback(tx)
			w.opt.Log.Error("hook of the commit", "path", w.opt.Path, "err", err)
			return w.commit(group, false)
		}
	}
	if _, err := w.exec("commit"); err != nil {
		w.rollback(tx)
		return fmt.Errorf("commit: %w", err), false
	}
	for _, fn := range tx.committed {
		fn()
	}
	w.checkpoint(tx)
	return nil, false
}

func (w *writer) rollback(tx *Tx) {
	if !w.conn.AutoCommit() {
		if _, err := w.exec("rollback"); err != nil {
			w.opt.Log.Error("roll back", "path", w.opt.Path, "err", err)
		}
	}
	for i := len(tx.undone) - 1; i >= 0; i-- {
		tx.undone[i]()
	}
}

// checkpoint copies the log into the file once it has grown, while no
// transaction is open, so that the log starts again from its beginning.
func (w *writer) checkpoint(tx *Tx) {
	w.wal += tx.bytes
	if w.wal >= walMost {
		w.emptyLog()
	}
}

func (w *writer) emptyLog() {
	// The answer is one row, which must be read: a statement that is still in
	// progress keeps the next transaction from committing.
	tx := &Tx{w: w}
	if err := tx.Query("pragma wal_checkpoint(passive)", func(Row) error { return nil }); err != nil {
		w.opt.Log.Error("checkpoint", "path", w.opt.Path, "err", err)
	}
	w.wal = 0
}

func (w *writer) ensureOpen() error {
	if w.conn != nil {
		return nil
	}
	return w.open()
}

// reopen drops the connection after a failure of the disk: what SQLite and the
// kernel still hold in memory may differ from what is on disk.
func (w *writer) reopen(err error) {
	switch FaultOf(err) {
	case IO, ReadOnly, Damaged:
	default:
		return
	}
	if w.conn == nil {
		return
	}
	if closeErr := w.close(); closeErr != nil {
		w.opt.Log.Error("close after a failure", "path", w.opt.Path, "err", closeErr)
	}
}

func (w *writer) close() error {
	if w.conn == nil {
		return nil
	}
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	errs = append(errs, w.conn.Close())
	w.conn, w.stmts = nil, nil
	return errors.Join(errs...)
}

func (w *writer) prepare(query string) (*sqlite3.SQLiteStmt, error) {
	if s, ok := w.stmts[query]; ok {
		return s.(*sqlite3.SQLiteStmt), nil
	}
	s, err := w.conn.Prepare(query)
	if err != nil {
		return nil, err
	}
	w.stmts[query] = s
	return s.(*sqlite3.SQLiteStmt), nil
}

func (w *writer) exec(query string) (driver.Result, error) {
	s, err := w.prepare(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(nil)
}

func dirOf(path string) string { return filepath.Dir(path) }

// Tx is the transaction of one commit. It must not be used after the function
// that was given it has returned.
type Tx struct {
	w         *writer
	args      []driver.Value
	committed []func()
	undone    []func()
	bytes     int64
}

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
	res, err := s.Exec(tx.values(args))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Insert is Exec that returns the rowid of the row it inserted.
func (tx *Tx) Insert(query string, args ...any) (int64, error) {
	s, err := tx.w.prepare(query)
	if err != nil {
		return 0, fmt.Errorf("prepare: %w", err)
	}
	res, err := s.Exec(tx.values(args))
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// Query runs one statement and calls each for every row of its answer.
func (tx *Tx) Query(query string, each func(Row) error, args ...any) error {
	s, err := tx.w.prepare(query)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	rows, err := s.Query(tx.values(args))
	if err != nil {
		return err
	}
	row := make(Row, len(rows.Columns()))
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
func (tx *Tx) values(args []any) []driver.Value {
	tx.args = tx.args[:0]
	for _, a := range args {
		if b, ok := a.([]byte); ok {
			tx.bytes += int64(len(b))
		}
		tx.args = append(tx.args, a)
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
