package mappings

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	lgsp "lgsp.internal/adapter"
)

func (m *Mapping) compareCase(r CaseResult, want []byte, doc lgsp.Document, err error) []string {
	if r.Want == "want.err" {
		return m.compareErrors(want, err)
	}
	if err != nil {
		diffs := []string{"want a document, got " + err.Error()}
		for _, line := range errorLines(err) {
			diffs = append(diffs, line+m.ruleReading(line))
		}
		return diffs
	}
	lay := layJSON
	if r.Want == "want.xml" {
		lay = layXML
	}
	if m.target.xml != (r.Want == "want.xml") {
		return []string{r.Want + " is not of the form that target.form names"}
	}
	wanted, werr := lay(want)
	got, gerr := lay(doc.Body)
	if werr != nil || gerr != nil {
		return []string{fmt.Sprintf("%s cannot be read: %v", r.Want, errors.Join(werr, gerr))}
	}
	return m.comparePieces(wanted, got)
}

// comparePieces reports the first few differences, each with the rule behind it.
func (m *Mapping) comparePieces(want, got []piece) []string {
	const shown = 10
	byPath := map[string]piece{}
	for _, g := range got {
		byPath[g.path] = g
	}
	var diffs []string
	for _, w := range want {
		g, ok := byPath[w.path]
		delete(byPath, w.path)
		switch {
		case !ok:
			diffs = append(diffs, fmt.Sprintf("%s: want %s, got nothing%s", w.path, w.text, m.ruleOf(w.names)))
		case g.text != w.text:
			diffs = append(diffs, fmt.Sprintf("%s: want %s, got %s%s", w.path, w.text, g.text, m.ruleOf(w.names)))
		}
	}
	for _, g := range got {
		if _, extra := byPath[g.path]; extra {
			diffs = append(diffs, fmt.Sprintf("%s: want nothing, got %s%s", g.path, g.text, m.ruleOf(g.names)))
		}
	}
	if len(diffs) == 0 && !slices.EqualFunc(want, got, func(a, b piece) bool { return a.path == b.path }) {
		i := 0
		for want[i].path == got[i].path {
			i++
		}
		diffs = append(diffs, fmt.Sprintf("%s: want it here, got %s: the order differs%s", want[i].path, got[i].path, m.ruleOf(got[i].names)))
	}
	if len(diffs) > shown {
		diffs = append(diffs[:shown], fmt.Sprintf("… and %d more", len(diffs)-shown))
	}
	return diffs
}

// ruleOf names the rule that writes the member or element at names: its place
// in mapping.yaml and what it reads.
func (m *Mapping) ruleOf(names []string) string {
	r := m.ruleAt(names)
	if r == nil {
		return ""
	}
	reads := strings.Join(r.sources(), ", ")
	if reads != "" {
		reads = ", reads " + reads
	}
	return fmt.Sprintf(" (%s:%d:%d%s)", m.file, r.pos.line, r.pos.col, reads)
}

// ruleAt returns the rule that writes the member or element at names, or the
// innermost one around it; nil if there is none.
func (m *Mapping) ruleAt(names []string) (r *rule) {
	rs := m.fields
	for _, name := range names {
		i := slices.IndexFunc(rs, func(r *rule) bool { return r.shape != mustShape && localName(r.to) == localName(name) })
		if i < 0 {
			break
		}
		r, rs = rs[i], rs[i].fields
	}
	return r
}

// sources lists what a rule reads of the message, as paths without indexes.
func (r *rule) sources() []string {
	var paths []string
	for _, one := range r.refs {
		switch {
		case one.word != noWord:
			paths = append(paths, one.text)
		case one.attr != nil:
			paths = append(paths, one.node.path()+"/@"+one.attr.name.String())
		default:
			paths = append(paths, one.node.path())
		}
	}
	if r.base != nil {
		paths = append(paths, r.base.node.path())
	}
	return slices.Compact(paths)
}

// withoutIndexes removes every "[n]" from a path.
func withoutIndexes(path string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(path, "[") {
		if b.Len() > 0 {
			_, part, _ = strings.Cut(part, "]")
		}
		b.WriteString(part)
	}
	return b.String()
}

func localName(name string) string {
	at, name := strings.HasPrefix(name, "@"), strings.TrimPrefix(name, "@")
	if _, local, ok := strings.Cut(name, ":"); ok {
		name = local
	}
	if at {
		return "@" + name
	}
	return name
}

// ruleReading names the rule that reads what a report's path leads to, or the
// check that points there.
func (m *Mapping) ruleReading(line string) string {
	where, code, _ := strings.Cut(line, " ")
	isCheck := code == codeMust || strings.HasPrefix(code, codeMust+":")
	plain := withoutIndexes(where)
	found := ""
	var look func(rs []*rule)
	look = func(rs []*rule) {
		for _, r := range rs {
			if found == "" && isCheck == (r.shape == mustShape) && slices.Contains(r.sources(), plain) {
				found = fmt.Sprintf(" (%s:%d:%d)", m.file, r.pos.line, r.pos.col)
			}
			look(r.fields)
		}
	}
	look(m.values())
	look(m.fields)
	return found
}

func (m *Mapping) compareErrors(want []byte, err error) []string {
	if err == nil {
		return []string{"want the errors of want.err, got a document"}
	}
	var lines []string
	for line := range strings.Lines(string(want)) {
		if line = strings.Join(strings.Fields(line), " "); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return m.compareLines(lines, errorLines(err), "")
}

// compareWarnings compares what the sender is warned of with what case.yaml wants.
func (m *Mapping) compareWarnings(want []string, got []lgsp.FieldError) []string {
	return m.compareLines(want, fieldLines(got), "the warning ")
}

// compareLines compares lines of a path and a code each, in any order.
func (m *Mapping) compareLines(want, got []string, what string) []string {
	var diffs []string
	for _, line := range want {
		if i := slices.Index(got, line); i >= 0 {
			got = slices.Delete(got, i, i+1)
			continue
		}
		diffs = append(diffs, "want "+what+line+", which was not reported"+m.ruleReading(line))
	}
	for _, line := range got {
		diffs = append(diffs, "got "+what+line+", which is not wanted"+m.ruleReading(line))
	}
	return diffs
}

// compareParts compares what case.yaml wants of the document besides its body.
func (m *Mapping) compareParts(side sidecar, doc lgsp.Document) []string {
	var diffs []string
	for _, w := range side.wanted {
		got := map[string]string{
			"legacy_id": doc.LegacyID, "lane": doc.Lane, "subject": doc.Subject,
			"procedure": doc.Purpose.Procedure, "officer": doc.Purpose.Officer, "unit": doc.Purpose.Unit,
		}[w.key]
		if got != w.value {
			diffs = append(diffs, fmt.Sprintf("%s: want %q, got %q (case.yaml:%d:%d)", w.key, w.value, got, w.at.line, w.at.col))
		}
	}
	return diffs
}
