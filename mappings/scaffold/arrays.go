package scaffold

import (
	"cmp"
	"strings"
)

// arrayItem is what toolkits but Axis 1 and .NET call what a SOAP array holds
// (SOAP 1.1 §5.4.2 leaves the name to the sender).
const arrayItem = "item"

func isEncoding(space string) bool { return space == encSpace || space == enc12Space }

// arrayContent is what a SOAP array holds, which an element of that name is.
func (u *unfolding) arrayContent(d definition, around string) content {
	called, dotNet := d.item, cmp.Or(innermost(d.items).local, "anyType")
	note := ""
	if called == "" {
		called = arrayItem
		if u.schemas.axis {
			called = around
		}
		note = "A SOAP array: its sender chooses what the elements inside are called. Axis 1 calls them " + around + ", PHP " + arrayItem + ", .NET " + dotNet +
			"; have each say what this sender writes."
	}
	item := &declaration{name: name{local: called}, def: *d.items, nillable: true}
	return content{
		particle: &particle{kind: sequencePart, min: 1, max: 1, parts: []*particle{{min: 0, max: unbounded, decl: item}}},
		notes:    []string{oneLine(note)},
		array:    d.items,
	}
}

// innermost returns the name of what arrays hold in the end, "" if it has none.
func innermost(d *definition) name {
	for d.items != nil {
		d = d.items
	}
	return d.name
}

// arrayOf reads a type that restricts the array of SOAP encoding.
func (u *unfolding) arrayOf(step node, d definition, around string) (content, error) {
	array := definition{node: d.node, name: d.name, items: &definition{builtin: "anyType"}}
	for _, a := range step.kids("attribute") {
		for _, declared := range a.Attr {
			if declared.Key != "arrayType" || declared.NamespaceURI() != wsdlSpace {
				continue
			}
			held, dimensions, _ := strings.Cut(strings.TrimSpace(declared.Value), "[")
			items, err := u.typeNamed(a, held)
			if err != nil {
				return content{}, err
			}
			for range strings.Count(dimensions, "[") {
				of := items
				items = definition{name: name{encSpace, "Array"}, items: &of}
			}
			array.items = &items
		}
	}
	if model, ok := step.kid("sequence", "all", "choice"); ok {
		if e, ok := model.kid("element"); ok {
			item, err := u.declaration(e)
			if err != nil {
				return content{}, err
			}
			array.item = item.name.local
			if array.items.builtin == "anyType" {
				array.items = &item.def
			}
		}
	}
	return u.arrayContent(array, around), nil
}
