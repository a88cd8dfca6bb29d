package pdf

import (
	"fmt"

	"lgsp.internal/adapter/internal/paper"
)

// body draws blocks; with keepLast the last of them stays with what follows.
func (f *flow) body(blocks []paper.Block, keepLast bool) error {
	var numbers paper.Numbering
	for i, b := range blocks {
		keep := keepLast && i == len(blocks)-1
		switch b := b.(type) {
		case paper.Heading:
			f.heading(b, numbers.Next(b.Level)+b.Text)
		case paper.Paragraph:
			f.text(b, keep)
		case paper.List:
			f.list(b, keep)
		case paper.Table:
			f.table(b, keep)
		case paper.Chart:
			f.chart(b, keep)
		case paper.Placeholder:
			return fmt.Errorf("%s is not filled in", b.Mark())
		}
	}
	return nil
}

func (f *flow) heading(h paper.Heading, text string) {
	shown := text
	if h.Level == 1 {
		shown = paper.Upper(text)
	}
	f.paragraph(headingShape(h.Level), text, h.Level-1, paper.Span{Text: shown})
}

func (f *flow) text(p paper.Paragraph, keep bool) {
	s := bodyShape()
	s.keep = keep || p.Announces()
	if p.Align != paper.Natural {
		s.align, s.first = p.Align, 0
	}
	f.paragraph(s, "", 0, p.Spans...)
}

func (f *flow) list(l paper.List, keep bool) {
	for i, item := range l.Marked() {
		s := bodyShape()
		s.keep = keep && i == len(l.Items)-1
		f.line(s, item)
	}
}

// chart draws a chart below its caption; it is never larger than a page.
func (f *flow) chart(c paper.Chart, keep bool) {
	f.line(captionShape(), c.Caption())
	drawing := c.Draw(f.textWidth(), f.room()*0.85)
	f.put(item{height: drawing.Height, keep: keep, draw: func(top float64) { f.sketch(drawing, marginLeft, top) }})
	f.gap(gapHeight, keep)
}

func (f *flow) sketch(d paper.Drawing, x, y float64) {
	f.file.SetLineWidth(0.4)
	for _, l := range d.Lines {
		gray := 60
		if l.Faint {
			gray = 200
		}
		f.file.SetDrawColor(gray, gray, gray)
		f.file.Line(x+l.X1, y+l.Y1, x+l.X2, y+l.Y2)
	}
	f.file.SetDrawColor(0, 0, 0)
	for _, b := range d.Boxes {
		f.file.SetFillColor(int(b.Fill.Red), int(b.Fill.Green), int(b.Fill.Blue))
		style := "FD"
		if b.Bare {
			style = "F"
		}
		f.file.Rect(x+b.X, y+b.Y, b.Width, b.Height, style)
		for _, l := range b.Hatching() {
			f.file.Line(x+l.X1, y+l.Y1, x+l.X2, y+l.Y2)
		}
	}
	for _, w := range d.Words {
		f.word(w, x+w.X, y+w.Y)
	}
}

func (f *flow) word(w paper.Word, x, y float64) {
	text := clean(w.Text)
	width := f.width(text, face{}, w.Size)
	back := [...]float64{0, width / 2, width}[w.Anchor]
	if w.White {
		f.file.SetTextColor(255, 255, 255)
		defer f.file.SetTextColor(0, 0, 0)
	}
	if !w.Turned {
		f.write(x-back, y, text, face{}, w.Size)
		return
	}
	f.set(face{}, w.Size) // outside of the turn, which ends with what it set
	f.file.TransformBegin()
	f.file.TransformRotate(90, x, y)
	f.write(x-back, y, text, face{}, w.Size)
	f.file.TransformEnd()
}
