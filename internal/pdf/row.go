package pdf

// column is one column of a row: slices below each other.
type column struct {
	x, width float64 // of the column itself
	left     float64 // of its text
	slices   []slice
}

func (c column) height() (h float64) {
	for _, s := range c.slices {
		h += s.height
	}
	return h
}

// row is a row of columns side by side, with lines around them or without.
type row struct {
	columns []column
	lined   bool
	keep    bool
}

func (r row) height() (h float64) {
	for _, c := range r.columns {
		h = max(h, c.height())
	}
	return h
}

func (f *flow) draw(r row, top float64) {
	height := r.height()
	for _, c := range r.columns {
		y := top
		for _, s := range c.slices {
			s.draw(c.left, y)
			y += s.height
		}
		if r.lined {
			f.file.Rect(c.x, top, c.width, height, "D")
		}
	}
}

// putRow sets a row as one. Only one that no page can hold is broken, after as
// much as fits.
func (f *flow) putRow(r row) {
	if r.height() <= f.room() {
		f.put(item{height: r.height(), keep: r.keep, draw: func(top float64) { f.draw(r, top) }})
		return
	}
	f.flush()
	room := f.bottom() - f.y
	if room < f.room()/3 {
		room = f.room()
	}
	for len(r.columns) > 0 {
		var part row
		part, r = r.cut(room)
		part.keep = r.keep && len(r.columns) == 0
		f.put(item{height: part.height(), keep: part.keep, draw: func(top float64) { f.draw(part, top) }})
		room = f.room()
	}
}

// cut parts a row after at most so much height, but after one slice of each
// column at least; rest has no columns when nothing is left.
func (r row) cut(room float64) (part, rest row) {
	part, rest = row{lined: r.lined, keep: r.keep}, row{lined: r.lined, keep: r.keep}
	left := false
	for _, c := range r.columns {
		n, height := 0, 0.0
		for n < len(c.slices) && (n == 0 || height+c.slices[n].height <= room) {
			height += c.slices[n].height
			n++
		}
		first, after := c, c
		first.slices, after.slices = c.slices[:n], c.slices[n:]
		part.columns, rest.columns = append(part.columns, first), append(rest.columns, after)
		left = left || len(after.slices) > 0
	}
	if !left {
		rest.columns = nil
	}
	return part, rest
}
