package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/plugins/host"
	"lgsp.internal/adapter/sandbox"
)

// binaryVariable names the file that the daemon is built to, once, when the
// first test asks for it.
const binaryVariable = "LGSPD_TEST_BINARY"

func TestMain(m *testing.M) {
	host.Enter()
	folder, err := os.MkdirTemp("", "lgspd-test-")
	if err == nil {
		err = os.Setenv(binaryVariable, filepath.Join(folder, "lgspd"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// binary returns the path of the real daemon, built from this source.
func binary(t testing.TB) string {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var build = sync.OnceValues(func() (string, error) {
	path := os.Getenv(binaryVariable)
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the daemon: %w\n%s", err, out)
	}
	return path, nil
})

// buffer is a bytes.Buffer that a process may write while a test reads.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// result is what a command left behind.
type result struct {
	code     int
	out, err string
}

// command runs one command inside the test's process.
func command(t testing.TB, args ...string) result {
	t.Helper()
	var out, errs buffer
	code := run(t.Context(), append([]string{"lgspd"}, args...), streams{strings.NewReader(""), &out, &errs})
	return result{code, out.String(), errs.String()}
}

// binaryCommand runs one command of the real daemon.
func binaryCommand(t testing.TB, args ...string) result {
	t.Helper()
	var out, errs buffer
	cmd := exec.CommandContext(t.Context(), binary(t), args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Fatal(err)
		}
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// until polls until done reports true; it fails the test after a time.
func until(t testing.TB, within time.Duration, what string, done func() bool) {
	t.Helper()
	if !comes(within, done) {
		t.Fatalf("not within %s: %s", within, what)
	}
}

// comes polls until done reports true, and gives up after a time.
func comes(within time.Duration, done func() bool) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(within); !done(); <-tick.C {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// startSandbox runs a stand-in for the upstreams until the test ends.
func startSandbox(t testing.TB) (*sandbox.Server, string) {
	t.Helper()
	box, err := newSandbox(nil, false)
	if err != nil {
		t.Fatal(err)
	}
	return box, serveSandbox(t, box)
}

// serveSandbox serves box until the test ends, and returns its URL.
func serveSandbox(t testing.TB, box *sandbox.Server) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- box.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + ln.Addr().String()
}

// site is one installation in a folder of its own.
type site struct {
	folder, config, addr, password string
}

const siteConfig = `province: {code: H29, name: Thành phố Hồ Chí Minh}
data: data
key_file: lgspd.key
soap:
  listen: %[1]s
  open_wsdl: true
departments:
  - code: H29.11
    name: Sở Tư pháp
    services: [hotich.khai-sinh, hotich.khai-tu, hotich.ket-hon, dancu.cap-nhat, bhyt.cap-the, cu-tru.dang-ky, an-sinh.mai-tang-phi]
    auth: {basic: [{username: thu, password_file: basic}]}
services:
  - {name: hotich.khai-sinh, upstream: hotich}
  - {name: hotich.khai-tu, upstream: hotich}
  - {name: hotich.ket-hon, upstream: hotich}
  - {name: dancu.cap-nhat, upstream: dancu}
  - {name: bhyt.cap-the, upstream: bhyt}
  - {name: cu-tru.dang-ky, upstream: cu-tru}
  - {name: an-sinh.mai-tang-phi, upstream: an-sinh}
upstreams:
  - name: hotich
    url: %[2]s
    form: json
    token: {consumer_key: ` + sandboxKey + `, consumer_secret_file: consumer}
    operations: {nhanHoSoDKHT: {path: /apiLienThongKSKT/1.0/nhanHoSoDKHT}}
    timeout: 5s
    retry: {first: 50ms, most: 500ms}
    breaker: {failures: 5, open: 100ms, most: 400ms}
  - name: dancu
    url: %[2]s
    form: soap
    token: {consumer_key: ` + sandboxKey + `, consumer_secret_file: consumer}
    operations: {CapNhatThongTinCongDan: {path: /dancu/1.0/CapNhatThongTinCongDan}}
    timeout: 5s
    retry: {first: 50ms, most: 500ms}
    breaker: {failures: 5, open: 100ms, most: 400ms}
  - name: bhyt
    url: %[2]s
    form: json
    token: {consumer_key: ` + sandboxKey + `, consumer_secret_file: consumer}
    operations: {nhanHoSoBHYT: {path: /apiLienThongBHXH/1.0/nhanHoSoBHYT}}
    timeout: 5s
    retry: {first: 50ms, most: 500ms}
    breaker: {failures: 5, open: 100ms, most: 400ms}
  - name: cu-tru
    url: %[2]s
    form: json
    token: {consumer_key: ` + sandboxKey + `, consumer_secret_file: consumer}
    operations: {nhanHoSoCuTru: {path: /apiLienThongCuTru/1.0/nhanHoSoCuTru}}
    timeout: 5s
    retry: {first: 50ms, most: 500ms}
    breaker: {failures: 5, open: 100ms, most: 400ms}
  - name: an-sinh
    url: %[2]s
    form: json
    token: {consumer_key: ` + sandboxKey + `, consumer_secret_file: consumer}
    operations: {nhanHoSoMaiTangPhi: {path: /apiLienThongAnSinh/1.0/nhanHoSoMaiTangPhi}}
    timeout: 5s
    retry: {first: 50ms, most: 500ms}
    breaker: {failures: 5, open: 100ms, most: 400ms}
queue:
  min_free: 1MiB
  reserve: 1MiB
`

// newSite makes an installation whose upstreams are at a URL; nothing runs yet.
func newSite(t testing.TB, upstream string) *site {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	s := &site{folder: t.TempDir(), addr: ln.Addr().String(), password: "mat-khau-thu-nghiem"}
	s.config = filepath.Join(s.folder, "lgspd.yaml")
	s.write(t, "lgspd.yaml", fmt.Sprintf(siteConfig, s.addr, upstream))
	key := sha256.Sum256([]byte("a key for tests"))
	s.write(t, "lgspd.key", hex.EncodeToString(key[:]))
	s.write(t, "basic", s.password)
	s.write(t, "consumer", sandboxSecret)
	if err := os.Mkdir(filepath.Join(s.folder, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// replace changes the configuration.
func (s *site) replace(t testing.TB, old, new string) {
	t.Helper()
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(old)) {
		t.Fatalf("the configuration has no %q", old)
	}
	s.write(t, "lgspd.yaml", strings.Replace(string(text), old, new, 1))
}

// post sends one SOAP message as a department does.
func (s *site) post(ctx context.Context, client *http.Client, service string, body []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.addr+"/soap/"+service, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.SetBasicAuth("thu", s.password)
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return answer{}, err
	}
	doc, err := strictxml.Parse(text, strictxml.Limits{})
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", resp.Status, err)
	}
	return readAnswer(doc.Root()), nil
}

// process is the real daemon at work.
type process struct {
	cmd   *exec.Cmd
	log   buffer
	ended chan struct{}
}

// serve starts the real daemon and returns once departments are served.
func (s *site) serve(t testing.TB) *process {
	t.Helper()
	p := s.start(t)
	until(t, 20*time.Second, "the daemon serves", func() bool {
		select {
		case <-p.ended:
			t.Fatalf("the daemon ended: %s\n%s", p.cmd.ProcessState, p.log.String())
		default:
		}
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
	return p
}

// start starts the real daemon and does not wait for it.
func (s *site) start(t testing.TB) *process { return startBinary(t, "serve", "--config", s.config) }

func startBinary(t testing.TB, args ...string) *process {
	t.Helper()
	p := &process{ended: make(chan struct{})}
	p.cmd = exec.Command(binary(t), args...)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // how it ended is in ProcessState
	}()
	t.Cleanup(p.kill)
	return p
}

// kill ends the daemon at once, as a loss of power does to a process.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.ended
}

// stop asks the daemon to end in order and returns its exit code.
func (p *process) stop(t testing.TB) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		t.Fatalf("the daemon did not end within 20 s of SIGTERM\n%s", p.log.String())
	}
	return p.cmd.ProcessState.ExitCode()
}
