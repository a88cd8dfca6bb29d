package queue_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/queue"
)

// leaving is a bench whose messages all count as having come long ago.
func leaving(t *testing.T, many int) *bench {
	b := newBench(t)
	b.tune = func(q *queue.Queue) { q.LeavePlaces(0, many) }
	b.reopen()
	return b
}

// expectPlaces fails unless so many places are on disk, and so many of them
// wait in memory for their deletion.
func (b *bench) expectPlaces(onDisk int64, left int) {
	b.t.Helper()
	n, err := b.q.PlacesLeft(context.Background())
	if have := b.count("select count(*) from place"); err != nil || have != onDisk || n != left {
		b.t.Errorf("%d places are on disk and %d wait for their deletion (%v), want %d and %d", have, n, err, onDisk, left)
	}
}

func TestAPlaceThatIsLeftHoldsNobodyBack(t *testing.T) {
	b := leaving(t, 1000)
	b.done(b.expectClaim(b.put("HS-1", "a", "x"))[0])
	b.expectPlaces(1, 1)
	second := b.put("HS-2", "a", "y")
	l := b.expectClaim(second)[0]
	third := b.put("HS-3", "a", "z")
	b.expectClaim()
	b.expectPlaces(3, 1)
	b.sweep()
	b.expectPlaces(2, 0)
	b.done(l)
	b.expectPlaces(1, 0) // at once, for another stands behind it
	b.done(b.expectClaim(third)[0])
	b.sweep()
	b.expectPlaces(0, 0)
}

func TestPlacesAreGivenUpTogether(t *testing.T) {
	const many = 8
	b := leaving(t, many)
	for i := range many {
		b.put(fmt.Sprint("HS-", i), fmt.Sprint("lane ", i), "x")
	}
	leases := b.claim("hotich", many)
	for _, l := range leases[1:] {
		b.done(l)
	}
	b.expectPlaces(many, many-1)
	b.done(leases[0])
	// The next commit, which is that of the question, deletes them.
	b.expectPlaces(0, many)
	b.expectPlaces(0, 0)
}

// The places of messages that came lately share few pages, so they are given up
// at once.
func TestThePlaceOfAFreshMessageIsGivenUpAtOnce(t *testing.T) {
	b := newBench(t)
	b.tune = func(q *queue.Queue) { q.LeavePlaces(2, 1000) }
	b.reopen()
	for i := range 4 {
		b.put(fmt.Sprint("HS-", i), fmt.Sprint("lane ", i), "x")
	}
	for _, l := range b.claim("hotich", 4) {
		b.done(l)
	}
	b.expectPlaces(2, 2)
}

func TestAPlaceThatWasForgottenLeavesWithItsMessage(t *testing.T) {
	b := leaving(t, 1000)
	first := b.put("HS-1", "a", "x")
	b.done(b.expectClaim(first)[0])
	b.reopen() // which forgets what was left
	b.expectPlaces(1, 0)
	second := b.put("HS-2", "a", "y")
	b.expectClaim(second)
	b.live(91 * day)
	b.sweep()
	b.expectPlaces(1, 0)
	if n := b.count("select count(*) from place p join message m using (seq) where m.id = ?", second.String()); n != 1 {
		t.Error("the place of the message that waits is gone")
	}
}

// A message that is mapped late leaves a lane that it may come back to.
func TestAMessageThatComesBackToALaneKeepsItsPlace(t *testing.T) {
	b := leaving(t, 1)
	id := b.unmapped("x")
	for _, lane := range []string{"a", "b", "a"} {
		l := b.expectClaim(id)[0]
		if !b.mapped(&l, lane) {
			t.Fatal("its lease ended, and the lane is empty")
		}
		b.retry(l, 0)
	}
	b.expectPlaces(1, 0)
	later := b.put("HS-2", "a", "later")
	l := b.expectClaim(id)[0]
	b.done(l)
	b.expectClaim(later)
}

func TestADroppedMessageGivesItsPlaceUp(t *testing.T) {
	b := leaving(t, 1000)
	ids := b.lane("a", 3)
	b.operate(b.q.Drop, only(ids[2]), 1)
	b.operate(b.q.Drop, only(ids[1]), 1)
	later := b.put("HS-9", "a", "later")
	b.done(b.expectClaim(ids[0])[0])
	b.expectClaim(later)
	b.sweep()
	b.expectPlaces(1, 0)
}

// What cannot be deleted does not stop the commits that it would go with.
func TestPlacesThatCannotBeDeletedStopNothing(t *testing.T) {
	b := leaving(t, 2)
	b.execBehind("create trigger no_leave before delete on place begin select raise(abort, 'damaged'); end")
	for i := range 4 {
		b.put(fmt.Sprint("HS-", i), fmt.Sprint("lane ", i), "x")
	}
	for _, l := range b.claim("hotich", 4) {
		b.done(l)
	}
	again := b.put("HS-9", "lane 1", "again")
	b.done(b.expectClaim(again)[0])
	b.execBehind("drop trigger no_leave")
	b.sweep()
	b.expectPlaces(4, 0) // forgotten
}

// A write that fails takes nothing with it that others of its commit have left.
func TestWhatAFailedCommitHasLeftIsNotDeleted(t *testing.T) {
	b := leaving(t, 1)
	first := b.put("HS-1", "a", "x")
	l := b.expectClaim(first)[0]
	b.execBehind("create trigger no_entry before insert on audit begin select raise(abort, 'damaged'); end")
	if err := b.q.Done(context.Background(), l, lgsp.Ack{At: b.clock.now()}, 0); err == nil || errors.Is(err, queue.ErrFenced) {
		t.Fatalf("done: %v, want it to fail", err)
	}
	b.execBehind("drop trigger no_entry")
	b.expectPlaces(1, 0)
	later := b.put("HS-2", "a", "y")
	b.expectClaim()
	b.done(l)
	b.expectClaim(later)
}

// TestLanesAreKeptByAnUpgrade makes a database as it was before places had a
// table of their own.
func TestLanesAreKeptByAnUpgrade(t *testing.T) {
	b := newBench(t)
	b.done(b.expectClaim(b.put("HS-8", "c", "x"))[0])
	ids := b.lane("a", 2)
	b.close()
	b.execBehind("update message set lane = null where state not in (1, 2, 4)")
	b.execBehind("create index message_lane on message (lane) where lane is not null")
	b.execBehind("drop table place")
	b.execBehind("update schema set version = 2 where name = 'queue'")
	b.open()
	b.expectPlaces(2, 0)
	later := b.put("HS-9", "a", "later")
	for _, id := range []lgsp.ID{ids[0], ids[1], later} {
		b.done(b.expectClaim(id)[0])
	}
}
