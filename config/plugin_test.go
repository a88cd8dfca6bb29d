package config

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
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

func TestAProgramThatALinkLeadsToIsTheOneThatIsChecked(t *testing.T) {
	c := made(t)
	p := plugin(t, 0o757, 0o755)
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(p.Command, link))
	p.Command = link
	c.Plugins = []Plugin{p}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "others may change ") {
		t.Errorf("%v", err)
	}
}

func TestAFolderFarAboveAProgramCounts(t *testing.T) {
	c := made(t)
	p := plugin(t, 0o755, 0o755)
	must(t, os.Chmod(filepath.Dir(filepath.Dir(p.Command)), 0o777))
	c.Plugins = []Plugin{p}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "others may put another program into ") {
		t.Errorf("%v", err)
	}
}

func TestAnInterpreterIsNoPlugin(t *testing.T) {
	for _, name := range []string{"python3", "python3.13", "sh", "node"} {
		c := made(t)
		p := plugin(t, 0o755, 0o755)
		must(t, os.Rename(p.Command, filepath.Join(filepath.Dir(p.Command), name)))
		p.Command = filepath.Join(filepath.Dir(p.Command), name)
		c.Plugins = []Plugin{p}
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "its checksum says nothing of the one that it is to run") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// somebody is a file of an account.
type somebody struct {
	os.FileInfo
	uid uint32
}

func (s somebody) Sys() any { return &syscall.Stat_t{Uid: s.uid} }

func TestOnlyRootAndTheDaemonsAccountAreTrusted(t *testing.T) {
	c := made(t)
	k := &checker{c: &c}
	for uid, want := range map[uint32]bool{0: true, uint32(os.Geteuid()): true, 54321: false} {
		if got := k.trusts(somebody{uid: uid}); got != want {
			t.Errorf("account %d: %v", uid, got)
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
	c, err := load(t, good(t)+"plugins:\n  - {name: dia-chi, command: /bin/true, sha256: "+strings.Repeat("0A", 32)+"}\n")
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

func TestWhatOnlyTheDaemonMayReadIsNamed(t *testing.T) {
	dir := ground(t)
	path := put(t, dir, "lgspd.yaml", []byte(good(t, "form: json", "form: json\n    token: {consumer_key: h29, consumer_secret_file: secrets/other}")+serverTLS), 0o640)
	c, err := Load(path)
	must(t, err)
	var got []string
	for _, p := range c.Private() {
		rel, err := filepath.Rel(dir, p)
		must(t, err)
		got = append(got, rel)
	}
	if want := "lgspd.yaml lgspd.key tls/server.key secrets/good secrets/other"; strings.Join(got, " ") != want {
		t.Errorf("private are %q, want %q", got, want)
	}
}
