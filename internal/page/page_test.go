package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/paper/samples"
)

var (
	update = flag.Bool("update", false, "write the golden files")
	keep   = flag.String("keep", "", "folder to write the documents into, to look at them")
)

func documents() map[string]paper.Document {
	return map[string]paper.Document{"report": samples.Report(), "notice": samples.Notice(), "yearly": samples.Yearly(), "empty": {}}
}

func written(t testing.TB, d paper.Document, o Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, d, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTheGoldenDocumentsAreWritten(t *testing.T) {
	for name, d := range documents() {
		if *keep != "" {
			if err := os.WriteFile(filepath.Join(*keep, name+".html"), []byte(written(t, d, Options{})), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		golden, got := filepath.Join("testdata", name+".html"), written(t, d, Options{Fragment: true})
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from %s; look at the document (-keep), then run with -update", name, golden)
		}
	}
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

func TestTheDocumentHasTheOutlineOfItsHeadings(t *testing.T) {
	got := written(t, samples.Report(), Options{Fragment: true})
	wants(t, got, `<article class="paper" lang="vi" aria-label="Báo cáo 6 tháng &amp; năm">`, `<h1 class="kind">BÁO CÁO<br>Kết quả kết nối`, `<h2 class="level1">I. Tình hình kết nối</h2>`, `<h3 class="level2">1. Hệ thống`, `<h4 class="level3">a) Hệ thống hộ tịch</h4>`,
		`<h2>Phụ lục II<br>GIẢI THÍCH</h2>`, `<h3 class="level1">I. Cách tính</h3>`, "</article>\n")
	if strings.Count(got, "<h1") != 1 || strings.Contains(got, "<html") || strings.Contains(got, "<style") {
		t.Error("a fragment has one h1 and is no file")
	}
	wants(t, written(t, samples.Notice(), Options{}), `<h1 class="about">V/v thông báo sai sót thông tin</h1>`, "<p>Kính gửi:</p>", "<li>- Công an tỉnh Lào Cai.</li>")
}

func TestATableTellsScreenReadersWhatItsCellsAre(t *testing.T) {
	got := written(t, samples.Report(), Options{Fragment: true})
	wants(t, got, `aria-label="Bảng 1. Kết quả khai thác theo dịch vụ"`, "<caption>Bảng 1. Kết quả khai thác theo dịch vụ</caption>", `<thead>`, `<th scope="col">STT</th>`, `<tbody>`, `<th scope="rowgroup" colspan="4">Tra cứu</th>`,
		`<td class="center">1</td><td>Dịch vụ số 1</td><td class="right">1.200</td>`, `<tr class="total">`, `<td>Cộng</td>`)
}

func TestAChartIsAFigureWithItsNumbers(t *testing.T) {
	d := paper.Document{Body: []paper.Block{samples.OutcomesChart(), samples.MonthsChart(2)}}
	wants(t, written(t, d, Options{Fragment: true}), "<figure>\n<figcaption>Kết quả xử lý theo dịch vụ (đơn vị: lượt)</figcaption>", `<svg viewBox="0 0 468.00 `, `role="img"`, "<title>Kết quả xử lý theo dịch vụ", "<desc>Biểu đồ tỷ lệ: ",
		"<rect ", "<text ", ">98,5%</text>", "</svg>", "<details>\n<summary>Số liệu của biểu đồ</summary>", `<th scope="col">Thành công</th>`, `<td class="right">98.500 (98,5%)</td>`, "</details>\n</figure>", `transform="rotate(-90 `)
}

// A page is served under "style-src 'self'" and without scripts; nothing is
// fetched for it.
func TestAPageNeedsNeitherScriptNorStyleOfItsOwnNorTheNetwork(t *testing.T) {
	for name, d := range documents() {
		got := written(t, d, Options{Fragment: true})
		for _, never := range []string{"style=", "<style", "<script", " on", "href", "src", "url(", "http"} {
			if strings.Contains(strings.ReplaceAll(got, " onto", ""), never) {
				t.Errorf("%s: has %q", name, never)
			}
		}
	}
	for _, never := range []string{"url(", "@import", "http"} {
		if strings.Contains(CSS(), never) {
			t.Errorf("the style has %q", never)
		}
	}
}

func TestAFileAllowsItselfItsStyleOnly(t *testing.T) {
	got := written(t, samples.Yearly(), Options{})
	_, style, _ := strings.Cut(got, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	wants(t, got, "<!DOCTYPE html>\n<html lang=\"vi\">", `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-`+base64.StdEncoding.EncodeToString(sum[:])+`'">`,
		"<title>Báo cáo kết nối, chia sẻ dữ liệu năm 2026</title>", `<article class="paper"`, "</article>\n</body>\n</html>\n")
}

var rule = regexp.MustCompile(`(?m)^ *([^@{}]+) \{`)

func TestTheStyleTouchesNothingButDocuments(t *testing.T) {
	for _, m := range rule.FindAllStringSubmatch(CSS(), -1) {
		for _, selector := range strings.Split(m[1], ",") {
			if s := strings.TrimSpace(selector); s != ".paper" && !strings.HasPrefix(s, ".paper ") {
				t.Errorf("the rule of %s is not below .paper", s)
			}
		}
	}
}

func TestTheFooterStandsAtTheEnd(t *testing.T) {
	wants(t, written(t, samples.Yearly(), Options{}), "Phụ lục II", "<footer><small>Số liệu căn cứ nhật ký kiểm toán đến mục số 1.234.567")
}

// everywhere puts one text into every place that takes one.
func everywhere(s string) paper.Document {
	footer := s
	if utf8.RuneCountInString(s) > 300 {
		footer = ""
	}
	return paper.Document{
		Parent: s, Agency: s, Number: s, Symbol: s, Place: s, Kind: s, Subject: s, To: []string{s, s}, Bases: []string{s},
		Body: []paper.Block{
			paper.Heading{Level: 1, Text: s}, paper.Paragraph{Align: paper.Right, Spans: []paper.Span{{Text: s}, {Text: s, Bold: true, Italic: true}}}, paper.List{Mark: paper.Letter, Items: []string{s}},
			paper.Table{Caption: s, Columns: []paper.Column{{Title: s}, {Title: s, Align: paper.Right}}, Rows: []paper.Row{{Cells: []string{s, s}}, {Cells: []string{s}, Kind: paper.Group}}},
			paper.Chart{Title: s, Unit: s, Kind: paper.Bars, Labels: []string{s}, Series: []paper.Series{{Name: s, Values: []int64{1}}, {Name: s, Values: []int64{1}}}},
		},
		Recipients: []string{s}, Signer: paper.Signer{Authority: s, Position: s, Name: s}, Footer: footer,
		Appendices: []paper.Appendix{{Number: s, Title: s, Note: s, Landscape: true, Body: []paper.Block{paper.Text(s)}}},
		Properties: paper.Properties{Title: s, Author: s},
	}
}

// Whatever a text says, it adds no element and no attribute.
func FuzzNoTextBecomesMarkup(f *testing.F) {
	for _, s := range []string{"x", "Sở Tư pháp", `"><script>alert(1)</script>`, "' onload='x", "&lt;", "]]>", "\x00\u202e", "</style>", "<!--", "\xc3\x28", "</svg>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "\n") || strings.TrimSpace(s) == "" || utf8.RuneCountInString(s) > 300 {
			return
		}
		for _, o := range []Options{{}, {Fragment: true}} {
			got := written(t, everywhere(s), o)
			if !utf8.ValidString(got) {
				t.Fatal("not UTF-8")
			}
			if a, b := tags(got), tags(written(t, everywhere("x"), o)); a != b {
				t.Fatalf("tags\n%s\nwant\n%s", a, b)
			}
		}
	})
}

var anyTag = regexp.MustCompile(`<[^<>]*>`)

// tags are the elements of a document with the names of their attributes, but
// for those of a drawing, whose lines are as many as its words need.
func tags(page string) string {
	var b strings.Builder
	for _, tag := range anyTag.FindAllString(page, -1) {
		tag = regexp.MustCompile(`="[^"]*"`).ReplaceAllString(tag, "=")
		if !strings.HasPrefix(tag, "<text") && tag != "</text>" {
			b.WriteString(tag + "\n")
		}
	}
	return b.String()
}

func TestMarkupInTextIsText(t *testing.T) {
	got := written(t, paper.Document{Body: []paper.Block{paper.Text("<b> & \"x\"\nhai\tba\x00\u202e")}}, Options{Fragment: true})
	wants(t, got, "<p>&lt;b&gt; &amp; &#34;x&#34;<br>hai ba</p>")
}

func TestWhatCannotBeDrawnIsAnErrorAndNothingIsWritten(t *testing.T) {
	for want, d := range map[string]paper.Document{
		"level 4":           {Body: []paper.Block{paper.Heading{Level: 4}}},
		"{{a}} is not fill": {Appendices: []paper.Appendix{{Body: []paper.Block{paper.Placeholder{Name: "a"}}}}},
	} {
		var out bytes.Buffer
		if err := Write(&out, d, Options{}); err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("want an error with %q and no bytes, got %v and %d bytes", want, err, out.Len())
		}
	}
	if err := Write(full{}, samples.Notice(), Options{}); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestTheSameDataGivesTheSameBytes(t *testing.T) {
	for name, d := range documents() {
		first, second := written(t, d, Options{}), written(t, d, Options{})
		if first != second {
			t.Errorf("%s: two writings differ", name)
		}
	}
}
