package paper

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func chart(kind ChartKind, labels, series int, value int64) Chart {
	c := Chart{Title: "Lượt", Kind: kind, Unit: "lượt"}
	for i := range labels {
		c.Labels = append(c.Labels, fmt.Sprintf("Sở Nông nghiệp và Môi trường %d", i+1))
	}
	for j := range series {
		s := Series{Name: fmt.Sprintf("Kết quả thứ %d", j+1)}
		for i := range labels {
			s.Values = append(s.Values, value*int64(i+j))
		}
		c.Series = append(c.Series, s)
	}
	return c
}

func TestAChartThatCannotBeDrawnIsAnError(t *testing.T) {
	uneven := chart(Columns, 3, 2, 1)
	uneven.Series[1].Values = uneven.Series[1].Values[:2]
	less, more := chart(Bars, 2, 1, -1), chart(Bars, 3, 1, maxCount)
	for want, c := range map[string]Chart{
		"no kind 3":                       chart(3, 1, 1, 1),
		"0 labels, want 1 to 24":          chart(Columns, 0, 1, 1),
		"25 labels, want 1 to 24":         chart(Columns, 25, 1, 1),
		"41 labels, want 1 to 40":         chart(Shares, 41, 1, 1),
		"0 series, want 1 to 4":           chart(Columns, 1, 0, 1),
		"5 series, want 1 to 4":           chart(Columns, 1, 5, 1),
		"7 series, want 1 to 6":           chart(Bars, 1, 7, 1),
		"has 2 values for 3 labels":       uneven,
		"value -1, want 0 to":             less,
		"value 2000000000000, want 0 to ": more,
	} {
		if err := (Document{Appendices: []Appendix{{Body: []Block{c}}}}).Check(); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "appendix 1: block 1: chart") {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
	for _, c := range []Chart{chart(Columns, 24, 4, 5), chart(Bars, 40, 6, 5), chart(Shares, 40, 6, 0)} {
		if err := CheckBlocks("body", []Block{c}); err != nil {
			t.Error(err)
		}
	}
}

func TestASmallPrintThatFillsThePageIsAnError(t *testing.T) {
	if err := (Document{Footer: strings.Repeat("ư", 300)}).Check(); err != nil {
		t.Error(err)
	}
	if err := (Document{Footer: strings.Repeat("ư", 301)}).Check(); err == nil || !strings.Contains(err.Error(), "301 characters") {
		t.Errorf("got %v", err)
	}
}

func TestCountsAndSharesAreWrittenAsVietnameseDoes(t *testing.T) {
	for got, want := range map[string]string{
		CountText(0): "0", CountText(999): "999", CountText(1000): "1.000", CountText(1_234_567): "1.234.567", CountText(-1234): "-1.234",
		ShareText(197, 200): "98,5%", ShareText(1, 3): "33,3%", ShareText(2, 3): "66,7%", ShareText(1, 1): "100%", ShareText(0, 5): "0%", ShareText(0, 0): "–",
		ShareText(6*maxCount, 6*maxCount): "100%",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAChartIsToldInWords(t *testing.T) {
	c := Chart{Title: "Kết quả", Unit: "lượt", Kind: Shares, Labels: []string{"Tra cứu", "Xác thực"}, Series: []Series{{"Đạt", []int64{1500, 0}}, {"Lỗi", []int64{500, 0}}}}
	if got, want := c.Description(), "Biểu đồ tỷ lệ: Tra cứu – Đạt 1.500 (75%), Lỗi 500 (25%); Xác thực – Đạt 0 (–), Lỗi 0 (–)."; got != want {
		t.Errorf("got %q", got)
	}
	if got := c.Caption(); got != "Kết quả (đơn vị: lượt)" {
		t.Errorf("caption %q", got)
	}
	table := c.Table()
	if table.check() != nil || len(table.Rows) != 2 || table.Rows[0].Cell(1) != "1.500 (75%)" || table.Columns[2].Title != "Lỗi" || table.Rows[0].Cell(9) != "" {
		t.Errorf("table %v", table)
	}
}

// drawings are charts of every kind, few and many, of nothing and of much, with
// long and odd words.
func drawings() map[string]Drawing {
	list := map[string]Drawing{}
	for kind := Columns; kind <= Shares; kind++ {
		for _, labels := range []int{1, 2, 12, 24, 40} {
			for _, series := range []int{1, 2, 4, 6} {
				for _, value := range []int64{0, 1, 7, 12_345, maxCount / 50} {
					c := chart(kind, labels, series, value)
					if labels == 2 {
						c.Labels[1], c.Series[0].Name = strings.Repeat("Wư ", 300)+"\x00\n\u202e", strings.Repeat("M", 500)
					}
					if c.check() == nil {
						list[fmt.Sprint(kind, labels, series, value)] = c.Draw(467, 430)
					}
				}
			}
		}
	}
	return list
}

func TestADrawingStaysWithinItsRoom(t *testing.T) {
	for name, d := range drawings() {
		if d.Width != 467 || d.Height <= 0 || d.Height > 430 {
			t.Errorf("%s: %v × %v", name, d.Width, d.Height)
		}
		for _, b := range d.Boxes {
			if bad(b.X, b.Y, b.Width, b.Height) || b.X < -0.01 || b.Y < -0.01 || b.Width < 0 || b.Height < 0 || b.X+b.Width > d.Width+0.01 || b.Y+b.Height > d.Height+0.01 {
				t.Fatalf("%s: box %+v", name, b)
			}
			for _, l := range b.Hatching() {
				if bad(l.X1, l.Y1, l.X2, l.Y2) || min(l.X1, l.X2) < b.X-0.01 || max(l.X1, l.X2) > b.X+b.Width+0.01 || min(l.Y1, l.Y2) < b.Y-0.01 || max(l.Y1, l.Y2) > b.Y+b.Height+0.01 {
					t.Fatalf("%s: line %+v leaves its box %+v", name, l, b)
				}
			}
		}
		for _, w := range d.Words {
			if left, right := edges(w); bad(w.X, w.Y) || w.Size < 2 || left < -12 || right > d.Width+12 || w.Y < 0 || w.Y > d.Height {
				t.Fatalf("%s: word %+v from %v to %v", name, w, left, right)
			}
			if strings.ContainsAny(w.Text, "\x00\n\u202e") {
				t.Fatalf("%s: word %q", name, w.Text)
			}
		}
	}
}

func TestColumnsAreNoHigherThanTheirRoom(t *testing.T) {
	if d := chart(Columns, 24, 4, 12_345).Draw(467, 240); d.Height > 240 {
		t.Errorf("they are %v high", d.Height)
	}
}

func bad(numbers ...float64) bool {
	for _, n := range numbers {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return true
		}
	}
	return false
}

func edges(w Word) (left, right float64) {
	width := textWidth(w.Text, w.Size)
	if w.Turned {
		width = w.Size
	}
	switch w.Anchor {
	case Middle:
		return w.X - width/2, w.X + width/2
	case End:
		return w.X - width, w.X
	}
	return w.X, w.X + width
}

func TestSeriesAreToldApartWithoutColour(t *testing.T) {
	seen := map[string]bool{}
	for i := range maxBarSeries {
		f := SeriesFill(i)
		grey := (int(f.Red)*30 + int(f.Green)*59 + int(f.Blue)*11) / 100 / 16
		look := fmt.Sprint(grey, f.Hatch)
		if seen[look] {
			t.Errorf("series %d looks like another in grey", i)
		}
		seen[look] = true
	}
}

func TestBarsAreAsLongAsTheirValues(t *testing.T) {
	c := Chart{Kind: Bars, Labels: []string{"a", "b"}, Series: []Series{{"x", []int64{100, 50}}, {"y", []int64{100, 0}}}}
	d := c.Draw(467, 600)
	var bars []Box
	for _, b := range d.Boxes {
		if !b.Bare && b.Height > legendMark {
			bars = append(bars, b)
		}
	}
	if len(bars) != 3 || math.Abs(bars[0].Width-2*bars[2].Width) > 0.01 || math.Abs(bars[0].X+bars[0].Width-bars[1].X) > 0.01 || bars[2].Y <= bars[0].Y {
		t.Errorf("bars %+v", bars)
	}
	share := Chart{Kind: Shares, Labels: []string{"a"}, Series: []Series{{"x", []int64{1}}, {"y", []int64{3}}}}.Draw(467, 600).Boxes
	if math.Abs(share[1].Width-3*share[0].Width) > 0.01 {
		t.Errorf("shares %+v", share)
	}
	columns := Chart{Kind: Columns, Labels: []string{"a", "b"}, Series: []Series{{"x", []int64{100, 50}}}}.Draw(467, 600).Boxes
	if len(columns) != 2 || math.Abs(columns[0].Height-2*columns[1].Height) > 0.01 || math.Abs(columns[0].Y+columns[0].Height-columns[1].Y-columns[1].Height) > 0.01 {
		t.Errorf("columns %+v", columns)
	}
}

func TestAnAxisEndsAboveItsHighestValueInFewRoundSteps(t *testing.T) {
	for top, want := range map[int64][2]int64{0: {1, 1}, 1: {1, 1}, 5: {5, 1}, 6: {6, 2}, 11: {15, 5}, 30_009: {40_000, 10_000}, 240_000: {250_000, 50_000}, 6 * maxCount: {6 * maxCount, 2 * maxCount}} {
		if end, step := scale(top); end != want[0] || step != want[1] {
			t.Errorf("up to %d: %d in steps of %d, want %v", top, end, step, want)
		}
	}
}
