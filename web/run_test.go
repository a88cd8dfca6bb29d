package web

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
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

	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// certify writes a certificate with a number and its key.
func certify(t *testing.T, folder string, number int64) TLS {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := x509.Certificate{SerialNumber: big.NewInt(number), Subject: pkix.Name{CommonName: "baocao.example.vn"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	must(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	files := TLS{filepath.Join(folder, "web.crt"), filepath.Join(folder, "web.key")}
	must(t, os.WriteFile(files.CertFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(files.KeyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	return files
}

// run serves the pages as the daemon does, and returns where and how to stop.
func (p *place) run(t *testing.T) (address string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan net.Addr, 1), make(chan error, 1)
	p.s.opt.Ready = func(a net.Addr) { ready <- a }
	go func() { ended <- p.s.Run(ctx) }()
	select {
	case a := <-ready:
		address = a.String()
	case err := <-ended:
		t.Fatal(err)
	}
	return address, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestPagesAreServedOverTLSAndFollowTheirCertificate(t *testing.T) {
	folder := t.TempDir()
	p := newPlace(t, func(o *Options) { o.TLS = certify(t, folder, 1) })
	address, stop := p.run(t)
	defer stop()
	ask := func() (*http.Response, error) {
		client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
		return client.Get("https://" + address + signInPath)
	}
	number := func() int64 {
		resp, err := ask()
		must(t, err)
		defer resp.Body.Close()
		if resp.Header.Get("Strict-Transport-Security") == "" || !strings.HasPrefix(resp.Header.Get("Set-Cookie"), "__Host-") || resp.StatusCode != 200 {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
		return resp.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	if n := number(); n != 1 {
		t.Errorf("the certificate is %d", n)
	}
	certify(t, folder, 2)
	if n := number(); n != 1 {
		t.Error("the files are looked at all the time")
	}
	p.pass(recheck)
	if n := number(); n != 2 {
		t.Errorf("the certificate is %d after it was renewed", n)
	}
	must(t, os.WriteFile(filepath.Join(folder, "web.crt"), []byte("x"), 0o600))
	p.pass(recheck)
	if n := number(); n != 2 || !strings.Contains(p.log.String(), "stay in use") {
		t.Errorf("the certificate is %d after the file broke\n%s", n, p.log.String())
	}
	old, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11})
	if err == nil {
		old.Close()
		t.Error("TLS 1.1 is spoken")
	}
	plain, err := http.Get("http://" + address + signInPath)
	must(t, err)
	defer plain.Body.Close()
	if text, err := io.ReadAll(plain.Body); err != nil || plain.StatusCode != http.StatusBadRequest || strings.Contains(string(text), "csrf") {
		t.Errorf("plain text gets %d %s", plain.StatusCode, text)
	}
}

func TestWhatWasRefusedLastIsOnRecordWhenServingEnds(t *testing.T) {
	p := newPlace(t, nil)
	_, stop := p.run(t)
	for i := range 121 {
		p.book.SignIn(t.Context(), "nobody", "x", netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}))
	}
	stop()
	all := p.record()
	if last := all[len(all)-1]; last.Event != audit.SignInFailed || !strings.HasPrefix(last.Detail, "1 more since") {
		t.Errorf("the last entry is %+v", last)
	}
}

func TestTheLogTellsWhenNobodyCanLookAfterAccounts(t *testing.T) {
	p := newPlace(t, nil)
	for _, row := range []struct {
		name string
		as   account.Profile
		want bool
	}{{"can-bo", clerk, true}, {"quan-tri", boss, false}} {
		p.add(row.name, row.as)
		_, stop := p.run(t)
		stop()
		if got := strings.Contains(p.log.String(), "account add --role admin"); got != row.want {
			t.Errorf("warned: %t, want %t\n%s", got, row.want, p.log)
		}
		p.log.b.Reset()
	}
}

func TestAnAddressThatIsTakenIsAnError(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	p := newPlace(t, func(o *Options) { o.Listen = ln.Addr().String() })
	if err := p.s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "web: listen") {
		t.Errorf("got %v", err)
	}
}

func TestTheSignInSaysWhenThereAreTooMany(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("can-bo", clerk)
	for i := range 120 {
		p.book.SignIn(t.Context(), "nobody", "x", netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}))
	}
	got := p.browser().post(signInPath, signInPath, "name", "can-bo", "password", chosen).want(t, http.StatusTooManyRequests, "quá nhiều lần đăng nhập")
	if got.header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
	p.pass(time.Minute)
	p.browser().post(signInPath, signInPath, "name", "can-bo", "password", chosen).leads(t, "/")
}

func TestASignInThatCannotBeStoredDoesNotSpeakOfTooMany(t *testing.T) {
	p := newPlace(t, nil)
	must(t, p.db.Write(t.Context(), func(tx *sqlite.Tx) error {
		return tx.Query("pragma max_page_count = 1", func(sqlite.Row) error { return nil }) // as many as there are
	}))
	b := p.browser()
	got := answer{status: http.StatusForbidden}
	for i := 0; got.status == http.StatusForbidden && i < 50; i++ { // the last pages have some room
		got = b.post(signInPath, signInPath, "name", "nobody", "password", "x")
	}
	got.want(t, http.StatusServiceUnavailable, "Hệ thống đang bận")
	if !strings.Contains(p.log.String(), "a page has to wait") {
		t.Errorf("the log says\n%s", p.log)
	}
}
