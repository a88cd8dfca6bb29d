package paper

import (
	"strings"
)

// Placeholders stand in texts of a template as {{name}}, and are written only
// there: in any other document "{{" is text like any other.

// ValidName reports whether a placeholder can have this name: up to 64 of a to
// z, 0 to 9, "_" and ".".
func ValidName(name string) bool {
	if name == "" || len(name) > 64 {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// HoldsPlaceholder reports whether a text holds "{{".
func HoldsPlaceholder(s string) bool { return strings.Contains(s, "{{") }

// Mark is written where the placeholder of a name is to stand.
func (p Placeholder) Mark() string { return "{{" + p.Name + "}}" }

// Readable reports whether a character belongs into a document. What XML 1.0
// §2.2 forbids or advises against does not, nor what turns the reading order: a
// document must read as its data does. "\n" breaks a line, "\t" is a space; both
// are not asked for here.
func Readable(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r <= 0x9f:
		return false
	case r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
		return false
	case r >= 0xfdd0 && r <= 0xfdef, r&0xfffe == 0xfffe:
		return false
	}
	return true
}
