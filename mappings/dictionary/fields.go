package dictionary

import (
	"slices"
	"strings"

	"lgsp.internal/adapter/mappings"
)

// fields tells every field of what is sent.
func (b *builder) fields() {
	s := section{ID: "truong-gui-di", Title: b.t("Các trường gửi bên nhận", "Fields that are sent")}
	if b.m.Plugin != "" {
		s.Notes = []line{b.say("Do chương trình {} lập; tài liệu của chương trình mô tả các trường.", "Made by the program {}; its own documents describe the fields.", code(b.m.Plugin))}
		b.page.Sections = append(b.page.Sections, s)
		return
	}
	s.Notes = []line{b.say("Các trường theo đúng thứ tự trong dữ liệu gửi đi; 1.2 nằm trong 1. “Có” trong một nhóm chỉ áp dụng khi bên gửi có gửi nhóm đó.",
		"Fields stand in the order in which they are sent; 1.2 is inside 1. “Yes” inside a group holds only where its sender sends the group.")}
	s.Tables = []table{{ID: "bang-truong", Caption: b.caption("Các trường gửi bên nhận", "Fields that are sent"), Name: 1, Columns: b.columns(b.t("Trường đích", "Target field"), true), Rows: b.rows(b.m.Fields, 0, true)}}
	s.After = b.musts(b.m.Musts)
	b.page.Sections = append(b.page.Sections, s)
}

// reply tells every field of what the department gets for an answer.
func (b *builder) reply() {
	m := b.m.Reply
	s := section{ID: "tra-loi", Title: b.t("Câu trả lời", "The answer"), Notes: []line{
		b.say("Câu trả lời được đọc là {}.", "The answer is read as {}.", b.element(m.Source.Root, m.Source.Namespace)),
		b.say("Bên gửi nhận được {}.", "The department gets {}.", b.element(m.Target.Root, b.spaceOf(m.Target))),
	}}
	s.Notes = append(s.Notes, b.prefixes(m.Source.Prefixes)...)
	if b.m.Kind == mappings.LookUp {
		form := b.say("theo dạng của Cơ sở dữ liệu", "in the form of the database")
		if m.Source.Form == "qcvn109" {
			form = b.say("theo QCVN 109:2017/BTTTT", "as QCVN 109:2017/BTTTT has it")
		}
		s.Notes = append(s.Notes, b.say("Các trường của câu trả lời được gọi {}. Chỉ những trường đã được phê duyệt mới có; trường nào cũng có thể vắng.",
			"The fields of the answer are called {}. Only approved fields are there; any field may be missing.", form))
	}
	if m.Fields == nil {
		s.Notes = append(s.Notes, b.say("Do chương trình {} lập.", "Made by the program {}.", code(b.m.Plugin)))
	} else {
		s.Tables = []table{{ID: "bang-tra-loi", Caption: b.caption("Các trường trả cho bên gửi", "Fields of the answer"), Name: 1, Columns: b.columns(b.t("Trường trả cho bên gửi", "Field that is returned"), false), Rows: b.rows(m.Fields, 0, false)}}
	}
	b.page.Sections = append(b.page.Sections, s)
}

// spaceOf is the namespace of the root of a target.
func (b *builder) spaceOf(t mappings.DescribedTarget) string {
	prefix, _, _ := strings.Cut(t.Root, ":")
	return t.Namespaces[prefix]
}

// columns are those of a table of rules. In answers nothing is demanded.
func (b *builder) columns(name string, demanded bool) []column {
	all := []column{
		{b.t("STT", "No."), 6}, {name, 14}, {b.t("Trường nguồn (đường dẫn XML)", "Source (XML path)"), 20}, {b.t("Kiểu", "Type"), 10},
		{b.t("Bắt buộc", "Required"), 8}, {b.t("Quy tắc, điều kiện", "Rules, conditions"), 18}, {b.t("Danh mục", "Code list"), 11}, {b.t("Mô tả", "Description"), 13},
	}
	if !demanded {
		all = append(all[:4], all[5:]...)
		all[1].Width, all[2].Width, all[2].Title = 17, 25, b.t("Trường của câu trả lời (đường dẫn XML)", "Field of the answer (XML path)")
	}
	return all
}

func (b *builder) rows(rules []*mappings.DescribedRule, depth int, demanded bool) []row {
	var rs []row
	for _, r := range rules {
		id := b.numbers[r]
		_, number, _ := strings.Cut(id, "-")
		rs = append(rs, row{ID: id, Depth: depth, Group: len(r.Fields) > 0, Cells: append([]cell{{text(number)}, {line(code(r.To))}}, b.said(r, demanded)...)})
		rs = append(rs, b.rows(r.Fields, depth+1, demanded)...)
	}
	return rs
}

// said is what is said of a rule in the columns behind its name.
func (b *builder) said(r *mappings.DescribedRule, demanded bool) []cell {
	cells := []cell{b.reads(r), b.typed(r)}
	if demanded {
		cells = append(cells, cell{b.required(r)})
	}
	return append(cells, b.rules(r), b.listed(r), lines(r.Doc))
}

// reads is where a value comes from.
func (b *builder) reads(r *mappings.DescribedRule) cell {
	var c cell
	if r.Base != "" {
		c = append(c, code(r.Base))
	}
	for _, s := range r.Sources {
		if s == r.Base {
			continue
		}
		l := line(code(s))
		switch s {
		case "$id":
			l = append(l, b.say(" (mã thông điệp do hệ thống cấp)", " (the id that the message is given)")...)
		case "$sender":
			l = append(l, b.say(" (mã cơ quan gửi)", " (agency code of the sender)")...)
		}
		c = append(c, l)
	}
	if len(c) == 0 {
		c = cell{text("–")}
	}
	return c
}

// neverEmpty reports whether a value is there whatever the message holds.
func neverEmpty(r *mappings.DescribedRule) bool {
	if r.If != "" || r.Only != nil || r.Shape != mappings.OneValue {
		return false
	}
	comesAlong := func(source string) bool { return strings.HasPrefix(source, "$") }
	return r.Origin == mappings.FromConstant || r.Origin == mappings.FromCount || r.Origin != mappings.FromComputed && slices.ContainsFunc(r.Sources, comesAlong)
}

// required is whether a value must be there.
func (b *builder) required(r *mappings.DescribedRule) line {
	switch {
	case r.Shape == mappings.Object && r.Base == "" && !r.Required:
		return text("–") // nobody sends it
	case r.When != nil:
		return b.say("Có điều kiện", "Conditional")
	case neverEmpty(r):
		return b.say("Luôn có", "Always there")
	case r.Required:
		return b.say("Có", "Yes")
	}
	return b.say("Không", "No")
}
