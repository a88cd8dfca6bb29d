package soap

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

// wire is a connection that a test writes to byte by byte.
type wire struct {
	net.Conn
	t  testing.TB
	in *bufio.Reader
}

func dial(t testing.TB, s *served) *wire {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &wire{conn, t, bufio.NewReader(conn)}
}

func (w *wire) write(text string) {
	w.t.Helper()
	if _, err := io.WriteString(w.Conn, text); err != nil {
		w.t.Fatal(err)
	}
}

func (w *wire) read() *http.Response {
	w.t.Helper()
	resp, err := http.ReadResponse(w.in, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp
}

func (w *wire) readFault() (int, fault) {
	w.t.Helper()
	resp := w.read()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, readFault(w.t, string(b))
}

const basicSo1 = "Authorization: Basic c28xOm1hdC1raGF1LWN1YS1zby0x\r\n"

// raw is a request as it is on the wire.
func raw(method, path, extra, body string) string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\n%sContent-Type: text/xml\r\n%sContent-Length: %d\r\n\r\n%s", method, path, basicSo1, extra, len(body), body)
}

func TestAGigabyteInChunksIsCutOffInBoundedMemory(t *testing.T) {
	o := testOptions()
	s := serve(t, o, &line{})
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	conn := dial(t, s)
	conn.write("POST /soap/thu.gui HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n" + basicSo1 + "\r\n")
	chunk := []byte("10000\r\n" + strings.Repeat("x", 64<<10) + "\r\n")
	var sent, peak uint64
	for sent < 1<<30 {
		n, err := conn.Conn.Write(chunk)
		sent += uint64(n)
		if err != nil {
			break
		}
		if sent%(4<<20) < uint64(len(chunk)) {
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc)
		}
	}
	if sent > 256<<20 {
		t.Errorf("%d MiB were taken in", sent>>20)
	}
	if grown := int64(peak) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
	if len(s.line.envelopes()) != 0 || s.held.all.Load() != 0 {
		t.Errorf("the line got it, or %d bytes are still counted", s.held.all.Load())
	}
}

func TestATooLongBodyIsRefusedBeforeAnyOfItIsSent(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	for _, expect := range []string{"", "Expect: 100-continue\r\n"} {
		conn := dial(t, s)
		if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		conn.write("POST /soap/thu.gui HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n" + expect + "Content-Length: 900000000\r\n" + basicSo1 + "\r\n")
		status, f := conn.readFault()
		if status != 413 || f.code != "soap:Client.TooLarge" {
			t.Errorf("answered %d %s", status, f.code)
		}
	}
}

func TestASenderThatReadsOnlyAfterSendingGetsTheFault(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	for _, sent := range []struct {
		key    string
		size   int
		status int
	}{{testKey, 9 << 20, 413}, {"sai", 4 << 20, 401}} {
		conn := dial(t, s)
		request := raw("POST", "/soap/thu.gui", "X-API-Key: "+sent.key+"\r\n", strings.Repeat("x", sent.size))
		conn.write(strings.Replace(request, basicSo1, "", 1))
		if status, f := conn.readFault(); status != sent.status {
			t.Errorf("answered %d %s", status, f.code)
		}
	}
}

func TestWhatIsTakenInToBeForgottenHoldsNothing(t *testing.T) {
	o := testOptions()
	o.Limits.Body = 64 << 10
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	total, held := 0, int64(-1)
	r, err := http.NewRequest(http.MethodPost, "/soap/thu.gui", readerFunc(func(p []byte) (int, error) {
		if total += len(p); total > 4*64<<10 {
			held = s.held.all.Load()
		}
		return len(p), nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength, r.RemoteAddr = -1, "127.0.0.1:1"
	r.Header.Set("Content-Type", "text/xml")
	r.SetBasicAuth("so1", password)
	s.Handler(&line{}).ServeHTTP(&sink{header: make(http.Header)}, r)
	if held != 0 {
		t.Errorf("%d bytes are counted as held", held)
	}
	if total > 12*64<<10 {
		t.Errorf("%d bytes were taken in", total)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestTwoHundredSlowSendersDoNotStopAGoodOne(t *testing.T) {
	o := testOptions()
	s := serve(t, o, &line{})
	half := envelope11(testRoot)[:40]
	for i := range 200 {
		conn := dial(t, s)
		switch i % 4 {
		case 0: // a header that never ends
			conn.write("POST /soap/thu.gui HTTP/1.1\r\nHost: x\r\nX-A:")
		case 1: // nobody knows yet who it is
			conn.write("POST /soap/thu.gui HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 8000000\r\n\r\n" + half)
		case 2: // chunks
			conn.write("POST /soap/thu.gui HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n" + basicSo1 + "\r\n5\r\n<a>")
		case 3: // nothing at all
		}
	}
	for range 50 {
		q := good()
		q.user, q.password = "so2", otherPass
		if got := s.send(t, q); got.status != 200 {
			t.Fatalf("answered %d %s", got.status, got.body)
		}
	}
}

func TestASlowBodyIsCutOffWithAFault(t *testing.T) {
	for name, body := range map[string]string{
		"short":  "Content-Length: 400\r\n\r\n<a>",
		"long":   "Content-Length: 4000000\r\n\r\n<a>",
		"chunks": "Transfer-Encoding: chunked\r\n\r\n3\r\n<a>\r\n",
	} {
		o := testOptions()
		o.Limits.HeaderTimeout, o.Limits.StallTimeout = 50*time.Millisecond, 50*time.Millisecond
		s := serve(t, o, &line{})
		conn := dial(t, s)
		conn.write("POST /soap/thu.gui HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n" + basicSo1 + body)
		status, f := conn.readFault()
		if status != 408 || f.code != "soap:Client.TooSlow" || !f.detail.CoTheGuiLai {
			t.Errorf("%s: answered %d %s", name, status, f.code)
		}
	}
}

func TestABodyThatBreaksOffIsNotTaken(t *testing.T) {
	for name, body := range map[string]string{
		"length": "Content-Length: 400\r\n\r\n<a>",
		"chunks": "Transfer-Encoding: chunked\r\n\r\n3\r\n<a>\r\n",
	} {
		s := serve(t, testOptions(), &line{})
		conn := dial(t, s)
		conn.write("POST /soap/thu.gui HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n" + basicSo1 + body)
		if err := conn.Conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		status, f := conn.readFault()
		if status != 500 || f.code != "soap:Client.Incomplete" || len(s.line.envelopes()) != 0 {
			t.Errorf("%s: answered %d %s", name, status, f.code)
		}
	}
}

func TestBodiesOfEveryLengthArriveWhole(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	for _, n := range []int{300, atOnce, atOnce + 1, 2 * atOnce, 1 << 20, 5_000_001} {
		body := envelope11(testRoot)
		body += strings.Repeat("\n", n-len(body))
		for _, chunked := range []bool{false, true} {
			r, err := http.NewRequest(http.MethodPost, s.url+"/soap/thu.gui", io.MultiReader(strings.NewReader(body)))
			if err != nil {
				t.Fatal(err)
			}
			if !chunked {
				r.ContentLength = int64(len(body))
			}
			r.SetBasicAuth("so1", password)
			r.Header.Set("Content-Type", "text/xml")
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			got := s.line.envelopes()
			if last := got[len(got)-1].Body; resp.StatusCode != 200 || string(last) != body || cap(last) != len(last) {
				t.Errorf("%d bytes, chunked %v: status %d, %d bytes with capacity %d", n, chunked, resp.StatusCode, len(last), cap(last))
			}
		}
	}
	if s.held.all.Load() != 0 || s.held.strangers.Load() != 0 {
		t.Errorf("%d bytes are still counted", s.held.all.Load())
	}
}

func TestBytesInFlightAreBoundedForAllAndForOne(t *testing.T) {
	h := &held{total: 100, perDepartment: 60, unknown: 30}
	a, b := &department{load: &load{}}, &department{load: &load{}}
	one, two, stranger := claim{held: h, dept: a}, claim{held: h, dept: b}, claim{held: h}
	for i, step := range []struct {
		c    *claim
		n    int64
		want bool
	}{{&one, 60, true}, {&one, 1, false}, {&stranger, 31, false}, {&stranger, 30, true}, {&two, 11, false}, {&two, 10, true}} {
		if got := step.c.grow(step.n); got != step.want {
			t.Errorf("step %d: %v", i, got)
		}
	}
	stranger.belongs(b)
	if h.strangers.Load() != 0 || b.held.Load() != 40 {
		t.Errorf("strangers hold %d, the department %d", h.strangers.Load(), b.held.Load())
	}
	one.release()
	two.release()
	stranger.release()
	if h.all.Load() != 0 || a.held.Load() != 0 || b.held.Load() != 0 {
		t.Error("something is still held")
	}
}

func TestADepartmentThatFillsItsBytesIsBusyAndOthersAreNot(t *testing.T) {
	o := testOptions()
	o.Limits.Body, o.Limits.InFlight = 1<<20, 2<<20
	s := serve(t, o, &line{})
	s.keys.users["so1"].department.held.Store(1 << 20)
	s.held.all.Store(1 << 20)
	got := s.send(t, good())
	if f := readFault(t, got.body); got.status != 503 || f.code != "soap:Server.Busy" || got.header.Get("Retry-After") != "5" {
		t.Errorf("answered %d %s", got.status, got.body)
	}
	q := good()
	q.user, q.password = "so2", otherPass
	if got := s.send(t, q); got.status != 200 {
		t.Errorf("the other department is answered %d %s", got.status, got.body)
	}
}

func TestADepartmentWithTooManyRequestsIsBusyAndOthersAreNot(t *testing.T) {
	o := testOptions()
	o.Limits.PerDepartment = 2
	leave := make(chan struct{})
	entered := make(chan struct{}, 8)
	s := serve(t, o, &line{answer: func(_ context.Context, e lgsp.Envelope) (lgsp.Receipt, error) {
		if e.Sender == "H29.11" {
			entered <- struct{}{}
			<-leave
		}
		return lgsp.Receipt{ID: e.ID}, nil
	}})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { s.send(t, good()) })
		<-entered
	}
	if got := s.send(t, good()); got.status != 503 {
		t.Errorf("the third request is answered %d", got.status)
	}
	q := good()
	q.user, q.password = "so2", otherPass
	if got := s.send(t, q); got.status != 200 {
		t.Errorf("the other department is answered %d", got.status)
	}
	close(leave)
	wg.Wait()
	if got := s.send(t, good()); got.status != 200 {
		t.Errorf("afterwards the department is answered %d", got.status)
	}
}
