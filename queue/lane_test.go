package queue_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/queue"
)

func (b *bench) lane(lane string, n int) []lgsp.ID {
	b.t.Helper()
	var ids []lgsp.ID
	for i := range n {
		ids = append(ids, b.put(fmt.Sprint(lane, "-", i), lane, fmt.Sprint(lane, i)))
	}
	return ids
}

// drain delivers what can be delivered until nothing comes any more, and
// returns it in that order. No two of its leases are out at once in a lane
// unless the queue gives them together.
func (b *bench) drain() []lgsp.ID {
	b.t.Helper()
	var order []lgsp.ID
	for {
		leases := b.claimAll("hotich")
		if len(leases) == 0 {
			return order
		}
		for _, l := range leases {
			order = append(order, l.ID)
			b.done(l)
		}
	}
}

func TestMessagesOfALaneAreLeasedOneAfterTheOther(t *testing.T) {
	b := newBench(t)
	ids := b.lane("a", 4)
	for _, id := range ids {
		b.done(b.expectClaim(id)[0])
	}
	b.expectClaim()
}

func TestLanesDoNotWaitForEachOther(t *testing.T) {
	b := newBench(t)
	a, c := b.lane("a", 2), b.lane("c", 2)
	free := b.put("HS-9", "", "no lane")
	leases := b.expectClaim(a[0], c[0], free)
	b.done(leases[1])
	b.expectClaim(c[1])
}

func TestAMessageOfABusyLaneIsNotLeasedWhenItIsPut(t *testing.T) {
	b := newBench(t)
	first := b.lane("a", 1)[0]
	l := b.expectClaim(first)[0]
	f := b.feed("hotich")
	f.Limit(f.taken + 1)
	second := b.put("a-1", "a", "second")
	b.expect(second, lgsp.Queued)
	b.done(l)
	if got := b.next(f); got.ID != second {
		t.Errorf("leased %s, want %s", got.ID, second)
	}
}

func TestARetriedHeadHoldsItsLane(t *testing.T) {
	b := newBench(t)
	ids := b.lane("a", 2)
	b.retry(b.expectClaim(ids[0])[0], time.Minute)
	b.expectClaim()
	b.clock.pass(time.Minute)
	b.done(b.expectClaim(ids[0])[0])
	b.expectClaim(ids[1])
}

func TestAParkedHeadHoldsItsLaneUntilItIsReplayed(t *testing.T) {
	b := newBench(t)
	ids := b.lane("a", 3)
	b.park(b.expectClaim(ids[0])[0])
	b.expectClaim()
	last := b.put("a-3", "a", "after the parked one")
	b.expectClaim()
	b.operate(b.q.Replay, only(ids[0]), 1)
	if got, want := fmt.Sprint(b.drain()), fmt.Sprint(append(ids, last)); got != want {
		t.Errorf("delivered %s, want %s", got, want)
	}
}

func TestDroppingAParkedHeadFreesTheNext(t *testing.T) {
	b := newBench(t)
	ids := b.lane("a", 3)
	b.park(b.expectClaim(ids[0])[0])
	b.operate(b.q.Drop, only(ids[0]), 1)
	b.done(b.expectClaim(ids[1])[0])
	b.expectClaim(ids[2])
}

func TestADroppedMiddleKeepsTheOrder(t *testing.T) {
	b := newBench(t)
	ids := b.lane("a", 5)
	b.operate(b.q.Drop, only(ids[1], ids[3]), 2)
	for _, i := range []int{0, 2, 4} {
		b.done(b.expectClaim(ids[i])[0])
	}
}

func TestNeighboursDroppedTogetherKeepTheOrder(t *testing.T) {
	for name, drop := range map[string][]int{"head": {0, 1}, "middle": {1, 2, 3}, "end": {3, 4}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			ids := b.lane("a", 5)
			var dropped []lgsp.ID
			for _, i := range drop {
				dropped = append(dropped, ids[i])
			}
			b.operate(b.q.Drop, only(dropped...), int64(len(dropped)))
			for i := range ids {
				if !slices.Contains(drop, i) {
					b.done(b.expectClaim(ids[i])[0])
				}
			}
		})
	}
}

func TestADroppedEndLetsTheNextMessageFollowTheOneBefore(t *testing.T) {
	b := newBench(t)
	ids := b.lane("a", 3)
	b.operate(b.q.Drop, only(ids[2]), 1)
	next := b.put("a-3", "a", "next")
	b.done(b.expectClaim(ids[0])[0])
	b.done(b.expectClaim(ids[1])[0])
	b.expectClaim(next)
}

func TestAHeldMiddleHoldsOnlyWhatComesAfterIt(t *testing.T) {
	b := newBench(t)
	ids := b.lane("a", 3)
	b.operate(b.q.Hold, only(ids[1]), 1)
	b.done(b.expectClaim(ids[0])[0])
	b.expectClaim()
	b.operate(b.q.Replay, only(ids[1]), 1)
	b.done(b.expectClaim(ids[1])[0])
	b.expectClaim(ids[2])
}

func TestARejectedMessageHoldsNoPlaceInItsLane(t *testing.T) {
	b := newBench(t)
	b.reject("a-9", "a", "broken")
	ids := b.lane("a", 2)
	b.done(b.expectClaim(ids[0])[0])
	b.expectClaim(ids[1])
}

// A rejected message that is replayed takes the last place of its lane, and
// what comes later takes its place behind it.
func TestAReplayedRejectedMessageTakesTheLastPlace(t *testing.T) {
	b := newBench(t)
	rejected := b.reject("a-9", "a", "broken").ID
	ids := b.lane("a", 2)
	b.operate(b.q.Replay, only(rejected), 1)
	later := b.put("a-2", "a", "later")
	for _, id := range []lgsp.ID{ids[0], ids[1], rejected, later} {
		b.done(b.expectClaim(id)[0])
	}
}

func TestSeveralReplayedRejectedMessagesOfALaneStandInLine(t *testing.T) {
	b := newBench(t)
	r1, r2, r3 := b.reject("a-7", "a", "1").ID, b.reject("a-8", "a", "2").ID, b.reject("a-9", "a", "3").ID
	head := b.lane("a", 1)[0]
	b.operate(b.q.Replay, queue.Filter{}, 3)
	for _, id := range []lgsp.ID{head, r1, r2, r3} {
		b.done(b.expectClaim(id)[0])
	}
}

func TestAReplayedRejectedMessageOfAnEmptyLaneIsDueAtOnce(t *testing.T) {
	b := newBench(t)
	rejected := b.reject("a-9", "a", "broken").ID
	b.operate(b.q.Replay, only(rejected), 1)
	later := b.put("a-0", "a", "later")
	b.done(b.expectClaim(rejected)[0])
	b.expectClaim(later)
}

// The lane of a message that could not be mapped is not known: the sender's
// messages of the service keep their order.
func TestUnmappedMessagesKeepTheirOrderBySenderAndService(t *testing.T) {
	b := newBench(t)
	put := func(sender, service, body string) lgsp.ID {
		e, _ := b.message("", "", body)
		e.Sender, e.Service = sender, service
		return b.putMessage(e, lgsp.Document{}, "hotich").ID
	}
	first, second := put("H29.11", "hotich.khai-sinh", "1"), put("H29.11", "hotich.khai-sinh", "2")
	otherSender, otherService := put("H29.12", "hotich.khai-sinh", "3"), put("H29.11", "hotich.khai-tu", "4")
	leases := b.expectClaim(first, otherSender, otherService)
	e, d, err := b.q.Load(context.Background(), leases[0])
	if err != nil || d.Body != nil || string(e.Body) != "<raw>1</raw>" || e.Sender != "H29.11" || e.Service != "hotich.khai-sinh" {
		t.Errorf("loaded %+v %+v (%v)", e, d, err)
	}
	b.done(leases[0])
	b.expectClaim(second)
}

func TestALaneReachesAcrossUpstreams(t *testing.T) {
	b := newBench(t)
	b.feed("dancu")
	first := b.lane("a", 1)[0]
	e, d := b.message("DC-1", "a", "the citizen's record")
	second := b.putMessage(e, d, "dancu").ID
	l := b.expectClaim(first)[0]
	if got := b.claimAll("dancu"); len(got) != 0 {
		t.Fatalf("leased %v before the lane was free", idsOf(got))
	}
	b.done(l)
	if got := b.claim("dancu", 1)[0]; got.ID != second {
		t.Errorf("leased %s, want %s", got.ID, second)
	}
}
