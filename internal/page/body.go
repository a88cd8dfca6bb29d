package page

import (
	"strconv"

	"lgsp.internal/adapter/internal/paper"
)

// body writes blocks; the headings of level 1 are h2 or, below that of an
// appendix, h3.
func (p *sheet) body(blocks []paper.Block, top int) {
	var numbers paper.Numbering
	for _, b := range blocks {
		switch b := b.(type) {
		case paper.Heading:
			p.line("h"+strconv.Itoa(top+b.Level-1), "level"+strconv.Itoa(b.Level), numbers.Next(b.Level)+b.Text)
		case paper.Paragraph:
			p.paragraph(b)
		case paper.List:
			p.items(b.Marked())
		case paper.Table:
			p.table(b)
		case paper.Chart:
			p.chart(b)
		case paper.Placeholder: // refused by Write
		}
	}
}

// aligned is the class of an alignment.
var aligned = [...]string{"", "left", "center", "right"}

func (p *sheet) paragraph(t paper.Paragraph) {
	p.raw("<p")
	if t.Align != paper.Natural {
		p.raw(` class="`, aligned[t.Align], `"`)
	}
	p.raw(">")
	for _, s := range t.Spans {
		start, end := "", ""
		if s.Bold {
			start, end = "<strong>", "</strong>"
		}
		if s.Italic {
			start, end = start+"<em>", "</em>"+end
		}
		p.raw(start, text(s.Text, "<br>"), end)
	}
	p.raw("</p>\n")
}

// table writes a table in a box of its own, which can be moved sideways on a
// narrow screen, by keyboard too.
func (p *sheet) table(t paper.Table) {
	label := t.Caption
	if label == "" {
		label = "Bảng"
	}
	p.raw(`<div class="wide" role="region" tabindex="0" aria-label="`, text(label, " "), "\">\n<table>\n")
	if t.Caption != "" {
		p.line("caption", "", t.Caption)
	}
	p.raw("<thead>\n<tr>")
	for _, c := range t.Columns {
		p.raw(`<th scope="col">`, text(c.Title, "<br>"), "</th>")
	}
	p.raw("</tr>\n</thead>\n<tbody>\n")
	for i, r := range t.Rows {
		if r.Kind == paper.Group {
			if i > 0 {
				p.raw("</tbody>\n<tbody>\n")
			}
			p.raw(`<tr class="group"><th scope="rowgroup" colspan="`, strconv.Itoa(len(t.Columns)), `">`, text(r.Cell(0), "<br>"), "</th></tr>\n")
			continue
		}
		p.row(t, r)
	}
	p.raw("</tbody>\n</table>\n</div>\n")
}

func (p *sheet) row(t paper.Table, r paper.Row) {
	if r.Kind == paper.Total {
		p.raw(`<tr class="total">`)
	} else {
		p.raw("<tr>")
	}
	for i, c := range t.Columns {
		if c.Align > paper.Left {
			p.raw(`<td class="`, aligned[c.Align], `">`)
		} else {
			p.raw("<td>")
		}
		p.raw(text(r.Cell(i), "<br>"), "</td>")
	}
	p.raw("</tr>\n")
}
