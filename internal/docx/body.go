package docx

import (
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// body writes blocks; with keepLast the last of them stays with what follows.
func (p *page) body(blocks []Block, keepLast bool) {
	p.headings = [3]int{}
	for i, b := range blocks {
		p.keepNext = keepLast && i == len(blocks)-1
		b.layOut(p)
	}
	p.keepNext = false
}

func (h Heading) layOut(p *page) {
	p.headings[h.Level-1]++
	for below := h.Level; below < len(p.headings); below++ {
		p.headings[below] = 0
	}
	n := p.headings[h.Level-1]
	number := [...]string{roman(n) + ". ", itoa(n) + ". ", letter(n) + ") "}[h.Level-1]
	p.line("Heading"+itoa(h.Level), number+h.Text)
}

// jc is the value of ST_Jc for an alignment.
var jc = [...]string{"both", "left", "center", "right"}

func (t Paragraph) layOut(p *page) {
	keep := p.keepNext
	defer func() { p.keepNext = keep }()
	if n := len(t.Spans); n > 0 && strings.HasSuffix(t.Spans[n-1].Text, ":") {
		p.keepNext = true
	}
	if t.Align == Natural {
		p.paragraph("BodyText", "", t.Spans...)
		return
	}
	p.paragraph("BodyText", `<w:ind w:firstLine="0"/><w:jc w:val="`+jc[t.Align]+`"/>`, t.Spans...)
}

func (l List) layOut(p *page) {
	keep := p.keepNext
	for i, item := range l.Items {
		p.keepNext = keep && i == len(l.Items)-1
		mark := "- "
		switch l.Mark {
		case Digit:
			mark = itoa(i+1) + ". "
		case Letter:
			mark = letter(i+1) + ") "
		}
		p.line("BodyText", mark+item)
	}
}

func (t Table) layOut(p *page) {
	keep := p.keepNext
	if t.Caption != "" {
		p.line("Caption", t.Caption)
	} else {
		p.keepNext = true
		p.paragraph("Gap", "")
	}
	p.keepNext, p.inCell = false, true
	widths := t.widths(p.width)
	p.raw(`<w:tbl><w:tblPr><w:tblStyle w:val="Lines"/><w:tblW w:w="`, itoa(p.width), `" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		p.raw(`<w:gridCol w:w="`, itoa(w), `"/>`)
	}
	p.raw(`</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, c := range t.Columns {
		p.cell(widths[i], 1, "TableHead", "", Span{Text: c.Title})
	}
	p.raw("</w:tr>")
	for _, r := range t.Rows {
		t.row(p, r, widths)
	}
	p.raw("</w:tbl>")
	p.keepNext, p.inCell = keep, false
	p.paragraph("Gap", "")
}

func (t Table) row(p *page, r Row, widths []int) {
	p.raw("<w:tr><w:trPr><w:cantSplit/></w:trPr>")
	defer p.raw("</w:tr>")
	p.keepNext = r.Kind == Group
	if r.Kind == Group {
		text := ""
		if len(r.Cells) > 0 {
			text = r.Cells[0]
		}
		p.cell(p.width, len(widths), "TableCell", "", Span{Text: text, Bold: true})
		return
	}
	for i, c := range t.Columns {
		text := ""
		if i < len(r.Cells) {
			text = r.Cells[i]
		}
		align := ""
		if c.Align > Left {
			align = `<w:jc w:val="` + jc[c.Align] + `"/>`
		}
		p.cell(widths[i], 1, "TableCell", align, Span{Text: text, Bold: r.Kind == Total})
	}
}

func (p *page) cell(width, columns int, style, properties string, s Span) {
	span := ""
	if columns > 1 {
		span = `<w:gridSpan w:val="` + itoa(columns) + `"/>`
	}
	p.raw(`<w:tc><w:tcPr><w:tcW w:w="`, itoa(width), `" w:type="dxa"/>`, span, `</w:tcPr>`)
	p.paragraph(style, properties, s)
	p.raw("</w:tc>")
}

// widths shares out the width of the text; the last column takes what rounding leaves.
func (t Table) widths(text int) []int {
	sum := 0
	for _, c := range t.Columns {
		sum += max(c.Width, 1)
	}
	widths, left := make([]int, len(t.Columns)), text
	for i, c := range t.Columns {
		widths[i] = text * max(c.Width, 1) / sum
		left -= widths[i]
	}
	widths[len(widths)-1] += left
	return widths
}
