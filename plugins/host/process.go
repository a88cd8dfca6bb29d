package host

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	gorunner "github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"lgsp.internal/adapter/plugins/wire"
)

// hopeless marks an error that starting again would not mend.
type hopeless struct{ error }

// process is one run of a plugin, from its start until nothing of it is left.
type process struct {
	client *plugin.Client
	run    *runner
	line   *line
	health grpc_health_v1.HealthClient
	said   *wire.Description

	ended   chan struct{} // closed once the process has been waited for, if there was one
	streams []*stream     // what it prints
	folder  string        // of this run, removed with it
}

// start starts the plugin and returns it once it has said what it can do.
func (h *Host) start(ctx context.Context) (*process, error) {
	if err := h.pinned(); err != nil {
		return nil, err
	}
	p := &process{ended: make(chan struct{})}
	if err := p.prepare(h); err != nil {
		return nil, errors.Join(err, p.remove())
	}
	stop := context.AfterFunc(ctx, func() { p.run.kill("the daemon stops", true) })
	defer stop()
	err := p.greet(h)
	if err == nil {
		return p, nil
	}
	err = p.explain(err)
	p.run.blame("it did not come up", true)
	p.end(0)
	return nil, err
}

// explain says why a process did not come up.
func (p *process) explain(err error) error {
	core, protocol, spoke := p.run.versions()
	reason, _ := p.run.why()
	switch {
	case spoke && (core != plugin.CoreProtocolVersion || protocol != wire.ProtocolVersion):
		return hopeless{fmt.Errorf("it speaks version %d|%d, and the daemon speaks %d|%d; build it with the SDK of this version of lgspd", core, protocol, plugin.CoreProtocolVersion, wire.ProtocolVersion)}
	case p.run.pid() != 0 && p.run.silent() && p.run.exits(drain):
		reason, _ = p.run.why()
		return fmt.Errorf("it said nothing: %s", reason)
	case reason != "":
		return fmt.Errorf("%w: %s", err, reason)
	default:
		return err
	}
}

// pinned checks that the program is the one that was pinned.
func (h *Host) pinned() error {
	ok, err := (&plugin.SecureConfig{Checksum: h.sum, Hash: sha256.New()}).Check(h.opt.Command)
	switch {
	case err != nil:
		return fmt.Errorf("read the program: %w", err)
	case !ok:
		return hopeless{errors.New("the program is not the one whose checksum the configuration had when the daemon started; if it is the right one, see lgspd plugin pin, and start the daemon anew")}
	default:
		return nil
	}
}

// prepare makes everything that a run needs, and starts nothing.
func (p *process) prepare(h *Host) error {
	work, socket, err := p.folders(h.opt.Dir)
	if err != nil {
		return fmt.Errorf("make a folder for the plugin: %w", err)
	}
	config, cert, err := NewTLS(h.opt.Now())
	if err != nil {
		return err
	}
	out := newOutput(h.opt.Log, h.opt.Now, func() { p.run.kill("it printed too much", false) })
	for range 4 {
		p.streams = append(p.streams, out.stream())
	}
	p.run = &runner{work: work, name: h.opt.Command, out: p.streams[0], exited: make(chan struct{})}
	p.client = plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: wire.Handshake(), Plugins: wire.Set(nil), AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		SkipHostEnv: true, TLSConfig: config, StartTimeout: h.opt.Start, Logger: hclog.NewNullLogger(),
		Stderr: p.streams[1], SyncStdout: p.streams[2], SyncStderr: p.streams[3],
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: socket},
		GRPCDialOptions:  dialOptions(h.opt.Start),
		RunnerFunc: func(_ hclog.Logger, cmd *exec.Cmd, dir string) (gorunner.Runner, error) {
			env := append(Environment(work, h.opt.Memory), certKey+"="+cert)
			p.run.socket = dir
			var err error
			p.run.cmd, err = fence{Program: h.opt.Command, Args: append([]string{h.opt.Command}, h.opt.Args...), Hidden: h.opt.Hidden,
				Own: followed(filepath.Dir(work)), Memory: h.opt.Memory, Daemon: os.Getpid()}.command(append(env, cmd.Env...), work)
			return p.run, err
		},
	})
	return nil
}

// folders makes the folders of a run: an empty one to work in, and one for the
// socket. Where the path of a socket would be too long for one, they lie in the
// folder for temporary files, and a link leads there.
func (p *process) folders(dir string) (work, socket string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", "", err
	}
	p.folder = filepath.Join(dir, "run")
	if err := p.remove(); err != nil { // of a daemon that was killed
		return "", "", err
	}
	if len(p.folder)+len("/s/"+clientFolder) > longestPath {
		elsewhere, err := os.MkdirTemp("", "lgspd-")
		if err != nil {
			return "", "", err
		}
		if err := os.Symlink(elsewhere, p.folder); err != nil {
			return "", "", errors.Join(err, os.Remove(elsewhere))
		}
		work, socket = filepath.Join(elsewhere, "w"), filepath.Join(elsewhere, "s")
	} else {
		work, socket = filepath.Join(p.folder, "w"), filepath.Join(p.folder, "s")
	}
	for _, f := range []string{work, socket} {
		if err := os.MkdirAll(f, 0o700); err != nil {
			return "", "", err
		}
	}
	return work, socket, nil
}

// remove removes the folder of a run.
func (p *process) remove() error {
	if p.folder == "" {
		return nil
	}
	if elsewhere, err := os.Readlink(p.folder); err == nil {
		if err := os.RemoveAll(elsewhere); err != nil {
			return err
		}
	}
	return os.RemoveAll(p.folder)
}

// Environment is all that a plugin learns of ours, with a folder to work in and
// bytes of memory.
func Environment(work string, memory int64) []string {
	env := []string{"HOME=" + work, "TMPDIR=" + work, "GOMEMLIMIT=" + goMemory(memory)}
	for _, name := range []string{"PATH", "LANG", "TZ"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

func dialOptions(start time.Duration) []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(wire.MaxMessage), grpc.MaxCallSendMsgSize(wire.MaxMessage)),
		grpc.WithInitialWindowSize(wire.Window), grpc.WithInitialConnWindowSize(wire.Window),
		grpc.WithIdleTimeout(0), grpc.WithDisableRetry(), grpc.WithDisableServiceConfig(),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: backoff.DefaultConfig, MinConnectTimeout: start}),
		grpc.WithChainStreamInterceptor(streaming),
	}
}

// streaming has go-plugin keep its connection when one of its own streams cannot
// begin, as with a plugin that ends right after its handshake: it would forget
// the connection, and never close it.
func streaming(ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn, method string, begin grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	s, err := begin(ctx, desc, conn, method, opts...)
	if err != nil {
		return nil, status.Error(codes.Unavailable, err.Error()) // which go-plugin takes for a plugin without such streams
	}
	return s, nil
}

// greet starts the process and hears what it is.
func (p *process) greet(h *Host) error {
	if err := p.launch(h); err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n") // what follows is advice for programmers
		return fmt.Errorf("start it: %s", cut(text, longestLine))
	}
	protocol, err := p.client.Client()
	if err != nil {
		return fmt.Errorf("connect to it: %w", err)
	}
	raw, err := protocol.Dispense(wire.Name)
	if err != nil {
		return fmt.Errorf("connect to it: %w", err)
	}
	rpc, ok := raw.(wire.PluginClient)
	if !ok {
		return fmt.Errorf("connect to it: it is a %T", raw)
	}
	connected, ok := protocol.(*plugin.GRPCClient)
	if !ok {
		return fmt.Errorf("connect to it: it is a %T", protocol)
	}
	p.health = grpc_health_v1.NewHealthClient(connected.Conn)
	ctx, cancel := context.WithTimeout(context.Background(), h.opt.Start)
	defer cancel()
	if p.said, err = rpc.Describe(ctx, &wire.DescribeRequest{}); err != nil {
		return fmt.Errorf("ask it what it can do: %w", err)
	}
	p.line = newLine(rpc, h.opt.Timeout, time.Now, p.lost)
	return nil
}

// launch starts the process, on a thread of its own that lives as long as the
// process: that is killed by the kernel when its thread ends, which it does with
// the daemon, however that ends.
func (p *process) launch(h *Host) error {
	if err := landlocked(); err != nil {
		h.unfenced.Do(func() {
			h.opt.Log.Warn("plugins can read whatever the daemon can: the kernel offers no Landlock, or the unit forbids it", "err", err)
		})
	}
	launched := make(chan error, 1)
	go ownThread(func() {
		_, err := p.client.Start()
		launched <- err
		<-p.ended
	})
	return <-launched
}

// ownThread does something on a thread that nothing else is done on, and that
// ends with it. The main thread is none: it cannot end, and it is what others
// see of us.
func ownThread(do func()) {
	runtime.LockOSThread()
	if unix.Gettid() != os.Getpid() {
		do()
		return
	}
	began := make(chan struct{})
	go ownThread(func() {
		close(began)
		do()
	})
	<-began // on another thread, as this one is still taken
	runtime.UnlockOSThread()
}

// lost ends the process because a call got no answer.
func (p *process) lost(reason string, hung bool) (ordered bool) {
	if !hung {
		p.run.exits(drain) // probably it ended by itself, and that says more
	}
	p.run.kill(reason, false)
	<-p.run.exited
	_, ordered = p.run.why()
	return ordered
}

// alive reports whether the process answers. That it does not know the question
// is an answer.
func (p *process) alive(timeout time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	_, err := p.health.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: plugin.GRPCServiceName})
	code := status.Code(err)
	return code != codes.DeadlineExceeded && code != codes.Unavailable
}

// end ends the process, after grace to end by itself, and waits until nothing of
// it is left.
func (p *process) end(grace time.Duration) {
	if grace == 0 {
		p.run.signal()
	}
	kill := time.AfterFunc(grace, p.run.signal)
	p.client.Kill()
	kill.Stop()
	if p.run.pid() != 0 {
		p.run.signal()
		<-p.run.exited
	}
	close(p.ended)
	if err := errors.Join(closeAll([]*os.File{p.run.stdin, p.run.stdout, p.run.stderr}), p.remove()); err != nil {
		p.run.out.to.log.Warn("clean up after the plugin", "err", err)
	}
	for _, s := range p.streams {
		s.end()
	}
}
