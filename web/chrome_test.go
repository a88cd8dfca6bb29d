package web

import (
	"context"
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tab is a tab of Chromium.
type tab struct {
	t   testing.TB
	p   *place
	ctx context.Context

	mu       sync.Mutex
	messages []string // what the browser says of the pages: scripts, policies
}

// open starts a browser of its own.
func (p *place) open() *tab {
	p.t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		p.t.Fatalf("%v; apt-get install chromium", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "vi"), chromedp.Flag("force-prefers-reduced-motion", true)) // a page that still scrolls is clicked beside
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	p.t.Cleanup(stop)
	b := &tab{t: p.t, p: p}
	b.ctx, stop = chromedp.NewContext(ctx, chromedp.WithListener(b.listen))
	p.t.Cleanup(stop)
	b.run(chromedp.Navigate("about:blank")) // the browser lives as long as this context
	b.ctx, stop = context.WithTimeout(b.ctx, 3*time.Minute)
	p.t.Cleanup(stop)
	p.t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, m := range b.messages {
			p.t.Errorf("the browser says: %s", m)
		}
	})
	return b
}

// listen notes what the browser complains of. That a page is an error by its
// status is told too, and is no complaint.
func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *cdplog.EventEntryAdded:
		if e.Entry.Source != "network" || strings.HasSuffix(e.Entry.URL, ".css") {
			b.messages = append(b.messages, string(e.Entry.Source)+": "+e.Entry.Text)
		}
	case *runtime.EventConsoleAPICalled:
		b.messages = append(b.messages, "console: "+string(e.Type))
	case *runtime.EventExceptionThrown:
		b.messages = append(b.messages, "exception")
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, b.p.http.URL) && !strings.HasPrefix(e.Request.URL, "data:") {
			b.messages = append(b.messages, "asked another server: "+e.Request.URL)
		}
	}
}

func (b *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// ask runs an action that answers something.
func ask[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	answer, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer
}

func (b *tab) goTo(path string) { b.t.Helper(); b.run(chromedp.Navigate(b.p.http.URL + path)) }

// submit presses a button and waits for the page that follows.
func (b *tab) submit(selector string) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatal(err)
	}
}

// press types keys and waits for the page that follows.
func (b *tab) press(keys string) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent(keys)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) fill(pairs ...string) {
	b.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		b.run(chromedp.SetValue(chromedp.CSS("#f-"+pairs[i]), pairs[i+1]))
	}
}

func (b *tab) signIn(name, password string) {
	b.t.Helper()
	b.goTo(signInPath)
	b.fill("name", name, "password", password)
	b.submit("main form button")
}

// says returns the title and the text of the page.
func (b *tab) says() (heading, text string) {
	b.t.Helper()
	return ask(b, chromedp.Text(chromedp.CSS("h1"))), ask(b, chromedp.Text(chromedp.CSS("main")))
}

func (b *tab) wantPage(heading string, words ...string) {
	b.t.Helper()
	got, text := b.says()
	if got != heading {
		b.t.Fatalf("the page is %q, want %q\n%s", got, heading, text)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.t.Errorf("the page does not say %q\n%s", w, text)
		}
	}
}

//go:embed testdata/accessible.js
var accessible string

// wantAccessible holds the page against what everybody needs to use it.
func (b *tab) wantAccessible(name string) {
	b.t.Helper()
	for _, width := range []int64{1280, 320} { // 320 is a small telephone, and 1280 at 400 %
		b.run(chromedp.EmulateViewport(width, 900))
		for _, one := range ask(b, chromedp.Evaluate[[]string](accessible)) {
			b.t.Errorf("%s, %d wide: %s", name, width, one)
		}
		b.picture(name, width)
	}
	b.run(chromedp.EmulateViewport(1280, 900))
}

// picturesVariable names a folder that pictures of all pages are written to,
// for whoever wants to look at them.
const picturesVariable = "LGSPD_WEB_PICTURES"

func (b *tab) picture(name string, width int64) {
	b.t.Helper()
	folder := os.Getenv(picturesVariable)
	if folder == "" {
		return
	}
	png := ask(b, chromedp.FullScreenshot(100))
	file := filepath.Join(folder, b.p.s.opt.Lang+"-"+strings.ReplaceAll(name, "/", "_")+"-"+map[bool]string{true: "wide", false: "narrow"}[width > 500]+".png")
	if err := os.WriteFile(file, png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func TestAFirstSignInLeadsOverTheChangeOfThePasswordHome(t *testing.T) {
	p := newPlace(t, nil)
	first := p.add("can-bo", clerk)
	b := p.open()
	b.goTo("/toi")
	b.wantPage("Đăng nhập")
	b.fill("name", "can-bo", "password", first)
	b.submit("main form button")
	b.wantPage("Tài khoản của tôi")
	b.goTo("/")
	b.wantPage("Đổi mật khẩu", "Cần đổi mật khẩu trước khi tiếp tục")
	b.fill("present", first, "password", "ngan", "again", "ngan")
	b.submit("main form button")
	b.wantPage("Đổi mật khẩu", "Có 1 mục cần sửa", "Mật khẩu mới phải có ít nhất 12 ký tự.")
	b.wantAccessible("password-problems")
	b.fill("present", first, "password", chosen, "again", chosen)
	b.submit("main form button")
	b.wantPage("Trang chủ", "Đã đổi mật khẩu.", "Xin chào, Trần Thị Thử")
	b.goTo("/")
	if _, text := b.says(); strings.Contains(text, "Đã đổi mật khẩu.") {
		t.Error("the message is shown twice")
	}
	b.submit(".who button")
	b.wantPage("Đăng nhập", "Đã đăng xuất.")
	b.goTo("/")
	b.wantPage("Đăng nhập")
}

func TestWrongPasswordsAreToldAndLock(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("can-bo", clerk)
	b := p.open()
	for range 5 {
		b.signIn("can-bo", "sai")
		b.wantPage("Đăng nhập", "Tên đăng nhập hoặc mật khẩu không đúng")
	}
	b.wantAccessible("signin-refused")
	b.signIn("can-bo", chosen)
	b.wantPage("Đăng nhập", "tài khoản đang bị khóa")
	p.pass(15 * time.Minute)
	b.signIn("can-bo", chosen)
	b.wantPage("Trang chủ")
}

func TestWhoWasAwayForLongSignsInAgainAndGoesOn(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("quan-tri", boss)
	b := p.open()
	b.signIn("quan-tri", chosen)
	b.goTo(accountsPath)
	b.wantPage("Quản lý tài khoản")
	p.pass(15*time.Minute + time.Second)
	b.goTo(accountsPath)
	b.wantPage("Phiên làm việc đã kết thúc")
	b.wantAccessible("ended")
	b.submit("main a.button")
	b.fill("name", "quan-tri", "password", chosen)
	b.submit("main form button")
	b.wantPage("Quản lý tài khoản")
}

func TestAnOfficerOpensNoPageOfAdmins(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("can-bo", clerk)
	b := p.open()
	b.signIn("can-bo", chosen)
	for _, path := range []string{accountsPath, accountsPath + "/them", accountPath("can-bo"), accountPath("khong-co")} {
		b.goTo(path)
		b.wantPage("Không có quyền mở trang này")
	}
	b.wantAccessible("403")
}

func TestTheKeyboardSignsIn(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("can-bo", clerk)
	b := p.open()
	b.goTo(signInPath)
	b.run(chromedp.KeyEvent(kb.Tab))
	if skip := ask(b, chromedp.Evaluate[string](`document.activeElement.className`)); skip != "skip" {
		t.Errorf("the first stop is %q, not the link to the content", skip)
	}
	b.run(chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent("can-bo"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(chosen), chromedp.KeyEvent(kb.Tab))
	b.press(kb.Enter)
	b.wantPage("Trang chủ")
	// On, with the keyboard alone, to the account and out.
	b.run(chromedp.Focus(chromedp.CSS(".who button")))
	b.press(kb.Enter)
	b.wantPage("Đăng nhập", "Đã đăng xuất.")
}

func TestAccountsAreLookedAfter(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("quan-tri", boss)
	b := p.open()
	b.signIn("quan-tri", chosen)
	b.goTo(accountsPath + "/them")
	b.submit("main form button")
	b.wantPage("Thêm tài khoản", "Có 3 mục cần sửa", "Chưa nhập họ và tên.", "Chưa chọn vai trò.")
	b.wantAccessible("account-new-problems")
	b.fill("name", "can-bo", "full_name", "Trần Thị Thử", "role", "officer", "department", "H29.11")
	b.submit("main form button")
	b.wantPage("Tài khoản can-bo", "Đã thêm tài khoản can-bo.", "chỉ hiện một lần", "Chờ đổi mật khẩu")
	b.wantAccessible("account-secret")
	first := ask(b, chromedp.Text(chromedp.CSS(".handover")))
	if len(first) != 19 {
		t.Errorf("the first password is %q", first)
	}
	b.goTo(accountPath("can-bo"))
	if _, text := b.says(); strings.Contains(text, first) {
		t.Error("the first password is shown twice")
	}
	other := p.browser()
	if got := other.post(signInPath, signInPath, "name", "can-bo", "password", first); got.status != 303 {
		t.Errorf("the first password is answered %d", got.status)
	}
	ask(b, chromedp.Evaluate[bool](`[...document.querySelectorAll("details")].every(d => d.open = true)`))
	b.wantAccessible("account")
	b.submit(".deeds button.grave")
	b.wantPage("Tài khoản can-bo", "Đã vô hiệu hóa tài khoản can-bo.", "Đã vô hiệu hóa")
	if got := other.get(passwordPath); got.status != 403 {
		t.Errorf("a disabled account gets %d", got.status)
	}
	b.goTo(accountPath("quan-tri"))
	b.wantPage("Tài khoản quan-tri", "Đây là tài khoản của bạn")
	b.fill("role", "police")
	b.submit("main form button")
	b.wantPage("Tài khoản quan-tri", "Không thể tự đổi vai trò")
}

// Every page, in both languages, wide and narrow.
func TestEveryPageIsForEverybody(t *testing.T) {
	for _, lang := range []string{"vi", "en"} {
		t.Run(lang, func(t *testing.T) {
			p := newPlace(t, func(o *Options) { o.Lang = lang })
			p.settle("quan-tri", boss)
			p.settle("can-bo", clerk)
			p.settle("khoa", clerk)
			p.add("moi", police)
			if err := p.book.Disable(t.Context(), (&visit{who: p.admin()}).by(), "khoa"); err != nil {
				t.Fatal(err)
			}
			b := p.open()
			b.goTo(signInPath)
			b.wantAccessible("signin")
			b.signIn("quan-tri", chosen)
			for _, r := range p.s.routes {
				if path := fill(r.path); r.method == "GET" && !r.open {
					b.goTo(path)
					b.wantAccessible("page" + path)
				}
			}
			b.goTo("/khong-co")
			b.wantAccessible("404")
		})
	}
}

func TestPaperHasThePageAndNotItsNavigation(t *testing.T) {
	p := newPlace(t, nil)
	p.settle("quan-tri", boss)
	b := p.open()
	b.signIn("quan-tri", chosen)
	b.goTo(accountsPath)
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	if !ask(b, chromedp.Evaluate[bool](`["nav", ".who", ".skip", "footer", ".actions"].every(s => getComputedStyle(document.querySelector(s)).display === "none")
		&& ["h1", "table", ".brand"].every(s => getComputedStyle(document.querySelector(s)).display !== "none")`)) {
		t.Error("navigation is printed, or the page is not")
	}
	if pdf := ask(b, chromedp.PrintToPDF()); len(pdf) < 1000 {
		t.Errorf("the print has %d bytes", len(pdf))
	}
}
