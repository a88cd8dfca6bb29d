package mappings

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	lgsp "lgsp.internal/adapter"
)

func TestEveryStepOfAMappingIsTold(t *testing.T) {
	m := mappingOf(t, jsonHead+`id: Ma
fields:
  - {to: a, from: [X, B]}
  - {to: b, const: k}
  - {to: c, from: C, default: VN}
  - {to: d, from: D, date: {in: [dd/MM/yyyy, yyyy], out: [yyyy-MM-dd, yyyy]}}
  - {to: e, from: E, if: 'text("B") == "1"'}
  - {to: f, from: F, fields: [{to: g, from: G, type: digits}]}
  - {to: h, from: H, fields: [{to: i, from: I}]}
  - {to: l, each: L, fields: [{to: n, from: '@n'}]}
  - {to: o, count: L}
  - {to: p, compute: 'upper(text("B"))'}
  - {to: q, each: Q}
`)
	trial, err := m.Try(context.Background(), lgsp.Envelope{Body: []byte(a(`<Ma>1</Ma><B> x </B><D>1960</D><F><G>không</G></F><L n="1" m="2"><k:Y/></L><L n="2"/><Z><Y/></Z><k:B/>`))})
	if got := fieldsOf(err); got != "/A/F/G number: chữ số" {
		t.Errorf("got %s", got)
	}
	var lines []string
	for _, s := range trial.Steps {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%d:%d %d %s %v %q %q %s %s", s.Line, s.Col, s.Level, s.To, s.From, s.Found, s.Made, s.Outcome, s.Code), " "))
	}
	if got := strings.Join(trial.Unread, " "); got != "/A/L[1]/@m /A/L[1]/Y /A/Z /A/B" {
		t.Errorf("not read: %s", got)
	}
	want := []string{
		`5:1 0 id [/A/Ma] "1" "1" written`,
		`7:5 0 a [/A/X /A/B] "x" "x" written`,
		`8:5 0 b [] "" "k" written`,
		`9:5 0 c [/A/C] "" "VN" default`,
		`10:5 0 d [/A/D] "1960" "1960" written`,
		`11:5 0 e [/A/E] "" "" left out`,
		`12:5 0 f [/A/F] "" "" there`,
		`12:31 1 g [/A/F/G] "không" "" bad number`,
		`13:5 0 h [/A/H] "" "" absent`,
		`14:5 0 l [/A/L] "2 elements" "" there`,
		`14:31 1 n [/A/L[1]/@n] "1" "1" written`,
		`14:31 1 n [/A/L[2]/@n] "2" "2" written`,
		`15:5 0 o [/A/L] "" "2" written`,
		`16:5 0 p [/A/B] "X" "X" written`,
		`17:5 0 q [/A/Q] "no elements" "" absent`,
	}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// Who watches changes nothing: the same document, the same report.
func TestTryingGivesWhatMappingGives(t *testing.T) {
	set, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*/cases/*/in.xml")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	steps := 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, service := range set.Services() {
			m, _ := set.Get(service)
			e := lgsp.Envelope{Sender: "H29.11", Body: body}
			want, wantErr := m.Map(context.Background(), e)
			got, gotErr := m.Try(context.Background(), e)
			steps += len(got.Steps)
			if !reflect.DeepEqual(got.Document, want) || !reflect.DeepEqual(gotErr, wantErr) {
				t.Errorf("%s by %s: %s, %v; want %s, %v", file, service, got.Document.Body, gotErr, want.Body, wantErr)
			}
		}
	}
	if steps < 1000 {
		t.Errorf("only %d steps were told", steps)
	}
}

// A rule that is left out does not look at what it would read, so that nothing
// of it is reported because somebody watches.
func TestWhatIsLeftOutIsNotLookedAtWhenTried(t *testing.T) {
	m := mappingOf(t, jsonHead+`fields:
  - {to: b, from: B, charset: tcvn3-in-utf-8, only: {when: C}}
  - {to: d, compute: 'string(int(text("B")))', if: 'text("C") != ""'}
`)
	if _, err := m.Try(context.Background(), lgsp.Envelope{Body: []byte(a("<B>日</B>"))}); err != nil {
		t.Error(err)
	}
}

const coveredMapping = jsonHead + `fields:
  - {to: a, from: [A, B], required: true, max: 3}
  - {to: c, from: C, default: VN, codes: [VN, LA]}
  - {to: d, from: D, date: {in: [dd/MM/yyyy, yyyy], out: [yyyy-MM-dd, yyyy]}}
  - {to: e, from: E, only: {when: B, is: x}, if: 'text("C") == "LA"'}
  - {to: f, from: F, fields: [{to: g, from: G}]}
  - {to: l, each: L, type: digits, required: true}
  - {to: k, const: k}
  - {to: i, from: $sender}
  - {to: w, from: B, required: {when: C, is: LA}}
`

// What a rule can never do is not asked of the cases: what computes a number
// always finds one.
func TestWhatNoMessageCanReachIsNotMissed(t *testing.T) {
	head := jsonHead + "fields:\n  - {to: b, from: B, required: true}\n  - {to: l, each: L, fields: [{to: n, from: N, required: true}]}\n"
	for _, tt := range []struct{ rule, rules, branches string }{
		{`{to: k, compute: 'text("B") == "x" ? "" : text("B")', pattern: x}`, "8 k: it writes nothing", "8 k: nothing is found"},
		{`{to: k, compute: 'count("L")', type: int, max: 9}`, "8 k: it writes nothing", ""},
		{`{to: k, compute: 'text("B") == "x"', type: bool}`, "8 k: it writes nothing", ""},
	} {
		c := newReach(mappingOf(t, head+"  - "+tt.rule+"\n")).coverage()
		of := func(r Reached) string {
			r.Missed = slices.DeleteFunc(r.Missed, func(m Missed) bool { return m.To != "k" })
			return missedOf(r)
		}
		if rules, branches := of(c.Rules), of(c.Branches); rules != tt.rules || branches != tt.branches {
			t.Errorf("%s: rules %q, branches %q", tt.rule, rules, branches)
		}
	}
}

func coverageOf(t *testing.T, bodies ...string) Coverage {
	t.Helper()
	tree := fstest.MapFS{"a/mapping.yaml": {Data: []byte(coveredMapping)}}
	for i, body := range bodies {
		tree[fmt.Sprintf("a/cases/c%d/in.xml", i)] = &fstest.MapFile{Data: []byte(a(body))}
		tree[fmt.Sprintf("a/cases/c%d/want.err", i)] = &fstest.MapFile{}
	}
	s, err := OpenSuite(tree, "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s.Coverage()
}

func missedOf(r Reached) string {
	var lines []string
	for _, m := range r.Missed {
		lines = append(lines, fmt.Sprintf("%d %s: %s", m.Line, m.To, m.What))
	}
	return strings.Join(lines, "\n")
}

func TestWhatNoCaseReachesIsListed(t *testing.T) {
	c := coverageOf(t, "<A>1</A>")
	if got, want := missedOf(c.Rules), "8 d: it writes nothing\n9 e: it writes nothing\n10 f: it writes nothing\n10 f/g: it writes nothing\n11 l: it writes nothing\n14 w: it writes nothing"; got != want {
		t.Errorf("rules:\n%s", got)
	}
	if c.Rules.Of != 10 || c.Rules.Count() != 4 {
		t.Errorf("%d of %d rules", c.Rules.Count(), c.Rules.Of)
	}
	want := "6 a: the text of B\n8 d: the date as dd/MM/yyyy\n8 d: the date as yyyy\n9 e: if does not hold\n9 e: if holds\n9 e: nothing is found\n9 e: only holds\n10 f/g: nothing is found\n14 w: required holds"
	if got := missedOf(c.Branches); got != want {
		t.Errorf("branches:\n%s", got)
	}
	if got, want := missedOf(c.Refusals), "6 a: length\n6 a: missing\n7 c: code\n8 d: date\n11 l: number\n14 w: missing"; got != want {
		t.Errorf("refusals:\n%s", got)
	}
	whole := coverageOf(t,
		"<A>1</A><D>1960</D><L>1</L>", "<B>x</B><C>LA</C><D>05/01/2026</D><E>e</E><F><G>1</G></F><L>1</L>", "<B>x</B><C>VN</C><F><G/></F>",
		"<A>1234</A><C>x</C><D>x</D><L>x</L>", "<C>LA</C>", "<B>x</B><C>LA</C>")
	for _, r := range []Reached{whole.Rules, whole.Branches, whole.Refusals} {
		if r.Count() != r.Of && missedOf(r) != "10 f/g: nothing is found" {
			t.Errorf("missed:\n%s", missedOf(r))
		}
	}
}
