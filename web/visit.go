package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/internal/listen"
)

// visit is one request to a route.
type visit struct {
	w http.ResponseWriter
	r *http.Request
	s *Server

	who  account.Account // who has signed in; the zero Account = nobody
	from netip.Addr
	form url.Values // of a POST
	file *file      // of a POST to a route with upload; nil = none was chosen

	held *session
	csrf string // token of the forms of this page
}

// What a page answers with besides what it shows.
var (
	// errNotHere is for what does not exist, and for what the visitor may not
	// know to exist: the two look the same.
	errNotHere   = errors.New("there is no such page")
	errForbidden = errors.New("the role does not allow this")
	errForeign   = errors.New("the form came from another site")
	errToken     = errors.New("the form has no token of this session")
	errTooLarge  = errors.New("the form is too large")
	errUnread    = errors.New("the form cannot be read")
)

// serve answers requests to a route.
func (s *Server) serve(r route) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		v := &visit{w: w, r: req, s: s, from: listen.RemoteIP(req.RemoteAddr)}
		v.fail(v.open(r))
	}
}

// open checks who comes with what, and lets the route do what it does.
func (v *visit) open(r route) error {
	had, err := v.recognise()
	if err != nil {
		return err
	}
	if err := v.prepareToken(); err != nil {
		return err
	}
	switch {
	case r.open:
	case v.held == nil && (had || r.method == http.MethodPost):
		return v.ended()
	case v.held == nil:
		return v.toSignIn()
	case !r.allows(v.who):
		return errForbidden
	case v.who.MustChange && !r.early:
		return v.redirect(passwordPath)
	}
	if v.r.Method == http.MethodPost && r.method == http.MethodPost {
		if err := v.read(r); err != nil {
			return err
		}
	}
	return r.do(v)
}

// recognise looks who has signed in. had tells that the browser holds a session
// that has ended.
func (v *visit) recognise() (had bool, err error) {
	id := v.cookie(sessionCookie)
	if id == "" {
		return false, nil
	}
	held := v.s.sessions.find(id)
	if held == nil {
		return true, nil
	}
	who, err := v.s.opt.Accounts.Get(v.r.Context(), held.name)
	gone := lgsp.KindOf(err) == lgsp.NotFound
	if err != nil && !gone {
		return true, &lgsp.Error{Kind: lgsp.Unavailable, Op: "web.session", Err: err}
	}
	if gone || who.Disabled || who.Stamp != held.stamp {
		v.s.sessions.end(held)
		return true, nil
	}
	v.held, v.who = held, who
	return false, nil
}

// cookie returns the value of a cookie of ours, "" if the browser has none.
func (v *visit) cookie(name string) string {
	for _, c := range v.r.CookiesNamed(v.s.cookieName(name)) {
		return c.Value
	}
	return ""
}

const (
	sessionCookie = "lgspd"
	formCookie    = "lgspd-form"
)

// cookieName has the browser bind a cookie to this host, over TLS.
func (s *Server) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}

func (v *visit) setCookie(name, value string) {
	//nolint:gosec // G124: without TLS only this machine reaches the pages, and a browser drops a cookie that is Secure
	c := &http.Cookie{Name: v.s.cookieName(name), Value: value, Path: "/", HttpOnly: true, Secure: v.s.secure, SameSite: http.SameSiteStrictMode}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(v.w, c)
}

// prepareToken settles the token of this page's forms: the session's, or before
// there is one, that of the browser.
func (v *visit) prepareToken() error {
	if v.held != nil {
		v.csrf = v.held.csrf
		return nil
	}
	if v.csrf = v.browserToken(); v.csrf != "" {
		return nil
	}
	value, err := secret(v.s.opt.Rand)
	if err != nil {
		return err
	}
	v.setCookie(formCookie, value)
	v.csrf = v.s.tokenOf(value)
	return nil
}

// browserToken is a hash of a cookie that no other site can set, "" if the
// browser has none.
func (v *visit) browserToken() string {
	value := v.cookie(formCookie)
	if len(value) != base64.RawURLEncoding.EncodedLen(secretSize) {
		return ""
	}
	return v.s.tokenOf(value)
}

func (s *Server) tokenOf(value string) string {
	mac := hmac.New(sha256.New, s.formKey)
	mac.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// tokenField is the name of the token in forms.
const tokenField = "csrf"

// checkToken compares the token of a form with what this page's would have. The
// form of an open route may have the browser's beside a session: who follows a
// link of a mail gets the sign-in without cookies, which the browser sends again
// with the form.
func (v *visit) checkToken(r route, token string) error {
	if matches(token, v.csrf) || r.open && matches(token, v.browserToken()) {
		return nil
	}
	return errToken
}

func matches(token, want string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(token), []byte(want)) == 1
}

// by names the visitor for the record.
func (v *visit) by() account.By { return account.By{Operator: v.who.Name, From: v.from} }

// t returns a text in the language of the pages.
func (v *visit) t(key string, args ...any) string { return v.s.t(key, args...) }

// redirect leads to another page of ours, as every POST that did something does.
func (v *visit) redirect(path string) error {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// done leads to a page that tells once what was done.
func (v *visit) done(path, key string, args ...any) error {
	v.tell(flash{Kind: "done", Text: v.t(key, args...)})
	return v.redirect(path)
}

// wrong leads to a page that tells once why nothing was done.
func (v *visit) wrong(path, key string, args ...any) error {
	v.tell(flash{Kind: "wrong", Text: v.t(key, args...)})
	return v.redirect(path)
}

func (v *visit) tell(f flash) {
	if v.held != nil {
		v.s.sessions.tell(v.held, f)
	}
}

// begin signs somebody in: a session with a new id, whatever the browser held.
func (v *visit) begin(who account.Account) error {
	if v.held != nil {
		v.s.sessions.end(v.held)
	}
	id, held, err := v.s.sessions.begin(who.Name, who.Stamp)
	if err != nil {
		return err
	}
	v.held, v.who = held, who
	v.setCookie(sessionCookie, id)
	return nil
}

// toSignIn asks who it is, and leads back afterwards.
func (v *visit) toSignIn() error {
	path := signInPath
	if back := v.r.URL.RequestURI(); back != "/" && localPath(back) {
		path += "?" + url.Values{backField: {back}}.Encode()
	}
	return v.redirect(path)
}

// ended tells that the session is over.
func (v *visit) ended() error {
	v.setCookie(sessionCookie, "")
	back := ""
	if v.r.Method == http.MethodGet {
		back = v.r.URL.RequestURI()
	}
	return v.page(http.StatusForbidden, "ended", v.t("ended.title"), signInLink(back))
}

// localPath reports whether an address leads to a page of ours.
func localPath(p string) bool {
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t") || len(p) > 1000 {
		return false
	}
	u, err := url.Parse(p)
	return err == nil && u.Host == "" && u.Scheme == ""
}

// fail makes an error the page that tells of it.
func (v *visit) fail(err error) {
	kind := lgsp.KindOf(err)
	switch {
	case err == nil:
	case errors.Is(err, errNotHere), kind == lgsp.NotFound:
		v.problem(http.StatusNotFound, "error.404")
	case errors.Is(err, errForbidden), kind == lgsp.Forbidden:
		v.problem(http.StatusForbidden, "error.403")
	case errors.Is(err, errForeign), errors.Is(err, errToken):
		v.problem(http.StatusForbidden, "error.token")
	case errors.Is(err, errTooLarge):
		v.problem(http.StatusRequestEntityTooLarge, "error.large")
	case errors.Is(err, errUnread):
		v.problem(http.StatusBadRequest, "error.unread")
	case kind == lgsp.Throttled, kind == lgsp.Unavailable:
		v.s.opt.Log.Warn("a page has to wait", "route", v.r.Pattern, "err", err)
		v.w.Header().Set("Retry-After", "30")
		v.problem(http.StatusServiceUnavailable, "error.503")
	default:
		v.s.opt.Log.Error("a page failed", "route", v.r.Pattern, "err", err)
		v.problem(http.StatusInternalServerError, "error.500")
	}
}
