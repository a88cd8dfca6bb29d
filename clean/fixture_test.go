package clean_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lgsp.internal/adapter/clean"
)

func nowStart() time.Time { return start }

func today() clean.ReadOptions { return clean.ReadOptions{Now: nowStart} }

// file writes a fixture.
func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// workbook writes an XLSX whose first sheet has the given rows.
func workbook(t testing.TB, rows [][]any, change ...func(f *excelize.File, sheet string)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	sheet := f.GetSheetName(0)
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow(sheet, at, &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range change {
		c(f, sheet)
	}
	path := filepath.Join(t.TempDir(), "danh sách.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// rawWorkbook writes an XLSX of the given parts beside the usual ones.
func rawWorkbook(t testing.TB, parts map[string]string) string {
	t.Helper()
	return bomb(t, parts, "", 0, 0)
}

// bomb is rawWorkbook with a part that says it has so many bytes, and has so many.
func bomb(t testing.TB, parts map[string]string, bomb string, says, has int) string {
	t.Helper()
	all := map[string]string{
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>`,
	}
	for name, text := range parts {
		all[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if bomb != "" {
		delete(all, bomb)
		var packed bytes.Buffer
		d, err := flate.NewWriter(&packed, flate.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		d.Write(bytes.Repeat([]byte(" "), has))
		d.Close()
		w, err := z.CreateRaw(&zip.FileHeader{Name: bomb, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(says)})
		if err != nil {
			t.Fatal(err)
		}
		w.Write(packed.Bytes())
	}
	for name, text := range all {
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
	return file(t, "raw.xlsx", b.Bytes())
}

// got is a person that was read, or why not.
type got struct{ id, cmnd, name, born, reason string }

func readAll(t testing.TB, path string, o clean.ReadOptions) ([]got, error) {
	t.Helper()
	table, err := clean.Read(path, o)
	if err != nil {
		return nil, err
	}
	defer table.Close()
	var all []got
	err = table.Each(func(l clean.Line) error {
		if l.Person {
			all = append(all, got{l.Row.ID, l.Row.CMND, l.Row.Name, l.Row.Born, l.Reason})
		}
		return nil
	})
	return all, err
}

// longList writes a list of invented people, with columns that do not matter.
func longList(t testing.TB, kind string, lines int) string {
	t.Helper()
	row := func(i int) []any {
		return []any{i, number(i), fmt.Sprintf("Nguyễn Bịa %d", i), "02/01/1990", "một cột khác", i * 7, "một cột dài để tệp kết quả vượt quá bộ nhớ đệm của thư viện ghi tệp, và vì thế được giữ tạm trong thư mục riêng bên cạnh tệp kết quả"}
	}
	if kind == "csv" {
		var b bytes.Buffer
		b.WriteString("STT,CCCD,Họ tên,Ngày sinh,Khác,Số,Ghi chú\n")
		for i := range lines {
			for j, v := range row(i + 1) {
				if j > 0 {
					b.WriteByte(',')
				}
				fmt.Fprint(&b, v)
			}
			b.WriteByte('\n')
		}
		return file(t, "dài.csv", b.Bytes())
	}
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetRow("A1", []any{"STT", "CCCD", "Họ tên", "Ngày sinh", "Khác", "Số", "Ghi chú"}); err != nil {
		t.Fatal(err)
	}
	for i := range lines {
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), row(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "dài.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}
