package mappings

import (
	"slices"

	"go.yaml.in/yaml/v4"
)

// demand makes a value required, or written at all, only because of what another holds.
type demand struct {
	path   sourcePath
	unless bool     // it holds when the path is empty; otherwise when it is not
	is     []string // the texts for which it holds; nil = any
	ref    ref
	cond   *expression // holds it instead of path
}

// required reads true, false, or when a value is required.
func (p *parser) required(r *rule, e entry) {
	if e.value.Kind != yaml.MappingNode {
		r.required = p.boolean(e)
		return
	}
	r.when = p.demand(e)
}

// demand reads when something holds: {when: path, is: texts} or {unless: path}.
func (p *parser) demand(e entry) *demand {
	d, what := &demand{}, e.key
	es := p.entries(e.value, what, demandKeys)
	seen := 0
	for _, e := range es {
		switch e.key {
		case "is":
			d.is = p.texts(e)
			continue
		case "unless":
			d.unless = true
		case "if":
			seen++
			d.cond = p.expression(e)
			continue
		}
		seen++
		d.path = *p.onePath(e)
		if d.path.word != noWord {
			p.report(d.path.pos, "%s: %q is never empty; want a path into the message", e.key, d.path.text)
			d.path.bad = true
		}
	}
	switch {
	case seen != 1:
		p.report(posOf(e.value), "%s: want one of when, unless and if", what)
		d.path.bad = true
	case (d.unless || d.cond != nil) && d.is != nil:
		p.report(posOf(e.value), "%s: is belongs to when", what)
	}
	return d
}

// texts reads a text or a list of texts, each once.
func (p *parser) texts(e entry) []string {
	var all []string
	for _, n := range p.scalars(e) {
		switch {
		case isNull(n) || n.Value == "":
			p.report(posOf(n), "%s: a text is empty", e.key)
		case slices.Contains(all, n.Value):
			p.report(posOf(n), "%s: %q is listed twice", e.key, n.Value)
		}
		all = append(all, n.Value)
	}
	return all
}

// lintDemand checks what required says besides true and false.
func (p *parser) lintDemand(r *rule) {
	if r.when != nil && r.shape == listShape {
		p.report(r.at("required"), "required: of a list, want true or false")
		r.when = nil
	}
	if r.only != nil && r.shape != leafShape {
		p.report(r.at("only"), "only: is for rules of one value")
		r.only = nil
	}
}

// demands resolves the paths by which a rule depends on other values. It stands
// on the element at.
func (c *compiler) demands(r *rule, at *node) {
	for _, d := range []*demand{r.when, r.only} {
		if d != nil && d.cond != nil {
			c.express("if", d.cond, at, true)
		} else if d != nil && !d.path.bad {
			d.ref = c.reach(d.path, at)
			d.ref.reads()
		}
	}
	if r.codes != nil && r.codes.file != nil && r.codes.file.on != nil {
		c.reachDated(r.codes.file.on, at)
	}
	if r.check != nil {
		c.reachCheck(r.check, at)
	}
	if r.differs != nil && !r.differs.bad {
		other := c.reach(*r.differs, at)
		other.reads()
		r.other = &other
	}
}

// reads marks the element that a path leads to as one whose text is read.
func (r *ref) reads() {
	if r.word == noWord && r.attr == nil {
		r.node.text = true
	}
}

// demanded reports whether the value of a rule must be there.
func (st *state) demanded(r *rule, at int32) bool {
	if r.when == nil {
		return r.required
	}
	return st.holds(r.when, at)
}

func (st *state) holds(d *demand, at int32) bool {
	holds := st.asked(d, at)
	if st.tracer != nil && st.tracer.reach != nil {
		st.tracer.reach.asked(d, holds)
	}
	return holds
}

func (st *state) asked(d *demand, at int32) bool {
	if d.cond != nil {
		return st.isTrue(d.cond, at)
	}
	s := tidy(st.find(&d.ref, at), spacesTrim)
	switch {
	case d.unless:
		return s == ""
	case d.is == nil:
		return s != ""
	}
	return slices.Contains(d.is, s)
}
