package web

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// recheck is how often the files of the certificate are looked at, at most.
const recheck = 10 * time.Second

// certificate follows its files, so that a renewed one needs no restart.
type certificate struct {
	files TLS
	now   func() time.Time
	log   *slog.Logger

	mu      sync.Mutex
	checked time.Time
	stamp   string // tells one state of the files from the next
	pair    *tls.Certificate
}

func newCertificate(files TLS, now func() time.Time, log *slog.Logger) (*certificate, error) {
	c := &certificate{files: files, now: now, log: log, checked: now()}
	return c, c.load()
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		// For TLS 1.2; those of TLS 1.3 are all sound and not chosen here.
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		NextProtos:     []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.latest(), nil },
	}
}

// latest returns the certificate as the files have it; the last that could be
// read where they hold none.
func (c *certificate) latest() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if since := now.Sub(c.checked); since >= 0 && since < recheck {
		return c.pair
	}
	c.checked = now
	if err := c.load(); err != nil {
		c.log.Warn("tls files could not be read again, the old ones stay in use", "err", err)
	}
	return c.pair
}

func (c *certificate) load() error {
	stamp := ""
	for _, name := range []string{c.files.CertFile, c.files.KeyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("tls: %w", err)
		}
		stamp += fmt.Sprint(info.ModTime().UnixNano(), " ", info.Size(), " ")
	}
	if stamp == c.stamp {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.files.CertFile, c.files.KeyFile)
	if err != nil {
		return fmt.Errorf("tls: %w", err)
	}
	c.pair, c.stamp = &pair, stamp
	return nil
}
