package bridge

import (
	"fmt"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

func fault(kind lgsp.Kind, after time.Duration) *lgsp.Error {
	return &lgsp.Error{Kind: kind, Code: "Test", After: after}
}

func TestTheWaitDoublesAndIsDrawnFromItsUpperHalf(t *testing.T) {
	b := Backoff{First: time.Second, Most: 10 * time.Second}
	for _, c := range []struct {
		attempt int64
		whole   time.Duration
	}{{1, time.Second}, {2, 2 * time.Second}, {3, 4 * time.Second}, {4, 8 * time.Second}, {5, 10 * time.Second}, {1 << 40, 10 * time.Second}} {
		down := fault(lgsp.Unavailable, 0)
		if got := b.wait(c.attempt, down, 0); got != c.whole/2 {
			t.Errorf("attempt %d: the shortest wait is %s, want %s", c.attempt, got, c.whole/2)
		}
		if got := b.wait(c.attempt, down, 0.5); got != c.whole*3/4 {
			t.Errorf("attempt %d: the middle wait is %s, want %s", c.attempt, got, c.whole*3/4)
		}
		if got := b.wait(c.attempt, down, 0.999999); got > c.whole || got < c.whole*99/100 {
			t.Errorf("attempt %d: the longest wait is %s, want nearly %s", c.attempt, got, c.whole)
		}
	}
}

func TestJitterStaysWithinItsBounds(t *testing.T) {
	seen := map[float64]bool{}
	for range 1000 {
		d := jitter()
		if d < 0 || d >= 1 {
			t.Fatalf("drew %v", d)
		}
		seen[d] = true
	}
	if len(seen) < 900 {
		t.Errorf("%d different draws of 1000", len(seen))
	}
}

func TestTheWaitIsNeverShorterThanTheUpstreamAskedFor(t *testing.T) {
	b := Backoff{First: time.Second, Most: 10 * time.Second}
	if got := b.wait(1, fault(lgsp.Throttled, time.Hour), 0); got != time.Hour {
		t.Errorf("waits %s, the upstream asked for an hour", got)
	}
	if got := b.wait(4, fault(lgsp.Throttled, time.Millisecond), 0); got != 4*time.Second {
		t.Errorf("waits %s, want 4 s", got)
	}
}

// watch is a breaker with a clock that the test moves.
type watch struct {
	t *testing.T
	*breaker
	now time.Time
}

func newWatch(t *testing.T) *watch {
	return &watch{t, &breaker{set: Breaker{Failures: 3, Open: 5 * time.Second, Most: 20 * time.Second}}, time.Unix(1_800_000_000, 0)}
}

func (w *watch) fail(times int) (opened bool) {
	for range times {
		opened, _, _ = w.report(w.now, fault(lgsp.Unavailable, 0))
	}
	return opened
}

// want checks how many of 16 attempts may be under way and for how long not.
func (w *watch) want(limit int, wait time.Duration) {
	w.t.Helper()
	if n, d := w.limit(w.now, 16); n != limit || d != wait {
		w.t.Errorf("%d attempts may be under way, to be asked again in %s; want %d and %s", n, d, limit, wait)
	}
	if open := w.closesIn(w.now) > 0; open != (limit == 0) {
		w.t.Errorf("open is %v while %d attempts may be under way", open, limit)
	}
}

func TestTheBreakerOpensAfterFailuresInARow(t *testing.T) {
	w := newWatch(t)
	w.want(16, 0)
	if w.fail(2) {
		t.Error("it opened after two failures of three")
	}
	w.want(16, 0)
	if !w.fail(1) {
		t.Error("it did not say that it opened")
	}
	w.want(0, 5*time.Second)
}

func TestASuccessBetweenFailuresKeepsTheBreakerClosed(t *testing.T) {
	w := newWatch(t)
	for range 5 {
		w.fail(2)
		if _, closed, turned := w.report(w.now, nil); closed || turned {
			t.Error("it said that it closed, and was not open")
		}
	}
	w.want(16, 0)
}

func TestAFaultOfTheMessageShowsThatTheUpstreamWorks(t *testing.T) {
	for kind := lgsp.Invalid; kind <= lgsp.Forbidden; kind++ {
		w := newWatch(t)
		for range 10 {
			w.report(w.now, fault(kind, 0))
		}
		w.want(16, 0)
		w.fail(2)
		w.report(w.now, fault(kind, 0))
		w.fail(2)
		w.want(16, 0)
	}
}

func TestEveryFaultOfTheWorldButThrottlingOpensTheBreaker(t *testing.T) {
	for _, kind := range []lgsp.Kind{lgsp.Unknown, lgsp.Unavailable, lgsp.Denied} {
		w := newWatch(t)
		for range 3 {
			w.report(w.now, fault(kind, 0))
		}
		w.want(0, 5*time.Second)
	}
}

func TestAnOpenBreakerLetsOneThroughAndOpensForTwiceAsLong(t *testing.T) {
	w := newWatch(t)
	w.fail(3)
	for _, wait := range []time.Duration{5, 10, 20, 20, 20} {
		w.want(0, wait*time.Second)
		w.now = w.now.Add(wait*time.Second - 1)
		w.want(0, 1)
		w.now = w.now.Add(1)
		w.want(1, 0)
		if w.fail(1) {
			t.Error("it says that it opened, and was open all the time")
		}
	}
}

func TestOneSuccessClosesTheBreakerForGood(t *testing.T) {
	w := newWatch(t)
	w.fail(3)
	w.now = w.now.Add(5 * time.Second)
	w.fail(1)
	w.now = w.now.Add(10 * time.Second)
	if opened, closed, turned := w.report(w.now, nil); opened || !closed || !turned {
		t.Errorf("opened %v, closed %v, turned %v", opened, closed, turned)
	}
	w.want(16, 0)
	w.fail(3)
	w.want(0, 5*time.Second) // the next outage begins with the first wait
}

func TestAttemptsThatWereUnderWayDoNotLengthenTheWait(t *testing.T) {
	w := newWatch(t)
	w.fail(16)
	w.want(0, 5*time.Second)
}

func TestThrottlingPausesAndDoesNotCountAsAFailure(t *testing.T) {
	w := newWatch(t)
	for range 10 {
		if opened, _, turned := w.report(w.now, fault(lgsp.Throttled, 30*time.Second)); opened || !turned {
			t.Errorf("opened %v, turned %v", opened, turned)
		}
	}
	w.want(0, 30*time.Second)
	w.report(w.now, fault(lgsp.Throttled, time.Second)) // a shorter one does not end a longer one
	w.want(0, 30*time.Second)
	w.now = w.now.Add(30 * time.Second)
	w.want(16, 0)
	w.report(w.now, fault(lgsp.Throttled, 0)) // not said how long
	w.want(0, 5*time.Second)
}

func TestAnOpenBreakerHonoursWhatTheUpstreamAskedForWithinItsMost(t *testing.T) {
	for _, c := range []struct{ after, wait time.Duration }{{12, 12}, {1, 5}, {3600, 20}} {
		t.Run(fmt.Sprint(c.after), func(t *testing.T) {
			w := newWatch(t)
			w.fail(2)
			w.report(w.now, fault(lgsp.Unavailable, c.after*time.Second))
			w.want(0, c.wait*time.Second)
		})
	}
}
