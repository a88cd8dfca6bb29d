package bridge

import (
	"context"
	"sync"
)

// underway is the look-ups that are being made, so that they can be cut off and
// waited for when the bridge ends.
type underway struct {
	mu    sync.Mutex
	ended bool
	next  int
	cuts  map[int]context.CancelFunc
	all   sync.WaitGroup
}

// begin lets a look-up begin, unless the bridge has ended. Its context ends when
// it is cut off; done has to be called.
func (u *underway) begin(ctx context.Context) (own context.Context, done func(), ok bool) {
	own, cancel := context.WithCancel(ctx)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended {
		cancel()
		return nil, nil, false
	}
	if u.cuts == nil {
		u.cuts = map[int]context.CancelFunc{}
	}
	u.next++
	id := u.next
	u.cuts[id] = cancel
	u.all.Add(1)
	return own, func() {
		cancel()
		u.mu.Lock()
		delete(u.cuts, id)
		u.mu.Unlock()
		u.all.Done()
	}, true
}

// over reports whether the bridge has ended.
func (u *underway) over() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.ended
}

// end cuts off what is under way and waits for it.
func (u *underway) end() {
	u.mu.Lock()
	u.ended = true
	for _, cut := range u.cuts {
		cut()
	}
	u.mu.Unlock()
	u.all.Wait()
}
