package mappings

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
)

func TestAnExpressionWritesWhatItComputes(t *testing.T) {
	for _, tt := range []struct{ name, head, rules, in, want string }{
		{"a text of two", jsonHead, `{to: b, compute: 'text("B") + "-" + text("C/@d")'}`, "<B> x </B><C d='y'/>", `{"b":"x-y"}`},
		{"one of two texts", jsonHead, `{to: b, compute: 'text("B") == "1" ? "co" : "khong"'}`, "<B>1</B>", `{"b":"co"}`},
		{"a number", jsonHead, `{to: b, type: int, compute: 'int(text("B")) * 2 + count("C")'}`, "<B>007</B><C>1</C><C>2</C><C/>", `{"b":16}`},
		{"true or false", jsonHead, `{to: b, type: bool, compute: 'text("B") != "" && text("C") == ""'}`, "<B>x</B>", `{"b":true}`},
		{"the texts of a list", jsonHead, `{to: b, compute: 'join(texts("B", "@c"), ";")'}` + "\n  - " + `{to: d, compute: 'join(map(texts("D"), upper(#)), " ")'}` + "\n  - {to: e, each: D}",
			"<B c='1'/><B/><B c=' 2 '/><D>á</D><D>b</D>", `{"b":"1;2","d":"Á B","e":["á","b"]}`},
		{"a list that is not there", jsonHead, `{to: b, type: int, compute: 'len(texts("L/B"))'}`, "", `{"b":0}`},
		{"of an element of a list", jsonHead, `{to: b, each: B, compute: 'text("@c") + text("/D") + text(".")'}`, "<B c='1'>x</B><B c='2'/><D>d</D>", `{"b":["1dx","2d"]}`},
		{"who sent it", jsonHead, `{to: b, compute: 'text("$sender") + text("B")'}`, "<B/>", `{"b":"H29.11"}`},
		{"nothing is empty", jsonHead, `{to: b, compute: 'text("B") == "1" ? text("C") : ""', default: VN}`, "<B>2</B><C>x</C>", `{"b":"VN"}`},
		{"what is computed is checked and converted", jsonHead, `{to: b, compute: 'text("B") + "/" + text("C") + "/" + text("D")', date: {in: d/M/yyyy, out: yyyy-MM-dd}}` + "\n  - " + `{to: e, compute: 'lower(text("E"))', codes: {nam: '1'}}`,
			"<B>5</B><C>1</C><D>2026</D><E>NAM</E>", `{"b":"2026-01-05","e":"1"}`},
		{"days and ages", jsonHead, `{to: b, type: int, compute: 'years(day(text("B"), "dd/MM/yyyy", "yyyyMMdd"), day(text("C"), "yyyy-MM-dd"))'}` + "\n  - " + `{to: c, type: bool, compute: 'day(text("B"), "yyyyMMdd") < received()'}`,
			"<B>20200106</B><C>2026-01-05</C>", `{"b":5,"c":true}`},
		{"letters of a text", jsonHead, `{to: b, compute: 'text("B")[:2] + "|" + text("B")[3:] + "|" + text("B")[-1:] + "|" + text("B")[2:4] + "|" + text("B")[9:] + text("B")[4:2] + text("B")[:-99] + "|" + text("B")[-99:1]'}`, "<B>Đỗ Văn</B>", `{"b":"Đỗ|Văn|n| V||Đ"}`},
		{"where letters are", jsonHead, `{to: b, compute: 'string(indexOf(text("B"), " ")) + string(lastIndexOf(text("B"), "ă")) + string(indexOf(text("B"), "x")) + text("B")[indexOf(text("B"), "V"):] + text("B")[:len(text("B")) - 1]'}`, "<B>Đỗ Văn</B>", `{"b":"24-1VănĐỗ Vă"}`},
		{"a slice of a list", jsonHead, `{to: b, compute: 'join(texts("B")[1:], "") + first(texts("B"))[:1] + join(map(texts("B"), #[1:]))'}`, "<B>Đỗ</B><B>Văn</B>", `{"b":"VănĐỗăn"}`},
		{"numbers", jsonHead, `{to: b, compute: 'string(-int(text("B")) - 3) + string(2 - 5) + string(-4 * int(text("B"))) + string(abs(-2)) + string(int(7 / 2)) + string(sum([1, 2])) + string(int(9.9)) + string(0.5 + 1) + string(1.5 - 1) + string(int(text("B")) * 0.5)'}`, "<B>1</B>", `{"b":"-4-3-423391.50.50.5"}`},
		{"a sum", jsonHead, `{to: b, type: int, compute: 'sum(texts("B"), int(replace(#, ".", "")))'}` + "\n  - " + `{to: c, type: int, compute: 'sum(texts("C"), int(#))'}`, "<B>1.000</B><B>20</B>", `{"b":1020,"c":0}`},
		{"replaced", jsonHead, `{to: b, compute: 'replace(text("B"), ".", "")'}`, "<B>1.000.000</B>", `{"b":"1000000"}`},
		{"a rule only if", jsonHead, `{to: b, from: B, type: digits, required: true, if: 'text("C") in ["1", "2"]'}` + "\n  - " + `{to: d, const: x, if: 'text("C") == "3"'}`, "<B>no number</B><C>3</C>", `{"d":"x"}`},
		{"an object only if", jsonHead, `{to: b, from: B, required: true, if: 'text("C") == "1"', fields: [{to: d, from: D, required: true}]}` + "\n  - " + `{to: e, empty: null, if: 'text("C") == "1"', fields: [{to: f, const: x}]}`, "<C>2</C>", `{"e":null}`},
		{"elements of a list for which it holds", jsonHead, `{to: b, each: B, if: 'text("@c") != "0"', fields: [{to: d, from: D, required: true}]}`, "<B c='0'><E/></B><B c='1'><D>x</D></B><B><D>y</D></B><B c='0'/>", `{"b":[{"d":"x"},{"d":"y"}]}`},
		{"a list of which none is left", jsonHead, `{to: b, each: B, if: 'text("@c") == "1"', from: D}`, "<B c='0'><D>x</D></B>", `{"b":[]}`},
		{"required only if", jsonHead, `{to: b, from: B, required: {if: 'text("C") == "1" || text("D") == "1"'}}`, "<C>2</C>", `{}`},
		{"only if, in other words", jsonHead, `{to: b, from: B, only: {if: 'text("C") == "1"'}}`, "<B>x</B><C>2</C>", `{}`},
		{"XML of what is computed", xmlHead, `{to: '@b', compute: 'text("B") + "<"'}` + "\n  - " + `{to: c, if: 'text("B") == "x"', fields: [{to: d, const: '1'}]}` + "\n  - " + `{to: e, if: 'text("B") == "y"', empty: '', fields: [{to: d, const: '1'}]}` + "\n  - " + `{to: f, each: F, if: 'text(".") > "1"'}`,
			"<B>x</B><F>1</F><F>2</F>", `<v:R xmlns:v="urn:v" b="x&lt;"><v:c><v:d>1</v:d></v:c><v:e></v:e><v:f>2</v:f></v:R>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := mappingOf(t, tt.head+"fields:\n  - "+tt.rules+"\n")
			d, err := m.Map(context.Background(), lgsp.Envelope{Sender: "H29.11", Received: time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC), Body: []byte(a(tt.in))})
			if err != nil {
				t.Fatal(err)
			}
			if string(d.Body) != tt.want {
				t.Errorf("got  %s\nwant %s", d.Body, tt.want)
			}
		})
	}
}

func TestTheDayOfReceiptIsThatOfVietnam(t *testing.T) {
	m := mappingOf(t, jsonHead+`fields: [{to: b, compute: 'received() + text("B")'}]`)
	for _, at := range []struct {
		utc  time.Time
		want string
	}{{time.Date(2026, 6, 14, 16, 59, 59, 0, time.UTC), "2026-06-14"}, {time.Date(2026, 6, 14, 17, 0, 0, 0, time.UTC), "2026-06-15"}} {
		d, err := m.Map(context.Background(), lgsp.Envelope{Received: at.utc, Body: []byte(a(""))})
		if err != nil || string(d.Body) != `{"b":"`+at.want+`"}` {
			t.Errorf("%s: %s, %v", at.utc, d.Body, err)
		}
	}
}

func TestWhatCannotBeComputedIsReportedWithoutTheValue(t *testing.T) {
	long := strings.Repeat("x", maxText+1)
	for _, tt := range []struct{ name, rules, in, want string }{
		{"no number", `{to: b, compute: 'int(text("C/D")) + 1', default: '1'}`, "<C><D>bí mật</D></C>", "/A/C/D computed: tính được từ /A/C/D"},
		{"no day", `{to: b, compute: 'years(day(text("B"), "yyyyMMdd"), received())', type: int}`, "<B>2020</B>", "/A/B computed: tính được từ /A/B"},
		{"a sum of more than 64 bits", `{to: b, compute: '9223372036854775807 + count("B")'}`, "<B>1</B>", "/A/B computed: tính được từ /A/B"},
		{"a sum of texts of more than 64 bits", `{to: b, compute: '9223372036854775807 + [int(text("B")), "x"][0]'}`, "<B>1</B>", "/A/B computed: tính được từ /A/B"},
		{"less than 64 bits hold", `{to: b, compute: '-9223372036854775807 - int(text("B"))'}`, "<B>2</B>", "/A/B computed: tính được từ /A/B"},
		{"a product of more than 64 bits", `{to: b, compute: 'int(text("B")) * int(text("B"))'}`, "<B>-4294967296</B>", "/A/B computed: tính được từ /A/B"},
		{"a list with a sum of more than 64 bits", `{to: b, compute: 'sum(texts("B"), int(#))'}`, "<B>9223372036854775807</B><B>1</B>", "/A/B computed: tính được từ /A/B"},
		{"the least number without its sign", `{to: b, compute: 'abs(int(text("B")))'}`, "<B>-9223372036854775808</B>", "/A/B computed: tính được từ /A/B"},
		{"the least number turned round", `{to: b, compute: '-int(text("B"))'}`, "<B>-9223372036854775808</B>", "/A/B computed: tính được từ /A/B"},
		{"no whole number at all", `{to: b, compute: 'int(2 ** int(text("B")))'}`, "<B>64</B>", "/A/B computed: tính được từ /A/B"},
		{"behind the end", `{to: b, compute: 'texts("B")[3]'}`, "<B>x</B>", "/A/B computed: tính được từ /A/B"},
		{"in a list", `{to: b, each: B, compute: 'text("C") + string(int(text("D")))'}`, "<B><D>1</D></B><B><D>bí mật</D></B>", "/A/B[2]/C computed: tính được từ /A/B[2]/C, /A/B[2]/D"},
		{"a condition", `{to: b, from: B, if: 'int(text("C")) > 1'}`, "<B>x</B><C>bí mật</C>", "/A/C computed: tính được từ /A/C"},
		{"a condition of a requirement", `{to: b, from: B, required: {if: 'int(text("C")) > 1'}}`, "<C>bí mật</C>", "/A/C computed: tính được từ /A/C"},
		{"more than an expression is given", `{to: b, compute: 'text("B")'}`, "<B>" + long + "</B>", "/A/B computed: tính được từ /A/B"},
		{"what is computed is checked", `{to: b, compute: 'text("B") + text("C")', max: 2}`, "<B>xx</B><C>y</C>", "/A/B length: tối đa 2 ký tự"},
		{"what is computed is missing", `{to: b, compute: 'text("B") + text("C")', required: true}`, "", "/A/B missing: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := mapIt(mappingOf(t, jsonHead+"fields:\n  - "+tt.rules+"\n"), a(tt.in))
			if got := fieldsOf(err); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			var e *lgsp.Error
			if errors.As(err, &e); e != nil && strings.Contains(e.Error()+e.Fields[0].Text, "bí mật") {
				t.Error("the value is told")
			}
		})
	}
}

// What the library calls predicates its parser lets in whatever is disabled.
// Of reduce, #acc + #acc makes 2^1000 letters of a list.
func TestAnExpressionCallsOnlyWhatTheLanguageHas(t *testing.T) {
	for _, call := range []string{
		`reduce(texts("B"), #acc + #acc, "x")`, `len(groupBy(texts("B"), #))`, `len(sortBy(texts("B"), #))`, `findIndex(texts("B"), # == "x")`,
		`findLast(texts("B"), # == "x")`, `findLastIndex(texts("B"), # == "x")`, `repeat(text("B"), 1000)`, `string(now()) + text("B")`,
	} {
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(call, "len("), "string("), "(")
		_, problems := parseMapping("a", []byte(jsonHead+"fields: [{to: b, compute: '"+call+"'}]\n"), newTables(fstest.MapFS{}))
		if len(problems) != 1 || !strings.Contains(problems[0].Text, "unknown name "+name) {
			t.Errorf("%s: %v", call, problems)
		}
	}
}

// An expression costs what its limits say, whatever the message holds.
func TestALongListIsNotGivenToAnExpression(t *testing.T) {
	m := mappingOf(t, jsonHead+`fields: [{to: b, compute: 'join(map(texts("B"), replace(#, "x", "0123456789")), "")'}]`)
	_, err := mapIt(m, a(strings.Repeat("<B>x</B>", maxTexts+1)))
	if got := fieldsOf(err); got != "/A/B computed: tính được từ /A/B" {
		t.Errorf("got %s", got)
	}
	_, err = mapIt(m, a(strings.Repeat("<B>"+strings.Repeat("x", maxText)+"</B>", 100)))
	if got := fieldsOf(err); got != "/A/B computed: tính được từ /A/B" {
		t.Errorf("got %s", got)
	}
	// Each of these is short; joined with itself a hundred times the list is not.
	doubling := mappingOf(t, jsonHead+`fields: [{to: b, type: int, compute: 'len(join(map(texts("B"), `+strings.Repeat("# + ", 90)+`#), ""))'}]`)
	_, err = mapIt(doubling, a(strings.Repeat("<B>"+strings.Repeat("x", 100)+"</B>", 700)))
	if got := fieldsOf(err); got != "/A/B computed: tính được từ /A/B" {
		t.Errorf("got %s", got)
	}
	if d, err := mapIt(m, a("<B>x</B>")); err != nil || string(d.Body) != `{"b":"0123456789"}` {
		t.Errorf("the next message: %s, %v", d.Body, err)
	}
}

// Authors write anything. Whatever it is, it is refused or maps.
func TestNoExpressionMakesLoadingOrMappingPanic(t *testing.T) {
	parts := strings.Fields(`text( "B" ) , texts( count( "C/D" + - * / ** % == != < > in not and or ? : ?? [ ] { } # . .. | ; let a = if else len( int( string( trim( ` +
		`map( filter( any( all( first( last( join( split( replace( day( years( received() "x" 1 2.5 nil true false matches contains "(" $env #acc sum( reduce( sortBy( get( ?. ` +
		`max( abs( upper( 9999999999999999999 1e309 // /* */`)
	r := seeded(t)
	loaded := 0
	for i := range 3000 {
		text := `text( "B" ) + ` + grown(r, textShape, 4)
		if i%2 == 0 { // one that no grammar made
			words := strings.Fields(text)
			words[r.IntN(len(words))] = parts[r.IntN(len(parts))]
			text = strings.Join(words, " ")
		}
		m, problems := parseMapping("a/mapping.yaml", []byte(jsonHead+"fields:\n  - {to: b, compute: '"+text+"'}\n  - {to: c, if: 'text( \"B\" ) == \"\" || ( "+grown(r, truthShape, 3)+" )', each: Q}\n  - {must: 'text( \"B\" ) == \"\" || ( "+grown(r, truthShape, 3)+" )', want: x, at: C}\n"), newTables(fstest.MapFS{}))
		if len(problems) > 0 {
			if i%2 == 1 {
				t.Fatalf("%s: %v", text, problems)
			}
			continue
		}
		loaded++
		odd := oddTexts[r.IntN(len(oddTexts))]
		checkOutcome(t, m, []byte(a("<B>"+string(strictxml.EscapeText(nil, odd))+"</B><C><D>1</D></C><Q>1</Q><Q/>")))
	}
	if loaded < 1500 {
		t.Errorf("only %d expressions loaded", loaded)
	}
}

// The shapes of expressions that grown makes.
const (
	textShape = iota
	numberShape
	truthShape
)

// grown makes an expression of a shape, as authors write them.
func grown(r *rand.Rand, shape, depth int) string {
	leaves := [][]string{{`text( "B" )`, `text( "C/D" )`, `"x"`, `text( "$sender" )`, `received()`}, {`count( "Q" )`, `len( text( "B" ) )`, `7`}, {`text( "B" ) != ""`, `true`}}
	if depth == 0 {
		return leaves[shape][r.IntN(len(leaves[shape]))]
	}
	text := func() string { return grown(r, textShape, depth-1) }
	number := func() string { return grown(r, numberShape, depth-1) }
	truth := func() string { return grown(r, truthShape, depth-1) }
	grow := [][]func() string{
		{
			func() string { return text() + " + " + text() },
			func() string { return "upper( " + text() + " )" },
			func() string { return "string( " + number() + " )" },
			func() string { return "( " + truth() + " ? " + text() + " : " + text() + " )" },
			func() string { return "replace( " + text() + ", \"x\" , " + text() + " )" },
			func() string { return "day( " + text() + ", \"dd/MM/yyyy\" )" },
			func() string { return "join( map( texts( \"Q\" ), trim( # ) ), \";\" )" },
		},
		{
			func() string { return "int( " + text() + " )" },
			func() string { return number() + " * " + number() },
			func() string { return "indexOf( " + text() + ", " + text() + " )" },
			func() string { return "years( " + text() + ", received() )" },
			func() string { return "max( " + number() + ", " + number() + " )" },
		},
		{
			func() string { return text() + " == " + text() },
			func() string { return number() + " < " + number() },
			func() string { return "not ( " + truth() + " )" },
			func() string { return truth() + " || " + truth() },
			func() string { return "any( texts( \"Q\" ), # == \"1\" )" },
			func() string { return text() + " matches \"^[0-9]+$\"" },
		},
	}[shape]
	return grow[r.IntN(len(grow))]()
}

func TestTheLettersOfAnExpressionAreCounted(t *testing.T) {
	expression := func(letters int) string {
		begin, end := `text("B") == "`, `"`
		return begin + strings.Repeat("đ", letters-len(begin)-len(end)) + end
	}
	mappingOf(t, jsonHead+"fields: [{to: b, compute: '"+expression(maxExpression)+"'}]\n")
	_, problems := parseMapping("a", []byte(jsonHead+"fields: [{to: b, compute: '"+expression(maxExpression+1)+"'}]\n"), newTables(fstest.MapFS{}))
	if len(problems) != 1 || !strings.Contains(problems[0].Text, "at most 2000 characters") {
		t.Errorf("got %v", problems)
	}
}
