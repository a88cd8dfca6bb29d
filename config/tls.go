package config

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
)

// folder checks that a folder can be used. One that the daemon makes itself
// may be missing.
func (k *checker) folder(path, name string, needed bool) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist) && !needed:
	case err != nil:
		k.bad(path, "the folder "+name+" cannot be used: "+reason(err), "make it, readable by the daemon")
	case !info.IsDir():
		k.bad(path, name+" is not a folder", "name a folder")
	}
}

func (k *checker) serverTLS() {
	t := k.c.SOAP.TLS
	k.pair("soap.tls", t.Cert, t.Key)
	if t.ClientCA == "" {
		return
	}
	if t.Cert == "" {
		k.bad("soap.tls.client_ca", "client certificates need TLS", "set cert and key too")
	}
	k.authorities("soap.tls.client_ca", t.ClientCA)
}

func (k *checker) clientTLS(at string, u Upstream) {
	k.pair(at+".tls", u.TLS.Cert, u.TLS.Key)
	if u.TLS.CA != "" {
		k.authorities(at+".tls.ca", u.TLS.CA)
	}
	if u.TLS != (ClientTLS{}) && len(u.URL) > 5 && u.URL[:5] == "http:" {
		k.bad(at+".tls", "the url begins with http://, so TLS is not used", "write https://, or remove tls")
	}
}

// pair checks that a certificate and its private key are there and fit.
func (k *checker) pair(at, cert, key string) {
	switch {
	case cert == "" && key == "":
		return
	case cert == "":
		k.bad(at+".cert", "the certificate is missing", "name the PEM file of the chain that key belongs to")
		return
	case key == "":
		k.bad(at+".key", "the private key is missing", "name the PEM file of the key that cert belongs to")
		return
	}
	c, certErr := readFile(cert, maxPEM)
	if certErr != nil {
		k.fail(at+".cert", cert, certErr, "name a PEM file that the daemon may read")
	}
	p, keyErr := readPrivate(key, maxPEM)
	if keyErr != nil {
		k.fail(at+".key", key, keyErr, "name a PEM file that the daemon may read and nobody else (chmod 0640)")
	}
	if certErr != nil || keyErr != nil {
		return
	}
	if _, err := tls.X509KeyPair(c, p); err != nil {
		k.fail(at+".cert", cert, err, "name a certificate and the private key that belongs to it, both PEM")
	}
}

func (k *checker) authorities(path, name string) {
	if _, err := certificatesIn(name); err != nil {
		k.fail(path, name, err, "name a PEM file of certificates that the daemon may read")
	}
}

// certificatesIn reads the certificates of a PEM file, at least one.
func certificatesIn(name string) ([]*x509.Certificate, error) {
	b, err := readFile(name, maxPEM)
	if err != nil {
		return nil, err
	}
	var certs []*x509.Certificate
	for {
		var block *pem.Block
		block, b = pem.Decode(bytes.TrimSpace(b))
		if block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		certs = append(certs, cert)
	}
	if len(certs) == 0 {
		return nil, errors.New("it holds no PEM certificate")
	}
	return certs, nil
}
