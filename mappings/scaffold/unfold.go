package scaffold

import (
	"github.com/beevik/etree"
)

// unfolding makes the tree of a message from what schemas declare.
type unfolding struct {
	schemas *schemas
	visits  int
	rules   int // that may still be made
	simples map[*etree.Element]*simple
	waiting []*element // whose content is not read yet
	left    leftOut
	depths  map[*element]int
	around  string // the name of the element whose content is read
}

func newUnfolding(ss *schemas, rules int) *unfolding {
	return &unfolding{schemas: ss, rules: rules, simples: map[*etree.Element]*simple{}, depths: map[*element]int{}}
}

// unfold reads what the elements hold that were made, level by level, so that
// what is left out when there is too much of it is what lies deepest.
func (u *unfolding) unfold() error {
	for len(u.waiting) > 0 {
		e := u.waiting[0]
		u.waiting = u.waiting[1:]
		if err := u.inside(e); err != nil {
			return err
		}
	}
	return nil
}

// element makes the element of a declaration. Its content is read later.
func (u *unfolding) element(d *declaration, up *element) (*element, error) {
	e := &element{name: d.name, up: up, doc: d.doc, null: d.nillable, def: d.def, typeName: d.def.name}
	if up != nil {
		u.depths[e] = u.depths[up] + 1
	}
	if d.fallback != "" {
		e.notes = append(e.notes, oneLine("The schema's default is "+d.fallback+"."))
	}
	if d.fixed != "" {
		e.notes = append(e.notes, oneLine("The schema allows only the value "+d.fixed+"."))
	}
	if d.def.isComplex() {
		u.place(e)
		return e, nil
	}
	s, err := u.simpleOf(d.def, 0)
	if err != nil {
		return nil, err
	}
	e.text = newValue(s, d.fixed)
	if d.def.builtin == "anyType" {
		e.notes = append(e.notes, "xs:anyType: anything may be inside; the rule reads its text.")
	}
	return e, nil
}

// place has the content of e read, unless e stands inside an element of its own
// type, or too deep.
func (u *unfolding) place(e *element) {
	for up := e.up; up != nil; up = up.up {
		if up.def.same(e.def) {
			e.gone = "it is of the type of " + up.name.local + " around it (recursion)"
			return
		}
	}
	if u.depths[e] >= maxLevels {
		e.gone = tooDeep
		u.left.add(e.path(), "too deep", 1)
		return
	}
	u.waiting = append(u.waiting, e)
}

// inside reads what e holds and makes its children.
func (u *unfolding) inside(e *element) error {
	if u.rules <= 0 && e.up != nil {
		e.gone = tooMany
		u.left.add(e.path(), "too many", 1)
		return nil
	}
	u.around = e.name.local
	c, err := u.contentOf(e.def, 0)
	if err != nil {
		return err
	}
	e.array, e.particle, e.notes = c.array, c.particle, append(e.notes, c.notes...)
	if c.concrete.local != "" {
		e.typeName = c.concrete
	}
	if c.text != nil {
		e.text = newValue(c.text, "")
	}
	for _, a := range c.attrs {
		if a.dropped {
			continue
		}
		if !u.take() {
			u.left.add(e.path(), "attributes, too many", 1)
			e.broken = true
			break
		}
		e.attrs = append(e.attrs, &attribute{name: a.name, doc: a.doc, must: a.required, text: newValue(a.simple, a.fixed), other: a.other})
	}
	if e.text != nil && len(e.attrs) > 0 {
		u.take()
	}
	if c.particle == nil {
		if e.text == nil && len(c.attrs) == 0 && e.up != nil {
			e.notes = append(e.notes, "The schema allows nothing inside.")
		}
		return nil
	}
	if err := u.children(e, c.particle); err != nil {
		return err
	}
	u.particleNotes(e, c.particle)
	return nil
}

// children makes the elements inside e.
func (u *unfolding) children(e *element, p *particle) error {
	made := map[name]*element{}
	for _, o := range p.occurrences() {
		if o.max == 0 {
			continue
		}
		if u.rules <= 0 {
			e.more++
			continue
		}
		k, err := u.element(o.decl, e)
		if err != nil {
			return err
		}
		if k.gone == "" {
			u.take()
		}
		k.many, k.must = o.max > 1, o.min > 0
		made[o.decl.name] = k
		e.kids = append(e.kids, k)
	}
	if e.more > 0 {
		u.left.add(e.path(), "inside, too many", e.more)
	}
	p.settle(made)
	return nil
}

// take counts one rule more; it reports whether there is room for it.
func (u *unfolding) take() bool {
	u.rules--
	return u.rules >= 0
}

// particleNotes tells about choices and wildcards: at the first element of a
// choice, or at e.
func (u *unfolding) particleNotes(e *element, p *particle) {
	switch p.kind {
	case wildcardPart:
		note := "xs:any: elements that the schema does not name may stand here; no rule reads them."
		if isSchemaSpace(p.space) {
			note = "A DataSet of .NET brings its own schema: what it holds cannot be told from here; write its rules by hand."
		}
		if len(e.notes) == 0 || e.notes[len(e.notes)-1] != note {
			e.notes = append(e.notes, note)
		}
	case choicePart:
		note := p.note()
		if os := p.occurrences(); note != "" && len(os) > 0 {
			for _, k := range e.kids {
				if k.name == os[0].decl.name {
					k.notes = append([]string{note}, k.notes...)
					break
				}
			}
		}
	}
	for _, part := range p.parts {
		u.particleNotes(e, part)
	}
}
