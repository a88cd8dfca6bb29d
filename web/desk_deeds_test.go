package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
)

func TestAReportGoesFromTheFirstWordToItsNumber(t *testing.T) {
	p := newDesk(t, nil)
	officer, police := p.signIn("can-bo"), p.signIn("cong-an")
	officer.get("/").want(t, 200, "Báo cáo chưa được lập", ourPath+"/sua")
	officer.reply(ourPath+"/sua", ourPath+"/sua", "do", "save", "difficulties", "Đường truyền chậm.\r\nMất điện.").leads(t, ourPath+"/sua")
	if got := p.filing(ours).Statement.Difficulties; got != "Đường truyền chậm.\nMất điện." {
		t.Errorf("stored is %q", got)
	}
	officer.reply(ourPath+"/sua", ourPath+"/sua", "do", "complete", "difficulties", "Đường truyền chậm.").want(t, 422, "Có 1 mục cần sửa", "Đề xuất, kiến nghị: chưa có nội dung.", "đã được lưu nháp", "Đường truyền chậm.")
	officer.reply(ourPath+"/sua", ourPath+"/sua", "do", "complete", "difficulties", "Đường truyền chậm.", "proposals", "Không có.").leads(t, ourPath)
	officer.get("/").want(t, 200, "Xem lại và xác nhận", ourPath+"/xac-nhan")
	officer.get(ourPath+"/sua").leads(t, ourPath)
	officer.reply(ourPath, ourPath+"/mo-lai").leads(t, ourPath)
	p.wantState(ours, filing.Draft)
	p.bring(ours, filing.Completed)
	officer.get(ourPath+"/xac-nhan").want(t, 200, "đơn vị chịu trách nhiệm", "DỰ THẢO", `<article class="paper"`, p.s.views.paperPath)
	officer.reply(ourPath+"/xac-nhan", ourPath+"/xac-nhan").leads(t, ourPath)
	officer.get(ourPath).want(t, 200, "Đã xác nhận và gửi báo cáo", "Công an đang xem", "Đã xác nhận, chờ tiếp nhận")

	police.get("/").want(t, 200, "1 báo cáo đã gửi đang chờ tiếp nhận", boardPath+"?loc=confirmed#bang")
	police.reply(ourPath, ourPath+"/tra-lai", "reason", " \n").want(t, 422, "hãy ghi rõ cần sửa gì", "<details open>")
	police.reply(ourPath, ourPath+"/tra-lai", "reason", "Số 079080000009 là của ai?").want(t, 422, "số giống số định danh của công dân", "Số 079080000009 là của ai?")
	police.reply(ourPath, ourPath+"/tra-lai", "reason", "Thiếu Phòng Hộ tịch.").leads(t, ourPath)
	officer.get("/").want(t, 200, "Công an trả lại báo cáo", "Lý do trả lại: Thiếu Phòng Hộ tịch.")
	officer.get(ourPath+"/sua").want(t, 200, "Thiếu Phòng Hộ tịch.", "Đường truyền chậm.")
	p.bring(ours, filing.Confirmed)
	police.reply(ourPath, ourPath+"/tiep-nhan").leads(t, ourPath)
	officer.get(ourPath).want(t, 200, "Kỳ này đã xong", "Xem phiên bản 1", "Xem phiên bản 2", "Trần Thị Thử", "Phạm Văn Thử", "Thiếu Phòng Hộ tịch.")

	police.get(wholePath).want(t, 200, "1 báo cáo đã tiếp nhận, 0 đã xác nhận chưa tiếp nhận, 1 đơn vị chưa có báo cáo.")
	police.reply(wholePath+"/sua", wholePath+"/sua", "do", "save", "assessment", "Nhìn chung ổn định.").leads(t, wholePath+"/sua")
	police.reply(wholePath, wholePath+"/tong-hop").leads(t, wholePath)
	police.reply(ourPath, ourPath+"/tra-lai", "reason", "Muộn.").want(t, 422, "đã có trong báo cáo của tỉnh, thành phố", "Muộn.")
	p.bring(theirs, filing.Confirmed)
	police.reply(wholePath, wholePath+"/tong-hop", "confirmed", "1").want(t, 422, "hãy nêu lý do", `name="confirmed" value="1" checked`)
	police.reply(wholePath, wholePath+"/tong-hop", "confirmed", "1", "reason", "Thêm Sở Y tế.").leads(t, wholePath)
	whole, err := p.desk().Province(context.Background(), half, 2)
	if err != nil || len(whole.Parts) != 2 || whole.Statement.Assessment != "Nhìn chung ổn định." || whole.Reason != "Thêm Sở Y tế." {
		t.Errorf("consolidated is %+v, %v", whole, err)
	}
	police.reply(wholePath, wholePath+"/ban-hanh", "number", "5", "date", "2026-06-15").want(t, 422, "hãy viết như 05/BC-CATP", `value="5"`)
	police.reply(wholePath, wholePath+"/ban-hanh", "number", "05/BC-CATP", "date", "2026-06-14").want(t, 422, "từ ngày tổng hợp (15/06/2026) đến hôm nay", "05/BC-CATP")
	police.reply(wholePath, wholePath+"/ban-hanh", "number", "05/BC-CATP", "date", "").want(t, 422, "từ ngày tổng hợp")
	police.reply(wholePath, wholePath+"/ban-hanh", "number", "05/BC-CATP", "date", "2026-06-15").leads(t, wholePath)
	police.get(wholePath).want(t, 200, "Kỳ này đã xong", "05/BC-CATP", "15/06/2026").without(t, "/tong-hop", "/ban-hanh")

	var said []string
	for _, e := range p.record() {
		if e.Report != "" {
			said = append(said, string(e.Event)+" "+e.Report+" "+e.Operator)
		}
	}
	for _, want := range []audit.Event{audit.ReportConfirmed, audit.ReportReopened} {
		if !strings.Contains(strings.Join(said, "\n"), string(want)+" 2026-H1/H29.11 can-bo (Trần Thị Thử)") {
			t.Errorf("%s is not on record by whom it was done:\n%s", want, strings.Join(said, "\n"))
		}
	}
}

func TestWhatWasTypedIsShownAgainWhereOthersWereFaster(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Draft)
	b := p.signIn("can-bo")
	seen := hidden(b.get(ourPath+"/sua").text, "seen")
	s := told()
	s.Proposals, s.Checks = "Ý kiến của người khác.", []report.Check{{On: vntime.Date(2026, 3, 5), By: "Phòng PA05", Subject: "Hệ thống một cửa", Result: "Đạt."}}
	if _, err := p.desk().Save(context.Background(), ours, p.filing(ours).Revision, s, filing.Who{Account: "khac", Name: "Lý Thị Khác"}); err != nil {
		t.Fatal(err)
	}
	page := b.post(ourPath+"/sua", ourPath+"/sua", "seen", seen, "do", "save", "proposals", "Ý kiến của tôi.", "difficulties", s.Difficulties, "assessment", s.Assessment).
		want(t, 409, "Lý Thị Khác đã lưu nội dung khác", "Nội dung đang lưu", "Ý kiến của người khác.", ">Ý kiến của tôi.</textarea>", "Phòng PA05")
	if p.filing(ours).Statement.Proposals != "Ý kiến của người khác." {
		t.Error("what others have stored is overwritten")
	}
	now := hidden(page.text, "seen")
	b.post(ourPath+"/sua", ourPath+"/sua", "seen", now, "do", "save", "proposals", "Ý kiến của tôi.", "difficulties", s.Difficulties).leads(t, ourPath+"/sua")
	if p.filing(ours).Statement.Proposals != "Ý kiến của tôi." {
		t.Error("after the warning it is not stored")
	}
	p.bring(ours, filing.Confirmed)
	b.post("/", ourPath+"/sua", "seen", now, "do", "save", "proposals", "Viết muộn.").want(t, 409, ">Viết muộn.</textarea>")
	for _, seen := range []string{"", "-1", "x"} {
		b.post("/", ourPath+"/sua", "seen", seen, "do", "save").want(t, 400)
	}
}

func TestFiguresThatChangedAreShownBeforeTheyAreConfirmed(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Completed)
	b := p.signIn("can-bo")
	page := b.get(ourPath+"/xac-nhan").want(t, 200).text
	seen, figures := hidden(page, "seen"), hidden(page, "figures")
	p.at(vntime.Date(2026, 6, 14))
	p.exchange(3)
	p.at(vntime.Date(2026, 6, 15))
	after := b.post("/", ourPath+"/xac-nhan", "seen", seen, "figures", figures).want(t, 409, "Số liệu của kỳ đã khác", "43", "Xác nhận và gửi Công an")
	p.wantState(ours, filing.Completed)
	if hidden(after.text, "figures") == figures {
		t.Error("the page has the old figures")
	}
	b.post("/", ourPath+"/xac-nhan", "seen", seen, "figures", hidden(after.text, "figures")).leads(t, ourPath)
	p.wantState(ours, filing.Confirmed)
}

func TestNothingIsConfirmedOrConsolidatedBeforeThePeriodIsOver(t *testing.T) {
	p := newDesk(t, nil)
	p.bring(ours, filing.Completed)
	p.at(vntime.Date(2026, 6, 14))
	b := p.signIn("can-bo")
	b.get(ourPath+"/xac-nhan").leads(t, ourPath)
	b.get(ourPath).want(t, 200, "Kỳ báo cáo đến hết ngày 14/06/2026", "Từ ngày 15/06/2026")
	b.post("/", ourPath+"/xac-nhan", "seen", fmt.Sprint(p.filing(ours).Revision), "figures", "x").leads(t, ourPath)
	p.wantState(ours, filing.Completed)
	police := p.signIn("cong-an")
	police.get(wholePath).want(t, 200).without(t, "/tong-hop", "/ban-hanh")
	police.post("/", wholePath+"/tong-hop", "seen", "0").leads(t, wholePath)
	p.wantState(whole, filing.None)
}

func TestWhatIsWrongInAStatementIsToldBesideEachField(t *testing.T) {
	p := newDesk(t, nil)
	b := p.signIn("can-bo")
	send := func(pairs ...string) answer {
		return b.post("/", ourPath+"/sua", append([]string{"seen", "0", "do", "save"}, pairs...)...)
	}
	row := func(kind string, n int, cells ...string) (pairs []string) {
		columns := checkColumns[:]
		if kind == "corrections" {
			columns = correctionColumns[:]
		}
		for i, c := range cells {
			pairs = append(pairs, cell(kind, n, columns[i]), c)
		}
		return pairs
	}
	send("tasks", strings.Repeat("á", 20_001)).want(t, 422, "Nhiệm vụ kỳ tới: quá dài, tối đa 20000 ký tự.", `id="f-tasks-problem"`, `href="#f-tasks"`)
	send("proposals", "Số 079080000009").want(t, 422, "Đề xuất, kiến nghị: có dãy 9 hoặc 12 chữ số")
	send(row("checks", 1, "31/3/2026", "PA05", "Máy chủ", "Đạt", "")...).want(t, 422, "Lần kiểm tra 1, Ngày: phải là một ngày có thật, từ 15/12/2025 đến 14/06/2026.", `value="31/3/2026"`)
	// An empty row and one that is struck out are left out, and the rest is counted on.
	pairs := append(row("checks", 1, "", " ", "", "", ""), row("checks", 2, "2026-03-05", "PA05", "", "Đạt", "")...)
	pairs = append(pairs, append(row("checks", 3, "2026-03-05", "xóa đi", "", "", ""), "checks-3-remove", "1")...)
	send(append(pairs, row("corrections", 1, "Hồ sơ", "4", "", "Thử")...)...).want(t, 422, "Có 2 mục cần sửa", "Lần kiểm tra 1, Nội dung kiểm tra: chưa có nội dung.", "Số liệu điều chỉnh 1, Số đúng: chưa có nội dung.",
		`id="f-checks-1-by" name="checks-1-by" type="text" value="PA05"`).without(t, "xóa đi")
	var many []string
	for n := range filing.MaxRows + 40 {
		many = append(many, row("corrections", n+1, "Hồ sơ", "4", "5", "Thử")...)
	}
	send(many...).want(t, 422, "quá nhiều hàng, tối đa 100").without(t, "corrections-102-item")
	p.wantState(ours, filing.None)
	send("tasks", strings.Repeat("á", 2<<20)).want(t, 413)
}

func TestRowsAreAddedWithoutAScript(t *testing.T) {
	p := newDesk(t, nil)
	b := p.signIn("can-bo")
	b.get(ourPath+"/sua").want(t, 200, "checks-1-by", "corrections-1-item").without(t, "checks-2-by", "remove")
	b.reply(ourPath+"/sua", ourPath+"/sua", "do", "checks", "checks-1-on", "2026-03-05", "checks-1-by", "PA05", "checks-1-subject", "Máy chủ", "checks-1-result", "Đạt").leads(t, ourPath+"/sua?them=checks#checks")
	b.get(ourPath+"/sua?them=checks").want(t, 200, "checks-4-by", "corrections-1-item", "checks-1-remove", `value="2026-03-05"`).without(t, "checks-5-by", "checks-2-remove", "corrections-2-item")
	s := told()
	for range filing.MaxRows {
		s.Corrections = append(s.Corrections, report.Correction{Item: "Hồ sơ", Right: "5", Reason: "Thử"})
	}
	if _, err := p.desk().Save(context.Background(), ours, p.filing(ours).Revision, s, clerkWho); err != nil {
		t.Fatal(err)
	}
	b.get(ourPath+"/sua?them=corrections").want(t, 200, "corrections-100-item").without(t, "corrections-101-item")
}

func TestWhatWasTypedStaysWhenItCannotBeStored(t *testing.T) {
	busy := func(v *visit) error {
		return v.unsaved(ours, typedIn(v.form), "save", &lgsp.Error{Kind: lgsp.Throttled, Op: "filing.save", Code: "Busy"})
	}
	p := newDesk(t, nil, route{method: "POST", path: "/ban", roles: everyRole(), do: busy})
	got := p.signIn("can-bo").post("/", "/ban", "tasks", "Viết đã lâu.").want(t, 503, ">Viết đã lâu.</textarea>", "chưa được lưu")
	if got.header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
}
