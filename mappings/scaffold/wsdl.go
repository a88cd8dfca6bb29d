package scaffold

import (
	"cmp"
	"slices"
	"strings"
)

// definitions is what the WSDLs of an Origin declare, all of them together.
type definitions struct {
	files     *files
	schemas   *schemas
	messages  map[name]node
	portTypes map[name]node
	types     []name // of portTypes, in order
	bindings  []node
	spaces    map[*document]string
	read      map[string]bool
}

// operation is one operation of a WSDL, as one binding has it.
type operation struct {
	node     node // of the portType
	portType name
	message  node // of the input
	label    string
	input    string // name of the input
	action   string
	acts     bool // the binding names an action
	rpc      bool
	encoded  bool
	space    string   // of the wrapper of RPC
	parts    []string // those in the body; nil = all but headers
	headers  []string // parts that go into the header
	soap12   bool
	body     node // where the binding says all this
	bound    node // the operation of the binding
	alone    bool // the WSDL has no other
}

// readWSDL reads a WSDL 1.1 and finds its operations.
func (o *Origin) readWSDL(fl *files, root node) error {
	o.kind, o.schemas = WSDL, newSchemas(fl)
	ds := &definitions{files: fl, schemas: o.schemas, messages: map[name]node{}, portTypes: map[name]node{}, spaces: map[*document]string{}, read: map[string]bool{}}
	if err := ds.add(root, 0); err != nil {
		return err
	}
	for _, a := range root.Attr { // no other toolkit declares it
		o.schemas.axis = o.schemas.axis || a.Value == "http://xml.apache.org/xml-soap"
	}
	var all []*operation
	for _, b := range ds.bindings {
		found, err := ds.bound(b)
		if err != nil {
			return err
		}
		for _, op := range found {
			if !slices.ContainsFunc(all, op.isThatOf) {
				all = append(all, op)
			}
		}
	}
	if len(ds.bindings) == 0 {
		for _, called := range ds.types {
			found, err := ds.unbound(called)
			if err != nil {
				return err
			}
			all = append(all, found...)
		}
	}
	if len(all) == 0 {
		return root.refuse("the WSDL has no operation that is called by SOAP")
	}
	if len(all) > maxMessages {
		return root.refuse("the WSDL has more than %d operations", maxMessages)
	}
	label(all)
	for _, op := range all {
		op.alone = len(all) == 1
		o.messages = append(o.messages, Message{Name: op.label, Doc: op.title(), operation: op})
	}
	return nil
}

// isThatOf reports whether o is the same operation in another binding, as that
// of SOAP 1.2 beside that of SOAP 1.1.
func (op *operation) isThatOf(o *operation) bool { return op.node.Element == o.node.Element }

// label names operations so that each has a name of its own.
func label(all []*operation) {
	count := func(f func(*operation) string) map[string]int {
		n := map[string]int{}
		for _, op := range all {
			n[f(op)]++
		}
		return n
	}
	plainly := func(op *operation) string { return op.node.attr("name") }
	placed := func(op *operation) string { return op.portType.local + "/" + plainly(op) }
	once, twice := count(plainly), count(placed)
	names := taken{}
	for _, op := range all {
		switch {
		case once[plainly(op)] == 1:
			op.label = plainly(op)
		case twice[placed(op)] == 1:
			op.label = placed(op)
		default:
			op.label = placed(op) + "/" + cmp.Or(op.input, op.message.attr("name"))
		}
		op.label = names.give(op.label)
	}
}

// add reads one definitions element and all that it imports.
func (ds *definitions) add(root node, chain int) error {
	if chain > maxChain {
		return root.refuse("more than %d files lead from one to the next", maxChain)
	}
	ds.read[root.doc.file] = true
	space := root.attr("targetNamespace")
	ds.spaces[root.doc] = space
	for _, n := range root.within(wsdlSpace, "import") {
		if err := ds.imported(n, chain); err != nil {
			return err
		}
	}
	for _, types := range root.within(wsdlSpace, "types") {
		for _, e := range types.ChildElements() {
			if !isSchemaSpace(e.NamespaceURI()) || e.Tag != "schema" {
				continue
			}
			if err := ds.schemas.add(node{Element: e, doc: root.doc}, "", 0); err != nil {
				return err
			}
		}
	}
	for _, n := range root.within(wsdlSpace, "message", "portType", "binding") {
		called := name{space, n.attr("name")}
		switch n.Tag {
		case "message":
			ds.messages[called] = n
		case "portType":
			ds.portTypes[called] = n
			ds.types = append(ds.types, called)
		case "binding":
			ds.bindings = append(ds.bindings, n)
		}
	}
	return nil
}

// imported reads the WSDL, or the schema, that an import names.
func (ds *definitions) imported(n node, chain int) error {
	location := n.attr("location")
	doc, err := ds.files.beside(n, location)
	if err != nil {
		return err
	}
	if doc == nil {
		return n.refuse("the WSDL imports %.200q, and nothing is fetched: save that file beside it and write its name there", location)
	}
	root := doc.node()
	switch {
	case isSchemaSpace(root.NamespaceURI()) && root.Tag == "schema":
		return ds.schemas.once(root, root.attr("targetNamespace"), chain)
	case root.NamespaceURI() != wsdlSpace || root.Tag != "definitions":
		return n.refuse("%.200q is not a WSDL 1.1; its root element is %.80q", location, root.Tag)
	case ds.read[doc.file]:
		return nil
	}
	return ds.add(root, chain+1)
}

// bound returns the operations of a binding, none if it is not one of SOAP.
func (ds *definitions) bound(b node) ([]*operation, error) {
	space := soapSpace
	soap, ok := b.first(space, "binding")
	if !ok {
		space = soap12Space
		if soap, ok = b.first(space, "binding"); !ok {
			return nil, nil
		}
	}
	of, err := b.qname(b.attr("type"))
	if err != nil {
		return nil, err
	}
	portType, ok := ds.portTypes[of]
	if !ok {
		return nil, b.refuse("there is no portType %.200q", of)
	}
	var all []*operation
	for _, n := range b.within(wsdlSpace, "operation") {
		op := &operation{portType: of, soap12: space == soap12Space, body: n, bound: n, rpc: soap.attr("style") == "rpc"}
		if how, ok := n.first(space, "operation"); ok {
			op.action, op.acts = how.attr("soapAction"), how.has("soapAction")
			if style := how.attr("style"); style != "" {
				op.rpc = style == "rpc"
			}
		}
		if input, ok := n.first(wsdlSpace, "input"); ok {
			op.input = input.attr("name")
			if body, ok := bodyOf(input, space); ok {
				op.body, op.space, op.encoded = body, body.attr("namespace"), body.attr("use") == "encoded"
				for _, header := range input.within(space, "header") {
					op.headers = append(op.headers, header.attr("part"))
				}
				if body.has("parts") {
					op.parts = append([]string{}, strings.Fields(body.attr("parts"))...)
				}
			}
		}
		if op.node, err = ds.declared(portType, n, op.input); err != nil {
			return nil, err
		}
		if err := ds.takes(op); err != nil {
			return nil, err
		}
		all = append(all, op)
	}
	return all, nil
}

// bodyOf finds soap:body, which may be inside a MIME part.
func bodyOf(input node, space string) (node, bool) {
	if body, ok := input.first(space, "body"); ok {
		return body, true
	}
	const mimeSpace = "http://schemas.xmlsoap.org/wsdl/mime/"
	for _, related := range input.within(mimeSpace, "multipartRelated") {
		for _, part := range related.within(mimeSpace, "part") {
			if body, ok := part.first(space, "body"); ok {
				return body, true
			}
		}
	}
	return node{}, false
}

// declared finds the operation of the portType that one of a binding binds. Of
// several with one name it is that whose input has the same name.
func (ds *definitions) declared(portType, n node, input string) (node, error) {
	var found []node
	for _, op := range portType.within(wsdlSpace, "operation") {
		if op.attr("name") != n.attr("name") {
			continue
		}
		in, _ := op.first(wsdlSpace, "input")
		if in.Element != nil && input != "" && in.attr("name") == input {
			return op, nil
		}
		found = append(found, op)
	}
	if len(found) == 0 {
		return node{}, n.refuse("the portType has no operation %.200q", n.attr("name"))
	}
	return found[0], nil
}

// takes finds the message of an operation's input.
func (ds *definitions) takes(op *operation) error {
	in, ok := op.node.first(wsdlSpace, "input")
	if !ok {
		return op.node.refuse("the operation %.200q takes no message", op.node.attr("name"))
	}
	op.input = cmp.Or(op.input, in.attr("name"))
	called, err := in.qname(in.attr("message"))
	if err != nil {
		return err
	}
	if op.message, ok = ds.messages[called]; !ok {
		return in.refuse("there is no message %.200q", called)
	}
	return nil
}

// unbound returns the operations of a portType of a WSDL that says nothing
// about SOAP: documents where a message has one element, else RPC.
func (ds *definitions) unbound(called name) ([]*operation, error) {
	var all []*operation
	for _, n := range ds.portTypes[called].within(wsdlSpace, "operation") {
		op := &operation{node: n, portType: called, body: n, bound: n, space: called.space}
		if err := ds.takes(op); err != nil {
			return nil, err
		}
		parts := op.message.within(wsdlSpace, "part")
		op.rpc = len(parts) != 1 || !parts[0].has("element")
		all = append(all, op)
	}
	return all, nil
}
