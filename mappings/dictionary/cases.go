package dictionary

import "lgsp.internal/adapter/mappings"

// cases tells what the cases of the mapping prove.
func (b *builder) cases(all []mappings.DescribedCase) {
	if len(all) == 0 {
		return
	}
	t := table{ID: "bang-truong-hop", Caption: b.caption("Các trường hợp kiểm thử", "Cases"),
		Columns: []column{{b.t("Trường hợp", "Case"), 22}, {b.t("Chứng minh", "What it proves"), 28}, {b.t("Nội dung", "What it shows"), 50}}}
	for _, c := range all {
		t.Rows = append(t.Rows, row{Cells: []cell{{code(c.Name)}, {b.proves(c)}, lines(c.Doc)}})
	}
	b.page.Sections = append(b.page.Sections, section{ID: "truong-hop", Title: b.t("Các trường hợp kiểm thử", "Cases"), Tables: []table{t}, Notes: []line{
		b.say("Mỗi trường hợp là một thông điệp với người được đặt ra để thử; nội dung không in ở đây.", "Each case is a message about invented people; what it holds is not printed.")}})
}

func (b *builder) proves(c mappings.DescribedCase) line {
	switch {
	case c.Reply && c.Bad:
		return b.say("Câu trả lời sai bị từ chối, nêu đúng lỗi", "A bad answer is refused with its errors")
	case c.Reply:
		return b.say("Câu trả lời được chuyển đúng", "An answer is put into the right words")
	case c.Bad:
		return b.say("Thông điệp sai bị từ chối, nêu đúng lỗi", "A bad message is refused with its errors")
	}
	return b.say("Thông điệp đúng được chuyển đổi đúng", "A good message is mapped as it should be")
}
