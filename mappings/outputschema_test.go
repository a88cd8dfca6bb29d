package mappings

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"
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
		{"in a list", `{"properties":{"con":{"items":{"properties":{"tuoi":{"pattern":"^[0-9]+$"},"so":{"maximum":9}}}}}}`, "<Con so='10'><Tuoi>Bí mật</Tuoi></Con>", "/A/Con/@so schema: maximum 9; /A/Con/Tuoi schema: pattern ^[0-9]+$"},
		{"missing in a list", `{"properties":{"con":{"items":{"required":["so"]}}}}`, "<Con><Tuoi>1</Tuoi></Con>", "/A/Con/@so schema: required so"},
		{"computed", `{"properties":{"ngay":{"format":"date"}}}`, "<Nam>bí mật</Nam>", "/A/Nam schema: format date"},
		{"what no message says", `{"properties":{"loai":{"enum":["1","2"]}}}`, "", `/A schema: enum ["1","2"]`},
		{"a type", `{"properties":{"ten":{"type":"integer"}}}`, "<Ten>Bí mật</Ten>", "/A/Ten schema: type integer"},
		{"a small number", `{"properties":{"con":{"items":{"properties":{"so":{"minimum":11}}}}}}`, "<Con so='10'/>", "/A/Con/@so schema: minimum 11"},
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
		tooLong  = "; /A/Tep/@so schema: maxLength 1"
		attempts = 50 // the library goes through members in any order
	)
	for rules, want := range map[string]string{
		data + others: "/A/Con schema: minItems 2; /A/Con/Tuoi schema: maximum 5; /A/Ten schema: required ten" + tooLong,
		data + others + strings.ReplaceAll(data, "data", "khac"): "/A schema: contentSchema" + tooLong,
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

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestASchemaThatCannotBeUsedIsAProblem(t *testing.T) {
	const rules = "  - {to: ten, from: Ten}\n"
	for _, tt := range []struct{ name, schema, want string }{
		{"not JSON", `{"type":`, "a/dau-ra.json: not JSON: "},
		{"no such type", `{"type":"text"}`, "a/dau-ra.json: "},
		{"another file", `{"$ref":"file:///etc/passwd"}`, "a/dau-ra.json: "},
		{"another place", `{"$ref":"http://127.0.0.1/x"}`, "a/dau-ra.json: "},
		{"too large", `{"title":"` + strings.Repeat("x", maxFile) + `"}`, "a/dau-ra.json: too large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := withSchema(rules, tt.schema)
			var problems Problems
			if !errors.As(err, &problems) || len(problems) != 1 || !strings.HasPrefix(problems[0].String(), tt.want) || strings.Contains(problems[0].Text, "\n") {
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
