package layout

import (
	"fmt"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/report"
)

// compare says how a figure stands to that of the previous period, as the end
// of a sentence about it.
func (w *writer) compare(now int64, of func(report.Totals) int64, unit string) string {
	if w.before == nil {
		return ""
	}
	before := of(*w.before)
	switch {
	case before == now && now == 0:
		return " (kỳ trước cũng không phát sinh)"
	case now == 0:
		return " (kỳ trước có " + counted(before, unit) + ")"
	case before == 0:
		return " (kỳ trước không phát sinh)"
	case before == now:
		return ", bằng kỳ trước"
	case before < now:
		return fmt.Sprintf(", tăng %s (tương đương %s) so với kỳ trước", counted(now-before, unit), growth(now-before, before))
	}
	return fmt.Sprintf(", giảm %s (tương đương %s) so với kỳ trước", counted(before-now, unit), growth(before-now, before))
}

// compareSpan is compare for a time, which is told in hours and minutes.
func (w *writer) compareSpan(now int64, of func(report.Totals) int64) string {
	if w.before == nil {
		return ""
	}
	switch before := of(*w.before); {
	case before == now:
		return ", bằng kỳ trước"
	case before == 0:
		return " (kỳ trước không phát sinh)"
	case before < now:
		return ", tăng " + span(now-before) + " so với kỳ trước"
	default:
		return ", giảm " + span(before-now) + " so với kỳ trước"
	}
}

// shares is a sentence that lists the parts of a whole that are not nothing: 12
// lượt tìm thấy (80%).
func shares(whole int64, unit string, parts ...part) string {
	var items []string
	for _, p := range parts {
		if p.n > 0 {
			items = append(items, fmt.Sprintf("%s %s (%s)", counted(p.n, unit), p.what, percent(p.n, whole)))
		}
	}
	if len(items) == 0 {
		return ""
	}
	return " Trong đó: " + joined(items) + "."
}

type part struct {
	n    int64
	what string
}

// typed returns what a person typed into a part of the statement, and in the
// province's report what the departments did. Where nobody typed anything, a
// draft leaves a gap to be filled in, and the document says so in other words.
func (w *writer) typed(of func(report.Statement) string, otherwise string) func() []paper.Block {
	return func() []paper.Block {
		var blocks []paper.Block
		for _, line := range paragraphs(of(w.Statement)) {
			blocks = append(blocks, paper.Text(sentence(line)))
		}
		var items []string
		for _, s := range w.Statements {
			for _, line := range paragraphs(of(s.Statement)) {
				items = append(items, known(s.Name, s.Code)+": "+sentence(line))
			}
		}
		if len(items) > 0 {
			blocks = append(blocks, paper.Text("Theo báo cáo của các đơn vị:"), paper.List{Items: items})
		}
		switch {
		case len(blocks) == 0 && w.Draft:
			return []paper.Block{paper.Text(paper.Gap)}
		case len(blocks) == 0:
			return []paper.Block{paper.Text(otherwise)}
		}
		return blocks
	}
}

func (w *writer) closing() []paper.Block {
	return []paper.Block{say("Trên đây là báo cáo kết quả kết nối, chia sẻ dữ liệu với %s %s của %s./.", database, w.Report.Period.Title(), w.ours())}
}

// ours names whose results they are, at the end of a sentence.
func (w *writer) ours() string {
	if w.provincial() {
		return w.who()
	}
	return paper.OrGap(issuer(w.Paper))
}
