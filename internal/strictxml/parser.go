package strictxml

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// parser reads one document from s, which is UTF-8 without CR. pos is the next
// byte to read. No method reads beyond the first error.
type parser struct {
	s   string
	pos int
	lim Limits

	elements   int
	attributes int

	open   []frame
	tokens []etree.Token // finished children of the open elements, the innermost element's last
	attrs  []attribute   // of the tag being read
	bound  []binding     // namespace prefixes in scope, innermost last
	seen   map[expanded]int
	starts map[*etree.Element]int // where the tag of each element begins; nil = nobody asks
	text   run
	buf    []byte
	slabs  slabs

	// Where the slices above begin, so that most documents need no more.
	first struct {
		open   [12]frame
		tokens [48]etree.Token
		attrs  [8]attribute
		bound  [8]binding
	}
}

func (p *parser) start(s string, lim Limits) {
	p.s, p.lim = s, lim
	p.open, p.tokens = p.first.open[:0], p.first.tokens[:0]
	p.attrs, p.bound = p.first.attrs[:0], p.first.bound[:0]
}

// reset forgets a document, and keeps what memory is worth keeping.
func (p *parser) reset() {
	p.slabs.reset()
	slabs, gathered := p.slabs, p.text.buf
	*p = parser{}
	p.slabs = slabs
	if cap(gathered) <= keptText {
		clear(gathered[:cap(gathered)])
		p.text.buf = gathered[:0]
	}
}

// keptText is the room for gathered text that is kept for another document.
const keptText = 16 << 10

// frame is an open element: its children are tokens[first:], its namespace
// declarations bound[scope:].
type frame struct {
	el    *etree.Element
	name  string
	first int
	scope int
}

func (p *parser) fail(pos int, code, text string) *Error {
	return errorAt(p.s, pos, code, text)
}

func (p *parser) syntax(pos int, text string) *Error {
	return errorAt(p.s, pos, CodeSyntax, text)
}

func (p *parser) at(prefix string) bool {
	return strings.HasPrefix(p.s[p.pos:], prefix)
}

// space skips white space and reports whether there was any.
func (p *parser) space() bool {
	from := p.pos
	for p.pos < len(p.s) {
		switch p.s[p.pos] {
		case ' ', '\n', '\t':
			p.pos++
			continue
		}
		break
	}
	return p.pos > from
}

func (p *parser) document() (*etree.Document, *Error) {
	p.slabs.expect(p.s)
	if strings.Trim(p.s, " \t\n") == "" {
		return nil, p.fail(0, CodeEmpty, "the document is empty")
	}
	if err := p.declaration(); err != nil {
		return nil, err
	}
	if err := p.misc("before"); err != nil {
		return nil, err
	}
	if p.pos == len(p.s) {
		return nil, p.syntax(p.pos, "the document has no root element")
	}
	if err := p.startTag(); err != nil {
		return nil, err
	}
	for len(p.open) > 0 {
		if err := p.content(); err != nil {
			return nil, err
		}
	}
	if err := p.misc("after"); err != nil {
		return nil, err
	}
	if p.pos < len(p.s) {
		return nil, p.syntax(p.pos, "a second root element")
	}
	doc := &etree.Document{WriteSettings: etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true}}
	doc.Child = p.slabs.children(1)
	doc.AddChild(p.tokens[0])
	return doc, nil
}

// misc reads comments, processing instructions and white space up to a tag or
// the end (XML 1.0 [27]).
func (p *parser) misc(where string) *Error {
	for {
		p.space()
		if p.pos == len(p.s) {
			return nil
		}
		if p.s[p.pos] != '<' {
			return p.syntax(p.pos, "text "+where+" the root element: "+quoted(p.s, p.pos))
		}
		var err *Error
		switch {
		case p.at("<?"):
			err = p.instruction()
		case p.at("<!--"):
			err = p.comment()
		case p.at("<!"):
			err = p.badMarkup()
		case p.at("</"):
			err = p.syntax(p.pos, "an end tag "+where+" the root element")
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// content reads character data and the markup after it.
func (p *parser) content() *Error {
	if err := p.characters(); err != nil {
		return err
	}
	next := byte(0)
	if p.pos+1 < len(p.s) {
		next = p.s[p.pos+1]
	}
	switch next {
	case '/':
		return p.endTag()
	case '?':
		return p.instruction()
	case '!':
		switch {
		case p.at("<!--"):
			return p.comment()
		case p.at("<![CDATA["):
			return p.cdata()
		}
		return p.badMarkup()
	}
	return p.startTag()
}

// characters reads character data up to the next '<' (XML 1.0 [14]).
func (p *parser) characters() *Error {
	s, from, i := p.s, p.pos, p.pos
	for i < len(s) {
		c := s[i]
		if classes[c]&stopsText == 0 {
			i++
			continue
		}
		switch c {
		case '<':
			p.text.add(s[from:i])
			p.pos = i
			return nil
		case '&':
			p.text.add(s[from:i])
			p.pos = i
			r, err := p.reference()
			if err != nil {
				return err
			}
			p.text.addRune(r)
			from, i = p.pos, p.pos
		case '>':
			if s[i-1] == ']' && s[i-2] == ']' {
				return p.syntax(i-2, "\"]]>\" in text: write ]]&gt;")
			}
			i++
		default:
			n := charLen(s, i)
			if n == 0 {
				return p.syntax(i, quoted(s, i)+" is not allowed in XML")
			}
			i += n
		}
	}
	return p.syntax(i, "the element "+short(p.open[len(p.open)-1].name)+" is not closed")
}

// cdata reads a CDATA section (XML 1.0 [18]).
func (p *parser) cdata() *Error {
	from := p.pos + len("<![CDATA[")
	n := strings.Index(p.s[from:], "]]>")
	if n < 0 {
		return p.syntax(p.pos, "the CDATA section is not closed")
	}
	if i := badChar(p.s, from, from+n); i >= 0 {
		return p.syntax(i, quoted(p.s, i)+" is not allowed in XML")
	}
	p.text.add(p.s[from : from+n])
	p.pos = from + n + len("]]>")
	return nil
}

// comment checks a comment and drops it (XML 1.0 [15]).
func (p *parser) comment() *Error {
	from := p.pos + len("<!--")
	n := strings.Index(p.s[from:], "--")
	if n < 0 {
		return p.syntax(p.pos, "the comment is not closed")
	}
	if i := badChar(p.s, from, from+n); i >= 0 {
		return p.syntax(i, quoted(p.s, i)+" is not allowed in XML")
	}
	if !strings.HasPrefix(p.s[from+n+2:], ">") {
		return p.syntax(from+n, "\"--\" in a comment")
	}
	p.pos = from + n + len("-->")
	return nil
}

// badMarkup says what is wrong with a "<!" that begins nothing allowed here.
func (p *parser) badMarkup() *Error {
	const doctype = "<!DOCTYPE"
	rest := p.s[p.pos:]
	if len(rest) >= len(doctype) && strings.EqualFold(rest[:len(doctype)], doctype) {
		return p.fail(p.pos, CodeDoctype, "a document type declaration is not accepted")
	}
	if p.at("<![CDATA[") {
		return p.syntax(p.pos, "a CDATA section outside the root element")
	}
	return p.syntax(p.pos, "\"<!\" begins neither a comment nor a CDATA section")
}

// reference reads a character or predefined entity reference (XML 1.0 [67]).
func (p *parser) reference() (rune, *Error) {
	if p.at("&#") {
		return p.charReference()
	}
	start := p.pos
	p.pos++
	name, err := p.name()
	if err != nil {
		return 0, p.syntax(start, "\"&\" begins no reference: write &amp;")
	}
	if p.pos == len(p.s) || p.s[p.pos] != ';' {
		return 0, p.syntax(start, "the reference is not closed by \";\"")
	}
	p.pos++
	switch name {
	case "amp":
		return '&', nil
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	return 0, p.fail(start, CodeEntity, "an entity that is not one of amp, lt, gt, quot, apos")
}

// charReference reads &#n; or &#xn; (XML 1.0 [66]).
func (p *parser) charReference() (rune, *Error) {
	start := p.pos
	i, base := start+2, 10
	if i < len(p.s) && p.s[i] == 'x' {
		i, base = i+1, 16
	}
	from, r := i, 0
	for ; i < len(p.s); i++ {
		d := digit(p.s[i])
		if d >= base {
			break
		}
		// Saturated, so that no number of digits overflows it.
		r = min(r*base+d, utf8.MaxRune+1)
	}
	if i == from || i == len(p.s) || p.s[i] != ';' {
		return 0, p.syntax(start, "not a character reference in base "+strconv.Itoa(base)+", closed by \";\"")
	}
	if !isChar(rune(r)) {
		return 0, p.syntax(start, "a reference to a character that is not allowed in XML")
	}
	p.pos = i + 1
	return rune(r), nil
}

// digit returns the value of a hexadecimal digit, 16 for anything else.
func digit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return 16
}
