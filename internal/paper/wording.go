package paper

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// NumberText returns number and symbol of a document: "05/BC-STP". A number
// below 10 gets a leading 0; what is empty is a Gap (NĐ 30/2020/NĐ-CP, Phụ lục I).
func NumberText(number, symbol string) string {
	if len(number) == 1 && number >= "0" && number <= "9" {
		number = "0" + number
	}
	return OrGap(number) + "/" + OrGap(symbol)
}

// DateText returns the day of t in its own location: "ngày 05 tháng 02 năm 2026".
// Days below 10 and the months 1 and 2 get a leading 0, other months do not; a
// zero time gives gaps (NĐ 30/2020/NĐ-CP, Phụ lục I).
func DateText(t time.Time) string {
	if t.IsZero() {
		return "ngày " + Gap + " tháng " + Gap + " năm " + Gap
	}
	year, month, day := t.Date()
	if month < 3 {
		return fmt.Sprintf("ngày %02d tháng %02d năm %d", day, month, year)
	}
	return fmt.Sprintf("ngày %02d tháng %d năm %d", day, month, year)
}

// OrGap returns s, or a Gap where it is blank.
func OrGap(s string) string {
	if strings.TrimSpace(s) == "" {
		return Gap
	}
	return s
}

// Enumerated ends every item but the last with ";" and the last with ".", but
// for one that is to be filled in.
func Enumerated(items []string) []string {
	ended := make([]string, len(items))
	for i, item := range items {
		ended[i] = strings.TrimRight(strings.TrimSpace(item), ";.,") + ";"
	}
	if n := len(ended); n > 0 && (ended[n-1] == Gap+";" || strings.HasSuffix(ended[n-1], "}};")) {
		ended[n-1] = strings.TrimSuffix(ended[n-1], ";")
	} else if n > 0 {
		ended[n-1] = strings.TrimSuffix(ended[n-1], ";") + "."
	}
	return ended
}

// SentenceCase returns "Báo cáo" for "BÁO CÁO".
func SentenceCase(s string) string {
	if strings.HasPrefix(s, "{{") {
		return s // what fills it is written as it is
	}
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + strings.ToLower(s[size:])
}

func decimal(n int) string { return strconv.Itoa(n) }

// Upper returns s in capitals, but for the names of placeholders.
func Upper(s string) string {
	var b strings.Builder
	for {
		before, name, open := strings.Cut(s, "{{")
		b.WriteString(strings.ToUpper(before))
		if !open {
			return b.String()
		}
		name, after, closed := strings.Cut(name, "}}")
		if !closed {
			b.WriteString(strings.ToUpper(s[len(before):]))
			return b.String()
		}
		b.WriteString("{{" + name + "}}")
		s = after
	}
}

// letters are those that number a điểm: f, j, w and z are no Vietnamese
// letters, and of the marked ones only đ is used.
var letters = [...]string{"a", "b", "c", "d", "đ", "e", "g", "h", "i", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "x", "y"}

// LetterMark returns the n-th mark, n from 1: after "y" come "aa", "ab".
func LetterMark(n int) string {
	mark := ""
	for ; n > 0; n = (n - 1) / len(letters) {
		mark = letters[(n-1)%len(letters)] + mark
	}
	return mark
}

// Roman returns n, from 1, in Roman digits; above 3999 there are none.
func Roman(n int) string {
	if n > 3999 {
		return fmt.Sprint(n)
	}
	var b strings.Builder
	for _, d := range [...]struct {
		value int
		sign  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= d.value; n -= d.value {
			b.WriteString(d.sign)
		}
	}
	return b.String()
}

const noBreakSpace = "\u00a0"

// Unbroken keeps a number on the line of the word that it belongs to: "số 46",
// "Điều 5", "ngày 05", "Phụ lục II".
func Unbroken(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 16)
	start := 0 // of the word that is being read
	for i := 0; i < len(s); i++ {
		if s[i] != ' ' && s[i] != '\n' {
			continue
		}
		word := s[start:i]
		b.WriteString(word)
		if s[i] == ' ' && i+1 < len(s) && bound(word, s[i+1]) {
			b.WriteString(noBreakSpace)
		} else {
			b.WriteByte(s[i])
		}
		start = i + 1
	}
	b.WriteString(s[start:])
	return b.String()
}

// bound reports whether a word stays with a number that starts with next.
func bound(word string, next byte) bool {
	switch strings.TrimLeft(word, "(\"“[") {
	case "số", "Số", "Điều", "điều", "khoản", "Khoản", "điểm", "mục", "Mục", "ngày", "tháng", "năm", "độ":
		return next >= '0' && next <= '9'
	case "Phụ":
		return next == 'l'
	case "lục":
		return next == 'I' || next == 'V' || next == 'X'
	}
	return false
}
