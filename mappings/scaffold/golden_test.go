package scaffold_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/mappings/scaffold"
)

var update = flag.Bool("update", false, "write the golden folders anew")

// golden is a file to draft from, with the folder that holds what is wanted.
type golden struct {
	name   string
	fsys   fs.FS
	file   string
	xml    bool
	source string // the folder of the schemas, "" for a sample
}

func goldens(t testing.TB) []golden {
	t.Helper()
	set, err := mappings.Load(mappings.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	m, _ := set.Get("hotich.khai-sinh")
	shipped := os.DirFS("../hotich.khai-sinh/cases")
	samples := os.DirFS("testdata/samples")
	return []golden{
		{name: "dotnet", fsys: os.DirFS("testdata/dotnet"), file: "HoTichService.wsdl", source: "testdata/dotnet"},
		{name: "axis1", fsys: os.DirFS("testdata/axis1"), file: "HoTich.wsdl", source: "testdata/axis1"},
		{name: "nusoap", fsys: os.DirFS("testdata/nusoap"), file: "cutru.wsdl", source: "testdata/nusoap"},
		{name: "cxf", fsys: os.DirFS("testdata/cxf"), file: "BaoHiemService.wsdl", source: "testdata/cxf"},
		{name: "cxf-xml", fsys: os.DirFS("testdata/cxf"), file: "BaoHiemService.wsdl", xml: true, source: "testdata/cxf"},
		{name: "rpc-literal", fsys: os.DirFS("testdata/rpc-literal"), file: "thue.wsdl", source: "testdata/rpc-literal"},
		{name: "lgspd-one", fsys: os.DirFS("../../adapters/soap/testdata"), file: "one.wsdl", source: "../../adapters/soap/testdata"},
		{name: "lgspd-shared", fsys: os.DirFS("../../adapters/soap/testdata"), file: "shared.wsdl", source: "../../adapters/soap/testdata"},
		{name: "lgspd-khai-sinh", fsys: fstest.MapFS{"khai-sinh.xsd": {Data: m.Schema()}}, file: "khai-sinh.xsd", source: "-"},
		{name: "sample-axis1-multiref", fsys: samples, file: "axis1-multiref.xml"},
		{name: "sample-dotnet-soap12", fsys: samples, file: "dotnet-soap12.xml"},
		{name: "sample-php", fsys: samples, file: "php-cutru.xml"},
		{name: "sample-windows-1258", fsys: shipped, file: "windows-1258/in.xml"},
		{name: "sample-tcvn3", fsys: shipped, file: "tcvn3/in.xml"},
	}
}

// open opens the file of a golden folder.
func (g golden) open(t testing.TB) *scaffold.Origin {
	t.Helper()
	charset := ""
	if g.name == "sample-tcvn3" {
		charset = "tcvn3"
	}
	o, err := scaffold.Open(g.fsys, g.file, charset)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// drafts drafts every message of the file.
func (g golden) drafts(t testing.TB) []scaffold.Draft {
	t.Helper()
	o := g.open(t)
	var all []scaffold.Draft
	for _, m := range o.Messages() {
		d, err := o.Draft(m, scaffold.Options{XML: g.xml})
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		all = append(all, d)
	}
	return all
}

// tree is a draft as a file system.
func tree(d scaffold.Draft) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, f := range d.Files {
		fsys[d.Service+"/"+f.Path] = &fstest.MapFile{Data: f.Text}
	}
	return fsys
}

// file returns the text of one of a draft's files.
func file(t testing.TB, d scaffold.Draft, path string) []byte {
	t.Helper()
	i := slices.IndexFunc(d.Files, func(f scaffold.File) bool { return f.Path == path })
	if i < 0 {
		t.Fatalf("%s has no %s", d.Service, path)
	}
	return d.Files[i].Text
}

func TestDraftsAreAsTheGoldenFolders(t *testing.T) {
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) {
			folder := filepath.Join("testdata/golden", g.name)
			if *update {
				if err := os.RemoveAll(folder); err != nil {
					t.Fatal(err)
				}
			}
			seen := map[string]bool{}
			for _, d := range g.drafts(t) {
				for _, f := range d.Files {
					path := filepath.Join(folder, d.Service, f.Path)
					seen[path] = true
					if *update {
						if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
							t.Fatal(err)
						}
						if err := os.WriteFile(path, f.Text, 0o644); err != nil {
							t.Fatal(err)
						}
						continue
					}
					want, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(f.Text, want) {
						t.Errorf("%s differs; look at it, and write it anew with -update:\n%s", path, f.Text)
					}
				}
			}
			if len(seen) == 0 {
				t.Error("nothing was drafted")
			}
			err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
				if err == nil && !d.IsDir() && !seen[path] {
					t.Errorf("%s is not drafted any more", path)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDraftsLoadAndTheirCasesHold(t *testing.T) {
	for _, g := range goldens(t) {
		for _, d := range g.drafts(t) {
			fsys := tree(d)
			set, err := mappings.Load(fsys)
			if err != nil {
				t.Errorf("%s: %v", g.name, err)
				continue
			}
			if m, ok := set.Get(d.Service); !ok || m.Kind() != mappings.Message {
				t.Errorf("%s: it is no mapping of a message", g.name)
			}
			results, err := mappings.RunCases(fsys, d.Service)
			if err != nil || len(results) != 1 || !results[0].OK() || results[0].Want == "want.err" {
				t.Errorf("%s: %v, %+v", g.name, err, results)
			}
		}
	}
}

func TestTheSameFileGivesTheSameDraft(t *testing.T) {
	for _, g := range goldens(t) {
		first, second := g.drafts(t), g.drafts(t)
		for i := range first {
			if !slices.EqualFunc(first[i].Files, second[i].Files, func(a, b scaffold.File) bool { return a.Path == b.Path && bytes.Equal(a.Text, b.Text) }) {
				t.Errorf("%s: %s differs from one time to the next", g.name, first[i].Service)
			}
		}
	}
}

// Nothing tells how many rules a mapping was loaded with, so they are counted in
// its text.
func TestTheNumberOfRulesIsThatOfTheMapping(t *testing.T) {
	for _, g := range goldens(t) {
		for _, d := range g.drafts(t) {
			text := file(t, d, "mapping.yaml")
			n := bytes.Count(text, []byte("- to: ")) + bytes.Count(text, []byte("- {to: "))
			for _, value := range []string{"\nid: ", "\nlane: ", "\nsubject: ", "\n  procedure: ", "\n  officer: ", "\n  unit: "} {
				n += bytes.Count(text, []byte(value))
			}
			if n != d.Rules {
				t.Errorf("%s: %s has %d rules, and says %d", g.name, d.Service, n, d.Rules)
			}
		}
	}
}
