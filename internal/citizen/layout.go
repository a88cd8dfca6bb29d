package citizen

import "math/bits"

// record holds the texts of one citizen, "" for what is not there. Which field a
// text is of, its place says.
type record [recordSlots]string

// recordSlots is the number of texts that the elements of CongDan come to.
const recordSlots = 72

// set is a set of fields, by their place in the catalogue.
type set uint64

func (s set) has(leaf int) bool { return s&(1<<leaf) != 0 }
func (s *set) add(leaf int)     { *s |= 1 << leaf }
func (s set) len() int          { return bits.OnesCount64(uint64(s)) }

// element is an element of CongDan, for reading and writing.
type element struct {
	name        string
	open, close string // its tags as written
	id          int    // counts the elements
	slot        int    // of the text directly in it; -1 = there is none
	base        int    // of its first text
	shape       shape
	kids        []element
}

// leaf is a field of the catalogue and where its texts are.
type leaf struct {
	Field
	base, slots int
}

// spot is where the texts and the leaves of a place or a birthday begin.
type spot struct{ base, leaf int }

// layout gives every text of CongDan its place.
type layout struct {
	root     element
	leaves   []leaf
	places   []spot
	birthday spot
	kin      []kin
	slots    int
	elements int
}

// person is the layout of CongDan. Nothing changes it.
var person = layOut(personSpecs())

func layOut(specs []spec) *layout {
	l := &layout{}
	l.root = l.element("CongDan", group, -1)
	l.root.kids = l.elementsOf(specs, "", "")
	l.kin = kinOf(l.leaves)
	return l
}

func (l *layout) element(name string, s shape, slot int) element {
	l.elements++
	return element{name: name, open: "<" + name + ">", close: "</" + name + ">", id: l.elements - 1, slot: slot, base: l.slots, shape: s}
}

func (l *layout) elementsOf(specs []spec, path, title string) []element {
	var all []element
	for _, s := range specs {
		if s.kids == nil {
			all = append(all, l.leaf(s, path, title))
			continue
		}
		at := spot{l.slots, len(l.leaves)}
		switch s.shape {
		case place:
			l.places = append(l.places, at)
		case birthday:
			l.birthday = at
		}
		e := l.element(s.name, s.shape, -1)
		e.kids = l.elementsOf(s.kids, path+s.name+"/", title+s.title+" – ")
		all = append(all, e)
	}
	return all
}

func (l *layout) leaf(s spec, path, title string) element {
	parts := s.shape.parts()
	e := l.element(s.name, s.shape, l.slots+s.shape.textPart())
	for i, name := range parts {
		kid := l.element(name, plain, l.slots+i)
		kid.base = l.slots + i
		e.kids = append(e.kids, kid)
	}
	slots := max(1, len(parts))
	l.leaves = append(l.leaves, leaf{Field{path + s.name, title + s.title}, l.slots, slots})
	l.slots += slots
	return e
}

// find returns the kid of that name, nil if there is none. It looks from the
// index from on, as answers mostly follow the order of the standard.
func (e *element) find(name string, from int) (kid *element, next int) {
	for i := range e.kids {
		j := from + i
		if j >= len(e.kids) {
			j -= len(e.kids)
		}
		if e.kids[j].name == name {
			return &e.kids[j], j + 1
		}
	}
	return nil, from
}
