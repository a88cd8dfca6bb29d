package layout

import (
	"fmt"
	"strings"

	"lgsp.internal/adapter/report"
)

// title is what the report is about, as its subject says.
func title(p Paper) string {
	return "Báo cáo " + lowerFirst(subject(p))
}

func subject(p Paper) string {
	return subjectStem + " " + p.Report.Period.Title()
}

const subjectStem = "Kết quả kết nối, chia sẻ dữ liệu với " + database

// subjectLines is the subject with the period on a line of its own.
func subjectLines(r report.Report) string { return subjectStem + "\n" + r.Period.Title() }

// periodText names the period with its days.
func periodText(r report.Report) string {
	days := "từ ngày " + r.Period.From.Short() + " đến ngày " + r.Period.To.Short()
	if name := r.Period.Title(); name != days {
		return "Kỳ báo cáo: " + name + " (" + days + ")"
	}
	return "Kỳ báo cáo: " + days
}

// scopeText says whose figures they are.
func scopeText(p Paper) string {
	if p.provincial() {
		return "Phạm vi: toàn bộ các đơn vị của " + known(p.Report.Province, "địa phương")
	}
	return "Phạm vi: " + known(namesOf(p.Report).departments[p.Report.Scope], issuer(p)) + " (" + p.Report.Scope + ")"
}

// headLine names the ends of the records in one line, as far as it holds them.
func headLine(r report.Report) string {
	switch len(r.Nodes) {
	case 0:
		return "Nhật ký: không có mục nào"
	case 1:
		return "Nhật ký: " + nodeHead(r.Nodes[0])
	}
	return fmt.Sprintf("Nhật ký của %d nút; %s: %s", len(r.Nodes), cut(r.Nodes[0].Name, 40), nodeHead(r.Nodes[0]))
}

// nodeHead is sequence and hash of the end of a record.
func nodeHead(n report.Node) string {
	if n.Seq == 0 {
		return "chưa có mục nào"
	}
	return "mục " + grouped(n.Seq) + ", mã băm " + n.Hash
}

// definitions say how figures are counted, for people who read only the figures.
func definitions() [][2]string {
	return [][2]string{
		{"Lượt tra cứu, xác thực", "Một yêu cầu của hệ thống thông tin về một công dân, tính một lần khi được trả lời. Tổng số lượt = tìm thấy + không tìm thấy + bị từ chối + không có trả lời."},
		{"Bị từ chối (tra cứu)", "Lượt mà phần mềm kết nối không chuyển lên nền tảng vì không có phê duyệt phù hợp, vượt hạn mức hoặc trái quy định."},
		{"Không có trả lời", "Lượt mà nền tảng hoặc Cơ sở dữ liệu quốc gia về dân cư không trả lời được."},
		{"Thời gian trả lời", "Tính với các lượt đã gửi lên nền tảng, từ khi gửi đến khi nhận trả lời."},
		{"Thông điệp", "Một lần đơn vị chia sẻ, cập nhật dữ liệu. Thông điệp được tiếp nhận khi đã lưu bền vững và đơn vị đã nhận biên nhận; đã chuyển khi nền tảng xác nhận."},
		{"Tồn đầu kỳ, tồn cuối kỳ", "Thông điệp đã tiếp nhận nhưng chưa chuyển và chưa hủy tại thời điểm đầu kỳ, cuối kỳ. Tồn đầu kỳ + tiếp nhận + đưa vào lại − đã chuyển − đã hủy = tồn cuối kỳ."},
		{"Bị từ chối do có lỗi", "Thông điệp không đúng cấu trúc hoặc có trường thông tin sai; đơn vị gửi được thông báo từng lỗi. Không tính vào số tiếp nhận."},
		{"Bị nền tảng trả lại", "Lượt mà nền tảng trả lại thông điệp đã chuyển vì cho là sai."},
		{"Phải gửi lại do gián đoạn", "Lượt gửi không thành công không do lỗi của thông điệp; phần mềm tự gửi lại."},
		{"Nhóm thủ tục hành chính liên thông", "Tính theo thông điệp của các dịch vụ thuộc nhóm; trong 24 giờ là từ khi tiếp nhận đến khi chuyển xong."},
		{"Gián đoạn", "Khoảng thời gian không kết nối được nền tảng hoặc phần mềm kết nối không hoạt động, chỉ tính phần thuộc kỳ báo cáo."},
		{"Mã băm của nhật ký", "Giá trị xác định toàn bộ nhật ký đến mục đã nêu; sửa, xóa hoặc thêm bất kỳ mục nào trước đó đều làm giá trị này thay đổi."},
	}
}

// paragraphs parts a text that a person typed, or pasted from a program that
// ends lines with the separators of Unicode.
func paragraphs(s string) []string {
	var all []string
	for line := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '\n' || r == '\u2028' || r == '\u2029' }) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}
