package mappings

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"lgsp.internal/adapter/internal/strictxml"
)

// compiler resolves the paths of the rules into slots and prepares what is
// written around their values.
type compiler struct {
	*parser
	dates  []*dated // whose layouts may be those of other rules
	places []ref    // that checks point at
	maybe  int      // rules around the one under way that need not hold
}

func (c *compiler) compile() {
	m := c.m
	m.source.namespaces = []string{"", m.source.namespace}
	m.tree = newScope()
	root := m.tree.root
	root.name = qname{space: m.source.namespace, local: m.source.root}
	root.uri = c.uri(m.source.namespace)
	root.needed, root.doc = true, m.doc
	for _, r := range slices.Concat(m.fields, m.values()) { // the schema's order is that of the fields
		c.rule(r, root)
	}
	c.settleDates()
	c.settlePlaces()
	c.conflicts(root)
	c.unread()
	if len(c.problems) > 0 {
		return
	}
	m.paths = paths{}
	m.paths.below(root)
	if m.plugin != "" {
		m.states.New = func() any { return &state{m: m} }
		return // what it reads of a message only the plugin knows
	}
	if m.target.xml {
		m.top.open, m.top.close = c.tags(m.target.root, nil)
		c.xml(m.top, m.target.root, nil)
	} else {
		c.json(m.top, false)
	}
	m.schema = m.writeSchema()
	m.states.New = func() any { return &state{m: m} }
}

func (c *compiler) uri(space string) int {
	all := &c.m.source.namespaces
	if i := slices.Index(*all, space); i >= 0 {
		return i
	}
	*all = append(*all, space)
	return len(*all) - 1
}

// rule resolves the paths of r, which stands on the element at.
func (c *compiler) rule(r *rule, at *node) {
	if r.shape == mustShape {
		c.must(r, at)
		return
	}
	r.want = r.wanted()
	if r.cond != nil || r.only != nil {
		c.maybe++
		defer func() { c.maybe-- }()
	}
	switch r.shape {
	case leafShape:
		c.express("if", r.cond, at, true)
		c.leaf(r, at)
		c.demands(r, at)
	case objectShape:
		c.express("if", r.cond, at, true)
		inside := at
		c.demands(r, at)
		if len(r.from) == 1 && !r.from[0].bad {
			one := c.reach(r.from[0], at)
			r.base, inside = &one, one.node
			describe(inside, nil, r)
			c.need(r, one, at)
		}
		for _, f := range r.fields {
			c.rule(f, inside)
		}
	case listShape:
		if r.each.bad || len(r.each.steps) == 0 {
			return
		}
		one := c.reachList(*r.each, at)
		r.base = &one
		describe(one.node, nil, r)
		c.need(r, one, at)
		item := one.node.list().root
		c.express("if", r.cond, item, true)
		if r.fields == nil && len(r.from) == 0 && r.compute == nil {
			r.from = []sourcePath{{pos: r.pos, text: "."}}
		}
		c.leaf(r, item)
		c.demands(r, item)
		for _, f := range r.fields {
			c.rule(f, item)
		}
	}
}

func (c *compiler) leaf(r *rule, at *node) {
	if r.compute != nil {
		c.express("compute", r.compute, at, false)
		r.refs = r.compute.refs()
		return
	}
	if r.count != nil && !r.count.bad && len(r.count.steps) > 0 {
		r.refs = []ref{c.reachList(*r.count, at)}
		return
	}
	for _, p := range slices.Concat(r.from, r.join) {
		if p.bad {
			continue
		}
		one := c.reach(p, at)
		r.refs = append(r.refs, one)
		if one.word != noWord {
			continue
		}
		if one.attr == nil {
			one.node.text = true
			one.node.limits = append(one.node.limits, r.longest())
		}
		describe(one.node, one.attr, r)
		if len(r.from) == 1 && r.shape == leafShape {
			c.need(r, one, at)
		}
	}
}

// longest returns the number of characters that the source may hold, 0 if no
// limit follows from the rule.
func (r *rule) longest() int {
	if r.join != nil || r.part != wholeName || r.letters != lettersKeep || r.codes != nil || r.kind == dateKind || r.kind == intKind {
		return 0
	}
	if len(r.lengths) > 0 {
		return slices.Max(r.lengths)
	}
	return r.max
}

func describe(n *node, a *attribute, r *rule) {
	switch {
	case a != nil && a.doc == "":
		a.doc = r.doc
	case a == nil && n.doc == "":
		n.doc = r.doc
	}
}

// need marks what must be there when the element at is there, whatever else is.
func (c *compiler) need(r *rule, one ref, at *node) {
	if !r.required || c.maybe > 0 || one.abs || len(one.first) > 0 {
		return
	}
	n := one.node
	if one.attr != nil {
		one.attr.needed = true
	}
	for ; n != nil && n != at; n = n.parent {
		n.needed = true
	}
}

// reach resolves a path that leads to one element or attribute.
func (c *compiler) reach(p sourcePath, at *node) ref {
	r := ref{word: p.word, abs: p.abs, text: p.text}
	if p.word != noWord {
		return r
	}
	n := at
	if p.abs {
		n = c.m.tree.root
	}
	for _, s := range p.steps {
		n = c.step(n, s)
		if s.first {
			n.manyAt = orPos(n.manyAt, p.pos)
			r.first = append(r.first, n)
			n = n.list().root
			continue
		}
		n.singleAt = orPos(n.singleAt, p.pos)
	}
	r.node, r.slot = n, n.slot
	if p.attr != nil {
		r.attr = n.attribute(*p.attr, c.uri(p.attr.space))
		r.slot = r.attr.slot
	}
	return r
}

// step returns the node of one step below n.
func (c *compiler) step(n *node, s step) *node {
	name := s.name
	inside := n.in
	if n.document != nil {
		inside = n.document
	}
	if inside != nil && s.unprefix {
		name.space = inside.namespace
	}
	k := n.kid(name, c.uri(name.space))
	if k.document == nil {
		c.embed(k)
	}
	return k
}

// reachList resolves a path whose last element may be there several times.
func (c *compiler) reachList(p sourcePath, at *node) ref {
	last := p.steps[len(p.steps)-1]
	p.steps = p.steps[:len(p.steps)-1]
	r := c.reach(p, at)
	n := c.step(r.node, last)
	n.many = true
	n.manyAt = orPos(n.manyAt, p.pos)
	r.node, r.slot = n, n.slot
	return r
}

func orPos(a, b pos) pos {
	if a != (pos{}) {
		return a
	}
	return b
}

// conflicts reports elements that one rule reads as a list, another as one.
func (c *compiler) conflicts(n *node) {
	if n.many && n.singleAt != (pos{}) {
		c.report(n.singleAt, "from: %s is read as a list in line %d; write %s[1] for the first of it", n.path(), n.manyAt.line, n.name)
	}
	for _, k := range n.kids {
		c.conflicts(k)
	}
	if n.inner != nil {
		c.conflicts(n.inner.root)
	}
}

// json prepares the members of a JSON object, which is inside a direct rule or not.
func (c *compiler) json(parent *rule, within bool) {
	for _, r := range parent.fields {
		r.within = within
		r.direct = r.encoded && r.inJSON && !within && r.fields != nil && !r.encodesInside()
		r.open = append(appendJSON(nil, r.to), ':')
		if within {
			r.open = append(appendEscaped(nil, appendJSON(nil, r.to)), ':')
		}
		c.json(r, within || r.direct)
	}
}

// encodesInside reports whether some rule inside r makes JSON text in its turn.
func (r *rule) encodesInside() bool {
	return slices.ContainsFunc(r.fields, func(f *rule) bool { return f.encoded || f.encodesInside() })
}

// xml prepares the tags inside the element name, where the prefixes of scope
// are declared.
func (c *compiler) xml(parent *rule, name string, scope map[string]bool) {
	prefix, _, prefixed := strings.Cut(name, ":")
	if !prefixed {
		prefix = ""
	}
	scope = maps.Clone(scope)
	if scope == nil {
		scope = map[string]bool{}
	}
	scope[prefix] = true
	for _, r := range parent.fields[:parent.attrs] {
		if r.shape == mustShape {
			continue
		}
		p, _, ok := strings.Cut(r.to[1:], ":")
		if ok && !scope[p] {
			scope[p] = true
			parent.open = c.declare(parent.open, p)
		}
		r.open = append([]byte(" "+r.to[1:]), `="`...)
	}
	for _, r := range parent.fields[parent.attrs:] {
		if r.shape == mustShape {
			continue
		}
		name := r.to
		if !strings.Contains(name, ":") && prefix != "" {
			name = prefix + ":" + name
		}
		r.open, r.close = c.tags(name, scope)
		if r.encoded {
			c.json(r, false)
		} else {
			c.xml(r, name, scope)
		}
	}
}

// tags returns the tags of an element, the first without its ">".
func (c *compiler) tags(name string, scope map[string]bool) (open, end []byte) {
	open = append([]byte("<"), name...)
	if prefix, _, ok := strings.Cut(name, ":"); ok && !scope[prefix] {
		open = c.declare(open, prefix)
	}
	return open, append(append([]byte("</"), name...), '>')
}

func (c *compiler) declare(dst []byte, prefix string) []byte {
	dst = append(append(dst, " xmlns:"...), prefix...)
	dst = strictxml.EscapeAttr(append(dst, `="`...), c.m.target.namespaces[prefix])
	return append(dst, '"')
}

// wanted is what a report says is expected of the value.
func (r *rule) wanted() string {
	switch {
	case r.codes != nil:
		return r.codes.want()
	case r.kind == dateKind && r.date == nil:
		return "" // of an object or a const, which was reported
	case r.kind == dateKind:
		texts := make([]string, len(r.date.in))
		for i, l := range r.date.in {
			texts[i] = l.text
		}
		return strings.Join(texts, " | ")
	case r.kind == intKind:
		return r.wantedInt()
	case r.kind == boolKind:
		return "true | false | 1 | 0"
	case r.kind == base64Kind:
		return "base64 (RFC 4648 §4)"
	}
	what := "ký tự"
	if r.kind == digitsKind {
		what = "chữ số"
	}
	switch {
	case len(r.lengths) > 0:
		texts := make([]string, len(r.lengths))
		for i, n := range r.lengths {
			texts[i] = strconv.Itoa(n)
		}
		return strings.Join(texts, " | ") + " " + what
	case r.min > 0 && r.max > 0:
		return strconv.Itoa(r.min) + "–" + strconv.Itoa(r.max) + " " + what
	case r.max > 0:
		return "tối đa " + strconv.Itoa(r.max) + " " + what
	case r.min > 0:
		return "ít nhất " + strconv.Itoa(r.min) + " " + what
	case r.kind == digitsKind:
		return what
	case r.pattern != nil:
		return r.patternText
	}
	return ""
}

func (r *rule) wantedInt() string {
	low, high := strconv.Itoa(r.min), strconv.Itoa(r.max)
	switch {
	case r.has("min") && r.has("max"):
		return "số nguyên từ " + low + " đến " + high
	case r.has("min"):
		return "số nguyên, ít nhất là " + low
	case r.has("max"):
		return "số nguyên, nhiều nhất là " + high
	}
	return "số nguyên, tối đa 18 chữ số"
}
