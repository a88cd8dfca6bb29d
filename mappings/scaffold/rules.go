package scaffold

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// ruleWriter writes the rules of a message.
type ruleWriter struct {
	yamlWriter
	spelling *spelling
	xml      bool
	docs     bool
	codes    int // entries of codes that may still be written
	patterns int // instructions of patterns that may still be written
}

// object writes the rules of what is inside e, and of its own text.
func (w *ruleWriter) object(e *element, indent int) {
	names := taken{}
	for _, a := range e.attrs {
		w.leaf(indent, w.name(names, a.name.local, true), "from", w.spelling.at(a.name), a.must && !a.text.maybeEmpty(), a.text, a.doc)
	}
	if e.text != nil && (e.isObject() || e.up == nil) {
		w.leaf(indent, w.name(names, "GiaTri", false), "from", ".", e.must && e.simple() && !e.null && !e.text.maybeEmpty(), e.text, "")
	}
	for i, k := range e.kids {
		if k.gone == "" {
			w.element(k, names, indent)
		} else if i == 0 || e.kids[i-1].gone != k.gone {
			w.gone(e, i, indent)
		}
	}
	w.beyond(e, indent)
}

// gone tells which children of e are left out from the i-th on, for one reason.
func (w *ruleWriter) gone(e *element, i, indent int) {
	const shown = 8
	var names []string
	why := ""
	for _, k := range e.kids[i:] {
		if k.gone == "" || why != "" && k.gone != why {
			break
		}
		why = k.gone
		names = append(names, oneLine(k.name.local))
	}
	if len(names) > shown {
		names = append(names[:shown], strconv.Itoa(len(names)-shown)+" more")
	}
	if len(names) > 0 {
		w.comment(indent, "Left out: "+strings.Join(names, ", ")+"; "+why+".")
	}
}

// beyond tells how many children of e there was no room for.
func (w *ruleWriter) beyond(e *element, indent int) {
	if e.more > 0 {
		w.comment(indent, "Left out: "+strconv.Itoa(e.more)+" elements more; "+tooMany+".")
	}
}

// name makes the name that a value is written by.
func (w *ruleWriter) name(names taken, local string, attribute bool) string {
	switch {
	case !w.xml:
		return names.give(camel(local))
	case attribute:
		return names.give("@" + local)
	}
	return names.give(local)
}

func (w *ruleWriter) element(e *element, names taken, indent int) {
	for _, note := range e.notes {
		w.comment(indent, note)
	}
	to, key, path := w.name(names, e.name.local, false), "from", w.spelling.step(e.name)
	if e.many {
		key = "each"
	}
	if !e.isObject() {
		for i, k := range e.kids {
			if i == 0 || e.kids[i-1].gone != k.gone {
				w.gone(e, i, indent)
			}
		}
		w.beyond(e, indent)
		w.leaf(indent, to, key, path, e.needed(), e.text, e.doc)
		return
	}
	w.line(indent, "- to: "+quote(to))
	w.line(indent+2, key+": "+quote(path))
	if e.needed() {
		w.line(indent+2, "required: true")
	}
	if w.docs && e.doc != "" {
		w.line(indent+2, "doc: "+quote(e.doc))
	}
	w.line(indent+2, "fields:")
	w.object(e, indent+4)
}

// leaf writes a rule of one value, or of a list of values.
func (w *ruleWriter) leaf(indent int, to, key, path string, required bool, v *value, doc string) {
	pairs := []pair{{"to", quote(to)}, {key, quote(path)}}
	if required {
		pairs = append(pairs, pair{"required", "true"})
	}
	var c check
	if v != nil {
		c = v.check
	}
	w.comment(indent, strings.Join(c.notes, " "))
	pairs = append(pairs, w.checks(indent, c)...)
	said := pair{"doc", quote(doc)}
	if !w.docs {
		doc = ""
	}
	if len(c.codes) > 0 && w.codes >= len(c.codes) {
		w.codes -= len(c.codes)
		w.coded(indent, pairs, c.codes, said, doc != "")
		return
	}
	if len(c.codes) > 0 {
		w.comment(indent, "The schema lists "+strconv.Itoa(len(c.codes))+" values, which are left out here: a mapping has at most "+strconv.Itoa(maxAllCodes)+".")
	}
	if doc != "" {
		pairs = append(pairs, said)
	}
	if one := flow(pairs); utf8.RuneCountInString(one) <= ruleWidth {
		w.line(indent, "- "+one)
		return
	}
	w.block(indent, pairs)
}

// block writes a rule on a line for each key.
func (w *ruleWriter) block(indent int, pairs []pair) {
	begin := "- "
	for _, p := range pairs {
		w.line(indent, begin+p.key+": "+p.value)
		begin = "  "
	}
}

// coded writes a rule with codes: on one line where they are few and say
// nothing, else one below the other.
func (w *ruleWriter) coded(indent int, pairs []pair, codes []code, said pair, documented bool) {
	texts, silent := make([]string, len(codes)), true
	for i, c := range codes {
		texts[i] = c.text
		silent = silent && (c.doc == "" || !w.docs)
	}
	if short := append(append([]pair{}, pairs...), pair{"codes", list(texts)}); silent {
		if documented {
			short = append(short, said)
		}
		if one := flow(short); utf8.RuneCountInString(one) <= ruleWidth {
			w.line(indent, "- "+one)
			return
		}
	}
	w.block(indent, pairs)
	if documented {
		w.line(indent+2, said.key+": "+said.value)
	}
	if silent {
		w.packed(indent+2, "codes: [", texts)
		return
	}
	w.line(indent+2, "codes:")
	for _, c := range codes {
		entry := "- " + quote(c.text)
		if c.doc != "" {
			entry += "  # " + printable(c.doc)
		}
		w.line(indent+4, entry)
	}
}

// packed writes a list over as many lines as it takes.
func (w *ruleWriter) packed(indent int, line string, texts []string) {
	for i, text := range texts {
		text = quote(text) + ", "
		if i == len(texts)-1 {
			text = strings.TrimSuffix(text, ", ") + "]"
		}
		if indent+utf8.RuneCountInString(line+text) > commentWidth {
			w.line(indent, strings.TrimRight(line, " "))
			line = "  "
		}
		line += text
	}
	w.line(indent, line)
}

// checks writes what the value must be.
func (w *ruleWriter) checks(indent int, c check) (pairs []pair) {
	add := func(key, value string) {
		if value != "" {
			pairs = append(pairs, pair{key, value})
		}
	}
	add("spaces", c.spaces)
	add("type", c.kind)
	if len(c.codes) > 0 {
		return pairs
	}
	switch len(c.lengths) {
	case 0:
	case 1:
		add("length", strconv.Itoa(c.lengths[0]))
	default:
		texts := make([]string, len(c.lengths))
		for i, n := range c.lengths {
			texts[i] = strconv.Itoa(n)
		}
		add("length", "["+strings.Join(texts, ", ")+"]")
	}
	add("min", c.min)
	add("max", c.max)
	if n := instructions(c.pattern); c.pattern != "" && n <= w.patterns {
		w.patterns -= n
		add("pattern", quote(c.pattern))
	} else if c.pattern != "" {
		w.comment(indent, patternNote([]string{c.pattern}))
	}
	if len(c.in) > 0 {
		add("date", flow([]pair{{"in", oneOrList(c.in)}, {"out", oneOrList(c.out)}}))
	}
	return pairs
}
