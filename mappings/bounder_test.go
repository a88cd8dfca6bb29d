package mappings

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// fullMessage gives an expression as much as it may be given.
func fullMessage(letters string) string {
	text := strings.Repeat(letters, maxText/len(letters))
	return a("<A>" + text + "</A><B>" + text + "</B><C>" + strings.Repeat("<D>1</D>", 3) + "</C>" +
		strings.Repeat("<Q>"+strings.Repeat(letters, 60/len(letters))+"</Q>", maxTexts))
}

// What an expression makes is bounded at every step, not only at the end.
func TestAnExpressionCannotMakeMuchOfLittle(t *testing.T) {
	body := fullMessage("x")
	lines := strings.Repeat("# + ", 40)
	for _, compute := range []string{
		`string(len(join(split(join(split(text("A"), ""), text("A")), ""), text("A"))))`,
		`join(split(text("A"), ""), text("B"))`,
		`join(split(text("A") + text("B"), ""), ",")`,
		`join(map(texts("Q"), text("A")), "")`,
		`string(len(map(texts("Q"), text("A") + text("B"))))`,
		`string(len(map(texts("Q"), ` + lines + `#)))`,
		`string(len(map(texts("Q"), upper(text("A")))))`,
		`string(len(map(texts("Q"), lower(text("A")))))`,
		`string(len(map(texts("Q"), len(split(text("A"), "x", 900)))))`,
		`string(len(map(texts("Q"), join(texts("Q")))))`,
		`string(len(map(texts("Q"), replace(text("A"), "x", "yy"))))`,
		`string(len(map(texts("Q"), trim(text("A"), text("B")))))`,
		`string(len(filter(texts("Q"), # + "y" in texts("Q"))))`,
		strings.Repeat(`text("A") + `, 20) + `text("A")`,
		`string(sum(map(texts("Q"), len(replace(#, "x", text("A"))))))`,
	} {
		m := mappingOf(t, jsonHead+"fields:\n  - {to: b, compute: '"+compute+"'}\n")
		var err error
		if n := allocated(func() { _, err = mapIt(m, body) }); n > 20<<20 {
			t.Errorf("%s: %d bytes were allocated", compute, n)
		}
		if got := fieldsOf(err); !strings.Contains(got, " computed: ") {
			t.Errorf("%s: got %q", compute, got)
		}
	}
}

func TestNoRandomExpressionMakesMuchOfLittle(t *testing.T) {
	bodies := []string{fullMessage("x"), fullMessage("đ"), fullMessage(" x,")}
	r := seeded(t)
	for range 400 {
		compute := `len( text( "A" ) ) + len( string( ` + grownText(r, 6, false) + " ) )"
		m, problems := parseMapping("a/mapping.yaml", []byte(jsonHead+"fields:\n  - {to: b, compute: '"+compute+"'}\n"), newTables(fstest.MapFS{}))
		if len(problems) > 0 {
			if !strings.Contains(problems[0].Text, "exceeds maximum allowed nodes") && !strings.Contains(problems[0].Text, "an expression has at most") {
				t.Fatalf("%s: %v", compute, problems)
			}
			continue
		}
		if n := allocated(func() { _, _ = mapIt(m, bodies[r.IntN(len(bodies))]) }); n > 20<<20 {
			t.Errorf("%s: %d bytes were allocated", compute, n)
		}
	}
}

// grownText makes an expression of a text that grows as fast as it can. In a
// loop there is no other.
func grownText(r *rand.Rand, depth int, loop bool) string {
	leaves := []string{`text( "A" )`, `text( "B" )`, `","`, `"x"`, `""`, `received()`}
	if loop {
		leaves = append(leaves, "#", "#")
	}
	if depth == 0 {
		return leaves[r.IntN(len(leaves))]
	}
	text := func() string { return grownText(r, depth-1, loop) }
	list := func() string { return grownList(r, depth-1, loop) }
	switch r.IntN(9) {
	case 0, 1:
		return "( " + text() + " + " + text() + " )"
	case 2:
		return "upper( " + text() + " )"
	case 3:
		return "replace( " + text() + ", " + leaves[2+r.IntN(2)] + ", " + text() + " )"
	case 4:
		return "trim( " + text() + ", \"x\" )"
	case 5:
		return "( " + text() + " in " + list() + " ? " + text() + " : " + text() + " )"
	case 6:
		return text() + "[1:]"
	default:
		return "join( " + list() + ", " + text() + " )"
	}
}

func grownList(r *rand.Rand, depth int, loop bool) string {
	if depth <= 0 {
		return `texts( "Q" )`
	}
	text := func() string { return grownText(r, depth-1, loop) }
	n := 5
	if loop {
		n = 3
	}
	switch r.IntN(n) {
	case 0:
		return `texts( "Q" )`
	case 1:
		return "split( " + text() + ", " + []string{`""`, `","`, text()}[r.IntN(3)] + " )"
	case 2:
		return "[ " + text() + ", " + text() + " ]"
	case 3:
		return "filter( " + grownList(r, depth-1, false) + ", " + grownText(r, depth-1, true) + ` != "" )`
	default:
		return "map( " + grownList(r, depth-1, false) + ", " + grownText(r, depth-1, true) + " )"
	}
}

func TestAListStandsInNoList(t *testing.T) {
	for compute, want := range map[string]string{
		`len([texts("B"), texts("B")])`:                                     "a list cannot stand inside a list",
		`len(map(texts("B"), texts("C")))`:                                  "a list cannot stand inside a list",
		`len(map(texts("B"), [# + "x"]))`:                                   "a list cannot stand inside a list",
		`len([text("A") == "" ? "x" : texts("C")])`:                         "of two ways both have to make a list",
		`len([texts("C") ?? "x"])`:                                          "of two ways both have to make a list",
		`{"a": "b"}[text("A")]`:                                             "maps such as",
		`string(texts("B"))`:                                                "cannot use []string as argument (type",
		`replace(foo, "a", "b") + text("A")`:                                "unknown name foo",
		`upper(count("C")) + text("A")`:                                     "cannot use int as argument (type string) to call upper",
		`text("A") + 1`:                                                     "invalid operation: +",
		`split(text("A"))[0]`:                                               "not enough arguments to call split",
		`text("A") == "" ? join(texts("C"), ",", ";") : text("A")`:          "too many arguments to call join",
		`string($env) + text("A")`:                                          "unknown name $env",
		`$env["text#"][0] + text("A")`:                                      "unknown name $env",
		`text("A") + addTexts("x", "y")`:                                    "unknown name addTexts",
		`len(text("A") == "" ? texts("C") : filter(texts("C"), # == "x"))`:  "of two ways both have to make a list",
		`len(text("A") == "" ? split(text("A"), ",") : texts("C"))`:         "",
		`len(filter(texts("B") ?? texts("C"), # in ["a", "b", text("D")]))`: "",
	} {
		_, problems := parseMapping("a", []byte(jsonHead+"fields: [{to: b, compute: '"+compute+"'}]\n"), newTables(fstest.MapFS{}))
		switch {
		case want == "" && len(problems) > 0:
			t.Errorf("%s: %v", compute, problems)
		case want != "" && (len(problems) != 1 || !strings.Contains(problems[0].Text, want)):
			t.Errorf("%s: got %v, want %s", compute, problems, want)
		}
	}
}

// matches is no way around the limits of pattern.
func TestThePatternOfMatchesIsHeldToWhatPatternIs(t *testing.T) {
	rule := func(pattern string) string {
		return "  - {to: b, from: A, if: 'text(\"A\") matches \"" + pattern + "\"'}\n"
	}
	for _, tt := range []struct{ name, rules, want string }{
		{"large", rule("[a-z]{900}[a-z]{900}[a-z]{900}"), "matches: too large"},
		{"large together", strings.Repeat(rule("[a-z]{900}"), maxPatterns/900+1), "matches: too large"},
		{"large with others", strings.Repeat("  - {to: b, from: A, pattern: '[a-z]{900}'}\n", maxPatterns/900) + rule("[a-z]{900}"), "matches: too large"},
		{"none", rule("a["), "matches: not a regular expression"},
		{"of a number", "  - {to: b, from: A, if: 'count(\"B\") matches \"1\"'}\n", "invalid operation: matches"},
		{"small", rule("^[a-z]{90}$"), ""},
	} {
		rules := strings.ReplaceAll(tt.rules, "{to: b,", "{to: b#,")
		for n := 0; strings.Contains(rules, "b#"); n++ { // no two rules have one name
			rules = strings.Replace(rules, "b#", "b"+strconv.Itoa(n), 1)
		}
		_, problems := parseMapping("a", []byte(jsonHead+"fields:\n"+rules), newTables(fstest.MapFS{}))
		switch {
		case tt.want == "" && len(problems) > 0:
			t.Errorf("%s: %v", tt.name, problems)
		case tt.want != "" && (len(problems) != 1 || !strings.Contains(problems[0].Text, tt.want)):
			t.Errorf("%s: got %v", tt.name, problems)
		}
	}
}

func TestAPatternThatTakesManyStepsIsNotTriedOnEverything(t *testing.T) {
	m := mappingOf(t, jsonHead+"fields:\n  - {to: b, compute: 'any(texts(\"Q\"), text(\"A\") matches \"(x?y?){200}z\") ? \"1\" : \"2\"'}\n  - {to: c, compute: 'text(\"C\") matches \"1\" ? \"1\" : \"2\"'}\n")
	begun := time.Now()
	_, err := mapIt(m, fullMessage("x"))
	if took := time.Since(begun); !strings.Contains(fieldsOf(err), " computed: ") || took > 5*time.Second {
		t.Errorf("%v after %s", err, took)
	}
}

func TestTheLayoutsOfDayAreCheckedWithTheExpression(t *testing.T) {
	for compute, want := range map[string]string{
		`day(text("A"), "DD/MM/YYYY")`:                `day: "DD/MM/YYYY": `,
		`day(text("A"), "dd/MM/yyyy", "MM/yyyy")`:     `day: "MM/yyyy" has no day`,
		`day(text("A"), text("A"))`:                   "day wants its layouts written out",
		`day(text("A"))`:                              "day wants a layout",
		`day(count("B"), "dd/MM/yyyy")`:               "cannot use int as argument (type string) to call day",
		`day(text("A"), "dd/MM/yyyy", "yyyyMMdd")`:    "",
		`join(map(texts("B"), day(#, "d/M/yyyy")))`:   "",
		`text("A") == "" ? "" : day(received(), "d")`: `day: "d": `,
	} {
		_, problems := parseMapping("a", []byte(jsonHead+"fields: [{to: b, compute: '"+compute+"'}]\n"), newTables(fstest.MapFS{}))
		switch {
		case want == "" && len(problems) > 0:
			t.Errorf("%s: %v", compute, problems)
		case want != "" && (len(problems) != 1 || !strings.Contains(problems[0].Text, want)):
			t.Errorf("%s: got %v, want %s", compute, problems, want)
		}
	}
}
