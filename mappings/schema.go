package mappings

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"lgsp.internal/adapter/internal/strictxml"
)

// schemaWriter writes the XML Schema of the source message.
type schemaWriter struct {
	b strings.Builder
	m *Mapping
}

// writeSchema describes the elements and attributes that the rules read, in the
// order in which the rules name them. Lengths are the only facets: what a client
// generated from the schema may send is more than what the rules accept, so that
// a bad field is reported by the rules, in Vietnamese, with all the others.
//
// Elements and attributes of other namespaces are allowed where rules read them
// and described no further, so that the schema refers to no other.
func (m *Mapping) writeSchema() []byte {
	w := &schemaWriter{m: m}
	form := "qualified"
	if !m.source.qualified {
		form = "unqualified"
	}
	w.b.WriteString(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"`)
	if m.source.namespace != "" {
		w.attr("xmlns:tns", m.source.namespace)
		w.attr("targetNamespace", m.source.namespace)
	}
	w.attr("elementFormDefault", form)
	w.b.WriteString(">\n")
	w.element(m.tree.root, 1, true)
	w.b.WriteString("</xs:schema>\n")
	return []byte(w.b.String())
}

func (w *schemaWriter) attr(name, value string) {
	w.b.WriteString(" " + name + `="`)
	w.b.Write(strictxml.EscapeAttr(nil, value))
	w.b.WriteByte('"')
}

func (w *schemaWriter) line(depth int, s string) {
	w.b.WriteString(strings.Repeat("  ", depth) + s + "\n")
}

func (w *schemaWriter) documentation(doc string, depth int) {
	if doc == "" {
		return
	}
	w.line(depth, `<xs:annotation><xs:documentation xml:lang="vi">`+string(strictxml.EscapeText(nil, doc))+`</xs:documentation></xs:annotation>`)
}

// element describes one element: top is the root of the message.
func (w *schemaWriter) element(n *node, depth int, top bool) {
	w.b.WriteString(strings.Repeat("  ", depth) + "<xs:element")
	w.attr("name", n.name.local)
	inside := n
	if n.inner != nil {
		inside = n.inner.root
	}
	if !top && !n.needed {
		w.attr("minOccurs", "0")
	}
	if n.many {
		w.attr("maxOccurs", "unbounded")
	}
	longest := inside.longest()
	doc := cmp.Or(n.doc, inside.doc)
	simple := inside.plain() && longest == 0
	if simple {
		w.attr("type", "xs:string")
	}
	if simple && doc == "" {
		w.b.WriteString("/>\n")
		return
	}
	w.b.WriteString(">\n")
	w.documentation(doc, depth+1)
	if !simple {
		w.content(inside, longest, depth+1)
	}
	w.line(depth, "</xs:element>")
}

// plain reports whether the element holds text only. An element that rules
// merely count may hold anything.
func (n *node) plain() bool { return n.simple() && len(n.attrs) == 0 }

// simple reports whether the element holds text and no elements, as one does
// that holds a document.
func (n *node) simple() bool { return n.document != nil || n.text && len(n.kids) == 0 }

// longest returns the most characters that any rule with a limit allows, 0 if
// there is no such rule.
func (n *node) longest() int { return slices.Max(append([]int{0}, n.limits...)) }

func (w *schemaWriter) content(n *node, longest, depth int) {
	switch {
	case n.plain():
		w.simple(longest, depth)
	case n.simple():
		w.line(depth, "<xs:complexType>")
		w.line(depth+1, "<xs:simpleContent>")
		w.line(depth+2, `<xs:extension base="xs:string">`)
		w.attributes(n, depth+3)
		w.line(depth+2, "</xs:extension>")
		w.line(depth+1, "</xs:simpleContent>")
		w.line(depth, "</xs:complexType>")
	case len(n.kids) == 0 && len(n.attrs) == 0:
		w.line(depth, "<xs:complexType>")
		w.line(depth+1, "<xs:sequence>")
		w.line(depth+2, `<xs:any processContents="lax" minOccurs="0" maxOccurs="unbounded"/>`)
		w.line(depth+1, "</xs:sequence>")
		w.line(depth+1, `<xs:anyAttribute processContents="lax"/>`)
		w.line(depth, "</xs:complexType>")
	default:
		mixed := ""
		if n.text {
			mixed = ` mixed="true"`
		}
		w.line(depth, "<xs:complexType"+mixed+">")
		w.children(n, depth+1)
		w.attributes(n, depth+1)
		w.line(depth, "</xs:complexType>")
	}
}

func (w *schemaWriter) simple(longest, depth int) {
	w.line(depth, "<xs:simpleType>")
	w.line(depth+1, `<xs:restriction base="xs:string"><xs:maxLength value="`+strconv.Itoa(longest)+`"/></xs:restriction>`)
	w.line(depth, "</xs:simpleType>")
}

// own reports whether an element of that namespace can be described here.
func (w *schemaWriter) own(space string) bool { return space == w.m.source.names.elements }

func (w *schemaWriter) children(n *node, depth int) {
	if len(n.kids) == 0 {
		return
	}
	w.line(depth, "<xs:sequence>")
	foreign := map[string]bool{}
	for _, k := range n.kids {
		if w.own(k.name.space) {
			w.element(k, depth+1, false)
			continue
		}
		if foreign[k.name.space] {
			continue
		}
		foreign[k.name.space] = true
		w.wildcard("any", k.name.space, ` minOccurs="0" maxOccurs="unbounded"`, depth+1)
	}
	w.line(depth, "</xs:sequence>")
}

func (w *schemaWriter) attributes(n *node, depth int) {
	foreign := ""
	for _, a := range n.attrs {
		if a.name.space != "" {
			if foreign == "" {
				foreign = "##other"
			}
			if a.name.space == w.m.source.namespace {
				foreign = "##any"
			}
			continue
		}
		w.b.WriteString(strings.Repeat("  ", depth) + "<xs:attribute")
		w.attr("name", a.name.local)
		w.attr("type", "xs:string")
		if a.needed {
			w.attr("use", "required")
		}
		if a.doc == "" {
			w.b.WriteString("/>\n")
			continue
		}
		w.b.WriteString(">\n")
		w.documentation(a.doc, depth+1)
		w.line(depth, "</xs:attribute>")
	}
	if foreign != "" {
		w.line(depth, `<xs:anyAttribute namespace="`+foreign+`" processContents="lax"/>`)
	}
}

func (w *schemaWriter) wildcard(kind, space, occurs string, depth int) {
	if space == "" {
		space = "##local"
	}
	w.b.WriteString(strings.Repeat("  ", depth) + "<xs:" + kind)
	w.attr("namespace", space)
	w.b.WriteString(` processContents="lax"` + occurs + "/>\n")
}
