package config

import (
	"errors"
	"time"
)

// Date is a day of Vietnam's time, written as 2026-11-22.
type Date struct{ day time.Time }

// vietnam is the time zone of every day in a configuration.
var vietnam = time.FixedZone("UTC+7", 7*60*60)

// NewDate returns a day.
func NewDate(year int, month time.Month, day int) Date {
	return Date{time.Date(year, month, day, 0, 0, 0, 0, vietnam)}
}

// Begin returns the first moment of the day; the zero Date has none.
func (d Date) Begin() time.Time { return d.day }

// End returns the first moment of the day after.
func (d Date) End() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.day.AddDate(0, 0, 1)
}

// IsZero reports whether no day is given.
func (d Date) IsZero() bool { return d.day.IsZero() }

// String writes the day as it is read, "" for none.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.day.Format(time.DateOnly)
}

// UnmarshalText reads a day.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	day, err := time.ParseInLocation(time.DateOnly, string(text), vietnam)
	if err != nil || day.Year() < 1945 {
		return errors.New("write a day that exists, as in 2026-11-22")
	}
	d.day = day
	return nil
}

// MarshalText writes the day.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
