package report_test

import (
	"testing"
	"time"

	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

func TestPeriodsHaveTheBoundariesOfTheDecree(t *testing.T) {
	for _, row := range []struct{ name, from, to, title, previous string }{
		{"2026-H1", "2025-12-15", "2026-06-14", "6 tháng đầu năm 2026", "2025-H2"},
		{"2026-H2", "2026-06-15", "2026-12-14", "6 tháng cuối năm 2026", "2026-H1"},
		{"2026", "2025-12-15", "2026-12-14", "năm 2026", "2025"},
		{"2026-12-01..2026-12-31", "2026-12-01", "2026-12-31", "từ ngày 1/12/2026 đến ngày 31/12/2026", "2026-10-31..2026-11-30"},
		{"2026-03-05..2026-03-05", "2026-03-05", "2026-03-05", "từ ngày 5/3/2026 đến ngày 5/3/2026", "2026-03-04..2026-03-04"},
	} {
		p, err := report.ParsePeriod(row.name)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if p.From.String() != row.from || p.To.String() != row.to || p.String() != row.name || p.Title() != row.title || p.Previous().String() != row.previous {
			t.Errorf("%s: from %s to %s, named %s, %q, before it %s", row.name, p.From, p.To, p, p.Title(), p.Previous())
		}
	}
}

func TestDaysOfARegularPeriodNameIt(t *testing.T) {
	for days, want := range map[string]string{"2026-12-15..2027-06-14": "2027-H1", "2026-06-15..2026-12-14": "2026-H2", "2025-12-15..2026-12-14": "2026"} {
		if p, err := report.ParsePeriod(days); err != nil || p.String() != want {
			t.Errorf("%s is %s, %v; want %s", days, p, err, want)
		}
	}
}

func TestAPeriodThatIsNoneIsRefused(t *testing.T) {
	for _, s := range []string{"", "2026-H3", "2026-H", "2026-", "26-H1", "2026-h1", "1945", "02026", "+2026", "2026-06-14", "2026-06-14..", "2026-06-15..2026-06-14", "2026-02-30..2026-03-01", "2020-01-01..2026-01-01", "2026-H1..2026-H2"} {
		if p, err := report.ParsePeriod(s); err == nil {
			t.Errorf("%q is read as %s", s, p)
		}
	}
}

func TestTheLastMillisecondOfAPeriodBelongsToIt(t *testing.T) {
	p, next := report.FirstHalf(2026), report.SecondHalf(2026)
	last := time.Date(2026, 6, 14, 23, 59, 59, 999_000_000, vntime.Zone)
	if day := vntime.DayOf(last); !p.Has(day) || next.Has(day) || p.Over(last) {
		t.Error("23:59:59.999 on 14/6 is not of the first half")
	}
	if day := vntime.DayOf(last.Add(time.Millisecond)); p.Has(day) || !next.Has(day) || !p.Over(last.Add(time.Millisecond)) {
		t.Error("00:00 on 15/6 is not of the second half")
	}
}

func TestEveryDayBelongsToOneHalfAndOneYear(t *testing.T) {
	for d := vntime.Date(2020, 1, 1); d < vntime.Date(2030, 1, 1); d++ {
		half, year := report.Current(d.Begin())
		if !half.Has(d) || !year.Has(d) || half.From < year.From || half.To > year.To {
			t.Fatalf("%s: %s, %s", d, half, year)
		}
		y, _, _ := d.Calendar()
		n := 0
		for _, p := range []report.Period{report.FirstHalf(y), report.SecondHalf(y), report.FirstHalf(y + 1)} {
			if p.Has(d) {
				n++
			}
		}
		if n != 1 {
			t.Fatalf("%s is in %d halves", d, n)
		}
	}
}

func TestMonthsOfAPeriodFillIt(t *testing.T) {
	for _, p := range []report.Period{report.FirstHalf(2026), report.Year(2024), {From: vntime.Date(2026, 3, 5), To: vntime.Date(2026, 3, 5)}} {
		next := p.From
		for _, m := range p.Months() {
			y1, m1, _ := m.From.Calendar()
			y2, m2, _ := m.To.Calendar()
			if m.From != next || m.To < m.From || y1 != y2 || m1 != m2 {
				t.Errorf("%s: %s to %s", p, m.From, m.To)
			}
			next = m.To + 1
		}
		if next != p.To+1 {
			t.Errorf("%s: the months end before %s", p, next)
		}
	}
	if n := len(report.FirstHalf(2026).Months()); n != 7 {
		t.Errorf("a half year is cut into %d", n)
	}
}

func TestTheDeadlineIsAWorkingDay(t *testing.T) {
	holiday := report.Calendar{Holidays: map[vntime.Day]bool{vntime.Date(2026, 6, 15): true, vntime.Date(2026, 6, 16): true}}
	worked := report.Calendar{Workdays: map[vntime.Day]bool{vntime.Date(2025, 6, 15): true}}
	for _, row := range []struct {
		what     string
		calendar report.Calendar
		period   report.Period
		n        int
		want     string
	}{
		{"a Sunday ends the period", report.Calendar{}, report.FirstHalf(2026), 2, "2026-06-16"},
		{"a Saturday ends the period", report.Calendar{}, report.FirstHalf(2025), 2, "2025-06-17"},
		{"a weekend lies between", report.Calendar{}, report.FirstHalf(2024), 2, "2024-06-18"},
		{"holidays lie between", holiday, report.FirstHalf(2026), 2, "2026-06-18"},
		{"a Sunday is worked on", worked, report.FirstHalf(2025), 2, "2025-06-16"},
		{"no day is given", report.Calendar{}, report.FirstHalf(2026), 0, "2026-06-14"},
	} {
		if got := row.calendar.Deadline(row.period, row.n); got.String() != row.want {
			t.Errorf("%s: %s, want %s", row.what, got, row.want)
		}
	}
}
