package mappings

import "strings"

// writeReplySchema describes what the rules of a reply write: for clients that
// generate code, every element is there or not, in the order of the rules.
func (m *Mapping) writeReplySchema() []byte {
	prefix, _, _ := strings.Cut(m.target.root, ":")
	w := &schemaWriter{m: m}
	w.b.WriteString(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"`)
	w.attr("targetNamespace", m.target.namespaces[prefix])
	w.attr("elementFormDefault", "qualified")
	w.b.WriteString(">\n")
	w.written(m.top, m.target.namespaces[prefix], 1)
	w.b.WriteString("</xs:schema>\n")
	return []byte(w.b.String())
}

// written describes the element of one rule. space is the schema's own namespace.
func (w *schemaWriter) written(r *rule, space string, depth int) {
	w.b.WriteString(strings.Repeat("  ", depth) + "<xs:element")
	w.attr("name", localName(r.to))
	if depth > 1 {
		w.attr("minOccurs", "0")
	}
	if r.shape == listShape {
		w.attr("maxOccurs", "unbounded")
	}
	if r.fields == nil || r.encoded {
		w.attr("type", "xs:string")
		if r.doc == "" {
			w.b.WriteString("/>\n")
			return
		}
		w.b.WriteString(">\n")
		w.documentation(r.doc, depth+1)
		w.line(depth, "</xs:element>")
		return
	}
	w.b.WriteString(">\n")
	w.documentation(r.doc, depth+1)
	w.line(depth+1, "<xs:complexType>")
	w.writtenInside(r, space, depth+2)
	w.line(depth+1, "</xs:complexType>")
	w.line(depth, "</xs:element>")
}

func (w *schemaWriter) writtenInside(r *rule, space string, depth int) {
	if len(r.fields) > r.attrs {
		w.line(depth, "<xs:sequence>")
		foreign := map[string]bool{}
		for _, f := range r.fields[r.attrs:] {
			prefix, _, prefixed := strings.Cut(f.to, ":")
			if other := w.m.target.namespaces[prefix]; prefixed && other != space {
				if !foreign[other] {
					w.wildcard("any", other, ` minOccurs="0" maxOccurs="unbounded"`, depth+1)
				}
				foreign[other] = true
				continue
			}
			w.written(f, space, depth+1)
		}
		w.line(depth, "</xs:sequence>")
	}
	foreign := false
	for _, a := range r.fields[:r.attrs] {
		prefix, _, prefixed := strings.Cut(strings.TrimPrefix(a.to, "@"), ":")
		if prefixed && w.m.target.namespaces[prefix] != space {
			foreign = true
			continue
		}
		w.b.WriteString(strings.Repeat("  ", depth) + "<xs:attribute")
		w.attr("name", strings.TrimPrefix(localName(a.to), "@"))
		w.attr("type", "xs:string")
		if prefixed {
			w.attr("form", "qualified")
		}
		w.b.WriteString("/>\n")
	}
	if foreign {
		w.line(depth, `<xs:anyAttribute namespace="##other" processContents="lax"/>`)
	}
}
