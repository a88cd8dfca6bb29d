package docx

import (
	"strconv"

	"lgsp.internal/adapter/internal/paper"
)

func itoa(n int) string { return strconv.Itoa(n) }

// body writes blocks; with keepLast the last of them stays with what follows.
func (p *page) body(blocks []paper.Block, keepLast bool) {
	var numbers paper.Numbering
	for i, b := range blocks {
		p.keepNext = keepLast && i == len(blocks)-1
		switch b := b.(type) {
		case paper.Heading:
			p.line("Heading"+itoa(b.Level), numbers.Next(b.Level)+b.Text)
		case paper.Paragraph:
			p.text(b)
		case paper.List:
			p.list(b)
		case paper.Table:
			p.table(b)
		case paper.Chart:
			p.chart(b)
		case paper.Placeholder:
			p.line("BodyText", b.Mark())
		}
	}
	p.keepNext = false
}

// jc is the value of ST_Jc for an alignment.
var jc = [...]string{"both", "left", "center", "right"}

func (p *page) text(t paper.Paragraph) {
	keep := p.keepNext
	defer func() { p.keepNext = keep }()
	p.keepNext = keep || t.Announces()
	if t.Align == paper.Natural {
		p.paragraph("BodyText", "", t.Spans...)
		return
	}
	p.paragraph("BodyText", `<w:ind w:firstLine="0"/><w:jc w:val="`+jc[t.Align]+`"/>`, t.Spans...)
}

func (p *page) list(l paper.List) {
	keep := p.keepNext
	for i, item := range l.Marked() {
		p.keepNext = keep && i == len(l.Items)-1
		p.line("BodyText", item)
	}
}

func (p *page) table(t paper.Table) {
	keep := p.keepNext
	if t.Caption != "" {
		p.line("Caption", t.Caption)
	} else {
		p.keepNext = true
		p.paragraph("Gap", "")
	}
	p.keepNext, p.inCell = false, true
	widths := t.Widths(p.width)
	p.raw(`<w:tbl><w:tblPr><w:tblStyle w:val="Lines"/><w:tblW w:w="`, itoa(p.width), `" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		p.raw(`<w:gridCol w:w="`, itoa(w), `"/>`)
	}
	p.raw(`</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, c := range t.Columns {
		p.cell(widths[i], 1, "TableHead", "", paper.Span{Text: c.Title})
	}
	p.raw("</w:tr>")
	for _, r := range t.Rows {
		p.row(t, r, widths)
	}
	p.raw("</w:tbl>")
	p.keepNext, p.inCell = keep, false
	p.paragraph("Gap", "")
}

func (p *page) row(t paper.Table, r paper.Row, widths []int) {
	p.raw("<w:tr><w:trPr><w:cantSplit/></w:trPr>")
	defer p.raw("</w:tr>")
	p.keepNext = r.Kind == paper.Group
	if r.Kind == paper.Group {
		p.cell(p.width, len(widths), "TableCell", "", paper.Span{Text: r.Cell(0), Bold: true})
		return
	}
	for i, c := range t.Columns {
		align := ""
		if c.Align > paper.Left {
			align = `<w:jc w:val="` + jc[c.Align] + `"/>`
		}
		p.cell(widths[i], 1, "TableCell", align, paper.Span{Text: r.Cell(i), Bold: r.Kind == paper.Total})
	}
}

func (p *page) cell(width, columns int, style, properties string, s paper.Span) {
	span := ""
	if columns > 1 {
		span = `<w:gridSpan w:val="` + itoa(columns) + `"/>`
	}
	p.raw(`<w:tc><w:tcPr><w:tcW w:w="`, itoa(width), `" w:type="dxa"/>`, span, `</w:tcPr>`)
	p.paragraph(style, properties, s)
	p.raw("</w:tc>")
}
