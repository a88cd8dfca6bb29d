package dictionary

import (
	"strconv"
	"strings"

	"lgsp.internal/adapter/mappings"
)

// typed is the type of a value, with what bounds it.
func (b *builder) typed(r *mappings.DescribedRule) cell {
	what := b.typeName(r)
	if r.Shape == mappings.List {
		what = b.t("danh sách ", "list: ") + what
	}
	c := cell{text(what)}
	if r.Encoded {
		c = append(c, b.say("viết thành văn bản JSON", "written as JSON text"))
	}
	return append(c, b.bounds(r)...)
}

func (b *builder) typeName(r *mappings.DescribedRule) string {
	switch r.Type {
	case "":
		return b.t("nhóm trường", "object")
	case "digits":
		return b.t("chữ số", "digits")
	case "int":
		return b.t("số nguyên", "whole number")
	case "bool":
		return b.t("đúng/sai", "true or false")
	case "date":
		return b.t("ngày", "date")
	case "code":
		return b.t("mã", "code")
	case "base64":
		return b.t("tệp, base64", "file, base64")
	}
	return b.t("văn bản", "text")
}

func (b *builder) bounds(r *mappings.DescribedRule) cell {
	if len(r.Lengths) > 0 {
		texts := make([]string, len(r.Lengths))
		for i, n := range r.Lengths {
			texts[i] = strconv.Itoa(n)
		}
		return cell{b.say("đúng {} ký tự", "exactly {} characters", text(strings.Join(texts, b.t(" hoặc ", " or "))))}
	}
	unit := b.t(" ký tự", " characters")
	if r.Type == "int" {
		unit = ""
	}
	switch {
	case r.Min != nil && r.Max != nil:
		return cell{b.say("từ {} đến {}"+unit, "from {} to {}"+unit, number(*r.Min), number(*r.Max))}
	case r.Min != nil:
		return cell{b.say("ít nhất {}"+unit, "at least {}"+unit, number(*r.Min))}
	case r.Max != nil:
		return cell{b.say("tối đa {}"+unit, "at most {}"+unit, number(*r.Max))}
	}
	return nil
}

// rules is how a value is made, what it must be and how it is written.
func (b *builder) rules(r *mappings.DescribedRule) cell {
	c := b.origin(r)
	c = append(c, b.conditions(r)...)
	c = append(c, b.musts(r.Musts)...)
	c = append(c, b.shaping(r)...)
	if r.Differs != "" {
		c = append(c, b.say("Phải khác {}", "Must differ from {}", code(r.Differs)))
	}
	if r.Pattern != "" {
		c = append(c, b.say("Theo mẫu {}", "Matches {}", code(r.Pattern)))
	}
	if how := b.compared(r.Compare); how != nil {
		c = append(c, how)
	}
	c = append(append(c, b.dayOfCodes(r.Table)...), b.doubted(r.Check)...)
	return append(append(c, b.dates(r)...), b.nothing(r)...)
}

// dayOfCodes says of which day the codes of a file are.
func (b *builder) dayOfCodes(t *mappings.DescribedTable) cell {
	switch {
	case t == nil:
		return nil
	case t.On != "":
		return cell{b.say("Mã theo ngày {}", "Codes of {}", code(t.On))}
	case t.Dates != nil:
		return cell{b.say("Mã theo ngày tại {}", "Codes of the day at {}", codes(t.Dates))}
	}
	return cell{b.say("Mã theo ngày nhận thông điệp", "Codes of the day on which the message is received")}
}

// doubted says what a personal id is compared with.
func (b *builder) doubted(d *mappings.DescribedCheck) cell {
	if d == nil {
		return nil
	}
	c := cell{b.say("Đối chiếu cấu trúc số định danh cá nhân; sai thì cảnh báo, không từ chối", "The structure of the personal id is looked at; what does not fit is a warning")}
	if d.Born != nil {
		c = append(c, b.say("So năm sinh với {}", "Its year of birth is compared with {}", codes(d.Born)))
	}
	if d.Sex != "" {
		c = append(c, b.say("So giới tính với {}", "Its sex is compared with {}", code(d.Sex)))
	}
	return c
}

func (b *builder) origin(r *mappings.DescribedRule) (c cell) {
	switch {
	case r.Origin == mappings.FromConstant && r.Constant == "":
		c = append(c, b.say("Luôn là chuỗi rỗng", "Always the empty text"))
	case r.Origin == mappings.FromConstant:
		c = append(c, b.say("Luôn là {}", "Always {}", code(r.Constant)))
	case r.Origin == mappings.FromCount:
		c = append(c, b.say("Số phần tử có dữ liệu", "How many elements are filled"))
	case r.Origin == mappings.FromComputed:
		c = append(c, b.say("Tính bằng biểu thức {}", "Computed by {}", code(r.Expression)))
	case r.Origin == mappings.FromJoined && r.With == "":
		c = append(c, b.say("Ghép liền các trường có giá trị", "Those that are filled, joined"))
	case r.Origin == mappings.FromJoined && r.With == " ":
		c = append(c, b.say("Ghép các trường có giá trị, cách nhau một dấu cách", "Those that are filled, joined with a space"))
	case r.Origin == mappings.FromJoined:
		c = append(c, b.say("Ghép các trường có giá trị, nối bằng “{}”", "Those that are filled, joined with “{}”", code(r.With)))
	case len(r.Sources) > 1:
		c = append(c, b.say("Lấy trường đầu tiên có giá trị", "The first that is filled"))
	}
	if r.Shape == mappings.List {
		c = append(c, b.say("Mỗi phần tử có dữ liệu thành một mục", "An entry for each element that is filled"))
	}
	return c
}

func (b *builder) conditions(r *mappings.DescribedRule) (c cell) {
	switch {
	case r.If != "" && r.Shape == mappings.List:
		c = append(c, b.say("Chỉ lấy những phần tử mà biểu thức đúng: {}", "Only elements for which this is true: {}", code(r.If)))
	case r.If != "":
		c = append(c, b.say("Chỉ có khi biểu thức đúng: {}", "Only if this is true: {}", code(r.If)))
	}
	if r.Only != nil {
		c = append(c, append(b.say("Chỉ lấy khi ", "Only when "), b.holds(r.Only)...))
	}
	if r.When != nil {
		c = append(c, append(b.say("Bắt buộc khi ", "Required when "), b.holds(r.When)...))
	}
	return c
}

// musts is what must hold between the fields of a group.
func (b *builder) musts(all []mappings.DescribedMust) (c cell) {
	for _, m := range all {
		one := b.say("Kiểm tra tại {}: {}; biểu thức phải đúng: {}", "Checked at {}: {}; this must be true: {}", code(m.At), text(m.Want), code(m.Expression))
		if m.If != "" {
			one = append(one, b.say("; chỉ khi biểu thức đúng: {}", "; only if this is true: {}", code(m.If))...)
		}
		c = append(append(c, one), lines(m.Doc)...)
	}
	return c
}

// holds is a condition in words.
func (b *builder) holds(w *mappings.Condition) line {
	switch {
	case w.Expression != "":
		return b.say("biểu thức đúng: {}", "this is true: {}", code(w.Expression))
	case w.Unless:
		return b.say("{} không có giá trị", "{} is empty", code(w.Path))
	case w.Is == nil:
		return b.say("{} có giá trị", "{} is filled", code(w.Path))
	case len(w.Is) == 1:
		return b.say("{} là {}", "{} is {}", code(w.Path), code(w.Is[0]))
	}
	return b.say("{} là một trong {}", "{} is one of {}", code(w.Path), codes(w.Is))
}

// shaping is what is done to a text before it is checked.
func (b *builder) shaping(r *mappings.DescribedRule) (c cell) {
	if r.Spaces != "" && r.Spaces != b.defaultsOf(r).Spaces {
		c = append(c, b.spaces(r.Spaces))
	}
	if r.Charset != "" {
		c = append(c, b.say("Chuyển từ bảng mã phông chữ cũ {} sang Unicode", "Turned from the letters of an old font, {}, into Unicode", code(r.Charset)))
	}
	switch r.Name {
	case "family":
		c = append(c, b.say("Chỉ lấy họ (từ đầu tiên)", "The family name (the first word)"))
	case "middle":
		c = append(c, b.say("Chỉ lấy chữ đệm (các từ ở giữa)", "The middle name (the words between)"))
	case "given":
		c = append(c, b.say("Chỉ lấy tên (từ cuối cùng)", "The given name (the last word)"))
	}
	switch r.Letters {
	case "upper":
		c = append(c, b.say("Viết hoa", "In capitals"))
	case "plain":
		c = append(c, b.say("Viết hoa, không dấu, không khoảng trắng (NGUYENVANA)", "In capitals without diacritics and spaces (NGUYENVANA)"))
	}
	return c
}

// defaultsOf is what holds where a rule does not say its own.
func (b *builder) defaultsOf(r *mappings.DescribedRule) mappings.DescribedDefaults {
	if strings.HasPrefix(b.numbers[r], "r-") {
		return b.m.Reply.Defaults
	}
	return b.m.Defaults
}

func (b *builder) spaces(how string) line {
	switch how {
	case "keep":
		return b.say("Giữ nguyên khoảng trắng", "Spaces are kept")
	case "collapse":
		return b.say("Bỏ khoảng trắng ở hai đầu, gộp khoảng trắng ở giữa thành một", "Spaces at both ends are dropped, runs inside become one")
	case "none":
		return b.say("Bỏ mọi khoảng trắng", "All spaces are dropped")
	}
	return b.say("Bỏ khoảng trắng ở hai đầu", "Spaces at both ends are dropped")
}

func (b *builder) dates(r *mappings.DescribedRule) (c cell) {
	if r.Type != "date" {
		return nil
	}
	c = append(c, b.say("Nhận {}; ghi {}", "Read as {}; written as {}", codes(r.DatesIn), codes(r.DatesOut)))
	switch r.DateSkip {
	case "partial":
		c = append(c, b.say("Ngày không đầy đủ coi như rỗng", "A date without day counts as empty"))
	case "full":
		c = append(c, b.say("Ngày đầy đủ coi như rỗng", "A date with day counts as empty"))
	}
	return c
}

// nothing is what is written for an empty value, where that is not what holds
// for every field.
func (b *builder) nothing(r *mappings.DescribedRule) cell {
	switch {
	case r.Default != nil && *r.Default == "":
		return cell{b.say("Rỗng thì ghi chuỗi rỗng", "Written as the empty text if empty")}
	case r.Default != nil:
		return cell{b.say("Rỗng thì ghi {}", "{} if empty", code(*r.Default))}
	case r.Empty == "" || r.Empty == b.defaultsOf(r).Empty:
		return nil
	case r.Empty == `""` && r.Shape == mappings.Object:
		return cell{b.say("Rỗng thì vẫn ghi nhóm, mọi trường bên trong rỗng", "Written with all its fields empty if empty")}
	}
	return cell{append(b.say("Rỗng thì ", "If empty: "), b.empty(r.Empty)...)}
}

func (b *builder) empty(word string) line {
	switch word {
	case "null":
		return b.say("ghi {}", "{}", code("null"))
	case `""`:
		return b.say("ghi chuỗi rỗng", "the empty text")
	case "[]":
		return b.say("ghi danh sách rỗng", "an empty list")
	}
	return b.say("không ghi", "not written")
}
