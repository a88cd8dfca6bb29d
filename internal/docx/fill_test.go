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
