package mappings

import (
	"strconv"
	"strings"

	"github.com/beevik/etree"

	lgsp "lgsp.internal/adapter"
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
		if found == nil && e.Tag == st.m.source.root && e.NamespaceURI() == st.m.source.namespace {
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

// follow returns the element that e refers to, e itself if it refers to none. What
// the target declares is brought into scope. A reference that leads nowhere, or
// in a circle, is reported: passed over, a person of a list would be lost.
func (st *state) follow(e *etree.Element, k *node, at int32) *etree.Element {
	from := e
	for range maxChain {
		to := reference(e)
		if to == "" {
			return e
		}
		target := st.targets[to]
		if target == nil {
			break
		}
		if !st.weigh(e) {
			return e
		}
		st.declare(target)
		e = target
	}
	where := st.path(at, k)
	if n := st.values[int(st.frames[at].base)+k.slot].count; k.many {
		where += "[" + strconv.Itoa(int(n)+1) + "]"
	}
	st.fail(lgsp.FieldError{Path: where, Code: codeReference, Text: textReference, Want: wantReference})
	return from
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
