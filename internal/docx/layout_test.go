package docx

import (
	"regexp"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/paper/samples"
)

var tag = regexp.MustCompile(`<wp:(align|posOffset)>[^<]*|<[^>]*>`)

// text is what a reader sees, a line for each paragraph and each line break.
func text(part string) string {
	part = strings.NewReplacer("</w:p>", "\n", "<w:br/>", "\n").Replace(part)
	return strings.NewReplacer("\u00a0", " ", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(tag.ReplaceAllString(part, ""))
}

func wants(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, want := range parts {
		if i := strings.Index(got, want); i < 0 {
			t.Errorf("no %q, or not in this order", want)
		} else {
			got = got[i+len(want):]
		}
	}
}

func TestAReportHasItsElementsInTheOrderOfTheDecree(t *testing.T) {
	wants(t, text(mainPart(t, samples.Report())),
		"UBND THÀNH PHỐ HỒ CHÍ MINH\nSỞ TƯ PHÁP\n",
		"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n",
		"Số: 05/BC-STP\n", "Thành phố Hồ Chí Minh, ngày 05 tháng 02 năm 2026\n",
		"BÁO CÁO\nKết quả kết nối", "năm 2021;\n", "46/2022/TT-BCA.\n",
		"I. Tình hình kết nối\n1. Hệ thống đã kết nối\na) Hệ thống hộ tịch\nb) Hệ thống một cửa\n- Kết nối qua API <SOAP> & JSON;\n",
		"2. Khó khăn\n1. Một.\n2. Hai.\na) Ba.\nb) Bốn.\nII. Kết quả\n1. Số liệu\n", "Trong kỳ có 72.000 lượt (Phụ lục I)\n",
		"Nơi nhận:\n- Công an Thành phố;\n- UBND Thành phố (để báo cáo);\n- Lưu: VT, HCTP.\n",
		"TM. BAN GIÁM ĐỐC\nKT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\nTrần Thị Mẫu\n",
		"Phụ lục I\nSỐ LIỆU THEO ĐƠN VỊ\n(Kèm theo Báo cáo số 05/BC-STP ngày 05 tháng 02 năm 2026 của Sở Tư pháp)\n",
		"Phụ lục II\nGIẢI THÍCH\n(Kèm theo Báo cáo này)\nI. Cách tính\n")
}

func TestACongVanHasItsSubjectBelowTheNumberAndItsAddresseesBelowTheHead(t *testing.T) {
	got := text(mainPart(t, samples.Notice()))
	wants(t, got, "Số: ……/SYT-VP\nV/v thông báo sai sót thông tin\n", "Lào Cai, ngày …… tháng …… năm ……\n",
		"Kính gửi:\n- Trung tâm dữ liệu quốc gia về dân cư, Bộ Công an;\n- Công an tỉnh Lào Cai.\n", "GIÁM ĐỐC\n……\n")
	if strings.Contains(text(mainPart(t, samples.Report())), "Kính gửi") {
		t.Error("a report is addressed to somebody")
	}
	one := samples.Notice()
	one.To = one.To[:1]
	wants(t, text(mainPart(t, one)), "Kính gửi: Trung tâm dữ liệu quốc gia về dân cư, Bộ Công an\n")
}

func TestTheEmptyDocumentShowsItsGaps(t *testing.T) {
	wants(t, text(mainPart(t, paper.Document{})), "……\n", "Số: ……/……\n", "……, ngày …… tháng …… năm ……\n", "Kính gửi: ……\n", "- ……\n", "……\n……\n")
}

func TestThePageIsThatOfTheDecree(t *testing.T) {
	part := mainPart(t, samples.Report())
	sections := regexp.MustCompile(`<w:sectPr>.*?</w:sectPr>`).FindAllString(part, -1)
	if len(sections) != 3 {
		t.Fatalf("%d sections", len(sections))
	}
	for i, s := range sections {
		size := `<w:pgSz w:w="11906" w:h="16838"/>`
		if i == 1 {
			size = `<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>`
		}
		wants(t, s, `w:type="default"`, size, `w:top="1134" w:right="851" w:bottom="1134" w:left="1701" w:header="567"`)
		if strings.Contains(s, "<w:titlePg/>") != (i == 0) {
			t.Errorf("section %d: the number is hidden on the first page of the document, and only there", i+1)
		}
	}
	_, content := unzipped(t, written(t, samples.Report()))
	wants(t, content["word/header1.xml"], `w:val="Header"`, " PAGE ")
}

// The sizes are points, the styles b(old), i(talic), those of NĐ 30/2020/NĐ-CP, Phụ lục I.
func TestElementsHaveTheSizesOfTheDecree(t *testing.T) {
	_, content := unzipped(t, written(t, samples.Notice()))
	styles := content["word/styles.xml"]
	wants(t, styles, `w:ascii="Times New Roman"`, `<w:color w:val="000000"/><w:sz w:val="28"/>`)
	for _, e := range []struct{ style, want string }{
		{"Nation", `<w:b/><w:bCs/><w:sz w:val="24"/>`}, {"Motto", `<w:b/><w:bCs/><w:sz w:val="26"/>`},
		{"Parent", `<w:rPr><w:sz w:val="24"/>`}, {"Agency", `<w:b/><w:bCs/><w:sz w:val="24"/>`},
		{"Number", `<w:rPr><w:sz w:val="26"/>`}, {"About", `<w:rPr><w:sz w:val="24"/>`}, {"PlaceDate", `<w:i/><w:iCs/><w:sz w:val="26"/>`},
		{"Kind", `<w:b/><w:bCs/><w:sz w:val="28"/>`}, {"Subject", `<w:b/><w:bCs/><w:sz w:val="28"/>`}, {"Basis", `<w:rPr><w:i/>`},
		{"BodyText", `<w:spacing w:before="120" w:after="0" w:line="276" w:lineRule="auto"/><w:ind w:firstLine="720"/><w:jc w:val="both"/>`},
		{"RecipientsTitle", `<w:b/><w:bCs/><w:i/><w:iCs/><w:sz w:val="24"/>`}, {"Recipient", `<w:rPr><w:sz w:val="22"/>`},
		{"SignerTitle", `<w:b/><w:bCs/><w:sz w:val="28"/>`}, {"SignerName", `<w:b/><w:bCs/><w:sz w:val="28"/>`},
		{"AppendixNumber", `<w:b/><w:bCs/><w:sz w:val="28"/>`}, {"AppendixTitle", `<w:b/><w:bCs/><w:sz w:val="28"/>`}, {"AppendixNote", `<w:i/><w:iCs/><w:sz w:val="28"/>`},
		{"Header", `<w:jc w:val="center"/>`},
	} {
		_, style, _ := strings.Cut(styles, `w:styleId="`+e.style+`"`)
		style, _, _ = strings.Cut(style, "</w:style>")
		if !strings.Contains(style, e.want) {
			t.Errorf("style %s has no %s", e.style, e.want)
		}
	}
}

func TestRulesAreDrawnAndNumberedOnce(t *testing.T) {
	part := mainPart(t, samples.Report())
	ids := regexp.MustCompile(`<wp:docPr id="(\d+)"`).FindAllStringSubmatch(part, -1)
	if len(ids) != 3 || ids[0][1] != "1" || ids[1][1] != "2" || ids[2][1] != "3" {
		t.Errorf("rules %v, want those below the agency, the motto and the subject", ids)
	}
	if strings.Contains(part, "<w:u ") {
		t.Error("a rule is an underline")
	}
	wants(t, part, `<wp:extent cx="2114550"`) // 58.7 mm, the motto in bold of 13 pt
}

func TestATableRepeatsItsTitlesAndIsAsWideAsTheText(t *testing.T) {
	for name, c := range map[string]struct {
		part  string
		width string
	}{
		"portrait":  {mainPart(t, samples.Notice()), `<w:tblW w:w="9354" w:type="dxa"/>`},
		"landscape": {mainPart(t, samples.Report()), `<w:tblW w:w="14286" w:type="dxa"/>`},
	} {
		if !strings.Contains(c.part, c.width) || !strings.Contains(c.part, `<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`) {
			t.Errorf("%s: no table of width %s with repeated titles", name, c.width)
		}
	}
	for _, widths := range [][]int{{1, 1, 1}, {0, 0}, {7, 33, 30, 30}, {1_000_000, 1}} {
		table, sum := paper.Table{}, 0
		for _, w := range widths {
			table.Columns = append(table.Columns, paper.Column{Width: w})
		}
		for _, w := range table.Widths(portraitWidth) {
			sum += w
		}
		if sum != portraitWidth {
			t.Errorf("shares %v make %d twips, want %d", widths, sum, portraitWidth)
		}
	}
}

func TestASignatureDoesNotStandAlone(t *testing.T) {
	part := mainPart(t, samples.Notice())
	if !regexp.MustCompile(`<w:keepNext/></w:pPr><w:r><w:t xml:space="preserve">Đề nghị Quý cơ quan`).MatchString(part) {
		t.Error("the last paragraph may part from the signature")
	}
	if !regexp.MustCompile(`<w:keepNext/></w:pPr><w:r><w:t xml:space="preserve">Qua khai thác`).MatchString(part) {
		t.Error("an announcement may part from what it announces")
	}
}
