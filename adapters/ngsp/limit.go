package ngsp

import (
	"context"
	"slices"
	"sync"
	"time"
)

// limiter is a token bucket: rate messages a second, burst at once. Those for
// whom it has nothing left wait, each for a slot of its own. A look-up goes
// before the deliveries that wait, at most with every second slot.
type limiter struct {
	mu    sync.Mutex
	rate  float64
	burst float64
	level float64 // below 0 when messages wait
	last  time.Time

	slots      []time.Time // of all who wait, in order
	lookUps    []*waiter   // in the order in which they came
	deliveries []*waiter
	overtook   bool // the slot used last was a look-up's, while deliveries waited
}

// waiter is one message that waits for its turn.
type waiter struct {
	lookUp bool
	slot   time.Time // may become another one as long as it waits
	end    time.Time // of its patience, zero = none
	timer  *time.Timer
}

func newLimiter(rate float64, burst int, now time.Time) *limiter {
	return &limiter{rate: rate, burst: float64(burst), level: float64(burst), last: now}
}

// wait returns when it is the caller's turn. When that would be after ctx's
// deadline it returns at once, or as soon as a look-up that came later makes it
// so, with the wait that would have been needed.
func (l *limiter) wait(ctx context.Context, now time.Time, lookUp bool) (needed time.Duration, ok bool) {
	if l.rate == 0 {
		return 0, true
	}
	l.mu.Lock()
	needed = l.reserve(now)
	if needed == 0 {
		l.mu.Unlock()
		return 0, true
	}
	w := l.join(ctx, needed, lookUp)
	if w.late() {
		needed = l.leave(w)
		l.mu.Unlock()
		return needed, false
	}
	l.mu.Unlock()
	defer w.timer.Stop()
	for {
		select {
		case <-w.timer.C:
			if needed, over, ok := l.turn(w); over {
				return needed, ok
			}
		case <-ctx.Done():
			l.mu.Lock()
			defer l.mu.Unlock()
			return l.leave(w), false
		}
	}
}

// reserve takes one message out of the bucket and says how long it must wait.
// Like all below but turn, it wants mu to be held.
func (l *limiter) reserve(now time.Time) time.Duration {
	if passed := now.Sub(l.last); passed > 0 {
		l.level = min(l.burst, l.level+passed.Seconds()*l.rate)
	}
	l.last = now
	l.level--
	if l.level >= 0 {
		return 0
	}
	return max(1, time.Duration(-l.level/l.rate*float64(time.Second)))
}

func (l *limiter) join(ctx context.Context, needed time.Duration, lookUp bool) *waiter {
	w := &waiter{lookUp: lookUp, timer: time.NewTimer(needed)}
	w.end, _ = ctx.Deadline()
	slot := time.Now().Add(needed)
	at, _ := slices.BinarySearchFunc(l.slots, slot, time.Time.Compare)
	l.slots = slices.Insert(l.slots, at, slot)
	line := l.line(w)
	*line = append(*line, w)
	l.share()
	return w
}

func (l *limiter) line(w *waiter) *[]*waiter {
	if w.lookUp {
		return &l.lookUps
	}
	return &l.deliveries
}

// share gives the slots to those who wait: look-ups and deliveries in turn, as
// long as there are both.
func (l *limiter) share() {
	first, rest, lookUp := l.lookUps, l.deliveries, !l.overtook
	for _, slot := range l.slots {
		if len(rest) == 0 || lookUp && len(first) > 0 {
			first[0].move(slot)
			first, lookUp = first[1:], false
		} else {
			rest[0].move(slot)
			rest, lookUp = rest[1:], true
		}
	}
}

// move gives w a slot. One whose slot is too late for it is woken at once.
func (w *waiter) move(slot time.Time) {
	if w.slot.Equal(slot) {
		return
	}
	w.slot = slot
	if w.late() {
		w.timer.Reset(0)
	} else {
		w.timer.Reset(time.Until(slot))
	}
}

func (w *waiter) late() bool { return !w.end.IsZero() && w.end.Before(w.slot) }

// turn says what becomes of w when its timer has gone off: over is false when
// its slot has become another's meanwhile.
func (l *limiter) turn(w *waiter) (needed time.Duration, over, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	needed = time.Until(w.slot)
	switch {
	case needed <= 0:
		l.remove(w, slices.IndexFunc(l.slots, w.slot.Equal))
		l.overtook = w.lookUp && len(l.deliveries) > 0
		return 0, true, true
	case w.late():
		return l.leave(w), true, false
	}
	w.timer.Reset(needed)
	return needed, false, false
}

// leave gives back the turn of one who waits no longer, and says how long it
// would have had to. Those behind it move up, so that the last slot is free.
func (l *limiter) leave(w *waiter) (needed time.Duration) {
	l.remove(w, len(l.slots)-1)
	l.level = min(l.burst, l.level+1)
	l.share()
	return max(0, time.Until(w.slot))
}

func (l *limiter) remove(w *waiter, slot int) {
	line := l.line(w)
	at := slices.Index(*line, w)
	*line = slices.Delete(*line, at, at+1)
	l.slots = slices.Delete(l.slots, slot, slot+1)
}
