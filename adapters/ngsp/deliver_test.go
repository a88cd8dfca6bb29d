package ngsp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

// seen is what an upstream received.
type seen struct {
	mu     sync.Mutex
	header http.Header
	body   string
	path   string
	method string
}

func (s *seen) then(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.header, s.body, s.path, s.method = r.Header.Clone(), string(b), r.URL.Path, r.Method
		s.mu.Unlock()
		h(w, r)
	}
}

func TestAJSONDocumentArrivesAsItIsWithItsRequestCode(t *testing.T) {
	var s seen
	c := serve(t, s.then(answer(200, jsonYes)), JSON)
	ack, err := deliver(t, c)
	if err != nil {
		t.Fatal(err)
	}
	if s.method != "POST" || s.path != jsonPath || s.body != jsonBody {
		t.Errorf("got %s %s %s", s.method, s.path, s.body)
	}
	for name, want := range map[string]string{"Idempotency-Key": testID.String(), "MaYeuCau": testID.String(),
		"Content-Type": "application/json", "Authorization": "", "User-Agent": "lgspd"} {
		if got := s.header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if !ack.At.Equal(morning) || ack.Body != nil || ack.Ref != "" {
		t.Errorf("got %+v", ack)
	}
}

func TestASOAPDocumentIsWrappedInAnEnvelope(t *testing.T) {
	for version, want := range map[string]struct{ ns, contentType, action string }{
		"1.1": {soap11, "application/xml", `"urn:cap-nhat"`},
		"1.2": {soap12, `application/soap+xml; charset=utf-8; action="urn:cap-nhat"`, ""},
	} {
		var s seen
		c := serve(t, s.then(answer(200, soapYes("<CapNhatThongTinCongDanResponse/>"))), SOAP, func(o *Options) {
			o.SOAPVersion = version
			o.Operations[soapRoute] = Operation{Path: soapPath, SOAPAction: "urn:cap-nhat"}
		})
		doc := lgsp.Document{Route: soapRoute, Body: []byte("\uFEFF<?xml version=\"1.0\"?>\n" + soapBare)}
		if _, err := c.Deliver(t.Context(), testID, doc); err != nil {
			t.Fatal(err)
		}
		tree, err := readTree([]byte(s.body), 1<<20)
		if err != nil {
			t.Fatalf("%s is not XML: %v", s.body, err)
		}
		if body, ok := soapBody(tree); !ok || len(body) != 1 || body[0].name != soapRoute {
			t.Errorf("got %s", s.body)
		}
		if !strings.Contains(s.body, `"`+want.ns+`"`) || s.header.Get("Content-Type") != want.contentType || s.header.Get("SOAPAction") != want.action {
			t.Errorf("%s: got %v %s", version, s.header, s.body)
		}
	}
}

func TestTheDefaultSOAPActionIsAnEmptyQuotedString(t *testing.T) {
	var s seen
	if _, err := deliver(t, serve(t, s.then(answer(200, soapYes("<CapNhatThongTinCongDanResponse/>"))), SOAP)); err != nil {
		t.Fatal(err)
	}
	if got := s.header.Get("SOAPAction"); got != `""` {
		t.Errorf("got %q", got)
	}
}

func TestEveryKindOfHeaderCanBeSwitchedOn(t *testing.T) {
	var s seen
	c := serve(t, s.then(answer(200, jsonYes)), JSON, func(o *Options) {
		o.LGSPAccessToken = LGSPAccessToken{AccessKey: "AK", SecretKey: "S<K&", AppName: "lgspd", PartnerCode: "P1", PartnerCodeCus: "P2"}
		o.C06 = C06{Username: "tinh-mau", SecretKey: "khoa", ServiceURL: "https://c06.example.vn/xacthuc"}
		o.XRoad = XRoad{Client: "VN/GOV/H29/lgsp", Service: "VN/GOV/BCA/dancu/tracuu", UserID: "H29", Issue: "KH156"}
		o.APIKey = APIKey{Value: "khoa-api"}
		o.Headers = map[string]Secret{"ESB_SOURCE_TYPE": "lgsp"}
	})
	if _, err := deliver(t, c); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("https://c06.example.vn/xacthuc" + "tinh-mau" + "1772438400000" + "khoa"))
	for name, want := range map[string]string{
		"lgspaccesstoken": base64.StdEncoding.EncodeToString([]byte(`{"AccessKey":"AK","SecretKey":"S<K&","AppName":"lgspd","PartnerCode":"P1","PartnerCodeCus":"P2"}`)),
		"Timestamp":       "1772438400000",
		"Authorization":   "Basic " + base64.StdEncoding.EncodeToString([]byte("tinh-mau:"+hex.EncodeToString(sum[:]))),
		"X-Road-Client":   "VN/GOV/H29/lgsp", "X-Road-Service": "VN/GOV/BCA/dancu/tracuu", "X-Road-UserId": "H29",
		"X-Road-Issue": "KH156", "X-Road-Id": testID.String(), "ApiKey": "khoa-api", "ESB_SOURCE_TYPE": "lgsp",
	} {
		if got := s.header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestTheC06HashUsesTheURLCalledWhereNoOtherIsSet(t *testing.T) {
	var s seen
	c := serve(t, s.then(answer(200, jsonYes)), JSON, func(o *Options) { o.C06 = C06{Username: "u", SecretKey: "k"} })
	if _, err := deliver(t, c); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(c.base.String() + jsonPath + "u1772438400000k"))
	if got, want := s.header.Get("Authorization"), "Basic "+base64.StdEncoding.EncodeToString([]byte("u:"+hex.EncodeToString(sum[:]))); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	var followed atomic.Bool
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			followed.Store(true)
			_, _ = io.WriteString(w, jsonYes)
			return
		}
		http.Redirect(w, r, "/login", http.StatusFound)
	}, JSON)
	_, err := deliver(t, c)
	e := wantCode(t, err, lgsp.Unavailable, "Redirected")
	if followed.Load() || !strings.Contains(e.Text, "đăng nhập") {
		t.Errorf("followed %v, text %s", followed.Load(), e.Text)
	}
}

func TestAnAnswerThatIsTooLargeIsNotReadToItsEnd(t *testing.T) {
	var wrote atomic.Int64
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := bytes.Repeat([]byte(" "), 64<<10)
		for range 1 << 10 {
			n, err := w.Write(chunk)
			wrote.Add(int64(n))
			if err != nil {
				return
			}
		}
	}, JSON, func(o *Options) { o.MaxAnswer = 1 << 20 })
	_, err := deliver(t, c)
	wantCode(t, err, lgsp.Unknown, "AnswerTooLarge")
	if wrote.Load() > 32<<20 {
		t.Errorf("%d bytes were taken", wrote.Load())
	}
}

func TestALookUpReturnsTheAnswerTakenOutOfItsJSON(t *testing.T) {
	envelope := soapYes(`<CongdanCollection><CongDan><SoDinhDanh>079000000000</SoDinhDanh><TrangThai>0</TrangThai></CongDan></CongdanCollection>`)
	for _, body := range []string{envelope, `{"error_code":"0","message":` + quote(envelope) + `}`, quote(envelope)} {
		c := serve(t, answer(200, body), SOAP)
		ack, err := c.Deliver(t.Context(), testID, lgsp.Document{Route: "TraCuuThongTinCongDan", Body: []byte(soapBare)})
		if err != nil {
			t.Fatal(err)
		}
		if string(ack.Body) != envelope {
			t.Errorf("got %s", ack.Body)
		}
	}
}

func TestALookUpOfSomebodyUnknownIsNotFound(t *testing.T) {
	c := serve(t, answer(200, soapYes(`<CongdanCollection/>`)), SOAP)
	_, err := c.Deliver(t.Context(), testID, lgsp.Document{Route: "TraCuuThongTinCongDan", Body: []byte(soapBare)})
	wantCode(t, err, lgsp.NotFound, "NoRecord")
}

func TestALookUpIsNotAnsweredByADuplicate(t *testing.T) {
	c := serve(t, answer(200, `{"status":0,"errorDescription":"Trùng mã yêu cầu"}`), SOAP)
	_, err := c.Deliver(t.Context(), testID, lgsp.Document{Route: "TraCuuThongTinCongDan", Body: []byte(soapBare)})
	wantCode(t, err, lgsp.Conflict, "Duplicate")
}

func TestTheUpstreamsReferenceIsKept(t *testing.T) {
	const ref = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
	ack, err := deliver(t, serve(t, answer(200, jsonYes, "X-Road-Request-Id", ref), JSON))
	if err != nil || ack.Ref != ref {
		t.Errorf("got %q %v", ack.Ref, err)
	}
	ack, err = deliver(t, serve(t, answer(200, jsonYes, "X-Request-Id", "Nguyễn Thị Mẫu"), JSON))
	if err != nil || ack.Ref != "" {
		t.Errorf("got %q %v", ack.Ref, err)
	}
}

func TestACallerThatStopsIsToldSo(t *testing.T) {
	arrived := make(chan struct{})
	hold := make(chan struct{})
	c := serve(t, func(http.ResponseWriter, *http.Request) { close(arrived); <-hold }, JSON)
	t.Cleanup(func() { close(hold) })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	_, err := c.Deliver(ctx, testID, document(JSON))
	wantCode(t, err, lgsp.Unknown, "Stopped")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is not context.Canceled", err)
	}
}

func TestThirtyTwoDeliveriesAtOnceShareFewConnections(t *testing.T) {
	var made atomic.Int64
	srv := httptest.NewUnstartedServer(answer(200, jsonYes))
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			made.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	c := connect(t, srv.URL, JSON, func(o *Options) { o.MaxConns = 4 })
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for range 8 {
				if _, err := deliver(t, c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if made.Load() > 4 {
		t.Errorf("%d connections were made", made.Load())
	}
}

// TestEveryConnectionIsKeptForTheNextBurst has each of two bursts hold four
// connections at once, which only four connections in all can serve if all of
// the first burst's were kept.
func TestEveryConnectionIsKeptForTheNextBurst(t *testing.T) {
	var made atomic.Int64
	arrived, leave := make(chan struct{}), make(chan struct{})
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-leave
		answer(200, jsonYes)(w, r)
	}))
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			made.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	c := connect(t, srv.URL, JSON, func(o *Options) { o.MaxConns = 4 })
	for range 2 {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := deliver(t, c); err != nil {
					t.Error(err)
				}
			})
		}
		for range 4 {
			<-arrived
		}
		for range 4 {
			leave <- struct{}{}
		}
		wg.Wait()
	}
	if made.Load() != 4 {
		t.Errorf("%d connections were made", made.Load())
	}
}

func TestAConnectionThatWasClosedWhileIdleCostsNoDelivery(t *testing.T) {
	var calls atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 2 {
			_, _ = io.Copy(io.Discard, r.Body)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = conn.Close()
			}
			return
		}
		answer(200, jsonYes)(w, r)
	}, JSON)
	for range 2 {
		if _, err := deliver(t, c); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProbeReachesTheUpstreamAndItsTokenButDeliversNothing(t *testing.T) {
	var delivered, asked atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if isToken(r) {
			asked.Add(1)
			answer(200, tokenYes)(w, r)
			return
		}
		delivered.Add(1)
	}, JSON, withToken)
	if err := c.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if asked.Load() != 1 || delivered.Load() != 0 {
		t.Errorf("asked %d, delivered %d", asked.Load(), delivered.Load())
	}
}

func TestProbeTellsAClosedPortFromARefusedKey(t *testing.T) {
	wantCode(t, connect(t, "http://127.0.0.1:1", JSON).Probe(t.Context()), lgsp.Unavailable, "ConnectionRefused")
	c := serve(t, answer(401, `{"error":"invalid_client"}`), JSON, withToken)
	wantCode(t, c.Probe(t.Context()), lgsp.Denied, "TokenDenied")
}

func TestRetryAfterIsHonouredUpToAnHour(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"7": 7 * time.Second, " 7 ": 7 * time.Second, "0": 0, "-5": 0, "soon": 0, "": 0,
		"86400": time.Hour, "99999999999999999999": time.Hour,
		morning.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		morning.Add(-time.Minute).Format(http.TimeFormat):     0,
		morning.Add(48 * time.Hour).Format(http.TimeFormat):   time.Hour,
	} {
		_, err := deliver(t, serve(t, answer(503, "", "Retry-After", value), JSON))
		if e := wantCode(t, err, lgsp.Unavailable, "ServiceUnavailable"); e.After != want {
			t.Errorf("%q: got %s, want %s", value, e.After, want)
		}
	}
}

func TestAMessageAtFaultIsNotPutOff(t *testing.T) {
	_, err := deliver(t, serve(t, answer(422, "", "Retry-After", "60"), JSON))
	if e := wantCode(t, err, lgsp.Invalid, "Unprocessable"); e.After != 0 {
		t.Errorf("got %s", e.After)
	}
}
