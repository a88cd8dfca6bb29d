package layout

import (
	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/report"
)

// byDepartment tells which departments exchanged anything.
func (w *writer) byDepartment() []paper.Block {
	var idle []string
	var asked, sent int64
	all := byDepartment(w.Report)
	for _, e := range all {
		if e.LookUps.Total > 0 {
			asked++
		}
		if e.Messages.Received > 0 {
			sent++
		}
		if e.LookUps.Total == 0 && e.Messages.Received == 0 {
			idle = append(idle, w.names.department(e.department))
		}
	}
	switch {
	case len(all) == 0:
		return []paper.Block{paper.Text(none)}
	case len(idle) == len(all):
		return []paper.Block{paper.Text("Trong kỳ không có đơn vị nào phát sinh khai thác, chia sẻ dữ liệu.")}
	}
	text := some(asked, "phát sinh tra cứu, xác thực") + "; " + some(sent, "phát sinh chia sẻ, cập nhật dữ liệu")
	if len(idle) > 0 {
		text += "; có " + counted(int64(len(idle)), "đơn vị") + " không phát sinh khai thác, chia sẻ dữ liệu (" + named(idle, "đơn vị") + ")"
	}
	return []paper.Block{paper.Text("Trong kỳ, " + text + ".")}
}

// some says how many departments did something.
func some(n int64, what string) string {
	if n == 0 {
		return "không có đơn vị nào " + what
	}
	return "có " + counted(n, "đơn vị") + " " + what
}

func (w *writer) departmentRows() []paper.Block {
	all := byDepartment(w.Report)
	if len(all) == 0 {
		return nil
	}
	right := paper.Right
	t := paper.Table{Caption: w.caption("Kết quả khai thác, chia sẻ dữ liệu theo đơn vị"), Columns: []paper.Column{
		{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Đơn vị", Width: 29}, {Title: "Lượt tra cứu", Width: 13, Align: right}, {Title: "Tìm thấy", Width: 13, Align: right},
		{Title: "Thông điệp tiếp nhận", Width: 13, Align: right}, {Title: "Đã chuyển", Width: 13, Align: right}, {Title: "Tồn cuối kỳ", Width: 12, Align: right}}}
	row := func(number, name string, l report.LookUps, m report.Messages) []string {
		return []string{number, name, grouped(l.Total), grouped(l.Found), grouped(m.Received), grouped(m.Delivered), grouped(m.Waiting)}
	}
	var sum exchange
	for i, e := range all {
		t.Rows = append(t.Rows, cells(row(ordinal(i), w.names.department(e.department), e.LookUps, e.Messages)...))
		sum.LookUps, sum.Messages = addLookUps(sum.LookUps, e.LookUps), addMessages(sum.Messages, e.Messages)
	}
	t.Rows = append(t.Rows, totals(row("", "Tổng cộng", sum.LookUps, sum.Messages)...))
	return []paper.Block{t}
}

// quality tells how often what was sent was wrong. // req: R-04
func (w *writer) quality() []paper.Block {
	m := w.Report.Total.Messages
	rejected := func(t report.Totals) int64 { return t.Messages.Rejected }
	var blocks []paper.Block
	if m.Rejected == 0 {
		blocks = append(blocks, say("Trong kỳ không có thông điệp nào bị từ chối do có lỗi%s.", w.compare(0, rejected, "thông điệp")))
	} else {
		text := "Trong kỳ có " + counted(m.Rejected, "thông điệp") + " bị từ chối do không đúng cấu trúc hoặc có trường thông tin sai" + w.compare(m.Rejected, rejected, "thông điệp")
		var of []string
		for _, p := range []part{{m.Corrected, "đã được đơn vị sửa và gửi lại"}, {m.Abandoned, "không được sửa"}} {
			if p.n > 0 {
				of = append(of, counted(p.n, "thông điệp")+" "+p.what)
			}
		}
		if len(of) > 0 {
			text += "; " + joined(of)
		}
		blocks = append(blocks, paper.Text(text+"."))
	}
	var other []string
	for _, p := range []part{
		{m.Returned, "lượt thông điệp bị nền tảng trả lại do sai"}, {m.Retried, "lượt phải gửi lại do gián đoạn"}, {m.Repeated, "thông điệp gửi trùng"},
		{m.Conflicted, "thông điệp trùng mã nhưng khác nội dung"}, {m.Denied, "thông điệp thuộc dịch vụ chưa được phê duyệt"},
	} {
		if p.n > 0 {
			other = append(other, counted(p.n, p.what))
		}
	}
	if len(other) > 0 {
		blocks = append(blocks, say("Ngoài ra có %s.", joined(other)))
	}
	return blocks
}

func (w *writer) fieldRows() []paper.Block {
	all := w.Report.Fields
	if len(all) == 0 {
		return nil
	}
	caption := "Các trường thông tin thường sai"
	if len(all) > mostFieldRows {
		all, caption = all[:mostFieldRows], "10 trường thông tin sai nhiều nhất"
	}
	t := paper.Table{Caption: w.caption(caption), Columns: []paper.Column{{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Đơn vị; dịch vụ", Width: 30},
		{Title: "Trường thông tin", Width: 47}, {Title: "Số thông điệp", Width: 16, Align: paper.Right}}}
	for i, f := range all {
		about := w.names.service(f.Service)
		if w.provincial() {
			about = w.names.department(f.Department) + "; " + lowerFirst(about)
		}
		t.Rows = append(t.Rows, cells(ordinal(i), about, f.Field, grouped(f.Times)))
	}
	return []paper.Block{t}
}

// notices tells of the errors that were found in shared data. // req: R-14
func (w *writer) notices() []paper.Block {
	n := w.Report.Total.Notices
	opened := func(t report.Totals) int64 { return t.Notices.Opened }
	const law = "Thực hiện " + circular46 + ", khi phát hiện thông tin sai sót trong quá trình khai thác, chia sẻ, đơn vị lập thông báo gửi cơ quan quản lý " + database + "."
	if n == (report.Notices{}) {
		return []paper.Block{say("%s Trong kỳ không phát sinh thông báo nào%s.", law, w.compare(0, opened, "thông báo"))}
	}
	text := " Trong kỳ không lập thông báo mới"
	if n.Opened > 0 {
		text = " Trong kỳ đã lập " + counted(n.Opened, "thông báo")
	}
	text += w.compare(n.Opened, opened, "thông báo")
	for _, p := range []part{{n.Before, "tồn từ kỳ trước"}, {n.Sent, "đã gửi"}, {n.Closed, "đã xử lý xong và đóng"}} {
		if p.n > 0 {
			text += "; " + counted(p.n, "thông báo") + " " + p.what
		}
	}
	if n.Open > 0 {
		return []paper.Block{paper.Text(law + text + "; còn " + counted(n.Open, "thông báo") + " chưa xử lý xong khi kết thúc kỳ.")}
	}
	return []paper.Block{paper.Text(law + text + "; không còn thông báo tồn khi kết thúc kỳ.")}
}

func (w *writer) noticeRows() []paper.Block {
	if !w.provincial() || len(w.Report.Notices) == 0 {
		return nil
	}
	right := paper.Right
	t := paper.Table{Caption: w.caption("Thông báo sai sót theo đơn vị (đơn vị: thông báo)"), Columns: []paper.Column{{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Đơn vị", Width: 33},
		{Title: "Tồn đầu kỳ", Width: 12, Align: right}, {Title: "Lập trong kỳ", Width: 12, Align: right}, {Title: "Đã gửi", Width: 12, Align: right},
		{Title: "Đã đóng", Width: 12, Align: right}, {Title: "Tồn cuối kỳ", Width: 12, Align: right}}}
	row := func(number, name string, n report.Notices) []string {
		return []string{number, name, grouped(n.Before), grouped(n.Opened), grouped(n.Sent), grouped(n.Closed), grouped(n.Open)}
	}
	var sum report.Notices
	for i, l := range w.Report.Notices {
		t.Rows = append(t.Rows, cells(row(ordinal(i), w.names.department(l.Department), l.Notices)...))
		sum.Before, sum.Opened, sum.Sent = sum.Before+l.Before, sum.Opened+l.Opened, sum.Sent+l.Sent
		sum.Closed, sum.Open = sum.Closed+l.Closed, sum.Open+l.Open
	}
	t.Rows = append(t.Rows, totals(row("", "Tổng cộng", sum)...))
	return []paper.Block{t}
}
