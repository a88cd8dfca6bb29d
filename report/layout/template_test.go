package layout_test

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/docx"
	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/report/layout"
)

var tag = regexp.MustCompile(`<wp:(align|posOffset)>[^<]*|<[^>]*>`)

// plain is what a reader sees of a DOCX, a line for each paragraph.
func plain(t *testing.T, file []byte) string {
	t.Helper()
	part := unzipped(t, file)["word/document.xml"]
	part = strings.NewReplacer("</w:p>", "\n", "<w:br/>", "\n").Replace(part)
	return strings.NewReplacer("\u00a0", " ", "&lt;", "<", "&gt;", ">", "&amp;", "&", "&#39;", "'", "&quot;", `"`).Replace(tag.ReplaceAllString(part, ""))
}

func template(t *testing.T, provincial bool) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := layout.StandardTemplate(&out, provincial); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// lines are those that say anything, capitals or not: a template sets capitals,
// where a document is written in them.
func lines(s string) []string {
	return slices.DeleteFunc(strings.Split(strings.ToUpper(s), "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
}

func TestTheStandardTemplateFilledInReadsAsTheDocument(t *testing.T) {
	for name, make := range fixtures {
		p := make()
		var out bytes.Buffer
		if err := layout.Write(&out, layout.DOCX, p, layout.Options{Template: template(t, p.Report.Scope == "")}); err != nil {
			t.Fatal(err)
		}
		got, want := lines(plain(t, out.Bytes())), lines(plain(t, written(t, layout.DOCX, p)))
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("%s: line %d is %q, want %q", name, i+1, got[i], want[i])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %d lines, want %d", name, len(got), len(want))
		}
	}
}

func TestEveryPlaceholderHasANameAndCanBeFilledIn(t *testing.T) {
	for _, provincial := range []bool{false, true} {
		known := map[string]layout.Name{}
		d := paper.Document{Kind: "Báo cáo"}
		for _, n := range layout.Names(provincial) {
			if _, twice := known[n.Name]; twice || !paper.ValidName(n.Name) || n.About == "" {
				t.Errorf("name %+v", n)
			}
			known[n.Name] = n
			if n.Block {
				d.Body = append(d.Body, paper.Placeholder{Name: n.Name})
			} else {
				d.Body = append(d.Body, paper.Text("Một: {{"+n.Name+"}}."))
			}
		}
		names, err := docx.Placeholders(template(t, provincial))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			if _, ok := known[n]; !ok {
				t.Errorf("the standard template has {{%s}}, which is not listed", n)
			}
		}
		var all bytes.Buffer
		if err := docx.Template(&all, d); err != nil {
			t.Fatal(err)
		}
		p := province()
		if !provincial {
			p = one()
		}
		var out bytes.Buffer
		if err := layout.Write(&out, layout.DOCX, p, layout.Options{Template: all.Bytes()}); err != nil {
			t.Fatalf("%v", err)
		}
		if text := plain(t, out.Bytes()); strings.Contains(text, "{{") || !strings.Contains(text, "Một: 2026-H1.\n") {
			t.Error("a placeholder is left")
		}
		if err := layout.CheckTemplate(all.Bytes(), provincial); err != nil {
			t.Error(err)
		}
	}
}

func TestATemplateWithAnUnknownNameIsRefused(t *testing.T) {
	var file bytes.Buffer
	if err := docx.Template(&file, paper.Document{Kind: "Báo cáo", Body: []paper.Block{paper.Text("{{khong_co}}")}}); err != nil {
		t.Fatal(err)
	}
	if err := layout.CheckTemplate(file.Bytes(), true); err == nil || !strings.Contains(err.Error(), "khong_co") {
		t.Errorf("got %v", err)
	}
	var out bytes.Buffer
	if err := layout.Write(&out, layout.DOCX, one(), layout.Options{Template: []byte("PK")}); err == nil || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}

const guide = "../../docs/huong-dan/mau-bao-cao.md"

// The guide ends with the list of names, which is made of the code.
func TestTheGuideListsThePlaceholders(t *testing.T) {
	const begin = "<!-- danh sách tên: tạo bằng go test ./report/layout -update -->\n"
	content, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	text, _, ok := strings.Cut(string(content), begin)
	if !ok {
		t.Fatal("the guide has no list")
	}
	want := text + begin + placeholderList()
	if *update {
		if err := os.WriteFile(guide, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(content) {
		t.Error("the list differs from the names that are filled in; run with -update")
	}
}

func placeholderList() string {
	department := map[string]bool{}
	for _, n := range layout.Names(false) {
		department[n.Name] = true
	}
	var b strings.Builder
	for _, block := range []bool{false, true} {
		title := "\n## Tên của văn bản ngắn, số liệu\n\n| tên | nội dung |\n|---|---|\n"
		if block {
			title = "\n## Tên của khối, đứng một mình trong một đoạn\n\n| tên | nội dung |\n|---|---|\n"
		}
		b.WriteString(title)
		for _, n := range layout.Names(true) {
			if n.Block != block {
				continue
			}
			about := n.About
			if !department[n.Name] {
				about += " (chỉ có trong báo cáo của tỉnh)"
			}
			b.WriteString("| `{{" + n.Name + "}}` | " + about + " |\n")
		}
	}
	return b.String()
}
