package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/paper/samples"
)

var (
	update = flag.Bool("update", false, "write the golden files")
	keep   = flag.String("keep", "", "folder to write the documents into, to look at them")
)

var fixtures = map[string]func() paper.Document{"report": samples.Report, "notice": samples.Notice, "yearly": samples.Yearly, "empty": func() paper.Document { return paper.Document{} }}

func written(t testing.TB, d paper.Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func unzipped(t testing.TB, file []byte) (names []string, content map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	content = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
		content[f.Name] = string(b)
	}
	return names, content
}

func mainPart(t testing.TB, d paper.Document) string {
	t.Helper()
	_, content := unzipped(t, written(t, d))
	return content["word/document.xml"]
}

// lines parts what a writer puts on one line, so that golden files can be read.
func lines(part string) string {
	return regexp.MustCompile(`<(w:p|w:tbl|w:tr|w:sectPr|dc:\w+|c:ser|c:dLbl|c:catAx|c:valAx)>`).ReplaceAllString(part, "\n<$1>")
}

func TestTheGoldenDocumentsAreWritten(t *testing.T) {
	for name, make := range fixtures {
		file := written(t, make())
		if *keep != "" {
			if err := os.WriteFile(filepath.Join(*keep, name+".docx"), file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, content := unzipped(t, file)
		for _, part := range []string{"word/document.xml", "docProps/core.xml", "word/charts/chart1.xml", "word/charts/chart3.xml"} {
			if _, ok := content[part]; !ok {
				continue
			}
			golden := filepath.Join("testdata", name+"-"+filepath.Base(part))
			got := lines(content[part])
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
				t.Errorf("%s differs from %s; look at the document (-keep), then run with -update", part, golden)
			}
		}
	}
}

func TestTheSameDataGivesTheSameBytes(t *testing.T) {
	for name, make := range fixtures {
		if !bytes.Equal(written(t, make()), written(t, make())) {
			t.Errorf("%s: two writings differ", name)
		}
	}
}

func TestEveryPartIsWellFormedAndInOrder(t *testing.T) {
	for name, make := range fixtures {
		names, content := unzipped(t, written(t, make()))
		want := 9 + len(make().Charts())
		if make().Footer != "" {
			want++
		}
		if !slices.IsSorted(names) || len(names) != want {
			t.Errorf("%s: parts %v", name, names)
		}
		for part, text := range content {
			if err := wellFormed(text); err != nil {
				t.Errorf("%s: %s: %v", name, part, err)
			}
		}
	}
}

func wellFormed(text string) error {
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestRelationshipsAndContentTypesResolve(t *testing.T) {
	_, content := unzipped(t, written(t, samples.Report()))
	ids := map[string]bool{}
	for rels, folder := range map[string]string{"_rels/.rels": "", "word/_rels/document.xml.rels": "word/"} {
		found := regexp.MustCompile(`Id="(\w+)"[^>]* Target="([^"]+)"`).FindAllStringSubmatch(content[rels], -1)
		if len(found) == 0 {
			t.Errorf("%s is empty", rels)
		}
		for _, m := range found {
			ids[folder+m[1]] = true
			if content[folder+m[2]] == "" {
				t.Errorf("%s: no part %s", rels, m[2])
			}
		}
	}
	for _, m := range regexp.MustCompile(`r:id="(\w+)"`).FindAllStringSubmatch(content["word/document.xml"], -1) {
		if !ids["word/"+m[1]] {
			t.Errorf("no relationship %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`PartName="/([^"]+)"`).FindAllStringSubmatch(content["[Content_Types].xml"], -1) {
		if content[m[1]] == "" {
			t.Errorf("no part %s", m[1])
		}
	}
}

func TestEveryStyleThatIsUsedIsDefined(t *testing.T) {
	for name, make := range fixtures {
		_, content := unzipped(t, written(t, make()))
		for _, m := range regexp.MustCompile(`<w:(?:pStyle|tblStyle|basedOn|next) w:val="(\w+)"`).FindAllStringSubmatch(content["word/document.xml"]+content["word/header1.xml"]+content["word/styles.xml"], -1) {
			if !strings.Contains(content["word/styles.xml"], `w:styleId="`+m[1]+`"`) {
				t.Errorf("%s: no style %s", name, m[1])
			}
		}
	}
}

func TestWhatCannotBeLaidOutIsAnErrorAndNothingIsWritten(t *testing.T) {
	tooMany := paper.Table{Columns: []paper.Column{{}}, Rows: []paper.Row{{Cells: []string{"1", "2"}}}}
	for want, d := range map[string]paper.Document{
		"level 4":                          {Body: []paper.Block{paper.Heading{Level: 4}}},
		"block 2 is nil":                   {Body: []paper.Block{paper.Text(""), nil}},
		"0 columns":                        {Body: []paper.Block{paper.Table{}}},
		"64 columns":                       {Body: []paper.Block{paper.Table{Columns: make([]paper.Column, 64)}}},
		"appendix 1: block 1: table \"\":": {Appendices: []paper.Appendix{{Body: []paper.Block{tooMany}}}},
		"width -1":                         {Body: []paper.Block{paper.Table{Columns: []paper.Column{{Width: -1}}}}},
		"no mark 3":                        {Body: []paper.Block{paper.List{Mark: 3}}},
		"no alignment 4":                   {Body: []paper.Block{paper.Paragraph{Align: 4}}},
		"kind 2 with 2 cells":              {Body: []paper.Block{paper.Table{Columns: make([]paper.Column, 2), Rows: []paper.Row{{Kind: paper.Group, Cells: []string{"", ""}}}}}},
	} {
		var out bytes.Buffer
		if err := Write(&out, d); err == nil || !strings.Contains(err.Error(), want) || out.Len() > 0 {
			t.Errorf("want an error with %q and no bytes, got %v and %d bytes", want, err, out.Len())
		}
	}
}

type fullDisk struct{ left int }

var errFull = errors.New("no space left")

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.left -= len(b); d.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestAnErrorOfTheWriterIsReturned(t *testing.T) {
	whole := len(written(t, samples.Report()))
	for _, left := range []int{0, whole / 2, whole - 1} {
		if err := Write(&fullDisk{left}, samples.Report()); !errors.Is(err, errFull) {
			t.Errorf("with room for %d of %d bytes: %v", left, whole, err)
		}
	}
}

func TestTheCostOfARowDoesNotGrowWithTheTable(t *testing.T) {
	cost := func(rows int) float64 {
		table := paper.Table{Columns: make([]paper.Column, 4), Rows: make([]paper.Row, rows)}
		for i := range table.Rows {
			table.Rows[i].Cells = []string{"1", "a", "b", "c"}
		}
		d := paper.Document{Body: []paper.Block{table, paper.List{Mark: paper.Letter, Items: make([]string, rows)}}}
		var written countingWriter
		allocs := testing.AllocsPerRun(1, func() {
			if err := Write(&written, d); err != nil {
				t.Fatal(err)
			}
		})
		return allocs / float64(rows)
	}
	if few, many := cost(1_000), cost(10_000); many > few*1.5 {
		t.Errorf("%.1f allocations for each of 1,000 rows, %.1f for each of 10,000", few, many)
	}
}

type countingWriter int

func (c *countingWriter) Write(b []byte) (int, error) {
	*c += countingWriter(len(b))
	return len(b), nil
}
