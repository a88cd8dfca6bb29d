package mappings

import (
	"slices"
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

// referring returns the element of a body that the source names, nil if there is
// not exactly one. The body may hold others, which elements inside it refer to.
func (st *state) referring(body *etree.Element) *etree.Element {
	var found *etree.Element
	st.targets = map[string]*etree.Element{}
	for _, e := range body.ChildElements() {
		if e.Tag == st.m.source.root && e.NamespaceURI() == st.m.source.namespace {
			if found != nil {
				return nil
			}
			found = e
			continue
		}
		for i := range e.Attr {
			a := &e.Attr[i]
			if a.Key != "id" || a.Space != "" && a.NamespaceURI() != enc12 {
				continue
			}
			if other, taken := st.targets[a.Value]; taken && other != e {
				e = nil
			}
			st.targets[a.Value] = e
			break
		}
	}
	return found
}

// unreferred deals with the elements beside the root that nothing refers to, as
// with others that no rule reads.
func (st *state) unreferred(root *etree.Element) {
	if st.targets == nil || !st.m.source.refuse && st.tracer == nil {
		return
	}
	known := map[*etree.Element]bool{root: true}
	var look func(e *etree.Element)
	look = func(e *etree.Element) {
		if to := st.targets[reference(e)]; to != nil && !known[to] {
			known[to] = true
			look(to)
		}
		for _, c := range e.ChildElements() {
			look(c)
		}
	}
	look(root)
	for _, e := range root.Parent().ChildElements() {
		if !known[e] {
			st.unknown("/" + shortName(e.Tag))
		}
	}
}

// referred reads c, which is k and may refer to another element, into the frame,
// and reports whether it is filled.
func (st *state) referred(c *etree.Element, k *node, at, base int32) bool {
	before, floor, opened := len(st.bound), st.floor, len(st.followed)
	to := st.follow(c, k, at)
	filled := st.weigh(to) && st.child(to, k, at, base)
	st.bound, st.floor, st.followed = st.bound[:before], floor, st.followed[:opened]
	return filled
}

// follow returns the element that e refers to, e itself if it refers to none. In
// scope is then what is declared where that element stands: what is declared
// around e does not count there. A reference that leads nowhere, to several, or in
// a circle, is reported: passed over, a person of a list would be lost.
func (st *state) follow(e *etree.Element, k *node, at int32) *etree.Element {
	from, before, floor, opened := e, len(st.bound), st.floor, len(st.followed)
	text, want := textReference, wantReference
	for range maxChain {
		to := reference(e)
		if to == "" {
			return e
		}
		target, twice := st.targets[to]
		if target == nil {
			if twice {
				text, want = textReferenceTwice, wantReferenceOnce
			}
			break
		}
		if !st.weigh(e) {
			return e
		}
		if slices.Contains(st.followed, target) {
			break
		}
		st.followed = append(st.followed, target)
		st.floor = len(st.bound)
		st.bound = append(st.bound, st.bound[:st.beside]...)
		st.declare(target)
		e = target
	}
	st.bound, st.floor, st.followed = st.bound[:before], floor, st.followed[:opened]
	where := st.path(at, k)
	if n := st.values[int(st.frames[at].base)+k.slot].count; k.many {
		where += "[" + strconv.Itoa(int(n)+1) + "]"
	}
	st.fail(lgsp.FieldError{Path: where, Code: codeReference, Text: text, Want: want})
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
