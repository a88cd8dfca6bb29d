package sqlite_test

import (
	"bytes"
	"context"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"lgsp.internal/adapter/internal/sqlite"
)

func sizeOf(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// load writes n notes of 6 KB from many goroutines and returns how long the
// log was at most.
func load(t *testing.T, db *sqlite.DB, n int64) (longest int64) {
	t.Helper()
	body := bytes.Repeat([]byte("x"), 6000)
	var next, most atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for i := next.Add(1); i <= n; i = next.Add(1) {
				if err := db.Write(t.Context(), func(tx *sqlite.Tx) error {
					return tx.Do("insert into note (who, body) values ('load', ?)", body)
				}); err != nil {
					t.Error(err)
					return
				}
				if i%100 == 0 {
					size := sizeOf(t, db.Path()+"-wal")
					for m := most.Load(); size > m && !most.CompareAndSwap(m, size); m = most.Load() {
					}
				}
			}
		})
	}
	wg.Wait()
	return most.Load()
}

// reading keeps n readers at work until the test calls what it returns: one
// query follows the other, so that at every moment some are under way.
func reading(t *testing.T, db *sqlite.DB, n, rows int) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for ctx.Err() == nil {
				var sum int64
				err := db.Read().QueryRowContext(ctx, "select coalesce(sum(length(body)), 0) from (select body from note order by n desc limit ?)", rows).Scan(&sum)
				if err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	return func() { cancel(); wg.Wait() }
}

func TestTheLogStaysBoundedUnderLoad(t *testing.T) {
	db := open(t, newPath(t))
	longest := load(t, db, 8000)
	if longest > 12<<20 {
		t.Errorf("the log had %d MiB", longest>>20)
	}
}

func TestTheLogStaysBoundedUnderLoadWithManyReaders(t *testing.T) {
	db := open(t, newPath(t))
	stop := reading(t, db, 8, 200)
	longest := load(t, db, 10000)
	stop()
	if longest > 56<<20 {
		t.Errorf("the log had %d MiB, the file has %d MiB", longest>>20, sizeOf(t, db.Path())>>20)
	}
	t.Logf("the log had %d MiB, the file has %d MiB", longest>>20, sizeOf(t, db.Path())>>20)
}

// TestAReaderThatTakesLongHoldsNoWriteBackForLong has a report or a backup
// read for as long as the load lasts.
func TestAReaderThatTakesLongHoldsNoWriteBackForLong(t *testing.T) {
	db := open(t, newPath(t))
	load(t, db, 500)
	tx, err := db.Read().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var before, during int
	if err := tx.QueryRow("select count(*) from note").Scan(&before); err != nil {
		t.Fatal(err)
	}
	longest := load(t, db, 8000)
	if err := tx.QueryRow("select count(*) from note").Scan(&during); err != nil || during != before {
		t.Errorf("the long reader saw %d notes, then %d (%v)", before, during, err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	load(t, db, 2000)
	if after := sizeOf(t, db.Path()+"-wal"); after > 20<<20 || longest < after {
		t.Errorf("the log had %d MiB while somebody read and has %d MiB after that", longest>>20, after>>20)
	}
}

func TestTheFileShrinksWhileTheDatabaseIsOpenAndIdle(t *testing.T) {
	db := open(t, newPath(t))
	load(t, db, 2000)
	big := sizeOf(t, db.Path())
	if err := db.Write(t.Context(), func(tx *sqlite.Tx) error {
		if err := tx.Do("delete from note"); err != nil {
			return err
		}
		return tx.Query("pragma incremental_vacuum", func(sqlite.Row) error { return nil })
	}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the file shrinks", func() bool { return sizeOf(t, db.Path()) < big/4 })
}
