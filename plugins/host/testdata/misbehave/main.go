// Command misbehave is a plugin that does what a message, or its argument, says.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins"
)

func main() {
	if len(os.Args) > 1 {
		begin(os.Args[1])
	}
	plugins.ServeAs(plugins.Info{Name: "misbehave", Version: "1.2.3"}, mapper{})
}

// begin misbehaves before anything is served.
func begin(how string) {
	switch how {
	case "exit":
		os.Exit(7)
	case "garbage":
		fmt.Println("Xin chào")
		block()
	case "endless":
		fmt.Print(strings.Repeat("x", 100_000))
		block()
	case "silent":
		block()
	case "protocol":
		fmt.Println("1|9|unix|/nowhere|grpc|")
		block()
	case "core":
		fmt.Println("2|1|unix|/nowhere|grpc|")
		block()
	case "tcp":
		fmt.Println("1|1|tcp|127.0.0.1:9|grpc|")
		block()
	case "deaf": // a socket that nobody serves
		path := os.Getenv("PLUGIN_UNIX_SOCKET_DIR") + "/p"
		fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
		check(err)
		check(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}))
		check(syscall.Listen(fd, 8))
		fmt.Printf("1|1|unix|%s|grpc|\n", path)
		block()
	case "handshake": // that is all
		fmt.Printf("1|1|unix|%s/p|grpc|\n", os.Getenv("PLUGIN_UNIX_SOCKET_DIR"))
		os.Exit(0)
	case "plain": // without TLS
		check(os.Unsetenv("PLUGIN_CLIENT_CERT"))
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func block() { select {} }

// try does one thing, and says how that went.
func try(line string) string {
	how, what, _ := strings.Cut(line, " ")
	var err error
	switch how {
	case "read":
		var b []byte
		if b, err = os.ReadFile(what); err == nil {
			return "đọc được " + string(b)
		}
	case "write":
		err = os.WriteFile(what, []byte("x"), 0o600)
	case "dial":
		network, address, _ := strings.Cut(what, " ")
		var c net.Conn
		if c, err = net.Dial(network, address); err == nil {
			err = c.Close()
		}
	case "signal":
		pid, _ := strconv.Atoi(what)
		err = syscall.Kill(pid, 0)
	case "spawn":
		err = exec.Command("/bin/true").Run()
	case "escape": // to a session of its own
		c := exec.Command("/bin/true")
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		err = c.Run()
	case "leave": // its group
		err = syscall.Setpgid(0, os.Getppid())
	case "truncate":
		err = syscall.Truncate(what, 0)
	case "empty": // what may only be read
		var fd int
		if fd, err = syscall.Open(what, syscall.O_RDONLY|syscall.O_TRUNC, 0); err == nil {
			err = syscall.Close(fd)
		}
	case "chmod":
		err = syscall.Chmod(what, 0)
	case "starve": // the daemon of files
		_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(os.Getppid()), syscall.RLIMIT_NOFILE, 0, 0, 0, 0)
		if errno != 0 {
			err = errno
		}
	}
	if err != nil {
		return err.Error()
	}
	return "được"
}

type mapper struct{}

func (mapper) Reply(_ context.Context, e lgsp.Envelope, a lgsp.Ack) ([]byte, error) {
	if string(a.Body) == "<exit/>" {
		os.Exit(3)
	}
	if string(a.Body) == "<none/>" {
		return nil, nil
	}
	return []byte("<Tra>" + a.Ref + string(a.Body) + "</Tra>"), nil
}

func (mapper) Map(_ context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	how, rest, _ := strings.Cut(string(e.Body), " ")
	n, _ := strconv.Atoi(rest)
	switch how {
	case "exit":
		os.Exit(3)
	case "kill":
		check(syscall.Kill(os.Getpid(), syscall.SIGKILL))
		block()
	case "stop":
		check(syscall.Kill(os.Getpid(), syscall.SIGSTOP))
		block()
	case "panic":
		panic("Nguyễn Thị Mẫu")
	case "fatal":
		go func() { panic("Nguyễn Thị Mẫu") }()
		block()
	case "hang":
		block()
	case "sleep":
		time.Sleep(time.Duration(n) * time.Millisecond)
	case "flood":
		for {
			fmt.Println(strings.Repeat("lũ ", 300))
		}
	case "flood-stderr": // that which go-plugin does not replace
		for {
			if _, err := syscall.Write(2, []byte(strings.Repeat("x", 1000))); err != nil {
				block()
			}
		}
	case "flood-stdout":
		for {
			if _, err := syscall.Write(1, []byte(strings.Repeat("x", 1000))); err != nil {
				block()
			}
		}
	case "say":
		for i := range n {
			fmt.Fprintf(os.Stderr, "dòng %d\n", i)
		}
	case "long":
		fmt.Fprintln(os.Stderr, strings.Repeat("ă", 5000)+"\x00\xff")
	case "memory":
		var held [][]byte
		for {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			held = append(held, b)
		}
	case "slow-memory":
		b := make([]byte, n<<20)
		for i := range b {
			b[i] = 1
		}
		block()
		_ = b
	case "disk":
		for i := range n {
			check(os.WriteFile(fmt.Sprint("tep", i), make([]byte, 20<<20), 0o600))
		}
		block()
	case "files":
		for i := range n {
			check(os.WriteFile(fmt.Sprint("tep", i), nil, 0o600))
		}
		block()
	case "env":
		return lgsp.Document{Route: "r", Body: []byte(strings.Join(os.Environ(), "\n"))}, nil
	case "limits":
		b, err := os.ReadFile("/proc/self/limits")
		check(err)
		s, err := os.ReadFile("/proc/self/status")
		check(err)
		dir, err := os.Getwd()
		check(err)
		return lgsp.Document{Route: "r", Body: []byte(string(b) + string(s) + "Dir: " + dir + "\n")}, nil
	case "try": // what a plugin must not be able to do
		return lgsp.Document{Route: "r", Body: []byte(try(rest))}, nil
	case "nothing":
		return lgsp.Document{}, nil
	case "big":
		return lgsp.Document{Body: make([]byte, n<<20)}, nil
	case "long-lane":
		return lgsp.Document{Lane: strings.Repeat("x", 2000), Body: []byte("x")}, nil
	case "not-utf8":
		return lgsp.Document{Lane: "a\xffb", Body: []byte("x")}, nil
	case "plain":
		return lgsp.Document{}, errors.New("open codes: no such file")
	case "kind":
		return lgsp.Document{LegacyID: "HS-1", Lane: "L", Subject: "001199000001", Body: []byte("x")}, &lgsp.Error{Kind: lgsp.Kind(n), Code: "Own", Text: "Sai.", After: 3 * time.Second,
			Err: errors.New("why"), Fields: []lgsp.FieldError{{Path: "/A/B", Code: "date", Text: "Sai ngày", Found: "9 chữ số", Want: "dd/MM/yyyy"}}}
	case "tells", "doubts": // the number where it must not be
		f := []lgsp.FieldError{{Path: "/A/" + rest, Code: "so-" + rest, Text: "Sai " + rest, Found: rest, Want: "khác " + rest}}
		if how == "doubts" {
			return lgsp.Document{LegacyID: rest, Body: e.Body, Warnings: f}, nil
		}
		return lgsp.Document{}, &lgsp.Error{Kind: lgsp.Invalid, Code: "Nguyễn Thị Mẫu", Text: "Số " + rest + " sai.", Fields: f}
	case "print":
		fmt.Fprintf(os.Stderr, "in 5 số %s.\n", rest)
	case "fields":
		e := &lgsp.Error{Kind: lgsp.Invalid, Text: strings.Repeat("ă", 5000)}
		for range n {
			e.Fields = append(e.Fields, lgsp.FieldError{Path: strings.Repeat("/a", 4000), Text: strings.Repeat("ă", 5000)})
		}
		return lgsp.Document{}, e
	}
	return lgsp.Document{Route: "nhan", LegacyID: e.ID.String(), Lane: e.Sender, Subject: "001199000001", Purpose: lgsp.Purpose{Procedure: "1.004222", Officer: "o", Unit: "u"},
		Body: e.Body, Warnings: []lgsp.FieldError{{Path: "/A", Code: "code"}}}, nil
}
