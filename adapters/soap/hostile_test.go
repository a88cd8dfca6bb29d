package soap

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestALongNamespaceIsNotCopiedForEveryHeaderBlock(t *testing.T) {
	for _, block := range []string{"<k:a/>", `<k:a s:mustUnderstand="1"/>`} {
		body := []byte(`<s:Envelope xmlns:s="` + space11 + `"><s:Header xmlns:k="` + strings.Repeat("k", 1<<20) + `">` +
			strings.Repeat(block, 2000) + `</s:Header><s:Body><a/></s:Body></s:Envelope>`)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m := glance(body)
		runtime.ReadMemStats(&after)
		if spent := after.TotalAlloc - before.TotalAlloc; m.found != isSOAP || spent > 64<<20 {
			t.Errorf("%s: %d MiB allocated for a look at %d KiB", block, spent>>20, len(body)>>10)
		}
	}
}

func TestLogInsFromOneNetworkOfIPv6AreLoggedOnceAMinute(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	s := serve(t, o, &line{})
	for i := range byte(20) {
		address := netip.MustParseAddr("2001:db8::").As16()
		address[15] = i
		ask(t, s.Server, netip.AddrFrom16(address).String(), request{body: envelope11(testRoot), apiKey: otherKey})
	}
	if log := s.log.String(); strings.Count(log, "\n") != 1 {
		t.Errorf("log is %s", log)
	}
}

func TestMessagesOfSendersNotYetKnownAreReadAFewAtATime(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	for range cap(s.desks) {
		s.desks <- struct{}{}
	}
	answered := make(chan reply, 1)
	go func() {
		answered <- ask(t, s.Server, "203.0.113.9", request{body: withToken(envelope11(testRoot), plainToken("so1", password))})
	}()
	for range 100 {
		if got := s.send(t, good()); got.status != 200 {
			t.Fatalf("a sender that is known is answered %d", got.status)
		}
	}
	select {
	case got := <-answered:
		t.Fatalf("answered %d while others were read", got.status)
	default:
	}
	for range cap(s.desks) {
		<-s.desks
	}
	if got := <-answered; got.status != 200 {
		t.Errorf("answered %d %s", got.status, got.body)
	}
}

func TestAnAuthorityThatIsTakenAwayCountsNoLongerOnAnOpenConnection(t *testing.T) {
	dir := t.TempDir()
	old, fresh := newAuthority(t, "CA Cu"), newAuthority(t, "CA Moi")
	far := time.Now().Add(20 * time.Hour)
	client := old.issue(t, "hotich.so.vn", far)
	leaf, err := x509.ParseCertificate(client.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	o := testOptions()
	o.TLS = writePair(t, dir, old.issue(t, "lgsp.vn", far))
	o.TLS.ClientCAFile = filepath.Join(dir, "ca.pem")
	writePEM(t, o.TLS.ClientCAFile, "CERTIFICATE", old.cert.Raw)
	o.Departments[0].Certificates = []Certificate{{CommonName: "hotich.so.vn"}}
	at := newClock()
	at.t = time.Now()
	o.Now = at.now
	s := newServer(t, o)
	r, err := http.NewRequestWithContext(withConnection(t.Context(), nil), http.MethodPost, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}
	if s.keys.certificateOf(r, netip.Addr{}) == nil {
		t.Fatal("the certificate does not count")
	}
	writePEM(t, o.TLS.ClientCAFile, "CERTIFICATE", fresh.cert.Raw)
	if err := os.Chtimes(o.TLS.ClientCAFile, far, far); err != nil {
		t.Fatal(err)
	}
	at.add(recheck)
	if s.keys.certificateOf(r, netip.Addr{}) != nil {
		t.Error("the certificate still counts")
	}
}
