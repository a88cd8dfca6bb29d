package main

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/account"
)

var givenPassword = regexp.MustCompile(`(?m)^    ((?:[A-Za-z0-9]{4}-){3}[A-Za-z0-9]{4})$`)

// password returns the first password that a command printed.
func (r result) password(t *testing.T) string {
	t.Helper()
	m := givenPassword.FindStringSubmatch(r.out)
	if m == nil {
		t.Fatalf("no password in\n%s%s", r.out, r.err)
	}
	return m[1]
}

func TestAccountVerbs(t *testing.T) {
	s := newDesk(t)
	t.Run("add makes an account and shows its password once", func(t *testing.T) {
		s.lgspd(t, "account", "list").want(t, exitOK, words("There is no account.", "lgspd account add"), nil)
		r := s.lgspd(t, "account", "add", "--by", "Lê Thị Thử", "--role", "admin", "--full-name", "Lê Văn Mẫu", "quan-tri")
		r.want(t, exitOK, words("Account quan-tri is added.", "shown this once", "7 days"), nil)
		first := r.password(t)
		s.lgspd(t, "account", "add", "--role", "officer", "--department", "H29.11", "--full-name", "Trần Thị Thử", "can-bo").want(t, exitOK, words("is added"), nil)
		if list := s.lgspd(t, "account", "list"); strings.Contains(list.out, first) {
			t.Error("the password is shown again")
		}
	})
	t.Run("list shows them", func(t *testing.T) {
		s.lgspd(t, "account", "list").want(t, exitOK, words("quan-tri", "admin", "can-bo", "H29.11", "has to change its password", "Lê Văn Mẫu"), nil)
		var list []account.Account
		if err := json.Unmarshal([]byte(s.lgspd(t, "account", "list", "--json").out), &list); err != nil || len(list) != 2 || list[0].Name != "can-bo" || list[0].Role != account.Officer || !list[0].MustChange {
			t.Errorf("%+v %v", list, err)
		}
	})
	t.Run("what is wrong is said with its flag", func(t *testing.T) {
		s.lgspd(t, "account", "add", "--role", "officer", "Thử").want(t, exitUsage, nil, words("NAME has 3 to 32", "--full-name is missing", "--department is missing", "lgspd account add --help"))
		s.lgspd(t, "account", "add", "--role", "boss", "thu").want(t, exitUsage, nil, words("want admin, officer or police"))
		s.lgspd(t, "account", "add", "--full-name", "X", "thu").want(t, exitUsage, nil, words("--role is missing"))
		s.lgspd(t, "account", "add", "--role", "officer", "--department", "H29.99", "--full-name", "X", "thu").want(t, exitUsage, nil, words("--department is not a department of the configuration"))
		s.lgspd(t, "account", "add", "--role", "police", "--full-name", "X", "can-bo").want(t, exitFailed, nil, words("there is an account can-bo already"))
		s.lgspd(t, "account", "add", "--role", "police", "--full-name", "X").want(t, exitUsage, nil, words("want one NAME"))
		s.lgspd(t, "account", "disable", "can-bo", "--yes").want(t, exitUsage, nil, words("want one NAME behind the flags"))
		s.lgspd(t, "account", "enable", "nobody").want(t, exitFailed, nil, words(`there is no account "nobody"`, "account list"))
		s.lgspd(t, "account", "set", "can-bo").want(t, exitUsage, nil, words("say what to change"))
	})
	t.Run("set changes what is said", func(t *testing.T) {
		s.lgspd(t, "account", "set", "--full-name", "Trần Thị Mới", "can-bo").want(t, exitOK, words("Account can-bo is changed: Trần Thị Mới, officer of H29.11."), nil)
		s.lgspd(t, "account", "set", "--role", "police", "can-bo").want(t, exitOK, words("Trần Thị Mới, police."), nil)
		s.lgspd(t, "account", "set", "--role", "police", "can-bo").want(t, exitFailed, nil, words("says that already"))
		s.lgspd(t, "account", "set", "--role", "officer", "--department", "H29.11", "can-bo").want(t, exitOK, words("officer of H29.11"), nil)
		s.lgspd(t, "account", "set", "--role", "police", "quan-tri").want(t, exitFailed, nil, words("the last admin"))
	})
	t.Run("reset, disable and enable", func(t *testing.T) {
		s.lgspd(t, "account", "reset", "can-bo").want(t, exitUsage, nil, words("nothing was done: can-bo (Trần Thị Mới, officer of H29.11)", "--yes"))
		s.lgspd(t, "account", "disable", "can-bo").want(t, exitUsage, nil, words("nothing was done", "--yes"))
		again := s.lgspd(t, "account", "reset", "--yes", "can-bo")
		again.want(t, exitOK, words("is reset", again.password(t)), nil)
		s.lgspd(t, "account", "disable", "--yes", "--by", "Lê Thị Thử", "can-bo").want(t, exitOK, words("is disabled", "account enable can-bo"), nil)
		s.lgspd(t, "account", "list").want(t, exitOK, words("disabled"), nil)
		s.lgspd(t, "account", "enable", "can-bo").want(t, exitOK, words("may sign in again"), nil)
		s.lgspd(t, "account", "enable", "can-bo").want(t, exitFailed, nil, words("neither disabled nor locked"))
	})
	t.Run("all of it is on record by name", func(t *testing.T) {
		r := s.lgspd(t, "audit", "export")
		r.want(t, exitOK, words(`"event":"account-added","operator":"Lê Thị Thử","account":"quan-tri"`, `"operator":"Lê Thị Thử","account":"can-bo","detail":"disabled"`), nil)
		if strings.Contains(r.out, "Trần") || strings.Contains(r.out, "Lê Văn Mẫu") {
			t.Error("full names are on record")
		}
	})
}

// reader is a browser on the pages of the real daemon.
type reader struct {
	t    *testing.T
	base string
	http *http.Client
}

func (r *reader) get(path string) (int, string) { return r.answer(r.http.Get(r.base + path)) }

func (r *reader) answer(resp *http.Response, err error) (int, string) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// post fills in the form of a page.
func (r *reader) post(path string, pairs ...string) (int, string) {
	r.t.Helper()
	_, page := r.get(path)
	m := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(page)
	if m == nil {
		r.t.Fatalf("no form in\n%s", page)
	}
	form := url.Values{"csrf": {m[1]}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return r.answer(r.http.PostForm(r.base+path, form))
}

func TestTheDaemonServesPagesToAccountsOfTheCommandLine(t *testing.T) {
	s := newDesk(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	s.replace(t, "queue:\n", "web: {listen: \""+address+"\"}\nqueue:\n")
	s.lgspd(t, "check").want(t, exitOK, words("is in order"), nil)
	daemon := s.serve(t)
	until(t, 10*time.Second, "pages are served", func() bool { return strings.Contains(daemon.log.String(), "serving pages") })
	first := s.lgspd(t, "account", "add", "--role", "officer", "--department", "H29.11", "--full-name", "Trần Thị Thử", "can-bo").password(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t, "http://" + address, &http.Client{Jar: jar}}
	if status, page := r.post("/dang-nhap", "name", "can-bo", "password", first); status != 200 || !strings.Contains(page, "Đổi mật khẩu") {
		t.Fatalf("signing in: %d\n%s", status, page)
	}
	if status, page := r.post("/doi-mat-khau", "present", first, "password", "Hoa-Sen-Trang-29", "again", "Hoa-Sen-Trang-29"); status != 200 || !strings.Contains(page, "Xin chào, Trần Thị Thử") || !strings.Contains(page, "Sở Tư pháp") {
		t.Fatalf("changing the password: %d\n%s", status, page)
	}
	s.lgspd(t, "account", "disable", "--yes", "can-bo").want(t, exitOK, nil, nil)
	if status, page := r.get("/toi"); status != http.StatusForbidden || !strings.Contains(page, "Phiên làm việc đã kết thúc") {
		t.Errorf("after the account was disabled by command: %d\n%s", status, page)
	}
	if code := daemon.stop(t); code != exitOK {
		t.Errorf("the daemon ended with %d\n%s", code, daemon.log.String())
	}
	for _, secret := range []string{first, "Hoa-Sen-Trang-29", "Trần"} {
		if strings.Contains(daemon.log.String(), secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
	s.lgspd(t, "audit", "verify").want(t, exitOK, nil, nil)
	s.lgspd(t, "audit", "export").want(t, exitOK, words(`"event":"signed-in","sender":"H29.11","operator":"can-bo","account":"can-bo","detail":"from 127.0.0.1"`, "password-changed"), nil)
}

func TestCheckRefusesPagesThatCouldNotBeServed(t *testing.T) {
	s := newDesk(t)
	s.replace(t, "queue:\n", "web: {listen: \"0.0.0.0:8443\"}\nqueue:\n")
	s.lgspd(t, "check").want(t, exitUsage, nil, words("web.listen", "have no TLS"))
}
