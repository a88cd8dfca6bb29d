package mappings

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	lgsp "lgsp.internal/adapter"
)

// wards is a table of invented wards: one renamed, one divided, one that came and went.
const wards = "text,code,from,to,divided,note\n" +
	"101,201,,,,Phường Mẫu Một\n" +
	"102,202,2025-07-01,,yes,Phường Mẫu Hai\n" +
	"102,203,2025-07-01,,yes,Phường Mẫu Ba\n" +
	"102,102,,2025-06-30,,Phường Mẫu cũ\n" +
	"103,303,2020-01-01,2022-12-31,,\n" +
	"103,304,2024-01-01,2024-12-31,,\n" +
	"Xã Thử Nghiệm,305,,,,\n" +
	"104,404,2025-07-01,2025-12-31,,\n" +
	"104,403,2024-01-01,2024-12-31,,\n" +
	"104,402,2022-01-01,2022-12-31,,\n"

// withFiles loads one mapping beside other files.
func withFiles(t testing.TB, rules string, files map[string]string) (*Mapping, error) {
	t.Helper()
	tree := fstest.MapFS{
		"a/mapping.yaml":       {Data: []byte(jsonHead + "fields:\n  - " + rules + "\n")},
		"a/cases/one/in.xml":   {Data: []byte("<A/>")},
		"a/cases/one/want.err": {Data: []byte("WrongElement")},
	}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	set, err := Load(tree)
	if err != nil {
		return nil, err
	}
	m, _ := set.Get("a")
	return m, nil
}

func withWards(t testing.TB, rules string) *Mapping {
	t.Helper()
	m, err := withFiles(t, rules, map[string]string{"a/codes/xa.csv": wards})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mapOn maps a message that is received at a moment.
func mapOn(m *Mapping, received time.Time, inside string) (lgsp.Document, error) {
	return m.Map(context.Background(), lgsp.Envelope{ID: lgsp.ID{1}, Sender: "H29.11", Service: "a", Received: received, Body: []byte(a(inside))})
}

// tellFields writes what is said about every bad field.
func tellFields(err error) string {
	var e *lgsp.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	lines := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		lines[i] = fmt.Sprintf("%s %s: %s [%s] [%s]", f.Path, f.Code, f.Text, f.Want, f.Found)
	}
	return strings.Join(lines, "\n")
}

func TestACodeIsThatOfTheDayThatCounts(t *testing.T) {
	july := time.Date(2025, 6, 30, 17, 0, 0, 0, time.UTC) // 1 July in Vietnam
	june := july.Add(-time.Second)
	for _, tt := range []struct {
		name, rules string
		received    time.Time
		in, want    string
	}{
		{"always", "{to: b, from: B, codes: {table: xa.csv}}", june, "<B>101</B>", `{"b":"201"}`},
		{"the day of receipt, in Vietnam", "{to: b, from: B, codes: {table: xa.csv}}", june, "<B>102</B>", `{"b":"102"}`},
		{"the day of receipt, which has begun in Vietnam", "{to: b, from: B, codes: {table: xa.csv}}", july, "<B>104</B>", `{"b":"404"}`},
		{"a fixed day", "{to: b, from: B, codes: {table: xa.csv, on: 2025-06-30}}", july, "<B>102</B>", `{"b":"102"}`},
		{"a day of the message", "{to: b, from: B, codes: {table: xa.csv, on: {from: N, in: dd/MM/yyyy}}}", july, "<B>103</B><N> 31/12/2022 </N>", `{"b":"303"}`},
		{"the first day that is there", "{to: b, from: B, codes: {table: xa.csv, on: {from: [N, M], in: [yyyyMMdd, dd/MM/yyyy]}}}", july, "<B>103</B><N/><M>20240101</M>", `{"b":"304"}`},
		{"the layouts of the rule that reads the day", "{to: b, from: B, codes: {table: xa.csv, on: N}}\n  - {to: n, from: N, date: {in: [yyyy, d/M/yyyy], out: yyyy}}", july, "<B>103</B><N>1/1/2024</N>", `{"b":"304","n":"2024"}`},
		{"a day with a time, of its zone", "{to: b, from: B, codes: {table: xa.csv, on: {from: N, in: 'yyyy-MM-ddTHH:mm:ss*'}}}", july, "<B>103</B><N>2023-12-31T17:00:00Z</N>", `{"b":"304"}`},
		{"a day in an element of a list", "{to: l, each: L, fields: [{to: b, from: B, codes: {table: xa.csv, on: {from: '@n', in: yyyy-MM-dd}}}]}", july,
			"<L n='2020-01-01'><B>103</B></L><L n='2024-01-01'><B>103</B></L>", `{"l":[{"b":"303"},{"b":"304"}]}`},
		{"no day is asked for where there is no value", "{to: b, from: B, codes: {table: xa.csv, on: {from: N, in: yyyy-MM-dd}}, default: '201'}", july, "", `{"b":"201"}`},
		{"a number", "{to: b, from: B, type: int, codes: {table: xa.csv}}", june, "<B>101</B>", `{"b":201}`},
		{"compared loosely", "{to: b, from: B, codes: {table: xa.csv}, compare: loose}", june, "<B>xa  thu nghiem</B>", `{"b":"305"}`},
		{"compared without capitals", "{to: b, each: B, codes: {table: xa.csv}, compare: case}", june, "<B>XÃ THỬ NGHIỆM</B><B>101</B>", `{"b":["305","201"]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := mapOn(withWards(t, tt.rules), tt.received, tt.in)
			if err != nil || string(d.Body) != tt.want {
				t.Errorf("got %s, %s", d.Body, tellFields(err))
			}
		})
	}
}

func TestACodeThatATableDoesNotGiveIsReportedWithTheReason(t *testing.T) {
	july := time.Date(2025, 7, 1, 3, 0, 0, 0, time.UTC)
	const byDay = "{to: b, from: B, codes: {table: xa.csv, on: {from: N, in: [dd/MM/yyyy, yyyyMMdd]}}}"
	const listed, before = "101 | Xã Thử Nghiệm | 104", "101 | 102 | Xã Thử Nghiệm"
	for _, tt := range []struct{ name, rules, in, want string }{
		{"not listed", "{to: b, from: B, codes: {table: xa.csv}}", "<B>999</B>", "/A/B code: " + textCode + " [" + listed + "] [3 chữ số]"},
		{"divided", "{to: b, from: B, codes: {table: xa.csv}}", "<B>102</B>",
			"/A/B divided: Đơn vị hành chính cũ này đã được chia cho nhiều đơn vị mới nên không tự chuyển đổi được. Hãy gửi mã hoặc tên của đơn vị mới. [202 (Phường Mẫu Hai) | 203 (Phường Mẫu Ba)] [3 chữ số]"},
		{"no more", "{to: b, from: B, codes: {table: xa.csv}}", "<B>103</B>",
			"/A/B code: Giá trị này chỉ có hiệu lực đến hết ngày 31/12/2024, không có hiệu lực vào ngày nhận thông điệp. Hãy chọn giá trị có hiệu lực vào ngày đó. [" + listed + "] [3 chữ số]"},
		{"not yet", "{to: b, from: B, codes: {table: xa.csv, on: 2019-12-31}}", "<B>103</B>",
			"/A/B code: Giá trị này chỉ có hiệu lực từ ngày 01/01/2020, không có hiệu lực vào ngày 31/12/2019. Hãy chọn giá trị có hiệu lực vào ngày đó. [" + before + "] [3 chữ số]"},
		{"between", byDay, "<B>103</B><N>01/01/2023</N>",
			"/A/B code: Giá trị này chỉ có hiệu lực đến hết ngày 31/12/2022 và từ ngày 01/01/2024, không có hiệu lực vào ngày ghi trong thông điệp. Hãy chọn giá trị có hiệu lực vào ngày đó. [" + before + "] [3 chữ số]"},
		{"between the nearest two", byDay, "<B>104</B><N>01/01/2025</N>",
			"/A/B code: Giá trị này chỉ có hiệu lực đến hết ngày 31/12/2024 và từ ngày 01/07/2025, không có hiệu lực vào ngày ghi trong thông điệp. Hãy chọn giá trị có hiệu lực vào ngày đó. [" + before + "] [3 chữ số]"},
		{"before the nearest", byDay, "<B>104</B><N>01/01/2021</N>",
			"/A/B code: Giá trị này chỉ có hiệu lực từ ngày 01/01/2022, không có hiệu lực vào ngày ghi trong thông điệp. Hãy chọn giá trị có hiệu lực vào ngày đó. [101 | 102 | 103 | Xã Thử Nghiệm] [3 chữ số]"},
		{"not listed, on a fixed day", "{to: b, from: B, codes: {table: xa.csv, on: 2024-07-01}}", "<B>999</B>", "/A/B code: " + textCode + " [101 | 102 | 103 | Xã Thử Nghiệm | 104] [3 chữ số]"},
		{"not listed, on a day of the message", byDay, "<B>999</B><N>01/01/2022</N>", "/A/B code: " + textCode + " [101 | 102 | 103 | Xã Thử Nghiệm | 104] [3 chữ số]"},
		{"not there, on a day of the message", strings.Replace(byDay, "from: B,", "from: B, required: true,", 1), "<N>01/01/2022</N>", "/A/B missing: " + textMissing + " [101 | 102 | 103 | Xã Thử Nghiệm | 104] []"},
		{"not there, on no day", strings.Replace(byDay, "from: B,", "from: B, required: true,", 1), "", "/A/B missing: " + textMissing + " [101 | Xã Thử Nghiệm] []"},
		{"no day", byDay, "<B>103</B>", "/A/N missing: " + textMissing + " [dd/MM/yyyy | yyyyMMdd] []"},
		{"an empty day", byDay, "<B>103</B><N> </N>", "/A/N missing: " + textMissing + " [dd/MM/yyyy | yyyyMMdd] [trống]"},
		{"a day that is none", byDay, "<B>103</B><N>2023-01-01</N>", "/A/N date: " + textDate + " [dd/MM/yyyy | yyyyMMdd] [10 ký tự: chữ số và dấu -]"},
		{"a day that is none is reported once", strings.Replace(byDay, "{to: b,", "{to: b, from: B}\n  - {to: c, from: N, date: {in: [dd/MM/yyyy, yyyyMMdd], out: yyyy}}\n  - {to: d,", 1), "<B>103</B><N>x</N>",
			"/A/N date: " + textDate + " [dd/MM/yyyy | yyyyMMdd] [1 chữ cái]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := mapOn(withWards(t, tt.rules), july, tt.in)
			if got := tellFields(err); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestWhatIsToldOfACandidateIsBounded(t *testing.T) {
	text := "text,code,divided,note\n"
	for i := range maxSameText {
		text += fmt.Sprintf("x,%d,yes,%s\n", i, strings.Repeat("ễ", maxTableText))
	}
	m, err := withFiles(t, "{to: b, from: B, codes: {table: xa.csv}}", map[string]string{"codes/xa.csv": text})
	if err != nil {
		t.Fatal(err)
	}
	_, err = mapOn(m, time.Time{}, "<B>x</B>")
	var e *lgsp.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || len(e.Fields[0].Want) > 1000 || !strings.HasSuffix(e.Fields[0].Want, " | …") || !strings.HasPrefix(e.Fields[0].Want, "0 (ễ") {
		t.Errorf("got %+v", e)
	}
	// Two ways to write a divided text are one when compared, with each code once.
	m, err = withFiles(t, "{to: b, from: B, codes: {table: xa.csv}, compare: loose}", map[string]string{"codes/xa.csv": "text,code,divided\nMẫu,1,yes\nMẫu,2,yes\nmau,1,yes\nmau,2,yes\n"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = mapOn(m, time.Time{}, "<B>MAU</B>"); !strings.Contains(tellFields(err), " [1 | 2] ") {
		t.Errorf("got %s", tellFields(err))
	}
	// Of a table that is no longer valid, what was valid is told.
	m, err = withFiles(t, "{to: b, from: B, codes: {table: xa.csv}}", map[string]string{"codes/xa.csv": "text,code,to\nx,1,2020-01-01\n"})
	if err != nil || m.fields[0].want != "x" {
		t.Errorf("got %v", err)
	}
	many := "text,code\n"
	for i := range 100 {
		many += fmt.Sprintf("%d,x\n", i)
	}
	if m, err = withFiles(t, "{to: b, from: B, codes: {table: xa.csv}}", map[string]string{"codes/xa.csv": many}); err != nil {
		t.Fatal(err)
	}
	if want := m.fields[0].want; want != "0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | …" {
		t.Errorf("want is %s", want)
	}
}

func TestTheTableNearestToTheServiceIsUsed(t *testing.T) {
	const rules = "{to: b, from: B, codes: {table: tinh-34.csv}}"
	files := map[string]string{}
	for _, step := range []struct{ file, want string }{{"", "01"}, {"codes/tinh-34.csv", "shared"}, {"a/codes/tinh-34.csv", "own"}} {
		if step.file != "" {
			files[step.file] = "text,code\n01," + step.want + "\n"
		}
		m, err := withFiles(t, rules, files)
		if err != nil {
			t.Fatal(err)
		}
		d, err := mapOn(m, time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), "<B>01</B>")
		if err != nil || string(d.Body) != `{"b":"`+step.want+`"}` {
			t.Errorf("with %s: got %s, %v", step.file, d.Body, err)
		}
	}
}

func TestAReplyMayUseTables(t *testing.T) {
	mapping := strings.Replace(askHead, "{to: c, from: C}", "{to: c, from: C, codes: {table: xa.csv}}", 1)
	set, err := Load(fstest.MapFS{
		"a/mapping.yaml":       {Data: []byte(mapping)},
		"a/codes/xa.csv":       {Data: []byte(wards)},
		"a/cases/one/in.xml":   {Data: []byte("<A/>")},
		"a/cases/one/want.err": {Data: []byte("WrongElement")},
	})
	if err != nil {
		t.Fatal(err)
	}
	m, _ := set.Get("a")
	e := lgsp.Envelope{Received: time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)}
	got, err := m.Reply(context.Background(), e, lgsp.Ack{Body: []byte("<B xmlns='urn:b'><C>102</C></B>")})
	if err != nil || string(got) != `<t:R xmlns:t="urn:t"><t:c>102</t:c></t:R>` {
		t.Errorf("got %s, %v", got, err)
	}
	e.Received = e.Received.AddDate(0, 0, 1)
	if _, err := m.Reply(context.Background(), e, lgsp.Ack{Body: []byte("<B xmlns='urn:b'><C>102</C></B>")}); err == nil || !strings.Contains(err.Error(), "/B/C divided") {
		t.Errorf("got %v", err)
	}
}

const askHead = "service: a\ntitle: Thử\nkind: lookup\nsource: {namespace: urn:a, root: A}\nsubject: S\npurpose: {procedure: P, officer: O}\n" +
	"target: {route: r, form: json}\nfields:\n  - {to: b, from: B}\nreply:\n  source: {namespace: urn:b, root: B}\n" +
	"  target: {root: t:R, namespaces: {t: urn:t}}\n  fields:\n    - {to: c, from: C}\n"

// What is wrong with a table, and with what a rule says of it, is told together.
func TestFaultyUseOfATableIsReportedWithItsPlace(t *testing.T) {
	for _, tt := range []struct{ name, rules, want string }{
		{"no such table", "{to: b, from: B, codes: {table: tinh-43.csv}}",
			"a/mapping.yaml:6:37: table: tinh-43.csv is not in a/codes, not in codes, and not shipped; did you mean tinh-34.csv?"},
		{"no name of a table", "{to: b, from: B, codes: {table: ../xa.csv}}", "a/mapping.yaml:6:37: table: want the name of a CSV file in a folder codes, as in tinh-34.csv"},
		{"no CSV", "{to: b, from: B, codes: {table: xa.tsv}}", "a/mapping.yaml:6:37: table: want the name of a CSV file in a folder codes, as in tinh-34.csv"},
		{"another key", "{to: b, from: B, codes: {table: xa.csv, om: N}}", `a/mapping.yaml:6:45: codes: unknown key "om"; did you mean on?`},
		{"a day that is none", "{to: b, from: B, codes: {table: xa.csv, on: 2025-02-30}}", `a/mapping.yaml:6:49: on: path "2025-02-30": "2025-02-30" is not a name; want steps such as Tre/NoiSinh/@Ma`},
		{"a word", "{to: b, from: B, codes: {table: xa.csv, on: $id}}", `a/mapping.yaml:6:49: on: "$id" is no date; want a path into the message`},
		{"no layouts", "{to: b, from: B, codes: {table: xa.csv, on: N}}", "a/mapping.yaml:6:49: on: no rule reads N as a whole day; say how it is written, as in {from: N, in: dd/MM/yyyy}"},
		{"no layouts of a whole day", "{to: b, from: B, codes: {table: xa.csv, on: N}}\n  - {to: c, from: N, date: {in: MM/yyyy, out: yyyy}}",
			"a/mapping.yaml:6:49: on: no rule reads N as a whole day; say how it is written, as in {from: N, in: dd/MM/yyyy}"},
		{"a layout of no whole day", "{to: b, from: B, codes: {table: xa.csv, on: {from: N, in: [dd/MM/yyyy, MM/yyyy]}}}", "a/mapping.yaml:6:49: on: MM/yyyy is not a whole day"},
		{"no layout", "{to: b, from: B, codes: {table: xa.csv, on: {from: N, in: ngay}}}", `a/mapping.yaml:6:63: in: "ngay": ` + errLayout.Error()},
		{"no path", "{to: b, from: B, codes: {table: xa.csv, on: {in: yyyyMMdd}}}", "a/mapping.yaml:6:49: on: from is missing"},
		{"not of the type", "{to: b, from: B, type: bool, codes: {table: xa.csv}}", `a/mapping.yaml:6:34: codes: the code "201" in line 2 of a/codes/xa.csv is not of type bool (the first of 10 such rows)`},
		{"a length", "{to: b, from: B, length: 2, codes: {table: xa.csv}}", "a/mapping.yaml:6:22: length: cannot stand beside codes"},
		{"a default that is no code", "{to: b, from: B, default: '9', codes: {table: xa.csv}}", `a/mapping.yaml:6:22: default: "9" does not fit the rule's own type, length, pattern, date or codes`},
		{"one text when compared", "{to: b, from: B, compare: loose, codes: {table: hai.csv}}", `a/mapping.yaml:6:22: compare: "Mẫu" in line 2 of codes/hai.csv and "mau" in line 3 are one text with two codes for the same days`},
		{"too many rows when compared", "{to: b, from: B, compare: case, codes: {table: nhieu.csv}}", `a/mapping.yaml:6:22: compare: "abCdeFG" in line 102 of codes/nhieu.csv is one text with more than 100 rows`},
		{"layouts of the element are not those of its attribute", "{to: b, from: B, codes: {table: xa.csv, on: N/@n}}\n  - {to: c, from: N, date: {in: dd/MM/yyyy, out: yyyy}}",
			"a/mapping.yaml:6:49: on: no rule reads N/@n as a whole day; say how it is written, as in {from: N/@n, in: dd/MM/yyyy}"},
		{"a faulty table", "{to: b, from: B, codes: {table: sai.csv}}\n  - {to: c, from: C, codes: {table: sai.csv, on: 2025-01-01}, type: int}", "codes/sai.csv:2:3: code: is empty\ncodes/sai.csv:3:5: from: want a day of the calendar as yyyy-MM-dd, or nothing"},
		{"a table too large", "{to: b, from: B, codes: {table: lon.csv}}", "codes/lon.csv: larger than 4 MB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := withFiles(t, tt.rules, map[string]string{
				"a/codes/xa.csv": wards, "codes/hai.csv": "text,code\nMẫu,1\nmau,2\n", "codes/sai.csv": "text,code,from\nx,,\ny,1,z\n",
				"codes/nhieu.csv": "text,code\n" + manyCases("abcdefg"), "codes/lon.csv": "text,code\n" + strings.Repeat("x", maxTable), "codes/khong-dung.csv": "not looked at",
			})
			var problems Problems
			if !errors.As(err, &problems) || err.Error() != tt.want {
				t.Errorf("got\n%v\nwant\n%s", err, tt.want)
			}
		})
	}
}

// manyCases writes a row for each way to write a word with capitals.
func manyCases(word string) string {
	text := ""
	for bits := range 1 << len(word) {
		one := []byte(word)
		for i := range one {
			if bits>>i&1 != 0 {
				one[i] -= 'a' - 'A'
			}
		}
		text += string(one) + ",1\n"
	}
	return text
}

func TestAFaultyTableIsReportedOnceForAllServicesAndByItsCases(t *testing.T) {
	tree := fstest.MapFS{"codes/sai.csv": {Data: []byte("text,code\nx,\n")}}
	for _, service := range []string{"a", "b"} {
		mapping := strings.Replace(jsonHead, "service: a", "service: "+service, 1) + "fields:\n  - {to: b, from: B, codes: {table: sai.csv}}\n"
		tree[service+"/mapping.yaml"] = &fstest.MapFile{Data: []byte(mapping)}
		tree[service+"/cases/one/in.xml"] = &fstest.MapFile{Data: []byte("<A/>")}
		tree[service+"/cases/one/want.err"] = &fstest.MapFile{Data: []byte("WrongElement")}
	}
	const want = "codes/sai.csv:2:3: code: is empty"
	if _, err := Load(tree); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if _, err := RunCases(tree, "a"); err == nil || err.Error() != want {
		t.Errorf("cases: got %v", err)
	}
}

// countingFS counts how often each file is opened.
type countingFS struct {
	fs.FS

	mu     sync.Mutex // mappings are read at the same time
	opened map[string]int
}

func (c *countingFS) Open(name string) (fs.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened[name]++
	return c.FS.Open(name)
}

func TestATableIsReadOnceForAllMappings(t *testing.T) {
	tree := fstest.MapFS{"codes/xa.csv": {Data: []byte(wards)}}
	for _, service := range []string{"a", "b"} {
		mapping := strings.Replace(jsonHead, "service: a", "service: "+service, 1) + "fields:\n  - {to: b, from: B, codes: {table: xa.csv}}\n  - {to: c, from: C, codes: {table: xa.csv}, compare: loose}\n"
		tree[service+"/mapping.yaml"] = &fstest.MapFile{Data: []byte(mapping)}
		tree[service+"/cases/one/in.xml"] = &fstest.MapFile{Data: []byte("<A/>")}
		tree[service+"/cases/one/want.err"] = &fstest.MapFile{Data: []byte("WrongElement")}
	}
	fsys := &countingFS{FS: tree, opened: map[string]int{}}
	set, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if n := fsys.opened["codes/xa.csv"]; n != 1 {
		t.Errorf("the table was read %d times", n)
	}
	if got := set.Services(); strings.Join(got, " ") != "a b" {
		t.Errorf("services: %v", got)
	}
}

func TestTheNumberOfTablesIsBounded(t *testing.T) {
	files := map[string]string{}
	rules := ""
	for i := range maxTables + 1 {
		name := fmt.Sprintf("t%02d.csv", i)
		files["codes/"+name] = "text,code\nx,1\n"
		rules += fmt.Sprintf("\n  - {to: b%d, from: B, codes: {table: %s}}", i, name)
	}
	_, err := withFiles(t, "{to: b, from: B}"+rules, files)
	if err == nil || err.Error() != "codes/t64.csv: one of more than 64 code tables; load fewer together" {
		t.Errorf("got %v", err)
	}
	delete(files, "codes/t64.csv")
	if _, err = withFiles(t, "{to: b, from: B}"+rules[:strings.LastIndex(rules, "\n")], files); err != nil {
		t.Errorf("got %v", err)
	}
}

// failingFS fails to read one file, as a disk does.
type failingFS struct {
	fs.FS
	name string
}

func (f failingFS) Open(name string) (fs.File, error) {
	if name == f.name {
		return nil, errors.New("broken")
	}
	return f.FS.Open(name)
}

func TestATableThatCannotBeReadIsNotAProblemOfTheMapping(t *testing.T) {
	tree := fstest.MapFS{
		"a/mapping.yaml":       {Data: []byte(jsonHead + "fields:\n  - {to: b, from: B, codes: {table: tinh-34.csv}}\n")},
		"a/cases/one/in.xml":   {Data: []byte("<A/>")},
		"a/cases/one/want.err": {Data: []byte("WrongElement")},
	}
	_, err := Load(failingFS{tree, "codes/tinh-34.csv"})
	var problems Problems
	if err == nil || errors.As(err, &problems) || !strings.Contains(err.Error(), "read code table: broken") {
		t.Errorf("got %v", err)
	}
}

func TestLookingUpACodeInATableTakesNoMemory(t *testing.T) {
	m := withWards(t, "{to: b, from: B, codes: {table: xa.csv}, compare: loose}")
	u := m.fields[0].codes.file
	scratch := make([]byte, 0, 64)
	if n := testing.AllocsPerRun(200, func() {
		for _, s := range []string{"101", "XÃ  THỬ NGHIỆM", "xã thử nghiêm", "x"} {
			var rows []int32
			rows, scratch = u.index.find(s, scratch)
			_ = u.table.on(rows, 20250701)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
