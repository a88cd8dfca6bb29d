package scaffold_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/mappings/scaffold"
)

// xmllint validates an element by the schema in a file.
func xmllint(t *testing.T, schema string, e *etree.Element) {
	t.Helper()
	if out, text, err := validate(t, schema, e); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, text)
	}
}

// validate returns what xmllint says about an element, and the element.
func validate(t *testing.T, schema string, e *etree.Element) (out, text []byte, err error) {
	t.Helper()
	path, err := exec.LookPath("xmllint")
	if err != nil {
		t.Fatal("the tests need xmllint; on Debian it is in libxml2-utils")
	}
	doc := etree.NewDocument()
	alone := e.Copy()
	for up := e.Parent(); up != nil; up = up.Parent() {
		for _, a := range up.Attr {
			if a.Space == "xmlns" && alone.SelectAttr(a.FullKey()) == nil {
				alone.CreateAttr(a.FullKey(), a.Value)
			}
		}
	}
	doc.SetRoot(alone)
	message := filepath.Join(t.TempDir(), "message.xml")
	if err := doc.WriteToFile(message); err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile(message); err != nil {
		t.Fatal(err)
	}
	out, err = exec.Command(path, "--noout", "--nonet", "--schema", schema, message).CombinedOutput()
	return out, text, err
}

// payload returns the element in the body of a draft's first message.
func payload(t *testing.T, d scaffold.Draft) *etree.Element {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(file(t, d, "cases/dau-tien/in.xml")); err != nil {
		t.Fatal(err)
	}
	return doc.FindElement("/Envelope/Body").ChildElements()[0]
}

// schemaOf writes a schema that holds all those of a folder: the ones inside
// WSDLs as files of their own, inline-0.xsd and so on, below a driver that
// imports them. It returns the driver, or the schema that was written by hand for messages of RPC.
func schemaOf(t *testing.T, fsys fs.FS) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, fsys); err != nil {
		t.Fatal(err)
	}
	wsdls, err := filepath.Glob(filepath.Join(folder, "*.wsdl"))
	if err != nil {
		t.Fatal(err)
	}
	var inline []*etree.Element
	for _, wsdl := range wsdls {
		doc := etree.NewDocument()
		if err := doc.ReadFromFile(wsdl); err != nil {
			t.Fatal(err)
		}
		inline = append(inline, doc.FindElements("/definitions/types/schema")...)
	}
	files := map[string]string{}
	for i, s := range inline {
		files[s.SelectAttrValue("targetNamespace", "")] = fmt.Sprintf("inline-%d.xsd", i)
	}
	driver := `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">`
	for i, s := range inline {
		for _, im := range s.SelectElements("import") {
			if file, ok := files[im.SelectAttrValue("namespace", "")]; ok && im.SelectAttr("schemaLocation") == nil {
				im.CreateAttr("schemaLocation", file)
			}
		}
		for _, ref := range s.FindElements(".//element[@ref='s:schema']") {
			ref.Parent().RemoveChild(ref) // a DataSet's own schema, which only .NET knows
		}
		alone := s.Copy()
		for up := s.Parent(); up != nil; up = up.Parent() {
			for _, a := range up.Attr {
				if (a.Space == "xmlns" || a.Key == "xmlns") && alone.SelectAttr(a.FullKey()) == nil {
					alone.CreateAttr(a.FullKey(), a.Value)
				}
			}
		}
		doc := etree.NewDocument()
		doc.SetRoot(alone)
		if err := doc.WriteToFile(filepath.Join(folder, fmt.Sprintf("inline-%d.xsd", i))); err != nil {
			t.Fatal(err)
		}
		driver += fmt.Sprintf(`<xs:import namespace="%s" schemaLocation="inline-%d.xsd"/>`, s.SelectAttrValue("targetNamespace", ""), i)
	}
	if _, err := os.Stat(filepath.Join(folder, "check.xsd")); err == nil {
		return filepath.Join(folder, "check.xsd")
	}
	if len(inline) == 0 {
		schemas, err := filepath.Glob(filepath.Join(folder, "*.xsd"))
		if err != nil || len(schemas) != 1 {
			t.Fatal(err, schemas)
		}
		return schemas[0]
	}
	path := filepath.Join(folder, "driver.xsd")
	if err := os.WriteFile(path, []byte(driver+"</xs:schema>"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSamplesAreValidByTheSchema(t *testing.T) {
	seen := 0
	for _, g := range goldens(t) {
		if g.source == "" || strings.HasPrefix(g.name, "lgspd-") && g.source != "-" {
			continue
		}
		t.Run(g.name, func(t *testing.T) {
			schema := schemaOf(t, g.fsys)
			for _, d := range g.drafts(t) {
				e := payload(t, d)
				// The schemas written by hand know one operation each.
				if strings.HasSuffix(schema, "check.xsd") && (e.Tag == "traTrangThai" || e.NamespaceURI() == "urn:thue:lai") {
					continue
				}
				seen++
				xmllint(t, schema, e)
				for _, note := range d.Notes {
					t.Errorf("%s: %s", d.Service, note)
				}
			}
		})
	}
	if seen < 9 {
		t.Errorf("only %d samples were validated", seen)
	}
}
