package mappings

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/vntext"
)

const soapHead = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>`

func inBody(elements string) string { return soapHead + elements + `</s:Body></s:Envelope>` }

// a0 is a message whose elements below the root have no namespace.
func a0(elements string) string { return `<q:A xmlns:q="urn:a">` + elements + `</q:A>` }

// sourced is jsonHead with more said about the source.
func sourced(keys string) string {
	return strings.Replace(jsonHead, "prefixes: {k: urn:k}}", "prefixes: {k: urn:k}, "+keys+"}", 1)
}

// rpc is sourced for elements of no namespace.
func rpc(keys string) string {
	return strings.Replace(sourced(keys), "root: A", "root: A, qualified: false", 1)
}

func base64Of(t *testing.T, text, charset string) string {
	t.Helper()
	return base64.StdEncoding.EncodeToString([]byte(encoded(t, text, charset)))
}

func encoded(t *testing.T, text, charset string) string {
	t.Helper()
	b, err := vntext.Encode(text, charset)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestADialectIsRead(t *testing.T) {
	const tcvn = `<?xml version="1.0" encoding="tcvn3"?><H><T>Nguyễn</T></H>`
	for _, tt := range []struct{ name, head, rules, in, want string }{
		{"a document in a CDATA section", sourced("documents: [{at: N, namespace: ''}]"), "{to: b, from: N/H/T}\n  - {to: c, from: N/H/@n}\n  - {to: d, from: N/@v}",
			a(`<N v="2"><![CDATA[<?xml version="1.0" encoding="utf-16"?><H n="7"><T> Nguyễn </T></H>]]></N>`), `{"b":"Nguyễn","c":"7","d":"2"}`},
		{"a document with a namespace of its own", sourced("documents: [{at: N, namespace: urn:h}]"), "{to: b, from: N/H/T}\n  - {to: c, from: 'N/H/k:T'}",
			a(`<N>&lt;h:H xmlns:h="urn:h" xmlns:z="urn:k"&gt;&lt;h:T&gt;x&lt;/h:T&gt;&lt;z:T&gt;y&lt;/z:T&gt;&lt;/h:H&gt;</N>`), `{"b":"x","c":"y"}`},
		{"declarations around a document do not count inside", sourced("documents: [{at: N}]"), "{to: b, from: N/H/T}\n  - {to: c, from: C}", a(`<N>&lt;H&gt;&lt;T&gt;x&lt;/T&gt;&lt;/H&gt;</N><C>y</C>`), `{"b":"x","c":"y"}`},
		{"a document in base64, in its own charset", sourced("documents: [{at: N, as: base64}]"), "{to: b, from: N/H/T}", a("<N>\n" + base64Of(t, tcvn, vntext.TCVN3) + "\n</N>"), `{"b":"Nguyễn"}`},
		{"a document in each element of a list", sourced("documents: [{at: L/N}]"), "{to: b, each: L, fields: [{to: c, from: N/H/T}, {to: d, each: N/H/M, from: '@n'}]}",
			a(`<L><N><![CDATA[<H><T>1</T><M n="x"/><M n="y"/></H>]]></N></L><L><N/></L><L><N><![CDATA[<H><T>2</T></H>]]></N></L>`), `{"b":[{"c":"1","d":["x","y"]},{"c":"2","d":[]}]}`},
		{"a list of documents", sourced("documents: [{at: N}]"), "{to: b, each: N, from: H/T}", a(`<N><![CDATA[<H><T>1</T></H>]]></N><N/><N><![CDATA[<H><T>2</T></H>]]></N>`), `{"b":["1","2"]}`},
		{"a document in a document", sourced("documents: [{at: N}, {at: N/H/N, as: base64}]"), "{to: b, from: N/H/N/K}\n  - {to: c, from: N/H/T}",
			a(`<N><![CDATA[<H><N>` + base64Of(t, "<K>x</K>", "utf-8") + `</N><T>y</T></H>]]></N>`), `{"b":"x","c":"y"}`},
		{"a document that comes as elements", rpc("references: true, unknown: refuse, documents: [{at: N, namespace: urn:h}]"), "{to: b, from: N/H/T}\n  - {to: c, from: N/@v}\n  - {to: d, from: D}",
			inBody(`<q:A xmlns:q="urn:a" xmlns:h="urn:h"><N v="1"> <!-- x --><h:H><h:T href="#t">y</h:T></h:H> </N><D>z</D></q:A><m id="t">x</m>`), `{"b":"x","c":"1","d":"z"}`},
		{"an empty element is no document", sourced("documents: [{at: N}]"), "{to: b, from: N/H/T}\n  - {to: c, from: N, empty: null, fields: [{to: d, from: H/T}]}", a(`<N> </N>`), `{"c":null}`},
		{"letters in pieces inside a document", sourced("documents: [{at: N}]"), "{to: b, from: N/H/T}", a(`<N><![CDATA[<H><T>Nguye&#x302;&#771;n</T></H>]]></N>`), `{"b":"Nguyễn"}`},
		{"RPC with types", strings.Replace(jsonHead, "root: A", "root: A, qualified: false", 1), "{to: b, from: B}\n  - {to: c, each: L/item, fields: [{to: d, from: D, type: int}]}",
			inBody(`<q:A xmlns:q="urn:a"><B xsi:type="xsd:string">0079</B><L xsi:type="e:Array" e:arrayType="q:M[2]"><item xsi:type="q:M"><D xsi:type="xsd:int">1</D></item><item xsi:type="q:M"><D xsi:type="xsd:int">2</D></item></L></q:A>`),
			`{"b":"0079","c":[{"d":1},{"d":2}]}`},
		{"references", rpc("references: true, unknown: refuse"), "{to: b, from: B/C}\n  - {to: c, each: L/item, from: D}",
			inBody(`<q:A xmlns:q="urn:a"><B href="#id0"/><L><item href="#id1"/><item href="#id2"/><item/></L></q:A>` +
				`<multiRef id="id0"><C>x</C></multiRef><multiRef id="id1"><D href="#id3"/></multiRef><multiRef id="id2"><D>2</D></multiRef><multiRef id="id3">1</multiRef>`),
			`{"b":"x","c":["1","2"]}`},
		{"references of SOAP 1.2", rpc("references: true"), "{to: b, from: B/C}",
			`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:enc="http://www.w3.org/2003/05/soap-encoding"><s:Body><q:A xmlns:q="urn:a"><B enc:ref="n"/></q:A><x enc:id="n"><C>y</C></x></s:Body></s:Envelope>`, `{"b":"y"}`},
		{"declarations around a reference do not count where it leads", sourced("references: true, unknown: refuse"), "{to: b, from: B/C}",
			`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="urn:a"><s:Body><q:A xmlns:q="urn:a" xmlns:p="urn:khac"><q:B href="#m" xmlns:p="urn:nua"/></q:A><m id="m"><p:C>x</p:C></m></s:Body></s:Envelope>`, `{"b":"x"}`},
		{"what stands behind a reference is read in its own scope again", sourced("references: true, unknown: refuse"), "{to: b, from: B/C}\n  - {to: d, from: D}",
			inBody(`<A xmlns="urn:a"><B href="#m"/><D>y</D></A><m id="m" xmlns="urn:a" href="#n"/><n id="n" xmlns:z="urn:a"><z:C>x</z:C></n>`), `{"b":"x","d":"y"}`},
		{"a document inside a message with references has none", rpc("references: true, documents: [{at: N}]"), "{to: b, from: N/H/T}\n  - {to: c, from: N/H/L/@href}\n  - {to: d, from: N/H/@id}\n  - {to: e, from: E}",
			inBody(`<q:A xmlns:q="urn:a"><N href="#n"/><E href="#e"/></q:A><m id="n"><![CDATA[<H id="7"><T href="#e">y</T><L href="http://vidu.gov.vn/"/></H>]]></m><m id="e">x</m>`), `{"b":"y","c":"http://vidu.gov.vn/","d":"7","e":"x"}`},
		{"a reference back to what no rule reads on from", rpc("references: true"), "{to: b, from: B/C/T}\n  - {to: d, from: D/C/T}",
			inBody(`<q:A xmlns:q="urn:a"><B href="#x"/><D href="#x"/></q:A><m id="x"><C href="#y"/></m><m id="y"><T>1</T><B href="#x"/></m>`), `{"b":"1","d":"1"}`},
		{"a field in the letters of an old font", jsonHead, "{to: b, from: B, charset: tcvn3-in-utf-8, letters: upper}\n  - {to: c, from: C}\n  - {to: d, each: D, charset: vni-in-utf-8}",
			a("<B> " + encoded(t, "Nguyễn Thị Mẫu", vntext.TCVN3InUTF8) + "</B><C>Mẫu</C><D>" + encoded(t, "Trần", vntext.VNIInUTF8) + "</D>"), `{"b":"NGUYỄN THỊ MẪU","c":"Mẫu","d":["Trần"]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := mapIt(mappingOf(t, tt.head+"fields:\n  - "+tt.rules+"\n"), tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if string(d.Body) != tt.want {
				t.Errorf("got  %s\nwant %s", d.Body, tt.want)
			}
		})
	}
}

func TestWhatIsWrongInADialectIsReportedWithItsPath(t *testing.T) {
	for _, tt := range []struct{ name, head, rules, in, want string }{
		{"a document that is none", sourced("documents: [{at: N}]"), "{to: b, from: N/H/T}", a(`<N>x</N>`), "/A/N document: tài liệu XML"},
		{"a document that breaks off", sourced("documents: [{at: L/N}]"), "{to: b, each: L, from: N/H/T}", a("<L/><L><N><![CDATA[<H>\n<T></H>]]></N></L>"), "/A/L[2]/N document: tài liệu XML"},
		{"a document with a DOCTYPE", sourced("documents: [{at: N}]"), "{to: b, from: N/H/T}", a(`<N><![CDATA[<!DOCTYPE H [<!ENTITY x "y">]><H><T>&x;</T></H>]]></N>`), "/A/N document: tài liệu XML"},
		{"a document that is not base64", sourced("documents: [{at: N, as: base64}]"), "{to: b, from: N/H/T}", a(`<N>=</N>`), "/A/N document: tài liệu XML, mã hóa base64"},
		{"elements of another root where a document is", sourced("documents: [{at: N}]"), "{to: b, from: N/H/T}", a(`<N><H><T>1</T></H></N>`), "/A/N document: H"},
		{"several elements where a document is", rpc("documents: [{at: L/N}]"), "{to: b, each: L, from: N/H/T}", a0(`<L/><L><N><H><T>1</T></H><H/></N></L>`), "/A/L[2]/N document: tài liệu XML"},
		{"a text beside elements where a document is", rpc("documents: [{at: N, as: base64}]"), "{to: b, from: N/H/T, required: true}", a0(`<N>x<H><T>1</T></H></N>`), "/A/N document: tài liệu XML, mã hóa base64"},
		{"a document of another root", sourced("documents: [{at: N}]"), "{to: b, from: N/H/T}\n  - {to: c, from: N/K/T}", a(`<N><![CDATA[<X/>]]></N>`), "/A/N document: H | K"},
		{"what is missing in a document that cannot be read", sourced("documents: [{at: N}]"), "{to: b, from: N/H/T, required: true}\n  - {to: c, from: NK, required: true}", a(`<N>x</N>`), "/A/N document: tài liệu XML; /A/NK missing: "},
		{"a field that is missing inside a document", sourced("documents: [{at: L/N}]"), "{to: b, each: L, fields: [{to: c, from: N/H/T, required: true}, {to: d, from: N/H/S}]}",
			a(`<L><N><![CDATA[<H><T>1</T></H>]]></N></L><L><N><![CDATA[<H><S>1</S></H>]]></N></L>`), "/A/L[2]/N/H/T missing: "},
		{"a bad field inside a document of a list", sourced("documents: [{at: L/N}]"), "{to: b, each: L, fields: [{to: c, from: N/H/T, type: digits}]}",
			a(`<L><N><![CDATA[<H><T>1</T></H>]]></N></L><L><N><![CDATA[<H><T>x</T></H>]]></N></L>`), "/A/L[2]/N/H/T number: chữ số"},
		{"what no rule reads inside a document", sourced("documents: [{at: N}], unknown: refuse"), "{to: b, from: N/H/T}", a(`<N><![CDATA[<H><S/></H>]]></N>`), "/A/N/H/S unknown: "},
		{"a reference that leads nowhere", rpc("references: true"), "{to: b, each: L/i, from: D}\n  - {to: c, from: C/D}",
			inBody(`<q:A xmlns:q="urn:a"><L><i href="#a"/><i href="#khong-co"/></L><C href="#cung-khong"/></q:A><m id="a"><D>1</D></m>`), "/A/L/i[2] reference: phần tử có id được dẫn tới; /A/C reference: phần tử có id được dẫn tới"},
		{"an element of no namespace where a reference leads", sourced("references: true, unknown: refuse"), "{to: b, from: B/C}", inBody(`<A xmlns="urn:a"><B href="#m"/></A><m id="m"><C>x</C></m>`), "/A/B/C unknown: "},
		{"an id that two elements have", rpc("references: true"), "{to: b, each: L, from: D}", inBody(`<q:A xmlns:q="urn:a"><L href="#a"/><L href="#b"/></q:A><m id="a"><D>1</D></m><m id="b"><D>2</D></m><m id="b"><D>3</D></m>`), "/A/L[2] reference: một phần tử có id được dẫn tới"},
		{"elements that nothing refers to", rpc("references: true, unknown: refuse"), "{to: b, from: B/C}\n  - {to: l, count: L}",
			inBody(`<q:A xmlns:q="urn:a"><B href="#a"/><L href="#d"/></q:A><m id="a"><C>1</C></m><x id="b"/><y id="c"><C href="#b"/></y><m id="d"><D href="#e"/></m><m id="e"/><z/>`), "/x unknown: ; /y unknown: ; /z unknown: "},
		{"a reference in a circle", rpc("references: true"), "{to: d, from: D}", inBody(`<q:A xmlns:q="urn:a"><D href="#d"/></q:A><m id="d" href="#d">1</m>`), "/A/D reference: phần tử có id được dẫn tới"},
		{"a reference in a circle through what is inside", rpc("references: true"), "{to: b, each: L/i, fields: [{to: c, from: T}, {to: d, each: L/i, from: T}]}\n  - {to: d, from: B/C/B/C}",
			inBody(`<q:A xmlns:q="urn:a"><L><i href="#a"/></L><B href="#x"/></q:A><m id="a"><T>1</T><L><i><T>2</T></i><i href="#a"/></L></m><m id="x"><C href="#y"/></m><m id="y"><B href="#x"/></m>`),
			"/A/L/i[1]/L/i[2] reference: phần tử có id được dẫn tới; /A/B/C/B reference: phần tử có id được dẫn tới"},
		{"letters that no old font has", jsonHead, "{to: b, from: B, charset: tcvn3-in-utf-8}", a("<B>日</B>"), "/A/B charset: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := mapIt(mappingOf(t, tt.head+"fields:\n  - "+tt.rules+"\n"), tt.in)
			if got := fieldsOf(err); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// fieldsOf is what an error says of fields, in one line.
func fieldsOf(err error) string {
	var e *lgsp.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	var lines []string
	for _, f := range e.Fields {
		lines = append(lines, fmt.Sprintf("%s %s: %s", f.Path, f.Code, f.Want))
	}
	return strings.Join(lines, "; ")
}

// References that lead to lists of references grow without end when followed.
func TestReferencesThatMultiplyAreRefused(t *testing.T) {
	m := mappingOf(t, rpc("references: true")+"fields:\n  - {to: c, each: M, fields: [{to: d, each: i, fields: [{to: e, each: i, fields: [{to: f, each: i, from: '@n'}]}]}]}\n")
	var b strings.Builder
	b.WriteString(`<q:A xmlns:q="urn:a"><M href="#m"/></q:A>`)
	for _, r := range [][2]string{{"m", "n"}, {"n", "o"}, {"o", "p"}} {
		fmt.Fprintf(&b, `<r id="%s">%s</r>`, r[0], strings.Repeat(fmt.Sprintf(`<i n="1" href="#%s"/>`, r[1]), 1000))
	}
	_, err := mapIt(m, inBody(b.String()))
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Code != codeTooLarge {
		t.Fatalf("got %v", err)
	}
	if _, err := mapIt(m, inBody(`<q:A xmlns:q="urn:a"/>`)); err != nil {
		t.Errorf("the next message: %v", err)
	}
}

// A list of many elements with many values each takes more places than a
// message has elements.
func TestAListOfMoreValuesThanAnyMessageHasIsRefused(t *testing.T) {
	var rules strings.Builder
	for i := range 400 {
		fmt.Fprintf(&rules, "      - {to: f%d, from: '@a%d'}\n", i, i)
	}
	m := mappingOf(t, jsonHead+"fields:\n  - to: b\n    each: B\n    fields:\n"+rules.String())
	_, err := mapIt(m, a(strings.Repeat(`<B a0="1"/>`, 5000)))
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Code != codeTooLarge {
		t.Fatalf("got %v", err)
	}
	d, err := mapIt(m, a(strings.Repeat(`<B a0="1"/>`, 100)))
	if err != nil || strings.Count(string(d.Body), `"f0"`) != 100 {
		t.Errorf("the next message: %v", err)
	}
}

// A second operation was dropped without a word, as was what stands under an id
// that is taken.
func TestABodyWithTwoRootsIsRefusedWithReferencesToo(t *testing.T) {
	const two = `<q:A xmlns:q="urn:a"><B>1</B></q:A><q:A xmlns:q="urn:a"><B>2</B></q:A>`
	for _, keys := range []string{"unknown: ignore", "references: true", "references: true, unknown: refuse"} {
		_, err := mapIt(mappingOf(t, rpc(keys)+"fields:\n  - {to: b, from: B}\n"), inBody(two))
		var e *lgsp.Error
		if !errors.As(err, &e) || e.Code != codeWrongElement {
			t.Errorf("%s: got %v", keys, err)
		}
	}
}

func TestATryTellsWhatNothingRefersTo(t *testing.T) {
	m := mappingOf(t, rpc("references: true")+"fields:\n  - {to: b, from: B}\n")
	trial, err := m.Try(t.Context(), lgsp.Envelope{Body: []byte(inBody(`<q:A xmlns:q="urn:a"><B href="#a"/></q:A><m id="a">1</m><x id="b"/>`))})
	if err != nil || strings.Join(trial.Unread, " ") != "/x" {
		t.Errorf("%v, %v", trial.Unread, err)
	}
}
