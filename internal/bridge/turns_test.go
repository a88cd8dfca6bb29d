package bridge

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// want fails the test when an event does not come.
func want(t *testing.T, event <-chan error, what string) error {
	t.Helper()
	select {
	case err := <-event:
		return err
	case <-time.After(10 * time.Second):
		t.Fatalf("not within 10 s: %s", what)
		return nil
	}
}

// line has one more of a department wait, and returns once it does.
func (t *turns) line(ctx context.Context, department string) <-chan error {
	t.mu.Lock()
	before := len(t.waiting[department])
	t.mu.Unlock()
	got := make(chan error, 1)
	go func() { got <- t.take(ctx, department) }()
	for t.waits(department) == before && len(got) == 0 {
		runtime.Gosched()
	}
	return got
}

func (t *turns) waits(department string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.waiting[department])
}

// mustBeAtRest fails the test when something of those who have gone is left.
func (t *turns) mustBeAtRest(test *testing.T, all int) {
	test.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.free != all || len(t.busy) != 0 || len(t.waiting) != 0 || len(t.order) != 0 {
		test.Errorf("left behind: %d of %d places free, busy %v, %d departments wait, in the order %v", t.free, all, t.busy, len(t.waiting), t.order)
	}
}

func mustTake(t *testing.T, to *turns, department string, n int) {
	t.Helper()
	for range n {
		got := make(chan error, 1)
		go func() { got <- to.take(t.Context(), department) }()
		if err := want(t, got, "a place that is free is taken"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADepartmentThatHoldsItsShareLeavesTheRestToOthers(t *testing.T) {
	places := newTurns(4, 2)
	mustTake(t, places, "a", 2)
	third := places.line(t.Context(), "a")
	mustTake(t, places, "b", 2)
	places.give("b")
	if len(third) != 0 || places.waits("a") != 1 {
		t.Error("a department got more than its share because another gave back")
	}
	places.give("a")
	if err := want(t, third, "the one who waits gets the place of its own department"); err != nil {
		t.Error(err)
	}
	for _, d := range []string{"a", "a", "b"} {
		places.give(d)
	}
	places.mustBeAtRest(t, 4)
}

func TestThoseWhoWaitAreServedDepartmentByDepartmentAndInTheirOrder(t *testing.T) {
	places := newTurns(4, 4)
	mustTake(t, places, "x", 4)
	type waiter struct {
		name string
		got  <-chan error
	}
	var waiters []waiter
	for _, name := range []string{"a1", "a2", "a3", "a4", "b1", "b2", "c1"} { // a comes first, and asks most
		waiters = append(waiters, waiter{name, places.line(t.Context(), name[:1])})
	}
	holder, served := "x", []string{}
	for range 7 {
		places.give(holder)
		i := -1
		for end := time.Now().Add(10 * time.Second); i < 0 && time.Now().Before(end); runtime.Gosched() {
			i = slices.IndexFunc(waiters, func(w waiter) bool { return len(w.got) > 0 })
		}
		if i < 0 {
			t.Fatalf("nobody got the place that %s gave back; served so far: %v", holder, served)
		}
		if err := <-waiters[i].got; err != nil {
			t.Fatal(err)
		}
		served = append(served, waiters[i].name)
		holder = waiters[i].name[:1]
		waiters = slices.Delete(waiters, i, i+1)
	}
	if want := []string{"a1", "b1", "c1", "a2", "b2", "a3", "a4"}; !slices.Equal(served, want) {
		t.Errorf("served in the order %v, want %v", served, want)
	}
	for _, d := range []string{"x", "x", "x", "a"} {
		places.give(d)
	}
	places.mustBeAtRest(t, 4)
}

func TestADepartmentThatHasACrowdWaitingIsTurnedAwayAndOthersAreNot(t *testing.T) {
	places := newTurns(1, 1)
	mustTake(t, places, "a", 1)
	ctx, leave := context.WithCancel(t.Context())
	var crowd []<-chan error
	for range waitMost {
		crowd = append(crowd, places.line(ctx, "a"))
	}
	got := make(chan error, 1)
	go func() { got <- places.take(t.Context(), "a") }()
	if err := want(t, got, "one more is turned away"); !errors.Is(err, errCrowd) {
		t.Errorf("one more got %v, want %v", err, errCrowd)
	}
	other := places.line(t.Context(), "b")
	leave()
	for _, one := range crowd {
		if err := want(t, one, "who leaves is let go"); !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
	}
	places.give("a")
	if err := want(t, other, "another department is served"); err != nil {
		t.Error(err)
	}
	places.give("b")
	places.mustBeAtRest(t, 1)
}

// A place that comes at the moment at which its waiter leaves goes to the next.
func TestAPlaceThatComesToSomebodyWhoLeavesIsNotLost(t *testing.T) {
	for round := range 2000 {
		places := newTurns(1, 1)
		mustTake(t, places, "a", 1)
		ctx, leave := context.WithCancel(t.Context())
		first, second := places.line(ctx, "b"), places.line(t.Context(), "c")
		go leave()
		go places.give("a")
		if err := want(t, first, "who leaves is served or let go"); err == nil {
			places.give("b")
		}
		if err := want(t, second, fmt.Sprintf("the next is served, round %d", round)); err != nil {
			t.Fatal(err)
		}
		places.give("c")
		places.mustBeAtRest(t, 1)
		leave()
		if t.Failed() {
			return
		}
	}
}

// ledger counts who holds a place, outside of the code that is tested.
type ledger struct {
	mu     sync.Mutex
	total  int
	by     map[string]int
	most   int
	broken string
}

func (l *ledger) hold(department string, all, each int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total++
	l.by[department]++
	l.most = max(l.most, l.total)
	if l.total > all || l.by[department] > each {
		l.broken = fmt.Sprintf("%d places are held, %d of them by %s; allowed are %d and %d", l.total, l.by[department], department, all, each)
	}
}

func (l *ledger) release(department string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	l.by[department]--
}

// TestNoOrderOfTakingGivingAndLeavingBreaksTheBounds has many come, hold, give
// back and leave as chance has it. LGSPD_SEED repeats a run.
func TestNoOrderOfTakingGivingAndLeavingBreaksTheBounds(t *testing.T) {
	seed := uint64(time.Now().UnixNano() % 1_000_000)
	if text := os.Getenv("LGSPD_SEED"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("LGSPD_SEED=%d", seed)
	before := runtime.NumGoroutine()
	dice := rand.New(rand.NewPCG(seed, 1))
	var served, left, turnedAway atomic.Int64
	for range 40 {
		all := 1 + dice.IntN(8)
		each := 1 + dice.IntN(all)
		departments := 1 + dice.IntN(5)
		places, book := newTurns(all, each), &ledger{by: map[string]int{}}
		var everybody sync.WaitGroup
		for range 1 + dice.IntN(40) {
			mine := rand.New(rand.NewPCG(dice.Uint64(), 2))
			everybody.Go(func() {
				for range 40 {
					department := fmt.Sprintf("H29.%02d", mine.IntN(departments))
					ctx, cancel := context.WithCancel(t.Context())
					switch mine.IntN(4) {
					case 0:
						cancel()
					case 1:
						go cancel() // at any moment
					}
					err := places.take(ctx, department)
					switch {
					case err == nil:
						book.hold(department, all, each)
						for range mine.IntN(4) {
							runtime.Gosched()
						}
						book.release(department)
						places.give(department)
						served.Add(1)
					case errors.Is(err, errCrowd):
						turnedAway.Add(1)
					default:
						left.Add(1)
					}
					cancel()
				}
			})
		}
		ended := make(chan error, 1)
		go func() { everybody.Wait(); ended <- nil }()
		_ = want(t, ended, "everybody who waits is served or let go")
		if book.broken != "" {
			t.Fatal(book.broken)
		}
		places.mustBeAtRest(t, all)
		if t.Failed() {
			t.Fatalf("%d places, %d for a department, %d departments", all, each, departments)
		}
	}
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines before, %d after", before, n)
	}
	if served.Load() == 0 || left.Load() == 0 || turnedAway.Load() == 0 {
		t.Errorf("the test is idle: %d served, %d left, %d turned away", served.Load(), left.Load(), turnedAway.Load())
	}
	t.Logf("%d served, %d left, %d turned away", served.Load(), left.Load(), turnedAway.Load())
}

// free is never left while somebody waits who may have it: looked at after
// every single step of a run in one goroutine.
func TestNobodyWaitsWhileAPlaceIsFreeForThem(t *testing.T) {
	dice := rand.New(rand.NewPCG(20261122, 1))
	for range 200 {
		all := 1 + dice.IntN(5)
		each := 1 + dice.IntN(all)
		places := newTurns(all, each)
		type one struct {
			department string
			got        <-chan error
			leave      context.CancelFunc
		}
		var waiting []one
		holding := map[string]int{}
		for range 60 {
			department := string(rune('a' + dice.IntN(3)))
			switch choice := dice.IntN(3); {
			case choice == 0 || len(waiting) == 0 && len(holding) == 0:
				ctx, leave := context.WithCancel(t.Context())
				waiting = append(waiting, one{department, places.line(ctx, department), leave})
			case choice == 1 && len(waiting) > 0:
				i := dice.IntN(len(waiting))
				waiting[i].leave()
				if want(t, waiting[i].got, "who leaves is let go") == nil {
					holding[waiting[i].department]++
				}
				waiting = slices.Delete(waiting, i, i+1)
			default:
				for d := range holding {
					places.give(d)
					if holding[d]--; holding[d] == 0 {
						delete(holding, d)
					}
					break
				}
			}
			places.mu.Lock()
			for _, d := range places.order {
				if places.free > 0 && places.busy[d] < each {
					t.Errorf("%s waits while %d places are free and it holds %d of %d", d, places.free, places.busy[d], each)
				}
			}
			stuck := places.free < 0
			held := 0
			for _, n := range places.busy {
				held += n
			}
			places.mu.Unlock()
			if stuck || held > all || t.Failed() {
				t.Fatalf("%d places are held of %d", held, all)
			}
			// Who was served meanwhile holds a place now.
			for i := 0; i < len(waiting); {
				if len(waiting[i].got) == 0 {
					i++
					continue
				}
				if err := <-waiting[i].got; err == nil {
					holding[waiting[i].department]++
				}
				waiting = slices.Delete(waiting, i, i+1)
			}
		}
		for _, w := range waiting {
			w.leave()
			if want(t, w.got, "who leaves is let go") == nil {
				holding[w.department]++
			}
		}
		for d, n := range holding {
			for range n {
				places.give(d)
			}
		}
		places.mustBeAtRest(t, all)
	}
}
