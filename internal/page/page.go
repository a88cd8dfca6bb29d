// Package page draws administrative documents as HTML, to be read on a screen and
// printed on A4, in the layout of NĐ 30/2020/NĐ-CP, Phụ lục I, as far as a screen
// has it.
//
// It needs no script, and no style but CSS: a page is shown under the policy
// "style-src 'self'" as well. Headings, tables and figures are such for screen
// readers too; what a chart shows stands beside it as a table. The same data
// gives the same bytes, and all text is escaped.
package page

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"strings"

	"lgsp.internal/adapter/internal/paper"
)

//go:embed paper.css
var css string

// Options says what is written.
type Options struct {
	// Fragment writes the <article> alone, for a page that brings CSS itself.
	Fragment bool
}

// CSS is the style of the fragments, all of it below the class "paper" but the
// rules of the printed page.
func CSS() string { return css }

// Write writes the document. The error is that of w, or names every part of the
// document that cannot be drawn; in the second case nothing was written.
func Write(w io.Writer, d paper.Document, o Options) error {
	if err := d.Check(); err != nil {
		return fmt.Errorf("laying out a document: %w", err)
	}
	bodies := [][]paper.Block{d.Body}
	for _, a := range d.Appendices {
		bodies = append(bodies, a.Body)
	}
	for _, body := range bodies {
		for _, b := range body {
			if p, ok := b.(paper.Placeholder); ok {
				return fmt.Errorf("laying out a document: %s is not filled in", p.Mark())
			}
		}
	}
	p := &sheet{w: bufio.NewWriterSize(w, 64<<10)}
	if o.Fragment {
		p.article(d)
	} else {
		p.file(d)
	}
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("writing a document: %w", err)
	}
	return nil
}

// sheet writes HTML. Errors stay in the bufio.Writer until Flush.
type sheet struct {
	w *bufio.Writer
}

func (p *sheet) raw(parts ...string) {
	for _, s := range parts {
		_, _ = p.w.WriteString(s)
	}
}

// file writes a whole file, which allows itself nothing but its style.
func (p *sheet) file(d paper.Document) {
	const whole = "\nbody { margin: 0; }"
	sum := sha256.Sum256([]byte(whole + css))
	p.raw("<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n",
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-`, base64.StdEncoding.EncodeToString(sum[:]), `'">`, "\n",
		`<meta name="viewport" content="width=device-width, initial-scale=1">`, "\n<title>", text(d.Title(), " "), "</title>\n<style>", whole, css, "</style>\n</head>\n<body>\n")
	p.article(d)
	p.raw("</body>\n</html>\n")
}

func (p *sheet) article(d paper.Document) {
	p.raw(`<article class="paper" lang="vi" aria-label="`, text(d.Title(), " "), "\">\n")
	p.head(d)
	for _, basis := range paper.Enumerated(d.Bases) {
		p.line("p", "basis", basis)
	}
	p.body(d.Body, 2)
	p.foot(d)
	for _, a := range d.Appendices {
		class := "appendix"
		if a.Landscape {
			class = "appendix landscape"
		}
		p.raw(`<section class="`, class, "\">\n", `<h2>`, text(a.NumberLine(), "<br>"))
		if a.Title != "" {
			p.raw("<br>", text(paper.Upper(a.Title), "<br>"))
		}
		p.raw("</h2>\n")
		p.line("p", "note", d.AppendixNote(a))
		p.body(a.Body, 3)
		p.raw("</section>\n")
	}
	if d.Footer != "" {
		p.raw("<footer><small>", text(d.Footer, " "), "</small></footer>\n")
	}
	p.raw("</article>\n")
}

// line writes an element with a class; class "" = none.
func (p *sheet) line(element, class, s string) {
	p.raw("<", element)
	if class != "" {
		p.raw(` class="`, class, `"`)
	}
	p.raw(">", text(s, "<br>"), "</", element, ">\n")
}

// text escapes s, for an element or an attribute in quotes. A line break becomes
// lineBreak; what has no place in a document is left out.
func text(s, lineBreak string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if r != '\n' && !paper.Readable(r) {
			return -1
		}
		return r
	}, s)
	return strings.ReplaceAll(html.EscapeString(s), "\n", lineBreak)
}
