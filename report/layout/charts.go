package layout

import (
	"cmp"
	"fmt"
	"slices"

	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/report"
)

// How many departments and services a chart tells apart; those after them are
// one bar together.
const (
	mostBars    = 15
	mostOutcome = 10
	mostColumns = 24
)

// chart is a chart that a paper may show, and where it belongs. Its key names
// the block of a template.
type chart struct {
	key string
	paper.Chart
}

// charts returns those that have anything to show.
func charts(r report.Report) []chart {
	n := namesOf(r)
	all := []chart{
		{"tra_cuu_thang", overTime(r, "Lượt tra cứu, xác thực", "lượt",
			monthly{"Tìm thấy", func(m report.MonthLine) int64 { return m.LookUps.Found }},
			monthly{"Kết quả khác", func(m report.MonthLine) int64 { return m.LookUps.Total - m.LookUps.Found }})},
		{"chia_se_thang", overTime(r, "Thông điệp chia sẻ", "thông điệp",
			monthly{"Tiếp nhận", func(m report.MonthLine) int64 { return m.Messages.Received }},
			monthly{"Đã chuyển", func(m report.MonthLine) int64 { return m.Messages.Delivered }})},
		{"ket_qua", outcomes(r, n)},
	}
	if r.Scope == "" {
		all = append(all,
			chart{"tra_cuu_don_vi", departments(r, n, "Lượt tra cứu, xác thực theo đơn vị", "lượt", func(e exchange) int64 { return e.LookUps.Total })},
			chart{"chia_se_don_vi", departments(r, n, "Thông điệp đã chuyển theo đơn vị", "thông điệp", func(e exchange) int64 { return e.Messages.Delivered })})
	}
	return slices.DeleteFunc(all, func(c chart) bool { return !worthShowing(c.Chart) })
}

// worthShowing reports whether a chart can be drawn and shows anything.
func worthShowing(c paper.Chart) bool {
	if paper.CheckBlocks("", []paper.Block{c}) != nil {
		return false
	}
	for _, s := range c.Series {
		if slices.Max(s.Values) > 0 {
			return true
		}
	}
	return false
}

// monthly is a series over the months.
type monthly struct {
	name string
	of   func(report.MonthLine) int64
}

// overTime draws a column a month, or a quarter where there are too many months:
// side by side, as what was received and what was delivered has no sum.
func overTime(r report.Report, title, unit string, series ...monthly) paper.Chart {
	name, step := monthName, " theo tháng"
	if len(r.Months) > mostColumns {
		name, step = quarterName, " theo quý"
	}
	c := paper.Chart{Title: title + step, Kind: paper.Columns, Unit: unit}
	for _, s := range series {
		c.Series = append(c.Series, paper.Series{Name: s.name})
	}
	for _, m := range r.Months {
		if label := name(m); len(c.Labels) == 0 || c.Labels[len(c.Labels)-1] != label {
			c.Labels = append(c.Labels, label)
			for i := range c.Series {
				c.Series[i].Values = append(c.Series[i].Values, 0)
			}
		}
		for i, s := range series {
			c.Series[i].Values[len(c.Labels)-1] += s.of(m)
		}
	}
	return c
}

func quarterName(m report.MonthLine) string {
	year, month, _ := m.From.Calendar()
	return fmt.Sprintf("Quý %s/%d", paper.Roman((int(month)+2)/3), year)
}

// departments draws the largest first; departments with nothing are left out.
func departments(r report.Report, n names, title, unit string, of func(exchange) int64) paper.Chart {
	all := slices.DeleteFunc(byDepartment(r), func(e exchange) bool { return of(e) <= 0 })
	slices.SortStableFunc(all, func(a, b exchange) int { return cmp.Compare(of(b), of(a)) })
	c := paper.Chart{Title: title, Kind: paper.Bars, Unit: unit}
	var values []int64
	for i, e := range all {
		if i < mostBars || len(all) == mostBars+1 {
			c.Labels, values = append(c.Labels, n.department(e.department)), append(values, of(e))
			continue
		}
		if i == mostBars {
			c.Labels, values = append(c.Labels, others(len(all)-mostBars, "đơn vị")), append(values, 0)
		}
		values[mostBars] += of(e)
	}
	c.Series = []paper.Series{{Name: "Số " + unit, Values: values}}
	return c
}

func others(n int, what string) string { return counted(int64(n), what) + " khác" }

// outcomes draws what came of the look-ups of each service, in shares.
func outcomes(r report.Report, n names) paper.Chart {
	all := withLookUps(byService(r))
	slices.SortStableFunc(all, func(a, b exchange) int { return cmp.Compare(b.LookUps.Total, a.LookUps.Total) })
	c := paper.Chart{Title: "Kết quả tra cứu, xác thực theo dịch vụ", Kind: paper.Shares, Unit: "%"}
	if len(all) > mostOutcome+1 {
		rest := exchange{}
		for _, e := range all[mostOutcome:] {
			rest.LookUps = addLookUps(rest.LookUps, e.LookUps)
		}
		c.Labels = []string{others(len(all)-mostOutcome, "dịch vụ")}
		all = append(all[:mostOutcome:mostOutcome], rest)
	}
	labels := make([]string, 0, len(all))
	for _, e := range all {
		labels = append(labels, n.service(e.service))
	}
	if len(c.Labels) > 0 {
		labels[len(labels)-1] = c.Labels[0]
	}
	c.Labels = labels
	for _, s := range []struct {
		name string
		of   func(report.LookUps) int64
	}{
		{"Tìm thấy", func(l report.LookUps) int64 { return l.Found }},
		{"Không tìm thấy", func(l report.LookUps) int64 { return l.NotFound }},
		{"Bị từ chối", func(l report.LookUps) int64 { return l.Refused }},
		{"Không có trả lời", func(l report.LookUps) int64 { return l.Failed }},
	} {
		values := make([]int64, len(all))
		for i, e := range all {
			values[i] = s.of(e.LookUps)
		}
		c.Series = append(c.Series, paper.Series{Name: s.name, Values: values})
	}
	return c
}
