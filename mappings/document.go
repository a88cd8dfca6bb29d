package mappings

import (
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/beevik/etree"
	"go.yaml.in/yaml/v4"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/internal/vntext"
)

const documentKeys = "at as namespace"

// document is an XML document that some element of the message holds as text.
type document struct {
	path      sourcePath
	base64    bool   // the text is the document's bytes in base64
	namespace string // of its elements that paths name without a prefix
	read      bool   // some rule reads inside
}

// documents reads which elements hold documents.
func (p *parser) documents(e entry) []*document {
	if e.value.Kind != yaml.SequenceNode {
		p.report(posOf(e.value), "documents: want a list, as in - {at: NoiDung}")
		return nil
	}
	var all []*document
	for _, n := range e.value.Content {
		d := &document{}
		es := p.entries(n, "document", documentKeys)
		p.require(n, es, "document", "at")
		for _, e := range es {
			switch e.key {
			case "at":
				d.path = *p.onePath(e)
				p.lintElement(&d.path, "at")
				d.path.bad = d.path.bad || len(d.path.steps) == 0 || d.path.attr != nil
			case "as":
				d.base64 = p.choice(e, documentWords) == 1
			case "namespace":
				d.namespace, _ = p.text(e) // what is no text is reported by it
			}
		}
		if d.path.text == "" || d.path.bad {
			continue // which was reported
		}
		if slices.ContainsFunc(all, func(o *document) bool { return o.where() == d.where() }) {
			p.report(d.path.pos, "at: %s is named twice", d.path.text)
			continue
		}
		all = append(all, d)
	}
	return all
}

// where is the path of the element that holds the document, as node.path has it
// below the root.
func (d *document) where() string {
	names := make([]string, len(d.path.steps))
	for i, s := range d.path.steps {
		names[i] = s.name.String()
	}
	return strings.Join(names, "/")
}

// embed marks a node whose text is a document.
func (c *compiler) embed(n *node) {
	if len(c.m.source.documents) == 0 {
		return
	}
	where := strings.TrimPrefix(n.path(), c.m.tree.root.path()+"/")
	for _, d := range c.m.source.documents {
		if d.where() == where {
			n.document = d
		}
	}
}

// unread reports documents that no rule looks into.
func (c *compiler) unread() {
	c.m.tree.root.eachDocument(func(d *document) { d.read = true })
	for _, d := range c.m.source.documents {
		if !d.read {
			c.report(d.path.pos, "at: no rule reads inside %s; the paths of rules go on below it, as in %s/GocCuaTaiLieu/Ten", d.path.text, d.path.text)
		}
	}
}

func (n *node) eachDocument(do func(*document)) {
	if n.document != nil && len(n.kids) > 0 {
		do(n.document)
	}
	for _, k := range n.kids {
		k.eachDocument(do)
	}
	if n.inner != nil {
		n.inner.root.eachDocument(do)
	}
}

// walkDocument reads the document that e holds, and reports whether anything
// that rules read is in it. Where a sender does not pack the document up as text,
// its root stands inside e as an element of the message.
func (st *state) walkDocument(e *etree.Element, n *node, at int32) bool {
	filled := len(e.Attr) > 0 && st.attributes(e, n, at)
	held, inside := text(e), e.ChildElements()
	switch {
	case len(inside) == 1 && blank(held):
		before := st.declare(inside[0])
		filled = st.rootElement(inside[0], n, at) || filled
		st.bound = st.bound[:before]
	case len(inside) > 0:
		return st.noDocument(n, at, "")
	case !blank(held):
		root, where := st.open(held, n.document)
		if root == nil {
			return st.noDocument(n, at, where)
		}
		filled = st.walkRoot(root, n, at) || filled
		st.depth--
	}
	st.values[int(st.frames[at].base)+n.slot].filled = filled
	return filled
}

// noDocument reports an element that holds no document, and where it breaks off.
func (st *state) noDocument(n *node, at int32, where string) (filled bool) {
	st.fail(lgsp.FieldError{Path: st.path(at, n), Code: codeDocument, Text: textDocument, Found: where, Want: n.document.want()})
	return true
}

// open parses a document inside the message. With no root it returns where the
// document breaks off.
func (st *state) open(held string, d *document) (root *etree.Element, where string) {
	body, err := d.bytes(held)
	if err != nil {
		return nil, ""
	}
	if st.depth == len(st.readers) {
		st.readers = append(st.readers, new(strictxml.Reader))
	}
	doc, err := st.readers[st.depth].Parse(body, strictxml.Limits{})
	if err != nil {
		var at *strictxml.Error
		if errors.As(err, &at) {
			where = "hỏng ở dòng " + strconv.Itoa(at.Line) + ", cột " + strconv.Itoa(at.Col)
		}
		return nil, where
	}
	st.depth++
	st.pieced = st.pieced || inPieces(body)
	return doc.Root(), ""
}

// bytes returns the document as UTF-8.
func (d *document) bytes(held string) ([]byte, error) {
	if !d.base64 {
		return []byte(strings.TrimSpace(held)), nil
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(held), ""))
	if err != nil {
		return nil, err
	}
	charset, err := vntext.Settle("", raw, "")
	if err != nil {
		return nil, err
	}
	return vntext.Decode(raw, charset)
}

func (d *document) want() string {
	if d.base64 {
		return "tài liệu XML, mã hóa base64"
	}
	return "tài liệu XML"
}

// walkRoot reads the root of a document that n holds. What is declared around
// the document does not count inside, nor do references: they lead to elements
// beside the root of the message.
func (st *state) walkRoot(root *etree.Element, n *node, at int32) (filled bool) {
	before, floor, targets := len(st.bound), st.floor, st.targets
	st.floor, st.targets = before, nil
	st.declare(root)
	filled = st.rootElement(root, n, at)
	st.bound, st.floor, st.targets = st.bound[:before], floor, targets
	return filled
}

// rootElement reads the root of a document that n holds. Its declarations are in
// scope.
func (st *state) rootElement(root *etree.Element, n *node, at int32) (filled bool) {
	if i := n.find(root.Tag, st.resolve(root.Space), 0); i >= 0 {
		if st.targets != nil {
			return st.referred(root, n.kids[i], at, st.frames[at].base)
		}
		return st.child(root, n.kids[i], at, st.frames[at].base)
	}
	names := make([]string, len(n.kids))
	for i, k := range n.kids {
		names[i] = k.name.String()
	}
	st.fail(lgsp.FieldError{Path: st.path(at, n), Code: codeDocument, Text: textDocumentRoot, Want: strings.Join(names, " | ")})
	return true
}
