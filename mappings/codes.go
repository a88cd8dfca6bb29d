package mappings

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// codeTable gives each text that may come the code that is written for it.
type codeTable struct {
	compare comparison
	entries []codeEntry
	exact   map[string]string
	folded  map[string]string // keys as fold leaves them; nil when compare is exact
}

type codeEntry struct {
	pos        pos
	text, code string
}

// find returns the code of s. scratch is used for comparing.
func (t *codeTable) find(s string, scratch []byte) (code string, ok bool, _ []byte) {
	if code, ok = t.exact[s]; ok || t.folded == nil {
		return code, ok, scratch
	}
	scratch = fold(scratch[:0], s, t.compare)
	code, ok = t.folded[string(scratch)]
	return code, ok, scratch
}

// writes reports whether code is one of those that the table writes.
func (t *codeTable) writes(code string) bool {
	for _, e := range t.entries {
		if e.code == code {
			return true
		}
	}
	return false
}

// want lists the texts that may come, the first few of many.
func (t *codeTable) want() string {
	const shown = 8
	var b strings.Builder
	for i, e := range t.entries {
		if i == shown {
			b.WriteString(" | …")
			break
		}
		if i > 0 {
			b.WriteString(" | ")
		}
		b.WriteString(e.text)
	}
	return b.String()
}

// fold appends s to dst as c compares it: without capitals and, when loose,
// without diacritics and with single spaces.
func fold(dst []byte, s string, c comparison) []byte {
	if c != compareLoose {
		for _, r := range s {
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		}
		return dst
	}
	var letter [64]byte
	space := false
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		for _, r := range string(norm.NFD.AppendString(letter[:0], s[i:i+n])) {
			switch {
			case unicode.Is(unicode.Mn, r):
				continue
			case unicode.IsSpace(r):
				space = len(dst) > 0
				continue
			case r == 'đ' || r == 'Đ':
				r = 'd'
			}
			if space {
				dst, space = append(dst, ' '), false
			}
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		}
		i += n
	}
	return dst
}
