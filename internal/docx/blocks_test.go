package docx

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/paper/samples"
)

func someBlocks() []paper.Block {
	return []paper.Block{paper.Heading{Level: 1, Text: "Kết quả"}, paper.Text("Như sau:"),
		paper.Table{Caption: "Bảng 1", Columns: []paper.Column{{Title: "A"}, {Title: "B"}}, Rows: []paper.Row{{Cells: []string{"1", "2"}}}}, samples.OutcomesChart()}
}

func TestBlocksTakeThePlaceOfTheirParagraph(t *testing.T) {
	file := withBody(t, "<w:p>"+run("trước")+"</w:p><w:p>"+run("{{kh")+run("oi}}")+"</w:p><w:p>"+run("sau")+"</w:p>")
	got := filled(t, file, Filling{Blocks: map[string][]paper.Block{"khoi": someBlocks()}})
	part := got["word/document.xml"]
	wants(t, text(part), "trước\n", "I. Kết quả\n", "Như sau:\n", "Bảng 1\n", "1\n", "2\n", "Kết quả xử lý theo dịch vụ (đơn vị: lượt)\n", "sau\n")
	wants(t, part, `<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="rIdChart1"/>`)
	wants(t, got["word/_rels/document.xml.rels"], `Id="rIdChart1"`, `relationships/chart" Target="/word/charts/chart1.xml"`)
	wants(t, got[contentTypes], `PartName="/word/charts/chart1.xml" ContentType="`+chartType+`"`)
	wants(t, got["word/charts/chart1.xml"], "Tra cứu thông tin công dân")
}

func TestTwoFillingsOfATemplateGiveTheSameBytesAndKeepWhatTheyDoNotChange(t *testing.T) {
	file := withBody(t, "<w:p>"+run("{{khoi}}")+"</w:p>")
	in := Filling{Blocks: map[string][]paper.Block{"khoi": someBlocks()}, Values: map[string]string{"a": "b"}}
	var one, two bytes.Buffer
	for _, out := range []*bytes.Buffer{&one, &two} {
		if err := Fill(out, file, in); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two fillings differ")
	}
	_, before := unzipped(t, file)
	_, after := unzipped(t, one.Bytes())
	for part, content := range before {
		changes := part == "word/document.xml" || part == contentTypes || part == "word/_rels/document.xml.rels"
		if (after[part] != content) != changes {
			t.Errorf("part %s: changed %t, want %t", part, !changes, changes)
		}
	}
}

func TestChartsGetNumbersThatTheTemplateHasNotGivenAway(t *testing.T) {
	d := paper.Document{Body: []paper.Block{samples.MonthsChart(2), samples.MonthsChart(1), paper.Placeholder{Name: "khoi"}, paper.Placeholder{Name: "khoi"}}}
	got := filled(t, template(t, d), Filling{Blocks: map[string][]paper.Block{"khoi": {samples.OutcomesChart()}}})
	for n := 1; n <= 4; n++ {
		if got[chartPart(n)] == "" || strings.Count(got["word/_rels/document.xml.rels"], `"`+chartID(n)+`"`) != 1 || strings.Count(got["word/document.xml"], `r:id="`+chartID(n)+`"`) != 1 {
			t.Errorf("chart %d is not there once", n)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(`<wp:docPr id="(\d+)"`).FindAllStringSubmatch(got["word/document.xml"], -1) {
		if ids[m[1]] {
			t.Errorf("two drawings have the id %s", m[1])
		}
		ids[m[1]] = true
	}
}

func TestStylesAreFoundByNameOrBroughtAlong(t *testing.T) {
	file := withBody(t, "<w:p>"+run("{{khoi}}")+"</w:p>")
	styles := `<w:styles xmlns:w="` + wordNamespace + `"><w:style w:type="paragraph" w:default="1" w:styleId="Binhthng"><w:name w:val="Normal"/></w:style>` +
		`<w:style w:type="paragraph" w:styleId="u1"><w:name w:val="Heading 1"/></w:style><w:style w:type="character" w:styleId="Caption"><w:name w:val="Caption Char"/></w:style></w:styles>`
	got := filled(t, edited(t, file, map[string]string{"word/styles.xml": styles}), Filling{Blocks: map[string][]paper.Block{"khoi": someBlocks()}})
	part := got["word/document.xml"]
	wants(t, part, `<w:pStyle w:val="u1"/>`, `<w:pStyle w:val="BodyText"/>`, `<w:pStyle w:val="Caption1"/>`, `<w:tblStyle w:val="Lines"/>`)
	styles = got["word/styles.xml"]
	wants(t, styles, `w:styleId="BodyText"`, `<w:basedOn w:val="Binhthng"/>`, `w:styleId="Caption1"`)
	if strings.Contains(styles, `"Heading1"`) || strings.Count(styles, `w:styleId="TableCell"`) != 1 || strings.Contains(styles, `"TableNormal"`) {
		t.Errorf("styles %s", styles)
	}
	for _, m := range regexp.MustCompile(`<w:(?:pStyle|tblStyle) w:val="(\w+)"`).FindAllStringSubmatch(part, -1) {
		if !strings.Contains(styles, `w:styleId="`+m[1]+`"`) {
			t.Errorf("no style %s", m[1])
		}
	}
}

func TestBlocksAreAsWideAsTheirPlace(t *testing.T) {
	section := func(width int) string {
		return fmt.Sprintf(`<w:sectPr><w:pgSz w:w="%d" w:h="16838"/><w:pgMar w:left="1000" w:right="900" w:gutter="100"/></w:sectPr>`, width)
	}
	file := withBody(t, `<w:p>`+run("{{khoi}}")+`</w:p><w:p><w:pPr>`+section(12000)+`</w:pPr></w:p><w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:tcPr><w:tcW w:w="5216" w:type="dxa"/></w:tcPr><w:p>`+run("{{khoi}}")+
		`</w:p></w:tc></w:tr></w:tbl><w:p><w:pPr>`+section(18000)+`</w:pPr>`+run("{{khoi}}")+`</w:p>`)
	part := filled(t, file, Filling{Blocks: map[string][]paper.Block{"khoi": someBlocks()}})["word/document.xml"]
	wants(t, part, `<w:tblW w:w="10000" `, `<w:tblW w:w="5000" `, `<w:tblW w:w="16000" `, `<w:p><w:pPr><w:sectPr><w:pgSz w:w="18000"`)
}

func TestBlocksOfNothingLeaveACellItsParagraph(t *testing.T) {
	file := withBody(t, `<w:p>`+run("{{khoi}}")+`</w:p><w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:tcPr/><w:p><w:pPr/>`+run("{{khoi}}")+`</w:p></w:tc></w:tr></w:tbl><w:p/>`)
	part := filled(t, file, Filling{Blocks: map[string][]paper.Block{"khoi": {}}})["word/document.xml"]
	wants(t, part, `<w:body><w:tbl>`, `<w:tc><w:tcPr/><w:p><w:pPr/></w:p></w:tc>`)
}

func TestBlocksAreRefusedWhereTheyCannotStand(t *testing.T) {
	box := `<w:p><w:r><w:pict><w:txbxContent><w:p>` + run("{{khoi}}") + `</w:p></w:txbxContent></w:pict></w:r></w:p>`
	for want, file := range map[string][]byte{
		"only the body":             template(t, paper.Document{Footer: "{{khoi}}"}),
		"a text box does not":       withBody(t, box),
		"must be alone":             withBody(t, `<w:p>`+run("{{khoi}}")+`<w:r><w:drawing/></w:r></w:p>`),
		"uses the prefix wp for":    edited(t, withBody(t, ""), map[string]string{"word/document.xml": `<w:document xmlns:w="` + wordNamespace + `" xmlns:wp="urn:x"><w:body><w:p>` + run("{{khoi}}") + `</w:p></w:body></w:document>`}),
		"has no styles":             edited(t, withBody(t, `<w:p>`+run("{{khoi}}")+`</w:p>`), map[string]string{"word/styles.xml": "-"}),
		"level 7 is not":            nil,
		"{{sau}} is not filled in":  nil,
		"document has no relations": edited(t, withBody(t, `<w:p>`+run("{{khoi}}")+`</w:p>`), map[string]string{"word/_rels/document.xml.rels": "-"}),
	} {
		blocks := someBlocks()
		switch want[0] {
		case 'l':
			blocks = []paper.Block{paper.Heading{Level: 7}}
		case '{':
			blocks = []paper.Block{paper.Placeholder{Name: "sau"}}
		}
		var out bytes.Buffer
		if err := Fill(&out, file, Filling{Blocks: map[string][]paper.Block{"khoi": blocks}}); err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("want an error with %q and no bytes, got %v and %d bytes", want, err, out.Len())
		}
	}
}

func TestPrefixesThatATemplateLacksAreDeclared(t *testing.T) {
	file := edited(t, withBody(t, ""), map[string]string{"word/document.xml": `<w:document xmlns:w="` + wordNamespace + `"><w:body><w:p>` + run("{{khoi}}") + `</w:p></w:body></w:document>`})
	wants(t, filled(t, file, Filling{Blocks: map[string][]paper.Block{"khoi": someBlocks()}})["word/document.xml"], ` xmlns:r="`, ` xmlns:a="`, ` xmlns:wp="`, "<wp:inline")
}

func TestADocumentWithAPlaceholderBlockIsATemplateOnly(t *testing.T) {
	d := paper.Document{Body: []paper.Block{paper.Placeholder{Name: "noi_dung"}}}
	var out bytes.Buffer
	if err := Write(&out, d); err == nil || !strings.Contains(err.Error(), "{{noi_dung}} is not filled in") || out.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, out.Len())
	}
	for want, d := range map[string]paper.Document{
		`placeholder "Nội"`: {Body: []paper.Block{paper.Placeholder{Name: "Nội"}}},
		"never closed":      {Agency: "{{co_quan"},
		"is no name":        {Kind: "{{a b}}"},
	} {
		if err := Template(&out, d); err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}
