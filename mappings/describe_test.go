package mappings

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// described is one rule with what is said of it beyond a text from /A/B. What an
// object or a list holds is left out.
type described struct {
	rule string
	want func(*DescribedRule)
}

func whatIsSaidOfRules() []described {
	vn, six := "VN", 6
	return []described{
		{"{to: b, from: B, doc: Mô tả}", func(r *DescribedRule) { r.Doc = "Mô tả" }},
		{"{to: b, from: [B, '@c', 'k:D/@k:e', $id]}", func(r *DescribedRule) { r.Sources = []string{"/A/B", "/A/@c", "/A/k:D/@k:e", "$id"} }},
		{"{to: b, from: 'B[1]/C[1]/D'}", func(r *DescribedRule) { r.Sources = []string{"/A/B[1]/C[1]/D"} }},
		{"{to: b, join: [B, C], with: /}", func(r *DescribedRule) {
			r.Origin, r.With, r.Sources = FromJoined, "/", []string{"/A/B", "/A/C"}
		}},
		{"{to: b, count: B}", func(r *DescribedRule) {
			*r = DescribedRule{To: "b", Origin: FromCount, Sources: []string{"/A/B"}, Type: "int"}
		}},
		{"{to: b, const: '6', type: int}", func(r *DescribedRule) {
			*r = DescribedRule{To: "b", Origin: FromConstant, Constant: "6", Type: "int"}
		}},
		{`{to: b, compute: 'text("C") + join(texts("D", "E"), "") + string(count("F")) + join(texts("G"))'}`, func(r *DescribedRule) {
			r.Origin, r.Expression = FromComputed, `text("C") + join(texts("D", "E"), "") + string(count("F")) + join(texts("G"))`
			r.Sources = []string{"/A/C", "/A/D", "/A/D/E", "/A/G", "/A/F"}
		}},
		{"{to: b, each: B}", func(r *DescribedRule) { r.Shape, r.Base, r.Empty = List, "/A/B", "[]" }},
		{"{to: b, each: B, from: '@c', empty: omit}", func(r *DescribedRule) {
			r.Shape, r.Base, r.Sources = List, "/A/B", []string{"/A/B/@c"}
		}},
		{"{to: b, each: B/C, encode: json, fields: [{to: c, from: D}]}", func(r *DescribedRule) {
			*r = DescribedRule{To: "b", Shape: List, Base: "/A/B/C", Empty: "[]", Encoded: true}
		}},
		{"{to: b, from: B, required: true, empty: '', fields: [{to: c, from: D}]}", func(r *DescribedRule) {
			*r = DescribedRule{To: "b", Shape: Object, Base: "/A/B", Empty: `""`, Required: true}
		}},
		{"{to: b, from: B, required: {when: C, is: [x, y]}}", func(r *DescribedRule) { r.When = &Condition{Path: "/A/C", Is: []string{"x", "y"}} }},
		{"{to: b, from: B, required: {when: C}}", func(r *DescribedRule) { r.When = &Condition{Path: "/A/C"} }},
		{`{to: b, from: B, required: {if: 'text("C") == ""'}}`, func(r *DescribedRule) { r.When = &Condition{Expression: `text("C") == ""`} }},
		{"{to: b, from: B, only: {unless: C}}", func(r *DescribedRule) { r.Only = &Condition{Path: "/A/C", Unless: true} }},
		{`{to: b, from: B, if: 'text("C") == ""'}`, func(r *DescribedRule) { r.If = `text("C") == ""` }},
		{"{to: b, from: B, differs: C/@d}", func(r *DescribedRule) { r.Differs = "/A/C/@d" }},
		{"{to: b, from: B, type: digits, length: [9, 12]}", func(r *DescribedRule) { r.Type, r.Lengths = "digits", []int{9, 12} }},
		{"{to: b, from: B, type: int, max: 6}", func(r *DescribedRule) { r.Type, r.Max = "int", &six }},
		{"{to: b, from: B, min: 6, pattern: '[a-z]+'}", func(r *DescribedRule) { r.Min, r.Pattern = &six, "[a-z]+" }},
		{"{to: b, from: B, date: {in: [dd/MM/yyyy, yyyy], out: yyyy-MM-dd, skip: partial}}", func(r *DescribedRule) {
			r.Type, r.DatesIn, r.DatesOut, r.DateSkip = "date", []string{"dd/MM/yyyy", "yyyy"}, []string{"yyyy-MM-dd"}, "partial"
		}},
		{"{to: b, from: B, date: {in: yyyy-MM-dd, out: yyyy, skip: full}}", func(r *DescribedRule) {
			r.Type, r.DatesIn, r.DatesOut, r.DateSkip = "date", []string{"yyyy-MM-dd"}, []string{"yyyy"}, "full"
		}},
		{"{to: b, from: B, codes: {Nữ: '2', Nam: '1'}, compare: loose}", func(r *DescribedRule) {
			r.Type, r.Codes, r.Compare = "code", []DescribedCode{{"Nữ", "2"}, {"Nam", "1"}}, "loose"
		}},
		{"{to: b, from: B, codes: {table: tinh-34.csv}, compare: case}", func(r *DescribedRule) {
			r.Type, r.Table, r.Compare = "code", &DescribedTable{File: "codes/tinh-34.csv"}, "case"
		}},
		{"{to: b, from: B, codes: {table: tinh-34.csv, on: 2025-07-01}}", func(r *DescribedRule) {
			r.Type, r.Table, r.Compare = "code", &DescribedTable{File: "codes/tinh-34.csv", On: "01/07/2025"}, "exact"
		}},
		{"{to: b, from: B, codes: {table: tinh-34.csv, on: {from: [C, D], in: dd/MM/yyyy}}}", func(r *DescribedRule) {
			r.Type, r.Table, r.Compare = "code", &DescribedTable{File: "codes/tinh-34.csv", Dates: []string{"/A/C", "/A/D"}}, "exact"
		}},
		{"{to: b, from: B, check: personal-id}", func(r *DescribedRule) { r.Check = &DescribedCheck{} }},
		{"{to: b, from: B, check: {personal-id: {born: {from: C, in: yyyy}, sex: D, male: Nam, female: Nữ}}}", func(r *DescribedRule) {
			r.Check = &DescribedCheck{Born: []string{"/A/C"}, Sex: "/A/D"}
		}},
		{"{to: b, from: B, default: VN}", func(r *DescribedRule) { r.Default, r.Empty = &vn, "" }},
		{"{to: b, from: B, empty: null, spaces: none}", func(r *DescribedRule) { r.Empty, r.Spaces = "null", "none" }},
		{"{to: b, from: B, name: given, letters: plain, charset: vni-in-utf-8}", func(r *DescribedRule) {
			r.Name, r.Letters, r.Charset = "given", "plain", "vni-in-utf-8"
		}},
	}
}

func TestARuleIsDescribedByWhatItSays(t *testing.T) {
	for _, tt := range whatIsSaidOfRules() {
		want := DescribedRule{To: "b", Origin: FromFirst, Sources: []string{"/A/B"}, Type: "text", Empty: "omit", Spaces: "trim", Letters: "keep"}
		tt.want(&want)
		got := *mappingOf(t, jsonHead+"fields:\n  - "+tt.rule+"\n").Describe().Fields[0]
		if got.Line != 6 || got.Col != 5 {
			t.Errorf("%s: at %d:%d", tt.rule, got.Line, got.Col)
		}
		if got.Line, got.Col, got.Fields = 0, 0, nil; !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngot  %+v\nwant %+v", tt.rule, got, want)
		}
	}
}

func TestNoKeyOfARuleIsLeftOutOfItsDescription(t *testing.T) {
	rules := ""
	for _, d := range whatIsSaidOfRules() {
		rules += d.rule
	}
	for _, key := range strings.Fields(fieldKeys + " " + demandKeys + " " + dateKeys + " " + tableKeys + " " + datedKeys + " " + idKeys) {
		if !regexp.MustCompile(`[{ ]` + key + `: `).MatchString(rules) {
			t.Errorf("no rule shows how %s is described", key)
		}
	}
}

func TestChecksAreDescribedWithTheGroupThatTheyStandIn(t *testing.T) {
	d := mappingOf(t, jsonHead+`fields:
  - {to: b, from: B}
  - {must: 'text("B") == text("E")', want: như E, at: B, doc: Vì sao}
  - {to: c, each: C, fields: [{to: d, from: D}, {must: 'text("D") == "x"', want: là x, if: 'text("@f") == ""'}]}
`).Describe()
	if want := []DescribedMust{{Line: 7, Col: 5, Expression: `text("B") == text("E")`, Want: "như E", At: "/A/B", Doc: "Vì sao"}}; !reflect.DeepEqual(d.Musts, want) {
		t.Errorf("at the top: got %+v", d.Musts)
	}
	if len(d.Fields) != 2 || len(d.Fields[1].Fields) != 1 {
		t.Fatal("a check is described as a field")
	}
	c := d.Fields[1]
	if want := []DescribedMust{{Line: 8, Col: 49, Expression: `text("D") == "x"`, Want: "là x", At: "/A/C", If: `text("@f") == ""`}}; !reflect.DeepEqual(c.Musts, want) {
		t.Errorf("in a list: got %+v", c.Musts)
	}
	uses := map[string][]ElementUse{}
	var look func(e *DescribedElement)
	look = func(e *DescribedElement) {
		uses[e.Path] = e.Uses
		for _, k := range e.Elements {
			look(k)
		}
	}
	look(d.Message)
	for path, want := range map[string][]ElementUse{
		"/A/B": {{d.Fields[0], UseValue}, {nil, UseChecked}}, "/A/E": {{nil, UseChecked}}, "/A/C/@f": {{c, UseChecked}}, "/A/C/D": {{c.Fields[0], UseValue}, {c, UseChecked}},
	} {
		if got := uses[path]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v", path, got)
		}
	}
}

const describedMapping = `service: a
title: Thử
doc: Mô tả
source:
  namespace: urn:a
  root: A
  action: urn:a#A
  prefixes: {k: urn:k}
  qualified: false
  unknown: refuse
  references: true
  documents: [{at: N, as: base64, namespace: urn:n}]
defaults: {spaces: collapse, empty: null}
id: {from: I, required: true, doc: Mã}
lane: "L[1]/M"
purpose: {procedure: P, unit: $sender}
target: {route: r, form: json}
fields:
  - {to: b, from: B, only: {when: C}, differs: D, doc: Chữ B}
  - {to: e, each: L, required: true, fields: [{to: m, from: M, required: true}, {to: n, from: "@o"}, {to: p, count: Q}]}
  - {to: f, from: N/H/F}
  - {to: g, fields: [{to: h, from: "k:H"}, {to: i, from: "k:H"}]}
  - {to: j, compute: 'text("B") + text("B")'}
`

func TestWhatAnExpressionReadsTwiceIsDescribedOnce(t *testing.T) {
	d := mappingOf(t, jsonHead+`fields: [{to: b, compute: 'text("B") == "" ? text("C") : text("B") + text("C") + text("B")'}]`+"\n").Describe()
	if got := d.Fields[0].Sources; !slices.Equal(got, []string{"/A/B", "/A/C"}) {
		t.Errorf("sources %q", got)
	}
}

func TestAMappingIsDescribedByItsHead(t *testing.T) {
	d := mappingOf(t, describedMapping).Describe()
	if d.File != "a/mapping.yaml" || d.Service != "a" || d.Title != "Thử" || d.Doc != "Mô tả" || d.Kind != Message || d.Plugin != "" || d.Reply != nil {
		t.Errorf("got %+v", d)
	}
	if want := (DescribedSource{Namespace: "urn:a", Root: "A", Action: "urn:a#A", Prefixes: map[string]string{"k": "urn:k"}, RefusesUnknown: true, References: true,
		Documents: []DescribedDocument{{Path: "/A/N", As: "base64", Namespace: "urn:n"}}}); !reflect.DeepEqual(d.Source, want) {
		t.Errorf("source: got %+v", d.Source)
	}
	if want := (DescribedTarget{Route: "r", Form: "json"}); !reflect.DeepEqual(d.Target, want) {
		t.Errorf("target: got %+v", d.Target)
	}
	if want := (DescribedDefaults{Spaces: "collapse", Empty: "null"}); d.Defaults != want {
		t.Errorf("defaults: got %+v", d.Defaults)
	}
	var values []string
	for _, r := range d.Values {
		values = append(values, r.To+" "+strings.Join(r.Sources, " "))
	}
	if want := []string{"id /A/I", "lane /A/L[1]/M", "procedure /A/P", "unit $sender"}; !slices.Equal(values, want) {
		t.Errorf("values: got %q", values)
	}
}

func TestAMappingIsNotChangedThroughItsDescription(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B, length: [1, 12], default: y}\n  - {to: c, from: C, required: {when: B, is: [x]}}\n")
	d := m.Describe()
	d.Source.Prefixes["x"], d.Fields[0].Lengths[0], *d.Fields[0].Default, d.Fields[1].When.Is[0] = "y", 2, "z", "y"
	if again := m.Describe(); again.Source.Prefixes["x"] != "" || again.Fields[0].Lengths[0] != 1 || *again.Fields[0].Default != "y" || again.Fields[1].When.Is[0] != "x" {
		t.Errorf("got %+v", again)
	}
}

func TestCasesAreDescribedWithoutWhatTheyHold(t *testing.T) {
	files := map[string]string{"a/cases/bad/in.xml": a(""), "a/cases/bad/want.err": "/A/B missing"}
	s, err := OpenSuite(small(files), "a")
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.DescribeCases()
	if want := []DescribedCase{{Name: "bad", Bad: true}, {Name: "good", Doc: "Tốt"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if s, err = OpenSuite(Shipped(), "dancu.tra-cuu"); err != nil {
		t.Fatal(err)
	}
	got, err = s.DescribeCases()
	if err != nil || !slices.ContainsFunc(got, func(c DescribedCase) bool { return c.Reply && !c.Bad }) {
		t.Errorf("no case of a reply in %+v, %v", got, err)
	}
	files["a/cases/bad/case.yaml"] = "nonsense: x\n"
	if s, err = OpenSuite(small(files), "a"); err != nil {
		t.Fatal(err)
	}
	var problems Problems
	if _, err := s.DescribeCases(); !errors.As(err, &problems) {
		t.Errorf("a faulty case.yaml: %v", err)
	}
}

// lines writes a described message, a line for each element.
func lines(e *DescribedElement) []string {
	words := []string{e.Path}
	for _, flag := range []struct {
		on   bool
		word string
	}{{e.Many, "many"}, {e.Needed, "needed"}, {e.Attribute, "attribute"}, {e.Document != "", e.Document}, {e.Doc != "", "“" + e.Doc + "”"}} {
		if flag.on {
			words = append(words, flag.word)
		}
	}
	for _, u := range e.Uses {
		words = append(words, [...]string{"value", "stands", "count", "decides", "differs"}[u.For]+"="+u.Rule.To)
	}
	all := []string{strings.Join(words, " ")}
	for _, k := range e.Elements {
		all = append(all, lines(k)...)
	}
	return all
}

func TestAMessageIsDescribedByWhatBecomesOfIt(t *testing.T) {
	got := lines(mappingOf(t, describedMapping).Describe().Message)
	want := []string{
		"/A needed “Mô tả”",
		"/A/B “Chữ B” value=b value=j",
		"/A/C decides=b",
		"/A/D differs=b",
		"/A/L many needed stands=e",
		"/A/L/@o attribute value=n",
		"/A/L/M needed value=m value=lane",
		"/A/L/Q many count=p",
		"/A/N base64",
		"/A/N/H",
		"/A/N/H/F value=f",
		"/A/k:H value=h value=i",
		"/A/I needed “Mã” value=id",
		"/A/P value=procedure",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAReplyIsDescribedAsAMappingOfTheAnswer(t *testing.T) {
	set, err := Load(pageExamples(t))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := set.Get("vidu.tra-cuu")
	d := m.Describe().Reply
	if d.Service != "" || d.Source.Action != "" || d.Source.Form != "live" || d.Source.Root != "CongdanCollection" || d.Target.Root != "k:TraLoi" || d.Target.Form != "xml" ||
		d.Target.Namespaces["k"] != "urn:vidu:mot-cua" || d.Defaults.Spaces != "collapse" || d.Fields[1].Fields[0].To != "Ten" || d.Fields[1].Empty != "" {
		t.Errorf("got %+v", d)
	}
	if answerForm(true) != "qcvn109" {
		t.Error("the other form of answers has no name")
	}
	m, _ = set.Get("vidu.dong-chu")
	if p := m.Describe(); p.Plugin != "tach-dong" || p.Fields != nil || len(p.Message.Elements) != 1 {
		t.Errorf("of a plugin: %+v", p)
	}
}
