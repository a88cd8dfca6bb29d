package strictxml

import "unicode/utf8"

// EscapeText appends s to dst as character data. What XML cannot hold (control
// characters, U+FFFE, U+FFFF, bytes that are not UTF-8) becomes U+FFFD.
func EscapeText(dst []byte, s string) []byte { return escape(dst, s, needsText) }

// EscapeAttr appends s to dst as the inside of an attribute value in double
// quotes. It treats what XML cannot hold as EscapeText does.
func EscapeAttr(dst []byte, s string) []byte { return escape(dst, s, needsValue) }

func escape(dst []byte, s string, class uint8) []byte {
	from, i := 0, 0
	for i < len(s) {
		c := s[i]
		if classes[c]&class == 0 {
			i++
			continue
		}
		size := 1
		if c >= utf8.RuneSelf {
			if n := longChar(s[i:]); n > 0 {
				i += n
				continue
			}
			_, size = utf8.DecodeRuneInString(s[i:])
		}
		dst = append(append(dst, s[from:i]...), escaped(c)...)
		i += size
		from = i
	}
	return append(dst, s[from:]...)
}

func escaped(c byte) string {
	switch c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&quot;"
	case '\t':
		return "&#x9;"
	case '\n':
		return "&#xA;"
	case '\r':
		return "&#xD;"
	}
	return "\uFFFD"
}

// longChar returns the length of the Char beyond ASCII that s begins with, 0 if
// there is none. Vietnamese letters are told without decoding them.
func longChar(s string) int {
	switch c := s[0]; {
	case c >= 0xC2 && c <= 0xDF && len(s) > 1 && s[1]&0xC0 == 0x80:
		return 2
	case c >= 0xE1 && c <= 0xEC && len(s) > 2 && s[1]&0xC0 == 0x80 && s[2]&0xC0 == 0x80:
		return 3
	}
	if r, size := utf8.DecodeRuneInString(s); size > 1 && isChar(r) {
		return size
	}
	return 0
}
