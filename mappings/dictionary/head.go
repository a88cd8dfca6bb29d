package dictionary

import (
	"maps"
	"slices"
	"strconv"

	"lgsp.internal/adapter/mappings"
)

// builder makes the page of one mapping.
type builder struct {
	tongue
	page    page
	m       *mappings.Description
	numbers map[*mappings.DescribedRule]string // of each rule, the ID of its row
	lists   []codeList
	tables  int
}

// number gives every rule the ID of its row: a prefix and its place, "f-5.1.3".
func (b *builder) number(rules []*mappings.DescribedRule, prefix, above string) {
	for i, r := range rules {
		place := above + strconv.Itoa(i+1)
		b.numbers[r] = prefix + place
		b.number(r.Fields, prefix, place+".")
	}
}

// caption numbers the next table.
func (b *builder) caption(vi, en string) string {
	b.tables++
	return b.t("Bảng ", "Table ") + strconv.Itoa(b.tables) + ". " + b.t(vi, en)
}

// facts are rows of a name and what holds.
type facts struct{ rows []row }

func (f *facts) add(name string, what ...line) {
	var c cell
	for _, l := range what {
		if len(l) > 0 {
			c = append(c, l)
		}
	}
	if len(c) > 0 {
		f.rows = append(f.rows, row{Cells: []cell{{text(name)}, c}})
	}
}

// head tells what the service is, what comes in and what goes out.
func (b *builder) head() {
	m, f := b.m, &facts{}
	f.add(b.t("Dịch vụ", "Service"), code(m.Service))
	f.add(b.t("Tên", "Title"), lines(m.Title)...)
	f.add(b.t("Mô tả", "Description"), lines(m.Doc)...)
	f.add(b.t("Loại", "Kind"), b.kind())
	b.source(f, m.Source, m.Defaults)
	b.target(f)
	if m.Plugin != "" {
		f.add(b.t("Chương trình ánh xạ", "Plugin"), b.say("Chương trình {} lập dữ liệu gửi bên nhận, không phải các quy tắc của tệp ánh xạ.",
			"The program {} makes what is sent; rules of the mapping do not.", code(m.Plugin)))
	}
	b.page.Contents = b.t("Mục lục", "Contents")
	b.page.Sections = append(b.page.Sections, section{ID: "thong-tin-chung", Title: b.t("Thông tin chung", "General"), Tables: []table{{
		ID: "bang-chung", Caption: b.caption("Thông tin chung của dịch vụ", "The service"), Rows: f.rows,
		Columns: []column{{b.t("Mục", "Item"), 22}, {b.t("Nội dung", "Content"), 78}},
	}}})
}

func (b *builder) kind() line {
	switch b.m.Kind {
	case mappings.LookUp:
		return b.say("Tra cứu: được hỏi và trả lời ngay, không lưu câu hỏi và câu trả lời.", "Look-up: asked and answered at once; neither question nor answer is kept.")
	case mappings.Notice:
		return b.say("Thông báo sai sót: được lưu tại hệ thống của tỉnh và cấp số để theo dõi.", "Notice of an error: kept at the province and given a number.")
	}
	return b.say("Thông điệp: được lưu và trả biên nhận, chuyển tới bên nhận cho đến khi bên nhận có.", "Message: kept, acknowledged with a receipt, and sent until the upstream has it.")
}

// element names an element with its namespace.
func (b *builder) element(root, namespace string) line {
	if namespace == "" {
		return b.say("{}, không thuộc không gian tên nào", "{}, in no namespace", code(root))
	}
	return b.say("{}, không gian tên {}", "{}, namespace {}", code(root), code(namespace))
}

// source tells what comes in.
func (b *builder) source(f *facts, s mappings.DescribedSource, d mappings.DescribedDefaults) {
	f.add(b.t("Phần tử gốc của thông điệp", "Root element of the message"), b.element(s.Root, s.Namespace))
	if s.Action != "" {
		f.add("SOAPAction", code(s.Action))
	}
	f.add(b.t("Tiền tố trong các đường dẫn", "Prefixes in paths"), b.prefixes(s.Prefixes)...)
	f.add(b.t("Đặc điểm của thông điệp", "Dialect"), b.dialect(s)...)
	f.add(b.t("Trường ngoài quy định", "Unknown fields"), b.unknown(s))
	f.add(b.t("Quy tắc chung", "Common rules"), b.defaults(d)...)
}

func (b *builder) prefixes(all map[string]string) []line {
	var ls []line
	for _, prefix := range slices.Sorted(maps.Keys(all)) {
		ls = append(ls, b.say("{} là {}", "{} is {}", code(prefix+":"), code(all[prefix])))
	}
	return ls
}

// dialect tells what is unusual about the messages of an old system.
func (b *builder) dialect(s mappings.DescribedSource) []line {
	var ls []line
	if !s.Qualified && s.Namespace != "" {
		ls = append(ls, b.say("Các phần tử bên trong phần tử gốc không thuộc không gian tên nào.", "Elements below the root are in no namespace."))
	}
	if s.References {
		ls = append(ls, b.say("Phần tử chỉ chứa tham chiếu (href hoặc enc:ref) được thay bằng phần tử mà nó trỏ tới.", "An element that only refers to another one (href, enc:ref) stands for that one."))
	}
	for _, d := range s.Documents {
		how := b.t("dạng văn bản", "as text")
		if d.As == "base64" {
			how = b.t("mã hóa base64", "in base64")
		}
		l := b.say("{} chứa một tài liệu XML "+how, "{} holds an XML document "+how, code(d.Path))
		if d.Namespace != "" {
			l = append(l, b.say(", không gian tên {}", ", namespace {}", code(d.Namespace))...)
		}
		ls = append(ls, append(l, run{Text: "."}))
	}
	return ls
}

func (b *builder) unknown(s mappings.DescribedSource) line {
	switch {
	case b.m.Plugin != "":
		return nil
	case s.RefusesUnknown:
		return b.say("Bị từ chối, báo lỗi {}", "Refused, reported as {}", code("unknown"))
	}
	return b.say("Được bỏ qua", "Passed over")
}

// defaults tells what holds for every field that does not say its own.
func (b *builder) defaults(d mappings.DescribedDefaults) []line {
	if b.m.Plugin != "" {
		return nil
	}
	return []line{b.spaces(d.Spaces), append(b.say("Trường rỗng: ", "An empty field: "), b.empty(d.Empty)...)}
}

// target tells what goes out.
func (b *builder) target(f *facts) {
	t := b.m.Target
	what := b.t("Thao tác của bên nhận", "Operation of the upstream")
	if b.m.Kind == mappings.Notice {
		what = b.t("Thao tác", "Operation")
	}
	f.add(what, code(t.Route))
	form := b.say("JSON", "JSON")
	if t.Form == "xml" {
		form = b.say("XML", "XML")
	}
	if t.Root != "" {
		form = append(form, b.say(", phần tử gốc {}", ", root element {}", code(t.Root))...)
	}
	f.add(b.t("Dạng dữ liệu gửi đi", "Form of what is sent"), append([]line{form}, b.prefixes(t.Namespaces)...)...)
	if t.Schema != "" {
		f.add(b.t("Lược đồ kiểm tra", "Schema"), b.say("Dữ liệu gửi đi được kiểm tra theo JSON Schema {}.", "What is sent is checked by the JSON Schema {}.", code(t.Schema)))
	}
}

// values tells what the exchange goes by: own id, lane, subject, purpose.
func (b *builder) values() {
	if len(b.m.Values) == 0 {
		return
	}
	t := table{ID: "bang-dinh-danh", Caption: b.caption("Mã riêng, thứ tự, người được nói tới và mục đích", "Own id, lane, subject and purpose"), Columns: b.columns(b.t("Nội dung", "What"), true)[1:]}
	for _, r := range b.m.Values {
		name := cell{text(b.valueName(r.To))}
		t.Rows = append(t.Rows, row{ID: b.numbers[r], Cells: append([]cell{name}, b.said(r, true)...)})
	}
	t.Columns[0].Width += 6 // of the column that is not there
	b.page.Sections = append(b.page.Sections, section{ID: "dinh-danh", Title: b.t("Định danh và mục đích", "Identity and purpose"), Tables: []table{t}})
}

// valueName is what people call a value of the exchange.
func (b *builder) valueName(key string) string {
	switch key {
	case "id":
		return b.t("Mã riêng của bên gửi", "Own id")
	case "lane":
		return b.t("Chuyển theo thứ tự trong", "Lane")
	case "subject":
		return b.t("Người được nói tới", "Subject")
	case "procedure":
		return b.t("Mã thủ tục hành chính", "Procedure")
	case "officer":
		return b.t("Mã cán bộ", "Officer")
	}
	return b.t("Mã đơn vị", "Unit")
}
