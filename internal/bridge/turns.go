package bridge

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// turns hands out the places on the wire of one upstream's look-ups: at most
// all of them at once, at most each to one department. Those who wait are
// served department by department, so that one which asks much, or whose
// questions are slow, keeps nobody else waiting.
type turns struct {
	each int

	mu      sync.Mutex
	free    int
	busy    map[string]int             // places by department
	waiting map[string][]chan struct{} // by department, who came first at the front
	order   []string                   // departments that wait, the next one at the front
}

// waitMost is how many of one department may wait for each place that it may
// hold. Whoever waits holds a request at the door, and messages want in as well.
const waitMost = 1

func newTurns(all, each int) *turns {
	return &turns{each: each, free: all, busy: map[string]int{}, waiting: map[string][]chan struct{}{}}
}

var errCrowd = errors.New("too many look-ups of the department wait already")

// take waits for a place; give it back with give. The error is that of ctx, or
// errCrowd.
func (t *turns) take(ctx context.Context, department string) error {
	t.mu.Lock()
	if t.free > 0 && t.busy[department] < t.each && len(t.waiting[department]) == 0 {
		t.free--
		t.busy[department]++
		t.mu.Unlock()
		return nil
	}
	if len(t.waiting[department]) >= waitMost*t.each {
		t.mu.Unlock()
		return errCrowd
	}
	mine := make(chan struct{})
	if len(t.waiting[department]) == 0 {
		t.order = append(t.order, department)
	}
	t.waiting[department] = append(t.waiting[department], mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(t.waiting[department], mine); i >= 0 {
		t.leave(department, i)
	} else {
		t.put(department) // the place came at the same moment
	}
	return ctx.Err()
}

// give gives a place back.
func (t *turns) give(department string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.put(department)
}

func (t *turns) put(department string) {
	t.free++
	if t.busy[department]--; t.busy[department] == 0 {
		delete(t.busy, department)
	}
	for t.free > 0 {
		i := slices.IndexFunc(t.order, func(d string) bool { return t.busy[d] < t.each })
		if i < 0 {
			return
		}
		next := t.order[i]
		close(t.waiting[next][0])
		t.free--
		t.busy[next]++
		t.order = append(slices.Delete(t.order, i, i+1), next) // behind the others, if more of it wait
		t.leave(next, 0)
	}
}

// leave takes one who waited out of the line of a department.
func (t *turns) leave(department string, i int) {
	t.waiting[department] = slices.Delete(t.waiting[department], i, i+1)
	if len(t.waiting[department]) > 0 {
		return
	}
	delete(t.waiting, department)
	t.order = slices.DeleteFunc(t.order, func(d string) bool { return d == department })
}
