package mappings

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	lgsp "lgsp.internal/adapter"
)

// A check stands among the rules of an object and writes nothing: it says what
// must hold between fields, and where the sender is to look when it does not. It
// is asked in its turn, in the order of the file.

// mustKeys are the keys of a check.
const mustKeys = "must want at if doc"

// isMust reports whether an item of fields is a check.
func isMust(n *yaml.Node) bool {
	n = target(n)
	for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		if target(n.Content[i]).Value == "must" {
			return true
		}
	}
	return false
}

// must reads a check.
func (p *parser) must(n *yaml.Node) *rule {
	r := p.newRule(posOf(n))
	r.shape, r.empty = mustShape, emptyOmit
	before := len(p.problems)
	es := p.entries(n, "must", mustKeys+" "+ruleKeysOf(n))
	if len(p.problems) == before { // else what is missing may be what was misspelt
		p.require(n, es, "must", "want")
	}
	for _, e := range es {
		r.keys[e.key] = e.at
		switch e.key {
		case "must":
			r.must = p.expression(e)
		case "want":
			r.want = p.filled(e)
		case "at":
			r.where = p.onePath(e)
			if r.where.word != noWord {
				p.report(r.where.pos, "at: %q is no place in the message; want a path into it", r.where.text)
				r.where.bad = true
			}
		case "if":
			r.cond = p.expression(e)
		case "doc":
			r.doc = p.filled(e)
		default:
			p.report(e.at, "%s: cannot stand beside must, which writes nothing; make the check an item of its own", e.key)
		}
	}
	return r
}

// ruleKeysOf lists the keys of an item that only rules have. They are known, and
// out of place.
func ruleKeysOf(n *yaml.Node) string {
	var keys []string
	for i, n := 0, target(n); i < len(n.Content); i += 2 {
		if key := target(n.Content[i]).Value; contains(strings.Fields(fieldKeys), key) && !contains(strings.Fields(mustKeys), key) {
			keys = append(keys, key)
		}
	}
	return strings.Join(keys, " ")
}

// must resolves the paths of a check, which stands on the element at.
func (c *compiler) must(r *rule, at *node) {
	c.express("if", r.cond, at, true)
	c.express("must", r.must, at, true)
	place := sourcePath{pos: r.pos, text: "."}
	if r.where != nil && !r.where.bad {
		place = *r.where
	}
	one := c.reachPlace(place, at)
	r.refs = []ref{one}
	if r.where != nil {
		c.places = append(c.places, one)
	}
}

// reachPlace resolves a path that only names a place: it may lead to a list, or
// to its first element, and has no rule read inside.
func (c *compiler) reachPlace(p sourcePath, at *node) ref {
	last := len(p.steps) - 1
	if p.attr != nil || last < 0 {
		return c.reach(p, at)
	}
	if p.steps[last].first {
		return c.reachList(p, at)
	}
	step := p.steps[last]
	p.steps = p.steps[:last]
	r := c.reach(p, at)
	r.node = c.step(r.node, step)
	r.slot = r.node.slot
	return r
}

// settlePlaces has the text read where checks point at an element that holds
// nothing else, so that they can say what it looks like.
func (c *compiler) settlePlaces() {
	for _, one := range c.places {
		if n := one.node; one.attr == nil && !n.many && len(n.kids) == 0 {
			n.text = true
		}
	}
}

// must asks whether a check holds, and reports it where it does not.
func (st *state) must(r *rule, at int32) {
	if st.tracer != nil {
		st.tracer.must(st, r, at)
		return
	}
	st.judge(r, at)
}

// judge asks whether a check holds. What came of it is of use only where nothing
// was reported.
func (st *state) judge(r *rule, at int32) Outcome {
	if r.cond != nil && !st.isTrue(r.cond, at) {
		return LeftOut
	}
	v, err := st.run(r.must, at)
	holds, _ := v.(bool) // what is anything else fails as it is run
	switch {
	case err != nil:
		st.incomputable(r.must, at)
	case holds:
		return Holds
	case st.unjudged(r, at):
		return LeftOut
	default:
		st.unmet(r, at)
	}
	return Bad
}

// unmet reports a check that does not hold.
func (st *state) unmet(r *rule, at int32) {
	p := st.placeOf(r, at)
	if !st.fail(lgsp.FieldError{Path: p.path, Code: codeMust, Text: textMust, Want: r.want}) {
		return
	}
	last := &st.errs[len(st.errs)-1]
	if last.Found = looks(p.text); p.text == "" && p.blank {
		last.Found = looksBlank
	}
}

// spot is where a check points in a message.
type spot struct {
	path  string // of a list that of its first element
	text  string // that stands there, "" where none is read
	blank bool   // a text is read there, and there is none
}

// placeOf returns where a check points. Without at that is where it stands, and
// nothing is said of what is there.
func (st *state) placeOf(r *rule, at int32) spot {
	place := &r.refs[0]
	p, n, i := spot{path: st.refPath(place, at)}, place.node, st.slot(place, at)
	switch {
	case r.where == nil:
	case place.attr == nil && n.many:
		return st.firstPlace(r, p, i)
	case i >= 0 && (place.attr != nil || n.text):
		p.text, p.blank = tidy(st.values[i].text, spacesTrim), st.blankAt(place, at)
	}
	return p
}

// firstPlace returns the first element of the list at p, whose value is values[i].
func (st *state) firstPlace(r *rule, p spot, i int) spot {
	inner := r.refs[0].node.inner
	switch {
	case i >= 0 && inner != nil && st.values[i].first != 0:
		f := st.values[i].first
		return spot{path: st.path(f, inner.root), text: tidy(st.values[int(st.frames[f].base)+inner.root.slot].text, spacesTrim)}
	case i >= 0 && inner == nil && st.values[i].count > 0 || r.where.steps[len(r.where.steps)-1].first:
		p.path += "[1]"
	}
	return p
}

// unjudged reports whether a check reads what nobody can say, because it stands in
// a document that cannot be read.
func (st *state) unjudged(r *rule, at int32) bool {
	if !slices.ContainsFunc(st.errs, func(e lgsp.FieldError) bool { return e.Code == codeDocument }) {
		return false
	}
	return slices.ContainsFunc(append(r.must.refs(), r.refs[0]), func(one ref) bool { return st.unreadable(st.refPath(&one, at)) })
}
