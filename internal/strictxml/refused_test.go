package strictxml_test

import (
	"errors"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/strictxml"
)

// refused lists documents that are not well-formed, by the production or
// constraint that they break.
var refused = []struct {
	rule, code string
	docs       []string
}{
	{"[1] document", "syntax", []string{
		`<a/><b/>`, `<a></a><a></a>`, `<a/>text`, `text<a/>`, `<a/>&amp;`, `&#32;<a/>`, `<a/>&#32;`,
		`<?xml version="1.0"?>`, `<!-- only -->`, `<?only pi?>`, `<a/><![CDATA[ ]]>`, `<![CDATA[ ]]><a/>`,
		`xa/>`, `</a>`, `<a/></a>`, `<`, `>`, `a`, `<a/>` + "\x00",
	}},
	{"[1] document, nothing there", "empty", []string{"", " ", "\n\t \r\n", "\uFEFF", "\uFEFF \n"}},
	{"[2] Char", "syntax", []string{
		"<a>\x00</a>", "<a>\x01</a>", "<a>\x08</a>", "<a>\x0B</a>", "<a>\x0C</a>", "<a>\x1B</a>", "<a>\x1F</a>",
		"<a>\uFFFE</a>", "<a>\uFFFF</a>", "<a b='\x01'/>", "<a b='\uFFFF'/>", "<a><!-- \x02 --></a>", "<a><!-- \uFFFE --></a>",
		"<a><?p \x03?></a>", "<a><?p \uFFFF?></a>", "<a><![CDATA[\x04]]></a>", "<a><![CDATA[\uFFFE]]></a>",
		"<a\x0C/>", "<a\x0Bb='c'/>", "<a\u00A0b='c'/>", "<a\u3000/>", "<a\u0085/>", "<a\u2028/>",
	}},
	{"§2.2 encoding", "encoding", []string{
		"<a>\x80</a>", "<a>\xFF</a>", "<a>\xC3</a>", "<a>\xC0\x80</a>", "<a>\xED\xA0\x80</a>", "<a>\xF4\x90\x80\x80</a>",
		"<a>\xF8\x88\x80\x80\x80</a>", "<a>Nguy\xD4n</a>", "\xFF\xFE<\x00a\x00/\x00>\x00", "<a>\xE1\xBB</a>",
	}},
	{"[4] NameStartChar, [5] Name", "syntax", []string{
		`<1/>`, `<-a/>`, `<.a/>`, `< a/>`, `<a><1/></a>`, `<a 1="b"/>`, `<a -b="c"/>`, `<a ="b"/>`, `<a>< b/></a>`,
		"<\u00D7/>", "<\u00F7/>", "<\u00B7/>", "<\u0301a/>", "<\u037E/>", "<\u2000/>", "<\U000F0000/>", `<$/>`, `<@a/>`, `<"a"/>`,
		"<a\u00D7/>", "<a\u037E/>", `<a$/>`, `<a@b/>`, `<>`, `</>`, `<a><></></a>`, `<a></></a>`, `<?1 ?><a/>`, `<? p?><a/>`, `<??><a/>`,
	}},
	{"[10] AttValue", "syntax", []string{
		`<a b=c/>`, `<a b="<"/>`, `<a b='<'/>`, `<a b="x<y"/>`, `<a b="/>`, `<a b='/>`, `<a b="c'/>`, `<a b='c"/>`, `<a b="&"/>`,
		`<a b="x & y"/>`, `<a b=""c""/>`, `<a b="c>`, `<a b=`, `<a b="`, `<a b="<![CDATA[x]]>"/>`, `<a b=&quot;c&quot;/>`,
	}},
	{"[14] CharData", "syntax", []string{
		`<a>]]></a>`, `<a>x]]>y</a>`, `<a>]]]></a>`, `<a>]]]]></a>`, `<a> & </a>`, `<a>x&</a>`, `<a>x && y</a>`, `<a>1 < 2</a>`, `<a><</a>`,
		`<a><![CDATA[x]]>]]></a>`, `<a>&amp;]]></a>`, "<a>]]\n]]></a>",
	}},
	{"[15] Comment", "syntax", []string{
		`<a><!-- -- --></a>`, `<a><!-- ---></a>`, `<a><!----->`, `<a><!--></a>`, `<a><!---></a>`, `<a><!-- </a>`, `<!-- <a/>`, `<!-- --`,
		`<!-- -->`, `<!- - --><a/>`, `<a><! -- --></a>`, `<a/><!-- a -- b -->`, `<a/><!--`, `<a <!-- c --> />`, `<!-- a --!><a/>`,
	}},
	{"[16] PI, [17] PITarget", "syntax", []string{
		`<a><?xml version="1.0"?></a>`, ` <?xml version="1.0"?><a/>`, "\n<?xml version='1.0'?><a/>", `<!-- c --><?xml version="1.0"?><a/>`,
		`<?XML version="1.0"?><a/>`, `<?xMl ?><a/>`, `<a/><?xml?>`, `<a><?Xml?></a>`, `<?p`, `<?p ?`, `<a><?p ></a>`, `<a><?p"x"?></a>`, `<a><?p/?></a>`,
		`<?p x><a/>`, `<a/><?`, `<a><?p+x?></a>`,
	}},
	{"[18] CDSect", "syntax", []string{
		`<a><![CDATA[</a>`, `<a><![CDATA[x]]</a>`, `<a><![CDATA[x]] ></a>`, `<a><![cdata[x]]></a>`, `<a><![CDATA x]]></a>`, `<a><! [CDATA[x]]></a>`,
		`<a><![ CDATA[x]]></a>`, `<a><![CDATA [x]]></a>`, `<a><![INCLUDE[x]]></a>`, `<a><![`, `<a><![CDATA[`,
	}},
	{"[23] XMLDecl", "syntax", []string{
		`<?xml?><a/>`, `<?xml ?><a/>`, `<?xml encoding="UTF-8"?><a/>`, `<?xml standalone="yes"?><a/>`, `<?xml version=1.0?><a/>`,
		`<?xml version="1.0" standalone="yes" encoding="UTF-8"?><a/>`, `<?xml encoding="UTF-8" version="1.0"?><a/>`,
		`<?xml version="1.0"encoding="UTF-8"?><a/>`, `<?xml version="1.0" encoding="UTF-8"standalone="yes"?><a/>`,
		`<?xml version="1.0" version="1.0"?><a/>`, `<?xml version="1.0" extra="x"?><a/>`, `<?xml version="1.0"><a/>`, `<?xml version="1.0" ? ><a/>`,
		`<?xml version="1.0' ?><a/>`, `<?xml version="1.0?><a/>`, `<?xml version "1.0"?><a/>`, `<?xml Version="1.0"?><a/>`, `<?xml version="1.0" Encoding="UTF-8"?><a/>`,
		`<?xml version="1.0" encoding="UTF-8" encoding="UTF-8"?><a/>`, `<?xmlversion="1.0"?><a/>`, `<?xml version="1.0"`, `<?xml`, `<?xml `,
		"<?xml\u00A0version='1.0'?><a/>", `<?xml version="&#49;.0"?><a/>`, `<?xml version="1.0" encoding="UTF-8" `,
	}},
	{"[26] VersionNum", "syntax", []string{
		`<?xml version=""?><a/>`, `<?xml version="2.0"?><a/>`, `<?xml version="1"?><a/>`, `<?xml version="1."?><a/>`, `<?xml version="1.0a"?><a/>`,
		`<?xml version=" 1.0"?><a/>`, `<?xml version="1.0 "?><a/>`, `<?xml version="01.0"?><a/>`, `<?xml version="1.-1"?><a/>`, `<?xml version="1,0"?><a/>`,
	}},
	{"[32] SDDecl", "syntax", []string{
		`<?xml version="1.0" standalone=""?><a/>`, `<?xml version="1.0" standalone="YES"?><a/>`, `<?xml version="1.0" standalone="true"?><a/>`,
		`<?xml version="1.0" standalone=yes?><a/>`, `<?xml version="1.0" standalone="yes" standalone="yes"?><a/>`, `<?xml version="1.0" standalone="no "?><a/>`,
	}},
	{"[39] element", "syntax", []string{
		`<a>`, `<a><b></a>`, `<a></b>`, `<a><b></a></b>`, `<a></A>`, `<a><b/>`, `<a></a`, `<a></a <b/>`, `<a></ab>`, `<ab></a>`, `<a></a/>`, `<a></ a>`, `<a></a b="c">`, `<a>x`,
		`<a></`, `<a></1></a>`, "<\u1EA1></a>",
	}},
	{"[40] STag, [44] EmptyElemTag", "syntax", []string{
		`<a`, `<a `, `<a/`, `<a/ >`, `<a / >`, `<a b/>`, `<a b>`, `<a b= />`, `<a b="c"d="e"/>`, `<a b="c""/>`, `<a b="c" , d="e"/>`, `<a/b>`, `<a <b/>>`,
		`<a b="c" b="c"/>`, `<a b="c" d="e" b="f"/>`, `<a b c="d"/>`, `<a b="1"/ c="2">`, `<a&amp;/>`, `<a b&amp;="c"/>`, `<a "b"/>`, `<a b="c"/`,
		`<a b="1" c="2" d="3" e="4" f="5" g="6" h="7" i="8" j="9" k="10" l="11" m="12" n="13" a="14" b="15"/>`,
	}},
	{"[66] CharRef", "syntax", []string{
		`<a>&#;</a>`, `<a>&#x;</a>`, `<a>&#0;</a>`, `<a>&#x0;</a>`, `<a>&#1;</a>`, `<a>&#8;</a>`, `<a>&#xB;</a>`, `<a>&#x1F;</a>`, `<a>&#xD800;</a>`, `<a>&#xDFFF;</a>`,
		`<a>&#xFFFE;</a>`, `<a>&#65535;</a>`, `<a>&#x110000;</a>`, `<a>&#1114112;</a>`, `<a>&#99999999999999999999999999;</a>`, `<a>&#x100000041;</a>`,
		`<a>&#X41;</a>`, `<a>&#41</a>`, `<a>&# 41;</a>`, `<a>&#4 1;</a>`, `<a>&#A;</a>`, `<a>&#xG;</a>`, `<a>&#-1;</a>`, `<a>&#+41;</a>`, `<a b="&#0;"/>`, `<a b="&#x;"/>`, `<a>&#`, `<a>&#x`, `<a>&#4`,
	}},
	{"[68] EntityRef, its form", "syntax", []string{
		`<a>&;</a>`, `<a>&amp</a>`, `<a>& amp;</a>`, `<a>&amp ;</a>`, `<a>&1;</a>`, `<a>&lt&gt;</a>`, `<a b="&amp"/>`, `<a b="&;"/>`, `<a>&`, `<a>&amp`, `<a>&lt `,
	}},
	{"[68] EntityRef, declared", "entity", []string{
		`<a>&nbsp;</a>`, `<a>&copy;</a>`, `<a>&AMP;</a>`, `<a>&Lt;</a>`, `<a>&x;</a>`, `<a>&xml;</a>`, `<a b="&nbsp;"/>`, `<a b='&e;'/>`, `<a>&amp.;</a>`, "<a>&\u1EA1;</a>", `<a>&p:q;</a>`,
	}},
	{"[28] doctypedecl", "doctype", []string{
		`<!DOCTYPE a><a/>`, `<!DOCTYPE a SYSTEM "a.dtd"><a/>`, `<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`, `<!doctype a><a/>`, `<?xml version="1.0"?><!DOCTYPE a><a/>`,
		`<!-- c --><!DOCTYPE a><a/>`, `<a/><!DOCTYPE a>`, `<a><!DOCTYPE a></a>`, `<!DOCTYPE`, `<!DOCTYPE a [<!ENTITY a "&b;"><!ENTITY b "&a;">]><a>&a;</a>`,
		`<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><a/>`,
	}},
	{"[29] markupdecl outside a DTD", "syntax", []string{
		`<!ENTITY e "x"><a/>`, `<!ELEMENT a ANY><a/>`, `<a><!ATTLIST a b CDATA "c"></a>`, `<a><!NOTATION n></a>`, `<!><a/>`, `<a><!></a>`, `<!`, `<a><!`,
	}},
	{"Namespaces [7] QName", "namespace", []string{
		`<:/>`, `<:a/>`, `<a:/>`, `<a:b:c xmlns:a="u"/>`, `<a::b xmlns:a="u"/>`, `<a:1 xmlns:a="u"/>`, `<a:-b xmlns:a="u"/>`, `<a :b="c"/>`, `<a b:="c"/>`, `<a b:c:d="e" xmlns:b="u"/>`,
		`<a xmlns:="u"/>`, `<a xmlns:b:c="u"/>`, `<a:></a:>`, `<?a:b c?><a/>`, `<a><?:b?></a>`, "<a:\u00B7b xmlns:a='u'/>",
	}},
	{"Namespaces NSC prefix declared", "namespace", []string{
		`<p:a/>`, `<a p:b="c"/>`, `<a><p:b/></a>`, `<a><b xmlns:p="u"/><p:c/></a>`, `<a><b xmlns:p="u"/><c p:d="e"/></a>`, `<p:a xmlns:q="u"/>`, `<p:a xmlns:P="u"/>`, `<a p:b="c"><d xmlns:p="u"/></a>`,
	}},
	{"Namespaces NSC reserved prefixes", "namespace", []string{
		`<a xmlns:xml="u"/>`, `<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>`, `<a xmlns="http://www.w3.org/XML/1998/namespace"/>`, `<a xmlns:xmlns="u"/>`,
		`<a xmlns:xmlns="http://www.w3.org/2000/xmlns/"/>`, `<a xmlns:p="http://www.w3.org/2000/xmlns/"/>`, `<a xmlns="http://www.w3.org/2000/xmlns/"/>`, `<xmlns:a/>`, `<a xmlns:xml=""/>`,
		`<a xmlns:p="http://www.w3.org/XML/1998/&#110;amespace"/>`,
	}},
	{"Namespaces NSC no prefix undeclaring", "namespace", []string{`<a xmlns:p=""/>`, `<p:a xmlns:p=''/>`, `<a xmlns:p="u"><b xmlns:p=""/></a>`}},
	{"Namespaces NSC attributes unique", "namespace", []string{
		`<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>`, `<p:a xmlns:p="u" xmlns:q="u" q:b="2" p:b="1"/>`, `<x xmlns:p="u"><a xmlns:q="u" p:b="1" q:b="2"/></x>`,
		`<a p:b="1" q:b="2" xmlns:p="u" xmlns:q="&#117;"/>`,
		`<a xmlns:p="u" xmlns:q="u" p:b="1" c="1" d="1" e="1" f="1" g="1" h="1" i="1" j="1" k="1" l="1" m="1" n="1" q:b="2"/>`,
	}},
}

func TestADocumentThatIsNotWellFormedIsRefused(t *testing.T) {
	count := 0
	for _, group := range refused {
		for _, doc := range group.docs {
			count++
			_, err := strictxml.Parse([]byte(doc), strictxml.Limits{})
			var e *strictxml.Error
			if !errors.As(err, &e) {
				t.Errorf("%s: %q: got %v, want an error", group.rule, doc, err)
				continue
			}
			if e.Code != group.code {
				t.Errorf("%s: %q: got %v, want code %s", group.rule, doc, e, group.code)
			}
			if e.Line < 1 || e.Col < 1 || e.Text == "" {
				t.Errorf("%s: %q: incomplete error %+v", group.rule, doc, e)
			}
		}
	}
	if count < 150 {
		t.Errorf("%d documents, want 150 and more", count)
	}
}

func TestAnErrorPointsAtTheCharacterThatIsWrong(t *testing.T) {
	for _, c := range []struct{ doc, want string }{
		{"<a>\n  <b>Trần & Lê</b>\n</a>", `2:11: "&" begins no reference: write &amp; (syntax)`},
		{"<a>\r\n\r\n<b></c></a>", `3:4: the end tag c does not match the start tag b (syntax)`},
		{"<a>\r\r<b x=1/></a>", `3:6: the value of the attribute x is not in quotes (syntax)`},
		{"\uFEFF<HọTên>Đặng\x01</HọTên>", `1:12: the character U+0001 is not allowed in XML (syntax)`},
		{"<a>ạ\n\xE1\xBB</a>", `2:1: the bytes are not UTF-8 (encoding)`},
		{"<a>\n<p:b/></a>", `2:2: the prefix p is not declared (namespace)`},
		{`<a x="1" y="2" x="3"/>`, `1:16: the attribute x is repeated (syntax)`},
		{"<a>\n<b>", `2:4: the element b is not closed (syntax)`},
		{"<a>]]></a>", `1:4: "]]>" in text: write ]]&gt; (syntax)`},
		{"<a>&nbsp;</a>", `1:4: an entity that is not one of amp, lt, gt, quot, apos (entity)`},
		{"<a><" + strings.Repeat("n", 100) + " x></a>", `1:107: no "=" after the attribute x (syntax)`},
		{"<" + strings.Repeat("ẩ", 100) + ">", `1:103: the element ` + strings.Repeat("ẩ", 64) + `… is not closed (syntax)`},
		{`<?xml encoding="x"?><a/>`, `1:7: the XML declaration must begin with version="1.0" (syntax)`},
		{"<:a/>", `1:2: a colon belongs between a prefix and a local name, once (namespace)`},
		{"<a b='\n\n<'/>", `3:1: "<" in the value of the attribute b: write &lt; (syntax)`},
		{"  ", `1:1: the document is empty (empty)`},
	} {
		if _, err := strictxml.Parse([]byte(c.doc), strictxml.Limits{}); err == nil || err.Error() != c.want {
			t.Errorf("%q:\n got %v\nwant %s", c.doc, err, c.want)
		}
	}
}

// req: R-26
func TestAnErrorQuotesNoContent(t *testing.T) {
	const secret = "079200000001"
	for _, doc := range []string{
		"<a>" + secret, "<a>" + secret + "</b>", "<a>" + secret + "&" + secret + "</a>", "<a>&" + "x" + secret + ";</a>",
		`<a b="` + secret + `<"/>`, `<a b="` + secret, `<a b=` + secret + `/>`, "<a/>" + secret, "<a><!--" + secret + "--" + secret,
		"<a><?p" + secret + "\x01?></a>", `<?xml version="` + secret + `"?><a/>`, `<?xml version="1.0" encoding="` + secret + `"?><a/>`,
		"<a><![CDATA[" + secret, `<a xmlns:p="` + secret + `" xmlns:q="` + secret + `" p:x="1" q:x="2"/>`, "<!DOCTYPE " + secret + ">",
	} {
		_, err := strictxml.Parse([]byte(doc), strictxml.Limits{})
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", doc, err)
		}
	}
}
