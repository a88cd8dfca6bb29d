package mappings

import (
	"errors"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
)

func TestAValueIsToldByItsClassesAndLength(t *testing.T) {
	for _, tt := range []struct{ value, want string }{
		{"", ""},
		{"079190001", "9 chữ số"},
		{"nữ", "2 chữ cái"},
		{"Đặng", "4 chữ cái"},
		{"05/01/2026", "10 ký tự: chữ số và dấu /"},
		{"2026-01-05", "10 ký tự: chữ số và dấu -"},
		{"2026-01-05T10:00:00", "19 ký tự: chữ cái, chữ số và các dấu"},
		{"07919000000O", "12 ký tự: chữ cái và chữ số"},
		{"079 190 000 001", "15 ký tự: chữ số và khoảng trắng"},
		{"0791\u200b", "5 ký tự: chữ số và ký tự ẩn"},
		{"０７９１", "4 ký tự: ký tự khác"},
		{"АВСЕ", "4 ký tự: ký tự khác"}, // Cyrillic
		{"a\u0303bcd", "5 chữ cái"},
		{"12#4", "4 ký tự: chữ số và các dấu"},
		{"-", "1 ký tự"},
		{"1/2", "3 ký tự"},
		{"////", "4 ký tự: các dấu"},
		{"a.b.c", "5 ký tự: chữ cái và các dấu"},
		{strings.Repeat("ễ", mostLooked), "10000 chữ cái"},
		{strings.Repeat("1", mostLooked) + "a", "hơn 10000 chữ số"},
	} {
		if got := looks(tt.value); got != tt.want {
			t.Errorf("%.20q looks like %q, want %q", tt.value, got, tt.want)
		}
	}
}

// What Found may hold: a count and words that are the same for every value.
var foundForm = regexp.MustCompile(`^(?:hơn )?([0-9]+) (?:chữ cái|chữ số|ký tự(?:: (.*))?)$`)

func TestNothingOfAValueIsInWhatItLooksLike(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 1))
	alphabet := []rune("0123456789 01/-.,:abcđĐặễchữsốkýtựdấutrốngẩnvà;#_@\u200b\u00a0–АВ")
	for range 200_000 {
		value := make([]rune, 1+random.IntN(16))
		for i := range value {
			value[i] = alphabet[random.IntN(len(alphabet))]
		}
		s := string(value)
		found := looks(s)
		m := foundForm.FindStringSubmatch(found)
		if m == nil || m[1] != strconv.Itoa(utf8.RuneCountInString(s)) {
			t.Fatalf("%q looks like %q", s, found)
		}
		for _, word := range []string{looksLetters, looksDigits, looksSpaces, looksSigns, looksHidden, looksOthers, "dấu /", "dấu -", "dấu chấm", "dấu phẩy", "dấu hai chấm"} {
			m[2] = strings.Replace(m[2], word, "|", 1)
		}
		if rest := strings.NewReplacer(", ", "", " và ", "", "|", "").Replace(m[2]); rest != "" {
			t.Fatalf("%q looks like %q, of which %q is no word of ours", s, found, rest)
		}
	}
}

func TestEveryBadValueIsReportedWithWhatItLooksLike(t *testing.T) {
	for _, tt := range []struct{ name, rules, in, want string }{
		{"an element that is not there", "{to: b, from: B, required: true}", "", ""},
		{"an empty element", "{to: b, from: B, required: true}", "<B/>", "trống"},
		{"an element with spaces", "{to: b, from: B, required: true}", "<B> </B>", "trống"},
		{"an attribute that is not there", "{to: b, from: '@b', required: true}\n  - {to: c, from: C}", "<C>x</C>", ""},
		{"the part of a name that is not there", "{to: b, from: B, name: middle, required: true}", "<B>Mẫu</B>", "3 chữ cái"},
		{"letters of which nothing is left", "{to: b, from: B, letters: plain, required: true}", "<B>- . -</B>", "5 ký tự: khoảng trắng và các dấu"},
		{"a date that counts as empty", "{to: b, from: B, required: true, date: {in: yyyy, out: yyyy, skip: partial}}", "<B>1990</B>", "4 chữ số"},
		{"length", "{to: b, from: B, length: 12}", "<B>079190001</B>", "9 chữ số"},
		{"digits", "{to: b, from: B, type: digits}", "<B>07919000000O</B>", "12 ký tự: chữ cái và chữ số"},
		{"int", "{to: b, from: B, type: int}", "<B>1.500</B>", "5 ký tự: chữ số và dấu chấm"},
		{"int out of bounds", "{to: b, from: B, type: int, max: 9}", "<B>10</B>", "2 chữ số"},
		{"bool", "{to: b, from: B, type: bool}", "<B>yes</B>", "3 chữ cái"},
		{"base64", "{to: b, from: B, type: base64}", "<B>JVBE Ri0x</B>", "9 ký tự: chữ cái, chữ số và khoảng trắng"},
		{"pattern", "{to: b, from: B, pattern: '[0-9]+'}", "<B>x</B>", "1 chữ cái"},
		{"code", "{to: b, from: B, codes: {Nam: '1'}}", "<B>Nam giới</B>", "8 ký tự: chữ cái và khoảng trắng"},
		{"date", "{to: b, from: B, type: date}", "<B>05/01/2026</B>", "10 ký tự: chữ số và dấu /"},
		{"differs", "{to: b, from: B, differs: C}", "<B>x1y2</B><C>x1y2</C>", "4 ký tự: chữ cái và chữ số"},
		{"joined", "{to: b, join: [B, C], max: 3}", "<B>12</B><C>34</C>", "5 ký tự: chữ số và khoảng trắng"},
		{"in a list", "{to: b, each: B, type: int}", "<B>1</B><B>xy</B>", "2 chữ cái"},
		{"what is there twice is no value", "{to: b, from: B}", "<B>x</B><B>x</B>", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := mapIt(mappingOf(t, jsonHead+"fields:\n  - "+tt.rules+"\n"), a(tt.in))
			var e *lgsp.Error
			if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Found != tt.want {
				t.Errorf("got %+v, want %q", e, tt.want)
			}
		})
	}
}

func TestABlankAttributeIsToldAsBlank(t *testing.T) {
	_, err := mapIt(mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B/@b, required: true}\n"), a("<B b=' '/>"))
	var e *lgsp.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Found != looksBlank {
		t.Errorf("got %+v", e)
	}
}

// The sender must be led to what it sent, not to what it left out.
func TestABadValueIsReportedAtThePathByWhichItWasFound(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: [B, C], length: 12, differs: D}\n")
	for in, want := range map[string]string{
		"<C>1</C>":                               "/A/C length",
		"<B> </B><C>1</C>":                       "/A/C length",
		"<B>1</B><C>079190000001</C>":            "/A/B length",
		"<C>079190000001</C><D>079190000001</D>": "/A/C repeated",
		"<B>079190000001</B><C>079190000002</C><D>079190000001</D>": "/A/B repeated",
	} {
		_, err := mapIt(m, a(in))
		if got := strings.Join(errorLines(err), ", "); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
