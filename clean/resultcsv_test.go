package clean_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lgsp.internal/adapter/clean"
)

func TestACSVHasNothingThatASpreadsheetWouldRun(t *testing.T) {
	h := newHouse(t, nil)
	in := file(t, "a.csv", []byte("Họ và tên;CCCD;Ngày sinh;=cmd|' /C calc'!A0\nNguyễn Bịa;"+number(1)+";1990;=1+1\nNguyễn Hai;"+number(2)+";1990;\"\t@x;\ny\"\nNguyễn Ba;-1;1990;＝1\n"))
	out := filepath.Join(t.TempDir(), "b.csv")
	if _, err := clean.Run(context.Background(), h.runOptions(in, out)); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(out)
	if err != nil || !strings.HasPrefix(string(b), "\uFEFF") {
		t.Fatalf("%q, %v", b, err)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b), "\uFEFF")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := "02/03/2026 08:00:00"
	want := [][]string{
		{"Họ và tên", "CCCD", "Ngày sinh", "'=cmd|' /C calc'!A0", "Kết quả", "Thông tin sai", "Lý do", "Mã yêu cầu", "Thời điểm"},
		{"Nguyễn Bịa", number(1), "1990", "'=1+1", "đúng", "", "", h.up.codes[number(1)], at},
		{"Nguyễn Hai", number(2), "1990", "'\t'@x;\ny", "đúng", "", "", h.up.codes[number(2)], at},
		{"Nguyễn Ba", "'-1", "1990", "'＝1", "lỗi", "", "số định danh có ký tự không phải chữ số", "", ""},
	}
	for i := range want {
		if i >= len(rows) || !slices.Equal(rows[i], want[i]) {
			t.Errorf("row %d\n%q\nwant\n%q", i+1, rows[i], want[i])
		}
	}
	checkOwnerOnly(t, out)
}

// looseFields splits as a spreadsheet does that separates by something else: a
// quote that does not begin a field is a character like any other, and so is what
// follows a closing quote.
func looseFields(text string, separator byte) (fields []string) {
	var b strings.Builder
	quoted, began := false, false
	end := func() { fields, began = append(fields, b.String()), false; b.Reset() }
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '"' && i+1 < len(text) && text[i+1] == '"':
			b.WriteByte(c)
			i++
		case quoted && c == '"':
			quoted = false
		case quoted:
			b.WriteByte(c)
		case c == '"' && !began:
			quoted, began = true, true
		case c == separator || c == '\n' || c == '\r':
			end()
		default:
			b.WriteByte(c)
			began = true
		}
	}
	end()
	return fields
}

func TestACSVHasNothingThatASpreadsheetWithAnotherSeparatorWouldRun(t *testing.T) {
	cells := []string{"x;=HYPERLINK(1)", "x,=1+1", "x\t=1", "x;+1;-1;@A1", `x;"=1+1;y`, `x; =1`, `x;"" "=1`, "x\n=1", "x\r=1", "x\r\n-1", `";=1`, `"=1`, " =1", "x;＝1", ";=1", "x;\u200b=1",
		`x";=1`, `x"",""=1`, "=1;=1", "x;a=1", "x;'=1", "x, - y"}
	var in strings.Builder
	in.WriteString("Khác,CCCD,Họ tên,Ngày sinh,Ghi chú\n")
	for i, c := range cells {
		quoted := `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		fmt.Fprintf(&in, "%s,%s,A,1990,%s\n", quoted, number(i+1), quoted)
	}
	for _, own := range []string{",", ";", "\t"} {
		t.Run(own, func(t *testing.T) {
			text := in.String()
			if own != "," {
				var b strings.Builder
				rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
				w := csv.NewWriter(&b)
				w.Comma = rune(own[0])
				if err != nil || w.WriteAll(rows) != nil {
					t.Fatal(err)
				}
				text = b.String()
			}
			h, out := newHouse(t, nil), filepath.Join(t.TempDir(), "b.csv")
			if _, err := clean.Run(context.Background(), h.runOptions(file(t, "a.csv", []byte(text)), out)); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			text = strings.TrimPrefix(string(b), "\uFEFF")
			for _, separator := range []byte{',', ';', '\t'} {
				for _, f := range looseFields(text, separator) {
					if first := strings.TrimLeft(f, " \u200b"); strings.ContainsRune("=+-@＝＋－＠", firstOf(first)) {
						t.Errorf("separated by %q there is a field %q", separator, f)
					}
				}
			}
			r := csv.NewReader(strings.NewReader(text))
			r.Comma = rune(own[0])
			rows, err := r.ReadAll()
			if err != nil || len(rows) != len(cells)+1 || len(rows[1]) != 10 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			for i, c := range cells {
				want, got := strings.NewReplacer("'", "", "\r\n", "\n").Replace(c), strings.ReplaceAll(rows[i+1][4], "'", "")
				if want != got || rows[i+1][0] != rows[i+1][4] {
					t.Errorf("%q became %q", c, rows[i+1][4])
				}
			}
			if i := slices.Index(cells, "x;a=1"); rows[i+1][0] != "x;a=1" {
				t.Errorf("%q became %q", cells[i], rows[i+1][0])
			}
			if want := `"x;'=HYPERLINK(1)"` + own; !strings.Contains(text, "\n"+want) {
				t.Errorf("there is no %q in\n%s", want, text)
			}
		})
	}
}

func firstOf(s string) rune {
	for _, c := range s {
		return c
	}
	return ' '
}
