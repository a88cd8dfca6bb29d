package scaffold

import (
	"cmp"
	"slices"
)

// unfold unfolds what an operation of a WSDL takes.
func (op *operation) unfold(u *unfolding) (*message, error) {
	m := &message{
		title: op.title(), action: op.action, acts: op.acts, soap12: op.soap12, typed: op.encoded,
		origin: "operation " + op.label + " of " + op.portType.local + ", " + op.style(),
	}
	parts, err := op.bodyParts()
	if err != nil {
		return nil, err
	}
	if op.rpc {
		m.root, err = op.wrapper(u, parts)
	} else {
		m.root, err = op.document(u, parts)
	}
	if err != nil {
		return nil, err
	}
	m.left = u.left
	return m, nil
}

// title is what the WSDL says about the operation, in the portType or in the
// binding, or about itself when there is no other.
func (op *operation) title() string {
	said := cmp.Or(op.node.documentation(), op.bound.documentation())
	if said == "" && op.alone {
		said = node{Element: op.node.Parent().Parent(), doc: op.node.doc}.documentation()
	}
	return said
}

func (op *operation) style() string {
	switch {
	case op.rpc && op.encoded:
		return "RPC/encoded"
	case op.rpc:
		return "RPC/literal"
	case op.encoded:
		return "document/encoded"
	}
	return "document/literal"
}

// bodyParts returns the parts of the message that go into the body.
func (op *operation) bodyParts() ([]node, error) {
	parts := op.message.within(wsdlSpace, "part")
	switch {
	case op.parts != nil:
		parts = slices.DeleteFunc(parts, func(p node) bool { return !slices.Contains(op.parts, p.attr("name")) })
	case len(parts) > 1: // a header of another message may have the name of the only part
		parts = slices.DeleteFunc(parts, func(p node) bool { return slices.Contains(op.headers, p.attr("name")) })
	}
	if len(parts) > maxRules {
		return nil, op.message.refuse("the message has more than %d parts", maxRules)
	}
	return parts, nil
}

// document is the one element of a document message.
func (op *operation) document(u *unfolding, parts []node) (*element, error) {
	switch {
	case len(parts) == 0:
		return nil, op.body.refuse("the body of the operation %.200q is empty; a mapping needs one element in it", op.label)
	case len(parts) > 1:
		return nil, op.message.refuse("the message has %d parts in the body; a mapping takes one element (WS-I Basic Profile 1.1, R2201)", len(parts))
	}
	part := parts[0]
	if !part.has("element") {
		return nil, part.refuse("the part %.80q has a type, where a document has an element (WS-I Basic Profile 1.1, R2204)", part.attr("name"))
	}
	d, err := op.global(u, part)
	if err != nil {
		return nil, err
	}
	root, err := u.element(d, nil)
	if err != nil {
		return nil, err
	}
	root.must = true
	return root, u.unfold()
}

// global is the element that a part names.
func (op *operation) global(u *unfolding, part node) (*declaration, error) {
	found, _, err := u.schemas.find(part, "element", u.schemas.elements, part.attr("element"))
	if err != nil {
		return nil, err
	}
	return u.declaration(found)
}

// wrapper is the element of an RPC message: called as the operation is, with
// its parts inside (WSDL 1.1 §3.5).
func (op *operation) wrapper(u *unfolding, parts []node) (*element, error) {
	root := &element{name: name{op.space, op.node.attr("name")}, must: true}
	root.particle = &particle{kind: sequencePart, min: 1, max: 1}
	for _, part := range parts {
		d := &declaration{node: part, name: name{local: part.attr("name")}, nillable: op.encoded, doc: part.documentation()}
		var err error
		switch {
		case part.has("element"):
			if d, err = op.global(u, part); err == nil {
				d.doc = cmp.Or(part.documentation(), d.doc)
			}
		case part.has("type"):
			d.def, err = u.typeNamed(part, part.attr("type"))
		default:
			err = part.refuse("the part %.80q has neither a type nor an element", part.attr("name"))
		}
		if err != nil {
			return nil, err
		}
		p := &particle{min: 1, max: 1, decl: d}
		root.particle.parts = append(root.particle.parts, p)
	}
	if err := u.children(root, root.particle); err != nil {
		return nil, err
	}
	return root, u.unfold()
}
