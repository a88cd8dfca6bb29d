package mappings

import (
	"strings"

	"github.com/beevik/etree"
)

// enc12 is the namespace of the encoding of SOAP 1.2 Part 2 §3, whose references
// are enc:ref and enc:id. Those of SOAP 1.1 §5.4.1 are href and id.
const enc12 = "http://www.w3.org/2003/05/soap-encoding"

// maxChain is how many references may follow on one another.
const maxChain = 8

// referring returns the element of a body that the source names. The body may
// hold others, which elements inside it refer to.
func (st *state) referring(body *etree.Element) *etree.Element {
	var found *etree.Element
	st.targets = map[string]*etree.Element{}
	for _, e := range body.ChildElements() {
		if found == nil && e.Tag == st.m.source.root && namespaceOf(e) == st.m.source.namespace {
			found = e
			continue
		}
		for i := range e.Attr {
			a := &e.Attr[i]
			if a.Key == "id" && (a.Space == "" || a.NamespaceURI() == enc12) {
				st.targets[a.Value] = e
			}
		}
	}
	return found
}

// follow returns the element that e refers to, e itself if it refers to none. A
// reference that leads nowhere or in a circle leads to e, which is empty. What
// the target declares is brought into scope.
func (st *state) follow(e *etree.Element) *etree.Element {
	for range maxChain {
		target := st.targets[reference(e)]
		if target == nil {
			return e
		}
		st.declare(target)
		e = target
	}
	return e
}

func reference(e *etree.Element) string {
	for i := range e.Attr {
		a := &e.Attr[i]
		switch {
		case a.Space == "" && a.Key == "href":
			return strings.TrimPrefix(a.Value, "#")
		case a.Key == "ref" && a.Space != "" && a.NamespaceURI() == enc12:
			return a.Value
		}
	}
	return ""
}
