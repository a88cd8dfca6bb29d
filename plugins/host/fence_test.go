package host_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lgsp.internal/adapter/plugins/host"
)

func TestAPluginReachesNothingThatItDoesNotNeed(t *testing.T) {
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION); errno != 0 {
		r := newRig(t)
		r.works()
		if !strings.Contains(r.said.String(), "offers no Landlock") {
			t.Errorf("nobody is told that this kernel has no Landlock:\n%s", r.said)
		}
		return
	}
	root := t.TempDir()
	put := func(name string) string {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("nội dung"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key, beside, database := put("etc/khoa"), put("etc/bang-ma"), put("data/lgspd.db")
	link := filepath.Join(root, "lien-ket")
	if err := os.Symlink(database, link); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	control := filepath.Join(t.TempDir(), "control") // which anybody may open
	sock, err := net.Listen("unix", control)
	if err != nil {
		t.Fatal(err)
	}
	defer sock.Close()
	r := newRig(t, func(o *host.Options) {
		o.Dir = filepath.Join(root, "data", "plugins", "thu")
		o.Hidden = []string{key, filepath.Join(root, "data"), filepath.Join(root, "not-there")}
	})
	r.works()
	for line, want := range map[string]string{
		"read " + key:        "permission denied",
		"read " + database:   "permission denied",
		"read " + link:       "permission denied",
		"read " + beside:     "đọc được nội dung",
		"read /etc/hostname": "đọc được",
		fmt.Sprintf("read /proc/%d/environ", os.Getpid()): "permission denied",
		fmt.Sprintf("read /proc/%d/mem", os.Getpid()):     "permission denied",
		"write " + beside:                     "permission denied",
		"write " + filepath.Join(root, "moi"): "permission denied",
		"write own-file":                      "được",
		"write /dev/null":                     "được",
		"dial tcp " + ln.Addr().String():      "permission denied",
		"dial udp 127.0.0.1:9":                "permission denied",
		"dial unix " + control:                "permission denied",
		fmt.Sprint("signal ", os.Getpid()):    "operation not permitted",
		fmt.Sprint("signal ", -os.Getpid()):   "operation not permitted",
		"signal -1":                           "operation not permitted",
		"starve":                              "operation not permitted",
		"spawn":                               "operation not permitted",
		"escape":                              "operation not permitted",
		"leave":                               "operation not permitted",
		"truncate " + beside:                  "permission denied",
		"empty " + beside:                     "permission denied",
		"chmod " + beside:                     "operation not permitted",
		"chmod " + database:                   "operation not permitted",
		"read " + filepath.Join(root, "data/plugins/thu"): "permission denied",
	} {
		if d, err := r.send("try " + line); err != nil || !strings.Contains(string(d.Body), want) {
			t.Errorf("%s: %q (%v), want %q", line, d.Body, err, want)
		}
	}
	// The thread that gave all that up is gone, and no other has.
	if b, err := os.ReadFile(key); err != nil || string(b) != "nội dung" {
		t.Errorf("the host itself cannot read the key: %v", err)
	}
}

func TestAPluginWritesToDevicesWhateverIsHidden(t *testing.T) {
	shared, err := os.MkdirTemp("/dev/shm", "lgspd-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(shared); err != nil {
			t.Error(err)
		}
	})
	key := filepath.Join(shared, "khoa")
	if err := os.WriteFile(key, []byte("nội dung"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, hidden := range [][]string{nil, {shared}} {
		r := newRig(t, func(o *host.Options) { o.Hidden = hidden })
		r.works()
		if d, err := r.send("try write /dev/null"); err != nil || !strings.Contains(string(d.Body), "được") {
			t.Errorf("hidden %q: %q (%v)", hidden, d.Body, err)
		}
		kept := hidden != nil && !strings.Contains(r.said.String(), "offers no Landlock")
		if d, err := r.send("try read " + key); err != nil || strings.Contains(string(d.Body), "permission denied") != kept {
			t.Errorf("hidden %q, read: %q (%v)", hidden, d.Body, err)
		}
	}
}

func TestThePluginsProgramMayLieAmongWhatIsHidden(t *testing.T) {
	root := t.TempDir()
	program, err := os.ReadFile(misbehave)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "thu")
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(o *host.Options) { o.Command, o.Hidden = path, []string{root} })
	r.works()
}
