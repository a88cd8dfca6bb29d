package scaffold

import (
	"slices"
	"strings"
)

// definition is a type: one of a schema, one that is built in, or a SOAP array.
type definition struct {
	node    node        // its complexType or simpleType; none when it is built in
	name    name        // "" when it has none
	items   *definition // of a SOAP array: what it holds
	item    string      // of a SOAP array: the name of what it holds
	builtin string      // "string", "dateTime"
}

// isComplex reports whether the type holds elements or attributes.
func (d definition) isComplex() bool {
	return d.items != nil || d.node.Element != nil && d.node.Tag == "complexType"
}

// same reports whether two definitions are of one type.
func (d definition) same(o definition) bool {
	return d.node.Element != nil && d.node.Element == o.node.Element
}

// content is what an element of a complex type holds.
type content struct {
	particle *particle
	attrs    []*attributeDecl
	text     *simple // nil = it holds none
	notes    []string
	concrete name        // of an abstract type: the type that a sample says it is
	array    *definition // of a SOAP array: what it holds
}

// attributeDecl is an attribute that a schema declares.
type attributeDecl struct {
	name     name
	simple   *simple
	required bool
	dropped  bool // a restriction takes it away
	other    bool // a sample is of another type, which does not have it
	fixed    string
	doc      string
}

// definitionOf returns the type of an element, an attribute or a part.
func (u *unfolding) definitionOf(n node, chain int) (definition, error) {
	if err := u.visit(n, chain); err != nil {
		return definition{}, err
	}
	if text := n.attr("type"); text != "" {
		return u.typeNamed(n, text)
	}
	if inline, ok := n.kid("complexType", "simpleType"); ok {
		return definition{node: inline}, nil
	}
	if head := strings.Fields(n.attr("substitutionGroup")); len(head) > 0 {
		of, _, err := u.schemas.find(n, "element", u.schemas.elements, head[0])
		if err != nil {
			return definition{}, err
		}
		return u.definitionOf(of, chain+1)
	}
	if n.Tag == "attribute" {
		return definition{builtin: "anySimpleType"}, nil
	}
	return definition{builtin: "anyType"}, nil
}

// typeNamed returns the type of that name, as it is meant at n.
func (u *unfolding) typeNamed(n node, text string) (definition, error) {
	called, err := n.qname(text)
	if err != nil {
		return definition{}, err
	}
	switch {
	case isSchemaSpace(called.space):
		if _, ok := builtins[called.local]; !ok {
			return definition{}, n.refuse("XML Schema has no type %.80q", called.local)
		}
		return definition{name: called, builtin: called.local}, nil
	case isEncoding(called.space) && called.local == "Array":
		return definition{name: called, items: &definition{builtin: "anyType"}}, nil
	case isEncoding(called.space):
		if _, ok := builtins[called.local]; !ok {
			return definition{}, n.refuse("SOAP encoding has no type %.80q", called.local)
		}
		return definition{name: called, builtin: called.local}, nil
	}
	found, called, err := u.schemas.find(n, "type", u.schemas.types, text)
	return definition{node: found, name: called}, err
}

// contentOf reads what a complex type holds.
func (u *unfolding) contentOf(d definition, chain int) (content, error) {
	if d.items != nil {
		return u.arrayContent(d, u.around), nil
	}
	n := d.node
	if err := u.visit(n, chain); err != nil {
		return content{}, err
	}
	if abstract := n.attr("abstract"); (abstract == "true" || abstract == "1") && d.name.local != "" {
		if c, ok, err := u.alternatives(d, chain); ok || err != nil {
			return c, err
		}
	}
	return u.ownContent(d, chain)
}

// ownContent reads a complex type itself, abstract or not.
func (u *unfolding) ownContent(d definition, chain int) (content, error) {
	n := d.node
	if err := u.visit(n, chain); err != nil {
		return content{}, err
	}
	c := content{}
	inside, derived := n.kid("complexContent", "simpleContent")
	if derived {
		step, ok := inside.kid("extension", "restriction")
		if !ok {
			return c, inside.refuse("xs:%s holds neither an extension nor a restriction", inside.Tag)
		}
		base, err := u.typeNamed(step, step.attr("base"))
		if err != nil {
			return c, err
		}
		if base.items != nil && base.node.Element == nil {
			return u.arrayOf(step, d, u.around)
		}
		if c, err = u.base(step, base, chain); err != nil || c.array != nil {
			return c, err
		}
		n = step
	}
	if err := u.extend(&c, n, chain); err != nil {
		return c, err
	}
	if d.node.attr("mixed") == "true" || inside.Element != nil && inside.attr("mixed") == "true" {
		c.text = newSimple("string")
		c.notes = append(c.notes, "The schema allows text between the elements inside (mixed).")
	}
	return c, nil
}

// base reads what a type is derived from.
func (u *unfolding) base(step node, base definition, chain int) (content, error) {
	if !base.isComplex() {
		if base.builtin == "anyType" {
			return content{}, nil
		}
		s, err := u.simpleOf(base, chain+1)
		if err != nil {
			return content{}, err
		}
		if step.Tag == "restriction" {
			s, err = u.restrict(s, step, chain+1)
		}
		return content{text: s}, err
	}
	c, err := u.ownContent(base, chain+1)
	if err != nil {
		return c, err
	}
	if step.Tag == "extension" || c.array != nil {
		return c, nil
	}
	c.particle = nil // a restriction says again what it keeps
	if c.text != nil {
		if c.text, err = u.restrict(c.text, step, chain+1); err != nil {
			return c, err
		}
	}
	return c, nil
}

// extend adds the particles and the attributes that stand directly in n.
func (u *unfolding) extend(c *content, n node, chain int) error {
	if model, ok := n.kid("sequence", "choice", "all", "group"); ok {
		p, err := u.particle(model, chain+1)
		if err != nil {
			return err
		}
		if c.particle != nil {
			p = &particle{kind: sequencePart, min: 1, max: 1, parts: []*particle{c.particle, p}}
		}
		if p.max > 0 {
			c.particle = p
		}
	}
	return u.attributesOf(c, n, chain)
}

func (u *unfolding) attributesOf(c *content, n node, chain int) error {
	if err := u.visit(n, chain); err != nil {
		return err
	}
	for _, a := range n.kids("attribute", "attributeGroup", "anyAttribute") {
		switch a.Tag {
		case "anyAttribute":
			c.notes = append(c.notes, "xs:anyAttribute: attributes that the schema does not name may stand here; no rule reads them.")
		case "attributeGroup":
			group, _, err := u.schemas.find(a, "attribute group", u.schemas.attributeGroups, a.attr("ref"))
			if err != nil {
				return err
			}
			if err := u.attributesOf(c, group, chain+1); err != nil {
				return err
			}
		case "attribute":
			d, err := u.attribute(a, chain)
			if err != nil {
				return err
			}
			c.put(d)
		}
	}
	return nil
}

// put adds an attribute, or takes it in the place of the one that it restricts.
func (c *content) put(d *attributeDecl) {
	if d == nil {
		return
	}
	for i, old := range c.attrs {
		if old.name == d.name {
			c.attrs[i] = d
			return
		}
	}
	c.attrs = append(c.attrs, d)
}

// attribute reads an attribute; it returns none for those that no rule can read.
func (u *unfolding) attribute(n node, chain int) (*attributeDecl, error) {
	if err := u.visit(n, chain); err != nil {
		return nil, err
	}
	d := &attributeDecl{required: n.attr("use") == "required", dropped: n.attr("use") == "prohibited", fixed: n.attr("fixed"), doc: n.documentation()}
	declared := n
	if ref := n.attr("ref"); ref != "" {
		called, err := n.qname(ref)
		if err != nil {
			return nil, err
		}
		d.name = called
		switch {
		case isEncoding(called.space):
			return nil, nil
		case called.space == xmlSpace:
			d.simple = newSimple("string")
			return d, nil
		}
		if declared, _, err = u.schemas.find(n, "attribute", u.schemas.attributes, ref); err != nil {
			return nil, err
		}
	} else {
		d.name.local = n.attr("name")
		if form := n.attr("form"); form == "qualified" || form == "" && n.schema.attributes {
			d.name.space = n.schema.space
		}
	}
	if d.name.local == "" {
		return nil, n.refuse("xs:attribute has neither a name nor a ref")
	}
	if d.doc == "" {
		d.doc = declared.documentation()
	}
	if d.fixed == "" {
		d.fixed = declared.attr("fixed")
	}
	def, err := u.definitionOf(declared, chain+1)
	if err != nil {
		return nil, err
	}
	d.simple, err = u.simpleOf(def, chain+1)
	return d, err
}

// alternatives reads an abstract type: a message holds one of those that are
// derived from it, and says which.
func (u *unfolding) alternatives(d definition, chain int) (content, bool, error) {
	concrete, err := u.concrete(d.name, chain)
	if err != nil || len(concrete) == 0 {
		return content{}, false, err
	}
	c := content{concrete: concrete[0].name, particle: &particle{kind: choicePart, min: 1, max: 1, types: true}}
	var names []string
	held := map[*attributeDecl]int{} // how many of the types have it
	for i, one := range concrete {
		inside, err := u.ownContent(one, chain+1)
		if err != nil {
			return c, false, err
		}
		p := inside.particle
		if p == nil {
			p = &particle{kind: sequencePart, min: 1, max: 1}
		}
		c.particle.parts = append(c.particle.parts, p)
		for _, a := range inside.attrs {
			if at := slices.IndexFunc(c.attrs, func(o *attributeDecl) bool { return o.name == a.name }); at >= 0 {
				held[c.attrs[at]]++
				continue
			}
			a.other = i > 0
			held[a] = 1
			c.put(a)
		}
		c.text = inside.text
		names = append(names, one.name.local)
	}
	for _, a := range c.attrs {
		a.required = a.required && held[a] == len(concrete)
	}
	c.notes = append(c.notes, oneLine("The type is abstract: xsi:type says which of "+strings.Join(names, " | ")+" a message holds; the rules read what any of them has."))
	return c, true, nil
}

// concrete returns the types derived from one that are not abstract themselves.
func (u *unfolding) concrete(base name, chain int) ([]definition, error) {
	var found []definition
	for _, n := range u.schemas.derived[base] {
		if err := u.visit(n, chain); err != nil {
			return nil, err
		}
		called := name{n.schema.space, n.attr("name")}
		if abstract := n.attr("abstract"); abstract != "true" && abstract != "1" {
			found = append(found, definition{node: n, name: called})
		}
		more, err := u.concrete(called, chain+1)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}
