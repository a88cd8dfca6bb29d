package mappings

import (
	"fmt"
	"maps"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Limits of the schema of an output. They bound the time of compiling it and of
// checking a document by it, which nothing can break off.
const (
	maxSubschemas = 10_000 // objects and truth values of the file
	maxUnfolded   = 2_000  // schemas that look at one place of a document, each as often as it does
	maxUnfoldings = 50_000 // and at all of its places, those of a list's elements counted once
)

// schemaProblem is what is wrong with one part of a schema.
type schemaProblem struct {
	location string // of the schema, as the library has it
	text     string
}

func (p *schemaProblem) Error() string { return p.text }

// countSubschemas returns how many values of a JSON document can be schemas.
func countSubschemas(v any) int {
	n := 0
	switch v := v.(type) {
	case bool:
		return 1
	case []any:
		for _, one := range v {
			n += countSubschemas(one)
		}
	case map[string]any:
		n = 1
		for _, one := range v {
			n += countSubschemas(one)
		}
	}
	return n
}

// boundSchema looks whether checking a document takes a time that can be foreseen:
// no schema leads back to itself at one place, and what the rules write is not
// looked at too often.
func (m *Mapping) boundSchema(top *jsonschema.Schema) error {
	all := reachable(top)
	if err := circular(all); err != nil {
		return err
	}
	u := unfolding{}
	u.object(m.fields, []*jsonschema.Schema{top}, map[*jsonschema.Schema]int{top: 1})
	if u.problem != nil {
		return u.problem
	}
	return nil
}

// here lists the schemas that look at the same place as s, as often as they do.
func here(s *jsonschema.Schema) []*jsonschema.Schema {
	all := slices.Concat(s.AllOf, s.AnyOf, s.OneOf)
	for _, one := range []*jsonschema.Schema{s.Ref, s.Not, s.If, s.Then, s.Else} {
		if one != nil {
			all = append(all, one)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.DependentSchemas)) {
		all = append(all, s.DependentSchemas[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.Dependencies)) {
		if one, ok := s.Dependencies[name].(*jsonschema.Schema); ok {
			all = append(all, one)
		}
	}
	return all
}

// ofMember lists the schemas that look at a member of what s looks at.
func ofMember(s *jsonschema.Schema, name string) []*jsonschema.Schema {
	var all []*jsonschema.Schema
	if one := s.Properties[name]; one != nil {
		all = append(all, one)
	}
	for pattern, one := range s.PatternProperties {
		if pattern.MatchString(name) {
			all = append(all, one)
		}
	}
	if one, ok := s.AdditionalProperties.(*jsonschema.Schema); ok && len(all) == 0 {
		all = append(all, one)
	}
	if s.UnevaluatedProperties != nil {
		all = append(all, s.UnevaluatedProperties)
	}
	return all
}

// ofElement lists the schemas that look at elements of what s looks at.
func ofElement(s *jsonschema.Schema) []*jsonschema.Schema {
	all := slices.Clone(s.PrefixItems)
	switch items := s.Items.(type) {
	case *jsonschema.Schema:
		all = append(all, items)
	case []*jsonschema.Schema:
		all = append(all, items...)
	}
	if one, ok := s.AdditionalItems.(*jsonschema.Schema); ok {
		all = append(all, one)
	}
	for _, one := range []*jsonschema.Schema{s.Items2020, s.Contains, s.UnevaluatedItems} {
		if one != nil {
			all = append(all, one)
		}
	}
	return all
}

// ofName lists the schemas that look at the names of members.
func ofName(s *jsonschema.Schema) []*jsonschema.Schema { return orNone(s.PropertyNames) }

// ofText lists the schemas that look at the JSON in a text.
func ofText(s *jsonschema.Schema) []*jsonschema.Schema { return orNone(s.ContentSchema) }

func orNone(s *jsonschema.Schema) []*jsonschema.Schema {
	if s == nil {
		return nil
	}
	return []*jsonschema.Schema{s}
}

// below lists the schemas that look at what is inside of what s looks at.
func below(s *jsonschema.Schema) []*jsonschema.Schema {
	all := ofElement(s)
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		all = append(all, s.Properties[name])
	}
	for _, one := range s.PatternProperties {
		all = append(all, one)
	}
	if one, ok := s.AdditionalProperties.(*jsonschema.Schema); ok {
		all = append(all, one)
	}
	for _, one := range []*jsonschema.Schema{s.UnevaluatedProperties, s.PropertyNames, s.ContentSchema} {
		if one != nil {
			all = append(all, one)
		}
	}
	return all
}

// reachable lists every schema that top leads to.
func reachable(top *jsonschema.Schema) []*jsonschema.Schema {
	all, known := []*jsonschema.Schema{top}, map[*jsonschema.Schema]bool{top: true}
	for i := 0; i < len(all); i++ {
		for _, one := range append(here(all[i]), below(all[i])...) {
			if !known[one] {
				known[one] = true
				all = append(all, one)
			}
		}
	}
	return all
}

// circular reports a schema that leads back to itself without going into a member
// or an element, and one whose way depends on where it was come from.
func circular(all []*jsonschema.Schema) error {
	const open, done = 1, 2
	marks := make(map[*jsonschema.Schema]int, len(all))
	var visit func(s *jsonschema.Schema) error
	visit = func(s *jsonschema.Schema) error {
		marks[s] = open
		if s.RecursiveRef != nil || s.DynamicRef != nil {
			return &schemaProblem{s.Location, "$dynamicRef and $recursiveRef lead elsewhere on each way; write $ref"}
		}
		for _, one := range here(s) {
			if marks[one] == open {
				return &schemaProblem{s.Location, "leads back to itself without going into a member or an element, so no document can be checked by it"}
			}
			if marks[one] == done {
				continue
			}
			if err := visit(one); err != nil {
				return err
			}
		}
		marks[s] = done
		return nil
	}
	for _, s := range all {
		if marks[s] == 0 {
			if err := visit(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// unfolding counts how often the places of a document that rules write are
// looked at.
type unfolding struct {
	total   int
	problem *schemaProblem
}

// spread adds what the schemas at a place lead to at the same place, and returns
// all of them, each after those that lead to it. There are no circles.
func (u *unfolding) spread(at []*jsonschema.Schema, times map[*jsonschema.Schema]int) []*jsonschema.Schema {
	var order []*jsonschema.Schema
	known := map[*jsonschema.Schema]bool{}
	var visit func(s *jsonschema.Schema)
	visit = func(s *jsonschema.Schema) {
		known[s] = true
		for _, one := range here(s) {
			if !known[one] {
				visit(one)
			}
		}
		order = append(order, s)
	}
	for _, s := range at {
		if !known[s] {
			visit(s)
		}
	}
	slices.Reverse(order)
	sum := 0
	for _, s := range order {
		if sum += times[s]; sum > maxUnfolded {
			u.wrong(s, fmt.Sprintf("more than %d schemas look at one place of the document here, those that are referred to counted each time; refer to fewer", maxUnfolded))
			return nil
		}
		for _, one := range here(s) {
			times[one] += times[s]
		}
	}
	if u.total += sum; u.total > maxUnfoldings && len(order) > 0 {
		u.wrong(order[0], fmt.Sprintf("more than %d schemas look at the places of one document, those that are referred to counted each time; refer to fewer", maxUnfoldings))
		return nil
	}
	return order
}

func (u *unfolding) wrong(s *jsonschema.Schema, text string) {
	if u.problem == nil {
		u.problem = &schemaProblem{s.Location, text}
	}
}

// ofPart collects the schemas that look at one part of a place.
func ofPart(order []*jsonschema.Schema, times map[*jsonschema.Schema]int, part func(*jsonschema.Schema) []*jsonschema.Schema) ([]*jsonschema.Schema, map[*jsonschema.Schema]int) {
	var at []*jsonschema.Schema
	of := map[*jsonschema.Schema]int{}
	for _, s := range order {
		for _, one := range part(s) {
			if of[one] == 0 {
				at = append(at, one)
			}
			of[one] += times[s]
		}
	}
	return at, of
}

// object counts at an object that rules write.
func (u *unfolding) object(rs []*rule, at []*jsonschema.Schema, times map[*jsonschema.Schema]int) {
	order := u.spread(at, times)
	for _, r := range rs {
		if u.problem != nil {
			return
		}
		u.text(ofPart(order, times, ofName))
		at, times := ofPart(order, times, func(s *jsonschema.Schema) []*jsonschema.Schema { return ofMember(s, r.to) })
		u.value(r, at, times)
	}
}

// value counts at what one rule writes.
func (u *unfolding) value(r *rule, at []*jsonschema.Schema, times map[*jsonschema.Schema]int) {
	if r.encoded {
		order := u.spread(at, times)
		at, times = ofPart(order, times, ofText)
	}
	if r.shape == listShape {
		at, times = ofPart(u.spread(at, times), times, ofElement)
	}
	if r.fields != nil {
		u.object(r.fields, at, times)
		return
	}
	u.text(at, times)
}

// text counts at a value that the message makes, or at a name. What a sender writes
// as JSON may be of any depth, so nothing is known of how often a schema looks
// into it.
func (u *unfolding) text(at []*jsonschema.Schema, times map[*jsonschema.Schema]int) {
	for _, s := range u.spread(at, times) {
		if s.ContentSchema != nil {
			u.wrong(s, "contentSchema: only the text of a rule with encode is looked into, and this may be another; take it out, or say in properties which member it is of")
		}
	}
}
