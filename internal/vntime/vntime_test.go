package vntime_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/vntime"
)

func TestADayEndsAtMidnightInVietnam(t *testing.T) {
	for _, row := range []struct{ moment, day string }{
		{"2026-06-14T16:59:59.999Z", "2026-06-14"},
		{"2026-06-14T17:00:00Z", "2026-06-15"},
		{"2025-12-14T17:00:00Z", "2025-12-15"},
		{"1969-12-31T16:59:59.999Z", "1969-12-31"},
		{"1969-12-31T17:00:00Z", "1970-01-01"},
		{"1960-02-29T12:00:00Z", "1960-02-29"},
	} {
		at, err := time.Parse(time.RFC3339Nano, row.moment)
		if err != nil {
			t.Fatal(err)
		}
		if got := vntime.DayOf(at); got.String() != row.day {
			t.Errorf("%s belongs to %s, want %s", row.moment, got, row.day)
		}
	}
}

func TestEveryMomentLiesBetweenTheBeginAndTheEndOfItsDay(t *testing.T) {
	dice := rand.New(rand.NewPCG(rand.Uint64(), 0))
	for range 10_000 {
		at := time.UnixMilli(dice.Int64N(8_000_000_000_000) - 1_000_000_000_000)
		d := vntime.DayOf(at)
		if at.Before(d.Begin()) || !at.Before(d.End()) {
			t.Fatalf("%s is said to belong to %s", at.UTC(), d)
		}
		if y, m, n := d.Calendar(); vntime.Date(y, m, n) != d {
			t.Fatalf("%s becomes %s", d, vntime.Date(y, m, n))
		}
		if again, err := vntime.ParseDay(d.String()); err == nil && again != d {
			t.Fatalf("%s is read as %s", d, again)
		}
	}
}

func TestADayThatDoesNotExistIsRefused(t *testing.T) {
	for _, s := range []string{"", "2026-02-29", "14/6/2026", "2026-6-14", "1944-12-31", "2026-06-14T00:00:00Z"} {
		if d, err := vntime.ParseDay(s); err == nil {
			t.Errorf("%q is read as %s", s, d)
		}
	}
}

func TestDaysAreWrittenAsPeopleDo(t *testing.T) {
	if got := vntime.Date(2026, time.June, 4).Short(); got != "4/6/2026" {
		t.Errorf("got %s", got)
	}
}
