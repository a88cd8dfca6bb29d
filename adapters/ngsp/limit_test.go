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
				if _, ok := l.wait(t.Context(), time.Now(), false); !ok {
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
		go func() { _, ok := l.wait(ctx, time.Now(), false); done <- ok }()
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

// queue runs waiters of one limiter and notes in which order they go.
type queue struct {
	l     *limiter
	begin time.Time
	wg    sync.WaitGroup
	mu    sync.Mutex
	order string // D, L; d, l for those who were turned away
	at    []time.Duration
}

// add makes one more wait, behind all who came before.
func (q *queue) add(ctx context.Context, lookUp bool) {
	q.wg.Go(func() {
		_, ok := q.l.wait(ctx, time.Now(), lookUp)
		q.mu.Lock()
		defer q.mu.Unlock()
		q.order += map[bool]map[bool]string{true: {true: "L", false: "l"}, false: {true: "D", false: "d"}}[lookUp][ok]
		q.at = append(q.at, time.Since(q.begin).Round(time.Microsecond))
	})
	synctest.Wait()
}

func inQueue(t *testing.T, rate float64, test func(t *testing.T, q *queue)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		q := &queue{l: newLimiter(rate, 1, time.Now()), begin: time.Now()}
		q.l.reserve(q.begin) // the burst is used
		test(t, q)
		q.wg.Wait()
		if len(q.l.slots)+len(q.l.lookUps)+len(q.l.deliveries) > 0 {
			t.Errorf("somebody is left: %d slots, %d look-ups, %d deliveries", len(q.l.slots), len(q.l.lookUps), len(q.l.deliveries))
		}
	})
}

func TestALookUpGoesBeforeDeliveriesThatWait(t *testing.T) {
	inQueue(t, 1, func(t *testing.T, q *queue) {
		for range 16 {
			q.add(t.Context(), false)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		q.add(ctx, true)
		q.wg.Wait()
		if q.order != "LDDDDDDDDDDDDDDDD" || q.at[0] != time.Second || q.at[16] != 17*time.Second {
			t.Errorf("went in the order %s, at %v", q.order, q.at)
		}
	})
}

func TestLookUpsTakeEverySecondSlotAtMostWhileDeliveriesWait(t *testing.T) {
	inQueue(t, 10, func(t *testing.T, q *queue) {
		for range 3 {
			q.add(t.Context(), false)
		}
		for range 6 {
			q.add(t.Context(), true)
		}
		time.Sleep(250 * time.Millisecond) //nolint:forbidigo // of a clock that is made up
		q.add(t.Context(), false)
		q.wg.Wait()
		if q.order != "LDLDLDLDLL" {
			t.Errorf("went in the order %s", q.order)
		}
		for i, at := range q.at {
			if want := time.Duration(i+1) * 100 * time.Millisecond; at != want {
				t.Errorf("number %d went at %s, want %s", i, at, want)
			}
		}
	})
}

func TestLookUpsThatComeOneAfterTheOtherLeaveEverySecondSlotToDeliveries(t *testing.T) {
	inQueue(t, 1, func(t *testing.T, q *queue) {
		for range 4 {
			q.add(t.Context(), false)
		}
		for range 3 {
			q.add(t.Context(), true)
			time.Sleep(time.Second) //nolint:forbidigo // of a clock that is made up
			synctest.Wait()
		}
		q.wg.Wait()
		if q.order != "LDLDLDD" {
			t.Errorf("went in the order %s", q.order)
		}
	})
}

func TestALookUpThatWaitedAloneCostsTheNextOneNothing(t *testing.T) {
	inQueue(t, 1, func(t *testing.T, q *queue) {
		q.add(t.Context(), true)
		time.Sleep(time.Second) //nolint:forbidigo // of a clock that is made up
		synctest.Wait()
		q.add(t.Context(), false)
		q.add(t.Context(), true)
		q.wg.Wait()
		if q.order != "LLD" {
			t.Errorf("went in the order %s", q.order)
		}
	})
}

func TestOneWhoIsWokenBeforeItsTurnWaitsOn(t *testing.T) {
	inQueue(t, 1, func(t *testing.T, q *queue) {
		q.add(t.Context(), false)
		q.l.deliveries[0].timer.Reset(0)
		q.wg.Wait()
		if q.order != "D" || q.at[0] != time.Second {
			t.Errorf("%s went at %v", q.order, q.at)
		}
	})
}

func TestTheRateHoldsWhoeverComesAndGoes(t *testing.T) {
	inQueue(t, 10, func(t *testing.T, q *queue) {
		for i := range 200 {
			ctx := t.Context()
			if i%5 == 1 {
				short, cancel := context.WithTimeout(ctx, time.Duration(i)*37*time.Millisecond)
				defer cancel()
				ctx = short
			}
			if i%7 == 1 {
				stopped, cancel := context.WithCancel(ctx)
				time.AfterFunc(time.Duration(i)*61*time.Millisecond, cancel)
				ctx = stopped
			}
			q.add(ctx, i%3 == 0)
			time.Sleep(time.Duration(i%4) * 20 * time.Millisecond) //nolint:forbidigo // of a clock that is made up
		}
		q.wg.Wait()
		var went []time.Duration
		for i, c := range q.order {
			if c == 'L' || c == 'D' {
				went = append(went, q.at[i])
			}
		}
		for i := range went {
			if i > 0 && went[i]-went[i-1] < 99*time.Millisecond {
				t.Errorf("number %d went %s after the one before it", i, went[i]-went[i-1])
			}
		}
		if len(went) < 150 || len(went) == 200 {
			t.Errorf("%d went", len(went))
		}
	})
}

func TestADeliveryThatALookUpMakesTooLateIsTurnedAwayAtOnce(t *testing.T) {
	inQueue(t, 1, func(t *testing.T, q *queue) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		q.add(t.Context(), false)
		q.add(ctx, false) // to go after 2 s
		q.add(t.Context(), true)
		q.mu.Lock()
		if q.order != "d" {
			t.Errorf("a delivery that would go after 3 s: %q", q.order)
		}
		q.mu.Unlock()
		q.wg.Wait()
		if q.order != "dLD" || q.at[2] != 2*time.Second {
			t.Errorf("went in the order %s, at %v", q.order, q.at)
		}
	})
}

func TestThoseBehindOneWhoLeavesMoveUp(t *testing.T) {
	inQueue(t, 1, func(t *testing.T, q *queue) {
		ctx, cancel := context.WithCancel(t.Context())
		q.add(ctx, true)
		q.add(t.Context(), false)
		q.add(t.Context(), false)
		cancel()
		q.wg.Wait()
		if q.order != "lDD" || q.at[1] != time.Second || q.at[2] != 2*time.Second {
			t.Errorf("went in the order %s, at %v", q.order, q.at)
		}
	})
}

func TestALookUpWhoseTimeEndsWhileItWaitsForItsTurnNeverLeft(t *testing.T) {
	ended, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	v := connect(t, "http://127.0.0.1:9", SOAP).rateVerdict(ended, time.Minute)
	if v.code != "OwnRate" || v.after != time.Minute {
		t.Errorf("got %s, after %s", v.code, v.after)
	}
}
