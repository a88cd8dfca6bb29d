package host_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/host"
)

func TestAPluginLearnsNothingOfOurEnvironment(t *testing.T) {
	t.Setenv("LGSPD_TEST_SECRET", "bí mật")
	t.Setenv("TZ", "Asia/Ho_Chi_Minh")
	r := newRig(t)
	d, err := r.send("env")
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"HOME", "TMPDIR", "PATH", "LANG", "TZ", "GOMEMLIMIT", "LGSPD_PLUGIN", "PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT", "PLUGIN_PROTOCOL_VERSIONS", "PLUGIN_UNIX_SOCKET_DIR", "PLUGIN_CLIENT_CERT"}
	named := regexp.MustCompile(`(?m)^([A-Z_]+)=`).FindAllStringSubmatch(string(d.Body), -1)
	for _, name := range named {
		if !slices.Contains(known, name[1]) {
			t.Errorf("it learns %s", name[1])
		}
	}
	if len(named) < 10 || strings.Contains(string(d.Body), "bí mật") || !strings.Contains(string(d.Body), "TZ=Asia/Ho_Chi_Minh") {
		t.Errorf("the environment is\n%s", d.Body)
	}
}

func TestAPluginIsLimited(t *testing.T) {
	var dir string
	r := newRig(t, func(o *host.Options) { dir = o.Dir; o.Memory = 128 << 20 })
	d, err := r.send("limits")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`Max data size +402653184 +402653184 +bytes`,
		`Max core file size +0 +0 +bytes`,
		`Max open files +256 +256 +files`,
		`Max file size +67108864 +67108864 +bytes`,
		`Max processes +384 +384 +processes`,
		`NoNewPrivs:\s+1\n`,
		`CapPrm:\s+0+\n`,
		`Dir: ` + regexp.QuoteMeta(dir) + `/run/w\n`,
	} {
		if !regexp.MustCompile(want).Match(d.Body) {
			t.Errorf("there is no %q in\n%s", want, d.Body)
		}
	}
	for _, folder := range []string{dir, dir + "/run", dir + "/run/s", dir + "/run/w"} {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v (%v)", folder, info.Mode(), err)
		}
	}
}

func TestAPluginThatTakesTooMuchMemoryIsEnded(t *testing.T) {
	for _, row := range []struct{ body, reason string }{
		{"memory", `^it (ended|used)`}, // the kernel refuses it, or we see it first
		{"slow-memory 120", `^it used \d+ MiB of memory, and may use 64$`},
	} {
		t.Run(row.body, func(t *testing.T) {
			r := newRig(t, func(o *host.Options) { o.Memory = 64 << 20 })
			r.works()
			began := time.Now()
			_, err := r.send(row.body)
			r.is(err, lgsp.Unavailable, "PluginDown")
			if took := time.Since(began); took > 4*time.Second {
				t.Errorf("it took %s", took)
			}
			r.works()
			if s := r.h.Status(); !regexp.MustCompile(row.reason).MatchString(s.Reason) {
				t.Errorf("the reason is %q\n%s", s.Reason, r.said)
			}
		})
	}
}

func TestAProgramThatWasNotPinnedIsNotStartedUntilItIsTheRightOne(t *testing.T) {
	program, err := os.ReadFile(misbehave)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other")
	write := func(b []byte) {
		if err := os.WriteFile(other+".new", b, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(other+".new", other); err != nil {
			t.Fatal(err)
		}
	}
	write(append(slices.Clone(program), 0))
	r := newRig(t, func(o *host.Options) { o.Command = other })
	s := r.state(host.Disabled)
	if !strings.Contains(s.Reason, "checksum") || s.PID != 0 {
		t.Errorf("the status is %+v", s)
	}
	if s, err := r.h.Restart(t.Context()); err != nil || s.State != host.Disabled {
		t.Errorf("after a restart it is %+v (%v)", s, err)
	}
	if left := processes(t, other); len(left) > 0 {
		t.Errorf("it was started: %q", left)
	}
	write(program)
	r.works()
}

func TestAProgramThatIsMissingIsWaitedFor(t *testing.T) {
	script := []byte("#!/bin/sh\nexec " + misbehave + "\n")
	of := sha256.Sum256(script)
	path := filepath.Join(t.TempDir(), "script")
	r := newRig(t, func(o *host.Options) { o.Command, o.SHA256 = path, hex.EncodeToString(of[:]) })
	if s := r.state(host.Waiting); !strings.Contains(s.Reason, "no such file") {
		t.Errorf("the reason is %q", s.Reason)
	}
	if err := os.WriteFile(path+".new", script, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	r.works() // a script that gives way to the plugin is one
}

func TestWhatAPluginPrintsIsLoggedCutAndLimited(t *testing.T) {
	r := newRig(t)
	if _, err := r.send("long"); err != nil {
		t.Fatal(err)
	}
	r.until("the line is not logged", func() bool { return strings.Contains(r.said.String(), "ăăă") })
	if n := strings.Count(r.said.String(), "ă"); n > 200 {
		t.Errorf("%d letters of a line are logged", n)
	}
	if _, err := r.send("say 5000"); err != nil {
		t.Fatal(err)
	}
	r.until("nothing is logged", func() bool { return strings.Contains(r.said.String(), "dòng 10") })
	if _, err := r.send("say 1"); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(r.said.String(), "dòng"); n > 100 {
		t.Errorf("%d lines are logged", n)
	}
}

func TestALongFolderGetsItsSocketElsewhere(t *testing.T) {
	var dir string
	r := newRig(t, func(o *host.Options) {
		o.Dir = filepath.Join(o.Dir, strings.Repeat("dài", 30))
		dir = o.Dir
	})
	r.works()
	d, err := r.send("env")
	if err != nil || strings.Contains(string(d.Body), "SOCKET_DIR="+dir) {
		t.Errorf("the environment is %s (%v)", d.Body, err)
	}
	socket := regexp.MustCompile(`SOCKET_DIR=(.*)/s/`).FindStringSubmatch(string(d.Body))
	r.stop()
	if _, err := os.Stat(socket[1]); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", socket[1], err)
	}
}

func TestAPluginThatFillsTheDiskIsEnded(t *testing.T) {
	for _, body := range []string{"disk 5", "files 20000"} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(o *host.Options) { o.Ping, o.Timeout = 20*time.Millisecond, time.Minute })
			r.works()
			_, err := r.send(body)
			r.is(err, lgsp.Unavailable, "PluginDown")
			r.works()
			if s := r.h.Status(); s.Reason != "it wrote more than 64 MiB into its folder" {
				t.Errorf("the status is %+v", s)
			}
		})
	}
}
