package strictxml

import (
	"strconv"
	"unicode/utf8"
)

// What a byte can mean, as bits: the scanning loops stop at bytes whose bit is set.
const (
	stopsText   = 1 << iota // ends or may break character data
	stopsValue              // ends or may break an attribute value
	illegal                 // no Char, or the first byte of what may be no Char
	startsName              // ASCII NameStartChar without the colon
	continues               // ASCII NameChar without the colon
	needsText               // is escaped in text
	needsValue              // is escaped in an attribute value
	beyondASCII             // part of a longer character
)

var classes = classify()

func classify() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c == '\t' || c == '\n':
			t[c] = stopsValue | needsValue
		case c == '\r':
			t[c] = needsText | needsValue
		case c < ' ':
			t[c] = illegal | stopsText | stopsValue | needsText | needsValue
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
			t[c] = startsName | continues
		case '0' <= c && c <= '9', c == '-', c == '.':
			t[c] = continues
		case c == 0xEF:
			t[c] = illegal | stopsText | stopsValue | beyondASCII | needsText | needsValue
		case c >= utf8.RuneSelf:
			t[c] = beyondASCII | needsText | needsValue
		}
	}
	for _, c := range "<&" {
		t[c] = stopsText | stopsValue | needsText | needsValue
	}
	t['>'] = stopsText | needsText
	t['"'] = stopsValue | needsValue
	t['\''] = stopsValue
	return t
}

// isChar reports whether r is a Char (XML 1.0 [2]).
func isChar(r rune) bool {
	return r >= ' ' && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// isNameStart reports whether r, which is not ASCII, is a NameStartChar (XML 1.0 [4]).
func isNameStart(r rune) bool {
	return r >= 0xC0 && r <= 0x2FF && r != 0xD7 && r != 0xF7 ||
		r >= 0x370 && r <= 0x1FFF && r != 0x37E ||
		r >= 0x200C && r <= 0x200D || r >= 0x2070 && r <= 0x218F ||
		r >= 0x2C00 && r <= 0x2FEF || r >= 0x3001 && r <= 0xD7FF ||
		r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFD ||
		r >= 0x10000 && r <= 0xEFFFF
}

// isName reports whether r, which is not ASCII, is a NameChar (XML 1.0 [4a]).
func isName(r rune) bool {
	return isNameStart(r) || r == 0xB7 || r >= 0x300 && r <= 0x36F || r >= 0x203F && r <= 0x2040
}

// charLen returns the length of the Char at s[i], 0 if there is none. s is UTF-8.
func charLen(s string, i int) int {
	if r, size := utf8.DecodeRuneInString(s[i:]); isChar(r) {
		return size
	}
	return 0
}

// badChar returns the place of the first character of s[from:to] that is no
// Char, -1 if all are.
func badChar(s string, from, to int) int {
	for i := from; i < to; i++ {
		if classes[s[i]]&illegal != 0 && charLen(s, i) == 0 {
			return i
		}
	}
	return -1
}

// quoted returns the character at s[i] for an error text.
func quoted(s string, i int) string {
	if i >= len(s) {
		return "the end of the document"
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	if r < ' ' || r == 0xFFFE || r == 0xFFFF {
		return "the character U+" + hex4(r)
	}
	return strconv.QuoteRune(r)
}

func hex4(r rune) string {
	h := strconv.FormatInt(int64(r), 16)
	for len(h) < 4 {
		h = "0" + h
	}
	return h
}

// short returns a name as an error text shows it.
func short(name string) string {
	n := 0
	for i := range name {
		if n == 64 {
			return name[:i] + "…"
		}
		n++
	}
	return name
}
