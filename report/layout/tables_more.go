package layout

import (
	"strings"
	"time"

	"lgsp.internal/adapter/report"
)

func departmentTable(r report.Report, n names) table {
	fields := departmentFields(n, func(e exchange) string { return e.department })
	return fill(table{key: "departments", sheet: "Theo đơn vị", title: "Kết quả khai thác, chia sẻ dữ liệu theo đơn vị", summed: true},
		byDepartment(r), func(e exchange) place { return e.place }, append(fields, exchangeFields()...)...)
}

func serviceTable(r report.Report, n names) table {
	fields := []field[exchange]{
		words("Mã dịch vụ", 22, func(e exchange) string { return e.service }),
		words("Dịch vụ", 34, func(e exchange) string { return n.service(e.service) }),
	}
	return fill(table{key: "services", sheet: "Theo dịch vụ", title: "Kết quả khai thác, chia sẻ dữ liệu theo dịch vụ", summed: true},
		byService(r), func(e exchange) place { return e.place }, append(fields, exchangeFields()...)...)
}

// exchangeFields are the columns of look-ups and messages beside each other.
func exchangeFields() []field[exchange] {
	fields := lookUpFields(func(e exchange) report.LookUps { return e.LookUps })
	fields[0].title = "Lượt tra cứu"
	fields[3].title = "Tra cứu bị từ chối"
	fields = append(fields, ratios("Trả lời trung bình (giây)", average, func(e exchange) (int64, int64) { return e.LookUps.Took, e.LookUps.Asked }))
	const unit = "thông điệp"
	return append(fields,
		counts("received", "Thông điệp tiếp nhận", unit, func(e exchange) int64 { return e.Messages.Received }),
		counts("delivered", "Thông điệp đã chuyển", unit, func(e exchange) int64 { return e.Messages.Delivered }),
		counts("waiting", "Thông điệp tồn cuối kỳ", unit, func(e exchange) int64 { return e.Messages.Waiting }),
		counts("rejected", "Thông điệp bị từ chối", unit, func(e exchange) int64 { return e.Messages.Rejected }))
}

func fieldTable(r report.Report, n names) table {
	type line = report.FieldLine
	fields := departmentFields(n, func(l line) string { return l.Department })
	fields = append(fields,
		words("Dịch vụ", 28, func(l line) string { return n.service(l.Service) }),
		words("Trường thông tin", 44, func(l line) string { return l.Field }),
		counts("times", "Số thông điệp bị từ chối", "thông điệp", func(l line) int64 { return l.Times }))
	t := fill(table{key: "fields", sheet: "Trường sai", title: "Các trường thông tin thường sai"},
		r.Fields, func(l line) place { return place{l.Department, "", l.Service, l.Field} }, fields...)
	t.total = nil // a message may be wrong in several fields
	return t
}

func noticeTable(r report.Report, n names) table {
	const unit = "thông báo"
	type line = report.NoticeLine
	fields := append(departmentFields(n, func(l line) string { return l.Department }),
		counts("before", "Tồn đầu kỳ", unit, func(l line) int64 { return l.Before }),
		counts("opened", "Lập trong kỳ", unit, func(l line) int64 { return l.Opened }),
		counts("sent", "Đã gửi", unit, func(l line) int64 { return l.Sent }),
		counts("closed", "Đã đóng", unit, func(l line) int64 { return l.Closed }),
		counts("open", "Tồn cuối kỳ", unit, func(l line) int64 { return l.Open }))
	return fill(table{key: "notices", sheet: "Thông báo sai sót", title: "Thông báo sai sót thông tin gửi cơ quan quản lý Cơ sở dữ liệu quốc gia về dân cư",
		note: "Tồn đầu kỳ + Lập trong kỳ − Đã đóng = Tồn cuối kỳ."}, r.Notices, func(l line) place { return place{department: l.Department} }, fields...)
}

func groupTable(r report.Report, n names) table {
	const unit = "thông điệp"
	type line = report.GroupLine
	fields := []field[line]{
		words("Nhóm thủ tục hành chính", 42, func(l line) string { return l.Title }),
		words("Dịch vụ", 32, func(l line) string { return strings.Join(serviceNames(n, l.Services), "; ") }),
		counts("received", "Tiếp nhận", unit, func(l line) int64 { return l.Received }),
		counts("delivered", "Đã chuyển", unit, func(l line) int64 { return l.Delivered }),
		counts("in_time", "Trong 24 giờ", unit, func(l line) int64 { return l.InTime }),
		counts("late", "Quá 24 giờ", unit, func(l line) int64 { return l.Late }),
		ratios("Tỷ lệ trong 24 giờ", share, func(l line) (int64, int64) { return l.InTime, l.Delivered }),
		counts("waiting", "Tồn cuối kỳ", unit, func(l line) int64 { return l.Waiting }),
	}
	t := fill(table{key: "groups", sheet: "Nhóm TTHC", title: "Nhóm thủ tục hành chính liên thông"},
		r.Groups, func(l line) place { return place{other: l.Title} }, fields...)
	t.total = nil // a service may be of several groups
	return t
}

func serviceNames(n names, services []string) []string {
	titles := make([]string, len(services))
	for i, s := range services {
		titles[i] = n.service(s)
	}
	return titles
}

func backlogTable(r report.Report, n names) table {
	type line = report.BacklogLine
	fields := append(departmentFields(n, func(l line) string { return l.Department }),
		counts("most", "Tồn nhiều nhất cuối ngày", "thông điệp", func(l line) int64 { return l.Most }),
		field[line]{column{key: "on", title: "Ngày", form: date, width: 12}, func(l line) cell { return dayCell(l.On) }})
	t := fill(table{key: "backlogs", sheet: "Tồn đọng", title: "Số thông điệp tồn đọng nhiều nhất vào cuối ngày"},
		r.Backlogs, func(l line) place { return place{department: l.Department} }, fields...)
	t.total = nil // of different days
	return t
}

func outageTable(r report.Report) table {
	type line = report.OutageLine
	return fill(table{key: "outages", sheet: "Gián đoạn", title: "Gián đoạn kết nối"},
		r.Outages, func(l line) place { return place{system: l.Node, service: l.Upstream, other: l.Line} },
		words("Nút", 16, func(l line) string { return l.Node }),
		words("Kết nối", 36, func(l line) string { return upstreamName(l.Upstream) }),
		words("Luồng", 20, func(l line) string { return lineName(l.Line) }),
		counts("times", "Số lần", "lần", func(l line) int64 { return l.Times }),
		times("down", "Tổng thời gian (giờ)", inHours, summed, func(l line) int64 { return l.Down }),
		times("longest", "Lần lâu nhất (giờ)", inHours, largest, func(l line) int64 { return l.Longest }),
		field[line]{column{key: "began", title: "Lần lâu nhất bắt đầu", form: instant, width: 18}, func(l line) cell { return instantCell(l.Began) }})
}

func securityTable(r report.Report, n names) table {
	type line = report.SecurityLine
	return fill(table{key: "security", sheet: "An toàn thông tin", title: "Sự kiện liên quan đến an toàn thông tin"},
		r.Security, func(l line) place {
			return place{department: l.Department, other: strings.Trim(l.Event+"/"+l.Code, "/")}
		},
		words("Mã đơn vị", 12, func(l line) string { return l.Department }),
		words("Đơn vị", 30, func(l line) string {
			if l.Department == "" {
				return "Không thuộc đơn vị nào"
			}
			return n.department(l.Department)
		}),
		words("Sự kiện", 40, func(l line) string { return eventName(l.Event) }),
		words("Lý do", 46, func(l line) string { return codeName(l.Code) }),
		counts("times", "Số lần", "lần", func(l line) int64 { return l.Times }))
}

// approval is one approval of a system, or a system without any.
type approval struct {
	report.System
	report.Approval
	none bool
}

func approvals(r report.Report) []approval {
	var all []approval
	for _, s := range r.Systems {
		for _, a := range s.Approvals {
			all = append(all, approval{System: s, Approval: a})
		}
		if len(s.Approvals) == 0 {
			all = append(all, approval{System: s, none: true})
		}
	}
	return all
}

func systemTable(r report.Report, n names) table {
	unlessNone := func(of func(approval) int) func(approval) cell {
		return func(a approval) cell { return cell{n: int64(of(a)), blank: a.none} }
	}
	fields := append(departmentFields(n, func(a approval) string { return a.Department }),
		words("Mã hệ thống", 12, func(a approval) string { return a.Name }),
		words("Hệ thống thông tin", 26, func(a approval) string { return a.System.Title }),
		field[approval]{column{key: "level", title: "Cấp độ an toàn", form: count, width: 10, unit: "cấp"},
			func(a approval) cell { return cell{n: int64(a.Level), blank: a.Level == 0} }},
		words("Quyết định phê duyệt cấp độ", 20, func(a approval) string { return decision(a.LevelDecision) }),
		words("Dịch vụ được phê duyệt", 22, func(a approval) string {
			if a.none {
				return ""
			}
			return n.service(a.Service)
		}),
		words("Trạng thái", 13, func(a approval) string { return approvalName(a.State) }),
		words("Văn bản phê duyệt", 20, func(a approval) string { return decision(a.Document) }),
		words("Từ ngày", 12, func(a approval) string { return shortDay(a.From) }),
		words("Đến ngày", 12, func(a approval) string { return shortDay(a.Until) }),
		field[approval]{column{key: "fields", title: "Số trường thông tin", form: count, width: 10, unit: "trường"}, unlessNone(func(a approval) int { return a.Fields })},
		field[approval]{column{key: "quota", title: "Hạn mức một ngày", form: count, width: 10, unit: "lượt"}, unlessNone(func(a approval) int { return a.Quota })})
	return fill(table{key: "systems", sheet: "Hệ thống kết nối", title: "Hệ thống thông tin đã kết nối và dịch vụ được phê duyệt"},
		approvals(r), func(a approval) place { return place{a.Department, a.Name, a.Service, a.Document.Number} }, fields...)
}

// decision names a document as texts cite it: 12/QĐ-STTTT ngày 10/6/2025.
func decision(d report.Decision) string {
	switch day := shortDay(d.Date); {
	case d.Number == "":
		return day
	case day == "":
		return d.Number
	default:
		return d.Number + " ngày " + day
	}
}

// shortDay writes 2025-06-10 as 10/6/2025; what is no day stays as it is.
func shortDay(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return t.Format("2/1/2006")
}

func monthTable(r report.Report) table {
	fields := []field[report.MonthLine]{
		words("Tháng", 12, func(m report.MonthLine) string { return monthName(m) }),
		{column{title: "Từ ngày", form: date, width: 12}, func(m report.MonthLine) cell { return dayCell(m.From) }},
		{column{title: "Đến ngày", form: date, width: 12}, func(m report.MonthLine) cell { return dayCell(m.To) }},
	}
	fields = append(fields, monthFields()...)
	return fill(table{key: "months", sheet: "Theo tháng", title: "Kết quả khai thác, chia sẻ dữ liệu theo tháng", summed: true,
		note: "Tháng đầu và tháng cuối chỉ gồm những ngày thuộc kỳ báo cáo."},
		r.Months, func(m report.MonthLine) place { return place{other: m.From.String()} }, fields...)
}

func monthName(m report.MonthLine) string {
	return m.From.Begin().Format("1/2006")
}
