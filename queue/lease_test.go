package queue_test

import (
	"context"
	"errors"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/queue"
)

// settleAll tries every way to settle a lease.
func (b *bench) settleAll(l queue.Lease) map[string]error {
	ctx := context.Background()
	return map[string]error{
		"done":  b.q.Done(ctx, l, lgsp.Ack{At: b.clock.now()}, 0),
		"retry": b.q.Retry(ctx, l, b.clock.now(), world, 0),
		"park":  b.q.Park(ctx, l, fault, 0),
	}
}

func TestAStaleLeaseSettlesNothing(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(b *bench, l queue.Lease)
		want lgsp.State
	}{
		{"another attempt has begun", func(b *bench, l queue.Lease) { b.giveUp(l); b.clock.pass(time.Hour); b.claim("hotich", 1) }, lgsp.Leased},
		{"it was delivered", func(b *bench, l queue.Lease) { b.done(l) }, lgsp.Delivered},
		{"it was parked", func(b *bench, l queue.Lease) { b.park(l) }, lgsp.Parked},
		{"it was retried", func(b *bench, l queue.Lease) { b.retry(l, time.Hour) }, lgsp.Queued},
		{"it was retried and leased", func(b *bench, l queue.Lease) { b.retry(l, 0); b.claim("hotich", 1) }, lgsp.Leased},
		{"the leases were ended", func(b *bench, l queue.Lease) { b.endLeases(1) }, lgsp.Queued},
		{"it was parked and dropped", func(b *bench, l queue.Lease) { b.park(l); b.operate(b.q.Drop, only(l.ID), 1) }, lgsp.Dropped},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			l := b.putAndClaim()
			c.end(b, l)
			before, counted := tell(b.history(l.ID)), b.item(l.ID)
			for verb, err := range b.settleAll(l) {
				if !errors.Is(err, queue.ErrFenced) {
					t.Errorf("%s: %v, want it fenced", verb, err)
				}
			}
			b.expect(l.ID, c.want)
			b.expectHistory(l.ID, before)
			if after := b.item(l.ID); after.Attempt != counted.Attempt || !after.Changed.Equal(counted.Changed) {
				t.Errorf("the message changed: %+v, was %+v", after, counted)
			}
		})
	}
}

// A stale lease of a lane's head must not free the lane either.
func TestAStaleLeaseDoesNotFreeItsLane(t *testing.T) {
	b := newBench(t)
	ids := b.lane("a", 2)
	stale := b.expectClaim(ids[0])[0]
	b.giveUp(stale)
	b.clock.pass(time.Hour)
	fresh := b.expectClaim(ids[0])[0]
	b.settleAll(stale)
	b.expectClaim()
	b.done(fresh)
	b.expectClaim(ids[1])
}

func TestALeaseLastsFiveMinutes(t *testing.T) {
	b := newBench(t)
	l := b.putAndClaim()
	b.giveUp(l)
	b.clock.pass(5*time.Minute - time.Millisecond)
	b.expectClaim()
	b.clock.pass(time.Millisecond)
	again := b.expectClaim(l.ID)[0]
	if again.Attempt != 2 {
		t.Errorf("attempt %d, want 2", again.Attempt)
	}
	if last := b.history(l.ID)[2]; last.Detail == "" {
		t.Error("the record does not say why it was leased again")
	}
	b.done(again)
}

func TestLeasesOfAnEarlierRunAreEnded(t *testing.T) {
	b := newBench(t)
	ids := b.lane("a", 2)
	stale := b.expectClaim(ids[0])[0]
	b.reopen()
	b.expect(ids[0], lgsp.Leased)
	b.expectClaim() // not before they are ended
	b.endLeases(1)
	b.endLeases(0)
	for verb, err := range b.settleAll(stale) {
		if !errors.Is(err, queue.ErrFenced) {
			t.Errorf("%s: %v, want it fenced", verb, err)
		}
	}
	l := b.expectClaim(ids[0])[0]
	if l.Attempt != 2 {
		t.Errorf("attempt %d, want 2", l.Attempt)
	}
	if d := b.load(l); string(d.Body) != "{a0}" {
		t.Errorf("document is %q", d.Body)
	}
	b.expectHistory(ids[0], "accepted, leased 1, retried 1, leased 2")
}

func TestAFeedGivesNoMoreLeasesThanItsLimit(t *testing.T) {
	b := newBench(t)
	for range 10 {
		b.put("", "", "x")
	}
	b.claim("hotich", 3)
	// A commit of any kind would lease more if it could.
	b.put("", "", "y")
	if n := len(b.items(queue.Filter{States: []lgsp.State{lgsp.Leased}})); n != 3 {
		t.Errorf("%d are leased, want 3", n)
	}
}

func TestAPlaceGivenBackIsUsedAgain(t *testing.T) {
	b := newBench(t)
	for range 3 {
		b.put("", "", "x")
	}
	f := b.feed("hotich")
	f.Limit(1)
	for range 3 {
		l := b.next(f)
		b.done(l)
		f.Return(l)
	}
	f.Limit(0)
}

func TestAFeedGetsOnlyItsUpstreamsMessages(t *testing.T) {
	b := newBench(t)
	e, d := b.message("DC-1", "", "x")
	other := b.putMessage(e, d, "dancu").ID
	mine := b.put("HS-1", "", "x")
	b.expectClaim(mine)
	b.expect(other, lgsp.Queued)
}

func TestMessagesAreLeasedInTheOrderTheyBecameDue(t *testing.T) {
	b := newBench(t)
	first := b.put("", "", "1")
	b.retry(b.claim("hotich", 1)[0], time.Minute)
	second := b.put("", "", "2")
	b.clock.pass(30 * time.Second)
	third := b.put("", "", "3")
	b.clock.pass(30 * time.Second)
	var got []lgsp.ID
	for range 3 {
		got = append(got, b.claim("hotich", 1)[0].ID)
	}
	if want := [3]lgsp.ID{second, third, first}; [3]lgsp.ID(got) != want {
		t.Errorf("leased %v, want %v", got, want)
	}
}

// Run notices by itself what becomes due, what another process queued, and a
// place given back; nobody knocks here.
func TestRunFindsWhatBecomesDueByItself(t *testing.T) {
	b := newBench(t)
	b.clock.start = time.Time{} // real time: nothing but Run's own look may find it
	f := b.feed("hotich")
	f.Limit(2)
	b.put("", "", "x")
	l := b.next(f)
	b.retry(l, 20*time.Millisecond)
	if again := b.next(f); again.ID != l.ID || again.Attempt != 2 {
		t.Errorf("leased %s attempt %d", again.ID, again.Attempt)
	}
}

func TestWhatAnotherProcessQueuedIsLeased(t *testing.T) {
	b := newBench(t)
	b.clock.start = time.Time{}
	id := b.parked("HS-1", "")
	f := b.feed("hotich")
	f.Limit(f.taken + 1)
	b.replayElsewhere(id)
	if l := b.next(f); l.ID != id {
		t.Errorf("leased %s, want %s", l.ID, id)
	}
}

// A settled outcome is recorded although the attempt's context has ended.
func TestAnOutcomeIsRecordedAfterItsContextHasEnded(t *testing.T) {
	b := newBench(t)
	l := b.putAndClaim()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := b.q.Done(ctx, l, lgsp.Ack{At: b.clock.now()}, 0); err != nil {
		t.Fatal(err)
	}
	b.expect(l.ID, lgsp.Delivered)
}

func TestALeaseTellsWhatWasPut(t *testing.T) {
	for _, c := range []struct {
		name  string
		lease func(b *bench) queue.Lease
	}{
		{"read back from disk", func(b *bench) queue.Lease { return b.claim("hotich", 1)[0] }},
		{"after a restart", func(b *bench) queue.Lease { b.reopen(); return b.claim("hotich", 1)[0] }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			e, d := b.message("HS-1", "a", "x")
			e.Charset, d.Purpose = "tcvn3", lgsp.Purpose{Procedure: "1.004222", Officer: "CB-07", Unit: "H29.11.03"}
			b.putMessage(e, d, "hotich")
			l := c.lease(b)
			if l.ID != e.ID || l.Attempt != 1 || l.Sender() != e.Sender || l.Service() != e.Service || !l.Received.Equal(e.Received) {
				t.Errorf("lease is %+v", l)
			}
			ge, gd, err := b.q.Load(context.Background(), l)
			if err != nil {
				t.Fatal(err)
			}
			if ge.ID != e.ID || ge.Source != e.Source || ge.Sender != e.Sender || ge.Service != e.Service || ge.Charset != e.Charset || !ge.Received.Equal(e.Received) || string(ge.Body) != string(e.Body) {
				t.Errorf("envelope is %+v, want %+v", ge, e)
			}
			if gd.Route != d.Route || gd.Purpose != d.Purpose || string(gd.Body) != string(d.Body) {
				t.Errorf("document is %+v, want %+v", gd, d)
			}
		})
	}
	b := newBench(t)
	if d := b.load(putWhileWanted(b)); string(d.Body) != "{x}" || d.Route != "nhanHoSoDKHT" {
		t.Errorf("leased at once, the document is %+v", d)
	}
}

// The wait before an attempt grows with those that failed on the wire, not with
// those that never came to it.
func TestALeaseTellsHowManyAttemptsFailed(t *testing.T) {
	b := newBench(t)
	b.put("HS-1", "", "x")
	next := func(want int64) queue.Lease {
		t.Helper()
		l := b.claim("hotich", 1)[0]
		if l.Failed != want {
			t.Errorf("attempt %d: %d have failed, want %d", l.Attempt, l.Failed, want)
		}
		return l
	}
	b.retry(next(0), 0)
	b.retry(next(1), 0)
	l := next(2)
	if err := b.q.Postpone(context.Background(), l, b.clock.now(), world, 0); err != nil {
		t.Fatal(err)
	}
	b.expectHistory(l.ID, "accepted, leased 1, retried 1, leased 2, retried 2, leased 3, retried 3")
	b.park(next(2))
	b.operate(b.q.Replay, only(l.ID), 1)
	b.done(next(0))
	if err := b.q.Postpone(context.Background(), l, b.clock.now(), world, 0); !errors.Is(err, queue.ErrFenced) {
		t.Errorf("a stale lease is postponed: %v", err)
	}
}
