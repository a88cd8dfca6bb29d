package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/account"
)

// Where the pages of the frame are.
const (
	signInPath   = "/dang-nhap"
	signOutPath  = "/dang-xuat"
	passwordPath = "/doi-mat-khau" //nolint:gosec // G101: a place, not a password
	mePath       = "/toi"

	backField = "ve"
)

// frameRoutes are the pages that everybody needs.
func frameRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/", roles: everyRole(), menu: "home.menu", about: "home.about", do: showHome},
		{method: http.MethodGet, path: signInPath, open: true, early: true, do: showSignIn},
		{method: http.MethodPost, path: signInPath, open: true, early: true, do: signIn},
		{method: http.MethodPost, path: signOutPath, roles: everyRole(), early: true, do: signOut},
	}
}

// ownRoutes are the pages of one's own account.
func ownRoutes() []route {
	return []route{
		{method: http.MethodGet, path: mePath, roles: everyRole(), early: true, menu: "me.menu", about: "me.about", do: showMe},
		{method: http.MethodGet, path: passwordPath, roles: everyRole(), early: true, do: showPassword},
		{method: http.MethodPost, path: passwordPath, roles: everyRole(), early: true, do: changePassword},
	}
}

// homePage is what the visitor has to do now, and what he may open.
type homePage struct {
	Tasks []task
	Links []link
}

func showHome(v *visit) error {
	tasks, err := v.tasks()
	if err != nil {
		return err
	}
	links := slices.DeleteFunc(v.s.menu(v.who, "/"), func(l link) bool { return l.Here == "page" })
	return v.page(http.StatusOK, "home", v.t("home.title"), homePage{Tasks: tasks, Links: links})
}

// signInPage is the form of the sign-in.
type signInPage struct {
	*form
	Refused string // why, in words that tell nothing of accounts
	Back    string // where to go afterwards
	Left    bool   // the visitor has just signed out
}

func signInForm(v *visit) signInPage {
	return signInPage{form: v.newForm(
		field{Name: "name", Label: "signin.name", Complete: "username", Max: 64},
		field{Name: "password", Label: "signin.password", Type: "password", Complete: "current-password", Max: 128},
	)}
}

// signInLink leads to the sign-in and back afterwards.
func signInLink(back string) string {
	if back == "" || back == "/" || !localPath(back) {
		return signInPath
	}
	return signInPath + "?" + url.Values{backField: {back}}.Encode()
}

func showSignIn(v *visit) error {
	if v.held != nil {
		return v.redirect("/")
	}
	p := signInForm(v)
	q := v.r.URL.Query()
	p.Left = q.Has("xong")
	if back := q.Get(backField); localPath(back) {
		p.Back = back
	}
	return v.page(http.StatusOK, "signin", v.t("signin.title"), p)
}

func signIn(v *visit) error {
	p := signInForm(v)
	if back := v.form.Get(backField); localPath(back) {
		p.Back = back
	}
	name, password := v.form.Get("name"), v.form.Get("password")
	if name == "" {
		p.bad("name", v.t("signin.name.missing"))
	}
	if password == "" {
		p.bad("password", v.t("signin.password.missing"))
	}
	if p.wrong() {
		return v.page(http.StatusUnprocessableEntity, "signin", v.t("signin.title"), p)
	}
	who, err := v.s.opt.Accounts.SignIn(v.r.Context(), name, password, v.from)
	var refused *lgsp.Error
	switch {
	case err == nil:
	case errors.As(err, &refused) && refused.Code == account.CodeSignIn:
		p.Refused = v.t("signin.refused")
		return v.page(http.StatusForbidden, "signin", v.t("signin.title"), p)
	case errors.As(err, &refused) && (refused.Code == account.CodeFlood || refused.Code == account.CodeBusy):
		p.Refused = v.t("signin.busy")
		v.w.Header().Set("Retry-After", strconv.Itoa(1+int(refused.After.Seconds())))
		return v.page(http.StatusTooManyRequests, "signin", v.t("signin.title"), p)
	default:
		return err
	}
	if err := v.begin(who); err != nil {
		return err
	}
	if p.Back != "" {
		return v.redirect(p.Back)
	}
	return v.redirect("/")
}

func signOut(v *visit) error {
	v.s.sessions.end(v.held)
	v.setCookie(sessionCookie, "")
	if err := v.s.opt.Accounts.SignOut(v.r.Context(), v.who.Name, v.from); err != nil {
		v.s.opt.Log.Warn("record a sign-out", "err", err) // the session has ended all the same
	}
	return v.redirect(signInPath + "?xong=1")
}

func showMe(v *visit) error { return v.page(http.StatusOK, "me", v.t("me.title"), v.who) }

// passwordPage is the form by which a password is changed.
type passwordPage struct {
	*form
	Forced bool // nothing else may be done before
}

func passwordForm(v *visit) passwordPage {
	return passwordPage{Forced: v.who.MustChange, form: v.newForm(
		field{Name: "present", Label: "password.present", Type: "password", Complete: "current-password", Max: 128},
		field{Name: "password", Label: "password.new", Hint: "password.rules", Type: "password", Complete: "new-password", Max: 128},
		field{Name: "again", Label: "password.again", Type: "password", Complete: "new-password", Max: 128},
	)}
}

func showPassword(v *visit) error {
	return v.page(http.StatusOK, "password", v.t("password.title"), passwordForm(v))
}

func changePassword(v *visit) error {
	p := passwordForm(v)
	chosen := v.form.Get("password")
	for _, name := range []string{"present", "password", "again"} {
		if v.form.Get(name) == "" {
			p.bad(name, v.t("password."+name+".missing"))
		}
	}
	if chosen != v.form.Get("again") {
		p.bad("again", v.t("password.again.differs"))
	}
	if p.wrong() {
		return v.page(http.StatusUnprocessableEntity, "password", v.t("password.title"), p)
	}
	who, err := v.s.opt.Accounts.ChangePassword(v.r.Context(), v.who.Name, v.form.Get("present"), chosen, v.from)
	var refused *lgsp.Error
	switch errors.As(err, &refused); {
	case err == nil:
	case refused == nil:
		return err
	case refused.Code == account.CodeInvalid:
		p.take(v, "password", refused.Fields)
		return v.page(http.StatusUnprocessableEntity, "password", v.t("password.title"), p)
	case refused.Code == account.CodeWrong:
		p.bad("present", v.t("password.present.wrong"))
		return v.page(http.StatusUnprocessableEntity, "password", v.t("password.title"), p)
	case refused.Code == account.CodeLocked:
		v.s.sessions.end(v.held)
		v.held = nil
		return v.ended()
	default:
		return err
	}
	if err := v.begin(who); err != nil {
		return err
	}
	return v.done("/", "password.done")
}
