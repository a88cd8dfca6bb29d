package web

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/account"
)

func TestEveryAnswerIsGuarded(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("quan-tri", boss)
	b := p.signIn("quan-tri")
	for _, path := range []string{"/", signInPath, accountsPath, "/khong-co", p.s.views.cssPath} {
		h := b.get(path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if got := h.Get("Cache-Control"); (got == "no-store") == strings.HasSuffix(path, ".css") {
			t.Errorf("%s: Cache-Control is %q", path, got)
		}
	}
}

func TestCookiesBelongToThisHostAlone(t *testing.T) {
	for _, secure := range []bool{false, true} {
		p := newPlace(t, func(o *Options) {
			if secure {
				o.PublicURL = "https://baocao.example.vn"
			}
		})
		p.settle("can-bo", clerk)
		r, err := http.NewRequest("GET", p.http.URL+signInPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		first := p.browser().do(r)
		cookie, err := http.ParseSetCookie(first.header.Get("Set-Cookie"))
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{"csrf": {tokenForm.FindStringSubmatch(first.text)[1]}, "name": {"can-bo"}, "password": {chosen}}
		r, err = http.NewRequest("POST", p.http.URL+signInPath, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookie.Name+"="+cookie.Value)
		second := p.browser().do(r)
		if got := second.header.Get("Strict-Transport-Security"); (got != "") != secure {
			t.Errorf("HSTS is %q", got)
		}
		for _, line := range append(first.header.Values("Set-Cookie"), second.header.Values("Set-Cookie")...) {
			c, err := http.ParseSetCookie(line)
			if err != nil || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.Secure != secure || strings.HasPrefix(c.Name, "__Host-") != secure || len(c.Value) != 43 {
				t.Errorf("secure %v: %s", secure, line)
			}
		}
		if len(second.header.Values("Set-Cookie")) != 1 {
			t.Errorf("signing in gave %v", second.header)
		}
	}
}

func TestAFormWithoutTheTokenOfItsSessionDoesNothing(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("quan-tri", boss)
	p.settle("hai", boss)
	b, other := p.signIn("quan-tri"), p.signIn("hai")
	before := len(p.record())
	for _, token := range []string{"", "x", other.token("/"), strings.ToUpper(b.token("/")), p.browser().token(signInPath)} {
		form := url.Values{"name": {"moi"}, "full_name": {"Moi"}, "role": {"admin"}}
		if token != "" {
			form.Set("csrf", token)
		}
		b.send(accountsPath+"/them", form).want(t, http.StatusForbidden, "Biểu mẫu không còn hiệu lực")
		b.send(signOutPath, url.Values{"csrf": {token}}).want(t, http.StatusForbidden)
		b.send(signInPath, url.Values{"csrf": {token}, "name": {"hai"}, "password": {chosen}}).want(t, http.StatusForbidden)
	}
	if n := len(p.record()); n != before {
		t.Errorf("%d things were done", n-before)
	}
	// The same form with its token is taken.
	b.post(accountsPath+"/them", accountsPath+"/them", "name", "moi", "full_name", "Moi", "role", "admin").leads(t, accountPath("moi"))
}

// A browser sends no cookies along with a link of a mail, keeps what it is given,
// and sends all of them with the form.
func TestWhoSignsInAgainAfterALinkOfAMailIsLetIn(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("can-bo", clerk)
	b, link := p.signIn("can-bo"), p.browser()
	token := link.token(signInPath + "?ve=%2Ftoi")
	u, err := url.Parse(p.http.URL)
	must(t, err)
	b.http.Jar.SetCookies(u, link.http.Jar.Cookies(u))
	b.send(signOutPath, url.Values{"csrf": {token}}).want(t, http.StatusForbidden, "Biểu mẫu không còn hiệu lực")
	b.send(signInPath, url.Values{"csrf": {token}, "name": {"can-bo"}, "password": {"sai"}}).want(t, http.StatusForbidden, "không đúng")
	b.send(signInPath, url.Values{"csrf": {token}, "name": {"can-bo"}, "password": {chosen}, "ve": {mePath}}).leads(t, mePath)
	if n := len(p.s.sessions.all); n != 1 {
		t.Errorf("%d sessions, want the new one alone", n)
	}
}

func TestTheTokenOfTheSignInBelongsToOneBrowser(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("can-bo", clerk)
	a, b := p.browser(), p.browser()
	token := a.token(signInPath)
	b.get(signInPath)
	b.send(signInPath, url.Values{"csrf": {token}, "name": {"can-bo"}, "password": {chosen}}).want(t, http.StatusForbidden, "Biểu mẫu không còn hiệu lực")
	a.send(signInPath, url.Values{"csrf": {token}, "name": {"can-bo"}, "password": {chosen}}).leads(t, "/")
}

func TestAFormOfAnotherSiteDoesNothing(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("can-bo", clerk)
	b := p.signIn("can-bo")
	token := b.token("/")
	send := func(header, value string) answer {
		r, err := http.NewRequest("POST", p.http.URL+signOutPath, strings.NewReader(url.Values{"csrf": {token}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(header, value)
		return b.do(r)
	}
	send("Sec-Fetch-Site", "cross-site").want(t, http.StatusForbidden, "Biểu mẫu không còn hiệu lực")
	send("Sec-Fetch-Site", "same-site").want(t, http.StatusForbidden)
	send("Origin", "https://example.org").want(t, http.StatusForbidden)
	send("Sec-Fetch-Site", "same-origin").leads(t, signInPath+"?xong=1")
}

func TestWhoComesFromElsewhereSeesNothing(t *testing.T) {
	p := newPlace(t, func(o *Options) { o.Networks = []netip.Prefix{netip.MustParsePrefix("10.29.0.0/16")} })
	for _, path := range []string{"/", signInPath, p.s.views.cssPath} {
		if got := p.browser().get(path).want(t, http.StatusForbidden); strings.Contains(got.text, "<") {
			t.Errorf("%s: %s", path, got.text)
		}
	}
	p = newPlace(t, func(o *Options) {
		o.Networks = []netip.Prefix{netip.MustParsePrefix("10.29.0.0/16"), netip.MustParsePrefix("127.0.0.0/8")}
	})
	p.browser().get(signInPath).want(t, http.StatusOK)
}

func TestAPanicIsAPageAndALineWithoutData(t *testing.T) {
	bang := route{method: "GET", path: "/bang", roles: everyRole(), do: func(*visit) error { panic("số định danh 079000000042") }}
	fails := route{method: "GET", path: "/hong", roles: everyRole(), do: func(*visit) error { return errors.New("it broke") }}
	waits := route{method: "GET", path: "/ban", roles: everyRole(), do: func(*visit) error { return &lgsp.Error{Kind: lgsp.Unavailable} }}
	p := newPlace(t, nil, bang, fails, waits)
	p.settle("can-bo", clerk)
	b := p.signIn("can-bo")
	if got := b.get("/bang").want(t, http.StatusInternalServerError, "Có lỗi trong hệ thống"); strings.Contains(got.text, "079") {
		t.Error("the page tells what the panic held")
	}
	log := p.log.String()
	if strings.Contains(log, "079") || !strings.Contains(log, "a page panicked") || !strings.Contains(log, "GET /bang") || !strings.Contains(log, "TestAPanicIsAPage") {
		t.Errorf("the log says %s", log)
	}
	if got := b.get("/hong").want(t, http.StatusInternalServerError); strings.Contains(got.text, "broke") {
		t.Error("the page tells the error")
	}
	if got := b.get("/ban").want(t, http.StatusServiceUnavailable, "Hệ thống đang bận"); got.header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
}

func TestAFormMayNotBeLarge(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("can-bo", clerk)
	b := p.signIn("can-bo")
	b.post("/", passwordPath, "password", strings.Repeat("x", formBytes)).want(t, http.StatusRequestEntityTooLarge, "quá lớn")
	b.send(passwordPath, url.Values{"csrf": {b.token("/")}, "password": {"\xff"}}).want(t, http.StatusBadRequest)
	b.send(passwordPath, url.Values{"csrf": {b.token("/")}, "password": {"\x00"}}).want(t, http.StatusBadRequest)
}

func TestBeyondLoopbackItWantsTLS(t *testing.T) {
	p := newPlace(t, nil)
	for _, address := range []string{"0.0.0.0:8443", ":8443", "10.0.0.1:8443", "[::]:8443"} {
		if _, err := New(Options{Listen: address, Accounts: p.book}); err == nil || !strings.Contains(err.Error(), "TLS") {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "[::1]:0"} {
		if _, err := New(Options{Listen: address, Accounts: p.book}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, o := range []Options{{Listen: "127.0.0.1:0"}, {Listen: "127.0.0.1:0", Accounts: p.book, Lang: "fr"},
		{Listen: "127.0.0.1:0", Accounts: p.book, TLS: TLS{CertFile: "none", KeyFile: "none"}}, {Listen: "127.0.0.1:0", Accounts: p.book, PublicURL: "no url"}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

func TestOnlyPagesOfOursAreLedBackTo(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("quan-tri", boss)
	p.browser().get("/tai-khoan?x=1").leads(t, signInPath+"?ve=%2Ftai-khoan%3Fx%3D1")
	for back, want := range map[string]string{"/tai-khoan?x=1": "/tai-khoan?x=1", "//example.org": "/", "///example.org": "/", "https://example.org": "/", `/\example.org`: "/", "/\texample.org": "/",
		"tai-khoan": "/", "": "/", "/" + strings.Repeat("x", 2000): "/", "javascript:alert(1)": "/"} {
		p.browser().post(signInPath+"?"+url.Values{"ve": {back}}.Encode(), signInPath, "name", "quan-tri", "password", chosen, "ve", back).leads(t, want)
	}
}

func TestASessionEnds(t *testing.T) {
	for name, row := range map[string]struct {
		after func(p *place, b *browser)
		ended bool
	}{
		"not within the idle time": {func(p *place, _ *browser) { p.pass(15 * time.Minute) }, false},
		"after the idle time":      {func(p *place, _ *browser) { p.pass(15*time.Minute + 1) }, true},
		"not by visits": {func(p *place, b *browser) {
			for range 5 {
				p.pass(14 * time.Minute)
				b.get("/")
			}
		}, false},
		"after ten hours of visits": {func(p *place, b *browser) {
			for range 60 {
				p.pass(10 * time.Minute)
				b.get("/")
			}
			p.pass(1)
		}, true},
		"when the account is disabled": {func(p *place, _ *browser) { must(t, p.book.Disable(t.Context(), account.By{Operator: "x"}, "can-bo")) }, true},
		"when the password is reset": {func(p *place, _ *browser) {
			_, err := p.book.Reset(t.Context(), account.By{Operator: "x"}, "can-bo")
			must(t, err)
		}, true},
		"when the role changes": {func(p *place, _ *browser) {
			must(t, p.book.Change(t.Context(), account.By{Operator: "x"}, "can-bo", police))
		}, true},
		"not when the name changes": {func(p *place, _ *browser) {
			renamed := clerk
			renamed.FullName = "Trần Thị Mới"
			must(t, p.book.Change(t.Context(), account.By{Operator: "x"}, "can-bo", renamed))
		}, false},
		"when a fourth begins": {func(p *place, _ *browser) {
			for range 3 {
				p.pass(time.Second)
				p.signIn("can-bo")
			}
		}, true},
		"not when a third begins": {func(p *place, _ *browser) { p.signIn("can-bo"); p.signIn("can-bo") }, false},
		"not when others begin": {func(p *place, _ *browser) {
			for range 4 {
				p.signIn("hai")
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, nil)
			p.settle("can-bo", clerk)
			p.settle("hai", boss)
			b := p.signIn("can-bo")
			row.after(p, b)
			got := b.get(mePath)
			if row.ended {
				got.want(t, http.StatusForbidden, "Phiên làm việc đã kết thúc", `href="/dang-nhap?ve=%2Ftoi"`)
				b.get(mePath).leads(t, signInPath+"?ve=%2Ftoi")
			} else {
				got.want(t, http.StatusOK)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestIdsOfSessionsAreNotKeptAndChangeWithEachSignInAndPassword(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("can-bo", clerk)
	b := p.signIn("can-bo")
	id := func() string {
		u, err := url.Parse(p.http.URL)
		must(t, err)
		for _, c := range b.http.Jar.Cookies(u) {
			if c.Name == sessionCookie {
				return c.Value
			}
		}
		return ""
	}
	first := id()
	for key, held := range p.s.sessions.all {
		if strings.Contains(string(key[:]), first) || held.csrf == first || held.name == first {
			t.Error("the id is kept")
		}
	}
	b.post(passwordPath, passwordPath, "present", chosen, "password", "Hoa-Cuc-Vang-30", "again", "Hoa-Cuc-Vang-30").leads(t, "/")
	second := id()
	if first == second || p.s.sessions.find(first) != nil || p.s.sessions.find(second) == nil {
		t.Error("the session has its old id after the password was changed")
	}
	b.post(mePath, signOutPath).leads(t, signInPath+"?xong=1")
	if p.s.sessions.find(second) != nil || id() != "" {
		t.Error("the session goes on after the sign-out")
	}
	b.get(signInPath+"?xong=1").want(t, 200, "Đã đăng xuất.")
}

func TestWhatIsShownOnceIsNotLostInTheBackground(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("quan-tri", boss)
	p.add("can-bo", clerk)
	b := p.signIn("quan-tri")
	b.post(accountPath("can-bo"), accountPath("can-bo")+"/dat-lai").leads(t, accountPath("can-bo"))
	for _, row := range [][3]string{{"GET", "Sec-Fetch-Dest", "image"}, {"POST", "Sec-Fetch-Site", "same-site"}, {"HEAD", "", ""}} {
		r, err := http.NewRequest(row[0], p.http.URL+mePath, nil)
		must(t, err)
		if row[1] != "" {
			r.Header.Set(row[1], row[2])
		}
		if got := b.do(r); strings.Contains(got.text, "handover") {
			t.Errorf("%v shows the password", row)
		}
	}
	b.get(mePath).want(t, 200, `<code class="handover">`)
	if strings.Contains(b.get(mePath).text, "handover") {
		t.Error("it is shown twice")
	}
}

func TestSessionsAreBounded(t *testing.T) {
	p := newPlace(t, nil)
	ids := map[int]string{}
	for i := range sessionsMost + 5 {
		p.pass(time.Millisecond)
		id, _, err := p.s.sessions.begin(strings.Repeat("x", i), 1)
		must(t, err)
		ids[i] = id
	}
	if n := len(p.s.sessions.all); n != sessionsMost || p.s.sessions.find(ids[4]) != nil || p.s.sessions.find(ids[5]) == nil {
		t.Errorf("%d sessions", n)
	}
	p.pass(time.Hour)
	if p.s.sessions.sweep(); len(p.s.sessions.all) != 0 {
		t.Errorf("%d are left", len(p.s.sessions.all))
	}
	_, held, err := p.s.sessions.begin("x", 1)
	must(t, err)
	for range 50 {
		p.s.sessions.tell(held, flash{})
	}
	if n := len(p.s.sessions.told(held)); n != flashesMost || p.s.sessions.told(held) != nil {
		t.Errorf("%d messages wait", n)
	}
}
