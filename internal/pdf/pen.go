package pdf

import (
	"embed"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/text/unicode/norm"

	"lgsp.internal/adapter/internal/paper"
)

// fonts are Liberation Serif 2, whose letters are as wide as those of Times New
// Roman, under the SIL Open Font License (font/OFL.txt).
//
//go:embed font
var fonts embed.FS

// face is one of the four styles of the font.
type face struct{ bold, italic bool }

func (f face) index() int {
	n := 0
	if f.bold {
		n = 1
	}
	if f.italic {
		n += 2
	}
	return n
}

const family = "LiberationSerif"

// The measures of the font's lines, of its size.
const (
	singleLine = 1.149
	belowBase  = 0.237 // from the baseline to the end of the line
)

// pen draws text, and knows how wide it is.
type pen struct {
	file   *fpdf.Fpdf
	face   face
	size   float64 // 0 = no font is set
	loaded [4]bool
	widths [4]map[rune]float64 // of a character, of size 1
}

// set makes a face the current one; a face that is not used is not in the file.
func (p *pen) set(f face, size float64) {
	if p.size == size && p.face == f {
		return
	}
	i := f.index()
	if p.widths[i] == nil {
		p.widths[i] = map[rune]float64{}
	}
	style := [...]string{"", "B", "I", "BI"}[i]
	if !p.loaded[i] {
		name := [...]string{"Regular", "Bold", "Italic", "BoldItalic"}[i]
		// The library writes into what it is given, so that each file has its own copy.
		content, err := fonts.ReadFile("font/LiberationSerif-" + name + ".ttf")
		if err != nil {
			p.file.SetError(err)
			return
		}
		p.file.AddUTF8FontFromBytes(family, style, content)
		p.loaded[i] = true
	}
	p.file.SetFont(family, style, size)
	p.face, p.size = f, size
}

// restart forgets the font, which a new page does not know.
func (p *pen) restart() { p.size = 0 }

// width returns how wide a text is in a face and size.
func (p *pen) width(s string, f face, size float64) float64 {
	w := 0.0
	for _, r := range s {
		known, ok := p.widths[f.index()][r]
		if !ok {
			p.set(f, size)
			known = float64(p.file.GetStringSymbolWidth(string(r))) / 1000
			p.widths[f.index()][r] = known
		}
		w += known
	}
	return w * size
}

// write sets a text with its baseline's start at x, y.
func (p *pen) write(x, y float64, s string, f face, size float64) {
	if s == "" {
		return
	}
	p.set(f, size)
	p.file.Text(x, y, s)
}

// clean leaves out what has no place in a document, and what the font's table of
// 65,536 characters cannot hold becomes a box. Marks are joined to their letters,
// where Vietnamese has them in one.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r > 0xffff:
			return '□'
		case !paper.Readable(r):
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}
