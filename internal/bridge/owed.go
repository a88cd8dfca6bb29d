package bridge

import (
	"errors"
	"sync"
	"time"
)

// owed are entries of look-ups that were asked and could not be put on record:
// they are tried again until they are there. While there are any no look-up
// begins, so there are never more than were under way together.
type owed struct {
	mu      sync.Mutex
	entries []debt
	busy    bool // somebody pays
	ended   bool
	paying  sync.WaitGroup
	hurry   chan struct{} // closed when the bridge ends
}

// debt is one entry.
type debt struct {
	write func() error
	lost  func(error) // it could not be written before the bridge ended
}

func newOwed() owed { return owed{hurry: make(chan struct{})} }

var errOwed = errors.New("look-ups made before are not on record yet")

// any reports whether something is owed.
func (o *owed) any() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.entries) > 0 {
		return errOwed
	}
	return nil
}

func (o *owed) add(write func() error, lost func(error)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.entries = append(o.entries, debt{write, lost})
	if o.busy || o.ended {
		return
	}
	o.busy = true
	o.paying.Go(o.pay)
}

// payWaitMost is the longest wait between two tries.
const payWaitMost = 5 * time.Second

// pay writes what is owed until nothing is, or the bridge ends.
func (o *owed) pay() {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, payWaitMost) {
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-o.hurry:
			t.Stop()
			return
		}
		if o.settle(nil) {
			return
		}
	}
}

// settle writes what is owed, in order, up to the first that cannot be written,
// and reports whether nothing is left. With lost it gives those up.
func (o *owed) settle(lost func(debt, error)) (paid bool) {
	for {
		o.mu.Lock()
		if len(o.entries) == 0 {
			o.busy = false
			o.mu.Unlock()
			return true
		}
		first := o.entries[0]
		o.mu.Unlock()
		err := first.write()
		if err != nil && lost == nil {
			return false
		}
		if err != nil {
			lost(first, err)
		}
		o.mu.Lock()
		o.entries = o.entries[1:]
		o.mu.Unlock()
	}
}

// end tries once more, and tells the log of what is lost.
func (o *owed) end() {
	o.mu.Lock()
	if !o.ended {
		o.ended = true
		close(o.hurry)
	}
	o.mu.Unlock()
	o.paying.Wait()
	o.settle(func(d debt, err error) { d.lost(err) })
}
