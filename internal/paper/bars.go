package paper

// drawBars lays out lying bars, the first label on top: counts with an axis, or
// shares of the whole width.
func (c Chart) drawBars(width, limit float64) Drawing {
	d := Drawing{Width: width}
	names := c.barNames(width * 0.38)
	left := names + 6
	right := width - c.afterBars() - 4
	rows, foot := float64(len(c.Labels)), 18+float64(len(c.Series))*legendLine
	row := max(min((limit-foot)/rows, 22), 4)
	end, step := c.barScale()
	bottom := row * rows
	for v := int64(0); v <= end; v += step {
		x := left + (right-left)*float64(v)/float64(end)
		text := CountText(v)
		if c.Kind == Shares {
			text = ShareText(v, end)
		}
		d.Lines = append(d.Lines, Line{X1: x, Y1: 0, X2: x, Y2: bottom, Faint: v > 0})
		d.Words = append(d.Words, Word{X: x, Y: bottom + 11, Size: wordSize, Text: text, Anchor: Middle})
	}
	for i, label := range c.Labels {
		y := row * float64(i)
		size := min(wordSize, row*0.8)
		lines, _ := wrap(label, names, size, max(1, int(row/10)))
		first := y + row/2 + size*0.34 - 10*float64(len(lines)-1)/2
		for n, line := range lines {
			d.Words = append(d.Words, Word{X: left - 5, Y: first + 10*float64(n), Size: size, Text: line, Anchor: End})
		}
		c.drawBar(&d, i, Box{X: left, Y: y + row*0.14, Width: right - left, Height: row * 0.72}, end)
	}
	d.Height = c.legend(&d, bottom+16)
	return d
}

// drawBar adds the bar of one label; room is what a bar up to end takes.
func (c Chart) drawBar(d *Drawing, label int, room Box, end int64) {
	whole, size := c.sum(label), min(valueSize, room.Height)
	baseline := room.Y + room.Height/2 + size*0.34
	inside := c.Kind == Shares || len(c.Series) > 1
	if c.Kind == Shares {
		end = whole
	}
	var before int64
	x := room.X
	for i, s := range c.Series {
		v := s.Values[label]
		if v == 0 {
			continue
		}
		before += v
		to := room.X + room.Width*float64(before)/float64(end)
		fill := SeriesFill(i)
		d.Boxes = append(d.Boxes, Box{X: x, Y: room.Y, Width: to - x, Height: room.Height, Fill: fill})
		text := c.ValueText(i, label)
		w := textWidth(text, size) + 3
		if inside && c.Shown(i, label) && w < to-x {
			middle := (x + to) / 2
			if fill.Hatch != NoHatch {
				d.Boxes = append(d.Boxes, Box{X: middle - w/2, Y: baseline - size*0.8, Width: w, Height: size, Fill: Fill{Red: 255, Green: 255, Blue: 255}, Bare: true})
			}
			d.Words = append(d.Words, Word{X: middle, Y: baseline, Size: size, Text: text, Anchor: Middle, White: fill.Dark})
		}
		x = to
	}
	if c.Kind == Shares {
		x = room.X + room.Width
	}
	d.Words = append(d.Words, Word{X: x + 4, Y: baseline, Size: size, Text: CountText(whole)})
}

// barScale is the axis: of shares a hundred per cent in steps of twenty.
func (c Chart) barScale() (end, step int64) {
	if c.Kind == Shares {
		return 100, 20
	}
	var top int64
	for i := range c.Labels {
		top = max(top, c.sum(i))
	}
	return scale(top)
}

// barNames is the width of the labels before the bars.
func (c Chart) barNames(limit float64) float64 {
	widest := 0.0
	for _, label := range c.Labels {
		widest = max(widest, textWidth(label, wordSize))
	}
	return min(widest, limit)
}

// afterBars is the room that the sums behind the bars take.
func (c Chart) afterBars() float64 {
	widest := 0.0
	for i := range c.Labels {
		widest = max(widest, textWidth(CountText(c.sum(i)), valueSize))
	}
	return widest + 4
}
