package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lgsp.internal/adapter/internal/sqlite"
)

var errMine = errors.New("mine alone")

// together has n writes wait for one commit; write makes the one with number i.
// It returns their outcomes.
func together(t *testing.T, db *sqlite.DB, n int, write func(i int) error) []error {
	t.Helper()
	outcomes := make([]error, n)
	var wg sync.WaitGroup
	var asked atomic.Int64
	blocked(t, db, func() {
		for i := range n {
			wg.Go(func() {
				asked.Add(1)
				outcomes[i] = write(i)
			})
		}
		eventually(t, "all writes are asked for", func() bool { return int(asked.Load()) == n && db.Waiting() == n })
	})
	wg.Wait()
	return outcomes
}

func TestWritesThatWaitTogetherShareACommit(t *testing.T) {
	db := open(t, newPath(t))
	commits := 0
	db.EachCommit(func(*sqlite.Tx) error { commits++; return nil })
	for i, err := range together(t, db, 100, func(i int) error { return db.Write(t.Context(), add(int64(i), "")) }) {
		if err != nil {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if commits > 3 {
		t.Errorf("%d commits were made for 100 writes that waited together", commits)
	}
	if n := count(t, db); n != 100 {
		t.Errorf("%d notes are there, want 100", n)
	}
}

func TestAWriteThatFailsDoesNotTouchTheOthersOfItsGroup(t *testing.T) {
	db := open(t, newPath(t))
	commits := 0
	db.EachCommit(func(*sqlite.Tx) error { commits++; return nil })
	bad := func(i int) bool { return i%10 == 3 }
	var undone atomic.Int64
	outcomes := together(t, db, 100, func(i int) error {
		return db.Write(t.Context(), func(tx *sqlite.Tx) error {
			tx.OnRollback(func() { undone.Add(1) })
			if err := add(int64(i), "")(tx); err != nil {
				return err
			}
			if bad(i) {
				return errMine
			}
			return nil
		})
	})
	for i, err := range outcomes {
		if bad(i) != errors.Is(err, errMine) {
			t.Errorf("write %d: %v", i, err)
		}
		var n int
		if err := db.Read().QueryRowContext(t.Context(), "select count(*) from note where n = ?", i).Scan(&n); err != nil || (n == 1) == bad(i) {
			t.Errorf("write %d is there %d times (%v)", i, n, err)
		}
	}
	if undone.Load() < 10 {
		t.Errorf("%d rollbacks were told, want 10 at least", undone.Load())
	}
}

func TestAWriteThatSQLiteRefusesIsItsOwnFault(t *testing.T) {
	db := open(t, newPath(t))
	outcomes := together(t, db, 3, func(i int) error { return db.Write(t.Context(), add(int64(i%2), "")) })
	var failed int
	for _, err := range outcomes {
		if err != nil {
			failed++
			if sqlite.FaultOf(err) != sqlite.Taken {
				t.Errorf("got %v", err)
			}
		}
	}
	if failed != 1 || count(t, db) != 2 {
		t.Errorf("%d writes failed and %d notes are there, want 1 and 2", failed, count(t, db))
	}
}

func TestOneBadWriteCostsItsGroupOneMoreCommit(t *testing.T) {
	db := open(t, newPath(t))
	commits := 0
	db.EachCommit(func(*sqlite.Tx) error { commits++; return nil })
	together(t, db, 200, func(i int) error {
		return db.Write(t.Context(), func(tx *sqlite.Tx) error {
			if i == 77 {
				return errMine
			}
			return add(int64(i), "")(tx)
		})
	})
	if commits > 6 {
		t.Errorf("%d commits were made for 200 writes, one of them bad", commits)
	}
}

func TestCommittedAndUndoneAreToldInOrder(t *testing.T) {
	db := open(t, newPath(t))
	var told []string
	tell := func(s string) func() { return func() { told = append(told, s) } }
	write := func(fail error) error {
		return db.Write(t.Context(), func(tx *sqlite.Tx) error {
			for _, n := range []string{"1", "2", "3"} {
				tx.OnCommit(tell("done" + n))
				tx.OnRollback(tell("undone" + n))
			}
			return fail
		})
	}
	if err := write(nil); err != nil {
		t.Fatal(err)
	}
	if err := write(errMine); !errors.Is(err, errMine) {
		t.Fatal(err)
	}
	if got := strings.Join(told, " "); got != "done1 done2 done3 undone3 undone2 undone1" {
		t.Errorf("told: %s", got)
	}
}

func TestCommittedIsToldOnceTheNoteCanBeRead(t *testing.T) {
	db := open(t, newPath(t))
	var seen int
	if err := db.Write(t.Context(), func(tx *sqlite.Tx) error {
		tx.OnCommit(func() {
			if err := db.Read().QueryRowContext(t.Context(), "select count(*) from note").Scan(&seen); err != nil {
				t.Error(err)
			}
		})
		return add(1, "")(tx)
	}); err != nil {
		t.Fatal(err)
	}
	if seen != 1 {
		t.Errorf("%d notes were read when the commit was told", seen)
	}
}

func TestAHookThatFailsDoesNotKeepOthersFromCommitting(t *testing.T) {
	db := open(t, newPath(t))
	calls, undone := 0, 0
	db.EachCommit(func(tx *sqlite.Tx) error {
		calls++
		tx.OnRollback(func() { undone++ })
		if err := add(1000+int64(calls), "hook")(tx); err != nil {
			return err
		}
		if calls == 2 || calls == 3 && tx.Again() != 1 { // the second time it is told
			return errMine
		}
		return nil
	})
	for n := int64(1); n <= 3; n++ {
		if err := db.Write(t.Context(), add(n, "")); err != nil {
			t.Fatal(err)
		}
	}
	if got := text(t, db, "select group_concat(n, ' ' order by n) from note"); got != "1 2 3 1001 1003 1004" {
		t.Errorf("the notes are %s: what the failing hook wrote must be gone, what others wrote must stay", got)
	}
	if undone != 1 {
		t.Errorf("%d rollbacks were told, want 1", undone)
	}
}

func TestAHookThatFailsAgainIsLeftOut(t *testing.T) {
	db := open(t, newPath(t))
	calls := 0
	db.EachCommit(func(tx *sqlite.Tx) error {
		calls++
		return errors.Join(add(1000+int64(calls), "hook")(tx), errMine)
	})
	if err := db.Write(t.Context(), add(1, "")); err != nil {
		t.Fatal(err)
	}
	if got := text(t, db, "select group_concat(n, ' ' order by n) from note"); got != "1" || calls != 3 {
		t.Errorf("the notes are %s after %d calls, want the write alone after three", got, calls)
	}
}

func TestAHookIsPartOfTheCommitAndSeesTheWholeGroup(t *testing.T) {
	db := open(t, newPath(t))
	db.EachCommit(func(tx *sqlite.Tx) error {
		return tx.Query("select count(*) from note where who = 'write'", func(r sqlite.Row) error {
			return tx.Do("insert or replace into note (n, who) values (1000, ?)", fmt.Sprint(r.Int(0)))
		})
	})
	together(t, db, 20, func(i int) error { return db.Write(t.Context(), add(int64(i), "write")) })
	if got := text(t, db, "select who from note where n = 1000"); got != "20" {
		t.Errorf("the hook counted %s notes, want 20", got)
	}
}

func TestAWriteWhoseContextHasEndedIsNotMade(t *testing.T) {
	db := open(t, newPath(t))
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := db.Write(ctx, add(1, "")); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if n := count(t, db); n != 0 {
		t.Errorf("%d notes are there, want none", n)
	}
}

func TestEveryWriteThatCloseMeetsHasATrueOutcome(t *testing.T) {
	path := newPath(t)
	db := open(t, path)
	var mu sync.Mutex
	var acknowledged []int64
	var wg sync.WaitGroup
	var next atomic.Int64
	for range 16 {
		wg.Go(func() {
			for {
				n := next.Add(1)
				err := db.Write(t.Context(), add(n, ""))
				if errors.Is(err, sqlite.ErrClosed) {
					return
				}
				if err != nil {
					t.Errorf("write %d: %v", n, err)
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, n)
				mu.Unlock()
			}
		})
	}
	eventually(t, "writes are under way", func() bool { return next.Load() > 200 })
	mustClose(t, db)
	wg.Wait()
	if err := db.Write(t.Context(), add(0, "late")); !errors.Is(err, sqlite.ErrClosed) {
		t.Errorf("a write after Close: %v", err)
	}
	db = open(t, path)
	slices.Sort(acknowledged)
	if n := count(t, db); n != len(acknowledged) {
		t.Errorf("%d notes are there, %d were acknowledged", n, len(acknowledged))
	}
	checkWhole(t, db)
}

func TestCloseMayBeCalledTwice(t *testing.T) {
	db := open(t, newPath(t))
	mustClose(t, db)
	mustClose(t, db)
}

func TestArgumentsOfOtherTypesAreRefused(t *testing.T) {
	db := open(t, newPath(t))
	if err := db.Write(t.Context(), func(tx *sqlite.Tx) error {
		return tx.Do("insert into note (n, who) values (?, ?)", int64(1), struct{}{})
	}); err == nil {
		t.Error("an argument that SQLite does not know was stored")
	}
}

// One large message must not cost its size for the life of the daemon.
func TestALargeWriteLeavesNoMemoryBehind(t *testing.T) {
	db := open(t, newPath(t))
	write := func(n int64, text string) {
		if err := db.Write(t.Context(), func(tx *sqlite.Tx) error {
			return tx.Do("insert into note (n, who) values (?, ?)", n, text)
		}); err != nil {
			t.Fatal(err)
		}
	}
	large := strings.Repeat("x", 60<<20)
	before := resident(t)
	write(1, large)
	write(2, "small")
	debug.FreeOSMemory()
	if more := resident(t) - before; more > 30<<20 {
		t.Errorf("%d MiB more are taken after a write of %d MiB", more>>20, len(large)>>20)
	}
	runtime.KeepAlive(large)
}

// resident returns the bytes of memory that the process takes.
func resident(t *testing.T) int {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
