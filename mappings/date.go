package mappings

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// dateRule says which layouts of a date are accepted and which are written.
type dateRule struct {
	in, out []layout
	skip    dateSkip
}

type dateSkip uint8

const (
	skipNone dateSkip = iota
	skipPartial
	skipFull
)

// layout is a compiled layout such as dd/MM/yyyy.
type layout struct {
	text  string
	items []layoutItem
	parts dateParts
	rest  bool // ends with "*": a fraction of a second and a time zone may follow
}

type layoutItem struct {
	part     dateParts // 0 = the literal byte
	literal  byte
	min, max int // digits
}

// dateParts is a set of the parts of a date.
type dateParts uint8

const (
	yearPart dateParts = 1 << iota
	monthPart
	dayPart
	hourPart
	minutePart
	secondPart
)

// date is what was read: parts that are not known are 0.
type date struct {
	parts                                   dateParts
	year, month, day, hour, minute, seconds int
}

// firstYear is the earliest year believed: the empty date of .NET is 01/01/0001.
const firstYear = 1800

// lastYear is the last one of four digits: in Vietnam the last time of .NET, which
// is one of UTC, is in the year 10000.
const lastYear = 9999

var errLayout = errors.New("want a layout such as dd/MM/yyyy, yyyyMMdd, yyyy-MM-ddTHH:mm:ss or yyyy")

func parseLayout(text string) (layout, error) {
	l := layout{text: text}
	words := []struct {
		text     string
		part     dateParts
		min, max int
	}{
		{"yyyy", yearPart, 4, 4}, {"MM", monthPart, 2, 2}, {"M", monthPart, 1, 2}, {"dd", dayPart, 2, 2}, {"d", dayPart, 1, 2},
		{"HH", hourPart, 2, 2}, {"mm", minutePart, 2, 2}, {"ss", secondPart, 2, 2},
	}
next:
	for i := 0; i < len(text); {
		for _, w := range words {
			if len(text)-i >= len(w.text) && text[i:i+len(w.text)] == w.text {
				if l.parts&w.part != 0 {
					return l, errLayout
				}
				l.parts |= w.part
				l.items = append(l.items, layoutItem{part: w.part, min: w.min, max: w.max})
				i += len(w.text)
				continue next
			}
		}
		c := text[i]
		switch {
		case c == '*' && i == len(text)-1 && l.endsWith(dayPart|secondPart):
			l.rest = true
		case c >= 0x80, strings.IndexByte("\"\\<>&'", c) >= 0, c != 'T' && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'), c == '*':
			return l, errLayout
		default:
			l.items = append(l.items, layoutItem{literal: c})
		}
		i++
	}
	if l.parts&yearPart == 0 || l.parts&dayPart != 0 && l.parts&monthPart == 0 {
		return l, errLayout
	}
	return l, nil
}

// endsWith reports whether the last item of the layout is one of parts.
func (l *layout) endsWith(parts dateParts) bool {
	return len(l.items) > 0 && l.items[len(l.items)-1].part&parts != 0
}

// read reads s, all of it.
func (l *layout) read(s string) (date, bool) {
	d := date{parts: l.parts}
	for i := range l.items {
		it := &l.items[i]
		if it.part == 0 {
			if s == "" || s[0] != it.literal {
				return d, false
			}
			s = s[1:]
			continue
		}
		n, v := 0, 0
		for n < it.max && n < len(s) && s[n] >= '0' && s[n] <= '9' {
			v = v*10 + int(s[n]-'0')
			n++
		}
		if n < it.min {
			return d, false
		}
		*d.part(it.part) = v
		s = s[n:]
	}
	if s == "" || !l.rest {
		return d, s == "" && d.exists()
	}
	zone, zoned, ok := readRest(s, l.parts&secondPart != 0)
	if !ok || !d.exists() {
		return d, false
	}
	if zoned && l.parts&hourPart != 0 {
		d.inVietnam(zone)
	}
	return d, d.exists()
}

// vietnam is how far Vietnam's time is ahead of UTC, the year round.
const vietnam = 7 * time.Hour

// readRest reads what may follow a time: a fraction of a second, which is passed
// over, and a time zone, Z or its distance from UTC as in +07:00, +0700 or +07
// (ISO 8601). After a day there may be a zone alone.
func readRest(s string, fraction bool) (zone time.Duration, zoned, ok bool) {
	if fraction && s[0] == '.' {
		n := 1
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		if s = s[n:]; n == 1 || s == "" {
			return 0, false, n > 1
		}
	}
	if s == "Z" {
		return 0, true, true
	}
	if s[0] != '+' && s[0] != '-' {
		return 0, false, false
	}
	digits := s[1:]
	if len(digits) == 5 && digits[2] == ':' {
		digits = digits[:2] + digits[3:]
	}
	if len(digits) != 2 && len(digits) != 4 || !isDigits(digits) {
		return 0, false, false
	}
	digits = (digits + "00")[:4]
	hours := int(digits[0]-'0')*10 + int(digits[1]-'0')
	minutes := int(digits[2]-'0')*10 + int(digits[3]-'0')
	zone = time.Duration(hours*60+minutes) * time.Minute
	if s[0] == '-' {
		zone = -zone
	}
	return zone, true, hours <= 14 && minutes <= 59
}

// inVietnam turns the time of another zone into Vietnam's, with its date.
func (d *date) inVietnam(zone time.Duration) {
	if zone == vietnam {
		return
	}
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.seconds, 0, time.UTC).Add(vietnam - zone)
	d.year, d.month, d.day = t.Year(), int(t.Month()), t.Day()
	d.hour, d.minute, d.seconds = t.Clock()
}

func (d *date) part(p dateParts) *int {
	switch p {
	case yearPart:
		return &d.year
	case monthPart:
		return &d.month
	case dayPart:
		return &d.day
	case hourPart:
		return &d.hour
	case minutePart:
		return &d.minute
	default:
		return &d.seconds
	}
}

// exists reports whether there is such a day and such a time.
func (d *date) exists() bool {
	if d.year < firstYear || d.year > lastYear || d.hour > 23 || d.minute > 59 || d.seconds > 59 {
		return false
	}
	if d.parts&monthPart != 0 && (d.month < 1 || d.month > 12) {
		return false
	}
	return d.parts&dayPart == 0 || d.day >= 1 && d.day <= daysIn(d.year, d.month)
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// write appends d in the layout.
func (l *layout) write(dst []byte, d *date) []byte {
	for i := range l.items {
		it := &l.items[i]
		if it.part == 0 {
			dst = append(dst, it.literal)
			continue
		}
		v := *d.part(it.part)
		for unit, digits := 1000, 4; digits > 0; unit, digits = unit/10, digits-1 {
			if digits <= it.min || v >= unit {
				dst = append(dst, byte('0'+v/unit%10))
			}
		}
	}
	return dst
}

// read reads s by the first layout that fits.
func (r *dateRule) read(s string) (date, bool) {
	for i := range r.in {
		if d, ok := r.in[i].read(s); ok {
			return d, true
		}
	}
	return date{}, false
}

// skips reports whether d counts as empty.
func (r *dateRule) skips(parts dateParts) bool {
	return r.skip == skipPartial && parts&dayPart == 0 || r.skip == skipFull && parts&dayPart != 0
}

// writer returns the first layout of out that the parts can fill.
func (r *dateRule) writer(parts dateParts) *layout {
	for i := range r.out {
		if r.out[i].parts&^parts == 0 {
			return &r.out[i]
		}
	}
	return nil
}

// check returns what keeps the rule from writing every date that it reads.
func (r *dateRule) check() error {
	for i := range r.in {
		if slices.ContainsFunc(r.in[:i], func(l layout) bool { return l.text == r.in[i].text }) {
			return fmt.Errorf("layout %s is listed twice", r.in[i].text)
		}
		if !r.skips(r.in[i].parts) && r.writer(r.in[i].parts) == nil {
			return fmt.Errorf("a date in %s cannot be written by out; add a layout to out, or skip", r.in[i].text)
		}
	}
	return nil
}
