package mappings

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	lgsp "lgsp.internal/adapter"
)

const schemaHead = "service: a\ntitle: Thử\nsource: {namespace: urn:a, root: A}\ntarget: {route: r, form: json, schema: dau-ra.json}\n"

// withSchema loads a mapping whose output has a schema.
func withSchema(rules, schema string) (*Mapping, error) {
	set, err := Load(fstest.MapFS{
		"a/mapping.yaml":       {Data: []byte(schemaHead + "fields:\n" + rules)},
		"a/dau-ra.json":        {Data: []byte(schema)},
		"a/cases/one/in.xml":   {Data: []byte("<A/>")},
		"a/cases/one/want.err": {Data: []byte("WrongElement")},
	})
	if err != nil {
		return nil, err
	}
	m, _ := set.Get("a")
	return m, nil
}

func TestWhatTheSchemaOfTheOutputRefusesIsReportedByWhatItWasMadeOf(t *testing.T) {
	const rules = "  - {to: ten, from: Ten}\n  - {to: loai, const: x}\n  - {to: con, each: Con, fields: [{to: tuoi, from: Tuoi}, {to: so, from: '@so', type: int}]}\n  - {to: ngay, compute: 'text(\"Nam\") + \"-01\"'}\n"
	for _, tt := range []struct{ name, schema, in, want string }{
		{"nothing is wrong", `{"type":"object","required":["ten"],"properties":{"ten":{"maxLength":5}}}`, "<Ten>Thử</Ten>", "<nil>"},
		{"too long", `{"properties":{"ten":{"maxLength":2}}}`, "<Ten>Bí mật</Ten>", "/A/Ten schema: maxLength 2"},
		{"missing", `{"required":["ten"]}`, "", "/A/Ten schema: required ten"},
		{"in a list", `{"properties":{"con":{"items":{"properties":{"tuoi":{"pattern":"^[0-9]+$"},"so":{"maximum":9}}}}}}`, "<Con so='10'><Tuoi>Bí mật</Tuoi></Con>", "/A/Con[1]/@so schema: maximum 9; /A/Con[1]/Tuoi schema: pattern ^[0-9]+$"},
		{"missing in a list", `{"properties":{"con":{"items":{"required":["so"]}}}}`, "<Con><Tuoi>1</Tuoi></Con>", "/A/Con[1]/@so schema: required so"},
		{"computed", `{"properties":{"ngay":{"format":"date"}}}`, "<Nam>bí mật</Nam>", "/A/Nam schema: format date"},
		{"what no message says", `{"properties":{"loai":{"enum":["1","2"]}}}`, "", `/A schema: enum ["1","2"]`},
		{"a type", `{"properties":{"ten":{"type":"integer"}}}`, "<Ten>Bí mật</Ten>", "/A/Ten schema: type integer"},
		{"a small number", `{"properties":{"con":{"items":{"properties":{"so":{"minimum":11}}}}}}`, "<Con so='10'/>", "/A/Con[1]/@so schema: minimum 11"},
		{"a short list", `{"properties":{"con":{"minItems":1}}}`, "", "/A/Con schema: minItems 1"},
		{"a long list", `{"properties":{"con":{"maxItems":1}}}`, "<Con so='1'/><Con so='2'/>", "/A/Con schema: maxItems 1"},
		{"a short one", `{"properties":{"ten":{"minLength":9}}}`, "<Ten>Bí mật</Ten>", "/A/Ten schema: minLength 9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := withSchema(rules, tt.schema)
			if err != nil {
				t.Fatal(err)
			}
			d, err := mapIt(m, `<A xmlns="urn:a">`+tt.in+"</A>")
			if got := fieldsOf(err); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if (err == nil) != (d.Body != nil) || strings.Contains(errorText(err), "mật") {
				t.Errorf("%s, %v", d.Body, err)
			}
		})
	}
}

// The value of an encoded rule is a text to the schema, which may say what is in it.
func TestWhatTheSchemaRefusesInsideJSONTextIsReportedByWhatItWasMadeOf(t *testing.T) {
	const (
		inside   = `{"contentMediaType":"application/json","contentSchema":{"required":["ten"],"properties":{"con":{"minItems":2,"items":{"properties":{"tuoi":{"maximum":5}}}}}}}`
		schema   = `{"properties":{"a":{},"data":` + inside + `,"khac":` + inside + `,"tep":{"items":{"properties":{"so":{"maxLength":1}}}}}}`
		data     = "  - to: data\n    encode: json\n    fields: [{to: ten, from: Ten}, {to: con, each: Con, fields: [{to: tuoi, from: Tuoi, type: int}]}]\n"
		others   = "  - {to: a, from: A}\n  - {to: tep, each: Tep, fields: [{to: so, from: '@so'}]}\n"
		bad      = "<Con><Tuoi>9</Tuoi></Con><Tep so='12'/><Tep so='12'/>"
		tooLong  = "; /A/Tep[1]/@so schema: maxLength 1; /A/Tep[2]/@so schema: maxLength 1"
		attempts = 50 // the library goes through members in any order
	)
	wrong := "/A/Con schema: minItems 2; /A/Con[1]/Tuoi schema: maximum 5; /A/Ten schema: required ten"
	for rules, want := range map[string]string{
		data + others: wrong + tooLong,
		// The same places of the message, for another member: one report each.
		data + others + strings.ReplaceAll(data, "data", "khac"): wrong + tooLong,
	} {
		m, err := withSchema(rules, schema)
		if err != nil {
			t.Fatal(err)
		}
		for range attempts {
			_, err = mapIt(m, `<A xmlns="urn:a">`+bad+`</A>`)
			if got := fieldsOf(err); got != want {
				t.Fatalf("got  %s\nwant %s", got, want)
			}
		}
		if _, err = mapIt(m, `<A xmlns="urn:a"><Ten>x</Ten><Con><Tuoi>5</Tuoi></Con><Con><Tuoi>4</Tuoi></Con></A>`); err != nil {
			t.Error(fieldsOf(err))
		}
	}
}

// Where in the document something is wrong, and so of which element of the message,
// the rules say: the numbers in both differ where elements are left out.
func TestWhatTheSchemaRefusesIsReportedByTheElementItWasMadeOf(t *testing.T) {
	const rules = "  - {to: '2', from: Hai}\n" +
		"  - {to: con, each: Con, if: 'text(\"Tuoi\") != \"\"', fields: [{to: '1', from: Ten}, {to: loai, const: x}, {to: noi, from: Noi, fields: [{to: xa, from: Xa}]}]}\n" +
		"  - {to: so, each: So, from: '@s'}\n" +
		"  - {to: trong, encode: json, each: Tep, fields: [{to: anh, encode: json, each: Anh, fields: [{to: a, from: '@a', type: int}]}]}\n"
	for _, tt := range []struct{ name, schema, in, want string }{
		{"a member that is a number", `{"properties":{"2":{"maxLength":1}}}`, "<Hai>ab</Hai>", "/A/Hai schema: maxLength 1 (2 chữ cái)"},
		{"of the second that is written", `{"properties":{"con":{"items":{"properties":{"1":{"pattern":"^[a-z]$"}}}}}}`,
			"<Con><Ten>AB</Ten></Con><Con><Tuoi>1</Tuoi><Ten>a</Ten></Con><Con/><Con><Tuoi>2</Tuoi><Ten>A1/</Ten></Con>", "/A/Con[4]/Ten schema: pattern ^[a-z]$ (3 ký tự)"},
		{"what no message says, in a list", `{"properties":{"con":{"items":{"properties":{"loai":{"const":"y"}}}}}}`, "<Con><Ten>A</Ten></Con><Con><Tuoi>1</Tuoi></Con>", `/A/Con[2] schema: const "y" (1 chữ cái)`},
		{"inside an element of a list", `{"properties":{"con":{"items":{"required":["noi"],"properties":{"noi":{"required":["xa"]}}}}}}`,
			"<Con><Tuoi>1</Tuoi><Noi><Xa>1</Xa></Noi></Con><Con><Tuoi>1</Tuoi></Con>", "/A/Con[2]/Noi schema: required noi ()"},
		{"in a list of texts", `{"properties":{"so":{"items":{"minLength":2}}}}`, "<So s='1' t='x'/><So t='x'/><So s='22'/><So s='3'/>", "/A/So[1]/@s schema: minLength 2 (1 chữ số); /A/So[4]/@s schema: minLength 2 (1 chữ số)"},
		{"one of a list that is there twice", `{"properties":{"so":{"uniqueItems":true}}}`, "<So s='1'/><So s='2'/><So s='1'/>", "/A/So[3]/@s schema: uniqueItems (1 chữ số)"},
		{"not one of a list", `{"properties":{"so":{"contains":{"const":"9"}}}}`, "<So s='1'/><So s='2'/>", "/A/So schema: contains (2 phần tử)"},
		{"in JSON text in JSON text", `{"properties":{"trong":{"contentMediaType":"application/json","contentSchema":{"items":{"properties":{"anh":{"contentMediaType":"application/json","contentSchema":{"items":{"properties":{"a":{"exclusiveMaximum":10}}}}}}}}}}}`,
			"<Tep><Anh a='1'/><Anh a='10'/></Tep><Tep><Anh a='2'/><Anh a='3'/><Anh a='123456'/></Tep>", "/A/Tep[1]/Anh[2]/@a schema: exclusiveMaximum 10 (2 chữ số); /A/Tep[2]/Anh[3]/@a schema: exclusiveMaximum 10 (6 chữ số)"},
		{"members that may not be there", `{"properties":{"con":{"items":{"additionalProperties":false,"properties":{"1":true}}}}}`, "<Con><Tuoi>1</Tuoi><Noi><Xa>1</Xa></Noi></Con>", "/A/Con[1] schema: additionalProperties (1 chữ cái); /A/Con[1]/Noi schema: additionalProperties ()"},
		{"names of members", `{"propertyNames":{"pattern":"^[0-9a-m]"},"properties":{"con":{"items":{"propertyNames":{"maxLength":1}}}}}`, "<So s='1'/><Con><Tuoi>1</Tuoi><Noi><Xa>1</Xa></Noi></Con>", "/A/Con[1] schema: propertyNames (1 chữ cái); /A/Con[1]/Noi schema: propertyNames (); /A/So schema: propertyNames (1 phần tử); /A/Tep schema: propertyNames (2 ký tự)"},
		{"what another asks for", `{"dependentRequired":{"so":["2"]}}`, "<So s='1'/>", "/A/Hai schema: required 2 ()"},
		{"nothing", `{"properties":{"2":false}}`, "<Hai>ab</Hai>", "/A/Hai schema: false (2 chữ cái)"},
		{"anything but", `{"properties":{"2":{"not":{"maxLength":3}}}}`, "<Hai>ab</Hai>", "/A/Hai schema: not (2 chữ cái)"},
		{"several at one place", `{"patternProperties":{"2":{"maxLength":1},"^2":{"pattern":"^[0-9]$"},"2$":{"minLength":9},"^2$":{"format":"date"}}}`, "<Hai>ab</Hai>", "/A/Hai schema: format date (2 chữ cái)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := withSchema(rules, tt.schema)
			if err != nil {
				t.Fatal(err)
			}
			for range 20 { // the library goes through members in any order
				_, err := mapIt(m, `<A xmlns="urn:a">`+tt.in+"</A>")
				var e *lgsp.Error
				if !errors.As(err, &e) {
					t.Fatalf("got %v", err)
				}
				var lines []string
				for _, f := range e.Fields {
					lines = append(lines, fmt.Sprintf("%s %s: %s (%s)", f.Path, f.Code, f.Want, f.Found))
				}
				if got := strings.Join(lines, "; "); got != tt.want {
					t.Fatalf("got  %s\nwant %s", got, tt.want)
				}
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestASchemaThatCannotBeUsedIsAProblem(t *testing.T) {
	const rules = "  - {to: ten, from: Ten}\n"
	for _, tt := range []struct{ name, schema, want string }{
		{"not JSON", "{\n \"type\":", "a/dau-ra.json:2:9: not JSON: unexpected EOF"},
		{"a comma too many", "{\n \"ư\": 1,}", "a/dau-ra.json:2:9: not JSON: invalid character '}'"},
		{"nothing", "", "a/dau-ra.json:1:1: not JSON: EOF"},
		{"more than one", "{}\n{}", "a/dau-ra.json: not JSON: invalid character after top-level value"},
		{"no such type", "{\n\"properties\": {\n  \"a\": [], \"ten\": {\n    \"type\": \"text\"}}}", "a/dau-ra.json:4:13: not a JSON Schema: /properties/ten/type: got string, want array; value must be one of 'array'"},
		{"no schema at all", "[]", "a/dau-ra.json:1:1: not a JSON Schema: /: got array, want boolean or object"},
		{"a pattern that is none", "{\"properties\": {\"a/b\": {\n\"pattern\": \"(\"}}}", "a/dau-ra.json:2:12: not a JSON Schema: /properties/a/b/pattern: "},
		{"another file", "{\"title\": \"x\",\n\"$ref\":\"file:///etc/passwd\"}", "a/dau-ra.json:2:8: failing loading \"file:///etc/passwd\": passwd: a schema refers to nothing outside itself"},
		{"another place", `{"$ref":"http://127.0.0.1/x"}`, "a/dau-ra.json:1:9: "},
		{"a file beside it", "{\"items\": [\n{\"$ref\":\"khac.json\"}]}", "a/dau-ra.json:"},
		{"nowhere", "{\"properties\": {\n\"ten\":{\"$ref\":\"#/$defs/x~1y\"}}}", "a/dau-ra.json:2:15: json-pointer in \"#/$defs/x~1y\" not found"},
		{"a circle", "{\"properties\": {\n\"ten\":  {\"$ref\":\"#/properties/ten\"}}}", "a/dau-ra.json:2:9: leads back to itself"},
		{"a circle inside an odd name", "{\"$defs\": {\"a/b %41\":\n  {\"not\":{\"$ref\":\"#/$defs/a~1b%20%2541\"}}}, \"$ref\":\"#/$defs/a~1b%20%2541\"}", "a/dau-ra.json:2:"},
		{"too large", `{"title":"` + strings.Repeat("x", maxFile) + `"}`, "a/dau-ra.json: too large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := withSchema(rules, tt.schema)
			var problems Problems
			if !errors.As(err, &problems) || len(problems) != 1 || !strings.HasPrefix(problems[0].String(), tt.want) || strings.ContainsAny(problems[0].Text, "\n") || strings.Contains(problems[0].Text, schemaURL) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	if got := problemsOf(t, []byte(schemaHead+"fields:\n"+rules)); len(got) != 1 || got[0] != "4:40: schema: there is no file dau-ra.json beside the mapping" {
		t.Errorf("got %v", got)
	}
}

// Nothing can break off the checking of a document, so how long it takes has to be
// known when the mapping is loaded.
func TestASchemaThatTakesForEverIsAProblem(t *testing.T) {
	const rules = "  - {to: ten, from: Ten}\n  - {to: a, fields: [{to: a, fields: [{to: a, fields: [{to: a, each: X, fields: [{to: a, from: Y}]}]}]}]}\n  - {to: data, encode: json, fields: [{to: so, from: So}]}\n"
	doubling := func(levels int) string {
		var b strings.Builder
		for i := range levels {
			fmt.Fprintf(&b, `"d%d":{"allOf":[{"$ref":"#/$defs/d%d"},{"$ref":"#/$defs/d%d"}]},`, i, i+1, i+1)
		}
		return fmt.Sprintf(`{"$ref":"#/$defs/d0","$defs":{%s"d%d":{"type":"object"}}}`, b.String(), levels)
	}
	times := func(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s+",", n), ",") }
	const circle, often = "leads back to itself", "look at one place of the document"
	for _, tt := range []struct{ name, schema, want string }{
		{"references that double", doubling(24), often},
		{"references that double for ever", doubling(120), often},
		{"a reference to itself", `{"$ref":"#"}`, circle},
		{"of a member", `{"properties":{"ten":{"$ref":"#/properties/ten"}}}`, circle},
		{"of a member that no rule writes", `{"properties":{"x":{"$ref":"#/properties/x"}}}`, circle},
		{"through others", `{"$defs":{"a":{"anyOf":[{"not":{"$ref":"#/$defs/b"}}]},"b":{"if":{"dependentSchemas":{"x":{"$ref":"#/$defs/a"}}}}},"properties":{"ten":{"$ref":"#/$defs/a"}}}`, circle},
		{"inside JSON text", `{"properties":{"data":{"contentMediaType":"application/json","contentSchema":{"oneOf":[{"$ref":"#/properties/data/contentSchema"}]}}}}`, circle},
		{"one that is taken as often as members are deep", `{"allOf":[` + times(8, `{"properties":{"a":{"$ref":"#"}},"items":{"$ref":"#"}}`) + `]}`, often},
		{"a reference that depends on the way", `{"properties":{"ten":{"$dynamicRef":"#x"}},"$defs":{"x":{"$dynamicAnchor":"x"}}}`, "write $ref"},
		{"one of draft 7", `{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"a":{"dependencies":{"b":{"$ref":"#/definitions/a"}}}},"properties":{"ten":{"$ref":"#/definitions/a"}}}`, circle},
		{"JSON text that the sender writes", `{"properties":{"ten":{"contentMediaType":"application/json","contentSchema":{"type":"object"}}}}`, "only the text of a rule with encode"},
		{"JSON text that a name is", `{"propertyNames":{"contentMediaType":"application/json","contentSchema":{"type":"object"}}}`, "only the text of a rule with encode"},
		{"a pattern without bound", `{"properties":{"ten":{"pattern":"a{1000}b{1000}c"}}}`, "the pattern is too large"},
		{"more than a schema has", `{"enum":[` + times(10_001, "{}") + `]}`, "10002 schemas; want at most 10000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			began := time.Now()
			_, err := withSchema(rules, tt.schema)
			var problems Problems
			if !errors.As(err, &problems) || len(problems) != 1 || problems[0].File != "a/dau-ra.json" || !strings.Contains(problems[0].Text, tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
	for name, schema := range map[string]string{
		"one inside its own members": `{"properties":{"a":{"$ref":"#"}},"items":{"$ref":"#"}}`,
		"a few references":           doubling(8),
		"of a member":                `{"$defs":{"t":{"type":"string"}},"properties":{"ten":{"$ref":"#/$defs/t"}},"additionalProperties":true}`,
	} {
		if _, err := withSchema(rules, schema); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// As many findings as a list has elements take no more than their number.
func TestALongListOfWhichEveryElementIsRefusedIsReportedAtOnce(t *testing.T) {
	m, err := withSchema("  - {to: so, each: So, from: '@s'}\n  - {to: ma, each: So, from: $id}\n", `{"properties":{"so":{"items":{"maxLength":1}},"ma":{"items":{"maxLength":1}}}}`)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err = mapIt(m, `<A xmlns="urn:a">`+strings.Repeat("<So s='12'/>", 60_000)+"</A>")
	var e *lgsp.Error
	if !errors.As(err, &e) || len(e.Fields) != maxFieldErrors {
		t.Fatalf("got %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}
