package host

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// certKey is the variable in which go-plugin's servers expect the certificate
// of whoever may call them.
const certKey = "PLUGIN_CLIENT_CERT"

// NewTLS makes the daemon's side of mutual TLS for one start of a plugin, and
// the certificate in PEM that the plugin is to demand. Nobody is trusted until
// the certificate that the plugin answers with is put into RootCAs.
//
// It stands in for go-plugin's AutoMTLS, whose keys are of P-521: BoringSSL,
// and with it the gRPC of Python, refuses those. For the daemon it is go-plugin
// that puts the plugin's certificate in.
func NewTLS(now time.Time) (*tls.Config, string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, "", fmt.Errorf("make a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, "", fmt.Errorf("make a certificate: %w", err)
	}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "lgspd"}, DNSNames: []string{"localhost"}, SerialNumber: serial,
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		IsCA:        true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, "", fmt.Errorf("make a certificate: %w", err)
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		RootCAs:      x509.NewCertPool(), // nobody, until the plugin has said who it is
		ServerName:   "localhost",
		MinVersion:   tls.VersionTLS13,
		// Who listens on this socket is no attacker of the next century.
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256},
	}
	return config, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), nil
}
