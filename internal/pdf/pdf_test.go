package pdf

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
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

func written(t testing.TB, d paper.Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
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

func TestTheGoldenDocumentsAreDrawn(t *testing.T) {
	for name, d := range documents() {
		file := written(t, d)
		if *keep != "" {
			if err := os.WriteFile(filepath.Join(*keep, name+".pdf"), file, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		pages := read(t, file)
		within(t, pages)
		path, got := filepath.Join("testdata", name+".txt"), golden(pages)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from %s; look at the document (-keep), then run with -update", name, path)
		}
	}
}

// Documents are drawn beside each other, and none sees what another left behind.
func TestTheSameDataGivesTheSameBytes(t *testing.T) {
	for name, d := range documents() {
		files := make([][]byte, 4)
		var all sync.WaitGroup
		for i := range files {
			all.Go(func() { files[i] = written(t, d) })
		}
		all.Wait()
		for _, f := range files[1:] {
			if !bytes.Equal(files[0], f) {
				t.Errorf("%s: two writings differ", name)
			}
		}
	}
}

func TestOthersReadItsTextFontsAndTitle(t *testing.T) {
	file := written(t, samples.Yearly())
	wants(t, poppler(t, file, "pdftotext", "-layout", "-", "-"), "CÔNG AN THÀNH PHỐ", "Độc lập - Tự do - Hạnh phúc", "Số: 07/BC-CATP", "ngày 17 tháng 12 năm 2026", "BÁO CÁO",
		"I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI", "Các cơ quan, đơn vị đã nghiêm túc triển khai thực hiện; việc khai thác", "Lượt khai thác theo tháng (đơn vị: lượt)", "Tháng 1", "98,5%",
		"PHÓ GIÁM ĐỐC", "Đại tá Nguyễn Văn Thử", "Phụ lục I", "Bảng 1. Lượt khai thác", "Khối đơn vị III", "Cộng")
	wants(t, poppler(t, file, "pdfinfo", "-"), "Title:", "Báo cáo kết nối, chia sẻ dữ liệu năm 2026", "Author:", "Công an thành phố Hải Phòng", "Producer:", "lgspd", "CreationDate:", "Dec 17", "2026", "Pages:", "17", "A4")
	for _, line := range strings.Split(strings.TrimSpace(poppler(t, file, "pdffonts", "-")), "\n")[2:] {
		if !strings.Contains(line, "Identity-H       yes ") || !strings.Contains(line, " yes  ") {
			t.Errorf("a font is not embedded with its characters: %s", line)
		}
	}
	if bytes.Count(file, []byte("Date (D:20261217000000)")) != 2 {
		t.Error("the file is dated otherwise than the document")
	}
	if !bytes.Contains(file, []byte("/Lang (vi-VN)")) {
		t.Error("the file does not tell its language")
	}
	if len(file) > 200<<10 {
		t.Errorf("%d bytes", len(file))
	}
}

func TestWhatCannotBeDrawnIsAnErrorAndNothingIsWritten(t *testing.T) {
	for want, d := range map[string]paper.Document{
		"level 4":           {Body: []paper.Block{paper.Heading{Level: 4}}},
		"0 labels":          {Appendices: []paper.Appendix{{Body: []paper.Block{paper.Chart{}}}}},
		"{{a}} is not fill": {Appendices: []paper.Appendix{{Body: []paper.Block{paper.Placeholder{Name: "a"}}}}},
		"{{b}} is not fill": {Body: []paper.Block{paper.Placeholder{Name: "b"}}},
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
	if err := Write(&fullDisk{1000}, samples.Notice()); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

// everywhere puts one text into every place that takes one.
func everywhere(s string) paper.Document {
	small := s
	if utf8.RuneCountInString(s) > 300 {
		small = ""
	}
	return paper.Document{
		Parent: s, Agency: s, Number: s, Symbol: s, Place: s, Kind: s, Subject: s, To: []string{s, s}, Bases: []string{s},
		Body: []paper.Block{
			paper.Heading{Level: 1, Text: s}, paper.Heading{Level: 3, Text: s}, paper.Text(s), paper.List{Mark: paper.Letter, Items: []string{s}},
			paper.Paragraph{Align: paper.Right, Spans: []paper.Span{{Text: s}, {Text: s, Bold: true}, {Text: s, Italic: true}}},
			paper.Table{Caption: s, Columns: []paper.Column{{Title: s}, {Title: s, Align: paper.Right}}, Rows: []paper.Row{{Cells: []string{s, s}}, {Cells: []string{s}, Kind: paper.Group}, {Cells: []string{s}, Kind: paper.Total}}},
			paper.Chart{Title: s, Labels: []string{s}, Series: []paper.Series{{Name: s, Values: []int64{1}}, {Name: s, Values: []int64{1}}}},
		},
		Recipients: []string{s}, Signer: paper.Signer{Authority: s, Position: s, Name: s}, Footer: small,
		Appendices: []paper.Appendix{{Number: s, Title: s, Note: s, Landscape: true, Body: []paper.Block{paper.Text(s)}}, {}},
		Properties: paper.Properties{Title: s, Author: s},
	}
}

func FuzzNoTextBreaksTheLayout(f *testing.F) {
	for _, s := range []string{"", "Sở Tư pháp", "(a) \\ )", "\x00\x08\r\x0b", "\ufeff\uffff", "\xc3\x28\xff", "số 5 Điều 7", "\n\na\n\nb\n", "ẩẫậ\u0301 e\u0302\u0323", "𝒜\U0010ffff😀", "\u2028 \u202e", "   ", strings.Repeat("W", 5000), strings.Repeat("ư ", 3000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 20_000 {
			return
		}
		within(t, read(t, written(t, everywhere(s))))
	})
}

func TestWhatHasNoPlaceInADocumentIsLeftOut(t *testing.T) {
	got := read(t, written(t, doc(paper.Text("a\x00b\x1bc\rd\u202ee\u2066f\ti\xffj 😀 e\u0302\u0301"))))[0].text()
	wants(t, got, "abcdef i\ufffdj □ ế\n")
}
