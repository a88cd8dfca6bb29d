package pdf

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/paper/samples"
)

func table(rows int, cell func(row int) string) paper.Table {
	t := paper.Table{Columns: []paper.Column{{Title: "Đầu một", Width: 1}, {Title: "Đầu hai", Width: 3}}}
	for i := range rows {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), cell(i)}})
	}
	return t
}

func TestPagesAreNumberedFromTheSecondInTheMiddleOfTheTopMargin(t *testing.T) {
	pages := read(t, written(t, samples.Yearly()))
	if len(pages) != 17 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, p := range pages {
		first := p.words[0]
		if i == 0 {
			if first.y < marginTop {
				t.Errorf("the first page has %q in its top margin", first.text)
			}
			continue
		}
		middle := (marginLeft + shortSide - marginRight) / 2
		if p.height < longSide-1 {
			middle = (marginLeft + longSide - marginRight) / 2
		}
		if first.text != fmt.Sprint(i+1) || first.size != 14 || first.y > marginTop || math.Abs(first.x+3.5*float64(len(first.text))-middle) > 0.5 {
			t.Errorf("page %d has %+v at its top", i+1, first)
		}
	}
}

func TestTheFooterStandsOnEveryPage(t *testing.T) {
	for i, p := range read(t, written(t, samples.Yearly())) {
		wants(t, p.text(), "Số liệu căn cứ nhật ký kiểm toán đến mục số 1.234.567, mã băm", "ab12cd34")
		for _, w := range p.words {
			if strings.Contains(w.text, "Số liệu căn cứ nhật ký kiểm toán") && (w.y < p.height-marginTop || w.size != 8.5) {
				t.Errorf("page %d: the footer stands at %v in %v", i+1, w.y, w.size)
			}
		}
	}
}

func TestAppendicesStandOnPagesOfTheirOwnTheirWayRound(t *testing.T) {
	pages := read(t, written(t, samples.Yearly()))
	var landscape []int
	for i, p := range pages {
		if p.height < longSide-1 {
			landscape = append(landscape, i+1)
		}
	}
	if !slices.Equal(landscape, []int{8, 9, 10, 11}) || !strings.Contains(pages[7].text(), "\nPhụ lục I\n") || !strings.Contains(pages[11].text(), "\nPhụ lục II\n") {
		t.Errorf("landscape pages %v", landscape)
	}
}

func TestATableRepeatsItsTitlesOnEachPage(t *testing.T) {
	pages := read(t, written(t, doc(table(150, func(int) string { return "dòng" }), paper.Text("sau bảng"))))
	if len(pages) < 4 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, p := range pages {
		if n := strings.Count(p.text(), "Đầu mộtĐầu hai"); n != 1 && strings.Contains(p.text(), "dòng") {
			t.Errorf("page %d has the titles %d times", i+1, n)
		}
	}
	after := read(t, written(t, doc(table(150, func(int) string { return "dòng" }), paper.Paragraph{Spans: []paper.Span{{Text: strings.Repeat("sau bảng ", 2000)}}})))
	if last := after[len(after)-1].text(); strings.Contains(last, "Đầu một") {
		t.Error("the titles stand on pages after the table")
	}
}

func TestNoRowIsBrokenOverTwoPages(t *testing.T) {
	for lead := range 12 {
		body := []paper.Block{}
		for range lead {
			body = append(body, paper.Text("trước"))
		}
		pages := read(t, written(t, doc(append(body, table(60, func(i int) string { return fmt.Sprintf("a%d.\nb%d.\nc%d.", i, i, i) }))...)))
		for i := range 60 {
			for n, p := range pages {
				text := p.text()
				if a, c := strings.Contains(text, fmt.Sprintf("a%d.", i)), strings.Contains(text, fmt.Sprintf("c%d.", i)); a != c {
					t.Fatalf("row %d is broken at the end of page %d", i, n+1)
				}
			}
		}
	}
}

func TestWhatIsLargerThanAPageIsBrokenAndNothingIsLost(t *testing.T) {
	long := ""
	for i := range 400 {
		long += fmt.Sprintf("d%d.\n", i)
	}
	wide := paper.Table{Rows: []paper.Row{{Cells: []string{"x"}}}}
	for i := range 63 {
		wide.Columns = append(wide.Columns, paper.Column{Title: strings.Repeat("Tiêu đề dài ", 3) + fmt.Sprint(i)})
	}
	recipients := doc()
	for i := range 400 {
		recipients.Recipients = append(recipients.Recipients, fmt.Sprintf("d%d. nơi nhận", i))
	}
	to := paper.Document{To: []string{"a", strings.Repeat("b ", 3000)}, Subject: strings.Repeat("trích yếu ", 500), Agency: strings.Repeat("cơ quan ", 500)}
	narrow := paper.Table{Columns: []paper.Column{{Width: 1}, {Width: 1_000_000}}, Rows: []paper.Row{{Cells: []string{strings.Repeat("W", 900)}}, {Cells: []string{"x", "sau"}}}}
	for name, c := range map[string]struct {
		d    paper.Document
		want int
	}{
		"a row":             {doc(table(3, func(i int) string { return []string{"trước", long, "sau"}[i] })), 400},
		"titles":            {doc(paper.Table{Columns: []paper.Column{{Title: long}}, Rows: []paper.Row{{Cells: []string{"x"}}}}), 400},
		"a group":           {doc(paper.Table{Columns: []paper.Column{{}}, Rows: []paper.Row{{Kind: paper.Group, Cells: []string{long}}, {}}}), 400},
		"a heading":         {doc(paper.Heading{Level: 1, Text: strings.ReplaceAll(long, "d", "D")}), 0},
		"the recipients":    {recipients, 400},
		"63 columns":        {doc(wide), 0},
		"a word":            {doc(paper.Text(strings.Repeat("W", 100_000))), 0},
		"the head":          {to, 0},
		"a narrow column":   {doc(narrow), 0},
		"a thousand groups": {doc(groups(1000)), 0},
	} {
		pages := read(t, written(t, c.d))
		within(t, pages)
		all := ""
		for _, p := range pages {
			all += p.text() + "\n"
		}
		n := 0
		for i := range 400 {
			if strings.Count(all, fmt.Sprintf("d%d.", i)) == 1 {
				n++
			}
		}
		if c.want > 0 && n != c.want {
			t.Errorf("%s: %d of %d lines are there once", name, n, c.want)
		}
		if name == "a word" && strings.Count(all, "W") != 100_000 {
			t.Errorf("%d of 100,000 letters are there", strings.Count(all, "W"))
		}
	}
}

func groups(n int) paper.Table {
	t := paper.Table{Columns: []paper.Column{{Title: "a"}}}
	for range n {
		t.Rows = append(t.Rows, paper.Row{Kind: paper.Group, Cells: []string{"nhóm"}})
	}
	return t
}

// However long the text above is, a signature stands with the last paragraph, a
// heading with what it opens, a caption with its table or chart, a group with its
// first row.
func TestWhatBelongsTogetherStandsOnOnePage(t *testing.T) {
	rows := table(4, func(i int) string { return fmt.Sprintf("ô %d", i) })
	rows.Caption = "Tên bảng"
	rows.Rows[2] = paper.Row{Kind: paper.Group, Cells: []string{"Tên nhóm"}}
	rows.Rows = append(rows.Rows, paper.Row{Kind: paper.Total, Cells: []string{"", "Tổng cộng"}})
	chart := samples.MonthsChart(1)
	for lead := range 26 {
		var body []paper.Block
		for range lead {
			body = append(body, paper.Text("một dòng"))
		}
		body = append(body, paper.Text("Công bố:"), paper.Text("điều được công bố"), paper.Heading{Level: 1, Text: "Phần"}, paper.Heading{Level: 2, Text: "Mục"}, paper.Text("Nội dung mục"), rows, chart, paper.Text("Đoạn cuối"))
		pages := read(t, written(t, doc(body...)))
		for _, pair := range [][2]string{{"Công bố:", "điều được"}, {"I. PHẦN", "1. Mục"}, {"1. Mục", "Nội dung mục"}, {"Tên bảng", "ô 0"}, {"Tên nhóm", "ô 3"}, {"ô 3", "Tổng cộng"}, {"Lượt khai thác theo tháng", "Tháng 7"}, {"Đoạn cuối", "Nơi nhận:"}, {"Nơi nhận:", "Lê Thị Thử"}} {
			if a, b := pageOf(pages, pair[0]), pageOf(pages, pair[1]); a != b || a < 0 {
				t.Errorf("after %d lines %q stands on page %d, %q on page %d", lead, pair[0], a+1, pair[1], b+1)
			}
		}
	}
}

func pageOf(pages []sheet, text string) int {
	return slices.IndexFunc(pages, func(p sheet) bool { return strings.Contains(p.text(), text) })
}

func TestNoLineOfAParagraphStandsAlone(t *testing.T) {
	for lead := range 26 {
		var body []paper.Block
		for range lead {
			body = append(body, paper.Text("một dòng"))
		}
		body = append(body, paper.Text("đ1\nđ2\nđ3\nđ4\nđ5"), paper.Text(strings.Repeat("sau\n", 30)))
		pages := read(t, written(t, doc(body...)))
		if pageOf(pages, "đ1") != pageOf(pages, "đ2") || pageOf(pages, "đ4") != pageOf(pages, "đ5") {
			t.Errorf("after %d lines a line stands alone", lead)
		}
	}
}

func TestTextIsStretchedToBothEdgesButNotAtItsEnd(t *testing.T) {
	pages := read(t, written(t, doc(paper.Text(strings.Repeat("Các cơ quan đã triển khai ", 20)))))
	f := flow{pen: pen{file: newFile()}}
	byLine := map[float64][]drawn{}
	var order []float64
	for _, w := range pages[0].words {
		if strings.Contains("Các cơ quan đã triển khai ", strings.TrimSpace(w.text)) && w.size == 14 || strings.Contains(w.text, "Các cơ") {
			if byLine[w.y] == nil {
				order = append(order, w.y)
			}
			byLine[w.y] = append(byLine[w.y], w)
		}
	}
	for i, y := range order {
		last := byLine[y][len(byLine[y])-1]
		end := last.x + f.width(strings.TrimRight(last.text, " "), face{}, 14)
		if stretched := math.Abs(end-(shortSide-marginRight)) < 0.1; stretched != (i < len(order)-1) {
			t.Errorf("line %d of %d ends at %.1f", i+1, len(order), end)
		}
	}
	if len(order) < 5 {
		t.Errorf("%d lines", len(order))
	}
}

func TestTheCostOfARowDoesNotGrowWithTheTable(t *testing.T) {
	cost := func(rows int) float64 {
		d := doc(table(rows, func(int) string { return "Hệ thống thông tin giải quyết thủ tục" }))
		return testing.AllocsPerRun(1, func() { written(t, d) }) / float64(rows)
	}
	if few, many := cost(1_000), cost(5_000); many > few*1.5 {
		t.Errorf("%.1f allocations for each of 1,000 rows, %.1f for each of 5,000", few, many)
	}
}
