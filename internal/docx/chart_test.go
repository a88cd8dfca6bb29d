package docx

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/paper/samples"
)

func chartsOf(t *testing.T, charts ...paper.Chart) map[string]string {
	t.Helper()
	d := paper.Document{}
	for _, c := range charts {
		d.Body = append(d.Body, c)
	}
	_, content := unzipped(t, written(t, d))
	return content
}

func TestAChartIsAPartWithItsValues(t *testing.T) {
	content := chartsOf(t, samples.MonthsChart(3), samples.OutcomesChart())
	wants(t, content["word/document.xml"], `<w:keepNext/></w:pPr><w:r><w:t xml:space="preserve">Lượt khai thác theo tháng (đơn vị: lượt)`, `r:id="rIdChart1"`, `r:id="rIdChart2"`)
	wants(t, content["word/_rels/document.xml.rels"], `Id="rIdChart1"`, `Target="charts/chart1.xml"`, `Target="charts/chart2.xml"`)
	wants(t, content[contentTypes], `PartName="/word/charts/chart1.xml"`, `PartName="/word/charts/chart2.xml"`)
	wants(t, content["word/charts/chart1.xml"], `<c:barDir val="col"/><c:grouping val="clustered"/>`, `<c:v>Tra cứu</c:v>`, `<c:ptCount val="12"/><c:pt idx="0"><c:v>Tháng 1</c:v>`, `<c:v>18000</c:v>`, `<c:v>Xác thực</c:v>`, `<c:v>Cập nhật</c:v>`, `<c:legend>`)
	wants(t, content["word/charts/chart2.xml"], `<c:barDir val="bar"/><c:grouping val="percentStacked"/>`, `<a:t>98,5%</a:t>`, `<a:pattFill prst="wdUpDiag">`)
	one := chartsOf(t, samples.MonthsChart(1))
	if strings.Contains(one["word/charts/chart1.xml"], "<c:legend>") {
		t.Error("one series has a legend")
	}
}

// A reader that does not see the chart hears its title and its numbers.
func TestAChartIsDescribedToThoseWhoDoNotSeeIt(t *testing.T) {
	c := samples.OutcomesChart()
	c.Title = `Kết "quả" <1> & 2`
	part := chartsOf(t, c)["word/document.xml"]
	wants(t, part, `descr="Biểu đồ tỷ lệ: Tra cứu thông tin công dân – Thành công 98.500 (98,5%)`, `title="Kết &quot;quả&quot; &lt;1&gt; &amp; 2"`)
}

func TestAValueIsNotLabelledWhereThereIsNoRoom(t *testing.T) {
	part := chartsOf(t, samples.OutcomesChart())["word/charts/chart1.xml"]
	if got, want := strings.Count(part, `<c:delete val="1"/>`), 24-10; got != want { // 10 of 24 shares are 7 % or more
		t.Errorf("%d values are not labelled, want %d", got, want)
	}
}

// The order of these elements is that of the schema (ISO/IEC 29500-1 §21.2),
// which Word does not forgive.
func TestTheElementsOfAChartAreInTheOrderOfTheSchema(t *testing.T) {
	orders := map[string][]string{
		"chartSpace": {"date1904", "lang", "roundedCorners", "chart", "spPr", "txPr"},
		"chart":      {"autoTitleDeleted", "plotArea", "legend", "plotVisOnly", "dispBlanksAs"},
		"plotArea":   {"layout", "barChart", "catAx", "valAx", "spPr"},
		"barChart":   {"barDir", "grouping", "varyColors", "ser", "gapWidth", "overlap", "axId"},
		"ser":        {"idx", "order", "tx", "spPr", "invertIfNegative", "dLbls", "cat", "val"},
		"dLbls":      {"dLbl", "spPr", "txPr", "dLblPos", "showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize"},
		"dLbl":       {"idx", "delete", "tx", "spPr", "dLblPos", "showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize"},
		"catAx":      {"axId", "scaling", "delete", "axPos", "numFmt", "majorTickMark", "minorTickMark", "tickLblPos", "spPr", "txPr", "crossAx", "crosses", "auto", "lblAlgn", "lblOffset", "tickLblSkip", "noMultiLvlLbl"},
		"valAx":      {"axId", "scaling", "delete", "axPos", "majorGridlines", "numFmt", "majorTickMark", "minorTickMark", "tickLblPos", "spPr", "crossAx", "crosses"},
		"scaling":    {"orientation", "max", "min"},
	}
	for _, c := range []paper.Chart{samples.MonthsChart(4), samples.OutcomesChart(), bars(5)} {
		inOrder(t, chartsOf(t, c)["word/charts/chart1.xml"], orders)
	}
}

func bars(n int) paper.Chart {
	c := paper.Chart{Kind: paper.Bars, Series: []paper.Series{{}}}
	for i := range n {
		c.Labels = append(c.Labels, "Sở "+itoa(i))
		c.Series[0].Values = append(c.Series[0].Values, int64(i))
	}
	return c
}

func inOrder(t *testing.T, part string, orders map[string][]string) {
	t.Helper()
	type open struct {
		name string
		at   int
	}
	var stack []open
	for d := xml.NewDecoder(strings.NewReader(part)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if n := len(stack); n > 0 && orders[stack[n-1].name] != nil {
				order, found := orders[stack[n-1].name], -1
				for i, name := range order {
					if name == e.Name.Local {
						found = i
					}
				}
				if found < stack[n-1].at {
					t.Errorf("%s in %s is not there in the schema, or stands too late", e.Name.Local, stack[n-1].name)
				}
				stack[n-1].at = found
			}
			stack = append(stack, open{name: e.Name.Local})
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
}

func TestManyBarsFitAPage(t *testing.T) {
	for _, landscape := range []bool{false, true} {
		d := paper.Document{Appendices: []paper.Appendix{{Landscape: landscape, Body: []paper.Block{bars(40)}}}}
		limit := 297 - 40
		if landscape {
			limit = 210 - 40
		}
		m := regexp.MustCompile(`<wp:inline [^>]*><wp:extent cx="\d+" cy="(\d+)"/>`).FindStringSubmatch(mainPart(t, d))
		if m == nil || len(m[1]) > len(itoa(limit*emuPerMillimetre)) || m[1] > itoa(limit*emuPerMillimetre) && len(m[1]) == len(itoa(limit*emuPerMillimetre)) {
			t.Errorf("landscape %t: height %v, want less than %d mm", landscape, m, limit)
		}
	}
}

func TestTheFooterStandsOnEveryPageTheFirstToo(t *testing.T) {
	d := samples.Report()
	d.Footer = "Số liệu căn cứ nhật ký đến mục số 1.234 & mã băm <ab12>."
	_, content := unzipped(t, written(t, d))
	if got, want := text(content["word/footer1.xml"]), "Số liệu căn cứ nhật ký đến mục số 1.234 & mã băm <ab12>.\n"; got[strings.Index(got, "Số"):] != want {
		t.Errorf("the footer reads %q", got)
	}
	sections := regexp.MustCompile(`<w:sectPr>.*?</w:sectPr>`).FindAllString(content["word/document.xml"], -1)
	for i, s := range sections {
		if !strings.Contains(s, `<w:footerReference w:type="default" r:id="rId4"/>`) || strings.Contains(s, `<w:footerReference w:type="first" r:id="rId4"/>`) != (i == 0) {
			t.Errorf("section %d: %s", i+1, s)
		}
	}
	wants(t, content["word/_rels/document.xml.rels"], `Id="rId4"`, `Target="footer1.xml"`)
	wants(t, content[contentTypes], `PartName="/word/footer1.xml"`)
	_, content = unzipped(t, written(t, samples.Report()))
	if content["word/footer1.xml"] != "" || strings.Contains(content["word/document.xml"], "footerReference") {
		t.Error("a document without a footer has one")
	}
}
