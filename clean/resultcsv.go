package clean

import (
	"bufio"
	"os"
	"strings"
	"unicode"
)

// csvResult writes a CSV as Excel reads it: UTF-8 with a byte order mark.
type csvResult struct {
	out       *bufio.Writer
	delimiter rune
	width     int
	line      []byte
}

func newCSVResult(f *os.File, delimiter rune, width int) (resultWriter, error) {
	w := &csvResult{out: bufio.NewWriter(f), delimiter: delimiter, width: width}
	_, err := w.out.WriteString("\uFEFF")
	return w, err
}

func (w *csvResult) row(_ int, cells []Cell, added []string, _ Verdict) error {
	w.line = w.line[:0]
	for i, c := range cells {
		w.field(i, inert(c))
	}
	if added != nil {
		for i := len(cells); i < w.width; i++ {
			w.field(i, "")
		}
		for i, s := range added {
			w.field(max(len(cells), w.width)+i, s)
		}
	}
	w.line = append(w.line, '\r', '\n')
	_, err := w.out.Write(w.line)
	return err
}

func (w *csvResult) field(i int, s string) {
	if i > 0 {
		w.line = append(w.line, byte(w.delimiter))
	}
	// Every separator, not only that of this file: a spreadsheet may take another.
	if !strings.HasPrefix(s, " ") && !strings.ContainsAny(s, separators+`"`) {
		w.line = append(w.line, s...)
		return
	}
	w.line = append(w.line, '"')
	w.line = append(w.line, strings.ReplaceAll(s, `"`, `""`)...)
	w.line = append(w.line, '"')
}

func (w *csvResult) end(Summary) error { return w.out.Flush() }

const (
	separators = ",;\t\r\n" // behind which a spreadsheet may begin a cell
	formulas   = "=+-@＝＋－＠" // by which it tells a formula
)

// inert returns the text of a cell so that a spreadsheet that opens the CSV takes
// it for text: what begins like a formula gets an apostrophe in front
// (OWASP, CSV Injection). Quotes bind only the spreadsheet that separates as this
// file does, so what stands behind a separator in the cell gets one too. What was
// a number stays one.
func inert(c Cell) string {
	if c.Kind == NumberCell || !strings.ContainsAny(c.Text, formulas+"\t\r\n") {
		return c.Text
	}
	var b strings.Builder
	if strings.ContainsRune("\t\r\n", rune(c.Text[0])) {
		b.WriteByte('\'')
	}
	begins := true // a cell may begin here
	for _, r := range c.Text {
		switch {
		case strings.ContainsRune(separators, r):
			begins = true
		case strings.ContainsRune(formulas, r):
			if begins {
				b.WriteByte('\'')
			}
			begins = false
		case r != '"' && !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r): // which a spreadsheet may drop
			begins = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
