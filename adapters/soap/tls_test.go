package soap

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority issues certificates for tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newAuthority(t testing.TB, name string) authority {
	t.Helper()
	a := authority{key: newKey(t)}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

// issue makes a certificate that ends at until, for servers and clients alike.
func (a authority) issue(t testing.TB, name string, until time.Time) tls.Certificate {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name, Organization: []string{"So Mau"}},
		DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: until,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func writePair(t testing.TB, dir string, c tls.Certificate) TLS {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(c.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	files := TLS{CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem")}
	writePEM(t, files.CertFile, "CERTIFICATE", c.Certificate[0])
	writePEM(t, files.KeyFile, "EC PRIVATE KEY", der)
	return files
}

func writePEM(t testing.TB, file, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// call sends a good message over TLS, with a client certificate if there is one.
func call(t testing.TB, s *served, trust authority, client *tls.Certificate, change func(*http.Request)) (int, *x509.Certificate) {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(trust.cert)
	cfg := &tls.Config{RootCAs: pool}
	if client != nil {
		cfg.Certificates = []tls.Certificate{*client}
	}
	transport := &http.Transport{TLSClientConfig: cfg}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequest(http.MethodPost, "https://"+s.addr+"/soap/thu.gui", strings.NewReader(envelope11(testRoot)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "text/xml")
	if change != nil {
		change(r)
	}
	resp, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.TLS.PeerCertificates[0]
}

func TestAClientCertificateProvesItsDepartment(t *testing.T) {
	dir := t.TempDir()
	ca, stranger := newAuthority(t, "CA Thu"), newAuthority(t, "CA La")
	far := time.Now().Add(20 * time.Hour)
	mine, foreign := ca.issue(t, "hotich.so.vn", far), stranger.issue(t, "hotich.so.vn", far)
	other := ca.issue(t, "khac.so.vn", far)
	short := ca.issue(t, "hotich.so.vn", time.Now().Add(time.Hour))
	files := writePair(t, dir, ca.issue(t, "lgsp.vn", far))
	files.ClientCAFile = filepath.Join(dir, "ca.pem")
	writePEM(t, files.ClientCAFile, "CERTIFICATE", ca.cert.Raw)
	sum := sha256.Sum256(foreign.Certificate[0])
	print := strings.ToUpper(hex.EncodeToString(sum[:]))
	shortSum := sha256.Sum256(short.Certificate[0])
	for _, in := range []struct {
		name   string
		want   Certificate
		client *tls.Certificate
		later  time.Duration
		status int
	}{
		{"a fingerprint", Certificate{SHA256: print}, &foreign, 0, 200},
		{"a fingerprint and a subject that fits", Certificate{SHA256: print, Subject: "CN=hotich.so.vn,O=So Mau"}, &foreign, 0, 200},
		{"a fingerprint and a subject that does not fit", Certificate{SHA256: print, Subject: "CN=hotich.so.vn"}, &foreign, 0, 401},
		{"another fingerprint", Certificate{SHA256: print}, &mine, 0, 401},
		{"a common name", Certificate{CommonName: "hotich.so.vn"}, &mine, 0, 200},
		{"a subject", Certificate{Subject: "CN=hotich.so.vn,O=So Mau"}, &mine, 0, 200},
		{"an alternative name", Certificate{SAN: "Hotich.So.Vn"}, &mine, 0, 200},
		{"an address as alternative name", Certificate{SAN: "127.0.0.1"}, &mine, 0, 200},
		{"another's name", Certificate{CommonName: "hotich.so.vn"}, &other, 0, 401},
		{"the name, from another authority", Certificate{CommonName: "hotich.so.vn"}, &foreign, 0, 401},
		{"no certificate", Certificate{CommonName: "hotich.so.vn"}, nil, 0, 401},
		{"one that has expired", Certificate{CommonName: "hotich.so.vn"}, &short, 2 * time.Hour, 401},
		{"a fingerprint of one that has expired", Certificate{SHA256: hex.EncodeToString(shortSum[:])}, &short, 2 * time.Hour, 401},
	} {
		t.Run(in.name, func(t *testing.T) {
			o := testOptions()
			o.TLS = files
			o.Departments[0].UsernameTokens = nil
			o.Departments[0].Certificates = []Certificate{in.want}
			o.Departments[1].APIKeys = []string{otherKey}
			o.Now = func() time.Time { return time.Now().Add(in.later) }
			s := serve(t, o, &line{})
			if got, _ := call(t, s, ca, in.client, nil); got != in.status {
				t.Errorf("answered %d, want %d", got, in.status)
			}
			for what, login := range map[string]func(*http.Request){
				"password": func(r *http.Request) { r.SetBasicAuth("so2", otherPass) },
				"API key":  func(r *http.Request) { r.Header.Set("X-API-Key", otherKey) },
			} {
				if got, _ := call(t, s, ca, in.client, login); (got == 200) == (in.status == 200) {
					t.Errorf("with the %s of another department it is answered %d", what, got)
				}
			}
		})
	}
}

func TestACertificateIsLookedUpOncePerConnectionAndLapsesWithItsEnd(t *testing.T) {
	ca := newAuthority(t, "CA Thu")
	files := writePair(t, t.TempDir(), ca.issue(t, "lgsp.vn", time.Now().Add(time.Hour)))
	client := ca.issue(t, "hotich.so.vn", time.Now().Add(time.Hour))
	leaf, err := x509.ParseCertificate(client.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(leaf.Raw)
	o := testOptions()
	o.TLS = files
	o.Departments[0].Certificates = []Certificate{{SHA256: hex.EncodeToString(sum[:])}}
	at := newClock()
	at.t = time.Now()
	o.Now = at.now
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(withConnection(t.Context(), nil), http.MethodPost, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}
	for range 2 {
		if s.keys.certificateOf(r, netip.Addr{}) == nil {
			t.Fatal("the certificate does not count")
		}
	}
	s.keys.prints = nil // what was found is remembered
	if s.keys.certificateOf(r, netip.Addr{}) == nil {
		t.Error("the certificate is looked up for every request")
	}
	at.add(2 * time.Hour)
	if s.keys.certificateOf(r, netip.Addr{}) != nil {
		t.Error("the certificate counts after its end")
	}
}

func TestACertificateShownElsewhereIsAsGoodAsNone(t *testing.T) {
	ca := newAuthority(t, "CA Thu")
	files := writePair(t, t.TempDir(), ca.issue(t, "lgsp.vn", time.Now().Add(time.Hour)))
	client := ca.issue(t, "hotich.so.vn", time.Now().Add(time.Hour))
	sum := sha256.Sum256(client.Certificate[0])
	for network, want := range map[string]int{"127.0.0.0/8": 200, "10.0.0.0/8": 401} {
		o := testOptions()
		o.TLS = files
		o.Departments[0].Certificates = []Certificate{{SHA256: hex.EncodeToString(sum[:])}}
		o.Departments[0].Networks = []netip.Prefix{netip.MustParsePrefix(network)}
		s := serve(t, o, &line{})
		if got, _ := call(t, s, ca, &client, nil); got != want {
			t.Errorf("%s: answered %d", network, got)
		}
		if said := strings.Contains(s.log.String(), "client certificate not taken"); said != (want == 401) {
			t.Errorf("%s: log is %s", network, s.log.String())
		}
	}
}

func TestNewCertificateFilesAreUsedWithoutARestart(t *testing.T) {
	dir := t.TempDir()
	ca := newAuthority(t, "CA Thu")
	far := time.Now().Add(20 * time.Hour)
	o := testOptions()
	o.TLS = writePair(t, dir, ca.issue(t, "mot.vn", far))
	at := newClock()
	o.Now = at.now
	s := serve(t, o, &line{})
	login := func(r *http.Request) { r.SetBasicAuth("so1", password) }
	name := func() string {
		status, cert := call(t, s, ca, nil, login)
		if status != 200 {
			t.Fatalf("answered %d", status)
		}
		return cert.Subject.CommonName
	}
	before := name()
	writePair(t, dir, ca.issue(t, "hai-hai.vn", far))
	at.add(recheck - time.Second)
	soon := name()
	at.add(time.Second)
	later := name()
	if before != "mot.vn" || soon != "mot.vn" || later != "hai-hai.vn" {
		t.Errorf("the certificates are %s, %s, %s", before, soon, later)
	}
	if err := os.WriteFile(o.TLS.CertFile, []byte("nửa"), 0o600); err != nil {
		t.Fatal(err)
	}
	at.add(recheck)
	if got := name(); got != "hai-hai.vn" || !strings.Contains(s.log.String(), "the old ones stay in use") {
		t.Errorf("after a bad file the certificate is %s, the log %s", got, s.log)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	ca := newAuthority(t, "CA Thu")
	o := testOptions()
	o.TLS = writePair(t, t.TempDir(), ca.issue(t, "lgsp.vn", time.Now().Add(time.Hour)))
	s := serve(t, o, &line{})
	if got := s.tls.config().MinVersion; got != tls.VersionTLS12 {
		t.Errorf("the least version is %s", tls.VersionName(got))
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	for version, ok := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		conn, err := tls.Dial("tcp", s.addr, &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS10, MaxVersion: version})
		if (err == nil) != ok {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			conn.Close()
		}
	}
}
