package host_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/host"
)

// misbehave is the path of the plugin of testdata, and sum its checksum.
var misbehave, sum string

func TestMain(m *testing.M) {
	host.Enter()
	if how := os.Getenv("LGSPD_TEST_HOST"); how != "" {
		beHost(how)
		return
	}
	os.Exit(tests(m))
}

func tests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "host")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	misbehave = filepath.Join(dir, "misbehave")
	// Without the race detector, whose memory no limit of ours allows for.
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", misbehave, "./testdata/misbehave")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%s\n%s", err, out))
	}
	program, err := os.ReadFile(misbehave)
	if err != nil {
		panic(err)
	}
	of := sha256.Sum256(program)
	sum = hex.EncodeToString(of[:])
	return m.Run()
}

// journal is what is logged.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// rig is a plugin at work.
type rig struct {
	t    testing.TB
	h    *host.Host
	said *journal
	stop func() // ends it and waits; may be called again
	next atomic.Uint32
}

func newRig(t testing.TB, set ...func(o *host.Options)) *rig {
	t.Helper()
	r := &rig{t: t, said: &journal{}}
	o := host.Options{Name: "thu", Command: misbehave, SHA256: sum, Dir: filepath.Join(t.TempDir(), "thu"), Log: slog.New(slog.NewTextHandler(r.said, nil)),
		Wait:  15 * time.Second, // the machine may be busy
		Retry: host.Backoff{First: time.Millisecond, Most: 2 * time.Millisecond}}
	for _, f := range set {
		f(&o)
	}
	var err error
	if r.h, err = host.New(o); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.h.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

func with(args ...string) func(*host.Options) { return func(o *host.Options) { o.Args = args } }

func (r *rig) envelope(body string) lgsp.Envelope {
	id, err := lgsp.NewID(time.Now(), strings.NewReader(fmt.Sprintf("%010d", r.next.Add(1))))
	if err != nil {
		r.t.Fatal(err)
	}
	return lgsp.Envelope{ID: id, Source: "soap", Sender: "H29.1", Service: "thu", Received: time.Now().UTC(), Body: []byte(body)}
}

func (r *rig) send(body string) (lgsp.Document, error) {
	return r.h.Map(context.Background(), r.envelope(body))
}

// works maps a message that nothing is wrong with, as long as that takes.
func (r *rig) works() {
	r.t.Helper()
	r.until("a good message is not mapped", func() bool {
		d, err := r.send("tốt")
		return err == nil && string(d.Body) == "tốt"
	})
}

// until waits for something that comes by itself.
func (r *rig) until(what string, holds func() bool) {
	r.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			r.t.Fatalf("%s; %+v\n%s", what, r.h.Status(), r.said)
		}
	}
}

func (r *rig) state(want host.State) host.Status {
	r.t.Helper()
	r.until("the state is not "+string(want), func() bool { return r.h.Status().State == want })
	return r.h.Status()
}

// is fails unless err is of that kind and code.
func (r *rig) is(err error, kind lgsp.Kind, code string) *lgsp.Error {
	r.t.Helper()
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Code != code {
		r.t.Fatalf("the error is %v, want %s (%s)\n%s", err, kind, code, r.said)
	}
	return e
}

// command is the command line of a process, "" when there is none; a zombie has none.
func command(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(string(b), "\x00", " ")
}

// processes returns the processes of a group or of a program, by what marks them.
func processes(t testing.TB, mark string) (pids []string) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		b, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(b), mark) {
			pids = append(pids, strings.Split(path, "/")[2]+" "+strings.ReplaceAll(string(b), "\x00", " "))
		}
	}
	return pids
}
