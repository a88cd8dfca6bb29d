package paper

// Fill is how the area of a series is filled. The fills differ in lightness and
// in their hatching, so that they are told apart in black and white.
type Fill struct {
	Red, Green, Blue uint8
	Hatch            Hatch // black lines over the colour
	Dark             bool  // texts on it are white
}

// Hatch is the direction of the lines in an area.
type Hatch uint8

// The directions of hatching.
const (
	NoHatch Hatch = iota
	Rising        // from bottom left to top right
	Falling
)

// SeriesFill returns the fill of series i of a chart, i from 0 to 5.
func SeriesFill(i int) Fill {
	return [maxBarSeries]Fill{
		{Red: 0x1f, Green: 0x3a, Blue: 0x5f, Dark: true},
		{Red: 0xd0, Green: 0xdb, Blue: 0xe8},
		{Red: 0xff, Green: 0xff, Blue: 0xff, Hatch: Rising},
		{Red: 0x7a, Green: 0x93, Blue: 0xb2},
		{Red: 0xd9, Green: 0xd9, Blue: 0xd9, Hatch: Falling},
		{Red: 0xff, Green: 0xff, Blue: 0xff},
	}[i]
}
