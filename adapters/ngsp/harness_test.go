package ngsp

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

const (
	jsonRoute = "nhanHoSoDKHT"
	soapRoute = "CapNhatThongTinCongDan"
	jsonYes   = `{"status":1,"statusDescription":"Thành công","errorCode":null,"errorDescription":""}`
	jsonBody  = `{"maDonVi":"00004","module":"LTKS"}`
	soapBare  = `<dan:CapNhatThongTinCongDan xmlns:dan="http://dancuquocgia.bca"><dan:MaYeuCau>x</dan:MaYeuCau></dan:CapNhatThongTinCongDan>`
	jsonPath  = "/apiLienThongKSKT/1.0/nhanHoSoDKHT"
	soapPath  = "/dancu/1.0/CapNhatThongTinCongDan"
)

var morning = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func fixedNow() time.Time { return morning }

var testID = lgsp.ID{0x01, 0x95, 0x54, 0, 0x11, 0x22, 0x7a, 0xbb, 0x8c, 0xcc, 1, 2, 3, 4, 5, 6}

func soapYes(inner string) string {
	return `<soapenv:Envelope xmlns:soapenv="` + soap11 + `"><soapenv:Body>` + inner + `</soapenv:Body></soapenv:Envelope>`
}

// serve starts an upstream, and a client of it that set may change.
func serve(t testing.TB, h http.HandlerFunc, form Form, set ...func(*Options)) *Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return connect(t, srv.URL, form, set...)
}

func connect(t testing.TB, url string, form Form, set ...func(*Options)) *Client {
	t.Helper()
	o := Options{
		Name: "hotich", URL: url, Form: form, Now: fixedNow,
		Operations: map[string]Operation{jsonRoute: {Path: jsonPath}, soapRoute: {Path: soapPath},
			"TraCuuThongTinCongDan": {Path: "/dancu/1.0/TraCuuThongTinCongDan", Lookup: true}},
	}
	for _, f := range set {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func document(form Form) lgsp.Document {
	if form == SOAP {
		return lgsp.Document{Route: soapRoute, Body: []byte(soapBare)}
	}
	return lgsp.Document{Route: jsonRoute, Body: []byte(jsonBody)}
}

func deliver(t testing.TB, c *Client) (lgsp.Ack, error) {
	t.Helper()
	return c.Deliver(t.Context(), testID, document(c.form))
}

func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func known(t testing.TB, err error) *lgsp.Error {
	t.Helper()
	var e *lgsp.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *lgsp.Error", err)
	}
	return e
}

func wantCode(t testing.TB, err error, kind lgsp.Kind, code string) *lgsp.Error {
	t.Helper()
	e := known(t, err)
	if e.Kind != kind || e.Code != code {
		t.Fatalf("got %s (%s), want %s (%s)", e.Kind, e.Code, kind, code)
	}
	return e
}

func withToken(o *Options) {
	o.Token = Token{ConsumerKey: "mau", ConsumerSecret: "bi-mat-mau"}
}

// quote returns s as a JSON string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func isToken(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/token") }
