package scaffold

import (
	"strconv"
	"strings"
)

// simple is a simple type: what text an element or an attribute holds.
type simple struct {
	base  string // the built-in type that it comes from
	space string // the facet whiteSpace, "" if nothing is said

	items *simple   // of a list
	union []*simple // of a union

	length, minLength, maxLength int // none = nothing is said
	digits, fraction             int // totalDigits, fractionDigits
	low, high                    bound
	patterns                     []string // one for each step of derivation
	codes                        []code
	more                         int // codes beyond those that a mapping can hold
}

// none stands for a facet that is not there.
const none = -1

// bound is minInclusive and the like.
type bound struct {
	value     string // "" = nothing is said
	exclusive bool
}

// code is one of the texts that are allowed, as it is once spaces are taken off,
// with what is said about it.
type code struct{ text, doc, raw string }

func newSimple(base string) *simple {
	return &simple{base: base, length: none, minLength: none, maxLength: none, digits: none, fraction: none}
}

// builtins are the types that come with XML Schema.
var builtins = func() map[string]bool {
	all := map[string]bool{}
	for _, name := range strings.Fields(`anyType anySimpleType anyAtomicType string normalizedString token language Name NCName NMTOKEN NMTOKENS
		ID IDREF IDREFS ENTITY ENTITIES QName NOTATION anyURI boolean decimal integer nonPositiveInteger negativeInteger long int short byte
		nonNegativeInteger unsignedLong unsignedInt unsignedShort unsignedByte positiveInteger float double duration dateTime dateTimeStamp
		date time gYear gYearMonth gMonth gMonthDay gDay base64Binary hexBinary base64 timeInstant`) {
		all[name] = true
	}
	return all
}()

// simpleOf reads a simple type. A type that is read again is not read anew.
func (u *unfolding) simpleOf(d definition, chain int) (*simple, error) {
	if d.node.Element == nil {
		switch d.builtin {
		case "base64": // of SOAP encoding
			return newSimple("base64Binary"), nil
		case "timeInstant": // of the drafts of XML Schema
			return newSimple("dateTime"), nil
		case "NMTOKENS", "IDREFS", "ENTITIES":
			s := newSimple("string")
			s.items = newSimple(strings.TrimSuffix(d.builtin, "S"))
			if d.builtin == "ENTITIES" {
				s.items = newSimple("ENTITY")
			}
			return s, nil
		}
		return newSimple(d.builtin), nil
	}
	if s, ok := u.simples[d.node.Element]; ok {
		return s, nil
	}
	s, err := u.readSimple(d.node, chain)
	if err == nil {
		u.simples[d.node.Element] = s
	}
	return s, err
}

func (u *unfolding) readSimple(n node, chain int) (*simple, error) {
	if err := u.visit(n, chain); err != nil {
		return nil, err
	}
	if n.Tag == "complexType" {
		c, err := u.ownContent(definition{node: n}, chain+1)
		if err == nil && c.text == nil {
			err = n.refuse("the type holds elements where a text is wanted")
		}
		return c.text, err
	}
	step, ok := n.kid("restriction", "list", "union")
	if !ok {
		return nil, n.refuse("xs:simpleType holds neither a restriction, nor a list, nor a union")
	}
	switch step.Tag {
	case "list":
		s := newSimple("string")
		var err error
		s.items, err = u.baseOf(step, "itemType", chain)
		return s, err
	case "union":
		return u.readUnion(step, chain)
	}
	base, err := u.baseOf(step, "base", chain)
	if err != nil {
		return nil, err
	}
	return u.restrict(base, step, chain)
}

// baseOf reads the simple type that an attribute of step names, or that stands
// inside it.
func (u *unfolding) baseOf(step node, attribute string, chain int) (*simple, error) {
	if text := step.attr(attribute); text != "" {
		d, err := u.typeNamed(step, text)
		if err != nil {
			return nil, err
		}
		return u.simpleOf(d, chain+1)
	}
	inline, ok := step.kid("simpleType")
	if !ok {
		return nil, step.refuse("xs:%s names no %s", step.Tag, attribute)
	}
	return u.simpleOf(definition{node: inline}, chain+1)
}

func (u *unfolding) readUnion(step node, chain int) (*simple, error) {
	s := newSimple("string")
	add := func(d definition) error {
		member, err := u.simpleOf(d, chain+1)
		s.union = append(s.union, member)
		return err
	}
	for _, text := range strings.Fields(step.attr("memberTypes")) {
		d, err := u.typeNamed(step, text)
		if err != nil {
			return nil, err
		}
		if err := add(d); err != nil {
			return nil, err
		}
	}
	for _, inline := range step.kids("simpleType") {
		if err := add(definition{node: inline}); err != nil {
			return nil, err
		}
	}
	if len(s.union) == 0 {
		return nil, step.refuse("xs:union has no members")
	}
	return s, nil
}

// restrict returns base as the facets in step restrict it.
func (u *unfolding) restrict(base *simple, step node, chain int) (*simple, error) {
	if err := u.visit(step, chain); err != nil {
		return nil, err
	}
	s := *base
	s.patterns = append([]string(nil), base.patterns...)
	var patterns []string
	var codes []code
	beyond := 0
	for _, f := range step.ChildElements() {
		facet := node{f, step.doc, step.schema}
		if !isSchemaSpace(f.NamespaceURI()) {
			continue
		}
		switch f.Tag {
		case "enumeration":
			if len(codes) == maxCodes {
				beyond++
				continue
			}
			raw := f.SelectAttrValue("value", "")
			codes = append(codes, code{s.spaced(raw), facet.documentation(), raw})
		case "pattern":
			patterns = append(patterns, f.SelectAttrValue("value", ""))
		default:
			if err := s.facet(facet); err != nil {
				return nil, err
			}
		}
	}
	if len(patterns) > 0 {
		s.patterns = append(s.patterns, strings.Join(patterns, "|"))
	}
	if len(codes) > 0 {
		s.codes, s.more = codes, beyond
	}
	return &s, nil
}

// spaced is a text as the type's whiteSpace leaves it, but that spaces at both
// ends go in any case: rules take them off.
func (s *simple) spaced(text string) string {
	if s.base == "string" && s.space == "" || s.space == "preserve" || s.base == "normalizedString" {
		return strings.TrimSpace(text)
	}
	return strings.Join(strings.Fields(text), " ")
}

// facet reads one of the facets that have one value.
func (s *simple) facet(n node) error {
	value := n.attr("value")
	counted := map[string]*int{
		"length": &s.length, "minLength": &s.minLength, "maxLength": &s.maxLength, "totalDigits": &s.digits, "fractionDigits": &s.fraction,
	}
	if field, ok := counted[n.Tag]; ok {
		v, err := strconv.Atoi(value)
		if err != nil || v < 0 {
			return n.refuse("xs:%s %.40q is not a number", n.Tag, value)
		}
		*field = v
		return nil
	}
	switch n.Tag {
	case "whiteSpace":
		s.space = value
	case "minInclusive", "minExclusive":
		s.low = bound{value, n.Tag == "minExclusive"}
	case "maxInclusive", "maxExclusive":
		s.high = bound{value, n.Tag == "maxExclusive"}
	}
	return nil
}
