package soap

import (
	"bytes"
	"strings"

	"lgsp.internal/adapter/internal/strictxml"
)

// description is a WSDL 1.1 document with gaps where the address goes.
type description [][]byte

// write appends the document for an address.
func (d description) write(dst []byte, address string) []byte {
	for i, part := range d {
		if i > 0 {
			dst = strictxml.EscapeAttr(dst, address)
		}
		dst = append(dst, part...)
	}
	return dst
}

// gap stands where the address goes; NUL cannot be in an XML document.
const gap = "\x00"

// describe writes the WSDL of a path: document/literal wrapped as the WS-I
// Basic Profile 1.1 has it, one operation for each service, every operation
// bound to SOAP 1.1 and to SOAP 1.2.
func describe(r *route) description {
	name := camel(r.services[0].Name)
	if len(r.services) > 1 {
		name = camel(r.path)
	}
	space := "urn:lgsp:dich-vu:" + name
	var b bytes.Buffer
	put := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
	}
	put(declaration, `<wsdl:definitions name="`, name, `" targetNamespace="`, space, `"`,
		` xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"`,
		` xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:xs="`, schemaSpace, `"`,
		` xmlns:tns="`, space, `" xmlns:tn="`, ownSpace, `">`, "\n")
	if titles := titlesOf(r); titles != "" {
		put(`<wsdl:documentation>`, titles, "</wsdl:documentation>\n")
	}
	put("<wsdl:types>\n", ownSchema)
	for i, schema := range schemasOf(r) {
		if i > 0 {
			put("\n")
		}
		put(schema)
	}
	put("\n</wsdl:types>\n")
	for _, s := range r.services {
		put(`<wsdl:message name="`, s.operation, `Request"><wsdl:part name="parameters" element="q:`, s.Root,
			`" xmlns:q="`, attr(s.Namespace), "\"/></wsdl:message>\n")
		if a := s.Answer; a != nil {
			put(`<wsdl:message name="`, s.operation, `Response"><wsdl:part name="parameters" element="q:`, a.Root,
				`" xmlns:q="`, attr(a.Namespace), "\"/></wsdl:message>\n")
		}
	}
	put(`<wsdl:message name="TiepNhan"><wsdl:part name="parameters" element="tn:TiepNhan"/></wsdl:message>`, "\n",
		`<wsdl:message name="Loi"><wsdl:part name="fault" element="tn:Loi"/></wsdl:message>`, "\n",
		`<wsdl:portType name="`, name, "PortType\">\n")
	for _, s := range r.services {
		put(`<wsdl:operation name="`, s.operation, `">`)
		if s.Title != "" {
			put(`<wsdl:documentation>`, text(s.Title), `</wsdl:documentation>`)
		}
		output := "TiepNhan"
		if s.Answer != nil {
			output = s.operation + "Response"
		}
		put(`<wsdl:input message="tns:`, s.operation, `Request"/><wsdl:output message="tns:`, output, `"/>`,
			`<wsdl:fault name="Loi" message="tns:Loi"/></wsdl:operation>`, "\n")
	}
	put("</wsdl:portType>\n")
	for _, prefix := range []string{"soap", "soap12"} {
		put(binding11(r, name, prefix))
	}
	put(`<wsdl:service name="`, name, "\">\n",
		`<wsdl:port name="`, name, `Soap11" binding="tns:`, name, `Soap11"><soap:address location="`, gap, "\"/></wsdl:port>\n",
		`<wsdl:port name="`, name, `Soap12" binding="tns:`, name, `Soap12"><soap12:address location="`, gap, "\"/></wsdl:port>\n",
		"</wsdl:service>\n</wsdl:definitions>\n")
	return bytes.Split(b.Bytes(), []byte(gap))
}

// binding11 writes the binding for SOAP 1.1 or, with the prefix soap12, 1.2.
func binding11(r *route, name, prefix string) string {
	suffix := "Soap11"
	if prefix == "soap12" {
		suffix = "Soap12"
	}
	var b strings.Builder
	b.WriteString(`<wsdl:binding name="` + name + suffix + `" type="tns:` + name + `PortType"><` + prefix +
		`:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>` + "\n")
	for _, s := range r.services {
		b.WriteString(`<wsdl:operation name="` + s.operation + `"><` + prefix + `:operation soapAction="` + attr(s.Action) + `" style="document"/>` +
			`<wsdl:input><` + prefix + `:body use="literal"/></wsdl:input><wsdl:output><` + prefix + `:body use="literal"/></wsdl:output>` +
			`<wsdl:fault name="Loi"><` + prefix + `:fault name="Loi" use="literal"/></wsdl:fault></wsdl:operation>` + "\n")
	}
	b.WriteString("</wsdl:binding>\n")
	return b.String()
}

func titlesOf(r *route) string {
	var titles []string
	for _, s := range r.services {
		if s.Title != "" {
			titles = append(titles, text(s.Title))
		}
	}
	return strings.Join(titles, "; ")
}

// schemasOf returns the schema of every service, the same one once only.
func schemasOf(r *route) []string {
	var schemas []string
	seen := make(map[string]bool)
	add := func(schema []byte, space, root string) {
		text := string(withoutDeclaration(schema))
		if text == "" {
			text = anything(space, root)
		}
		if !seen[text] {
			seen[text] = true
			schemas = append(schemas, text)
		}
	}
	for _, s := range r.services {
		add(s.Schema, s.Namespace, s.Root)
		if a := s.Answer; a != nil {
			add(a.Schema, a.Namespace, a.Root)
		}
	}
	return schemas
}

// anything is the schema of an element of which no more is known than its name.
func anything(space, root string) string {
	return `<xs:schema xmlns:xs="` + schemaSpace + `" targetNamespace="` + attr(space) + `" elementFormDefault="qualified">` +
		`<xs:element name="` + root + `"><xs:complexType><xs:sequence>` +
		`<xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/>` +
		`</xs:sequence></xs:complexType></xs:element></xs:schema>`
}

func withoutDeclaration(schema []byte) []byte {
	schema = bytes.TrimSpace(bytes.TrimPrefix(schema, []byte("\uFEFF")))
	if bytes.HasPrefix(schema, []byte("<?xml ")) {
		if _, rest, ok := bytes.Cut(schema, []byte("?>")); ok {
			return bytes.TrimSpace(rest)
		}
	}
	return schema
}

func attr(s string) string { return string(strictxml.EscapeAttr(nil, s)) }
func text(s string) string { return string(strictxml.EscapeText(nil, s)) }

// ownSchema describes receipts and the detail of Faults.
const ownSchema = `<xs:schema xmlns:xs="` + schemaSpace + `" xmlns:tn="` + ownSpace + `" targetNamespace="` + ownSpace + `" elementFormDefault="qualified">
<xs:element name="TiepNhan"><xs:complexType><xs:sequence>
<xs:element name="MaTiepNhan" type="xs:string"/>
<xs:element name="TrangThai"><xs:simpleType><xs:restriction base="xs:string">
<xs:enumeration value="DA_TIEP_NHAN"/><xs:enumeration value="DANG_CHUYEN"/><xs:enumeration value="DA_CHUYEN"/><xs:enumeration value="CHO_XU_LY"/><xs:enumeration value="BI_TU_CHOI"/><xs:enumeration value="DA_THAY_THE"/><xs:enumeration value="DA_HUY"/>
</xs:restriction></xs:simpleType></xs:element>
<xs:element name="TrungLap" type="xs:boolean"/>
<xs:element name="ThoiDiem" type="xs:dateTime"/>
<xs:element name="CanhBao" type="tn:TruongType" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element>
<xs:element name="Loi"><xs:complexType><xs:sequence>
<xs:element name="Ma" type="xs:string"/>
<xs:element name="MaTiepNhan" type="xs:string" minOccurs="0"/>
<xs:element name="CoTheGuiLai" type="xs:boolean"/>
<xs:element name="ThuLaiSau" type="xs:int" minOccurs="0"/>
<xs:element name="Truong" type="tn:TruongType" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element>
<xs:complexType name="TruongType"><xs:sequence>
<xs:element name="DuongDan" type="xs:string"/>
<xs:element name="Ma" type="xs:string"/>
<xs:element name="MoTa" type="xs:string"/>
<xs:element name="MongDoi" type="xs:string" minOccurs="0"/>
<xs:element name="ThucTe" type="xs:string" minOccurs="0"/>
</xs:sequence></xs:complexType>
</xs:schema>
`
