package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lgsp.internal/adapter/internal/sqlite"
)

const childWriterCount = 32

// childWriters writes notes from many goroutines until it is killed or has
// written as many as LIMIT says. It says "begin n" before and "done n" after
// each write, in one system call.
func childWriters(path string) error {
	db, err := sqlite.Open(context.Background(), options(path))
	if err != nil {
		return err
	}
	limit, err := strconv.ParseInt(os.Getenv("LIMIT"), 10, 64)
	if err != nil {
		return err
	}
	var next atomic.Int64
	errs := make(chan error, childWriterCount)
	var wg sync.WaitGroup
	for range childWriterCount {
		wg.Go(func() {
			for n := next.Add(1); n <= limit; n = next.Add(1) {
				fmt.Fprintf(os.Stdout, "begin %d\n", n)
				if err := db.Write(context.Background(), add(n, "child")); err != nil {
					errs <- err
					return
				}
				fmt.Fprintf(os.Stdout, "done %d\n", n)
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		return err
	}
	return db.Close()
}

func child(t testing.TB, role, path string, env ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, path)
	cmd.Env = append(append(os.Environ(), childRole+"="+role), env...)
	cmd.Stderr = os.Stderr
	return cmd
}

func TestAWriteThatReturnedNilIsThereAfterTheProcessWasKilled(t *testing.T) {
	path := newPath(t)
	acknowledged := map[string]bool{}
	for round := range 3 {
		path := fmt.Sprint(path, round)
		cmd := child(t, "writers", path, "LIMIT=1000000")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		clear(acknowledged)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if n, ok := strings.CutPrefix(lines.Text(), "done "); ok {
				acknowledged[n] = true
			}
			if len(acknowledged) == 300*(round+1) {
				if err := cmd.Process.Kill(); err != nil { // and go on reading what was said before
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child was not killed")
		}
		db := open(t, path)
		for n := range acknowledged {
			var found int
			if err := db.Read().QueryRowContext(t.Context(), "select count(*) from note where n = ?", n).Scan(&found); err != nil || found != 1 {
				t.Fatalf("round %d: note %s was acknowledged and is there %d times (%v)", round, n, found, err)
			}
		}
		checkWhole(t, db)
	}
}
