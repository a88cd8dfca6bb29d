package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// drain is how long what a process printed last is waited for once it has
// ended. Something that it started may still hold the other end.
const drain = 200 * time.Millisecond

// runner is the process itself. It is go-plugin's runner.Runner.
type runner struct {
	cmd    *exec.Cmd
	work   string  // its working folder
	name   string  // path of the program
	socket string  // folder in which the plugin must listen
	out    *stream // what it prints after its handshake

	stdin          *os.File // our end, on which nothing is said
	stdout, stderr *os.File
	exited         chan struct{}

	mu       sync.Mutex
	running  bool   // there is a process that has not been waited for
	reason   string // why we ended it, "" = we did not
	ordered  bool   // nothing that it was asked is to blame
	ending   string // how it ended, once exited is closed
	signaled bool   // it was sent SIGKILL by us
	itself   bool   // it ended of itself, once exited is closed
	greeting string // its first line
}

// Start starts the process. It is killed when the calling thread ends; see launch.
func (r *runner) Start(context.Context) error {
	theirs, err := r.pipes()
	if err != nil {
		return errors.Join(err, closeAll(append(theirs, r.stdin, r.stdout, r.stderr)))
	}
	r.cmd.Stdin, r.cmd.Stdout, r.cmd.Stderr = theirs[0], theirs[1], theirs[2]
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	err = r.cmd.Start()
	if err == nil {
		r.mu.Lock()
		r.running = true
		r.mu.Unlock()
		go r.wait()
	}
	if closeErr := closeAll(theirs); err == nil && closeErr != nil {
		r.kill(closeErr.Error(), true)
		<-r.exited
		err = closeErr
	}
	if err != nil {
		return errors.Join(err, closeAll([]*os.File{r.stdin, r.stdout, r.stderr}))
	}
	return nil
}

// pipes makes the three standard streams, and returns the process's ends.
func (r *runner) pipes() (theirs []*os.File, err error) {
	in, stdin, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	r.stdin, theirs = stdin, append(theirs, in)
	for _, ours := range []**os.File{&r.stdout, &r.stderr} {
		read, write, err := os.Pipe()
		if err != nil {
			return theirs, err
		}
		*ours, theirs = read, append(theirs, write)
	}
	return theirs, nil
}

func closeAll(files []*os.File) error {
	var errs []error
	for _, f := range files {
		if f == nil {
			continue
		}
		if err := f.Close(); !errors.Is(err, os.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// wait waits for the process, takes what it started with it, and tells.
func (r *runner) wait() {
	pid := r.cmd.Process.Pid
	for errors.Is(unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil), unix.EINTR) {
	}
	// It is not waited for yet, so nobody else can have its number.
	r.mu.Lock()
	_ = unix.Kill(-pid, unix.SIGKILL) // the group may be gone
	r.running = false
	r.mu.Unlock()
	err := r.cmd.Wait()
	r.mu.Lock()
	r.ending = "it ended"
	if err != nil {
		r.ending += ": " + err.Error()
	}
	status, ok := r.cmd.ProcessState.Sys().(syscall.WaitStatus)
	r.itself = !r.signaled || ok && status.Signal() != syscall.SIGKILL
	r.mu.Unlock()
	late := time.Now().Add(drain)
	for _, f := range []*os.File{r.stdout, r.stderr} {
		if err := f.SetReadDeadline(late); err != nil && !errors.Is(err, os.ErrClosed) {
			r.out.to.log.Debug("end the reading of a plugin's output", "err", err)
		}
	}
	close(r.exited)
}

// over reports whether the process has ended.
func (r *runner) over() bool {
	select {
	case <-r.exited:
		return true
	default:
		return false
	}
}

// exits waits for the end of the process, and reports whether it came of itself.
func (r *runner) exits(in time.Duration) bool {
	t := time.NewTimer(in)
	defer t.Stop()
	select {
	case <-r.exited:
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.itself
	case <-t.C:
		return false
	}
}

// blame notes why the process is about to end; of several reasons the first
// counts. ordered says that nothing it was asked is to blame.
func (r *runner) blame(reason string, ordered bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reason == "" && r.ending == "" {
		r.reason, r.ordered = reason, ordered
	}
}

// kill ends the process and its group at once.
func (r *runner) kill(reason string, ordered bool) {
	r.blame(reason, ordered)
	r.signal()
}

func (r *runner) signal() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running {
		r.signaled = true
		_ = unix.Kill(-r.cmd.Process.Pid, unix.SIGKILL) // it may have just ended
	}
}

// why says why the process ended, and whether we ordered that.
func (r *runner) why() (reason string, ordered bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reason != "" {
		return r.reason, r.ordered
	}
	return r.ending, false
}

// Wait waits for the end of the process.
func (r *runner) Wait(context.Context) error {
	<-r.exited
	return nil
}

// Kill ends the process.
func (r *runner) Kill(context.Context) error {
	r.signal()
	return nil
}

// ID returns the number of the process.
func (r *runner) ID() string { return strconv.Itoa(r.pid()) }

func (r *runner) pid() int {
	if r.cmd == nil || r.cmd.Process == nil {
		return 0
	}
	return r.cmd.Process.Pid
}

// Name returns the path of the program.
func (r *runner) Name() string { return r.name }

// Diagnose has nothing to add.
func (r *runner) Diagnose(context.Context) string { return "" }

// PluginToHost lets the plugin be spoken to over a socket of its own folder only.
func (r *runner) PluginToHost(network, address string) (string, string, error) {
	if network != "unix" || filepath.Dir(address) != r.socket {
		return "", "", fmt.Errorf("it listens on %s %s, and not on a socket in %s", network, cut(address, longestLine), r.socket)
	}
	return network, address, nil
}

// HostToPlugin changes nothing.
func (r *runner) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}
