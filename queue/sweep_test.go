package queue_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/queue"
)

const day = 24 * time.Hour

func (b *bench) payloads() int64 {
	b.t.Helper()
	return b.count("select count(*) from payload")
}

func TestAPayloadLeavesAfterTheGracePeriod(t *testing.T) {
	b := newBench(t)
	l := b.putAndClaim()
	b.done(l)
	b.live(day - time.Millisecond)
	if s := b.sweep(); s.Purged != 0 || b.payloads() != 1 {
		t.Errorf("swept %+v before the grace period was over", s)
	}
	b.live(time.Millisecond)
	if s := b.sweep(); s.Purged != 1 || b.payloads() != 0 {
		t.Errorf("swept %+v, want one payload purged", s)
	}
	if it := b.item(l.ID); it.State != "delivered" || it.Bytes != 0 {
		t.Errorf("the purged message shows %+v", it)
	}
	if s := b.sweep(); s != (queue.Swept{}) {
		t.Errorf("a second sweep did %+v", s)
	}
}

func TestTheGracePeriodCanBeSet(t *testing.T) {
	b := newBench(t, func(_ *sqlite.Options, o *queue.Options) { o.Grace = time.Minute })
	b.done(b.putAndClaim())
	b.live(time.Minute)
	if s := b.sweep(); s.Purged != 1 {
		t.Errorf("swept %+v", s)
	}
}

func TestEachFinalStateHasItsRetention(t *testing.T) {
	keep := map[string]time.Duration{"delivered": 10 * day, "rejected": 20 * day, "dropped": 30 * day, "superseded": 40 * day}
	b := newBench(t, func(_ *sqlite.Options, o *queue.Options) {
		o.Retain = queue.Retention{Delivered: keep["delivered"], Rejected: keep["rejected"], Dropped: keep["dropped"], Superseded: keep["superseded"]}
	})
	b.oneInEachState()
	for _, state := range []string{"delivered", "rejected", "dropped", "superseded"} {
		b.live(keep[state] - time.Millisecond - time.Duration(b.clock.ahead.Load()))
		b.sweep()
		b.expectStates(state, 1)
		b.live(time.Millisecond)
		if s := b.sweep(); s.Removed != 1 {
			t.Errorf("%s: swept %+v", state, s)
		}
		b.expectStates(state, 0)
	}
}

func (b *bench) expectStates(state string, want int) {
	b.t.Helper()
	s, _ := lgsp.ParseState(state)
	if n := len(b.items(queue.Filter{States: []lgsp.State{s}})); n != want {
		b.t.Errorf("%d messages are %s, want %d", n, state, want)
	}
}

func TestWhatIsNotFinishedIsNeverRemoved(t *testing.T) {
	b := newBench(t)
	b.oneInEachState()
	b.live(200 * day)
	b.sweep()
	var left []string
	for _, it := range b.items(queue.Filter{}) {
		left = append(left, it.State)
		if it.Bytes == 0 {
			t.Errorf("the payload of the %s message was purged", it.State)
		}
	}
	if got := strings.Join(left, " "); got != "parked leased queued" {
		t.Errorf("left are %q, want parked, leased and queued", got)
	}
	if b.payloads() != 3 {
		t.Errorf("%d payloads are left, want 3", b.payloads())
	}
	b.operate(b.q.Replay, queue.Filter{}, 1)
	for _, l := range b.claimAll("hotich") {
		if _, _, err := b.q.Load(context.Background(), l); err != nil {
			t.Error(err)
		}
	}
}

// What is delivered gives way to what is not yet: early purge without room.
func TestWithoutRoomTheGracePeriodIsWaived(t *testing.T) {
	full := int64(0)
	b := newBench(t, func(o *sqlite.Options, _ *queue.Options) { o.MaxBytes = full })
	b.done(b.putAndClaim())
	parked := b.parked("HS-2", "")
	rejected := b.reject("HS-3", "", "x").ID
	if s := b.sweep(); s.Purged != 0 {
		t.Fatalf("swept %+v with room", s)
	}
	full = 1
	b.reopen()
	if b.q.Room() == nil {
		t.Fatal("there is room")
	}
	e, d := b.message("HS-9", "", "x")
	_, err := b.q.Put(context.Background(), e, d, "hotich")
	if lgsp.KindOf(err) != lgsp.Throttled || lgsp.TextOf(err) == "" {
		t.Errorf("put without room: %v", err)
	}
	if s := b.sweep(); s.Purged != 1 {
		t.Errorf("swept %+v, want one payload purged", s)
	}
	b.operate(b.q.Replay, only(parked, rejected), 2)
	for _, l := range b.claim("hotich", 2) {
		b.done(l)
	}
	full = 0
	b.reopen()
	b.putMessage(e, d, "hotich")
}

func TestTheFileShrinksWhenPayloadsAreGone(t *testing.T) {
	b := newBench(t)
	const n = 400
	body := strings.Repeat("x", 128<<10)
	for range n {
		b.put("", "", body)
	}
	b.reopen()
	before := fileSize(t, b.path)
	for _, l := range b.claim("hotich", n) {
		b.done(l)
	}
	b.live(2 * day)
	s := b.sweep()
	b.reopen()
	after := fileSize(t, b.path)
	if s.Purged != n || s.Pages == 0 || before < n*128<<10 || after > before/2 {
		t.Errorf("swept %+v: %d bytes became %d", s, before, after)
	}
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestASweepEndsWithItsContext(t *testing.T) {
	b := newBench(t)
	b.done(b.putAndClaim())
	b.live(2 * day)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if s, err := b.q.Sweep(ctx); err == nil || s.Purged != 0 {
		t.Errorf("%+v %v", s, err)
	}
}

func TestAClockThatIsYearsAheadSweepsNothing(t *testing.T) {
	b := newBench(t)
	b.oneInEachState()
	b.live(time.Hour)
	b.clock.pass(10 * 365 * day)
	if s := b.sweep(); s != (queue.Swept{}) {
		t.Errorf("swept %+v", s)
	}
	b.put("HS-9", "", "x") // and the record is sealed under that date
	b.live(20 * time.Hour)
	if s := b.sweep(); s != (queue.Swept{}) {
		t.Errorf("swept %+v after twenty hours under that date", s)
	}
	b.live(4 * time.Hour)
	if s := b.sweep(); s.Purged == 0 {
		t.Error("the grace period does not pass under that date")
	}
}

// What bears a time to come would rest in the queue until then.
func TestWhatAClockThatWasAheadDatedLeavesAsTheRestDoes(t *testing.T) {
	b := newBench(t)
	b.put("HS-0", "", "x")
	b.live(time.Hour)
	b.clock.pass(10 * 365 * day)
	b.put("HS-1", "", "x")
	for _, l := range b.claim("hotich", 2) {
		b.done(l)
	}
	b.live(time.Hour)
	b.clock.pass(-10 * 365 * day)
	b.live(time.Hour)
	b.sweep()
	b.live(day)
	if s := b.sweep(); s.Purged != 2 {
		t.Errorf("swept %+v, want both payloads purged", s)
	}
}
