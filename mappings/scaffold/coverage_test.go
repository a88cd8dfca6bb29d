package scaffold_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/mappings/scaffold"
)

// rule is what matters of a rule here.
type rule struct {
	From   any    `yaml:"from"`
	Each   string `yaml:"each"`
	Fields []rule `yaml:"fields"`
}

// read gathers the paths that rules read, without prefixes.
func read(rules []rule, at string, paths map[string]bool) {
	for _, r := range rules {
		path, _ := r.From.(string)
		if r.Each != "" {
			path = r.Each
		}
		steps := strings.Split(path, "/")
		for i, s := range steps {
			attribute := strings.HasPrefix(s, "@")
			if steps[i] = local(s); attribute {
				steps[i] = "@" + strings.TrimPrefix(steps[i], "@")
			}
		}
		path = at + "/" + strings.Join(steps, "/")
		path = strings.TrimSuffix(path, "/.")
		switch {
		case strings.HasSuffix(path, "/$id"):
		case len(r.Fields) > 0:
			read(r.Fields, path, paths)
		default:
			paths[path] = true
		}
	}
}

func TestRulesCoverEveryElementThatTheSchemaDeclares(t *testing.T) {
	for _, g := range goldens(t) {
		if g.source == "" {
			continue
		}
		t.Run(g.name, func(t *testing.T) {
			d := declaredIn(t, documents(t, g))
			for _, m := range g.open(t).Messages() {
				draft, err := g.open(t).Draft(m, scaffold.Options{XML: g.xml})
				if err != nil {
					t.Fatal(err)
				}
				var written struct {
					Fields []rule `yaml:"fields"`
				}
				if err := yaml.Unmarshal(file(t, draft, "mapping.yaml"), &written); err != nil {
					t.Fatal(err)
				}
				got := map[string]bool{}
				read(written.Fields, "", got)
				want := d.message(t, m.Name)
				delete(want, "") // the root itself, when it holds nothing
				if !maps.Equal(got, want) {
					t.Errorf("%s: the rules read\n%v\nwant\n%v", m.Name, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
				}
			}
		})
	}
}

// documents returns the files of a golden folder's schemas.
func documents(t *testing.T, g golden) [][]byte {
	t.Helper()
	if g.source == "-" {
		set, err := mappings.Load(mappings.Shipped())
		if err != nil {
			t.Fatal(err)
		}
		m, _ := set.Get("hotich.khai-sinh")
		return [][]byte{m.Schema()}
	}
	var docs [][]byte
	err := filepath.WalkDir(g.source, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(path) == "check.xsd" || filepath.Base(path) == "soapenc.xsd" ||
			strings.HasPrefix(g.name, "lgspd") && filepath.Base(path) != g.file {
			return err
		}
		if ext := filepath.Ext(path); ext != ".wsdl" && ext != ".xsd" {
			return nil
		}
		text, err := os.ReadFile(path)
		docs = append(docs, bytes.Replace(text, []byte("ISO-8859-1"), []byte("UTF-8"), 1))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

// Every element and attribute of the samples is read by a rule: with unknown:
// refuse the mapping takes them as it does without.
func TestNothingInASampleIsUnknownToTheRules(t *testing.T) {
	for _, g := range goldens(t) {
		for _, d := range g.drafts(t) {
			fsys := tree(d)
			mapping := fsys[d.Service+"/mapping.yaml"]
			mapping.Data = bytes.Replace(mapping.Data, []byte("source:\n"), []byte("source:\n  unknown: refuse\n"), 1)
			results, err := mappings.RunCases(fsys, d.Service)
			if err != nil || !results[0].OK() {
				t.Errorf("%s: %v, %+v", g.name, err, results)
			}
		}
	}
}
