package mappings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// reader reads a YAML tree by hand, so that every problem has its place.
type reader struct {
	file     string
	problems Problems
}

func (rd *reader) report(at pos, format string, args ...any) {
	if len(rd.problems) < maxProblems {
		rd.problems = append(rd.problems, Problem{rd.file, at.line, at.col, fmt.Sprintf(format, args...)})
	}
}

// document parses text and returns its one top node.
func (rd *reader) document(text []byte) (*yaml.Node, bool) {
	utf16 := bytes.HasPrefix(text, []byte("\xfe\xff")) || bytes.HasPrefix(text, []byte("\xff\xfe"))
	if at := invalidUTF8(text); at >= 0 && !utf16 {
		line, col := lineCol(text, at)
		rd.report(pos{line, col}, "not UTF-8; save the file as UTF-8")
		return nil, false
	}
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	if err != nil {
		rd.report(pos{1, 1}, "not YAML: %v", err)
		return nil, false
	}
	var doc, second yaml.Node
	err = loader.Load(&doc)
	if errors.Is(err, io.EOF) {
		rd.report(pos{1, 1}, "empty; want keys with values")
		return nil, false
	}
	if err == nil {
		if err = loader.Load(&second); errors.Is(err, io.EOF) {
			err = nil
		} else if err == nil {
			rd.report(posOf(&second), "more than one YAML document; want one")
			return nil, false
		}
	}
	if err != nil {
		var le *yaml.LoadError
		at, what := pos{1, 1}, err.Error()
		if errors.As(err, &le) {
			at, what = pos{max(le.Mark.Line, 1), max(le.Mark.Column, 1)}, le.Message
		}
		rd.report(at, "not YAML: %s%s", what, remedyOf(what, lineOf(text, at.line)))
		return nil, false
	}
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		return doc.Content[0], true
	}
	return &doc, true
}

// lineOf returns a line of a text, from 1.
func lineOf(text []byte, line int) string {
	for rest := range bytes.Lines(text) {
		if line--; line == 0 {
			return string(rest)
		}
	}
	return ""
}

// remedyOf is what mostly helps where YAML does not know how to go on: spaces for a
// tab, or quotes around a path that it takes for signs of its own.
func remedyOf(what, line string) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(indent, "\t"):
		return "; the line begins with a tab, and YAML wants spaces there"
	case strings.HasPrefix(what, "found character that cannot start"):
		return `; a text that begins with @ wants quotes, as in "@Ma"`
	case strings.HasPrefix(what, "did not find expected"):
		return `; a bracket or a comma is missing, or quotes around a text that holds one, as in "Con[1]/Ten"`
	}
	return ""
}

func posOf(n *yaml.Node) pos { return pos{n.Line, n.Column} }

// target follows an alias. An alias cannot stand for another alias.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// entry is one key of a YAML mapping with its value.
type entry struct {
	key   string
	at    pos
	value *yaml.Node
}

// entries returns the keys of a YAML mapping in order. Keys that are not among
// known are reported and left out; known == "" allows every key.
func (rd *reader) entries(n *yaml.Node, what, known string) []entry {
	n = target(n)
	if n.Kind != yaml.MappingNode {
		rd.report(posOf(n), "%s: want keys with values%s", what, listed(known))
		return nil
	}
	allowed := strings.Fields(known)
	seen := map[string]pos{}
	var es []entry
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := target(n.Content[i]), target(n.Content[i+1])
		at := posOf(n.Content[i])
		if key.Kind != yaml.ScalarNode {
			rd.report(at, "%s: a key must be a plain word", what)
			continue
		}
		if first, dup := seen[key.Value]; dup {
			rd.report(at, "%s: %q is already given in line %d", what, key.Value, first.line)
			continue
		}
		seen[key.Value] = at
		if known != "" && !contains(allowed, key.Value) {
			rd.report(at, "%s: unknown key %q%s", what, key.Value, didYouMean(key.Value, allowed))
			continue
		}
		es = append(es, entry{key.Value, at, value})
	}
	return es
}

func listed(known string) string {
	if known == "" {
		return ""
	}
	return " (" + strings.Join(strings.Fields(known), ", ") + ")"
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// text reads a scalar as it is written; YAML's own types do not matter.
func (rd *reader) text(e entry) (string, bool) {
	if e.value.Kind != yaml.ScalarNode {
		rd.report(posOf(e.value), "%s: want a text", e.key)
		return "", false
	}
	if isNull(e.value) {
		rd.report(posOf(e.value), "%s: has no value; write \"\" for the empty text", e.key)
		return "", false
	}
	return e.value.Value, true
}

// filled reads a scalar that is not empty.
func (rd *reader) filled(e entry) string {
	s, ok := rd.text(e)
	if ok && s == "" {
		rd.report(posOf(e.value), "%s: is empty", e.key)
	}
	return s
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

func (rd *reader) boolean(e entry) bool {
	if e.value.Kind != yaml.ScalarNode || e.value.Value != "true" && e.value.Value != "false" {
		rd.report(posOf(e.value), "%s: want true or false", e.key)
		return false
	}
	return e.value.Value == "true"
}

// number reads a whole number from 1 to 100,000.
func (rd *reader) number(key string, n *yaml.Node) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < 1 || v > 100_000 {
		rd.report(posOf(n), "%s: want a number of characters from 1 to 100000", key)
		return 0
	}
	return v
}

// scalars returns the nodes of a scalar or of a list of scalars.
func (rd *reader) scalars(e entry) []*yaml.Node {
	switch e.value.Kind {
	case yaml.ScalarNode:
		return []*yaml.Node{e.value}
	case yaml.SequenceNode:
		if n := len(e.value.Content); n == 0 || n > maxList {
			rd.report(posOf(e.value), "%s: want a list of 1 to %d", e.key, maxList)
			return nil
		}
		var ns []*yaml.Node
		for _, n := range e.value.Content {
			if n = target(n); n.Kind != yaml.ScalarNode {
				rd.report(posOf(n), "%s: want a text or a list of texts", e.key)
				continue
			}
			ns = append(ns, n)
		}
		return ns
	}
	rd.report(posOf(e.value), "%s: want a text or a list of texts", e.key)
	return nil
}

// choice reads one of the words and returns its index, 0 when it is none.
func (rd *reader) choice(e entry, words string) int {
	list := strings.Fields(words)
	for i, w := range list {
		if e.value.Kind == yaml.ScalarNode && e.value.Value == w {
			return i
		}
	}
	rd.report(posOf(e.value), "%s: want one of %s", e.key, strings.Join(list, ", "))
	return 0
}

// didYouMean names the allowed word that is nearest to s.
func didYouMean(s string, allowed []string) string {
	best, near := "", min(3, len(s)/2+1)
	for _, a := range allowed {
		if d := distance(s, a); d < near {
			best, near = a, d
		}
	}
	if best == "" {
		return "; want one of " + strings.Join(allowed, ", ")
	}
	return "; did you mean " + best + "?"
}

// distance is the Levenshtein distance of two short words.
func distance(a, b string) int {
	if len(a) > 32 || len(b) > 32 {
		return 32
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
