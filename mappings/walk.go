package mappings

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"
	"github.com/expr-lang/expr/vm"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/internal/vntext"
)

// state is what mapping one message needs; it is used again for the next.
type state struct {
	m        *Mapping
	reader   strictxml.Reader
	readers  []*strictxml.Reader       // of documents inside the message, by depth
	depth    int                       // documents open
	targets  map[string]*etree.Element // what references lead to; nil = they are not followed
	followed []*etree.Element          // that references led to, from the root to where the walk is
	beside   int                       // bindings in scope beside the root, where references lead
	visits   int                       // elements that were looked at
	large    bool                      // the message needs more than it may
	most     int                       // bytes that the document, and what references lead to, may have
	weight   int                       // bytes of elements that references may lead to
	spent    int                       // bytes of text that rules read
	env      *lgsp.Envelope
	id       string
	values   []value
	frames   []frame
	bound    []binding
	floor    int    // bindings below it belong to the document around
	out      []byte // the document's body
	tmp      []byte // a value under way
	machine  vm.VM  // of expressions
	around   surroundings
	spending spending              // of the expression under way
	gathered map[*listRef]gathered // what lists hold that are the same for every element
	key      []byte                // a text being compared with codes
	day      day                   // on which the message was received; 0 = not yet asked for
	pieced   bool                  // texts may not be in NFC
	tracer   *tracer               // nil = nobody watches
	fails    int                   // times that something was reported
	lastCode string                // of what was reported last
	more     int                   // fields that are bad beyond those listed
	errs     []lgsp.FieldError
	doubts   []lgsp.FieldError // what is taken all the same
}

// value is what the message holds for one slot.
type value struct {
	text        string
	filled      bool // the element holds a text or an attribute that rules read, at any depth
	count       int32
	first, last int32 // frames of a list's elements; 0 = none
}

// frame is one filling of a scope: frame 0 is the message, each other one an
// element of a list.
type frame struct {
	base    int32 // its slots begin at values[base]
	next    int32 // frame of the next element of the same list; 0 = none
	up      int32 // frame of the scope around
	ordinal int32 // from 1, as sent
	number  int32 // from 1, of those that are not empty
	list    *node // nil for the message
}

// binding is a namespace declaration in scope.
type binding struct {
	prefix string
	uri    int // index into Mapping.source.namespaces; -1 = one that no rule names
}

// unnamed is the index of a namespace that no rule names.
const unnamed = -1

// reset forgets the message before, so that nothing of it stays in memory.
func (st *state) reset() {
	st.reader.Forget()
	for _, r := range st.readers {
		r.Forget()
	}
	st.depth, st.floor, st.visits, st.large, st.targets = 0, 0, 0, false, nil
	clear(st.followed[:cap(st.followed)])
	st.followed = st.followed[:0]
	st.most, st.weight, st.spent, st.gathered = 0, 0, 0, nil
	for _, b := range [...][]byte{st.out, st.tmp, st.key} {
		clear(b[:cap(b)])
	}
	st.forgetExpressions()
	st.tracer, st.fails, st.lastCode = nil, 0, ""
	clear(st.values)
	clear(st.frames)
	clear(st.bound)
	st.values, st.frames, st.bound = st.values[:0], st.frames[:0], st.bound[:0]
	st.out, st.tmp, st.key, st.errs = st.out[:0], st.tmp[:0], st.key[:0], nil
	st.env, st.id, st.more, st.pieced, st.day, st.doubts = nil, "", 0, false, 0, nil
}

// enter opens a frame for one filling of s. What is beyond the values in use is
// zero: reset and item leave it so.
func (st *state) enter(s *scope, list *node, up, ordinal int32) int32 {
	base := len(st.values)
	if base > maxValues {
		st.large = true
	}
	if end := base + s.slots; end <= cap(st.values) {
		st.values = st.values[:end]
	} else {
		st.values = append(st.values, make([]value, s.slots)...)
	}
	st.frames = append(st.frames, frame{base: int32(base), up: up, ordinal: ordinal, list: list})
	return int32(len(st.frames) - 1)
}

// declare brings the namespace declarations of e into scope and returns how
// many bindings there were before.
func (st *state) declare(e *etree.Element) int {
	before := len(st.bound)
	for i := range e.Attr {
		a := &e.Attr[i]
		switch {
		case a.Space == "xmlns":
			st.bound = append(st.bound, binding{a.Key, st.m.uri(a.Value)})
		case a.Space == "" && a.Key == "xmlns":
			st.bound = append(st.bound, binding{"", st.m.uri(a.Value)})
		}
	}
	return before
}

func (m *Mapping) uri(space string) int {
	for i, s := range m.source.namespaces {
		if s == space {
			return i
		}
	}
	return unnamed
}

// resolve returns the index of the namespace that an element's prefix is bound to.
func (st *state) resolve(prefix string) int {
	for i := len(st.bound) - 1; i >= st.floor; i-- {
		if st.bound[i].prefix == prefix {
			return st.bound[i].uri
		}
	}
	if prefix == "" {
		return 0
	}
	return unnamed
}

// walk reads e, which is n, into the frame, and reports whether e is filled.
// Declarations of e are in scope.
func (st *state) walk(e *etree.Element, n *node, at int32) bool {
	if n.document != nil {
		return st.walkDocument(e, n, at)
	}
	base := st.frames[at].base
	filled := len(e.Attr) > 0 && st.attributes(e, n, at)
	next := 0
	for _, child := range e.Child {
		c, ok := child.(*etree.Element)
		if !ok {
			continue
		}
		if st.visits++; st.visits > maxVisits || st.large {
			st.large = true
			return filled
		}
		before := len(st.bound)
		if len(c.Attr) > 0 {
			st.declare(c)
		}
		if i := n.find(c.Tag, st.resolve(c.Space), next); i >= 0 {
			next = i + 1
			if st.targets != nil {
				filled = st.referred(c, n.kids[i], at, base) || filled
			} else {
				filled = st.child(c, n.kids[i], at, base) || filled
			}
		} else {
			st.unread(at, n, "/", c.Tag)
		}
		st.bound = st.bound[:before]
	}
	v := &st.values[int(base)+n.slot]
	if n.text {
		v.text = st.text(e)
		filled = filled || !blank(v.text)
	}
	v.filled = filled
	return filled
}

// find returns the index of the kid of that name, -1 if there is none. It looks
// from the index from on, as messages mostly follow the order of the rules.
func (n *node) find(local string, uri, from int) int {
	for i := range n.kids {
		j := from + i
		if j >= len(n.kids) {
			j -= len(n.kids)
		}
		if k := n.kids[j]; k.uri == uri && k.name.local == local {
			return j
		}
	}
	return -1
}

func (st *state) child(c *etree.Element, k *node, at, base int32) (filled bool) {
	v := &st.values[int(base)+k.slot]
	v.count++
	switch {
	case k.inner != nil:
		return st.item(c, k, at, base)
	case k.many:
		if bare(c) {
			v.count--
			return false
		}
		return true
	case v.count == 1:
		return st.walk(c, k, at)
	case v.count == 2:
		st.fail(lgsp.FieldError{Path: st.path(at, k), Code: codeRepeated, Text: textRepeated, Want: wantOnce})
	}
	return false
}

// item reads one element of a list. One that is empty is no element of it: old
// systems send empty elements for an array that they do not have.
func (st *state) item(c *etree.Element, k *node, at, base int32) (filled bool) {
	slot := int(base) + k.slot
	frames, values := len(st.frames), len(st.values)
	f := st.enter(k.inner, k, at, st.values[slot].count)
	if !st.walk(c, k.inner.root, f) {
		clear(st.frames[frames:])
		clear(st.values[values:])
		st.frames, st.values = st.frames[:frames], st.values[:values]
		return false
	}
	v := &st.values[slot]
	if v.first == 0 {
		v.first = f
	} else {
		st.frames[v.last].next = f
	}
	st.frames[f].number = st.frames[v.last].number + 1 // 1 for the first: that of the message is 0
	v.last = f
	return true
}

// unread deals with an element or an attribute of n that no rule reads.
func (st *state) unread(at int32, n *node, sign, name string) {
	if st.tracer != nil || st.m.source.refuse {
		st.unknown(st.path(at, n) + sign + shortName(name))
	}
}

// unknown deals with what stands at a path and no rule reads.
func (st *state) unknown(path string) {
	if st.tracer != nil {
		st.tracer.unread = append(st.tracer.unread, path)
	}
	if st.m.source.refuse {
		st.fail(lgsp.FieldError{Path: path, Code: codeUnknown, Text: textUnknownElement})
	}
}

func blank(s string) bool {
	return s == "" || (s[0] <= ' ' || s[0] >= utf8.RuneSelf) && strings.TrimSpace(s) == ""
}

// bare reports whether nothing is in e: no element, no text but spaces and no
// attribute that rules could read.
func bare(e *etree.Element) bool {
	for i := range e.Attr {
		if a := &e.Attr[i]; a.Space == "" && a.Key != "xmlns" && !blank(a.Value) {
			return false
		}
	}
	for _, child := range e.Child {
		switch c := child.(type) {
		case *etree.Element:
			return false
		case *etree.CharData:
			if !blank(c.Data) {
				return false
			}
		}
	}
	return true
}

func (st *state) attributes(e *etree.Element, n *node, at int32) (filled bool) {
	for i := range e.Attr {
		a := &e.Attr[i]
		if a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns" {
			continue
		}
		uri := 0
		if a.Space != "" {
			uri = st.resolve(a.Space)
		}
		known := false
		for _, w := range n.attrs {
			if w.name.local == a.Key && w.uri == uri {
				v := &st.values[int(st.frames[at].base)+w.slot]
				v.text, known = a.Value, true
				if st.pieced {
					v.text = vntext.NFC(a.Value)
				}
				filled = filled || !blank(a.Value)
			}
		}
		if !known && a.Space == "" && (st.targets == nil || a.Key != "id" && a.Key != "href") {
			st.unread(at, n, "/@", a.Key)
		}
	}
	return filled
}

// text is the character data directly inside e, in NFC.
func (st *state) text(e *etree.Element) string {
	s := text(e)
	if st.pieced || len(e.Child) > 1 {
		return vntext.NFC(s)
	}
	return s
}

// text is the character data directly inside e.
func text(e *etree.Element) string {
	switch {
	case len(e.Child) == 0:
		return ""
	case len(e.Child) == 1:
		if c, ok := e.Child[0].(*etree.CharData); ok {
			return c.Data
		}
		return ""
	}
	var b strings.Builder
	for _, child := range e.Child {
		if c, ok := child.(*etree.CharData); ok {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// path returns where a node of the frame's scope is, in the sender's names.
func (st *state) path(at int32, n *node) string {
	var b strings.Builder
	st.writePath(&b, at, n)
	return b.String()
}

func (st *state) writePath(b *strings.Builder, at int32, n *node) {
	f := &st.frames[at]
	if n.parent == nil {
		b.WriteString("/" + n.name.String())
		return
	}
	if f.list != nil && n == f.list.inner.root {
		st.writePath(b, f.up, f.list)
		b.WriteByte('[')
		b.WriteString(strconv.Itoa(int(f.ordinal)))
		b.WriteByte(']')
		return
	}
	st.writePath(b, at, n.parent)
	b.WriteString("/" + n.name.String())
}
