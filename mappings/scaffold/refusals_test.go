package scaffold_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/mappings/scaffold"
)

// wsdl is a WSDL of one operation. Each part that is "" is as it should be.
func wsdl(parts, portType, binding, body string) string {
	pick := func(s, standard string) string {
		if s == "" {
			return standard
		}
		return s
	}
	return `<definitions targetNamespace="urn:w" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:w="urn:w" xmlns:t="urn:t" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<types>` + head + `<xs:element name="Gui" type="xs:string"/></xs:schema></types>
<message name="In">` + pick(parts, `<part name="p" element="t:Gui"/>`) + `</message>
` + pick(portType, `<portType name="P"><operation name="Gui"><input message="w:In"/></operation></portType>`) + `
<binding name="B" type="w:P">` + pick(binding, `<soap:binding style="document"/>`) + `<operation name="Gui"><soap:operation soapAction="urn:gui"/><input>` + pick(body, `<soap:body use="literal"/>`) + `</input></operation></binding>
</definitions>`
}

func TestWhatCannotBeDraftedIsRefusedAtItsPlace(t *testing.T) {
	for name, row := range map[string]struct{ text, want string }{
		"not XML":                     {"ABC", "a:1:1: text before the root element"},
		"not well-formed":             {"<a>\n<b></a>", "a:2:4: the end tag a does not match"},
		"empty":                       {"", "a:1:1: the document is empty"},
		"a document type":             {`<!DOCTYPE a [<!ENTITY x "y">]><a/>`, "a:1:1: a document type declaration is not accepted"},
		"an unknown charset":          {`<?xml version="1.0" encoding="x-mau"?><a/>`, `a: unknown charset "x-mau"`},
		"bytes of another charset":    {"<a>\xFF</a>", "a: utf-8: byte 3: "},
		"a web page":                  {`<HTML><body/></HTML>`, "a:1:1: this is a web page"},
		"WSDL 2.0":                    {`<description xmlns="http://www.w3.org/ns/wsdl"/>`, "a:1:1: this is a WSDL 2.0; want a WSDL 1.1"},
		"an empty WSDL":               {`<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>`, "a:1:1: the WSDL has no operation that is called by SOAP"},
		"an empty schema":             {`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>`, "a:1:1: the schema declares no element"},
		"an envelope without body":    {`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"/>`, "a:1:1: the envelope has no body"},
		"an empty body":               {`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body/></Envelope>`, "a:1:61: the body is empty"},
		"two messages":                {`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><a/><b/></e:Body></e:Envelope>`, "a:1:65: the body holds 2 elements; a mapping takes one"},
		"a message and an id":         {`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><a/><b id="x"/></e:Body></e:Envelope>`, "a:1:65: the body holds 2 elements; a mapping takes one"},
		"a fault":                     {`<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault/></e:Body></e:Envelope>`, "a:1:73: this is a SOAP Fault, an answer"},
		"redefine":                    {head + `<xs:redefine schemaLocation="b"/><xs:element name="A"/></xs:schema>`, "a:1:127: xs:redefine is not read"},
		"a declaration without name":  {head + `<xs:complexType/></xs:schema>`, "a:1:127: xs:complexType has no name"},
		"an unknown type":             {head + `<xs:element name="A" type="t:B"/></xs:schema>`, `a:1:127: there is no type "B of urn:t" in the schemas`},
		"an unknown built-in type":    {head + `<xs:element name="A" type="xs:text"/></xs:schema>`, `a:1:127: XML Schema has no type "text"`},
		"an unknown encoded type":     {head + `<xs:element name="A" type="e:text" xmlns:e="http://schemas.xmlsoap.org/soap/encoding/"/></xs:schema>`, `a:1:127: SOAP encoding has no type "text"`},
		"a prefix of nothing":         {head + `<xs:element name="A" type="y:B"/></xs:schema>`, `a:1:127: the prefix of "y:B" is not declared`},
		"a name of nothing":           {head + `<xs:element name="A" type="t:"/></xs:schema>`, `a:1:127: "t:" is not a name`},
		"an import without a file":    {head + "\n" + `<xs:import namespace="urn:b"/><xs:element name="A" type="b:B" xmlns:b="urn:b"/></xs:schema>`, `a:2:31: there is no type "B of urn:b"; the import in a line 2 names no file`},
		"an unknown element":          {head + `<xs:element name="A"><xs:complexType><xs:sequence><xs:element ref="t:B"/></xs:sequence></xs:complexType></xs:element></xs:schema>`, `a:1:177: there is no element "B of urn:t"`},
		"an unknown group":            {head + `<xs:element name="A"><xs:complexType><xs:group ref="t:B"/></xs:complexType></xs:element></xs:schema>`, `a:1:164: there is no group "B of urn:t"`},
		"an unknown attribute":        {head + `<xs:element name="A"><xs:complexType><xs:attribute ref="t:B"/></xs:complexType></xs:element></xs:schema>`, `a:1:164: there is no attribute "B of urn:t"`},
		"an unknown attribute group":  {head + `<xs:element name="A"><xs:complexType><xs:attributeGroup ref="t:B"/></xs:complexType></xs:element></xs:schema>`, `there is no attribute group "B of urn:t"`},
		"an element without name":     {head + `<xs:element name="A"><xs:complexType><xs:sequence><xs:element/></xs:sequence></xs:complexType></xs:element></xs:schema>`, "a:1:177: xs:element has neither a name nor a ref"},
		"an attribute without name":   {head + `<xs:element name="A"><xs:complexType><xs:attribute/></xs:complexType></xs:element></xs:schema>`, "a:1:164: xs:attribute has neither a name nor a ref"},
		"a count that is none":        {head + `<xs:element name="A"><xs:complexType><xs:sequence><xs:element name="B" maxOccurs="viele"/></xs:sequence></xs:complexType></xs:element></xs:schema>`, `maxOccurs "viele" is neither a number nor unbounded`},
		"a least count that is none":  {head + `<xs:element name="A"><xs:complexType><xs:sequence minOccurs="-1"/></xs:complexType></xs:element></xs:schema>`, `minOccurs "-1" is not a number`},
		"a facet that is none":        {head + `<xs:element name="A"><xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="x"/></xs:restriction></xs:simpleType></xs:element></xs:schema>`, `xs:maxLength "x" is not a number`},
		"a simple type of nothing":    {head + `<xs:element name="A"><xs:simpleType/></xs:element></xs:schema>`, "xs:simpleType holds neither a restriction, nor a list, nor a union"},
		"a restriction of nothing":    {head + `<xs:element name="A"><xs:simpleType><xs:restriction/></xs:simpleType></xs:element></xs:schema>`, "xs:restriction names no base"},
		"a union of nothing":          {head + `<xs:element name="A"><xs:simpleType><xs:union/></xs:simpleType></xs:element></xs:schema>`, "xs:union has no members"},
		"a content of nothing":        {head + `<xs:element name="A"><xs:complexType><xs:complexContent/></xs:complexType></xs:element></xs:schema>`, "xs:complexContent holds neither an extension nor a restriction"},
		"a text of elements":          {head + `<xs:element name="A"><xs:simpleType><xs:restriction base="t:B"/></xs:simpleType></xs:element><xs:complexType name="B"/></xs:schema>`, "the type holds elements where a text is wanted"},
		"a root of a strange name":    {head + `<xs:element name="a·b"/></xs:schema>`, `a: the root element "a·b" has a name that a mapping cannot hold`},
		"no part":                     {wsdl(" ", "", "", ""), "a:5:129: the body of the operation \"Gui\" is empty"},
		"two parts":                   {wsdl(`<part name="p" element="t:Gui"/><part name="q" element="t:Gui"/>`, "", "", ""), "a:3:1: the message has 2 parts in the body"},
		"a part of a type":            {wsdl(`<part name="p" type="xs:string"/>`, "", "", ""), `a:3:20: the part "p" has a type, where a document has an element`},
		"a part of nothing":           {wsdl(`<part name="p"/>`, "", `<soap:binding style="rpc"/>`, ""), `a:3:20: the part "p" has neither a type nor an element`},
		"a part of an unknown type":   {wsdl(`<part name="p" type="t:X"/>`, "", `<soap:binding style="rpc"/>`, ""), `a:3:20: there is no type "X of urn:t"`},
		"no message":                  {wsdl("", `<portType name="P"><operation name="Gui"><input message="w:Out"/></operation></portType>`, "", ""), `a:4:42: there is no message "Out of urn:w"`},
		"no input":                    {wsdl("", `<portType name="P"><operation name="Gui"/></portType>`, "", ""), `a:4:20: the operation "Gui" takes no message`},
		"no operation":                {wsdl("", `<portType name="P"/>`, "", ""), `the portType has no operation "Gui"`},
		"no portType":                 {wsdl("", `<portType name="Q"/>`, "", ""), `a:5:1: there is no portType "P of urn:w"`},
		"a binding of something else": {wsdl("", "", `<binding xmlns="urn:khac"/>`, ""), "a:1:1: the WSDL has no operation that is called by SOAP"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := draftOf(one(row.text))
			refused(t, err, row.want)
		})
	}
}

func TestFilesThatAreImportedAreRefusedAtTheirPlace(t *testing.T) {
	include := head + `<xs:include schemaLocation="b"/><xs:element name="A" type="t:B"/></xs:schema>`
	imports := head + `<xs:import namespace="urn:b" schemaLocation="b"/><xs:element name="A"/></xs:schema>`
	for name, row := range map[string]struct{ a, b, want string }{
		"not well-formed":         {include, "<x>\n<y>", "b:2:4: "},
		"something else":          {include, "<x/>", `a:1:127: "b" is not an XML Schema; its root element is "x"`},
		"of another namespace":    {include, strings.ReplaceAll(head, "urn:t", "urn:x") + `</xs:schema>`, `a:1:127: "b" is a schema of the namespace "urn:x", want "urn:t"`},
		"imported as another":     {imports, head + `</xs:schema>`, `a:1:127: "b" is a schema of the namespace "urn:t", want "urn:b"`},
		"wrong inside":            {include, head + "\n" + `<xs:complexType name="B"><xs:sequence><xs:element/></xs:sequence></xs:complexType></xs:schema>`, "b:2:"},
		"no WSDL":                 {`<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><import location="b"/></definitions>`, "<x/>", `a:1:55: "b" is not a WSDL 1.1; its root element is "x"`},
		"too large":               {include, "<x>" + strings.Repeat(" ", 9<<20) + "</x>", "b: larger than 8 MB"},
		"no namespace is adopted": {imports, `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>`, `is a schema of the namespace "", want "urn:b"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := draftOf(fstest.MapFS{"a": {Data: []byte(row.a)}, "b": {Data: []byte(row.b)}})
			refused(t, err, row.want)
		})
	}
}

func TestAFileThatIsNotThereIsTheFileSystemsError(t *testing.T) {
	_, err := scaffold.Open(fstest.MapFS{}, "a", "")
	var problems mappings.Problems
	if !errors.Is(err, fs.ErrNotExist) || errors.As(err, &problems) {
		t.Errorf("got %v", err)
	}
	_, err = scaffold.Open(fstest.MapFS{"a/b": {}}, "a", "")
	refused(t, err, "a: this is not a file")
}

func TestTooManyOperationsAreRefused(t *testing.T) {
	operations, bound := "", ""
	for i := range 1100 {
		operations += fmt.Sprintf(`<operation name="O%d"><input message="w:In"/></operation>`, i)
		bound += fmt.Sprintf(`<operation name="O%d"><input/></operation>`, i)
	}
	text := wsdl("", `<portType name="P">`+operations+`<operation name="Gui"><input message="w:In"/></operation></portType>`, `<soap:binding style="document"/>`+bound, "")
	_, err := draftOf(one(text))
	refused(t, err, "a:1:1: the WSDL has more than 1000 operations")
}

func TestANameThatNoServiceHasIsRefused(t *testing.T) {
	o, err := scaffold.Open(one("<a>x</a>"), "a", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range []string{"Khai Sinh", "../x", ".x", "Ô"} {
		_, err := o.Draft(o.Messages()[0], scaffold.Options{Service: service})
		refused(t, err, "want lower-case letters")
	}
	if d, err := draftOf(one("<Null>x</Null>")); err != nil || d.Service != "null" { // which YAML takes for nothing
		t.Errorf("%v", err)
	}
	if d, err := o.Draft(o.Messages()[0], scaffold.Options{Service: "so.khai-sinh2"}); err != nil || d.Service != "so.khai-sinh2" {
		t.Errorf("%v", err)
	}
}
