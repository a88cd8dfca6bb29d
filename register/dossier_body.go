package register

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"lgsp.internal/adapter/internal/paper"
)

func (l *dossier) body() []paper.Block {
	dep := l.Department
	name := gapped(dep.Name)
	blocks := []paper.Block{
		paper.Text(fmt.Sprintf("%s đề nghị được kết nối, chia sẻ, khai thác dữ liệu với Cơ sở dữ liệu quốc gia về dân cư thông qua %s, với các nội dung sau:",
			name, l.want(l.Platform, "platform"))),
		heading("Đơn vị đăng ký"),
		paper.List{Items: []string{
			sentence("Tên đơn vị: " + name),
			sentence("Mã định danh điện tử: " + l.want(dep.Code, "department: agency code")),
			sentence("Cơ quan chủ quản: " + gapped(dep.Parent)),
			sentence("Địa phương: " + l.want(l.Province, "province")),
		}},
		heading("Chức năng, nhiệm vụ"),
	}
	for paragraph := range strings.SplitSeq(l.want(dep.Functions, "department: functions and duties"), "\n") {
		if !blank(paragraph) {
			blocks = append(blocks, paper.Text(paragraph))
		}
	}
	blocks = append(blocks, heading("Hệ thống thông tin, cơ sở dữ liệu đề nghị kết nối"))
	if len(dep.Systems) == 0 {
		blocks = append(blocks, paper.Text(l.want("", "systems")))
	}
	for i, s := range dep.Systems {
		blocks = append(blocks, l.system(s, i)...)
	}
	blocks = append(blocks, heading("Dịch vụ đăng ký"))
	blocks = append(blocks, l.services()...)
	return append(blocks, l.closing()...)
}

func (l *dossier) system(s System, i int) []paper.Block {
	at := where(s, i)
	blocks := []paper.Block{paper.Heading{Level: 3, Text: l.want(s.Title, at+"title")}}
	items := []string{
		sentence("Mã hệ thống: " + l.want(s.Name, at+"code")),
		sentence("Cấp độ an toàn hệ thống thông tin: " + l.level(s, at)),
		sentence("Cán bộ phụ trách: " + l.contact(s.Contact, at)),
		sentence("Mục đích: " + l.want(s.Purpose, at+"purpose")),
		sentence("Phạm vi: " + l.want(s.Scope, at+"scope")),
		sentence("Nội dung: " + l.want(s.Description, at+"content")),
		sentence("Số lượng trường thông tin đề nghị khai thác: " + fieldCount(s)),
	}
	return append(blocks, paper.List{Items: items})
}

// level says at which level the system is secured. TT 46/2022/TT-BCA connects
// systems of level 3 and above, so a lower one is a fault of the dossier.
func (l *dossier) level(s System, at string) string {
	text := "cấp độ " + paper.Gap
	switch {
	case s.Level < 1 || s.Level > 5:
		l.missing = append(l.missing, at+"security level, 3 or higher")
	case s.Level < 3:
		l.missing = append(l.missing, fmt.Sprintf("%sa security level of 3 or higher; it is %d", at, s.Level))
		fallthrough
	default:
		text = "cấp độ " + strconv.Itoa(s.Level)
	}
	return text + ", được phê duyệt tại Quyết định " + l.decision(s.LevelDecision, at+"decision on the security level")
}

func (l *dossier) decision(d Decision, what string) string {
	number := l.want(d.Number, what+": number")
	if d.Date.IsZero() {
		l.missing = append(l.missing, what+": date")
	}
	return "số " + number + " " + paper.DateText(d.Date)
}

func (l *dossier) contact(c Contact, at string) string {
	at += "officer in charge: "
	return l.want(c.Name, at+"name") + ", " + l.want(c.Position, at+"position") +
		"; điện thoại: " + strings.ReplaceAll(l.want(c.Phone, at+"phone"), " ", noBreakSpace) + "; thư điện tử: " + l.want(c.Email, at+"email")
}

// fieldCount counts each field of a system once, in however many services it is.
func fieldCount(s System) string {
	distinct, sum := map[string]bool{}, 0
	for _, a := range s.Approvals {
		sum += len(a.Fields)
		for _, f := range a.Fields {
			distinct[f.Path] = true
		}
	}
	if sum == 0 {
		return paper.Gap + " trường"
	}
	count := twoDigits(len(distinct)) + " trường"
	if sum != len(distinct) {
		count += fmt.Sprintf(" khác nhau (%s lượt trường, tính theo từng dịch vụ)", twoDigits(sum))
	}
	return count + ", nêu tại Phụ lục I"
}

// services is the table of what is asked for, a row for each service.
func (l *dossier) services() []paper.Block {
	table := paper.Table{Columns: []paper.Column{
		{Title: "STT", Width: 7, Align: paper.Center},
		{Title: "Dịch vụ,\nmã tích hợp", Width: 32},
		{Title: "Thủ tục hành chính (MaDVC)", Width: 22},
		{Title: "Số\ntrường", Width: 11, Align: paper.Center},
		{Title: "Số lượt\nmỗi ngày", Width: 11, Align: paper.Center},
		{Title: "Thời hạn,\nđịnh danh cán bộ", Width: 18},
	}}
	for i, s := range l.Department.Systems {
		at := where(s, i)
		table.Rows = append(table.Rows, paper.Row{Kind: paper.Group, Cells: []string{gapped(s.Title)}})
		for j, a := range s.Approvals {
			table.Rows = append(table.Rows, l.service(a, j+1, at))
		}
		if len(s.Approvals) == 0 {
			table.Rows = append(table.Rows, paper.Row{Cells: []string{"", l.want("", at+"services asked for")}})
		}
	}
	if len(table.Rows) == 0 {
		table.Rows = []paper.Row{{Cells: []string{"", paper.Gap}}}
	}
	return []paper.Block{
		paper.Text("Các dịch vụ chia sẻ dữ liệu của Cơ sở dữ liệu quốc gia về dân cư đề nghị sử dụng được nêu trong bảng dưới đây; danh mục trường thông tin của từng dịch vụ nêu tại Phụ lục I."),
		table,
	}
}

func (l *dossier) service(a Approval, n int, at string) paper.Row {
	at += fmt.Sprintf("service %s: ", orNumber(a.Service, n))
	service := l.want(a.ServiceTitle, at+"title") + "\n" + l.want(a.Service, at+"code") + "\nMã tích hợp: " + l.want(a.Integration, at+"integration code (MaTichHop)")
	if a.Decision != (Decision{}) {
		service += "\nĐã được chấp thuận tại văn bản " + l.decision(a.Decision, at+"decision of consent")
	}
	quota := paper.Gap
	if a.Quota > 0 {
		quota = grouped(a.Quota)
	} else {
		l.missing = append(l.missing, at+"quota per day")
	}
	count := paper.Gap
	if len(a.Fields) > 0 {
		count = twoDigits(len(a.Fields))
	} else {
		l.missing = append(l.missing, at+"fields")
	}
	officer := "Không gửi số định danh cá nhân của cán bộ"
	if a.Officer {
		officer = "Có gửi số định danh cá nhân của cán bộ khai thác (MaCanBo)"
	}
	return paper.Row{Cells: []string{strconv.Itoa(n), service, l.procedures(a, at), count, quota, l.validity(a, at) + "\n" + officer}}
}

func (l *dossier) procedures(a Approval, at string) string {
	lines := make([]string, len(a.Purposes))
	for i, p := range a.Purposes {
		of := fmt.Sprintf("%sprocedure %s: ", at, orNumber(p.Code, i+1))
		lines[i] = l.want(p.Code, of+"code (MaDVC)") + " - " + l.want(p.Title, of+"title")
	}
	return strings.Join(l.wantAll(lines, at+"procedures (MaDVC)"), "\n")
}

func (l *dossier) validity(a Approval, at string) string {
	from, until := "Từ ngày được chấp thuận", "không xác định thời hạn"
	if !a.From.IsZero() {
		from = "Từ ngày " + calendarDay(a.From)
	}
	if !a.Until.IsZero() {
		until = "đến ngày " + calendarDay(a.Until)
	}
	if !a.From.IsZero() && !a.Until.IsZero() && a.Until.Before(a.From) {
		l.missing = append(l.missing, at+"an end of validity that is after its start")
	}
	return from + ", " + until
}

func (l *dossier) closing() []paper.Block {
	name := gapped(l.Department.Name)
	return []paper.Block{
		heading("Phương thức kết nối"),
		paper.Text("Kết nối qua giao diện lập trình ứng dụng (API) trên " + gapped(l.Platform) + "; mô tả kỹ thuật nêu tại Phụ lục II."),
		heading("Cam kết"),
		paper.Text(name + " cam kết:"),
		paper.List{Mark: paper.Letter, Items: []string{
			"Chỉ khai thác, sử dụng thông tin đúng chức năng, nhiệm vụ, mục đích, trong phạm vi và nội dung được chấp thuận; không sao chép, không cung cấp thông tin cho bên thứ ba khi chưa được phép;",
			"Quản lý, bảo mật tài khoản kết nối; lưu nhật ký việc kết nối, chia sẻ và khai thác thông tin ít nhất 02 năm kể từ thời điểm phát sinh để phục vụ theo dõi, kiểm tra, giám sát;",
			"Bảo đảm hệ thống đáp ứng yêu cầu an toàn hệ thống thông tin cấp độ 3 trở lên; kiểm tra, đánh giá an toàn thông tin trước khi kết nối, khi thay đổi thiết kế và định kỳ hằng năm;",
			"Thông báo kịp thời cho cơ quan quản lý Cơ sở dữ liệu quốc gia về dân cư khi phát hiện thông tin được chia sẻ, khai thác có sai sót.",
		}},
		paper.Text(name + " kính đề nghị " + addressee(l.Recipient) + " xem xét, chấp thuận./."),
	}
}

func addressee(to []string) string {
	if len(to) == 1 && !blank(to[0]) {
		return to[0]
	}
	return "Quý cơ quan"
}

func heading(text string) paper.Heading { return paper.Heading{Level: 2, Text: text} }

func calendarDay(t time.Time) string { return t.Format("02/01/2006") }
