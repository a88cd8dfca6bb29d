// Package listen bounds the connections of a listener, for every door of the
// daemon.
//
// It promises that no more than a set number are open at once, and that one
// address does not hold all of them.
package listen

import (
	"net"
	"net/netip"
	"sync"
)

// Bounded returns ln with at most so many connections open at once, and at most
// perIP from one neighbourhood. Above the first newcomers wait in the system's
// queue; above the second they are closed. Loopback is exempt from the second: a
// proxy on the same machine speaks for everybody.
func Bounded(ln net.Listener, most, perIP int) net.Listener {
	return &bounded{Listener: ln, slots: make(chan struct{}, most), perIP: perIP, closed: make(chan struct{}), open: make(map[netip.Addr]int)}
}

type bounded struct {
	net.Listener
	slots  chan struct{}
	perIP  int
	closed chan struct{}
	close  sync.Once

	mu   sync.Mutex
	open map[netip.Addr]int // at most as many entries as slots
}

func (l *bounded) Accept() (net.Conn, error) {
	for {
		select {
		case l.slots <- struct{}{}:
		case <-l.closed:
			return nil, net.ErrClosed
		}
		c, err := l.Listener.Accept()
		if err != nil {
			<-l.slots
			return nil, err
		}
		ip := Neighbourhood(RemoteIP(c.RemoteAddr().String()))
		if l.enter(ip) {
			return &conn{Conn: c, from: l, ip: ip}, nil
		}
		// The peer sees a closed connection, whatever closing it says to us.
		_ = c.Close()
		<-l.slots
	}
}

func (l *bounded) Close() error {
	l.close.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

func (l *bounded) enter(ip netip.Addr) bool {
	if ip.IsLoopback() {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[ip] >= l.perIP {
		return false
	}
	l.open[ip]++
	return true
}

func (l *bounded) leave(ip netip.Addr) {
	<-l.slots
	if ip.IsLoopback() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[ip]--; l.open[ip] <= 0 {
		delete(l.open, ip)
	}
}

type conn struct {
	net.Conn
	from *bounded
	ip   netip.Addr
	once sync.Once
}

func (c *conn) Close() error {
	c.once.Do(func() { c.from.leave(c.ip) })
	return c.Conn.Close()
}

// RemoteIP reads the address of "host:port"; the zero Addr if there is none.
func RemoteIP(hostport string) netip.Addr {
	ap, err := netip.ParseAddrPort(hostport)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// Neighbourhood is what one subscriber holds: an IPv4 address, or a /64 of IPv6.
func Neighbourhood(ip netip.Addr) netip.Addr {
	if !ip.Is6() || ip.IsLoopback() {
		return ip
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.Addr()
}
