package reminder

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

const (
	morning  = 7*time.Hour + 30*time.Minute // of Vietnam's day, when mail of the day is sent
	lastFor  = 10                           // working days for which the last reminder is of use
	daysMost = 3660                         // bounds a search for working days in a calendar without any

	provincePrefix = "province-" // of the names of occasions of the province's report
)

// occasion is a time at which somebody is reminded.
type occasion struct {
	name        string
	period      report.Period
	deadline    vntime.Day
	province    bool
	after       bool
	from, until time.Time // it is of use from one moment until another
}

// periods returns those whose reports may be due about now: the first half of a
// year, and the year, whose report takes the place of one of the second half.
func periods(now time.Time) (all []report.Period) {
	year, _, _ := vntime.DayOf(now).Calendar()
	for y := year - 1; y <= year+1; y++ {
		all = append(all, report.FirstHalf(y), report.Year(y))
	}
	return all
}

// current returns the occasions that are of use at a moment. Of those of one
// deadline that is one at most: what was missed is not made up for.
func (d *Desk) current(now time.Time) (found []occasion) {
	for _, p := range periods(now) {
		for _, province := range []bool{false, true} {
			for _, o := range d.occasions(p, province) {
				if !now.Before(o.from) && now.Before(o.until) {
					found = append(found, o)
				}
			}
		}
	}
	return found
}

// occasions returns those of a deadline in the order of time.
func (d *Desk) occasions(p report.Period, province bool) (all []occasion) {
	n, prefix := d.opt.Deadline, ""
	if province {
		n, prefix = d.opt.ProvinceDeadline, provincePrefix
	}
	deadline := d.opt.Calendar.Deadline(p, n)
	begin := func(day vntime.Day) time.Time { return day.Begin().Add(morning) }
	for _, n := range slices.Backward(slices.Sorted(slices.Values(d.opt.Before))) {
		all = append(all, occasion{name: fmt.Sprintf("%sbefore-%d", prefix, n), period: p, deadline: deadline, province: province,
			from: begin(workdays(d.opt.Calendar, deadline, -n)), until: deadline.End()})
	}
	for _, n := range slices.Sorted(slices.Values(d.opt.After)) {
		day := workdays(d.opt.Calendar, deadline, n)
		all = append(all, occasion{name: fmt.Sprintf("%safter-%d", prefix, n), period: p, deadline: deadline, province: province, after: true,
			from: begin(day), until: begin(workdays(d.opt.Calendar, day, lastFor))})
	}
	for i := range all[:max(0, len(all)-1)] {
		if next := all[i+1].from; next.Before(all[i].until) {
			all[i].until = next
		}
	}
	return all
}

// isToCome reports whether the occasion of a reminder has not begun at a moment.
func (d *Desk) isToCome(r Reminder, now time.Time) bool {
	for _, o := range d.occasions(r.Period, strings.HasPrefix(r.Occasion, provincePrefix)) {
		if o.name == r.Occasion {
			return now.Before(o.from)
		}
	}
	return false
}

// workdays returns the n-th working day behind a day, or before it.
func workdays(c report.Calendar, day vntime.Day, n int) vntime.Day {
	step := vntime.Day(1)
	if n < 0 {
		step, n = -1, -n
	}
	for searched := 0; n > 0 && searched < daysMost; searched++ {
		if day += step; c.Works(day) {
			n--
		}
	}
	return day
}
