package strictxml_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

func parse(t *testing.T, doc string) *etree.Document {
	t.Helper()
	d, err := strictxml.Parse([]byte(doc), strictxml.Limits{})
	if err != nil {
		t.Fatalf("%q: %v", doc, err)
	}
	return d
}

func TestTheTreeIsACompleteEtreeDocument(t *testing.T) {
	d := parse(t, `<s:Envelope xmlns:s="urn:soap" xmlns="urn:d"><s:Body>
 <Tre ma="1" s:loai="ks"><HoTen>Nguyễn <![CDATA[Thị]]><!-- c --> M&#7851;u</HoTen><Rong/></Tre></s:Body></s:Envelope>`)

	child := d.FindElement("/Envelope/Body/Tre[@ma='1']/HoTen")
	if child == nil || child.Text() != "Nguyễn Thị Mẫu" {
		t.Fatalf("HoTen: %v", child)
	}
	tre := child.Parent()
	if got := tre.NamespaceURI(); got != "urn:d" {
		t.Errorf("namespace of Tre: %q", got)
	}
	if got := d.Root().NamespaceURI(); got != "urn:soap" {
		t.Errorf("namespace of Envelope: %q", got)
	}
	if got := tre.SelectAttr("s:loai"); got == nil || got.Value != "ks" || got.NamespaceURI() != "urn:soap" || got.Element() != tre {
		t.Errorf("attribute: %+v", got)
	}
	if tre.Index() != 1 || child.Index() != 0 || tre.SelectElement("Rong").Index() != 1 || d.Root().Index() != 0 {
		t.Error("an index is wrong")
	}
	if d.Root().Parent() != &d.Element || tre.Parent().Parent() != d.Root() {
		t.Error("a parent is wrong")
	}
	if ws := tre.Parent().Child[0].(*etree.CharData); !ws.IsWhitespace() {
		t.Error("white space is not marked as such")
	}
	if got := child.GetPath(); got != "/Envelope/Body/Tre/HoTen" {
		t.Errorf("path: %s", got)
	}
}

// The slices of a tree are cut from shared arrays: growing one must not write
// into its neighbour.
func TestTheTreeCanBeChanged(t *testing.T) {
	d := parse(t, `<r><a x="1"/><b y="2">t<c/></b><d/></r>`)
	copied := d.Copy()
	a := d.FindElement("/r/a")
	a.CreateAttr("new", "v")
	a.CreateElement("grown").SetText("g")
	d.FindElement("/r/b").CreateText("more")
	d.Root().RemoveChild(d.FindElement("/r/d"))
	d.Root().InsertChildAt(0, etree.NewElement("first"))
	got, err := d.WriteToString()
	if want := `<r><first/><a x="1" new="v"><grown>g</grown></a><b y="2">t<c/>more</b></r>`; err != nil || got != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	got, err = copied.WriteToString()
	if want := `<r><a x="1"/><b y="2">t<c/></b><d/></r>`; err != nil || got != want {
		t.Errorf("the copy changed too: %s, %v", got, err)
	}
}

func TestTheTreeDoesNotDependOnTheInputBytes(t *testing.T) {
	b := []byte(`<a b="c">text</a>`)
	d, err := strictxml.Parse(b, strictxml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	clear(b)
	if got, err := d.WriteToString(); err != nil || got != `<a b="c">text</a>` {
		t.Errorf("%q, %v", got, err)
	}
}

// same reports how two trees differ, "" if they do not.
func same(a, b *etree.Element) string {
	if a.Space != b.Space || a.Tag != b.Tag || a.NamespaceURI() != b.NamespaceURI() {
		return fmt.Sprintf("%s {%s} and %s {%s}", a.FullTag(), a.NamespaceURI(), b.FullTag(), b.NamespaceURI())
	}
	sameAttr := func(x, y etree.Attr) bool {
		return x.Space == y.Space && x.Key == y.Key && x.Value == y.Value && x.NamespaceURI() == y.NamespaceURI()
	}
	if !slices.EqualFunc(a.Attr, b.Attr, sameAttr) {
		return fmt.Sprintf("%s: attributes %v and %v", a.GetPath(), a.Attr, b.Attr)
	}
	if len(a.Child) != len(b.Child) {
		return fmt.Sprintf("%s: %d and %d children", a.GetPath(), len(a.Child), len(b.Child))
	}
	for i := range a.Child {
		if a.Child[i].Index() != i || b.Child[i].Index() != i || a.Child[i].Parent() != a {
			return fmt.Sprintf("%s: child %d has a wrong index or parent", a.GetPath(), i)
		}
		switch x := a.Child[i].(type) {
		case *etree.Element:
			y, ok := b.Child[i].(*etree.Element)
			if !ok {
				return fmt.Sprintf("%s: child %d is not an element in both", a.GetPath(), i)
			}
			if diff := same(x, y); diff != "" {
				return diff
			}
		case *etree.CharData:
			y, ok := b.Child[i].(*etree.CharData)
			if !ok || x.Data != y.Data || x.IsWhitespace() != y.IsWhitespace() {
				return fmt.Sprintf("%s: text %q and %+v", a.GetPath(), x.Data, b.Child[i])
			}
		default:
			return fmt.Sprintf("%s: child %d is a %T", a.GetPath(), i, x)
		}
	}
	return ""
}

// simplify turns a tree of etree's own reader into what Parse makes: no comments
// and instructions, neighbouring text in one.
func simplify(e *etree.Element) {
	old := e.Child
	e.Child = nil
	text := ""
	flush := func() {
		if text != "" {
			cd := etree.NewText("")
			cd.SetData(text)
			e.AddChild(cd)
			text = ""
		}
	}
	for _, c := range old {
		switch c := c.(type) {
		case *etree.CharData:
			text += c.Data
		case *etree.Element:
			flush()
			fresh := c.Copy()
			simplify(fresh)
			e.AddChild(fresh)
		}
	}
	flush()
}

// generator writes random well-formed documents in which encoding/xml follows the standard.
type generator struct {
	*rand.Rand
	strings.Builder
}

func (g *generator) pick(from ...string) string { return from[g.IntN(len(from))] }

func (g *generator) element(depth int, prefixes []string) {
	declared := ""
	if g.IntN(4) == 0 {
		p := g.pick("p", "q", "ks", "đ")
		declared = fmt.Sprintf(` xmlns:%s="urn:%d"`, p, g.IntN(5))
		if !slices.Contains(prefixes, p) {
			prefixes = append(slices.Clone(prefixes), p)
		}
	}
	name := g.pick("a", "HoTen", "Ngày-Sinh", "_x.1", "b")
	if len(prefixes) > 0 && g.IntN(2) == 0 {
		name = prefixes[g.IntN(len(prefixes))] + ":" + name
	}
	g.WriteString("<" + name + declared)
	if g.IntN(5) == 0 {
		g.WriteString(g.pick(` xmlns="urn:d"`, ` xmlns=''`, ` xmlns = "urn:e"`))
	}
	for i := range g.IntN(3) {
		fmt.Fprintf(g, "%s%s%d=%s", g.pick(" ", "\n", "  \t"), g.pick("x", "ngày"), i,
			g.pick(`"v"`, `''`, `"Trần &amp; Lê"`, `'"'`, `"&#x1EA4;&lt;"`, `" x  y "`, `"a>b]]>"`))
	}
	if g.IntN(6) == 0 {
		g.WriteString(g.pick("/>", " />"))
		return
	}
	g.WriteString(g.pick(">", ">", " >", "\n>"))
	for range g.IntN(5) {
		switch n := g.IntN(10); {
		case n < 4 && depth > 0:
			g.element(depth-1, prefixes)
		case n < 8:
			g.WriteString(g.pick("text", " \n ", "Nguyễn Thị Mẫu", "&lt;&amp;&#38;", "a]]b", "\r\n", "\r", "&#x9;", "\U0001F600", "&apos;"))
		case n == 8:
			g.WriteString(g.pick("<![CDATA[<&>]]>", "<![CDATA[]]>", "<![CDATA[ ]] ]]>", "<![CDATA[\r\n]]>"))
		default:
			g.WriteString(g.pick("<!-- c -->", "<?p?>", "<?p q?>", "<!---->"))
		}
	}
	g.WriteString("</" + name + g.pick(">", " >", "\n>"))
}

func TestTheTreeIsThatOfEtreesOwnReader(t *testing.T) {
	g := &generator{Rand: rand.New(rand.NewPCG(2026, 109))}
	for range 3000 {
		g.Reset()
		g.WriteString(g.pick("", "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "<!-- c -->\n", "<?p q?>"))
		g.element(6, nil)
		g.WriteString(g.pick("", "\n", "<!-- d -->"))
		doc := g.String()

		got := parse(t, doc)
		want := etree.NewDocument()
		if err := want.ReadFromString(doc); err != nil {
			t.Fatalf("etree: %q: %v", doc, err)
		}
		root := want.Root().Copy()
		simplify(root)
		if diff := same(got.Root(), etree.NewDocumentWithRoot(root).Root()); diff != "" {
			t.Fatalf("%q:\n%s", doc, diff)
		}
	}
}

func TestAReaderForgetsTheDocumentBefore(t *testing.T) {
	docs := [][]byte{birth, []byte("<a>" + strings.Repeat("<b c='d'>e</b>", 2000) + "</a>")}
	for _, group := range refused {
		for _, doc := range group.docs {
			docs = append(docs, []byte(doc))
		}
	}
	for _, group := range accepted {
		for _, doc := range group.docs {
			docs = append(docs, []byte(doc[0]))
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	var reader strictxml.Reader
	for range 5000 {
		doc := docs[random.IntN(len(docs))]
		want, wantErr := strictxml.Parse(doc, strictxml.Limits{})
		got, err := reader.Parse(doc, strictxml.Limits{})
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Fatalf("%.100q: got %v, want %v", doc, err, wantErr)
		}
		if err != nil {
			continue
		}
		if diff := same(want.Root(), got.Root()); diff != "" {
			t.Fatalf("%.100q: %s", doc, diff)
		}
		if random.IntN(2) == 0 {
			reader.Forget()
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, group := range refused {
		for _, doc := range group.docs {
			f.Add([]byte(doc))
		}
	}
	for _, group := range accepted {
		for _, doc := range group.docs {
			f.Add([]byte(doc[0]))
		}
	}
	f.Add(birth)
	var reader strictxml.Reader // whatever was read before leaves nothing behind
	f.Fuzz(func(t *testing.T, doc []byte) {
		before := bytes.Clone(doc)
		lim := strictxml.Limits{Bytes: 1 << 16, Depth: 20, Elements: 200, Attributes: 10}
		d, err := strictxml.Parse(doc, lim)
		if !bytes.Equal(doc, before) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			if d != nil {
				t.Fatal("a document and an error")
			}
			return
		}
		written, err := d.WriteToBytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := reader.Parse(written, strictxml.Limits{Depth: 20})
		if err != nil {
			t.Fatalf("written back as %q: %v", written, err)
		}
		if diff := same(d.Root(), again.Root()); diff != "" {
			t.Fatalf("written back as %q: %s", written, diff)
		}
	})
}

func TestEscapedTextReadsBackAsItWas(t *testing.T) {
	for _, s := range []string{
		"", "plain", "Nguyễn Thị Mẫu", `<&>"'`, "]]>", "a\tb\nc\rd\r\n", "\u0080\uD7FF\uE000\uFFFD\U0001F600", "&amp;", " x ", "đ<đ", "\uFEFF",
	} {
		doc := append(strictxml.EscapeAttr([]byte(`<a b="`), s), `">`...)
		doc = append(strictxml.EscapeText(doc, s), "</a>"...)
		root := parse(t, string(doc)).Root()
		if root.Text() != s || root.SelectAttrValue("b", "") != s {
			t.Errorf("%q: read back as %q and %q", s, root.Text(), root.SelectAttrValue("b", ""))
		}
	}
}

func TestWhatXMLCannotHoldIsEscapedAsAReplacementCharacter(t *testing.T) {
	for in, want := range map[string]string{
		"a\x00b": "a\uFFFDb", "\x1F": "\uFFFD", "\uFFFE\uFFFF": "\uFFFD\uFFFD", "\xFF": "\uFFFD", "ạ\xE1\xBA": "ạ\uFFFD\uFFFD", "\xED\xA0\x80": "\uFFFD\uFFFD\uFFFD",
	} {
		if got := string(strictxml.EscapeText(nil, in)); got != want {
			t.Errorf("text %q: got %q, want %q", in, got, want)
		}
		if got := string(strictxml.EscapeAttr(nil, in)); got != want {
			t.Errorf("attribute %q: got %q, want %q", in, got, want)
		}
	}
}

func TestEveryCharacterIsEscapedSoThatItReadsBack(t *testing.T) {
	for r := rune(0); r < 0x11000; r++ {
		isChar := r >= ' ' && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r'
		for _, s := range []string{string(r), "ạ" + string(r) + "x"} {
			if !utf8.ValidRune(r) {
				continue
			}
			text, attr := string(strictxml.EscapeText(nil, s)), string(strictxml.EscapeAttr(nil, s))
			if lost := strings.ContainsRune(text+attr, '\uFFFD'); lost == isChar && r != 0xFFFD {
				t.Fatalf("%U: written as %q and %q", r, text, attr)
			}
		}
	}
}

func TestParsingAMessageTakesFewAllocations(t *testing.T) {
	n := testing.AllocsPerRun(100, func() {
		if _, err := strictxml.Parse(birth, strictxml.Limits{}); err != nil {
			t.Fatal(err)
		}
	})
	if n > 16 {
		t.Errorf("%v allocations", n)
	}
}

// Three things a Reader makes anew for each document: the copy of its text, the
// document above the root, and the text of the one element with a reference in it.
func TestAReaderReadsTheNextDocumentIntoTheSameMemory(t *testing.T) {
	var reader strictxml.Reader
	n := testing.AllocsPerRun(100, func() {
		if _, err := reader.Parse(birth, strictxml.Limits{}); err != nil {
			t.Fatal(err)
		}
	})
	if n > 3 {
		t.Errorf("%v allocations", n)
	}
}
