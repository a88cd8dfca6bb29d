package mappings

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/strictxml"
)

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got\n%s", file, got)
	}
}

func TestTheSchemaDescribesTheSourceMessage(t *testing.T) {
	set, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range []string{"dancu.cap-nhat", "hotich.khai-sinh"} {
		m, _ := set.Get(service)
		golden(t, "schema/"+service+".xsd", m.Schema())
	}
	text := mappingOf(t, `service: a
title: Thử
doc: Mô tả <a> & b
source: {namespace: "urn:a&b", root: A, qualified: false, prefixes: {k: urn:k, a: "urn:a&b"}}
target: {route: r, form: json}
subject: "D[1]/E"
fields:
  - {to: a, from: B, required: true, max: 5, doc: Chữ B}
  - {to: b, from: B, max: 7}
  - {to: c, from: B/@c, required: true, doc: Thuộc tính}
  - {to: d, from: C, fields: [{to: e, from: E/F, required: true}, {to: f, from: "@k:g"}, {to: h, from: .}]}
  - {to: g, each: D, required: true, doc: Danh sách, fields: [{to: i, each: I}, {to: j, from: "@j", required: true}]}
  - {to: k, from: "k:K/k:L"}
  - {to: l, from: "k:M"}
  - {to: m, count: N}
  - {to: n, from: O, length: [9, 12]}
`)
	golden(t, "schema/every-shape.xsd", text.Schema())
}

func TestTheSchemaIsOneElementWithoutReferencesOutside(t *testing.T) {
	set, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range set.Services() {
		m, _ := set.Get(service)
		schema := m.Schema()
		doc, err := strictxml.Parse(schema, strictxml.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", service, err)
		}
		root := doc.Root()
		if root.Tag != "schema" || root.SelectAttrValue("targetNamespace", "") != m.Namespace() {
			t.Errorf("%s: root %s, %s", service, root.Tag, root.SelectAttrValue("targetNamespace", ""))
		}
		if top := root.ChildElements(); len(top) != 1 || top[0].SelectAttrValue("name", "") != m.Root() {
			t.Errorf("%s: want one element, %s", service, m.Root())
		}
		if strings.Contains(string(schema), "<xs:import") || strings.Contains(string(schema), "<xs:include") {
			t.Errorf("%s: refers to another schema", service)
		}
		schema[0] = 'x'
		if m.Schema()[0] == 'x' {
			t.Errorf("%s: a caller can change the schema", service)
		}
	}
}

func TestElementsThatOnlyIDLaneAndPurposeReadAreDescribed(t *testing.T) {
	m := mappingOf(t, jsonHead+"id: {join: [Ma, Lan], with: /, doc: Lần thứ mấy}\nlane: {from: '@ho', doc: Mã hộ}\n"+
		"purpose: {unit: {from: [CanBo/DonVi, $sender], doc: Mã cơ quan}}\nfields:\n  - {to: b, from: Ma, doc: Mã hồ sơ}\n")
	schema, err := strictxml.Parse(m.Schema(), strictxml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Ma": "Mã hồ sơ", "Lan": "Lần thứ mấy", "ho": "Mã hộ", "DonVi": "Mã cơ quan"} {
		e := schema.FindElement("//[@name='" + name + "']/annotation/documentation")
		if e == nil || e.Text() != want {
			t.Errorf("%s is not described as %s in\n%s", name, want, m.Schema())
		}
	}
}

// A name may be longer as it is sent than as it is written.
func TestTheSchemaDoesNotBoundWhatIsSpeltOtherwise(t *testing.T) {
	for rule, want := range map[string]bool{"max: 6": true, "max: 6, letters: keep": true, "max: 6, letters: plain": false, "length: 6, letters: upper": false} {
		m := mappingOf(t, jsonHead+"fields:\n  - {to: b, from: B, "+rule+"}\n")
		if got := strings.Contains(string(m.Schema()), "Length"); got != want {
			t.Errorf("%s: bounded %v, want %v\n%s", rule, got, want, m.Schema())
		}
	}
}

// ##other is every namespace but the schema's own.
func TestTheSchemaAllowsAttributesOfItsOwnNamespaceThatRulesRead(t *testing.T) {
	for rules, want := range map[string]string{
		"{to: b, from: 'B/@k:c'}":                               "##other",
		"{to: b, from: 'B/@self:c'}":                            "##any",
		"{to: b, from: 'B/@self:c'}, {to: d, from: 'B/@k:c'}":   "##any",
		"{to: b, from: 'B/@k:c'}, {to: d, from: 'B/@self:c'}":   "##any",
		"{to: b, from: 'B/@plain'}":                             "",
		"{to: b, from: 'B/@plain'}, {to: d, from: 'B/@plain2'}": "",
	} {
		m := mappingOf(t, strings.Replace(jsonHead, "k: urn:k", "k: urn:k, self: urn:a", 1)+"fields: ["+rules+"]\n")
		if got := strings.Contains(string(m.Schema()), "<xs:anyAttribute"); got != (want != "") || got && !strings.Contains(string(m.Schema()), `<xs:anyAttribute namespace="`+want+`"`) {
			t.Errorf("%s: want %s in\n%s", rules, want, m.Schema())
		}
	}
}

// What a client generated from the schema has to send, it has to send always.
func TestTheSchemaDemandsOnlyWhatEveryMessageMustHave(t *testing.T) {
	const needed = `name="B">` // without minOccurs
	for rules, want := range map[string]bool{
		"{to: b, from: B, required: true, max: 5}":                                                                  true,
		"{to: b, from: B, required: true, max: 5, if: 'text(\"C\") == \"1\"'}":                                      false,
		"{to: b, from: B, required: true, max: 5, only: {when: C}}":                                                 false,
		"{to: b, from: B, required: {when: C}, max: 5}":                                                             false,
		"{to: o, fields: [{to: b, from: B, required: true, max: 5}]}":                                               true,
		"{to: o, if: 'text(\"C\") == \"1\"', fields: [{to: b, from: B, required: true, max: 5}]}":                   false,
		"{to: o, if: 'text(\"C\") == \"1\"', fields: [{to: c, from: C}]}, {to: b, from: B, required: true, max: 5}": true,
	} {
		m := mappingOf(t, jsonHead+"fields: ["+rules+"]\n")
		if got := strings.Contains(string(m.Schema()), needed); got != want {
			t.Errorf("%s: needed %v, want %v in\n%s", rules, got, want, m.Schema())
		}
	}
	list := mappingOf(t, jsonHead+"fields: [{to: l, each: L, if: 'text(\"C\") == \"1\"', fields: [{to: b, from: B, required: true, max: 5}]}]\n")
	if strings.Contains(string(list.Schema()), needed) {
		t.Errorf("what some elements of a list lack is demanded in\n%s", list.Schema())
	}
}
