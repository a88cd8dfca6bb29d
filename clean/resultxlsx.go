package clean

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/xuri/excelize/v2"
)

const (
	listSheet    = "Kết quả"
	summarySheet = "Tổng hợp"
)

// xlsxResult writes a workbook. No cell of it is a formula: what was text is text.
type xlsxResult struct {
	f      *os.File
	book   *excelize.File
	rows   *excelize.StreamWriter
	styles map[look]int
	header int
	width  int // columns of the list
	buf    []any
}

// look is how a cell looks.
type look struct {
	verdict Verdict
	head    bool
	format  string
}

// The formats of cells. textFormat keeps text that is edited text.
const (
	textFormat   = "@"
	dateFormat   = "dd/mm/yyyy"
	timeFormat   = "dd/mm/yyyy hh:mm:ss"
	wholeFormat  = "0"
	shareFormat  = "0.0%"
	numberFormat = "General"
)

// newXLSXResult keeps what does not fit into memory in dir.
func newXLSXResult(f *os.File, dir string, s survey) (resultWriter, error) {
	w := &xlsxResult{f: f, book: excelize.NewFile(excelize.Options{TmpDir: dir}), styles: map[look]int{}, header: s.header, width: s.width}
	if err := w.begin(s); err != nil {
		return nil, fmt.Errorf("begin the workbook: %w", err)
	}
	return w, nil
}

func (w *xlsxResult) begin(s survey) error {
	if err := w.book.SetSheetName(w.book.GetSheetName(0), listSheet); err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(s.width+len(resultTitles()), max(s.last, s.header))
	if err != nil {
		return err
	}
	if err := w.book.AutoFilter(listSheet, fmt.Sprintf("A%d:%s", s.header, last), nil); err != nil {
		return err
	}
	if err := w.onePageWide(listSheet, s.header); err != nil {
		return err
	}
	if w.rows, err = w.book.NewStreamWriter(listSheet); err != nil {
		return err
	}
	if err := w.rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: s.header, TopLeftCell: fmt.Sprintf("A%d", s.header+1), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	widths := append(append([]int(nil), s.widths...), 15, 20, 50, 38, 20)
	for i, n := range widths {
		if err := w.rows.SetColWidth(i+1, i+1, float64(min(max(n+2, 8), 60))); err != nil {
			return err
		}
	}
	return nil
}

// onePageWide has a sheet printed across one page, with the titles of its
// columns on each.
func (w *xlsxResult) onePageWide(sheet string, header int) error {
	orientation, a4, wide, asLong, fit := "landscape", 9, 1, 0, true
	err := w.book.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &a4, FitToWidth: &wide, FitToHeight: &asLong})
	if err == nil {
		err = w.book.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit})
	}
	if err != nil || header == 0 {
		return err
	}
	return w.book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", sheet, header, header), Scope: sheet})
}

// fill returns the colour of a verdict.
func fill(v Verdict) string {
	switch v {
	case Match:
		return "E2F0D9"
	case Differs:
		return "FFF2CC"
	case Absent:
		return "F8CBAD"
	case Failed:
		return "D9D9D9"
	}
	return ""
}

func (w *xlsxResult) style(l look) (int, error) {
	if id, ok := w.styles[l]; ok {
		return id, nil
	}
	s := &excelize.Style{CustomNumFmt: &l.format}
	colour := fill(l.verdict)
	if l.head {
		colour = "DDEBF7"
		s.Font = &excelize.Font{Bold: true}
		s.Alignment = &excelize.Alignment{WrapText: true, Vertical: "center"}
	}
	if colour != "" {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	id, err := w.book.NewStyle(s)
	w.styles[l] = id
	return id, err
}

func (w *xlsxResult) row(number int, cells []Cell, added []string, v Verdict) error {
	w.buf = w.buf[:0]
	like := look{verdict: v, head: number == w.header}
	for _, c := range cells {
		value, format := valueOf(c)
		if err := w.add(like, value, format); err != nil {
			return err
		}
	}
	if added != nil {
		for len(w.buf) < w.width {
			if err := w.add(like, nil, textFormat); err != nil {
				return err
			}
		}
		for _, text := range added {
			if err := w.add(like, text, textFormat); err != nil {
				return err
			}
		}
	}
	return w.rows.SetRow(fmt.Sprintf("A%d", number), w.buf)
}

func (w *xlsxResult) add(l look, value any, format string) error {
	l.format = format
	id, err := w.style(l)
	if value == "" {
		value = nil
	}
	w.buf = append(w.buf, excelize.Cell{StyleID: id, Value: value})
	return err
}

// valueOf returns what a cell is in a workbook of the 1900 system.
func valueOf(c Cell) (value any, format string) {
	whole := c.Number == math.Floor(c.Number)
	switch c.Kind {
	case NumberCell:
		if whole && math.Abs(c.Number) >= 1e10 {
			return c.Number, wholeFormat // General would show an exponent
		}
		return c.Number, numberFormat
	case DateCell:
		if whole {
			return c.Number, dateFormat
		}
		return c.Number, timeFormat
	case BoolCell:
		return c.Text == "TRUE", numberFormat
	case TextCell:
	}
	return c.Text, textFormat
}

func (w *xlsxResult) end(s Summary) error {
	if err := w.rows.Flush(); err != nil {
		return err
	}
	if err := w.summary(s); err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	if err := w.book.Write(w.f); err != nil {
		return err
	}
	return w.book.Close()
}

func (w *xlsxResult) summary(s Summary) error {
	if _, err := w.book.NewSheet(summarySheet); err != nil {
		return err
	}
	if err := w.onePageWide(summarySheet, 0); err != nil {
		return err
	}
	rows, err := w.book.NewStreamWriter(summarySheet)
	if err != nil {
		return err
	}
	for i, width := range []float64{70, 40, 12} {
		if err := rows.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	for i, f := range s.facts(filepath.Base(s.In)) {
		w.buf = w.buf[:0]
		err := w.add(look{head: true}, f.label, textFormat)
		if err == nil && f.counted {
			if err = w.add(look{}, f.count, numberFormat); err == nil {
				err = w.add(look{}, s.Share(f.count), shareFormat)
			}
		} else if err == nil {
			err = w.add(look{}, f.text, textFormat)
		}
		if err == nil {
			err = rows.SetRow(fmt.Sprintf("A%d", i+1), w.buf)
		}
		if err != nil {
			return err
		}
	}
	return rows.Flush()
}
