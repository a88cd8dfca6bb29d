// Package vntime counts days as Vietnam does, whose clocks have stood at UTC+7
// all year since 1975.
package vntime

import (
	"errors"
	"time"
)

// Zone is Vietnam's time. It needs no database of time zones.
var Zone = time.FixedZone("UTC+7", offset)

const (
	offset  = 7 * 60 * 60
	daySecs = 24 * 60 * 60
)

// Day is a day of Vietnam's time, counted from 1 January 1970. Days are
// compared and subtracted as the numbers that they are.
type Day int32

// DayOf returns the day that a moment belongs to: 23:59:59.999 belongs to the
// day that ends, 00:00:00.000 to the one that begins.
func DayOf(t time.Time) Day {
	n := t.Unix() + offset
	if n < 0 {
		return Day((n - daySecs + 1) / daySecs)
	}
	return Day(n / daySecs)
}

// Date returns a day of the calendar. A day or a month that does not exist is
// carried on, as time.Date does.
func Date(year int, month time.Month, day int) Day {
	return DayOf(time.Date(year, month, day, 0, 0, 0, 0, Zone))
}

// Begin returns the first moment of the day.
func (d Day) Begin() time.Time { return time.Unix(int64(d)*daySecs-offset, 0).In(Zone) }

// End returns the first moment of the day after.
func (d Day) End() time.Time { return (d + 1).Begin() }

// Calendar returns the day's year, month and day of the month.
func (d Day) Calendar() (year int, month time.Month, day int) { return d.Begin().Date() }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return d.Begin().Weekday() }

// String writes the day as 2026-06-14.
func (d Day) String() string { return d.Begin().Format(time.DateOnly) }

// Short writes the day as people in Vietnam do: 14/6/2026.
func (d Day) Short() string { return d.Begin().Format("2/1/2006") }

var errDay = errors.New("write a day that exists, as in 2026-06-14")

// ParseDay reads what String writes, of the years 1945 to 9999.
func ParseDay(s string) (Day, error) {
	t, err := time.ParseInLocation(time.DateOnly, s, Zone)
	if err != nil || t.Year() < 1945 {
		return 0, errDay
	}
	return DayOf(t), nil
}

// MarshalText writes the day as String does.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Day) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDay(string(text))
	return err
}
