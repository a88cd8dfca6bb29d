package clean

import (
	"strconv"
	"strings"
	"time"
)

const bornFrom = 1800

// vietnam is where a day begins for those who are born.
func vietnam(t time.Time) time.Time { return t.In(time.FixedZone("+07", 7*60*60)) }

// bornOf returns a date of birth as yyyyMMdd or, if no more is known, yyyy. today
// is the last day that counts.
func bornOf(c Cell, today time.Time) (born, reason string) {
	if c.Kind == DateCell {
		at, ok := dateOf(c.Number)
		if !ok {
			return "", BornUnreadable
		}
		return wholeDate(at.Year(), int(at.Month()), at.Day(), today)
	}
	s := strings.TrimSpace(c.Text)
	s = strings.TrimPrefix(s, "'")
	if s == "" {
		return "", BornMissing
	}
	for _, midnight := range [...]string{" 00:00:00", "T00:00:00", " 0:00:00"} { // as databases export dates
		s = strings.TrimSuffix(s, midnight)
	}
	switch {
	case isDigits(s, 4):
		return onlyYear(number(s), today)
	case isDigits(s, 8):
		return wholeDate(number(s[:4]), number(s[4:6]), number(s[6:]), today)
	}
	for _, separator := range [...]string{"/", "-", "."} {
		if parts := strings.Split(s, separator); len(parts) == 3 {
			return partsOf(parts, separator == "-", today)
		}
	}
	return "", BornUnreadable
}

// partsOf reads d/M/yyyy or, with hyphens, also yyyy-MM-dd.
func partsOf(parts []string, hyphens bool, today time.Time) (born, reason string) {
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
		if len(parts[i]) == 0 || len(parts[i]) > 4 || !isDigits(parts[i], len(parts[i])) {
			return "", BornUnreadable
		}
	}
	day, month, year := parts[0], parts[1], parts[2]
	if hyphens && len(day) == 4 {
		day, year = year, day
	}
	if len(year) != 4 || len(day) > 2 || len(month) > 2 {
		return "", BornUnreadable
	}
	if number(day) == 0 && number(month) == 0 {
		return onlyYear(number(year), today)
	}
	return wholeDate(number(year), number(month), number(day), today)
}

// number reads digits, of which there are few.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func onlyYear(year int, today time.Time) (born, reason string) {
	if year < bornFrom || year > today.Year() {
		return "", BornUnreadable
	}
	return strconv.Itoa(year), ""
}

func wholeDate(year, month, day int, today time.Time) (born, reason string) {
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, today.Location())
	if year < bornFrom || at.Day() != day || int(at.Month()) != month || at.After(today) {
		return "", BornUnreadable
	}
	return at.Format("20060102"), ""
}
