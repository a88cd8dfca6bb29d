package scaffold

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/beevik/etree"
	"golang.org/x/text/unicode/norm"
)

// longestDoc is how many characters of a documentation are kept.
const longestDoc = 200

// allText returns the character data anywhere inside e.
func allText(e *etree.Element) string {
	var b strings.Builder
	for _, child := range e.Child {
		switch c := child.(type) {
		case *etree.CharData:
			b.WriteString(c.Data)
		case *etree.Element:
			b.WriteString(allText(c))
		}
	}
	return b.String()
}

// oneLine puts a text on one line of bounded length, without what cannot be
// printed.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > longestDoc {
		return strings.TrimSpace(string(r[:longestDoc-1])) + "…"
	}
	return s
}

// wordsOf takes a name apart where it changes from small letters to capitals,
// and at everything that is neither a letter nor a digit: MaTTHC is Ma, TTHC,
// and IDHoSo is ID, Ho, So.
func wordsOf(s string) []string {
	var words []string
	r := []rune(s)
	from := 0
	cut := func(to int) {
		if to > from {
			words = append(words, string(r[from:to]))
		}
	}
	for i := range r {
		letter := unicode.IsLetter(r[i]) || unicode.IsDigit(r[i]) || unicode.Is(unicode.Mn, r[i])
		switch {
		case !letter:
			cut(i)
			from = i + 1
		case i > from && unicode.IsUpper(r[i]) && !unicode.IsUpper(r[i-1]),
			i > from && i+1 < len(r) && unicode.IsUpper(r[i]) && unicode.IsLower(r[i+1]) && unicode.IsUpper(r[i-1]):
			cut(i)
			from = i
		}
	}
	cut(len(r))
	return words
}

// camel writes a name as members of JSON are mostly written: HoTen is hoTen,
// SoCMND is soCMND, HO_TEN is hoTen.
func camel(s string) string {
	shouting := strings.ContainsAny(s, "_-") && s == strings.ToUpper(s)
	var b strings.Builder
	for i, w := range wordsOf(s) {
		first, rest := splitFirst(w)
		switch {
		case i == 0:
			b.WriteString(strings.ToLower(w))
		case shouting:
			b.WriteString(first + strings.ToLower(rest))
		default:
			b.WriteString(strings.ToUpper(first) + rest)
		}
	}
	if b.Len() == 0 {
		return "giaTri"
	}
	return b.String()
}

func splitFirst(w string) (first, rest string) {
	for i := range w {
		if i > 0 {
			return w[:i], w[i:]
		}
	}
	return w, ""
}

// longestService is how long the name of a service is that is made here.
const longestService = 60

// serviceName makes the name of a service: DangKyKhaiSinh is dang-ky-khai-sinh.
func serviceName(s string) string {
	var parts []string
	for _, w := range wordsOf(plain(s)) {
		parts = append(parts, strings.ToLower(w))
	}
	made := strings.Join(parts, "-")
	if len(made) > longestService {
		made = strings.TrimRight(made[:longestService], "-")
	}
	if made == "" {
		return "dich-vu"
	}
	return made
}

// plain takes the diacritics from a name, and what is not a letter or a digit
// of ASCII becomes "-".
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		case r >= 0x80 || !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return '-'
		}
		return r
	}, norm.NFD.String(s))
}

func isService(s string) bool {
	for i, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && (i == 0 || r != '.' && r != '-') {
			return false
		}
	}
	return s != ""
}

// isName reports whether a path of the mapping language can hold s as a step.
func isName(s string) bool {
	for i, r := range s {
		switch {
		case r == '_' || unicode.IsLetter(r):
		case i > 0 && (r == '-' || r == '.' || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)):
		default:
			return false
		}
	}
	return s != ""
}

// taken gives names, each once.
type taken map[string]bool

// give returns wanted, with a number behind it when it is taken already.
func (t taken) give(wanted string) string {
	given := wanted
	for n := 2; t[given]; n++ {
		given = wanted + strconv.Itoa(n)
	}
	t[given] = true
	return given
}
