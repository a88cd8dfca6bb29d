package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/bundle"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/office"
)

// place is the pages on a real database, with a clock that the test moves.
type place struct {
	t      testing.TB
	ahead  atomic.Int64
	db     *sqlite.DB
	audit  *audit.Log
	book   *account.Book
	counts *report.Counts
	s      *Server
	http   *httptest.Server
	log    *lines
}

// lines is a log that a test reads.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

func (p *place) now() time.Time       { return start.Add(time.Duration(p.ahead.Load())) }
func (p *place) pass(d time.Duration) { p.ahead.Add(int64(d)) }

// newPlace has no reports. testRoutes are pages that only tests have.
func newPlace(t testing.TB, change func(*Options), testRoutes ...route) *place {
	t.Helper()
	return newPlaceWith(t, nil, change, testRoutes...)
}

// newPlaceWith makes the office of reports, where there is to be one.
func newPlaceWith(t testing.TB, reports func(*place) *office.Office, change func(*Options), testRoutes ...route) *place {
	t.Helper()
	p := &place{t: t, log: &lines{}}
	var err error
	if p.db, err = sqlite.Open(context.Background(), sqlite.Options{Path: filepath.Join(t.TempDir(), "lgspd.db"),
		Schemas: []sqlite.Schema{audit.Schema(), account.Schema(), report.Schema(), filing.Schema(), bundle.Schema()}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.db.Close(); err != nil {
			t.Error(err)
		}
	})
	p.counts = report.New(p.db)
	p.audit = audit.New(audit.Options{DB: p.db, Key: []byte("x"), Now: p.now, Counter: p.counts})
	departments := []Department{{"H29.11", "Sở Tư pháp"}, {"H29.26", "Sở Y tế"}}
	if p.book, err = account.NewBook(account.Options{DB: p.db, Audit: p.audit, Departments: []string{"H29.11", "H29.26"}, Now: p.now}); err != nil {
		t.Fatal(err)
	}
	o := Options{Listen: "127.0.0.1:0", Accounts: p.book, Departments: departments, Province: "Thành phố Hồ Chí Minh", Now: p.now, Log: slog.New(slog.NewTextHandler(p.log, nil))}
	if reports != nil {
		o.Office = reports(p)
	}
	if change != nil {
		change(&o)
	}
	if p.s, err = newServer(o, append(pages(o), testRoutes...), texts()); err != nil {
		t.Fatal(err)
	}
	p.http = httptest.NewServer(p.s.Handler())
	t.Cleanup(p.http.Close)
	return p
}

const chosen = "Hoa-Sen-Trang-29"

var (
	boss   = account.Profile{FullName: "Lê Văn Mẫu", Role: account.Admin}
	clerk  = account.Profile{FullName: "Trần Thị Thử", Role: account.Officer, Department: "H29.11"}
	police = account.Profile{FullName: "Phạm Văn Thử", Role: account.Police}
)

// add makes an account that has its first password.
func (p *place) add(name string, as account.Profile) string {
	p.t.Helper()
	first, err := p.book.Add(context.Background(), account.By{Operator: "test"}, name, as)
	if err != nil {
		p.t.Fatal(err)
	}
	return first
}

// settle makes an account whose password is chosen.
func (p *place) settle(name string, as account.Profile) {
	p.t.Helper()
	if _, err := p.book.ChangePassword(context.Background(), name, p.add(name, as), chosen, (&visit{}).from); err != nil {
		p.t.Fatal(err)
	}
}

// browser is somebody's browser, which follows no redirect by itself.
type browser struct {
	t    testing.TB
	p    *place
	http *http.Client
}

func (p *place) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return &browser{t: p.t, p: p, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what a browser got.
type answer struct {
	status int
	header http.Header
	text   string
}

func (b *browser) do(req *http.Request) answer {
	b.t.Helper()
	resp, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.p.http.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(req)
}

// send posts a form as it is given.
func (b *browser) send(path string, form url.Values) answer {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.p.http.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

var tokenForm = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// token returns the token of the forms on a page.
func (b *browser) token(page string) string {
	b.t.Helper()
	m := tokenForm.FindStringSubmatch(b.get(page).text)
	if m == nil {
		b.t.Fatalf("%s has no token", page)
	}
	return m[1]
}

// post fills the form of a page in and sends it.
func (b *browser) post(page, path string, pairs ...string) answer {
	b.t.Helper()
	form := url.Values{"csrf": {b.token(page)}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return b.send(path, form)
}

// signIn signs somebody in who has chosen a password.
func (p *place) signIn(name string) *browser {
	p.t.Helper()
	b := p.browser()
	if got := b.post(signInPath, signInPath, "name", name, "password", chosen); got.status != http.StatusSeeOther {
		p.t.Fatalf("%s got %d signing in\n%s", name, got.status, got.text)
	}
	return b
}

func (a answer) want(t testing.TB, status int, words ...string) answer {
	t.Helper()
	if a.status != status {
		t.Errorf("answered %d, want %d\n%s", a.status, status, a.text)
	}
	for _, w := range words {
		if !strings.Contains(a.text, w) {
			t.Errorf("the page does not say %q\n%s", w, a.text)
		}
	}
	return a
}

func (a answer) leads(t testing.TB, to string) {
	t.Helper()
	if a.status != http.StatusSeeOther || a.header.Get("Location") != to {
		t.Errorf("answered %d to %q, want a redirect to %q\n%s", a.status, a.header.Get("Location"), to, a.text)
	}
}

// record returns the entries of the record.
func (p *place) record() (entries []audit.Entry) {
	p.t.Helper()
	var out bytes.Buffer
	if _, err := p.audit.Export(context.Background(), &out, time.Time{}, time.Time{}); err != nil {
		p.t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n")[1:] {
		var one struct{ Entry audit.Entry }
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			p.t.Fatal(err)
		}
		entries = append(entries, one.Entry)
	}
	return entries
}

func (p *place) admin() account.Account {
	p.t.Helper()
	a, err := p.book.Get(context.Background(), "quan-tri")
	if err != nil {
		p.t.Fatal(err)
	}
	return a
}
