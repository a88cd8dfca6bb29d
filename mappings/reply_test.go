package mappings

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/beevik/etree"

	lgsp "lgsp.internal/adapter"
)

const (
	lookUpHead = "service: a\ntitle: Thử\nkind: lookup\nsource: {namespace: urn:a, root: A}\nsubject: S\npurpose: {procedure: P, officer: O}\n" +
		"target: {route: r, form: json}\nfields:\n  - {to: b, from: B}\n"
	replyHead = lookUpHead + "reply:\n  source: {namespace: urn:b, root: B, prefixes: {k: urn:k}}\n" +
		"  target: {root: t:R, namespaces: {t: urn:t, w: urn:w}}\n  fields:\n    - "
)

// b wraps the inside of an answer in its root element.
func b(inside string) string { return `<B xmlns="urn:b" xmlns:k="urn:k">` + inside + `</B>` }

func replyIt(m *Mapping, answer string) (string, error) {
	out, err := m.Reply(context.Background(), lgsp.Envelope{ID: lgsp.ID{1}, Sender: "H29.11", Service: "a", Charset: "tcvn3", Body: []byte("<A/>")}, lgsp.Ack{Body: []byte(answer)})
	return string(out), err
}

// lookUp loads a mapping with reply rules that has to be without problems.
func lookUp(t testing.TB, rules string) *Mapping {
	t.Helper()
	return mappingOf(t, replyHead+rules+"\n")
}

func TestAReplyIsWrittenAsItsRulesSay(t *testing.T) {
	const open = `<t:R xmlns:t="urn:t">`
	for _, tt := range []struct{ name, rules, answer, want string }{
		{"a text", "{to: c, from: C}", b("<C> Đặng </C>"), open + "<t:c>Đặng</t:c></t:R>"},
		{"what is not there is left out", "{to: c, from: C}\n    - {to: d, from: D, empty: ''}", b("<C/>"), open + "<t:d/></t:R>"},
		{"nothing at all", "{to: c, from: C}", b(""), `<t:R xmlns:t="urn:t"></t:R>`},
		{"an object", "{to: c, from: C, fields: [{to: d, from: D}, {to: e, from: /F}]}", b("<F>y</F><C><D>x</D></C>"), open + "<t:c><t:d>x</t:d><t:e>y</t:e></t:c></t:R>"},
		{"an object of which nothing is approved", "{to: c, from: C, fields: [{to: d, from: D}]}", b("<C><E>x</E></C>"), `<t:R xmlns:t="urn:t"></t:R>`},
		{"a list of objects", "{to: n, count: C}\n    - {to: c, each: C, fields: [{to: d, from: D}]}", b("<C><D>1</D></C><C><D>2</D></C>"),
			open + "<t:n>2</t:n><t:c><t:d>1</t:d></t:c><t:c><t:d>2</t:d></t:c></t:R>"},
		{"a list of none", "{to: n, count: C}\n    - {to: c, each: C, fields: [{to: d, from: D}]}", b(""), open + "<t:n>0</t:n></t:R>"},
		{"a list of texts", "{to: c, each: C, from: D}", b("<C><D>1</D></C><C><D>2</D></C>"), open + "<t:c>1</t:c><t:c>2</t:c></t:R>"},
		{"attributes", "{to: '@c', from: C}\n    - {to: '@w:d', from: D}\n    - {to: e, from: E, fields: [{to: '@f', from: F}]}", b("<C>&lt;\"</C><D>x</D><E><F>y</F></E>"),
			`<t:R xmlns:t="urn:t" xmlns:w="urn:w" c="&lt;&quot;" w:d="x"><t:e f="y"></t:e></t:R>`},
		{"an element of another namespace", "{to: w:c, from: C, fields: [{to: d, from: D}]}", b("<C><D>x</D></C>"), open + `<w:c xmlns:w="urn:w"><w:d>x</w:d></w:c></t:R>`},
		{"what is of another namespace in the answer", "{to: c, from: 'k:C'}", b("<C>x</C><k:C>y</k:C>"), open + "<t:c>y</t:c></t:R>"},
		{"a joined name", "{to: c, join: [H/Ho, H/Dem, H/Ten]}", b("<H><Ho>Lê</Ho><Ten>Thử</Ten></H>"), open + "<t:c>Lê Thử</t:c></t:R>"},
		{"a date in other words", "{to: c, from: C, date: {in: yyyyMMdd, out: dd/MM/yyyy}}", b("<C>19900105</C>"), open + "<t:c>05/01/1990</t:c></t:R>"},
		{"a code in other words", "{to: c, from: C, codes: {'1': Nam, '2': Nữ}}", b("<C>2</C>"), open + "<t:c>Nữ</t:c></t:R>"},
		{"what the sender is called", "{to: c, join: [$id, $sender]}", b(""), open + "<t:c>01000000-0000-0000-0000-000000000000 H29.11</t:c></t:R>"},
		{"a constant", "{to: c, const: x}", b(""), open + "<t:c>x</t:c></t:R>"},
		{"text that XML must escape", "{to: c, from: C}", b("<C>&lt;a&gt; &amp; \"b\"</C>"), open + "<t:c>&lt;a&gt; &amp; \"b\"</t:c></t:R>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := lookUp(t, tt.rules)
			got, err := replyIt(m, tt.answer)
			if err != nil {
				t.Fatal(err, errors.Unwrap(err))
			}
			// <t:d/> and <t:d></t:d> are one.
			if tidyXML(t, got) != tidyXML(t, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			expectDescribed(t, m, got)
		})
	}
}

func tidyXML(t *testing.T, text string) string {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	out, err := doc.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnAnswerOfElementsWithoutNamespaceIsRead(t *testing.T) {
	m := mappingOf(t, strings.Replace(replyHead, "source: {namespace: urn:b, root: B, prefixes: {k: urn:k}}", "source: {namespace: urn:b, root: B, qualified: false}", 1)+"{to: c, from: C}\n")
	if got, err := replyIt(m, `<k:B xmlns:k="urn:b"><C>x</C></k:B>`); err != nil || got != `<t:R xmlns:t="urn:t"><t:c>x</t:c></t:R>` {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestTheDefaultsOfAReplyAreItsOwn(t *testing.T) {
	text := strings.Replace(replyHead, "  fields:\n    - ", "  defaults: {spaces: none, empty: ''}\n  fields:\n    - ", 1) + "{to: c, from: C}\n    - {to: d, from: D}\n"
	text = strings.Replace(text, "fields:\n  - {to: b, from: B}", "defaults: {spaces: collapse}\nfields:\n  - {to: b, from: B}", 1)
	m := mappingOf(t, text)
	if got, err := replyIt(m, b("<C> 1  2 </C>")); err != nil || got != `<t:R xmlns:t="urn:t"><t:c>12</t:c><t:d></t:d></t:R>` && got != `<t:R xmlns:t="urn:t"><t:c>12</t:c><t:d/></t:R>` {
		t.Errorf("got %s, %v", got, err)
	}
	if d, err := mapIt(m, a("<S>1</S><P>1</P><O>1</O><B> 1  2 </B>")); err != nil || string(d.Body) != `{"b":"1 2"}` {
		t.Errorf("the question is %s, %v", d.Body, err)
	}
}

// wantUnreadable checks an error of Reply and returns all that it says.
func wantUnreadable(t testing.TB, out string, err error) string {
	t.Helper()
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Kind != lgsp.Unknown || e.Code != "AnswerUnreadable" || e.Text == "" || e.Op != "mapping.reply" {
		t.Fatalf("got %q, %v", out, err)
	}
	if out != "" || e.Fields != nil {
		t.Fatalf("beside the error: %q, %+v", out, e.Fields)
	}
	var inner *lgsp.Error
	if errors.As(e.Err, &inner) {
		t.Fatalf("the error holds another: %+v", inner)
	}
	return fmt.Sprintf("%+v %v %v", *e, err, e.Err)
}

func TestAnAnswerThatDoesNotFitIsUnreadableAndNotTold(t *testing.T) {
	const secret = "079099000123X"
	m := lookUp(t, "{to: c, from: C, type: digits}\n    - {to: d, from: D, date: {in: yyyyMMdd, out: yyyy}}\n    - {to: e, from: E, codes: ['1']}\n"+
		"    - {to: f, each: F, fields: [{to: g, from: G, max: 3}]}\n    - {to: h, from: H}")
	for name, row := range map[string]struct{ answer, want string }{
		"a value of another kind":     {b("<C>" + secret + "</C>"), "/B/C number"},
		"a date that is none":         {b("<D>" + secret + "</D>"), "/B/D date"},
		"a code that is not known":    {b("<E>" + secret + "</E>"), "/B/E code"},
		"a value in a list":           {b("<F><G>1</G></F><F><G>" + secret + "</G></F>"), "/B/F[2]/G length"},
		"a value that is there twice": {b("<H>" + secret + "</H><H>" + secret + "</H>"), "/B/H repeated"},
		"several":                     {b("<C>" + secret + "</C><E>" + secret + "</E>"), "/B/C number, /B/E code"},
		"another element":             {`<` + "X" + secret + ` xmlns="urn:b">` + secret + `</X` + secret + `>`, "WrongElement"},
		"another namespace":           {`<B xmlns="urn:` + secret + `"/>`, "WrongElement"},
		"no XML":                      {secret, "Malformed"},
		"half of one":                 {b("<C>" + secret)[:40], "Malformed"},
		"a doctype":                   {`<!DOCTYPE B [<!ENTITY x "` + secret + `">]>` + b("&x;"), "Doctype"},
		"nothing":                     {" ", "Empty"},
		"no UTF-8":                    {b("<C>" + secret + "\xff</C>"), "Encoding"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := replyIt(m, row.answer)
			all := wantUnreadable(t, out, err)
			if strings.Contains(all, secret) {
				t.Errorf("the error tells what is in the answer: %s", all)
			}
			if !strings.Contains(all, row.want) {
				t.Errorf("the error does not name the rule, %s: %s", row.want, all)
			}
		})
	}
}

func TestAServiceWithoutReplyHasNoAnswer(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B}\n")
	out, err := replyIt(m, b(""))
	if all := wantUnreadable(t, out, err); !strings.Contains(all, "the mapping of a has no reply") {
		t.Errorf("got %s", all)
	}
	if space, root, qcvn := m.Answer(); space+root != "" || qcvn {
		t.Errorf("it reads %s %s", space, root)
	}
	if space, root := m.ReplyRoot(); space+root != "" || m.ReplySchema() != nil || m.Kind() != Message {
		t.Errorf("it writes %s %s, %s", space, root, m.ReplySchema())
	}
}

func TestAnAnswerIsNotReadOnceTheCallHasEnded(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := lookUp(t, "{to: c, from: C}").Reply(ended, lgsp.Envelope{}, lgsp.Ack{Body: []byte(b(""))})
	if lgsp.KindOf(err) != lgsp.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAMappingTellsWhatItAsksAndAnswers(t *testing.T) {
	m := lookUp(t, "{to: c, from: C}")
	if space, root, qcvn := m.Answer(); space != "urn:b" || root != "B" || qcvn {
		t.Errorf("it reads %s %s %v", space, root, qcvn)
	}
	if space, root := m.ReplyRoot(); space != "urn:t" || root != "R" || m.Kind() != LookUp {
		t.Errorf("it writes %s %s, of the kind %s", space, root, m.Kind())
	}
	m = mappingOf(t, strings.Replace(replyHead, "reply:\n", "reply:\n  form: qcvn109\n", 1)+"{to: c, from: C}\n")
	if _, _, qcvn := m.Answer(); !qcvn {
		t.Error("it does not read the form of the standard")
	}
	m = mappingOf(t, strings.Replace(replyHead, "kind: lookup", "kind: notice\nid: I\nlane: L", 1)+"{to: c, from: C}\n")
	if m.Kind() != Notice || m.Kind().String() != "notice" {
		t.Errorf("the kind is %s", m.Kind())
	}
	if m := mappingOf(t, strings.Replace(jsonHead, "title: Thử\n", "title: Thử\nkind: message\n", 1)+"fields:\n  - {to: b, from: B}\n"); m.Kind() != Message || m.Kind().String() != "message" {
		t.Errorf("the kind is %s", m.Kind())
	}
}

func TestAConstantOfADocumentIsTold(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, const: '037'}\n  - {to: c, from: C}\n  - {to: d, fields: [{to: e, const: x}]}\n")
	for name, want := range map[string]string{"b": "037", "c": "", "e": "", "absent": ""} {
		if got := m.Constant(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := mappingOf(t, xmlHead+"fields:\n  - {to: w:b, const: x}\n").Constant("b"); got != "x" {
		t.Errorf("of an element with a prefix: %q", got)
	}
}

// answering returns the shipped services that have answers.
func answering(t testing.TB) map[string]*Mapping {
	t.Helper()
	set, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*Mapping{}
	for _, service := range set.Services() {
		if m, _ := set.Get(service); m.Kind() != Message {
			all[service] = m
		}
	}
	if len(all) < 5 {
		t.Fatalf("%d shipped services have answers", len(all))
	}
	return all
}

func TestALookUpsAnswerIsTheSameInWhateverOrderItIsAskedFor(t *testing.T) {
	type question struct {
		m      *Mapping
		answer string
	}
	var all []question
	services := answering(t)
	for _, service := range slices.Sorted(maps.Keys(services)) {
		m := services[service]
		all = append(all, question{m, fullAnswer(t, m)}, question{m, "<"}, question{m, "<x/>"}, question{m, strings.Replace(fullAnswer(t, m), "19900105", "1990", 1)})
		if service != "dancu.nhan-than" {
			for _, file := range slices.Sorted(maps.Keys(answersOf(t, service))) {
				all = append(all, question{m, answersOf(t, service)[file]})
			}
		}
	}
	outcome := func(q question) string {
		out, err := replyIt(q.m, q.answer)
		return fmt.Sprintf("%s %v %v", out, err, errors.Unwrap(err))
	}
	first := make([]string, len(all))
	for i, q := range all {
		first[i] = outcome(q)
	}
	var wg sync.WaitGroup
	for w := range uint64(4) {
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(w, 0))
			for range 300 {
				i := dice.IntN(len(all))
				if got := outcome(all[i]); got != first[i] {
					t.Errorf("answer %d: got %s, first %s", i, got, first[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestAReplyDoesNotChangeWhenTheNextIsMade(t *testing.T) {
	m := lookUp(t, "{to: c, from: C}")
	one, err := m.Reply(t.Context(), lgsp.Envelope{}, lgsp.Ack{Body: []byte(b("<C>one</C>"))})
	if err != nil {
		t.Fatal(err)
	}
	kept := string(one)
	for range 50 {
		if _, err := replyIt(m, b("<C>"+strings.Repeat("other", 20)+"</C>")); err != nil {
			t.Fatal(err)
		}
	}
	if string(one) != kept {
		t.Errorf("it became %s", one)
	}
}

func TestACaseHoldsEitherAMessageOrAnAnswer(t *testing.T) {
	good := lookUpHead + strings.TrimPrefix(replyHead, lookUpHead) + "{to: c, from: C}\n"
	for name, row := range map[string]struct {
		mapping string
		files   map[string]string
		want    string
	}{
		"both":    {good, map[string]string{"in.xml": "<A/>", "answer.xml": "<B/>", "want.err": "WrongElement"}, "want exactly one of in.xml, answer.xml"},
		"neither": {good, map[string]string{"want.err": "WrongElement"}, "want exactly one of in.xml, answer.xml"},
	} {
		tree := fstest.MapFS{"a/mapping.yaml": {Data: []byte(row.mapping)}}
		for file, text := range row.files {
			tree["a/cases/one/"+file] = &fstest.MapFile{Data: []byte(text)}
		}
		if _, err := Load(tree); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	tree := fstest.MapFS{"a/mapping.yaml": {Data: []byte(good)}, "a/cases/one/answer.xml": {Data: []byte(b("<C>x</C>"))}, "a/cases/one/want.xml": {Data: []byte(`<z:R xmlns:z="urn:t"><z:c>x</z:c></z:R>`)},
		"a/cases/two/answer.xml": {Data: []byte("<B/>")}, "a/cases/two/want.err": {Data: []byte("WrongElement")}}
	results, err := RunCases(tree, "a")
	if err != nil || len(results) != 2 {
		t.Fatalf("%+v, %v", results, err)
	}
	for _, r := range results {
		if !r.OK() || r.Input != "answer.xml" {
			t.Errorf("got %+v", r)
		}
	}
}

// Of a message there is no answer that a case could be about.
func TestACaseOfAnAnswerNeedsReply(t *testing.T) {
	tree := fstest.MapFS{"a/mapping.yaml": {Data: []byte(jsonHead + "fields:\n  - {to: b, from: B}\n")}, "a/cases/one/answer.xml": {Data: []byte("<B/>")}, "a/cases/one/want.err": {Data: []byte("WrongElement")}}
	if results, err := RunCases(tree, "a"); err == nil {
		t.Errorf("got %+v", results)
	}
}

// FuzzReply: every answer gives a reply that the schema describes, or an error
// that names rules and holds nothing of the answer.
func FuzzReply(f *testing.F) {
	services := answering(f)
	for service, m := range services {
		f.Add([]byte(fullAnswer(f, m)))
		if service != "dancu.nhan-than" {
			for _, answer := range answersOf(f, service) {
				f.Add([]byte(answer))
			}
		}
	}
	shapes := lookUp(f, "{to: '@a', from: '@a', max: 3}\n    - {to: d, each: D, type: int}\n    - {to: e, each: E, fields: [{to: g, each: G, from: H}, {to: w:i, from: 'k:I', date: {in: yyyyMMdd, out: yyyy}}]}")
	services["a"] = shapes
	f.Add([]byte(`<B xmlns="urn:b" xmlns:k="urn:k" a="1"><D>1</D><E><G><H>2</H></G><k:I>20260105</k:I></E></B>`))
	f.Add([]byte(`<B xmlns="urn:b" a="long"><D>x</D><E/><E><G><H>2</H><H>2</H></G></E></B>`))
	names := map[string]bool{}
	for _, m := range services {
		for _, name := range regexp.MustCompile(`name="([^"]*)"`).FindAllStringSubmatch(string(m.reply.mapping.writeSchema()), -1) {
			names[name[1]] = true
		}
	}
	names["I"] = true // of another namespace
	f.Fuzz(func(t *testing.T, answer []byte) {
		for _, m := range services {
			out, err := replyIt(m, string(answer))
			if err == nil {
				expectDescribed(t, m, out)
				continue
			}
			wantUnreadable(t, out, err)
			for _, line := range strings.Split(errors.Unwrap(err).Error(), ", ") {
				if !namesOnlyRules(line, names) {
					t.Fatalf("the error says %q", line)
				}
			}
		}
	})
}

var (
	messageCodes = words(codeEncoding, codeMalformed, codeDoctype, codeEmpty, codeTooLarge, codeTooDeep, codeWrongElement)
	fieldCodes   = words(codeLength, codePattern, codeDate, codeCode, codeNumber, codeRepeated)
)

func words(s ...string) []string { return s }

// namesOnlyRules reports whether a line of an error is a known code, or a path
// of known names and a known code.
func namesOnlyRules(line string, names map[string]bool) bool {
	path, code, isField := strings.Cut(line, " ")
	if !isField {
		return slices.Contains(messageCodes, line)
	}
	for _, step := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		name := regexp.MustCompile(`^@?(k:)?([^\[]*)(\[[0-9]+\])?$`).FindStringSubmatch(step)
		if name == nil || !names[name[2]] {
			return false
		}
	}
	return slices.Contains(fieldCodes, code)
}
