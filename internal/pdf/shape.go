package pdf

import "lgsp.internal/adapter/internal/paper"

// shape is how a paragraph is set. The figures are those of styles.xml in
// package docx, which holds the sizes of the decree as well.
type shape struct {
	face
	size          float64
	before, after float64
	leading       float64 // of a single line; 0 = 1
	left, right   float64
	first         float64 // indent of the first line; below 0 the others are indented
	align         paper.Align
	bound         bool // numbers stay with their words
	keep          bool // stays with what follows
}

func (s shape) height() float64 {
	if s.leading == 0 {
		return s.size * singleLine
	}
	return s.size * singleLine * s.leading
}

const firstLine = 36 // 1.27 cm

func bodyShape() shape {
	return shape{size: 14, before: 6, leading: 1.15, first: firstLine, bound: true}
}

func basisShape() shape {
	s := bodyShape()
	s.italic = true
	return s
}

func headingShape(level int) shape {
	s := bodyShape()
	s.bold, s.keep = level < 3, true
	return s
}

func centered(size float64, f face, before float64) shape {
	return shape{face: f, size: size, before: before, align: paper.Center, bound: true}
}

func captionShape() shape {
	s := centered(13, bold(), 9)
	s.after, s.keep = 5, true
	return s
}

func cellShape(bold bool, align paper.Align) shape {
	if align == paper.Natural {
		align = paper.Left
	}
	return shape{face: face{bold: bold}, size: 12, before: 2, after: 2, align: align}
}

func bold() face   { return face{bold: true} }
func italic() face { return face{italic: true} }
