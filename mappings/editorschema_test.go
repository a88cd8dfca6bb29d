package mappings

import (
	"bytes"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

func TestTheCommittedSchemasAreThoseThatAreGenerated(t *testing.T) {
	for name, got := range map[string][]byte{"mapping": MappingFileSchema(), "case": CaseFileSchema()} {
		file := filepath.Join("schema", name+".schema.json")
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what is generated; run with -update", file)
		}
	}
}

// editorSchema compiles a schema as its $schema says.
func editorSchema(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	if err := c.AddResource(schemaURL, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schemaURL)
	if err != nil {
		t.Fatal(err)
	}
	if s.DraftVersion != 7 {
		t.Errorf("the schema is of draft %d", s.DraftVersion)
	}
	return s
}

// asEditorsRead reads a YAML file into what an editor checks by a schema.
func asEditorsRead(text []byte) (any, error) {
	rd := &reader{}
	top, ok := rd.document(text)
	if !ok {
		return nil, rd.problems
	}
	nodes := 0
	var read func(n *yaml.Node, depth int) (any, error)
	read = func(n *yaml.Node, depth int) (any, error) {
		if nodes++; depth > 60 || nodes > 50_000 {
			return nil, fmt.Errorf("the aliases make too large a tree")
		}
		n = target(n)
		switch n.Kind {
		case yaml.SequenceNode:
			all := []any{}
			for _, k := range n.Content {
				v, err := read(k, depth+1)
				if err != nil {
					return nil, err
				}
				all = append(all, v)
			}
			return all, nil
		case yaml.MappingNode:
			all := map[string]any{}
			for i := 0; i+1 < len(n.Content); i += 2 {
				v, err := read(n.Content[i+1], depth+1)
				if err != nil {
					return nil, err
				}
				if key := target(n.Content[i]).Value; key != "<<" {
					all[key] = v
				} else if merged, ok := v.(map[string]any); ok {
					maps.Copy(all, merged)
				}
			}
			return all, nil
		}
		switch n.ShortTag() {
		case "!!null":
			return nil, nil
		case "!!bool":
			return n.Value == "true", nil
		case "!!int":
			return strconv.ParseInt(n.Value, 0, 64)
		case "!!float":
			return strconv.ParseFloat(n.Value, 64)
		}
		return n.Value, nil
	}
	return read(top, 0)
}

func checkAsEditors(s *jsonschema.Schema, text []byte) error {
	if v, err := asEditorsRead(text); err == nil { // of anything else editors say themselves that it is no YAML
		return s.Validate(v)
	}
	return nil
}

func TestTheSchemasTakeWhatIsShippedAndTheExamplesOfTheLanguagePage(t *testing.T) {
	mapping, one := editorSchema(t, MappingFileSchema()), editorSchema(t, CaseFileSchema())
	seen := map[string]int{}
	for _, tree := range []fs.FS{Shipped(), pageExamples(t)} {
		err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
			s := map[string]*jsonschema.Schema{"mapping.yaml": mapping, "case.yaml": one}[path.Base(name)]
			if err != nil || s == nil {
				return err
			}
			text, err := fs.ReadFile(tree, name)
			if err != nil {
				return err
			}
			seen[path.Base(name)]++
			if _, err := asEditorsRead(text); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if err := checkAsEditors(s, text); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen["mapping.yaml"] != len(shippedServices(t))+8 || seen["case.yaml"] < 20 {
		t.Errorf("looked at %v", seen)
	}
}

func TestTheSchemaTakesEveryRuleThatTheLanguageTakes(t *testing.T) {
	s := editorSchema(t, MappingFileSchema())
	texts := []string{describedMapping, pluggedHead, xmlHead + "fields:\n  - {to: '@b', from: B}\n"}
	for _, r := range whatRulesWrite() {
		texts = append(texts, r.head+"fields:\n  - "+r.rules+"\n")
	}
	for _, r := range whatIsSaidOfRules() {
		texts = append(texts, jsonHead+"fields:\n  - "+r.rule+"\n")
	}
	// Scalars are read as they are written, so that a bare number is a text, and one in quotes a number.
	for _, rule := range []string{"{to: 1, const: 7}", "{to: b, from: B, length: '5', required: 'true'}", "{to: b, from: B, codes: {1: 1, true: 2.5}}",
		"{to: b, from: B, required: {when: C, is: [1, true]}}", "{to: b, from: B, empty: 'null'}", "{to: b, from: B, type: int, min: '-5', max: 999999999999999999}",
		"{to: b, from: B, required: false, default: 1}", "{to: b, from: [B], fields: [{to: c, from: .}]}", "{to: b, each: /E/C, required: true, encode: json, fields: [{to: c, from: '@d'}]}",
		"{to: b, const: x, if: 'text(\"B\") == \"\"', only: {when: C}}", "{to: b, from: B, date: {in: [d/M/yyyy, 'yyyy-MM-ddTHH:mm:ss*', 'yyyy.MM.dd*'], out: yyyy-MM-dd}}"} {
		text := jsonHead + "id: [I, $id]\nlane: {join: [B/C, D], with: 0, max: 9}\nfields:\n  - " + rule + "\n"
		mappingOf(t, text)
		texts = append(texts, text)
	}
	for _, text := range texts {
		if err := checkAsEditors(s, []byte(text)); err != nil {
			t.Errorf("%s\n%v", text, err)
		}
	}
}

// unseen are the faulty mappings of testdata/bad whose fault no schema can see,
// or not at a price worth paying, by what it is about.
var unseen = map[string][]string{
	"the YAML itself, which editors check":                {"not-yaml", "path-without-quotes", "empty-file", "two-documents", "key-duplicate", "codes-duplicate", "reply-twice"},
	"aliases and merge keys, which editors resolve first": {"alias-bomb", "alias-to-itself", "merge-key"},
	"depth and number":                                    {"nested-deep"},
	"an empty value, which is null to a schema":           {"empty-unknown"},
	"names that are declared elsewhere": {"path-prefix-undeclared", "only-path-bad", "reply-prefix-undeclared", "reply-root-prefix-undeclared", "reply-to-prefix-undeclared",
		"target-root-prefix-undeclared", "to-prefix-undeclared", "service-not-the-folder"},
	"two rules together":                  {"to-duplicate", "reply-to-duplicate", "attributes-repeated-in-xml", "path-list-and-one", "required-when-list-as-one"},
	"what only XML forbids, at any depth": {"empty-null-in-xml", "reply-empty-null", "to-not-xml-name", "to-attribute-with-fields", "to-attribute-after-element", "reply-attribute-after-element"},
	"regular expressions and expressions": {"pattern-bad", "pattern-too-large", "only-unknown-key", "required-unknown-key"},
	"whether one value suits another": {"const-not-of-type", "codes-not-of-type", "codes-duplicate-when-compared", "date-cannot-be-written", "min-more-than-max", "int-min-more-than-max",
		"default-not-a-code", "default-not-a-date", "default-not-of-length", "default-not-of-pattern", "default-not-of-type", "base64-default-not-base64", "int-default-out-of-bounds"},
	"the order of a list":                                {"from-unreachable"},
	"what is not YAML, which editors tell by themselves": {"path-without-quotes"},
}

func TestTheSchemaRefusesEveryFaultThatItCanSee(t *testing.T) {
	s := editorSchema(t, MappingFileSchema())
	blind := map[string]bool{}
	for _, names := range unseen {
		for _, name := range names {
			blind[name] = true
		}
	}
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 150 {
		t.Fatalf("testdata/bad: %d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		mapping, fault, _ := strings.Cut(string(text), wantMark)
		refused := checkAsEditors(s, []byte(mapping)) != nil
		if refused == blind[name] {
			t.Errorf("%s: refused %t, listed as unseen %t: %s", name, refused, blind[name], fault)
		}
		delete(blind, name)
	}
	if len(blind) > 0 {
		t.Errorf("there are no such files: %v", blind)
	}
}

func TestTheSchemaOfCasesRefusesOtherKeys(t *testing.T) {
	s := editorSchema(t, CaseFileSchema())
	for text, good := range map[string]bool{"doc: x": true, "legacy_id: 7\ncharset: vni": true, "legacyid: x": false, "doc:": false, "doc: [x]": false, "x": false} {
		if err := checkAsEditors(s, []byte(text)); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// constants returns the constants of the package whose names end so, by name.
func constants(t *testing.T, end string) map[string]string {
	t.Helper()
	found := map[string]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		tree, err := goparser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			for i, name := range spec.Names {
				if !strings.HasSuffix(name.Name, end) || i >= len(spec.Values) {
					continue
				}
				if v, ok := spec.Values[i].(*ast.BasicLit); ok {
					s, err := strconv.Unquote(v.Value)
					if err != nil {
						t.Fatal(err)
					}
					found[name.Name] = s
				}
			}
			return true
		})
	}
	return found
}

// properties returns the properties of a place of a schema.
func properties(t *testing.T, text []byte, place string) map[string]any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	top, _ := doc.(map[string]any)
	if place != "" {
		definitions, _ := top["definitions"].(map[string]any)
		top, _ = definitions[place].(map[string]any)
	}
	found, _ := top["properties"].(map[string]any)
	return found
}

func TestEveryKeyOfTheLanguageIsInTheSchemaWithItsDescription(t *testing.T) {
	tables := constants(t, "Keys")
	delete(tables, "originKeys") // some of fieldKeys
	if len(tables) != 19 {
		t.Errorf("there are %d tables of keys: %v", len(tables), tables)
	}
	used := map[string]bool{}
	for _, table := range keyTables() {
		place, text := table.name, MappingFileSchema()
		switch place {
		case "mapping":
			place = ""
		case "case":
			place, text = "", CaseFileSchema()
		}
		found := properties(t, text, place)
		for _, key := range strings.Fields(table.keys) {
			p, _ := found[key].(map[string]any)
			said, _ := p["description"].(string)
			used[table.texts+"."+key] = true
			if said == "" || said != keyText(table.texts+"."+key) {
				t.Errorf("%s.%s is described as %q", table.name, key, said)
			}
			if len(p) < 2 {
				t.Errorf("%s.%s may hold anything", table.name, key)
			}
			delete(found, key)
		}
		if len(found) > 0 {
			t.Errorf("%s: the schema has keys that the language has not: %v", table.name, found)
		}
		for name, keys := range tables {
			if keys == table.keys {
				delete(tables, name)
			}
		}
	}
	if len(tables) > 0 {
		t.Errorf("the schema has no place for %v", tables)
	}
	for _, one := range keyTexts {
		key, said := one.key, one.text
		if !used[key] || keyText(key) != said {
			t.Errorf("there is no key %s, or it is described twice", key)
		}
		if !strings.HasSuffix(said, ".") || strings.Contains(said, ". ") || said[0] < 'A' || said[0] > 'Z' {
			t.Errorf("%s: want one sentence, got %q", key, said)
		}
	}
}

func TestEveryWordOfTheLanguageIsInTheSchema(t *testing.T) {
	schema := string(MappingFileSchema())
	all := constants(t, "Words")
	if len(all) < 10 {
		t.Errorf("there are %d lists of words", len(all))
	}
	all["charsetWords"] = charsetWords
	all["kindNames"], all["kindWords"] = strings.Join(kindNames[:], " "), strings.Join(kindWords[:], " ")
	for name, list := range all {
		for _, w := range strings.Fields(list) {
			if !strings.Contains(schema, `"`+w+`"`) {
				t.Errorf("%s: the schema has no %s", name, w)
			}
		}
	}
}
