package dictionary

import (
	"slices"
	"strings"

	"lgsp.internal/adapter/mappings"
)

// message tells every element of what the department sends, and where it goes.
func (b *builder) message() {
	s := section{ID: "truong-nguon", Title: b.t("Các trường của bên gửi", "Fields of the department"), Notes: []line{
		b.say("Từng phần tử và thuộc tính (@) của thông điệp, và nơi dữ liệu đi tới.", "Each element and attribute (@) of the message, and where it goes.")}}
	t := table{ID: "bang-nguon", Caption: b.caption("Các trường của bên gửi", "Fields of the department"), Columns: []column{
		{b.t("Trường của bên gửi (đường dẫn XML)", "Field (XML path)"), 30}, {b.t("Bắt buộc", "Required"), 9}, {b.t("Số lần", "How often"), 9},
		{b.t("Đi tới", "Goes to"), 28}, {b.t("Mô tả", "Description"), 24}}}
	t.Rows = b.elements([]*mappings.DescribedElement{b.m.Message})
	s.Tables = []table{t}
	switch {
	case b.m.Plugin != "":
		s.After = append(s.After, b.say("Chương trình {} đọc cả thông điệp; bảng chỉ nêu những trường mà tệp ánh xạ đọc.", "The program {} reads the whole message; the table has only what the mapping reads.", code(b.m.Plugin)))
	case b.m.Source.RefusesUnknown:
		s.After = append(s.After, b.say("Phần tử, thuộc tính không có trong bảng không được đọc: thông điệp bị từ chối, trường đó bị báo lỗi {}.",
			"An element or attribute that is not in the table is not read: the message is refused, and the field reported as {}.", code("unknown")))
	default:
		s.After = append(s.After, b.say("Phần tử, thuộc tính không có trong bảng không được đọc, không được chuyển đi và không bị báo lỗi.",
			"An element or attribute that is not in the table is not read, not passed on, and not reported."))
	}
	b.page.Sections = append(b.page.Sections, s)
}

func (b *builder) elements(all []*mappings.DescribedElement) []row {
	var rs []row
	for _, e := range all {
		often := b.say("một lần", "once")
		if e.Many {
			often = b.say("nhiều lần", "many times")
		}
		rs = append(rs, row{Group: len(e.Elements) > 0, Cells: []cell{{code(e.Path)}, {b.needed(e)}, {often}, b.goes(e), lines(e.Doc)}})
		rs = append(rs, b.elements(e.Elements)...)
	}
	return rs
}

// needed is whether an element must be there, as far as one element alone
// decides.
func (b *builder) needed(e *mappings.DescribedElement) line {
	conditional := func(u mappings.ElementUse) bool {
		return u.For == mappings.UseValue && (u.Rule.Required || u.Rule.When != nil)
	}
	switch {
	case e.Needed:
		return b.say("Có", "Yes")
	case slices.ContainsFunc(e.Uses, conditional):
		return b.say("Có điều kiện", "Conditional")
	}
	return b.say("Không", "No")
}

// goes is what becomes of an element.
func (b *builder) goes(e *mappings.DescribedElement) cell {
	var c cell
	if e.Document != "" {
		c = append(c, b.say("chứa một tài liệu XML", "holds an XML document"))
	}
	for _, u := range e.Uses {
		if !slices.ContainsFunc(c, func(l line) bool { return len(l) > 0 && l[len(l)-1].To == b.numbers[u.Rule] && l[len(l)-1].To != "" }) {
			c = append(c, b.use(u))
		}
	}
	return c
}

func (b *builder) use(u mappings.ElementUse) line {
	var name []run
	if u.Rule != nil {
		name = []run{{Text: b.nameOf(u.Rule), To: b.numbers[u.Rule]}}
	}
	switch u.For {
	case mappings.UseStanding:
		if u.Rule.Shape == mappings.List {
			return b.say("danh sách {}", "the list {}", name)
		}
		return b.say("nhóm {}", "the group {}", name)
	case mappings.UseCount:
		return b.say("được đếm vào {}", "counted for {}", name)
	case mappings.UseCondition:
		return b.say("điều kiện của {}", "a condition of {}", name)
	case mappings.UseChecked:
		if u.Rule == nil {
			return b.say("để kiểm tra cả thông điệp", "checked for the whole message")
		}
		return b.say("để kiểm tra ở {}", "checked at {}", name)
	case mappings.UseCompared:
		return b.say("để so sánh với {}", "compared with {}", name)
	}
	return name
}

// nameOf names a rule by its number and what it writes, or a value of the
// exchange.
func (b *builder) nameOf(r *mappings.DescribedRule) string {
	kind, number, _ := strings.Cut(b.numbers[r], "-")
	if kind == "v" {
		return b.valueName(r.To)
	}
	return number + " " + clean(r.To)
}
