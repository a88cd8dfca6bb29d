package paper

// drawColumns lays out standing columns, those of one label beside each other.
func (c Chart) drawColumns(width, limit float64) Drawing {
	d := Drawing{Width: width}
	end, step := scale(c.top())
	left := textWidth(CountText(end), wordSize) + 8
	slot := (width - left) / float64(len(c.Labels))
	column := slot * 0.8 / float64(len(c.Series))
	turned, above := c.valuesTurn(slot, column)
	marks, below := c.columnLabels(slot)

	bottom := min(above+150, limit-below-float64(len(c.Series))*legendLine)
	height := max(bottom-above, 20)
	bottom = above + height
	for v := int64(0); v <= end; v += step {
		y := bottom - height*float64(v)/float64(end)
		d.Lines = append(d.Lines, Line{X1: left, Y1: y, X2: width, Y2: y, Faint: v > 0})
		d.Words = append(d.Words, Word{X: left - 4, Y: y + 3, Size: wordSize, Text: CountText(v), Anchor: End})
	}
	for i := range c.Labels {
		x := left + slot*float64(i) + slot*0.1
		for j, s := range c.Series {
			h := height * float64(s.Values[i]) / float64(end)
			at := x + column*float64(j)
			if h > 0 {
				d.Boxes = append(d.Boxes, Box{X: at, Y: bottom - h, Width: column, Height: h, Fill: SeriesFill(j)})
			}
			word := Word{X: at + column/2, Y: bottom - h - 3, Size: valueSize, Text: CountText(s.Values[i]), Anchor: Middle}
			if turned {
				word.X, word.Anchor, word.Turned = word.X+2.8, Start, true
			}
			d.Words = append(d.Words, word)
		}
		middle := left + slot*(float64(i)+0.5)
		if marks == nil {
			text := shorten(c.Labels[i], below-6, wordSize)
			d.Words = append(d.Words, Word{X: middle + 3, Y: bottom + 5, Size: wordSize, Text: text, Anchor: End, Turned: true})
			continue
		}
		for n, line := range marks[i] {
			d.Words = append(d.Words, Word{X: middle, Y: bottom + 11 + 10*float64(n), Size: wordSize, Text: line, Anchor: Middle})
		}
	}
	d.Height = c.legend(&d, bottom+below)
	return d
}

func (c Chart) top() (top int64) {
	for _, s := range c.Series {
		for _, v := range s.Values {
			top = max(top, v)
		}
	}
	return top
}

// valuesTurn reports whether the values above the columns must read upwards to
// have room, and how much they take above the highest.
func (c Chart) valuesTurn(slot, column float64) (turned bool, above float64) {
	room := column
	if len(c.Series) == 1 {
		room = slot - 2
	}
	w := textWidth(CountText(c.top()), valueSize)
	if w <= room {
		return false, valueSize + 6
	}
	return true, w + 6
}

// columnLabels returns the lines of each label, or nil where one does not fit
// and all are turned, and the height that they take.
func (c Chart) columnLabels(slot float64) (marks [][]string, below float64) {
	lines := 0
	for _, label := range c.Labels {
		mark, whole := wrap(label, slot-2, wordSize, 2)
		if !whole {
			return nil, c.turnedLabels()
		}
		marks, lines = append(marks, mark), max(lines, len(mark))
	}
	return marks, 6 + 10*float64(lines)
}

func (c Chart) turnedLabels() float64 {
	longest := 0.0
	for _, label := range c.Labels {
		longest = max(longest, textWidth(label, wordSize))
	}
	return min(longest, 90) + 8
}
