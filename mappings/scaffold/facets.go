package scaffold

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// newValue is the value of a simple type.
func newValue(s *simple, fixed string) *value {
	return &value{check: s.check(), simple: s, fixed: fixed}
}

// kindOf sorts the built-in types by what rules say about them.
func kindOf(base string) string {
	switch base {
	case "boolean":
		return "bool"
	case "integer", "nonPositiveInteger", "negativeInteger", "long", "int", "short", "byte",
		"nonNegativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "positiveInteger":
		return "int"
	case "dateTime", "dateTimeStamp", "date", "gYear", "gYearMonth":
		return "date"
	case "base64Binary":
		return "base64"
	}
	return ""
}

const nothingAllowed = "The schema allows no value at all: its least one is above its greatest."

// check returns what a rule says about a value of the type.
func (s *simple) check() check {
	switch {
	case len(s.codes) > 0 && s.more == 0:
		if c, ok := s.codeCheck(); ok {
			return c
		}
	case len(s.union) > 0:
		return s.unionCheck()
	case s.items != nil:
		return check{spaces: "collapse", notes: []string{"xs:list: values with spaces between them, in one text."}}
	}
	var c check
	switch kindOf(s.base) {
	case "bool":
		c.kind = "bool"
	case "int":
		c = s.intCheck()
	case "date":
		c = s.dateCheck()
	case "base64":
		c = check{kind: "base64", spaces: "none"}
	default:
		c = s.textCheck()
	}
	if s.more > 0 {
		c.notes = append(c.notes, "The schema lists "+strconv.Itoa(len(s.codes)+s.more)+" values, more than codes may have; they are left out here.")
	}
	return c
}

// codeCheck lists the values of an enumeration. It reports false when there is
// none that can be listed.
func (s *simple) codeCheck() (check, bool) {
	c := check{spaces: ""}
	seen := map[string]bool{}
	numbers := kindOf(s.base) == "int"
	for _, one := range s.codes {
		if one.text == "" || seen[one.text] || strings.ContainsFunc(one.text, isControl) {
			continue
		}
		seen[one.text] = true
		numbers = numbers && isWhole(one.text)
		c.codes = append(c.codes, one)
	}
	if numbers {
		c.kind = "int"
	}
	return c, len(c.codes) > 0
}

func isControl(r rune) bool { return r < ' ' || r == 0x7F }

// isWhole reports whether s is a whole number as it is written in JSON.
func isWhole(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == s && len(strings.TrimPrefix(s, "-")) <= maxDigits
}

// unionCheck lists the values of all members when all of them are enumerations.
func (s *simple) unionCheck() check {
	all := newSimple("string")
	for _, m := range s.union {
		c := m.check()
		if len(c.codes) == 0 || c.kind != "" {
			return check{notes: []string{"xs:union: values of several types; say here what they must be."}}
		}
		all.codes = append(all.codes, c.codes...)
	}
	if len(all.codes) > maxCodes {
		all.codes, all.more = all.codes[:maxCodes], len(all.codes)-maxCodes
	}
	return all.check()
}

// intCheck bounds a whole number by its type and its facets.
func (s *simple) intCheck() check {
	c := check{kind: "int"}
	switch s.base {
	case "nonNegativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte":
		c.min = "0"
	case "positiveInteger":
		c.min = "1"
	case "nonPositiveInteger":
		c.max = "0"
	case "negativeInteger":
		c.max = "-1"
	}
	if s.digits > 0 && s.digits <= maxDigits {
		c.max = cmp.Or(c.max, strings.Repeat("9", s.digits))
		c.min = cmp.Or(c.min, "-"+strings.Repeat("9", s.digits))
	}
	c.min = cmp.Or(s.low.whole(1), c.min)
	c.max = cmp.Or(s.high.whole(-1), c.max)
	low, errLow := strconv.ParseInt(c.min, 10, 64)
	high, errHigh := strconv.ParseInt(c.max, 10, 64)
	if errLow == nil && errHigh == nil && low > high {
		c.notes = append(c.notes, nothingAllowed)
		c.min, c.max = "", ""
	}
	if len(s.patterns) > 0 {
		c.notes = append(c.notes, patternNote(s.patterns))
	}
	return c
}

// whole returns the bound as a whole number that is allowed itself, "" when a
// rule cannot say it.
func (b bound) whole(inwards int64) string {
	n, err := strconv.ParseInt(strings.TrimPrefix(b.value, "+"), 10, 64)
	if err != nil {
		return ""
	}
	if b.exclusive {
		n += inwards
	}
	if text := strconv.FormatInt(n, 10); isWhole(text) {
		return text
	}
	return ""
}

// dateCheck reads a date as XML writes it.
func (s *simple) dateCheck() check {
	c := map[string]check{
		"dateTime":      {in: []string{"yyyy-MM-ddTHH:mm:ss*"}, out: []string{"yyyy-MM-ddTHH:mm:ss"}},
		"dateTimeStamp": {in: []string{"yyyy-MM-ddTHH:mm:ss*"}, out: []string{"yyyy-MM-ddTHH:mm:ss"}},
		"date":          {in: []string{"yyyy-MM-dd*"}, out: []string{"yyyy-MM-dd"}},
		"gYearMonth":    {in: []string{"yyyy-MM"}, out: []string{"yyyy-MM"}},
		"gYear":         {in: []string{"yyyy"}, out: []string{"yyyy"}},
	}[s.base]
	c.notes = append(c.notes, s.boundNotes("dates ", [4]string{"from", "after", "until", "before"})...)
	if len(s.patterns) > 0 {
		c.notes = append(c.notes, patternNote(s.patterns))
	}
	return c
}

// decimal is how xs:decimal is written.
const decimal = `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)`

// textCheck says what a text must be.
func (s *simple) textCheck() check {
	c := check{}
	if s.base == "token" || s.space == "collapse" {
		c.spaces = "collapse"
	}
	patterns := s.patterns
	scale := 1
	switch s.base {
	case "decimal":
		if len(patterns) == 0 {
			patterns = []string{decimal}
		}
		c.notes = append(c.notes, "xs:decimal: a number that may have a fraction is written as text.")
		c.notes = append(c.notes, s.rangeNotes()...)
	case "float", "double":
		c.notes = append(c.notes, "xs:"+s.base+": a number that may have a fraction is written as text.")
		c.notes = append(c.notes, s.rangeNotes()...)
	case "hexBinary":
		scale, c.spaces = 2, "none" // two digits for a byte
		if len(patterns) == 0 {
			patterns = []string{"([0-9A-Fa-f]{2})*"}
		}
	}
	c.lengths, c.min, c.max = s.lengthsOf(scale)
	if s.maxLength == 0 {
		c.notes = append(c.notes, "The schema allows only the empty text.")
	}
	c.addPatterns(patterns)
	return c
}

// rangeNotes tells what a rule cannot say of a number.
func (s *simple) rangeNotes() []string {
	notes := s.boundNotes("numbers ", [4]string{"from", "above", "up to", "below"})
	if s.fraction >= 0 {
		notes = append(notes, "The schema wants at most "+strconv.Itoa(s.fraction)+" digits behind the point.")
	}
	return notes
}

// boundNotes tells the bounds that a rule cannot say.
func (s *simple) boundNotes(what string, words [4]string) (notes []string) {
	for i, b := range []bound{s.low, s.high} {
		word := words[2*i]
		if b.exclusive {
			word = words[2*i+1]
		}
		if b.value != "" {
			notes = append(notes, oneLine("The schema allows "+what+word+" "+b.value+"."))
		}
	}
	return notes
}

func (s *simple) lengthsOf(scale int) (lengths []int, low, high string) {
	fits := func(n int) bool { return n >= 1 && n*scale <= maxLength }
	switch {
	case fits(s.length):
		return []int{s.length * scale}, "", ""
	case s.minLength > s.maxLength && s.maxLength > 0:
		return nil, "", ""
	}
	if fits(s.minLength) {
		low = strconv.Itoa(s.minLength * scale)
	}
	if fits(s.maxLength) {
		high = strconv.Itoa(s.maxLength * scale)
	}
	if low != "" && low == high {
		return []int{s.minLength * scale}, "", ""
	}
	return nil, low, high
}

// onlyDigits are patterns of so many digits.
var onlyDigits = regexp.MustCompile(`^(?:\[0-9\]|\\d)(?:\{([0-9]{1,4})(?:(,)([0-9]{1,4})?)?\}|([+*]))?$`)

// addPatterns takes the last pattern of a type into the rule, as digits where it
// says no more, and tells the others.
func (c *check) addPatterns(patterns []string) {
	if len(patterns) == 0 {
		return
	}
	last := patterns[len(patterns)-1]
	if len(patterns) > 1 {
		c.notes = append(c.notes, patternNote(patterns[:len(patterns)-1]))
	}
	if c.digits(last) {
		return
	}
	if re, ok := translate(last, true); ok {
		c.pattern = re
		return
	}
	c.notes = append(c.notes, patternNote(patterns[len(patterns)-1:]))
}

// digits makes the rule one of digits when each alternative of the pattern is
// so many digits.
func (c *check) digits(pattern string) bool {
	var lengths []int
	low, high := 0, 0
	alternatives := strings.Split(pattern, "|")
	for _, one := range alternatives {
		m := onlyDigits.FindStringSubmatch(strings.TrimSuffix(strings.TrimPrefix(one, "("), ")"))
		if m == nil {
			return false
		}
		n, err := strconv.Atoi(m[1])
		switch {
		case m[4] == "" && m[1] == "":
			lengths = append(lengths, 1)
		case m[4] == "" && m[2] == "" && err == nil && n > 0:
			lengths = append(lengths, n)
		case len(alternatives) > 1 || m[4] == "" && m[2] == "":
			return false
		default:
			low = n
			if high, err = strconv.Atoi(m[3]); err == nil && high == 0 {
				return false
			}
		}
	}
	slices.Sort(lengths)
	lengths = slices.Compact(lengths)
	if len(lengths) > maxList {
		return false
	}
	c.kind = "digits"
	switch {
	case len(lengths) > 0:
		c.lengths, c.min, c.max = lengths, "", ""
	case len(c.lengths) == 0:
		c.bound(low, high)
	}
	return true
}

// bound narrows the number of characters by a least and a greatest one, 0 being
// none.
func (c *check) bound(low, high int) {
	if least, err := strconv.Atoi(c.min); low > 0 && (err != nil || low > least) {
		c.min = strconv.Itoa(low)
	}
	if most, err := strconv.Atoi(c.max); high > 0 && (err != nil || high < most) {
		c.max = strconv.Itoa(high)
	}
	least, errLeast := strconv.Atoi(c.min)
	most, errMost := strconv.Atoi(c.max)
	if errLeast == nil && errMost == nil && least > most {
		c.notes = append(c.notes, nothingAllowed)
		c.min, c.max = "", ""
	}
}

func patternNote(patterns []string) string {
	return oneLine("The schema also wants the pattern " + strings.Join(patterns, " and ") + ", which is not taken over.")
}
