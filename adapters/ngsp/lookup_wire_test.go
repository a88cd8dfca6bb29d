package ngsp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

func citizenAnswer(more string) string {
	body := soapYes(oneCitizen)
	return "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n" + more + "\r\n" + body
}

// A question about a citizen that is asked twice is on the other side's record twice.
func TestALookUpThatMetAConnectionJustClosedIsNotAskedAgain(t *testing.T) {
	var questions atomic.Int32
	c := connect(t, talk(t, func(_ int, conn net.Conn, in *bufio.Reader) {
		for i := 0; ; i++ {
			if _, _, ok := hear(in); !ok {
				return
			}
			questions.Add(1)
			if i == 1 {
				return // as if it had been closing while the question was on its way
			}
			_, _ = io.WriteString(conn, citizenAnswer(""))
		}
	}), SOAP)
	if _, err := lookUp(t, c); err != nil {
		t.Fatal(err)
	}
	_, err := lookUp(t, c)
	wantCode(t, err, lgsp.Unavailable, "AnswerLost")
	if n := questions.Load(); n != 2 {
		t.Errorf("2 look-ups, and %d questions were read", n)
	}
}

func TestALookUpIsAskedWhereItsKeptConnectionWasClosedMeanwhile(t *testing.T) {
	t.Run("plain", func(t *testing.T) {
		closed := make(chan struct{})
		c := connect(t, talk(t, func(_ int, conn net.Conn, in *bufio.Reader) {
			if _, _, ok := hear(in); ok {
				_, _ = io.WriteString(conn, citizenAnswer("")) // nothing says that the connection ends here
			}
			_ = conn.Close()
			closed <- struct{}{}
		}), SOAP)
		for range 3 {
			if _, err := lookUp(t, c); err != nil {
				t.Fatal(err)
			}
			<-closed
			if len(c.asking.idle) != 1 {
				t.Fatal("the connection was not kept, so that nothing is shown")
			}
			closesSoon(t, c.asking.idle[0])
		}
	})
	t.Run("TLS", func(t *testing.T) {
		a := newAuthority(t)
		srv := a.server(nil, time.Hour, func(*tls.Config) {})
		srv.Config.Handler = answer(200, soapYes(oneCitizen))
		c := connect(t, srv.URL, SOAP, a.trust)
		for range 3 {
			if _, err := lookUp(t, c); err != nil {
				t.Fatal(err)
			}
			srv.CloseClientConnections()
			closesSoon(t, c.asking.idle[0])
		}
	})
}

// closesSoon waits until the end that a server has set to a connection is here.
func closesSoon(t *testing.T, w *wire) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); w.quiet(); {
		if time.Now().After(end) {
			t.Fatal("the connection stays open")
		}
	}
}

// failing is a connection that takes no more than the first n bytes.
type failing struct {
	net.Conn
	n int
}

func (f *failing) Write(b []byte) (int, error) {
	n, err := f.Conn.Write(b[:min(f.n, len(b))])
	return n, errors.Join(err, f.Conn.Close(), syscall.EPIPE)
}

func TestALookUpOfWhichNothingWasWrittenGoesOverAnotherConnection(t *testing.T) {
	for written, want := range map[int]string{0: "", 1: "AnswerLost"} {
		c := serve(t, answer(200, soapYes(oneCitizen)), SOAP)
		if _, err := lookUp(t, c); err != nil {
			t.Fatal(err)
		}
		kept := c.asking.idle[0]
		kept.conn = &failing{kept.conn, written}
		_, err := lookUp(t, c)
		switch {
		case want == "" && err != nil:
			t.Errorf("%d bytes written: %v", written, err)
		case want != "":
			wantCode(t, err, lgsp.Unavailable, want)
		}
	}
}

// The code says that the question never left.
func TestALookUpWaitsForAConnectionNoLongerThanItsTime(t *testing.T) {
	hold, began := make(chan struct{}), make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(began)
		<-hold
		answer(200, soapYes(oneCitizen))(w, r)
	}, SOAP, func(o *Options) { o.LookUpConns = 1 })
	first := make(chan error)
	go func() { _, err := lookUp(t, c); first <- err }()
	<-began
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := c.Deliver(ctx, testID, lgsp.Document{Route: lookUpRoute, Body: []byte("<x/>")})
	wantCode(t, err, lgsp.Unavailable, "ConnectTimeout")
	close(hold)
	if err := <-first; err != nil {
		t.Error(err)
	}
}

func TestDeliveriesThatHangHoldNoLookUpUpThatNeedsAToken(t *testing.T) {
	var asked atomic.Int64
	hold, arrived := make(chan struct{}), make(chan struct{}, 2)
	clk := newClock()
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case isToken(r):
			answer(200, numbered(asked.Add(1), "3600"))(w, r)
		case isLookUp(r):
			answer(200, soapYes(oneCitizen))(w, r)
		default:
			arrived <- struct{}{}
			<-hold
			answer(200, soapYes("<CapNhatThongTinCongDanResponse/>"))(w, r)
		}
	}, SOAP, withToken, clk.in, func(o *Options) { o.MaxConns, o.LookUpConns, o.Timeout = 2, 1, 5*time.Second })
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
	clk.forward(2 * time.Hour)
	_, err := lookUp(t, c)
	close(hold)
	wg.Wait()
	if err != nil || asked.Load() != 2 {
		t.Errorf("asked for %d tokens: %v", asked.Load(), err)
	}
}

func TestALookUpThatWasRefusedWithItsTokenIsToldAsAskedThoughThereIsNoOtherToken(t *testing.T) {
	var tokens atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !isToken(r):
			answer(401, "")(w, r)
		case tokens.Add(1) == 1:
			answer(200, numbered(1, "3600"))(w, r)
		default:
			answer(500, "")(w, r)
		}
	}, SOAP, withToken)
	_, err := lookUp(t, c)
	wantCode(t, err, lgsp.Denied, "Denied")
}

// keptOf returns what a wire remembers, whether or not it is to be read again.
func keptOf(t *testing.T, w *wire) []byte {
	t.Helper()
	w.reader.Reset(strings.NewReader("x"))
	p, err := w.reader.Peek(1)
	if err != nil {
		t.Fatal(err)
	}
	return append(bytes.Clone(w.out[:cap(w.out)]), p[:cap(p)]...)
}

func TestNothingOfALookUpStaysInAConnectionThatIsKept(t *testing.T) {
	body := soapYes(strings.Replace(oneCitizen, "Lê", citizenMark, 1))
	a := newAuthority(t)
	secure := a.server(nil, time.Hour, func(*tls.Config) {})
	secure.Config.Handler = answer(200, body)
	chunked := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, body[:100])
		_ = http.NewResponseController(w).Flush()
		_, _ = io.WriteString(w, body[100:])
	}
	for name, c := range map[string]*Client{
		"plain":   serve(t, answer(200, body), SOAP),
		"chunked": serve(t, chunked, SOAP),
		"refused": serve(t, answer(500, soapYes("<soapenv:Fault><faultcode>soapenv:Server</faultcode><faultstring>"+citizenMark+"</faultstring></soapenv:Fault>")), SOAP),
		"TLS":     connect(t, secure.URL, SOAP, a.trust),
	} {
		_, _ = lookUp(t, c) // whatever comes of it
		if len(c.asking.idle) != 1 {
			t.Fatalf("%s: the connection was not kept, so that nothing is shown", name)
		}
		if kept := keptOf(t, c.asking.idle[0]); bytes.Contains(kept, []byte(citizenMark)) || bytes.Contains(kept, []byte("oap")) {
			t.Errorf("%s: it holds %q", name, bytes.ReplaceAll(kept, []byte{0}, nil))
		}
		if _, err := lookUp(t, c); name != "refused" && err != nil {
			t.Errorf("%s: the connection is of no use any more: %v", name, err)
		}
	}
}

func TestNothingOfAnAnswerThatBreaksStaysInABuffer(t *testing.T) {
	long := strings.Repeat(citizenMark, 60)
	for name, row := range map[string]struct{ reply, code string }{
		"cut":           {"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<x>" + long, "AnswerLost"},
		"cut, 503":      {"HTTP/1.1 503 X\r\nContent-Length: 9000\r\n\r\n<x>" + long, "ServiceUnavailable"},
		"cut chunk":     {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n" + long, "AnswerLost"},
		"too long":      {"HTTP/1.1 200 OK\r\nContent-Length: 1500\r\n\r\n<x>" + strings.Repeat(citizenMark, 115) + "  ", "AnswerTooLarge"},
		"too long, 500": {"HTTP/1.1 500 X\r\nContent-Length: 1500\r\n\r\n<x>" + strings.Repeat(citizenMark, 115) + "  ", "ServerError"},
	} {
		t.Run(name, func(t *testing.T) {
			c := connect(t, talk(t, func(_ int, conn net.Conn, in *bufio.Reader) {
				if _, _, ok := hear(in); ok {
					_, _ = io.WriteString(conn, row.reply)
				}
			}), SOAP, func(o *Options) { o.MaxAnswer = 1024 })
			b := make([]byte, 0, smallAnswer)
			c.buffers.New = func() any { return &b }
			_, err := lookUp(t, c)
			if e := known(t, err); e.Code != row.code {
				t.Errorf("got %v", err)
			}
			if left := bytes.Trim(b[:cap(b)], "\x00"); len(left) > 0 {
				t.Errorf("%d bytes are kept: %.60q", len(left), left)
			}
		})
	}
}

func TestAnAnswerThatIsTextInsideTheResultIsTakenOut(t *testing.T) {
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	want := seenThrough(t, []byte(soapYes(oneCitizen)))
	in := func(result string) string {
		return soapYes(`<ns:` + lookUpRoute + `Response xmlns:ns="x"><ns:return>` + result + `</ns:return></ns:` + lookUpRoute + `Response>`)
	}
	whole := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + soapYes(oneCitizen)
	for name, body := range map[string]string{
		"escaped":                   in(escaped.Replace(oneCitizen)),
		"CDATA":                     in("\n<![CDATA[" + oneCitizen + "]]>\n"),
		"escaped, with an envelope": in(escaped.Replace(whole)),
		"CDATA, with an envelope":   in("<![CDATA[" + whole + "]]>"),
		"JSON":                      in(escaped.Replace(`{"CongdanCollection":{"CongDan":` + citizenJSON + `}}`)),
		"wrapped in JSON":           `{"error_code":"0","message":` + quote(in(escaped.Replace(oneCitizen))) + `}`,
		"turned into JSON":          `{"Envelope":{"Body":{"` + lookUpRoute + `Response":{"return":` + quote(oneCitizen) + `}}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			ack, err := lookUp(t, serve(t, answer(200, body), SOAP))
			if err != nil {
				t.Fatal(err)
			}
			if got := seenThrough(t, ack.Body); got != want {
				t.Errorf("got  %s\nwant %s\nfrom %s", got, want, ack.Body)
			}
		})
	}
	for name, nobody := range map[string]string{"escaped": "&lt;CongdanCollection/>", "CDATA": "<![CDATA[" + soapYes("<CongdanCollection/>") + "]]>"} {
		_, err := lookUp(t, serve(t, answer(200, in(nobody)), SOAP))
		if e := known(t, err); e.Code != "NoRecord" {
			t.Errorf("nobody, %s: got %v", name, err)
		}
	}
}
