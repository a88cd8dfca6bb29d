package scaffold_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"lgsp.internal/adapter/mappings/scaffold"
)

// mappingOf drafts the message of that name and returns its mapping and its sample.
func mappingOf(t *testing.T, fsys fstest.MapFS, name string) (mapping, sample string) {
	t.Helper()
	o, err := scaffold.Open(fsys, "a", "")
	if err != nil {
		t.Fatal(err)
	}
	m, ok := o.Find(name)
	if !ok {
		t.Fatalf("no message %s in %+v", name, o.Messages())
	}
	d, err := o.Draft(m, scaffold.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return string(file(t, d, "mapping.yaml")), string(file(t, d, "cases/dau-tien/in.xml"))
}

func holds(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("got\n%s\nwant it to hold %q", text, p)
		}
	}
}

func TestAWSDLTellsSourceAndTitle(t *testing.T) {
	document := `<documentation>  Gửi
		hồ sơ </documentation>`
	for name, row := range map[string]struct {
		text string
		want []string
	}{
		"document": {wsdl("", "", "", ""), []string{"title: Dịch vụ Gui\n", "namespace: urn:t\n  root: Gui\n  action: urn:gui\n\n"}},
		"a title in the portType": {wsdl("", `<portType name="P"><operation name="Gui">`+document+`<input message="w:In"/></operation></portType>`, "", ""),
			[]string{"title: Gửi hồ sơ\n\nsource"}},
		"a title of the WSDL": {strings.Replace(wsdl("", "", "", ""), "<types>", document+"<types>", 1), []string{"title: Gửi hồ sơ\n"}},
		"a title that is long": {strings.Replace(wsdl("", "", "", ""), "<types>", "<documentation>"+strings.Repeat("lời dài ", 15)+"</documentation><types>", 1),
			[]string{"title: Dịch vụ Gui\ndoc: lời dài lời dài"}},
		"RPC":                       {wsdl(`<part name="p" type="xs:string"/>`, "", `<soap:binding style="rpc"/>`, `<soap:body use="literal" namespace="urn:rpc"/>`), []string{"namespace: urn:rpc\n  root: Gui\n  action: urn:gui\n  qualified: false\n", "{to: p, from: p, required: true}"}},
		"RPC without a namespace":   {wsdl(`<part name="p" type="xs:string"/>`, "", `<soap:binding style="rpc"/>`, `<soap:body use="literal"/>`), []string{"namespace: \"\"\n  root: Gui\n", "{to: p, from: p, required: true}"}},
		"RPC with an element":       {wsdl("", "", `<soap:binding style="rpc"/>`, `<soap:body use="literal" namespace="urn:rpc"/>`), []string{"prefixes:\n    n1: urn:t\n", "{to: gui, from: n1:Gui, required: true}"}},
		"some of the parts":         {wsdl(`<part name="p" element="t:Gui"/><part name="h" element="t:Gui"/>`, "", "", `<soap:body use="literal" parts="p"/>`), []string{"root: Gui\n"}},
		"a part in the header":      {wsdl(`<part name="p" element="t:Gui"/><part name="h" element="t:Gui"/>`, "", "", `<soap:header message="w:In" part="h" use="literal"/><soap:body use="literal"/>`), []string{"root: Gui\n"}},
		"the style of an operation": {strings.Replace(wsdl(`<part name="p" type="xs:string"/>`, "", "", `<soap:body use="literal" namespace="urn:rpc"/>`), `soapAction="urn:gui"`, `soapAction="" style="rpc"`, 1), []string{"namespace: urn:rpc\n  root: Gui\n  action: \"\"\n"}},
		"a body inside a MIME part": {wsdl("", "", "", `<m:multipartRelated xmlns:m="http://schemas.xmlsoap.org/wsdl/mime/"><m:part><soap:body use="literal"/></m:part><m:part/></m:multipartRelated>`), []string{"root: Gui\n"}},
		"no action":                 {strings.Replace(wsdl("", "", "", ""), ` soapAction="urn:gui"`, "", 1), []string{"root: Gui\n\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			mapping, _ := mappingOf(t, one(row.text), "Gui")
			holds(t, mapping, row.want...)
		})
	}
}

func TestAWSDLWithoutBindingIsReadByItsParts(t *testing.T) {
	text := wsdl("", "", "", "")
	text = text[:strings.Index(text, "<binding")] + "</definitions>"
	mapping, _ := mappingOf(t, one(text), "Gui")
	holds(t, mapping, "namespace: urn:t\n  root: Gui\n\n")
	mapping, _ = mappingOf(t, one(strings.Replace(text, `<part name="p" element="t:Gui"/>`, `<part name="p" type="xs:int"/><part name="q" type="xs:int"/>`, 1)), "Gui")
	holds(t, mapping, "namespace: urn:w\n  root: Gui\n  qualified: false\n", "{to: q, from: q, required: true, type: int}")
}

func TestOperationsOfOneNameAreToldApart(t *testing.T) {
	two := `<operation name="Gui"><input name="A" message="w:In"/></operation><operation name="Gui"><input name="B" message="w:In"/></operation><operation name="Khac"><input message="w:In"/></operation>`
	text := `<definitions targetNamespace="urn:w" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:w="urn:w" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
		<message name="In"><part name="p" type="xs:int"/></message>
		<portType name="P">` + two + `</portType><portType name="Q"><operation name="Gui"><input message="w:In"/></operation></portType>
		<binding name="BP" type="w:P"><soap:binding style="rpc"/><operation name="Gui"><input name="B"><soap:body namespace="urn:B"/></input></operation><operation name="Gui"><input name="A"><soap:body namespace="urn:A"/></input></operation><operation name="Khac"><input/></operation></binding>
		<binding name="BP12" type="w:P"><soap12:binding style="rpc"/><operation name="Gui"><input name="A"/></operation></binding>
		<binding name="BQ" type="w:Q"><soap:binding style="rpc"/><operation name="Gui"><input><soap:body namespace="urn:Q"/></input></operation></binding></definitions>`
	o, err := scaffold.Open(one(text), "a", "")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range o.Messages() {
		names = append(names, m.Name)
	}
	if strings.Join(names, " ") != "P/Gui/B P/Gui/A Khac Q/Gui" {
		t.Errorf("they are called %v", names)
	}
	for name, space := range map[string]string{"P/Gui/A": "urn:A", "P/Gui/B": "urn:B", "Q/Gui": "urn:Q"} {
		mapping, _ := mappingOf(t, one(text), name)
		holds(t, mapping, "namespace: "+space+"\n")
	}
}

func TestASOAP12BindingAloneMakesASOAP12Sample(t *testing.T) {
	text := strings.ReplaceAll(wsdl("", "", "", ""), "schemas.xmlsoap.org/wsdl/soap/", "schemas.xmlsoap.org/wsdl/soap12/")
	_, sample := mappingOf(t, one(text), "Gui")
	holds(t, sample, `<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">`)
	_, sample = mappingOf(t, one(wsdl("", "", "", "")), "Gui")
	holds(t, sample, `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">`)
}

func TestArraysOfSOAPEncodingAreLists(t *testing.T) {
	const arrays = `<xs:schema targetNamespace="urn:t" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">
		<xs:complexType name="So"><xs:complexContent><xs:restriction base="e:Array"><xs:attribute ref="e:arrayType" wsdl:arrayType="xs:int[]"/></xs:restriction></xs:complexContent></xs:complexType>
		<xs:complexType name="Ten"><xs:complexContent><xs:restriction base="e:Array"><xs:sequence><xs:element name="ten" type="xs:string" maxOccurs="unbounded"/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType>
		<xs:complexType name="Bang"><xs:complexContent><xs:restriction base="e:Array"><xs:attribute ref="e:arrayType" wsdl:arrayType="xs:int[,]"/></xs:restriction></xs:complexContent></xs:complexType>
		</xs:schema></types>`
	parts := `<part name="so" type="t:So"/><part name="ten" type="t:Ten"/><part name="bang" type="t:Bang"/><part name="gi" type="e:Array" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/"/>`
	text := strings.Replace(wsdl(parts, "", `<soap:binding style="rpc"/>`, `<soap:body use="encoded" namespace="urn:rpc"/>`), "</types>", arrays, 1)
	mapping, sample := mappingOf(t, one(text), "Gui")
	holds(t, mapping, "- to: so\n    from: so\n    fields:\n      - {to: item, each: item, type: int}\n", "Axis 1 calls them so, PHP item,",
		"- to: ten\n    from: ten\n    fields:\n      - {to: ten, each: ten}\n", "- to: bang\n    from: bang\n    fields:\n      - {to: item, each: item, type: int}\n",
		"- to: gi\n    from: gi\n    fields:\n")
	holds(t, sample, `<so xsi:type="soapenc:Array" soapenc:arrayType="xsd:int[1]">`, `<item xsi:type="xsd:int">1</item>`, `<ten xsi:type="xsd:string">Mẫu</ten>`, `soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"`)
	if strings.Contains(mapping, "called. Axis 1 calls them ten,") {
		t.Error("an array whose elements have a name is told to have none")
	}
}

func TestABackslashInALocationIsASlash(t *testing.T) {
	d, err := draftOf(fstest.MapFS{
		"a":            {Data: []byte(head + `<xs:include schemaLocation=".\kieu\b%20c.xsd"/><xs:element name="A" type="t:B"/></xs:schema>`)},
		"kieu/b c.xsd": {Data: []byte(head + `<xs:simpleType name="B"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, string(file(t, d, "mapping.yaml")), "type: int")
}
