package main

import (
	"strings"
	"testing"
)

func TestMapSchemaPrintsWhatIsCommitted(t *testing.T) {
	for file, args := range map[string][]string{"mapping": {"map", "schema"}, "case": {"map", "schema", "case"}} {
		r := command(t, args...)
		r.want(t, exitOK, nil, nil)
		if want := string(read(t, root, "mappings/schema", file+".schema.json")); r.out != want {
			t.Errorf("%v does not print %s.schema.json", args, file)
		}
	}
	if one, other := command(t, "map", "schema"), command(t, "map", "schema", "mapping"); one.out != other.out {
		t.Error("without an argument it prints another schema")
	}
	command(t, "map", "schema", "nonsense").want(t, exitUsage, nil, words(`"nonsense"`, "want mapping or case"))
	command(t, "map", "schema", "case", "mapping").want(t, exitUsage, nil, words("want one of mapping and case", `"mapping"`))
}

func TestTheLanguagePageNamesTheSchemasWhereTheyAreInstalled(t *testing.T) {
	folder := t.TempDir()
	install(t, folder)
	page := string(read(t, root, "docs/mapping-language.md"))
	for _, name := range []string{"mapping", "case"} {
		file := "/usr/local/share/doc/lgspd/" + name + ".schema.json"
		if got, want := string(read(t, folder, file)), string(read(t, root, "mappings/schema", name+".schema.json")); got != want {
			t.Errorf("%s is not the schema of the source", file)
		}
		if !strings.Contains(page, file) {
			t.Errorf("the page does not name %s", file)
		}
	}
}
