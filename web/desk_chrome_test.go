package web

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"lgsp.internal/adapter/report/filing"
)

// leave signs out, and another signs in.
func (b *tab) leave(next string) {
	b.t.Helper()
	b.submit(".who button")
	b.signIn(next, chosen)
}

func TestPeopleBringAReportToItsNumber(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(theirs, filing.Received)
	b := p.open()
	b.signIn("can-bo", chosen)
	b.wantPage("Trang chủ", "Việc cần làm", "Báo cáo chưa được lập")
	b.submit(".task.todo a.button")
	b.wantPage("Nội dung báo cáo 6 tháng đầu năm 2026 – Sở Tư pháp")
	b.fill("difficulties", "Đường truyền chậm.", "checks-1-by", "Phòng PA05")
	b.submit(`button[value="complete"]:not(.second)`)
	b.wantPage("Nội dung báo cáo 6 tháng đầu năm 2026 – Sở Tư pháp", "Có 3 mục cần sửa", "Lần kiểm tra 1, Ngày: phải là một ngày có thật")
	b.wantAccessible("statement-problems")
	b.fill("proposals", "Không có.", "checks-1-on", "2026-03-05", "checks-1-subject", "Máy chủ", "checks-1-result", "Đạt yêu cầu.")
	b.submit(`button[value="complete"]:not(.second)`)
	b.wantPage("Báo cáo 6 tháng đầu năm 2026 – Sở Tư pháp", "Báo cáo đã hoàn thiện.")
	b.submit(".next a.button")
	b.wantPage("Xác nhận báo cáo 6 tháng đầu năm 2026 – Sở Tư pháp", "Đường truyền chậm.", "đơn vị chịu trách nhiệm")
	b.submit("#xac-nhan button")
	b.wantPage("Báo cáo 6 tháng đầu năm 2026 – Sở Tư pháp", "Đã xác nhận và gửi báo cáo đến Công an.")

	b.leave("cong-an")
	b.wantPage("Trang chủ", "1 báo cáo đã gửi đang chờ tiếp nhận.")
	b.submit(".task.todo a.button")
	b.wantPage("Báo cáo 6 tháng đầu năm 2026", "Chờ tiếp nhận 1", "Sở Tư pháp")
	b.submit("#bang tbody a")
	b.run(chromedp.Click(chromedp.CSS("#nhan summary")))
	b.fill("reason", "Thiếu Phòng Hộ tịch.")
	b.submit("#nhan button.grave")
	b.wantPage("Báo cáo 6 tháng đầu năm 2026 – Sở Tư pháp", "Đã trả lại báo cáo cho đơn vị.", "Bị trả lại")

	b.leave("can-bo")
	b.wantPage("Trang chủ", "Lý do trả lại: Thiếu Phòng Hộ tịch.")
	b.submit(".task.todo a.button")
	b.fill("assessment", "Đã bổ sung Phòng Hộ tịch.")
	b.submit(`button[value="complete"]:not(.second)`)
	b.submit(".next a.button")
	b.submit("#xac-nhan button")

	b.leave("cong-an")
	b.goTo(ourPath)
	b.submit("#nhan > form button")
	b.wantPage("Báo cáo 6 tháng đầu năm 2026 – Sở Tư pháp", "Đã tiếp nhận báo cáo.")
	b.goTo(boardPath)
	b.submit(".next a.button")
	b.submit("#tong-hop button")
	b.wantPage("Báo cáo 6 tháng đầu năm 2026 – Toàn tỉnh, thành phố", "Đã tổng hợp báo cáo của tỉnh, thành phố.")
	b.wantAccessible("consolidated")
	b.fill("number", "05/BC-CATP")
	b.submit("#ban-hanh button")
	b.wantPage("Báo cáo 6 tháng đầu năm 2026 – Toàn tỉnh, thành phố", "Kỳ này đã xong.", "05/BC-CATP")
	b.wantAccessible("issued")
	b.downloadZIP()
}

// downloadZIP presses the button of the board and waits for the whole file.
func (b *tab) downloadZIP() {
	b.t.Helper()
	folder := b.t.TempDir()
	b.goTo(boardPath)
	if _, err := chromedp.Call(b.ctx, cdpbrowser.SetDownloadBehavior, cdpbrowser.SetDownloadBehaviorParams{Behavior: "allow", DownloadPath: folder}); err != nil {
		b.t.Fatal(err)
	}
	b.run(chromedp.Click(chromedp.CSS(".deeds details:first-child summary")), chromedp.Click(chromedp.CSS(".deeds details:first-child button")))
	deadline := time.After(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if content, err := os.ReadFile(filepath.Join(folder, "bao-cao-2026-H1.zip")); err == nil && bytes.HasPrefix(content, []byte("PK")) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			b.t.Fatal("the ZIP did not come")
		}
	}
}

func TestTheKeyboardWritesAReport(t *testing.T) {
	p := newDesk(t, nil)
	b := p.open()
	b.signIn("can-bo", chosen)
	b.goTo(ourPath + "/sua")
	stop := func() string {
		return ask(b, chromedp.Evaluate[string](`document.activeElement.name || document.activeElement.className || document.activeElement.getAttribute("href") || ""`))
	}
	b.run(chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter)) // to the content
	var way []string
	for range 12 {
		b.run(chromedp.KeyEvent(kb.Tab))
		at := stop()
		way = append(way, at)
		switch at {
		case "difficulties":
			b.run(chromedp.KeyEvent("Không có."))
		case "proposals":
			b.run(chromedp.KeyEvent("Không có."))
		}
	}
	want := []string{ourPath, "do", "direction", "assessment", "incidents", "difficulties", "proposals", "tasks", "checks-1-on"}
	for i, w := range want {
		if way[i] != w {
			t.Fatalf("the keyboard goes %v, want %v", way, want)
		}
	}
	// Enter in a line of the form saves, and completes nothing.
	b.run(chromedp.Focus(chromedp.CSS("#f-checks-1-document")))
	b.press(kb.Enter)
	b.wantPage("Nội dung báo cáo 6 tháng đầu năm 2026 – Sở Tư pháp", "Đã lưu nháp.")
	p.wantState(ours, filing.Draft)
	b.run(chromedp.Focus(chromedp.CSS(`button[value="complete"]:not(.second)`)))
	b.press(kb.Enter)
	b.wantPage("Báo cáo 6 tháng đầu năm 2026 – Sở Tư pháp", "Đã hoàn thiện, chưa gửi")
	b.run(chromedp.Focus(chromedp.CSS(".next a.button")))
	b.press(kb.Enter)
	b.run(chromedp.Focus(chromedp.CSS("#xac-nhan button")))
	b.press(kb.Enter)
	p.wantState(ours, filing.Confirmed)
	b.goTo(ourPath + "/sua")
	b.wantPage("Báo cáo 6 tháng đầu năm 2026 – Sở Tư pháp", "không sửa được")
}

// Every page of reports, in both languages, wide and narrow.
func TestEveryPageOfReportsIsForEverybody(t *testing.T) {
	for _, lang := range []string{"vi", "en"} {
		t.Run(lang, func(t *testing.T) {
			p := newDesk(t, func(o *Options) { o.Lang = lang })
			b := p.open()
			visit := func(name string, paths ...string) {
				t.Helper()
				for _, path := range paths {
					b.goTo(path)
					ask(b, chromedp.Evaluate[bool](`[...document.querySelectorAll("details")].every(d => d.open = true)`))
					b.wantAccessible(name + path)
				}
			}
			b.signIn("can-bo", chosen)
			visit("none", "/", reportsPath, ourPath, ourPath+"/sua?them=checks", ourPath+"/xem")
			p.bring(ours, filing.Completed)
			visit("completed", "/", ourPath, ourPath+"/xac-nhan")
			p.bring(ours, filing.Returned)
			visit("returned", "/", ourPath, ourPath+"/sua", ourPath+"/phien-ban/1")
			p.bring(ours, filing.Confirmed)
			p.bring(theirs, filing.Received)
			b.leave("cong-an")
			p.pass(5 * time.Minute)
			visit("police", "/", reportsPath, boardPath, boardPath+"?loc=confirmed", ourPath, theirPath, wholePath, wholePath+"/sua", wholePath+"/xem")
			p.bring(whole, filing.Consolidated)
			visit("consolidated", "/", boardPath, wholePath, wholePath+"/phien-ban/1")
			b.goTo(wholePath)
			b.submit(`#tong-hop button`)
			b.wantAccessible("consolidate-problems")
			b.leave("quan-tri")
			visit("admin", "/")
		})
	}
}

func TestOnPaperAReportStandsAlone(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Confirmed)
	b := p.open()
	b.signIn("cong-an", chosen)
	for _, path := range []string{ourPath, ourPath + "/xem", wholePath + "/xem", ourPath + "/phien-ban/1"} {
		b.goTo(path)
		// What the page says of its own headings and tables stops at the document.
		if !ask(b, chromedp.Evaluate[bool](`["max-width", "color", "background-color"].every(s => getComputedStyle(document.querySelector(".paper h2"))[s] !== getComputedStyle(document.querySelector("main > h1"))[s] || s !== "color")
			&& getComputedStyle(document.querySelector(".paper p")).maxWidth === "none" && getComputedStyle(document.querySelector(".paper h2")).color === "rgb(0, 0, 0)"
			&& getComputedStyle(document.querySelector(".paper thead th")).backgroundColor === "rgba(0, 0, 0, 0)"`)) {
			t.Errorf("%s: the style of the page reaches into the document", path)
		}
		if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
			t.Fatal(err)
		}
		if !ask(b, chromedp.Evaluate[bool](`[".top", ".skip", "body > footer", "main > h1", "main > nav"].every(s => getComputedStyle(document.querySelector(s)).display === "none")
			&& getComputedStyle(document.querySelector("main > .paper")).display !== "none"`)) {
			t.Errorf("%s: what stands around the document is printed, or the document is not", path)
		}
		if pdf := ask(b, chromedp.PrintToPDF()); len(pdf) < 10_000 {
			t.Errorf("the print has %d bytes", len(pdf))
		}
		if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}); err != nil {
			t.Fatal(err)
		}
	}
}
