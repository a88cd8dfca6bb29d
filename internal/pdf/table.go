package pdf

import "lgsp.internal/adapter/internal/paper"

const cellPadding = 85 / 20.0

// table draws a table; its titles stand on every page that it takes.
func (f *flow) table(t paper.Table, keep bool) {
	if t.Caption != "" {
		f.line(captionShape(), t.Caption)
	} else {
		f.gap(gapHeight, true)
	}
	twips := t.Widths(int(f.textWidth() * 20))
	widths := make([]float64, len(twips))
	for i, w := range twips {
		widths[i] = float64(w) / 20
	}
	f.titles(t, widths)
	for i, r := range t.Rows {
		cells := f.cells(t, r, widths)
		// A sum does not stand alone on a page, nor the name of a group.
		cells.keep = r.Kind == paper.Group || i+1 < len(t.Rows) && t.Rows[i+1].Kind == paper.Total
		f.putRow(cells)
	}
	f.flush()
	f.repeat, f.repeated = nil, 0
	f.gap(gapHeight, keep)
}

// titles draws the row of titles, and from then on at the top of each page.
// Titles that would take more than half a page stand there once only.
func (f *flow) titles(t paper.Table, widths []float64) {
	r := row{lined: true, keep: true}
	x := marginLeft
	for i, c := range t.Columns {
		r.columns = append(r.columns, f.cell(x, widths[i], cellShape(true, paper.Center), c.Title))
		x += widths[i]
	}
	height := r.height()
	if height > f.room()/2 {
		f.putRow(r)
		return
	}
	f.repeated = height
	f.put(item{height: height, keep: true, draw: func(top float64) {
		f.draw(r, top)
		f.repeat = func(top float64) float64 {
			f.draw(r, top)
			return height
		}
	}})
}

func (f *flow) cells(t paper.Table, r paper.Row, widths []float64) row {
	if r.Kind == paper.Group {
		return row{lined: true, columns: []column{f.cell(marginLeft, f.textWidth(), cellShape(true, paper.Left), r.Cell(0))}}
	}
	cells := row{lined: true}
	x := marginLeft
	for i, c := range t.Columns {
		cells.columns = append(cells.columns, f.cell(x, widths[i], cellShape(r.Kind == paper.Total, c.Align), r.Cell(i)))
		x += widths[i]
	}
	return cells
}

// cell lays out the text of a cell. In a column that is hardly wider than its
// padding the padding gives way.
func (f *flow) cell(x, width float64, s shape, text string) column {
	padding := min(cellPadding, width/8)
	return column{x: x, width: width, left: x + padding, slices: f.slices(s, width-2*padding, paper.Span{Text: text})}
}
