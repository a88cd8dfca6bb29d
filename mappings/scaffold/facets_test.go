package scaffold_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"lgsp.internal/adapter/mappings/scaffold"
)

// Each row is a type, the rule that is to be made of it and, where it matters,
// what is said above the rule. The sample of every one of them has to be valid.
func TestARuleSaysWhatTheTypeSays(t *testing.T) {
	restriction := func(base, facets string) string {
		return `<xs:simpleType><xs:restriction base="` + base + `">` + facets + `</xs:restriction></xs:simpleType>`
	}
	for _, row := range []struct{ name, inside, rule, note string }{
		{"text", `type="xs:string"`, "{to: x, from: X, required: true}", ""},
		{"token", `type="xs:token"`, "{to: x, from: X, required: true, spaces: collapse}", ""},
		{"collapsed", restriction("xs:string", `<xs:whiteSpace value="collapse"/>`), "{to: x, from: X, required: true, spaces: collapse}", ""},
		{"boolean", `type="xs:boolean"`, "{to: x, from: X, required: true, type: bool}", ""},
		{"int", `type="xs:int"`, "{to: x, from: X, required: true, type: int}", ""},
		{"long", `type="xs:long"`, "{to: x, from: X, required: true, type: int}", ""},
		{"unsigned", `type="xs:unsignedInt"`, "{to: x, from: X, required: true, type: int, min: 0}", ""},
		{"positive", `type="xs:positiveInteger"`, "{to: x, from: X, required: true, type: int, min: 1}", ""},
		{"negative", `type="xs:negativeInteger"`, "{to: x, from: X, required: true, type: int, max: -1}", ""},
		{"not positive", `type="xs:nonPositiveInteger"`, "{to: x, from: X, required: true, type: int, max: 0}", ""},
		{"bounds", restriction("xs:int", `<xs:minInclusive value="-5"/><xs:maxExclusive value="+10"/>`), "type: int, min: -5, max: 9}", ""},
		{"exclusive least", restriction("xs:int", `<xs:minExclusive value="1900"/>`), "type: int, min: 1901}", ""},
		{"total digits", restriction("xs:integer", `<xs:totalDigits value="3"/>`), "type: int, min: -999, max: 999}", ""},
		{"bounds beyond what rules say", restriction("xs:integer", `<xs:maxInclusive value="9999999999999999999999"/>`), "{to: x, from: X, required: true, type: int}", ""},
		{"bounds of nothing", restriction("xs:int", `<xs:minInclusive value="9"/><xs:maxInclusive value="1"/>`), "{to: x, from: X, required: true, type: int}", "allows no value at all"},
		{"numbers listed", restriction("xs:int", `<xs:enumeration value="1"/><xs:enumeration value="2"/>`), `type: int, codes: ["1", "2"]}`, ""},
		{"pattern of a number", restriction("xs:int", `<xs:pattern value="[1-9]"/>`), "type: int}", "the pattern [1-9]"},
		{"decimal", `type="xs:decimal"`, `pattern: '[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)'}`, "written as text"},
		{"decimal with bounds", restriction("xs:decimal", `<xs:minExclusive value="0"/><xs:fractionDigits value="2"/>`), `pattern: '[+-]`, "numbers above 0. The schema wants at most 2 digits behind the point."},
		{"double", `type="xs:double"`, "{to: x, from: X, required: true}", "written as text"},
		{"dateTime", `type="xs:dateTime"`, `date: {in: "yyyy-MM-ddTHH:mm:ss*", out: yyyy-MM-ddTHH:mm:ss}}`, ""},
		{"date", `type="xs:date"`, `date: {in: "yyyy-MM-dd*", out: yyyy-MM-dd}}`, ""},
		{"date with bounds", restriction("xs:date", `<xs:minInclusive value="2030-05-01"/><xs:maxExclusive value="2030-05-03"/>`), `date: {in:`, "dates from 2030-05-01. The schema allows dates before 2030-05-03."},
		{"date after", restriction("xs:date", `<xs:minExclusive value="2030-05-31"/>`), `date: {in:`, "dates after 2030-05-31."},
		{"month", `type="xs:gYearMonth"`, "date: {in: yyyy-MM, out: yyyy-MM}}", ""},
		{"year", `type="xs:gYear"`, "date: {in: yyyy, out: yyyy}}", ""},
		{"time", `type="xs:time"`, "{to: x, from: X, required: true}", ""},
		{"day of the year", `type="xs:gMonthDay"`, "{to: x, from: X, required: true}", ""},
		{"duration", `type="xs:duration"`, "{to: x, from: X, required: true}", ""},
		{"address", `type="xs:anyURI"`, "{to: x, from: X, required: true}", ""},
		{"language", `type="xs:language"`, "{to: x, from: X, required: true}", ""},
		{"base64", `type="xs:base64Binary"`, "spaces: none, type: base64}", ""},
		{"base64 of so many bytes", restriction("xs:base64Binary", `<xs:minLength value="30"/>`), "spaces: none, type: base64}", ""},
		{"hex", restriction("xs:hexBinary", `<xs:length value="4"/>`), `spaces: none, length: 8, pattern: "([0-9A-Fa-f]{2})*"}`, ""},
		{"length", restriction("xs:string", `<xs:length value="7"/>`), "length: 7}", ""},
		{"lengths", restriction("xs:string", `<xs:minLength value="30"/><xs:maxLength value="40"/>`), "min: 30, max: 40}", ""},
		{"short", restriction("xs:string", `<xs:maxLength value="2"/>`), "max: 2}", ""},
		{"empty", restriction("xs:string", `<xs:maxLength value="0"/>`), "{to: x, from: X}", "only the empty text"},
		{"boundless", restriction("xs:string", `<xs:maxLength value="1000000"/>`), "{to: x, from: X, required: true}", ""},
		{"digits", restriction("xs:string", `<xs:pattern value="\d{12}"/>`), "type: digits, length: 12}", ""},
		{"digits of two lengths", restriction("xs:string", `<xs:pattern value="([0-9]{9})|([0-9]{12})"/>`), "type: digits, length: [9, 12]}", ""},
		{"digits by two patterns", restriction("xs:string", `<xs:pattern value="[0-9]{9}"/><xs:pattern value="[0-9]{12}"/>`), "type: digits, length: [9, 12]}", ""},
		{"digits between", restriction("xs:string", `<xs:pattern value="[0-9]{3,5}"/>`), "type: digits, min: 3, max: 5}", ""},
		{"digits at most", restriction("xs:string", `<xs:pattern value="[0-9]+"/><xs:maxLength value="20"/>`), "type: digits, max: 20}", ""},
		{"digits of a length", restriction("xs:string", `<xs:pattern value="[0-9]*"/><xs:length value="6"/>`), "type: digits, length: 6}", ""},
		{"digits of nothing", restriction("xs:string", `<xs:maxLength value="5"/><xs:pattern value="[0-9]{10,}"/>`), "type: digits}", "allows no value at all"},
		{"one digit", restriction("xs:string", `<xs:pattern value="[0-9]"/>`), "type: digits, length: 1}", ""},
		{"pattern", restriction("xs:string", `<xs:pattern value="[A-Z]{2}-\d{4}(/[0-9]+)?"/>`), `pattern: "[A-Z]{2}-[0-9]{4}(/[0-9]+)?"}`, ""},
		{"pattern with signs that mean themselves", restriction("xs:string", `<xs:pattern value="^a$"/>`), `pattern: '\^a\$'}`, ""},
		{"pattern of words", restriction("xs:string", `<xs:pattern value="\w+ \w+"/>`), `pattern: '[^\p{P}\p{Z}\p{C}]+ [^\p{P}\p{Z}\p{C}]+'}`, ""},
		{"pattern of names", restriction("xs:string", `<xs:pattern value="\i\c*"/>`), "{to: x, from: X, required: true}", `the pattern \i\c*, which is not taken over`},
		{"patterns of two steps", restriction("xs:string", `<xs:pattern value="A[A-Z]+"/>`), `pattern: "A[A-Z]+"}`, ""},
		{"codes", restriction("xs:string", `<xs:enumeration value="Nam"/><xs:enumeration value="Nữ"/><xs:enumeration value=""/><xs:enumeration value="Nam"/>`), "codes: [Nam, Nữ]}", ""},
		{"codes that YAML takes for something else", restriction("xs:string", `<xs:enumeration value="01"/><xs:enumeration value="no"/><xs:enumeration value="a: b"/><xs:enumeration value="#"/><xs:enumeration value="'&quot;\"/>`), `codes: ["01", "no", "a: b", "#", "'\"\\"]}`, ""},
		{"list", `<xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType>`, "spaces: collapse}", "values with spaces between them"},
		{"tokens", `type="xs:NMTOKENS"`, "spaces: collapse}", "values with spaces between them"},
		{"union", `<xs:simpleType><xs:union memberTypes="xs:int xs:date"/></xs:simpleType>`, "{to: x, from: X, required: true}", "values of several types"},
		{"fixed", `type="xs:string" fixed="2.0"`, "{to: x, from: X, required: true}", "only the value 2.0"},
		{"default", `type="xs:string" default="VN"`, "{to: x, from: X, required: true}", "default is VN"},
		{"nil", `type="xs:int" nillable="true"`, "{to: x, from: X, type: int}", ""},
		{"optional", `type="xs:string" minOccurs="0"`, "{to: x, from: X}", ""},
		{"list of texts", `type="xs:string" maxOccurs="unbounded"`, "{to: x, each: X, required: true}", ""},
		{"several, or none", `type="xs:date" minOccurs="0" maxOccurs="3"`, "{to: x, each: X, date:", ""},
		{"three at least", `type="xs:date" minOccurs="3" maxOccurs="3"`, "{to: x, each: X, required: true, date:", ""},
		{"words", `type="xs:string"><xs:annotation><xs:documentation xml:lang="en">Sex</xs:documentation><xs:documentation xml:lang="vi">  Gi&#x200B;ới
			tính&#x85; </xs:documentation></xs:annotation`, "doc: Giới tính}", ""},
		{"anything", ``, "{to: x, from: X, required: true}", "anything may be inside"},
		{"nothing", `<xs:complexType/>`, "{to: x, from: X}", "allows nothing inside"},
		{"text with an attribute", `<xs:complexType><xs:simpleContent><xs:extension base="xs:int"><xs:attribute name="Ma" use="required"/></xs:extension></xs:simpleContent></xs:complexType>`,
			"- {to: ma, from: \"@Ma\", required: true}\n      - {to: giaTri, from: ., required: true, type: int}", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			attributes, inside := row.inside, ""
			if strings.HasPrefix(row.inside, "<") {
				attributes, inside = "", row.inside
			} else if strings.Contains(row.inside, ">") {
				attributes, inside, _ = strings.Cut(row.inside, ">")
				inside += ">"
			}
			schema := head + `<xs:element name="Goc"><xs:complexType><xs:sequence><xs:element name="X" ` + attributes + `>` + inside + `</xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>`
			d, err := draftOf(one(schema))
			if err != nil {
				t.Fatal(err)
			}
			_, fields, _ := strings.Cut(string(file(t, d, "mapping.yaml")), "\nfields:\n")
			if !strings.Contains(fields, row.rule) {
				t.Errorf("got\n%swant %s", fields, row.rule)
			}
			said := strings.Join(strings.Fields(strings.ReplaceAll(fields, "#", "")), " ")
			if row.note != "" && !strings.Contains(said, row.note) || row.note == "" && strings.Contains(fields, "# ") {
				t.Errorf("got\n%swant it to say %q", fields, row.note)
			}
			if strings.HasSuffix(row.name, "of nothing") {
				if len(d.Notes) == 0 {
					t.Error("it does not say that the sample is not valid")
				}
				return
			}
			for _, note := range d.Notes {
				t.Error(note)
			}
			path := filepath.Join(t.TempDir(), "a.xsd")
			if err := os.WriteFile(path, []byte(schema), 0o600); err != nil {
				t.Fatal(err)
			}
			xmllint(t, path, payload(t, d))
		})
	}
}

// What a type is derived from counts too: the last step's pattern is taken over,
// those before are told.
func TestFacetsOfAllStepsCount(t *testing.T) {
	d, err := draftOf(one(head + `<xs:element name="Goc"><xs:complexType><xs:sequence><xs:element name="X" type="t:C"/></xs:sequence></xs:complexType></xs:element>
		<xs:simpleType name="A"><xs:restriction base="xs:token"><xs:maxLength value="9"/><xs:pattern value="[A-Z].*"/></xs:restriction></xs:simpleType>
		<xs:simpleType name="B"><xs:restriction base="t:A"><xs:minLength value="4"/></xs:restriction></xs:simpleType>
		<xs:simpleType name="C"><xs:restriction base="t:B"><xs:pattern value=".*[0-9]"/></xs:restriction></xs:simpleType></xs:schema>`))
	if err != nil {
		t.Fatal(err)
	}
	text := string(file(t, d, "mapping.yaml"))
	if !strings.Contains(text, `{to: x, from: X, required: true, spaces: collapse, min: 4, max: 9, pattern: '[^\n\r]*[0-9]'}`) ||
		!strings.Contains(text, "# The schema also wants the pattern [A-Z].*, which is not taken over.") {
		t.Errorf("got\n%s", text)
	}
}

func TestChoicesAndAlternativesAreOptional(t *testing.T) {
	for name, row := range map[string]struct {
		model string
		rules []string
	}{
		"one of several": {`<xs:choice><xs:element name="A" type="xs:int"/><xs:element name="B" type="xs:int"/></xs:choice>`,
			[]string{"# xs:choice: a message holds one of A | B.\n  - {to: a, from: A, type: int}\n  - {to: b, from: B, type: int}\n"}},
		"in all of the choices": {`<xs:choice><xs:sequence><xs:element name="A" type="xs:int"/><xs:element name="B" type="xs:int"/></xs:sequence><xs:sequence><xs:element name="C" type="xs:int"/><xs:element name="A" type="xs:int"/></xs:sequence></xs:choice>`,
			[]string{"{to: a, from: A, required: true, type: int}", "{to: b, from: B, type: int}", "{to: c, from: C, type: int}"}},
		"a choice again and again": {`<xs:choice maxOccurs="9"><xs:element name="A" type="xs:int"/><xs:element name="B" type="xs:int"/></xs:choice>`,
			[]string{"# xs:choice, again and again: A | B. The order among them is lost.\n  - {to: a, each: A, type: int}\n  - {to: b, each: B, type: int}\n"}},
		"a sequence again and again": {`<xs:sequence maxOccurs="unbounded"><xs:element name="A" type="xs:int"/><xs:element name="B" type="xs:int" minOccurs="0"/></xs:sequence>`,
			[]string{"{to: a, each: A, required: true, type: int}", "{to: b, each: B, type: int}"}},
		"an element in two places": {`<xs:sequence><xs:element name="A" type="xs:int"/><xs:element name="B" type="xs:int"/><xs:element name="A" type="xs:int" minOccurs="0"/></xs:sequence>`,
			[]string{"{to: a, each: A, required: true, type: int}\n  - {to: b, from: B, required: true, type: int}\n"}},
		"an element that may not be there": {`<xs:sequence><xs:element name="A" type="xs:int" minOccurs="0" maxOccurs="0"/><xs:element name="B" type="xs:int"/></xs:sequence>`,
			[]string{"fields:\n  - {to: b, from: B, required: true, type: int}\n"}},
		"all": {`<xs:all><xs:element name="A" type="xs:int"/><xs:element name="B" type="xs:int" minOccurs="0"/></xs:all>`,
			[]string{"{to: a, from: A, required: true, type: int}", "{to: b, from: B, type: int}"}},
		"an object that may be empty": {`<xs:sequence><xs:element name="A"><xs:complexType><xs:sequence><xs:element name="B" type="xs:int" minOccurs="0"/></xs:sequence></xs:complexType></xs:element></xs:sequence>`,
			[]string{"- to: a\n    from: A\n    fields:\n      - {to: b, from: B, type: int}\n"}},
		"an object that may not": {`<xs:sequence><xs:element name="A"><xs:complexType><xs:sequence><xs:element name="B" type="xs:int"/></xs:sequence></xs:complexType></xs:element></xs:sequence>`,
			[]string{"- to: a\n    from: A\n    required: true\n    fields:\n      - {to: b, from: B, required: true, type: int}\n"}},
		"anything else": {`<xs:sequence><xs:any namespace="##other" processContents="skip"/><xs:element name="A" type="xs:int"/></xs:sequence>`,
			[]string{"fields:\n  # xs:any: elements that the schema does not name may stand here; no rule reads them.\n  - {to: a, from: A, required: true, type: int}\n"}},
		"anything of its own": {`<xs:sequence><xs:any namespace="##local" processContents="lax"/><xs:any namespace="urn:khac" processContents="skip"/></xs:sequence>`,
			[]string{"{to: maYeuCau, from: $id}"}},
		"names that are one": {`<xs:sequence><xs:element name="HoTen" type="xs:string"/><xs:element name="hoTen" type="xs:string"/><xs:element name="HO_TEN" type="xs:string"/></xs:sequence><xs:attribute name="hotEn"/><xs:attribute name="HoTen"/>`,
			[]string{`{to: hotEn, from: "@hotEn"}`, `{to: hoTen, from: "@HoTen"}`, "{to: hoTen2, from: HoTen,", "{to: hoTen3, from: hoTen,", "{to: hoTen4, from: HO_TEN,"}},
	} {
		t.Run(name, func(t *testing.T) {
			schema := head + `<xs:element name="Goc"><xs:complexType>` + row.model + `</xs:complexType></xs:element></xs:schema>`
			d, err := draftOf(one(schema))
			if err != nil {
				t.Fatal(err)
			}
			text := string(file(t, d, "mapping.yaml"))
			for _, want := range row.rules {
				if !strings.Contains(text, want) {
					t.Errorf("got\n%s\nwant %s", text, want)
				}
			}
			path := filepath.Join(t.TempDir(), "a.xsd")
			if err := os.WriteFile(path, []byte(schema), 0o600); err != nil {
				t.Fatal(err)
			}
			xmllint(t, path, payload(t, d))
		})
	}
}

func TestARepeatedChoiceShowsEachOfItsElements(t *testing.T) {
	d, err := draftOf(one(head + `<xs:element name="Goc"><xs:complexType><xs:choice maxOccurs="2"><xs:element name="A" type="xs:int"/><xs:element name="B" type="xs:int"/><xs:element name="C" type="xs:int"/></xs:choice></xs:complexType></xs:element></xs:schema>`))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range payload(t, d).ChildElements() {
		names = append(names, e.Tag)
	}
	if strings.Join(names, " ") != "A B" {
		t.Errorf("the sample holds %v", names)
	}
}

func TestASampleSaysOfWhichTypeAnAbstractElementIs(t *testing.T) {
	schema := head + `<xs:element name="Goc" type="t:A"/><xs:complexType name="A" abstract="true"><xs:sequence><xs:element name="X" type="xs:int"/></xs:sequence></xs:complexType>
		<xs:complexType name="B"><xs:complexContent><xs:extension base="t:A"><xs:sequence><xs:element name="Z" type="xs:int"/></xs:sequence><xs:attribute name="b" use="required"/><xs:attribute name="d" use="required"/></xs:extension></xs:complexContent></xs:complexType>
		<xs:complexType name="C"><xs:complexContent><xs:extension base="t:A"><xs:attribute name="c" use="required"/><xs:attribute name="d" use="required"/></xs:extension></xs:complexContent></xs:complexType></xs:schema>`
	d, err := draftOf(one(schema))
	if err != nil {
		t.Fatal(err)
	}
	holds(t, string(file(t, d, "mapping.yaml")), "# The type is abstract: xsi:type says which of B | C a message holds;", `{to: b, from: "@b"}`, `{to: d, from: "@d", required: true}`, `{to: c, from: "@c"}`,
		"{to: x, from: X, required: true, type: int}", "{to: z, from: Z, type: int}")
	path := filepath.Join(t.TempDir(), "a.xsd")
	if err := os.WriteFile(path, []byte(schema), 0o600); err != nil {
		t.Fatal(err)
	}
	xmllint(t, path, payload(t, d))
}

func TestWhatNoSampleCanHoldIsTold(t *testing.T) {
	for _, inside := range []string{`<xs:choice/>`, `<xs:sequence><xs:any namespace="##other"/></xs:sequence>`, `<xs:sequence/><xs:attribute ref="xml:lang" use="required"/>`} {
		d, err := draftOf(one(head + `<xs:element name="Goc"><xs:complexType>` + inside + `</xs:complexType></xs:element></xs:schema>`))
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "not valid by the schema") {
			t.Errorf("%s: %v", inside, d.Notes)
		}
	}
}

func TestElementsOfOtherNamespacesHavePrefixes(t *testing.T) {
	other := `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:b" elementFormDefault="qualified"><xs:element name="B" type="xs:int"/><xs:attribute name="C" type="xs:int" fixed="7"/></xs:schema>`
	main := func(form string) string {
		return `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:b="urn:b" targetNamespace="urn:t" elementFormDefault="` + form + `"><xs:import namespace="urn:b" schemaLocation="b.xsd"/>
			<xs:element name="Goc"><xs:complexType><xs:sequence><xs:element name="A" type="xs:int"/><xs:element ref="b:B"/></xs:sequence><xs:attribute ref="b:C"/></xs:complexType></xs:element></xs:schema>`
	}
	for form, want := range map[string]string{
		"qualified":   "  root: Goc\n  prefixes:\n    n1: urn:b\n",
		"unqualified": "  root: Goc\n  qualified: false\n  prefixes:\n    n1: urn:b\n",
	} {
		d, err := draftOf(fstest.MapFS{"a": {Data: []byte(main(form))}, "b.xsd": {Data: []byte(other)}})
		if err != nil {
			t.Fatal(err)
		}
		text := string(file(t, d, "mapping.yaml"))
		for _, want := range []string{want, `{to: c, from: "@n1:C", type: int}`, "{to: a, from: A, required: true, type: int}", "{to: b, from: n1:B, required: true, type: int}"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: got\n%s\nwant %s", form, text, want)
			}
		}
		folder := t.TempDir()
		for name, text := range map[string]string{"a.xsd": main(form), "b.xsd": other} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		xmllint(t, filepath.Join(folder, "a.xsd"), payload(t, d))
	}
}

func TestASchemaWithoutNamespaceIsDraftedToo(t *testing.T) {
	d, err := draftOf(one(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Goc"><xs:complexType><xs:sequence><xs:element ref="B"/></xs:sequence></xs:complexType></xs:element><xs:element name="B" type="T"/><xs:simpleType name="T"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>`))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(file(t, d, "mapping.yaml")); !strings.Contains(text, "  namespace: \"\"\n  root: Goc\n\n") || !strings.Contains(text, "{to: b, from: B, required: true, type: int}") {
		t.Errorf("got\n%s", text)
	}
	if e := payload(t, d); e.NamespaceURI() != "" || e.Tag != "Goc" {
		t.Errorf("the sample holds %s of %q", e.Tag, e.NamespaceURI())
	}
}

func TestASchemaOffersTheElementsThatNothingRefersTo(t *testing.T) {
	fsys := one(head + `<xs:element name="A"><xs:complexType><xs:sequence><xs:element ref="t:C"/></xs:sequence></xs:complexType></xs:element><xs:element name="B" type="xs:int"><xs:annotation><xs:documentation>Bê</xs:documentation></xs:annotation></xs:element><xs:element name="C" type="xs:int"/></xs:schema>`)
	o, err := scaffold.Open(fsys, "a", "")
	if err != nil {
		t.Fatal(err)
	}
	ms := o.Messages()
	if o.Kind() != scaffold.Schema || len(ms) != 2 || ms[0].Name != "A" || ms[1].Name != "B" || ms[1].Doc != "Bê" {
		t.Errorf("it offers %+v", ms)
	}
	c, ok := o.Find("C")
	if !ok {
		t.Fatal("C cannot be asked for")
	}
	if d, err := o.Draft(c, scaffold.Options{}); err != nil || d.Service != "c" || !strings.Contains(string(file(t, d, "mapping.yaml")), "- {to: giaTri, from: ., required: true, type: int}") {
		t.Errorf("%v", err)
	}
	if _, ok := o.Find("D"); ok {
		t.Error("there is no D")
	}
}
