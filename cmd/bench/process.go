package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a program that this one started.
type process struct {
	cmd  *exec.Cmd
	addr string
}

// peakRSS is the most memory the process has had in RAM, in bytes.
func (p *process) peakRSS() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		return 0, errors.New("no VmHWM in /proc/PID/status")
	}
	kb, err := strconv.ParseInt(string(m[1]), 10, 64)
	return kb << 10, err
}

// processor is the time that the process has spent on processors so far.
func (p *process) processor() (time.Duration, error) {
	const (
		tick       = 10 * time.Millisecond // USER_HZ, which Linux fixes at 100
		utimeField = 14 - 3                // proc(5) counts from 1, and what follows the name is field 3
	)
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // the name may hold spaces
	if len(fields) < utimeField+2 {
		return 0, errors.New("no times in /proc/PID/stat")
	}
	user, err := strconv.ParseInt(fields[utimeField], 10, 64)
	system, sysErr := strconv.ParseInt(fields[utimeField+1], 10, 64)
	return time.Duration(user+system) * tick, errors.Join(err, sysErr)
}

// stop ends the process in order.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == -1 {
		return nil // the relay ends by the signal itself
	}
	return err
}

func startRelay(to string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "-relay", to)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line := bufio.NewScanner(out)
	if !line.Scan() {
		return nil, errors.Join(errors.New("the relay does not start"), line.Err(), cmd.Wait())
	}
	return &process{cmd: cmd, addr: line.Text()}, nil
}

const (
	username = "bench"
	password = "only-to-measure-with"
)

// daemonConfig is what a province would write, with the sink in the place of NGSP.
const daemonConfig = `province: {code: H29, name: Thành phố Hồ Chí Minh}
data: data
key_file: lgspd.key
log: {level: warn}
soap: {listen: "%s"}
departments:
  - code: H29.11
    name: Sở Tư pháp
    services: [hotich.khai-sinh]
    auth: {basic: [{username: %s, password_file: password}]}
services:
  - {name: hotich.khai-sinh, upstream: hotich}
upstreams:
  - name: hotich
    url: http://%s
    form: json
    token: {consumer_key: bench, consumer_secret_file: password}
    operations: {nhanHoSoDKHT: {path: /apiLienThongKSKT/1.0/nhanHoSoDKHT}}
    concurrency: 32
`

// writeConfig lays a configuration out in a folder and returns its file.
func writeConfig(folder, listen, sink string) (string, error) {
	file := filepath.Join(folder, "lgspd.yaml")
	err := errors.Join(
		os.WriteFile(filepath.Join(folder, "lgspd.key"), []byte("6f1d0a5b9c3e7f2846a1b0c9d8e7f6053142536475869708a9bacbdcedfe0f10\n"), 0o600),
		os.WriteFile(filepath.Join(folder, "password"), []byte(password+"\n"), 0o600),
		os.WriteFile(file, fmt.Appendf(nil, daemonConfig, listen, username, sink), 0o600),
		os.MkdirAll(filepath.Join(folder, "data"), 0o700))
	return file, err
}

// startDaemon starts the real daemon and waits until it serves.
func startDaemon(ctx context.Context, binary, config, listen string, extra ...string) (*process, error) {
	cmd := exec.Command(binary, append([]string{"serve", "--config", config}, extra...)...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w; run make build first", err)
	}
	p := &process{cmd: cmd, addr: listen}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", listen); err == nil {
			return p, conn.Close()
		}
	}
	return nil, errors.Join(errors.New("the daemon does not start"), p.stop())
}

// freeAddress is a loopback address that nobody listens at.
func freeAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}
