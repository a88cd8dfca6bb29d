package soap

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

var update = flag.Bool("update", false, "write the golden files")

const (
	testRoot  = `<t:GuiHoSo xmlns:t="urn:thu"><t:MaHoSo>HS-1</t:MaHoSo><t:HoTen>Nguyễn Thị Mẫu</t:HoTen></t:GuiHoSo>`
	password  = "mat-khau-cua-so-1"
	testKey   = "khoa-thu-nghiem-0001"
	otherPass = "mat-khau-cua-so-2"
	otherKey  = "khoa-thu-nghiem-0009"
)

const testSchema = `<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:thu" elementFormDefault="qualified">
<xs:element name="GuiHoSo"><xs:complexType><xs:sequence>
<xs:element name="MaHoSo" type="xs:string"/><xs:element name="HoTen" type="xs:string" minOccurs="0"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>`

func envelope11(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="` + space11 + `"><s:Body>` + body + `</s:Body></s:Envelope>`
}

func envelope12(body string) string {
	return `<s:Envelope xmlns:s="` + space12 + `"><s:Header/><s:Body>` + body + `</s:Body></s:Envelope>`
}

// line is a lgsp.Line that answers what a test wants and keeps what it got.
type line struct {
	answer func(context.Context, lgsp.Envelope) (lgsp.Receipt, error)
	ask    func(context.Context, lgsp.Envelope) ([]byte, error)

	mu  sync.Mutex
	got []lgsp.Envelope
}

func (l *line) Accept(ctx context.Context, e lgsp.Envelope) (lgsp.Receipt, error) {
	l.mu.Lock()
	l.got = append(l.got, e)
	l.mu.Unlock()
	if l.answer != nil {
		return l.answer(ctx, e)
	}
	return lgsp.Receipt{ID: e.ID, State: lgsp.Queued}, nil
}

func (l *line) Ask(ctx context.Context, e lgsp.Envelope) ([]byte, error) {
	l.mu.Lock()
	l.got = append(l.got, e)
	l.mu.Unlock()
	if l.ask == nil {
		return nil, errors.New("nobody asks this line")
	}
	return l.ask(ctx, e)
}

func (l *line) envelopes() []lgsp.Envelope {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]lgsp.Envelope(nil), l.got...)
}

// clock is a time that only a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 2, 1, 2, 3, 456e6, time.UTC)} }

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

func testOptions() Options {
	return Options{
		Address: "127.0.0.1:0",
		Services: []Service{
			{Name: "thu.gui", Title: "Gửi hồ sơ", Namespace: "urn:thu", Root: "GuiHoSo", Action: "urn:thu/GuiHoSo", Schema: []byte(testSchema), Paths: []string{"/cu/Chung.asmx"}},
			{Name: "thu.huy", Title: "Hủy hồ sơ & thu hồi", Namespace: "urn:thu:2", Root: "HuyHoSo", Action: "urn:thu/HuyHoSo", Paths: []string{"/cu/Chung.asmx"}},
		},
		Departments: []Department{
			{Code: "H29.11", Name: "Sở Mẫu", Credentials: Credentials{Basic: []Login{{"so1", password}}, APIKeys: []string{testKey}, UsernameTokens: []Login{{"so1", password}}}},
			{Code: "H29.12", Name: "Sở Thử", Credentials: Credentials{Basic: []Login{{"so2", otherPass}}}},
		},
	}
}

// served is a server that runs on a real listener until the test ends.
type served struct {
	*Server
	line *line
	url  string
	addr string
	log  *lockedBuffer
	stop func() error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }

func serve(t testing.TB, o Options, l lgsp.Line) *served {
	t.Helper()
	book := &lockedBuffer{}
	ready := make(chan net.Addr, 1)
	o.Ready = func(a net.Addr) { ready <- a }
	o.Log = slog.New(slog.NewTextHandler(book, nil))
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, l) }()
	var addr string
	select {
	case a := <-ready:
		addr = a.String()
	case err := <-ended:
		t.Fatal(err)
	}
	stop := sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		if err := stop(); err != nil && !t.Failed() {
			t.Log("end:", err)
		}
	})
	kept, _ := l.(*line)
	return &served{Server: s, line: kept, url: "http://" + addr, addr: addr, log: book, stop: stop}
}

// request is what tests vary of a good SOAP 1.1 request.
type request struct {
	method, path, contentType, body string
	user, password, apiKey          string
	header                          map[string]string
}

type reply struct {
	status int
	header http.Header
	body   string
}

func (s *served) send(t testing.TB, q request) reply {
	t.Helper()
	if q.method == "" {
		q.method = http.MethodPost
	}
	if q.path == "" {
		q.path = "/soap/thu.gui"
	}
	r, err := http.NewRequest(q.method, s.url+q.path, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	if q.contentType == "" {
		q.contentType = "text/xml; charset=utf-8"
	}
	if q.contentType != "none" {
		r.Header.Set("Content-Type", q.contentType)
	}
	if q.user != "" {
		r.SetBasicAuth(q.user, q.password)
	}
	if q.apiKey != "" {
		r.Header.Set("X-API-Key", q.apiKey)
	}
	for name, value := range q.header {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(b)}
}

func good() request { return request{body: envelope11(testRoot), user: "so1", password: password} }

func TestAReceiptTellsWhatIsDoubtful(t *testing.T) {
	o := testOptions()
	o.Now = newClock().now
	s := serve(t, o, &line{answer: func(context.Context, lgsp.Envelope) (lgsp.Receipt, error) {
		return lgsp.Receipt{ID: lgsp.ID{1}, State: lgsp.Queued, Warnings: []lgsp.FieldError{
			{Path: "/GuiHoSo/SoDDCN", Code: "personal-id", Text: "Số định danh không khớp với năm sinh.", Found: "12 chữ số", Want: "năm sinh <1990>"},
			{Path: "/GuiHoSo/MaXa", Code: "code"},
		}}, nil
	}})
	golden(t, "receipt-warnings.xml", []byte(s.send(t, good()).body))
}

func TestAReceiptNamesTheMessageThatTheLineHas(t *testing.T) {
	at := newClock()
	first := lgsp.ID{1, 2, 3, 4, 5, 6, 0x77, 8, 0x89, 10, 11, 12, 13, 14, 15, 16}
	for _, v := range []struct {
		file, contentType, body string
	}{{"receipt11.xml", "text/xml", envelope11(testRoot)}, {"receipt12.xml", "application/soap+xml", envelope12(testRoot)}} {
		o := testOptions()
		o.Now = at.now
		s := serve(t, o, &line{answer: func(context.Context, lgsp.Envelope) (lgsp.Receipt, error) {
			return lgsp.Receipt{ID: first, State: lgsp.Parked, Duplicate: true}, nil
		}})
		q := good()
		q.contentType, q.body = v.contentType, v.body
		got := s.send(t, q)
		if got.status != 200 || got.header.Get("Content-Type") != v.contentType+"; charset=utf-8" {
			t.Errorf("%s: status %d, content type %q", v.file, got.status, got.header.Get("Content-Type"))
		}
		golden(t, v.file, []byte(got.body))
		if log := s.log.String(); log != "" {
			t.Errorf("all was well and yet something was logged: %s", log)
		}
	}
}

func TestTheEnvelopeHoldsTheBytesReceived(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	o.Departments[0].Charset = "windows-1258"
	s := serve(t, o, &line{})
	q := good()
	q.body = "<s:Envelope xmlns:s='" + space11 + "'><s:Body><t:GuiHoSo xmlns:t='urn:thu'>M\xe2\xcc</t:GuiHoSo></s:Body></s:Envelope>\r\n"
	if got := s.send(t, q); got.status != 200 {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	e := s.line.envelopes()[0]
	if string(e.Body) != q.body || cap(e.Body) != len(e.Body) {
		t.Errorf("body is %q with capacity %d", e.Body, cap(e.Body))
	}
	if e.ID == (lgsp.ID{}) || e.Source != "soap" || e.Sender != "H29.11" || e.Service != "thu.gui" || e.Charset != "windows-1258" || !e.Received.Equal(at.now()) {
		t.Errorf("envelope is %+v", e)
	}
}

func TestEveryStateHasACodeOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for s := lgsp.Queued; s <= lgsp.Dropped; s++ {
		code := stateCode(s)
		if seen[code] || !strings.Contains(ownSchema, `"`+code+`"`) {
			t.Errorf("state %s has the code %q, which another has or the WSDL lacks", s, code)
		}
		seen[code] = true
	}
}

func TestTheRootSaysLittleAndHealthIsOpen(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	for path, want := range map[string]string{"/": "lgspd\n", "/healthz": "ok\n"} {
		got := s.send(t, request{method: http.MethodGet, path: path})
		if got.status != 200 || got.body != want {
			t.Errorf("%s: %d %q", path, got.status, got.body)
		}
	}
}

func TestTheServerEndsInOrderAndLetsRequestsFinish(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	s := serve(t, testOptions(), &line{answer: func(ctx context.Context, e lgsp.Envelope) (lgsp.Receipt, error) {
		close(entered)
		<-leave
		return lgsp.Receipt{ID: e.ID}, ctx.Err()
	}})
	answered := make(chan reply, 1)
	go func() { answered <- s.send(t, good()) }()
	<-entered
	ended := make(chan error, 1)
	go func() { ended <- s.stop() }()
	for { // until the listener is closed
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			break
		}
		conn.Close()
	}
	close(leave)
	if got := <-answered; got.status != 200 {
		t.Errorf("the request under way was answered %d: %s", got.status, got.body)
	}
	if err := <-ended; err != nil {
		t.Errorf("Run returned %v", err)
	}
}

func TestRequestsThatDoNotEndAreCutOff(t *testing.T) {
	o := testOptions()
	o.Limits.Drain = 50 * time.Millisecond
	entered := make(chan struct{})
	s := serve(t, o, &line{answer: func(ctx context.Context, e lgsp.Envelope) (lgsp.Receipt, error) {
		close(entered)
		<-ctx.Done()
		return lgsp.Receipt{}, ctx.Err()
	}})
	go func() {
		r, _ := http.NewRequest(http.MethodPost, s.url+"/soap/thu.gui", strings.NewReader(envelope11(testRoot)))
		r.Header.Set("Content-Type", "text/xml")
		r.SetBasicAuth("so1", password)
		if resp, err := http.DefaultClient.Do(r); err == nil {
			resp.Body.Close()
		}
	}()
	<-entered
	if err := s.stop(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run returned %v", err)
	}
}

func TestAnAddressInUseIsAnError(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	o := testOptions()
	o.Address = ln.Addr().String()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(context.Background(), &line{}); err == nil || !strings.Contains(err.Error(), "listen") {
		t.Errorf("Run returned %v", err)
	}
}
