package layout_test

import (
	"time"

	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/layout"
)

// What the fixtures tell is invented.

func hash(c byte) string {
	b := make([]byte, 64)
	for i := range b {
		b[i] = "0123456789abcdef"[(int(c)+i*7)%16]
	}
	return string(b)
}

func lookUps(found, notFound, refused, failed int64) report.LookUps {
	asked := found + notFound + failed
	return report.LookUps{Total: asked + refused, Found: found, NotFound: notFound, Refused: refused, Failed: failed, Asked: asked,
		Took: asked*640 + 17, Slowest: 12_340, Within: report.Spans{asked - asked/4 - asked/10 - failed, asked / 4, asked / 10, 0, 0, failed}}
}

func messages(before, received, delivered, rejected int64) report.Messages {
	corrected := rejected - rejected/5
	waiting := before + received + 1 - delivered
	return report.Messages{Before: before, Received: received, Readmitted: 1, Delivered: delivered, Waiting: waiting, Parked: waiting / 3,
		Returned: delivered / 50, Retried: delivered / 9, Rejected: rejected, Corrected: corrected, Abandoned: rejected - corrected,
		Repeated: received / 40, Conflicted: rejected / 20, Denied: rejected / 30,
		Waited: delivered * 95_000, Longest: 31*3_600_000 + 12*60_000, Within: report.Spans{delivered / 2, delivered / 4, delivered - delivered/2 - delivered/4 - delivered/40, 0, delivered / 40, 0}}
}

// province is a half year of a province with five departments, one of which
// neither asked nor sent anything.
func province() layout.Paper {
	r := report.Report{
		Format: report.Format, Period: report.FirstHalf(2026), From: report.FirstHalf(2026).From, To: report.FirstHalf(2026).To, Over: true,
		Province: "tỉnh Lào Cai", At: time.Date(2026, 6, 15, 1, 5, 0, 0, time.UTC),
		Nodes: []report.Node{
			{Name: "lgspd-01", At: time.Date(2026, 6, 14, 16, 59, 58, 120_000_000, time.UTC), Seq: 1_284_511, Hash: hash(3)},
			{Name: "lgspd-02", At: time.Date(2026, 6, 14, 16, 41, 7, 0, time.UTC), Seq: 90_017, Hash: hash(9)},
		},
		Departments: []report.Department{{Code: "H38.11", Name: "Sở Tư pháp"}, {Code: "H38.12", Name: "Sở Y tế"}, {Code: "H38.13", Name: "Sở Nội vụ"},
			{Code: "H38.14", Name: "Bảo hiểm xã hội tỉnh"}, {Code: "H38.15", Name: "Sở Giáo dục và Đào tạo"}},
		Services: []report.Service{{Name: "bhyt.cap-the", Title: "Cấp thẻ bảo hiểm y tế"}, {Name: "dancu.tra-cuu", Title: "Tra cứu thông tin công dân"},
			{Name: "dancu.xac-thuc", Title: "Xác thực thông tin công dân"}, {Name: "hotich.khai-sinh", Title: "Đăng ký khai sinh"}, {Name: "hotich.khai-tu", Title: "Đăng ký khai tử"},
			{Name: "an-sinh.mai-tang-phi", Title: "Hỗ trợ chi phí mai táng"}},
		Systems: []report.System{
			{Department: "H38.11", Name: "hotich", Title: "Hệ thống đăng ký, quản lý hộ tịch", Level: 3, LevelDecision: report.Decision{Number: "88/QĐ-STP", Date: "2025-03-04"},
				Approvals: []report.Approval{
					{Service: "dancu.tra-cuu", State: "in force", Document: report.Decision{Number: "215/C06-TTDLDC", Date: "2025-06-10"}, From: "2025-07-01", Until: "2027-06-30", Fields: 14, Quota: 2000},
					{Service: "dancu.xac-thuc", State: "ended", Document: report.Decision{Number: "101/C06-TTDLDC", Date: "2024-02-02"}, From: "2024-03-01", Until: "2026-02-28", Fields: 6, Quota: 500}}},
			{Department: "H38.12", Name: "kcb", Title: "Hệ thống quản lý khám bệnh, chữa bệnh", Level: 3, LevelDecision: report.Decision{Number: "12/QĐ-SYT", Date: "2025-09-15"},
				Approvals: []report.Approval{{Service: "dancu.xac-thuc", State: "in force", Document: report.Decision{Number: "216/C06-TTDLDC", Date: "2025-06-10"}, From: "2025-07-01", Until: "2027-06-30", Fields: 6, Quota: 10000}}},
			{Department: "H38.13", Name: "cbcc", Title: "Hệ thống quản lý cán bộ, công chức, viên chức"},
		},
		LookUps: []report.LookUpLine{
			{Department: "H38.11", System: "hotich", Service: "dancu.tra-cuu", LookUps: lookUps(48_211, 1_204, 37, 12)},
			{Department: "H38.11", System: "hotich", Service: "dancu.xac-thuc", LookUps: lookUps(6_120, 88, 204, 3)},
			{Department: "H38.12", System: "kcb", Service: "dancu.xac-thuc", LookUps: lookUps(153_872, 4_410, 1_003, 241)},
			{Department: "H38.13", System: "", Service: "dancu.tra-cuu", LookUps: report.LookUps{Total: 6, Refused: 6}},
		},
		Messages: []report.MessageLine{
			{Department: "H38.11", Service: "hotich.khai-sinh", Messages: messages(14, 5_704, 5_690, 312)},
			{Department: "H38.11", Service: "hotich.khai-tu", Messages: messages(0, 1_873, 1_874, 61)},
			{Department: "H38.14", Service: "bhyt.cap-the", Messages: messages(3, 5_210, 5_198, 40)},
			{Department: "H38.13", Service: "an-sinh.mai-tang-phi", Messages: messages(0, 902, 880, 0)},
			{Department: "H38.13", Service: "", Messages: report.Messages{Denied: 2, Rejected: 1, Abandoned: 1}},
		},
		Notices: []report.NoticeLine{{Department: "H38.11", Notices: report.Notices{Before: 2, Opened: 18, Sent: 17, Closed: 15, Open: 5}},
			{Department: "H38.12", Notices: report.Notices{Opened: 1, Sent: 1, Open: 1}}},
		Fields: []report.FieldLine{
			{Department: "H38.11", Service: "hotich.khai-sinh", Field: "/KhaiSinh/NguoiDuocKhaiSinh/NgaySinh", Times: 120},
			{Department: "H38.11", Service: "hotich.khai-sinh", Field: "/KhaiSinh/Me/SoDinhDanh", Times: 97},
			{Department: "H38.14", Service: "bhyt.cap-the", Field: "=cmd|' /C calc'!A0", Times: 1},
		},
		Groups: []report.GroupLine{
			{Title: "Đăng ký khai sinh – đăng ký thường trú – cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi", Services: []string{"hotich.khai-sinh", "bhyt.cap-the"}, Received: 10_914, Delivered: 10_888, InTime: 10_617, Late: 271, Waiting: 45},
			{Title: "Đăng ký khai tử – xóa đăng ký thường trú – trợ cấp mai táng phí", Services: []string{"hotich.khai-tu", "an-sinh.mai-tang-phi"}, Received: 2_775, Delivered: 2_754, InTime: 2_685, Late: 69, Waiting: 23},
		},
		Backlogs: []report.BacklogLine{{Department: "H38.11", Most: 412, On: vntime.Date(2026, 3, 9)}, {Department: "H38.14", Most: 57, On: vntime.Date(2026, 3, 9)}},
		Outages: []report.OutageLine{
			{Node: "lgspd-01", Upstream: "ngsp", Line: "messages", Times: 3, Down: 4*3_600_000 + 25*60_000, Longest: 3*3_600_000 + 5*60_000, Began: time.Date(2026, 3, 9, 1, 12, 0, 0, time.UTC)},
			{Node: "lgspd-01", Upstream: "dancu", Line: "lookups", Times: 1, Down: 42_000, Longest: 42_000, Began: time.Date(2026, 4, 20, 7, 0, 0, 0, time.UTC)},
			{Node: "lgspd-02", Times: 1, Down: 15 * 60_000, Longest: 15 * 60_000, Began: time.Date(2026, 5, 2, 15, 0, 0, 0, time.UTC)},
		},
		Security: []report.SecurityLine{
			{Department: "H38.11", Event: "asked", Code: "Ended", Times: 204}, {Department: "H38.11", Event: "asked", Code: "Purpose", Times: 37},
			{Department: "H38.12", Event: "asked", Code: "Quota", Times: 1_003}, {Department: "H38.13", Event: "asked", Code: "NoSystem", Times: 6},
			{Department: "H38.13", Event: "denied", Code: "NotApproved", Times: 2}, {Event: "mapping-changed", Times: 4}, {Event: "new-event", Code: "NewCode", Times: 1},
		},
	}
	finish(&r)
	before := r.Total
	before.LookUps = lookUps(150_000, 9_001, 400, 99)
	before.Messages = messages(0, 12_345, 12_329, 500)
	before.Notices = report.Notices{Opened: 9, Sent: 9, Closed: 7, Open: 2}
	before.Outages, before.Down, before.Security = 5, 5*3_600_000, 1_257
	r.Before = &before
	return layout.Paper{
		Report: r,
		Statement: report.Statement{
			Direction:    "Công an tỉnh đã tham mưu UBND tỉnh ban hành Kế hoạch triển khai kết nối, chia sẻ dữ liệu dân cư năm 2026.\nTổ chức 02 lớp tập huấn cho cán bộ đầu mối của các sở, ban, ngành.",
			Assessment:   "Việc kết nối, chia sẻ dữ liệu cơ bản ổn định, đáp ứng yêu cầu giải quyết thủ tục hành chính.",
			Difficulties: "Một số phần mềm cũ chưa gửi đủ trường thông tin bắt buộc.",
			Proposals:    "Đề nghị Bộ Công an (C06) sớm ban hành danh mục mã dùng chung cập nhật.",
			Tasks:        "Tiếp tục kết nối hệ thống của Sở Giáo dục và Đào tạo.\nRà soát văn bản phê duyệt sắp hết hiệu lực.",
			Checks:       []report.Check{{On: vntime.Date(2026, 4, 14), By: "Công an tỉnh (PA05)", Subject: "Cấu hình bảo mật, mã độc, lỗ hổng của máy chủ kết nối", Result: "Không phát hiện lỗ hổng mức cao; đã khắc phục 01 cấu hình", Document: "Biên bản số 07/BB-PA05"}},
			Corrections:  []report.Correction{{Item: "Thông điệp đã chuyển của Sở Nội vụ", Recorded: "880", Right: "878", Reason: "02 thông điệp gửi thử khi nghiệm thu"}},
		},
		Statements: []layout.DepartmentStatement{
			{Code: "H38.11", Name: "Sở Tư pháp", Statement: report.Statement{Difficulties: "Cán bộ cấp xã mới còn lúng túng khi nhập địa chỉ theo đơn vị hành chính mới.", Proposals: "Đề nghị mở thêm lớp tập huấn.",
				Checks: []report.Check{{On: vntime.Date(2026, 5, 20), By: "Sở Khoa học và Công nghệ", Subject: "An toàn hệ thống thông tin cấp độ 3", Result: "Đạt yêu cầu"}}}},
			{Code: "H38.12", Name: "Sở Y tế", Statement: report.Statement{Incidents: "Ngày 20/4/2026 mất điện trung tâm dữ liệu trong 15 phút, không mất dữ liệu."}},
			{Code: "H38.15", Name: "Sở Giáo dục và Đào tạo"},
		},
		Submissions: []layout.Submission{
			{Code: "H38.11", Name: "Sở Tư pháp", State: layout.Received, At: time.Date(2026, 6, 15, 3, 0, 0, 0, time.UTC)},
			{Code: "H38.12", Name: "Sở Y tế", State: layout.Received, At: time.Date(2026, 6, 18, 9, 30, 0, 0, time.UTC), Late: true},
			{Code: "H38.13", Name: "Sở Nội vụ", State: layout.Returned, At: time.Date(2026, 6, 16, 2, 15, 0, 0, time.UTC)},
			{Code: "H38.14", Name: "Bảo hiểm xã hội tỉnh", State: layout.Confirmed, At: time.Date(2026, 6, 16, 8, 0, 0, 0, time.UTC)},
			{Code: "H38.15", Name: "Sở Giáo dục và Đào tạo", State: layout.Missing, Late: true},
		},
		Letterhead: layout.Letterhead{Parent: "Bộ Công an", Agency: "Công an tỉnh Lào Cai", Symbol: "BC-CAT", Place: "Lào Cai", Number: "412", Date: vntime.Date(2026, 6, 19),
			Signer:     layout.Signer{Authority: "KT. GIÁM ĐỐC", Position: "Phó Giám đốc", Name: "Lý Văn Mẫu"},
			Recipients: []string{"Bộ Công an (C06) (để báo cáo)", "UBND tỉnh (để báo cáo)", "Các sở, ban, ngành", "Lưu: VT, PC06"},
			Platform:   "Nền tảng tích hợp, chia sẻ dữ liệu tỉnh Lào Cai (LGSP)"},
	}
}

// finish makes totals and months of the lines.
func finish(r *report.Report) {
	t := &r.Total
	for _, l := range r.LookUps {
		t.LookUps = addLookUps(t.LookUps, l.LookUps)
	}
	for _, m := range r.Messages {
		t.Messages = addMessages(t.Messages, m.Messages)
	}
	for _, n := range r.Notices {
		t.Notices.Before += n.Before
		t.Notices.Opened += n.Opened
		t.Notices.Sent += n.Sent
		t.Notices.Closed += n.Closed
		t.Notices.Open += n.Open
	}
	for _, o := range r.Outages {
		t.Outages += o.Times
		t.Down += o.Down
	}
	for _, s := range r.Security {
		t.Security += s.Times
	}
	months := r.Period.Months()
	for i, m := range months {
		part := func(n int64) int64 { return portion(n, i, len(months)) }
		l := lookUps(part(t.LookUps.Found), part(t.LookUps.NotFound), part(t.LookUps.Refused), part(t.LookUps.Failed))
		received, delivered := part(t.Messages.Received), part(t.Messages.Delivered)
		month := messages(9, received, delivered, part(t.Messages.Rejected))
		r.Months = append(r.Months, report.MonthLine{From: m.From, To: m.To, LookUps: l, Messages: month})
	}
}

// portion parts n into months that add up to it, more in the middle.
func portion(n int64, i, of int) int64 {
	up := func(i int) int64 { return n * int64(i) * int64(3*of-2*i+i) / int64(of*(3*of-of)) }
	if i == of-1 {
		return n - up(i)
	}
	return up(i+1) - up(i)
}

func addLookUps(a, b report.LookUps) report.LookUps {
	for i := range a.Within {
		a.Within[i] += b.Within[i]
	}
	return report.LookUps{Total: a.Total + b.Total, Found: a.Found + b.Found, NotFound: a.NotFound + b.NotFound, Refused: a.Refused + b.Refused, Failed: a.Failed + b.Failed,
		Asked: a.Asked + b.Asked, Took: a.Took + b.Took, Slowest: max(a.Slowest, b.Slowest), Within: a.Within}
}

func addMessages(a, b report.Messages) report.Messages {
	for i := range a.Within {
		a.Within[i] += b.Within[i]
	}
	return report.Messages{Before: a.Before + b.Before, Received: a.Received + b.Received, Readmitted: a.Readmitted + b.Readmitted, Delivered: a.Delivered + b.Delivered,
		Dropped: a.Dropped + b.Dropped, Waiting: a.Waiting + b.Waiting, Parked: a.Parked + b.Parked, Returned: a.Returned + b.Returned, Retried: a.Retried + b.Retried,
		Rejected: a.Rejected + b.Rejected, Corrected: a.Corrected + b.Corrected, Abandoned: a.Abandoned + b.Abandoned, Repeated: a.Repeated + b.Repeated,
		Conflicted: a.Conflicted + b.Conflicted, Denied: a.Denied + b.Denied, Waited: a.Waited + b.Waited, Longest: max(a.Longest, b.Longest), Within: a.Within}
}

// empty is a department that neither asked nor sent anything, in a period that
// is not over, without a previous one, as a draft.
func empty() layout.Paper {
	r := report.Report{
		Format: report.Format, Period: report.SecondHalf(2026), From: report.SecondHalf(2026).From, To: report.SecondHalf(2026).To,
		Province: "tỉnh Lào Cai", Scope: "H38.15", At: time.Date(2026, 7, 2, 2, 30, 0, 0, time.UTC),
		Nodes:       []report.Node{{Name: "lgspd-01", Seq: 7, At: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), Hash: hash(1)}},
		Departments: []report.Department{{Code: "H38.15", Name: "Sở Giáo dục và Đào tạo"}},
	}
	for _, m := range r.Period.Months() {
		r.Months = append(r.Months, report.MonthLine{From: m.From, To: m.To})
	}
	return layout.Paper{Report: r, Draft: true, Letterhead: layout.Letterhead{Parent: "UBND tỉnh Lào Cai", Symbol: "BC-SGDĐT", Place: "Lào Cai"}}
}

// one is a department with one of everything.
func one() layout.Paper {
	p := province()
	r := &p.Report
	r.Scope = "H38.11"
	r.Nodes, r.Departments, r.Systems = r.Nodes[:1], r.Departments[:1], r.Systems[:1]
	r.LookUps, r.Messages, r.Notices, r.Fields, r.Groups = r.LookUps[:2], r.Messages[:2], r.Notices[:1], r.Fields[:2], nil
	r.Backlogs, r.Outages, r.Security, r.Months, r.Total = r.Backlogs[:1], r.Outages[:1], r.Security[:2], nil, report.Totals{}
	finish(r)
	p.Statements, p.Submissions = nil, nil
	p.Letterhead = layout.Letterhead{Parent: "UBND tỉnh Lào Cai", Agency: "Sở Tư pháp", Symbol: "BC-STP", Place: "Lào Cai", Number: "5", Date: vntime.Date(2026, 6, 15),
		Signer: layout.Signer{Position: "Giám đốc", Name: "Trần Thị Mẫu"}, Recipients: []string{"Công an tỉnh (PC06)", "UBND tỉnh (để báo cáo)", "Lưu: VT"}}
	return p
}
