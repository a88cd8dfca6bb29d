package page

import (
	"fmt"
	"strconv"

	"lgsp.internal/adapter/internal/paper"
)

// The room of a drawing in points, that of a portrait page.
const (
	chartWidth = 468
	chartLimit = 600
)

// chart writes a figure: the drawing, and its numbers as a table to be opened.
func (p *sheet) chart(c paper.Chart) {
	p.raw("<figure>\n")
	p.line("figcaption", "", c.Caption())
	p.sketch(c.Draw(chartWidth, chartLimit), c)
	p.raw("<details>\n<summary>Số liệu của biểu đồ</summary>\n")
	t := c.Table()
	t.Caption = c.Caption()
	p.table(t)
	p.raw("</details>\n</figure>\n")
}

func (p *sheet) sketch(d paper.Drawing, c paper.Chart) {
	p.raw(`<svg viewBox="0 0 `, number(d.Width), " ", number(d.Height), `" role="img" fill="#000" stroke-width="0.5">`, "\n",
		"<title>", text(c.Caption(), " "), "</title>\n<desc>", text(c.Description(), " "), "</desc>\n")
	for _, l := range d.Lines {
		color := "#3c3c3c"
		if l.Faint {
			color = "#c8c8c8"
		}
		p.raw(`<path stroke="`, color, `" d="`, path(l), "\"/>\n")
	}
	for _, b := range d.Boxes {
		p.box(b)
	}
	for _, w := range d.Words {
		p.word(w)
	}
	p.raw("</svg>\n")
}

func (p *sheet) box(b paper.Box) {
	stroke := ` stroke="#000"`
	if b.Bare {
		stroke = ""
	}
	p.raw(`<rect x="`, number(b.X), `" y="`, number(b.Y), `" width="`, number(b.Width), `" height="`, number(b.Height),
		`" fill="`, fmt.Sprintf("#%02x%02x%02x", b.Fill.Red, b.Fill.Green, b.Fill.Blue), `"`, stroke, "/>\n")
	if lines := b.Hatching(); len(lines) > 0 {
		p.raw(`<path stroke="#000" d="`)
		for _, l := range lines {
			p.raw(path(l))
		}
		p.raw("\"/>\n")
	}
}

func (p *sheet) word(w paper.Word) {
	p.raw(`<text x="`, number(w.X), `" y="`, number(w.Y), `" font-size="`, number(w.Size), `"`,
		[...]string{"", ` text-anchor="middle"`, ` text-anchor="end"`}[w.Anchor])
	if w.White {
		p.raw(` fill="#fff"`)
	}
	if w.Turned {
		p.raw(` transform="rotate(-90 `, number(w.X), " ", number(w.Y), `)"`)
	}
	p.raw(">", text(w.Text, " "), "</text>\n")
}

func path(l paper.Line) string {
	return "M" + number(l.X1) + " " + number(l.Y1) + "L" + number(l.X2) + " " + number(l.Y2)
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }
