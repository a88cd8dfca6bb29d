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
	file    *tableUse         // the codes stand in a file; nil = they are the entries
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
	if t.file != nil {
		return t.file.table == nil || t.file.table.writes(code)
	}
	for _, e := range t.entries {
		if e.code == code {
			return true
		}
	}
	return false
}

// want lists the texts that may come, the first few of many.
func (t *codeTable) want() string {
	if t.file != nil {
		return t.file.want()
	}
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
	l := loosener{dst: dst, begin: len(dst)}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		var pieces []byte
		if r >= utf8.RuneSelf {
			pieces = norm.NFD.PropertiesString(s[i:]).Decomposition()
		}
		if i += n; pieces == nil {
			l.add(r)
		}
		for len(pieces) > 0 {
			r, n = utf8.DecodeRune(pieces)
			pieces = pieces[n:]
			l.add(r)
		}
	}
	return l.dst
}

// loosener appends what a loose comparison leaves of letters and their marks.
type loosener struct {
	dst   []byte
	begin int
	space bool // comes before the next letter
}

func (l *loosener) add(r rune) {
	switch {
	case unicode.Is(unicode.Mn, r):
		return
	case unicode.IsSpace(r):
		l.space = len(l.dst) > l.begin
		return
	case r == 'đ' || r == 'Đ':
		r = 'd'
	}
	if l.space {
		l.dst, l.space = append(l.dst, ' '), false
	}
	l.dst = utf8.AppendRune(l.dst, unicode.ToLower(r))
}
