// Package sqlite opens one SQLite file with a single writer, which groups
// whatever is waiting into one durable commit, and a pool of readers.
//
// It promises that a nil error from Write means that the change is synced to
// disk, that a failed write leaves nothing behind, and that the database
// serves again by itself once the cause of a failure is gone.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"
)

// Options are the settings of a database. Only Path is required.
type Options struct {
	Path    string
	Schemas []Schema // applied in order when the database is opened

	BusyTimeout time.Duration // how long a writer waits for another process; 0 = 2 s
	CacheBytes  int           // page cache of the writer; 0 = 8 MiB
	Readers     int           // size of the pool of readers; 0 = 4

	MaxBytes     int64 // size of the file above which newcomers are refused; 0 = no limit
	MinFreeBytes int64 // free disk space under which newcomers are refused; 0 = no limit
	ReserveBytes int64 // held beside the file, given up when the disk is full; 0 = none

	Now func() time.Time // nil = time.Now
	Log *slog.Logger     // nil = discard
}

// DB is one open database.
type DB struct {
	opt    Options
	writer *writer
	reader *sql.DB
	space  *space

	closing sync.Once
	closed  error
}

// pageSize keeps what a commit writes small: most of its pages are those that
// every commit changes a little. A message of 2 KB fits one page with its document.
const pageSize = 4096

// Open opens the database at o.Path, creates it if it does not exist, and
// brings its schemas up to date.
func Open(ctx context.Context, o Options) (*DB, error) {
	o = withDefaults(o)
	w := &writer{opt: o, queue: make(chan *work, 1024), stopped: make(chan struct{})}
	if err := ownerOnly(o.Path); err != nil {
		return nil, describe(o.Path, err)
	}
	if err := w.open(); err != nil {
		return nil, describe(o.Path, err)
	}
	if err := migrate(w.conn, o.Schemas); err != nil {
		return nil, alsoClosing(describe(o.Path, err), w.close())
	}
	w.holdLog() // a new database has its log only now
	reader, err := openReaders(o, o.Readers)
	if err != nil {
		return nil, alsoClosing(describe(o.Path, err), w.close())
	}
	db := &DB{opt: o, writer: w, reader: reader, space: newSpace(o)}
	w.space = db.space
	go w.run()
	if err := db.space.check(); err != nil {
		o.Log.Warn("disk space", "path", o.Path, "err", err)
	}
	go db.space.watch()
	return db, nil
}

// ownerOnly makes the file for its owner alone before SQLite makes it for
// whoever the umask lets.
func ownerOnly(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func withDefaults(o Options) Options {
	if o.BusyTimeout == 0 {
		o.BusyTimeout = 2 * time.Second
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 8 << 20
	}
	if o.Readers == 0 {
		o.Readers = 4
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Close waits for the writes that are under way, checkpoints and closes the
// file. A Write after Close returns ErrClosed.
func (db *DB) Close() error {
	db.closing.Do(func() {
		db.space.stop()
		if err := errors.Join(db.reader.Close(), db.writer.stop()); err != nil {
			db.closed = fmt.Errorf("close %s: %w", db.opt.Path, err)
		}
	})
	return db.closed
}

// Read returns the pool of read-only connections. Each query sees everything
// that was committed before it began.
func (db *DB) Read() *sql.DB { return db.reader }

// ReadAfresh runs read on a connection that remembers nothing, and has the
// pool forget what it remembers: a page that a connection holds in memory may
// be damaged while the disk is whole.
func (db *DB) ReadAfresh(read func(*sql.DB) error) error {
	db.reader.SetMaxIdleConns(0) // closes those that are idle
	db.reader.SetMaxIdleConns(db.opt.Readers)
	fresh, err := openReaders(db.opt, 1)
	if err != nil {
		return err
	}
	return errors.Join(read(fresh), fresh.Close())
}

func openReaders(o Options, n int) (*sql.DB, error) {
	pool, err := sql.Open("sqlite3", dsn(o.Path, url.Values{
		"mode": {"ro"}, "_query_only": {"1"}, "_busy_timeout": {strconv.Itoa(int(o.BusyTimeout.Milliseconds()))}, "_cache_size": {"-1024"},
	}))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	return pool, nil
}

// Path is the file of the database.
func (db *DB) Path() string { return db.opt.Path }

// Room returns nil while newcomers may be stored, and an error that says what is
// short while they may not, in general of Fault Full. It asks no system call.
func (db *DB) Room() error { return db.space.room() }

// CheckSpace looks at the disk now instead of at the next regular look.
func (db *DB) CheckSpace() error { return db.space.check() }

func dsn(path string, params url.Values) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	return (&url.URL{Scheme: "file", Path: abs, RawQuery: params.Encode()}).String()
}

// open makes the writing connection. synchronous=FULL syncs the log at every
// commit; that is what an acknowledgement stands on.
func (w *writer) open() error {
	conn, err := (&sqlite3.SQLiteDriver{}).Open(dsn(w.opt.Path, url.Values{
		"_busy_timeout": {strconv.Itoa(int(w.opt.BusyTimeout.Milliseconds()))}, "_mutex": {"no"},
	}))
	if err != nil {
		return err
	}
	w.conn = conn.(*sqlite3.SQLiteConn)
	w.stmts = map[string]*statement{}
	var pragmas []string
	if fileSize(w.opt.Path) == 0 {
		// Only a new file takes these; any other would be locked and written for nothing.
		pragmas = []string{"pragma page_size = " + strconv.Itoa(pageSize), "pragma auto_vacuum = incremental"}
	}
	for _, pragma := range append(pragmas,
		"pragma journal_mode = wal",
		"pragma synchronous = full",
		"pragma wal_autocheckpoint = 0",
		"pragma journal_size_limit = "+strconv.Itoa(walKeepBytes),
		"pragma cache_size = -"+strconv.Itoa(w.opt.CacheBytes>>10),
		"pragma temp_store = memory",
		"pragma cell_size_check = on",
		"pragma secure_delete = off",
	) {
		if err := w.set(pragma); err != nil {
			closeErr := w.conn.Close()
			w.conn = nil
			return alsoClosing(fmt.Errorf("%s: %w", pragma, err), closeErr)
		}
	}
	w.holdLog()
	return nil
}

// alsoClosing adds what closing after an error came to, if that failed too.
func alsoClosing(err, closeErr error) error {
	if closeErr != nil {
		return fmt.Errorf("%w (closing: %w)", err, closeErr)
	}
	return err
}

// set runs a pragma. SQLite does not itself wait for another process that is
// just making the same new file a database with a log.
func (w *writer) set(pragma string) error {
	late := time.After(w.opt.BusyTimeout)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		_, err := w.conn.Exec(pragma, nil)
		if FaultOf(err) != Busy {
			return err
		}
		select {
		case <-again.C:
		case <-late:
			return err
		}
	}
}

// describe names the file and the remedy in an error of Open.
func describe(path string, err error) error {
	if dir := filepath.Dir(path); !isDir(dir) {
		return fmt.Errorf("database folder %s does not exist; create it: %w", dir, err)
	}
	switch FaultOf(err) {
	case Busy:
		return fmt.Errorf("database %s is locked by another process; stop that process and try again: %w", path, err)
	case ReadOnly:
		return fmt.Errorf("database %s cannot be written: the disk or the file is read-only, or belongs to another user: %w", path, err)
	case Full:
		return fmt.Errorf("database %s cannot be opened: the disk is full; free some space: %w", path, err)
	case Damaged:
		return fmt.Errorf("database %s is damaged or no database; restore it from a backup: %w", path, err)
	}
	return fmt.Errorf("open database %s: %w", path, err)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
