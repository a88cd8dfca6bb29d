package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
)

// childRole names the part that the test binary plays when a test starts it
// again as another process.
const childRole = "LGSPD_SQLITE_CHILD"

func TestMain(m *testing.M) {
	if role := os.Getenv(childRole); role != "" {
		if err := playChild(role, os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func playChild(role, path string) error {
	switch role {
	case "writers":
		return childWriters(path)
	case "lock":
		return childLock(path)
	}
	return fmt.Errorf("no such role: %s", role)
}

// notes is a table that the tests write to.
func notes() sqlite.Schema {
	return sqlite.Schema{Name: "notes", Files: fstest.MapFS{"0001_notes.sql": {Data: []byte(
		"create table note (n integer primary key, who text not null, body blob) strict;")}}}
}

func options(path string) sqlite.Options {
	return sqlite.Options{Path: path, Schemas: []sqlite.Schema{notes()}, BusyTimeout: 200 * time.Millisecond}
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "notes.db") }

// open opens a database for the length of the test.
func open(t testing.TB, path string, change ...func(*sqlite.Options)) *sqlite.DB {
	t.Helper()
	o := options(path)
	for _, c := range change {
		c(&o)
	}
	db, err := sqlite.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// add returns a write of one note.
func add(n int64, who string) func(*sqlite.Tx) error {
	return func(tx *sqlite.Tx) error {
		return tx.Do("insert into note (n, who) values (?, ?)", n, who)
	}
}

// count returns how many notes there are.
func count(t testing.TB, db *sqlite.DB) int {
	t.Helper()
	var n int
	if err := db.Read().QueryRowContext(t.Context(), "select count(*) from note").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func checkWhole(t testing.TB, db *sqlite.DB) {
	t.Helper()
	var verdict string
	if err := db.Read().QueryRowContext(t.Context(), "pragma integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("the file is not whole: %v %v", verdict, err)
	}
}

// eventually polls until ok says so.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("it never came to pass that %s", what)
		}
	}
}

// blocked runs during in a write of its own, while the writer can do nothing
// else, so that what is written meanwhile waits and comes into one commit.
func blocked(t testing.TB, db *sqlite.DB, during func()) {
	t.Helper()
	entered, leave, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		first := true
		ended <- db.Settle(context.WithoutCancel(t.Context()), func(*sqlite.Tx) error {
			if first {
				first = false
				close(entered)
				<-leave
			}
			return nil
		})
	}()
	<-entered
	during()
	close(leave)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}
