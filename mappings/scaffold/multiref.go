package scaffold

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

// inliner puts what is referred to in the place of the references (SOAP 1.1
// §5.4.1, SOAP 1.2 part 2 §3.1.5), for a mapping reads one element and follows
// nothing.
type inliner struct {
	file    *document
	targets map[string]*etree.Element // by id
	used    map[*etree.Element]bool
	under   map[*etree.Element]bool // targets that are being followed
	made    int                     // elements that were copied
	bytes   int                     // of their texts
}

// inline follows the references below the payload, if there are any, and takes
// what stands beside the payload out of the body.
func (s *sampleFile) inline(body node) error {
	in := &inliner{file: s.doc, targets: map[string]*etree.Element{}, used: map[*etree.Element]bool{}, under: map[*etree.Element]bool{}}
	in.gather(body.Element)
	if err := in.resolve(s.payload.Element, 0); err != nil {
		return err
	}
	if len(in.used) == 0 {
		return nil
	}
	for t := range in.used {
		if t.Parent() == body.Element {
			body.RemoveChild(t)
		}
		t.RemoveAttr("id")
	}
	tree := etree.NewDocument()
	tree.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true}
	if declaration, _, ok := bytes.Cut(s.doc.text, []byte("?>")); ok && isDeclaration(string(declaration)) {
		tree.CreateProcInst("xml", strings.TrimSpace(string(declaration[len("<?xml"):])))
	}
	tree.AddChild(s.root)
	text, err := tree.WriteToBytes()
	if err != nil {
		return s.payload.refuse("%v", err)
	}
	again, err := strictxml.Parse(text, strictxml.Limits{})
	if err != nil {
		return s.payload.refuse("with its references followed, the message cannot be read: %v", err)
	}
	s.inlined, s.text, s.root = true, text, again.Root()
	return nil
}

// gather finds what may be referred to.
func (in *inliner) gather(e *etree.Element) {
	for _, a := range e.Attr {
		if a.Key == "id" && (a.Space == "" || spaceOf(e, &a) == enc12Space) {
			in.targets[a.Value] = e
		}
	}
	for _, c := range e.ChildElements() {
		in.gather(c)
	}
}

func (in *inliner) resolve(e *etree.Element, depth int) error {
	at := node{Element: e, doc: in.file}
	if depth > maxChain {
		return at.refuse("the references lead more than %d levels deep", maxChain)
	}
	if id, ok := referenceOf(e); ok {
		if target, known := in.targets[id]; known {
			if in.under[target] || encloses(target, e) {
				return at.refuse("the element %.80q holds itself through a reference; a mapping needs an end", id)
			}
			in.under[target], in.used[target] = true, true
			defer delete(in.under, target)
			if err := in.copy(target, e); err != nil {
				return err
			}
		}
	}
	for _, c := range e.ChildElements() {
		if err := in.resolve(c, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// encloses reports whether e stands inside around.
func encloses(around, e *etree.Element) bool {
	for ; e != nil; e = e.Parent() {
		if e == around {
			return true
		}
	}
	return false
}

// spaceOf returns the namespace of an attribute. An attribute of a copy does not
// know it itself.
func spaceOf(e *etree.Element, a *etree.Attr) string {
	if a.Space == "" {
		return ""
	}
	space, _ := node{Element: e}.bound(a.Space)
	return space
}

// isReference tells the attribute of e that refers to another element.
func isReference(e *etree.Element, a *etree.Attr) bool {
	return a.Space == "" && a.Key == "href" && strings.HasPrefix(a.Value, "#") || a.Key == "ref" && spaceOf(e, a) == enc12Space
}

// referenceOf returns the id that an element refers to.
func referenceOf(e *etree.Element) (string, bool) {
	for i := range e.Attr {
		if isReference(e, &e.Attr[i]) {
			return strings.TrimPrefix(e.Attr[i].Value, "#"), true
		}
	}
	return "", false
}

// copy gives e what target holds, and says again what its prefixes mean.
func (in *inliner) copy(target, e *etree.Element) error {
	elements, bytes := weigh(target)
	if in.made, in.bytes = in.made+elements, in.bytes+bytes; in.made > maxSample || in.bytes > maxWritten {
		return node{Element: e, doc: in.file}.refuse("the references unfold to more than %d elements, or to more than %d MB", maxSample, maxWritten>>20)
	}
	fresh := target.Copy()
	e.Attr = slices.DeleteFunc(slices.Clone(e.Attr), func(a etree.Attr) bool { return isReference(e, &a) })
	from, to := bindings(target), bindings(e)
	for _, prefix := range slices.Sorted(maps.Keys(from)) {
		if space := from[prefix]; to[prefix] != space && prefix != "" {
			e.CreateAttr("xmlns:"+prefix, space)
		}
	}
	for i := range target.Attr {
		a := &target.Attr[i]
		space := spaceOf(target, a)
		own := a.Space == "xmlns" || a.Space == "" && (a.Key == "xmlns" || a.Key == "id")
		if !own && space != envelope11 && (!isEncoding(space) || a.Key != "root" && a.Key != "id") {
			e.CreateAttr(a.FullKey(), a.Value)
		}
	}
	for _, c := range slices.Clone(fresh.Child) {
		if k, ok := c.(*etree.Element); ok && from[""] != to[""] && k.SelectAttr("xmlns") == nil {
			k.CreateAttr("xmlns", from[""])
		}
		e.AddChild(c)
	}
	return nil
}

// weigh counts the elements of a tree, and the bytes of its texts.
func weigh(e *etree.Element) (elements, bytes int) {
	elements = 1
	for _, a := range e.Attr {
		bytes += len(a.Value)
	}
	for _, child := range e.Child {
		switch c := child.(type) {
		case *etree.CharData:
			bytes += len(c.Data)
		case *etree.Element:
			n, b := weigh(c)
			elements, bytes = elements+n, bytes+b
		}
	}
	return elements, bytes
}

// bindings returns the namespaces that prefixes are bound to at e.
func bindings(e *etree.Element) map[string]string {
	all := map[string]string{}
	for ; e != nil; e = e.Parent() {
		for _, a := range e.Attr {
			prefix := a.Key
			switch {
			case a.Space == "" && a.Key == "xmlns":
				prefix = ""
			case a.Space != "xmlns":
				continue
			}
			if _, ok := all[prefix]; !ok {
				all[prefix] = a.Value
			}
		}
	}
	return all
}
