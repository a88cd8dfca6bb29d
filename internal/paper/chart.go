package paper

import (
	"fmt"
	"strconv"
	"strings"
)

// Chart draws counts. Its caption stands above it, as that of a table; the
// series are told apart in print without colour.
type Chart struct {
	Title  string
	Kind   ChartKind
	Labels []string // of the columns or bars: months, departments
	Series []Series // of one length with Labels
	Unit   string   // what is counted: "lượt", "hồ sơ"; "" = not said
}

// Series is one row of counts, as "Thành công".
type Series struct {
	Name   string
	Values []int64 // from 0 to 10^12
}

// ChartKind is how a chart shows its counts.
type ChartKind uint8

// The kinds of charts.
const (
	Columns ChartKind = iota // side by side over at most 24 labels: months; 1 to 4 series
	Bars                     // lying, over at most 40 labels: departments; up to 6 series end to end
	Shares                   // lying, every bar of the whole width: what part of the label's sum each of up to 6 series is
)

const (
	maxColumnLabels = 24
	maxColumnSeries = 4
	maxBarLabels    = 40
	maxBarSeries    = 6
	maxCount        = 1_000_000_000_000
)

func (c Chart) check() error {
	labels, series := maxBarLabels, maxBarSeries
	if c.Kind == Columns {
		labels, series = maxColumnLabels, maxColumnSeries
	}
	switch {
	case c.Kind > Shares:
		return fmt.Errorf("chart %q: no kind %d", c.Title, c.Kind)
	case len(c.Labels) == 0 || len(c.Labels) > labels:
		return fmt.Errorf("chart %q: %d labels, want 1 to %d", c.Title, len(c.Labels), labels)
	case len(c.Series) == 0 || len(c.Series) > series:
		return fmt.Errorf("chart %q: %d series, want 1 to %d", c.Title, len(c.Series), series)
	}
	for _, s := range c.Series {
		if len(s.Values) != len(c.Labels) {
			return fmt.Errorf("chart %q: series %q has %d values for %d labels", c.Title, s.Name, len(s.Values), len(c.Labels))
		}
		for _, v := range s.Values {
			if v < 0 || v > maxCount {
				return fmt.Errorf("chart %q: series %q: value %d, want 0 to %d", c.Title, s.Name, v, int64(maxCount))
			}
		}
	}
	return nil
}

// Caption is the title with the unit: "Lượt tra cứu theo tháng (đơn vị: lượt)".
func (c Chart) Caption() string {
	if c.Unit == "" {
		return c.Title
	}
	return strings.TrimSpace(c.Title + " (đơn vị: " + c.Unit + ")")
}

// Description says in words what the chart shows, for those who do not see it.
func (c Chart) Description() string {
	var b strings.Builder
	b.WriteString([...]string{"Biểu đồ cột", "Biểu đồ thanh ngang", "Biểu đồ tỷ lệ"}[c.Kind])
	for i, label := range c.Labels {
		if i == 0 {
			b.WriteString(": ")
		} else {
			b.WriteString("; ")
		}
		b.WriteString(label + " – ")
		for j, s := range c.Series {
			if j > 0 {
				b.WriteString(", ")
			}
			if s.Name != "" {
				b.WriteString(s.Name + " ")
			}
			b.WriteString(CountText(s.Values[i]))
			if c.Kind == Shares {
				b.WriteString(" (" + ShareText(s.Values[i], c.sum(i)) + ")")
			}
		}
	}
	b.WriteString(".")
	return b.String()
}

// Table returns the numbers of the chart as a table without a caption.
func (c Chart) Table() Table {
	t := Table{Columns: []Column{{Title: "", Width: 3}}}
	for _, s := range c.Series {
		t.Columns = append(t.Columns, Column{Title: s.Name, Width: 1, Align: Right})
	}
	for i, label := range c.Labels {
		cells := []string{label}
		for _, s := range c.Series {
			text := CountText(s.Values[i])
			if c.Kind == Shares {
				text += " (" + ShareText(s.Values[i], c.sum(i)) + ")"
			}
			cells = append(cells, text)
		}
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	return t
}

// sum is that of label i over all series.
func (c Chart) sum(i int) (sum int64) {
	for _, s := range c.Series {
		sum += s.Values[i]
	}
	return sum
}

// ValueText is what stands beside or in the mark of a value: the count, or its
// share where the chart shows shares.
func (c Chart) ValueText(series, label int) string {
	v := c.Series[series].Values[label]
	if c.Kind == Shares {
		return ShareText(v, c.sum(label))
	}
	return CountText(v)
}

// CountText groups digits as Vietnamese does: "1.234.567".
func CountText(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// ShareText is a part of a whole, both at least 0: "98,5%". Of nothing it is "–".
func ShareText(part, whole int64) string {
	if whole <= 0 {
		return "–"
	}
	perMille := (part*1000 + whole/2) / whole
	if perMille%10 == 0 {
		return strconv.FormatInt(perMille/10, 10) + "%"
	}
	return fmt.Sprintf("%d,%d%%", perMille/10, perMille%10)
}
