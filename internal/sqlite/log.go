package sqlite

import (
	"fmt"
	"time"
)

// The log starts again from its beginning when a write finds that all of it was
// copied into the file and that no reader still needs it. Readers that overlap
// without end would let it grow without end; so once it is long the writer
// holds back for a moment, in which those readers finish and new ones read the
// file alone. The moment grows with the log, so the log is bounded by the time
// that the longest reader takes, and commits are held back for a small part of
// the time at most.
const (
	walMost      = 1 << 20                // bytes of log after which it is copied into the file
	walKeepBytes = 16 << 20               // of an empty log's file; above it readers are waited for
	pressFor     = 100 * time.Millisecond // for each walKeepBytes of log
	pressMost    = 5 * time.Second
)

// wrote counts what a commit added to the log, and copies the log into the file
// once it has grown, while no transaction is open.
func (w *writer) wrote(bytes int64) {
	w.wal += bytes
	if w.wal >= walMost {
		w.emptyLog(false)
	}
}

// tidy empties the log while there is nothing else to do, so that the file
// shrinks when pages were given back. It reports whether that is done.
func (w *writer) tidy() bool {
	return w.conn == nil || w.wal == 0 || w.emptyLog(false)
}

// emptyLog copies the log into the file, and reports whether all of it was.
// With now, it waits for readers however short the log is.
func (w *writer) emptyLog(now bool) bool {
	if w.conn == nil {
		return true
	}
	w.wal = 0
	size, whole, err := w.checkpoint("passive")
	if err == nil && (now || size >= max(w.press, walKeepBytes)) {
		_, whole, err = w.pressReaders(size)
	}
	if FaultOf(err) == Full {
		w.space.full()
	}
	if err != nil {
		w.opt.Log.Error("checkpoint", "path", w.opt.Path, "err", err)
		return true // the next write tries again
	}
	return whole
}

// pressReaders waits for readers, and next time only once the log is twice as
// long: a reader that takes minutes must not hold every commit back.
func (w *writer) pressReaders(size int64) (int64, bool, error) {
	wait := min(pressFor*time.Duration(max(size/walKeepBytes, 1)), pressMost)
	if err := w.setBusyTimeout(wait); err != nil {
		return size, false, err
	}
	w.press = 2 * size
	size, whole, err := w.checkpoint("restart")
	if whole {
		w.press = 0
	}
	if back := w.setBusyTimeout(w.opt.BusyTimeout); err == nil {
		err = back
	}
	return size, whole, err
}

// checkpoint returns the bytes in the log and whether it is all in the file, and with
// "restart" also whether no reader keeps it from starting again.
func (w *writer) checkpoint(mode string) (size int64, whole bool, err error) {
	tx := &Tx{w: w}
	err = tx.Query("pragma wal_checkpoint("+mode+")", func(r Row) error {
		size, whole = r.Int(1)*pageSize, r.Int(0) == 0 && r.Int(1) == r.Int(2)
		return nil
	})
	return size, whole, err
}

func (w *writer) setBusyTimeout(d time.Duration) error {
	tx := &Tx{w: w}
	// The answer is one row, which must be read: a statement that is still in
	// progress keeps the next transaction from committing.
	return tx.Query(fmt.Sprintf("pragma busy_timeout = %d", d.Milliseconds()), func(Row) error { return nil })
}
