package soap

import (
	"io"
	"strings"
	"testing"
	"time"
)

func TestConnectionsAreBounded(t *testing.T) {
	o := testOptions()
	o.Limits.Connections = 2
	s := serve(t, o, &line{})
	first, second, third := dial(t, s), dial(t, s), dial(t, s)
	ask := "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
	for _, c := range []*wire{first, second} {
		c.write(ask)
		if got := c.read(); got.StatusCode != 200 {
			t.Fatalf("answered %d", got.StatusCode)
		}
	}
	third.write(ask)
	if err := third.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := third.in.Peek(1); err == nil {
		t.Error("a third connection is served")
	}
	if err := third.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	first.Close()
	third.in.Reset(third.Conn)
	if got := third.read(); got.StatusCode != 200 {
		t.Errorf("after a close the third is answered %d", got.StatusCode)
	}
}

func TestOldAndCarefulClientsAreServed(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	body := envelope11(testRoot)

	old := dial(t, s)
	old.write(strings.Replace(raw("POST", "/soap/thu.gui", "", body), "HTTP/1.1", "HTTP/1.0", 1))
	if got := old.read(); got.StatusCode != 200 || got.ContentLength <= 0 {
		t.Errorf("HTTP/1.0: %d with length %d", got.StatusCode, got.ContentLength)
	}
	if _, err := old.in.ReadByte(); err == nil {
		io.Copy(io.Discard, old.in)
	}

	careful := dial(t, s)
	request := raw("POST", "/soap/thu.gui", "Expect: 100-continue\r\n", body)
	careful.write(strings.TrimSuffix(request, body))
	if got := careful.read(); got.StatusCode != 100 {
		t.Fatalf("before the body: %d", got.StatusCode)
	}
	careful.write(body)
	for i := range 3 { // the connection stays open
		got := careful.read()
		if _, err := io.Copy(io.Discard, got.Body); err != nil || got.StatusCode != 200 {
			t.Fatalf("request %d: %d %v", i, got.StatusCode, err)
		}
		careful.write(raw("POST", "/soap/thu.gui", "", body))
	}
}
