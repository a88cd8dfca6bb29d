package pdf

import (
	"fmt"

	"lgsp.internal/adapter/internal/paper"
)

// item is what is not broken over pages: a line, a row, a chart.
type item struct {
	before float64 // left out at the top of a page
	height float64
	keep   bool // stays on the page of the next item
	draw   func(top float64)
}

// flow sets items below each other, page after page. Items that are kept
// together wait until the last of them is known.
type flow struct {
	pen
	footer     string
	lastHeight float64 // of the last page, from which fpdf measures the places of bookmarks

	landscape bool
	pages     int
	y         float64
	fresh     bool    // nothing stands on the page but what repeat drew
	repeated  float64 // how much of a page that takes, from when it is known on
	repeat    func(top float64) float64
	level     int // of the last bookmark, from 0; -1 = none

	waiting []item
	waits   float64 // their height
}

func (f *flow) textWidth() float64 {
	if f.landscape {
		return longSide - marginLeft - marginRight
	}
	return portraitText
}

func (f *flow) pageHeight() float64 {
	if f.landscape {
		return shortSide
	}
	return longSide
}

func (f *flow) bottom() float64 { return f.pageHeight() - marginTop }

// room is the height of a page for items, under what is repeated on it.
func (f *flow) room() float64 { return f.bottom() - marginTop - f.repeated }

// turn ends the page and begins one this way round.
func (f *flow) turn(landscape bool) {
	f.flush()
	f.landscape = landscape
	f.newPage()
}

func (f *flow) newPage() {
	orientation := "P"
	if f.landscape {
		orientation = "L"
	}
	f.file.AddPageFormat(orientation, f.file.GetPageSizeStr("A4"))
	f.restart()
	f.pages++
	f.y, f.fresh = marginTop, true
	f.small()
	if f.repeat != nil {
		f.y += f.repeat(f.y)
	}
}

// small draws the number of the page, from the second, and the footer.
func (f *flow) small() {
	if f.pages > 1 {
		number := fmt.Sprint(f.pages)
		f.write(marginLeft+(f.textWidth()-f.width(number, face{}, 14))/2, headerTop+12.5, number, face{}, 14)
	}
	if f.footer == "" {
		return
	}
	const size = 8.5
	lines := f.lines(f.words([]paper.Span{{Text: f.footer}}, face{}, size, false), f.textWidth(), 0, size)
	y := f.pageHeight() - headerTop - size*singleLine*float64(len(lines)-1) - size*belowBase
	for i, l := range lines {
		f.drawLine(l, marginLeft, f.textWidth(), y+size*singleLine*float64(i), size, paper.Left)
	}
}

// put adds an item at the end.
func (f *flow) put(it item) {
	f.waiting = append(f.waiting, it)
	f.waits += it.before + it.height
	if !it.keep || f.waits > f.bottom()-marginTop {
		f.flush()
	}
}

// flush draws what waits: on this page if it all fits there or on no page, else
// on the next.
func (f *flow) flush() {
	list, height := f.waiting, f.waits
	f.waiting, f.waits = nil, 0
	page := f.bottom() - marginTop
	if len(list) > 0 && f.y+height > f.bottom()+0.01 && height-list[0].before <= page && !f.fresh {
		f.newPage()
	}
	for _, it := range list {
		if f.y+it.before+it.height > f.bottom()+0.01 && !f.fresh {
			f.newPage()
		}
		if !f.fresh {
			f.y += it.before
		}
		it.draw(f.y)
		f.y += it.height
		f.fresh = false
	}
}

// gap leaves room, which is not needed at the end of a page.
func (f *flow) gap(height float64, keep bool) {
	f.put(item{before: height, keep: keep, draw: func(float64) {}})
}

// line sets a paragraph of one face.
func (f *flow) line(s shape, text string) { f.paragraph(s, "", 0, paper.Span{Text: text}) }

// paragraph sets a paragraph. With a bookmark it is found in the outline of the
// document, at a level from 0.
func (f *flow) paragraph(s shape, bookmark string, level int, spans ...paper.Span) {
	width := f.textWidth() - s.left - s.right
	slices := f.slices(s, width, spans...)
	for i, part := range slices {
		it := item{height: part.height, keep: s.keep || len(slices) > 1 && (i == 0 || i == len(slices)-2)}
		if i == 0 {
			it.before = s.before
			it.height -= s.before
		}
		it.draw = func(top float64) {
			if i == 0 {
				f.bookmark(bookmark, level, top)
				top -= s.before
			}
			part.draw(marginLeft+s.left, top)
		}
		f.put(it)
	}
}

// slice is a line of a paragraph with the space that belongs to it.
type slice struct {
	height float64
	draw   func(x, top float64)
}

// slices lays out a paragraph in a column. The space before it is in the first
// slice, that after it in the last.
func (f *flow) slices(s shape, width float64, spans ...paper.Span) []slice {
	hanging := max(0, -s.first)
	lines := f.lines(f.words(spans, s.face, s.size, s.bound), width-hanging, s.first+hanging, s.size)
	list := make([]slice, len(lines))
	for i, l := range lines {
		above := 0.0
		if i == 0 {
			above = s.before
		}
		left := hanging
		if i == 0 && s.first < 0 {
			left, l.indent = 0, 0
		}
		list[i] = slice{height: above + s.height(), draw: func(x, top float64) {
			f.drawLine(l, x+left, width-left, top+above+s.height()-s.size*belowBase, s.size, s.align)
		}}
		if i == len(lines)-1 {
			list[i].height += s.after
		}
	}
	return list
}

// bookmark names a place in the outline. No level is left out, which readers of
// the file would not bear.
func (f *flow) bookmark(text string, level int, y float64) {
	if text == "" {
		return
	}
	f.level = min(level, f.level+1)
	f.set(bold(), 14) // the library takes the encoding of titles from the font
	f.file.Bookmark(clean(text), f.level, y+f.lastHeight-f.pageHeight())
}
