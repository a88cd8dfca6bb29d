package queue_test

import (
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/queue"
)

// A lease that is out in this process is live, whatever the clock says: its
// attempt is still on the wire, or its outcome waits for the disk.
func TestALiveLeaseIsNotGivenTwiceHoweverFarTheClockSteps(t *testing.T) {
	b := newBench(t)
	l := b.putAndClaim()
	for range 3 {
		b.clock.pass(30 * 24 * time.Hour)
		b.expectClaim()
	}
	if it := b.item(l.ID); it.Attempt != 1 {
		t.Errorf("attempt %d, want the first one still", it.Attempt)
	}
	b.done(l)
	b.expectHistory(l.ID, "accepted, leased 1, delivered 1")
}

func TestALiveLeaseIsMadeToLastLonger(t *testing.T) {
	b := newBench(t)
	l := b.putAndClaim()
	b.clock.pass(time.Hour)
	b.expectClaim()
	if n := b.count("select count(*) from message where state = 2 and due = ?", b.clock.now().Add(5*time.Minute).UnixMilli()); n != 1 {
		t.Errorf("the lease of %s does not last five minutes from now", l.ID)
	}
}

// Live leases must not use up the places of those that are due.
func TestLiveLeasesDoNotKeepOthersFromBeingLeased(t *testing.T) {
	b := newBench(t)
	for range 5 {
		b.put("", "", "x")
	}
	b.claim("hotich", 5)
	b.clock.pass(time.Hour)
	want := []lgsp.ID{b.put("", "", "y"), b.put("", "", "y")}
	var got []lgsp.ID
	for range want {
		got = append(got, b.claim("hotich", 1)[0].ID)
	}
	if got[0] != want[0] || got[1] != want[1] {
		t.Errorf("leased %v, want %v", got, want)
	}
}

func TestALeaseThatWasGivenUpExpires(t *testing.T) {
	b := newBench(t)
	l := b.putAndClaim()
	b.giveUp(l)
	b.expectClaim()
	b.clock.pass(5 * time.Minute)
	if again := b.expectClaim(l.ID)[0]; again.Attempt != 2 {
		t.Errorf("attempt %d, want 2", again.Attempt)
	}
}

// A place given back belongs to one attempt: the one before it, which came
// late, must not give back the place of the one after it.
func TestALateAttemptDoesNotGiveBackThePlaceOfTheNext(t *testing.T) {
	b := newBench(t)
	late := b.putAndClaim()
	b.endLeases(1)
	b.expectClaim(late.ID)
	b.giveUp(late)
	b.clock.pass(time.Hour)
	b.expectClaim()
}

// giveUp returns a lease whose outcome is never recorded.
func (b *bench) giveUp(l queue.Lease) {
	b.t.Helper()
	f := b.feed("hotich")
	f.taken--
	f.Limit(f.taken)
	f.Return(l)
}
