package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report/filing"
)

// What every role gets of every route of reports. ours and theirs are those of
// can-bo's department and of another; 0 = the route has no department in it.
func TestEachReportIsShownToItsDepartmentAndThePolice(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Confirmed)
	p.bring(theirs, filing.Confirmed)
	browsers := map[account.Role]*browser{account.Officer: p.signIn("can-bo"), account.Police: p.signIn("cong-an"), account.Admin: p.signIn("quan-tri")}
	token := map[account.Role]string{}
	for role, b := range browsers {
		token[role] = b.token("/")
	}
	place := strings.NewReplacer("{period}", "2026-H1", "{version}", "1", "{format}", "json")
	type want struct{ own, other, police, province int }
	rows := map[string]want{
		"GET /bao-cao":                                                  {own: 200, police: 200},
		"POST /bao-cao":                                                 {own: 422, police: 422},
		"GET /bao-cao/{period}":                                         {own: 303, police: 200},
		"GET /bao-cao/{period}/{unit}":                                  {200, 404, 200, 200},
		"GET /bao-cao/{period}/{unit}/xem":                              {200, 404, 200, 200},
		"GET /bao-cao/{period}/{unit}/tai/{format}":                     {200, 404, 200, 200},
		"GET /bao-cao/{period}/{unit}/phien-ban/{version}":              {200, 404, 200, 404},
		"GET /bao-cao/{period}/{unit}/phien-ban/{version}/tai/{format}": {200, 404, 200, 404},
		"GET /bao-cao/{period}/{unit}/sua":                              {303, 404, 403, 200},
		"POST /bao-cao/{period}/{unit}/sua":                             {409, 404, 403, 0},
		"GET /bao-cao/{period}/{unit}/xac-nhan":                         {303, 404, 403, 403},
		"POST /bao-cao/{period}/{unit}/xac-nhan":                        {303, 404, 403, 403},
		"POST /bao-cao/{period}/{unit}/mo-lai":                          {303, 404, 403, 403},
		"POST /bao-cao/{period}/{unit}/tiep-nhan":                       {403, 403, 303, 303},
		"POST /bao-cao/{period}/{unit}/tra-lai":                         {403, 403, 422, 422},
		"POST /bao-cao/{period}/goi":                                    {own: 403, police: 400}, // it has no parts
		"POST /bao-cao/{period}/tat-ca":                                 {own: 403, police: 422},
		"POST /bao-cao/{period}/tinh/tong-hop":                          {own: 403, police: 0},
		"POST /bao-cao/{period}/tinh/ban-hanh":                          {own: 403, police: 422},
	}
	for _, r := range reportRoutes() {
		row, ok := rows[r.method+" "+r.path]
		if !ok {
			t.Errorf("%s %s: the test does not say who may open it", r.method, r.path)
			continue
		}
		check := func(what string, role account.Role, unit string, status int) {
			t.Helper()
			path := strings.ReplaceAll(place.Replace(r.path), "{unit}", unit)
			if status == 0 {
				return // told by a test of its own
			}
			var got answer
			if r.method == http.MethodGet {
				got = browsers[role].get(path)
			} else {
				got = browsers[role].send(path, url.Values{"csrf": {token[role]}, "seen": {"0"}})
			}
			if got.status != status {
				t.Errorf("%s %s for %s: %d, want %d", r.method, path, what, got.status, status)
			}
		}
		check("an officer", account.Officer, "H29.11", row.own)
		check("the police", account.Police, "H29.26", row.police)
		check("an admin", account.Admin, "H29.11", 403)
		if strings.Contains(r.path, "{unit}") {
			check("the police", account.Police, provinceUnit, row.province)
			for _, unit := range []string{"H29.26", provinceUnit, "H29.99", "x"} {
				check("an officer", account.Officer, unit, row.other)
			}
			for _, unit := range []string{"H29.99", "x"} {
				missing := 404
				if r.roles[0] == account.Officer && len(r.roles) == 1 {
					missing = 403
				}
				check("the police", account.Police, unit, missing)
			}
		}
	}
	p.wantState(ours, filing.Confirmed)
	p.wantState(theirs, filing.Confirmed)
}

func TestWithoutAnOfficeThereAreNoPagesOfReports(t *testing.T) {
	p := newDesk(t, func(o *Options) { o.Office = nil })
	b := p.signIn("can-bo")
	b.get("/").want(t, 200).without(t, "/bao-cao", "Việc cần làm")
	b.get("/bao-cao").want(t, 404)
	b.get(ourPath).want(t, 404)
}

func TestAnOtherDepartmentsReportLooksAsIfItWereNotThere(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(theirs, filing.Confirmed)
	b := p.signIn("can-bo")
	if there, not := b.get(theirPath).want(t, 404), b.get(boardPath+"/H29.99").want(t, 404); there.text != not.text {
		t.Errorf("they differ:\n%s\n%s", there.text, not.text)
	}
	b.get(boardPath).leads(t, ourPath)
	for _, page := range []string{"/", "/bao-cao", ourPath} {
		b.get(page).want(t, 200).without(t, "Sở Y tế", "H29.26")
	}
	p.signIn("quan-tri").get("/").want(t, 200).without(t, "Việc cần làm", "/bao-cao")
}

func TestAPeriodThatIsNoneHasNoPage(t *testing.T) {
	p := newDesk(t, nil)
	b := p.signIn("cong-an")
	for _, period := range []string{"2027-H1", "2026-H3", "x", "1900", "2025-12-15..2026-06-14", "2026-06-16..2026-06-20", "2026-02-01..2026-01-01"} {
		b.get("/bao-cao/"+period).want(t, 404)
		b.get("/bao-cao/"+period+"/tinh").want(t, 404)
	}
	b.get("/bao-cao/2026-02-01..2026-03-31").want(t, 200, "từ ngày 1/2/2026 đến ngày 31/3/2026")
	b.get("/bao-cao/2026-H2").want(t, 200, "kỳ báo cáo kết thúc ngày 14/12/2026")
}

func TestAnyDaysAreOpenedAsAPeriod(t *testing.T) {
	p := newDesk(t, nil)
	b := p.signIn("cong-an")
	open := func(from, to string) answer { return b.post("/bao-cao", "/bao-cao", "from", from, "to", to) }
	open("2026-02-01", "2026-03-31").leads(t, "/bao-cao/2026-02-01..2026-03-31")
	open("2025-12-15", "2026-06-14").leads(t, "/bao-cao/2026-H1")
	open("", "x").want(t, 422, "Có 2 mục cần sửa", "Từ ngày: hãy nhập một ngày có thật.", "Đến hết ngày: hãy nhập một ngày có thật.")
	open("2026-03-31", "2026-02-01").want(t, 422, "ngày cuối phải sau ngày đầu", `value="2026-03-31"`)
	open("2020-01-01", "2026-02-01").want(t, 422, "không quá ba năm")
	open("2026-07-01", "2026-07-02").want(t, 422, "kỳ báo cáo chưa bắt đầu")
}

func TestReadingReportsChangesNothing(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Confirmed)
	p.bring(whole, filing.Consolidated)
	b := p.signIn("cong-an")
	place := strings.NewReplacer("{period}", "2026-H1", "{version}", "1", "{format}", "json")
	before := len(p.record())
	for _, r := range reportRoutes() {
		for _, unit := range []string{"H29.11", provinceUnit} {
			path := strings.ReplaceAll(place.Replace(r.path), "{unit}", unit)
			b.get(path)
			b.get(path + "?do=save&seen=0&reason=x&csrf=" + b.token("/"))
		}
	}
	if after := len(p.record()); after != before {
		t.Errorf("%d entries were added to the record", after-before)
	}
	p.wantState(ours, filing.Confirmed)
	p.wantState(whole, filing.Consolidated)
}

// The page of a period is needed all the same when a bundle cannot be used any more.
func TestABoardWithoutItsBundlesSaysSo(t *testing.T) {
	p := newDesk(t, nil)
	b := p.signIn("cong-an")
	b.give(bundleOf(t, false)).leads(t, boardPath)
	if err := p.db.Settle(context.Background(), func(tx *sqlite.Tx) error { return tx.Do("update bundle set raw = x'78'") }); err != nil {
		t.Fatal(err)
	}
	b.get(boardPath).want(t, 200, "Các gói số liệu đã nhập của kỳ này không dùng được nữa", "Sở Tư pháp")
}
