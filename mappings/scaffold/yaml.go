package scaffold

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// yamlWriter writes a mapping.yaml.
type yamlWriter struct {
	b strings.Builder
}

// How wide comments are, and how long a rule on one line may be.
const (
	commentWidth = 110
	ruleWidth    = 160
)

func (w *yamlWriter) line(indent int, text string) {
	w.b.WriteString(strings.Repeat(" ", indent) + text + "\n")
}

// comment writes sentences as a comment of as many lines as it takes.
func (w *yamlWriter) comment(indent int, text string) {
	line := "#"
	for _, word := range strings.Fields(printable(text)) {
		if indent+utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > commentWidth && line != "#" {
			w.line(indent, line)
			line = "#"
		}
		line += " " + word
	}
	if line != "#" {
		w.line(indent, line)
	}
}

// printable takes out what YAML cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}

// pair is a key with its value as YAML has it.
type pair struct{ key, value string }

// flow writes pairs as {a: b, c: d}.
func flow(pairs []pair) string {
	parts := make([]string, len(pairs))
	for i, p := range pairs {
		parts[i] = p.key + ": " + p.value
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// list writes texts as [a, b].
func list(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = quote(t)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// oneOrList writes one text as it is, several as a list.
func oneOrList(texts []string) string {
	if len(texts) == 1 {
		return quote(texts[0])
	}
	return list(texts)
}

// quote writes a text as a YAML scalar that is read back as the same text,
// inside braces too.
func quote(s string) string {
	if isPlain(s) {
		return s
	}
	if !strings.ContainsFunc(s, func(r rune) bool { return r == '\'' || !unicode.IsPrint(r) }) && strings.Contains(s, `\`) {
		return "'" + s + "'" // patterns are read more easily so
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case unicode.IsPrint(r) && r != '\uFEFF':
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// isPlain reports whether YAML reads s as the text that it is, without quotes.
func isPlain(s string) bool {
	switch strings.ToLower(s) {
	case "", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "~":
		return s == "."
	case ".":
		return true
	}
	last := rune(0)
	for i, r := range s {
		letter := unicode.IsLetter(r) || r == '_'
		switch {
		case letter, i == 0 && (r == '$' || r == '/'):
		case i > 0 && (unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || strings.ContainsRune("./-()$", r)):
		case i > 0 && r == ' ' && last != ' ':
		case i > 0 && r == ':' && i+1 < len(s) && s[i+1] != ' ':
		default:
			return false
		}
		last = r
	}
	return last != ' ' && last != ':'
}
