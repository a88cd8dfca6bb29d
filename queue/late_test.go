package queue_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/sqlite"
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
func (b *bench) mapped(l queue.Lease, lane string) bool {
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
	if b.mapped(b.expectClaim(late)[0], "a") {
		t.Error("it is delivered while an older message of its lane is parked")
	}
	b.expectClaim()
	b.operate(b.q.Replay, only(older), 1)
	b.done(b.expectClaim(older)[0])
	l := b.expectClaim(late)[0]
	if !b.mapped(l, "a") {
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
	if b.mapped(l, "a") {
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
			if !b.mapped(l, lane) {
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
	if !b.mapped(l, "a") {
		t.Error("its lease ended, and the lane is empty")
	}
	later := b.put("HS-2", "a", "later")
	b.expectClaim()
	b.done(l)
	b.expectClaim(later)
}

// A message that takes the last seq late, and one that is put behind it, do not
// get in each other's way in one commit.
func TestAMessagePutInTheCommitThatRenumbersAnotherIsStored(t *testing.T) {
	b := newBench(t)
	late := b.unmapped("x")
	l := b.expectClaim(late)[0]
	b.lane("a", 1)
	runs := 0
	first := make(chan struct{})
	var wg sync.WaitGroup
	ctx := context.Background()
	wg.Go(func() {
		if err := b.db.Settle(ctx, func(tx *sqlite.Tx) error {
			if runs++; runs == 1 {
				close(first)
				time.Sleep(50 * time.Millisecond) // in which the others gather behind it
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
	<-first
	marked := 0
	wg.Go(func() {
		if err := b.db.Settle(ctx, func(*sqlite.Tx) error { marked++; return nil }); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(10 * time.Millisecond)
	_, d := b.message("", "a", "x")
	for i, do := range []func() error{
		func() error { return b.putOne("HS-11") },
		func() error {
			if err := b.q.Identify(ctx, l, d); !errors.Is(err, queue.ErrFenced) {
				return fmt.Errorf("identified: %v", err)
			}
			return nil
		},
		func() error { return b.putOne("HS-12") },
		func() error { return b.putOne("HS-13") },
	} {
		wg.Go(func() {
			if err := do(); err != nil {
				t.Error(i, err)
			}
		})
		time.Sleep(5 * time.Millisecond)
	}
	wg.Wait()
	if marked != 1 {
		t.Errorf("the commit was made %d times", marked)
	}
}

func (b *bench) putOne(id string) error {
	e, d := b.message(id, "", "x")
	_, err := b.q.Put(context.Background(), e, d, "hotich")
	return err
}
