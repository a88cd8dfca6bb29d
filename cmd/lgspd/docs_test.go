package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/mappings"
)

const root = "../.."

// pages returns the Markdown pages of the project by their path from its root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "vendor") {
			return fs.SkipDir // vendor holds the pages of others, after go mod vendor
		}
		if strings.HasSuffix(path, ".md") {
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			found[name] = string(read(t, path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLinksOfTheDocumentsLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	seen := 0
	for page, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			seen++
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s: %s leads nowhere", page, m[1])
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d links were looked at", seen)
	}
}

func TestTheREADMENamesEveryVerb(t *testing.T) {
	rows := regexp.MustCompile("(?m)^\\| `lgspd (.*?) \\|").FindAllStringSubmatch(string(read(t, root, "README.md")), -1)
	named := map[string]bool{}
	for _, row := range rows {
		for _, verb := range strings.Split(strings.Trim(row[1], "`"), "`, `lgspd ") {
			words := strings.Fields(verb)
			named[words[0]] = true
			for _, sub := range words[1:] {
				named[words[0]+" "+sub] = true
			}
		}
	}
	for _, verb := range newApp(streams{}).Commands {
		if verb.Name != "help" && !named[verb.Name] {
			t.Errorf("lgspd %s is not in the table", verb.Name)
		}
		for _, sub := range verb.Subcommands {
			if !sub.Hidden && !named[verb.Name+" "+sub.Name] {
				t.Errorf("lgspd %s %s is not in the table", verb.Name, sub.Name)
			}
		}
	}
}

// Departments look a Fault up in the guide, and in the page beside the code.
func TestTheGuidesExplainEveryFault(t *testing.T) {
	codes := regexp.MustCompile(`(?m)^\t"(\w+)": \{lgsp\.`).FindAllStringSubmatch(string(read(t, root, "adapters/soap/causes.go")), -1)
	if len(codes) < 20 {
		t.Fatalf("only %d codes were found", len(codes))
	}
	for _, page := range []string{"docs/huong-dan/ket-noi-so-nganh.md", "adapters/soap/README.md"} {
		text := string(read(t, root, page))
		for _, code := range codes {
			if !regexp.MustCompile("(?m)^\\| [^|]*`" + code[1] + "`").MatchString(text) {
				t.Errorf("%s does not explain %s", page, code[1])
			}
		}
	}
}

func TestTheGuideNamesEveryShippedService(t *testing.T) {
	set, err := mappings.Load(mappings.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	text := string(read(t, root, "docs/huong-dan/ket-noi-so-nganh.md"))
	for _, name := range set.Services() {
		m, _ := set.Get(name)
		if want := "| `" + name + "` | "; !strings.Contains(text, want) || !strings.Contains(text, "`"+m.Root()+"`") {
			t.Errorf("the guide does not name %s and its element %s", name, m.Root())
		}
	}
}

func TestTheConfigurationForTryingOutIsInOrder(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "lgspd.yaml")
	for name, content := range map[string]string{
		path:                               string(read(t, root, "docs/huong-dan/thu-nghiem.yaml")),
		filepath.Join(folder, "lgspd.key"): "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n",
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if r := command(t, "check", "--config", path); r.code != exitOK {
		t.Errorf("check ended with %d\n%s", r.code, r.err)
	}
}

// What the unit, the installer and the defaults call by name has to be the same.
func TestTheUnitStartsWhatIsInstalled(t *testing.T) {
	unit, d := string(read(t, root, "config/lgspd.service")), config.Default()
	for _, want := range []string{
		"\nExecStart=/usr/local/bin/lgspd serve --config " + defaultConfig + "\n",
		"\nExecReload=/usr/local/bin/lgspd map reload --config " + defaultConfig + " --by systemctl\n",
		"\nStateDirectory=" + filepath.Base(d.Data) + "\n",
		"\nReadOnlyPaths=" + filepath.Dir(d.KeyFile) + "\n",
		"\nRestartPreventExitStatus=2\n",
	} {
		if !strings.Contains(unit, want) {
			t.Errorf("the unit has no line %q", strings.TrimSpace(want))
		}
	}
	if exitUsage != 2 || filepath.Dir(d.Data) != "/var/lib" {
		t.Errorf("exit code of usage %d, data in %s", exitUsage, d.Data)
	}
}
