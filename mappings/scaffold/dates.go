package scaffold

import (
	"regexp"
	"strings"
	"time"
)

// dateLayout is a way to write a date, as mappings name it.
type dateLayout struct {
	in, out string
	expr    *regexp.Regexp
}

// dateLayouts are the layouts that are recognised, those before that leave less
// room. A day that may also be a month is a day: that is how dates are written in Vietnam.
var dateLayouts = func() (all []dateLayout) {
	for _, l := range [][2]string{
		{"dd/MM/yyyy", "yyyy-MM-dd"}, {"d/M/yyyy", "yyyy-MM-dd"}, {"MM/dd/yyyy", "yyyy-MM-dd"},
		{"dd-MM-yyyy", "yyyy-MM-dd"}, {"dd.MM.yyyy", "yyyy-MM-dd"}, {"yyyy/MM/dd", "yyyy-MM-dd"}, {"yyyyMMdd", "yyyy-MM-dd"},
		{"yyyy-MM-dd*", "yyyy-MM-dd"}, {"yyyy-MM-ddTHH:mm:ss*", "yyyy-MM-ddTHH:mm:ss"}, {"yyyy-MM-dd HH:mm:ss*", "yyyy-MM-ddTHH:mm:ss"},
		{"dd/MM/yyyy HH:mm:ss", "yyyy-MM-ddTHH:mm:ss"}, {"dd/MM/yyyy HH:mm", "yyyy-MM-ddTHH:mm"},
		{"d/M/yyyy HH:mm:ss", "yyyy-MM-ddTHH:mm:ss"}, {"yyyyMMddHHmmss", "yyyy-MM-ddTHH:mm:ss"},
	} {
		all = append(all, dateLayout{l[0], l[1], layoutExpression(l[0])})
	}
	return all
}()

// layoutExpression is the regular expression of a layout, with a group for each part.
func layoutExpression(layout string) *regexp.Regexp {
	var b strings.Builder
	for rest := layout; rest != ""; {
		switch {
		case strings.HasPrefix(rest, "yyyy"):
			b.WriteString(`(?P<y>[0-9]{4})`)
			rest = rest[4:]
			continue
		case rest[0] == '*':
			b.WriteString(`(?:\.[0-9]+)?(?:Z|[+-][01][0-9](?::?[0-5][0-9])?)?`)
			rest = rest[1:]
			continue
		}
		n := 1
		if len(rest) > 1 && rest[1] == rest[0] {
			n = 2
		}
		switch rest[0] {
		case 'M', 'd', 'H', 'm', 's':
			digits := `{2})`
			if n == 1 {
				digits = `{1,2})`
			}
			b.WriteString(`(?P<` + rest[:1] + `>[0-9]` + digits)
		default:
			b.WriteString(regexp.QuoteMeta(rest[:n]))
		}
		rest = rest[n:]
	}
	return regexp.MustCompile("^" + b.String() + "$")
}

// The years that are believed to be those of a date where the digits might be
// something else.
const (
	earliest = 1850
	latest   = 2150
	emptyOne = 1 // of the empty date of .NET, 0001-01-01
)

// reads reports whether s is a date in the layout.
func (l dateLayout) reads(s string) bool {
	m := l.expr.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	part := map[string]int{"M": 1, "d": 1}
	for i, group := range l.expr.SubexpNames() {
		if group != "" {
			part[group] = number(m[i])
		}
	}
	y := part["y"]
	if (y < earliest || y > latest) && (y != emptyOne || part["M"] != 1 || part["d"] != 1) {
		return false
	}
	day := time.Date(y, time.Month(part["M"]), part["d"], 0, 0, 0, 0, time.UTC)
	return int(day.Month()) == part["M"] && day.Day() == part["d"] && part["H"] < 24 && part["m"] < 60 && part["s"] < 60
}

// number reads digits, which an expression has found.
func number(digits string) (n int) {
	for _, c := range digits {
		n = n*10 + int(c-'0')
	}
	return n
}

// layoutOf returns the first layout that s is written in.
func layoutOf(s string) (dateLayout, bool) {
	for _, l := range dateLayouts {
		if l.reads(s) {
			return l, true
		}
	}
	return dateLayout{}, false
}

var yearAlone = regexp.MustCompile(`^(?:18|19|20)[0-9]{2}$`)

// dateOf tells how the texts write dates: all in one layout, or some of them
// as a year alone.
func dateOf(texts []string) (check, bool) {
	var years, full []string
	for _, s := range texts {
		if yearAlone.MatchString(s) {
			years = append(years, s)
		} else {
			full = append(full, s)
		}
	}
	if len(full) == 0 {
		return check{}, false
	}
next:
	for _, l := range dateLayouts {
		empty := false
		for _, s := range full {
			if !l.reads(s) {
				continue next
			}
			empty = empty || strings.Contains(s, "0001")
		}
		c := check{in: []string{l.in}, out: []string{l.out}}
		if len(years) > 0 {
			c.in, c.out = append(c.in, "yyyy"), append(c.out, "yyyy")
		}
		if empty {
			c.notes = append(c.notes, "The sample holds the empty date of .NET (0001-01-01), which is refused as a date; say what it is to be.")
		}
		return c, true
	}
	return check{}, false
}
