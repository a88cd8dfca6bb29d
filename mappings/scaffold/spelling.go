package scaffold

import (
	"slices"
	"strconv"
	"strings"
)

// spelling is how paths call the elements and attributes of a message.
type spelling struct {
	root      string   // the root's namespace
	qualified bool     // elements without prefix are in it, not in none
	spaces    []string // the others, in the order of their prefixes n1, n2 and so on
}

func (m *message) spelling() *spelling {
	sp := &spelling{root: m.root.name.space, qualified: true}
	m.root.each(func(e *element) {
		if e.up != nil && e.name.space == "" && sp.root != "" {
			sp.qualified = false
		}
	})
	m.root.each(func(e *element) {
		if e.up != nil && e.name.space != sp.plain() {
			sp.add(e.name.space)
		}
		for _, a := range e.attrs {
			if a.name.space != "" {
				sp.add(a.name.space)
			}
		}
	})
	return sp
}

// each calls f with every element that a rule reads, in order.
func (e *element) each(f func(*element)) {
	if e.gone != "" {
		return
	}
	f(e)
	for _, k := range e.kids {
		k.each(f)
	}
}

// plain returns the namespace of elements without prefix.
func (sp *spelling) plain() string {
	if sp.qualified {
		return sp.root
	}
	return ""
}

func (sp *spelling) add(space string) {
	if !slices.Contains(sp.spaces, space) {
		sp.spaces = append(sp.spaces, space)
	}
}

// prefix returns the prefix of a namespace, with its colon.
func (sp *spelling) prefix(space string) string {
	return sp.prefixName(slices.Index(sp.spaces, space)) + ":"
}

func (sp *spelling) prefixName(i int) string { return "n" + strconv.Itoa(i+1) }

// step returns the step of a path to an element.
func (sp *spelling) step(n name) string {
	if n.space == sp.plain() {
		return n.local
	}
	return sp.prefix(n.space) + n.local
}

// at returns the step of a path to an attribute.
func (sp *spelling) at(n name) string {
	if n.space == "" {
		return "@" + n.local
	}
	return "@" + sp.prefix(n.space) + n.local
}

// path returns the path to e from the root, "" for the root itself.
func (sp *spelling) path(e *element) string {
	if e.up == nil {
		return ""
	}
	if above := sp.path(e.up); above != "" {
		return above + "/" + sp.step(e.name)
	}
	return sp.step(e.name)
}

// readable leaves out what no path can name, and tells it.
func (e *element) readable() {
	if e.up != nil && e.gone == "" && !isName(e.name.local) {
		e.gone = "no path can hold the name"
	}
	e.attrs = slices.DeleteFunc(e.attrs, func(a *attribute) bool {
		switch {
		case a.name.space == xmlSpace:
			e.notes = append(e.notes, "The attribute xml:"+oneLine(a.name.local)+" belongs to XML; no rule can read it.")
		case !isName(a.name.local):
			e.notes = append(e.notes, "The attribute "+oneLine(a.name.local)+" has a name that no path can hold.")
		default:
			return false
		}
		e.broken = e.broken || a.must
		return true
	})
	inside := len(e.attrs)
	for _, k := range e.kids {
		if k.readable(); k.gone == "" {
			inside++
		}
	}
	e.thin = inside == 0
}

// fold is a name without what differs between ways to write it.
func fold(s string) string {
	return strings.ReplaceAll(strings.ToLower(plain(s)), "-", "")
}
