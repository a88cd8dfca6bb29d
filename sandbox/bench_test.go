package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// sink is a ResponseWriter that keeps nothing.
type sink struct {
	h      http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.h }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(status int)      { s.status = status }

// loadPeople is how many people load tests have invented.
const loadPeople = 20_000

// benchHandler measures the handler alone: no network, one core at a time.
func benchHandler(b *testing.B, lax bool, path, ctype string, body func(i int) []byte) {
	s, err := New(Options{Clients: map[string]Client{testKey: {Secret: testSecret}}, Lax: lax, Remember: 1 << 30, People: loadPeople})
	if err != nil {
		b.Fatal(err)
	}
	token, _, err := s.tokens.give(testKey)
	if err != nil {
		b.Fatal(err)
	}
	h := s.Handler()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		raw := body(i)
		r := &http.Request{Method: http.MethodPost, Header: http.Header{
			"Authorization": {"Bearer " + token}, "Content-Type": {ctype}}, Body: io.NopCloser(bytes.NewReader(raw)), ContentLength: int64(len(raw))}
		r.URL = &url.URL{Path: path}
		if path == hotichPath {
			r.Header.Set("Idempotency-Key", fmt.Sprintf("0190f1d0-6b1c-7c3a-9f00-%012x", i))
		}
		w := &sink{h: http.Header{}}
		h.ServeHTTP(w, r)
		if w.status != http.StatusOK {
			b.Fatalf("status %d", w.status)
		}
	}
	if st := s.Stats(); st.Effects+st.Paths[path].Found != uint64(i) {
		b.Fatalf("%d effects and %d found of %d requests", st.Effects, st.Paths[path].Found, i)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

func BenchmarkRegistration(b *testing.B) {
	body := []byte(birth())
	b.Run("checked", func(b *testing.B) {
		benchHandler(b, false, hotichPath, "application/json", func(int) []byte { return body })
	})
	b.Run("lax", func(b *testing.B) {
		benchHandler(b, true, hotichPath, "application/json", func(int) []byte { return body })
	})
}

func BenchmarkUpdate(b *testing.B) {
	body := func(i int) []byte { return []byte(citizenUpdate(fmt.Sprintf("ma-%d", i), knownID)) }
	b.Run("checked", func(b *testing.B) { benchHandler(b, false, dancuPath, "application/xml", body) })
	b.Run("lax", func(b *testing.B) { benchHandler(b, true, dancuPath, "application/xml", body) })
}

// BenchmarkLookup asks for some people of a load test in turn.
func BenchmarkLookup(b *testing.B) {
	asked := inventFolk(0, loadPeople)[:500]
	for _, operation := range []string{traCuu, xacThuc} {
		const code = "ma-0000000000"
		bodies := make([][]byte, len(asked))
		for i, one := range asked {
			bodies[i] = []byte(lookupOf(operation, code, one))
		}
		at := bytes.Index(bodies[0], []byte(code))
		body := func(i int) []byte {
			raw := bytes.Clone(bodies[i%len(bodies)])
			copy(raw[at+3:], fmt.Sprintf("%010d", i))
			return raw
		}
		b.Run(operation+"/checked", func(b *testing.B) { benchHandler(b, false, dancuBase+operation, "application/xml", body) })
		b.Run(operation+"/lax", func(b *testing.B) { benchHandler(b, true, dancuBase+operation, "application/xml", body) })
	}
}

// BenchmarkCard tells what the first look-up of a person costs besides.
func BenchmarkCard(b *testing.B) {
	s := newTestServer(b)
	one := s.People()[0]
	b.ReportAllocs()
	for b.Loop() {
		s.newCard(one)
	}
}

// BenchmarkInvent tells what a population costs at the start.
func BenchmarkInvent(b *testing.B) {
	for b.Loop() {
		newPeople(1, loadPeople)
	}
}

// BenchmarkOverTheWire includes net/http on both sides; the client shares the cores.
func BenchmarkOverTheWire(b *testing.B) {
	s, err := New(Options{Clients: map[string]Client{testKey: {Secret: testSecret}}, Lax: true})
	if err != nil {
		b.Fatal(err)
	}
	token, _, err := s.tokens.give(testKey)
	if err != nil {
		b.Fatal(err)
	}
	srv := httptest.NewServer(s.Handler())
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: time.Minute}
	body := []byte(birth())
	var n atomic.Uint64
	b.ReportAllocs()
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, err := http.NewRequest(http.MethodPost, srv.URL+hotichPath, bytes.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", fmt.Sprint(n.Add(1)))
			resp, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				b.Error(err)
			}
			resp.Body.Close()
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

// BenchmarkLedger tells what a remembered request code costs.
func BenchmarkLedger(b *testing.B) {
	l, err := newLedger(filled(Options{Remember: 1 << 30, Recent: 1}))
	if err != nil {
		b.Fatal(err)
	}
	codes := make([]string, b.N)
	for i := range codes {
		codes[i] = fmt.Sprintf("0190f1d0-6b1c-7c3a-9f00-%012x", i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for _, code := range codes {
		l.take("hotich", Effect{Code: code, Service: "LTKS", Key: "G22.99.99-260302-0001"}, nil)
	}
	b.StopTimer()
	var m runtime.MemStats
	clear(codes)
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/float64(b.N), "heap-B/code")
	runtime.KeepAlive(l)
}
