package layout

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"lgsp.internal/adapter/internal/paper"
)

// The chart sheet: a chart is as high as chartRows rows, its numbers stand below.
const (
	chartRows   = 17
	chartWidth  = 900
	rowPixels   = 20
	chartMargin = 2
)

// palette tells series apart in print without colour too: from dark to light.
var palette = [...]string{"1F4E79", "9DC3E6", "F4B183", "7F7F7F", "C5E0B4", "FFE699"}

// charts draws every chart as one of the spreadsheet's own, with its numbers
// below it.
func (b *workbook) charts(all []chart) error {
	if _, err := b.NewSheet(chartSheet); err != nil {
		return err
	}
	if err := b.banner(chartSheet, "Biểu đồ"); err != nil {
		return err
	}
	for i, width := range []float64{44, 18, 18, 18, 18, 18, 18} {
		name := string(rune('A' + i))
		if err := b.SetColWidth(chartSheet, name, name, width); err != nil {
			return err
		}
	}
	at := headRow
	for i, c := range all {
		data := at + chartRows + 1
		if err := b.numbers(c, data); err != nil {
			return err
		}
		if err := b.AddChart(chartSheet, fmt.Sprintf("A%d", at), b.draw(c, data)); err != nil {
			return err
		}
		at = data + len(c.Labels) + chartMargin + 1
		if i < len(all)-1 {
			if err := b.InsertPageBreak(chartSheet, fmt.Sprintf("A%d", at)); err != nil {
				return err
			}
		}
	}
	return b.page(chartSheet, true, 0)
}

// numbers writes what a chart shows.
func (b *workbook) numbers(c chart, at int) error {
	if err := b.put(chartSheet, 1, at, "Số liệu của biểu đồ", look{format: textFormat, head: true}); err != nil {
		return err
	}
	for i, s := range c.Series {
		if err := b.put(chartSheet, i+2, at, s.Name, look{format: textFormat, head: true}); err != nil {
			return err
		}
	}
	for i, label := range c.Labels {
		if err := b.put(chartSheet, 1, at+1+i, label, look{format: textFormat, wrap: true}); err != nil {
			return err
		}
		for j, s := range c.Series {
			if err := b.put(chartSheet, j+2, at+1+i, s.Values[i], look{format: countFormat}); err != nil {
				return err
			}
		}
	}
	return nil
}

// draw returns the chart over the numbers whose titles stand in a row.
func (b *workbook) draw(c chart, at int) *excelize.Chart {
	first, last := at+1, at+len(c.Labels)
	gap, overlap := uint(60), 0
	drawn := &excelize.Chart{
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.Caption(), Font: &excelize.Font{Bold: true, Size: 13, Family: "Times New Roman"}}}},
		Dimension: excelize.ChartDimension{Width: chartWidth, Height: (chartRows - 1) * rowPixels},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Format:    excelize.GraphicOptions{AltText: c.Description(), OffsetY: 3}, // its edge is not that of the page before
		GapWidth:  &gap, Overlap: &overlap,
	}
	if len(c.Series) == 1 {
		drawn.Legend.Position = "none"
	}
	axisFont := excelize.Font{Family: "Times New Roman", Size: 10, Color: "000000"}
	drawn.XAxis.Font = axisFont
	value := excelize.ChartAxis{MajorGridLines: true, Font: axisFont, NumFmt: excelize.ChartNumFmt{CustomNumFmt: countFormat}}
	least := 0.0
	value.Minimum = &least
	switch c.Kind {
	case paper.Columns:
		drawn.Type, drawn.YAxis = excelize.Col, value
	case paper.Bars:
		drawn.Type, drawn.YAxis = excelize.BarStacked, value
		if len(c.Series) == 1 {
			drawn.Type = excelize.Bar // of stacked bars the value stands in the dark
		}
	case paper.Shares:
		drawn.Type, drawn.YAxis = excelize.BarPercentStacked, value
		drawn.YAxis.NumFmt.CustomNumFmt = "0%"
	}
	if c.Kind != paper.Columns {
		overlap = 100
		drawn.XAxis.ReverseOrder = true // the first label is the topmost
	}
	for i := range c.Series {
		column := string(rune('B' + i))
		drawn.Series = append(drawn.Series, excelize.ChartSeries{
			Name:       fmt.Sprintf("'%s'!$%s$%d", chartSheet, column, at),
			Categories: fmt.Sprintf("'%s'!$A$%d:$A$%d", chartSheet, first, last),
			Values:     fmt.Sprintf("'%s'!$%s$%d:$%s$%d", chartSheet, column, first, column, last),
			Fill:       excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{palette[i%len(palette)]}},
		})
	}
	drawn.PlotArea.ShowVal = c.Kind != paper.Shares
	return drawn
}
