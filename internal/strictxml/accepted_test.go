package strictxml_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/strictxml"
)

// accepted lists well-formed documents and what they are when written back.
var accepted = []struct {
	rule string
	docs [][2]string
}{
	{"[1] document", [][2]string{
		{`<a/>`, `<a/>`}, {`<a></a>`, `<a/>`}, {` <a/> `, `<a/>`}, {"\n\t<a/>\r\n", `<a/>`}, {"\uFEFF<a/>", `<a/>`},
		{"\uFEFF<?xml version='1.0'?><a/>", `<a/>`}, {`<!-- c --><a/><!-- d -->`, `<a/>`}, {`<?p q?><a/><?r s?>`, `<a/>`},
		{`<?xml version="1.0"?><!-- c --><?p?> <a/>`, `<a/>`}, {`<a ></a >`, `<a/>`}, {"<a\n></a\t>", `<a/>`}, {"<a\r/>", `<a/>`},
	}},
	{"[2] Char", [][2]string{
		{"<a>\t\n x</a>", "<a>\t\n x</a>"}, {"<a>\uD7FF\uE000\uFFFD</a>", "<a>\uD7FF\uE000\uFFFD</a>"}, {"<a>\U00010000\U0010FFFF</a>", "<a>\U00010000\U0010FFFF</a>"},
		{"<a>\x7F\u0080\u009F\u00A0</a>", "<a>\x7F\u0080\u009F\u00A0</a>"}, {"<a>\uFDD0\uFEFF\u2028</a>", "<a>\uFDD0\uFEFF\u2028</a>"}, {"<a b='\uFFFD\uF000'/>", "<a b=\"\uFFFD\uF000\"/>"},
		{"<a>\uEFFF\uF8FF\uFFF0</a>", "<a>\uEFFF\uF8FF\uFFF0</a>"},
	}},
	{"§2.11 line ends", [][2]string{
		{"<a>\r\n</a>", "<a>\n</a>"}, {"<a>\r</a>", "<a>\n</a>"}, {"<a>x\r\r\n\ny</a>", "<a>x\n\n\ny</a>"}, {"<a><![CDATA[\r\n]]></a>", "<a>\n</a>"},
		{"<a>&#13;</a>", "<a>&#xD;</a>"}, {"<a>&#xD;\n</a>", "<a>&#xD;\n</a>"}, {"<a>\r&#10;</a>", "<a>\n\n</a>"}, {"\r\n<a/>\r\n", "<a/>"},
	}},
	{"[5] Name", [][2]string{
		{`<_/>`, `<_/>`}, {`<a1-._/>`, `<a1-._/>`}, {`<HọTên/>`, `<HọTên/>`}, {`<Đơn/>`, `<Đơn/>`}, {"<a\u00B7/>", "<a\u00B7/>"}, {"<a\u0301/>", "<a\u0301/>"},
		{"<\u0370\u203F\u2040/>", "<\u0370\u203F\u2040/>"}, {"<\U00010000\U000EFFFF/>", "<\U00010000\U000EFFFF/>"}, {"<\uFDF0/>", "<\uFDF0/>"}, {"<\uFFFD/>", "<\uFFFD/>"}, {`<xmlfoo/>`, `<xmlfoo/>`}, {`<XML/>`, `<XML/>`},
		{`<a ngàySinh="x"/>`, `<a ngàySinh="x"/>`}, {"<a>\U00010000<\u200C/></a>", "<a>\U00010000<\u200C/></a>"},
	}},
	{"[10] AttValue, §3.3.3", [][2]string{
		{`<a b=""/>`, `<a b=""/>`}, {`<a b=''/>`, `<a b=""/>`}, {`<a b="'"/>`, `<a b="'"/>`}, {`<a b='"'/>`, `<a b="&quot;"/>`}, {`<a b = "c"/>`, `<a b="c"/>`}, {"<a\nb\t=\r'c'/>", `<a b="c"/>`},
		{"<a b='x\ty\nz'/>", `<a b="x y z"/>`}, {"<a b='x\r\ny\rz'/>", `<a b="x y z"/>`}, {`<a b="x&#9;&#10;&#13;y"/>`, `<a b="x&#x9;&#xA;&#xD;y"/>`}, {`<a b=" x  y "/>`, `<a b=" x  y "/>`},
		{`<a b="&lt;&gt;&amp;&quot;&apos;"/>`, `<a b="&lt;>&amp;&quot;'"/>`}, {`<a b="a>b"/>`, `<a b="a>b"/>`}, {`<a b="]]>"/>`, `<a b="]]>"/>`}, {`<a b="Nguyễn &#x1EA4;"/>`, `<a b="Nguyễn Ấ"/>`},
		{`<a b="1" c='2' d="3"/>`, `<a b="1" c="2" d="3"/>`}, {`<a b="&#38;lt;"/>`, `<a b="&amp;lt;"/>`}, {`<a b="--"/>`, `<a b="--"/>`},
	}},
	{"[14] CharData", [][2]string{
		{`<a>x</a>`, `<a>x</a>`}, {`<a>></a>`, `<a>&gt;</a>`}, {`<a>]]</a>`, `<a>]]</a>`}, {`<a>]>]</a>`, `<a>]&gt;]</a>`}, {`<a>]]&gt;</a>`, `<a>]]&gt;</a>`}, {`<a>&#93;]></a>`, `<a>]]&gt;</a>`},
		{`<a>"'</a>`, `<a>"'</a>`}, {`<a> <b/> x <b/></a>`, `<a> <b/> x <b/></a>`}, {`<a>Bệnh viện Từ Dũ</a>`, `<a>Bệnh viện Từ Dũ</a>`}, {`<a>--</a>`, `<a>--</a>`}, {`<a>]<!---->]></a>`, `<a>]]&gt;</a>`},
	}},
	{"[15] Comment and [16] PI are dropped, text about them is one", [][2]string{
		{`<a>x<!-- c -->y</a>`, `<a>xy</a>`}, {`<a>x<?p q?>y</a>`, `<a>xy</a>`}, {`<a><!----></a>`, `<a/>`}, {`<a><!-- - - <b> & ]]> --></a>`, `<a/>`}, {`<a><?p?></a>`, `<a/>`}, {`<a><?p <&]]>-- ? > ??></a>`, `<a/>`},
		{`<?xml-stylesheet href="x"?><a/>`, `<a/>`}, {`<?xmlx?><a/>`, `<a/>`}, {`<?p ?><a/>`, `<a/>`}, {`<?p  q?><a/>`, `<a/>`}, {"<?p\nq?><a/>", `<a/>`}, {`<?ạ ?><a/>`, `<a/>`}, {`<a/><!-- <!DOCTYPE a> -->`, `<a/>`}, {`<a><?p <!DOCTYPE a>?></a>`, `<a/>`},
	}},
	{"[18] CDSect", [][2]string{
		{`<a><![CDATA[x]]></a>`, `<a>x</a>`}, {`<a><![CDATA[]]></a>`, `<a/>`}, {`<a><![CDATA[<b>&amp;]]></a>`, `<a>&lt;b&gt;&amp;amp;</a>`}, {`<a><![CDATA[]]]]></a>`, `<a>]]</a>`}, {`<a><![CDATA[]]]]><![CDATA[>]]></a>`, `<a>]]&gt;</a>`},
		{`<a>x<![CDATA[y]]>z</a>`, `<a>xyz</a>`}, {`<a><![CDATA[<!DOCTYPE a>]]></a>`, `<a>&lt;!DOCTYPE a&gt;</a>`}, {`<a><![CDATA[ [ ] ]]></a>`, `<a> [ ] </a>`}, {`<a><![CDATA[x]]>></a>`, `<a>x&gt;</a>`}, {`<a><![CDATA[<![CDATA[]]></a>`, `<a>&lt;![CDATA[</a>`},
	}},
	{"[23] XMLDecl", [][2]string{
		{`<?xml version="1.0"?><a/>`, `<a/>`}, {`<?xml version='1.0' encoding='utf-8'?><a/>`, `<a/>`}, {`<?xml version="1.0" encoding="ISO-8859-1" standalone="yes"?><a/>`, `<a/>`}, {`<?xml version="1.0" standalone='no' ?><a/>`, `<a/>`},
		{"<?xml\n version = \"1.0\"\r\n encoding = 'x-TCVN3' ?>\n<a/>", `<a/>`}, {`<?xml version="1.1"?><a/>`, `<a/>`}, {`<?xml version="1.23"?><a/>`, `<a/>`}, {`<?xml version="1.0" encoding="a._-9"?><a/>`, `<a/>`}, {"<?xml\tversion=\"1.0\"?><a/>", `<a/>`},
	}},
	{"[66] CharRef, [68] EntityRef", [][2]string{
		{`<a>&lt;&gt;&amp;&quot;&apos;</a>`, `<a>&lt;&gt;&amp;"'</a>`}, {`<a>&#60;&#x3c;&#x3C;&#x3E;</a>`, `<a>&lt;&lt;&lt;&gt;</a>`}, {`<a>&#0000000000000000000000065;</a>`, `<a>A</a>`}, {`<a>&#x10FFFF;&#xFFFD;&#xE000;</a>`, "<a>\U0010FFFF\uFFFD\uE000</a>"},
		{`<a>&#9;&#10;&#32;</a>`, "<a>\t\n </a>"}, {`<a>&#38;#60;</a>`, `<a>&amp;#60;</a>`}, {`<a>Nguy&#7877;n</a>`, `<a>Nguyễn</a>`}, {`<a>&amp;amp;</a>`, `<a>&amp;amp;</a>`}, {`<a>&#x20;<b/></a>`, `<a> <b/></a>`},
	}},
	{"[39] element", [][2]string{
		{`<a><b/></a>`, `<a><b/></a>`}, {`<a><b><c>x</c></b><b/></a>`, `<a><b><c>x</c></b><b/></a>`}, {`<a><a><a/></a></a>`, `<a><a><a/></a></a>`}, {`<ab></ab>`, `<ab/>`}, {"<a\n/>", `<a/>`}, {`<a><b/>x<b/>y</a>`, `<a><b/>x<b/>y</a>`},
	}},
	{"Namespaces in XML 1.0", [][2]string{
		{`<p:a xmlns:p="u"/>`, `<p:a xmlns:p="u"/>`}, {`<p:a xmlns:p="u"></p:a>`, `<p:a xmlns:p="u"/>`}, {`<a xmlns="u"><b xmlns=""/></a>`, `<a xmlns="u"><b xmlns=""/></a>`},
		{`<a p:b="c" xmlns:p="u"/>`, `<a p:b="c" xmlns:p="u"/>`}, {`<a xml:lang="vi" xml:space="preserve"/>`, `<a xml:lang="vi" xml:space="preserve"/>`}, {`<xml:a/>`, `<xml:a/>`},
		{`<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>`, `<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>`}, {`<p:a xmlns:p="u"><p:b xmlns:p="v"/><p:c/></p:a>`, `<p:a xmlns:p="u"><p:b xmlns:p="v"/><p:c/></p:a>`},
		{`<a xmlns="u" xmlns:p="u" b="1" p:b="2"/>`, `<a xmlns="u" xmlns:p="u" b="1" p:b="2"/>`}, {`<a xmlns:p="u" xmlns:q="v" p:b="1" q:b="2"/>`, `<a xmlns:p="u" xmlns:q="v" p:b="1" q:b="2"/>`},
		{`<đ:ơ xmlns:đ="u"/>`, `<đ:ơ xmlns:đ="u"/>`}, {`<a xmlns="" b="xmlns:"/>`, `<a xmlns="" b="xmlns:"/>`}, {`<a xmlnsx="u" xmlN="v"/>`, `<a xmlnsx="u" xmlN="v"/>`}, {`<a xmlns:p="U" xmlns:q="u" p:b="1" q:b="2"/>`, `<a xmlns:p="U" xmlns:q="u" p:b="1" q:b="2"/>`},
		{`<a b="1" c="2" d="3" e="4" f="5" g="6" h="7" i="8" j="9" k="10" l="11" m="12" n="13" a="14"/>`, `<a b="1" c="2" d="3" e="4" f="5" g="6" h="7" i="8" j="9" k="10" l="11" m="12" n="13" a="14"/>`},
	}},
}

func TestAWellFormedDocumentIsRead(t *testing.T) {
	count := 0
	for _, group := range accepted {
		for _, doc := range group.docs {
			count++
			got, err := strictxml.Parse([]byte(doc[0]), strictxml.Limits{})
			if err != nil {
				t.Errorf("%s: %q: %v", group.rule, doc[0], err)
				continue
			}
			if text, err := got.WriteToString(); err != nil || text != doc[1] {
				t.Errorf("%s: %q:\n got %q, %v\nwant %q", group.rule, doc[0], text, err, doc[1])
			}
		}
	}
	if count < 80 {
		t.Errorf("%d documents, want 80 and more", count)
	}
}

func TestALimitIsReachedBeforeItIsExceeded(t *testing.T) {
	nest := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	flat := func(n int) string { return "<a>" + strings.Repeat("<b/>", n-1) + "</a>" }
	attrs := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(" a" + strings.Repeat("x", i) + "='1'")
		}
		return b.String()
	}
	prefixes := func(n int) string { return strings.ReplaceAll(attrs(n), " a", " xmlns:a") }
	for _, c := range []struct {
		name, fits, exceeds, code string
		lim                       strictxml.Limits
	}{
		{"depth by default", nest(64), nest(65), "depth", strictxml.Limits{}},
		{"depth as set", nest(3), nest(4), "depth", strictxml.Limits{Depth: 3}},
		{"deeper than the default", nest(200), nest(201), "depth", strictxml.Limits{Depth: 200}},
		{"elements by default", flat(100_000), flat(100_001), "size", strictxml.Limits{}},
		{"elements as set", flat(5), flat(6), "size", strictxml.Limits{Elements: 5}},
		{"attributes by default", "<a" + attrs(128) + "/>", "<a" + attrs(129) + "/>", "size", strictxml.Limits{}},
		{"attributes as set", "<a b='1' xmlns:c='2'/>", "<a b='1' xmlns:c='2' d='3'/>", "size", strictxml.Limits{Attributes: 2}},
		{"attributes in all", "<a b='' c='' d='' e=''/>", "<a b='' c='' d='' e='' f=''/>", "size", strictxml.Limits{Elements: 1}},
		{"prefixes in scope", "<a" + prefixes(256) + "/>", "<a" + prefixes(257) + "/>", "size", strictxml.Limits{Attributes: 1000}},
		{"prefixes go out of scope", "<a>" + strings.Repeat("<b xmlns:p='u'/>", 300) + "</a>", strings.Repeat("<b xmlns:p='u'>", 257), "size", strictxml.Limits{Depth: 300}},
		{"bytes by default", "<a>" + strings.Repeat("x", strictxml.DefaultBytes-7) + "</a>", "<a>" + strings.Repeat("x", strictxml.DefaultBytes-6) + "</a>", "size", strictxml.Limits{}},
		{"bytes as set", "<a>x</a>", "<a>xy</a>", "size", strictxml.Limits{Bytes: 8}},
	} {
		if _, err := strictxml.Parse([]byte(c.fits), c.lim); err != nil {
			t.Errorf("%s: at the limit: %v", c.name, err)
		}
		_, err := strictxml.Parse([]byte(c.exceeds), c.lim)
		var e *strictxml.Error
		if !errors.As(err, &e) || e.Code != c.code {
			t.Errorf("%s: beyond the limit: got %v, want code %s", c.name, err, c.code)
		}
	}
}

func TestANestingBombCostsNothing(t *testing.T) {
	bomb := []byte(strings.Repeat("<a>", 5_000_000))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := strictxml.Parse(bomb, strictxml.Limits{})
	runtime.ReadMemStats(&after)
	if err == nil {
		t.Fatal("accepted")
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > uint64(len(bomb))+128<<10 {
		t.Errorf("%d bytes allocated for %d bytes of input", spent, len(bomb))
	}
}
