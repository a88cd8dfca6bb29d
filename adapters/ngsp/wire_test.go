package ngsp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

// talk starts a server that hands every connection, with its number from 0, to speak.
func talk(t *testing.T, speak func(n int, c net.Conn, in *bufio.Reader)) string {
	t.Helper()
	n := -1
	return "http://" + rawServer(t, func(c net.Conn) {
		n++
		speak(n, c, bufio.NewReader(c))
	})
}

// hear reads one request and returns its body.
func hear(in *bufio.Reader) (req *http.Request, body []byte, ok bool) {
	req, err := http.ReadRequest(in)
	if err != nil {
		return nil, nil, false
	}
	body, err = io.ReadAll(req.Body)
	return req, body, err == nil
}

func yes(more string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s", len(jsonYes), more, jsonYes)
}

func TestMessagesOfEverySizeArriveWhole(t *testing.T) {
	a := newAuthority(t)
	for name, start := range map[string]func(http.Handler) string{
		"plain": func(h http.Handler) string {
			srv := httptest.NewServer(h)
			t.Cleanup(srv.Close)
			return srv.URL
		},
		"TLS": func(h http.Handler) string {
			srv := httptest.NewUnstartedServer(h)
			srv.TLS = a.server(nil, time.Hour, func(*tls.Config) {}).TLS.Clone()
			srv.StartTLS()
			t.Cleanup(srv.Close)
			return srv.URL
		},
	} {
		arrived := make(chan []byte, 1)
		url := start(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			arrived <- body
			answer(200, soapYes("<"+soapRoute+"Response/>"))(w, r)
		}))
		c := connect(t, url, SOAP, a.trust)
		for _, size := range []int{1, keptOut - 600, keptOut, keptOut + 1, 5 << 20} {
			inner := "<x>" + strings.Repeat("ă", size/2) + "</x>"
			_, err := c.Deliver(t.Context(), testID, lgsp.Document{Route: soapRoute, Body: []byte(inner)})
			if err != nil {
				t.Fatalf("%s, %d bytes: %v", name, size, err)
			}
			if got := <-arrived; !bytes.Contains(got, []byte("<soapenv:Body>"+inner+"</soapenv:Body></soapenv:Envelope>")) {
				t.Errorf("%s, %d bytes: %d arrived", name, size, len(got))
			}
		}
	}
}

// An answer that nobody asked for must not confirm the next message.
func TestWhatAServerSaysUnaskedConfirmsNoMessage(t *testing.T) {
	said := make(chan struct{})
	c := connect(t, talk(t, func(n int, conn net.Conn, in *bufio.Reader) {
		if _, _, ok := hear(in); !ok {
			return
		}
		if n > 0 {
			_, _ = io.WriteString(conn, "HTTP/1.1 503 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			return
		}
		_, _ = io.WriteString(conn, yes(""))
		_, _ = io.WriteString(conn, yes("")) // unasked
		close(said)
		_, _, _ = hear(in) // until the client hangs up
	}), JSON)
	if _, err := deliver(t, c); err != nil {
		t.Fatal(err)
	}
	<-said
	_, err := deliver(t, c)
	wantCode(t, err, lgsp.Unavailable, "ServiceUnavailable")
}

func TestBytesBehindAnAnswerEndItsConnection(t *testing.T) {
	var connections atomic.Int32
	c := connect(t, talk(t, func(n int, conn net.Conn, in *bufio.Reader) {
		connections.Store(int32(n + 1))
		if _, _, ok := hear(in); ok {
			_, _ = io.WriteString(conn, yes("")+yes(""))
		}
	}), JSON)
	for range 3 {
		if _, err := deliver(t, c); err != nil {
			t.Fatal(err)
		}
	}
	if n := connections.Load(); n != 3 {
		t.Errorf("%d connections, want 3", n)
	}
}

func TestAMessageThatMetAConnectionJustClosedIsSentOnceMore(t *testing.T) {
	ids := make(chan string, 9)
	c := connect(t, talk(t, func(n int, conn net.Conn, in *bufio.Reader) {
		for i := 0; ; i++ {
			req, _, ok := hear(in)
			if !ok {
				return
			}
			ids <- req.Header.Get("Idempotency-Key")
			if n == 0 && i == 1 {
				return // as if it had been closing while the message was on its way
			}
			_, _ = io.WriteString(conn, yes(""))
			if n == 1 {
				return
			}
		}
	}), JSON)
	for range 2 {
		if _, err := deliver(t, c); err != nil {
			t.Fatal(err)
		}
	}
	close(ids)
	n := 0
	for id := range ids {
		if n++; id != testID.String() {
			t.Errorf("got the request code %q", id)
		}
	}
	if n != 3 {
		t.Errorf("%d requests, want 3: one, one lost, its repeat", n)
	}
}

func TestAMessageIsNotSentAgainOnceAnAnswerHasBegun(t *testing.T) {
	var requests atomic.Int32
	c := connect(t, talk(t, func(n int, conn net.Conn, in *bufio.Reader) {
		for {
			if _, _, ok := hear(in); !ok {
				return
			}
			if requests.Add(1) > 1 {
				_, _ = io.WriteString(conn, "HTTP/1.1 200 O")
				return
			}
			_, _ = io.WriteString(conn, yes(""))
		}
	}), JSON)
	if _, err := deliver(t, c); err != nil {
		t.Fatal(err)
	}
	_, err := deliver(t, c)
	wantCode(t, err, lgsp.Unavailable, "AnswerLost")
	if n := requests.Load(); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

// A server that does not want a message may say so before it has read it.
func TestAnAnswerBeforeTheEndOfAMessageIsRead(t *testing.T) {
	c := connect(t, talk(t, func(_ int, conn net.Conn, in *bufio.Reader) {
		_, _ = in.ReadString('\n')
		_, _ = io.WriteString(conn, "HTTP/1.1 413 X\r\nContent-Length: 0\r\n\r\n")
		if tc, ok := conn.(*net.TCPConn); ok {
			_ = tc.CloseWrite()
		}
		_, _ = io.CopyN(io.Discard, in, 1<<20)
	}), JSON)
	_, err := c.Deliver(t.Context(), testID, lgsp.Document{Route: jsonRoute, Body: bytes.Repeat([]byte("x"), 12<<20)})
	if e := known(t, err); e.Kind.World() {
		t.Errorf("got %v", e)
	}
}

func TestInterimAnswersArePassedOver(t *testing.T) {
	for n, want := range map[int]string{0: "", 1: "", maxInterim - 1: "", maxInterim: "AnswerBroken"} {
		c := connect(t, "http://"+rawServer(t, afterRequest(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", n)+yes(""))), JSON)
		_, err := deliver(t, c)
		switch {
		case want == "" && err != nil:
			t.Errorf("%d: %v", n, err)
		case want != "":
			wantCode(t, err, lgsp.Unavailable, want)
		}
	}
}

func TestTheHeadOfAnAnswerIsBounded(t *testing.T) {
	c := connect(t, "http://"+rawServer(t, func(conn net.Conn) {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
		for range 1 << 12 {
			if _, err := io.WriteString(conn, "X-A: "+strings.Repeat("x", 1<<10)+"\r\n"); err != nil {
				return
			}
		}
	}), JSON)
	_, err := deliver(t, c)
	wantCode(t, err, lgsp.Unavailable, "AnswerBroken")
}

func TestAConnectionIsKeptUnlessTheServerSaysOtherwise(t *testing.T) {
	const old = "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + jsonYes
	for name, row := range map[string]struct {
		reply string
		want  int32
	}{"kept": {yes(""), 1}, "close": {yes("Connection: close\r\n"), 3}, "HTTP/1.0": {old, 3}} {
		var connections atomic.Int32
		c := connect(t, talk(t, func(n int, conn net.Conn, in *bufio.Reader) {
			connections.Store(int32(n + 1))
			for {
				if _, _, ok := hear(in); !ok {
					return
				}
				_, _ = io.WriteString(conn, row.reply)
				if row.want > 1 {
					return
				}
			}
		}), JSON)
		for range 3 {
			if _, err := deliver(t, c); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		c.Close()
		if n := connections.Load(); n != row.want {
			t.Errorf("%s: %d connections, want %d", name, n, row.want)
		}
	}
}

// Tickets of TLS 1.3 come unasked, and must not cost the connection.
func TestAConnectionWithTLSIsKept(t *testing.T) {
	a := newAuthority(t)
	var connections atomic.Int32
	srv := a.server(nil, time.Hour, func(c *tls.Config) {
		c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
			connections.Add(1)
			return nil, nil
		}
	})
	c := connect(t, srv.URL, JSON, a.trust)
	for range 3 {
		if _, err := deliver(t, c); err != nil {
			t.Fatal(err)
		}
	}
	if n := connections.Load(); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
}

func TestACancelledDeliveryEndsAtOnceAndItsConnectionWithIt(t *testing.T) {
	began, hold := make(chan struct{}, 2), make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		began <- struct{}{}
		<-hold
	}, JSON)
	t.Cleanup(func() { close(hold) })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-began; cancel() }()
	_, err := c.Deliver(ctx, testID, document(JSON))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(c.wires.idle) != 0 || len(c.wires.places) != 0 {
		t.Errorf("%d idle, %d places taken", len(c.wires.idle), len(c.wires.places))
	}
}

func TestConnectionsThatAreIdleForLongAreClosed(t *testing.T) {
	c := serve(t, answer(200, jsonYes), JSON)
	if _, err := deliver(t, c); err != nil {
		t.Fatal(err)
	}
	c.wires.tidy()
	if len(c.wires.idle) != 1 {
		t.Fatalf("%d connections are kept, want 1", len(c.wires.idle))
	}
	kept := c.wires.idle[0]
	kept.since = kept.since.Add(-idleFor)
	c.wires.tidy()
	if len(c.wires.idle) != 0 || c.wires.timer != nil {
		t.Errorf("%d connections are kept", len(c.wires.idle))
	}
	if _, err := kept.conn.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, want a closed connection", err)
	}
}

func TestADeliveryWaitsForAPlaceNoLongerThanItsTime(t *testing.T) {
	hold := make(chan struct{})
	began := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(began)
		<-hold
		answer(200, jsonYes)(w, r)
	}, JSON, func(o *Options) { o.MaxConns = 1 })
	first := make(chan error)
	go func() { _, err := deliver(t, c); first <- err }()
	<-began
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := c.Deliver(ctx, testID, document(JSON))
	wantCode(t, err, lgsp.Unavailable, "ConnectTimeout")
	close(hold)
	if err := <-first; err != nil {
		t.Error(err)
	}
}
