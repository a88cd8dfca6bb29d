package report

import (
	"time"

	"lgsp.internal/adapter/internal/vntime"
)

// Calendar tells working days from others.
type Calendar struct {
	Holidays map[vntime.Day]bool // beside Saturdays and Sundays
	Workdays map[vntime.Day]bool // Saturdays and Sundays that are worked on, in exchange for a day off
}

// Works reports whether people work on a day.
func (c Calendar) Works(d vntime.Day) bool {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return c.Workdays[d]
	}
	return !c.Holidays[d]
}

// searchMost bounds a search for working days in a calendar without any.
const searchMost = 3660

// Deadline returns the last day on which a report of a period is in time: the
// n-th working day after its last day. NĐ 09/2019/NĐ-CP leaves the number to
// whoever orders the report.
func (c Calendar) Deadline(p Period, n int) vntime.Day {
	d := p.To
	for searched := 0; n > 0 && searched < searchMost; searched++ {
		if d++; c.Works(d) {
			n--
		}
	}
	return d
}
