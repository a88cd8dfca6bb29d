package layout

import (
	"lgsp.internal/adapter/internal/paper"
)

// The appendices are made of the same tables as the sheets of the annex; what
// a sheet says in columns about the department, they say in rows between.

// detail turns a table into one of the document. From names the first column
// that is kept, before which stand code and name of the department.
func (w *writer) detail(t table, caption string, keep ...int) paper.Table {
	d := paper.Table{Caption: caption, Columns: []paper.Column{{Title: "STT", Width: 8, Align: paper.Center}}}
	for _, i := range keep {
		c := t.columns[i]
		column := paper.Column{Title: c.title, Width: c.width}
		if c.form != text {
			column.Align, column.Width = paper.Right, min(c.width, 14)
		}
		d.Columns = append(d.Columns, column)
	}
	last := "\x00"
	for n, r := range t.rows {
		if w.provincial() && r.department != last {
			d.Rows = append(d.Rows, group(departmentTitle(w.names, r.department)))
			last = r.department
		}
		d.Rows = append(d.Rows, cells(append([]string{ordinal(n)}, shown(t, r, keep)...)...))
	}
	if t.total != nil {
		sums := shown(t, row{cells: t.total}, keep)
		for i := range sums {
			if sums[i] == "–" {
				sums[i] = ""
			}
		}
		sums[0] = "Tổng cộng"
		d.Rows = append(d.Rows, totals(append([]string{""}, sums...)...))
	}
	return d
}

func departmentTitle(n names, code string) string {
	name := n.department(code)
	if name == code || code == "" {
		return name
	}
	return name + " (" + code + ")"
}

func shown(t table, r row, keep []int) []string {
	texts := make([]string, 0, len(keep))
	for _, i := range keep {
		texts = append(texts, r.cells[i].show(t.formOf(r, i)))
	}
	return texts
}

// from returns the numbers from first to last.
func from(first, last int) []int {
	var all []int
	for i := first; i <= last; i++ {
		all = append(all, i)
	}
	return all
}

func (w *writer) lookUpDetail() []paper.Block {
	if len(w.Report.LookUps) == 0 {
		return []paper.Block{paper.Text(none)}
	}
	t, times := lookUpTable(w.Report, w.names), lookUpTimes(w.Report, w.names)
	return []paper.Block{
		w.detail(t, "Kết quả (đơn vị: lượt)", from(2, len(t.columns)-1)...),
		w.detail(times, "Thời gian trả lời", from(2, len(times.columns)-2)...),
	}
}

func (w *writer) messageDetail() []paper.Block {
	if len(w.Report.Messages) == 0 {
		return []paper.Block{paper.Text(none)}
	}
	t, quality, times := messageTable(w.Report, w.names), qualityTable(w.Report, w.names), messageTimes(w.Report, w.names)
	return []paper.Block{
		w.detail(t, "Kết quả (đơn vị: thông điệp)", from(2, len(t.columns)-1)...),
		w.detail(quality, "Chất lượng dữ liệu", from(2, len(quality.columns)-1)...),
		w.detail(times, "Thời gian từ khi tiếp nhận đến khi chuyển xong", from(2, len(times.columns)-2)...),
	}
}

func (w *writer) monthDetail() []paper.Block {
	t := monthTable(w.Report)
	if len(t.rows) == 0 {
		return []paper.Block{paper.Text(none)}
	}
	d := paper.Table{Columns: []paper.Column{}}
	for _, c := range t.columns {
		column := paper.Column{Title: c.title, Width: c.width, Align: paper.Right}
		if c.form == text || c.form == date {
			column.Align = paper.Center
		}
		d.Columns = append(d.Columns, column)
	}
	all := from(0, len(t.columns)-1)
	for _, r := range t.rows {
		d.Rows = append(d.Rows, cells(shown(t, r, all)...))
	}
	sums := shown(t, row{cells: t.total}, all)
	sums[0], sums[1], sums[2] = "Tổng cộng", "", ""
	d.Rows = append(d.Rows, totals(sums...))
	return []paper.Block{d, paper.Text(t.note)}
}

func (w *writer) submissionRows() []paper.Block {
	if len(w.Submissions) == 0 {
		return []paper.Block{paper.Text(none)}
	}
	d := paper.Table{Columns: []paper.Column{{Title: "STT", Width: 6, Align: paper.Center}, {Title: "Mã định danh", Width: 12}, {Title: "Đơn vị", Width: 38},
		{Title: "Trạng thái", Width: 20}, {Title: "Thời điểm gửi", Width: 26}, {Title: "Thời hạn", Width: 12}}}
	for i, s := range w.Submissions {
		d.Rows = append(d.Rows, cells(ordinal(i), s.Code, known(s.Name, s.Code), stateName(s.State), orDash(moment(s.At)), orDash(timely(s))))
	}
	return []paper.Block{d}
}
