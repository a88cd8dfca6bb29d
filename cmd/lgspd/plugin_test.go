package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/plugins/host"
)

// withPlugin puts a plugin into a site's configuration and returns its program.
func (s *site) withPlugin(t *testing.T) string {
	t.Helper()
	program := filepath.Join(s.folder, "mau")
	if out, err := exec.Command("go", "build", "-o", program, "../../plugins/testdata/sample").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	sum, err := config.Sum(program)
	if err != nil {
		t.Fatal(err)
	}
	s.replace(t, "upstreams:\n", fmt.Sprintf("plugins:\n  - name: mau\n    command: %s\n    sha256: %s\nupstreams:\n", program, sum))
	return program
}

func (s *site) plugins(t *testing.T) []host.Status {
	t.Helper()
	return decode[[]host.Status](t, s.lgspd(t, "plugin", "list", "--json"))
}

func TestPluginsAreStartedListedRestartedAndEndedWithTheDaemon(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	program := s.withPlugin(t)
	p := s.serve(t)
	var before host.Status
	until(t, 20*time.Second, "the plugin is ready", func() bool {
		before = s.plugins(t)[0]
		return before.State == host.Ready
	})
	s.lgspd(t, "plugin", "list").want(t, exitOK, words("NAME", "mau", "ready", fmt.Sprint(before.PID)), nil)
	s.lgspd(t, "plugin", "restart", "mau").want(t, exitOK, words("mau", "is ready (process"), nil)
	after := s.plugins(t)[0]
	if after.State != host.Ready || after.PID == before.PID || after.Restarts != 1 {
		t.Errorf("it was %+v and is %+v", before, after)
	}
	s.lgspd(t, "plugin", "restart", "khong-co").want(t, exitUsage, nil, words(`no plugin "khong-co"`))
	if err := syscall.Kill(after.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	until(t, 20*time.Second, "the plugin is started again", func() bool {
		now := s.plugins(t)[0]
		return now.State == host.Ready && now.PID != after.PID && strings.Contains(now.Reason, "signal: killed")
	})
	s.lgspd(t, "plugin", "list").want(t, exitOK, words("mau: it ended: signal: killed"), nil)
	last := s.plugins(t)[0].PID
	if code := p.stop(t); code != 0 {
		t.Errorf("exit code %d\n%s", code, p.log.String())
	}
	if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", last)); err == nil && strings.Contains(string(line), program) {
		t.Errorf("process %d is left", last)
	}
	if left, err := filepath.Glob(filepath.Join(s.folder, "data/plugins/mau/*")); err != nil || len(left) > 0 {
		t.Errorf("left are %q (%v)", left, err)
	}
}

func TestAPluginThatIsNotTheOneThatWasPinnedStopsNobodyElse(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	program := s.withPlugin(t)
	good := read(t, program)
	if err := os.WriteFile(program, append(good, 0), 0o700); err != nil {
		t.Fatal(err)
	}
	s.lgspd(t, "check").want(t, exitOK, words("is in order"), words("warning:", "plugins[0].sha256", "the program is another one"))
	if r := s.lgspd(t, "doctor", "--offline"); !strings.Contains(r.out, "BAD  plugin mau: ") {
		t.Errorf("the doctor says\n%s%s", r.out, r.err)
	}
	s.serve(t)
	until(t, 20*time.Second, "the plugin is disabled", func() bool { return s.plugins(t)[0].State == host.Disabled })
	s.lgspd(t, "plugin", "restart", "mau").want(t, exitFailed, nil, words("mau is disabled", "checksum"))
	if err := os.WriteFile(program+".new", good, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(program+".new", program); err != nil {
		t.Fatal(err)
	}
	until(t, 20*time.Second, "the right program is started", func() bool { return s.plugins(t)[0].State == host.Ready })
	if r := s.lgspd(t, "doctor", "--offline"); !strings.Contains(r.out, "ok   plugin mau: ") {
		t.Errorf("the doctor says\n%s%s", r.out, r.err)
	}
}

func TestPluginVerbsWithoutADaemon(t *testing.T) {
	s := newSite(t, "http://127.0.0.1:9")
	s.lgspd(t, "plugin", "list").want(t, exitOK, words("There is no plugin."), nil)
	if list := s.plugins(t); len(list) != 0 {
		t.Errorf("the list is %+v", list)
	}
	program := s.withPlugin(t)
	sum, err := config.Sum(program)
	if err != nil {
		t.Fatal(err)
	}
	s.lgspd(t, "plugin", "list").want(t, exitOK, words("mau", "not running"), nil)
	s.lgspd(t, "plugin", "restart", "mau").want(t, exitEnvironment, nil, words("no daemon runs"))
	s.lgspd(t, "plugin", "restart").want(t, exitUsage, nil, words("want the name of one plugin"))

	line := "    sha256: " + sum + "\n"
	for what, says := range map[string]string{"mau": "has this line already", program: "Put the line into its entry"} {
		r := s.lgspd(t, "plugin", "pin", what)
		r.want(t, exitOK, nil, words(says))
		if r.out != line {
			t.Errorf("pin %s prints %q, want %q", what, r.out, line)
		}
	}
	s.replace(t, sum, "x") // the line that is wanted is all that is wrong
	if r := s.lgspd(t, "plugin", "pin", "mau"); r.code != exitOK || r.out != line || !strings.Contains(r.err, "Put the line") {
		t.Errorf("exit code %d: %q, %q", r.code, r.out, r.err)
	}
	s.lgspd(t, "plugin", "pin", "khong-co").want(t, exitUsage, nil, words(`neither a file nor a plugin "khong-co"`))
	s.lgspd(t, "plugin", "pin", s.folder).want(t, exitEnvironment, nil, words("is not a regular file"))
	s.lgspd(t, "plugin", "pin").want(t, exitUsage, nil, words("want a program, or the name of a plugin"))
}

func TestWhatLiesBesidePrivateFilesIsHiddenFromPlugins(t *testing.T) {
	got, err := hiddenFromPlugins("/var/lib/lgspd", []string{"/etc/lgspd/lgspd.yaml", "/etc/lgspd/lgspd.key", "/etc/lgspd/secrets/hotich", "/etc/lgspd.key", "/srv/lgspd.key"})
	want := []string{"/var/lib/lgspd", "/etc/lgspd", "/etc/lgspd/secrets", "/etc/lgspd.key", "/srv"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q (%v), want %q", got, err, want)
	}
}
