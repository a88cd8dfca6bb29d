package scaffold_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/vntext"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/mappings/scaffold"
)

// sampled drafts from a message and returns its mapping's fields and its first
// message. The case must hold.
func sampled(t *testing.T, text string, keep bool) (fields, in string, d scaffold.Draft) {
	t.Helper()
	o, err := scaffold.Open(one(text), "a", "")
	if err != nil {
		t.Fatal(err)
	}
	if d, err = o.Draft(o.Messages()[0], scaffold.Options{KeepValues: keep}); err != nil {
		t.Fatal(err)
	}
	results, err := mappings.RunCases(tree(d), d.Service)
	if err != nil || !results[0].OK() || results[0].Want == "want.err" && !strings.Contains(text, "0001-01-01") {
		t.Fatalf("%v, %+v, %s", err, results, results[0].Got)
	}
	_, fields, _ = strings.Cut(string(file(t, d, "mapping.yaml")), "\nfields:\n")
	return fields, string(file(t, d, "cases/dau-tien/in.xml")), d
}

func TestTheTypeOfATextIsToldFromWhatItLooksLike(t *testing.T) {
	long := strings.Repeat("JVBERi0xLjQK", 10)
	for name, row := range map[string]struct {
		texts string // of elements X, separated by |
		rule  string
	}{
		"text":                          {"Trần Văn Thử", "{to: x, from: X}"},
		"nothing":                       {"", "{to: x, from: X}"},
		"digits":                        {"123", "{to: x, from: X, type: digits}"},
		"digits that begin with zero":   {"007", "{to: x, from: X, type: digits}"},
		"digits once":                   {"007|K7", "{to: x, each: X}"},
		"truth":                         {"true|false", "{to: x, each: X, type: bool}"},
		"one and nought":                {"1|0", "{to: x, each: X, type: digits}"},
		"a day as in Vietnam":           {"05/01/1990", "date: {in: dd/MM/yyyy, out: yyyy-MM-dd}}"},
		"a short day":                   {"5/1/1990", "date: {in: d/M/yyyy, out: yyyy-MM-dd}}"},
		"days of both lengths":          {"5/1/1990|15/12/1990", "date: {in: d/M/yyyy, out: yyyy-MM-dd}}"},
		"a day as in America":           {"12/25/1990|01/02/1990", "date: {in: MM/dd/yyyy, out: yyyy-MM-dd}}"},
		"a day with dashes":             {"05-01-1990", "date: {in: dd-MM-yyyy, out: yyyy-MM-dd}}"},
		"a day with points":             {"05.01.1990", "date: {in: dd.MM.yyyy, out: yyyy-MM-dd}}"},
		"a day without signs":           {"19900105", "date: {in: yyyyMMdd, out: yyyy-MM-dd}}"},
		"eight digits":                  {"19901305", "type: digits}"},
		"eight digits of no century":    {"99900105", "type: digits}"},
		"ISO":                           {"1990-01-05", `date: {in: "yyyy-MM-dd*", out: yyyy-MM-dd}}`},
		"ISO with a zone":               {"1990-01-05+07:00", `date: {in: "yyyy-MM-dd*", out: yyyy-MM-dd}}`},
		"a time of .NET":                {"2026-01-05T08:30:00.1234567+07:00", `date: {in: "yyyy-MM-ddTHH:mm:ss*", out: yyyy-MM-ddTHH:mm:ss}}`},
		"a time of Java":                {"2026-01-05T08:30:00.000Z", `date: {in: "yyyy-MM-ddTHH:mm:ss*", out: yyyy-MM-ddTHH:mm:ss}}`},
		"a time of SQL":                 {"2026-01-05 08:30:00", `date: {in: "yyyy-MM-dd HH:mm:ss*", out: yyyy-MM-ddTHH:mm:ss}}`},
		"a day with a time":             {"05/01/2026 08:30:00", `date: {in: dd/MM/yyyy HH:mm:ss, out: yyyy-MM-ddTHH:mm:ss}}`},
		"a day with hours":              {"05/01/2026 08:30", `date: {in: dd/MM/yyyy HH:mm, out: yyyy-MM-ddTHH:mm}}`},
		"a short day with a time":       {"5/1/2026 08:30:00", `date: {in: d/M/yyyy HH:mm:ss, out: yyyy-MM-ddTHH:mm:ss}}`},
		"a time without signs":          {"20260105083000", `date: {in: yyyyMMddHHmmss, out: yyyy-MM-ddTHH:mm:ss}}`},
		"a time that is none":           {"05/01/2026 25:30:00", "{to: x, from: X}"},
		"a day that is none":            {"31/02/1990", "{to: x, from: X}"},
		"days, and years":               {"05/01/1990|1985", "date: {in: [dd/MM/yyyy, yyyy], out: [yyyy-MM-dd, yyyy]}}"},
		"years":                         {"1990|1985", "{to: x, each: X, type: digits}"},
		"days of two layouts":           {"05/01/1990|1990-01-05", "{to: x, each: X}"},
		"the empty date of .NET":        {"0001-01-01T00:00:00", "# The sample holds the empty date of .NET"},
		"an enclosure":                  {long, "spaces: none, type: base64}"},
		"an enclosure on several lines": {long[:60] + "\n" + long[60:], "spaces: none, type: base64}"},
		"a short base64":                {"TeG6q3U=", "{to: x, from: X}"},
		"many digits":                   {strings.Repeat("1234", 20), "type: digits}"},
	} {
		t.Run(name, func(t *testing.T) {
			text := "<Goc>"
			for _, x := range strings.Split(row.texts, "|") {
				text += "<X> " + x + "\n</X>"
			}
			for _, keep := range []bool{false, true} {
				if keep && name == "the empty date of .NET" {
					continue // which the rule refuses, so the case says
				}
				fields, in, _ := sampled(t, text+"</Goc>", keep)
				holds(t, fields, row.rule)
				if keep && in != text+"</Goc>" {
					t.Errorf("the sample was changed: %s", in)
				}
			}
		})
	}
}

func TestAnEmptyDateOfDotNetIsToldToBeRefused(t *testing.T) {
	_, _, d := sampled(t, "<Goc><X>0001-01-01T00:00:00</X></Goc>", true)
	if got := string(file(t, d, "cases/dau-tien/want.err")); got != "/Goc/X date\n" {
		t.Errorf("want.err holds %q", got)
	}
	if last := d.Notes[len(d.Notes)-1]; last != "The mapping refuses the message of the first case: /Goc/X date." {
		t.Errorf("it says %q", last)
	}
}

func TestTypesThatAMessageNamesCount(t *testing.T) {
	fields, _, _ := sampled(t, `<g:Goc xmlns:g="urn:g" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:d="http://www.w3.org/2001/XMLSchema" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/">
		<So i:type="d:int">12</So><Chu i:type="d:string">12</Chu><Co i:type="d:boolean">1</Co><Tep i:type="e:base64">TeG6q3U=</Tep><Ma i:type="d:hexBinary">4dF0abcdef 99</Ma><La i:type="g:La">x</La>
		<Luc i:type="d:dateTime" i:nil="true"/><Mang e:arrayType="d:int[1]" i:type="e:Array"><so i:type="d:int">5</so></Mang></g:Goc>`, false)
	holds(t, fields, "{to: so, from: So, type: int}", "{to: chu, from: Chu, type: digits}", "{to: co, from: Co, type: bool}", "{to: tep, from: Tep, spaces: none, type: base64}",
		"{to: ma, from: Ma, spaces: none, pattern:", "{to: la, from: La}", `{to: luc, from: Luc, date: {in: "yyyy-MM-ddTHH:mm:ss*"`, "- to: mang\n    from: Mang\n    fields:\n      - {to: so, each: so, type: int}\n")
}

func TestListsAreToldFromRepeatsAndNames(t *testing.T) {
	fields, _, _ := sampled(t, `<Goc><A>1</A><A>2</A><DanhSachCon><Con><Ten>x</Ten></Con></DanhSachCon><Tests><Test>x</Test></Tests><dsTep><Tep>x</Tep></dsTep><HoTen><Ho>x</Ho></HoTen>
		<Nguoi><So>1</So></Nguoi><Nguoi><Ten>y</Ten><So>2</So></Nguoi></Goc>`, false)
	holds(t, fields, "{to: a, each: A, type: digits}", "# The sample has one Con; it is read as a list because of the name DanhSachCon.", "- to: con\n        each: Con\n", "{to: test, each: Test}", "{to: tep, each: Tep}",
		"- to: hoTen\n    from: HoTen\n    fields:\n      - {to: ho, from: Ho}\n", "- to: nguoi\n    each: Nguoi\n    fields:\n      - {to: so, from: So, type: digits}\n      - {to: ten, from: Ten}\n")
}

func TestAttributesAndTextBesideElementsAreRead(t *testing.T) {
	fields, _, _ := sampled(t, `<Goc Ma="A1" xml:lang="vi"><A Loai="1">x</A><B>y<C>z</C></B><D Ma="2"/><k:E xmlns:k="urn:k" k:So="3"/></Goc>`, false)
	if strings.Contains(fields, "lang") {
		t.Errorf("an attribute of XML is read:\n%s", fields)
	}
	holds(t, fields, `{to: ma, from: "@Ma"}`, "- {to: loai, from: \"@Loai\", type: digits}\n      - {to: giaTri, from: .}\n", "# There is text between the elements inside.\n  - to: b\n    from: B\n    fields:\n      - {to: giaTri, from: .}\n      - {to: c, from: C}\n",
		"- to: d\n    from: D\n    fields:\n      - {to: ma, from: \"@Ma\", type: digits}\n", "- to: e\n    from: n1:E\n    fields:\n      - {to: so, from: \"@n1:So\", type: digits}\n")
}

func TestNamesThatNoPathCanHoldAreToldOf(t *testing.T) {
	fields, _, _ := sampled(t, `<Goc><a·b>x</a·b><B d·="2"><C>y</C></B></Goc>`, false)
	holds(t, fields, "# Left out: a·b; no path can hold the name.\n", "# The attribute d· has a name that no path can hold.\n", "{to: c, from: C}")
}

func TestReferencesArePutInPlace(t *testing.T) {
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile("testdata/samples/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	rules, _, apart := sampled(t, read("axis1-multiref.xml"), true)
	other, _, whole := sampled(t, read("axis1.xml"), true)
	if rules != other {
		t.Errorf("the rules differ:\n%s\n%s", rules, other)
	}
	if got, want := file(t, apart, "cases/dau-tien/want.json"), file(t, whole, "cases/dau-tien/want.json"); !bytes.Equal(got, want) {
		t.Errorf("with references it is\n%s\nwithout\n%s", got, want)
	}
	if !strings.Contains(strings.Join(apart.Notes, " "), "sendMultiRefs to false") || strings.Contains(strings.Join(whole.Notes, " "), "sendMultiRefs") {
		t.Errorf("notes %v and %v", apart.Notes, whole.Notes)
	}
	// PHP refers to an element inside the message, SOAP 1.2 by another attribute.
	for _, text := range []string{
		`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><Goc><A id="ref1"><Ten>Thử</Ten></A><B href="#ref1"/></Goc></e:Body></e:Envelope>`,
		`<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:enc="http://www.w3.org/2003/05/soap-encoding"><e:Body><Goc><A enc:id="r"><Ten>Thử</Ten></A><B enc:ref="r"/></Goc></e:Body></e:Envelope>`,
	} {
		_, _, d := sampled(t, text, true)
		if got := strings.Join(strings.Fields(string(file(t, d, "cases/dau-tien/want.json"))), ""); got != `{"a":{"ten":"Thử"},"b":{"ten":"Thử"}}` {
			t.Errorf("got %s", got)
		}
	}
}

func TestTheRootOfSeveralElementsIsTheOneThatSaysSo(t *testing.T) {
	fields, _, d := sampled(t, `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="http://schemas.xmlsoap.org/soap/encoding/"><e:Body><m id="i" c:root="0"><Ten>x</Ten></m><Goc id="g" c:root="1"><A href="#i"/></Goc></e:Body></e:Envelope>`, true)
	holds(t, fields, "- to: a\n    from: A\n    fields:\n      - {to: ten, from: Ten}\n")
	if d.Service != "goc" {
		t.Errorf("it is %s", d.Service)
	}
}

func TestSamplesAreBoundedAsSchemasAre(t *testing.T) {
	fields, _, d := sampled(t, "<Goc>"+strings.Repeat("<E><La>x</La>", 20)+strings.Repeat("</E>", 20)+"</Goc>", true)
	if strings.Count(fields, "fields:") != 15 || d.Rules != 31 || !strings.Contains(strings.Join(d.Notes, " "), "/E (too deep)") {
		t.Errorf("%d rules, %v\n%s", d.Rules, d.Notes, fields)
	}
	holds(t, fields, "# Left out: E; a mapping has at most 16 levels.")
	many := ""
	for i := range 2500 {
		many += fmt.Sprintf("<E%d>x</E%d>", i, i)
	}
	fields, _, d = sampled(t, "<Goc a='1'>"+many+"</Goc>", true)
	if d.Rules > 2000 || d.Rules < 1900 || !strings.Contains(strings.Join(d.Notes, " "), "/Goc (inside, too many)") {
		t.Errorf("%d rules, %v", d.Rules, d.Notes)
	}
	holds(t, fields, " elements more; a mapping has at most 2000 rules.")
}

func TestNamespacesOfWhatIsReferredToGoWithIt(t *testing.T) {
	_, _, d := sampled(t, `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:a" xmlns:k="urn:k"><e:Body>
		<Goc xmlns="urn:g" xmlns:k="urn:khac"><A href="#i"/></Goc><m id="i" xmlns:e="urn:e"><Ten>x</Ten><k:Ho>y</k:Ho><e:Dem>z</e:Dem></m></e:Body></e:Envelope>`, true)
	holds(t, string(file(t, d, "mapping.yaml")), "namespace: urn:g\n", "    n1: urn:a\n    n2: urn:k\n    n3: urn:e\n", "{to: ten, from: n1:Ten}", "{to: ho, from: n2:Ho}", "{to: dem, from: n3:Dem}")
	if got := strings.Join(strings.Fields(string(file(t, d, "cases/dau-tien/want.json"))), ""); got != `{"a":{"ten":"x","ho":"y","dem":"z"}}` {
		t.Errorf("got %s", got)
	}
}

func TestAnAttributeThatOnlyLooksLikeAReferenceStays(t *testing.T) {
	fields, _, _ := sampled(t, `<Goc><A href="#khong-co">x</A><B id="1" href="cid:tep">y</B></Goc>`, false)
	holds(t, fields, `{to: href, from: "@href"}`, `{to: id, from: "@id", type: digits}`)
}

// In TCVN3 a capital vowel and a small letter with a tone are one letter: what is
// invented must not be read as another text.
func TestInventedTextsCanBeWrittenInTheCharset(t *testing.T) {
	words := ""
	for i := range 120 {
		words += string(rune('B'+i%12)) + string(rune('B'+i/12)) + "á "
	}
	raw, err := vntext.Encode("<Goc><X>"+words+"</X></Goc>", "tcvn3")
	if err != nil {
		t.Fatal(err)
	}
	o, err := scaffold.Open(one(string(raw)), "a", "tcvn3")
	if err != nil {
		t.Fatal(err)
	}
	d, err := o.Draft(o.Messages()[0], scaffold.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if in := file(t, d, "cases/dau-tien/in.xml"); !regexp.MustCompile("^<Goc><X>([A-Z]{2}[a-z] ){120}</X></Goc>$").Match(in) {
		t.Errorf("got %q", in)
	}
}

func TestValuesAreKeptByteForByteInEveryCharset(t *testing.T) {
	for _, charset := range []string{"", "windows-1258", "tcvn3", "vni", "utf-16le"} {
		text := "<?xml version=\"1.0\"?>\r\n<Goc xmlns='urn:g'>\r\n  <HoTen>Nguyễn Thị Mẫu</HoTen> <!-- giữ -->\r\n</Goc>\r\n"
		raw, err := vntext.Encode(text, cmp.Or(charset, "utf-8"))
		if err != nil {
			t.Fatal(err)
		}
		o, err := scaffold.Open(one(string(raw)), "a", charset)
		if err != nil {
			t.Fatal(err)
		}
		for _, keep := range []bool{true, false} {
			d, err := o.Draft(o.Messages()[0], scaffold.Options{KeepValues: keep})
			if err != nil {
				t.Fatal(err)
			}
			in := file(t, d, "cases/dau-tien/in.xml")
			if keep != bytes.Equal(in, raw) {
				t.Errorf("%s, keep %v: in.xml is %q", charset, keep, in)
			}
			if _, err := vntext.Decode(in, charset); err != nil {
				t.Errorf("%s: %v", charset, err)
			}
			if charset != "" {
				holds(t, string(file(t, d, "cases/dau-tien/case.yaml")), "charset: "+charset+"\n")
			}
			if got := string(file(t, d, "cases/dau-tien/want.json")); keep != strings.Contains(got, "Nguyễn Thị Mẫu") {
				t.Errorf("%s, keep %v: it makes %s", charset, keep, got)
			}
		}
	}
}
