package bridge

import (
	"slices"
	"strings"
	"unicode"

	lgsp "lgsp.internal/adapter"
)

// declarer is a mapper that knows which places of a message it reads. A path
// in a FieldError may hold what a sender invented, a citizen's name as the name
// of an element too; what Declared makes of it does not.
type declarer interface{ Declared(path string) string }

const (
	codeUndeclared = "unknown" // of a field that the mapping does not know
	mostWrong      = 20        // fields on record
	longestPath    = 200       // bytes
)

// wrongFields returns what the record says of the fields of a rejected message:
// the paths that the mapping itself declares, spaces between.
func wrongFields(m lgsp.Mapper, cause *lgsp.Error) string {
	d, ok := m.(declarer)
	if !ok {
		return ""
	}
	var all []string
	for _, f := range cause.Fields {
		path := f.Path
		if f.Code == codeUndeclared {
			path = path[:max(strings.LastIndexByte(path, '/'), 0)]
		}
		if path = d.Declared(path); !isPath(path) || slices.Contains(all, path) {
			continue
		}
		if all = append(all, path); len(all) == mostWrong {
			break
		}
	}
	return strings.Join(all, " ")
}

// isPath reports whether s is a path as the record may hold it.
func isPath(s string) bool {
	return s != "" && len(s) <= longestPath && strings.IndexFunc(s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("/.-_@:", c)
	}) < 0
}
