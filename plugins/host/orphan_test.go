package host_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lgsp.internal/adapter/plugins/host"
)

// beHost is a daemon in a process of its own: it tells the process of its plugin
// and goes on until it is killed.
func beHost(program string) {
	h, err := host.New(host.Options{Name: "thu", Command: program, SHA256: os.Getenv("LGSPD_TEST_SUM"), Dir: os.Getenv("LGSPD_TEST_DIR")})
	if err != nil {
		panic(err)
	}
	go func() { panic(h.Run(context.Background())) }()
	if s, err := h.Restart(context.Background()); err != nil || s.State != host.Ready {
		panic(fmt.Sprintf("%+v (%v)", s, err))
	}
	fmt.Fprintln(os.Stdout, h.Status().PID)
	select {}
}

func TestAPluginDoesNotOutliveAHostThatIsKilled(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "thu")
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "LGSPD_TEST_HOST="+misbehave, "LGSPD_TEST_SUM="+sum, "LGSPD_TEST_DIR="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || !strings.Contains(command(pid), misbehave) {
		t.Fatalf("the plugin is %q: %s (%v)", line, command(pid), err)
	}
	if err := unix.Kill(pid, unix.SIGSTOP); err != nil { // it cannot end by itself
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the host ended by itself")
	}
	for deadline := time.Now().Add(10 * time.Second); strings.Contains(command(pid), misbehave); {
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still there", pid)
		}
	}
	// What a killed host left on disk goes with the next start.
	stale := filepath.Join(dir, "run", "w", "cũ")
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(o *host.Options) { o.Dir = dir })
	r.works()
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", stale, err)
	}
}
