package soap

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	lgsp "lgsp.internal/adapter"
)

// sink is the cheapest response there can be.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }

type body struct {
	strings.Reader
}

func (*body) Close() error { return nil }

func twoKilobytes(envelope func(string) string) string {
	return envelope(`<t:GuiHoSo xmlns:t="urn:thu">` + strings.Repeat("<t:HoTen>Nguyễn Thị Mẫu</t:HoTen>", 48) + `</t:GuiHoSo>`)
}

func benchmarkHandler(b *testing.B, path, message string, login func(*http.Request)) {
	s, err := New(testOptions())
	if err != nil {
		b.Fatal(err)
	}
	h := s.Handler(&quietLine{})
	content := &body{}
	r, err := http.NewRequest(http.MethodPost, path, content)
	if err != nil {
		b.Fatal(err)
	}
	r.RemoteAddr, r.ContentLength = "10.1.2.3:4567", int64(len(message))
	r.Header.Set("Content-Type", "text/xml; charset=utf-8")
	login(r)
	w := &sink{header: make(http.Header)}
	b.ReportAllocs()
	b.SetBytes(int64(len(message)))
	for b.Loop() {
		content.Reset(message)
		h.ServeHTTP(w, r)
	}
	if content.Len() != 0 {
		b.Fatal("the message was not read")
	}
}

// quietLine takes everything and keeps nothing.
type quietLine struct{}

func (*quietLine) Accept(_ context.Context, e lgsp.Envelope) (lgsp.Receipt, error) {
	return lgsp.Receipt{ID: e.ID, State: lgsp.Queued}, nil
}

func (*quietLine) Ask(context.Context, lgsp.Envelope) ([]byte, error) {
	return []byte(`<TraLoi xmlns="urn:thu"/>`), nil
}

func BenchmarkHandlerBasic(b *testing.B) {
	benchmarkHandler(b, "/soap/thu.gui", twoKilobytes(envelope11), func(r *http.Request) { r.SetBasicAuth("so1", password) })
}

func BenchmarkHandlerSharedPath(b *testing.B) {
	benchmarkHandler(b, "/cu/Chung.asmx", twoKilobytes(envelope12), func(r *http.Request) { r.SetBasicAuth("so1", password) })
}

func BenchmarkHandlerUsernameToken(b *testing.B) {
	benchmarkHandler(b, "/soap/thu.gui", withToken(twoKilobytes(envelope11), plainToken("so1", password)), func(*http.Request) {})
}

func BenchmarkHandlerWrongPassword(b *testing.B) {
	benchmarkRefused(b, func(r *http.Request) { r.SetBasicAuth("so1", "sai") })
}

func benchmarkRefused(b *testing.B, login func(*http.Request)) {
	s, err := New(testOptions())
	if err != nil {
		b.Fatal(err)
	}
	h := s.Handler(&quietLine{})
	r, err := http.NewRequest(http.MethodPost, "/soap/thu.gui", http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	r.RemoteAddr = "10.1.2.3:4567"
	login(r)
	w := &sink{header: make(http.Header)}
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(w, r)
	}
}

// BenchmarkServer includes net/http, the kernel and the client, on connections
// that stay open.
func BenchmarkServer(b *testing.B) {
	s := serve(b, testOptions(), &quietLine{})
	request := raw("POST", "/soap/thu.gui", "", twoKilobytes(envelope11))
	b.ReportAllocs()
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		in := bufio.NewReader(conn)
		for pb.Next() {
			if _, err := io.WriteString(conn, request); err != nil {
				b.Error(err)
				return
			}
			if err := readReceipt(in); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// readReceipt reads one answer without building a http.Response.
func readReceipt(in *bufio.Reader) error {
	for {
		text, err := in.ReadSlice('>')
		if err != nil {
			return err
		}
		if strings.HasSuffix(string(text), "</soap:Envelope>") {
			return nil
		}
	}
}

func BenchmarkGlance(b *testing.B) {
	message := []byte(withToken(twoKilobytes(envelope11), plainToken("so1", password)))
	b.ReportAllocs()
	for b.Loop() {
		if m := glance(message); m.found != isSOAP {
			b.Fatal("not SOAP")
		}
	}
}

func BenchmarkReceipt(b *testing.B) {
	var dst []byte
	at := newClock().now()
	b.ReportAllocs()
	for b.Loop() {
		dst = replier{}.receipt(dst[:0], soap11, lgsp.Receipt{ID: lgsp.ID{1}, State: lgsp.Queued}, at)
	}
}
