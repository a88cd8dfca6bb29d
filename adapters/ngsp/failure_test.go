package ngsp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

// rawServer answers each connection with what speak does.
func rawServer(t *testing.T, speak func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			speak(conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

// afterRequest reads a request's head and body before it speaks.
func afterRequest(reply string) func(net.Conn) {
	return func(c net.Conn) {
		buf := make([]byte, 64<<10)
		for got := ""; !strings.HasSuffix(got, "}"); {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			got += string(buf[:n])
		}
		_, _ = fmt.Fprint(c, reply)
	}
}

func TestWhatBreaksOnTheWayBackIsTold(t *testing.T) {
	for name, row := range map[string]struct{ reply, code string }{
		"nothing":         {"", "AnswerLost"},
		"half a head":     {"HTTP/1.1 200 O", "AnswerLost"},
		"half a body":     {"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + jsonYes, "AnswerLost"},
		"half a chunk":    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + jsonYes, "AnswerLost"},
		"another service": {"SSH-2.0-OpenSSH_9.6\r\n", "AnswerBroken"},
		"a bad header":    {"HTTP/1.1 200 OK\r\nSoDinhDanh 079000000000\r\n\r\n", "AnswerBroken"},
		"a bad chunk":     {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "AnswerBroken"},
		"503, cut":        {"HTTP/1.1 503 X\r\nContent-Length: 900\r\n\r\nx", "ServiceUnavailable"},
		"switching":       {"HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n", "OddStatus"},
	} {
		c := connect(t, "http://"+rawServer(t, afterRequest(row.reply)), JSON)
		_, err := deliver(t, c)
		e := known(t, err)
		if e.Code != row.code || !e.Kind.World() || strings.Contains(err.Error(), "079") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAConnectionThatIsResetMidAnswerIsAnAnswerLost(t *testing.T) {
	addr := rawServer(t, func(c net.Conn) {
		afterRequest("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")(c)
		if tc, ok := c.(*net.TCPConn); ok {
			_ = tc.SetLinger(0)
		}
	})
	_, err := deliver(t, connect(t, "http://"+addr, JSON))
	wantCode(t, err, lgsp.Unavailable, "AnswerLost")
}

func TestAnAnswerThatNeverComesOrNeverEndsIsATimeout(t *testing.T) {
	for name, start := range map[string]string{"head": "", "body": "{"} {
		hold := make(chan struct{})
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			answerStart(w, start)
			<-hold
		}, JSON, func(o *Options) { o.Timeout = 50 * time.Millisecond })
		_, err := deliver(t, c)
		close(hold)
		if e := known(t, err); e.Code != "AnswerTimeout" || e.Kind != lgsp.Unavailable {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func answerStart(w http.ResponseWriter, start string) {
	if start == "" {
		return
	}
	_, _ = fmt.Fprint(w, start)
	_ = http.NewResponseController(w).Flush()
}

func TestAConnectionThatCannotBeMadeSaysWhy(t *testing.T) {
	op := func(err error) error { return &stageError{connecting, &net.OpError{Op: "dial", Err: err}} }
	for code, err := range map[string]error{
		"NameNotFound":      op(&net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}),
		"Unreachable":       op(os.NewSyscallError("connect", syscall.EHOSTUNREACH)),
		"ConnectionRefused": op(os.NewSyscallError("connect", syscall.ECONNREFUSED)),
		"ConnectTimeout":    op(os.ErrDeadlineExceeded),
		"ConnectFailed":     op(errors.New("strange")),
		"TLSFailed":         &stageError{handshaking, errors.New("strange")},
	} {
		e := new(dialer).netVerdict(t.Context(), err).err("ngsp.deliver", "hotich", jsonRoute)
		if e.Code != code || !e.Kind.World() {
			t.Errorf("%s: got %v", code, e)
		}
	}
}

func TestAPortThatIsClosedIsRefused(t *testing.T) {
	_, err := deliver(t, connect(t, "http://127.0.0.1:1", JSON))
	e := wantCode(t, err, lgsp.Unavailable, "ConnectionRefused")
	if !strings.Contains(e.Err.Error(), "fault of the network") {
		t.Errorf("got %v", e.Err)
	}
}

func TestAServerThatIsSilentDuringTheHandshakeIsAConnectTimeout(t *testing.T) {
	hold := make(chan struct{})
	addr := rawServer(t, func(net.Conn) { <-hold })
	t.Cleanup(func() { close(hold) })
	_, err := deliver(t, connect(t, "https://"+addr, JSON, func(o *Options) { o.ConnectTimeout = 50 * time.Millisecond }))
	wantCode(t, err, lgsp.Unavailable, "ConnectTimeout")
}

// authority is a CA of the test's own, with the files that Options name.
type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	file string
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t}
	a.file, _ = a.issue("ca", nil, time.Hour)
	return a
}

// issue makes a certificate for 127.0.0.1 that is good for the time given from
// an hour ago on, and returns its files.
func (a *authority) issue(name string, dns []string, life time.Duration) (certFile, keyFile string) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	begin := time.Now().Add(-time.Hour)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: begin, NotAfter: begin.Add(time.Hour + life), DNSNames: dns, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: a.cert == nil,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	parent, signer := tmpl, key
	if a.cert != nil {
		parent, signer = a.cert, a.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	if a.cert == nil {
		a.key = key
		if a.cert, err = x509.ParseCertificate(der); err != nil {
			a.t.Fatal(err)
		}
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	dir := a.t.TempDir()
	certFile, keyFile = filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
	write := func(file, kind string, b []byte) {
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	write(certFile, "CERTIFICATE", der)
	write(keyFile, "PRIVATE KEY", secret)
	return certFile, keyFile
}

func (a *authority) server(dns []string, life time.Duration, set func(*tls.Config)) *httptest.Server {
	a.t.Helper()
	pair, err := tls.LoadX509KeyPair(a.issue("server", dns, life))
	if err != nil {
		a.t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(answer(200, jsonYes))
	srv.Config.ErrorLog = nil
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool}
	srv.Config.ErrorLog = quietLog()
	set(srv.TLS)
	srv.StartTLS()
	a.t.Cleanup(srv.Close)
	return srv
}

func (a *authority) trust(o *Options) { o.TLS.CAFile = a.file }

func TestEveryTroubleOfTLSIsToldApart(t *testing.T) {
	a := newAuthority(t)
	nothing := func(*tls.Config) {}
	mutual := func(c *tls.Config) { c.ClientAuth = tls.RequireAndVerifyClientCert }
	old := func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }
	good := a.server(nil, time.Hour, nothing)
	for name, row := range map[string]struct {
		url  string
		set  []func(*Options)
		kind lgsp.Kind
		code string
	}{
		"untrusted":                     {good.URL, nil, lgsp.Unavailable, "CertificateUntrusted"},
		"another name":                  {strings.Replace(good.URL, "127.0.0.1", "localhost", 1), []func(*Options){a.trust}, lgsp.Unavailable, "CertificateName"},
		"expired":                       {a.server(nil, -time.Minute, nothing).URL, []func(*Options){a.trust}, lgsp.Unavailable, "CertificateExpired"},
		"too old":                       {a.server(nil, time.Hour, old).URL, []func(*Options){a.trust}, lgsp.Unavailable, "TLSFailed"},
		"client certificate is missing": {a.server(nil, time.Hour, mutual).URL, []func(*Options){a.trust}, lgsp.Denied, "ClientCertificateRefused"},
		"not TLS":                       {"https://" + rawServer(t, func(c net.Conn) { _, _ = fmt.Fprint(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }), nil, lgsp.Unavailable, "NotTLS"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := deliver(t, connect(t, row.url, JSON, row.set...))
			wantCode(t, err, row.kind, row.code)
		})
	}
}

func TestAClientCertificateIsPresentedAndReadAnewAtEachHandshake(t *testing.T) {
	a := newAuthority(t)
	srv := a.server(nil, time.Hour, func(c *tls.Config) {
		c.ClientAuth = tls.RequireAndVerifyClientCert
		c.SessionTicketsDisabled = true
	})
	cert, key := a.issue("client", nil, time.Hour)
	c := connect(t, srv.URL, JSON, a.trust, func(o *Options) { o.TLS.CertFile, o.TLS.KeyFile = cert, key })
	if _, err := deliver(t, c); err != nil {
		t.Fatal(err)
	}
	if c.dialer.asked.Load() {
		t.Error("an answer did not settle the question of the certificate")
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	c.Close()
	_, err := deliver(t, c)
	wantCode(t, err, lgsp.Denied, "OwnCertificate")
}

func TestAConnectionLostAfterACertificateWasAskedForPointsAtTheCertificate(t *testing.T) {
	var d dialer
	lost := &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	for asked, code := range map[bool]string{true: "ClientCertificateRefused", false: "AnswerLost"} {
		d.asked.Store(asked)
		if e := d.netVerdict(t.Context(), lost).err("ngsp.deliver", "hotich", jsonRoute); e.Code != code {
			t.Errorf("asked %v: got %v", asked, e)
		}
	}
}

func TestConfigurationFaultsAreOurs(t *testing.T) {
	c := serve(t, answer(200, jsonYes), JSON)
	_, err := c.Deliver(t.Context(), testID, lgsp.Document{Route: "khongCo", Body: []byte("{}")})
	e := wantCode(t, err, lgsp.Unavailable, "NoOperation")
	if !strings.Contains(e.Err.Error(), "fault of us") {
		t.Errorf("got %v", e.Err)
	}
	_, err = c.Deliver(t.Context(), testID, lgsp.Document{Route: jsonRoute})
	wantCode(t, err, lgsp.Invalid, "EmptyDocument")
}

// TestEveryTokenAnswerMeetsItsRow walks the group "token" of the table.
func TestEveryTokenAnswerMeetsItsRow(t *testing.T) {
	met := map[string]bool{}
	for _, row := range []struct {
		status int
		body   string
		on     string
	}{
		{400, `{"error":"invalid_client"}`, "token denied"}, {400, `{"error":"unauthorized_client"}`, "token denied"},
		{400, `{"error":"invalid_request"}`, "token 400"}, {400, "<html>", "token 400"}, {401, `{"error":"invalid_client"}`, "token 401"},
		{403, "", "token 403"}, {429, "", "token 429"}, {302, "", "token 3xx"}, {404, "", "token 4xx"}, {500, "", "token 5xx"},
		{503, "", "token 5xx"}, {200, "<html>", "token unreadable"}, {204, "", "token unreadable"},
	} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if !isToken(r) {
				t.Error("the call was made without a token")
			}
			answer(row.status, row.body, "Retry-After", "9")(w, r)
		}, JSON, withToken)
		_, err := deliver(t, c)
		want := fateOf(row.on)
		e := wantCode(t, err, want.kind, want.code)
		if e.After != 9*time.Second || e.Text != (verdict{fate: want, status: row.status}).sentence("hotich") {
			t.Errorf("%d %s: got %s, after %s", row.status, row.body, e.Text, e.After)
		}
		met[row.on] = true
	}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !isToken(r) {
			t.Error("the call was made without a token")
		}
		panic(http.ErrAbortHandler) // the connection ends without an answer
	}, JSON, withToken)
	_, err := deliver(t, c)
	wantCode(t, err, fateOf("token lost").kind, fateOf("token lost").code)
	met["token lost"] = true
	c.dialer.asked.Store(true) // for our certificate, and has answered nothing since
	_, err = deliver(t, c)
	wantCode(t, err, fateOf("token certificate").kind, fateOf("token certificate").code)
	met["token certificate"] = true
	for i := range fates {
		if on := fates[i].on; strings.HasPrefix(on, "token ") && !met[on] {
			t.Errorf("no test meets %q", on)
		}
	}
}

// TestEveryRowWithoutAnAnswerHasATestAbove keeps the groups net and config from
// growing rows that nothing meets.
func TestEveryRowWithoutAnAnswerHasATestAbove(t *testing.T) {
	b, err := os.ReadFile("failure_test.go")
	if err != nil {
		t.Fatal(err)
	}
	more, err := os.ReadFile("limit_test.go")
	if err != nil {
		t.Fatal(err)
	}
	others, err := os.ReadFile("deliver_test.go")
	if err != nil {
		t.Fatal(err)
	}
	tests := string(b) + string(more) + string(others)
	for i := range fates {
		f := &fates[i]
		if group, _, _ := strings.Cut(f.on, " "); (group == "net" || group == "config") && !strings.Contains(tests, `"`+f.code+`"`) {
			t.Errorf("no test meets %q (%s)", f.on, f.code)
		}
	}
}
