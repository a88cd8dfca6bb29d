package host

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"
)

// grace is how long a plugin that is asked to end may take.
const grace = 2 * time.Second

// look is how often the program's file is looked at while the plugin is disabled,
// and its memory and its folder while it runs.
const look = time.Second

// Run keeps the plugin running until ctx ends, and then waits until nothing of
// it is left. It returns nil, and is called once.
func (h *Host) Run(ctx context.Context) error {
	defer h.turn(func(s *Status) {
		*s = Status{Name: s.Name, State: Stopped, Restarts: s.Restarts, Reason: s.Reason}
	})
	failures, program := 0, h.file()
	for ctx.Err() == nil {
		began, order := time.Now(), h.obey()
		if found := h.file(); found != program {
			program = found
			h.forgive()
		}
		err := h.once(ctx, order)
		if err == nil || ctx.Err() != nil { // ended on an order
			failures = 0
			continue
		}
		if time.Since(began) > h.opt.Retry.Steady {
			failures = 0
		}
		failures++
		if errors.As(err, new(culprit)) {
			// The message waits for itself; others need not wait for it longer than this.
			failures = min(failures, mostForOne)
		}
		h.rest(ctx, err, failures, order)
	}
	return nil
}

// mostForOne is how many failures in a row count where it is known which message
// was at fault.
const mostForOne = 2

// culprit is why a plugin ended at something that it had alone.
type culprit struct{ error }

// once runs the plugin once. It returns nil when that was ended on an order, of
// ctx or of Restart, else why it does not run.
func (h *Host) once(ctx context.Context, order int) error {
	h.turn(func(s *Status) { s.State, s.Next = Starting, time.Time{} })
	p, err := h.start(ctx)
	if err != nil {
		return err
	}
	h.turn(func(s *Status) {
		h.now, h.obeyed = p, order
		s.State, s.PID, s.Version, s.SDK, s.Replies = Ready, p.run.pid(), cut(p.said.GetVersion(), longestName), cut(p.said.GetSdk(), longestName), p.said.GetReplies()
	})
	h.opt.Log.Info("the plugin is ready", "version", h.Status().Version, "pid", p.run.pid())
	ordered := h.watch(ctx, p)
	// What comes now waits for the next process.
	h.turn(func(s *Status) { h.now, s.State, s.PID = nil, Starting, 0 })
	idle := p.line.close()
	if ordered != "" {
		t := time.NewTimer(h.opt.Timeout + drain)
		select { // what it has may be finished
		case <-idle:
		case <-p.run.exited:
		case <-t.C:
		}
		t.Stop()
		p.run.blame(ordered, true)
		p.end(grace)
		<-idle
		if ctx.Err() == nil {
			h.turn(func(s *Status) { s.Restarts++ })
		}
		return nil
	}
	reason, _ := p.run.why()
	p.end(0)
	<-idle
	if p.line.atOne() {
		return culprit{errors.New(reason)}
	}
	return errors.New(reason)
}

// watch returns when the process has ended, or the order that it shall.
func (h *Host) watch(ctx context.Context, p *process) (ordered string) {
	tick := time.NewTicker(min(look, h.opt.Ping))
	defer tick.Stop()
	pinged := time.Now()
	for {
		select {
		case <-ctx.Done():
			return "the daemon stops"
		case <-h.restart:
			return "it was restarted by order"
		case <-p.run.exited:
			return ""
		case <-tick.C:
		}
		if used := Resident(p.run.pid()); used > h.opt.Memory {
			p.run.kill(fmt.Sprintf("it used %d MiB of memory, and may use %d", used>>20, h.opt.Memory>>20), false)
			continue
		}
		if size := written(p.run.work); size > mostWritten {
			p.run.kill(fmt.Sprintf("it wrote more than %d MiB into its folder", mostWritten>>20), false)
			continue
		}
		// Calls that are under way have limits of their own.
		if time.Since(pinged) < h.opt.Ping || p.line.busy() {
			continue
		}
		if !p.alive(h.opt.Timeout) {
			p.run.kill("it did not answer when it was asked whether it works", false)
		}
		pinged = time.Now()
	}
}

// rest waits until the plugin is to be started again.
func (h *Host) rest(ctx context.Context, err error, failures, order int) {
	file := h.file()
	state, wait := Waiting, h.opt.Retry.wait(failures)
	if errors.As(err, new(hopeless)) {
		state, wait = Disabled, look
		h.opt.Log.Error("the plugin is disabled", "err", err)
	} else {
		h.opt.Log.Warn("the plugin does not run; messages for it wait", "err", err, "again", wait.Round(time.Millisecond))
	}
	h.turn(func(s *Status) {
		h.obeyed = order
		s.State, s.Reason, s.PID = state, err.Error(), 0
		if state == Waiting {
			s.Next = h.opt.Now().Add(wait).UTC()
		}
	})
	t := time.NewTimer(wait)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.restart:
		case <-t.C:
			if state == Disabled && h.file() == file {
				t.Reset(look)
				continue
			}
		}
		h.turn(func(s *Status) { s.Restarts++ })
		return
	}
}

// wait draws how long a plugin is left alone after so many failures in a row.
func (b Backoff) wait(failures int) time.Duration {
	d := b.First
	for i := 1; i < failures && d < b.Most; i++ {
		d *= 2
	}
	d = min(d, b.Most)
	return d/2 + rand.N(d/2+1)
}

// forgive has messages tried anew on which an older program ended.
func (h *Host) forgive() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.suspects = suspects{}
}

// identity tells one file from another under the same name.
type identity struct {
	changed time.Time
	size    int64
}

func (h *Host) file() identity {
	f, err := os.Stat(h.opt.Command)
	if err != nil {
		return identity{}
	}
	return identity{f.ModTime(), f.Size()}
}
