package scaffold

// readSchema reads an XML Schema and finds the elements that may be a message:
// those of the file itself to which nothing else refers.
func (o *Origin) readSchema(fl *files, root node) error {
	o.kind, o.schemas = Schema, newSchemas(fl)
	if err := o.schemas.once(root, root.attr("targetNamespace"), 0); err != nil {
		return err
	}
	referred := map[name]bool{}
	for _, d := range fl.docs {
		references(d.node(), referred)
	}
	locals := map[string]int{}
	var own, roots []node
	for _, n := range o.schemas.order {
		locals[n.attr("name")]++
		if n.doc == root.doc {
			own = append(own, n)
			if !referred[name{n.schema.space, n.attr("name")}] {
				roots = append(roots, n)
			}
		}
	}
	if len(o.schemas.order) == 0 {
		return root.refuse("the schema declares no element, so it says nothing about a message; name the schema or the WSDL that uses it")
	}
	if len(o.schemas.order) > maxMessages {
		return root.refuse("the schemas declare more than %d elements", maxMessages)
	}
	message := func(n node) Message {
		called := name{n.schema.space, n.attr("name")}
		if locals[called.local] == 1 {
			return Message{Name: called.local, Doc: n.documentation(), element: n}
		}
		return Message{Name: called.String(), Doc: n.documentation(), element: n}
	}
	for _, n := range o.schemas.order {
		o.others = append(o.others, message(n))
	}
	for _, some := range [][]node{roots, own, o.schemas.order} {
		if len(some) == 0 {
			continue
		}
		for _, n := range some {
			o.messages = append(o.messages, message(n))
		}
		return nil
	}
	return nil
}

// references gathers the elements that are referred to inside n. What is wrong
// with a reference is told when it is followed.
func references(n node, found map[name]bool) {
	for _, e := range n.ChildElements() {
		inside := node{e, n.doc, n.schema}
		if e.Tag == "element" && inside.has("ref") {
			if called, err := inside.qname(inside.attr("ref")); err == nil {
				found[called] = true
			}
		}
		references(inside, found)
	}
}

// unfoldElement unfolds an element of a schema.
func (o *Origin) unfoldElement(u *unfolding, of Message) (*message, error) {
	d, err := u.declaration(of.element)
	if err != nil {
		return nil, err
	}
	m := &message{title: d.doc, origin: "the element " + of.Name}
	if m.root, err = u.element(d, nil); err != nil {
		return nil, err
	}
	m.root.must = true
	if err := u.unfold(); err != nil {
		return nil, err
	}
	m.left = u.left
	return m, nil
}
