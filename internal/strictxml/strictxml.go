// Package strictxml reads namespace-well-formed XML 1.0 documents, and nothing
// else, into etree documents.
//
// It accepts what XML 1.0 (fifth edition) and Namespaces in XML 1.0 (third
// edition) call well-formed, less every document type declaration and every
// entity but the five predefined ones, so that a document can neither grow nor
// fetch while it is read. It reads in one pass, recurses never, and costs
// memory in proportion to its input and its Limits only.
//
// Comments and processing instructions are checked, then dropped, as is the
// XML declaration. Text, CDATA sections and references that follow each other
// become one etree.CharData, so that Text of an element without children is
// its whole text. Line ends and attribute values are normalised as the
// standard says (XML 1.0 §2.11, §3.3.3).
package strictxml

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// Limits bounds what a document may cost. A zero field means its default.
//
// Two further bounds follow from them: a document has at most four times
// Elements attributes in all, and at most 256 namespace prefixes are in scope
// at one place.
type Limits struct {
	Bytes      int // length of the input, in bytes; default DefaultBytes
	Depth      int // elements open at once; default 64
	Elements   int // elements in all; default 100,000
	Attributes int // attributes of one element, namespace declarations counted; default 128
}

// DefaultBytes is the default of Limits.Bytes: what a message of 16 MiB in any
// charset has at most once it is UTF-8.
const DefaultBytes = 48 << 20

const (
	defaultDepth      = 64
	defaultElements   = 100_000
	defaultAttributes = 128

	attributesPerElement = 4
	maxPrefixesInScope   = 256
)

func (l Limits) orDefault() Limits {
	set := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	set(&l.Bytes, DefaultBytes)
	set(&l.Depth, defaultDepth)
	set(&l.Elements, defaultElements)
	set(&l.Attributes, defaultAttributes)
	return l
}

// The codes of an Error.
const (
	CodeSyntax    = "syntax"    // not well-formed XML 1.0
	CodeDoctype   = "doctype"   // a document type declaration
	CodeEntity    = "entity"    // a reference to an entity that is not predefined
	CodeDepth     = "depth"     // nested deeper than Limits.Depth
	CodeSize      = "size"      // more bytes, elements, attributes or prefixes than Limits allows
	CodeNamespace = "namespace" // well-formed, but not by Namespaces in XML 1.0
	CodeEncoding  = "encoding"  // not UTF-8
	CodeEmpty     = "empty"     // nothing but white space
)

// Error says where a document stops being acceptable and why. It quotes nothing
// of the document but names of elements and attributes, cut to 64 characters,
// and single characters.
type Error struct {
	Code string // one of the Code constants
	Line int    // from 1; a CR LF pair ends one line
	Col  int    // from 1, in characters
	Text string // what is wrong, in English
}

func (e *Error) Error() string {
	return strconv.Itoa(e.Line) + ":" + strconv.Itoa(e.Col) + ": " + e.Text + " (" + e.Code + ")"
}

// Parse reads one document. b is UTF-8, with or without a byte order mark; an
// encoding that the XML declaration names is checked for its form only.
//
// The tree keeps white space between elements. It shares one copy of the input
// and stays valid when b changes. Written by its WriteTo it reads back as an
// equal tree. The error is an *Error.
func Parse(b []byte, lim Limits) (*etree.Document, error) { return new(Reader).Parse(b, lim) }

// Places tells where the elements of a document begin.
type Places struct {
	s      string
	starts map[*etree.Element]int
}

// Of returns the line, from 1, and the column, from 1 in characters, of the
// element's tag. Both are 0 for an element that is not of the document.
func (p Places) Of(e *etree.Element) (line, col int) {
	start, ok := p.starts[e]
	if !ok {
		return 0, 0
	}
	at := errorAt(p.s, start, "", "")
	return at.Line, at.Col
}

// ParsePlaced is Parse for documents whose readers have to say where something
// stands in them. It costs more memory.
func ParsePlaced(b []byte, lim Limits) (*etree.Document, Places, error) {
	r := new(Reader)
	r.places = map[*etree.Element]int{}
	doc, err := r.Parse(b, lim)
	return doc, Places{r.p.s, r.places}, err
}

// Reader reads one document after the other into the same memory. The zero
// Reader is ready for use, by one goroutine at a time.
type Reader struct {
	p      parser
	places map[*etree.Element]int // nil = nobody asks
}

// Parse is the function Parse, but the tree is good only until Forget or the
// next Parse. Its texts stay good.
func (r *Reader) Parse(b []byte, lim Limits) (*etree.Document, error) {
	r.Forget()
	lim = lim.orDefault()
	if len(b) > lim.Bytes {
		return nil, &Error{CodeSize, 1, 1, "the document has more than " + strconv.Itoa(lim.Bytes) + " bytes"}
	}
	b = bytes.TrimPrefix(b, []byte("\uFEFF"))
	if !utf8.Valid(b) {
		return nil, notUTF8(b)
	}
	r.p.start(withLineFeeds(b), lim)
	r.p.starts = r.places
	doc, err := r.p.document()
	if err != nil {
		return nil, err
	}
	return doc, nil
}

// Forget lets go of the document that was read last.
func (r *Reader) Forget() {
	if r.p.s != "" {
		r.p.reset()
	}
}

// withLineFeeds returns b with every CR LF and every other CR as one LF (XML
// 1.0 §2.11).
func withLineFeeds(b []byte) string {
	i := bytes.IndexByte(b, '\r')
	if i < 0 {
		return string(b)
	}
	var s strings.Builder
	s.Grow(len(b))
	for i >= 0 {
		s.Write(b[:i])
		s.WriteByte('\n')
		b = b[i+1:]
		if len(b) > 0 && b[0] == '\n' {
			b = b[1:]
		}
		i = bytes.IndexByte(b, '\r')
	}
	s.Write(b)
	return s.String()
}

func notUTF8(b []byte) *Error {
	i := 0
	for {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return errorAt(withLineFeeds(b[:i]), i, CodeEncoding, "the bytes are not UTF-8")
}

// errorAt makes an error for the place pos of s, which has no CR.
func errorAt(s string, pos int, code, text string) *Error {
	before := s[:min(pos, len(s))]
	line := strings.LastIndexByte(before, '\n') + 1
	return &Error{
		Code: code,
		Line: strings.Count(before, "\n") + 1,
		Col:  utf8.RuneCountInString(before[line:]) + 1,
		Text: text,
	}
}
