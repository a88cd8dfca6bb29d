package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/sandbox"
)

// asRoot reports whether the test may mount disks. When it may not, the test
// runs again inside a user namespace of its own, where it may, and the outcome
// is that of this second run.
func asRoot(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() == 0 {
		return true
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "unshare", "--map-root-user", "--mount",
		exe, "-test.v", "-test.count=1", "-test.run", "^"+t.Name()+"$").CombinedOutput()
	t.Logf("as root of a namespace:\n%s", out)
	if err != nil {
		t.Fatalf("this test mounts disks: run it as root, or allow unprivileged user namespaces (unshare --map-root-user --mount): %v", err)
	}
	return false
}

// disk is a real file system of a set size that holds a site's data folder.
type disk struct{ folder string }

func mountDisk(t *testing.T, s *site, size string) disk {
	t.Helper()
	d := disk{filepath.Join(s.folder, "data")}
	mount(t, "-t", "tmpfs", "-o", "mode=0700,size="+size, "lgspd-test", d.folder)
	t.Cleanup(func() {
		if out, err := exec.Command("umount", "--lazy", d.folder).CombinedOutput(); err != nil {
			t.Errorf("umount: %v %s", err, out)
		}
	})
	return d
}

func mount(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("mount", args...).CombinedOutput(); err != nil {
		t.Fatalf("this test needs a disk of its own: mount %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// fill has a stranger's file take every free block, and any that becomes free
// while it does.
func (d disk) fill(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(d.folder, "stranger")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<20); len(block) >= 4096; {
		if _, err = f.Write(block); errors.Is(err, syscall.ENOSPC) {
			block = block[:len(block)/2]
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func (d disk) free(t *testing.T) int64 {
	t.Helper()
	var fs unix.Statfs_t
	if err := unix.Statfs(d.folder, &fs); err != nil {
		t.Fatal(err)
	}
	return int64(fs.Bavail) * fs.Bsize
}

func (d disk) remount(t *testing.T, how string) {
	t.Helper()
	mount(t, "-o", "remount,"+how, d.folder)
}

func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}

func (s *site) database() string { return filepath.Join(s.folder, "data", "lgspd.db") }

// look asks the database for one number, without a look at its own.
func (s *site) look(t *testing.T, query string, args ...any) (n int64) {
	t.Helper()
	s.withDatabase(t, "ro", func(db *sql.DB) error { return db.QueryRow(query, args...).Scan(&n) })
	return n
}

// withDatabase is another process at the database, as far as SQLite can tell.
func (s *site) withDatabase(t *testing.T, mode string, do func(*sql.DB) error) {
	t.Helper()
	db, err := sql.Open("sqlite3", (&url.URL{Scheme: "file", Path: s.database(), RawQuery: "_busy_timeout=5000&mode=" + mode}).String())
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if err := errors.Join(do(db), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// reply is an answer with what HTTP says about it.
type reply struct {
	answer
	status     int
	retryAfter int // seconds, 0 = none
	took       time.Duration
}

// pen sends letters that no load sends, one lane each.
type pen struct {
	t       *testing.T
	s       *site
	letters template
	lane    int
	given   map[string]bool // message IDs that receipts were given for
}

func newPen(t *testing.T, s *site) *pen {
	return &pen{t: t, s: s, letters: templates(t)[0], lane: 900_000, given: map[string]bool{}}
}

// write sends the next letter, with as many bytes more as are asked for, which
// its mapping does not look at.
func (p *pen) write(more int) reply {
	p.t.Helper()
	p.lane++
	letter := p.letters.letter(p.lane, 1)
	end := bytes.LastIndex(letter, []byte("</"))
	padded := fmt.Appendf(nil, "%s<!--%s-->%s", letter[:end], bytes.Repeat([]byte("x"), more), letter[end:])
	ctx, stop := context.WithTimeout(p.t.Context(), 30*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.s.addr+"/soap/"+p.letters.service, bytes.NewReader(padded))
	if err != nil {
		p.t.Fatal(err)
	}
	req.SetBasicAuth("thu", p.s.password)
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	began := time.Now()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatalf("the daemon does not answer: %v", err)
	}
	text, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		p.t.Fatal(err)
	}
	doc, err := strictxml.Parse(text, strictxml.Limits{})
	if err != nil {
		p.t.Fatalf("%s: %v", resp.Status, err)
	}
	r := reply{answer: readAnswer(doc.Root()), status: resp.StatusCode, took: time.Since(began)}
	if after := resp.Header.Get("Retry-After"); after != "" {
		if r.retryAfter, err = strconv.Atoi(after); err != nil {
			p.t.Errorf("Retry-After: %v", err)
		}
	}
	if r.fault == "" {
		p.given[r.id] = true
	}
	return r
}

// mustWrite sends the next letter, which must get a receipt.
func (p *pen) mustWrite(more int) (id string) {
	p.t.Helper()
	r := p.write(more)
	if r.fault != "" {
		p.t.Fatalf("refused: %s %s", r.code, r.fault)
	}
	return r.id
}

// refused reports whether the next letter is refused as it should be while
// there is trouble: as Busy, with the time to come back.
func (p *pen) refused() bool {
	p.t.Helper()
	r := p.write(0)
	if r.fault == "" {
		return false
	}
	if r.status != http.StatusServiceUnavailable || !strings.HasSuffix(r.code, "Server.Busy") || r.retryAfter <= 0 || r.took > 15*time.Second {
		p.t.Fatalf("refused with HTTP %d %s, Retry-After %d, after %s: %s", r.status, r.code, r.retryAfter, r.took, r.fault)
	}
	return true
}

func (p *pen) accepted() bool { p.t.Helper(); return p.write(0).fault == "" }

// mustBeInEffectOnce compares the receipts of both with what took effect, but
// for those that are excused, and looks at what is on disk.
func (p *pen) mustBeInEffectOnce(box *sandbox.Server, l *load, excused ...string) {
	p.t.Helper()
	if l != nil {
		for _, ids := range l.given {
			for _, id := range ids {
				p.given[id] = true
			}
		}
	}
	for _, id := range excused {
		delete(p.given, id)
	}
	took := map[string]int{}
	for _, e := range box.Effects(0, 0) {
		took[e.Code]++
	}
	for id := range p.given {
		if took[id] != 1 {
			p.t.Errorf("message %s was acknowledged and took effect %d times", id, took[id])
		}
	}
	if len(took) != len(p.given) {
		p.t.Errorf("%d messages took effect, %d were acknowledged", len(took), len(p.given))
	}
}

// mustBeWhole has the daemon's own commands look at what is on disk.
func (s *site) mustBeWhole(t *testing.T) {
	t.Helper()
	for _, args := range [][]string{{"audit", "verify"}, {"doctor", "--offline"}} {
		if r := binaryCommand(t, append(args, "--config", s.config)...); r.code != exitOK {
			t.Errorf("lgspd %s ended with %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
		}
	}
}

// settle waits until all that was acknowledged took effect and its outcome is recorded.
func (p *pen) settle(box *sandbox.Server, l *load, excused int) {
	p.t.Helper()
	want := func() uint64 {
		n := len(p.given) - excused
		if l != nil {
			n += int(l.acknowledged.Load())
		}
		return uint64(n)
	}
	until(p.t, 40*time.Second, "everything acknowledged takes effect", func() bool { return box.Stats().Effects >= want() })
	until(p.t, 20*time.Second, "every outcome is recorded", func() bool {
		return p.s.look(p.t, "select count(*) from message where state in (1, 2)") == 0
	})
}

func (p *process) mustStop(t *testing.T) {
	t.Helper()
	if code := p.stop(t); code != exitOK {
		t.Fatalf("the daemon ended with %d\n%s", code, p.log.String())
	}
}

// tellOnFailure adds the end of the daemon's log to what a failed test says.
func (p *process) tellOnFailure(t *testing.T) *process {
	t.Cleanup(func() {
		if text := p.log.String(); t.Failed() {
			t.Logf("the daemon said at last:\n%s", text[max(0, len(text)-4000):])
		}
	})
	return p
}

// mustLive fails the test when the daemon has ended.
func (p *process) mustLive(t *testing.T) {
	t.Helper()
	select {
	case <-p.ended:
		t.Fatalf("the daemon ended: %s\n%s", p.cmd.ProcessState, p.log.String())
	default:
	}
}

// offline has the upstream away until the sandbox is cleared.
func offline(t *testing.T, box *sandbox.Server) {
	t.Helper()
	if _, err := box.Trouble(sandbox.Trouble{Mode: sandbox.Offline}); err != nil {
		t.Fatal(err)
	}
}
