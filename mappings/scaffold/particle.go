package scaffold

import (
	"strconv"
	"strings"
)

// particle is one part of what an element holds: an element, or several parts
// in order or of which there is one.
type particle struct {
	kind     particleKind
	min, max int          // unbounded is the most
	decl     *declaration // of an element
	parts    []*particle
	element  *element // of the message, once it is unfolded
	space    string   // of a wildcard: the namespaces that it allows
	target   string   // of a wildcard: the namespace of its schema
	strict   bool     // a wildcard for elements that are declared
	types    bool     // a choice between the types that an abstract one stands for
}

type particleKind uint8

const (
	elementPart particleKind = iota
	sequencePart
	choicePart
	wildcardPart
)

// unbounded is more occurrences than any message has.
const unbounded = 1 << 30

// declaration is an element that a schema declares, or a part of an RPC message.
type declaration struct {
	node     node
	name     name
	def      definition
	nillable bool
	fixed    string
	fallback string
	doc      string
}

// occurrence is an element as a content model has it: how often it may be
// there in all.
type occurrence struct {
	decl     *declaration
	min, max int
	part     *particle
}

// occurrences returns the elements of a content model in the order in which
// they are first named, each once.
func (p *particle) occurrences() []occurrence {
	var all []occurrence
	switch p.kind {
	case elementPart:
		return []occurrence{{p.decl, p.min, p.max, p}}
	case wildcardPart:
		return nil
	case sequencePart:
		all = p.inSequence()
	case choicePart:
		all = p.inChoice()
	}
	for i := range all {
		all[i].min, all[i].max = times(all[i].min, p.min), times(all[i].max, p.max)
	}
	return all
}

func (p *particle) inSequence() []occurrence {
	var all []occurrence
	at := map[name]int{}
	for _, part := range p.parts {
		for _, o := range part.occurrences() {
			i, ok := at[o.decl.name]
			if !ok {
				at[o.decl.name] = len(all)
				all = append(all, o)
				continue
			}
			all[i].min, all[i].max = all[i].min+o.min, min(all[i].max+o.max, unbounded)
		}
	}
	return all
}

func (p *particle) inChoice() []occurrence {
	var all []occurrence
	at, branches := map[name]int{}, map[name]int{}
	for _, part := range p.parts {
		for _, o := range part.occurrences() {
			branches[o.decl.name]++
			i, ok := at[o.decl.name]
			if !ok {
				at[o.decl.name] = len(all)
				all = append(all, o)
				continue
			}
			all[i].min, all[i].max = min(all[i].min, o.min), max(all[i].max, o.max)
		}
	}
	for i := range all {
		if branches[all[i].decl.name] < len(p.parts) {
			all[i].min = 0
		}
	}
	return all
}

func times(a, b int) int {
	if a >= unbounded || b >= unbounded {
		if a == 0 || b == 0 {
			return 0
		}
		return unbounded
	}
	return int(min(int64(a)*int64(b), unbounded))
}

// settle gives every part the element of the message that it stands for.
func (p *particle) settle(elements map[name]*element) {
	if p.kind == elementPart {
		p.element = elements[p.decl.name]
	}
	for _, part := range p.parts {
		part.settle(elements)
	}
}

// occurs reads minOccurs and maxOccurs.
func (n node) occurs() (low, high int, err error) {
	low, high = 1, 1
	if text := n.attr("minOccurs"); text != "" {
		if low, err = strconv.Atoi(text); err != nil || low < 0 {
			return 0, 0, n.refuse("minOccurs %.20q is not a number", text)
		}
	}
	switch text := n.attr("maxOccurs"); text {
	case "":
	case "unbounded":
		high = unbounded
	default:
		if high, err = strconv.Atoi(text); err != nil || high < 0 {
			return 0, 0, n.refuse("maxOccurs %.20q is neither a number nor unbounded", text)
		}
	}
	return min(low, unbounded), min(high, unbounded), nil
}

// particle reads an element, sequence, choice, all, group or any.
func (u *unfolding) particle(n node, chain int) (*particle, error) {
	if err := u.visit(n, chain); err != nil {
		return nil, err
	}
	low, high, err := n.occurs()
	if err != nil {
		return nil, err
	}
	p := &particle{min: low, max: high}
	switch n.Tag {
	case "element":
		return p, u.elementParticle(p, n, chain)
	case "any":
		p.kind, p.space, p.strict = wildcardPart, n.attr("namespace"), n.attr("processContents") == "" || n.attr("processContents") == "strict"
		p.target = n.schema.space
		return p, nil
	case "choice":
		p.kind = choicePart
	case "group":
		p.kind = sequencePart
		group, _, err := u.schemas.find(n, "group", u.schemas.groups, n.attr("ref"))
		if err != nil {
			return nil, err
		}
		n = group
	default:
		p.kind = sequencePart
	}
	for _, k := range n.kids("element", "sequence", "choice", "all", "group", "any") {
		part, err := u.particle(k, chain+1)
		if err != nil {
			return nil, err
		}
		if part.max > 0 {
			p.parts = append(p.parts, part)
		}
	}
	return p, nil
}

// visit counts what a message is made of, so that schemas that unfold without
// end are given up.
func (u *unfolding) visit(n node, chain int) error {
	const free = 8 // children that cost no more than the element itself
	if u.visits += 1 + len(n.Child)/free; u.visits > maxVisits {
		return n.refuse("the message unfolds to more than %d parts", maxVisits)
	}
	if chain > maxChain {
		return n.refuse("more than %d groups or types lead from one to the next, or one to itself", maxChain)
	}
	return nil
}

// elementParticle makes p that of an element, or the choice between those that
// may stand in its place.
func (u *unfolding) elementParticle(p *particle, n node, chain int) error {
	ref := n.attr("ref")
	if ref == "" {
		d, err := u.declaration(n)
		p.decl = d
		return err
	}
	called, err := n.qname(ref)
	if err != nil {
		return err
	}
	if isSchemaSpace(called.space) { // a DataSet of .NET brings its schema with it
		p.kind, p.space, p.strict = wildcardPart, called.space, false
		return nil
	}
	head, _, err := u.schemas.find(n, "element", u.schemas.elements, ref)
	if err != nil {
		return err
	}
	choice, err := u.substitutes(head, called, chain)
	if err != nil {
		return err
	}
	if len(choice) == 1 {
		p.decl = choice[0].decl
		return nil
	}
	p.kind, p.parts = choicePart, choice
	return nil
}

// substitutes returns the elements that may stand where head is referred to.
func (u *unfolding) substitutes(head node, called name, chain int) ([]*particle, error) {
	if err := u.visit(head, chain); err != nil {
		return nil, err
	}
	var choice []*particle
	members := u.schemas.members[called]
	if head.attr("abstract") != "true" && head.attr("abstract") != "1" || len(members) == 0 {
		d, err := u.declaration(head)
		if err != nil {
			return nil, err
		}
		choice = append(choice, &particle{min: 1, max: 1, decl: d})
	}
	for _, m := range members {
		more, err := u.substitutes(m, name{m.schema.space, m.attr("name")}, chain+1)
		if err != nil {
			return nil, err
		}
		choice = append(choice, more...)
	}
	return choice, nil
}

// declaration reads what an element is: one of a schema's own, or one declared
// where it stands.
func (u *unfolding) declaration(n node) (*declaration, error) {
	d := &declaration{node: n, name: name{local: n.attr("name")}, fixed: n.attr("fixed"), fallback: n.attr("default"), doc: n.documentation()}
	if d.name.local == "" {
		return nil, n.refuse("xs:element has neither a name nor a ref")
	}
	form := n.attr("form")
	if n.Parent().Tag == "schema" || form == "qualified" || form == "" && n.schema.elements {
		d.name.space = n.schema.space
	}
	d.nillable = n.attr("nillable") == "true" || n.attr("nillable") == "1"
	var err error
	if d.def, err = u.definitionOf(n, 0); err != nil {
		return nil, err
	}
	if d.doc == "" && d.def.node.Element != nil {
		d.doc = d.def.node.documentation()
	}
	return d, nil
}

// note says what a choice is between.
func (p *particle) note() string {
	const shown = 8
	if p.types {
		return "" // the element tells it
	}
	var names []string
	for _, part := range p.parts {
		if os := part.occurrences(); len(os) > 0 {
			names = append(names, os[0].decl.name.local)
		}
	}
	if len(names) < 2 {
		return ""
	}
	if len(names) > shown {
		names = append(names[:shown], "…")
	}
	if p.max > 1 {
		return "xs:choice, again and again: " + strings.Join(names, " | ") + ". The order among them is lost."
	}
	return "xs:choice: a message holds one of " + strings.Join(names, " | ") + "."
}
