package soap

import (
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
)

// listener bounds the connections of ln and speaks TLS on them if the server
// does.
func (s *Server) listener(ln net.Listener) net.Listener {
	bounded := &boundedListener{
		Listener: ln,
		slots:    make(chan struct{}, s.limits.Connections),
		perIP:    s.limits.ConnectionsPerIP,
		closed:   make(chan struct{}),
		open:     make(map[netip.Addr]int),
	}
	if s.tls == nil {
		return bounded
	}
	return tls.NewListener(bounded, s.tls.config())
}

// boundedListener lets a fixed number of connections be open at once. Above it
// newcomers wait in the system's queue; one address that holds too many has
// its newcomers closed, so that it cannot fill the slots of all others.
// Loopback is exempt: a proxy on the same machine speaks for everybody.
type boundedListener struct {
	net.Listener
	slots  chan struct{}
	perIP  int
	closed chan struct{}
	close  sync.Once

	mu   sync.Mutex
	open map[netip.Addr]int // at most as many entries as slots
}

func (l *boundedListener) Accept() (net.Conn, error) {
	for {
		select {
		case l.slots <- struct{}{}:
		case <-l.closed:
			return nil, net.ErrClosed
		}
		conn, err := l.Listener.Accept()
		if err != nil {
			<-l.slots
			return nil, err
		}
		ip := neighbourhood(remoteIP(conn.RemoteAddr().String()))
		if l.enter(ip) {
			return &boundedConn{Conn: conn, from: l, ip: ip}, nil
		}
		// The peer sees a closed connection, whatever closing it says to us.
		_ = conn.Close()
		<-l.slots
	}
}

func (l *boundedListener) Close() error {
	l.close.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

func (l *boundedListener) enter(ip netip.Addr) bool {
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

func (l *boundedListener) leave(ip netip.Addr) {
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

type boundedConn struct {
	net.Conn
	from *boundedListener
	ip   netip.Addr
	once sync.Once
}

func (c *boundedConn) Close() error {
	c.once.Do(func() { c.from.leave(c.ip) })
	return c.Conn.Close()
}

// remoteIP reads the address of "host:port"; the zero Addr if there is none.
func remoteIP(hostport string) netip.Addr {
	ap, err := netip.ParseAddrPort(hostport)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// neighbourhood is what one subscriber holds: an IPv4 address, or a /64 of IPv6.
func neighbourhood(ip netip.Addr) netip.Addr {
	if !ip.Is6() || ip.IsLoopback() {
		return ip
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.Addr()
}
