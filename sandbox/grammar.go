package sandbox

import (
	"cmp"
	"strings"

	"github.com/beevik/etree"
)

// An element says what one XML element may hold: the text that its rule allows,
// or kids in the order listed.
type element struct {
	rule
	kids   []element
	choice bool   // exactly one of kids
	many   bool   // may be there more than once
	space  string // its namespace and that of everything in it; "" = its parent's
}

func leaf(r rule) element { return element{rule: r} }

func group(name string, kids ...element) element {
	return element{rule: rule{name: name}, kids: kids}
}

func (e element) needed() element         { e.must = true; return e }
func (e element) anyOne() element         { e.choice = true; return e }
func (e element) in(space string) element { e.space = space; return e }
func (e element) oneOrMore() element      { e.must, e.many = true, true; return e }

// checkElement checks x, which has the name of spec, and everything in it.
func checkElement(path string, x *etree.Element, spec element, namespace string, fs *findings) {
	if spec.space != "" {
		namespace = spec.space
	}
	if x.NamespaceURI() != namespace {
		fs.add(path, codeNamespace)
		return
	}
	text, kids := content(x)
	if spec.kids == nil {
		checkLeaf(path, text, len(kids), spec.rule, fs)
		return
	}
	if strings.TrimSpace(text) != "" {
		fs.add(cmp.Or(path, spec.name), codeFormat)
	}
	seen := checkOrder(path, kids, spec, namespace, fs)
	checkPresence(path, seen, spec, fs)
}

func checkLeaf(path, text string, kids int, r rule, fs *findings) {
	text = strings.TrimSpace(text)
	switch {
	case kids > 0:
		fs.add(path, codeFormat)
	case text == "" && r.must:
		fs.add(path, codeMissing)
	case text != "":
		if code := r.wrong(text); code != "" {
			fs.add(path, code)
		}
	}
}

// checkOrder checks every kid against its place in spec and returns how often
// each kind was seen.
func checkOrder(path string, kids []*etree.Element, spec element, namespace string, fs *findings) []int {
	seen := make([]int, len(spec.kids))
	last := 0
	for _, kid := range kids {
		at := below(path, kid.Tag)
		i := spec.indexOf(kid.Tag, last)
		switch {
		case i < 0:
			fs.add(at, codeUnknown)
			continue
		case seen[i] > 0 && !spec.kids[i].many:
			fs.add(at, codeRepeated)
		case i < last:
			fs.add(at, codeOrder)
		}
		seen[i]++
		last = max(last, i)
		checkElement(at, kid, spec.kids[i], namespace, fs)
	}
	return seen
}

func checkPresence(path string, seen []int, spec element, fs *findings) {
	present := 0
	for i, n := range seen {
		if n > 0 {
			present++
		} else if spec.kids[i].must && !spec.choice {
			fs.add(below(path, spec.kids[i].name), codeMissing)
		}
	}
	switch {
	case spec.choice && present == 0:
		fs.add(path, codeMissing)
	case spec.choice && present > 1:
		fs.add(path, codeConflict)
	}
}

// below names a kid; the operation itself goes without saying.
func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

// indexOf looks from the place of the kid before, where an orderly document has it.
func (e element) indexOf(name string, from int) int {
	for n := range len(e.kids) {
		if i := (from + n) % len(e.kids); e.kids[i].name == name {
			return i
		}
	}
	return -1
}

// content returns the text and the elements that are directly in x.
func content(x *etree.Element) (string, []*etree.Element) {
	var text string
	var kids []*etree.Element
	for _, token := range x.Child {
		switch t := token.(type) {
		case *etree.CharData:
			text += t.Data
		case *etree.Element:
			kids = append(kids, t)
		}
	}
	return text, kids
}

// childText returns the text at a path of local names below x, "" if there is none.
func childText(x *etree.Element, names ...string) string {
	for _, name := range names {
		if x = childNamed(x, name); x == nil {
			return ""
		}
	}
	text, _ := content(x)
	return strings.TrimSpace(text)
}

func childNamed(x *etree.Element, name string) *etree.Element {
	for _, token := range x.Child {
		if e, ok := token.(*etree.Element); ok && e.Tag == name {
			return e
		}
	}
	return nil
}
