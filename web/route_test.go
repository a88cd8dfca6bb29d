package web

import (
	"net/http"
	"strings"
	"testing"

	"lgsp.internal/adapter/account"
)

func TestARouteThatDoesNotSayWhoMayOpenItIsRefused(t *testing.T) {
	do := func(*visit) error { return nil }
	good := route{method: "GET", path: "/x", roles: everyRole(), do: do}
	for name, row := range map[string]struct {
		routes []route
		want   string
	}{
		"nobody said":          {[]route{{method: "GET", path: "/x", do: do}}, "who may open it"},
		"no roles":             {[]route{{method: "GET", path: "/x", do: do, roles: only()}}, "who may open it"},
		"both":                 {[]route{{method: "GET", path: "/x", do: do, roles: everyRole(), open: true}}, "who may open it"},
		"another method":       {[]route{{method: "PUT", path: "/x", do: do, open: true}}, "GET or POST"},
		"every method":         {[]route{{path: "/x", do: do, open: true}}, "GET or POST"},
		"nothing done":         {[]route{{method: "GET", path: "/x", open: true}}, "a path and do"},
		"a GET with a body":    {[]route{{method: "GET", path: "/x", do: do, open: true, body: 1}}, "takes no body"},
		"a menu with a place":  {[]route{{method: "GET", path: "/x/{name}", do: do, roles: everyRole(), menu: "home.menu", about: "home.about"}}, "in the menu"},
		"a menu without texts": {[]route{{method: "GET", path: "/x", do: do, roles: everyRole(), menu: "x"}}, "keys of texts"},
		"twice":                {[]route{good, good}, "stands twice"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := checkRoutes(row.routes, texts()); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
	if err := checkRoutes([]route{good}, texts()); err != nil {
		t.Error(err)
	}
	if _, err := newServer(Options{Listen: "127.0.0.1:0", Accounts: &account.Book{}}, []route{{method: "GET", path: "/x", do: do}}, texts()); err == nil {
		t.Error("a server is made with a route that says nothing")
	}
}

// fill puts a name into the path of a route.
func fill(path string) string {
	return strings.NewReplacer("{$}", "", "{name}", "can-bo").Replace(path)
}

func TestEveryPageIsShownToItsRolesAndToNobodyElse(t *testing.T) {
	p := newPlace(t, nil)
	names := map[account.Role]string{account.Admin: "quan-tri", account.Officer: "can-bo", account.Police: "cong-an"}
	p.settle("quan-tri", boss)
	p.settle("can-bo", clerk)
	p.settle("cong-an", police)
	nobody := p.browser()
	browsers := map[account.Role]*browser{}
	for role, name := range names {
		browsers[role] = p.signIn(name)
	}
	for _, r := range p.s.routes {
		path := fill(r.path)
		if r.open {
			continue
		}
		switch got := nobody.send(path, nil); {
		case r.method == http.MethodPost:
			got.want(t, http.StatusForbidden, "Phiên làm việc đã kết thúc")
		default:
			if got := nobody.get(path); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), signInPath) {
				t.Errorf("%s shows itself to nobody: %d", path, got.status)
			}
		}
		for role, b := range browsers {
			var got answer
			if r.method == http.MethodGet {
				got = b.get(path)
			} else {
				got = b.send(path, nil) // without a token nothing is done, so only the words differ
			}
			allowed := r.allows(account.Account{Profile: account.Profile{Role: role}})
			forbidden := strings.Contains(got.text, "Không có quyền mở trang này")
			if allowed == forbidden || r.method == http.MethodGet && (got.status == http.StatusOK) != allowed {
				t.Errorf("%s %s: %s got %d", r.method, path, role, got.status)
			}
		}
	}
}

func TestTheMenuHasWhatTheRoleMayOpen(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("quan-tri", boss)
	p.settle("can-bo", clerk)
	p.signIn("quan-tri").get("/").want(t, 200, `href="/tai-khoan"`, `href="/toi"`, `aria-current="page"`)
	if got := p.signIn("can-bo").get("/").want(t, 200, `href="/toi"`, "Sở Tư pháp"); strings.Contains(got.text, `href="/tai-khoan"`) {
		t.Error("an officer is shown a link to accounts")
	}
}

func TestAGETChangesNothing(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("quan-tri", boss)
	p.settle("can-bo", clerk)
	b := p.signIn("quan-tri")
	before, was := len(p.record()), p.s.sessions.find("x")
	list := b.get(accountsPath).text
	for _, r := range p.s.routes {
		path := fill(r.path)
		b.get(path)
		b.get(path + "?csrf=" + b.token("/") + "&name=x&full_name=X&role=admin&password=" + chosen)
	}
	if after := len(p.record()); after != before || b.get(accountsPath).text != list || was != nil {
		t.Errorf("%d entries were added to the record", after-before)
	}
}

func TestWhatDoesNotExistAndWhatMayNotBeKnownLookTheSame(t *testing.T) {
	hidden := route{method: "GET", path: "/cua-so-khac", roles: everyRole(), do: func(*visit) error { return errNotHere }}
	p := newPlace(t, nil, hidden)
	p.settle("can-bo", clerk)
	b := p.signIn("can-bo")
	one, two := b.get("/cua-so-khac").want(t, 404), b.get("/khong-co-gi").want(t, 404)
	if one.text != two.text {
		t.Errorf("they differ:\n%s\n%s", one.text, two.text)
	}
	p.browser().get("/khong-co-gi").want(t, 404, "Không tìm thấy trang")
	p.browser().send("/khong-co-gi", nil).want(t, 404)
}

func TestNobodyTakesRightsFromHimself(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("quan-tri", boss)
	p.settle("hai", boss)
	b, own := p.signIn("quan-tri"), accountPath("quan-tri")
	before := len(p.record())
	for path, form := range map[string][]string{
		own: {"full_name", boss.FullName, "role", "police"}, own + "/dat-lai": nil, own + "/vo-hieu": nil,
	} {
		b.post(own, path, form...).leads(t, own)
		b.get(own).want(t, http.StatusOK, "Không thể tự đổi vai trò")
	}
	if n := len(p.record()); n != before {
		t.Errorf("%d things were done", n-before)
	}
	b.post(own, own, "full_name", "Lê Văn Mới", "role", "admin").leads(t, own)
	b.get(own).want(t, http.StatusOK, "Đã lưu thay đổi", "Lê Văn Mới")
	b.post(own, accountPath("hai")+"/vo-hieu").leads(t, accountPath("hai"))
}
