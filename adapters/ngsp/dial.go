package ngsp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// A stage is how far a connection got before it failed.
type stage string

const (
	waiting     stage = "waiting for a connection"
	connecting  stage = "connecting"
	handshaking stage = "making the TLS channel"
	certifying  stage = "reading our client certificate"
)

// stageError tells a connection that could not be made, when the upstream
// cannot have seen the message, from one that broke later.
type stageError struct {
	stage stage
	err   error
}

func (e *stageError) Error() string { return string(e.stage) + ": " + e.err.Error() }
func (e *stageError) Unwrap() error { return e.err }

// dialer makes connections, plain or TLS, within one limit of time.
type dialer struct {
	timeout time.Duration
	tls     *tls.Config

	// asked is set while the upstream has asked for a client certificate and not
	// answered anything since. Under TLS 1.3 a server judges the certificate
	// after the handshake, and the alert that says so is often lost with the
	// connection: this is what is left to tell it from a line that broke.
	asked atomic.Bool
}

func newDialer(o Options) (*dialer, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(o.MaxConns)}
	if o.TLS.CAFile != "" {
		pem, err := os.ReadFile(o.TLS.CAFile)
		if err != nil {
			return nil, fmt.Errorf("upstream %s: tls: reading the CA file: %w", o.Name, err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("upstream %s: tls: %s holds no certificate in PEM form", o.Name, o.TLS.CAFile)
		}
	}
	d := &dialer{timeout: o.ConnectTimeout, tls: cfg}
	cert, key := o.TLS.CertFile, o.TLS.KeyFile
	if cert != "" {
		if _, err := tls.LoadX509KeyPair(cert, key); err != nil {
			return nil, fmt.Errorf("upstream %s: tls: reading the client certificate: %w", o.Name, err)
		}
	}
	cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		d.asked.Store(true)
		if cert == "" {
			return &tls.Certificate{}, nil
		}
		c, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, &stageError{certifying, err}
		}
		return &c, nil
	}
	return d, nil
}

func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	nd := net.Dialer{Timeout: d.timeout, KeepAlive: 30 * time.Second}
	conn, err := nd.DialContext(ctx, network, addr)
	if err != nil {
		return nil, &stageError{connecting, err}
	}
	return conn, nil
}

func (d *dialer) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	raw, err := d.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	cfg := d.tls.Clone()
	if cfg.ServerName, _, err = net.SplitHostPort(addr); err != nil {
		return nil, &stageError{connecting, errors.Join(err, raw.Close())}
	}
	conn := tls.Client(raw, cfg)
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, &stageError{handshaking, errors.Join(err, raw.Close())}
	}
	return conn, nil
}
