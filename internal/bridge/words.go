package bridge

import "strings"

// The record holds what a department says of procedure, officer and unit only
// where that looks like one: a question that is refused may hold anything there,
// a citizen's number too.

// maxWord is how long a code of a procedure, an officer or a unit may be.
const maxWord = 40

// wordOf returns a code of a procedure or a unit, "" if s does not look like one.
func wordOf(s string) string {
	if n := len(s); codeOf(s) == "" || (n == 9 || n == 12) && allDigits(s) {
		return ""
	}
	return s
}

// codeOf returns a code of an officer, who may have a number, "" if s does not
// look like one.
func codeOf(s string) string {
	if len(s) > maxWord {
		return ""
	}
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !letter && c != '.' && c != '-' && c != '_' && c != '@' && c != '/' {
			return ""
		}
	}
	return s
}

// bounded returns what the record holds of a question that was approved: all of
// it, as whoever asked has to be found again, but not without an end.
func bounded(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
