package bridge

import (
	"math/rand/v2"
	"sync"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
)

// Backoff is the wait between the attempts of one message: First, doubled
// after each attempt up to Most, and then drawn from the upper half, so that
// messages which failed together do not come back together.
type Backoff struct {
	First time.Duration // 0 = 1 s
	Most  time.Duration // 0 = 10 min
}

// wait returns how long to wait after the failure of an attempt (1 = the first
// to fail) with cause; what the upstream asked for is honoured. draw is in [0, 1).
func (b Backoff) wait(attempt int64, cause *lgsp.Error, draw float64) time.Duration {
	d := b.First
	for i := int64(1); i < attempt && d < b.Most; i++ {
		d *= 2
	}
	d = min(d, b.Most)
	d = d/2 + time.Duration(draw*float64(d/2))
	return max(d, cause.After)
}

// Breaker stops the attempts at an upstream that does not work, so that a
// night's messages are not each tried in vain: after Failures in a row it
// opens for Open, lets one attempt through, and opens for twice as long, up to
// Most, while that fails.
type Breaker struct {
	Failures int           // 0 = 5
	Open     time.Duration // 0 = 5 s
	Most     time.Duration // 0 = 2 min
}

func (b Breaker) orDefault() Breaker {
	number(&b.Failures, 5)
	number(&b.Open, 5*time.Second)
	number(&b.Most, 2*time.Minute)
	return b
}

// number puts what is meant by 0 in its place.
func number[T int | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

// breaker is the state of one upstream. It is safe for concurrent use.
type breaker struct {
	set Breaker

	mu       sync.Mutex
	failures int           // in a row
	until    time.Time     // no attempt before
	open     time.Duration // how long it was opened last; 0 = it is closed
	rest     time.Time     // no lease before, for a reason of our own
	probing  bool          // one look-up finds out whether the upstream works

	note  func(audit.Entry) // told, in order, that it opened or closed; nil = nobody is
	since time.Time         // when it opened
}

// limit returns how many of most attempts may be under way now, and when to
// ask again; 0 = when report says so.
func (b *breaker) limit(now time.Time, most int) (int, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case now.Before(b.until):
		return 0, b.until.Sub(now)
	case now.Before(b.rest):
		return 0, b.rest.Sub(now)
	case b.open > 0:
		return 1, 0
	}
	return most, 0
}

// try lets a look-up through, or returns how long none is: while the breaker is
// open, and while one, the probe, finds out whether the upstream works again.
// Tell tell or untried what came of it.
func (b *breaker) try(now time.Time) (probe bool, wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case now.Before(b.until):
		return false, b.until.Sub(now)
	case b.open == 0:
		return false, 0
	case b.probing:
		return false, b.set.Open
	}
	b.probing = true
	return true, 0
}

// untried takes back that try let somebody through.
func (b *breaker) untried(probe bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = b.probing && !probe
}

// tell is report for what try let through. What began before the breaker opened
// says nothing any more: only the probe does.
func (b *breaker) tell(now time.Time, probe bool, cause *lgsp.Error) (opened, closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open > 0 && !probe {
		return false, false
	}
	b.probing = b.probing && !probe
	opened, closed, _ = b.turn(now, cause)
	return opened, closed
}

// closesIn returns how long attempts are to wait, 0 if they are not.
func (b *breaker) closesIn(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(b.until.Sub(now), 0)
}

// pause lets nothing new begin for a time, which says nothing about the upstream.
func (b *breaker) pause(now time.Time, d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rest = later(b.rest, now.Add(d))
}

// What an error's Code says beside its Kind.
const (
	codeStopped     = "Stopped"       // the daemon is stopping
	codeBreakerOpen = "BreakerOpen"   // the upstream is not tried now
	codeOwnRate     = "OwnRate"       // our own limit; After is when it is the message's turn
	codeNoOperation = "NoOperation"   // the configuration lacks what the document needs
	codeEmpty       = "EmptyDocument" // there is nothing to send
)

// onWire reports whether an attempt that ended with cause says anything about
// the upstream: only then it came to the wire, and its outcome was not ours.
func onWire(cause *lgsp.Error) bool {
	if cause == nil {
		return true
	}
	switch cause.Code {
	case codeStopped, codeBreakerOpen, codeOwnRate, codeNoOperation, codeEmpty:
		return false
	}
	return true
}

// untimely reports whether an attempt only came at the wrong moment, so that
// the waits of its message do not grow.
func untimely(cause *lgsp.Error) bool {
	switch cause.Code {
	case codeStopped, codeBreakerOpen, codeOwnRate:
		return cause.Kind.World()
	}
	return false
}

// report tells the outcome of an attempt; nil or an error that is the
// message's own fault shows that the upstream works. It returns whether the
// breaker has just opened or closed, and whether limit has turned.
func (b *breaker) report(now time.Time, cause *lgsp.Error) (opened, closed, turned bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.turn(now, cause)
}

// turn is report for whoever holds mu.
func (b *breaker) turn(now time.Time, cause *lgsp.Error) (opened, closed, turned bool) {
	switch {
	case (cause == nil || !cause.Kind.World()) && b.open == 0 && now.Before(b.until):
		return false, false, false // the upstream works, and asked for a pause all the same
	case cause == nil || !cause.Kind.World():
		if closed = b.open > 0; closed && b.note != nil {
			b.note(audit.Entry{Event: audit.UpstreamUp, At: now, Took: max(now.Sub(b.since), 0).Milliseconds()})
		}
		b.failures, b.open, b.until = 0, 0, time.Time{}
		return false, closed, closed
	case cause.Kind == lgsp.Throttled:
		b.until = later(b.until, now.Add(max(cause.After, b.set.Open)))
		return false, false, true
	}
	b.failures++
	if b.failures < b.set.Failures || now.Before(b.until) {
		return false, false, false
	}
	if opened = b.open == 0; opened {
		b.since = now
		if b.note != nil {
			b.note(audit.Entry{Event: audit.UpstreamDown, At: now, Kind: cause.Kind.String(), Code: cause.Code})
		}
	}
	b.open = min(max(2*b.open, b.set.Open), b.set.Most)
	b.until = now.Add(max(b.open, min(cause.After, b.set.Most)))
	return opened, false, true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func jitter() float64 { return rand.Float64() }
