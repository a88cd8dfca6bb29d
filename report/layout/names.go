package layout

import (
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/report"
)

// names finds what people call the codes of a report.
type names struct {
	departments, services map[string]string
	systems               map[[2]string]string
}

func namesOf(r report.Report) names {
	n := names{departments: map[string]string{}, services: map[string]string{}, systems: map[[2]string]string{}}
	for _, d := range r.Departments {
		n.departments[d.Code] = d.Name
	}
	for _, s := range r.Services {
		n.services[s.Name] = s.Title
	}
	for _, s := range r.Systems {
		n.systems[[2]string{s.Department, s.Name}] = s.Title
	}
	return n
}

func (n names) department(code string) string {
	if code == "" {
		return "Không rõ đơn vị"
	}
	return known(n.departments[code], code)
}

func (n names) system(department, name string) string {
	if name == "" {
		return "Không nêu hệ thống"
	}
	return known(n.systems[[2]string{department, name}], name)
}

func (n names) service(name string) string {
	if name == "" {
		return "Chưa xác định được dịch vụ"
	}
	return known(n.services[name], name)
}

func known(title, code string) string {
	if title == "" {
		return code
	}
	return title
}

// eventName says what an event that touches security is. An event that has no
// name here is shown as the record has it.
func eventName(event string) string {
	switch audit.Event(event) {
	case audit.Denied:
		return "Từ chối yêu cầu không được phê duyệt"
	case audit.Asked:
		return "Từ chối lượt tra cứu"
	case audit.Rejected:
		return "Từ chối thông điệp sai"
	case audit.Conflicted:
		return "Từ chối mã hồ sơ gửi trùng khác nội dung"
	case audit.MappingChanged:
		return "Thay đổi ánh xạ dữ liệu của dịch vụ"
	case audit.Started:
		return "Khởi động dịch vụ"
	case audit.Stopped:
		return "Dừng dịch vụ"
	case audit.Dropped:
		return "Người vận hành hủy thông điệp"
	}
	return deskEventName(event)
}

// deskEventName names the events of people's accounts, of the desk and of the
// wires.
func deskEventName(event string) string {
	switch event {
	case "signed-in":
		return "Đăng nhập"
	case "sign-in-failed":
		return "Đăng nhập không thành công"
	case "signed-out":
		return "Đăng xuất"
	case "account-locked":
		return "Tạm khóa tài khoản do đăng nhập sai"
	case "account-added":
		return "Thêm tài khoản"
	case "account-changed":
		return "Thay đổi tài khoản"
	case "password-changed":
		return "Đổi mật khẩu"
	case "locked-out":
		return "Tạm khóa kết nối do đăng nhập sai"
	case "upstream-down":
		return "Mất kết nối với nền tảng"
	case "upstream-up":
		return "Kết nối lại với nền tảng"
	case "report-drafted":
		return "Lập báo cáo"
	case "report-completed":
		return "Hoàn thiện báo cáo"
	case "report-reopened":
		return "Mở lại báo cáo để sửa"
	case "report-confirmed":
		return "Xác nhận báo cáo"
	case "report-received":
		return "Tiếp nhận báo cáo"
	case "report-returned":
		return "Trả lại báo cáo"
	case "report-consolidated":
		return "Tổng hợp báo cáo của tỉnh"
	case "report-issued":
		return "Ban hành báo cáo của tỉnh"
	case "report-imported":
		return "Nhận số liệu của nút khác"
	}
	return event
}

// codeName says for what reason something was refused.
func codeName(code string) string {
	if code == "" {
		return ""
	}
	return known(refusals[code], code)
}

// refusals are the codes that the record gives with refusals.
var refusals = map[string]string{
	"NotApproved":    "Đơn vị, hệ thống chưa được phê duyệt sử dụng dịch vụ",
	"NoSystem":       "Tài khoản không thuộc hệ thống nào đã được phê duyệt",
	"NotYet":         "Văn bản phê duyệt chưa có hiệu lực",
	"Ended":          "Văn bản phê duyệt đã hết hiệu lực",
	"Purpose":        "Thủ tục hành chính ngoài mục đích được phê duyệt",
	"Unit":           "Mã đơn vị không thuộc đơn vị gửi yêu cầu",
	"Officer":        "Không xác định được cán bộ thực hiện",
	"Quota":          "Vượt hạn mức trong ngày",
	"UnknownService": "Dịch vụ không tồn tại",
	"WrongElement":   "Thông điệp không đúng dịch vụ",
	"Malformed":      "Nội dung không đúng cấu trúc",
	"Invalid":        "Nội dung có trường thông tin sai",
	"Conflict":       "Trùng mã hồ sơ với thông điệp khác",
}

// stateName says how far a department's report has come.
func stateName(s State) string {
	switch s {
	case Missing, "":
		return "Chưa lập"
	case Drafted:
		return "Đang lập, chưa gửi"
	case Completed:
		return "Đã hoàn thiện, chưa gửi"
	case Confirmed:
		return "Đã gửi, chờ tiếp nhận"
	case Received:
		return "Đã tiếp nhận"
	case Returned:
		return "Trả lại để bổ sung"
	}
	return string(s)
}

// inForce is the state of an approval that may be used.
const inForce = "in force"

// approvalName says whether an approval is in force. The register's own words
// are shown as they are when they are none of these.
func approvalName(state string) string {
	switch state {
	case inForce:
		return "Còn hiệu lực"
	case "asked for":
		return "Đang đề nghị"
	case "not yet":
		return "Chưa đến hiệu lực"
	case "ended":
		return "Hết hiệu lực"
	}
	return state
}

// lineName says which line of exchange an outage is of.
func lineName(line string) string {
	switch line {
	case "messages", "message":
		return "Chia sẻ dữ liệu"
	case "lookups", "look-ups", "lookup":
		return "Tra cứu, xác thực"
	case "":
		return "Toàn bộ"
	}
	return line
}

func upstreamName(upstream string) string {
	if upstream == "" {
		return "Phần mềm kết nối (lgspd) không hoạt động"
	}
	return upstream
}
