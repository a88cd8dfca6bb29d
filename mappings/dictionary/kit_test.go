package dictionary

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"lgsp.internal/adapter/mappings"
)

var update = flag.Bool("update", false, "write what is got into the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run with -update and look at the difference", file)
	}
}

// of returns the dictionary of a mapping of fsys.
func of(t *testing.T, fsys fs.FS, service string) Dictionary {
	t.Helper()
	s, err := mappings.OpenSuite(fsys, service)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := s.DescribeCases()
	if err != nil {
		t.Fatal(err)
	}
	return Dictionary{Mapping: s.Mapping().Describe(), Cases: cases}
}

// written returns the dictionary of the service thu, whose mapping.yaml is text.
func written(t *testing.T, text string, more map[string]string) Dictionary {
	t.Helper()
	tree := fstest.MapFS{
		"thu/mapping.yaml":       {Data: []byte(text)},
		"thu/cases/one/in.xml":   {Data: []byte("<A/>")},
		"thu/cases/one/want.err": {Data: []byte("WrongElement")},
	}
	for name, text := range more {
		tree["thu/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return of(t, tree, "thu")
}

func asMarkdown(t *testing.T, d Dictionary, l Language) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.WriteMarkdown(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asHTML(t *testing.T, d Dictionary, l Language) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.WriteHTML(&b, l); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// element is one element of a page, with its text and everything in it.
type element struct {
	name string
	attr map[string]string
	kids []*element
	text string // of all in it
}

// parsed reads a page as XML, which refuses what is not well-formed.
func parsed(t *testing.T, page string) *element {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(page))
	top := &element{}
	open := []*element{top}
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
		switch v := token.(type) {
		case xml.StartElement:
			e := &element{name: v.Name.Local, attr: map[string]string{}}
			for _, a := range v.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			open[len(open)-1].kids = append(open[len(open)-1].kids, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e.text += string(v)
			}
		}
	}
	return top
}

// all returns the elements of that name in e, in the order of the page.
func (e *element) all(name string) (found []*element) {
	for _, k := range e.kids {
		if k.name == name {
			found = append(found, k)
		}
		found = append(found, k.all(name)...)
	}
	return found
}

// byID returns the elements of e that have an ID.
func (e *element) byID(t *testing.T) map[string]*element {
	t.Helper()
	found := map[string]*element{}
	var look func(*element)
	look = func(e *element) {
		for _, k := range e.kids {
			if id := k.attr["id"]; id != "" {
				if found[id] != nil {
					t.Errorf("two elements have the ID %s", id)
				}
				found[id] = k
			}
			look(k)
		}
	}
	look(e)
	return found
}
