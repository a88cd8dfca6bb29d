// Package host is the daemon's side of a plugin: it starts the program, limits
// it, watches it, starts it again, and maps messages with it.
//
// It promises that a plugin that ends, hangs, floods or is not what was pinned
// costs waiting and never a message; that a message on which it ends for ever
// is held for a person; and that nothing of a plugin is left behind: no
// process, no file descriptor, no goroutine, no file.
package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	lgsp "lgsp.internal/adapter"
)

// Options are the settings of one plugin.
type Options struct {
	Name    string   // as the configuration and mappings call it, "dia-chi"
	Command string   // absolute path of the program
	Args    []string // that it is started with
	SHA256  string   // of the program, 64 hexadecimal digits
	Dir     string   // folder of its own, made with mode 0700: its working folder and its socket

	// Hidden are files and folders that only the daemon may read. The folder Dir
	// and the program may lie among them.
	Hidden []string

	Timeout time.Duration // of one message, and of anything else that is asked of it; 0 = 5 s
	Memory  int64         // bytes; 0 = 256 MiB
	Start   time.Duration // for coming up; 0 = 10 s
	Wait    time.Duration // of a message for a plugin that comes up; 0 = 2 s
	Retry   Backoff       // between starts
	Ping    time.Duration // between looks at an idle plugin; 0 = 5 s

	Now func() time.Time // nil = time.Now
	Log *slog.Logger     // nil = discard
}

// Backoff says how long a plugin that ended is left alone: First, then twice as
// long each time, up to Most, of which the last half is drawn by lot. It begins
// anew after a run of Steady.
type Backoff struct {
	First  time.Duration // 0 = 100 ms
	Most   time.Duration // 0 = 5 min
	Steady time.Duration // 0 = 30 s
}

// State is where a plugin is in its life.
type State string

// The states of a plugin.
const (
	Starting State = "starting" // the program is coming up
	Ready    State = "ready"    // it maps
	Waiting  State = "waiting"  // it ended, and is started again at Status.Next
	Disabled State = "disabled" // starting it again would not help: waits for Restart or for another file
	Stopped  State = "stopped"  // Run has ended
)

// Status says how a plugin is.
type Status struct {
	Name     string    `json:"name"`
	State    State     `json:"state"`
	Since    time.Time `json:"since"` // of State, UTC
	PID      int       `json:"pid,omitempty"`
	Version  string    `json:"version,omitempty"` // the author's own, as the plugin says it
	SDK      string    `json:"sdk,omitempty"`     // what it was built with
	Replies  bool      `json:"replies,omitempty"` // it has Reply
	Restarts int       `json:"restarts"`          // how often it was started after the first time
	Reason   string    `json:"reason,omitempty"`  // why it last ended, or does not start
	Next     time.Time `json:"next,omitzero"`     // when it is started again, in State Waiting
}

// Host is one plugin. It is an lgsp.Mapper and an lgsp.Replier.
type Host struct {
	opt Options
	sum []byte

	restart chan struct{} // somebody wants it started again

	unfenced sync.Once // it was told that plugins are not kept away from Hidden

	mu       sync.Mutex
	status   Status
	orders   int           // calls of Restart
	obeyed   int           // those that the last start, which may have failed, came after
	turned   chan struct{} // closed, and made anew, when anything above changes
	now      *process      // in State Ready
	suspects suspects
}

// New makes a plugin of its settings. It starts nothing.
func New(o Options) (*Host, error) {
	if !entered {
		return nil, errors.New("the main function of this program does not begin with host.Enter")
	}
	sum, err := hex.DecodeString(o.SHA256)
	if err != nil || len(sum) != sha256.Size {
		return nil, errors.New("the checksum is not one of SHA-256: want 64 hexadecimal digits")
	}
	if !filepath.IsAbs(o.Command) {
		return nil, fmt.Errorf("the command %q is not an absolute path", o.Command)
	}
	if !filepath.IsAbs(o.Dir) {
		return nil, fmt.Errorf("the folder %q is not an absolute path", o.Dir)
	}
	if o.Memory == 0 {
		o.Memory = 256 << 20
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Log = o.Log.With("plugin", o.Name)
	for _, d := range []struct {
		to *time.Duration
		d  time.Duration
	}{{&o.Timeout, 5 * time.Second}, {&o.Start, 10 * time.Second}, {&o.Wait, 2 * time.Second}, {&o.Ping, 5 * time.Second},
		{&o.Retry.First, 100 * time.Millisecond}, {&o.Retry.Most, 5 * time.Minute}, {&o.Retry.Steady, 30 * time.Second}} {
		if *d.to == 0 {
			*d.to = d.d
		}
	}
	return &Host{opt: o, sum: sum, restart: make(chan struct{}, 1), turned: make(chan struct{}),
		status: Status{Name: o.Name, State: Starting, Since: o.Now().UTC()}}, nil
}

// Status returns how the plugin is now.
func (h *Host) Status() Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.status
}

// Restart ends the plugin and starts it again, at once and whatever kept it
// from being started, and returns how it is then. What it maps just now is
// mapped again. Messages on which it ended are tried anew.
//
// Errors: ctx's own.
func (h *Host) Restart(ctx context.Context) (Status, error) {
	h.forgive()
	h.mu.Lock()
	h.orders++
	order := h.orders
	h.mu.Unlock()
	select {
	case h.restart <- struct{}{}:
	default: // somebody else wants the same
	}
	for {
		h.mu.Lock()
		status, obeyed, turned := h.status, h.obeyed, h.turned
		h.mu.Unlock()
		if obeyed >= order || status.State == Stopped {
			return status, nil
		}
		select {
		case <-turned:
		case <-ctx.Done():
			return status, ctx.Err()
		}
	}
}

// obey returns the last order, which the start that now begins obeys.
func (h *Host) obey() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.restart:
	default:
	}
	return h.orders
}

// turn changes the status, and wakes whoever waits for that.
func (h *Host) turn(change func(s *Status)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.status.State
	change(&h.status)
	if h.status.State != before {
		h.status.Since = h.opt.Now().UTC()
	}
	close(h.turned)
	h.turned = make(chan struct{})
}

var (
	_ lgsp.Mapper  = (*Host)(nil)
	_ lgsp.Replier = (*Host)(nil)
)
