package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// plugin returns an entry of a program with that mode in a folder with that mode.
func plugin(t *testing.T, mode, folder os.FileMode) Plugin {
	t.Helper()
	p := Plugin{Name: "dia-chi"}
	p.setDefaults()
	p.Command = put(t, t.TempDir(), "plugins/dia-chi", []byte("#!/bin/sh\n"), mode)
	must(t, os.Chmod(filepath.Dir(p.Command), folder))
	var err error
	p.SHA256, err = Sum(p.Command)
	must(t, err)
	return p
}

func TestAProgramThatOthersCanChangeIsRefused(t *testing.T) {
	for _, row := range []struct {
		mode, folder os.FileMode
		want         string
	}{
		{0o755, 0o755, ""},
		{0o500, 0o700, ""},
		{0o755, 0o777 | os.ModeSticky, ""},
		{0o775, 0o755, "others may change "},
		{0o757, 0o755, "others may change "},
		{0o644, 0o755, "cannot be executed (mode 0644)"},
		{0o755, 0o777, "others may put another program into "},
		{0o755, 0o775, "others may put another program into "},
	} {
		c := made(t)
		c.Plugins = []Plugin{plugin(t, row.mode, row.folder)}
		err := c.Validate()
		if row.want == "" {
			must(t, err)
			continue
		}
		if err == nil || !strings.Contains(err.Error(), "plugins[0].command: ") || !strings.Contains(err.Error(), row.want) {
			t.Errorf("mode %04o in %04o: %v, want %q", row.mode, row.folder, err, row.want)
		}
	}
}

func TestAProgramThatIsNotTheOneThatWasPinnedIsWarnedOf(t *testing.T) {
	c := made(t)
	c.Plugins = []Plugin{plugin(t, 0o755, 0o755)}
	must(t, c.Validate())
	if w := c.Warnings(certStart); w != nil {
		t.Errorf("warnings: %v", w)
	}
	pinned := c.Plugins[0].SHA256
	c.Plugins[0].SHA256 = strings.Repeat("0a", 32)
	must(t, c.Validate())
	if w := c.Warnings(certStart); len(w) != 1 || w[0].Key != "plugins[0].sha256" || !strings.Contains(w[0].Text, pinned) {
		t.Errorf("warnings: %v", w)
	}
}

func TestAPluginHasItsDefaultsAndItsChecksumInSmallLetters(t *testing.T) {
	c, err := load(t, good(t)+"plugins:\n  - {name: dia-chi, command: /bin/sh, sha256: "+strings.Repeat("0A", 32)+"}\n")
	must(t, err)
	p := c.Plugins[0]
	if p.Timeout.String() != "5s" || p.Memory != 256*MiB || p.Args != nil || p.SHA256 != strings.Repeat("0a", 32) {
		t.Errorf("it is %+v", p)
	}
}

func TestOnlyAFileHasAChecksum(t *testing.T) {
	for _, path := range []string{t.TempDir(), "/dev/zero", "/no/such/file"} {
		if sum, err := Sum(path); err == nil {
			t.Errorf("%s has the sum %s", path, sum)
		}
	}
}
