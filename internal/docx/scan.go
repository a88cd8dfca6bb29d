package docx

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/paper"
)

// paragraph is a paragraph of a template as a reader sees it: its text, from
// whatever runs Word has cut it into.
type paragraph struct {
	element   *etree.Element
	pieces    []textPiece
	text      string
	marks     []placed
	malformed []string
}

// textPiece is the text of one w:t; element is nil where a tab or a break stands.
type textPiece struct {
	element *etree.Element
	from    int // where it starts in the paragraph's text
	text    string
	changed bool
}

// placed is a placeholder within the text of a paragraph, in bytes.
type placed struct {
	name     string
	from, to int
}

// paragraphsOf returns the paragraphs of a part that hold a mark of a
// placeholder, those in cells, text boxes and content controls too.
func paragraphsOf(tree *etree.Document) []*paragraph {
	var list []*paragraph
	var walk func(e *etree.Element)
	walk = func(e *etree.Element) {
		if isWord(e, "p") {
			p := &paragraph{element: e}
			p.collect(e)
			if p.scan(); len(p.marks)+len(p.malformed) > 0 {
				list = append(list, p)
			}
		}
		for _, c := range e.ChildElements() {
			walk(c)
		}
	}
	walk(tree.Root())
	return list
}

func isWord(e *etree.Element, tag string) bool {
	return e.Tag == tag && e.NamespaceURI() == wordNamespace
}

// collect gathers the text of a paragraph. What was deleted with changes being
// tracked is none of it, nor are the paragraphs of a text box within.
func (p *paragraph) collect(e *etree.Element) {
	for _, c := range e.ChildElements() {
		switch c.Tag {
		case "p", "del", "moveFrom", "pPr", "rPr":
			continue
		case "t":
			p.pieces = append(p.pieces, textPiece{element: c, from: len(p.text), text: c.Text()})
			p.text += c.Text()
		case "tab", "br", "cr":
			p.pieces = append(p.pieces, textPiece{from: len(p.text), text: "\n"})
			p.text += "\n"
		default:
			p.collect(c)
		}
	}
}

// scan finds the placeholders of a paragraph's text.
func (p *paragraph) scan() {
	for at := 0; ; {
		open, end := strings.Index(p.text[at:], "{{"), strings.Index(p.text[at:], "}}")
		switch {
		case open < 0 && end < 0:
			return
		case end >= 0 && (open < 0 || end < open):
			p.malformed = append(p.malformed, `"}}" without "{{" before it`)
			at += end + 2
			continue
		}
		from := at + open
		inside, _, closed := strings.Cut(p.text[from+2:], "}}")
		if next := strings.Index(inside, "{{"); !closed || next >= 0 {
			p.malformed = append(p.malformed, `"{{" is never closed`)
			if !closed && next < 0 {
				return
			}
			at = from + 2 + next
			continue
		}
		at = from + 2 + len(inside) + 2
		name := strings.ToLower(strings.TrimSpace(inside)) // one in capitals may be shown so only
		if !paper.ValidName(name) {
			p.malformed = append(p.malformed, fmt.Sprintf("{{%s}} is no name of a placeholder; want a to z, 0 to 9, _ and .", short(inside)))
			continue
		}
		p.marks = append(p.marks, placed{name: name, from: from, to: at})
	}
}

// alone reports whether a paragraph is one placeholder and nothing else.
func (p *paragraph) alone() bool {
	if len(p.marks) != 1 || strings.TrimSpace(p.text) != p.text[p.marks[0].from:p.marks[0].to] {
		return false
	}
	return !holds(p.element, "drawing") && !holds(p.element, "pict") && !holds(p.element, "object")
}

func holds(e *etree.Element, tag string) bool {
	for _, c := range e.ChildElements() {
		if c.Tag == tag || holds(c, tag) {
			return true
		}
	}
	return false
}

// lineBreak stands for a line break of a value until it is written. XML holds no
// such character.
const lineBreak = "\x00"

// replace puts a value in the place of a placeholder, in the run in which that
// begins. Placeholders of a paragraph are replaced from the last to the first;
// apply then changes the runs.
func (p *paragraph) replace(m placed, value string) {
	value = valueText(value)
	for i := range p.pieces {
		piece := &p.pieces[i]
		from, to := max(m.from-piece.from, 0), min(m.to-piece.from, len(piece.text))
		if piece.element == nil || from >= len(piece.text) || to <= 0 {
			continue
		}
		piece.text = piece.text[:from] + value + piece.text[to:]
		piece.changed, value = true, ""
	}
}

// valueText leaves out of a value what has no place in a document.
func valueText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return 0
		case r == '\t':
			return ' '
		case !paper.Readable(r):
			return -1
		}
		return r
	}, s)
}

func (p *paragraph) apply() {
	for _, piece := range p.pieces {
		if !piece.changed {
			continue
		}
		t, run := piece.element, piece.element.Parent()
		for i, line := range strings.Split(piece.text, lineBreak) {
			if i > 0 {
				at := t.Index() + 1
				next := etree.NewElement("t")
				br := etree.NewElement("br")
				next.Space, br.Space = t.Space, t.Space
				run.InsertChildAt(at, br)
				run.InsertChildAt(at+1, next)
				t = next
			}
			t.SetText(line)
			t.CreateAttr("xml:space", "preserve")
		}
	}
}

// short is the beginning of a text on one line, for a message.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > 60 {
		return string([]rune(s)[:60]) + "…"
	}
	return s
}

// problems are those of all placeholders of a template, in the order in which
// they stand there.
type problems struct {
	list []error
	more int
}

const maxProblems = 50

func (b *problems) add(part string, p *paragraph, what ...string) {
	for _, w := range what {
		if len(b.list) == maxProblems {
			b.more++
			continue
		}
		b.list = append(b.list, fmt.Errorf("%s, paragraph %q: %s", part, short(p.text), w))
	}
}

func (b *problems) err() error {
	if b.more > 0 {
		return errors.Join(append(b.list, fmt.Errorf("and %d more", b.more))...)
	}
	return errors.Join(b.list...)
}
