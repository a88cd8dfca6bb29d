package queue_test

import (
	"context"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/queue"
)

func TestARowWhoseIdIsDamagedIsParkedAndTheRestFlows(t *testing.T) {
	b := newBench(t)
	b.damaged = true
	b.put("HS-1", "", "x")
	good := b.put("HS-2", "", "y")
	b.execBehind("update message set id = 'not an id' where seq = 1")
	if l := b.claim("hotich", 1)[0]; l.ID != good {
		t.Errorf("claimed %s, want the message that is whole", l.ID)
	}
	if n := b.count("select count(*) from message where seq = 1 and state = 4 and code = 'Damaged'"); n != 1 {
		t.Error("the damaged row is not parked")
	}
}

func TestWhatAClockThatWasAheadPutOffIsDueOnceItIsSetRight(t *testing.T) {
	b := newBench(t)
	b.clock.pass(24 * time.Hour)
	id := b.put("HS-1", "", "x")
	b.clock.pass(-24 * time.Hour)
	if _, err := b.q.EndLeases(context.Background()); err != nil {
		t.Fatal(err)
	}
	if l := b.claim("hotich", 1)[0]; l.ID != id {
		t.Errorf("claimed %s, want %s", l.ID, id)
	}
}

func TestRunSetsRightWhatTheClockPutOff(t *testing.T) {
	b := newBench(t)
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	feed := b.q.Feed("hotich", 1)
	b.clock.pass(24 * time.Hour)
	id := b.put("HS-1", "", "x")
	b.clock.pass(-24 * time.Hour)
	go b.q.Run(ctx) // which has not seen that the clock was ahead
	feed.Limit(1)
	select {
	case l := <-feed.Leases():
		if l.ID != id {
			t.Errorf("leased %s, want %s", l.ID, id)
		}
	case <-ctx.Done():
		t.Error("the message waits for the clock")
	}
}

// A step of the clock and back, while nothing was committed, does not keep Run
// from looking for what another process queued.
func TestRunLooksOnAfterAStepOfTheClockThatNobodyNoticed(t *testing.T) {
	read := make(chan time.Time, 1) // what the clock showed
	b := newBench(t, func(_ *sqlite.Options, o *queue.Options) {
		now := o.Now
		o.Now = func() time.Time {
			at := now()
			select {
			case read <- at:
			default:
			}
			return at
		}
	})
	b.clock.start = time.Time{} // real time
	id := b.parked("HS-1", "")
	f := b.feed("hotich")
	b.clock.pass(time.Hour)
	for ahead := time.Now().Add(30 * time.Minute); (<-read).Before(ahead); {
		f.Limit(0) // has Run look, and gives it no place
	}
	b.clock.pass(-time.Hour)
	f.Limit(f.taken + 1)
	b.replayElsewhere(id)
	if l := b.next(f); l.ID != id {
		t.Errorf("leased %s, want %s", l.ID, id)
	}
}

// TestARepeatWhileTheMapperIsDownIsTheSameMessage keeps a sender that sends
// again and again from having one message delivered more than once.
func TestARepeatWhileTheMapperIsDownIsTheSameMessage(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	e, _ := b.message("HS-1", "", "x")
	first, err := b.q.Put(ctx, e, lgsp.Document{}, "hotich")
	if err != nil {
		t.Fatal(err)
	}
	again, _ := b.message("HS-1", "", "x")
	second, err := b.q.Put(ctx, again, lgsp.Document{}, "hotich")
	if err != nil || !second.Duplicate || second.ID != first.ID {
		t.Errorf("the repeat got %+v (%v), want the receipt of %s", second, err, first.ID)
	}
}

func TestAMessageThatWasMappedLateHoldsItsOwnId(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	e, d := b.message("HS-1", "", "x")
	first, err := b.q.Put(ctx, e, lgsp.Document{}, "hotich")
	if err != nil {
		t.Fatal(err)
	}
	l := b.claim("hotich", 1)[0]
	if err := b.q.Identify(ctx, &l, d); err != nil {
		t.Fatal(err)
	}
	b.done(l)
	other, od := b.message("HS-1", "", "another")
	if _, err := b.q.Put(ctx, other, od, "hotich"); lgsp.KindOf(err) != lgsp.Conflict {
		t.Errorf("another message with its id: %v, want a conflict", err)
	}
	if items := b.items(queue.Filter{LegacyID: "HS-1"}); len(items) != 1 || items[0].ID != first.ID.String() {
		t.Errorf("found %v under its own id", items)
	}
}

func TestAMessageThatWasMappedLateDoesNotTakeTheIdOfAnother(t *testing.T) {
	b := newBench(t)
	ctx := context.Background()
	e, d := b.message("HS-1", "", "x")
	if _, err := b.q.Put(ctx, e, lgsp.Document{}, "hotich"); err != nil {
		t.Fatal(err)
	}
	b.put("HS-1", "", "y")
	l := b.claim("hotich", 2)[0]
	if err := b.q.Identify(ctx, &l, d); lgsp.KindOf(err) != lgsp.Conflict {
		t.Errorf("identified with %v, want a conflict", err)
	}
}

// An orphan in the place of a message's payload must not have the message taken
// for a repeat of itself.
func TestAMessageWhosePayloadCannotBeStoredIsNotAccepted(t *testing.T) {
	b := newBench(t)
	b.damaged = true
	b.put("HS-1", "", "x")
	b.execBehind("insert into payload (seq, sealed) values (2, x'00')")
	e, d := b.message("HS-2", "", "y")
	if receipt, err := b.q.Put(context.Background(), e, d, "hotich"); err == nil {
		t.Errorf("accepted as %+v", receipt)
	}
	if items := b.items(queue.Filter{LegacyID: "HS-2"}); len(items) != 0 {
		t.Errorf("held: %+v", items)
	}
}
