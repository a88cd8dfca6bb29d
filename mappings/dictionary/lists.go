package dictionary

import (
	"slices"
	"strconv"
	"strings"

	"lgsp.internal/adapter/mappings"
)

// inlined is how many entries of codes stand in the table of fields itself.
const inlined = 4

// codeList is one list of codes with the rules that it holds for.
type codeList struct {
	codes   []mappings.DescribedCode
	compare string
	rules   []*mappings.DescribedRule
}

func (l *codeList) id(i int) string { return "danh-muc-" + strconv.Itoa(i+1) }

// listed is the list of codes of a rule: whole if it is short, else its
// beginning and where all of it stands.
func (b *builder) listed(r *mappings.DescribedRule) cell {
	if r.Table != nil {
		return cell{b.say("Bảng mã {}", "Code table {}", code(r.Table.File))}
	}
	if len(r.Codes) == 0 {
		return nil
	}
	var c cell
	shown := r.Codes
	if len(shown) > inlined {
		i := b.list(r)
		name := run{Text: b.t("Danh mục ", "List ") + strconv.Itoa(i+1), To: b.lists[i].id(i)}
		c = append(c, b.say("{} ({} giá trị):", "{} ({} entries):", []run{name}, number(len(r.Codes))))
		shown = shown[:inlined-1]
	}
	var entries line
	for i, one := range shown {
		if i > 0 {
			entries = append(entries, run{Text: "; "})
		}
		entries = append(entries, b.entry(one)...)
	}
	if len(shown) < len(r.Codes) {
		entries = append(entries, run{Text: "; …"})
	}
	return append(c, entries)
}

func (b *builder) entry(one mappings.DescribedCode) line {
	if one.Text == one.Code {
		return code(one.Code)
	}
	return append(append(text(one.Text), run{Text: " → "}), code(one.Code)...)
}

func (b *builder) compared(how string) line {
	switch how {
	case "case":
		return b.say("Danh mục không phân biệt chữ hoa, chữ thường", "In codes, capitals do not matter")
	case "loose":
		return b.say("Danh mục không phân biệt chữ hoa, chữ thường, dấu và số khoảng trắng", "In codes, capitals, diacritics and the number of spaces do not matter")
	}
	return nil
}

// list returns which list the codes of a rule are. Lists that say the same are
// one.
func (b *builder) list(r *mappings.DescribedRule) int {
	i := slices.IndexFunc(b.lists, func(l codeList) bool { return l.compare == r.Compare && slices.Equal(l.codes, r.Codes) })
	if i < 0 {
		i = len(b.lists)
		b.lists = append(b.lists, codeList{codes: r.Codes, compare: r.Compare})
	}
	b.lists[i].rules = append(b.lists[i].rules, r)
	return i
}

// appendix is every list of codes, whole.
func (b *builder) appendix() {
	if len(b.lists) == 0 {
		return
	}
	s := section{ID: "phu-luc", Title: b.t("Phụ lục: các danh mục", "Appendix: code lists")}
	for i, l := range b.lists {
		t := table{ID: l.id(i), Caption: b.t("Danh mục ", "List ") + strconv.Itoa(i+1) + ". " + b.usedBy(l), Name: 1, Narrow: true}
		selves := !slices.ContainsFunc(l.codes, func(c mappings.DescribedCode) bool { return c.Text != c.Code })
		t.Columns = []column{{b.t("STT", "No."), 10}, {b.t("Giá trị gửi đến", "Text that is sent"), 60}, {b.t("Mã được ghi", "Code that is written"), 30}}
		if selves {
			t.Columns = []column{{b.t("STT", "No."), 10}, {b.t("Mã, ghi như được gửi", "Code, written as it is sent"), 90}}
		}
		for j, c := range l.codes {
			r := row{Cells: []cell{{text(strconv.Itoa(j + 1))}, {code(c.Code)}}}
			if !selves {
				r.Cells = append(r.Cells[:1], cell{text(c.Text)}, cell{code(c.Code)})
			}
			t.Rows = append(t.Rows, r)
		}
		s.Tables = append(s.Tables, t)
	}
	b.page.Sections = append(b.page.Sections, s)
}

// usedBy names the fields that a list holds for.
func (b *builder) usedBy(l codeList) string {
	const named = 6
	var names []string
	for i, r := range l.rules {
		if i == named {
			names = append(names, "…")
			break
		}
		names = append(names, b.nameOf(r))
	}
	of := b.t("Dùng cho ", "Of ") + strings.Join(names, ", ")
	if how := b.compared(l.compare); how != nil {
		of += ". " + how[0].Text
	}
	return of
}
