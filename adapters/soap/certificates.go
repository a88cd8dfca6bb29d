package soap

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// recheck is how often TLS files are looked at, at most.
const recheck = 10 * time.Second

// certificates holds the server's certificate and the authorities of clients,
// as the files have them.
type certificates struct {
	files TLS
	now   func() time.Time
	log   *notebook

	mu      sync.Mutex
	checked time.Time
	stamps  [3]stamp
	current *loaded
}

// loaded is what the files held. The authorities are not in the tls.Config: a
// client is not told them, because some send no certificate at all when its
// issuer is not among them, and it may count by its fingerprint.
type loaded struct {
	config      *tls.Config
	authorities *x509.CertPool
}

// stamp tells one state of a file from the next.
type stamp struct {
	modified time.Time
	size     int64
}

func newCertificates(files TLS, now func() time.Time, log *notebook) (*certificates, error) {
	c := &certificates{files: files, now: now, log: log, checked: now()}
	stamps, err := c.look()
	if err != nil {
		return nil, err
	}
	if c.current, err = c.load(); err != nil {
		return nil, err
	}
	c.stamps = stamps
	return c, nil
}

// config returns what a TLS listener needs; it follows the files.
func (c *certificates) config() *tls.Config {
	cfg := c.latest().config.Clone()
	cfg.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return c.latest().config, nil }
	return cfg
}

func (c *certificates) latest() *loaded {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if since := now.Sub(c.checked); since >= 0 && since < recheck {
		return c.current
	}
	c.checked = now
	stamps, err := c.look()
	if err == nil && stamps == c.stamps {
		return c.current
	}
	var fresh *loaded
	if err == nil {
		fresh, err = c.load()
	}
	if err != nil {
		c.log.warn("tls", "tls files could not be read again, the old ones stay in use", "err", err)
		return c.current
	}
	c.current, c.stamps = fresh, stamps
	return c.current
}

func (c *certificates) look() ([3]stamp, error) {
	var stamps [3]stamp
	for i, name := range []string{c.files.CertFile, c.files.KeyFile, c.files.ClientCAFile} {
		if name == "" {
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return stamps, fmt.Errorf("tls: %w", err)
		}
		stamps[i] = stamp{modified: info.ModTime(), size: info.Size()}
	}
	return stamps, nil
}

func (c *certificates) load() (*loaded, error) {
	pair, err := tls.LoadX509KeyPair(c.files.CertFile, c.files.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	cfg := &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS12,
		// For TLS 1.2; those of TLS 1.3 are all sound and not chosen here.
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		NextProtos: []string{"http/1.1"},
		// The handshake proves that the client has the key; whether its
		// certificate counts is decided where departments are known.
		ClientAuth: tls.RequestClientCert,
	}
	if c.files.ClientCAFile == "" {
		return &loaded{config: cfg}, nil
	}
	pem, err := os.ReadFile(c.files.ClientCAFile)
	if err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("tls: " + c.files.ClientCAFile + " holds no PEM certificate")
	}
	return &loaded{cfg, pool}, nil
}
