package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"
)

// writer owns the one writing connection. Every write of the process goes
// through its goroutine, which takes all that is waiting into one transaction:
// a commit costs one sync however many wait for it.
type writer struct {
	opt   Options
	space *space
	conn  *sqlite3.SQLiteConn // nil while the database cannot be opened
	stmts map[string]*statement
	hooks []hook

	// See log.go.
	wal   int64 // bytes written to the log since it was last copied into the file, an estimate
	press int64 // size of the log at which readers are waited for

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
	groupMost = 512         // writes in one commit
	idleAfter = time.Second // without a write, after which the log is copied into the file

	// While writes come in crowds, the writer lets a group gather: a commit
	// costs much the same for ten writes as for thirty. A lone writer never waits.
	crowd       = 4                    // writes in the group before
	crowdWithin = 4 * time.Millisecond // since that group
	lingerFor   = 500 * time.Microsecond
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

// EachCommit has fn run at the end of every transaction, before it commits,
// behind the hooks that were registered before it, what they wrote included.
// When fn fails by a fault of its own, the transaction is made again, up to
// three times, which fn learns from Tx.Again so that it can do less, and then
// without fn, but with the other hooks; when the disk fails it, the transaction
// fails. It must be called before the first Write.
func (db *DB) EachCommit(fn func(*Tx) error) { db.writer.hooks = append(db.writer.hooks, hook{fn: fn}) }

// hook is what EachCommit was given.
type hook struct {
	fn     func(*Tx) error
	failed int // times in the commit that is being made
}

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
	if err := ctx.Err(); err != nil {
		return err
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
	idle, linger := time.NewTimer(idleAfter), time.NewTimer(0)
	defer idle.Stop()
	<-linger.C
	var served time.Time // when the last group was
	for {
		select {
		case op, ok := <-w.queue:
			if !ok {
				return
			}
			if len(group) >= crowd && time.Since(served) < crowdWithin {
				linger.Reset(lingerFor)
				<-linger.C
			}
			group = w.gather(append(group[:0], op))
			w.serve(group)
			clear(group)
			served = time.Now()
			idle.Reset(idleAfter)
		case <-idle.C:
			if !w.tidy() {
				idle.Reset(idleAfter)
			}
		}
	}
}

// gather adds what else is waiting.
func (w *writer) gather(group []*work) []*work {
	for len(group) < groupMost {
		select {
		case op, ok := <-w.queue:
			if !ok {
				return group
			}
			group = append(group, op)
		default:
			return group
		}
	}
	return group
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

// statement is a statement that was prepared, with room for a row of its answer.
type statement struct {
	*sqlite3.SQLiteStmt
	row Row // nil = not run yet
}

func (w *writer) prepare(query string) (*statement, error) {
	if s, ok := w.stmts[query]; ok {
		return s, nil
	}
	prepared, err := w.conn.Prepare(query)
	if err != nil {
		return nil, err
	}
	s := &statement{SQLiteStmt: prepared.(*sqlite3.SQLiteStmt)}
	w.stmts[query] = s
	return s, nil
}

func (w *writer) exec(query string) (driver.Result, error) {
	s, err := w.prepare(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(nil)
}
