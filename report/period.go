package report

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"lgsp.internal/adapter/internal/vntime"
)

// Period is the days that a report is about, the first and the last included.
// Its boundaries are those of NĐ 09/2019/NĐ-CP Điều 12, in Vietnam's time. The
// zero Period is none. // req: R-19
type Period struct {
	From, To vntime.Day
}

// The boundaries of NĐ 09/2019/NĐ-CP Điều 12: figures are closed on the 14th.
const (
	firstOfPeriod = 15
	lastOfPeriod  = 14
	longestDays   = 3 * 366
)

// FirstHalf returns the six months from 15 December of the year before to 14 June.
func FirstHalf(year int) Period {
	return Period{vntime.Date(year-1, time.December, firstOfPeriod), vntime.Date(year, time.June, lastOfPeriod)}
}

// SecondHalf returns the six months from 15 June to 14 December.
func SecondHalf(year int) Period {
	return Period{vntime.Date(year, time.June, firstOfPeriod), vntime.Date(year, time.December, lastOfPeriod)}
}

// Year returns the year from 15 December of the year before to 14 December.
func Year(year int) Period { return Period{FirstHalf(year).From, SecondHalf(year).To} }

var errPeriod = errors.New("write a period as in 2026-H1 (15/12/2025 to 14/6/2026), 2026-H2, 2026 or 2026-12-15..2027-06-14")

// ParsePeriod reads 2026-H1, 2026-H2, 2026 or two days as in
// 2026-12-15..2027-06-14, both included. Two days that are those of a regular
// period name that one: it is reported on once.
func ParsePeriod(s string) (Period, error) {
	if from, to, custom := strings.Cut(s, ".."); custom {
		return parseDays(from, to)
	}
	name, half, _ := strings.Cut(s, "-")
	year, err := strconv.Atoi(name)
	if err != nil || len(name) != 4 || year < 1946 {
		return Period{}, errPeriod
	}
	switch {
	case s == name:
		return Year(year), nil
	case half == "H1":
		return FirstHalf(year), nil
	case half == "H2":
		return SecondHalf(year), nil
	}
	return Period{}, errPeriod
}

func parseDays(from, to string) (p Period, err error) {
	if p.From, err = vntime.ParseDay(from); err != nil {
		return Period{}, errPeriod
	}
	if p.To, err = vntime.ParseDay(to); err != nil {
		return Period{}, errPeriod
	}
	switch {
	case p.To < p.From:
		return Period{}, errors.New("the last day of the period is before the first")
	case p.Days() > longestDays:
		return Period{}, errors.New("a period is three years long at most")
	}
	return p, nil
}

// Days returns how many days the period has.
func (p Period) Days() int { return int(p.To-p.From) + 1 }

// Has reports whether the day belongs to the period.
func (p Period) Has(d vntime.Day) bool { return p.From <= d && d <= p.To }

// Over reports whether the last day of the period has ended.
func (p Period) Over(now time.Time) bool { return vntime.DayOf(now) > p.To }

// year returns the year that a regular period is of.
func (p Period) year() int {
	year, _, _ := p.To.Calendar()
	return year
}

// String returns the name of the period, which ParsePeriod reads.
func (p Period) String() string {
	switch year := p.year(); p {
	case FirstHalf(year):
		return fmt.Sprintf("%d-H1", year)
	case SecondHalf(year):
		return fmt.Sprintf("%d-H2", year)
	case Year(year):
		return strconv.Itoa(year)
	case Period{}:
		return ""
	}
	return p.From.String() + ".." + p.To.String()
}

// Title returns the period as titles of reports name it: "6 tháng đầu năm 2026".
func (p Period) Title() string {
	switch year := p.year(); p {
	case FirstHalf(year):
		return fmt.Sprintf("6 tháng đầu năm %d", year)
	case SecondHalf(year):
		return fmt.Sprintf("6 tháng cuối năm %d", year)
	case Year(year):
		return fmt.Sprintf("năm %d", year)
	}
	return "từ ngày " + p.From.Short() + " đến ngày " + p.To.Short()
}

// Previous returns the period that figures are compared with: the one just
// before, of the same kind. Before a custom one lie as many days.
func (p Period) Previous() Period {
	switch year := p.year(); p {
	case FirstHalf(year):
		return SecondHalf(year - 1)
	case SecondHalf(year):
		return FirstHalf(year)
	case Year(year):
		return Year(year - 1)
	}
	return Period{p.From - vntime.Day(p.Days()), p.From - 1}
}

// Months returns the period cut at the ends of calendar months. The first and
// the last part may be shorter than their month.
func (p Period) Months() []Period {
	var months []Period
	for from := p.From; from <= p.To; {
		year, month, _ := from.Calendar()
		to := min(vntime.Date(year, month+1, 1)-1, p.To)
		months = append(months, Period{from, to})
		from = to + 1
	}
	return months
}

// MarshalText writes the period as String does.
func (p Period) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (p *Period) UnmarshalText(text []byte) (err error) {
	if *p = (Period{}); len(text) > 0 {
		*p, err = ParsePeriod(string(text))
	}
	return err
}

// Current returns the regular periods that run at a moment: the half year and
// the year.
func Current(now time.Time) (half, year Period) {
	day := vntime.DayOf(now)
	y, _, _ := day.Calendar()
	for _, year := range []int{y, y + 1} {
		for _, half := range []Period{FirstHalf(year), SecondHalf(year)} {
			if half.Has(day) {
				return half, Year(year)
			}
		}
	}
	return Period{}, Period{} // every day lies in a half year
}
