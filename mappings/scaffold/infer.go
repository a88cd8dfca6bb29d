package scaffold

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"github.com/beevik/etree"
)

// sampleFile is a message as it was sent.
type sampleFile struct {
	doc      *document
	payload  node
	inlined  bool   // references to other elements were put in their place
	text     []byte // the message as UTF-8, with what was put in place
	root     *etree.Element
	envelope string // "" = bare
}

// readSample finds the message in a SOAP envelope, or takes the bare element.
func (o *Origin) readSample(doc *document) error {
	o.kind = Sample
	root := doc.node()
	s := &sampleFile{doc: doc, payload: root, text: doc.text, root: doc.root}
	if space := root.NamespaceURI(); root.Tag == "Envelope" && (space == envelope11 || space == envelope12) {
		s.envelope = space
		body, ok := root.first(space, "Body")
		if !ok {
			return root.refuse("the envelope has no body")
		}
		if err := s.inBody(body); err != nil {
			return err
		}
	}
	if s.payload.NamespaceURI() == s.envelope && s.envelope != "" && s.payload.Tag == "Fault" {
		return s.payload.refuse("this is a SOAP Fault, an answer; want what the department sends")
	}
	o.sample = s
	o.messages = []Message{{Name: s.payload.Tag}}
	return nil
}

// inBody finds the message among the elements of a body. Others may stand beside
// it, to which it refers (SOAP 1.1 §5.4.1: multiRef of Axis 1).
func (s *sampleFile) inBody(body node) error {
	kids := body.ChildElements()
	if len(kids) == 0 {
		return body.refuse("the body is empty")
	}
	var roots []*etree.Element
	for _, k := range kids {
		if len(kids) == 1 || isRoot(k) || k.SelectAttr("id") == nil {
			roots = append(roots, k)
		}
	}
	if len(roots) != 1 {
		return body.refuse("the body holds %d elements; a mapping takes one", len(kids))
	}
	s.payload = node{Element: roots[0], doc: s.doc}
	if err := s.inline(body); err != nil {
		return err
	}
	inside, _ := node{Element: s.root, doc: s.doc}.first(s.envelope, "Body")
	left := inside.ChildElements()
	if len(left) > 1 {
		return body.refuse("the body holds %d elements; a mapping takes one", len(left))
	}
	s.payload.Element = left[0]
	return nil
}

// isRoot reports whether an element says that it is no target of references.
func isRoot(e *etree.Element) bool {
	for _, a := range e.Attr {
		if a.Key == "root" && isEncoding(a.NamespaceURI()) {
			return a.Value == "1" || a.Value == "true"
		}
	}
	return false
}

// inference makes the tree of a message from the message itself.
type inference struct {
	texts  map[*element][]string
	values map[*attribute][]string
	types  map[*element]name
	kids   map[*element]map[name]*element
	arrays map[*element]bool
	rules  int
	left   leftOut
}

// message tells what a sample is made of.
func (s *sampleFile) message(rules int) *message {
	in := &inference{
		texts: map[*element][]string{}, values: map[*attribute][]string{}, types: map[*element]name{},
		kids: map[*element]map[name]*element{}, arrays: map[*element]bool{}, rules: rules,
	}
	root := &element{name: nameOf(s.payload.Element), must: true}
	in.read(s.payload.Element, root)
	in.settle(root)
	in.prune(root)
	return &message{root: root, origin: "a sample message", soap12: s.envelope == envelope12, left: in.left}
}

func nameOf(e *etree.Element) name { return name{e.NamespaceURI(), e.Tag} }

// read takes what one element holds into the tree.
func (in *inference) read(x *etree.Element, e *element) {
	in.attributes(x, e)
	count := map[name]int{}
	for _, c := range x.ChildElements() {
		called := nameOf(c)
		k := in.kids[e][called]
		if k == nil {
			k = &element{name: called, up: e}
			if in.kids[e] == nil {
				in.kids[e] = map[name]*element{}
			}
			in.kids[e][called] = k
			e.kids = append(e.kids, k)
		}
		count[called]++
		k.many = k.many || count[called] > 1
		in.read(c, k)
	}
	var own strings.Builder
	for _, c := range x.Child {
		if data, ok := c.(*etree.CharData); ok {
			own.WriteString(data.Data)
		}
	}
	if text := strings.TrimSpace(own.String()); text != "" {
		in.texts[e] = append(in.texts[e], text)
	}
}

// attributes takes those that are the message's own, not those of SOAP.
func (in *inference) attributes(x *etree.Element, e *element) {
	for _, a := range x.Attr {
		if a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns" {
			continue
		}
		switch space := attributeSpace(&a); {
		case space == xsiSpace && a.Key == "type":
			in.types[e], _ = node{Element: x, doc: &document{}}.qname(a.Value) // a name that means nothing tells nothing
		case space == xsiSpace, space == xmlSpace, space == envelope11, space == envelope12, isEncoding(space) && a.Key != "arrayType" && a.Key != "itemType":
		case isEncoding(space):
			in.arrays[e] = true
		default:
			in.attribute(e, name{space, a.Key}, a.Value)
		}
	}
}

func (in *inference) attribute(e *element, called name, text string) {
	for _, a := range e.attrs {
		if a.name == called {
			in.values[a] = append(in.values[a], strings.TrimSpace(text))
			return
		}
	}
	a := &attribute{name: called}
	e.attrs = append(e.attrs, a)
	in.values[a] = []string{strings.TrimSpace(text)}
}

// settle tells what the texts are, and which elements are lists.
func (in *inference) settle(e *element) {
	for _, a := range e.attrs {
		a.text = &value{check: checkOf(in.values[a])}
	}
	texts := in.texts[e]
	switch {
	case len(texts) > 0 || len(e.kids) == 0 && len(e.attrs) == 0:
		e.text = &value{check: in.typed(e, checkOf(texts))}
	}
	if len(texts) > 0 && len(e.kids) > 0 {
		e.notes = append(e.notes, "There is text between the elements inside.")
	}
	if len(e.kids) == 1 && !e.kids[0].many {
		k := e.kids[0]
		if of := in.types[e]; in.arrays[e] || isEncoding(of.space) && of.local == "Array" {
			k.many = true
		} else if isListOf(e.name.local, k.name.local) {
			k.many = true
			k.notes = append(k.notes, fmt.Sprintf("The sample has one %s; it is read as a list because of the name %s. Without each it is one value.", k.name.local, e.name.local))
		}
	}
	for _, k := range e.kids {
		in.settle(k)
	}
}

// typed takes what xsi:type says before what the text looks like.
func (in *inference) typed(e *element, told check) check {
	of := in.types[e]
	if !builtins[of.local] || !isSchemaSpace(of.space) && !isEncoding(of.space) {
		return told
	}
	switch of.local {
	case "string", "anyType", "anySimpleType":
		return told
	}
	u := newUnfolding(nil, 0)
	if s, err := u.simpleOf(definition{builtin: of.local}, 0); err == nil {
		return s.check()
	}
	return told
}

// isListOf reports whether a name says that its element is a list of others.
func isListOf(around, inside string) bool {
	for _, begin := range []string{"DanhSach", "danhSach", "danhsach", "DANHSACH", "Danh_Sach", "danh_sach", "DANH_SACH", "DSach", "ArrayOf", "ListOf"} {
		if strings.HasPrefix(around, begin) {
			return true
		}
	}
	words := wordsOf(around)
	first, last := strings.ToLower(words[0]), strings.ToLower(words[len(words)-1])
	return len(words) > 1 && first == "ds" || last == "list" || strings.EqualFold(around, inside+"s")
}

var (
	truth     = regexp.MustCompile(`^(?:true|false)$`)
	digitsAll = regexp.MustCompile(`^[0-9]+$`)
)

// longBase64 is how long a text is at least that is taken for base64.
const longBase64 = 64

func isLongBase64(s string) bool {
	if len(s) < longBase64 {
		return false
	}
	s = strings.Join(strings.Fields(s), "")
	_, err := base64.StdEncoding.DecodeString(s)
	return err == nil && !digitsAll.MatchString(s)
}

// checkOf tells what texts are by what they look like.
func checkOf(texts []string) check {
	var filled []string
	for _, s := range texts {
		if s != "" {
			filled = append(filled, s)
		}
	}
	all := func(is func(string) bool) bool {
		for _, s := range filled {
			if !is(s) {
				return false
			}
		}
		return true
	}
	if len(filled) == 0 {
		return check{}
	}
	if c, ok := dateOf(filled); ok {
		return c
	}
	switch {
	case all(truth.MatchString):
		return check{kind: "bool"}
	case all(digitsAll.MatchString):
		return check{kind: "digits"}
	case all(isLongBase64):
		return check{kind: "base64", spaces: "none"}
	}
	return check{}
}

// prune leaves out what a mapping cannot hold: what lies too deep, and what is
// beyond the number of rules, level by level.
func (in *inference) prune(root *element) {
	level := []*element{root}
	for depth := 1; len(level) > 0; depth++ {
		var next []*element
		for _, e := range level {
			if depth > maxLevels && e.isObject() {
				e.gone = tooDeep
				in.left.add(e.path(), "too deep", 1)
				continue
			}
			e.attrs = e.attrs[:min(len(e.attrs), max(in.rules, 0))]
			in.rules -= len(e.attrs) + 1 // and one for a text beside them
			if room := max(in.rules, 0); len(e.kids) > room {
				e.more = len(e.kids) - room
				in.left.add(e.path(), "inside, too many", e.more)
				e.kids = e.kids[:room]
			}
			in.rules -= len(e.kids)
			next = append(next, e.kids...)
		}
		level = next
	}
}
