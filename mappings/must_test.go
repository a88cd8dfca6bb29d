package mappings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	lgsp "lgsp.internal/adapter"
)

// some is a rule that writes, so that checks stand among something.
const some = "fields:\n  - {to: b, from: B}\n  - "

func TestACheckThatHoldsWritesNothing(t *testing.T) {
	for _, tt := range []struct{ name, head, rules, in, want string }{
		{"at the top", jsonHead, `{must: 'text("B") != "y"', want: khác y}`, "<B>x</B>", `{"b":"x"}`},
		{"before the rules of an object", jsonHead, `{to: c, from: C, fields: [{must: 'text("@d") == "1"', want: '1'}, {to: d, from: '@d'}]}`, "<C d='1'/>", `{"c":{"d":"1"}}`},
		{"alone in an object, which is none", jsonHead, `{to: c, from: C, fields: [{must: 'text("@d") == "1"', want: '1'}]}`, "<C d='1'/>", `{}`},
		{"in an object that is empty and written", jsonHead, `{to: c, from: C, empty: '', fields: [{to: e, from: E, empty: ''}, {must: 'text("@d") == "1"', want: '1'}]}`, "", `{"c":{"e":""}}`},
		{"in JSON text", jsonHead, `{to: c, encode: json, fields: [{to: e, from: B}, {must: 'text("B") == "x"', want: x}, {to: f, from: B}]}`, "<B>x</B>", `{"b":"x","c":"{\"e\":\"x\",\"f\":\"x\"}"}`},
		{"in XML, among attributes", xmlHead, `{to: c, fields: [{must: 'text("B") == "x"', want: x}, {to: '@d', from: B}, {must: 'text("B") == "x"', want: x}, {to: '@e', from: B}, {to: f, from: B}, {must: 'text("B") == "x"', want: x}]}`,
			"<B>x</B>", `<v:R xmlns:v="urn:v"><v:b>x</v:b><v:c d="x" e="x"><v:f>x</v:f></v:c></v:R>`},
		{"in XML that is empty and written", xmlHead + "defaults: {empty: ''}\n", `{to: c, from: C, fields: [{must: 'text("D") == "x"', want: x}, {to: '@d', from: D}, {must: 'text("D") == "x"', want: x}]}`,
			"<B>x</B>", `<v:R xmlns:v="urn:v"><v:b>x</v:b><v:c d=""></v:c></v:R>`},
		{"not where its if does not hold", jsonHead, `{must: 'int(text("B")) > 1', want: lớn, if: 'text("C") == "1"'}`, "<B>x</B>", `{"b":"x"}`},
		{"not where its object is absent", jsonHead, `{to: c, from: C, fields: [{to: d, from: D}, {must: 'text("D") == "1"', want: '1'}]}`, "<B>x</B>", `{"b":"x"}`},
		{"not of elements that are left out", jsonHead, `{to: c, each: C, if: 'text("D") != ""', fields: [{to: d, from: D}, {must: 'text("@e") == "1"', want: '1', at: '@e'}]}`, "<C e='2'/><C e='1'><D>x</D></C>", `{"c":[{"d":"x"}]}`},
		{"pointing at a list that is only counted changes no count", jsonHead, `{to: c, count: C}` + "\n  - " + `{must: 'count("C") < 3', want: ít hơn 3, at: 'C[1]'}`, "<C><D>x</D></C><C><D/></C>", `{"c":2}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := mapIt(mappingOf(t, tt.head+some+tt.rules+"\n"), a(tt.in))
			if err != nil || string(d.Body) != tt.want {
				t.Errorf("got  %s, %v %s\nwant %s", d.Body, err, fieldsOf(err), tt.want)
			}
		})
	}
}

// shownOf is every bad field with what it looks like.
func shownOf(err error) string {
	var e *lgsp.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	var lines []string
	for _, f := range e.Fields {
		lines = append(lines, fmt.Sprintf("%s %s: %s (%s)", f.Path, f.Code, f.Want, f.Found))
	}
	return strings.Join(lines, "; ")
}

func TestACheckThatDoesNotHoldIsReportedWhereItPoints(t *testing.T) {
	for _, tt := range []struct{ name, rules, in, want string }{
		{"at an attribute that is there", `{must: 'text("@n") == string(count("C"))', at: '@n', want: đúng số}`, "", "/A/@n must: đúng số (1 chữ số)"},
		{"at an element that is there", `{must: 'text("C") == "y"', at: C, want: y}`, "<C> bí mật </C>", "/A/C must: y (6 ký tự: chữ cái và khoảng trắng)"},
		{"at an element that is empty", `{must: 'text("B") == "y"', at: C, want: y}`, "<C> </C>", "/A/C must: y (trống)"},
		{"at an element that is not there", `{must: 'text("B") == "y"', at: C/D, want: y}`, "", "/A/C/D must: y ()"},
		{"at an attribute that is not there", `{must: 'text("B") == "y"', at: 'k:C/@k:d', want: y}`, "", "/A/k:C/@k:d must: y ()"},
		{"at an element that holds others", `{must: 'text("C/D") == "y"', at: C, want: y}`, "<C><D>x</D></C>", "/A/C must: y ()"},
		{"without at, at the root", `{must: 'text("B") == "y"', want: y}`, "", "/A must: y ()"},
		{"without at, in an object", `{to: c, from: C/D, fields: [{to: e, from: .}, {must: 'text(".") == "y"', want: y}]}`, "<C><D>x</D></C>", "/A/C/D must: y ()"},
		{"without at, in an object without from", `{to: c, fields: [{to: e, from: C}, {must: 'text("C") == "y"', want: y}]}`, "<C>x</C>", "/A must: y ()"},
		{"at where it stands", `{to: c, from: C, fields: [{to: e, from: .}, {must: 'text(".") == "y"', want: y, at: .}]}`, "<C>x</C>", "/A/C must: y (1 chữ cái)"},
		{"without at, in a list", `{to: c, each: C, fields: [{to: d, from: D}, {must: 'text("D") == "y"', want: y}]}`, "<C><D>y</D></C><C/><C><D>x</D></C>", "/A/C[3] must: y ()"},
		{"at a part of an element of a list", `{to: c, each: C, fields: [{to: d, from: D}, {must: 'text("D") == text("/B")', want: y, at: D}]}`, "<C><D>x</D></C><C><D>z1</D></C><C><E/></C>", "/A/C[2]/D must: y (2 ký tự)"},
		{"at the root, from a list", `{to: c, each: C, fields: [{to: d, from: D}, {must: 'text("D") == text("/B")', want: y, at: /B}]}`, "<C><D>y</D></C>", "/A/B must: y (1 chữ cái)"},
		{"at the first of a list", `{to: c, each: C, fields: [{to: d, from: D}]}` + "\n  - " + `{must: 'count("C") < 2', want: một, at: 'C[1]/D'}`, "<C/><C><D>x</D></C><C><D>y</D></C>", "/A/C[2]/D must: một (1 chữ cái)"},
		{"at a list of objects", `{to: c, each: C, fields: [{to: d, from: D}]}` + "\n  - " + `{must: 'count("C") < 2', want: một, at: C}`, "<C/><C><D>x</D></C><C><D>y</D></C>", "/A/C[2] must: một ()"},
		{"at a list of texts", `{to: c, each: C}` + "\n  - " + `{must: 'count("C") < 2', want: một, at: C}`, "<C>xy</C><C>x</C>", "/A/C[1] must: một (2 chữ cái)"},
		{"at a list that is counted", `{must: 'count("C") < 2', want: một, at: C}`, "<C>x</C><C>x</C>", "/A/C[1] must: một ()"},
		{"at the first of a list that nothing else reads", `{must: 'text("B") == "y"', want: y, at: 'C[1]'}`, "<C>x</C><C>x</C>", "/A/C[1] must: y ()"},
		{"at a list of none", `{to: c, each: C, fields: [{to: d, from: D}]}` + "\n  - " + `{must: 'count("C") > 0', want: một, at: C}`, "", "/A/C must: một ()"},
		{"at the first of a list of none", `{must: 'count("C") > 0', want: một, at: 'C[1]'}`, "", "/A/C[1] must: một ()"},
		{"two of one place, each said", `{must: 'text("B") == "y"', want: y, at: B}` + "\n  - " + `{must: 'text("B") == "z"', want: z, at: B}` + "\n  - " + `{must: 'text("B") != "x"', want: y, at: B}`, "", "/A/B must: y (1 chữ cái); /A/B must: z (1 chữ cái)"},
		{"in the order of the file", `{must: 'text("B") == "y"', want: y}` + "\n  - {to: c, from: C, type: digits}\n  - " + `{must: 'text("B") == "z"', want: z, at: B}`, "<C>x</C>", "/A must: y (); /A/C number: chữ số (1 chữ cái); /A/B must: z (1 chữ cái)"},
		{"with an if that holds", `{must: 'text("B") == "y"', want: y, if: 'text("B") == "x"'}`, "", "/A must: y ()"},
		{"that cannot be computed", `{must: 'int(text("C")) > 1', want: lớn, at: B}`, "<C>bí mật</C>", "/A/C computed: tính được từ /A/C ()"},
		{"that is no truth when it is asked", `{must: 'first(map(texts("C"), # == "1" ? true : #))', want: lớn}`, "<C>x</C>", "/A/C computed: tính được từ /A/C ()"},
		{"whose if cannot be computed", `{must: 'text("B") == "y"', want: y, if: 'int(text("C")) > 1'}`, "<C>x</C>", "/A/C computed: tính được từ /A/C ()"},
	} {
		for form, head := range map[string]string{"json": jsonHead, "xml": xmlHead} {
			t.Run(tt.name+" "+form, func(t *testing.T) {
				if form == "xml" {
					head = strings.Replace(head, "root: A}", "root: A, prefixes: {k: urn:k}}", 1)
				}
				m := mappingOf(t, head+some+tt.rules+"\n")
				_, err := mapIt(m, strings.Replace(a("<B>x</B>"+tt.in), "<A ", "<A n='1' ", 1))
				if got := shownOf(err); got != tt.want {
					t.Errorf("got  %s\nwant %s", got, tt.want)
				}
				var e *lgsp.Error
				if errors.As(err, &e) && slices.ContainsFunc(e.Fields, func(f lgsp.FieldError) bool { return f.Text == "" || strings.Contains(fmt.Sprint(f), "bí mật") }) {
					t.Error("there is no text, or the value is told")
				}
			})
		}
	}
}

// Nobody can say whether a check holds that reads a document which was reported.
func TestACheckSaysNothingOfADocumentThatCannotBeRead(t *testing.T) {
	m := mappingOf(t, sourced("documents: [{at: N}]")+`fields:
  - {to: b, from: N/H/T}
  - {must: 'text("N/H/T") == text("B")', want: như B, at: B}
  - {must: 'text("B") == "y"', want: y, at: N/H/T}
  - {must: 'text("B") == "y"', want: y, at: B}
  - {to: c, from: N/H, fields: [{to: d, from: T}, {must: 'text("T") == text("/B")', want: như B, at: T}]}
`)
	for in, want := range map[string]string{
		"&lt;H>":                        "/A/N document:  (); /A/B must: y (1 chữ cái)",
		"&lt;H>&lt;T>zz&lt;/T>&lt;/H>":  "/A/B must: như B (1 chữ cái); /A/N/H/T must: y (2 chữ cái); /A/B must: y (1 chữ cái); /A/N/H/T must: như B (2 chữ cái)",
		"&lt;H>&lt;T> x &lt;/T>&lt;/H>": "/A/N/H/T must: y (1 chữ cái); /A/B must: y (1 chữ cái)",
	} {
		_, err := mapIt(m, a("<B>x</B><N>"+in+"</N>"))
		got := shownOf(err)
		if i := strings.Index(got, "tài liệu XML (hỏng"); i >= 0 {
			got = got[:i] + got[strings.Index(got, ")"):]
			got = strings.Replace(got, ": )", ":  ()", 1)
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", in, got, want)
		}
	}
}

func TestChecksCountAsRules(t *testing.T) {
	text := func(n int) string {
		return jsonHead + "fields:\n  - {to: b, from: B}\n" + strings.Repeat("  - {must: 'text(\"B\") != \"x\"', want: khác x}\n", n)
	}
	if got := problemsOf(t, []byte(text(maxRules-1))); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	if got := problemsOf(t, []byte(text(maxRules))); len(got) != 1 || !strings.HasSuffix(got[0], "fields: more than 2000 rules") {
		t.Errorf("got %v", got)
	}
}

const triedMapping = jsonHead + `fields:
  - {to: b, from: B}
  - {must: 'text("B") == "x"', want: là x, at: B, doc: Vì sao}
  - {to: c, each: C, fields: [{to: d, from: D}, {must: 'text("D") != "z"', want: khác z, if: 'text("@e") == "1"'}]}
`

func TestTryingShowsEveryCheck(t *testing.T) {
	trial, err := mappingOf(t, triedMapping).Try(context.Background(), lgsp.Envelope{Body: []byte(a("<B> x </B><C e='1'><D>y</D></C><C><D>z</D></C><C e='1'><D>z</D></C>"))})
	if got := fieldsOf(err); got != "/A/C[3] must: khác z" {
		t.Errorf("got %s", got)
	}
	var lines []string
	for _, s := range trial.Steps {
		if s.To == "must" {
			lines = append(lines, fmt.Sprintf("%d:%d %d %v %q %q %s %s", s.Line, s.Col, s.Level, s.From, s.Found, s.Want, s.Outcome, s.Code))
		}
	}
	want := `7:5 0 [/A/B] "x" "là x" holds 
8:49 1 [/A/C[1]] "" "khác z" holds 
8:49 1 [/A/C[2]] "" "khác z" left out 
8:49 1 [/A/C[3]] "" "khác z" bad must`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCasesReachACheckByItsIfAndItsRefusal(t *testing.T) {
	run := func(bodies ...string) Coverage {
		tree := fstest.MapFS{"a/mapping.yaml": {Data: []byte(triedMapping)}}
		for i, body := range bodies {
			tree[fmt.Sprintf("a/cases/c%d/in.xml", i)] = &fstest.MapFile{Data: []byte(a(body))}
			tree[fmt.Sprintf("a/cases/c%d/want.err", i)] = &fstest.MapFile{}
		}
		s := must(OpenSuite(tree, "a"))
		must(s.Run(context.Background()))
		return s.Coverage()
	}
	c := run("<B>x</B><C><D>z</D></C>")
	if got, want := missedOf(c.Branches), "6 b: nothing is found\n8 c: nothing is found\n8 c/d: nothing is found\n8 c/must: if holds"; got != want {
		t.Errorf("branches:\n%s", got)
	}
	if got, want := missedOf(c.Refusals), "7 must: must\n8 c/must: must"; got != want {
		t.Errorf("refusals:\n%s", got)
	}
	if c.Rules.Of != 3 || c.Rules.Count() != 3 {
		t.Errorf("%d of %d rules: a check writes nothing that could be missed", c.Rules.Count(), c.Rules.Of)
	}
	if whole := run("", "<C e='1'><D>z</D></C><C e='2'/>"); whole.Refusals.Count() != 2 || missedOf(whole.Branches) != "" {
		t.Errorf("missed %s; %s", missedOf(whole.Branches), missedOf(whole.Refusals))
	}
}

func TestAReportOfACheckNamesItsPlaceInTheFile(t *testing.T) {
	m := mappingOf(t, triedMapping)
	for line, want := range map[string]string{"/A/C[3] must": "8:49", "/A/B must": "7:5", "/A/B missing": "6:5", "/A/C missing": "8:5"} {
		if got := m.ruleReading(line); got != " (a/mapping.yaml:"+want+")" {
			t.Errorf("%s: got %s", line, got)
		}
	}
}

func TestNoCheckChangesTheSchemaOfTheMessage(t *testing.T) {
	without := jsonHead + "fields:\n  - {to: b, from: B}\n  - {to: c, from: C, fields: [{to: d, from: D}]}\n  - {to: e, each: E, fields: [{to: f, from: '@f'}]}\n"
	with := without + `  - {must: 'text("B") == text("C/D") || count("E") > 1', want: x, at: C}` + "\n" + `  - {must: 'text("B") != ""', want: x, at: E, doc: Không phải trường}` + "\n"
	if a, b := string(mappingOf(t, without).Schema()), string(mappingOf(t, with).Schema()); a != b {
		t.Errorf("got\n%s\nwant\n%s", b, a)
	}
}

// Wherever a check points and whatever it asks, it loads or is refused, and what
// loads reports paths of the message, the same when somebody watches.
func TestNoCheckMakesLoadingOrMappingPanic(t *testing.T) {
	r := seeded(t)
	places := []string{"", "B", "'@b'", "L", "'L[1]'", "'L[1]/M'", "L/M", ".", "/B", "/L", "'/L[1]/@n'", "N", "N/H", "N/H/T", "X/Y", "M", "'@n'"}
	truths := []string{`text("B") == "x"`, `count("L") > 1`, `text("@n") != "1"`, `len(texts("M")) == 0`, `text("N/H/T") != text("B")`, `int(text("B")) > 0`, `text(".") == ""`, `text("/L[1]/M") == "x"`}
	check := func() string {
		c := "{must: '" + truths[r.IntN(len(truths))] + "', want: x"
		if at := places[r.IntN(len(places))]; at != "" {
			c += ", at: " + at
		}
		if r.IntN(3) == 0 {
			c += ", if: '" + truths[r.IntN(len(truths))] + "'"
		}
		return c + "}"
	}
	bodies := []string{"", "<B>x</B>", "<B>1</B><L n='1'><M>x</M></L><L/><L n='2'><M/><M>y</M></L>", "<N>&lt;H>&lt;T>x&lt;/T>&lt;/H></N><X><Y/></X>", "<N>&lt;H></N><L/><L/><B/>"}
	loaded, refused := 0, 0
	for range 2000 {
		text := sourced("documents: [{at: N}]") + "fields:\n  - {to: a, from: N/H/T}\n  - " + check() + "\n"
		if r.IntN(2) == 0 {
			text += "  - {to: l, each: L, fields: [" + check() + ", {to: m, from: '@n'}]}\n"
		}
		if r.IntN(3) == 0 {
			text += "  - {to: c, count: L}\n"
		}
		m, problems := parseMapping("a/mapping.yaml", []byte(text), newTables(fstest.MapFS{}))
		if len(problems) > 0 {
			continue
		}
		loaded++
		m.Describe()
		for _, body := range bodies {
			checkOutcome(t, m, []byte(a(body)))
			e := lgsp.Envelope{Sender: "H29.11", Body: []byte(a(body))}
			_, err := m.Map(context.Background(), e)
			_, tried := m.Try(context.Background(), e)
			if shownOf(err) != shownOf(tried) {
				t.Fatalf("%s\n%s\ngot  %s\ntried %s", text, body, shownOf(err), shownOf(tried))
			}
			var wrong *lgsp.Error
			if errors.As(err, &wrong) {
				refused++
				for _, f := range wrong.Fields {
					if f.Path != "/A" && !strings.HasPrefix(f.Path, "/A/") {
						t.Fatalf("%s\n%s\nthe path %q", text, body, f.Path)
					}
				}
			}
		}
	}
	if loaded < 500 || refused < 500 {
		t.Errorf("%d mappings loaded, %d messages were refused", loaded, refused)
	}
}
