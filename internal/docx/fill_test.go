package docx

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/paper/samples"
)

func template(t testing.TB, d paper.Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Template(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func filled(t testing.TB, template []byte, in Filling) map[string]string {
	t.Helper()
	var out bytes.Buffer
	if err := Fill(&out, template, in); err != nil {
		t.Fatal(err)
	}
	_, content := unzipped(t, out.Bytes())
	for part, text := range content {
		if strings.HasSuffix(part, ".xml") || strings.HasSuffix(part, ".rels") {
			if err := wellFormed(text); err != nil {
				t.Fatalf("%s: %v", part, err)
			}
		}
	}
	return content
}

// edited is a template with parts changed, added or, with "-", taken out.
func edited(t testing.TB, file []byte, parts map[string]string) []byte {
	t.Helper()
	names, content := unzipped(t, file)
	for name := range parts {
		if _, ok := content[name]; !ok {
			names = append(names, name)
		}
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range names {
		text := content[name]
		if changed, ok := parts[name]; ok {
			text = changed
		}
		if text == "-" {
			continue
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withBody is a template whose body is this markup.
func withBody(t testing.TB, markup string) []byte {
	t.Helper()
	file := template(t, paper.Document{})
	_, content := unzipped(t, file)
	part := content["word/document.xml"]
	start, end := strings.Index(part, "<w:body>")+len("<w:body>"), strings.LastIndex(part, "<w:sectPr>")
	return edited(t, file, map[string]string{"word/document.xml": part[:start] + markup + part[end:]})
}

var capsRun = regexp.MustCompile(`<w:r><w:rPr>[^/]*(?:<w:[bi]/>)*<w:caps/></w:rPr>.*?</w:r>`)

// shown is what a reader sees: capitals that are formatting are capitals.
func shown(part string) string {
	part = capsRun.ReplaceAllStringFunc(part, func(run string) string {
		return regexp.MustCompile(`>[^<]+<`).ReplaceAllStringFunc(run, strings.ToUpper)
	})
	return regexp.MustCompile(`[ \n]*\n`).ReplaceAllString(text(part), "\n")
}

func TestATemplateFilledInReadsAsTheDocument(t *testing.T) {
	for name, make := range fixtures {
		file, d := template(t, Blank(make())), make()
		if *keep != "" {
			var out bytes.Buffer
			if err := Fill(&out, file, FillingOf(d)); err != nil {
				t.Fatal(err)
			}
			for suffix, b := range map[string][]byte{"-template.docx": file, "-filled.docx": out.Bytes()} {
				if err := os.WriteFile(filepath.Join(*keep, name+suffix), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		got, want := filled(t, file, FillingOf(d)), mainPart(t, d)
		if a, b := shown(got["word/document.xml"]), shown(want); a != b {
			t.Errorf("%s: filled in it reads\n%s\nwant\n%s", name, firstDifference(a, b), firstDifference(b, a))
		}
		_, whole := unzipped(t, written(t, d))
		for part, want := range whole {
			if strings.HasPrefix(part, "word/charts/") && got[part] != want {
				t.Errorf("%s: %s is not that of the document", name, part)
			}
		}
		if text(got["word/footer1.xml"]) != text(whole["word/footer1.xml"]) {
			t.Errorf("%s: the footer reads %q", name, text(got["word/footer1.xml"]))
		}
	}
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return a[max(0, i-80):min(len(a), i+80)]
}

func TestTheStandardTemplateNamesItsPlaceholders(t *testing.T) {
	names, err := Placeholders(template(t, Blank(samples.Yearly())))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(names, " "), "chan_trang chuc_vu co_quan co_quan_chu_quan dia_danh ky_hieu ngay_thang nguoi_ky noi_dung noi_nhan phu_luc_1 phu_luc_2 so trich_yeu"; got != want {
		t.Errorf("placeholders %s, want %s", got, want)
	}
}

// run is a run of Word with its marks of revision.
func run(s string) string {
	return `<w:r w:rsidR="00AB12CD"><w:rPr><w:lang w:val="vi-VN"/></w:rPr><w:t xml:space="preserve">` + s + `</w:t></w:r>`
}

func TestAPlaceholderIsFoundHoweverWordHasCutIt(t *testing.T) {
	values := map[string]string{"so": "05", "ten.a_1": "Lê Thị Thử", "hai": "một\nhai", "rong": ""}
	for name, c := range map[string]struct{ markup, want string }{
		"one run":                   {run("Số: {{so}}."), "Số: 05."},
		"spaces within":             {run("Số: {{ so }}."), "Số: 05."},
		"shown in capitals":         {run("Số: {{SO}}."), "Số: 05."},
		"braces cut":                {run("Số: {") + run("{so}") + run("}/BC"), "Số: 05/BC"},
		"a letter a run":            {run("{{") + run("s") + `<w:proofErr w:type="spellStart"/>` + run("o") + run("}") + run("}"), "05"},
		"bookmarks and proofing":    {`<w:bookmarkStart w:id="0" w:name="a"/>` + run("{{te") + `<w:proofErr w:type="spellEnd"/><w:bookmarkEnd w:id="0"/>` + run("n.a_1}}"), "Lê Thị Thử"},
		"a hyperlink between":       {run("{{s") + `<w:hyperlink w:history="1">` + run("o}") + `</w:hyperlink>` + run("} a"), "05 a"},
		"tracked changes":           {run("{{s") + `<w:ins w:id="1" w:author="x">` + run("o") + `</w:ins><w:del w:id="2" w:author="x"><w:r><w:delText>xyz}}</w:delText></w:r></w:del>` + run("}}"), "05"},
		"text that was moved":       {run("{{s") + `<w:moveFrom w:id="2" w:author="x"><w:r><w:t>x</w:t></w:r></w:moveFrom>` + run("o}}"), "05x"},
		"a content control":         {`<w:sdt><w:sdtPr/><w:sdtContent>` + run("{{so}}") + `</w:sdtContent></w:sdt>`, "05"},
		"several in a paragraph":    {run("{{so}}{{so}} và {{ten") + run(".a_1}}{{rong}}{") + run("{so}}!"), "0505 và Lê Thị Thử05!"},
		"a line break in a value":   {run("a{{hai}}b"), "amột\nhaib"},
		"line breaks, twice":        {run("{{hai}},{{hai}}"), "một\nhai,một\nhai"},
		"in a table":                {`</w:p><w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:tcPr/><w:p>` + run("{{so}}") + `</w:p></w:tc></w:tr></w:tbl><w:p>`, "\n05\n"},
		"single braces are no mark": {run("{so} {a} }"), "{so} {a} }"},
	} {
		got := filled(t, withBody(t, "<w:p>"+c.markup+"</w:p>"), Filling{Values: values})["word/document.xml"]
		if shown := strings.TrimSuffix(text(strings.ReplaceAll(got, `<w:delText>xyz}}</w:delText>`, "")), "\n"); strings.Trim(shown, "\n") != strings.Trim(c.want, "\n") {
			t.Errorf("%s: got %q, want %q", name, shown, c.want)
		}
	}
}

func TestAValueHasTheFormattingOfTheRunItBeginsIn(t *testing.T) {
	got := filled(t, withBody(t, `<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{{s</w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t>o}} sau</w:t></w:r></w:p>`),
		Filling{Values: map[string]string{"so": "0\n5 & <w:p>"}})["word/document.xml"]
	want := `<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">0</w:t><w:br/><w:t xml:space="preserve">5 &amp; &lt;w:p&gt;</w:t></w:r><w:r><w:rPr><w:i/></w:rPr><w:t xml:space="preserve"> sau</w:t></w:r>`
	if !strings.Contains(got, want) {
		t.Errorf("no %s in %s", want, got)
	}
}

func TestWhatIsFilledInIsNotReadAgain(t *testing.T) {
	file := withBody(t, "<w:p>"+run("{{a}} {{b}}")+"</w:p><w:p>"+run("{{c}}")+"</w:p>")
	got := text(filled(t, file, Filling{Values: map[string]string{"a": "{{b}}", "b": "{{"}, Blocks: map[string][]paper.Block{"c": {paper.Text("{{d}} {{")}}})["word/document.xml"])
	wants(t, got, "{{b}} {{\n", "{{d}} {{")
}

func TestWhatHasNoPlaceInADocumentIsLeftOutOfValues(t *testing.T) {
	got := filled(t, withBody(t, "<w:p>"+run("{{a}}")+"</w:p>"), Filling{Values: map[string]string{"a": "a\x00b\u202ec\td\x1b"}})
	wants(t, text(got["word/document.xml"]), "abc d")
}

func TestHeadersFootersAndNotesAreFilledInToo(t *testing.T) {
	file := template(t, paper.Document{Footer: "{{chan}}"})
	_, content := unzipped(t, file)
	notes := `<w:footnotes xmlns:w="` + wordNamespace + `"><w:footnote w:id="2"><w:p>` + run("{{chan}}") + `</w:p></w:footnote></w:footnotes>`
	header := strings.Replace(content["word/header1.xml"], "</w:hdr>", "<w:p>"+run("{{dau}}")+"</w:p></w:hdr>", 1)
	got := filled(t, edited(t, file, map[string]string{"word/header1.xml": header, "word/footnotes.xml": notes}), Filling{Values: map[string]string{"chan": "chân", "dau": "đầu"}})
	wants(t, text(got["word/header1.xml"]), "đầu")
	wants(t, text(got["word/footer1.xml"]), "chân")
	wants(t, text(got["word/footnotes.xml"]), "chân")
}

func TestAParagraphOfNothingIsLeftOutWhereItNeedNotBe(t *testing.T) {
	file := withBody(t, `<w:p>`+run("{{a}}")+`</w:p><w:p>`+run("b{{a}}")+`</w:p><w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc><w:tcPr/><w:p>`+run("{{a}}")+`</w:p></w:tc></w:tr></w:tbl><w:p/>`)
	part := filled(t, file, Filling{Values: map[string]string{"a": ""}})["word/document.xml"]
	section := filled(t, withBody(t, `<w:p><w:pPr><w:sectPr/></w:pPr>`+run("{{a}}")+`</w:p><w:p/>`), Filling{Values: map[string]string{"a": ""}})["word/document.xml"]
	wants(t, section, `<w:p><w:pPr><w:sectPr/></w:pPr>`)
	if n := strings.Count(part, "<w:p>") + strings.Count(part, "<w:p/>"); n != 3 || !strings.Contains(part, "<w:tc><w:tcPr/><w:p>") {
		t.Errorf("%d paragraphs, want the cell's, that with a b and the last: %s", n, part)
	}
}

func TestEveryWrongPlaceholderIsToldAtOnce(t *testing.T) {
	file := withBody(t, "<w:p>"+run("Số: {{so}} {{la}}")+"</w:p><w:p>"+run("Ngày {{ngay")+"</w:p><w:p>"+run("Tên }} {{Sở}}")+"</w:p><w:p>"+run("trước {{khoi}} sau")+"</w:p><w:p>"+run("{{a {{so}}")+
		`</w:p><w:p>`+run("{{b")+`<w:r><w:tab/></w:r>`+run("c}}")+"</w:p><w:p>"+run("{{ca_hai}}")+"</w:p>")
	var out bytes.Buffer
	err := Fill(&out, file, Filling{Values: map[string]string{"so": "5", "ca_hai": ""}, Blocks: map[string][]paper.Block{"khoi": nil, "ca_hai": nil}})
	if err == nil || out.Len() > 0 {
		t.Fatalf("error %v, %d bytes", err, out.Len())
	}
	wants(t, err.Error(), "filling in a template: word/document.xml, paragraph \"Số: {{so}} {{la}}\": {{la}} is unknown", `"Ngày {{ngay": "{{" is never closed`,
		`"Tên }} {{Sở}}": "}}" without "{{"`, "{{Sở}} is no name", "{{khoi}} names blocks and must be alone", `"{{a {{so}}": "{{" is never closed`, "{{b c}} is no name", "{{ca_hai}} is both")
	if _, err := Placeholders(file); err == nil || strings.Contains(err.Error(), "unknown") || !strings.Contains(err.Error(), "never closed") {
		t.Errorf("placeholders: %v", err)
	}
}

func TestManyWrongPlaceholdersAreCounted(t *testing.T) {
	err := Fill(&bytes.Buffer{}, withBody(t, strings.Repeat("<w:p>"+run("{{x}}")+"</w:p>", 60)), Filling{})
	if err == nil || strings.Count(err.Error(), "unknown") != 50 || !strings.HasSuffix(err.Error(), "and 10 more") {
		t.Errorf("got %v", err)
	}
}
