package strictxml

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// attribute is one attribute of the tag being read. colon is the place of the
// colon in name, -1 if it has none.
type attribute struct {
	name  string
	colon int
	pos   int
	value string
}

// startTag reads a start tag or an empty-element tag (XML 1.0 [40], [44]).
func (p *parser) startTag() *Error {
	start := p.pos
	p.pos++
	name, colon, err := p.qualifiedName()
	if err != nil {
		return err
	}
	p.attrs = p.attrs[:0]
	for {
		spaced := p.space()
		if p.pos == len(p.s) {
			return p.syntax(start, "the tag "+short(name)+" is not closed")
		}
		switch c := p.s[p.pos]; {
		case c == '>':
			p.pos++
			return p.begin(start, name, colon, false)
		case c == '/':
			if !p.at("/>") {
				return p.syntax(p.pos, "\"/\" in the tag "+short(name)+" is not followed by \">\"")
			}
			p.pos += len("/>")
			return p.begin(start, name, colon, true)
		case !spaced:
			return p.syntax(p.pos, "unexpected "+quoted(p.s, p.pos)+" in the tag "+short(name))
		}
		if err := p.attribute(); err != nil {
			return err
		}
	}
}

// attribute reads one attribute of a tag (XML 1.0 [41]).
func (p *parser) attribute() *Error {
	if len(p.attrs) == p.lim.Attributes {
		return p.fail(p.pos, CodeSize, "the element has more than "+strconv.Itoa(p.lim.Attributes)+" attributes")
	}
	a := attribute{pos: p.pos}
	var err *Error
	if a.name, a.colon, err = p.qualifiedName(); err != nil {
		return err
	}
	p.space()
	if !p.at("=") {
		return p.syntax(p.pos, "no \"=\" after the attribute "+short(a.name))
	}
	p.pos++
	p.space()
	if a.value, err = p.attributeValue(a.name); err != nil {
		return err
	}
	p.attrs = append(p.attrs, a)
	return nil
}

// attributeValue reads a quoted value, normalised (XML 1.0 [10], §3.3.3).
func (p *parser) attributeValue(name string) (string, *Error) {
	if !p.at("\"") && !p.at("'") {
		return "", p.syntax(p.pos, "the value of the attribute "+short(name)+" is not in quotes")
	}
	s, start, quote := p.s, p.pos, p.s[p.pos]
	from, i := start+1, start+1
	p.buf = p.buf[:0]
	for i < len(s) {
		c := s[i]
		if classes[c]&stopsValue == 0 {
			i++
			continue
		}
		switch c {
		case quote:
			p.pos = i + 1
			if len(p.buf) == 0 {
				return s[from:i], nil
			}
			return string(append(p.buf, s[from:i]...)), nil
		case '"', '\'':
			i++
		case '<':
			return "", p.syntax(i, "\"<\" in the value of the attribute "+short(name)+": write &lt;")
		case '&':
			p.buf = append(p.buf, s[from:i]...)
			p.pos = i
			r, err := p.reference()
			if err != nil {
				return "", err
			}
			p.buf = utf8.AppendRune(p.buf, r)
			from, i = p.pos, p.pos
		case '\n', '\t':
			p.buf = append(append(p.buf, s[from:i]...), ' ')
			i++
			from = i
		default:
			n := charLen(s, i)
			if n == 0 {
				return "", p.syntax(i, quoted(s, i)+" is not allowed in XML")
			}
			i += n
		}
	}
	return "", p.syntax(start, "the value of the attribute "+short(name)+" is not closed")
}

// begin opens the element whose start tag was read, and closes it too if the
// tag was that of an empty element.
func (p *parser) begin(start int, name string, colon int, empty bool) *Error {
	p.flush()
	if len(p.open) == p.lim.Depth {
		return p.fail(start, CodeDepth, "elements are nested more than "+strconv.Itoa(p.lim.Depth)+" deep")
	}
	if p.elements == p.lim.Elements {
		return p.fail(start, CodeSize, "the document has more than "+strconv.Itoa(p.lim.Elements)+" elements")
	}
	p.elements++
	scope := len(p.bound)
	if len(p.attrs) > 0 {
		if err := p.checkAttributes(); err != nil {
			return err
		}
	}
	el := p.slabs.element()
	el.Tag = name
	if colon >= 0 {
		el.Space, el.Tag = name[:colon], name[colon+1:]
		if _, err := p.resolve(el.Space, start+1); err != nil {
			return err
		}
	}
	p.slabs.addAttributes(el, p.attrs)
	if p.starts != nil {
		p.starts[el] = start
	}
	p.open = append(p.open, frame{el: el, name: name, first: len(p.tokens), scope: scope})
	if empty {
		p.end()
	}
	return nil
}

// endTag reads an end tag (XML 1.0 [42]).
func (p *parser) endTag() *Error {
	start := p.pos
	name := p.open[len(p.open)-1].name
	p.pos += len("</")
	if !strings.HasPrefix(p.s[p.pos:], name) {
		return p.wrongEnd(start, name)
	}
	p.pos += len(name)
	p.space()
	if !p.at(">") {
		return p.wrongEnd(start, name)
	}
	p.pos++
	p.flush()
	p.end()
	return nil
}

func (p *parser) wrongEnd(start int, name string) *Error {
	p.pos = start + len("</")
	found, err := p.name()
	if err != nil {
		return err
	}
	if found != name {
		return p.syntax(start, "the end tag "+short(found)+" does not match the start tag "+short(name))
	}
	return p.syntax(start, "the end tag "+short(name)+" is not closed by \">\"")
}

// end closes the innermost element.
func (p *parser) end() {
	last := len(p.open) - 1
	f := p.open[last]
	children := p.tokens[f.first:]
	if len(children) > 0 {
		f.el.Child = p.slabs.children(len(children))
		for _, child := range children {
			f.el.AddChild(child)
		}
	}
	p.tokens = append(p.tokens[:f.first], f.el)
	p.bound = p.bound[:f.scope]
	p.open = p.open[:last]
}

// flush makes a token of the text read so far, if there is any.
func (p *parser) flush() {
	if data := p.text.take(); data != "" {
		cd := p.slabs.charData()
		cd.SetData(data)
		p.tokens = append(p.tokens, cd)
	}
}
