package listen

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
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
	under := &pipe{conns: make(chan net.Conn, 4)}
	ln := Bounded(under, 3, 1)
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
