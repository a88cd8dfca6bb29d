package web

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/bundle"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/layout"
	"lgsp.internal/adapter/report/office"
	"lgsp.internal/adapter/report/reminder"
)

func TestAReportIsDownloadedInEveryFormat(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Confirmed)
	b := p.signIn("can-bo")
	for _, k := range layout.Formats() {
		for path, name := range map[string]string{ourPath + "/tai/": "bao-cao-2026-H1-H29.11.", ourPath + "/phien-ban/1/tai/": "bao-cao-2026-H1-H29.11-phien-ban-1."} {
			got := b.get(path+string(k.Format)).want(t, 200)
			if got.header.Get("Content-Type") != k.MIME || got.header.Get("Content-Disposition") != "attachment; filename="+name+string(k.Format) || got.header.Get("X-Content-Type-Options") != "nosniff" || got.text == "" {
				t.Errorf("%s%s: %v", path, k.Format, got.header)
			}
		}
	}
	paper, err := layout.ReadJSON(strings.NewReader(b.get(ourPath + "/tai/json").text))
	if err != nil || paper.Report.Total.Messages.Received != 40 || paper.Draft {
		t.Errorf("the JSON says %+v, %v", paper.Report.Total.Messages, err)
	}
	p.exchange(1) // which changes nothing that is frozen
	b.get(ourPath+"/tai/exe").want(t, 404)
	for _, version := range []string{"0", "2", "-1", "x", "01", "99999999999999999999"} {
		b.get(ourPath+"/phien-ban/"+version).want(t, 404)
		b.get(ourPath+"/phien-ban/"+version+"/tai/pdf").want(t, 404)
	}
	if got := p.signIn("cong-an").get(wholePath+"/tai/docx").want(t, 200); !strings.Contains(got.header.Get("Content-Disposition"), "bao-cao-2026-H1-tinh-du-thao.docx") {
		t.Errorf("a draft is called %s", got.header.Get("Content-Disposition"))
	}
}

func TestAVersionStaysAsItWasFrozen(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Returned)
	if _, err := p.desk().Save(context.Background(), ours, p.filing(ours).Revision, report.Statement{Difficulties: "Chữ mới.", Proposals: "Không có."}, clerkWho); err != nil {
		t.Fatal(err)
	}
	p.bring(ours, filing.Confirmed)
	b := p.signIn("cong-an")
	b.get(ourPath+"/phien-ban/1").want(t, 200, "Đường truyền của một xã hay gián đoạn.", "phiên bản 1").without(t, "Chữ mới.")
	b.get(ourPath+"/phien-ban/2").want(t, 200, "Chữ mới.").without(t, "Đường truyền của một xã")
	b.get(ourPath+"/xem").want(t, 200, "Chữ mới.")
}

func TestEverythingOfAPeriodIsOneZIP(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Confirmed)
	b := p.signIn("cong-an")
	got := b.post("/", boardPath+"/tat-ca", "format", "docx", "format", "csv", "format", "exe").want(t, 200)
	if got.header.Get("Content-Disposition") != "attachment; filename=bao-cao-2026-H1.zip" || got.header.Get("Content-Type") != "application/zip" {
		t.Errorf("it comes as %v", got.header)
	}
	z, err := zip.NewReader(strings.NewReader(got.text), int64(len(got.text)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		one := map[string]string{"H29.11/bao-cao-2026-H1-H29.11.csv": ourPath + "/tai/csv", "tinh/bao-cao-2026-H1-tinh-du-thao.docx": wholePath + "/tai/docx"}[f.Name]
		if one != "" && !bytes.Equal(content, []byte(b.get(one).text)) {
			t.Errorf("%s is another than %s", f.Name, one)
		}
	}
	want := []string{"tinh/bao-cao-2026-H1-tinh-du-thao.docx", "tinh/bao-cao-2026-H1-tinh-du-thao.csv", "H29.11/bao-cao-2026-H1-H29.11.docx", "H29.11/bao-cao-2026-H1-H29.11.csv"}
	if !slices.Equal(names, want) {
		t.Errorf("the ZIP holds %v", names)
	}
	b.post("/", boardPath+"/tat-ca").want(t, 422, "Hãy chọn ít nhất một định dạng.", `id="f-format-problem"`)
}

func TestAReportThatCannotBeMadeIsNoFile(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Confirmed)
	p.bring(whole, filing.Consolidated)
	if err := p.db.Settle(context.Background(), damage); err != nil {
		t.Fatal(err)
	}
	b := p.signIn("cong-an")
	if got := b.get(ourPath+"/tai/docx").want(t, 500); got.header.Get("Content-Disposition") != "" {
		t.Error("the page of an error is given as a file")
	}
	req, err := http.NewRequest(http.MethodPost, p.http.URL+boardPath+"/tat-ca", strings.NewReader("format=csv&csrf="+b.token("/")))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := b.http.Do(req)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if err == nil {
		t.Error("half a ZIP looks like a whole one")
	}
}

func TestFewReportsAreMadeAtOnce(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Confirmed)
	b := p.signIn("can-bo")
	for range makesMost {
		p.s.makes <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	req := httptest.NewRequest(http.MethodGet, ourPath+"/tai/csv", nil).WithContext(ctx)
	for _, c := range b.http.Jar.Cookies(mustURL(t, p.http.URL)) {
		req.AddCookie(c)
	}
	req.RemoteAddr = "127.0.0.1:1"
	w := httptest.NewRecorder()
	p.s.Handler().ServeHTTP(w, req)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("a third is answered %d", w.Code)
	}
	for range makesMost {
		<-p.s.makes
	}
	b.get(ourPath+"/tai/csv").want(t, 200)
	if len(p.s.makes) != 0 {
		t.Error("a turn was not given back")
	}
}

// damage changes what is frozen of our report, as nothing in the program does.
func damage(tx *sqlite.Tx) error {
	return tx.Do("update filing set frozen = x'78' where department = 'H29.11' and frozen is not null")
}

func mustURL(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// bundleOf is what another node tells of the period: no messages, and the report
// of the Department of Health, if that is confirmed there.
func bundleOf(t testing.TB, confirmed bool) []byte {
	t.Helper()
	other := newPlaceWith(t, func(p *place) *office.Office {
		return p.officeOf("co-so-2", report.Department{Code: "H29.26", Name: "Sở Y tế"})
	}, nil)
	other.at(vntime.Date(2026, 6, 15))
	other.bring(theirs, filing.Draft)
	if confirmed {
		other.bring(theirs, filing.Confirmed)
	}
	b, err := other.s.opt.Office.Bundle(context.Background(), half)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := bundle.Write(&out, otherNode(), b); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// give uploads a bundle; nil = no file was chosen.
func (b *browser) give(content []byte) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("csrf", b.token("/"))
	if content != nil {
		w, err := form.CreateFormFile("goi", "y-te.lgspd")
		if err != nil {
			b.t.Fatal(err)
		}
		_, _ = w.Write(content)
	}
	_ = form.Close()
	req, err := http.NewRequest(http.MethodPost, b.p.http.URL+boardPath+"/goi", &body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return b.do(req)
}

func TestABundleOfAnotherNodeIsTakenIn(t *testing.T) {
	p := newDesk(t, nil)
	b := p.signIn("cong-an")
	good := bundleOf(t, true)
	b.give(nil).want(t, 422, "Chưa chọn tệp gói số liệu.", `id="f-goi-problem"`)
	b.give([]byte("x")).want(t, 422, "không phải là gói số liệu")
	b.give(bytes.Replace(good, []byte("Sở Y tế"), []byte("Sở Y tê"), 1)).want(t, 422, "Chữ ký không khớp")
	b.give(bytes.Repeat([]byte("x"), bundle.MostBytes+formBytes+1)).want(t, 413)
	p.wantState(theirs, filing.None)
	b.give(good).leads(t, boardPath)
	b.get(boardPath).want(t, 200, "Đã nhập gói của hệ thống co-so-2", "1 báo cáo đã xác nhận được đưa vào", "Các gói số liệu đã nhập", "Phạm Văn Thử")
	p.wantState(theirs, filing.Confirmed)
	b.give(good).leads(t, boardPath)
	b.get(boardPath).want(t, 200, "đã được nhập trước đó")
}

func TestAReportThatIsWrittenHereIsNotReplacedByABundle(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(theirs, filing.Draft)
	b := p.signIn("cong-an")
	b.give(bundleOf(t, true)).leads(t, boardPath)
	b.get(boardPath).want(t, 200, "0 báo cáo đã xác nhận được đưa vào", "Báo cáo của Sở Y tế trong gói chưa được đưa vào")
	p.wantState(theirs, filing.Draft)
}

func TestTheBoardIsFilteredAndCounted(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Confirmed)
	p.pass(10 * 24 * time.Hour)
	b := p.signIn("cong-an")
	b.get(boardPath).want(t, 200, "Tổng số 2 đơn vị, trong đó trễ hạn 1", "Quá hạn 9 ngày", "Đúng hạn", "Sở Tư pháp", "Sở Y tế")
	b.get(boardPath+"?loc=confirmed").want(t, 200, "Sở Tư pháp").without(t, "Sở Y tế")
	b.get(boardPath+"?loc=late").want(t, 200, "Sở Y tế").without(t, "Sở Tư pháp")
	b.get(boardPath+"?loc=waits").want(t, 200, "Sở Y tế").without(t, "Sở Tư pháp")
	b.get(boardPath+"?loc=received").want(t, 200, "Không có đơn vị nào ở trạng thái này.")
	b.get(boardPath+"?loc=x").want(t, 200, "Sở Tư pháp", "Sở Y tế")
}

func TestTheBoardTellsOfMailsThatAsked(t *testing.T) {
	list := func(_ context.Context, p report.Period) ([]reminder.Reminder, error) {
		one := func(occasion, to string, s reminder.State, about ...string) reminder.Reminder {
			return reminder.Reminder{Period: p, Occasion: occasion, Recipient: to, State: s, About: about, Changed: start}
		}
		return []reminder.Reminder{one("before-2", "sotuphap@example.vn", reminder.Sent, "H29.11"), one("province-after-1", "congan@example.vn", reminder.Unsure, "H29.26"),
			one("after-3", "soyte@example.vn", reminder.Waiting, "H29.26")}, nil
	}
	p := newDesk(t, func(o *Options) { o.Reminders = list })
	p.signIn("cong-an").get(boardPath).want(t, 200, "Trước hạn 2 ngày làm việc", "sotuphap@example.vn", "Báo cáo chung, quá hạn 1 ngày làm việc", "Không rõ đã gửi hay chưa").without(t, "soyte@example.vn")
	p.signIn("can-bo").get(ourPath).want(t, 200).without(t, "example.vn")
}

// The year's report takes the place of one of the second half.
func TestTheReportsThatAreAskedForAreThoseOfTheFirstHalfAndOfTheYear(t *testing.T) {
	for day, want := range map[vntime.Day][]string{
		vntime.Date(2026, 6, 14):  {"2025", "2026-H1", "2026"},
		vntime.Date(2026, 6, 15):  {"2026-H1", "2026"},
		vntime.Date(2026, 12, 14): {"2026-H1", "2026"},
		vntime.Date(2026, 12, 15): {"2026", "2027-H1", "2027"},
	} {
		over, running := periodsAround(day.Begin())
		var got []string
		for _, p := range append([]report.Period{over}, running...) {
			got = append(got, p.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("on %s %v are asked for, want %v", day, got, want)
		}
	}
}
