package paper

// Drawing is a chart as shapes, in points (1/72 inch) from its top left corner,
// to be drawn in the order of its slices: boxes, lines, words. It has no caption.
type Drawing struct {
	Width, Height float64
	Boxes         []Box
	Lines         []Line
	Words         []Word
}

// Box is a rectangle: the area of a value with a thin black edge, or, Bare, the
// white ground of a word.
type Box struct {
	X, Y, Width, Height float64
	Fill                Fill
	Bare                bool
}

// Line is a thin line. Faint ones are those of the grid.
type Line struct {
	X1, Y1, X2, Y2 float64
	Faint          bool
}

// Word is one line of text on its baseline.
type Word struct {
	X, Y   float64
	Size   float64
	Text   string
	Anchor Anchor
	Turned bool // reads upwards; X and Y are still where its anchor stands
	White  bool
}

// Anchor is the part of a word that stands at its X.
type Anchor uint8

// The anchors of words.
const (
	Start Anchor = iota
	Middle
	End
)

const hatchStep = 4.5 // between the lines of a hatching, in points

// Hatching returns the lines of a box's hatching, within the box.
func (b Box) Hatching() []Line {
	if b.Fill.Hatch == NoHatch {
		return nil
	}
	var lines []Line
	for d := hatchStep; d < b.Width+b.Height; d += hatchStep {
		// From the left or bottom edge to the top or right one, rising.
		x1, y1 := max(0, d-b.Height), min(d, b.Height)
		x2, y2 := min(d, b.Width), max(0, d-b.Width)
		if b.Fill.Hatch == Falling {
			y1, y2 = b.Height-y1, b.Height-y2
		}
		lines = append(lines, Line{X1: b.X + x1, Y1: b.Y + y1, X2: b.X + x2, Y2: b.Y + y2})
	}
	return lines
}

const (
	wordSize   = 9.0
	valueSize  = 8.0
	legendLine = 14.0
	legendMark = 9.0
)

// Draw lays out a chart in a width, and no higher than limit. A chart that Check
// refuses cannot be drawn.
func (c Chart) Draw(width, limit float64) Drawing {
	if c.Kind == Columns {
		return c.drawColumns(width, limit)
	}
	return c.drawBars(width, limit)
}

// Shown reports whether a value of a series is written beside or into its area:
// in bars that stand end to end only where there is room.
func (c Chart) Shown(series, label int) bool {
	if c.Kind == Columns || c.Kind == Bars && len(c.Series) == 1 {
		return true
	}
	whole := c.sum(label)
	if c.Kind == Bars {
		for i := range c.Labels {
			whole = max(whole, c.sum(i))
		}
	}
	return whole > 0 && c.Series[series].Values[label]*100 >= whole*7
}

// legend adds the names of several series below y and returns where it ends.
func (c Chart) legend(d *Drawing, y float64) float64 {
	if len(c.Series) < 2 {
		return y
	}
	y += legendLine
	for from := 0; from < len(c.Series); y += legendLine {
		from = c.legendRow(d, from, y)
	}
	return y - legendLine + 4
}

// legendRow sets as many names on one line as fit, centred, and returns the
// first that does not.
func (c Chart) legendRow(d *Drawing, from int, y float64) int {
	const gap, space = 4.0, 16.0
	var names []string
	total := -space
	for _, s := range c.Series[from:] {
		name := shorten(s.Name, d.Width-legendMark-gap, wordSize)
		w := legendMark + gap + textWidth(name, wordSize) + space
		if len(names) > 0 && total+w > d.Width {
			break
		}
		total += w
		names = append(names, name)
	}
	x := (d.Width - total) / 2
	for i, name := range names {
		d.Boxes = append(d.Boxes, Box{X: x, Y: y - legendMark + 1.5, Width: legendMark, Height: legendMark, Fill: SeriesFill(from + i)})
		d.Words = append(d.Words, Word{X: x + legendMark + gap, Y: y, Size: wordSize, Text: name})
		x += legendMark + gap + textWidth(name, wordSize) + space
	}
	return from + len(names)
}

// scale returns the end of an axis that takes values up to top, and its steps:
// at most five, of 1, 2 or 5 times a power of ten.
func scale(top int64) (end, step int64) {
	for power := int64(1); ; power *= 10 {
		for _, digit := range [...]int64{1, 2, 5} {
			if step = digit * power; step*5 >= top {
				return max((top+step-1)/step, 1) * step, step
			}
		}
	}
}
