package mappings

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"lgsp.internal/adapter/internal/citizen"
)

// tidy removes spaces from s as the rule says.
func tidy(s string, how spaces) string {
	if how == spacesKeep || s == "" {
		return s
	}
	if !tight(s) {
		s = strings.TrimSpace(s)
	}
	if how == spacesTrim || how == spacesNone && isGraphic(s) {
		return s
	}
	run := false
	for _, c := range s {
		space := unicode.IsSpace(c)
		if space && (run || how == spacesNone || c != ' ') {
			if how == spacesNone {
				return strings.Join(strings.Fields(s), "")
			}
			return strings.Join(strings.Fields(s), " ")
		}
		run = space
	}
	return s
}

// tight reports whether s surely has no space at its ends, which are ASCII or
// Vietnamese letters. s is UTF-8 and not empty.
func tight(s string) bool {
	n := len(s)
	first, last := s[0], s[n-1]
	begins := first > ' ' && first < utf8.RuneSelf || first >= 0xC3 && first <= 0xC6 || first == 0xE1 && n > 1 && s[1] >= 0xBA
	ends := last > ' ' && last < utf8.RuneSelf ||
		n > 1 && s[n-2] >= 0xC3 && s[n-2] <= 0xC6 || n > 2 && s[n-3] == 0xE1 && s[n-2]&0xFE == 0xBA
	return begins && ends
}

// isGraphic reports whether s is ASCII without a space.
func isGraphic(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// partOf returns one part of a full name. Of a single word, which is the given
// name, there are no other parts.
func partOf(s string, part namePart) string {
	s = tidy(s, spacesCollapse)
	first, last := strings.IndexByte(s, ' '), strings.LastIndexByte(s, ' ')
	switch {
	case part == givenName:
		return s[last+1:]
	case first < 0:
		return ""
	case part == familyName:
		return s[:first]
	case first == last:
		return ""
	}
	return s[first+1 : last]
}

// spell writes a text with other letters: in capitals, or as the population
// database writes names, NGUYENVANA.
func spell(s string, how letters) string {
	if how == lettersUpper {
		return strings.ToUpper(s)
	}
	return citizen.NameKey(s)
}

// isBase64 reports whether s is base64 with padding (RFC 4648 §4). Spaces are no
// part of it.
func isBase64(s string) bool {
	digits := strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	for i := range len(digits) {
		if !base64Digits[digits[i]] {
			return false
		}
	}
	return len(s)%4 == 0
}

var base64Digits = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = true
	}
	return t
}()

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// readInt reads a whole number of at most 18 digits, which fits 64 bits.
func readInt(s string) (int64, bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-")
	if len(s)-len(digits) > 1 || len(digits) > 18 || !isDigits(digits) {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(s, "+"), 10, 64)
	return n, err == nil
}
