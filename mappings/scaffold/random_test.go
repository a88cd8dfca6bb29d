package scaffold_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// author writes schemas that nobody has thought of.
type author struct {
	*rand.Rand
	n int // names so far
}

func (a *author) name() string {
	a.n++
	return fmt.Sprintf("E%d", a.n)
}

func (a *author) one(of ...string) string { return of[a.IntN(len(of))] }

func (a *author) occurs() string {
	return a.one("", "", ` minOccurs="0"`, ` maxOccurs="unbounded"`, ` minOccurs="2" maxOccurs="3"`, ` minOccurs="0" maxOccurs="2"`)
}

// simple is what a simple type restricts, so that some value is left.
func (a *author) simple() string {
	low, high := a.IntN(40), 40+a.IntN(40)
	facets := a.one(
		`base="xs:string"><xs:length value="`+fmt.Sprint(low+1)+`"/>`,
		`base="xs:string"><xs:minLength value="`+fmt.Sprint(low)+`"/><xs:maxLength value="`+fmt.Sprint(high)+`"/>`,
		`base="xs:token"><xs:maxLength value="`+fmt.Sprint(low+1)+`"/>`,
		`base="xs:string"><xs:pattern value="`+a.one(`[A-Z]{3}`, `\d{1,4}-[a-f]+`, `(ab|cd){2}x?`, `\w+ \w*`, `[^a-z ]{2}`, `\i\c{3}`, `a+b*c?`)+`"/>`,
		`base="xs:string"><xs:enumeration value="`+a.one("Có", "1", " x ", "a b")+`"/><xs:enumeration value="z"/>`,
		`base="xs:decimal"><xs:minExclusive value="`+fmt.Sprint(low)+`"/><xs:maxInclusive value="`+fmt.Sprint(high)+`.5"/><xs:fractionDigits value="1"/>`,
		`base="xs:short"><xs:minInclusive value="`+fmt.Sprint(low)+`"/><xs:maxExclusive value="`+fmt.Sprint(high)+`"/>`,
		`base="xs:integer"><xs:totalDigits value="`+fmt.Sprint(1+low%18)+`"/>`,
		`base="xs:`+a.one("date", "dateTime", "gYear", "boolean", "unsignedByte", "anyURI", "NMTOKEN", "float", "time", "duration", "negativeInteger")+`">`,
		`base="xs:hexBinary"><xs:length value="`+fmt.Sprint(low+1)+`"/>`,
		`base="xs:base64Binary"><xs:minLength value="`+fmt.Sprint(low)+`"/>`,
	)
	return `<xs:simpleType><xs:restriction ` + facets + `</xs:restriction></xs:simpleType>`
}

func (a *author) element(depth int) string {
	b := `<xs:element name="` + a.name() + `"` + a.occurs() + a.one("", "", "", ` nillable="true"`)
	switch {
	case a.IntN(3) == 0:
		return b + ` type="xs:` + a.one("string", "int", "date", "base64Binary", "decimal") + `"/>`
	case depth <= 0 || a.IntN(2) == 0:
		return b + ">" + a.simple() + "</xs:element>"
	case a.IntN(5) == 0:
		return b + `><xs:complexType><xs:simpleContent><xs:extension base="xs:` + a.one("string", "int", "dateTime") + `">` + a.attributes() + `</xs:extension></xs:simpleContent></xs:complexType></xs:element>`
	}
	return b + ">" + a.complex(depth) + "</xs:element>"
}

func (a *author) complex(depth int) string {
	return `<xs:complexType` + a.one("", "", "", ` mixed="true"`) + `>` + a.model(depth) + a.attributes() + `</xs:complexType>`
}

func (a *author) model(depth int) string {
	kind := a.one("sequence", "sequence", "choice")
	b := `<xs:` + kind + a.occurs() + `>`
	for range 1 + a.IntN(4) {
		if depth > 0 && a.IntN(4) == 0 {
			b += a.model(depth - 1)
		} else {
			b += a.element(depth - 1)
		}
	}
	return b + `</xs:` + kind + `>`
}

func (a *author) attributes() string {
	b := ""
	for range a.IntN(3) {
		b += `<xs:attribute name="` + a.name() + `"` + a.one("", ` use="required"`, ` form="qualified"`) + `>` + a.simple() + `</xs:attribute>`
	}
	return b
}

func TestSamplesOfSchemasThatNobodyThoughtOfAreValid(t *testing.T) {
	folder, valid := t.TempDir(), 0
	for seed := range uint64(120) {
		a := &author{Rand: rand.New(rand.NewPCG(seed, 1))}
		schema := strings.Replace(head, `elementFormDefault="qualified"`, `elementFormDefault="`+a.one("qualified", "unqualified")+`"`, 1) +
			`<xs:element name="Goc">` + a.complex(3) + `</xs:element></xs:schema>`
		d, err := draftOf(one(schema))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, schema)
		}
		for _, note := range d.Notes {
			t.Errorf("seed %d: %s\n%s", seed, note, schema)
		}
		path := filepath.Join(folder, fmt.Sprintf("%d.xsd", seed))
		if err := os.WriteFile(path, []byte(schema), 0o600); err != nil {
			t.Fatal(err)
		}
		out, text, err := validate(t, path, payload(t, d))
		switch {
		case err == nil:
			valid++
		case !bytes.Contains(out, []byte("not determinist")): // which this author does not look at
			t.Errorf("seed %d: %v\n%s\n%s\n%s", seed, err, out, text, schema)
		}
	}
	if valid < 50 {
		t.Errorf("only %d samples were valid", valid)
	}
}
