package soap

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// pipe is a listener whose connections come from where a test says.
type pipe struct {
	net.Listener
	conns chan net.Conn
}

func (p *pipe) Accept() (net.Conn, error) {
	c, ok := <-p.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

type from struct {
	net.Conn
	addr net.Addr
}

func (f from) RemoteAddr() net.Addr { return f.addr }

func TestOneAddressCannotTakeAllConnections(t *testing.T) {
	s := &Server{limits: Limits{Connections: 3, ConnectionsPerIP: 1}}
	under := &pipe{conns: make(chan net.Conn, 4)}
	ln := s.listener(under)
	come := func(addr string) net.Conn {
		mine, theirs := net.Pipe()
		under.conns <- from{theirs, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(addr))}
		return mine
	}
	come("10.0.0.1:1")
	first, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	turnedAway := come("10.0.0.1:2")
	come("10.0.0.2:1")
	second, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if got := second.RemoteAddr().String(); got != "10.0.0.2:1" {
		t.Errorf("the next connection is from %s", got)
	}
	if _, err := turnedAway.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the second connection of one address is still open: %v", err)
	}
	first.Close()
	first.Close()
	come("10.0.0.1:3")
	if again, err := ln.Accept(); err != nil || again.RemoteAddr().String() != "10.0.0.1:3" {
		t.Errorf("after a close: %v", err)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	o := testOptions()
	o.Limits.Connections = 2
	s := serve(t, o, &line{})
	first, second, third := dial(t, s), dial(t, s), dial(t, s)
	ask := "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, c := range []*wire{first, second} {
		c.write(ask)
		if got := c.read(); got.StatusCode != 200 {
			t.Fatalf("answered %d", got.StatusCode)
		}
	}
	third.write(ask)
	if err := third.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := third.in.Peek(1); err == nil {
		t.Error("a third connection is served")
	}
	if err := third.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	first.Close()
	third.in.Reset(third.Conn)
	if got := third.read(); got.StatusCode != 200 {
		t.Errorf("after a close the third is answered %d", got.StatusCode)
	}
}

func TestOldAndCarefulClientsAreServed(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	body := envelope11(testRoot)

	old := dial(t, s)
	old.write(strings.Replace(raw("POST", "/soap/thu.gui", "", body), "HTTP/1.1", "HTTP/1.0", 1))
	if got := old.read(); got.StatusCode != 200 || got.ContentLength <= 0 {
		t.Errorf("HTTP/1.0: %d with length %d", got.StatusCode, got.ContentLength)
	}
	if _, err := old.in.ReadByte(); err == nil {
		io.Copy(io.Discard, old.in)
	}

	careful := dial(t, s)
	request := raw("POST", "/soap/thu.gui", "Expect: 100-continue\r\n", body)
	careful.write(strings.TrimSuffix(request, body))
	if got := careful.read(); got.StatusCode != 100 {
		t.Fatalf("before the body: %d", got.StatusCode)
	}
	careful.write(body)
	for i := range 3 { // the connection stays open
		got := careful.read()
		if _, err := io.Copy(io.Discard, got.Body); err != nil || got.StatusCode != 200 {
			t.Fatalf("request %d: %d %v", i, got.StatusCode, err)
		}
		careful.write(raw("POST", "/soap/thu.gui", "", body))
	}
}
