package conform

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// running is one process of the machine.
type running struct {
	pid, parent, group, session int
	began                       string // in ticks since the machine came up
	name                        string
}

// birth tells a process from any other that had or will have its number.
func (r running) birth() string { return fmt.Sprint(r.pid, " ", r.began) }

// everybody lists what runs; a process that has ended and was not waited for
// does not.
func everybody() (all []running) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is a good one
	for _, f := range files {
		if r, ok := readStat(f); ok {
			all = append(all, r)
		}
	}
	return all
}

func readStat(file string) (r running, ok bool) {
	b, err := os.ReadFile(file)
	if err != nil {
		return r, false // it has ended
	}
	// The name stands in parentheses, and may hold some itself.
	from, to := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if from < 0 || to < from {
		return r, false
	}
	fields := strings.Fields(string(b[to+1:]))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return r, false
	}
	r.name, r.began = string(b[from+1:to]), fields[19]
	for i, to := range []*int{&r.parent, &r.group, &r.session} {
		if *to, err = strconv.Atoi(fields[1+i]); err != nil {
			return r, false
		}
	}
	r.pid, err = strconv.Atoi(filepath.Base(filepath.Dir(file)))
	return r, err == nil
}

// below returns the descendants of a process that has not ended.
func below(pid int) (some []running) {
	family := map[int]bool{pid: true}
	for all, grew := everybody(), true; grew; {
		grew = false
		for _, r := range all {
			if family[r.parent] && !family[r.pid] {
				family[r.pid], grew = true, true
				some = append(some, r)
			}
		}
	}
	return some
}

// leftOf returns what a process left behind: whoever is of its group or its
// session, is known as its descendant, or has the folder of the
// run in its environment.
func leftOf(pid int, dir string, known []running) (left []running) {
	descended := map[string]bool{}
	for _, k := range known {
		descended[k.birth()] = true
	}
	for _, r := range everybody() {
		if r.pid == pid || r.pid == os.Getpid() {
			continue
		}
		if r.group == pid || r.session == pid || descended[r.birth()] {
			left = append(left, r)
			continue
		}
		env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", r.pid))
		if err == nil && bytes.Contains(env, []byte(dir)) { // that of others cannot be read, and is none of ours
			left = append(left, r)
		}
	}
	return left
}

// end ends a process, and no other that has its number by now.
func (r running) end() {
	p, err := os.FindProcess(r.pid) // holds on to the process that has the number now
	if err != nil {
		return
	}
	if now, ok := readStat(fmt.Sprintf("/proc/%d/stat", r.pid)); ok && now.birth() == r.birth() {
		_ = p.Signal(unix.SIGKILL) // it may have ended
	}
	_ = p.Release() // which has nothing to fail at
}

// look notes what the process has started, and what that has.
func (p *process) look() { p.known = append(p.known, below(p.pid)...) }

// outlived returns what the process left behind, once it has had a moment to go.
func (p *process) outlived() (left []running) {
	tick := time.NewTicker(moment / 20)
	defer tick.Stop()
	for late := time.Now().Add(moment); ; <-tick.C {
		if left = leftOf(p.pid, p.dir, p.known); len(left) == 0 || time.Now().After(late) {
			return left
		}
	}
}

// leavesNobody ends the plugin in every way that it may end in, after it has
// mapped the cases, and looks for what runs on.
func leavesNobody(ctx context.Context, x *exam) error {
	var bad wrong
	for _, way := range []struct {
		how string
		end func(ctx context.Context, p *process) error
	}{
		{"told to end", x.shutDown},
		{"killed", func(_ context.Context, p *process) error {
			p.look()
			return unix.Kill(-p.pid, unix.SIGKILL)
		}},
		{"without its daemon", func(_ context.Context, p *process) error { return p.letGo() }},
	} {
		err := x.with(ctx, func(ctx context.Context, p *process) error {
			for _, e := range x.envelopes() {
				if _, err := x.ask(ctx, p, e); err != nil {
					return err
				}
			}
			err := way.end(ctx, p)
			if !p.over(afterDaemon) {
				return fmt.Errorf("%s it does not end: %w", way.how, err)
			}
			for _, r := range p.outlived() {
				bad = append(bad, fmt.Sprintf("%s it leaves %s behind, process %d", way.how, r.name, r.pid))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return bad.orNil()
}
