package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// suffer sets a trouble on the civil status service for one request and sends one.
func (p *platform) suffer(mode Mode, wait time.Duration, code string) (reply, error) {
	p.t.Helper()
	if _, err := p.Trouble(Trouble{Mode: mode, Path: hotichPath, Times: 1, Wait: wait}); err != nil {
		p.t.Fatal(err)
	}
	return p.do(http.MethodPost, hotichPath, birth(), p.hotichHeader(code))
}

func TestATroubleThatAnswersTakesNoEffect(t *testing.T) {
	for _, c := range []struct {
		mode                Mode
		wait                time.Duration
		status              int
		ctype, part, header string
		value               string
	}{
		{Unauthorized, 0, 401, jsonType, `"code":900901`, "WWW-Authenticate", `OAuth2 realm="WSO2 API Manager", error="invalid_token"`},
		{Forbidden, 0, 403, jsonType, `"code":900908`, "", ""},
		{TooMany, 0, 429, jsonType, `"code":900804`, "Retry-After", "1"},
		{TooMany, 2500 * time.Millisecond, 429, jsonType, `"code":900804`, "Retry-After", "3"},
		{Broken, 0, 500, jsonType, `"code":101500`, "", ""},
		{BadGateway, 0, 502, htmlType, "<html>", "", ""},
		{Unavailable, 0, 503, jsonType, `"code":101503`, "Retry-After", ""},
		{Unavailable, 7 * time.Second, 503, jsonType, `"code":101503`, "Retry-After", "7"},
		{Garbage, 0, 200, "application/octet-stream", "<garbage", "", ""},
		{HTML, 0, 200, htmlType, "<html>", "", ""},
		{Redirect, 0, 302, htmlType, "", "Location", "/login"},
		{Fault, 0, 200, jsonType, `"errorCode":"system"`, "", ""},
	} {
		p := logged(t, nil)
		r, err := p.suffer(c.mode, c.wait, "a")
		if err != nil || r.status != c.status || r.header.Get("Content-Type") != c.ctype || !strings.Contains(r.body, c.part) {
			t.Errorf("%s: got %v %d %s %q", c.mode, err, r.status, r.header.Get("Content-Type"), r.body)
		}
		if c.header != "" && r.header.Get(c.header) != c.value {
			t.Errorf("%s: %s is %q, want %q", c.mode, c.header, r.header.Get(c.header), c.value)
		}
		p.wantAccount(t, c.mode, 0)
	}
}

// wantAccount expects so many effects of the one request that suffered, and
// the code to be taken now if it had none.
func (p *platform) wantAccount(t *testing.T, mode Mode, effects uint64) {
	t.Helper()
	st := p.Stats()
	path := st.Paths[hotichPath]
	if st.Effects != effects || path.Effects != effects || path.Troubles != 1 || st.Troubles[mode] != 1 || path.Requests != 1 {
		t.Errorf("%s: stats are %+v", mode, st)
	}
	_, code, _ := p.register("a", birth())
	if want := map[uint64]string{0: "", 1: codeDuplicate}[effects]; code != want {
		t.Errorf("%s: the next request was answered %q, want %q", mode, code, want)
	}
}

func TestACutConnectionBringsNoAnswer(t *testing.T) {
	for mode, effects := range map[Mode]uint64{Offline: 0, Lost: 1} {
		p := logged(t, nil)
		// On a connection it has used before, net/http sends a request with an
		// Idempotency-Key again by itself, and the test would see the second answer.
		p.client.Transport.(*http.Transport).DisableKeepAlives = true
		if r, err := p.suffer(mode, 0, "a"); err == nil {
			t.Errorf("%s: got an answer, %d", mode, r.status)
		}
		p.wantAccount(t, mode, effects)
	}
}

func TestHalfAnAnswerBreaksOffAfterItsEffect(t *testing.T) {
	p := logged(t, nil)
	r, err := p.suffer(Half, 0, "a")
	whole := string(dossierSaid("1", "", "").body)
	if !errors.Is(err, io.ErrUnexpectedEOF) || r.status != 200 || r.body != whole[:len(whole)/2] {
		t.Errorf("got %v %d %q", err, r.status, r.body)
	}
	p.wantAccount(t, Half, 1)
}

func TestAWrongContentTypeIsAllThatIsWrongWithAnAnswer(t *testing.T) {
	p := logged(t, nil)
	r, err := p.suffer(WrongType, 0, "a")
	if err != nil || r.header.Get("Content-Type") != textType || !strings.Contains(r.body, `"status":"1"`) {
		t.Errorf("got %v %s %q", err, r.header.Get("Content-Type"), r.body)
	}
	p.wantAccount(t, WrongType, 1)
}

func TestASlowAnswerComesInTheEnd(t *testing.T) {
	for _, mode := range []Mode{Slow, Late} {
		p := logged(t, nil)
		begun := time.Now()
		r, err := p.suffer(mode, 30*time.Millisecond, "a")
		if err != nil || !strings.Contains(r.body, `"status":"1"`) || time.Since(begun) < 30*time.Millisecond {
			t.Errorf("%s: got %v %q after %s", mode, err, r.body, time.Since(begun))
		}
		p.wantAccount(t, mode, 1)
	}
}

func TestSlowHasNoEffectForACallerWhoHasGoneAndLateHas(t *testing.T) {
	for mode, effects := range map[Mode]uint64{Slow: 0, Late: 1} {
		p := logged(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+hotichPath, strings.NewReader(birth()))
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range p.hotichHeader("a") {
			req.Header.Set(k, v)
		}
		if _, err := p.Trouble(Trouble{Mode: mode, Times: 1, Wait: time.Hour}); err != nil {
			t.Fatal(err)
		}
		// The server is waiting once the order is used up; for Late, once the effect is there.
		go func() {
			defer cancel()
			for len(p.Troubles()) > 0 || p.Stats().Effects < effects {
				if ctx.Err() != nil {
					return
				}
			}
		}()
		if resp, err := p.client.Do(req); err == nil {
			t.Errorf("%s: got an answer, %d", mode, resp.StatusCode)
			resp.Body.Close()
		}
		p.wantAccount(t, mode, effects)
	}
}

func TestARedirectLeadsToAPageThatLooksLikeSuccess(t *testing.T) {
	p := logged(t, nil)
	p.client.CheckRedirect = nil
	if _, err := p.Trouble(Trouble{Mode: Redirect}); err != nil {
		t.Fatal(err)
	}
	if r := p.must(http.MethodPost, hotichPath, birth(), p.hotichHeader("a")); r.status != 200 || !strings.Contains(r.body, "Đăng nhập") {
		t.Errorf("got %d %q", r.status, r.body)
	}
	if p.Stats().Effects != 0 {
		t.Error("it took effect")
	}
}

func TestAFaultIsInTheWordsOfTheService(t *testing.T) {
	p := logged(t, nil)
	if _, err := p.Trouble(Trouble{Mode: Fault}); err != nil {
		t.Fatal(err)
	}
	if r := p.must(http.MethodPost, dancuPath, citizenUpdate("a", knownID), p.dancuHeader()); r.status != 500 || !strings.Contains(r.body, "<faultcode>soapenv:Server<") {
		t.Errorf("population: got %d %s", r.status, r.body)
	}
	if r := p.askToken(nil); r.status != 500 || !strings.Contains(r.body, `"server_error"`) {
		t.Errorf("token: got %d %s", r.status, r.body)
	}
}

func TestATroubleLastsForItsTimesAndOnItsPath(t *testing.T) {
	p := logged(t, nil)
	if _, err := p.Trouble(Trouble{Mode: Unavailable, Path: "/apiLienThongKSKT", Times: 2}); err != nil {
		t.Fatal(err)
	}
	if r := p.askToken(nil); r.status != 200 {
		t.Errorf("another path suffered: %d", r.status)
	}
	for i, want := range []int{503, 503, 200} {
		if r := p.must(http.MethodPost, hotichPath, birth(), p.hotichHeader("a")); r.status != want {
			t.Errorf("request %d: got %d, want %d", i, r.status, want)
		}
	}
	if left := p.Troubles(); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

func TestATroubleWithoutTimesLastsUntilItIsCleared(t *testing.T) {
	p := logged(t, nil)
	id, err := p.Trouble(Trouble{Mode: Broken})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Trouble(Trouble{Mode: Forbidden}); err != nil {
		t.Fatal(err)
	}
	want := func(status int) {
		t.Helper()
		if r := p.must(http.MethodPost, hotichPath, birth(), p.hotichHeader("a")); r.status != status {
			t.Errorf("got %d, want %d", r.status, status)
		}
	}
	want(500)
	want(500)
	if n := p.Clear(id); n != 1 {
		t.Errorf("cleared %d", n)
	}
	want(403)
	if n := p.Clear(); n != 1 {
		t.Errorf("cleared %d", n)
	}
	want(200)
}

func TestTheSameSeedPicksTheSameRequests(t *testing.T) {
	draw := func(seed uint64) (picked string, n int) {
		q := newTroubles(seed)
		q.list = []Trouble{{Mode: Broken, Chance: 0.25}}
		q.standing.Store(1)
		for range 1000 {
			if _, ok := q.pick("/"); ok {
				picked, n = picked+"x", n+1
			} else {
				picked += "."
			}
		}
		return picked, n
	}
	first, n := draw(1)
	again, _ := draw(1)
	other, _ := draw(2)
	if first != again || first == other || n < 200 || n > 300 {
		t.Errorf("picked %d of 1000, same %t, other %t", n, first == again, first != other)
	}
}

func TestAnOrderThatMakesNoSenseIsRefused(t *testing.T) {
	p := start(t, nil)
	for name, trouble := range map[string]Trouble{
		"mode": {Mode: "sulk"}, "times": {Mode: Broken, Times: -1}, "chance": {Mode: Broken, Chance: 1.1}, "negative chance": {Mode: Broken, Chance: -1},
		"wait": {Mode: Broken, Wait: -1}, "slow without wait": {Mode: Slow}, "late without wait": {Mode: Late}, "path": {Mode: Broken, Path: "token"},
	} {
		if _, err := p.Trouble(trouble); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	for range maxTroubles {
		if _, err := p.Trouble(Trouble{Mode: Broken}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.Trouble(Trouble{Mode: Broken}); err == nil {
		t.Error("there is no end to orders")
	}
}
