package sqlite_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// syncTrace is what strace saw of a child: when each write began and was
// acknowledged, and when each sync of the log began and ended, as numbers of
// lines.
type syncTrace struct {
	begin, done map[int64]int
	syncs       [][2]int
}

// TestEveryAcknowledgementHasASyncBehindItAndMostShareOne watches the system
// calls of a process that writes: between the moment a write was asked for and
// the moment it returned, a sync of the log began and succeeded; and there are
// far fewer syncs than writes.
func TestEveryAcknowledgementHasASyncBehindItAndMostShareOne(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Fatal("strace is needed to see the syncs; install the package strace")
	}
	const writes = 1500
	path, log := newPath(t), filepath.Join(t.TempDir(), "trace")
	cmd := child(t, "writers", path, "LIMIT="+strconv.Itoa(writes))
	cmd.Args = append([]string{strace, "-f", "-y", "-s", "64", "-e", "trace=fsync,fdatasync,write", "-o", log, cmd.Path}, cmd.Args[1:]...)
	cmd.Path, cmd.Stdout = strace, io.Discard
	if err := cmd.Run(); err != nil {
		t.Fatal("strace could not watch a process: ", err)
	}
	tr := readTrace(t, log)
	if len(tr.begin) != writes || len(tr.done) != writes {
		t.Fatalf("%d writes were seen to begin and %d to end, want %d", len(tr.begin), len(tr.done), writes)
	}
	for n, done := range tr.done {
		if !tr.synced(tr.begin[n], done) {
			t.Errorf("write %d was acknowledged without a sync of its own time:\n%s", n, linesOf(t, log, tr.begin[n], done))
		}
	}
	if len(tr.syncs) == 0 || len(tr.syncs) > writes/3 {
		t.Errorf("%d syncs for %d writes of %d writers", len(tr.syncs), writes, childWriterCount)
	}
	t.Logf("%d writes, %d syncs", writes, len(tr.syncs))
}

func linesOf(t *testing.T, path string, from, to int) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Split(string(text), "\n")[from-1:to], "\n")
}

// synced reports whether a whole sync lies between two lines.
func (tr syncTrace) synced(from, to int) bool {
	for _, s := range tr.syncs {
		if s[0] > from && s[1] < to {
			return true
		}
	}
	return false
}

var (
	saidLine    = regexp.MustCompile(`^(\d+) +write\(1[^,]*, "(begin|done) (\d+)\\n`)
	syncLine    = regexp.MustCompile(`^(\d+) +f(?:data)?sync\(\d+<[^>]*-wal>(.*)$`)
	resumedLine = regexp.MustCompile(`^(\d+) +<\.\.\. f(?:data)?sync resumed>.*= (-?\d+)`)
)

func readTrace(t *testing.T, path string) syncTrace {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tr := syncTrace{begin: map[int64]int{}, done: map[int64]int{}}
	pending := map[string]int{}
	lines := bufio.NewScanner(f)
	for at := 1; lines.Scan(); at++ {
		line := lines.Text()
		if m := saidLine.FindStringSubmatch(line); m != nil {
			n, err := strconv.ParseInt(m[3], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			if m[2] == "begin" {
				tr.begin[n] = at
			} else {
				tr.done[n] = at
			}
		} else if m := syncLine.FindStringSubmatch(line); m != nil {
			if strings.Contains(m[2], "unfinished") {
				pending[m[1]] = at
			} else if strings.HasSuffix(m[2], "= 0") {
				tr.syncs = append(tr.syncs, [2]int{at, at})
			}
		} else if m := resumedLine.FindStringSubmatch(line); m != nil {
			if began, ok := pending[m[1]]; ok && m[2] == "0" {
				tr.syncs = append(tr.syncs, [2]int{began, at})
			}
			delete(pending, m[1])
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return tr
}
