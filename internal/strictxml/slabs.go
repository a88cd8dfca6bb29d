package strictxml

import (
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// run gathers the character data between two tags. A run of one piece stays a
// part of the document's string.
type run struct {
	piece string
	buf   []byte
	mixed bool // the data is in buf
}

func (r *run) add(piece string) {
	switch {
	case piece == "":
	case r.mixed:
		r.buf = append(r.buf, piece...)
	case r.piece == "":
		r.piece = piece
	default:
		r.buf = append(append(r.buf[:0], r.piece...), piece...)
		r.mixed = true
	}
}

func (r *run) addRune(c rune) {
	if !r.mixed {
		r.buf = append(r.buf[:0], r.piece...)
		r.mixed = true
	}
	r.buf = utf8.AppendRune(r.buf, c)
}

// take returns the data gathered and begins a new run.
func (r *run) take() string {
	data := r.piece
	if r.mixed {
		data = string(r.buf)
	}
	r.piece, r.mixed = "", false
	return data
}

// slabs hands out the parts of the tree from arrays made for many of them.
// Arrays are at most maxSlab long, so that a count of '<' that no real document
// has reserves nothing.
type slabs struct {
	size     int
	elements []etree.Element
	texts    []etree.CharData
	tokens   []etree.Token
	attrs    []etree.Attr
}

const (
	minSlab = 4
	maxSlab = 256
)

// expect fits the slabs to a document, taking two '<' for an element.
func (l *slabs) expect(s string) {
	const enough = 32 << 10 // the beginning that tells how large the first slabs should be
	l.size = min(max(strings.Count(s[:min(len(s), enough)], "<")/2+1, minSlab), maxSlab)
}

func (l *slabs) element() *etree.Element {
	if len(l.elements) == 0 {
		l.elements = make([]etree.Element, l.size)
	}
	e := &l.elements[0]
	l.elements = l.elements[1:]
	return e
}

func (l *slabs) charData() *etree.CharData {
	if len(l.texts) == 0 {
		l.texts = make([]etree.CharData, l.size)
	}
	c := &l.texts[0]
	l.texts = l.texts[1:]
	return c
}

// children returns an empty slice with room for n children and no more.
func (l *slabs) children(n int) []etree.Token {
	if len(l.tokens) < n {
		l.tokens = make([]etree.Token, max(n, 2*l.size))
	}
	c := l.tokens[:0:n]
	l.tokens = l.tokens[n:]
	return c
}

// addAttributes gives e its attributes. etree sets the owner of an attribute in
// CreateAttr only, which also looks through the attributes that are there: it is
// shown none, so that the cost stays linear.
func (l *slabs) addAttributes(e *etree.Element, attrs []attribute) {
	n := len(attrs)
	if n == 0 {
		return
	}
	if len(l.attrs) < n {
		l.attrs = make([]etree.Attr, max(n, minSlab, l.size/8))
	}
	all := l.attrs[:n:n]
	l.attrs = l.attrs[n:]
	for i := range attrs {
		e.Attr = all[i:i:n]
		e.CreateAttr(attrs[i].name, attrs[i].value)
	}
	e.Attr = all
}
