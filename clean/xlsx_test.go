package clean_test

import (
	"encoding/base64"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/clean"
)

func TestAWorkbookIsReadAsAPersonSeesIt(t *testing.T) {
	date := func(s string) time.Time { at, _ := time.Parse("2006-01-02", s); return at }
	rows := [][]any{
		{"DANH SÁCH BỊA"},
		{"STT", "Số định danh", "Họ và tên", "Ngày sinh"},
		{1, "079000000001", "Nguyễn Bịa", "02/01/1990"},
		{2, 79000000001, "Nguyễn Bịa", 1950},               // lost its zero
		{3, 179000000001, "Nguyễn Bịa", 19900102},          // 12 digits
		{4, 79000000001, "Nguyễn Bịa", date("1990-01-02")}, // zeros by format
		{5, "079000000001", "Nguyễn Bịa", 32875},           // a number that is no date
		{6, "079000000001", "Nguyễn Bịa", 1950},            // a serial of 1905 by its format
		{},
		{7, "079000000001", []excelize.RichTextRun{{Text: "Nguyễn "}, {Text: "Bịa", Font: &excelize.Font{Bold: true}}}, date("1900-01-31")},
		{8, 123456789, "Nguyễn Bịa", 60}, // a date that was not
		{9, 7.9e-3, "Nguyễn Bịa", true},
	}
	path := workbook(t, rows, func(f *excelize.File, sheet string) {
		custom := func(format, cell string) {
			id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStyle(sheet, cell, cell, id); err != nil {
				t.Fatal(err)
			}
		}
		custom("000000000000", "B6")
		custom(`[$-42A]dd" thg "mm\,yyyy`, "D8")
		custom("dd/mm/yyyy", "D11")
		if err := f.SetCellRichText(sheet, "C10", []excelize.RichTextRun{{Text: "Nguyễn "}, {Text: "Bịa", Font: &excelize.Font{Bold: true}}}); err != nil {
			t.Fatal(err)
		}
	})
	all, err := readAll(t, path, today())
	want := []got{
		an,
		{reason: clean.IDTooShort},
		{id: "179000000001", name: "Nguyễn Bịa", born: "19900102"},
		an,
		{reason: clean.BornUnreadable},
		{id: "079000000001", name: "Nguyễn Bịa", born: "19050503"},
		{id: "079000000001", name: "Nguyễn Bịa", born: "19000131"},
		{reason: clean.BornUnreadable},
		{reason: clean.IDNotDigits},
	}
	if err != nil || !slices.Equal(all, want) {
		t.Errorf("%v\n%v\nwant\n%v", err, all, want)
	}
}

func TestDatesOfThe1904SystemAreFourYearsLater(t *testing.T) {
	path := workbook(t, [][]any{{"CCCD", "Họ tên", "Ngày sinh"}, {"079000000001", "Nguyễn Bịa", 31413}}, func(f *excelize.File, sheet string) {
		yes := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
		id, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle(sheet, "C2", "C2", id); err != nil {
			t.Fatal(err)
		}
	})
	all, err := readAll(t, path, today())
	if err != nil || len(all) != 1 || all[0].born != "19900102" {
		t.Errorf("%v, %v", all, err)
	}
}

func TestASheetIsChosenByName(t *testing.T) {
	path := workbook(t, [][]any{{"trang bìa"}}, func(f *excelize.File, sheet string) {
		if _, err := f.NewSheet("Dữ liệu"); err != nil {
			t.Fatal(err)
		}
		for at, row := range map[string][]any{"A1": {"CCCD", "Họ tên", "Ngày sinh"}, "A2": {"079000000001", "Nguyễn Bịa", "02/01/1990"}} {
			if err := f.SetSheetRow("Dữ liệu", at, &row); err != nil {
				t.Fatal(err)
			}
		}
	})
	o := today()
	o.Sheet = "dữ liệu"
	if all, err := readAll(t, path, o); err != nil || !slices.Equal(all, []got{an}) {
		t.Errorf("%v, %v", all, err)
	}
	o.Sheet = "khác"
	if _, err := readAll(t, path, o); codeOf(err) != "NoSheet" || !strings.Contains(lgsp.TextOf(err), "“Dữ liệu”") {
		t.Errorf("%v", err)
	}
}

func TestAWorkbookOfAnotherMakerIsRead(t *testing.T) {
	body := strings.NewReplacer("</", "</x:", "<", "<x:").Replace(titleRow + `<row><c t="s"><v>0</v></c><c t="str"><f>A1&amp;B1</f><v>Nguyễn_x000D_ Bịa</v></c><c t="d"><v>1990-01-02T00:00:00Z</v></c></row>`)
	all, err := readAll(t, rawWorkbook(t, map[string]string{
		"xl/worksheets/sheet1.xml": `<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>` + body + `</x:sheetData></x:worksheet>`,
		"xl/sharedStrings.xml":     `<sst xmlns="u"><si><r><t>0790000</t></r><rPh><t>đọc</t></rPh><r><t>00001</t></r></si></sst>`,
	}), today())
	if err != nil || !slices.Equal(all, []got{an}) {
		t.Errorf("%v, %v", all, err)
	}
}

func TestAWorkbookThatIsBrokenIsNoShorterList(t *testing.T) {
	row := `<row><c t="inlineStr"><is><t>079000000001</t></is></c></row>`
	for name, c := range map[string]struct{ sheet, code string }{
		"breaks off":      {sheetHead + titleRow + row, "BrokenXLSX"},
		"out of order":    {sheetHead + titleRow + `<row r="5"/><row r="4"/>` + sheetTail, "BrokenXLSX"},
		"no such text":    {sheetHead + titleRow + `<row><c t="s"><v>9</v></c></row>` + sheetTail, "BrokenXLSX"},
		"a document type": {`<!DOCTYPE x [<!ENTITY a "b">]>` + sheetHead + sheetTail, "BrokenXLSX"},
		"too deep":        {sheetHead + titleRow + strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100) + sheetTail, "BrokenXLSX"},
		"too wide":        {sheetHead + titleRow + `<row><c r="ZZ2"><v>1</v></c></row>` + sheetTail, "TooWide"},
		"a giant cell":    {sheetHead + titleRow + `<row><c t="str"><v>` + strings.Repeat("x", 3<<20) + `</v></c></row>` + sheetTail, "RowTooLarge"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := readAll(t, rawWorkbook(t, map[string]string{"xl/worksheets/sheet1.xml": c.sheet}), today()); codeOf(err) != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
}

func TestAZipBombIsRefusedInLittleMemory(t *testing.T) {
	const styled = `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="x/styles" Target="styles.xml"/></Relationships>`
	for name, c := range map[string]struct {
		part      string
		says, has int // bytes
		code      string
	}{
		"texts":          {"xl/sharedStrings.xml", 300 << 20, 1, "ZipBomb"},
		"workbook":       {"xl/workbook.xml", 20 << 20, 1, "ZipBomb"},
		"styles":         {"xl/styles.xml", 20 << 20, 1, "ZipBomb"},
		"sheet":          {"xl/worksheets/sheet1.xml", 3 << 30, 1, "ZipBomb"},
		"a lie of texts": {"xl/sharedStrings.xml", 100, 30 << 20, "BrokenXLSX"},
		"a lie of sheet": {"xl/worksheets/sheet1.xml", 100, 30 << 20, "BrokenXLSX"},
	} {
		t.Run(name, func(t *testing.T) {
			parts := map[string]string{"xl/worksheets/sheet1.xml": sheetHead + sheetTail}
			if c.part == "xl/styles.xml" {
				parts["xl/_rels/workbook.xml.rels"] = styled
			}
			path := bomb(t, parts, c.part, c.says, c.has)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := readAll(t, path, today())
			runtime.ReadMemStats(&after)
			if codeOf(err) != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 8<<20 {
				t.Errorf("%d bytes were used", took)
			}
		})
	}
}

func TestAWorkbookMayBeLargerThanItsDirectoryMayBe(t *testing.T) {
	var texts strings.Builder
	random := rand.NewChaCha8([32]byte{})
	piece := make([]byte, 24_000)
	for range 300 {
		random.Read(piece)
		texts.WriteString("<si><t>" + base64.StdEncoding.EncodeToString(piece) + "</t></si>")
	}
	path := rawWorkbook(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + "<si><t>079000000001</t></si>" + texts.String() + texts.String() + "</sst>",
		"xl/worksheets/sheet1.xml": sheetHead + titleRow + `<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>Nguyễn Bịa</t></is></c><c><v>19900102</v></c></row>` + sheetTail})
	if info, err := os.Stat(path); err != nil || info.Size() < 9<<20 {
		t.Fatal("the fixture is too small")
	}
	if all, err := readAll(t, path, today()); err != nil || !slices.Equal(all, []got{an}) {
		t.Errorf("%v, %v", all, err)
	}
}
