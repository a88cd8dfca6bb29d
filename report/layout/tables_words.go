package layout

import (
	"strconv"

	"lgsp.internal/adapter/report"
)

// checkTable lists the checks of security, of the departments too.
func checkTable(p Paper) table {
	type line struct {
		who string
		report.Check
	}
	var lines []line
	for _, s := range statements(p) {
		for _, c := range s.Statement.Checks {
			lines = append(lines, line{s.Name, c})
		}
	}
	return fill(table{key: "checks", sheet: "Kiểm tra", title: "Các cuộc kiểm tra, đánh giá an toàn thông tin"},
		lines, func(l line) place { return place{other: l.who} },
		words("Đơn vị báo cáo", 30, func(l line) string { return l.who }),
		field[line]{column{title: "Ngày", form: date, width: 12}, func(l line) cell { return cell{n: int64(l.On), blank: l.On == 0} }},
		words("Đơn vị kiểm tra", 30, func(l line) string { return l.By }),
		words("Nội dung kiểm tra", 40, func(l line) string { return l.Subject }),
		words("Kết quả", 40, func(l line) string { return l.Result }),
		words("Văn bản", 24, func(l line) string { return l.Document }))
}

// correctionTable lists the corrections beside what the record has.
func correctionTable(p Paper) table {
	type line struct {
		who string
		report.Correction
	}
	var lines []line
	for _, s := range statements(p) {
		for _, c := range s.Statement.Corrections {
			lines = append(lines, line{s.Name, c})
		}
	}
	return fill(table{key: "corrections", sheet: "Đính chính", title: "Số liệu đính chính"},
		lines, func(l line) place { return place{other: l.who} },
		words("Đơn vị báo cáo", 30, func(l line) string { return l.who }),
		words("Chỉ tiêu", 40, func(l line) string { return l.Item }),
		words("Số liệu trong nhật ký", 20, func(l line) string { return l.Recorded }),
		words("Số liệu đính chính", 20, func(l line) string { return l.Right }),
		words("Lý do", 50, func(l line) string { return l.Reason }))
}

// statements are those of the paper, the issuer's first.
func statements(p Paper) []DepartmentStatement {
	return append([]DepartmentStatement{{p.Report.Scope, issuer(p), p.Statement}}, p.Statements...)
}

// issuer is the agency whose report it is.
func issuer(p Paper) string {
	if p.Letterhead.Agency != "" || p.provincial() {
		return p.Letterhead.Agency
	}
	if name := namesOf(p.Report).departments[p.Report.Scope]; name != "" {
		return name
	}
	return p.Report.Scope
}

func submissionTable(p Paper) table {
	return fill(table{key: "submissions", sheet: "Gửi báo cáo", title: "Tình hình gửi báo cáo của các đơn vị"},
		p.Submissions, func(s Submission) place { return place{department: s.Code} },
		words("Mã đơn vị", 12, func(s Submission) string { return s.Code }),
		words("Đơn vị", 34, func(s Submission) string { return s.Name }),
		words("Trạng thái", 24, func(s Submission) string { return stateName(s.State) }),
		field[Submission]{column{title: "Thời điểm gửi", form: instant, width: 18}, func(s Submission) cell { return instantCell(s.At) }},
		words("Thời hạn", 14, timely))
}

// timely says whether a report came in time.
func timely(s Submission) string {
	switch {
	case s.Late && s.At.IsZero():
		return "Quá hạn"
	case s.Late:
		return "Gửi muộn"
	case s.At.IsZero():
		return ""
	}
	return "Đúng hạn"
}

// nodeTable lists the ends of the records that the figures rest on.
func nodeTable(r report.Report) table {
	type line = report.Node
	return fill(table{key: "nodes", sheet: "Nhật ký", title: "Nhật ký làm căn cứ của số liệu"},
		r.Nodes, func(n line) place { return place{system: n.Name} },
		words("Nút", 20, func(n line) string { return n.Name }),
		field[line]{column{key: "seq", title: "Số thứ tự mục nhật ký cuối", form: count, width: 16}, func(n line) cell { return number(n.Seq) }},
		field[line]{column{key: "hash", title: "Mã băm của nhật ký tại mục đó", width: 68}, func(n line) cell { return textCell(n.Hash) }},
		field[line]{column{key: "at", title: "Thời điểm của mục đó", form: instant, width: 20}, func(n line) cell { return instantCell(n.At) }})
}

func ordinal(i int) string { return strconv.Itoa(i + 1) }
