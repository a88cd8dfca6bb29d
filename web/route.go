package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"lgsp.internal/adapter/account"
)

// route is one page, or one thing that is done by a form. A GET shows and never
// changes anything; a POST changes, is checked for the token of its form before
// do is called, and answers with a redirect to a page, or with the form again
// where something in it is wrong.
type route struct {
	method string         // GET or POST
	path   string         // as net/http.ServeMux reads it, "/tai-khoan/{name}"
	roles  []account.Role // who may open it; a route says either this or open
	open   bool           // anybody may, also without signing in
	early  bool           // also while the password has to be changed
	menu   string         // text of the link in the menu and on the home page; "" = it stands in neither
	about  string         // what the home page says of it
	body   int64          // bytes that a POST may have; 0 = formBytes
	upload bool           // the form is multipart/form-data, with at most one file: visit.file

	do func(*visit) error
}

// everyRole is for what all who have signed in may open.
func everyRole() []account.Role { return account.Roles() }

// only names the roles that may open a page.
func only(roles ...account.Role) []account.Role { return roles }

// pages lists every route. Those of one subject stand together in a function of
// their own; the menu has their links in this order.
func pages(o Options) []route {
	var reports []route
	if o.Office != nil {
		reports = reportRoutes()
	}
	return slices.Concat(frameRoutes(), reports, accountRoutes(), ownRoutes())
}

// checkRoutes refuses routes that do not say who may open them, or that could
// not do what they say.
func checkRoutes(routes []route, words catalogue) error {
	var errs []error
	seen := map[string]bool{}
	for _, r := range routes {
		bad := func(text string) { errs = append(errs, fmt.Errorf("web: route %s %s: %s", r.method, r.path, text)) }
		switch {
		case r.open == (len(r.roles) > 0):
			bad("want either roles or open: who may open it?")
		case r.method != http.MethodGet && r.method != http.MethodPost:
			bad("want GET or POST")
		case !strings.HasPrefix(r.path, "/") || r.do == nil:
			bad("want a path and do")
		case r.method == http.MethodGet && (r.body != 0 || r.upload):
			bad("a GET takes no body")
		case r.menu != "" && (r.method != http.MethodGet || strings.Contains(r.path, "{") || r.open):
			bad("only a page of those who have signed in, without a place in its path, can stand in the menu")
		case r.menu != "" && (words[r.menu] == text{} || words[r.about] == text{}):
			bad("menu and about are keys of texts")
		case seen[r.method+r.path]:
			bad("it stands twice")
		}
		seen[r.method+r.path] = true
	}
	return errors.Join(errs...)
}

// allows reports whether somebody may open a route.
func (r route) allows(who account.Account) bool { return r.open || slices.Contains(r.roles, who.Role) }

// link is an entry of the menu.
type link struct {
	Path, Text, About string
	Here              string // for aria-current: page, true for a page below it, or ""
}

// menu returns the links that somebody may open.
func (s *Server) menu(who account.Account, here string) (links []link) {
	for _, r := range s.routes {
		if r.menu != "" && r.allows(who) {
			one := link{Path: r.path, Text: s.t(r.menu), About: s.t(r.about)}
			switch {
			case r.path == here:
				one.Here = "page"
			case strings.HasPrefix(here, r.path+"/"):
				one.Here = "true"
			}
			links = append(links, one)
		}
	}
	return links
}
