package layout

import (
	"cmp"
	"fmt"
	"slices"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/report"
)

// groups tells of the groups of linked procedures. // req: R-22
func (w *writer) groups() []paper.Block {
	const law = "Thực hiện điểm c khoản 3 Điều 3 " + decision1911 + " và Nghị định số 63/2024/NĐ-CP"
	active := slices.DeleteFunc(slices.Clone(w.Report.Groups), func(g report.GroupLine) bool { return g.Received+g.Delivered+g.Waiting == 0 })
	if len(active) == 0 {
		return []paper.Block{say("%s: trong kỳ không phát sinh thông điệp thuộc các nhóm thủ tục hành chính liên thông.", law)}
	}
	var items []string
	for i, g := range active {
		text := fmt.Sprintf("%s: tiếp nhận %s; đã chuyển %s", g.Title, counted(g.Received, "thông điệp"), counted(g.Delivered, "thông điệp"))
		if g.Delivered > 0 {
			text += fmt.Sprintf(", trong đó %s trong vòng 24 giờ (%s)", counted(g.InTime, "thông điệp"), percent(g.InTime, g.Delivered))
		}
		if g.Late > 0 {
			text += ", " + counted(g.Late, "thông điệp") + " quá 24 giờ"
		}
		if g.Waiting > 0 {
			text += "; tồn cuối kỳ " + counted(g.Waiting, "thông điệp")
		}
		items = append(items, text+ending(i, len(active)))
	}
	return []paper.Block{say("%s, kết quả liên thông dữ liệu trong kỳ:", law), paper.List{Items: items}}
}

func (w *writer) groupRows() []paper.Block {
	if len(w.Report.Groups) == 0 {
		return nil
	}
	right := paper.Right
	t := paper.Table{Caption: w.caption("Nhóm thủ tục hành chính liên thông (đơn vị: thông điệp)"), Columns: []paper.Column{{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Nhóm thủ tục hành chính", Width: 37},
		{Title: "Tiếp nhận", Width: 12, Align: right}, {Title: "Đã chuyển", Width: 12, Align: right}, {Title: "Trong 24 giờ", Width: 11, Align: right},
		{Title: "Quá 24 giờ", Width: 10, Align: right}, {Title: "Tồn cuối kỳ", Width: 11, Align: right}}}
	for i, g := range w.Report.Groups {
		t.Rows = append(t.Rows, cells(ordinal(i), g.Title, grouped(g.Received), grouped(g.Delivered), grouped(g.InTime), grouped(g.Late), grouped(g.Waiting)))
	}
	return []paper.Block{t}
}

func (w *writer) checkCount() int {
	n := 0
	for _, s := range statements(w.Paper) {
		n += len(s.Statement.Checks)
	}
	return n
}

// checks tells of checks of security. // req: R-10
func (w *writer) checks() []paper.Block {
	const law = "Thực hiện điểm c khoản 4 Điều 3 " + decision1911 + " và " + circular46
	n := w.checkCount()
	if n == 0 {
		return []paper.Block{say("%s: trong kỳ không phát sinh cuộc kiểm tra, đánh giá an toàn thông tin nào.", law)}
	}
	return []paper.Block{say("%s: trong kỳ có %s kiểm tra, đánh giá an toàn thông tin:", law, counted(int64(n), "cuộc"))}
}

func (w *writer) checkRows() []paper.Block {
	if w.checkCount() == 0 {
		return nil
	}
	t := paper.Table{Caption: w.caption("Các cuộc kiểm tra, đánh giá an toàn thông tin"), Columns: []paper.Column{{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Ngày", Width: 13, Align: paper.Center},
		{Title: "Đơn vị kiểm tra", Width: 20}, {Title: "Nội dung", Width: 25}, {Title: "Kết quả; văn bản", Width: 35}}}
	n := 0
	for _, s := range statements(w.Paper) {
		if len(s.Statement.Checks) == 0 {
			continue
		}
		if w.provincial() {
			t.Rows = append(t.Rows, group(s.Name))
		}
		for _, c := range s.Statement.Checks {
			n++
			day, result := "–", orDash(c.Result)
			if c.On != 0 {
				day = c.On.Short()
			}
			if c.Document != "" {
				result += " (" + c.Document + ")"
			}
			t.Rows = append(t.Rows, cells(grouped(int64(n)), day, c.By, c.Subject, result))
		}
	}
	return []paper.Block{t}
}

// event is one kind of event with one reason, over all departments.
type event struct {
	event, code string
	times       int64
}

func (w *writer) eventSums() []event {
	var all []event
	for _, l := range w.Report.Security {
		i := slices.IndexFunc(all, func(e event) bool { return e.event == l.Event && e.code == l.Code })
		if i < 0 {
			i, all = len(all), append(all, event{event: l.Event, code: l.Code})
		}
		all[i].times += l.Times
	}
	slices.SortStableFunc(all, func(a, b event) int { return cmp.Compare(b.times, a.times) })
	return all
}

// events tells of refusals and other events that touch security. // req: R-18
func (w *writer) events() []paper.Block {
	n := w.Report.Total.Security
	of := func(t report.Totals) int64 { return t.Security }
	if n == 0 {
		return []paper.Block{say("Trong kỳ không phát sinh sự kiện liên quan đến an toàn thông tin%s.", w.compare(0, of, "sự kiện"))}
	}
	text := "Trong kỳ ghi nhận " + counted(n, "sự kiện") + " liên quan đến an toàn thông tin" + w.compare(n, of, "sự kiện") + "."
	if len(w.Report.Security) > 0 {
		text += " Các sự kiện và lý do được phân loại tại bảng sau đây:"
	}
	return []paper.Block{paper.Text(text)}
}

func (w *writer) eventRows() []paper.Block {
	all := w.eventSums()
	if len(all) == 0 {
		return nil
	}
	t := paper.Table{Caption: w.caption("Sự kiện liên quan đến an toàn thông tin"), Columns: []paper.Column{{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Sự kiện", Width: 35},
		{Title: "Lý do", Width: 44}, {Title: "Số lần", Width: 14, Align: paper.Right}}}
	var sum int64
	for i, e := range all {
		t.Rows = append(t.Rows, cells(ordinal(i), eventName(e.event), orDash(codeName(e.code)), grouped(e.times)))
		sum += e.times
	}
	t.Rows = append(t.Rows, totals("", "Tổng cộng", "", grouped(sum)))
	return []paper.Block{t}
}

// record says how the record is kept. // req: R-12
func (w *writer) record() []paper.Block {
	return []paper.Block{paper.Text("Nhật ký kết nối, chia sẻ, khai thác dữ liệu được lưu giữ tối thiểu 02 năm kể từ thời điểm phát sinh theo " + circular46 +
		", dưới dạng chuỗi mã băm để phát hiện mọi sửa đổi, xóa hoặc chèn thêm.")}
}

// outages tells how long nothing could be exchanged. // req: R-17
func (w *writer) outages() []paper.Block {
	t := w.Report.Total
	times := func(t report.Totals) int64 { return t.Outages }
	if t.Outages == 0 && t.Down == 0 {
		return []paper.Block{say("Trong kỳ không phát sinh gián đoạn kết nối%s.", w.compare(0, times, "lần"))}
	}
	blocks := []paper.Block{say("Trong kỳ có %s gián đoạn kết nối%s; tổng thời gian gián đoạn là %s%s.", counted(t.Outages, "lần"), w.compare(t.Outages, times, "lần"),
		span(t.Down), w.compareSpan(t.Down, func(t report.Totals) int64 { return t.Down }))}
	if len(w.Report.Outages) == 0 {
		return blocks
	}
	longest := slices.MaxFunc(w.Report.Outages, func(a, b report.OutageLine) int { return cmp.Compare(a.Longest, b.Longest) })
	text := "Lần gián đoạn lâu nhất kéo dài " + span(longest.Longest)
	if !longest.Began.IsZero() {
		text += ", bắt đầu lúc " + moment(longest.Began)
	}
	return append(blocks, say("%s (%s).", text, lowerFirst(outageName(longest))))
}

func outageName(o report.OutageLine) string {
	if o.Upstream == "" {
		return upstreamName("")
	}
	return "Kết nối " + o.Upstream + ", luồng " + lowerFirst(lineName(o.Line))
}

func (w *writer) outageRows() []paper.Block {
	if len(w.Report.Outages) == 0 {
		return nil
	}
	t := paper.Table{Caption: w.caption("Gián đoạn kết nối"), Columns: []paper.Column{{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Kết nối", Width: 39}, {Title: "Số lần", Width: 10, Align: paper.Right},
		{Title: "Tổng thời gian", Width: 22}, {Title: "Lần lâu nhất", Width: 22}}}
	var times, down int64
	for i, o := range w.Report.Outages {
		name := outageName(o)
		if len(w.nodes) > 1 && o.Node != "" {
			name += " (nút " + o.Node + ")"
		}
		t.Rows = append(t.Rows, cells(ordinal(i), name, grouped(o.Times), span(o.Down), span(o.Longest)))
		times, down = times+o.Times, down+o.Down
	}
	t.Rows = append(t.Rows, totals("", "Tổng cộng", grouped(times), span(down), ""))
	return []paper.Block{t}
}

// backlogs tells how many messages had to wait.
func (w *writer) backlogs() []paper.Block {
	m := w.Report.Total.Messages
	end := "Cuối kỳ không còn thông điệp tồn."
	if m.Waiting > 0 {
		end = "Cuối kỳ còn " + counted(m.Waiting, "thông điệp") + " tồn."
	}
	if len(w.Report.Backlogs) == 0 {
		return []paper.Block{paper.Text("Trong kỳ không có ngày nào còn thông điệp tồn đọng vào cuối ngày. " + end)}
	}
	if len(w.Report.Backlogs) == 1 && !w.provincial() {
		b := w.Report.Backlogs[0]
		return []paper.Block{say("Số thông điệp tồn nhiều nhất vào cuối một ngày trong kỳ là %s (ngày %s). %s", counted(b.Most, "thông điệp"), b.On.Short(), end)}
	}
	all := slices.Clone(w.Report.Backlogs)
	slices.SortStableFunc(all, func(a, b report.BacklogLine) int { return cmp.Compare(b.Most, a.Most) })
	title := "Số thông điệp tồn nhiều nhất vào cuối một ngày trong kỳ của các đơn vị:"
	if len(all) > mostNamed {
		all, title = all[:mostNamed], fmt.Sprintf("Số thông điệp tồn nhiều nhất vào cuối một ngày trong kỳ, của %d đơn vị có nhiều nhất:", mostNamed)
	}
	var items []string
	for i, b := range all {
		items = append(items, fmt.Sprintf("%s: %s (ngày %s)%s", w.names.department(b.Department), counted(b.Most, "thông điệp"), b.On.Short(), ending(i, len(all))))
	}
	return []paper.Block{paper.Text(title), paper.List{Items: items}, paper.Text(end)}
}
