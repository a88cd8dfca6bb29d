package ngsp

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/citizen"
)

const lookUpRoute = "TraCuuThongTinCongDan"

func lookUp(t testing.TB, c *Client) (lgsp.Ack, error) {
	t.Helper()
	return c.Deliver(t.Context(), testID, lgsp.Document{Route: lookUpRoute, Body: []byte(`<dan:TraCuuThongTinCongDan xmlns:dan="http://dancuquocgia.bca"><dan:SoDinhDanh>` + citizenMark + `</dan:SoDinhDanh></dan:TraCuuThongTinCongDan>`)})
}

func isLookUp(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, lookUpRoute) }

// A look-up has somebody waiting for it at a counter; deliveries wait on disk.
func TestDeliveriesThatHangHoldNoLookUpUp(t *testing.T) {
	hold, arrived := make(chan struct{}), make(chan struct{}, 8)
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if isLookUp(r) {
			answer(200, soapYes(oneCitizen))(w, r)
			return
		}
		arrived <- struct{}{}
		<-hold
		answer(200, soapYes("<CapNhatThongTinCongDanResponse/>"))(w, r)
	}, SOAP, func(o *Options) { o.MaxConns, o.LookUpConns, o.Timeout = 2, 1, 5*time.Second })
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if _, err := deliver(t, c); err != nil {
				t.Error(err)
			}
		})
	}
	<-arrived
	<-arrived // every connection of deliveries is taken
	for range 3 {
		if _, err := lookUp(t, c); err != nil {
			close(hold)
			t.Fatalf("a look-up waited for deliveries: %v", err)
		}
	}
	close(hold)
	wg.Wait()
}

func TestLookUpsThatHangHoldNoDeliveryUp(t *testing.T) {
	hold, arrived := make(chan struct{}), make(chan struct{}, 8)
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if isLookUp(r) {
			arrived <- struct{}{}
			<-hold
			answer(200, soapYes(oneCitizen))(w, r)
			return
		}
		answer(200, soapYes("<CapNhatThongTinCongDanResponse/>"))(w, r)
	}, SOAP, func(o *Options) { o.MaxConns, o.LookUpConns, o.Timeout = 1, 2, 5*time.Second })
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if _, err := lookUp(t, c); err != nil {
				t.Error(err)
			}
		})
	}
	<-arrived
	<-arrived
	if _, err := deliver(t, c); err != nil {
		close(hold)
		t.Fatalf("a delivery waited for look-ups: %v", err)
	}
	close(hold)
	wg.Wait()
}

func TestLookUpsKeepTheirConnectionsAndCloseThem(t *testing.T) {
	var open, made atomic.Int64
	srv := httptest.NewUnstartedServer(answer(200, soapYes(oneCitizen)))
	closed := make(chan struct{}, 8)
	srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			made.Add(1)
			open.Add(1)
		case http.StateClosed:
			open.Add(-1)
			closed <- struct{}{}
		case http.StateActive, http.StateIdle, http.StateHijacked:
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	c := connect(t, srv.URL, SOAP, func(o *Options) { o.MaxConns, o.LookUpConns = 1, 3 })
	for range 5 {
		if _, err := lookUp(t, c); err != nil {
			t.Fatal(err)
		}
	}
	if made.Load() != 1 || len(c.wires.idle) != 0 || len(c.asking.idle) != 1 || cap(c.asking.places) != 3 {
		t.Errorf("%d connections were made; %d are kept for deliveries and %d for look-ups", made.Load(), len(c.wires.idle), len(c.asking.idle))
	}
	c.Close()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Fatal("a connection stays open")
	}
	if open.Load() != 0 {
		t.Errorf("%d connections stay open", open.Load())
	}
}

func TestLookUpsHaveAsManyConnectionsAsDeliveriesUnlessToldOtherwise(t *testing.T) {
	c := connect(t, "http://127.0.0.1:9", SOAP, func(o *Options) { o.MaxConns = 7 })
	if cap(c.asking.places) != 7 {
		t.Errorf("%d", cap(c.asking.places))
	}
}

const oneCitizen = `<CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"><CongDan><SoDinhDanh>079090000001</SoDinhDanh>` +
	`<HoVaTen><Ho>Lê</Ho><ChuDem>Thị &amp; "Bảo"</ChuDem><Ten>Thử</Ten></HoVaTen><NgayThangNamSinh><NgayThangNam>19900105</NgayThangNam></NgayThangNamSinh>` +
	`<GioiTinh>2</GioiTinh><ThuongTru><MaTinhThanh>79</MaTinhThanh><ChiTiet>12 &lt;đường&gt; Thử</ChiTiet></ThuongTru></CongDan></CongdanCollection>`

// The same record as gateways turn it into JSON.
const citizenJSON = `{"SoDinhDanh":"079090000001","HoVaTen":{"Ho":"Lê","ChuDem":"Thị & \"Bảo\"","Ten":"Thử"},"NgayThangNamSinh":{"NgayThangNam":19900105},` +
	`"GioiTinh":2,"ThuongTru":{"MaTinhThanh":"79","ChiTiet":"12 <đường> Thử"},"NhomMau":null}`

// seenThrough is what the whole approval lets pass of an answer.
func seenThrough(t *testing.T, body []byte) string {
	t.Helper()
	var paths []string
	for _, f := range citizen.Catalogue(citizen.Person) {
		paths = append(paths, f.Path)
	}
	approved, err := citizen.NewApproved(citizen.Person, paths)
	if err != nil {
		t.Fatal(err)
	}
	var reader citizen.Reader
	a, err := reader.Read(body, citizen.Person)
	if err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	out, _, err := approved.Write(nil, a, citizen.Live)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestAnAnswerIsTheSameXMLHoweverItWasPacked(t *testing.T) {
	want := seenThrough(t, []byte(soapYes(oneCitizen)))
	if !strings.Contains(want, `<Ho>Lê</Ho>`) || !strings.Contains(want, "12 &lt;đường&gt; Thử") {
		t.Fatalf("the raw answer is read as %s", want)
	}
	for name, body := range map[string]string{
		"raw":                           soapYes(oneCitizen),
		"raw with a mark and spaces":    "\uFEFF \n" + soapYes(oneCitizen) + "\n",
		"raw with a declaration":        `<?xml version="1.0" encoding="utf-8"?>` + soapYes(oneCitizen),
		"wrapped in JSON":               `{"error_code":"0","message":` + quote(soapYes(oneCitizen)) + `}`,
		"a JSON text":                   quote(soapYes(oneCitizen)),
		"turned into JSON":              `{"Envelope":{"Body":{"CongdanCollection":{"CongDan":` + citizenJSON + `}}}}`,
		"turned into JSON, prefixes":    `{"soapenv:Envelope":{"@xmlns:soapenv":"x","soapenv:Header":null,"soapenv:Body":{"dc:CongdanCollection":{"-xmlns:dc":"y","dc:CongDan":` + citizenJSON + `}}}}`,
		"turned into JSON, no envelope": `{"CongdanCollection":{"CongDan":[` + citizenJSON + `]}}`,
		"turned into JSON, as a text":   quote(`{"Envelope":{"Body":{"CongdanCollection":{"CongDan":` + citizenJSON + `}}}}`),
		"turned into JSON, wrapped":     `{"error_code":"0","message":` + quote(`{"Envelope":{"Body":{"CongdanCollection":{"CongDan":`+citizenJSON+`}}}}`) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			ack, err := lookUp(t, serve(t, answer(200, body), SOAP))
			if err != nil {
				t.Fatal(err)
			}
			if len(ack.Body) == 0 || ack.Body[0] != '<' {
				t.Fatalf("no XML: %s", ack.Body)
			}
			if got := seenThrough(t, ack.Body); got != want {
				t.Errorf("got  %s\nwant %s\nfrom %s", got, want, ack.Body)
			}
		})
	}
}

func TestTwoCitizensInJSONAreTwoInXML(t *testing.T) {
	ack, err := lookUp(t, serve(t, answer(200, `{"CongdanCollection":{"CongDan":[`+citizenJSON+`,`+citizenJSON+`]}}`), SOAP))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(ack.Body), "<CongDan>"); n != 2 {
		t.Errorf("%d in %s", n, ack.Body)
	}
}

func TestWhatCannotStandInXMLIsLeftOutOrReplaced(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":"x"}`:                              "<a>x</a>",
		`{"a":{"b":1,"c":true,"d":null,"e":""}}`: "<a><b>1</b><c>true</c><d></d><e></e></a>",
		`{"a":{"@id":"7","-x":"7","xmlns":"u","xmlns:y":"u","b":"1"}}`:                            "<a><b>1</b></a>",
		`{"a":{"1b":"x","b c":"x","<b>":"x","b/":"x","đ":"x","":"x","a>":{"b":"x"},"_b.-2":"y"}}`: "<a><_b.-2>y</_b.-2></a>",
		`{"a":"\u0000\u0001]]>&"}`:  "<a>\uFFFD\uFFFD]]&gt;&amp;</a>",
		`{"x:a":["1",{"b":2},[3]]}`: "<a>1</a><a><b>2</b></a><a>3</a>",
	} {
		n, err := readJSON([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := string(n.xml(nil)); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestALookUpOfNobodyIsNotFoundHoweverItIsSaid(t *testing.T) {
	for name, body := range map[string]string{
		"an empty collection":         soapYes(`<CongdanCollection/>`),
		"an empty collection as JSON": `{"Envelope":{"Body":{"CongdanCollection":null}}}`,
		"an empty one, wrapped":       `{"error_code":"0","message":` + quote(soapYes("<CongdanCollection/>")) + `}`,
		"a sentence":                  `{"status":0,"errorDescription":"Không tìm thấy công dân"}`,
	} {
		t.Run(name, func(t *testing.T) {
			ack, err := lookUp(t, serve(t, answer(200, body), SOAP))
			wantCode(t, err, lgsp.NotFound, "NoRecord")
			if ack.Body != nil {
				t.Errorf("and yet: %s", ack.Body)
			}
		})
	}
}

func TestAnAnswerToALookUpIsBoundedAndNotGivenInPart(t *testing.T) {
	long := soapYes(`<CongdanCollection><CongDan><HoVaTen>` + strings.Repeat(citizenMark, 1000) + `</HoVaTen></CongDan></CongdanCollection>`)
	limit := func(n int) func(*Options) { return func(o *Options) { o.MaxAnswer = int64(n) } }
	for name, body := range map[string]string{"raw": long, "wrapped in JSON": `{"error_code":"0","message":` + quote(long) + `}`} {
		ack, err := lookUp(t, serve(t, answer(200, body), SOAP, limit(len(body)-1)))
		wantCode(t, err, lgsp.Unknown, "AnswerTooLarge")
		if ack.Body != nil || strings.Contains(err.Error(), citizenMark) {
			t.Errorf("%s: part of it is given: %v %s", name, err, ack.Body)
		}
		if ack, err = lookUp(t, serve(t, answer(200, body), SOAP, limit(len(body)))); err != nil || len(ack.Body) < len(long) {
			t.Errorf("%s: of the very limit: %v, %d bytes", name, err, len(ack.Body))
		}
	}
}

func TestTheAnswerOfADeliveryIsNotKept(t *testing.T) {
	ack, err := deliver(t, serve(t, answer(200, soapYes("<CapNhatThongTinCongDanResponse/>")), SOAP))
	if err != nil || ack.Body != nil {
		t.Errorf("%s, %v", ack.Body, err)
	}
}

// What is kept for the next answer must hold no citizen's data.
func TestNothingOfAnAnswerStaysInABuffer(t *testing.T) {
	citizenXML := strings.Replace(oneCitizen, "Lê", citizenMark, 1)
	for name, body := range map[string]string{
		"found":            soapYes(citizenXML),
		"wrapped":          `{"error_code":"0","message":` + quote(soapYes(citizenXML)) + `}`,
		"not found":        `{"status":0,"errorDescription":"Không tìm thấy công dân ` + citizenMark + `"}`,
		"not understood":   soapYes("<" + citizenMark + "/>"),
		"not XML":          citizenMark,
		"a fault":          soapYes("<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>" + citizenMark + "</faultstring></soapenv:Fault>"),
		"JSON, not usable": `{"CongdanCollection":` + quote(citizenMark) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, answer(200, body), SOAP)
			b := make([]byte, 0, smallAnswer)
			c.buffers.New = func() any { return &b }
			_, _ = lookUp(t, c) // whatever comes of it
			if whole := b[:cap(b)]; len(b) == 0 || len(bytes.Trim(whole, "\x00")) > 0 {
				t.Errorf("of %d bytes are kept %q", len(b), bytes.Trim(whole, "\x00"))
			}
		})
	}
}
