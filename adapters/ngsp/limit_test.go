package ngsp

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	lgsp "lgsp.internal/adapter"
)

func TestABurstGoesAtOnceAndTheRestAtItsRate(t *testing.T) {
	l := newLimiter(10, 3, morning)
	for i, want := range []time.Duration{0, 0, 0, 100 * time.Millisecond, 200 * time.Millisecond} {
		if got := l.reserve(morning); got.Round(time.Microsecond) != want {
			t.Errorf("delivery %d waits %s, want %s", i, got, want)
		}
	}
	if got := l.reserve(morning.Add(time.Hour)); got != 0 {
		t.Errorf("after a pause: %s", got)
	}
}

func TestAClockThatGoesBackStopsNobodyForLong(t *testing.T) {
	l := newLimiter(10, 1, morning)
	l.reserve(morning)
	if got := l.reserve(morning.Add(-time.Hour)); got > 100*time.Millisecond {
		t.Errorf("waits %s", got)
	}
	if got := l.reserve(morning.Add(-time.Hour + time.Second)); got != 0 {
		t.Errorf("waits %s", got)
	}
}

func TestWaitingDeliveriesGoAtTheRateThatIsSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		l := newLimiter(50, 1, begin)
		var wg sync.WaitGroup
		for range 101 {
			wg.Go(func() {
				if _, ok := l.wait(t.Context(), time.Now()); !ok {
					t.Error("was turned away")
				}
			})
		}
		wg.Wait()
		if took := time.Since(begin).Round(time.Millisecond); took != 2*time.Second {
			t.Errorf("101 deliveries took %s, want 2s", took)
		}
	})
}

func TestWhoStopsWaitingGivesItsTurnBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1, 1, time.Now())
		l.reserve(time.Now())
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan bool)
		go func() { _, ok := l.wait(ctx, time.Now()); done <- ok }()
		synctest.Wait()
		cancel()
		if <-done {
			t.Error("went without its turn")
		}
		if got := l.reserve(time.Now()); got != time.Second {
			t.Errorf("the next waits %s, want 1s", got)
		}
	})
}

func TestADeliveryWhoseTurnComesTooLateIsTurnedAwayAtOnce(t *testing.T) {
	c := serve(t, answer(200, jsonYes), JSON, func(o *Options) { o.Rate, o.Burst = 0.001, 1 })
	if _, err := deliver(t, c); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := c.Deliver(ctx, testID, document(JSON))
	if e := wantCode(t, err, lgsp.Throttled, "OwnRate"); e.After < 15*time.Minute || e.After > maxAfter {
		t.Errorf("after %s", e.After)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, err = c.Deliver(stopped, testID, document(JSON))
	wantCode(t, err, lgsp.Unknown, "Stopped")
}
