package sandbox

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func (p *platform) control(method, path, body string) reply {
	p.t.Helper()
	return p.must(method, "/_sandbox/"+path, body, nil)
}

func TestTroublesAreOrderedAndEndedByRequest(t *testing.T) {
	p := logged(t, nil)
	if r := p.control(http.MethodPost, "troubles", `{"mode":"slow","path":"/token","times":3,"chance":0.5,"wait":"250ms"}`); r.status != 201 || r.body != "{\"id\":1}\n" {
		t.Fatalf("got %d %s", r.status, r.body)
	}
	p.control(http.MethodPost, "troubles", `{"mode":"500"}`)
	want := `{"troubles":[{"id":1,"mode":"slow","path":"/token","times":3,"chance":0.5,"wait":"250ms"},{"id":2,"mode":"500"}]}` + "\n"
	if r := p.control(http.MethodGet, "troubles", ""); r.body != want {
		t.Errorf("got %s", r.body)
	}
	if r := p.must(http.MethodPost, hotichPath, birth(), p.hotichHeader("a")); r.status != 500 {
		t.Errorf("the order is not obeyed: %d", r.status)
	}
	if r := p.control(http.MethodDelete, "troubles/1", ""); r.body != "{\"cleared\":1}\n" {
		t.Errorf("got %s", r.body)
	}
	if r := p.control(http.MethodDelete, "troubles", ""); r.body != "{\"cleared\":1}\n" {
		t.Errorf("got %s", r.body)
	}
	if r := p.must(http.MethodPost, hotichPath, birth(), p.hotichHeader("a")); r.status != 200 {
		t.Errorf("the order still stands: %d", r.status)
	}
}

func TestAMistakenControlRequestIsToldSo(t *testing.T) {
	p := start(t, nil)
	for _, c := range []struct{ method, path, body string }{
		{http.MethodPost, "troubles", "{"}, {http.MethodPost, "troubles", `{"mode":"500","often":1}`},
		{http.MethodPost, "troubles", `{"mode":"slow","wait":"soon"}`}, {http.MethodPost, "troubles", `{"mode":"sulk"}`},
		{http.MethodDelete, "troubles/x", ""}, {http.MethodGet, "effects?after=x", ""}, {http.MethodGet, "effects?limit=0", ""}, {http.MethodGet, "effects?limit=10001", ""},
	} {
		if r := p.control(c.method, c.path, c.body); r.status != 400 || !strings.Contains(r.body, `"error"`) {
			t.Errorf("%s %s %s: got %d %s", c.method, c.path, c.body, r.status, r.body)
		}
	}
}

func TestTheCountsCanBeAskedFor(t *testing.T) {
	p := logged(t, nil)
	p.register("a", birth())
	p.register("a", birth())
	p.register("b", "{}")
	p.ketQua(citizenUpdate("a", knownID))
	p.must(http.MethodGet, "/khac", "", nil)
	var got Stats
	if err := json.Unmarshal([]byte(p.control(http.MethodGet, "stats", "").body), &got); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]PathStats{
		tokenPath: {Requests: 1, Effects: 1}, hotichPath: {Requests: 3, Effects: 1, Duplicates: 1, Refused: 1},
		dancuPath: {Requests: 1, Effects: 1}, otherPath: {Requests: 1},
	} {
		if got.Paths[path] != want {
			t.Errorf("%s: got %+v, want %+v", path, got.Paths[path], want)
		}
	}
	if got.Services["LTKS"] != 1 || got.Services[dancuOperation] != 1 || got.Effects != 2 || got.Remembered != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestEffectsRefusalsAndPeopleCanBeAskedFor(t *testing.T) {
	p := logged(t, nil)
	p.register("a", birth())
	p.register("b", birth())
	p.register("c", "{}")
	var effects struct{ Effects []Effect }
	if err := json.Unmarshal([]byte(p.control(http.MethodGet, "effects?after=1&limit=5", "").body), &effects); err != nil || len(effects.Effects) != 1 || effects.Effects[0].Code != "b" {
		t.Errorf("effects: %v %+v", err, effects)
	}
	var refusals struct{ Refusals []Refusal }
	if err := json.Unmarshal([]byte(p.control(http.MethodGet, "refusals", "").body), &refusals); err != nil || len(refusals.Refusals) != 1 || refusals.Refusals[0].Code != codeMissing {
		t.Errorf("refusals: %v %+v", err, refusals)
	}
	var people struct{ People []Person }
	if err := json.Unmarshal([]byte(p.control(http.MethodGet, "people", "").body), &people); err != nil || len(people.People) != inventedPeople {
		t.Errorf("people: %v, %d", err, len(people.People))
	}
	if r := p.control(http.MethodPost, "revoke", ""); r.status != http.StatusNoContent {
		t.Errorf("revoke: %d", r.status)
	}
	if r := p.must(http.MethodPost, hotichPath, birth(), p.hotichHeader("d")); r.status != 401 {
		t.Errorf("after revoke: %d", r.status)
	}
}

func TestTheControlAPIAnswersThisMachineOnly(t *testing.T) {
	p := start(t, nil)
	for _, c := range []struct {
		from, origin string
		want         int
	}{
		{"127.0.0.1:1000", "", 200}, {"[::1]:1000", "", 200}, {"10.1.2.3:1000", "", 403}, {"", "", 403}, {"127.0.0.1:1000", "http://trang-la.vn", 403},
	} {
		r := httptest.NewRequest(http.MethodGet, "/_sandbox/stats", nil)
		r.RemoteAddr = c.from
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("from %q, origin %q: got %d", c.from, c.origin, w.Code)
		}
	}
}

func TestATroubleDoesNotReachTheControlAPI(t *testing.T) {
	p := start(t, nil)
	if _, err := p.Trouble(Trouble{Mode: Offline}); err != nil {
		t.Fatal(err)
	}
	if r := p.control(http.MethodDelete, "troubles", ""); r.status != 200 {
		t.Errorf("got %d", r.status)
	}
}

func TestOtherPathsAndMethodsAreNotServed(t *testing.T) {
	p := logged(t, nil)
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{http.MethodGet, hotichPath, 405}, {http.MethodPut, dancuPath, 405}, {http.MethodGet, tokenPath, 405},
		{http.MethodPost, hotichPath + "/x", 404}, {http.MethodPost, "/", 404}, {http.MethodGet, "/_sandbox/khac", 404},
	} {
		if r := p.must(c.method, c.path, "", p.hotichHeader("a")); r.status != c.want || c.want == 405 && r.header.Get("Allow") != "POST" {
			t.Errorf("%s %s: got %d", c.method, c.path, r.status)
		}
	}
}

func TestABodyThatIsTooLargeIsRefused(t *testing.T) {
	p := logged(t, nil)
	if r, err := p.do(http.MethodPost, hotichPath, strings.Repeat("x", maxBody+1), p.hotichHeader("a")); err == nil && r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d", r.status)
	}
	r := httptest.NewRequest(http.MethodPost, hotichPath, strings.NewReader(strings.Repeat("x", maxBody+1)))
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d", w.Code)
	}
}

func TestRunServesTheLoopbackInterfaceUntilItIsTold(t *testing.T) {
	s, err := New(Options{Clients: map[string]Client{testKey: {Secret: testSecret}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range []string{"0.0.0.0:0", ":0", "10.0.0.1:0", "vidu.vn:0", "127.0.0.1"} {
		if err := s.Run(t.Context(), addr); err == nil || !strings.Contains(err.Error(), "listen for the sandbox") {
			t.Errorf("Run on %s: want an error", addr)
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, ln) }()
	resp, err := http.Get("http://" + ln.Addr().String() + "/_sandbox/stats")
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("got %v", err)
	}
	resp.Body.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("an orderly end: %v", err)
	}
	if err := s.Run(ctx, "127.0.0.1:0"); err != nil {
		t.Errorf("told before it began: %v", err)
	}
}

func TestAListenerForTheWorldIsNotServed(t *testing.T) {
	s, err := New(Options{Clients: map[string]Client{testKey: {Secret: testSecret}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(t.Context(), foreign{}); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("got %v", err)
	}
}

// foreign is a listener on an address that others can reach.
type foreign struct{}

func (foreign) Accept() (net.Conn, error) { return nil, net.ErrClosed }
func (foreign) Close() error              { return nil }
func (foreign) Addr() net.Addr            { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1)} }

func TestAnEndingServerCutsSlowAnswersInsteadOfSayingOK(t *testing.T) {
	s, err := New(Options{Clients: map[string]Client{testKey: {Secret: testSecret}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Trouble(Trouble{Mode: Slow, Times: 1, Wait: time.Hour}); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, ln) }()
	go func() {
		defer cancel()
		for len(s.Troubles()) > 0 && t.Context().Err() == nil { // until the request is waiting
		}
	}()
	if resp, err := http.Post("http://"+ln.Addr().String()+hotichPath, "application/json", strings.NewReader("{}")); err == nil {
		t.Errorf("got %d", resp.StatusCode)
		resp.Body.Close()
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
