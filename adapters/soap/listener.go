package soap

import (
	"crypto/tls"
	"net"

	"lgsp.internal/adapter/internal/listen"
)

// listener bounds the connections of ln and speaks TLS on them if the server
// does.
func (s *Server) listener(ln net.Listener) net.Listener {
	bounded := listen.Bounded(ln, s.limits.Connections, s.limits.ConnectionsPerIP)
	if s.tls == nil {
		return bounded
	}
	return tls.NewListener(bounded, s.tls.config())
}
