package clean_test

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/clean"
)

var an = got{id: "079000000001", name: "Nguyễn Bịa", born: "19900102"}

func TestAListIsFoundByItsHeaders(t *testing.T) {
	const line = "\n079000000001,Nguyễn Bịa,02/01/1990\n"
	for name, text := range map[string]string{
		"with diacritics":     "Số định danh cá nhân,Họ và tên,Ngày sinh" + line,
		"without":             "SO DINH DANH,HO TEN,NGAY THANG NAM SINH" + line,
		"one word":            "SoDinhDanh,HoVaTen,NgaySinh" + line,
		"CCCD":                "Số CCCD, Họ tên ,Năm  sinh" + line,
		"both numbers in one": "Số CMND/CCCD,Họ và tên,Ngày sinh" + line,
		"decomposed":          "Số căn cước,Họ và tên,Ngày sinh" + line,
		"byte order mark":     "\uFEFFSố CCCD,Họ và tên,Ngày sinh" + line,
		"semicolons":          "Số CCCD;Họ và tên;Ngày sinh\n079000000001;Nguyễn Bịa;02/01/1990\n",
		"tabs":                "Số CCCD\tHọ và tên\tNgày sinh\r\n079000000001\tNguyễn Bịa\t02/01/1990\r\n",
		"semicolons, commas":  "Số CCCD;Họ và tên;Ngày sinh;\"Quê, quán\"\n079000000001;Nguyễn Bịa;02/01/1990;\"a, b, c, d, e\"\n",
		"titles above":        "UBND PHƯỜNG BỊA\nDANH SÁCH,,\n\nSTT,Họ và tên,Ngày sinh,Số định danh\n1,Nguyễn Bịa,02/01/1990,079000000001\n",
		"a name in parts":     "Họ,Chữ đệm,Tên,CCCD,Ngày sinh\nNguyễn,,Bịa,079000000001,02/01/1990\n",
		"a name in two parts": "Họ đệm,Tên,CCCD,Ngày sinh\nNguyễn,Bịa,079000000001,02/01/1990\n",
	} {
		t.Run(name, func(t *testing.T) {
			all, err := readAll(t, file(t, "a.csv", []byte(text)), today())
			if err != nil || !slices.Equal(all, []got{an}) {
				t.Errorf("%v, %v", all, err)
			}
		})
	}
}

func TestColumnsCanBeNamed(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		columns clean.Columns
	}{
		"letters":       {"x,y,z\n079000000001,Nguyễn Bịa,02/01/1990\n", clean.Columns{ID: "A", Name: "b", Born: "C"}},
		"headers":       {"Mã,Ai,Khi nào\n079000000001,Nguyễn Bịa,02/01/1990\n", clean.Columns{ID: "ma", Name: "AI", Born: "khi nao"}},
		"one of two":    {"CCCD,CCCD,Họ tên,Ngày sinh\n,079000000001,Nguyễn Bịa,02/01/1990\n", clean.Columns{ID: "B"}},
		"parts instead": {"CCCD,Họ và tên,Họ,Tên,Ngày sinh\n079000000001,khác,Nguyễn,Bịa,02/01/1990\n", clean.Columns{Family: "Họ", Own: "D"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := today()
			o.Columns = c.columns
			all, err := readAll(t, file(t, "a.csv", []byte(c.text)), o)
			if err != nil || !slices.Equal(all, []got{an}) {
				t.Errorf("%v, %v", all, err)
			}
		})
	}
}

func TestWhatIsWrongWithAListIsSaidWithTheRemedy(t *testing.T) {
	wide := make([]byte, 0, 100)
	for _, u := range utf16.Encode([]rune("\uFEFFSố CCCD\tHọ tên\tNgày sinh")) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	for name, c := range map[string]struct {
		text    string
		columns clean.Columns
		sheet   string
		code    string
		says    []string
	}{
		"no number":          {text: "Họ tên,Ngày sinh\nNguyễn Bịa,1990\n", code: "ColumnMissing", says: []string{"--id-column", "A “Họ tên”, B “Ngày sinh”"}},
		"no name":            {text: "CCCD,Ngày sinh\n079000000001,1990\n", code: "ColumnMissing", says: []string{"--name-column"}},
		"no date":            {text: "CCCD,Họ tên\n079000000001,Nguyễn Bịa\n", code: "ColumnMissing", says: []string{"--born-column"}},
		"two of one":         {text: "CCCD,Số định danh,Họ tên,Ngày sinh\n", code: "ColumnAmbiguous", says: []string{"--id-column"}},
		"no such column":     {text: "CCCD,Họ tên,Ngày sinh\n", columns: clean.Columns{ID: "Mã số"}, code: "ColumnMissing", says: []string{"Mã số", "--id-column"}},
		"no such letter":     {text: "CCCD,Họ tên,Ngày sinh\n", columns: clean.Columns{ID: "AA"}, code: "ColumnMissing", says: []string{"--id-column"}},
		"one for two":        {text: "CCCD,Họ tên,Ngày sinh\n", columns: clean.Columns{ID: "B"}, code: "ColumnTwice", says: []string{"--id-column"}},
		"no header":          {text: "079000000001,Nguyễn Bịa,1990\n", code: "NoHeader", says: []string{"dòng tiêu đề"}},
		"no header, letters": {text: "079000000001,Nguyễn Bịa,1990\n", columns: clean.Columns{ID: "A", Name: "B", Born: "C"}, code: "NoHeader"},
		"a family is Hồ":     {text: "Hồ,Văn,Bịa,079000000001,1990\n", code: "NoHeader"},
		"UTF-16":             {text: string(wide), code: "UTF16", says: []string{"CSV UTF-8"}},
		"not UTF-8":          {text: "CCCD,Họ tên,Ngày sinh\n079000000001,Nguy\xE9n,1990\n", code: "NotUTF8", says: []string{"Dòng 2"}},
		"a quote":            {text: "CCCD,Họ tên,Ngày sinh\n079000000001,Nguyễn \"B\" Bịa,1990\n", code: "BrokenCSV", says: []string{"Dòng 2"}},
		"old Excel":          {text: "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", code: "OldExcel", says: []string{".xlsx"}},
		"no zip":             {text: "PK\x03\x04 cut", code: "BrokenXLSX", says: []string{".xlsx"}},
		"empty":              {text: " \n", code: "Empty"},
		"a sheet of a CSV":   {text: "CCCD,Họ tên,Ngày sinh\n", sheet: "A", code: "NoSheet", says: []string{"--sheet"}},
		"too wide":           {text: "CCCD,Họ tên,Ngày sinh\n" + strings.Repeat("x,", 200) + "x\n", code: "TooWide", says: []string{"Dòng 2"}},
		"a giant field":      {text: "CCCD,Họ tên,Ngày sinh\n\"" + strings.Repeat("x", 3<<20) + "\"\n", code: "RowTooLarge"},
	} {
		t.Run(name, func(t *testing.T) {
			o := today()
			o.Columns, o.Sheet = c.columns, c.sheet
			_, err := readAll(t, file(t, "a.csv", []byte(c.text)), o)
			if codeOf(err) != c.code || lgsp.KindOf(err) != lgsp.Invalid {
				t.Fatalf("%v, want %s", err, c.code)
			}
			for _, s := range c.says {
				if !strings.Contains(lgsp.TextOf(err), s) {
					t.Errorf("%q does not say %q", lgsp.TextOf(err), s)
				}
			}
			if s := err.Error() + lgsp.TextOf(err); strings.Contains(s, "079000000001") || strings.Contains(s, "Bịa") {
				t.Errorf("%q tells who is in the list", s)
			}
		})
	}
}

func TestANumberIsNeverRepaired(t *testing.T) {
	for _, c := range []struct{ id, cmnd, wantID, wantCMND, reason string }{
		{id: "079000000001", wantID: "079000000001"},
		{id: " 079 000 000\u00A0001 ", wantID: "079000000001"},
		{id: "'079000000001", wantID: "079000000001"},
		{id: "79000000001", reason: clean.IDTooShort},
		{id: "1000000001", reason: clean.IDTooShort},
		{id: "12345678", reason: clean.IDTooShort},
		{id: "0790000000011", reason: clean.IDTooLong},
		{id: "07900000000A", reason: clean.IDNotDigits},
		{id: "7.9E+10", reason: clean.IDNotDigits},
		{id: "０79000000001", reason: clean.IDNotDigits},
		{id: "012345678", wantCMND: "012345678"},
		{cmnd: "012345678", wantCMND: "012345678"},
		{cmnd: "12345678", reason: clean.CMNDTooShort},
		{cmnd: "0123456789", reason: clean.CMNDLength},
		{cmnd: "079000000001", wantID: "079000000001"},
		{id: "079000000001", cmnd: "012345678", wantID: "079000000001"},
		{id: "79000000001", cmnd: "012345678", reason: clean.IDTooShort},
		{reason: clean.IDMissing},
	} {
		all, err := readAll(t, file(t, "a.csv", fmt.Appendf(nil, "CCCD,CMND,Họ tên,Ngày sinh\n%s,%s,Nguyễn Bịa,1990\n", c.id, c.cmnd)), today())
		if err != nil || len(all) != 1 || all[0].id != c.wantID || all[0].cmnd != c.wantCMND || all[0].reason != c.reason {
			t.Errorf("%q %q: %v, %v", c.id, c.cmnd, all, err)
		}
	}
}

func TestADateOfBirthIsReadAsItStands(t *testing.T) {
	for in, want := range map[string]string{
		"02/01/1990": "19900102", "2/1/1990": "19900102", "1990-01-02": "19900102", "19900102": "19900102", "2-1-1990": "19900102", "2.1.1990": "19900102",
		"1990": "1990", "00/00/1950": "1950", "0/0/1950": "1950", " 02 / 01 / 1990 ": "19900102", "1990-01-02 00:00:00": "19900102", "1990-01-02T00:00:00": "19900102",
		"29/02/2000": "20000229", "01/01/1800": "18000101", "02/03/2026": "20260302", "2026": "2026",
		"29/02/1900": "", "31/04/1990": "", "13/13/1990": "", "12/25/1990": "", "00/05/1990": "", "05/00/1990": "", "1/1/90": "", "1990/01/02": "", "31/12/1799": "", "1799": "",
		"03/03/2026": "", "2027": "", "không rõ": "", "32874": "", "0": "", "-1": "", "1/1": "", "1/1/1/1": "", "+1/+1/1990": "", "1990-13-01": "", "99999999": "",
	} {
		all, err := readAll(t, file(t, "a.csv", fmt.Appendf(nil, "CCCD,Họ tên,Ngày sinh\n079000000001,Nguyễn Bịa,%s\n", in)), today())
		if err != nil || len(all) != 1 || all[0].born != want || (want == "") != (all[0].reason == clean.BornUnreadable) {
			t.Errorf("%q: %v, %v; want %q", in, all, err, want)
		}
	}
}

func TestWhoHasNoNameOrDateIsNotAsked(t *testing.T) {
	all, err := readAll(t, file(t, "a.csv", []byte("CCCD,Họ tên,Ngày sinh,Ghi chú\n079000000001,,1990\n079000000001,\u200B \u00A0,1990\n079000000001,"+strings.Repeat("ạ", 101)+",1990\n079000000001,"+strings.Repeat("ạ", 100)+",1990\n079000000001,Bịa,\n,,,\n,,,ai đó\n")), today())
	var reasons []string
	for _, g := range all {
		reasons = append(reasons, g.reason)
	}
	want := []string{clean.NameMissing, clean.NameMissing, clean.NameTooLong, "", clean.BornMissing, clean.IDMissing}
	if err != nil || !slices.Equal(reasons, want) {
		t.Errorf("%v, %v", reasons, err)
	}
}

func TestANameThatIsNotComparedIsNotAsked(t *testing.T) {
	for name, want := range map[string]string{".": clean.NameMissing, "- -": clean.NameMissing, "…": clean.NameMissing, "A.": "", "Ê-ban": "", strings.Repeat("각", 40): clean.NameTooLong} {
		all, err := readAll(t, file(t, "a.csv", []byte("CCCD,Họ tên,Ngày sinh\n079000000001,"+name+",1990\n")), today())
		if err != nil || len(all) != 1 || all[0].reason != want {
			t.Errorf("%q: %v, %v", name, all, err)
		}
	}
}

func TestANameIsComposedWithSingleSpaces(t *testing.T) {
	all, err := readAll(t, file(t, "a.csv", []byte("CCCD,Họ tên,Ngày sinh\n079000000001,\"  Nguye\u0302\u0303n \u00A0\t Bi\u0323a\u200B \n\",02/01/1990\n")), today())
	if err != nil || !slices.Equal(all, []got{an}) {
		t.Errorf("%v, %v", all, err)
	}
}

const (
	sheetHead = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	titleRow  = `<row><c t="inlineStr"><is><t>CCCD</t></is></c><c t="inlineStr"><is><t>Họ tên</t></is></c><c t="inlineStr"><is><t>Ngày sinh</t></is></c></row>`
	sheetTail = `</sheetData></worksheet>`
)

func TestAListOfTooManyPeopleIsRefused(t *testing.T) {
	const lines = 200_000
	text := "CCCD,Họ tên,Ngày sinh\n" + strings.Repeat("079000000001,A,1990\n", lines)
	if all, err := readAll(t, file(t, "a.csv", []byte(text)), today()); err != nil || len(all) != lines {
		t.Errorf("%d people, %v", len(all), err)
	}
	if _, err := readAll(t, file(t, "a.csv", []byte(text+"079000000001,A,1990\n")), today()); codeOf(err) != "TooManyRows" {
		t.Error(err)
	}
}

func TestALongListNeedsLittleMemory(t *testing.T) {
	for _, kind := range []string{"csv", "xlsx"} {
		t.Run(kind, func(t *testing.T) {
			const lines = 20_000
			table, err := clean.Read(longList(t, kind, lines), today())
			if err != nil {
				t.Fatal(err)
			}
			defer table.Close()
			var before, now runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			n := 0
			err = table.Each(func(l clean.Line) error {
				if l.Person && l.Reason != "" {
					t.Fatalf("line %d: %s", l.Number, l.Reason)
				}
				if n++; n%5000 == 0 {
					runtime.GC()
					runtime.ReadMemStats(&now)
					if now.HeapAlloc > before.HeapAlloc+4<<20 {
						t.Errorf("%d KiB more after %d lines", (now.HeapAlloc-before.HeapAlloc)>>10, n)
					}
				}
				return nil
			})
			if err != nil || n != lines+1 {
				t.Errorf("%d lines, %v", n, err)
			}
		})
	}
}
