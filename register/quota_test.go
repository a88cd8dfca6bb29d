package register

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

// nothingBefore is a record without look-ups.
func nothingBefore(context.Context, string) (func(_, _, _ string) int64, error) {
	return func(_, _, _ string) int64 { return 0 }, nil
}

// quotasOf counts where nothing was used.
func quotasOf(grants ...Grant) (*Quotas, []*Grant) {
	var held []*Grant
	for i := range grants {
		held = append(held, &grants[i])
	}
	return NewQuotas(nothingBefore), held
}

// takeAll takes from a quota until it is used up and returns how many it gave.
func takeAll(t *testing.T, q *Quotas, g *Grant, now time.Time) (n int) {
	t.Helper()
	for ; n <= g.Quota; n++ {
		if _, err := q.Take(t.Context(), g, now); err != nil {
			if err.Kind != lgsp.Throttled || err.Code != "Quota" || !strings.HasSuffix(err.Text, ".") {
				t.Fatalf("got %v (%s) %q", err, err.Code, err.Text)
			}
			return n
		}
	}
	t.Fatalf("%d were given of a quota of %d", n, g.Quota)
	return n
}

func TestADayBelongsToVietnamsTime(t *testing.T) {
	for want, at := range map[string]time.Time{
		"2026-07-15": time.Date(2026, 7, 15, 16, 59, 59, 999, time.UTC),
		"2026-07-16": time.Date(2026, 7, 15, 17, 0, 0, 0, time.UTC),
		"2026-01-01": time.Date(2025, 12, 31, 9, 0, 0, 0, time.FixedZone("", -8*60*60)),
	} {
		if got := Day(at); got != want {
			t.Errorf("%s is of %s, want %s", at, got, want)
		}
	}
}

func TestAQuotaIsForOneDayAndBeginsAnewAtMidnightInVietnam(t *testing.T) {
	q, held := quotasOf(grantFor(t))
	g, midnight := held[0], dayIn(2026, 7, 16)
	if n := takeAll(t, q, g, summer); n != 10 {
		t.Errorf("%d were given, want 10", n)
	}
	if n := takeAll(t, q, g, midnight.Add(-1)); n != 0 {
		t.Errorf("%d more were given before midnight", n)
	}
	if n := takeAll(t, q, g, midnight.UTC()); n != 10 {
		t.Errorf("%d were given on the next day, want 10", n)
	}
}

func TestWhoHasUsedUpAQuotaIsToldToComeBackAtMidnightInVietnam(t *testing.T) {
	for now, want := range map[time.Time]time.Duration{
		summer:                               15 * time.Hour,
		dayIn(2026, 7, 16).Add(-time.Second): time.Second,
		dayIn(2026, 7, 15):                   24 * time.Hour,
		time.Date(2026, 12, 31, 10, 0, 0, 0, time.UTC): 7 * time.Hour, // over the end of a year
	} {
		q, held := quotasOf(grantFor(t))
		takeAll(t, q, held[0], now)
		if _, err := q.Take(t.Context(), held[0], now); err == nil || err.After != want {
			t.Errorf("at %s: %v after %s, want %s", now, err, err.After, want)
		}
	}
}

func TestAClockThatIsWrongForAWhileGivesNoSecondQuota(t *testing.T) {
	q, held := quotasOf(grantFor(t))
	takeAll(t, q, held[0], summer)
	for _, wrong := range []time.Duration{-time.Second, -24 * time.Hour, 24 * time.Hour, 366 * 24 * time.Hour, 3 * 366 * 24 * time.Hour} {
		takeAll(t, q, held[0], summer.Add(wrong)) // at most what that day has
		if n := takeAll(t, q, held[0], summer.Add(wrong)); n != 0 {
			t.Errorf("%s off: %d more were given", wrong, n)
		}
		if n := takeAll(t, q, held[0], summer); n != 0 {
			t.Errorf("%s off: %d more were given when the clock was right again", wrong, n)
		}
	}
}

func TestADayThatIsCountedAgainGoesOnFromTheRecord(t *testing.T) {
	used := map[string]int64{}
	q := NewQuotas(func(_ context.Context, day string) (func(_, _, _ string) int64, error) {
		before := used[day]
		return func(_, _, _ string) int64 { return before }, nil
	})
	g := grantFor(t)
	for range 2 {
		for i := range 3 * daysKept { // more days than are counted beside each other
			now := summer.AddDate(0, 0, i)
			for range 4 {
				if day, err := q.Take(t.Context(), &g, now); err == nil {
					used[day]++
				}
			}
		}
	}
	for day, n := range used {
		if n != 8 {
			t.Errorf("%s: %d of 8 were given", day, n)
		}
	}
	for i := range 3 * daysKept {
		if n := takeAll(t, q, &g, summer.AddDate(0, 0, i)); n != 2 {
			t.Errorf("%d were left of the quota of 10 after 8", n)
		}
	}
}

func TestWhereTheRecordCannotBeReadNobodyIsAskedAbout(t *testing.T) {
	broken := errors.New("locked")
	err := broken
	q := NewQuotas(func(context.Context, string) (func(_, _, _ string) int64, error) {
		return func(_, _, _ string) int64 { return 9 }, err
	})
	g := grantFor(t)
	if _, refused := q.Take(t.Context(), &g, summer); refused == nil || refused.Kind != lgsp.Unavailable || refused.After <= 0 || !errors.Is(refused, broken) {
		t.Errorf("got %v", refused)
	}
	err = nil
	if n := takeAll(t, q, &g, summer); n != 1 {
		t.Errorf("%d were given once it could be read, want 1", n)
	}
}

func TestTheQuotaOfOnePlaceIsNobodyElses(t *testing.T) {
	places := []func(*Grant){
		func(*Grant) {}, func(g *Grant) { g.Department = "H29.12" }, func(g *Grant) { g.System = "hotich" }, func(g *Grant) { g.Service = "dancu.xac-thuc" },
	}
	var grants []Grant
	for _, set := range places {
		grants = append(grants, grantFor(t, set))
	}
	q, held := quotasOf(grants...)
	for _, g := range held {
		if n := takeAll(t, q, g, summer); n != 10 {
			t.Errorf("%s %s %s: %d were given, want 10", g.Department, g.System, g.Service, n)
		}
	}
}

func TestGrantsOfOnePlaceShareWhatWasUsed(t *testing.T) {
	q, held := quotasOf(grantFor(t), grantFor(t, purposes("1.009999"), func(g *Grant) { g.Quota = 12 }))
	takeAll(t, q, held[0], summer)
	if n := takeAll(t, q, held[1], summer); n != 2 {
		t.Errorf("%d more were given by the grant of 12, want 2", n)
	}
	if n := takeAll(t, q, held[0], summer); n != 0 {
		t.Errorf("%d more were given by the grant of 10", n)
	}
}

func TestALookUpThatWasNotMadeIsGivenBack(t *testing.T) {
	q, held := quotasOf(grantFor(t))
	g, day := held[0], Day(summer)
	q.GiveBack(g, day) // nothing was taken, so nothing is won
	if n := takeAll(t, q, g, summer); n != 10 {
		t.Errorf("%d were given, want 10", n)
	}
	q.GiveBack(g, day)
	q.GiveBack(g, day)
	if n := takeAll(t, q, g, summer); n != 2 {
		t.Errorf("%d were given, want the 2 that came back", n)
	}
}

func TestALookUpIsGivenBackToTheDayItWasTakenFrom(t *testing.T) {
	q, held := quotasOf(grantFor(t))
	g, midnight := held[0], dayIn(2026, 7, 16)
	day, err := q.Take(t.Context(), g, midnight.Add(-1))
	if err != nil || day != "2026-07-15" {
		t.Fatalf("taken of %s, %v", day, err)
	}
	takeAll(t, q, g, midnight)
	q.GiveBack(g, day)
	if n := takeAll(t, q, g, midnight); n != 0 {
		t.Errorf("%d more were given on the next day", n)
	}
	if n := takeAll(t, q, g, midnight.Add(-1)); n != 10 {
		t.Errorf("%d were left on the day before, want 10", n)
	}
}

func TestARestartGoesOnWithWhatTheDayHadUsed(t *testing.T) {
	grants := []Grant{grantFor(t), grantFor(t, func(g *Grant) { g.System = "hotich" }), grantFor(t, func(g *Grant) { g.System = "nothing-yet" })}
	used := map[place]int64{
		{askingDepartment, askingSystem, askedService}: 7,
		{askingDepartment, "hotich", askedService}:     1 << 40, // more than its quota, which was cut
		{"H29.99", "gone", askedService}:               5,       // has no grant any more
	}
	q := NewQuotas(func(ctx context.Context, day string) (func(_, _, _ string) int64, error) {
		if day != Day(summer) {
			return nothingBefore(ctx, day)
		}
		return func(department, system, service string) int64 { return used[place{department, system, service}] }, nil
	})
	for i, want := range []int{3, 0, 10} {
		if n := takeAll(t, q, &grants[i], summer); n != want {
			t.Errorf("%s: %d were given, want %d", grants[i].System, n, want)
		}
	}
	if n := takeAll(t, q, &grants[1], summer.AddDate(0, 0, 1)); n != 10 {
		t.Errorf("the next day gives %d, want 10", n)
	}
}

func TestManyAtOnceGetNoMoreThanTheQuota(t *testing.T) {
	q, held := quotasOf(grantFor(t, func(g *Grant) { g.Quota = 500 }))
	var given, back atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for i := range 100 {
				day, err := q.Take(t.Context(), held[0], summer)
				if err != nil {
					continue
				}
				given.Add(1)
				if i%10 == 0 {
					q.GiveBack(held[0], day)
					back.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := given.Load() - back.Load(); n > 500 {
		t.Errorf("%d are out of a quota of 500", n)
	}
	rest := takeAll(t, q, held[0], summer)
	if n := given.Load() - back.Load() + int64(rest); n != 500 {
		t.Errorf("%d in all of a quota of 500", n)
	}
}
