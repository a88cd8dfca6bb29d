package scaffold

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"lgsp.internal/adapter/internal/strictxml"
)

// sampleWriter writes a message that is valid by the schema, with invented values.
type sampleWriter struct {
	message  *message
	spelling *spelling
	invent   inventor
	types    []string // namespaces of types, for xsi:type
	b        bytes.Buffer
	elements int
	ends     map[*element]bool // whether what an element asks for comes to an end
	short    bool              // something that the schema asks for is not there
}

// write returns the message in a SOAP envelope.
func (w *sampleWriter) write() []byte {
	w.spelling, w.ends = w.message.spelling(), map[*element]bool{}
	envelope := envelope11
	if w.message.soap12 {
		envelope = envelope12
	}
	w.element(w.message.root, 2)
	w.short = w.short || w.invent.refers && w.invent.ids == 0
	return []byte(`<?xml version="1.0" encoding="utf-8"?>` + "\n" +
		`<soap:Envelope xmlns:soap="` + envelope + `">` + "\n  <soap:Body>\n" + w.b.String() + "  </soap:Body>\n</soap:Envelope>\n")
}

// tag is the name of an element as it is written.
func (w *sampleWriter) tag(n name) string {
	switch {
	case n.space == "", w.spelling.qualified && n.space == w.spelling.root:
		return n.local
	case slices.Contains(w.spelling.spaces, n.space):
		return w.spelling.prefix(n.space) + n.local
	}
	return "m:" + n.local
}

func attr(name, value string) string {
	return " " + name + `="` + string(strictxml.EscapeAttr(nil, value)) + `"`
}

// declarations are those of all namespaces that the message uses.
func (w *sampleWriter) declarations() string {
	var b strings.Builder
	root := w.message.root
	switch {
	case root.name.space == "":
	case w.spelling.qualified:
		b.WriteString(attr("xmlns", root.name.space))
	case !slices.Contains(w.spelling.spaces, root.name.space):
		b.WriteString(attr("xmlns:m", root.name.space))
	}
	for i, space := range w.spelling.spaces {
		b.WriteString(attr("xmlns:"+w.spelling.prefixName(i), space))
	}
	var types []string
	speaks := w.message.typed
	root.each(func(e *element) {
		if says := w.typed(e); says && e.typeName.space != "" && !w.bound(e.typeName.space) && !slices.Contains(types, e.typeName.space) {
			types = append(types, e.typeName.space)
		}
		speaks = speaks || w.typed(e)
	})
	if speaks {
		b.WriteString(attr("xmlns:xsi", xsiSpace) + attr("xmlns:xsd", schemaSpace))
	}
	for i, space := range types {
		b.WriteString(attr("xmlns:t"+strconv.Itoa(i+1), space))
	}
	w.types = types
	if w.message.typed {
		b.WriteString(attr("xmlns:soapenc", encSpace) + attr("soap:encodingStyle", encSpace))
	}
	return b.String()
}

// typed reports whether e says what its type is.
func (w *sampleWriter) typed(e *element) bool {
	return e.typeName.local != "" && (w.message.typed && e.up != nil || e.typeName != e.def.name)
}

// bound reports whether a namespace has a prefix without being declared for a type.
func (w *sampleWriter) bound(space string) bool {
	root := w.message.root.name.space
	return isSchemaSpace(space) || isEncoding(space) || slices.Contains(w.spelling.spaces, space) || space == root && !w.spelling.qualified
}

// typeName is the name of a type as xsi:type has it.
func (w *sampleWriter) typeName(n name) string {
	switch {
	case isSchemaSpace(n.space):
		return "xsd:" + n.local
	case isEncoding(n.space):
		return "soapenc:" + n.local
	case n.space == "":
		return n.local
	}
	if w.bound(n.space) {
		return w.tag(n)
	}
	return "t" + strconv.Itoa(slices.Index(w.types, n.space)+1) + ":" + n.local
}

// element writes an element with all that it may hold.
func (w *sampleWriter) element(e *element, depth int) {
	if w.elements++; w.full() {
		w.short = true
		return
	}
	indent := strings.Repeat("  ", depth)
	tag := w.tag(e.name)
	w.b.WriteString(indent + "<" + tag)
	if e.up == nil {
		w.b.WriteString(w.declarations())
	}
	w.says(e)
	for _, a := range e.attrs {
		if !a.other {
			w.b.WriteString(attr(w.attrName(a.name), w.value(a.name.local, a.text)))
		}
	}
	w.short = w.short || e.broken
	text := ""
	if e.text != nil {
		text = string(strictxml.EscapeText(nil, w.value(e.name.local, e.text)))
	}
	begin := w.b.Len()
	w.b.WriteString(">" + text)
	inside := w.b.Len()
	if e.particle != nil {
		w.b.WriteString("\n")
		w.particle(e.particle, depth+1)
	}
	if w.b.Len() <= inside+1 { // nothing came of it
		w.b.Truncate(begin)
		if text == "" {
			w.b.WriteString("/>\n")
		} else {
			w.b.WriteString(">" + text + "</" + tag + ">\n")
		}
		return
	}
	w.b.WriteString(indent + "</" + tag + ">\n")
}

// full reports whether the sample has as much as it may have.
func (w *sampleWriter) full() bool { return w.elements > maxSample || w.b.Len() > maxWritten }

func (w *sampleWriter) attrName(n name) string {
	if n.space == "" {
		return n.local
	}
	return w.spelling.prefix(n.space) + n.local
}

// says writes what type e is of, where a message says it.
func (w *sampleWriter) says(e *element) {
	if w.message.typed && e.array != nil {
		brackets := "[1]"
		if e.array.items != nil {
			brackets = "[][1]"
		}
		items := innermost(e.array)
		if items.local == "" {
			items = name{schemaSpace, "anyType"}
		}
		w.b.WriteString(attr("xsi:type", "soapenc:Array") + attr("soapenc:arrayType", w.typeName(items)+brackets))
		return
	}
	if w.typed(e) {
		w.b.WriteString(attr("xsi:type", w.typeName(e.typeName)))
	}
}

func (w *sampleWriter) value(local string, v *value) string {
	text, ok := w.invent.value(local, v)
	w.short = w.short || !ok
	return text
}

// particle writes one part of a content model, at least once where that is allowed.
func (w *sampleWriter) particle(p *particle, depth int) {
	if !w.possible(p) {
		if p.min == 0 {
			return
		}
		w.short = true
		if p.kind != sequencePart && (p.kind != elementPart || p.element == nil || p.element.gone != "") {
			return
		}
	}
	n := max(p.min, 1)
	if p.kind == choicePart && p.max > 1 {
		n = max(n, min(len(p.parts), p.max))
	}
	for i := range n {
		if w.full() {
			w.short = true
			return
		}
		w.once(p, i, depth)
	}
}

func (w *sampleWriter) once(p *particle, i, depth int) {
	switch p.kind {
	case elementPart:
		w.element(p.element, depth)
	case sequencePart:
		for _, part := range p.parts {
			w.particle(part, depth)
		}
	case choicePart:
		for k := range p.parts {
			if part := p.parts[(i+k)%len(p.parts)]; w.possible(part) {
				w.particle(part, depth)
				return
			}
		}
	case wildcardPart:
		w.wildcard(p, depth)
	}
}

// wildcard writes an element that the schema does not name, where it asks for one.
func (w *sampleWriter) wildcard(p *particle, depth int) {
	if p.min == 0 {
		return
	}
	space := "urn:vidu:mau"
	if allowed := strings.Fields(p.space); len(allowed) > 0 {
		switch allowed[0] {
		case "##any", "##other":
		case "##local":
			space = ""
		case "##targetNamespace":
			space = p.target
		default:
			space = allowed[0]
		}
	}
	w.elements++
	w.b.WriteString(strings.Repeat("  ", depth) + "<mau" + attr("xmlns", space) + "/>\n")
}

// possible reports whether p can be written, all of it that must be.
func (w *sampleWriter) possible(p *particle) bool {
	switch p.kind {
	case elementPart:
		return p.element != nil && p.element.gone == "" && w.end(p.element)
	case wildcardPart:
		return p.min == 0 || !p.strict && !isSchemaSpace(p.space)
	case choicePart:
		return slices.ContainsFunc(p.parts, func(part *particle) bool { return part.min == 0 || w.possible(part) })
	}
	return !slices.ContainsFunc(p.parts, func(part *particle) bool { return part.min > 0 && !w.possible(part) })
}

// end reports whether what e asks for comes to an end. What is left out for its
// recursion has none.
func (w *sampleWriter) end(e *element) bool {
	if known, ok := w.ends[e]; ok {
		return known
	}
	ok := e.particle == nil || e.particle.min == 0 || w.possible(e.particle)
	w.ends[e] = ok
	return ok
}
