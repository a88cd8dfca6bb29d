package mappings

import (
	"errors"
	"fmt"
	"slices"
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
	rest  bool // ends with "*"
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
		case c == '*' && i == len(text)-1:
			l.rest = true
		case c >= 0x80, c != 'T' && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'), c == '*':
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
	return d, (s == "" || l.rest) && d.exists()
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
	if d.year < firstYear || d.hour > 23 || d.minute > 59 || d.seconds > 59 {
		return false
	}
	if d.parts&monthPart != 0 && (d.month < 1 || d.month > 12) {
		return false
	}
	return d.parts&dayPart == 0 || d.day >= 1 && d.day <= daysIn(d.year, d.month)
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
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
