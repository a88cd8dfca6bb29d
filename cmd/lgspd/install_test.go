package main

import (
	"bytes"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// install runs install.sh with everything below root and returns what it said.
func install(t *testing.T, root string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "../../install.sh", append([]string{"--binary", binary(t)}, args...)...)
	cmd.Env = append(os.Environ(), "DESTDIR="+root)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("install.sh: %v\n%s", err, out)
	}
	return string(out)
}

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAnInstallationLaysDownWhatADaemonNeeds(t *testing.T) {
	root := t.TempDir()
	install(t, root)
	for _, want := range []struct {
		path string
		mode fs.FileMode
	}{
		{"usr/local/bin/lgspd", 0o755},
		{"usr/local/lib/systemd/system/lgspd.service", 0o644},
		{"usr/local/share/doc/lgspd/van-hanh.md", 0o644},
		{"usr/local/share/doc/lgspd/viet-anh-xa.md", 0o644},
		{"usr/local/share/doc/lgspd/guide-mappings.md", 0o644},
		{"usr/local/share/doc/lgspd/khai-tu.wsdl", 0o644},
		{"usr/local/share/doc/lgspd/mapping.schema.json", 0o644},
		{"usr/local/share/doc/lgspd/case.schema.json", 0o644},
		{"etc/lgspd", 0o750 | fs.ModeDir},
		{"etc/lgspd/lgspd.yaml", 0o640},
		{"etc/lgspd/lgspd.key", 0o640},
		{"etc/lgspd/secrets", 0o750 | fs.ModeDir},
		{"var/lib/lgspd", 0o700 | fs.ModeDir},
	} {
		info, err := os.Stat(filepath.Join(root, want.path))
		if err != nil {
			t.Error(err)
		} else if info.Mode() != want.mode {
			t.Errorf("%s has mode %v, want %v", want.path, info.Mode(), want.mode)
		}
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(read(t, root, "etc/lgspd/lgspd.key"))))
	if err != nil || len(key) != 32 {
		t.Errorf("the key is not 32 bytes in hexadecimal: %d bytes, %v", len(key), err)
	}
	left, err := filepath.Glob(filepath.Join(root, "*/*/*.installing"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestNoTwoInstallationsShareAKey(t *testing.T) {
	one, other := t.TempDir(), t.TempDir()
	install(t, one)
	install(t, other)
	if bytes.Equal(read(t, one, "etc/lgspd/lgspd.key"), read(t, other, "etc/lgspd/lgspd.key")) {
		t.Error("both have the same key")
	}
}

// A fresh installation lacks the secrets and nothing else.
func TestAfterAnInstallationOnlyTheSecretsAreMissing(t *testing.T) {
	root := t.TempDir()
	install(t, root)
	path := filepath.Join(root, "etc/lgspd/lgspd.yaml")
	text := strings.NewReplacer("/etc/lgspd", root+"/etc/lgspd", "/var/lib/lgspd", root+"/var/lib/lgspd").Replace(string(read(t, path)))
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	missing := regexp.MustCompile(`(?m)^ *(?:- )?\w+_file: (secrets/\S+)`).FindAllStringSubmatch(text, -1)
	r := command(t, "check", "--config", path)
	problems := regexp.MustCompile(`(?m)lgspd\.yaml:\d+:\d+: .*$`).FindAllString(r.err, -1)
	if r.code != exitUsage || len(problems) != len(missing) || len(missing) == 0 {
		t.Fatalf("check ended with %d and %d problems, want %d and one for each of %v\n%s", r.code, len(problems), exitUsage, missing, r.err)
	}
	for _, p := range problems {
		if !strings.Contains(p, "_file: ") {
			t.Errorf("more than a secret is missing: %s", p)
		}
	}
	for _, m := range missing {
		if err := os.WriteFile(filepath.Join(root, "etc/lgspd", m[1]), []byte("only-for-this-test-"+filepath.Base(m[1])), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if r := command(t, "check", "--config", path); r.code != exitOK {
		t.Errorf("with the secrets, check ended with %d\n%s", r.code, r.err)
	}
}

func TestAnUpgradeKeepsWhatTheProvinceMade(t *testing.T) {
	root := t.TempDir()
	install(t, root)
	made := map[string]string{
		"etc/lgspd/lgspd.yaml":          "province: {code: H29, name: Thử}\n",
		"etc/lgspd/lgspd.key":           strings.Repeat("5a", 32) + "\n",
		"etc/lgspd/secrets/h29.11":      "only-for-this-test\n",
		"var/lib/lgspd/lgspd.db":        "not a database",
		"var/lib/lgspd/lgspd.db.heads":  "not a head",
		"usr/local/bin/lgspd":           "#!/bin/sh\n",
		"etc/lgspd/mappings/own/a.yaml": "own",
	}
	for path, text := range made {
		full := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	said := install(t, root)
	delete(made, "usr/local/bin/lgspd")
	for path, text := range made {
		if got := string(read(t, root, path)); got != text {
			t.Errorf("%s became %q", path, got)
		}
	}
	if !bytes.Equal(read(t, root, "usr/local/bin/lgspd"), read(t, binary(t))) {
		t.Error("the program is not the new one")
	}
	if got := string(read(t, root, "usr/local/lib/lgspd/lgspd.previous")); got != "#!/bin/sh\n" {
		t.Errorf("the program before is %q", got)
	}
	if !bytes.Equal(read(t, root, "etc/lgspd/lgspd.yaml.new"), read(t, "../../config/lgspd.yaml")) {
		t.Error("lgspd.yaml.new is not the example of this version")
	}
	if !strings.Contains(said, "lgspd.yaml.new") {
		t.Errorf("it does not say where the new example is:\n%s", said)
	}
}

func TestAPackageHoldsNoKey(t *testing.T) {
	root := t.TempDir()
	install(t, root, "--no-key", "--prefix", "/usr")
	if _, err := os.Stat(filepath.Join(root, "etc/lgspd/lgspd.key")); !os.IsNotExist(err) {
		t.Errorf("there is a key: %v", err)
	}
	unit := string(read(t, root, "usr/lib/systemd/system/lgspd.service"))
	if !strings.Contains(unit, "\nExecStart=/usr/bin/lgspd serve ") {
		t.Errorf("the unit does not start /usr/bin/lgspd:\n%s", unit)
	}
}

func TestInstallSaysWhatIsWrongWithItsArguments(t *testing.T) {
	for _, args := range [][]string{{"--prefix", "relative"}, {"--binary"}, {"--binary", "/nonexistent"}, {"--purge"}} {
		cmd := exec.CommandContext(t.Context(), "../../install.sh", args...)
		cmd.Env = append(os.Environ(), "DESTDIR="+t.TempDir())
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.HasPrefix(string(out), "install.sh: ") {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
}
