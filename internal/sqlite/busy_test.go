package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
)

// childLock holds the write lock of a database from the moment it says so
// until its input ends.
func childLock(path string) error {
	db, err := sqlite.Open(context.Background(), options(path))
	if err != nil {
		return err
	}
	if err := db.Write(context.Background(), func(*sqlite.Tx) error {
		if _, err := fmt.Fprintln(os.Stdout, "locked"); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	}); err != nil {
		return err
	}
	return db.Close()
}

// lock has another process hold the write lock, and returns what ends it.
func lock(t *testing.T, path string) (release func()) {
	t.Helper()
	cmd := child(t, "lock", path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "locked\n" {
		t.Fatal(line, err)
	}
	return func() {
		t.Helper()
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAWriteMeetsTheLockOfAnotherProcessWithABusyError(t *testing.T) {
	path := newPath(t)
	db := open(t, path)
	if err := db.Write(t.Context(), add(1, "before")); err != nil {
		t.Fatal(err)
	}
	release := lock(t, path)
	began := time.Now()
	err := db.Write(t.Context(), add(2, "during"))
	if sqlite.FaultOf(err) != sqlite.Busy {
		t.Fatalf("got %v", err)
	}
	if took := time.Since(began); took < 150*time.Millisecond || took > 5*time.Second {
		t.Errorf("it took %s to give up; the busy timeout is 200 ms", took)
	}
	if n := count(t, db); n != 1 {
		t.Errorf("readers see %d notes while another process holds the lock, want 1", n)
	}
	release()
	if err := db.Write(t.Context(), add(3, "after")); err != nil {
		t.Fatalf("service did not resume: %v", err)
	}
	if n := count(t, db); n != 2 {
		t.Errorf("%d notes are there, want 2: the refused one leaves nothing behind", n)
	}
}

func TestAWriteWaitsForALockThatEndsInTime(t *testing.T) {
	path := newPath(t)
	db := open(t, path, func(o *sqlite.Options) { o.BusyTimeout = time.Minute })
	release := lock(t, path)
	ended := make(chan error, 1)
	asked := make(chan struct{})
	go func() {
		close(asked)
		ended <- db.Write(t.Context(), add(1, "patient"))
	}()
	<-asked
	eventually(t, "the writer has taken the write", func() bool { return db.Waiting() == 0 })
	release()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func TestOpeningALockedNewDatabaseNamesTheFileAndTheRemedy(t *testing.T) {
	path := newPath(t)
	open(t, path)
	release := lock(t, path)
	defer release()
	o := options(path)
	o.Schemas = append(o.Schemas, sqlite.Schema{Name: "more", Files: files("0001_a.sql", "create table a (n integer) strict;")})
	_, err := sqlite.Open(t.Context(), o)
	if sqlite.FaultOf(err) != sqlite.Busy || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "stop that process") {
		t.Fatalf("got %v", err)
	}
}
