package layout

import (
	"strconv"

	"lgsp.internal/adapter/report"
)

// figure is one number of a part of the report, T, and what it is called where
// figures stand below each other.
type figure[T any] struct {
	key, title, unit string
	form             form
	derived          bool // computed from others: left out of the CSV
	of               func(T) cell
}

func plain[T any](key, title, unit string, of func(T) int64) figure[T] {
	return figure[T]{key: key, title: title, unit: unit, form: count, of: func(x T) cell { return number(of(x)) }}
}

func timed[T any](key, title string, f form, of func(T) int64) figure[T] {
	return figure[T]{key: key, title: title, unit: formUnit(f), form: f, of: func(x T) cell { return number(of(x)) }}
}

func derived[T any](key, title string, f form, of func(T) (n, of int64)) figure[T] {
	return figure[T]{key: key, title: title, unit: formUnit(f), form: f, derived: true, of: func(x T) cell { return ratio(of(x)) }}
}

// formUnit is the unit in which a form shows times and shares.
func formUnit(f form) string {
	switch f {
	case inSeconds, average:
		return "giây"
	case inHours:
		return "giờ"
	case share:
		return "%"
	case text, count, date, instant:
	}
	return ""
}

// of takes figures of a part for figures of what it is a part of.
func of[T, U any](prefix string, figures []figure[T], part func(U) T) []figure[U] {
	all := make([]figure[U], len(figures))
	for i, f := range figures {
		all[i] = figure[U]{prefix + f.key, f.title, f.unit, f.form, f.derived, func(x U) cell { return f.of(part(x)) }}
	}
	return all
}

func lookUpFigures() []figure[report.LookUps] {
	type part = report.LookUps
	const unit = "lượt"
	all := []figure[part]{
		plain("total", "Lượt tra cứu, xác thực", unit, func(p part) int64 { return p.Total }),
		plain("found", "Lượt tra cứu tìm thấy", unit, func(p part) int64 { return p.Found }),
		plain("not_found", "Lượt tra cứu không tìm thấy", unit, func(p part) int64 { return p.NotFound }),
		plain("refused", "Lượt tra cứu bị từ chối", unit, func(p part) int64 { return p.Refused }),
		plain("error", "Lượt tra cứu không có trả lời", unit, func(p part) int64 { return p.Failed }),
		derived("share", "Tỷ lệ tra cứu tìm thấy", share, func(p part) (int64, int64) { return p.Found, p.Total }),
		plain("asked", "Lượt tra cứu đã gửi lên nền tảng", unit, func(p part) int64 { return p.Asked }),
		derived("average", "Thời gian trả lời trung bình", average, func(p part) (int64, int64) { return p.Took, p.Asked }),
		timed("slowest", "Thời gian trả lời lâu nhất", inSeconds, func(p part) int64 { return p.Slowest }),
		timed("took", "Tổng thời gian trả lời", inSeconds, func(p part) int64 { return p.Took }),
	}
	for i, title := range spanTitles(lookUpBounds()) {
		all = append(all, plain("within."+strconv.Itoa(i), "Lượt được trả lời: "+lowerFirst(title), unit, func(p part) int64 { return p.Within[i] }))
	}
	return all
}

func messageFigures() []figure[report.Messages] {
	type part = report.Messages
	const unit, times = "thông điệp", "lượt"
	all := []figure[part]{
		plain("before", "Thông điệp tồn đầu kỳ", unit, func(p part) int64 { return p.Before }),
		plain("received", "Thông điệp tiếp nhận", unit, func(p part) int64 { return p.Received }),
		plain("readmitted", "Thông điệp từng bị từ chối được đưa vào lại", unit, func(p part) int64 { return p.Readmitted }),
		plain("delivered", "Thông điệp đã chuyển", unit, func(p part) int64 { return p.Delivered }),
		plain("dropped", "Thông điệp người vận hành đã hủy", unit, func(p part) int64 { return p.Dropped }),
		plain("waiting", "Thông điệp tồn cuối kỳ", unit, func(p part) int64 { return p.Waiting }),
		plain("parked", "Trong đó chờ xử lý thủ công", unit, func(p part) int64 { return p.Parked }),
		plain("rejected", "Thông điệp bị từ chối do có lỗi", unit, func(p part) int64 { return p.Rejected }),
		plain("corrected", "Thông điệp bị từ chối đã được sửa và gửi lại", unit, func(p part) int64 { return p.Corrected }),
		plain("abandoned", "Thông điệp bị từ chối không được sửa", unit, func(p part) int64 { return p.Abandoned }),
		plain("returned", "Lượt bị nền tảng trả lại", times, func(p part) int64 { return p.Returned }),
		plain("retried", "Lượt phải gửi lại do gián đoạn", times, func(p part) int64 { return p.Retried }),
		plain("repeated", "Thông điệp gửi trùng", unit, func(p part) int64 { return p.Repeated }),
		plain("conflicted", "Thông điệp trùng mã, khác nội dung", unit, func(p part) int64 { return p.Conflicted }),
		plain("denied", "Thông điệp của dịch vụ chưa được phê duyệt", unit, func(p part) int64 { return p.Denied }),
		derived("average", "Thời gian chuyển trung bình", average, func(p part) (int64, int64) { return p.Waited, p.Delivered }),
		timed("longest", "Thời gian chuyển lâu nhất", inHours, func(p part) int64 { return p.Longest }),
		timed("waited", "Tổng thời gian chuyển", inHours, func(p part) int64 { return p.Waited }),
	}
	for i, title := range spanTitles(deliveryBounds()) {
		all = append(all, plain("within."+strconv.Itoa(i), "Thông điệp đã chuyển: "+lowerFirst(title), unit, func(p part) int64 { return p.Within[i] }))
	}
	return all
}

func totalFigures() []figure[report.Totals] {
	type part = report.Totals
	all := of("lookups.", lookUpFigures(), func(t part) report.LookUps { return t.LookUps })
	all = append(all, of("messages.", messageFigures(), func(t part) report.Messages { return t.Messages })...)
	const unit = "thông báo"
	return append(all,
		plain("notices.before", "Thông báo sai sót tồn đầu kỳ", unit, func(t part) int64 { return t.Notices.Before }),
		plain("notices.opened", "Thông báo sai sót lập trong kỳ", unit, func(t part) int64 { return t.Notices.Opened }),
		plain("notices.sent", "Thông báo sai sót đã gửi", unit, func(t part) int64 { return t.Notices.Sent }),
		plain("notices.closed", "Thông báo sai sót đã đóng", unit, func(t part) int64 { return t.Notices.Closed }),
		plain("notices.open", "Thông báo sai sót tồn cuối kỳ", unit, func(t part) int64 { return t.Notices.Open }),
		plain("outages", "Số lần gián đoạn kết nối", "lần", func(t part) int64 { return t.Outages }),
		timed("down", "Tổng thời gian gián đoạn", inHours, func(t part) int64 { return t.Down }),
		plain("security", "Sự kiện liên quan đến an toàn thông tin", "lần", func(t part) int64 { return t.Security }))
}

// listed makes a table in which figures stand below each other: one row for
// each, one column of values for each part.
func listed[T any](t table, figures []figure[T], columns []column, parts []*T) table {
	t.columns = append([]column{{title: "Chỉ tiêu", width: 46}, {title: "Đơn vị tính", width: 12}}, columns...)
	for _, f := range figures {
		r := row{item: f.key, title: f.title, unit: f.unit, form: f.form, derived: f.derived, cells: []cell{textCell(f.title), textCell(f.unit)}}
		for _, p := range parts {
			if p == nil {
				r.cells = append(r.cells, cell{blank: true})
			} else {
				r.cells = append(r.cells, f.of(*p))
			}
		}
		t.rows = append(t.rows, r)
	}
	return t
}

// totalTable sets the figures beside those of the previous period.
func totalTable(r report.Report) table {
	value := func(key, title string) column { return column{key: key, title: title, form: count, width: 16} }
	t := listed(table{key: "total", sheet: "Tổng hợp", title: "Tổng hợp số liệu và so sánh với kỳ trước"}, totalFigures(),
		[]column{value("now", "Kỳ này"), value("before", "Kỳ trước")}, []*report.Totals{&r.Total, r.Before})
	t.columns = append(t.columns,
		column{title: "Tăng, giảm", form: count, width: 14, derived: true},
		column{title: "Tăng, giảm (%)", form: share, width: 14, derived: true})
	for i := range t.rows {
		row := &t.rows[i]
		now, before := row.cells[2], row.cells[3]
		blank := r.Before == nil || row.derived
		row.cells = append(row.cells, cell{n: now.n - before.n, blank: blank}, cell{n: now.n - before.n, of: before.n, blank: blank || before.n == 0})
	}
	if r.Before == nil {
		t.note = "Không có số liệu của kỳ trước để so sánh."
	}
	return t
}

// monthDetail has every figure of every month.
func monthDetail(r report.Report) table {
	figures := of("lookups.", lookUpFigures(), func(m report.MonthLine) report.LookUps { return m.LookUps })
	figures = append(figures, of("messages.", messageFigures(), func(m report.MonthLine) report.Messages { return m.Messages })...)
	var columns []column
	var parts []*report.MonthLine
	for i, m := range r.Months {
		columns = append(columns, column{key: m.From.String(), title: "Tháng " + monthName(m), form: count, width: 13})
		parts = append(parts, &r.Months[i])
	}
	return listed(table{key: "months", sheet: "Chi tiết theo tháng", title: "Chi tiết số liệu theo tháng"}, figures, columns, parts)
}

// monthFields are the columns of the months beside each other.
func monthFields() []field[report.MonthLine] {
	type line = report.MonthLine
	const unit = "thông điệp"
	fields := lookUpFields(func(m line) report.LookUps { return m.LookUps })
	fields[0].title, fields[3].title = "Lượt tra cứu", "Tra cứu bị từ chối"
	return append(fields,
		counts("received", "Thông điệp tiếp nhận", unit, func(m line) int64 { return m.Messages.Received }),
		counts("delivered", "Thông điệp đã chuyển", unit, func(m line) int64 { return m.Messages.Delivered }),
		counts("rejected", "Thông điệp bị từ chối", unit, func(m line) int64 { return m.Messages.Rejected }))
}
