package layout

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// The rows of a sheet: title, period and scope, an empty one, titles of columns.
const (
	headRow     = 4
	widePortait = 90 // characters that an upright page holds at a readable size
)

// table writes one table on a sheet of its own.
func (b *workbook) table(t table, number int) error {
	if _, err := b.NewSheet(t.sheet); err != nil {
		return err
	}
	if err := b.banner(t.sheet, t.title); err != nil {
		return err
	}
	width, titles := 0, map[string]int{}
	for i, c := range t.columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.SetColWidth(t.sheet, name, name, float64(c.width+1)); err != nil {
			return err
		}
		width += c.width + 1
		if err := b.put(t.sheet, i+1, headRow, unlike(c.title, titles), look{format: textFormat, head: true}); err != nil {
			return err
		}
	}
	if err := b.SetRowHeight(t.sheet, headRow, 48); err != nil {
		return err
	}
	last, err := b.rows(t)
	if err != nil {
		return err
	}
	if len(t.rows) > 0 {
		if err := b.addTable(t, number); err != nil {
			return err
		}
	}
	if t.note != "" {
		if err := b.put(t.sheet, 1, last+2, "Ghi chú: "+t.note, look{format: textFormat}); err != nil {
			return err
		}
	}
	if err := b.SetPanes(t.sheet, &excelize.Panes{Freeze: true, YSplit: headRow, TopLeftCell: fmt.Sprintf("A%d", headRow+1), ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return b.page(t.sheet, width > widePortait, headRow)
}

// unlike tells titles apart, which a table of Excel must.
func unlike(title string, seen map[string]int) string {
	seen[title]++
	if n := seen[title]; n > 1 {
		return fmt.Sprintf("%s (%d)", title, n)
	}
	return title
}

// rows writes the rows and the sums, and returns the last row that it wrote.
func (b *workbook) rows(t table) (int, error) {
	at := headRow
	if len(t.rows) == 0 {
		at++
		return at, b.put(t.sheet, 1, at, none, look{format: textFormat})
	}
	for _, r := range t.rows {
		at++
		if err := b.SetRowHeight(t.sheet, at, t.height(r)); err != nil {
			return at, err
		}
		for i, c := range r.cells {
			f := t.formOf(r, i)
			if err := b.put(t.sheet, i+1, at, c.value(f), look{format: formatOf(f), wrap: f == text}); err != nil {
				return at, err
			}
		}
	}
	if t.total == nil {
		return at, nil
	}
	at++
	for i, c := range t.total {
		f := t.columns[i].form
		if c.text != "" {
			f = text
		}
		if err := b.put(t.sheet, i+1, at, c.value(f), look{format: formatOf(f), total: true}); err != nil {
			return at, err
		}
	}
	return at, nil
}

// height is that of a row whose texts are broken to the widths of their columns:
// not every program finds it by itself.
func (t table) height(r row) float64 {
	const line, most = 15.5, 26
	lines := 1
	for i, c := range r.cells {
		if t.columns[i].form != text {
			continue
		}
		n := 0
		for part := range strings.SplitSeq(c.text, "\n") {
			n += 1 + 10*utf8.RuneCountInString(part)/(11*t.columns[i].width+10)
		}
		lines = max(lines, n)
	}
	return line * float64(min(lines, most))
}

// addTable makes the rows a table of Excel, which is filtered and sorted. The
// sums stand below it, so that sorting does not take them along.
func (b *workbook) addTable(t table, number int) error {
	to, err := excelize.CoordinatesToCellName(len(t.columns), headRow+len(t.rows))
	if err != nil {
		return err
	}
	stripes := true
	return b.AddTable(t.sheet, &excelize.Table{Range: fmt.Sprintf("A%d:%s", headRow, to), Name: fmt.Sprintf("Bang_%d_%s", number, t.key),
		StyleName: "TableStyleLight1", ShowRowStripes: &stripes})
}

// banner writes what the sheet is about.
func (b *workbook) banner(sheet, title string) error {
	if err := b.put(sheet, 1, 1, title, look{format: textFormat, bold: true, size: 14}); err != nil {
		return err
	}
	return b.put(sheet, 1, 2, scopeText(b.paper)+"; "+periodText(b.paper.Report)+marks(b.paper), look{format: textFormat})
}

// marks says that figures may still change.
func marks(p Paper) string {
	s := ""
	if !p.Report.Over {
		s += "; số liệu tạm tính đến " + moment(p.Report.At)
	}
	if p.Draft {
		s += "; DỰ THẢO"
	}
	return s
}

// page sets a sheet up for printing: A4, one page wide, with the titles of the
// columns on each page, period and end of the record at its edges.
func (b *workbook) page(sheet string, wide bool, header int) error {
	orientation, a4, across, down, fit := "portrait", 9, 1, 0, true
	if wide {
		orientation = "landscape"
	}
	if err := b.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &a4, FitToWidth: &across, FitToHeight: &down}); err != nil {
		return err
	}
	if err := b.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	centimetre := 1 / 2.54
	edge, side := 2*centimetre, 1.5*centimetre
	if err := b.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Top: &edge, Bottom: &edge, Left: &side, Right: &side}); err != nil {
		return err
	}
	if err := b.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{
		OddHeader: "&L&9" + edgeText(issuer(b.paper), 50) + "&R&9" + edgeText(periodText(b.paper.Report), 90),
		OddFooter: "&L&8" + edgeText(headLine(b.paper.Report), 130) + "&R&9Trang &P/&N",
	}); err != nil {
		return err
	}
	if header == 0 {
		return nil
	}
	return b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", sheet, header, header), Scope: sheet})
}

// edgeText is a text for the edge of a page: "&" would be an order there, a
// digit at its beginning a part of one, and it holds little.
func edgeText(s string, most int) string {
	runes := []rune(strings.ReplaceAll(clean(s), "\n", " "))
	if len(runes) > most {
		runes = append(runes[:most-1], '…')
	}
	s = strings.ReplaceAll(string(runes), "&", "&&")
	return " " + s
}
