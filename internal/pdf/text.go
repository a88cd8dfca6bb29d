package pdf

import (
	"strings"

	"lgsp.internal/adapter/internal/paper"
)

// piece is text of one face; word is what stands between two spaces.
type piece struct {
	text  string
	face  face
	width float64
}

type word struct {
	space  string // before it, in its own face
	pieces []piece
	width  float64 // with the space
	gap    float64 // of the space
	start  bool    // a line break stands before it
}

// textLine is one line of a paragraph. Its words are drawn from indent; a line
// that is ended by a break or the paragraph is not stretched.
type textLine struct {
	words  []word
	indent float64
	width  float64 // of the words
	ended  bool
}

// words parts spans into words. A number stays with the word it belongs to
// where bound says so, as in text that runs over the page.
func (p *pen) words(spans []paper.Span, base face, size float64, bound bool) []word {
	var list []word
	space, fresh, start := "", true, false
	for _, s := range spans {
		f := face{bold: base.bold || s.Bold, italic: base.italic || s.Italic}
		text := clean(s.Text)
		if bound {
			text = paper.Unbroken(text)
		}
		for text != "" {
			end := strings.IndexAny(text, " \n")
			switch {
			case end == 0 && text[0] == ' ':
				space, fresh, text = space+" ", true, text[1:]
				continue
			case end == 0:
				if start { // an empty line
					list = append(list, word{start: true})
				}
				space, fresh, start, text = "", true, true, text[1:]
				continue
			case end < 0:
				end = len(text)
			}
			w := p.width(text[:end], f, size)
			if fresh {
				list = append(list, word{space: space, start: start, gap: p.width(space, f, size)})
				list[len(list)-1].width = list[len(list)-1].gap
			}
			last := &list[len(list)-1]
			last.pieces = append(last.pieces, piece{text: text[:end], face: f, width: w})
			last.width += w
			space, fresh, start, text = "", false, false, text[end:]
		}
	}
	return list
}

// lines breaks words into lines of a width, the first of which is indented by
// first. A word that is wider than a line is broken between its characters.
func (p *pen) lines(words []word, width, first, size float64) []textLine {
	var list []textLine
	line := textLine{indent: first}
	end := func(ended bool) {
		line.ended = ended
		list = append(list, line)
		line = textLine{}
	}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w.start {
			end(true)
		} else if len(line.words) > 0 && line.indent+line.width+w.width > width {
			end(false)
			w.space, w.width, w.gap = "", w.width-w.gap, 0
		}
		if room := width - line.indent; len(line.words) == 0 && w.width > room {
			var rest word
			if w, rest = p.part(w, room, size); len(rest.pieces) > 0 {
				words[i] = rest
				i--
			}
		}
		line.words = append(line.words, w)
		line.width += w.width
	}
	end(true)
	return list
}

// part breaks a word that stands alone on a line, after at least one character.
func (p *pen) part(w word, room, size float64) (head, rest word) {
	head = word{space: w.space, gap: w.gap, width: w.gap}
	for i, whole := range w.pieces {
		used := 0.0
		for at, r := range whole.text {
			step := p.width(string(r), whole.face, size)
			if head.width+step <= room || i == 0 && at == 0 {
				head.width += step
				used += step
				continue
			}
			if at > 0 {
				head.pieces = append(head.pieces, piece{text: whole.text[:at], face: whole.face, width: used})
			}
			rest = word{pieces: append([]piece{{text: whole.text[at:], face: whole.face, width: whole.width - used}}, w.pieces[i+1:]...), width: w.width - head.width}
			return head, rest
		}
		head.pieces = append(head.pieces, whole)
	}
	return head, rest
}

// drawLine draws a line on its baseline within a column. stretched lines reach
// both edges.
func (p *pen) drawLine(l textLine, x, width, baseline, size float64, align paper.Align) {
	x += l.indent
	gap := 0.0
	switch free := width - l.indent - l.width; {
	case align == paper.Center:
		x += max(free, 0) / 2
	case align == paper.Right:
		x += max(free, 0)
	case align == paper.Natural && !l.ended && len(l.words) > 1:
		gap = max(free, 0) / float64(len(l.words)-1)
	}
	// What stands together is written together, so that readers of the file find words and spaces.
	var run piece
	at := x
	flush := func() {
		p.write(at, baseline, run.text, run.face, size)
		run, at = piece{}, x
	}
	for i, w := range l.words {
		if i > 0 && gap > 0 {
			run.text += w.space
			x += w.gap + gap
			flush()
		} else {
			run.text += w.space
			x += w.gap
		}
		for _, part := range w.pieces {
			if run.face != part.face && run.text != "" {
				from := x
				flush()
				at = from
			}
			if run.text == "" {
				at = x
			}
			run.face = part.face
			run.text += part.text
			x += part.width
		}
	}
	flush()
}
