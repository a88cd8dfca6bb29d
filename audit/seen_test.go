package audit_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
)

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// expectPrune prunes what is older than Retention by the clock.
func (b *bench) expectPrune(want int64, wantErr error) {
	b.t.Helper()
	if n, err := b.log.Prune(context.Background(), b.now.Add(-audit.Retention)); n != want || !errors.Is(err, wantErr) {
		b.t.Errorf("pruned %d (%v), want %d (%v)", n, err, want, wantErr)
	}
}

// A dead battery puts the clock years ahead, and a daemon that starts then
// writes entries, and seals, under that date.
func TestAClockThatIsYearsAheadPrunesNothing(t *testing.T) {
	b := newBench(t)
	b.append(3)
	b.live(30 * day)
	right := b.now
	b.now = b.now.Add(10 * year)
	b.expectPrune(0, audit.ErrUnseen)
	b.append(1) // the daemon has started
	for range 3 {
		b.live(100 * day)
		b.expectPrune(0, audit.ErrUnseen)
	}
	b.now = right.Add(300 * day)
	b.append(1)
	b.live(30 * day)
	b.expectPrune(0, nil)
	b.expectWhole(5)
}

// A clock that starts in the past makes what it dates look old once it is right.
func TestAClockThatWasYearsBehindPrunesNothing(t *testing.T) {
	b := newBench(t)
	right := b.now
	b.now = b.now.Add(-16 * year)
	b.append(3)
	b.live(time.Hour)
	b.now = right
	b.append(3)
	b.live(30 * day)
	b.expectPrune(0, audit.ErrUnseen)
	b.live(audit.Retention)
	b.expectPrune(6, nil)
}

func TestTimeThatTheMachineWasOffMakesNothingOlder(t *testing.T) {
	b := newBench(t)
	b.append(3)
	b.live(year)
	b.now = b.now.Add(90 * day)
	b.append(1)
	b.live(audit.Retention - year - 89*day)
	b.expectPrune(0, audit.ErrUnseen)
	b.live(90 * day)
	b.expectPrune(3, nil)
	b.expectWhole(1)
}

func TestAWeekendOnWhichTheMachineWasOffCounts(t *testing.T) {
	b := newBench(t)
	b.append(3)
	for begun := b.now; b.now.Sub(begun) < audit.Retention+7*day; {
		b.live(4 * day)
		b.now = b.now.Add(3 * day)
	}
	b.expectPrune(3, nil)
}

// Without the heads nothing tells what time has passed.
func TestWithoutItsHeadsFileNothingIsPruned(t *testing.T) {
	b := newBench(t)
	b.append(3)
	b.live(audit.Retention + day)
	if err := os.Remove(b.path + ".heads"); err != nil {
		t.Fatal(err)
	}
	b.open()
	b.expectPrune(0, audit.ErrUnseen)
	b.live(audit.Retention)
	b.expectPrune(3, nil)
}

func TestWhatWasSeenOutlivesARestart(t *testing.T) {
	b := newBench(t)
	b.append(3)
	b.live(audit.Retention + day)
	b.open()
	b.expectPrune(3, nil)
}

func TestAgoCountsOnlyTimeThatWasSeen(t *testing.T) {
	b := newBench(t)
	ago := func(d time.Duration) time.Time {
		t.Helper()
		at, err := b.log.Ago(d)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	start := b.now
	if at := ago(0); !at.Equal(start) {
		t.Errorf("nothing ago was %s", at)
	}
	if at := ago(time.Second); !at.IsZero() {
		t.Errorf("a second ago was %s, before anything was seen", at)
	}
	b.append(1)
	b.live(10 * day)
	begun := b.now.Add(-10 * day)
	b.now = b.now.Add(year)
	if _, step, err := b.log.Step(); !step || err != nil {
		t.Errorf("the step is not told (%v)", err)
	}
	b.live(5 * day)
	if since, step, err := b.log.Step(); step || err != nil || !since.Equal(b.now) {
		t.Errorf("a step since %s is told (%v)", since, err)
	}
	for d, want := range map[time.Duration]time.Time{
		0: b.now, 5 * day: b.now.Add(-5 * day), 6 * day: begun.Add(9 * day), 15 * day: begun, 16 * day: {},
	} {
		if at := ago(d); !at.Equal(want) {
			t.Errorf("%s ago was %s, want %s", d, at, want)
		}
	}
}

func TestAHeadIsSealedAgainAfterADay(t *testing.T) {
	b := newBench(t)
	b.append(1)
	b.seal()
	once := b.heads()
	b.now = b.now.Add(day - time.Millisecond)
	b.seal()
	if b.heads() != once {
		t.Error("it was sealed again within a day")
	}
	b.now = b.now.Add(time.Millisecond)
	b.seal()
	if len(b.heads()) != 2*len(once) {
		t.Error("it was not sealed again after a day")
	}
	b.expectWhole(1)
}
