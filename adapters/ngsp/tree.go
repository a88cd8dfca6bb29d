package ngsp

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

// A node is an answer, or a part of one, in whichever form it came: an XML
// element, or the member of a JSON object. Name is without prefix. Attributes
// are left out, as no verdict hangs on one.
type node struct {
	name string
	text string // of a leaf
	leaf bool
	kids []node
}

// What a tree may cost. Nothing below maxDepth decides a verdict, so it is
// checked for its form and left out.
const (
	maxDepth     = 7
	maxJSONDepth = 64
	maxNodes     = 50_000
)

var (
	errTooMany = errors.New("the answer has too many parts")
	errTooDeep = errors.New("the answer is nested too deep")
	errNotJSON = errors.New("the answer is not JSON")
)

const (
	soap11 = "http://schemas.xmlsoap.org/soap/envelope/"
	soap12 = "http://www.w3.org/2003/05/soap-envelope"
)

// readTree reads an answer by its first character, because the content types
// that upstreams send are not to be relied on.
func readTree(b []byte, limit int64) (node, error) {
	b = bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\uFEFF")))
	if len(b) > 0 && b[0] == '<' {
		return readXML(b, limit)
	}
	return readJSON(b)
}

func readXML(b []byte, limit int64) (node, error) {
	doc, err := strictxml.Parse(b, strictxml.Limits{Bytes: int(limit), Elements: maxNodes})
	if err != nil {
		return node{}, err
	}
	root := doc.Root()
	n := fromElement(root, 0)
	if n.name == "Envelope" {
		if ns := root.NamespaceURI(); ns != soap11 && ns != soap12 {
			n.name = "Envelope of another namespace"
		}
	}
	return n, nil
}

func fromElement(e *etree.Element, depth int) node {
	n := node{name: e.Tag}
	kids := 0
	for _, t := range e.Child {
		if _, ok := t.(*etree.Element); ok {
			kids++
		}
	}
	if kids == 0 {
		n.leaf, n.text = true, strings.TrimSpace(e.Text())
		return n
	}
	if depth == maxDepth {
		return n
	}
	n.kids = make([]node, 0, kids)
	for _, t := range e.Child {
		if kid, ok := t.(*etree.Element); ok {
			n.kids = append(n.kids, fromElement(kid, depth+1))
		}
	}
	return n
}

// localName takes the prefix off a name of XML that became a JSON key.
// Attributes and namespace declarations keep a name that matches nothing.
func localName(key string) string {
	if strings.HasPrefix(key, "xmlns") || strings.HasPrefix(key, "@") || strings.HasPrefix(key, "-") {
		return "@"
	}
	return key[strings.LastIndexByte(key, ':')+1:]
}

// xml appends an answer that came as JSON in the form of XML: its members as
// elements, in the order in which they came. Attributes, and members whose
// names cannot be elements, are left out.
func (n node) xml(dst []byte) []byte {
	if n.name == "" { // the JSON text around it
		for _, k := range n.elements() {
			dst = k.xml(dst)
		}
		return dst
	}
	if !isElementName(n.name) {
		return dst
	}
	dst = append(append(append(dst, '<'), n.name...), '>')
	dst = strictxml.EscapeText(dst, n.text)
	for _, k := range n.elements() {
		dst = k.xml(dst)
	}
	return append(append(append(dst, "</"...), n.name...), '>')
}

// isElementName reports whether s is an NCName of ASCII, as the names of all
// known answers are.
func isElementName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// child returns the one child of that name, and how many there are.
func (n node) child(name string) (kid node, count int) {
	for _, k := range n.kids {
		if k.name == name {
			kid, count = k, count+1
		}
	}
	return kid, count
}

// elements returns the kids that are not attributes of XML that became JSON.
func (n node) elements() []node {
	isAttribute := func(k node) bool { return k.name == "@" }
	if !slices.ContainsFunc(n.kids, isAttribute) {
		return n.kids
	}
	return slices.DeleteFunc(slices.Clone(n.kids), isAttribute)
}
