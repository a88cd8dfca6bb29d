package docx

import (
	"fmt"
	"io"
	"strings"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/paper"
)

// Fill writes a template with its placeholders filled in.
//
// A placeholder is {{name}}, in the text of the document, of its headers,
// footers or notes, in whatever runs Word has cut it into; what takes its place
// has the formatting of the run it begins in, and is not looked at again. A
// paragraph of the document that is one placeholder and names blocks is replaced
// by them, as Write draws them; styles that the template lacks come with them.
// All other parts of the file stay byte for byte what they are, and the same
// template and filling give the same bytes.
//
// The error is that of w, or tells everything that is wrong with the placeholders
// or what makes the template one that is not to be opened; nothing was written
// then.
func Fill(w io.Writer, template []byte, in Filling) error {
	for _, name := range sortedKeys(in.Blocks) {
		if err := checkFilling(name, in.Blocks[name]); err != nil {
			return fmt.Errorf("filling in a template: %w", err)
		}
	}
	a, err := open(template)
	if err != nil {
		return fmt.Errorf("filling in a template: %w", err)
	}
	places, err := a.marked()
	if err != nil {
		return fmt.Errorf("filling in a template: %w", err)
	}
	f := &filler{archive: a, in: in, uses: map[string]int{}}
	for _, p := range places {
		f.check(p.part, p.paragraph)
	}
	if err := f.bad.err(); err != nil {
		return fmt.Errorf("filling in a template: %w", err)
	}
	for _, do := range f.todo {
		if err := do(); err != nil {
			return fmt.Errorf("filling in a template: %w", err)
		}
	}
	if err := a.write(w); err != nil {
		return fmt.Errorf("writing a document from a template: %w", err)
	}
	return nil
}

func checkFilling(name string, blocks []paper.Block) error {
	if err := paper.CheckBlocks(mark(name), blocks); err != nil {
		return err
	}
	for _, b := range blocks {
		if p, ok := b.(paper.Placeholder); ok {
			return fmt.Errorf("%s: %s is not filled in", mark(name), p.Mark())
		}
	}
	return nil
}

// filler is one filling of a template. First everything is checked, then
// everything is done.
type filler struct {
	*archive
	in       Filling
	bad      problems
	todo     []func() error
	uses     map[string]int    // places of what names blocks
	drawings int               // the highest id of a drawing, once known
	charts   int               // the highest number of a chart, once known
	styles   map[string]string // ids of the template for those of styles.xml
}

// check notes what is wrong with a paragraph, or what is to be done with it.
func (f *filler) check(part string, p *paragraph) {
	f.bad.add(part, p, p.malformed...)
	for _, m := range p.marks {
		_, value := f.in.Values[m.name]
		blocks, block := f.in.Blocks[m.name]
		switch {
		case value && block:
			f.bad.add(part, p, mark(m.name)+" is both a value and blocks")
		case block && part != f.main:
			f.bad.add(part, p, mark(m.name)+" names blocks, which only the body of the document takes")
		case block && !p.alone():
			f.bad.add(part, p, mark(m.name)+" names blocks and must be alone in its paragraph")
		case block && within(p.element, "txbxContent"):
			f.bad.add(part, p, mark(m.name)+" names blocks, which a text box does not take")
		case block && f.uses[m.name] == maxUses:
			f.bad.add(part, p, fmt.Sprintf("%s names blocks and stands in more than %d places", mark(m.name), maxUses))
		case block:
			f.uses[m.name]++
			f.todo = append(f.todo, func() error { return f.putBlocks(p, blocks) })
		case !value:
			f.bad.add(part, p, mark(m.name)+" is unknown")
		}
	}
	if len(p.marks) == 0 {
		return
	}
	// Where the first names blocks, it is alone or wrong.
	if _, block := f.in.Blocks[p.marks[0].name]; !block {
		f.todo = append(f.todo, func() error { f.putValues(part, p); return nil })
	}
}

// putValues replaces the placeholders of a paragraph; one that was nothing but a
// placeholder for "" is left out, where it need not be there.
func (f *filler) putValues(part string, p *paragraph) {
	f.changed[part] = true
	if p.alone() && f.in.Values[p.marks[0].name] == "" && spare(p.element) {
		p.element.Parent().RemoveChild(p.element)
		return
	}
	for i := len(p.marks) - 1; i >= 0; i-- {
		p.replace(p.marks[i], f.in.Values[p.marks[i].name])
	}
	p.apply()
}

// spare reports whether a paragraph can go: another one follows it, so that no
// cell and no header is left without, and it ends no section.
func spare(p *etree.Element) bool {
	if sectionOf(p) != nil {
		return false
	}
	for _, next := range p.Parent().ChildElements()[position(p)+1:] {
		if isWord(next, "p") {
			return true
		}
	}
	return false
}

// position is the place of an element among its parent's elements.
func position(e *etree.Element) int {
	for i, c := range e.Parent().ChildElements() {
		if c == e {
			return i
		}
	}
	return -1
}

func within(e *etree.Element, tag string) bool {
	for ; e != nil; e = e.Parent() {
		if e.Tag == tag {
			return true
		}
	}
	return false
}

// sectionOf returns the properties of the section that a paragraph ends, or nil.
func sectionOf(p *etree.Element) *etree.Element {
	for _, c := range p.ChildElements() {
		if !isWord(c, "pPr") {
			continue
		}
		for _, e := range c.ChildElements() {
			if isWord(e, "sectPr") {
				return e
			}
		}
	}
	return nil
}

// widthAt is the width for blocks in place of a paragraph, in twips: that of its
// cell, else that of the text in its section.
func widthAt(p *etree.Element) int {
	top := p
	for e := p.Parent(); e != nil; e = e.Parent() {
		if isWord(e, "tc") {
			if w := number(child(child(e, "tcPr"), "tcW"), "w"); w > 0 {
				return clampWidth(w - 216)
			}
		}
		if isWord(e, "body") {
			return sectionWidth(e, top)
		}
		top = e
	}
	return portraitWidth
}

// sectionWidth finds the end of the section that a child of the body is in.
func sectionWidth(body, top *etree.Element) int {
	for _, e := range body.ChildElements()[position(top):] {
		section := e
		if isWord(e, "p") {
			section = sectionOf(e)
		}
		if section == nil || !isWord(section, "sectPr") {
			continue
		}
		size, margins := child(section, "pgSz"), child(section, "pgMar")
		return clampWidth(number(size, "w") - number(margins, "left") - number(margins, "right") - number(margins, "gutter"))
	}
	return portraitWidth
}

func clampWidth(w int) int {
	if w < 1000 || w > 31680 { // 22 inches, the widest page of Word
		return portraitWidth
	}
	return w
}

func child(e *etree.Element, tag string) *etree.Element {
	if e == nil {
		return nil
	}
	for _, c := range e.ChildElements() {
		if isWord(c, tag) {
			return c
		}
	}
	return nil
}

// number is an attribute as a number; 0 where there is none.
func number(e *etree.Element, key string) int {
	if e == nil {
		return 0
	}
	n := 0
	for _, d := range strings.TrimSpace(attribute(e, key)) {
		if d < '0' || d > '9' || n > 1_000_000 {
			return 0
		}
		n = n*10 + int(d-'0')
	}
	return n
}
