package layout_test

import (
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/layout"
)

// said is the text of a document, a line for each block, item and row.
func said(p layout.Paper) string {
	d := layout.Document(p)
	lines := []string{d.Agency, d.Subject, d.Footer}
	bodies := [][]paper.Block{d.Body}
	for _, a := range d.Appendices {
		lines = append(lines, a.Title)
		bodies = append(bodies, a.Body)
	}
	for _, body := range bodies {
		for _, b := range body {
			switch b := b.(type) {
			case paper.Heading:
				lines = append(lines, b.Text)
			case paper.Paragraph:
				line := ""
				for _, s := range b.Spans {
					line += s.Text
				}
				lines = append(lines, line)
			case paper.List:
				lines = append(lines, b.Items...)
			case paper.Table:
				lines = append(lines, b.Caption)
				for _, r := range b.Rows {
					lines = append(lines, strings.Join(r.Cells, " | "))
				}
			case paper.Chart:
				lines = append(lines, b.Caption())
			}
		}
	}
	return strings.Join(lines, "\n")
}

func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("it does not say %q", p)
		}
	}
}

func saysNot(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(text, p) {
			t.Errorf("it says %q", p)
		}
	}
}

func TestAProvinceReportsInNineParts(t *testing.T) {
	d := layout.Document(province())
	var parts []string
	for _, b := range d.Body {
		if h, ok := b.(paper.Heading); ok && h.Level == 1 {
			parts = append(parts, h.Text)
		}
	}
	if len(parts) != 9 || parts[0] != "PHẠM VI, THỜI GIAN CHỐT SỐ LIỆU" || len(d.Appendices) != 4 {
		t.Errorf("%d appendices, parts %q", len(d.Appendices), parts)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
	says(t, said(province()),
		"Kết quả kết nối, chia sẻ dữ liệu với Cơ sở dữ liệu quốc gia về dân cư\n6 tháng đầu năm 2026",
		"Công an tỉnh Lào Cai tổng hợp, báo cáo", "của 05 đơn vị", "theo Điều 12 Nghị định số 09/2019/NĐ-CP; được tổng hợp lúc 08 giờ 05 phút ngày 15/6/2026.",
		"của 02 nút sau đây", "- Nút lgspd-01: đến mục số 1.284.511 (ghi lúc 23 giờ 59 phút ngày 14/6/2026), mã băm:\n"+hash(3),
		"so sánh với kỳ trước (6 tháng cuối năm 2025, từ ngày 15/6/2025 đến ngày 14/12/2025)",
		"Có 01 số liệu được đính chính", "1 | Thông điệp đã chuyển của Sở Nội vụ | 880 | 878 | 02 thông điệp gửi thử khi nghiệm thu",
		"Có 05 đơn vị phải gửi báo cáo; 04 đơn vị đã gửi, trong đó 01 đơn vị gửi muộn và 01 đơn vị được yêu cầu bổ sung; 01 đơn vị chưa gửi (Sở Giáo dục và Đào tạo). Chi tiết tại Phụ lục IV.",
		"thực hiện 215.411 lượt tra cứu, xác thực thông tin công dân, tăng 55.911 lượt (tương đương 35,1%) so với kỳ trước.",
		"208.203 lượt tìm thấy (96,7%)", "giảm 86 thông điệp (tương đương 17,2%) so với kỳ trước",
		"có 01 đơn vị không phát sinh khai thác, chia sẻ dữ liệu (Sở Giáo dục và Đào tạo)",
		"Từ chối lượt tra cứu | Vượt hạn mức trong ngày | 1.003", "new-event | NewCode | 1",
		"Trong kỳ có 05 lần gián đoạn kết nối, bằng kỳ trước; tổng thời gian gián đoạn là 04 giờ 40 phút, giảm 19 phút so với kỳ trước.",
		"Sở Tư pháp: 412 thông điệp (ngày 9/3/2026);", "Theo báo cáo của các đơn vị:\nSở Tư pháp: Cán bộ cấp xã",
		"Lượt tra cứu, xác thực theo đơn vị (đơn vị: lượt)")
	if !strings.Contains(d.Footer, hash(3)) || !strings.Contains(d.Footer, "1.284.511") {
		t.Errorf("the foot of the pages is %q", d.Footer)
	}
}

func TestADepartmentReportsForItself(t *testing.T) {
	text := said(one())
	says(t, text, "Sở Tư pháp báo cáo kết quả", "của Sở Tư pháp (mã định danh H38.11)", "của nút lgspd-01 đến mục số 1.284.511", hash(3),
		"Số thông điệp tồn nhiều nhất vào cuối một ngày trong kỳ là 412 thông điệp (ngày 9/3/2026).", "trong kỳ, Sở Tư pháp thực hiện")
	saysNot(t, text, "Phụ lục IV", "Tình hình gửi báo cáo", "các đơn vị trên địa bàn", "theo đơn vị", "Sở Y tế")
}

func TestADepartmentWithoutAnythingSaysSo(t *testing.T) {
	p := empty()
	text := said(p)
	says(t, text, "(DỰ THẢO)", "DỰ THẢO. Nhật ký", "số liệu tạm tính đến 09 giờ 30 phút ngày 2/7/2026",
		"Không có số liệu của kỳ trước (6 tháng đầu năm 2026, từ ngày 15/12/2025 đến ngày 14/6/2026) để so sánh.", "Không có số liệu phải đính chính.",
		"chưa có hệ thống thông tin nào được phê duyệt", "không phát sinh lượt tra cứu, xác thực thông tin nào.", "không phát sinh thông điệp chia sẻ, cập nhật dữ liệu nào được tiếp nhận.",
		"không có thông điệp nào bị từ chối do có lỗi.", "không phát sinh cuộc kiểm tra", "Trong kỳ không phát sinh gián đoạn kết nối.", paper.Gap)
	saysNot(t, text, "Bảng 1", "so với kỳ trước", "kỳ trước cũng", "đơn vị: lượt")
	p.Draft = false
	text = said(p)
	says(t, text, "Trong kỳ không phát sinh sự cố an toàn thông tin.", "Khó khăn, vướng mắc\nKhông có.")
	saysNot(t, text, "DỰ THẢO", paper.Gap)
}

func TestAComparisonSaysHowAFigureChanged(t *testing.T) {
	for _, row := range []struct {
		now, before int64
		want        string
	}{
		{0, 0, "không phát sinh lượt tra cứu, xác thực thông tin nào (kỳ trước cũng không phát sinh)."},
		{0, 3, "không phát sinh lượt tra cứu, xác thực thông tin nào (kỳ trước có 03 lượt)."},
		{1, 0, "thực hiện 01 lượt tra cứu, xác thực thông tin công dân (kỳ trước không phát sinh). Trong đó: 01 lượt tìm thấy (100%)."},
		{7, 7, "thực hiện 07 lượt tra cứu, xác thực thông tin công dân, bằng kỳ trước."},
		{12, 8, ", tăng 04 lượt (tương đương 50%) so với kỳ trước."},
		{1_000, 3_000, ", giảm 2.000 lượt (tương đương 66,7%) so với kỳ trước."},
	} {
		p := one()
		p.Report.Total.LookUps = report.LookUps{Total: row.now, Found: row.now, Asked: row.now, Within: report.Spans{row.now}}
		p.Report.Before.LookUps = report.LookUps{Total: row.before}
		says(t, said(p), row.want)
	}
}

func TestWhoHasReportedIsSaidForNoneOneAndAll(t *testing.T) {
	at := time.Date(2026, 6, 16, 0, 0, 0, 0, time.UTC)
	for want, all := range map[string][]layout.Submission{
		"Không có đơn vị nào phải gửi báo cáo trong kỳ.":                                                                                  nil,
		"Có 02 đơn vị phải gửi báo cáo; đến thời điểm tổng hợp chưa có đơn vị nào gửi.":                                                   {{Code: "a"}, {Code: "b"}},
		"Có 01 đơn vị phải gửi báo cáo; 01 đơn vị đã gửi. Chi tiết":                                                                       {{Code: "a", At: at}},
		"Có 02 đơn vị phải gửi báo cáo; 01 đơn vị đã gửi; 01 đơn vị chưa gửi (b). Chi tiết":                                               {{Code: "a", At: at}, {Code: "b"}},
		"02 đơn vị đã gửi, trong đó 02 đơn vị gửi muộn. Chi tiết":                                                                         {{Code: "a", At: at, Late: true}, {Code: "b", At: at, Late: true}},
		"12 đơn vị chưa gửi (đơn vị a, đơn vị b, đơn vị c, đơn vị d, đơn vị e, đơn vị g, đơn vị h, đơn vị i, đơn vị k và 03 đơn vị khác)": missing("abcdeghiklmn", at),
	} {
		p := province()
		p.Submissions = all
		says(t, said(p), want)
	}
}

func missing(letters string, at time.Time) []layout.Submission {
	all := []layout.Submission{{Code: "x", At: at}}
	for _, c := range letters {
		all = append(all, layout.Submission{Code: string(c), Name: "đơn vị " + string(c)})
	}
	return all
}

func TestSystemsAndTheirApprovalsAreSaidForNoneOneAndAll(t *testing.T) {
	secured, open := report.System{Name: "a", Level: 3}, report.System{Name: "b"}
	with := func(s report.System, states ...string) report.System {
		for _, state := range states {
			s.Approvals = append(s.Approvals, report.Approval{State: state})
		}
		return s
	}
	for want, systems := range map[string][]report.System{
		"Chưa có dịch vụ nào được phê duyệt. Hệ thống này đã được":                                           {secured},
		"Có 01 phê duyệt sử dụng dịch vụ, còn hiệu lực. Hệ thống này chưa được":                              {with(open, "in force")},
		"Có 02 phê duyệt sử dụng dịch vụ, đều còn hiệu lực. Các hệ thống đều đã":                             {with(secured, "in force", "in force"), secured},
		"Có 02 phê duyệt sử dụng dịch vụ, hiện không có phê duyệt nào còn hiệu lực. Chưa có hệ thống nào":    {with(open, "ended", "not yet"), open},
		"Có 02 phê duyệt sử dụng dịch vụ, trong đó 01 phê duyệt còn hiệu lực. Có 01 hệ thống được phê duyệt": {with(secured, "in force", "ended"), open},
	} {
		p := one()
		p.Report.Systems = systems
		says(t, said(p), want)
	}
}

func TestDepartmentsThatDidNothingAreNamed(t *testing.T) {
	p := province()
	p.Report.LookUps = nil
	says(t, said(p), "Trong kỳ, không có đơn vị nào phát sinh tra cứu, xác thực; có 03 đơn vị phát sinh chia sẻ, cập nhật dữ liệu; có 02 đơn vị không phát sinh khai thác, chia sẻ dữ liệu (Sở Y tế và Sở Giáo dục và Đào tạo).")
	p.Report.Messages = nil
	says(t, said(p), "Trong kỳ không có đơn vị nào phát sinh khai thác, chia sẻ dữ liệu.")
}

func TestManyDepartmentsAreDrawnTogetherBehindTheLargest(t *testing.T) {
	p := province()
	p.Report.LookUps = nil
	for i := range 40 {
		p.Report.LookUps = append(p.Report.LookUps, report.LookUpLine{Department: "D" + string(rune('A'+i)), Service: "s", LookUps: report.LookUps{Total: int64(1000 - i), Found: int64(1000 - i)}})
	}
	for _, b := range layout.Document(p).Body {
		c, ok := b.(paper.Chart)
		if !ok || !strings.HasPrefix(c.Title, "Lượt tra cứu, xác thực theo đơn vị") {
			continue
		}
		var sum int64
		for _, v := range c.Series[0].Values {
			sum += v
		}
		if n := len(c.Labels); n != 16 || c.Labels[15] != "25 đơn vị khác" || sum != 40*1000-39*40/2 {
			t.Errorf("%d bars, the last %q, together %d", n, c.Labels[n-1], sum)
		}
		return
	}
	t.Error("no chart of departments")
}

func TestALongPeriodIsDrawnByQuartersSideBySide(t *testing.T) {
	for to, want := range map[vntime.Day]struct {
		title, last string
		labels      int
	}{
		vntime.Date(2026, 12, 14): {"Thông điệp chia sẻ theo tháng", "12/2026", 24},
		vntime.Date(2027, 12, 14): {"Thông điệp chia sẻ theo quý", "Quý IV/2027", 13},
	} {
		p := province()
		p.Report.Period = report.Period{From: vntime.Date(2024, 12, 15), To: to}
		if want.labels == 24 {
			p.Report.Period.From = vntime.Date(2025, 1, 1)
		}
		p.Report.Months, p.Report.Total = nil, report.Totals{}
		finish(&p.Report)
		found := false
		for _, b := range layout.Document(p).Body {
			c, ok := b.(paper.Chart)
			if !ok || !strings.HasPrefix(c.Title, "Thông điệp chia sẻ") {
				continue
			}
			found = true
			var received int64
			for _, v := range c.Series[0].Values {
				received += v
			}
			if n := len(c.Labels); c.Title != want.title || c.Kind != paper.Columns || n != want.labels || c.Labels[n-1] != want.last || received != p.Report.Total.Messages.Received {
				t.Errorf("%q of kind %d has %d labels up to %q and %d received", c.Title, c.Kind, n, c.Labels[n-1], received)
			}
		}
		if !found {
			t.Errorf("to %v there is no chart", to)
		}
	}
}

func TestAPeriodOfItsOwnDoesNotCiteTheDecree(t *testing.T) {
	p := empty()
	p.Report.Period = report.Period{From: vntime.Date(2026, 3, 5), To: vntime.Date(2026, 3, 6)}
	text := said(p)
	says(t, text, "Số liệu tính từ ngày 5/3/2026 đến hết ngày 6/3/2026. Kỳ báo cáo chưa kết thúc", "kỳ trước (từ ngày 3/3/2026 đến ngày 4/3/2026) để so sánh")
	saysNot(t, text, "Điều 12")
}

func TestARecordWithoutEntriesIsSaidToBeEmpty(t *testing.T) {
	p := empty()
	p.Report.Nodes = nil
	says(t, said(p), "Nhật ký kết nối, chia sẻ, khai thác dữ liệu chưa có mục nào.")
	p.Report.Nodes = []report.Node{{Name: "a"}}
	says(t, said(p), "của nút a chưa có mục nào.")
	p.Report.Nodes = append(p.Report.Nodes, report.Node{Name: "b", Seq: 12, Hash: hash(2)})
	says(t, said(p), "Nút a: nhật ký chưa có mục nào.", "- Nút b: đến mục số 12 (ghi lúc ……), mã băm:\n"+hash(2))
}

func TestTheFootOfThePagesKeepsTheHashBesideALongName(t *testing.T) {
	p := province()
	p.Report.Nodes[0].Name = strings.Repeat("nút ", 100)
	if d := layout.Document(p); !strings.Contains(d.Footer, hash(3)) || d.Check() != nil {
		t.Errorf("the foot is %q, %v", d.Footer, d.Check())
	}
	p.Report.Nodes[0].Hash = strings.Repeat("0", 1000)
	if err := layout.Document(p).Check(); err != nil {
		t.Error(err)
	}
}

func TestOnlyTheFieldsThatAreWrongMostOftenAreInTheBody(t *testing.T) {
	p := province()
	for i := range 12 {
		p.Report.Fields = append(p.Report.Fields, report.FieldLine{Field: "/X/" + string(rune('a'+i)), Times: 1})
	}
	text := said(p)
	says(t, text, "10 trường thông tin sai nhiều nhất", "/X/g")
	saysNot(t, text, "/X/h")
}
