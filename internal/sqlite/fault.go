package sqlite

import (
	"errors"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// Fault says what kept the database from doing its work.
type Fault uint8

const (
	None     Fault = iota // not a fault of the database
	Full                  // the disk, or the size that was set, is used up
	Busy                  // another process holds the lock
	ReadOnly              // the disk or the file cannot be written
	Damaged               // the file is not what was written
	IO                    // the disk failed
	Taken                 // another row has a value that must be unique
	Other                 // any other answer of SQLite
)

var (
	// ErrFull is returned for newcomers while there is no room for them.
	ErrFull = errors.New("no room for new messages: the disk or the set size is nearly used up")
	// ErrClosed is returned by Write after Close.
	ErrClosed = errors.New("database is closed")
)

// OfTheDisk reports whether a fault would meet every other write as well.
func (f Fault) OfTheDisk() bool {
	switch f {
	case Full, Busy, ReadOnly, IO:
		return true
	}
	return false
}

// FaultOf classifies an error.
func FaultOf(err error) Fault {
	if err == nil {
		return None
	}
	if errors.Is(err, ErrFull) || errors.Is(err, syscall.ENOSPC) {
		return Full
	}
	if errors.Is(err, syscall.EROFS) {
		return ReadOnly
	}
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return None
	}
	if e.SystemErrno == syscall.ENOSPC || e.SystemErrno == syscall.EDQUOT {
		return Full
	}
	if e.SystemErrno == syscall.EROFS {
		return ReadOnly
	}
	switch e.ExtendedCode {
	case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey, sqlite3.ErrConstraintRowID:
		return Taken
	}
	switch e.Code {
	case sqlite3.ErrFull:
		return Full
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return Busy
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrCantOpen:
		return ReadOnly
	case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
		return Damaged
	case sqlite3.ErrIoErr:
		return IO
	}
	return Other
}
