package mappings

import (
	"fmt"
	"strings"
	"testing"
)

func problemsOfTable(text string) string {
	_, problems := readTable("codes/t.csv", []byte(text))
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = fmt.Sprintf("%d:%d: %s", p.Line, p.Col, p.Text)
	}
	return strings.Join(lines, "\n")
}

func TestEveryFaultOfACodeTableIsReportedWithItsPlace(t *testing.T) {
	const head = "text,code,from,to,divided,note\n"
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "1:1: empty; want a header, text,code,from,to,divided,note"},
		{"no rows", head + "\n\n", "1:1: no rows; want at least one below the header"},
		{"semicolons", "text;code;from;to\n01;1;;\n", "1:1: header: want commas between the columns, not semicolons or tabs"},
		{"an unknown column", "text,code,form\n01,1,\n", `1:11: header: unknown column "form"; did you mean from?`},
		{"a column twice", "text,code,text\n", `1:11: header: "text" is there twice`},
		{"columns that must be there", "from,note\n", "1:1: header: the column text is missing\n1:1: header: the column code is missing"},
		{"no text and no code", head + "x,,,,,\n,1,,,,\n", "2:3: code: is empty\n3:1: text: is empty"},
		{"bad days", head + "x,1,2025-02-30,,,\ny,1,,01/07/2025,,\nz,1,0001-01-01,,,\n",
			"2:5: from: want a day of the calendar as yyyy-MM-dd, or nothing\n3:6: to: want a day of the calendar as yyyy-MM-dd, or nothing\n4:5: from: want a day of the calendar as yyyy-MM-dd, or nothing"},
		{"the end before the beginning", head + "x,1,2025-07-01,2025-06-30,,\n", "2:16: to: is before from"},
		{"columns are counted in characters", head + "\"Phường Mẫu\",1,x,,,\n", "2:16: from: want a day of the calendar as yyyy-MM-dd, or nothing"},
		{"a field too few", head + "x,1,,\n", "2:6: 4 fields, where the header has 6"},
		{"a field too many", head + "x,1,,,,,ghi chú\n", "2:9: 7 fields, where the header has 6"},
		{"one field", "text,code\nx\n", "2:1: 1 field, where the header has 2"},
		{"a quote inside a field", head + "x\"y,1,,,,\nx,,,,,\n", "2:2: not CSV: bare \" in non-quoted-field\n3:3: code: is empty"},
		{"a quote without its end", head + "\"x,1,,,,\ny,1,,,,\n", "2:1: not CSV: extraneous or missing \" in quoted-field"},
		{"spaces at the ends", head + " x,1 ,,,,\n", "2:1: text: has spaces at its ends\n2:4: code: has spaces at its ends"},
		{"a line break", head + "\"x\ny\",1,,,,\nz,,,,,\n", "2:1: text: holds a line break or another control character\n4:3: code: is empty"},
		{"characters that XML has not", head + "\u0001x,\u0090,,,,\nx,\ufffe,,,,\u007f\ny,1\u00a02,,,,\uff5e\ufffd\n", "2:1: text: holds a line break or another control character\n2:4: code: holds a line break or another control character\n" +
			"3:3: code: holds a line break or another control character\n3:8: note: holds a line break or another control character"},
		{"a text too long", head + strings.Repeat("ễ", 201) + ",1,,,,\n", "2:1: text: more than 200 characters"},
		{"what divided may be", head + "x,1,,,no,\n", "2:7: divided: want yes or nothing"},
		{"the same twice", head + "x,1,,,,\ny,1,,,,\nx,1,2025-01-01,,,a\n", "4:1: text: is listed in line 2 with the same code for the same days"},
		{"a letter in pieces", head + "Mẫu,1,,,,\nMa\u0302\u0303u,1,,,,\n", "3:1: text: is listed in line 2 with the same code for the same days"},
		{"two codes for one day", head + "x,1,,2025-07-01,,\nx,2,2025-07-01,,,\n",
			"3:1: text: is listed in line 2 with another code for the same days; end one of them with to, or mark both as divided"},
		{"two codes, one of them divided", head + "x,1,,,yes,\nx,2,,,,\n",
			"3:1: text: is listed in line 2 with another code for the same days; end one of them with to, or mark both as divided"},
		{"divided alone", head + "x,1,,2025-06-30,yes,\nx,2,2025-07-01,,yes,\n",
			"2:1: divided: no other row of this text is valid on the same days, divided, with another code\n3:1: divided: no other row of this text is valid on the same days, divided, with another code"},
		{"divided twice into one", head + "x,1,,,yes,\nx,1,,,yes,\nx,2,,,yes,\n", "3:1: text: is listed in line 2 with the same code for the same days"},
		{"a row that is wrong is not compared", head + "x,1,,,yes,\nx,2,x,,yes,\n", "3:5: from: want a day of the calendar as yyyy-MM-dd, or nothing"},
		{"another charset", head + "x,1,,,,ghi ch\xf3\n", "2:14: not UTF-8; save the file as CSV in UTF-8"},
		{"a byte order mark of UTF-16", "\xff\xfet\x00", "1:1: not UTF-8; save the file as CSV in UTF-8"},
		{"everything at once", head + "x,,2025-13-01,,maybe,\ny,1,,\n", "2:3: code: is empty\n2:4: from: want a day of the calendar as yyyy-MM-dd, or nothing\n2:16: divided: want yes or nothing\n3:6: 4 fields, where the header has 6"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := problemsOfTable(tt.text); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestACodeTableIsReadAsSpreadsheetsWriteIt(t *testing.T) {
	text := "\ufeffnote,text,code\r\n\"Phường Mẫu, cũ\",\"Mẫu \"\"Một\"\"\",001\r\n,Ma\u0302\u0303u Hai,002\r\n"
	table, problems := readTable("codes/t.csv", []byte(text))
	if len(problems) > 0 || len(table.rows) != 2 {
		t.Fatalf("%v, %+v", problems, table.rows)
	}
	first, second := table.rows[0], table.rows[1]
	if first.text != `Mẫu "Một"` || first.code != "001" || first.note != "Phường Mẫu, cũ" || first.from != firstDay || first.to != lastDay || second.text != "Mẫu Hai" {
		t.Errorf("got %+v", table.rows)
	}
}

func TestACodeTableIsBounded(t *testing.T) {
	var many strings.Builder
	many.WriteString("text,code\n")
	for i := range maxRows + 1 {
		fmt.Fprintf(&many, "%d,1\n", i)
	}
	if got := problemsOfTable(many.String()); got != "50002:1: more than 50000 rows" {
		t.Errorf("got %s", got)
	}
	same := "text,code,from,to\n"
	for i := range maxSameText + 1 {
		same += fmt.Sprintf("x,1,%d-01-01,%d-12-31\n", 1800+i, 1800+i)
	}
	if got := problemsOfTable(same); got != "102:1: text: more than 100 rows of one text" {
		t.Errorf("got %s", got)
	}
	table, problems := readTable("codes/t.csv", []byte("text,code\n"+strings.Repeat("x,\n", 1000)))
	if len(problems) != maxProblems || len(table.rows) != 1000 {
		t.Errorf("%d problems of %d rows", len(problems), len(table.rows))
	}
}
