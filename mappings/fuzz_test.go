package mappings

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
)

// FuzzLoad: no text makes loading fail in another way than by Problems, and
// what loads can map a message and describe it.
func FuzzLoad(f *testing.F) {
	seeds := []string{"hotich.khai-sinh/mapping.yaml", "dancu.cap-nhat/mapping.yaml"}
	bad, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(seeds, bad...) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, file := range pageExamplesFor(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, problems := parseMapping("a/mapping.yaml", text, newTables(fstest.MapFS{}))
		if len(problems) > 0 {
			for _, p := range problems {
				if p.Line < 1 || p.Col < 1 || p.Text == "" {
					t.Fatalf("a problem without a place: %+v", p)
				}
			}
			return
		}
		if m.Plugin() != "" {
			return // whose documents are not its own
		}
		if _, err := strictxml.Parse(m.Schema(), strictxml.Limits{}); err != nil {
			t.Fatalf("schema: %v", err)
		}
		body := "<r xmlns='" + string(strictxml.EscapeAttr(nil, m.Namespace())) + "'/>"
		checkOutcome(t, m, []byte(body))
	})
}

// FuzzMap: every message gives a document that its upstream can read, or an
// error of Kind Invalid.
func FuzzMap(f *testing.F) {
	set, err := Load(Shipped())
	if err != nil {
		f.Fatal(err)
	}
	files, err := filepath.Glob("*/cases/*/in.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, service := range set.Services() {
			m, _ := set.Get(service)
			checkOutcome(t, m, body)
		}
	})
}

func checkOutcome(t *testing.T, m *Mapping, body []byte) {
	t.Helper()
	d, err := m.Map(context.Background(), lgsp.Envelope{Sender: "H29.11", Body: body})
	if err != nil {
		var e *lgsp.Error
		if !errors.As(err, &e) || e.Kind != lgsp.Invalid || e.Code == "" || e.Text == "" || d.Body != nil {
			t.Fatalf("got %+v, %v", d, err)
		}
		return
	}
	if m.target.xml {
		if _, err := strictxml.Parse(d.Body, strictxml.Limits{}); err != nil {
			t.Fatalf("%v in %s", err, d.Body)
		}
		return
	}
	if !json.Valid(d.Body) {
		t.Fatalf("not JSON: %s", d.Body)
	}
}

func pageExamplesFor(f *testing.F) [][]byte {
	page, err := os.ReadFile(languagePage)
	if err != nil {
		f.Fatal(err)
	}
	var texts [][]byte
	for name, file := range examplesOf(string(page)) {
		if filepath.Base(name) == "mapping.yaml" {
			texts = append(texts, file.Data)
		}
	}
	return texts
}
