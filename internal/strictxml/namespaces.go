package strictxml

import "strconv"

const (
	xmlNamespace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsNamespace = "http://www.w3.org/2000/xmlns/"
)

// fewAttributes is up to where comparing each with each beats a map.
const fewAttributes = 12

// binding is a namespace prefix in scope.
type binding struct{ prefix, uri string }

// expanded is the name of an attribute as Namespaces in XML 1.0 §2.1 compares it.
type expanded struct{ uri, local string }

// resolve returns the namespace that prefix, used at pos, is bound to.
func (p *parser) resolve(prefix string, pos int) (string, *Error) {
	for i := len(p.bound) - 1; i >= 0; i-- {
		if p.bound[i].prefix == prefix {
			return p.bound[i].uri, nil
		}
	}
	if prefix == "xml" {
		return xmlNamespace, nil
	}
	return "", p.fail(pos, CodeNamespace, "the prefix "+short(prefix)+" is not declared")
}

// checkAttributes brings the namespace declarations among the attributes into
// scope, then checks that prefixes are declared and no attribute is repeated.
func (p *parser) checkAttributes() *Error {
	p.attributes += len(p.attrs)
	if most := p.lim.Elements * attributesPerElement; p.attributes > most {
		return p.fail(p.attrs[0].pos, CodeSize, "the document has more than "+strconv.Itoa(most)+" attributes")
	}
	for i := range p.attrs {
		if err := p.declare(&p.attrs[i]); err != nil {
			return err
		}
	}
	if len(p.attrs) > fewAttributes {
		return p.checkManyNames()
	}
	var names [fewAttributes]expanded
	for i := range p.attrs {
		name, err := p.expand(&p.attrs[i])
		if err != nil {
			return err
		}
		for j := range i {
			if names[j] == name {
				return p.repeated(j, i)
			}
		}
		names[i] = name
	}
	return nil
}

func (p *parser) checkManyNames() *Error {
	if p.seen == nil {
		p.seen = make(map[expanded]int, len(p.attrs))
	}
	clear(p.seen)
	for i := range p.attrs {
		name, err := p.expand(&p.attrs[i])
		if err != nil {
			return err
		}
		if j, found := p.seen[name]; found {
			return p.repeated(j, i)
		}
		p.seen[name] = i
	}
	return nil
}

func (p *parser) repeated(first, second int) *Error {
	a, b := &p.attrs[first], &p.attrs[second]
	if a.name == b.name {
		return p.syntax(b.pos, "the attribute "+short(b.name)+" is repeated")
	}
	return p.fail(b.pos, CodeNamespace, "the attributes "+short(a.name)+" and "+short(b.name)+" have the same namespace and name")
}

// expand returns the expanded name of an attribute. An attribute without a
// prefix is in no namespace.
func (p *parser) expand(a *attribute) (expanded, *Error) {
	if a.colon < 0 {
		return expanded{"", a.name}, nil
	}
	prefix, local := a.name[:a.colon], a.name[a.colon+1:]
	if prefix == "xmlns" {
		return expanded{xmlnsNamespace, local}, nil
	}
	uri, err := p.resolve(prefix, a.pos)
	return expanded{uri, local}, err
}

// declare brings a namespace declaration into scope; it passes over every other
// attribute. The rules are those of Namespaces in XML 1.0 §3 and §5.
func (p *parser) declare(a *attribute) *Error {
	prefix := ""
	switch {
	case a.name == "xmlns":
	case a.colon == len("xmlns") && a.name[:a.colon] == "xmlns":
		prefix = a.name[a.colon+1:]
	default:
		return nil
	}
	switch {
	case prefix == "xmlns":
		return p.fail(a.pos, CodeNamespace, "the prefix xmlns must not be declared")
	case a.value == xmlnsNamespace:
		return p.fail(a.pos, CodeNamespace, "the namespace of xmlns must not be declared")
	case prefix == "xml" && a.value != xmlNamespace:
		return p.fail(a.pos, CodeNamespace, "the prefix xml belongs to its own namespace")
	case prefix != "xml" && a.value == xmlNamespace:
		return p.fail(a.pos, CodeNamespace, "the namespace of xml must not have another prefix")
	case prefix != "" && a.value == "":
		return p.fail(a.pos, CodeNamespace, "the prefix "+short(prefix)+" is bound to nothing")
	}
	if prefix == "" || prefix == "xml" {
		return nil
	}
	if len(p.bound) == maxPrefixesInScope {
		return p.fail(a.pos, CodeSize, "more than "+strconv.Itoa(maxPrefixesInScope)+" namespace prefixes are in scope")
	}
	p.bound = append(p.bound, binding{prefix, a.value})
	return nil
}
