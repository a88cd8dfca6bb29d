package mappings

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/internal/strictxml"
)

// schemaOf parses the schema of a reply.
func schemaOf(t testing.TB, m *Mapping) *etree.Element {
	t.Helper()
	doc, err := strictxml.Parse(m.ReplySchema(), strictxml.Limits{})
	if err != nil {
		t.Fatalf("%v\n%s", err, m.ReplySchema())
	}
	return doc.Root()
}

// expectDescribed fails unless a reply is what the schema of replies describes.
func expectDescribed(t testing.TB, m *Mapping, reply string) {
	t.Helper()
	doc, err := strictxml.Parse([]byte(reply), strictxml.Limits{})
	if err != nil {
		t.Fatalf("%v in %s", err, reply)
	}
	schema := schemaOf(t, m)
	space := schema.SelectAttrValue("targetNamespace", "")
	if wantSpace, root := m.ReplyRoot(); doc.Root().Tag != root || doc.Root().NamespaceURI() != space || space != wantSpace {
		t.Errorf("the root is %s of %s", doc.Root().Tag, doc.Root().NamespaceURI())
	}
	if bad := notDescribed(doc.Root(), schema.ChildElements()[0], space); bad != "" {
		t.Errorf("%s, so the schema does not describe\n%s\n%s", bad, reply, m.ReplySchema())
	}
}

// notDescribed names something of an element that its declaration does not allow.
func notDescribed(e, decl *etree.Element, space string) string {
	var particles, attrs []*etree.Element
	foreign := false
	if inside := decl.SelectElement("complexType"); inside != nil {
		if seq := inside.SelectElement("sequence"); seq != nil {
			particles = seq.ChildElements()
		}
		attrs, foreign = inside.SelectElements("attribute"), inside.SelectElement("anyAttribute") != nil
	} else if decl.SelectAttrValue("type", "") != "xs:string" {
		return decl.SelectAttrValue("name", "") + " has no type"
	}
	for _, a := range e.Attr {
		declared := slices.ContainsFunc(attrs, func(d *etree.Element) bool {
			return d.SelectAttrValue("name", "") == a.Key && (d.SelectAttrValue("form", "") == "qualified") == (a.NamespaceURI() == space)
		})
		isOther := a.Space != "" && a.NamespaceURI() != space
		if a.Space != "xmlns" && a.Key != "xmlns" && (isOther && !foreign || !isOther && !declared) {
			return "attribute " + a.FullKey()
		}
	}
	for _, kid := range e.ChildElements() {
		for len(particles) > 0 && !matches(kid, particles[0], space) {
			particles = particles[1:]
		}
		if len(particles) == 0 {
			return kid.GetPath()
		}
		if particles[0].Tag == "element" {
			if bad := notDescribed(kid, particles[0], space); bad != "" {
				return bad
			}
		}
		if particles[0].SelectAttrValue("maxOccurs", "1") == "1" {
			particles = particles[1:]
		}
	}
	return ""
}

func matches(e, particle *etree.Element, space string) bool {
	if particle.Tag == "any" {
		return particle.SelectAttrValue("namespace", "") == e.NamespaceURI()
	}
	return particle.SelectAttrValue("name", "") == e.Tag && e.NamespaceURI() == space
}

// fullAnswer fills every element that the rules of a reply read.
func fullAnswer(t testing.TB, m *Mapping) string {
	t.Helper()
	answer := m.reply.mapping
	doc, err := strictxml.Parse(answer.writeSchema(), strictxml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var fill func(decl *etree.Element) string
	fill = func(decl *etree.Element) string {
		name := decl.SelectAttrValue("name", "")
		inside := "1"
		if name == "NgayThangNam" {
			inside = "19900105"
		}
		if kids := decl.FindElements("complexType/sequence/element"); len(kids) > 0 {
			inside = ""
			for _, k := range kids {
				inside += fill(k)
			}
		}
		return "<" + name + ">" + inside + "</" + name + ">"
	}
	return strings.Replace(fill(doc.Root().ChildElements()[0]), ">", ` xmlns="`+answer.Namespace()+`">`, 1)
}

// pathsOf gathers the paths of elements, of a document or of the declarations
// of a schema.
func pathsOf(e *etree.Element, declared bool, at string, into map[string]bool) {
	name, kids := e.Tag, e.ChildElements()
	if declared {
		name, kids = e.SelectAttrValue("name", ""), e.FindElements("complexType/sequence/element")
	}
	at += "/" + name
	into[at] = true
	for _, k := range kids {
		pathsOf(k, declared, at, into)
	}
}

func TestTheSchemaOfAReplyNamesWhatAFullReplyHolds(t *testing.T) {
	for service, m := range answering(t) {
		t.Run(service, func(t *testing.T) {
			answer := fullAnswer(t, m)
			out, err := replyIt(m, answer)
			if err != nil {
				t.Fatalf("%v %v\n%s", err, errors.Unwrap(err), answer)
			}
			expectDescribed(t, m, out)
			doc, err := strictxml.Parse([]byte(out), strictxml.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			written, described := map[string]bool{}, map[string]bool{}
			pathsOf(doc.Root(), false, "", written)
			pathsOf(schemaOf(t, m).ChildElements()[0], true, "", described)
			if !maps.Equal(written, described) {
				t.Errorf("written are\n%v\ndescribed are\n%v", slices.Sorted(maps.Keys(written)), slices.Sorted(maps.Keys(described)))
			}
		})
	}
}

// answersOf returns the answers of a service's cases.
func answersOf(t testing.TB, service string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(service, "cases", "*", "answer.xml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d answers, %v", service, len(files), err)
	}
	all := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[file] = string(text)
	}
	return all
}

func TestTheSchemaOfAReplyDescribesTheRepliesOfAllCases(t *testing.T) {
	services := answering(t)
	delete(services, "dancu.nhan-than") // has no case of an answer, but a full one above
	for service, m := range services {
		for file, answer := range answersOf(t, service) {
			out, err := replyIt(m, answer)
			if err != nil {
				continue // the case wants that
			}
			t.Run(file, func(t *testing.T) { expectDescribed(t, m, out) })
		}
	}
}

func TestTheSchemaOfAReplyIsOneElementWithoutReferencesOutside(t *testing.T) {
	for service, m := range answering(t) {
		schema := schemaOf(t, m)
		space, root := m.ReplyRoot()
		if top := schema.ChildElements(); schema.Tag != "schema" || schema.SelectAttrValue("targetNamespace", "") != space || len(top) != 1 || top[0].SelectAttrValue("name", "") != root {
			t.Errorf("%s: want one element %s of %s:\n%s", service, root, space, m.ReplySchema())
		}
		if schema.FindElement("//import") != nil || schema.FindElement("//include") != nil {
			t.Errorf("%s: refers to another schema", service)
		}
		for _, e := range schema.FindElements("//element") {
			if e != schema.ChildElements()[0] && e.SelectAttrValue("minOccurs", "") != "0" {
				t.Errorf("%s: %s has to be there, and may not be approved", service, e.SelectAttrValue("name", ""))
			}
		}
	}
}

// What a service is asked and what it answers stand in one WSDL.
func TestAQuestionAndItsAnswerAreNotTheSameElement(t *testing.T) {
	for service, m := range answering(t) {
		if space, root := m.ReplyRoot(); space == m.Namespace() && root == m.Root() {
			t.Errorf("%s: both are %s", service, root)
		}
	}
}

func TestTheSchemaOfAReplyDescribesEveryShape(t *testing.T) {
	m := lookUp(t, strings.Join([]string{
		"{to: '@a', from: '@a'}", "{to: '@t:aa', from: '@a'}", "{to: '@w:b', from: B, doc: Thuộc tính}", "{to: c, from: C, doc: <C> & co}", "{to: d, each: D}", "{to: e, each: E, fields: [{to: '@f', from: F}, {to: g, each: G, from: H}, {to: i, from: I}]}",
		"{to: j, from: J, doc: Đối tượng, fields: [{to: k, from: K, fields: [{to: l, from: L}]}]}", "{to: w:m, from: M}", "{to: w:n, each: N, fields: [{to: o, from: O}]}", "{to: p, count: D}", "{to: q, encode: json, fields: [{to: r, from: R}]}", "{to: t:s, from: S}",
	}, "\n    - "))
	golden(t, "schema/reply-every-shape.xsd", m.ReplySchema())
	out, err := replyIt(m, `<B xmlns="urn:b" a="1"><B>1</B><C>1</C><D>1</D><D>2</D><E><F>1</F><G><H>1</H></G><G><H>2</H></G><I>1</I></E><E><I>2</I></E><J><K><L>1</L></K></J><M>1</M><N><O>1</O></N><N><O>2</O></N><R>1</R><S>1</S></B>`)
	if err != nil {
		t.Fatal(err)
	}
	expectDescribed(t, m, out)
}
