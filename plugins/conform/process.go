package conform

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"lgsp.internal/adapter/plugins/host"
	"lgsp.internal/adapter/plugins/wire"
)

// process is a plugin that was started as the daemon starts it.
type process struct {
	cmd     *exec.Cmd
	pid     int
	dir     string   // everything of this run
	stdin   *os.File // our end, on which nothing is said
	printed *printed
	exited  chan struct{} // closed once it has ended and what it printed has been read
	known   []running     // what it had started whenever that was looked up
	greeting
	tls  *tls.Config
	conn *grpc.ClientConn
	rpc  wire.PluginClient
}

// Folders of a run.
const (
	workFolder   = "w"
	socketFolder = "s"
)

// start starts the plugin and hears its greeting.
func (x *exam) start(ctx context.Context) (*process, error) {
	dir, err := os.MkdirTemp("", "lgspd-test-")
	if err != nil {
		return nil, err
	}
	p := &process{dir: dir, printed: &printed{}, exited: make(chan struct{})}
	config, cert, err := host.NewTLS(time.Now())
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	p.tls = config
	first, err := p.launch(x, cert)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start it: %w", err), os.RemoveAll(dir))
	}
	late := time.NewTimer(x.Start)
	defer late.Stop()
	var line string
	select {
	case line = <-first:
		err = p.hear(line)
	case <-p.exited:
		err = fmt.Errorf("it ended before it greeted: %s%s", p.cmd.ProcessState, p.printed.quoted())
	case <-late.C:
		err = fmt.Errorf("it did not greet within %s", x.Start)
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err == nil {
		p.conn, err = p.dial(p.tls)
	}
	if err != nil {
		p.close()
		return nil, err
	}
	p.rpc = wire.NewPluginClient(p.conn)
	p.look()
	return p, nil
}

// launch starts the process, and gives the first line that it prints.
func (p *process) launch(x *exam, cert string) (<-chan string, error) {
	for _, f := range []string{workFolder, socketFolder} {
		if err := os.Mkdir(filepath.Join(p.dir, f), 0o700); err != nil {
			return nil, err
		}
	}
	//nolint:gosec // the person who examines a plugin names it
	p.cmd = exec.Command(x.Command, x.Args...)
	p.cmd.Dir = filepath.Join(p.dir, workFolder)
	p.cmd.Env = append(host.Environment(p.cmd.Dir, x.Memory),
		wire.CookieKey+"="+wire.CookieValue, "PLUGIN_PROTOCOL_VERSIONS="+strconv.Itoa(wire.ProtocolVersion),
		"PLUGIN_UNIX_SOCKET_DIR="+filepath.Join(p.dir, socketFolder), "PLUGIN_CLIENT_CERT="+cert)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, stdin, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	stdout, out, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, in.Close(), stdin.Close())
	}
	stderr, errs, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, in.Close(), stdin.Close(), stdout.Close(), out.Close())
	}
	p.stdin, p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = stdin, in, out, errs
	err = p.cmd.Start()
	if err := errors.Join(err, in.Close(), out.Close(), errs.Close()); err != nil {
		return nil, errors.Join(err, stdin.Close(), stdout.Close(), stderr.Close())
	}
	p.pid = p.cmd.Process.Pid
	first := make(chan string, 1)
	var read sync.WaitGroup
	read.Go(func() { p.listen(stdout, first) })
	read.Go(func() { _, _ = io.Copy(p.printed, stderr) }) // ends with the process, at the latest soon after
	go func() {
		_ = p.cmd.Wait() // how it ended stands in ProcessState
		// Something that it started may still hold the other end.
		late := time.Now().Add(drain)
		_, _ = stdout.SetReadDeadline(late), stderr.SetReadDeadline(late) // of pipes, which have them
		read.Wait()
		_, _ = stdout.Close(), stderr.Close()
		close(p.exited)
	}()
	return first, nil
}

// drain is how long what a process printed last is waited for once it has ended.
const drain = 200 * time.Millisecond

const longestGreeting = 8 << 10 // bytes

// listen reads what the process prints: its greeting, and then what it should not.
func (p *process) listen(stdout io.Reader, first chan<- string) {
	r := bufio.NewReaderSize(stdout, longestGreeting)
	line, err := r.ReadSlice('\n')
	if len(line) > 0 {
		first <- string(line)
	}
	if err == nil || errors.Is(err, bufio.ErrBufferFull) {
		_, _ = io.Copy(p.printed, r) // ends with the process
	}
}

// dial connects to the plugin, which takes place with the first call.
func (p *process) dial(config *tls.Config) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:plugin",
		grpc.WithTransportCredentials(credentials.NewTLS(config)),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", p.socket)
		}),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(wire.MaxMessage), grpc.MaxCallSendMsgSize(wire.MaxMessage)),
		grpc.WithDisableRetry(), grpc.WithDisableServiceConfig())
}

// runs reports whether the process has not ended, as far as is known.
func (p *process) runs() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// over waits for the process to end by itself, and reports whether it did.
func (p *process) over(within time.Duration) bool {
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case <-p.exited:
		return true
	case <-late.C:
		return false
	}
}

// close ends whatever is left of the run, and whatever the plugin started.
func (p *process) close() {
	if p.conn != nil {
		_ = p.conn.Close() // closed already, if all went well
	}
	if p.runs() {
		p.look()
		_ = syscall.Kill(-p.pid, syscall.SIGKILL) // it may have just ended
	}
	for _, r := range leftOf(p.pid, p.dir, p.known) {
		r.end()
	}
	<-p.exited
	_ = p.stdin.Close()
	_ = os.RemoveAll(p.dir)
}

// printed is what a process prints besides its greeting, as far as it is kept.
type printed struct {
	mu   sync.Mutex
	kept bytes.Buffer
	n    int64
}

const mostKept = 1 << 20 // bytes

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n += int64(len(b))
	p.kept.Write(b[:min(len(b), mostKept-p.kept.Len())])
	return len(b), nil
}

// text returns what was printed, and how much of it there was.
func (p *printed) text() (string, int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept.String(), p.n
}

// quoted is the last of what was printed, for a report; "" when it was nothing.
func (p *printed) quoted() string {
	text, _ := p.text()
	const last = 120
	if text = strings.TrimSpace(text); text == "" {
		return ""
	}
	return fmt.Sprintf("; it printed %q", strings.ToValidUTF8(text[max(0, len(text)-last):], ""))
}
