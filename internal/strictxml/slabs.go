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

// slab hands out values from an array made for many of them.
type slab[T any] struct {
	all    []T
	used   int
	before int // values handed out from smaller arrays, which the tree keeps
}

// take returns n values of zero. A new array has room for size values at least.
func (l *slab[T]) take(n, size int) []T {
	if len(l.all)-l.used < n {
		l.before += l.used
		l.all, l.used = make([]T, max(n, size)), 0
	}
	taken := l.all[l.used : l.used+n : l.used+n]
	l.used += n
	return taken
}

// reset takes back what was handed out, and keeps an array for the next
// document, unless it is large. Where one array was too small it makes a larger
// one, so that another document of this kind needs no more.
func (l *slab[T]) reset() {
	needed := l.before + l.used
	switch {
	case len(l.all) > keptSlab:
		*l = slab[T]{}
	case l.before > 0 && needed <= keptSlab:
		*l = slab[T]{all: make([]T, needed)}
	default:
		clear(l.all[:l.used])
		l.used, l.before = 0, 0
	}
}

// slabs hands out the parts of the tree. Arrays are at most maxSlab long, or as
// long as one element needs, so that a count of '<' that no real document has
// reserves nothing.
type slabs struct {
	size     int
	elements slab[etree.Element]
	texts    slab[etree.CharData]
	tokens   slab[etree.Token]
	attrs    slab[etree.Attr]
}

const (
	minSlab  = 4
	maxSlab  = 256
	keptSlab = 2 * maxSlab
)

// expect fits the slabs to a document, taking two '<' for an element.
func (l *slabs) expect(s string) {
	const enough = 32 << 10 // the beginning that tells how large the first slabs should be
	l.size = min(max(strings.Count(s[:min(len(s), enough)], "<")/2+1, minSlab), maxSlab)
}

func (l *slabs) reset() {
	l.elements.reset()
	l.texts.reset()
	l.tokens.reset()
	l.attrs.reset()
}

func (l *slabs) element() *etree.Element { return &l.elements.take(1, l.size)[0] }

func (l *slabs) charData() *etree.CharData { return &l.texts.take(1, l.size)[0] }

// children returns an empty slice with room for n children and no more.
func (l *slabs) children(n int) []etree.Token { return l.tokens.take(n, 2*l.size)[:0] }

// addAttributes gives e its attributes. etree sets the owner of an attribute in
// CreateAttr only, which also looks through the attributes that are there: it is
// shown none, so that the cost stays linear.
func (l *slabs) addAttributes(e *etree.Element, attrs []attribute) {
	n := len(attrs)
	if n == 0 {
		return
	}
	all := l.attrs.take(n, max(minSlab, l.size/8))
	for i := range attrs {
		e.Attr = all[i:i:n]
		e.CreateAttr(attrs[i].name, attrs[i].value)
	}
	e.Attr = all
}
