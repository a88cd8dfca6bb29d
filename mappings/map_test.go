package mappings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/beevik/etree"

	lgsp "lgsp.internal/adapter"
)

const (
	jsonHead = "service: a\ntitle: Thử\nsource: {namespace: urn:a, root: A, prefixes: {k: urn:k}}\ntarget: {route: r, form: json}\n"
	xmlHead  = "service: a\ntitle: Thử\nsource: {namespace: urn:a, root: A}\n" +
		"target: {route: r, form: xml, root: v:R, namespaces: {v: urn:v, w: \"urn:w&\"}}\n"
)

// mappingOf loads one mapping that has to be without problems.
func mappingOf(t testing.TB, text string) *Mapping {
	t.Helper()
	set, err := Load(fstest.MapFS{
		"a/mapping.yaml":       {Data: []byte(text)},
		"a/cases/one/in.xml":   {Data: []byte("<A/>")},
		"a/cases/one/want.err": {Data: []byte("WrongElement")},
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	m, _ := set.Get("a")
	return m
}

func mapIt(m *Mapping, body string) (lgsp.Document, error) {
	return m.Map(context.Background(), lgsp.Envelope{ID: lgsp.ID{1}, Sender: "H29.11", Service: "a", Body: []byte(body)})
}

// a wraps the inside of a message in its root element.
func a(inside string) string { return `<A xmlns="urn:a" xmlns:k="urn:k">` + inside + `</A>` }

func TestARuleWritesWhatItSays(t *testing.T) {
	for _, tt := range whatRulesWrite() {
		t.Run(tt.name, func(t *testing.T) {
			d, err := mapIt(mappingOf(t, tt.head+"fields:\n  - "+tt.rules+"\n"), a(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if string(d.Body) != tt.want {
				t.Errorf("got  %s\nwant %s", d.Body, tt.want)
			}
		})
	}
}

func TestABadFieldIsReportedWithPathCodeAndWant(t *testing.T) {
	for _, tt := range []struct{ name, rules, in, want string }{
		{"missing", "{to: b, from: [B/C, D], required: true}", "<B/>", "/A/B/C missing "},
		{"bad at the second of two paths", "{to: b, from: [B/C, D], type: digits}", "<B/><D>x</D>", "/A/D number chữ số"},
		{"bad at the first of two paths", "{to: b, from: [B/C, D], type: digits}", "<B><C>x</C></B><D>y</D>", "/A/B/C number chữ số"},
		{"the same at the second of two paths", "{to: b, from: [B/C, D], differs: E}", "<D>x</D><E>x</E>", "/A/D repeated khác /A/E"},
		{"letters that no old font has, at the second of two paths", "{to: b, from: [B, D], charset: tcvn3-in-utf-8}", "<D>日</D>", "/A/D charset "},
		{"letters that no old font has, in one of two put together", "{to: b, join: [B, D], charset: tcvn3-in-utf-8}", "<B>x</B><D>日</D>", "/A/D charset "},
		{"missing after a value of a second path", "{to: b, from: [C, D]}\n  - {to: c, from: [B, E], required: true}", "<D>x</D>", "/A/B missing "},
		{"bad together after a value of a second path", "{to: b, from: [C, D]}\n  - {to: c, join: [B, E], type: digits}", "<D>x</D><E>x</E>", "/A/B number chữ số"},
		{"missing attribute", "{to: b, from: B/@k:c, required: true}", "<B c='x'/>", "/A/B/@k:c missing "},
		{"missing in another namespace", "{to: b, from: k:B, required: true}", "<B>x</B>", "/A/k:B missing "},
		{"missing object", "{to: b, from: B, required: true, fields: [{to: c, from: C, required: true}]}", "<B><C/></B>", "/A/B missing "},
		{"missing list", "{to: b, each: B/C, required: true}", "<B/>", "/A/B/C missing "},
		{"missing in a list", "{to: b, each: B, fields: [{to: c, from: '@c', required: true}, {to: d, from: D}]}", "<B c='x'/><B><D>x</D></B>", "/A/B[2]/@c missing "},
		{"missing in a list after an empty element", "{to: b, each: B, fields: [{to: c, from: '@c', required: true}, {to: d, from: D}]}", "<B/><B><D>x</D></B>", "/A/B[2]/@c missing "},
		{"a list of empty elements", "{to: b, each: B, required: true, fields: [{to: c, from: C, required: true}]}", "<B/><B><C> </C></B>", "/A/B missing "},
		{"missing first of a list", "{to: b, from: 'B[1]/C', required: true}", "", "/A/B[1]/C missing "},
		{"missing first of a list in the first of a list", "{to: b, from: 'B/C[1]/D/E[1]/F/@g', required: true}", "<B/>", "/A/B/C[1]/D/E[1]/F/@g missing "},
		{"missing first of a list in a list", "{to: b, each: B, fields: [{to: c, from: 'C[1]/D', required: true}, {to: e, from: E}]}", "<B><C><D>x</D></C></B><B><E>x</E></B>", "/A/B[2]/C[1]/D missing "},
		{"length", "{to: b, from: B, length: [9, 12]}", "<B>Đặng</B>", "/A/B length 9 | 12 ký tự"},
		{"too long, in characters", "{to: b, from: B, max: 4}", "<B>Đặngs</B>", "/A/B length tối đa 4 ký tự"},
		{"too short", "{to: b, from: B, min: 2, max: 3}", "<B>Đ</B>", "/A/B length 2–3 ký tự"},
		{"digits", "{to: b, from: B, type: digits, length: 12}", "<B>07900000000O</B>", "/A/B number 12 chữ số"},
		{"int", "{to: b, from: B, type: int}", "<B>1.5</B>", "/A/B number số nguyên, tối đa 18 chữ số"},
		{"int of two signs", "{to: b, from: B, type: int}", "<B>+-1</B>", "/A/B number số nguyên, tối đa 18 chữ số"},
		{"int below its least", "{to: b, from: B, type: int, min: 0, max: 999}", "<B>-1</B>", "/A/B number số nguyên từ 0 đến 999"},
		{"int above its most", "{to: b, from: B, max: -1, type: int}", "<B>0</B>", "/A/B number số nguyên, nhiều nhất là -1"},
		{"int below its least, without a most", "{to: b, from: B, min: 1, type: int}", "<B>0</B>", "/A/B number số nguyên, ít nhất là 1"},
		{"base64 with a space", "{to: b, from: B, type: base64}", "<B>JVBE Ri0x</B>", "/A/B pattern base64 (RFC 4648 §4)"},
		{"base64 that is cut off", "{to: b, from: B, type: base64, max: 9}", "<B>JVBERi0</B>", "/A/B pattern base64 (RFC 4648 §4)"},
		{"base64 that begins with its padding", "{to: b, from: B, type: base64}", "<B>==AA</B>", "/A/B pattern base64 (RFC 4648 §4)"},
		{"base64 of the alphabet for addresses", "{to: b, from: B, type: base64}", "<B>-_-_</B>", "/A/B pattern base64 (RFC 4648 §4)"},
		{"required because of a code", "{to: b, from: B, required: {when: C/@d, is: ['1', '3']}}", "<C d=' 3 '/>", "/A/B missing "},
		{"required because of a text", "{to: b, from: B, required: {when: C}}", "<C>x</C>", "/A/B missing "},
		{"required because another is not there", "{to: b, from: B, required: {unless: C}}", "<C> </C>", "/A/B missing "},
		{"required in a list because of another there", "{to: b, each: B, fields: [{to: c, from: C, required: {unless: '@d'}}, {to: e, from: E}]}", "<B d='x'><E>x</E></B><B><E>x</E></B>", "/A/B[2]/C missing "},
		{"required object because of a code", "{to: b, from: B, required: {when: C, is: x}, fields: [{to: c, from: D}]}", "<B/><C>x</C>", "/A/B missing "},
		{"the same as what it must differ from", "{to: b, from: B, differs: C/@d}", "<B>x</B><C d=' x '/>", "/A/B repeated khác /A/C/@d"},
		{"not in a plain list of codes", "{to: b, from: B, codes: ['01', '02']}", "<B>1</B>", "/A/B code 01 | 02"},
		{"a time zone that is none", "{to: b, from: B, date: {in: 'yyyy-MM-ddTHH:mm:ss*', out: yyyy-MM-dd}}", "<B>2026-11-22T17:00:00 UTC</B>", "/A/B date yyyy-MM-ddTHH:mm:ss*"},
		{"a zone further off than any", "{to: b, from: B, date: {in: 'yyyy-MM-ddTHH:mm:ss*', out: yyyy-MM-dd}}", "<B>2026-11-22T17:00:00+15:00</B>", "/A/B date yyyy-MM-ddTHH:mm:ss*"},
		{"half a fraction", "{to: b, from: B, date: {in: 'yyyy-MM-ddTHH:mm:ss*', out: yyyy-MM-dd}}", "<B>2026-11-22T17:00:00.</B>", "/A/B date yyyy-MM-ddTHH:mm:ss*"},
		{"the last time of .NET, in UTC", "{to: b, from: B, date: {in: 'yyyy-MM-ddTHH:mm:ss*', out: dd/MM/yyyy}}", "<B>9999-12-31T23:59:59.9999999Z</B>", "/A/B date yyyy-MM-ddTHH:mm:ss*"},
		{"a time after a day", "{to: b, from: B, date: {in: 'yyyy-MM-dd*', out: yyyy-MM-dd}}", "<B>2026-11-22T17:00:00Z</B>", "/A/B date yyyy-MM-dd*"},
		{"int too large", "{to: b, from: B, type: int}", "<B>1234567890123456789</B>", "/A/B number số nguyên, tối đa 18 chữ số"},
		{"bool", "{to: b, from: B, type: bool}", "<B>yes</B>", "/A/B code true | false | 1 | 0"},
		{"pattern matches all or nothing", "{to: b, from: B, pattern: 'a|b'}", "<B>ab</B>", "/A/B pattern a|b"},
		{"code", "{to: b, from: B, codes: {Nam: '1', Nữ: '2'}}", "<B>nam</B>", "/A/B code Nam | Nữ"},
		{"no such day", "{to: b, from: B, date: {in: [dd/MM/yyyy, yyyy], out: [yyyy-MM-dd, yyyy]}}", "<B>29/02/2023</B>", "/A/B date dd/MM/yyyy | yyyy"},
		{"date with more behind", "{to: b, from: B, type: date}", "<B>2023-01-01x</B>", "/A/B date yyyy-MM-dd"},
		{"date of an empty .NET value", "{to: b, from: B, type: date}", "<B>0001-01-01</B>", "/A/B date yyyy-MM-dd"},
		{"partial date that is not declared", "{to: b, from: B, type: date}", "<B>1960</B>", "/A/B date yyyy-MM-dd"},
		{"repeated", "{to: b, from: B}", "<B>x</B><B>x</B><B>x</B>", "/A/B repeated một lần"},
		{"repeated on the way", "{to: b, from: B/C}", "<B/><B><C>x</C></B>", "/A/B repeated một lần"},
		{"repeated inside a list", "{to: b, each: B, from: C}", "<B/><B><C/><C/></B>", "/A/B[2]/C repeated một lần"},
		{"one report for two rules on one field", "{to: b, from: B, type: date}\n  - {to: c, from: B, type: date}", "<B>x</B>", "/A/B date yyyy-MM-dd"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := mapIt(mappingOf(t, jsonHead+"fields:\n  - "+tt.rules+"\n"), a(tt.in))
			var e *lgsp.Error
			if !errors.As(err, &e) || e.Kind != lgsp.Invalid || e.Code != "Invalid" || len(e.Fields) != 1 {
				t.Fatalf("got %v", err)
			}
			f := e.Fields[0]
			if got := f.Path + " " + f.Code + " " + f.Want; got != tt.want || f.Text == "" || e.Text == "" {
				t.Errorf("got  %q (%s)\nwant %q", got, f.Text, tt.want)
			}
		})
	}
}

func TestUnknownElementsAndAttributesAreReportedWhereTheMappingSaysSo(t *testing.T) {
	rules := "fields:\n  - {to: b, from: B/@c}\n"
	body := a(`<B c="1" d="2" k:e="3"/><C><D/></C><k:B xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`)
	if _, err := mapIt(mappingOf(t, jsonHead+rules), body); err != nil {
		t.Errorf("ignored by default: %v", err)
	}
	refusing := strings.Replace(jsonHead, "root: A", "root: A, unknown: refuse", 1)
	_, err := mapIt(mappingOf(t, refusing+rules), body)
	if got := strings.Join(errorLines(err), ", "); got != "/A/B/@d unknown, /A/C unknown, /A/B unknown" {
		t.Errorf("got %s", got)
	}
}

const idHead = "id: {from: Ma, max: 5}\nlane: {join: [Ma, So], with: /}\nsubject: [SoDDCN, SoCMND]\n" +
	"purpose: {procedure: {const: '1.2'}, officer: CanBo, unit: [DonVi, $sender]}\nfields:\n  - {to: b, from: B, type: int}\n"

func TestTheDocumentNamesIDLaneSubjectAndPurpose(t *testing.T) {
	d, err := mapIt(mappingOf(t, jsonHead+idHead), a("<Ma>M1</Ma><So>2</So><SoCMND>079000001</SoCMND><CanBo>c</CanBo><B>1</B>"))
	if err != nil {
		t.Fatal(err)
	}
	want := lgsp.Document{Route: "r", LegacyID: "M1", Lane: "M1/2", Subject: "079000001",
		Purpose: lgsp.Purpose{Procedure: "1.2", Officer: "c", Unit: "H29.11"}}
	d.Body = nil
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got %+v\nwant %+v", d, want)
	}
}

func TestAnInvalidMessageStillNamesIDLaneAndSubject(t *testing.T) {
	d, err := mapIt(mappingOf(t, jsonHead+idHead), a("<Ma>M1</Ma><So>2</So><SoDDCN>079000000001</SoDDCN><B>x</B>"))
	want := lgsp.Document{LegacyID: "M1", Lane: "M1/2", Subject: "079000000001"}
	if lgsp.KindOf(err) != lgsp.Invalid || !reflect.DeepEqual(d, want) {
		t.Errorf("got %+v, %v", d, err)
	}
	d, err = mapIt(mappingOf(t, jsonHead+idHead), a("<Ma>M12345</Ma><SoDDCN>079000000001</SoDDCN>"))
	if lgsp.KindOf(err) != lgsp.Invalid || d.LegacyID != "" || d.Subject != "079000000001" {
		t.Errorf("a bad id is no id: got %+v, %v", d, err)
	}
}

func TestAnIDThatCannotBeKeptOrShownIsBad(t *testing.T) {
	m := mappingOf(t, jsonHead+"id: {join: [Ma, So], with: /}\nlane: {compute: 'text(\"Lan\") + \"x\"'}\nsubject: Ai\npurpose: {officer: CanBo, unit: {from: DonVi, default: '1'}}\nfields: [{to: b, from: B}]\n")
	long := strings.Repeat("đ", maxKey/len("đ")+1)
	for _, tt := range []struct{ in, want string }{
		{"<Ma>x</Ma><So>" + strings.Repeat("1", maxKey-2) + "</So><Ai>Đỗ Văn</Ai>", ""},
		{"<Ma>x</Ma><So>" + strings.Repeat("1", maxKey-1) + "</So>", "/A/Ma length: tối đa 256 byte"},
		{"<Ma>" + strings.Repeat("1", 3<<20) + "</Ma>", "/A/Ma length: tối đa 256 byte"},
		{"<Ma>x&#x9b;31m</Ma>", "/A/Ma pattern: chỉ gồm ký tự nhìn thấy được"},
		{"<Lan>x&#x202E;y</Lan>", "/A/Lan pattern: chỉ gồm ký tự nhìn thấy được"},
		{"<Ai>x\ny</Ai>", "/A/Ai pattern: chỉ gồm ký tự nhìn thấy được"},
		{"<Ai>x&#x2028;y</Ai>", "/A/Ai pattern: chỉ gồm ký tự nhìn thấy được"},
		{"<CanBo>" + long + "</CanBo>", "/A/CanBo length: tối đa 256 byte"},
		{"<DonVi>x&#xAD;y</DonVi>", "/A/DonVi pattern: chỉ gồm ký tự nhìn thấy được"},
	} {
		d, err := mapIt(m, a(tt.in))
		if got := fieldsOf(err); tt.want == "" && err != nil || tt.want != "" && got != tt.want {
			t.Errorf("%.60s: got %v %s", tt.in, err, got)
		}
		for _, s := range []string{d.LegacyID, d.Lane, d.Subject} {
			if keyProblem(s) != "" {
				t.Errorf("%.60s: %.60q is named", tt.in, s)
			}
		}
	}
	if _, err := mapIt(mappingOf(t, jsonHead+"id: {const: "+long+"}\nfields: [{to: b, from: B}]\n"), a("")); fieldsOf(err) != "/A length: tối đa 256 byte" {
		t.Errorf("a const: %v", err)
	}
}

func TestTheMessageIsFoundBareAndInEitherSOAPEnvelope(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B}\n  - {to: c, from: 'k:B'}\n")
	inside := "<p:B>x</p:B><q:B>y</q:B>"
	for _, body := range []string{
		`<p:A xmlns:p="urn:a" xmlns:q="urn:k">` + inside + `</p:A>`,
		`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="urn:a"><s:Header><x xmlns="u"/></s:Header><s:Body xmlns:q="urn:k"><p:A>` + inside + `</p:A></s:Body></s:Envelope>`,
		"\ufeff" + `<?xml version="1.0"?><Envelope xmlns="http://www.w3.org/2003/05/soap-envelope" xmlns:p="urn:a" xmlns:q="urn:k"><Body> <p:A>` + inside + `</p:A> </Body></Envelope>`,
	} {
		d, err := mapIt(m, body)
		if err != nil || string(d.Body) != `{"b":"x","c":"y"}` {
			t.Errorf("%s: got %s, %v", body, d.Body, err)
		}
	}
}

func TestAMessageThatCannotBeReadSaysWhy(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B}\n")
	soap := func(body string) string {
		return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">` + body + `</s:Envelope>`
	}
	for _, tt := range []struct{ name, body, code, text string }{
		{"not well-formed", "<A xmlns='urn:a'>\n  <B></C>\n</A>", "Malformed", "dòng 2, cột "},
		{"a document type", "<!DOCTYPE A>\n<A xmlns='urn:a'/>", "Doctype", "DOCTYPE"},
		{"an entity", "<A xmlns='urn:a'>&b;</A>", "Doctype", "thực thể"},
		{"empty", " ", "Empty", "rỗng"},
		{"too large", "<A xmlns='urn:a'>" + strings.Repeat("<B/>", 100_001) + "</A>", "TooLarge", "quá lớn"},
		{"a prefix that is not declared", "<p:A/>", "Malformed", "Không gian tên"},
		{"too deep", strings.Repeat("<a>", 100), "TooDeep", "quá sâu"},
		{"bytes of another charset", "<A xmlns='urn:a'><B>\xe1</B></A>", "Encoding", "bảng mã"},
		{"another element", "<B xmlns='urn:a'/>", "WrongElement", "phần tử A"},
		{"another namespace", "<A xmlns='urn:b'/>", "WrongElement", "urn:a"},
		{"no namespace", "<A/>", "WrongElement", "urn:a"},
		{"an envelope without body", soap(""), "WrongElement", "phần tử A"},
		{"an empty body", soap("<s:Body> </s:Body>"), "WrongElement", "phần tử A"},
		{"a body of two elements", soap("<s:Body><A xmlns='urn:a'/><A xmlns='urn:a'/></s:Body>"), "WrongElement", "đúng một"},
		{"two bodies", soap("<s:Body><A xmlns='urn:a'/></s:Body><s:Body/>"), "WrongElement", "đúng một"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := mapIt(m, tt.body)
			var e *lgsp.Error
			if !errors.As(err, &e) || e.Kind != lgsp.Invalid || e.Code != tt.code || !strings.Contains(e.Text, tt.text) || e.Err == nil {
				t.Fatalf("got %+v", err)
			}
		})
	}
}

func TestTheLargestMessageIsReadInEveryCharset(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B}\n")
	const largest = 16 << 20
	head, tail := "<A xmlns='urn:a'><B>", "</B></A>"
	body := []byte(head + strings.Repeat("\xb9", largest-len(head)-len(tail)) + tail) // ạ in tcvn3
	d, err := m.Map(context.Background(), lgsp.Envelope{ID: lgsp.ID{1}, Sender: "H29.11", Service: "a", Charset: "tcvn3", Body: body})
	if err != nil || len(d.Body) < 2*largest {
		t.Errorf("got %d bytes, %v", len(d.Body), err)
	}
}

func TestAnErrorNeverHoldsTheValueFound(t *testing.T) {
	const secret = "079099000123X"
	m := mappingOf(t, jsonHead+"id: {from: '@i', max: 3}\nfields:\n"+
		"  - {to: b, from: B, type: digits}\n  - {to: c, from: C, length: 2}\n  - {to: d, from: D, type: date}\n"+
		"  - {to: e, from: E, codes: {x: y}}\n  - {to: f, from: F, pattern: x}\n  - {to: g, from: G, type: int}\n  - {to: h, from: H, type: bool}\n")
	in := `<A xmlns="urn:a" i="` + secret + `">`
	for _, name := range strings.Fields("B C D E F G H H") {
		in += "<" + name + ">" + secret + "</" + name + ">"
	}
	_, err := mapIt(m, in+"</A>")
	var e *lgsp.Error
	if !errors.As(err, &e) || len(e.Fields) != 9 {
		t.Fatalf("got %v", err)
	}
	if all := fmt.Sprintf("%+v %s", *e, err); strings.Contains(all, secret) {
		t.Errorf("the value is in %s", all)
	}
}

func TestTheListOfBadFieldsIsBoundedAndSaysSo(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, each: B, type: int}\n")
	_, err := mapIt(m, a(strings.Repeat("<B>x</B>", maxFieldErrors+100)))
	var e *lgsp.Error
	if !errors.As(err, &e) || len(e.Fields) != maxFieldErrors || !strings.Contains(e.Text, "600 trường sai") {
		t.Errorf("got %d fields, %s", len(e.Fields), e.Text)
	}
}

func TestMappingOneMessageLeavesNothingForTheNext(t *testing.T) {
	m := mappingOf(t, jsonHead+idHead+"  - {to: c, each: C, fields: [{to: d, from: D}]}\n")
	bodies := []string{
		a("<Ma>M1</Ma><So>1</So><SoDDCN>1</SoDDCN><B>1</B><C><D>x</D></C><C/>"),
		a(""), a("<B>x</B><C/>"), "<", a("<Ma>M2</Ma><C><D>y</D></C>"), "<B/>",
	}
	outcome := func(body string) string {
		d, err := mapIt(m, body)
		return fmt.Sprintf("%+v %s %v", d, d.Body, err)
	}
	first := make([]string, len(bodies))
	for i, b := range bodies {
		first[i] = outcome(b)
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for n := range 200 {
				i := (n*7 + w) % len(bodies)
				if got := outcome(bodies[i]); got != first[i] {
					t.Errorf("message %d: got %s, first %s", i, got, first[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestEveryMessageHasItsOwnID(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: $id}\n")
	for n := range byte(50) {
		e := lgsp.Envelope{ID: lgsp.ID{n}, Body: []byte(a(""))}
		d, err := m.Map(context.Background(), e)
		if err != nil || string(d.Body) != `{"b":"`+e.ID.String()+`"}` {
			t.Fatalf("got %s, %v", d.Body, err)
		}
	}
}

func TestADocumentDoesNotChangeWhenTheNextMessageIsMapped(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B}\n")
	for range 50 {
		d, err := mapIt(m, a("<B>one</B>"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mapIt(m, a("<B>two</B>")); err != nil {
			t.Fatal(err)
		}
		if string(d.Body) != `{"b":"one"}` {
			t.Fatalf("got %s", d.Body)
		}
	}
}

func TestNothingOfAMessageStaysInSpaceThatIsUsedAgain(t *testing.T) {
	m := mappingOf(t, jsonHead+idHead+"  - {to: c, each: C, fields: [{to: d, from: D}]}\n")
	st := &state{m: m, env: &lgsp.Envelope{}}
	doc := etree.NewDocument()
	if err := doc.ReadFromString(a("<Ma>M1</Ma><B>x</B><C><D>y</D></C>")); err != nil {
		t.Fatal(err)
	}
	st.declare(doc.Root())
	at := st.enter(m.tree, nil, 0, 1)
	st.walk(doc.Root(), m.tree.root, at)
	if _, err := st.document(at); err == nil {
		t.Fatal("want a bad field")
	}
	st.reset()
	for _, v := range st.values[:cap(st.values)] {
		if v != (value{}) {
			t.Errorf("a value stays: %+v", v)
		}
	}
	for _, f := range st.frames[:cap(st.frames)] {
		if f != (frame{}) {
			t.Errorf("a frame stays: %+v", f)
		}
	}
	if st.errs != nil || st.env != nil || st.more != 0 {
		t.Error("the report of a message stays")
	}
}

func TestAContextThatHasEndedMapsNothing(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B}\n")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Map(ctx, lgsp.Envelope{Body: []byte(a(""))}); lgsp.KindOf(err) != lgsp.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestJSONTextIsReadBackByTheStandardLibrary(t *testing.T) {
	s := ""
	for c := range rune(0x80) {
		s += string(c)
	}
	s += "Nguyễn Thị Mẫu\u2028\u2029😀"
	var back string
	if err := json.Unmarshal(appendJSON(nil, s), &back); err != nil || back != s {
		t.Errorf("got %q, %v", back, err)
	}
}
