package docx

import (
	"bufio"
	"fmt"
	"strings"

	"lgsp.internal/adapter/internal/paper"
)

// Sizes of charts in English Metric Units, of which a millimetre has 36,000.
const (
	emuPerMillimetre = 36000
	columnsHeight    = 75 * emuPerMillimetre
	barHeight        = 9 * emuPerMillimetre
	barsMargin       = 28 * emuPerMillimetre // axis and legend
	barsMaxPortrait  = 215 * emuPerMillimetre
	barsMaxLandscape = 130 * emuPerMillimetre
)

func chartPart(n int) string { return "word/charts/chart" + itoa(n) + ".xml" }
func chartID(n int) string   { return "rIdChart" + itoa(n) }

// chart writes the frame of a chart below its caption. What it shows is in a
// part of its own, which the caller writes for each of p.charts.
func (p *page) chart(c paper.Chart) {
	keep := p.keepNext
	p.keepNext = true
	p.line("Caption", c.Caption())
	p.keepNext = keep
	p.charts = append(p.charts, c)
	p.drawings++
	n, id := p.base+len(p.charts), itoa(p.drawings)
	p.raw(`<w:p><w:pPr><w:pStyle w:val="ChartText"/>`)
	if keep {
		p.raw("<w:keepNext/>")
	}
	p.raw(`</w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="`, itoa(p.width*emuPerTwip), `" cy="`, itoa(chartHeight(c, p.width)), `"/>`,
		`<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="`, id, `" name="Chart `, id, `" descr="`)
	writeAttribute(p.w, c.Description())
	p.raw(`" title="`)
	writeAttribute(p.w, c.Title)
	p.raw(`"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">`,
		`<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="`, chartID(n), `"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`)
}

func chartHeight(c paper.Chart, width int) int {
	if c.Kind == paper.Columns {
		return columnsHeight
	}
	limit := barsMaxPortrait
	if width > portraitWidth {
		limit = barsMaxLandscape
	}
	return min(barsMargin+barHeight*len(c.Labels), limit)
}

// writeAttribute escapes s for an attribute in double quotes.
func writeAttribute(w *bufio.Writer, s string) {
	for i, part := range strings.Split(s, `"`) {
		if i > 0 {
			_, _ = w.WriteString("&quot;")
		}
		writeText(w, part, " ")
	}
}

// chartPage is the part of a chart; its letters are as large as its bars allow,
// in hundredths of a point.
type chartPage struct {
	page
	letters int
}

// writeChart writes the part of a chart (ISO/IEC 29500-1 §21.2). It has no
// workbook behind it: the values are those that Word keeps beside the references
// into one, and shows when there is none.
func writeChart(w *bufio.Writer, c paper.Chart) {
	p := chartPage{page: page{w: w}, letters: 900}
	if n := len(c.Labels); c.Kind != paper.Columns && n > 16 {
		p.letters = max(900*16/n, 500) // as many as there are bars find their lines on a landscape page
	}
	direction, grouping := "bar", "stacked"
	switch c.Kind {
	case paper.Columns:
		direction, grouping = "col", "clustered"
	case paper.Bars:
		if len(c.Series) == 1 {
			grouping = "clustered" // of stacked bars no value stands behind the end
		}
	case paper.Shares:
		grouping = "percentStacked"
	}
	p.raw(xmlDeclaration, `<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"`,
		` xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:date1904 val="0"/><c:lang val="vi-VN"/><c:roundedCorners val="0"/>`,
		`<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/><c:barChart><c:barDir val="`, direction, `"/><c:grouping val="`, grouping, `"/><c:varyColors val="0"/>`)
	for i := range c.Series {
		p.series(c, i)
	}
	p.raw(`<c:gapWidth val="60"/>`)
	if c.Kind == paper.Columns {
		p.raw(`<c:overlap val="0"/>`)
	} else {
		p.raw(`<c:overlap val="100"/>`)
	}
	p.raw(`<c:axId val="1"/><c:axId val="2"/></c:barChart>`)
	p.axes(c.Kind)
	p.raw(`<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:plotArea>`)
	if len(c.Series) > 1 {
		p.raw(`<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>`)
	}
	p.raw(`<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>`,
		`<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="900"><a:solidFill><a:srgbClr val="000000"/></a:solidFill><a:latin typeface="Times New Roman"/><a:cs typeface="Times New Roman"/></a:defRPr></a:pPr><a:endParaRPr lang="vi-VN"/></a:p></c:txPr></c:chartSpace>`)
}

// axes writes the axis of labels and that of values. Lying bars are read from
// the top down, as their table is.
func (p *chartPage) axes(kind paper.ChartKind) {
	order, labels, values, crosses, format := "maxMin", "l", "b", "max", "[$-42A]#,##0"
	switch kind {
	case paper.Columns:
		order, labels, values, crosses = "minMax", "b", "l", "autoZero"
	case paper.Shares:
		format = "0%"
	}
	line := `<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="404040"/></a:solidFill></a:ln></c:spPr>`
	p.raw(`<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="`, order, `"/></c:scaling><c:delete val="0"/><c:axPos val="`, labels, `"/>`,
		`<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>`, line, `<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="`, itoa(p.letters), `"/></a:pPr><a:endParaRPr lang="vi-VN"/></a:p></c:txPr>`,
		`<c:crossAx val="2"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="50"/><c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>`,
		`<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling><c:delete val="0"/><c:axPos val="`, values, `"/>`,
		`<c:majorGridlines><c:spPr><a:ln w="3175"><a:solidFill><a:srgbClr val="BFBFBF"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>`,
		`<c:numFmt formatCode="`, format, `" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>`, line,
		`<c:crossAx val="1"/><c:crosses val="`, crosses, `"/></c:valAx>`)
}

// series writes one series with its cached name, labels and values.
func (p *chartPage) series(c paper.Chart, i int) {
	s := c.Series[i]
	column := string(rune('B' + i))
	p.raw(`<c:ser><c:idx val="`, itoa(i), `"/><c:order val="`, itoa(i), `"/><c:tx><c:strRef><c:f>Sheet1!$`, column, `$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>`)
	writeText(p.w, s.Name, " ")
	p.raw(`</c:v></c:pt></c:strCache></c:strRef></c:tx><c:spPr>`, fillMarkup(paper.SeriesFill(i)), `<a:ln w="6350"><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln></c:spPr><c:invertIfNegative val="0"/>`)
	p.valueLabels(c, i)
	last := itoa(len(c.Labels) + 1)
	p.raw(`<c:cat><c:strRef><c:f>Sheet1!$A$2:$A$`, last, `</c:f><c:strCache><c:ptCount val="`, itoa(len(c.Labels)), `"/>`)
	for j, label := range c.Labels {
		p.raw(`<c:pt idx="`, itoa(j), `"><c:v>`)
		writeText(p.w, label, " ")
		p.raw(`</c:v></c:pt>`)
	}
	p.raw(`</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!$`, column, `$2:$`, column, `$`, last, `</c:f><c:numCache><c:formatCode>[$-42A]#,##0</c:formatCode><c:ptCount val="`, itoa(len(c.Labels)), `"/>`)
	for j, v := range s.Values {
		p.raw(`<c:pt idx="`, itoa(j), `"><c:v>`, itoa(int(v)), `</c:v></c:pt>`)
	}
	p.raw(`</c:numCache></c:numRef></c:val></c:ser>`)
}

// valueLabels writes the texts at the values, which are ours: the format of a
// number would follow the language of whoever opens the file, and a share is not
// the value.
func (p *chartPage) valueLabels(c paper.Chart, i int) {
	position := "ctr"
	if c.Kind == paper.Columns || c.Kind == paper.Bars && len(c.Series) == 1 {
		position = "outEnd"
	}
	turn := `<a:bodyPr/>`
	if c.Kind == paper.Columns && len(c.Series)*len(c.Labels) > 12 {
		turn = `<a:bodyPr rot="-5400000" vert="horz"/>`
	}
	color, ground := "000000", `<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>`
	if fill := paper.SeriesFill(i); position == "ctr" && fill.Dark {
		color = "FFFFFF"
	} else if position == "ctr" && fill.Hatch != paper.NoHatch {
		ground = `<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>`
	}
	letters := ` sz="` + itoa(min(p.letters, 800)) + `"><a:solidFill><a:srgbClr val="` + color + `"/></a:solidFill>`
	shows := `<c:dLblPos val="` + position + `"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>`
	p.raw(`<c:dLbls>`)
	for j := range c.Labels {
		p.raw(`<c:dLbl><c:idx val="`, itoa(j), `"/>`)
		if !c.Shown(i, j) {
			p.raw(`<c:delete val="1"/></c:dLbl>`)
			continue
		}
		p.raw(`<c:tx><c:rich>`, turn, `<a:lstStyle/><a:p><a:r><a:rPr lang="vi-VN"`, letters, `</a:rPr><a:t>`, c.ValueText(i, j), `</a:t></a:r></a:p></c:rich></c:tx>`,
			ground, shows, `</c:dLbl>`)
	}
	p.raw(ground, `<c:txPr>`, turn, `<a:lstStyle/><a:p><a:pPr><a:defRPr`, letters, `</a:defRPr></a:pPr><a:endParaRPr lang="vi-VN"/></a:p></c:txPr>`, shows, `</c:dLbls>`)
}

// fillMarkup is the fill of a series in DrawingML.
func fillMarkup(f paper.Fill) string {
	color := fmt.Sprintf("%02X%02X%02X", f.Red, f.Green, f.Blue)
	if f.Hatch == paper.NoHatch {
		return `<a:solidFill><a:srgbClr val="` + color + `"/></a:solidFill>`
	}
	pattern := "wdUpDiag"
	if f.Hatch == paper.Falling {
		pattern = "wdDnDiag"
	}
	return `<a:pattFill prst="` + pattern + `"><a:fgClr><a:srgbClr val="000000"/></a:fgClr><a:bgClr><a:srgbClr val="` + color + `"/></a:bgClr></a:pattFill>`
}
