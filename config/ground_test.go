package config

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// secretText is the secret of every fixture that has a good one.
const secretText = "Quarterdeck-7-Lantern"

// certStart is when the certificates of the fixtures begin; they last a year.
var certStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// ground makes a folder with every file that the fixtures name.
func ground(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range []string{"data", "keys", "secrets", "tls"} {
		must(t, os.Mkdir(filepath.Join(dir, folder), 0o750))
	}
	must(t, os.Symlink("data", filepath.Join(dir, "link")))
	key := goodKey()
	put(t, dir, "lgspd.key", key, 0o600)
	put(t, dir, "data/lgspd.key", key, 0o600)
	put(t, dir, "keys/short", key[:31], 0o600)
	put(t, dir, "keys/zero", make([]byte, 32), 0o600)
	put(t, dir, "keys/open", key, 0o644)
	put(t, dir, "secrets/good", []byte(secretText+"\n"), 0o640)
	put(t, dir, "secrets/other", []byte("Another-8-Lantern\r\n"), 0o600)
	put(t, dir, "secrets/empty", []byte("\n"), 0o600)
	put(t, dir, "secrets/lines", []byte(secretText+"\nmore\n"), 0o600)
	put(t, dir, "secrets/open", []byte(secretText), 0o644)
	put(t, dir, "secrets/large", bytes.Repeat([]byte("x1"), 4<<10), 0o600)
	put(t, dir, "secrets/binary", []byte{0xff, 0xfe, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'}, 0o600)
	cert, private := pair(t)
	put(t, dir, "tls/server.crt", cert, 0o644)
	put(t, dir, "tls/server.key", private, 0o640)
	put(t, dir, "tls/open.key", private, 0o644)
	_, other := pair(t)
	put(t, dir, "tls/other.key", other, 0o600)
	return dir
}

func goodKey() []byte {
	key := make([]byte, KeySize)
	for i := range key {
		key[i] = byte(i*37 + 11)
	}
	return key
}

func put(t *testing.T, dir, name string, b []byte, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(dir, name)
	must(t, os.MkdirAll(filepath.Dir(path), 0o750))
	must(t, os.WriteFile(path, b, mode))
	must(t, os.Chmod(path, mode)) // whatever the umask says
	return path
}

func pair(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lgsp.example.vn"},
		NotBefore: certStart, NotAfter: certStart.AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, private.Public(), private)
	must(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// good returns the fixture that has no problem, with each old replaced by the
// new that follows it.
func good(t *testing.T, oldNew ...string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/good.yaml")
	must(t, err)
	text := string(b)
	for i := 0; i < len(oldNew); i += 2 {
		if !strings.Contains(text, oldNew[i]) {
			t.Fatalf("good.yaml does not hold %q", oldNew[i])
		}
		text = strings.Replace(text, oldNew[i], oldNew[i+1], 1)
	}
	return text
}

// load loads a text as the configuration in a new ground.
func load(t *testing.T, text string) (Config, error) {
	t.Helper()
	return Load(put(t, ground(t), "lgspd.yaml", []byte(text), 0o640))
}
