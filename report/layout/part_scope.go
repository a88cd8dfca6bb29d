package layout

import (
	"fmt"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/report"
)

const (
	database      = "Cơ sở dữ liệu quốc gia về dân cư"
	decision1911  = "Quyết định số 1911/QĐ-TTg"
	circular46    = "Thông tư số 46/2022/TT-BCA"
	decree09      = "Nghị định số 09/2019/NĐ-CP"
	mostNamed     = 10 // of things that a sentence names one by one
	mostFieldRows = 10
)

func say(format string, args ...any) paper.Paragraph { return paper.Text(fmt.Sprintf(format, args...)) }

// caption numbers the tables of the body.
func (w *writer) caption(s string) string {
	w.tables++
	return fmt.Sprintf("Bảng %d. %s", w.tables, s)
}

// who is the subject of sentences about what was done.
func (w *writer) who() string {
	if !w.provincial() {
		return issuer(w.Paper)
	}
	return "các đơn vị trên địa bàn " + known(w.Report.Province, "địa phương")
}

func (w *writer) opening() []paper.Block {
	by := paper.OrGap(issuer(w.Paper))
	if w.provincial() {
		return []paper.Block{say("Thực hiện %s ngày 15 tháng 11 năm 2021 của Thủ tướng Chính phủ, %s tổng hợp, báo cáo kết quả kết nối, chia sẻ dữ liệu với %s của các đơn vị trên địa bàn %s %s như sau:",
			decision1911, by, database, known(w.Report.Province, "địa phương"), w.Report.Period.Title())}
	}
	return []paper.Block{say("Thực hiện %s ngày 15 tháng 11 năm 2021 của Thủ tướng Chính phủ, %s báo cáo kết quả kết nối, chia sẻ dữ liệu với %s %s như sau:",
		decision1911, by, database, w.Report.Period.Title())}
}

func (w *writer) platform() string {
	if w.Letterhead.Platform != "" {
		return w.Letterhead.Platform
	}
	if w.Report.Province == "" {
		return "nền tảng tích hợp, chia sẻ dữ liệu cấp tỉnh (LGSP)"
	}
	return "nền tảng tích hợp, chia sẻ dữ liệu (LGSP) của " + w.Report.Province
}

func (w *writer) scope() []paper.Block {
	if !w.provincial() {
		return []paper.Block{say("Báo cáo tổng hợp hoạt động khai thác, chia sẻ dữ liệu với %s của %s (mã định danh %s), thực hiện qua %s.",
			database, issuer(w.Paper), w.Report.Scope, w.platform())}
	}
	n := len(w.Report.Departments)
	if n == 0 {
		return []paper.Block{say("Đến thời điểm chốt số liệu chưa có đơn vị nào trên địa bàn kết nối với %s qua %s.", database, w.platform())}
	}
	return []paper.Block{say("Báo cáo tổng hợp hoạt động khai thác, chia sẻ dữ liệu với %s của %s, thực hiện qua %s.",
		database, counted(int64(n), "đơn vị"), w.platform())}
}

func (w *writer) closedAt() []paper.Block {
	r := w.Report
	days := fmt.Sprintf("Số liệu tính từ ngày %s đến hết ngày %s", r.Period.From.Short(), r.Period.To.Short())
	if regular(r.Period) {
		days += ", theo Điều 12 " + decree09
	}
	if r.Over {
		days += "; được tổng hợp lúc " + orGap(moment(r.At)) + "."
	} else {
		days += ". Kỳ báo cáo chưa kết thúc; số liệu trong báo cáo là số liệu tạm tính đến " + orGap(moment(r.At)) + "."
	}
	blocks := append([]paper.Block{paper.Text(days)}, w.heads()...)
	return append(blocks, w.compared(), w.corrected())
}

func orGap(s string) string { return paper.OrGap(s) }

// regular reports whether a period is one of the decree's.
func regular(p report.Period) bool {
	year, _, _ := p.To.Calendar()
	return p == report.FirstHalf(year) || p == report.SecondHalf(year) || p == report.Year(year)
}

// heads say on which end of which record the figures rest.
func (w *writer) heads() []paper.Block {
	const again = "mọi số liệu trong báo cáo đều có thể tính lại từ nhật ký này."
	switch len(w.nodes) {
	case 0:
		return []paper.Block{paper.Text("Nhật ký kết nối, chia sẻ, khai thác dữ liệu chưa có mục nào.")}
	case 1:
		n := w.nodes[0]
		if n.Seq == 0 {
			return []paper.Block{say("Nhật ký kết nối, chia sẻ, khai thác dữ liệu của nút %s chưa có mục nào.", n.Name)}
		}
		return []paper.Block{
			say("Số liệu được chốt theo nhật ký kết nối, chia sẻ, khai thác dữ liệu của nút %s đến mục số %s (ghi lúc %s); %s Mã băm của nhật ký tại mục đó:",
				n.Name, grouped(n.Seq), orGap(moment(n.At)), again),
			hashLine(n),
		}
	}
	blocks := []paper.Block{say("Số liệu được chốt theo nhật ký kết nối, chia sẻ, khai thác dữ liệu của %s sau đây; mọi số liệu trong báo cáo đều có thể tính lại từ các nhật ký này.", counted(int64(len(w.nodes)), "nút"))}
	for _, n := range w.nodes {
		if n.Seq == 0 {
			blocks = append(blocks, paper.List{Items: []string{"Nút " + n.Name + ": nhật ký chưa có mục nào."}})
			continue
		}
		blocks = append(blocks, say("- Nút %s: đến mục số %s (ghi lúc %s), mã băm:", n.Name, grouped(n.Seq), orGap(moment(n.At))), hashLine(n))
	}
	return blocks
}

// hashLine is a line of its own, which is not stretched: 64 digits that people
// compare.
func hashLine(n report.Node) paper.Block {
	return paper.Paragraph{Spans: []paper.Span{{Text: n.Hash}}, Align: paper.Center}
}

// ending ends the i-th of n items of a list.
func ending(i, n int) string {
	if i == n-1 {
		return "."
	}
	return ";"
}

func (w *writer) compared() paper.Block {
	previous := w.Report.Period.Previous()
	days := fmt.Sprintf("từ ngày %s đến ngày %s", previous.From.Short(), previous.To.Short())
	name := ""
	if regular(previous) {
		name = previous.Title() + ", "
	}
	if w.before == nil {
		return say("Không có số liệu của kỳ trước (%s%s) để so sánh.", name, days)
	}
	return say("Số liệu được so sánh với kỳ trước (%s%s).", name, days)
}

func (w *writer) corrections() int {
	n := 0
	for _, s := range statements(w.Paper) {
		n += len(s.Statement.Corrections)
	}
	return n
}

func (w *writer) corrected() paper.Block {
	n := w.corrections()
	if n == 0 {
		return paper.Text("Không có số liệu phải đính chính.")
	}
	return say("Có %s được đính chính so với nhật ký. Ở các phần khác, báo cáo nêu số liệu của nhật ký; số liệu đúng và lý do nêu tại bảng sau đây:", counted(int64(n), "số liệu"))
}

func (w *writer) correctionRows() []paper.Block {
	if w.corrections() == 0 {
		return nil
	}
	t := paper.Table{Caption: w.caption("Số liệu đính chính"), Columns: []paper.Column{
		{Title: "STT", Width: 7, Align: paper.Center}, {Title: "Chỉ tiêu", Width: 29}, {Title: "Số liệu trong nhật ký", Width: 16, Align: paper.Right},
		{Title: "Số liệu đính chính", Width: 16, Align: paper.Right}, {Title: "Lý do", Width: 32}}}
	n := 0
	for _, s := range statements(w.Paper) {
		if len(s.Statement.Corrections) == 0 {
			continue
		}
		if w.provincial() {
			t.Rows = append(t.Rows, group(s.Name))
		}
		for _, c := range s.Statement.Corrections {
			n++
			t.Rows = append(t.Rows, cells(grouped(int64(n)), c.Item, orDash(c.Recorded), orDash(c.Right), c.Reason))
		}
	}
	return []paper.Block{t}
}

func cells(texts ...string) paper.Row { return paper.Row{Cells: texts} }

func totals(texts ...string) paper.Row { return paper.Row{Cells: texts, Kind: paper.Total} }

func group(text string) paper.Row { return paper.Row{Cells: []string{text}, Kind: paper.Group} }

// submitted says which departments have reported.
func (w *writer) submitted() []paper.Block {
	n := len(w.Submissions)
	if n == 0 {
		return []paper.Block{paper.Text("Không có đơn vị nào phải gửi báo cáo trong kỳ.")}
	}
	var sent, late, returned int64
	var missing []string
	for _, s := range w.Submissions {
		switch {
		case s.At.IsZero():
			missing = append(missing, known(s.Name, s.Code))
			continue
		case s.Late:
			late++
		}
		sent++
		if s.State == Returned {
			returned++
		}
	}
	if sent == 0 {
		return []paper.Block{say("Có %s phải gửi báo cáo; đến thời điểm tổng hợp chưa có đơn vị nào gửi. Chi tiết tại Phụ lục IV.", counted(int64(n), "đơn vị"))}
	}
	text := fmt.Sprintf("Có %s phải gửi báo cáo; %s đã gửi", counted(int64(n), "đơn vị"), counted(sent, "đơn vị"))
	var of []string
	if late > 0 {
		of = append(of, counted(late, "đơn vị")+" gửi muộn")
	}
	if returned > 0 {
		of = append(of, counted(returned, "đơn vị")+" được yêu cầu bổ sung")
	}
	if len(of) > 0 {
		text += ", trong đó " + joined(of)
	}
	if len(missing) > 0 {
		text += "; " + counted(int64(len(missing)), "đơn vị") + " chưa gửi (" + named(missing, "đơn vị") + ")"
	}
	return []paper.Block{paper.Text(text + ". Chi tiết tại Phụ lục IV.")}
}

// named names things in a sentence, as long as they are few.
func named(items []string, what string) string {
	if len(items) <= mostNamed {
		return joined(items)
	}
	return joined(append(append([]string(nil), items[:mostNamed-1]...), others(len(items)-mostNamed+1, what)))
}
