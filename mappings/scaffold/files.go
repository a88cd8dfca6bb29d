package scaffold

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/internal/vntext"
	"lgsp.internal/adapter/mappings"
)

// files reads XML files of one file system, each once.
type files struct {
	fsys  fs.FS
	docs  map[string]*document
	bytes int
}

// document is a file that was read.
type document struct {
	file    string
	charset string
	raw     []byte // as it is in the file
	text    []byte // the same as UTF-8
	root    *etree.Element
	places  strictxml.Places
}

// node is an element with what it takes to tell where it stands and what its
// names mean.
type node struct {
	*etree.Element
	doc    *document
	schema *schema // nil outside a schema
}

func (d *document) node() node { return node{Element: d.root, doc: d} }

// refusal is an error about a file as a whole.
func refusal(file, format string, args ...any) error {
	return mappings.Problems{{File: file, Text: fmt.Sprintf(format, args...)}}
}

// refuse is an error about the place where n stands.
func (n node) refuse(format string, args ...any) error {
	line, col := n.doc.places.Of(n.Element)
	return mappings.Problems{{File: n.doc.file, Line: line, Col: col, Text: fmt.Sprintf(format, args...)}}
}

// open reads a file, or returns it if it was read before.
func (fl *files) open(name, charset string) (*document, error) {
	if d, ok := fl.docs[name]; ok {
		return d, nil
	}
	if len(fl.docs) > maxFiles {
		return nil, refusal(name, "more than %d files are imported", maxFiles)
	}
	raw, err := fl.read(name)
	if err != nil {
		return nil, err
	}
	d := &document{file: name, raw: raw}
	if d.charset, err = vntext.Settle("", raw, charset); err != nil {
		return nil, refusal(name, "%v", err)
	}
	if d.text, err = vntext.Decode(raw, d.charset); err != nil {
		return nil, refusal(name, "%v; if it is in another charset, say it with --charset", err)
	}
	if fl.bytes += len(d.text); fl.bytes > maxBytes {
		return nil, refusal(name, "the files have more than %d MB in all", maxBytes>>20)
	}
	tree, places, err := strictxml.ParsePlaced(d.text, strictxml.Limits{})
	if err != nil {
		var at *strictxml.Error
		if errors.As(err, &at) {
			return nil, mappings.Problems{{File: name, Line: at.Line, Col: at.Col, Text: at.Text}}
		}
		return nil, refusal(name, "%v", err)
	}
	d.root, d.places = tree.Root(), places
	fl.docs[name] = d
	return d, nil
}

// read reads a regular file of bounded size.
func (fl *files) read(name string) ([]byte, error) {
	info, err := fs.Stat(fl.fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, refusal(name, "this is not a file")
	}
	f, err := fl.fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(b) > maxFile {
		return nil, refusal(name, "larger than %d MB", maxFile>>20)
	}
	return b, nil
}

// beside reads the file that an import in n names. It returns no document when
// the location is on a network, for nothing is fetched.
func (fl *files) beside(n node, location string) (*document, error) {
	name, err := url.PathUnescape(strings.ReplaceAll(location, `\`, "/"))
	if err != nil {
		return nil, n.refuse("the location %.200q is not a path", location)
	}
	switch {
	case strings.Contains(name, "://"):
		return nil, nil
	case path.IsAbs(name), len(name) > 1 && name[1] == ':':
		return nil, n.refuse("the location %.200q is an absolute path; save that file beside %s and name it by a relative path", location, n.doc.file)
	}
	name = path.Join(path.Dir(n.doc.file), name)
	if !fs.ValidPath(name) || name == "." {
		return nil, n.refuse("the location %.200q leads out of the folder; save that file beside %s and name it by a relative path", location, n.doc.file)
	}
	d, err := fl.open(name, "")
	var told mappings.Problems
	switch {
	case err == nil, errors.As(err, &told):
		return d, err
	case errors.Is(err, fs.ErrNotExist):
		return nil, n.refuse("the file %.200q is not there; save it beside %s", name, n.doc.file)
	}
	return nil, n.refuse("the file %.200q cannot be read: %v", name, err)
}

// within returns the child elements of that namespace and of one of the names.
func (n node) within(space string, names ...string) []node {
	var found []node
	for _, e := range n.ChildElements() {
		for _, name := range names {
			if e.Tag == name && e.NamespaceURI() == space {
				found = append(found, node{e, n.doc, n.schema})
				break
			}
		}
	}
	return found
}

// first returns the first such child; ok is false if there is none.
func (n node) first(space string, names ...string) (node, bool) {
	if found := n.within(space, names...); len(found) > 0 {
		return found[0], true
	}
	return node{}, false
}

// attr returns the value of an attribute without namespace, trimmed.
func (n node) attr(name string) string {
	for _, a := range n.Attr {
		if a.Space == "" && a.Key == name {
			return strings.Join(strings.Fields(a.Value), " ")
		}
	}
	return ""
}

// has reports whether the attribute is there.
func (n node) has(name string) bool {
	for _, a := range n.Attr {
		if a.Space == "" && a.Key == name {
			return true
		}
	}
	return false
}

// attributeSpace returns the namespace of an attribute, also of one of XML's own,
// whose prefix is declared nowhere.
func attributeSpace(a *etree.Attr) string {
	if a.Space == "xml" {
		return xmlSpace
	}
	return a.NamespaceURI()
}

// name is an expanded name.
type name struct{ space, local string }

func (n name) String() string {
	if n.space == "" {
		return n.local
	}
	return n.local + " of " + n.space
}

// qname resolves the prefixed name text as it is meant at n.
func (n node) qname(text string) (name, error) {
	prefix, local, prefixed := strings.Cut(text, ":")
	if !prefixed {
		prefix, local = "", text
	}
	space, ok := n.bound(prefix)
	switch {
	case local == "":
		return name{}, n.refuse("%.80q is not a name", text)
	case !ok && prefixed:
		return name{}, n.refuse("the prefix of %.80q is not declared", text)
	case !ok && n.schema != nil:
		space = n.schema.adopted
	}
	return name{space, local}, nil
}

// bound returns the namespace that a prefix is bound to at n.
func (n node) bound(prefix string) (string, bool) {
	if prefix == "xml" {
		return xmlSpace, true
	}
	for e := n.Element; e != nil; e = e.Parent() {
		for _, a := range e.Attr {
			if a.Space == "xmlns" && a.Key == prefix || prefix == "" && a.Space == "" && a.Key == "xmlns" {
				return a.Value, a.Value != ""
			}
		}
	}
	return "", false
}

// The namespaces that are known here.
const (
	wsdlSpace    = "http://schemas.xmlsoap.org/wsdl/"
	wsdl20Space  = "http://www.w3.org/ns/wsdl"
	soapSpace    = "http://schemas.xmlsoap.org/wsdl/soap/"
	soap12Space  = "http://schemas.xmlsoap.org/wsdl/soap12/"
	encSpace     = "http://schemas.xmlsoap.org/soap/encoding/"
	enc12Space   = "http://www.w3.org/2003/05/soap-encoding"
	schemaSpace  = "http://www.w3.org/2001/XMLSchema"
	xsiSpace     = "http://www.w3.org/2001/XMLSchema-instance"
	xmlSpace     = "http://www.w3.org/XML/1998/namespace"
	envelope11   = "http://schemas.xmlsoap.org/soap/envelope/"
	envelope12   = "http://www.w3.org/2003/05/soap-envelope"
	schemaSpace0 = "http://www.w3.org/1999/XMLSchema"
	schemaSpace1 = "http://www.w3.org/2000/10/XMLSchema"
)

// isSchemaSpace reports whether a namespace is that of XML Schema; old toolkits
// write those of its drafts.
func isSchemaSpace(space string) bool {
	return space == schemaSpace || space == schemaSpace0 || space == schemaSpace1
}
