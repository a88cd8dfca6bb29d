package layout

import (
	"strconv"
	"strings"

	"lgsp.internal/adapter/report"
)

// tables returns every table of the paper, in the order of the sheets. The
// first of them is the summary.
func tables(p Paper) []table {
	r, n := p.Report, namesOf(p.Report)
	all := []table{
		totalTable(r),
		departmentTable(r, n), serviceTable(r, n), monthTable(r), monthDetail(r),
		lookUpTable(r, n), lookUpTimes(r, n),
		messageTable(r, n), qualityTable(r, n), messageTimes(r, n),
		fieldTable(r, n), noticeTable(r, n), groupTable(r, n),
		backlogTable(r, n), outageTable(r), securityTable(r, n), systemTable(r, n),
		checkTable(p), correctionTable(p),
	}
	if p.provincial() {
		all = append(all, submissionTable(p))
	}
	return all
}

// The columns that say whose a row is.
func departmentFields[T any](n names, of func(T) string) []field[T] {
	return []field[T]{
		words("Mã đơn vị", 12, of),
		words("Đơn vị", 24, func(x T) string { return n.department(of(x)) }),
	}
}

func lookUpFields[T any](of func(T) report.LookUps) []field[T] {
	const unit = "lượt"
	return []field[T]{
		counts("total", "Tổng số lượt", unit, func(x T) int64 { return of(x).Total }),
		counts("found", "Tìm thấy", unit, func(x T) int64 { return of(x).Found }),
		counts("not_found", "Không tìm thấy", unit, func(x T) int64 { return of(x).NotFound }),
		counts("refused", "Bị từ chối", unit, func(x T) int64 { return of(x).Refused }),
		counts("error", "Không có trả lời", unit, func(x T) int64 { return of(x).Failed }),
	}
}

func lookUpTable(r report.Report, n names) table {
	type line = report.LookUpLine
	fields := departmentFields(n, func(l line) string { return l.Department })
	fields = append(fields,
		words("Hệ thống thông tin", 24, func(l line) string { return n.system(l.Department, l.System) }),
		words("Dịch vụ", 24, func(l line) string { return n.service(l.Service) }))
	fields = append(fields, lookUpFields(func(l line) report.LookUps { return l.LookUps })...)
	fields = append(fields,
		ratios("Tỷ lệ tìm thấy", share, func(l line) (int64, int64) { return l.Found, l.Total }),
		counts("asked", "Đã gửi lên nền tảng", "lượt", func(l line) int64 { return l.Asked }))
	return fill(table{key: "lookups", sheet: "Tra cứu", title: "Kết quả tra cứu, xác thực theo đơn vị, hệ thống và dịch vụ"},
		r.LookUps, func(l line) place { return place{l.Department, l.System, l.Service, ""} }, fields...)
}

func lookUpTimes(r report.Report, n names) table {
	type line = report.LookUpLine
	fields := departmentFields(n, func(l line) string { return l.Department })
	fields = append(fields,
		words("Hệ thống thông tin", 24, func(l line) string { return n.system(l.Department, l.System) }),
		words("Dịch vụ", 24, func(l line) string { return n.service(l.Service) }),
		ratios("Trung bình (giây)", average, func(l line) (int64, int64) { return l.Took, l.Asked }),
		times("slowest", "Lâu nhất (giây)", inSeconds, largest, func(l line) int64 { return l.Slowest }))
	for i, title := range spanTitles(lookUpBounds()) {
		fields = append(fields, counts("within."+strconv.Itoa(i), title, "lượt", func(l line) int64 { return l.Within[i] }))
	}
	fields = append(fields, times("took", "Tổng thời gian (giây)", inSeconds, summed, func(l line) int64 { return l.Took }))
	return fill(table{key: "lookup_times", sheet: "Thời gian trả lời", title: "Thời gian trả lời của các lượt tra cứu, xác thực đã gửi lên nền tảng"},
		r.LookUps, func(l line) place { return place{l.Department, l.System, l.Service, ""} }, fields...)
}

func flowFields[T any](of func(T) report.Messages) []field[T] {
	const unit = "thông điệp"
	return []field[T]{
		counts("before", "Tồn đầu kỳ", unit, func(x T) int64 { return of(x).Before }),
		counts("received", "Tiếp nhận", unit, func(x T) int64 { return of(x).Received }),
		counts("readmitted", "Đưa vào lại", unit, func(x T) int64 { return of(x).Readmitted }),
		counts("delivered", "Đã chuyển", unit, func(x T) int64 { return of(x).Delivered }),
		counts("dropped", "Đã hủy", unit, func(x T) int64 { return of(x).Dropped }),
		counts("waiting", "Tồn cuối kỳ", unit, func(x T) int64 { return of(x).Waiting }),
		counts("parked", "Trong đó chờ xử lý thủ công", unit, func(x T) int64 { return of(x).Parked }),
	}
}

func messageFields(n names) []field[report.MessageLine] {
	return append(departmentFields(n, func(l report.MessageLine) string { return l.Department }),
		words("Dịch vụ", 24, func(l report.MessageLine) string { return n.service(l.Service) }))
}

func messagePlace(l report.MessageLine) place { return place{l.Department, "", l.Service, ""} }

func messageTable(r report.Report, n names) table {
	fields := append(messageFields(n), flowFields(func(l report.MessageLine) report.Messages { return l.Messages })...)
	return fill(table{key: "messages", sheet: "Chia sẻ", title: "Kết quả chia sẻ, cập nhật dữ liệu theo đơn vị và dịch vụ",
		note: "Tồn đầu kỳ + Tiếp nhận + Đưa vào lại − Đã chuyển − Đã hủy = Tồn cuối kỳ."}, r.Messages, messagePlace, fields...)
}

func qualityTable(r report.Report, n names) table {
	const unit = "thông điệp"
	type line = report.MessageLine
	fields := append(messageFields(n),
		counts("rejected", "Bị từ chối do có lỗi", unit, func(l line) int64 { return l.Rejected }),
		counts("corrected", "Đã sửa và gửi lại", unit, func(l line) int64 { return l.Corrected }),
		counts("abandoned", "Không được sửa", unit, func(l line) int64 { return l.Abandoned }),
		counts("returned", "Lượt bị nền tảng trả lại", "lượt", func(l line) int64 { return l.Returned }),
		counts("retried", "Lượt phải gửi lại do gián đoạn", "lượt", func(l line) int64 { return l.Retried }),
		counts("repeated", "Gửi trùng", unit, func(l line) int64 { return l.Repeated }),
		counts("conflicted", "Trùng mã, khác nội dung", unit, func(l line) int64 { return l.Conflicted }),
		counts("denied", "Chưa được phê duyệt", unit, func(l line) int64 { return l.Denied }))
	return fill(table{key: "quality", sheet: "Chất lượng dữ liệu", title: "Chất lượng dữ liệu chia sẻ theo đơn vị và dịch vụ"}, r.Messages, messagePlace, fields...)
}

func messageTimes(r report.Report, n names) table {
	type line = report.MessageLine
	fields := append(messageFields(n),
		ratios("Trung bình (giây)", average, func(l line) (int64, int64) { return l.Waited, l.Delivered }),
		times("longest", "Lâu nhất (giờ)", inHours, largest, func(l line) int64 { return l.Longest }))
	for i, title := range spanTitles(deliveryBounds()) {
		fields = append(fields, counts("within."+strconv.Itoa(i), title, "thông điệp", func(l line) int64 { return l.Within[i] }))
	}
	fields = append(fields, times("waited", "Tổng thời gian (giờ)", inHours, summed, func(l line) int64 { return l.Waited }))
	return fill(table{key: "message_times", sheet: "Thời gian chuyển", title: "Thời gian từ khi tiếp nhận đến khi chuyển xong thông điệp"}, r.Messages, messagePlace, fields...)
}

// The bounds of spans, in words.
func lookUpBounds() []string {
	var b []string
	for _, d := range report.LookUpSpans() {
		b = append(b, strings.ReplaceAll(strconv.FormatFloat(d.Seconds(), 'f', -1, 64), ".", ",")+" giây")
	}
	return b
}

func deliveryBounds() []string {
	var b []string
	for _, d := range report.DeliverySpans() {
		if d.Hours() >= 1 {
			b = append(b, strconv.FormatFloat(d.Hours(), 'f', -1, 64)+" giờ")
		} else {
			b = append(b, strconv.FormatFloat(d.Minutes(), 'f', -1, 64)+" phút")
		}
	}
	return b
}

// spanTitles names what lies between bounds.
func spanTitles(bounds []string) []string {
	titles := make([]string, 0, len(bounds)+1)
	for i, b := range bounds {
		if i == 0 {
			titles = append(titles, "Đến "+b)
		} else {
			titles = append(titles, "Trên "+bounds[i-1]+" đến "+b)
		}
	}
	return append(titles, "Trên "+bounds[len(bounds)-1])
}
