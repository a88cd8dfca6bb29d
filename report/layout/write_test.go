package layout_test

import (
	"archive/zip"
	"bytes"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lgsp.internal/adapter/report/layout"
)

var (
	update = flag.Bool("update", false, "write the golden files")
	keep   = flag.String("keep", "", "folder to write the files into, to look at them")
)

var fixtures = map[string]func() layout.Paper{"province": province, "empty": empty, "one": one}

func written(t testing.TB, f layout.Format, p layout.Paper) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := layout.Write(&out, f, p, layout.Options{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// With -keep every format of every fixture is written into a folder, for people
// and for interop/report.sh.
func TestFilesAreKeptToBeLookedAt(t *testing.T) {
	if *keep == "" {
		return
	}
	for name, make := range fixtures {
		for _, k := range layout.Formats() {
			if err := os.WriteFile(filepath.Join(*keep, name+"."+string(k.Format)), written(t, k.Format, make()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// telling are the parts of a file that a report makes different; the others are
// those of the library or of package docx, which has golden files of its own.
var telling = regexp.MustCompile(`^(word/document\.xml|word/footer\d*\.xml|docProps/core\.xml|xl/worksheets/sheet\d+\.xml|xl/sharedStrings\.xml|xl/workbook\.xml|xl/tables/table1\.xml|xl/charts/chart1\.xml)$`)

// readable returns a file as text with short lines: of an archive its telling
// parts.
func readable(t *testing.T, f layout.Format, file []byte) string {
	if f != layout.DOCX && f != layout.XLSX {
		return strings.ReplaceAll(string(file), "\r\n", "\n")
	}
	var b strings.Builder
	parts := unzipped(t, file)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if telling.MatchString(name) {
			b.WriteString("==> " + name + "\n" + strings.NewReplacer("<w:p>", "\n<w:p>", "<w:tr>", "\n<w:tr>", "<row ", "\n<row ", "<si>", "\n<si>", "<c:ser>", "\n<c:ser>", "<definedName ", "\n<definedName ").Replace(parts[name]) + "\n")
		}
	}
	return b.String()
}

func TestTheGoldenFilesAreWritten(t *testing.T) {
	for _, name := range []string{"province", "empty"} {
		for _, k := range layout.Formats() {
			if k.Format == layout.PDF {
				continue // fonts, compressed; package pdf has golden files of its own
			}
			golden := filepath.Join("testdata", name+"."+string(k.Format)+".golden")
			var file bytes.Buffer
			if err := layout.Write(&file, k.Format, fixtures[name](), layout.Options{Fragment: true}); err != nil {
				t.Fatal(err)
			}
			got := readable(t, k.Format, file.Bytes())
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
				t.Errorf("%s differs; look at the file (-keep), then run with -update", golden)
			}
		}
	}
}

func TestTheValueOfABarStandsBesideIt(t *testing.T) {
	var out bytes.Buffer
	if err := layout.Write(&out, layout.XLSX, province(), layout.Options{}); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	single := 0
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "xl/charts/chart") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		chart, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Count(chart, []byte("<ser>"))+bytes.Count(chart, []byte("<c:ser>")) == 1 {
			single++
			if !bytes.Contains(chart, []byte(`grouping val="clustered"`)) {
				t.Errorf("%s stacks one series, whose values stand in its dark bars", f.Name)
			}
		}
	}
	if single != 2 {
		t.Errorf("%d charts of one series, want those of departments", single)
	}
}

func TestFilesAreNamedByPeriodAndScope(t *testing.T) {
	p := one()
	if got := layout.FileName(p, layout.DOCX); got != "bao-cao-2026-H1-H38.11.docx" {
		t.Error(got)
	}
	p.Draft, p.Report.Scope = true, "../ Sở\n\"x\""
	if got := layout.FileName(p, layout.CSV); got != "bao-cao-2026-H1-..__S___x_-du-thao.csv" {
		t.Error(got)
	}
	if got := layout.FileName(province(), layout.XLSX); got != "bao-cao-2026-H1-tinh.xlsx" {
		t.Error(got)
	}
	p.Report.Period.To++
	if got := layout.FileName(p, layout.JSON); !strings.HasPrefix(got, "bao-cao-2025-12-15-den-2026-06-15-") {
		t.Error(got)
	}
}

func TestAFormatThatIsNoneIsRefused(t *testing.T) {
	for _, k := range layout.Formats() {
		if f, err := layout.ParseFormat(string(k.Format)); err != nil || f != k.Format {
			t.Errorf("%s: %v", k.Format, err)
		}
	}
	if _, err := layout.ParseFormat("odt"); err == nil {
		t.Error("odt is a format")
	}
	var out bytes.Buffer
	if err := layout.Write(&out, "DOCX", empty(), layout.Options{}); err == nil || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}
