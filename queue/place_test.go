package queue_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
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

// A sweep takes what was left when it began, and ends while others are left.
func TestASweepEndsWhilePlacesAreLeft(t *testing.T) {
	b := leaving(t, 1<<20)
	f := b.feed("hotich")
	f.Limit(1 << 20)
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	var next atomic.Int64
	deliver := func() error {
		i := next.Add(1)
		e, d := b.message(fmt.Sprint("HS-", i), fmt.Sprint("lane ", i), "x")
		if _, err := b.q.Put(ctx, e, d, "hotich"); err != nil {
			return err
		}
		l := <-f.Leases()
		defer f.Return(l)
		return b.q.Done(ctx, l, lgsp.Ack{At: b.clock.now()}, 0)
	}
	const senders = 32 // so many that each commit has an outcome
	var ended [senders]error
	var all sync.WaitGroup
	for i := range senders {
		all.Go(func() {
			for ended[i] == nil {
				ended[i] = deliver()
			}
		})
	}
	most := int64(0) // messages that came during one sweep
	for next.Load() < 4000 && ctx.Err() == nil {
		before := next.Load()
		if _, err := b.q.Sweep(ctx); err != nil {
			t.Errorf("a sweep ended with %v", err)
		}
		most = max(most, next.Load()-before)
	}
	if most > 5000 {
		t.Errorf("%d messages came during one sweep", most)
	}
	stop()
	all.Wait()
	for _, err := range ended {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("messages stopped with %v", err)
		}
	}
}

// damageLast makes the last leaf of a table or an index unreadable.
func (b *bench) damageLast(name string) { b.t.Helper(); b.damageLeaf(name, false) }

// damageLeaf makes the first or the last leaf of a table or an index unreadable.
func (b *bench) damageLeaf(name string, first bool) {
	b.t.Helper()
	const pageSize = 4096
	page, number := make([]byte, pageSize), b.count("select rootpage from sqlite_master where name = ?", name)
	b.close()
	b.damaged = true
	f, err := os.OpenFile(b.path, os.O_RDWR, 0)
	if err != nil {
		b.t.Fatal(err)
	}
	for inner := true; inner; {
		if _, err := f.ReadAt(page, (number-1)*pageSize); err != nil {
			b.t.Fatal(err)
		}
		if inner = page[0] == 5 || page[0] == 2; inner {
			child := page[8:]
			if first {
				child = page[binary.BigEndian.Uint16(page[12:]):]
			}
			number = int64(binary.BigEndian.Uint32(child))
		}
	}
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xff}, pageSize), (number-1)*pageSize); err != nil {
		b.t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.t.Fatal(err)
	}
	b.open()
}

func TestOutcomesAreRecordedWhileTheLastMessagesAreDamaged(t *testing.T) {
	b := newBench(t)
	for i := range 200 {
		b.put("", fmt.Sprint("lane ", i), "x")
	}
	b.damageLast("message")
	for _, l := range b.claim("hotich", 3) {
		b.done(l)
	}
}

// An outcome whose place cannot be given up fails once, so that it is known,
// and is then recorded without.
func TestOutcomesAreRecordedWhilePlacesAreDamaged(t *testing.T) {
	b := newBench(t)
	for i := range 600 {
		b.put("", fmt.Sprint("lane ", i), "x")
	}
	b.damageLast("place")
	failed := 0
	for _, l := range b.claim("hotich", 600) {
		for b.q.Done(context.Background(), l, lgsp.Ack{At: b.clock.now()}, 0) != nil {
			if failed++; failed > 1 {
				t.Fatal("a second outcome could not be recorded")
			}
		}
	}
	if failed != 1 {
		t.Errorf("%d outcomes failed: the damaged page was not met", failed)
	}
}

// What is damaged of the index of those who wait holds up those who are found
// by it. One outcome of anybody fails before that is known.
func TestOutcomesAreRecordedWhileTheFirstOfThoseWhoWaitAreDamaged(t *testing.T) {
	b := newBench(t)
	for i := range 900 {
		b.put("", fmt.Sprint("lane ", i%2), "x")
	}
	alone := b.put("", "a lane of its own", "x")
	b.damageLeaf("message_waits", true)
	failed := map[bool]int{}
	for _, l := range b.claim("hotich", 3) {
		for range 3 {
			if b.q.Done(context.Background(), l, lgsp.Ack{At: b.clock.now()}, 0) == nil {
				break
			}
			failed[l.ID == alone]++
		}
	}
	if failed[true] > 1 || failed[false] != 6 {
		t.Errorf("outcomes of the message that nobody waits for failed %d times, want once at most; those of the others %d times, want 6", failed[true], failed[false])
	}
}

// A lane that is too short to be a hash is damage of one row.
func TestAMessageWithADamagedLaneIsDelivered(t *testing.T) {
	b := leaving(t, 1)
	b.put("HS-1", "a", "x")
	b.execBehind("update message set lane = x'01'")
	b.done(b.claim("hotich", 1)[0])
}

func TestInspectTellsOfAMessageWithoutItsPlace(t *testing.T) {
	b := newBench(t)
	id := b.parked("HS-1", "a")
	b.damaged = true
	b.execBehind("delete from place")
	found, err := b.q.Inspect(context.Background())
	if err != nil || len(found) != 1 || found[0].Message != id.String() || !strings.Contains(found[0].Text, "overtake") {
		t.Errorf("found %v (%v)", found, err)
	}
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
// table of their own, with the index of ended messages of that time.
func TestLanesAreKeptByAnUpgrade(t *testing.T) {
	b := newBench(t)
	b.done(b.expectClaim(b.put("HS-8", "c", "x"))[0])
	ids := b.lane("a", 2)
	b.close()
	b.execBehind("update message set lane = null where state not in (1, 2, 4)")
	b.execBehind("create index message_lane on message (lane) where lane is not null")
	b.execBehind("drop index message_old")
	b.execBehind("create index message_old on message (payload > 0, state, changed) where state in (3, 5, 6, 7)")
	b.execBehind("drop table place")
	b.execBehind("alter table message rename column lane_rejected to lane_off")
	b.execBehind("update schema set version = 2 where name = 'queue'")
	b.open()
	b.expectPlaces(2, 0)
	// What an older program that still runs would write with must be gone.
	if _, err := b.db.Read().ExecContext(context.Background(), "explain update message set lane_off = null"); err == nil {
		t.Error("an older program could go on storing messages, without places")
	}
	later := b.put("HS-9", "a", "later")
	for _, id := range []lgsp.ID{ids[0], ids[1], later} {
		b.done(b.expectClaim(id)[0])
	}
	if b.count("select count(*) from sqlite_schema where name = 'message_old' and sql not like '% in (%'") != 1 {
		t.Error("the index of ended messages is as it was")
	}
}
