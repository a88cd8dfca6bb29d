package layout

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// cover writes the first sheet: what the report is of, on what it rests, which
// sheets follow, and how its figures are counted.
func (b *workbook) cover(all []table) error {
	if err := b.SetSheetName(b.GetSheetName(0), coverSheet); err != nil {
		return err
	}
	for i, width := range []float64{30, 34, 72, 22} {
		name := string(rune('A' + i))
		if err := b.SetColWidth(coverSheet, name, name, width); err != nil {
			return err
		}
	}
	if err := b.banner(coverSheet, title(b.paper)); err != nil {
		return err
	}
	at := headRow
	for _, f := range b.facts() {
		if err := b.pair(at, f[0], f[1]); err != nil {
			return err
		}
		at++
	}
	at, err := b.nodes(at + 1)
	if err != nil {
		return err
	}
	if at, err = b.contents(at+1, all); err != nil {
		return err
	}
	if err := b.put(coverSheet, 1, at+1, "Giải thích chỉ tiêu", look{format: textFormat, bold: true, size: 12}); err != nil {
		return err
	}
	for i, d := range definitions() {
		if err := b.pair(at+2+i, d[0], d[1]); err != nil {
			return err
		}
	}
	return b.page(coverSheet, true, 0)
}

func (b *workbook) facts() [][2]string {
	r := b.paper.Report
	state := "Số liệu đã chốt theo kỳ báo cáo"
	if !r.Over {
		state = "Số liệu tạm tính đến " + moment(r.At) + "; kỳ báo cáo chưa kết thúc"
	}
	facts := [][2]string{
		{"Cơ quan báo cáo", orDash(issuer(b.paper))},
		{"Địa phương", orDash(r.Province)},
		{"Kỳ báo cáo", r.Period.Title() + " (mã " + r.Period.String() + ")"},
		{"Từ ngày – đến ngày", r.Period.From.Short() + " – " + r.Period.To.Short()},
		{"Thời điểm tổng hợp", orDash(moment(r.At))},
		{"Tình trạng số liệu", state},
	}
	if b.paper.Draft {
		facts = append(facts, [2]string{"Tình trạng báo cáo", "DỰ THẢO, chưa được xác nhận"})
	}
	return facts
}

// pair writes a name and a text that takes the width of the rest of the page.
func (b *workbook) pair(row int, name, s string) error {
	if err := b.put(coverSheet, 1, row, name, look{format: textFormat, bold: true, wrap: true}); err != nil {
		return err
	}
	if err := b.put(coverSheet, 2, row, s, look{format: textFormat, wrap: true}); err != nil {
		return err
	}
	if err := b.MergeCell(coverSheet, fmt.Sprintf("B%d", row), fmt.Sprintf("D%d", row)); err != nil {
		return err
	}
	const perLine, height = 140, 15.5
	lines := max((len([]rune(s))+perLine-1)/perLine, (len([]rune(name))+27)/28, 1)
	return b.SetRowHeight(coverSheet, row, height*float64(min(lines, 20)))
}

// nodes writes the ends of the records that the figures rest on.
func (b *workbook) nodes(at int) (int, error) {
	t := nodeTable(b.paper.Report)
	if err := b.put(coverSheet, 1, at, t.title, look{format: textFormat, bold: true, size: 12}); err != nil {
		return at, err
	}
	at++
	for i, c := range t.columns {
		if err := b.put(coverSheet, i+1, at, c.title, look{format: textFormat, head: true}); err != nil {
			return at, err
		}
	}
	for _, r := range t.rows {
		at++
		for i, c := range r.cells {
			f := t.columns[i].form
			if err := b.put(coverSheet, i+1, at, c.value(f), look{format: formatOf(f), wrap: f == text}); err != nil {
				return at, err
			}
		}
	}
	if len(t.rows) == 0 {
		at++
		return at, b.put(coverSheet, 1, at, none, look{format: textFormat})
	}
	return at, nil
}

// contents lists the sheets.
func (b *workbook) contents(at int, all []table) (int, error) {
	if err := b.put(coverSheet, 1, at, "Các bảng", look{format: textFormat, bold: true, size: 12}); err != nil {
		return at, err
	}
	for _, t := range all {
		at++
		rows := counted(int64(len(t.rows)), "dòng")
		if len(t.rows) == 0 {
			rows = "không phát sinh"
		}
		if err := b.pair(at, t.sheet, t.title+" ("+rows+")"); err != nil {
			return at, err
		}
		cell, err := excelize.CoordinatesToCellName(1, at)
		if err != nil {
			return at, err
		}
		if err := b.SetCellHyperLink(coverSheet, cell, fmt.Sprintf("'%s'!A1", t.sheet), "Location"); err != nil {
			return at, err
		}
	}
	return at, nil
}
