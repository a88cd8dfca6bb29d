package queue_test

import (
	"context"
	"errors"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/queue"
)

// unmapped puts a message whose mapper is down.
func (b *bench) unmapped(body string) lgsp.ID {
	b.t.Helper()
	e, _ := b.message("", "", body)
	return b.putMessage(e, lgsp.Document{}, "hotich").ID
}

// mapped tells the queue the lane of a leased message, and reports whether its
// lease goes on.
func (b *bench) mapped(l *queue.Lease, lane string) bool {
	b.t.Helper()
	_, d := b.message("", lane, "x")
	err := b.q.Identify(context.Background(), l, d)
	if err != nil && !errors.Is(err, queue.ErrFenced) {
		b.t.Fatal(err)
	}
	return err == nil
}

func TestAMessageThatWasMappedLateDoesNotOvertakeOlderOnesOfItsLane(t *testing.T) {
	b := newBench(t)
	older := b.parked("HS-1", "a")
	late := b.unmapped("x")
	if b.mapped(&b.expectClaim(late)[0], "a") {
		t.Error("it is delivered while an older message of its lane is parked")
	}
	b.expectClaim()
	b.operate(b.q.Replay, only(older), 1)
	b.done(b.expectClaim(older)[0])
	l := b.expectClaim(late)[0]
	if !b.mapped(&l, "a") {
		t.Error("it waits at the head of its lane")
	}
	later := b.put("HS-2", "a", "later")
	b.expectClaim()
	b.done(l)
	b.expectClaim(later)
}

// Those that came to the lane meanwhile keep their places.
func TestAMessageThatWasMappedLateTakesTheLastPlaceOfItsLane(t *testing.T) {
	b := newBench(t)
	late := b.unmapped("x")
	l := b.expectClaim(late)[0]
	ids := b.lane("a", 2)
	if b.mapped(&l, "a") {
		t.Error("it goes on although others stand in its lane")
	}
	later := b.put("HS-9", "a", "later")
	for _, id := range []lgsp.ID{ids[0], ids[1], late, later} {
		b.done(b.expectClaim(id)[0])
	}
}

func TestAMessageThatWasMappedLateLetsThoseBehindItGo(t *testing.T) {
	for name, lane := range map[string]string{"to a lane": "a", "to none": ""} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			first, second := b.unmapped("x"), b.unmapped("y")
			l := b.expectClaim(first)[0]
			if !b.mapped(&l, lane) {
				t.Error("its lease ended, and the lane is empty")
			}
			b.expectClaim(second)
			b.done(l)
		})
	}
}

// A rejected message whose lane could not be read has none until it is mapped.
func TestAReplayedMessageHoldsTheLaneThatWasFoundLate(t *testing.T) {
	b := newBench(t)
	id := b.reject("HS-1", "", "x").ID
	b.operate(b.q.Replay, only(id), 1)
	l := b.expectClaim(id)[0]
	if !b.mapped(&l, "a") {
		t.Error("its lease ended, and the lane is empty")
	}
	later := b.put("HS-2", "a", "later")
	b.expectClaim()
	b.done(l)
	b.expectClaim(later)
}

// What its mapping says of a message counts, although its plugin was down.
func TestTheOwnIDOfAMessageThatIsNotMappedYetIsKnown(t *testing.T) {
	b := newBench(t)
	put := func(own, text string, mapped bool) lgsp.Receipt {
		e, d := b.message(own, "a", text)
		if !mapped {
			d.Body = nil
		}
		return b.putMessage(e, d, "hotich")
	}
	first := put("HS-1", "x", false)
	for _, mapped := range []bool{false, true} {
		if got := put("HS-1", "x", mapped); got.ID != first.ID || !got.Duplicate {
			t.Errorf("mapped %v: receipt of the repeat is %+v, want that of %s", mapped, got, first.ID)
		}
	}
	made := put("HS-2", "y", true)
	// Whether this says the same as the second cannot be told yet.
	late := put("HS-2", "y", false)
	if late.ID == made.ID || late.Duplicate {
		t.Errorf("the receipt is %+v", late)
	}
	b.done(b.expectClaim(first.ID)[0])
	b.done(b.expectClaim(made.ID)[0])
	_, d := b.message("HS-2", "a", "y")
	l := b.expectClaim(late.ID)[0]
	if err := b.q.Identify(context.Background(), &l, d); lgsp.KindOf(err) != lgsp.Conflict {
		t.Errorf("two messages have one own id: %v", err)
	}
}
