package lgsp_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "lgsp.internal/adapter"

// layers is the import plan of docs/design.md: a package may import those of
// lower layers only, and sideways only what beside lists.
var layers = []struct {
	prefix string
	layer  int
}{
	{"internal/mac", 0},
	{"internal/paper", 0},
	{"internal/seal", 0},
	{"internal/sqlite", 0},
	{"internal/strictxml", 0},
	{"internal/vntext", 0},
	{"internal/vntime", 0},
	{"internal/citizen", 1},
	{"internal/docx", 1},
	{"internal/page", 1},
	{"internal/paper/samples", 1},
	{"internal/pdf", 1},
	{"plugins/wire", 1},
	{"plugins/cases", 1},
	{"plugins/template", 1},
	{"audit", 2},
	{"adapters/", 2},
	{"mappings", 2},
	{"plugins", 2},
	{"plugins/host", 2},
	{"config", 2},
	{"register", 2},
	{"sandbox", 2},
	{"clean", 3},
	{"mappings/dictionary", 3},
	{"mappings/scaffold", 3},
	{"notice", 3},
	{"queue", 3},
	{"report", 3},
	{"usage", 3},
	{"internal/reload", 3},
	{"plugins/conform", 3},
	{"plugins/examples/", 3},
	{"plugins/template/", 3},
	{"internal/bridge", 4},
	{"report/layout", 4},
	{"cmd/", 5},
}

func layerOf(pkg string) (int, bool) {
	if pkg == "" {
		return 0, true
	}
	for _, l := range layers {
		if pkg == l.prefix || strings.HasSuffix(l.prefix, "/") && strings.HasPrefix(pkg, l.prefix) {
			return l.layer, true
		}
	}
	return 0, false
}

type goPackage struct {
	ImportPath string
	Imports    []string
	GoFiles    []string
	Standard   bool
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,GoFiles", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var pkgs []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

func TestImportsPointToTheCentre(t *testing.T) {
	seen := 0
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		layer, ok := layerOf(name)
		if !ok {
			t.Errorf("%s is not in the plan; give it a layer here and in docs/design.md", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if imported != module && !strings.HasPrefix(imported, module+"/") {
				continue
			}
			seen++
			below, ok := layerOf(strings.TrimPrefix(strings.TrimPrefix(imported, module), "/"))
			if !ok || below > layer || below == layer && imported != module {
				t.Errorf("%s (layer %d) imports %s (layer %d)", p.ImportPath, layer, imported, below)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d imports were looked at", seen)
	}
}

// A plugin is shipped by its author, who must not have to build or explain a
// database.
func TestAPluginCarriesNothingOfTheDaemon(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "./plugins").Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{module, module + "/plugins", module + "/plugins/wire", "github.com/hashicorp/", "github.com/golang/protobuf/", "github.com/oklog/run",
		"github.com/fatih/color", "github.com/mattn/go-colorable", "github.com/mattn/go-isatty", "google.golang.org/", "golang.org/x/"}
	for _, dep := range strings.Fields(string(out)) {
		if first, _, _ := strings.Cut(dep, "/"); !strings.Contains(first, ".") {
			continue
		}
		if !slices.ContainsFunc(allowed, func(a string) bool { return dep == a || strings.HasSuffix(a, "/") && strings.HasPrefix(dep, a) }) {
			t.Errorf("a plugin carries %s", dep)
		}
	}
}

func TestTheCentreImportsOnlyTheStandardLibrary(t *testing.T) {
	for _, p := range listPackages(t) {
		if p.ImportPath != module {
			continue
		}
		for _, imported := range p.Imports {
			if strings.Contains(imported, ".") {
				t.Errorf("package lgsp imports %s", imported)
			}
		}
	}
}
