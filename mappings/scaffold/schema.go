package scaffold

import "strings"

// schemas is what the schemas of an Origin declare, all of them together.
type schemas struct {
	files           *files
	elements        map[name]node
	types           map[name]node
	groups          map[name]node
	attributeGroups map[name]node
	attributes      map[name]node
	members         map[name][]node // elements that may stand in the place of another
	derived         map[name][]node // types by the one that they extend or restrict
	order           []node          // the elements, as they are declared
	read            map[adoption]bool
	remote          map[string]remote // by namespace, what was not fetched
	axis            bool              // Axis 1 wrote the WSDL
}

// adoption is a document read as a schema of a namespace: one without a
// namespace takes that of the schema that includes it.
type adoption struct {
	file  string
	space string
}

// remote is an import whose file is elsewhere.
type remote struct {
	node     node
	location string
}

// schema is one xs:schema.
type schema struct {
	space      string // of what it declares
	adopted    string // of names without prefix where no namespace is declared
	elements   bool   // local elements are in the namespace
	attributes bool   // local attributes are
}

func newSchemas(fl *files) *schemas {
	return &schemas{
		files: fl, elements: map[name]node{}, types: map[name]node{}, groups: map[name]node{}, attributeGroups: map[name]node{},
		attributes: map[name]node{}, members: map[name][]node{}, derived: map[name][]node{}, read: map[adoption]bool{}, remote: map[string]remote{},
	}
}

// add reads one xs:schema, which is in the target namespace space or names its
// own, and all that it includes and imports.
func (ss *schemas) add(root node, adopted string, chain int) error {
	if chain > maxChain {
		return root.refuse("more than %d files lead from one to the next", maxChain)
	}
	s := &schema{space: root.attr("targetNamespace"), elements: root.attr("elementFormDefault") == "qualified", attributes: root.attr("attributeFormDefault") == "qualified"}
	if s.space == "" {
		s.space, s.adopted = adopted, adopted
	}
	root.schema = s
	for _, n := range root.kids("include", "import", "redefine", "override") {
		if err := ss.refer(n, chain); err != nil {
			return err
		}
	}
	for _, n := range root.kids("element", "complexType", "simpleType", "group", "attributeGroup", "attribute") {
		if err := ss.declare(n); err != nil {
			return err
		}
	}
	return nil
}

// kids returns the child elements of a schema that have one of the names.
func (n node) kids(names ...string) []node { return n.within(n.NamespaceURI(), names...) }

// kid returns the first such child.
func (n node) kid(names ...string) (node, bool) { return n.first(n.NamespaceURI(), names...) }

// refer reads what an include or import names.
func (ss *schemas) refer(n node, chain int) error {
	location, space := n.attr("schemaLocation"), n.attr("namespace")
	switch {
	case n.Tag == "redefine" || n.Tag == "override":
		return n.refuse("xs:%s is not read; declare in one schema what the message is made of", n.Tag)
	case n.Tag == "include":
		space = n.schema.space
	}
	if location == "" {
		if _, ok := ss.remote[space]; !ok && n.Tag == "import" {
			ss.remote[space] = remote{node: n}
		}
		return nil
	}
	doc, err := ss.files.beside(n, location)
	if err != nil {
		return err
	}
	if doc == nil {
		ss.remote[space] = remote{n, location}
		return nil
	}
	root := doc.node()
	if !isSchemaSpace(root.NamespaceURI()) || root.Tag != "schema" {
		return n.refuse("%.200q is not an XML Schema; its root element is %.80q", location, root.Tag)
	}
	target := root.attr("targetNamespace")
	if target != space && (n.Tag == "import" || target != "") {
		return n.refuse("%.200q is a schema of the namespace %.200q, want %.200q", location, target, space)
	}
	return ss.once(root, space, chain)
}

// once reads the schema of a whole file, unless it was read before.
func (ss *schemas) once(root node, space string, chain int) error {
	key := adoption{root.doc.file, space}
	if ss.read[key] {
		return nil
	}
	ss.read[key] = true
	return ss.add(root, space, chain+1)
}

// declare keeps what a schema declares. What is declared twice is kept once.
func (ss *schemas) declare(n node) error {
	local := n.attr("name")
	if local == "" {
		return n.refuse("xs:%s has no name", n.Tag)
	}
	called := name{n.schema.space, local}
	table := map[string]map[name]node{
		"element": ss.elements, "complexType": ss.types, "simpleType": ss.types, "group": ss.groups, "attributeGroup": ss.attributeGroups, "attribute": ss.attributes,
	}[n.Tag]
	if _, ok := table[called]; ok {
		return nil
	}
	table[called] = n
	switch n.Tag {
	case "element":
		ss.order = append(ss.order, n)
		for _, head := range strings.Fields(n.attr("substitutionGroup")) {
			of, err := n.qname(head)
			if err != nil {
				return err
			}
			ss.members[of] = append(ss.members[of], n)
		}
	case "complexType":
		return ss.derive(n)
	}
	return nil
}

// derive keeps from which type a complex type is derived.
func (ss *schemas) derive(n node) error {
	inside, ok := n.kid("complexContent", "simpleContent")
	if !ok {
		return nil
	}
	step, ok := inside.kid("extension", "restriction")
	if !ok {
		return nil
	}
	base, err := step.qname(step.attr("base"))
	if err != nil {
		return err
	}
	ss.derived[base] = append(ss.derived[base], n)
	return nil
}

// find looks a name up in one of the tables, for a reference that stands at n.
func (ss *schemas) find(n node, what string, table map[name]node, text string) (node, name, error) {
	called, err := n.qname(text)
	if err != nil {
		return node{}, called, err
	}
	if found, ok := table[called]; ok {
		return found, called, nil
	}
	return node{}, called, ss.unknown(n, what, called)
}

// unknown tells that a name is declared nowhere, and where it may be.
func (ss *schemas) unknown(n node, what string, called name) error {
	r, ok := ss.remote[called.space]
	if !ok {
		return n.refuse("there is no %s %.200q in the schemas; save the file that declares it beside %s and import it", what, called, n.doc.file)
	}
	line, _ := r.node.doc.places.Of(r.node.Element)
	if r.location == "" {
		return n.refuse("there is no %s %.200q; the import in %s line %d names no file: save that schema beside it and add schemaLocation", what, called, r.node.doc.file, line)
	}
	return n.refuse("there is no %s %.200q; it is to be at %.200q, as %s line %d says, and nothing is fetched: save that file beside it and write its name there",
		what, called, r.location, r.node.doc.file, line)
}

// documentation returns what a schema or a WSDL says about n, on one line. Of
// several texts it takes the Vietnamese one.
func (n node) documentation() string {
	holders := []node{n}
	if n.schema != nil {
		holders = n.kids("annotation")
	}
	best := ""
	for _, h := range holders {
		for _, d := range h.within(h.NamespaceURI(), "documentation") {
			text := oneLine(allText(d.Element))
			vietnamese := false
			for _, a := range d.Attr {
				vietnamese = vietnamese || a.Key == "lang" && strings.HasPrefix(strings.ToLower(a.Value), "vi")
			}
			if text != "" && (best == "" || vietnamese) {
				best = text
				if vietnamese {
					return best
				}
			}
		}
	}
	return best
}
