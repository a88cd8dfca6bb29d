package mappings

import "strings"

// scope is a part of the message that is there once: the message itself, or
// one element of a list. Every node of a scope owns one slot, and so does every
// attribute; walking the message fills the slots.
type scope struct {
	root  *node
	slots int
}

// node is an element that some rule reads or passes through.
type node struct {
	name   qname
	uri    int // index into Mapping.source.namespaces
	parent *node
	scope  *scope
	slot   int
	kids   []*node
	attrs  []*attribute
	text   bool   // a rule reads its text
	many   bool   // it may be there several times
	inner  *scope // of its elements, when rules read inside a list

	document *document // that its text is; nil = none
	in       *document // that it is an element of; nil = the message

	// For reports and the schema.
	manyAt, singleAt pos // a rule that reads it as a list, as one element
	doc              string
	needed           bool
	limits           []int // max characters by each rule that reads the text; 0 = none
}

type attribute struct {
	name   qname
	uri    int
	slot   int
	doc    string
	needed bool
}

// ref is a resolved path.
type ref struct {
	word  word
	abs   bool    // starts at the message, not at the element of the list around
	first []*node // lists to enter at their first element
	node  *node
	attr  *attribute
	slot  int
	text  string // "$id" and the like, for reports
}

func newScope() *scope {
	s := &scope{}
	s.root = &node{scope: s, slot: s.take()}
	return s
}

func (s *scope) take() int {
	s.slots++
	return s.slots - 1
}

func (n *node) kid(name qname, uri int) *node {
	for _, k := range n.kids {
		if k.name.space == name.space && k.name.local == name.local {
			return k
		}
	}
	k := &node{name: name, uri: uri, parent: n, scope: n.scope, slot: n.scope.take(), in: n.in}
	if n.document != nil {
		k.in = n.document
	}
	n.kids = append(n.kids, k)
	return k
}

func (n *node) attribute(name qname, uri int) *attribute {
	for _, a := range n.attrs {
		if a.name.space == name.space && a.name.local == name.local {
			return a
		}
	}
	a := &attribute{name: name, uri: uri, slot: n.scope.take()}
	n.attrs = append(n.attrs, a)
	return a
}

// list makes n a list whose elements rules read.
func (n *node) list() *scope {
	if n.inner == nil {
		n.inner = newScope()
		n.inner.root.parent = n
		n.inner.root.name = n.name
		n.inner.root.uri = n.uri
		n.inner.root.document, n.inner.root.in = n.document, n.in
	}
	n.many = true
	return n.inner
}

// below returns the steps from the elements of list down to n, the first
// element of each list on the way.
func (n *node) below(list *node) string {
	if n == list.inner.root {
		return ""
	}
	if n.parent.inner != nil && n == n.parent.inner.root {
		return n.parent.below(list) + "[1]"
	}
	return n.parent.below(list) + "/" + n.name.String()
}

// path returns where n is, from the root of the message, without indexes.
func (n *node) path() string {
	var steps []string
	for ; n != nil; n = n.parent {
		if n.parent != nil && n.parent.inner == n.scope {
			continue // the element of a list and the list have one name
		}
		steps = append(steps, n.name.String())
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		b.WriteString("/" + steps[i])
	}
	return b.String()
}
