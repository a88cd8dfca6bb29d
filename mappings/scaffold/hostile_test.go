package scaffold_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/mappings/scaffold"
)

const head = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t" elementFormDefault="qualified">`

// within fails the test when do takes longer than anything here may.
func within(t *testing.T, do func()) {
	t.Helper()
	begin := time.Now()
	do()
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

// draftOf drafts the first message of a file, which is called a.
func draftOf(fsys fstest.MapFS) (scaffold.Draft, error) {
	o, err := scaffold.Open(fsys, "a", "")
	if err != nil {
		return scaffold.Draft{}, err
	}
	return o.Draft(o.Messages()[0], scaffold.Options{})
}

func one(text string) fstest.MapFS { return fstest.MapFS{"a": {Data: []byte(text)}} }

// Every type holds the next one ten times, thirty levels deep.
func TestTypesThatGrowWithoutEndAreCutOff(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + `<xs:element name="Goc" type="t:T0"/>`)
	for i := range 30 {
		fmt.Fprintf(&b, `<xs:complexType name="T%d"><xs:sequence>`, i)
		for k := range 10 {
			fmt.Fprintf(&b, `<xs:element name="E%d" type="t:T%d"/>`, k, i+1)
		}
		b.WriteString(`</xs:sequence></xs:complexType>`)
	}
	b.WriteString(`<xs:simpleType name="T30"><xs:restriction base="xs:string"/></xs:simpleType></xs:schema>`)
	within(t, func() {
		d, err := draftOf(one(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		if d.Rules > 2000 || d.Rules < 100 {
			t.Errorf("%d rules", d.Rules)
		}
		if len(d.Notes) == 0 || !strings.Contains(d.Notes[0], "Left out: /Goc/") || !strings.Contains(d.Notes[0], " elements in all.") {
			t.Errorf("it does not say what is left out: %v", d.Notes)
		}
		holds(t, string(file(t, d, "mapping.yaml")), "# Left out: E0, E1, E2, E3, E4, E5, E6, E7, 2 more; a mapping has at most 2000 rules.")
	})
}

func TestWhatLiesTooDeepIsLeftOut(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + `<xs:element name="Goc" type="t:T0"/>`)
	for i := range 20 {
		fmt.Fprintf(&b, `<xs:complexType name="T%d"><xs:sequence><xs:element name="La" type="xs:string"/><xs:element name="E" type="t:T%d"/></xs:sequence></xs:complexType>`, i, i+1)
	}
	b.WriteString(`<xs:complexType name="T20"><xs:sequence/></xs:complexType></xs:schema>`)
	d, err := draftOf(one(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	deepest := "/Goc" + strings.Repeat("/E", 16) + " (too deep)"
	if d.Rules != 16*2 || len(d.Notes) == 0 || !strings.Contains(d.Notes[0], deepest) {
		t.Errorf("%d rules, %v", d.Rules, d.Notes)
	}
	if text := string(file(t, d, "mapping.yaml")); strings.Count(text, "fields:") != 16 || !strings.Contains(text, "# Left out: E; a mapping has at most 16 levels.") {
		t.Errorf("got\n%s", text)
	}
}

// Groups that hold the next group twice double at every step without making an element.
func TestGroupsThatDoubleAreGivenUp(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + `<xs:element name="Goc"><xs:complexType><xs:group ref="t:G0"/></xs:complexType></xs:element>`)
	for i := range 25 {
		fmt.Fprintf(&b, `<xs:group name="G%d"><xs:sequence><xs:group ref="t:G%d"/><xs:group ref="t:G%d"/></xs:sequence></xs:group>`, i, i+1, i+1)
	}
	b.WriteString(`<xs:group name="G25"><xs:sequence><xs:element name="A" type="xs:string"/></xs:sequence></xs:group></xs:schema>`)
	within(t, func() {
		_, err := draftOf(one(b.String()))
		refused(t, err, "a:1:", "unfolds to more than 100000 parts")
	})
}

func TestSchemasThatLeadToThemselvesAreGivenUp(t *testing.T) {
	for what, inside := range map[string]string{
		"group":           `<xs:element name="Goc"><xs:complexType><xs:group ref="t:G"/></xs:complexType></xs:element><xs:group name="G"><xs:sequence><xs:group ref="t:G"/></xs:sequence></xs:group>`,
		"attribute group": `<xs:element name="Goc"><xs:complexType><xs:attributeGroup ref="t:G"/></xs:complexType></xs:element><xs:attributeGroup name="G"><xs:attributeGroup ref="t:G"/></xs:attributeGroup>`,
		"extension":       `<xs:element name="Goc" type="t:A"/><xs:complexType name="A"><xs:complexContent><xs:extension base="t:B"/></xs:complexContent></xs:complexType><xs:complexType name="B"><xs:complexContent><xs:extension base="t:A"/></xs:complexContent></xs:complexType>`,
		"abstract":        `<xs:element name="Goc" type="t:A"/><xs:complexType name="A" abstract="true"><xs:complexContent><xs:extension base="t:A"/></xs:complexContent></xs:complexType>`,
		"simple type":     `<xs:element name="Goc" type="t:A"/><xs:simpleType name="A"><xs:restriction base="t:A"/></xs:simpleType>`,
		"simple content":  `<xs:element name="Goc" type="t:A"/><xs:complexType name="A"><xs:simpleContent><xs:extension base="t:A"/></xs:simpleContent></xs:complexType>`,
		"union":           `<xs:element name="Goc" type="t:A"/><xs:simpleType name="A"><xs:union memberTypes="t:A xs:int"/></xs:simpleType>`,
		"list":            `<xs:element name="Goc" type="t:A"/><xs:simpleType name="A"><xs:list itemType="t:A"/></xs:simpleType>`,
		"substitution":    `<xs:element name="Goc"><xs:complexType><xs:sequence><xs:element ref="t:A"/></xs:sequence></xs:complexType></xs:element><xs:element name="A" substitutionGroup="t:B"/><xs:element name="B" substitutionGroup="t:A"/>`,
		"array":           `<xs:element name="Goc" type="t:A"/><xs:complexType name="A"><xs:complexContent><xs:restriction base="e:Array" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/"><xs:attribute ref="e:arrayType" w:arrayType="t:A[]" xmlns:w="http://schemas.xmlsoap.org/wsdl/"/></xs:restriction></xs:complexContent></xs:complexType>`,
	} {
		within(t, func() {
			d, err := draftOf(one(head + inside + `</xs:schema>`))
			if what == "array" { // an element of its own type is cut off, not refused
				if err != nil || !strings.Contains(string(file(t, d, "mapping.yaml")), "(recursion)") {
					t.Errorf("%s: %v", what, err)
				}
				return
			}
			refused(t, err, "a:1:", "more than 64")
		})
	}
}

// A message that must hold itself has no end, so no sample of it is whole.
func TestATypeThatMustHoldItselfIsCutOff(t *testing.T) {
	d, err := draftOf(one(head + `<xs:element name="Goc" type="t:A"/><xs:complexType name="A"><xs:sequence><xs:element name="Ten" type="xs:string"/><xs:element name="Con" type="t:A"/></xs:sequence></xs:complexType></xs:schema>`))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(file(t, d, "mapping.yaml")); !strings.Contains(text, "# Left out: Con; it is of the type of Goc around it (recursion).") {
		t.Errorf("got\n%s", text)
	}
	if len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "not valid by the schema") {
		t.Errorf("notes %v", d.Notes)
	}
}

func TestAHugeEnumerationIsLeftOut(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + `<xs:element name="Goc"><xs:complexType><xs:sequence>`)
	for i := range 300 {
		fmt.Fprintf(&b, `<xs:element name="E%d" type="t:Lon"/><xs:element name="F%d" type="t:Vua"/>`, i, i)
	}
	b.WriteString(`</xs:sequence></xs:complexType></xs:element>`)
	for name, n := range map[string]int{"Lon": 80_000, "Vua": 900} {
		fmt.Fprintf(&b, `<xs:simpleType name="%s"><xs:restriction base="xs:string">`, name)
		for i := range n {
			fmt.Fprintf(&b, `<xs:enumeration value="V%d"/>`, i)
		}
		b.WriteString(`</xs:restriction></xs:simpleType>`)
	}
	b.WriteString(`</xs:schema>`)
	within(t, func() {
		d, err := draftOf(one(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		text := string(file(t, d, "mapping.yaml"))
		if len(text) > 256<<10 {
			t.Errorf("it has %d bytes", len(text))
		}
		for _, want := range []string{"The schema lists 80000 values, more than codes may have", "The schema lists 900 values, which are left out here", "codes: ["} {
			if !strings.Contains(text, want) {
				t.Errorf("it lacks %q", want)
			}
		}
	})
}

// What would make a file larger than a mapping may be loses its words first, and
// rules after that.
func TestADraftFitsIntoTheFileOfAMapping(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + `<xs:element name="Goc"><xs:complexType><xs:sequence>`)
	for i := range 1900 {
		fmt.Fprintf(&b, `<xs:element name="E%d_%s" type="xs:string"><xs:annotation><xs:documentation>%s</xs:documentation></xs:annotation></xs:element>`, i, strings.Repeat("x", 10), strings.Repeat("lời ", 40))
	}
	b.WriteString(`</xs:sequence></xs:complexType></xs:element></xs:schema>`)
	d, err := draftOf(one(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if text := file(t, d, "mapping.yaml"); d.Rules != 1901 || strings.Contains(string(text), "doc:") || len(text) > 256<<10 {
		t.Errorf("%d rules, %d bytes", d.Rules, len(text))
	}
	long := strings.ReplaceAll(b.String(), strings.Repeat("x", 10), strings.Repeat("x", 400))
	d, err = draftOf(one(long))
	if err != nil {
		t.Fatal(err)
	}
	if text := file(t, d, "mapping.yaml"); d.Rules > 1000 || d.Rules < 200 || len(text) > 256<<10 || len(d.Notes) == 0 {
		t.Errorf("%d rules, %d bytes, %v", d.Rules, len(text), d.Notes)
	}
}

func TestASampleIsBounded(t *testing.T) {
	within(t, func() {
		d, err := draftOf(one(head + `<xs:element name="Goc"><xs:complexType><xs:sequence><xs:element name="A" minOccurs="1000000000" maxOccurs="unbounded"><xs:complexType><xs:sequence minOccurs="99999999999999999" maxOccurs="unbounded"><xs:element name="B" type="xs:int" minOccurs="4000000000" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>`))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(file(t, d, "cases/dau-tien/in.xml")), "<B>"); n > 20_000 || n < 1000 || len(d.Notes) != 1 || !strings.Contains(d.Notes[0], "not valid by the schema") {
			t.Errorf("%d elements, %v", n, d.Notes)
		}
	})
}

func TestAttributesBeyondTheRulesAreLeftOut(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + `<xs:element name="Goc"><xs:complexType>`)
	for i := range 2100 {
		fmt.Fprintf(&b, `<xs:attribute name="A%d" use="required"/>`, i)
	}
	d, err := draftOf(one(b.String() + `</xs:complexType></xs:element></xs:schema>`))
	if err != nil {
		t.Fatal(err)
	}
	if d.Rules > 2000 || len(d.Notes) < 2 || !strings.Contains(d.Notes[0], "/Goc (attributes, too many)") || !strings.Contains(d.Notes[1], "not valid by the schema") {
		t.Errorf("%d rules, %v", d.Rules, d.Notes)
	}
}

func TestTheBytesOfASampleAreBounded(t *testing.T) {
	for _, inside := range []string{
		`<xs:element name="A" minOccurs="500"><xs:simpleType><xs:restriction base="xs:string"><xs:length value="90000"/></xs:restriction></xs:simpleType></xs:element>`,
		`<xs:element name="A" minOccurs="500"><xs:simpleType><xs:restriction base="t:L"><xs:length value="90000000"/></xs:restriction></xs:simpleType></xs:element>`,
	} {
		inside = strings.Replace(inside, `minOccurs="500"`, `minOccurs="500" maxOccurs="500"`, 1)
		within(t, func() {
			d, err := draftOf(one(head + `<xs:simpleType name="L"><xs:list itemType="xs:int"/></xs:simpleType><xs:element name="Goc"><xs:complexType><xs:sequence>` + inside + `</xs:sequence></xs:complexType></xs:element></xs:schema>`))
			if err != nil {
				t.Fatal(err)
			}
			if in := file(t, d, "cases/dau-tien/in.xml"); len(in) > 5<<20 || len(in) < 1<<20 || len(d.Notes) != 1 {
				t.Errorf("%d bytes, %v", len(in), d.Notes)
			}
		})
	}
}

func TestANameThatFillsAMappingIsRefused(t *testing.T) {
	_, err := draftOf(one(`<Goc xmlns="urn:` + strings.Repeat("x", 300<<10) + `"/>`))
	refused(t, err, "a: the mapping would have more than 256 KB")
}

func TestPatternsBeyondWhatAMappingHoldsAreTold(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + `<xs:element name="Goc"><xs:complexType><xs:sequence>`)
	for i := range 60 {
		fmt.Fprintf(&b, `<xs:element name="E%d" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{990}"/></xs:restriction></xs:simpleType></xs:element>`, i)
	}
	b.WriteString(`</xs:sequence></xs:complexType></xs:element></xs:schema>`)
	d, err := draftOf(one(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	text := string(file(t, d, "mapping.yaml"))
	if taken := strings.Count(text, "pattern: "); taken < 40 || taken > 55 || !strings.Contains(text, "also wants the pattern [A-Z]{990}, which is not taken over") {
		t.Errorf("%d patterns", taken)
	}
}

func TestSchemasOfManyElementsAreRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString(head)
	for i := range 1001 {
		fmt.Fprintf(&b, `<xs:element name="E%d"/>`, i)
	}
	_, err := draftOf(one(b.String() + `</xs:schema>`))
	refused(t, err, "a:1:1: the schemas declare more than 1000 elements")
}

// Codes that fill the file go before rules do.
func TestCodesMakeRoomForRules(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + `<xs:element name="Goc"><xs:complexType><xs:sequence>`)
	for i := range 300 {
		fmt.Fprintf(&b, `<xs:element name="E%d"><xs:simpleType><xs:restriction base="xs:string">`, i)
		for k := range 60 {
			fmt.Fprintf(&b, `<xs:enumeration value="Giá trị dài số %d"/>`, k)
		}
		b.WriteString(`</xs:restriction></xs:simpleType></xs:element>`)
	}
	b.WriteString(`</xs:sequence></xs:complexType></xs:element></xs:schema>`)
	d, err := draftOf(one(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if d.Rules != 301 {
		t.Errorf("%d rules", d.Rules)
	}
	holds(t, string(file(t, d, "mapping.yaml")), "# The schema lists 60 values, which are left out here")
}

func TestNumbersOfManyDigitsAreNotReckonedWith(t *testing.T) {
	digits := strings.Repeat("7", 200_000)
	var b strings.Builder
	b.WriteString(head + `<xs:simpleType name="T"><xs:restriction base="xs:decimal"><xs:minExclusive value="` + digits + `"/><xs:maxInclusive value="` + digits + `.5"/></xs:restriction></xs:simpleType><xs:element name="Goc"><xs:complexType><xs:sequence>`)
	for i := range 300 {
		fmt.Fprintf(&b, `<xs:element name="E%d" type="t:T"/>`, i)
	}
	b.WriteString(`</xs:sequence></xs:complexType></xs:element></xs:schema>`)
	within(t, func() {
		if d, err := draftOf(one(b.String())); err != nil || d.Rules != 301 {
			t.Errorf("%d rules, %v", d.Rules, err)
		}
	})
}

func TestReferencesOfASampleAreBounded(t *testing.T) {
	envelope := func(body string) fstest.MapFS {
		return one(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + body + `</s:Body></s:Envelope>`)
	}
	_, err := draftOf(envelope(`<g><a href="#i"/></g><m id="i"><b href="#j"/></m><m id="j"><c href="#i"/></m>`))
	refused(t, err, "a:", "holds itself through a reference")
	_, err = draftOf(envelope(`<g><a id="i"><b href="#i"/></a></g>`))
	refused(t, err, "a:1:", "holds itself through a reference")
	var b strings.Builder
	b.WriteString(`<g><a href="#i0"/></g>`)
	for i := range 40 {
		fmt.Fprintf(&b, `<m id="i%d"><b href="#i%d"/><b href="#i%d"/></m>`, i, i+1, i+1)
	}
	b.WriteString(`<m id="i40">x</m>`)
	within(t, func() {
		_, err := draftOf(envelope(b.String()))
		refused(t, err, "a:", "more than 20000 elements")
	})
	wide := `<m id="i">` + strings.Repeat(`<b/>`, 1000) + `</m>`
	_, err = draftOf(envelope(`<g>` + strings.Repeat(`<a href="#i"/>`, 30) + `</g>` + wide))
	refused(t, err, "a:", "more than 20000 elements")
	long := `<m id="i">` + strings.Repeat("x", 1<<20) + `</m>`
	_, err = draftOf(envelope(`<g>` + strings.Repeat(`<a href="#i"/>`, 9) + `</g>` + long))
	refused(t, err, "a:", "more than 4 MB")
}

// refused checks that an error is a list of problems whose text has all the parts.
func refused(t *testing.T, err error, parts ...string) {
	t.Helper()
	var problems mappings.Problems
	if !errors.As(err, &problems) {
		t.Errorf("got %v, want problems with %q", err, parts)
		return
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("got %v, want it to hold %q", err, p)
		}
	}
}
