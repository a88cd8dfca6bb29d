package layout

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"lgsp.internal/adapter/internal/paper"
)

// The sheets that hold no table.
const (
	coverSheet = "Thông tin chung"
	chartSheet = "Biểu đồ"
)

// workbook is the annex while it is written. No cell of it is a formula: text
// is text, and sums are numbers that any program reads without computing.
type workbook struct {
	*excelize.File
	paper  Paper
	styles map[look]int
}

// look is how a cell looks.
type look struct {
	format            string
	bold, head, total bool
	size              float64
	wrap              bool
}

// The formats of cells. Spreadsheets show their points and commas as the reader's
// settings have them.
const (
	textFormat    = "@"
	countFormat   = "#,##0"
	decimalFormat = "#,##0.00"
	shareFormat   = "0.0%"
	dayFormat     = "dd/mm/yyyy"
	instantFormat = "dd/mm/yyyy hh:mm"
)

func formatOf(f form) string {
	switch f {
	case count:
		return countFormat
	case inSeconds, inHours, average:
		return decimalFormat
	case share:
		return shareFormat
	case date:
		return dayFormat
	case instant:
		return instantFormat
	case text:
	}
	return textFormat
}

// writeXLSX writes the annex: a sheet about the report, one with charts, and
// one for every table.
func writeXLSX(w io.Writer, p Paper) error {
	b := &workbook{File: excelize.NewFile(), paper: p, styles: map[look]int{}}
	defer func() { _ = b.Close() }() // nothing of it is on disk
	all := tables(p)
	if err := b.cover(all); err != nil {
		return fmt.Errorf("writing sheet %s: %w", coverSheet, err)
	}
	if drawn := charts(p.Report); len(drawn) > 0 {
		if err := b.charts(drawn); err != nil {
			return fmt.Errorf("writing sheet %s: %w", chartSheet, err)
		}
	}
	for i, t := range all {
		if err := b.table(t, i+1); err != nil {
			return fmt.Errorf("writing sheet %s: %w", t.sheet, err)
		}
	}
	if err := b.properties(); err != nil {
		return fmt.Errorf("writing the properties of a workbook: %w", err)
	}
	b.SetActiveSheet(0)
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	if err := settle(w, out.Bytes()); err != nil {
		return fmt.Errorf("ending a workbook: %w", err)
	}
	return nil
}

// properties says whose file it is. Its times are that of the compiling, so
// that the same report gives the same bytes.
func (b *workbook) properties() error {
	at := b.paper.Report.At.UTC().Format(time.RFC3339)
	author := clean(issuer(b.paper))
	if err := b.SetDocProps(&excelize.DocProperties{
		Title: clean(title(b.paper)), Subject: clean(b.paper.Report.Period.String()), Creator: author, LastModifiedBy: author,
		Created: at, Modified: at, Language: "vi-VN",
	}); err != nil {
		return err
	}
	return b.SetAppProps(&excelize.AppProperties{Application: "lgspd"})
}

func (b *workbook) style(l look) (int, error) {
	if id, ok := b.styles[l]; ok {
		return id, nil
	}
	s := &excelize.Style{CustomNumFmt: &l.format, Font: &excelize.Font{Family: "Times New Roman", Size: 11, Bold: l.bold || l.head || l.total},
		Alignment: &excelize.Alignment{Vertical: "top", WrapText: l.wrap}}
	if l.wrap {
		s.Alignment.Horizontal, s.Alignment.Indent = "left", 1
	}
	if l.size > 0 {
		s.Font.Size = l.size
	}
	if l.head {
		s.Alignment = &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}
	}
	if l.head || l.total {
		line := []excelize.Border{{Type: "top", Style: 1, Color: "000000"}, {Type: "bottom", Style: 1, Color: "000000"}}
		s.Border = line
	}
	id, err := b.NewStyle(s)
	b.styles[l] = id
	return id, err
}

// put writes one cell.
func (b *workbook) put(sheet string, column, row int, value any, l look) error {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return err
	}
	id, err := b.style(l)
	if err != nil {
		return err
	}
	if err := b.SetCellStyle(sheet, name, name, id); err != nil {
		return err
	}
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		return b.SetCellStr(sheet, name, clean(v))
	default:
		return b.SetCellValue(sheet, name, v)
	}
}

// longest is what a cell holds.
const longest = 32_000

// clean leaves out of a text what XML cannot hold and what turns the reading
// order, and cuts what a cell does not hold.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || paper.Readable(r) {
			return r
		}
		return -1
	}, s)
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest-1]) + "…"
	}
	return s
}

// value returns what a cell of a spreadsheet is.
func (c cell) value(f form) any {
	if c.blank {
		return nil
	}
	switch f {
	case count:
		return c.n
	case inSeconds:
		return float64(c.n) / float64(second)
	case inHours:
		return float64(c.n) / float64(hour)
	case average:
		return float64(c.n) / float64(c.of) / float64(second)
	case share:
		return float64(c.n) / float64(c.of)
	case date:
		return float64(c.n) + epoch
	case instant:
		return float64(c.n+zoneOffset)/float64(24*hour) + epoch
	case text:
	}
	return c.text
}

// epoch is 1 January 1970 in the days of the 1900 system; instants are shown in
// Vietnam's time.
const (
	epoch      = 25569
	zoneOffset = 7 * hour
)
