package layout

import (
	"fmt"
	"slices"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/report"
)

// connection tells of the systems that are connected. // req
func (w *writer) connection() []paper.Block {
	r := w.Report
	const law = "Thực hiện khoản 1 Điều 1 và khoản 4 Điều 3 " + decision1911
	if len(r.Systems) == 0 {
		return []paper.Block{say("%s: đến thời điểm chốt số liệu, %s chưa có hệ thống thông tin nào được phê duyệt tra cứu, xác thực thông tin với %s.", law, w.who(), database)}
	}
	var all, force, secured int64
	var untold []string
	for _, s := range r.Systems {
		if s.Level >= 3 {
			secured++
		} else {
			untold = append(untold, known(s.Title, s.Name))
		}
		for _, a := range s.Approvals {
			all++
			if a.State == inForce {
				force++
			}
		}
	}
	text := fmt.Sprintf("%s: đến thời điểm chốt số liệu, %s có %s kết nối với %s qua %s, theo phương thức API.", law, w.who(), counted(int64(len(r.Systems)), "hệ thống thông tin"), database, w.platform())
	return []paper.Block{paper.Text(text + approvalText(all, force) + levelsText(secured, untold))}
}

// approvalText says how many approvals there are and how many may be used.
func approvalText(all, force int64) string {
	n := counted(all, "phê duyệt") + " sử dụng dịch vụ"
	switch {
	case all == 0:
		return " Chưa có dịch vụ nào được phê duyệt."
	case force == 0:
		return " Có " + n + ", hiện không có phê duyệt nào còn hiệu lực."
	case all == 1:
		return " Có " + n + ", còn hiệu lực."
	case all == force:
		return " Có " + n + ", đều còn hiệu lực."
	}
	return " Có " + n + ", trong đó " + counted(force, "phê duyệt") + " còn hiệu lực."
}

// levelsText says how many systems are secured as the law asks. // req: R-09
func levelsText(secured int64, untold []string) string {
	const level = "được phê duyệt an toàn hệ thống thông tin từ cấp độ 3 trở lên"
	switch n := int64(len(untold)); {
	case n == 0 && secured == 1:
		return " Hệ thống này đã " + level + "."
	case n == 0:
		return " Các hệ thống đều đã " + level + "."
	case secured == 0 && n == 1:
		return " Hệ thống này chưa " + level + "."
	case secured == 0:
		return " Chưa có hệ thống nào " + level + "."
	default:
		return fmt.Sprintf(" Có %s %s; còn %s chưa đạt hoặc chưa có thông tin về cấp độ (%s).", counted(secured, "hệ thống"), level, counted(n, "hệ thống"), named(untold, "hệ thống"))
	}
}

func (w *writer) systemRows() []paper.Block {
	if len(w.Report.Systems) == 0 {
		return nil
	}
	t := paper.Table{Caption: w.caption("Hệ thống thông tin đã kết nối"), Columns: []paper.Column{
		{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Hệ thống thông tin; cấp độ an toàn", Width: 29}, {Title: "Dịch vụ được phê duyệt", Width: 24},
		{Title: "Văn bản phê duyệt; thời hạn", Width: 26}, {Title: "Trạng thái", Width: 14}}}
	last := ""
	for i, s := range w.Report.Systems {
		if w.provincial() && (i == 0 || s.Department != last) {
			t.Rows = append(t.Rows, group(w.names.department(s.Department)+" ("+s.Department+")"))
		}
		last = s.Department
		name := known(s.Title, s.Name) + "\n" + levelText(s)
		if len(s.Approvals) == 0 {
			t.Rows = append(t.Rows, cells(ordinal(i), name, "–", "–", "Chưa có phê duyệt"))
		}
		for j, a := range s.Approvals {
			first, number := "", ""
			if j == 0 {
				first, number = name, ordinal(i)
			}
			t.Rows = append(t.Rows, cells(number, first, fmt.Sprintf("%s (%s)", w.names.service(a.Service), counted(int64(a.Fields), "trường")),
				orDash(decision(a.Document))+validity(a), approvalName(a.State)))
		}
	}
	return []paper.Block{t}
}

func levelText(s report.System) string {
	if s.Level == 0 {
		return "(chưa có thông tin về cấp độ)"
	}
	text := fmt.Sprintf("(cấp độ %d", s.Level)
	if d := decision(s.LevelDecision); d != "" {
		text += ", Quyết định số " + d
	}
	return text + ")"
}

func validity(a report.Approval) string {
	from, until := shortDay(a.From), shortDay(a.Until)
	if from == "" && until == "" {
		return ""
	}
	return "\n(" + orDash(from) + " đến " + orDash(until) + ")"
}

// lookUps tells what was asked. // req: R-03
func (w *writer) lookUps() []paper.Block {
	l := w.Report.Total.LookUps
	ofTotal := func(t report.Totals) int64 { return t.LookUps.Total }
	const law = "Thực hiện khoản 1 Điều 2 " + decision1911
	if l.Total == 0 {
		return []paper.Block{say("%s: trong kỳ, %s không phát sinh lượt tra cứu, xác thực thông tin nào%s.", law, w.who(), w.compare(0, ofTotal, "lượt"))}
	}
	blocks := []paper.Block{say("%s: trong kỳ, %s thực hiện %s tra cứu, xác thực thông tin công dân%s.%s", law, w.who(), counted(l.Total, "lượt"), w.compare(l.Total, ofTotal, "lượt"),
		shares(l.Total, "lượt", part{l.Found, "tìm thấy"}, part{l.NotFound, "không tìm thấy"}, part{l.Refused, "bị từ chối do không có phê duyệt phù hợp hoặc vượt hạn mức"}, part{l.Failed, "không có trả lời"}))}
	if l.Asked > 0 {
		quick := l.Within[0] + l.Within[1] + l.Within[2]
		blocks = append(blocks, say("%s được gửi lên nền tảng; thời gian trả lời trung bình %s, lâu nhất %s; %s được trả lời trong vòng 02 giây.",
			"Có "+counted(l.Asked, "lượt"), decimal(float64(l.Took)/float64(l.Asked)/float64(second), 2)+" giây", seconds(l.Slowest), percent(quick, l.Asked)))
	} else {
		blocks = append(blocks, paper.Text("Không có lượt nào được gửi lên nền tảng."))
	}
	return blocks
}

func (w *writer) lookUpRows() []paper.Block {
	all := withLookUps(byService(w.Report))
	if len(all) == 0 {
		return nil
	}
	t := paper.Table{Caption: w.caption("Kết quả tra cứu, xác thực theo dịch vụ (đơn vị: lượt)"), Columns: lookUpColumns("Dịch vụ")}
	var sum report.LookUps
	for i, e := range all {
		t.Rows = append(t.Rows, cells(lookUpCells(ordinal(i), w.names.service(e.service), e.LookUps)...))
		sum = addLookUps(sum, e.LookUps)
	}
	t.Rows = append(t.Rows, totals(lookUpCells("", "Tổng cộng", sum)...))
	return []paper.Block{t}
}

func lookUpColumns(first string) []paper.Column {
	right := paper.Right
	return []paper.Column{{Title: "STT", Width: 7, Align: paper.Center}, {Title: first, Width: 29}, {Title: "Tổng số", Width: 14, Align: right}, {Title: "Tìm thấy", Width: 14, Align: right},
		{Title: "Không tìm thấy", Width: 12, Align: right}, {Title: "Bị từ chối", Width: 12, Align: right}, {Title: "Không có trả lời", Width: 12, Align: right}}
}

func lookUpCells(number, name string, l report.LookUps) []string {
	return []string{number, name, grouped(l.Total), grouped(l.Found), grouped(l.NotFound), grouped(l.Refused), grouped(l.Failed)}
}

// shared tells what was sent. // req
func (w *writer) shared() []paper.Block {
	m := w.Report.Total.Messages
	received := func(t report.Totals) int64 { return t.Messages.Received }
	const law = "Thực hiện khoản 2 và khoản 3 Điều 2 " + decision1911
	due := m.Before + m.Received + m.Readmitted
	var blocks []paper.Block
	if m.Received == 0 {
		blocks = append(blocks, say("%s: trong kỳ, %s không phát sinh thông điệp chia sẻ, cập nhật dữ liệu nào được tiếp nhận%s.", law, w.who(), w.compare(0, received, "thông điệp")))
	} else {
		blocks = append(blocks, say("%s: trong kỳ, nền tảng của địa phương tiếp nhận %s chia sẻ, cập nhật dữ liệu của %s%s.", law, counted(m.Received, "thông điệp"), w.who(), w.compare(m.Received, received, "thông điệp")))
	}
	if due == 0 {
		return blocks
	}
	text := fmt.Sprintf("Số thông điệp phải chuyển là %s", counted(due, "thông điệp"))
	if m.Before > 0 || m.Readmitted > 0 {
		var of []string
		for _, p := range []part{{m.Before, "tồn từ kỳ trước"}, {m.Received, "tiếp nhận trong kỳ"}, {m.Readmitted, "từng bị từ chối được đưa vào lại"}} {
			if p.n > 0 {
				of = append(of, counted(p.n, "thông điệp")+" "+p.what)
			}
		}
		text += " (gồm " + joined(of) + ")"
	}
	if m.Delivered > 0 {
		text += fmt.Sprintf("; đã chuyển %s, đạt %s", counted(m.Delivered, "thông điệp"), percent(m.Delivered, due))
	} else {
		text += "; chưa chuyển được thông điệp nào"
	}
	if m.Dropped > 0 {
		text += "; đã hủy " + counted(m.Dropped, "thông điệp")
	}
	if m.Waiting == 0 {
		text += "; cuối kỳ không còn thông điệp tồn."
	} else {
		text += "; tồn cuối kỳ " + counted(m.Waiting, "thông điệp")
		if m.Parked > 0 {
			text += ", trong đó " + counted(m.Parked, "thông điệp") + " chờ xử lý thủ công"
		}
		text += "."
	}
	blocks = append(blocks, paper.Text(text))
	if m.Delivered > 0 {
		day := m.Within[0] + m.Within[1] + m.Within[2] + m.Within[3]
		blocks = append(blocks, say("Thời gian từ khi tiếp nhận đến khi chuyển xong trung bình %s, lâu nhất %s; %s được chuyển trong vòng 24 giờ.", span(m.Waited/m.Delivered), span(m.Longest), percent(day, m.Delivered)))
	}
	return blocks
}

func (w *writer) messageRows() []paper.Block {
	all := slices.DeleteFunc(withMessages(byService(w.Report)), func(e exchange) bool {
		return e.Messages.Before+e.Messages.Received+e.Messages.Readmitted+e.Messages.Delivered+e.Messages.Waiting == 0
	})
	if len(all) == 0 {
		return nil
	}
	right := paper.Right
	t := paper.Table{Caption: w.caption("Kết quả chia sẻ, cập nhật dữ liệu theo dịch vụ (đơn vị: thông điệp)"), Columns: []paper.Column{
		{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Dịch vụ", Width: 27}, {Title: "Tồn đầu kỳ", Width: 11, Align: right}, {Title: "Tiếp nhận", Width: 12, Align: right},
		{Title: "Đưa vào lại", Width: 10, Align: right}, {Title: "Đã chuyển", Width: 12, Align: right}, {Title: "Đã hủy", Width: 10, Align: right}, {Title: "Tồn cuối kỳ", Width: 11, Align: right}}}
	row := func(number, name string, m report.Messages) []string {
		return []string{number, name, grouped(m.Before), grouped(m.Received), grouped(m.Readmitted), grouped(m.Delivered), grouped(m.Dropped), grouped(m.Waiting)}
	}
	var sum report.Messages
	for i, e := range all {
		t.Rows = append(t.Rows, cells(row(ordinal(i), w.names.service(e.service), e.Messages)...))
		sum = addMessages(sum, e.Messages)
	}
	t.Rows = append(t.Rows, totals(row("", "Tổng cộng", sum)...))
	return []paper.Block{t}
}
