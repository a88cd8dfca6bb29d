package layout

import (
	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/report"
)

// writer words one paper.
type writer struct {
	Paper
	names  names
	before *report.Totals
	nodes  []report.Node
	drawn  map[string]paper.Chart
	tables int // captions that were given out
}

func newWriter(p Paper) *writer {
	w := &writer{Paper: p, names: namesOf(p.Report), before: p.Report.Before, nodes: p.Report.Nodes, drawn: map[string]paper.Chart{}}
	for _, c := range charts(p.Report) {
		w.drawn[c.key] = c.Chart
	}
	return w
}

// item is one piece of the document: a heading, or blocks that have a name, by
// which a province's own template asks for them.
type item struct {
	heading paper.Heading // of level 0: none
	name    string
	about   string // what the blocks are, for the list of names
	make    func() []paper.Block
}

// annex is one appendix, whose blocks have a name too.
type annex struct {
	title string
	item
}

// Document returns the paper as an administrative document by NĐ 30/2020/NĐ-CP:
// of nine parts, each of which names the clause that asks for it. It states the
// ends of the records that the figures rest on in its first part and at the foot
// of every page.
func Document(p Paper) paper.Document {
	w := newWriter(p)
	d := w.frame()
	for _, i := range w.items() {
		d.Body = append(d.Body, i.blocks()...)
	}
	for n, a := range w.annexes() {
		d.Appendices = append(d.Appendices, paper.Appendix{Number: paper.Roman(n + 1), Title: a.title, Landscape: true, Body: a.blocks()})
	}
	return d
}

func (i item) blocks() []paper.Block {
	if i.heading.Level > 0 {
		return []paper.Block{i.heading}
	}
	return i.make()
}

// frame is everything around the body.
func (w *writer) frame() paper.Document {
	l := w.Letterhead
	d := paper.Document{
		Parent: l.Parent, Agency: issuer(w.Paper), Number: l.Number, Symbol: l.Symbol, Place: l.Place,
		Kind: "Báo cáo", Subject: subjectLines(w.Report), Bases: w.bases(), Recipients: l.Recipients,
		Signer:     paper.Signer{Authority: l.Signer.Authority, Position: l.Signer.Position, Name: l.Signer.Name},
		Footer:     w.footer(),
		Properties: paper.Properties{Title: title(w.Paper), Author: issuer(w.Paper)},
	}
	if l.Date != 0 {
		d.Date = l.Date.Begin()
	}
	if w.Draft {
		d.Subject += "\n" + draftMark
	}
	return d
}

const draftMark = "(DỰ THẢO)"

func (w *writer) bases() []string {
	if len(w.Letterhead.Bases) > 0 {
		return w.Letterhead.Bases
	}
	return []string{
		"Căn cứ Nghị định số 09/2019/NĐ-CP ngày 24 tháng 01 năm 2019 của Chính phủ quy định về chế độ báo cáo của cơ quan hành chính nhà nước",
		"Căn cứ Quyết định số 1911/QĐ-TTg ngày 15 tháng 11 năm 2021 của Thủ tướng Chính phủ",
		"Căn cứ Thông tư số 46/2022/TT-BCA ngày 04 tháng 11 năm 2022 của Bộ trưởng Bộ Công an quy định về việc kết nối, chia sẻ và khai thác thông tin giữa Cơ sở dữ liệu quốc gia về dân cư với cơ sở dữ liệu quốc gia, cơ sở dữ liệu chuyên ngành và hệ thống thông tin khác",
	}
}

// footer states the end of the record. With several nodes it is that of the
// first, which compiled the report; the others are in part I.
func (w *writer) footer() string {
	s := headLine(w.Report)
	if w.Draft {
		s = "DỰ THẢO. " + s
	}
	return cut(s, 280)
}

func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

func heading(level int, text string) item {
	return item{heading: paper.Heading{Level: level, Text: text}}
}

// items are the body, from the opening sentence to the closing one.
func (w *writer) items() []item {
	var all []item
	all = append(all, item{name: "mo_dau", about: "câu mở đầu", make: w.opening})
	all = append(all, w.partScope()...)
	all = append(all,
		heading(1, "CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI"),
		item{name: "chi_dao", about: "công tác chỉ đạo, triển khai", make: w.typed(func(s report.Statement) string { return s.Direction }, none)},
		heading(1, "KẾT QUẢ KẾT NỐI"),
		item{name: "ket_noi", about: "kết quả kết nối", make: w.connection},
		item{name: "bang.ket_noi", about: "bảng hệ thống thông tin đã kết nối", make: w.systemRows})
	all = append(all, w.partExchange()...)
	all = append(all,
		heading(1, "CHẤT LƯỢNG DỮ LIỆU, THÔNG BÁO SAI SÓT"),
		heading(2, "Chất lượng dữ liệu chia sẻ"),
		item{name: "chat_luong", about: "chất lượng dữ liệu chia sẻ", make: w.quality},
		item{name: "bang.truong_sai", about: "bảng các trường thông tin thường sai", make: w.fieldRows},
		heading(2, "Thông báo sai sót thông tin"),
		item{name: "sai_sot", about: "thông báo sai sót", make: w.notices},
		item{name: "bang.sai_sot", about: "bảng thông báo sai sót theo đơn vị", make: w.noticeRows},
		heading(1, "NHÓM THỦ TỤC HÀNH CHÍNH LIÊN THÔNG"),
		item{name: "nhom_tthc", about: "nhóm thủ tục hành chính liên thông", make: w.groups},
		item{name: "bang.nhom_tthc", about: "bảng nhóm thủ tục hành chính liên thông", make: w.groupRows})
	all = append(all, w.partSecurity()...)
	all = append(all,
		heading(1, "TÌNH HÌNH VẬN HÀNH, GIÁN ĐOẠN KẾT NỐI"),
		heading(2, "Gián đoạn kết nối"),
		item{name: "gian_doan", about: "gián đoạn kết nối", make: w.outages},
		item{name: "bang.gian_doan", about: "bảng gián đoạn kết nối", make: w.outageRows},
		heading(2, "Tồn đọng"),
		item{name: "ton_dong", about: "thông điệp tồn đọng", make: w.backlogs},
		heading(1, "ĐÁNH GIÁ; KHÓ KHĂN, VƯỚNG MẮC; ĐỀ XUẤT, KIẾN NGHỊ; NHIỆM VỤ KỲ TỚI"),
		heading(2, "Đánh giá chung"),
		item{name: "danh_gia", about: "đánh giá chung", make: w.typed(func(s report.Statement) string { return s.Assessment }, nothing)},
		heading(2, "Khó khăn, vướng mắc"),
		item{name: "kho_khan", about: "khó khăn, vướng mắc", make: w.typed(func(s report.Statement) string { return s.Difficulties }, nothing)},
		heading(2, "Đề xuất, kiến nghị"),
		item{name: "kien_nghi", about: "đề xuất, kiến nghị", make: w.typed(func(s report.Statement) string { return s.Proposals }, nothing)},
		heading(2, "Nhiệm vụ kỳ tới"),
		item{name: "nhiem_vu", about: "nhiệm vụ kỳ tới", make: w.typed(func(s report.Statement) string { return s.Tasks }, nothing)},
		item{name: "ket_luan", about: "câu kết", make: w.closing})
	return all
}

func (w *writer) partScope() []item {
	all := []item{
		heading(1, "PHẠM VI, THỜI GIAN CHỐT SỐ LIỆU"),
		heading(2, "Phạm vi báo cáo"),
		{name: "pham_vi", about: "phạm vi báo cáo", make: w.scope},
		heading(2, "Thời gian chốt số liệu"),
		{name: "chot_so_lieu", about: "thời gian chốt số liệu và nhật ký làm căn cứ", make: w.closedAt},
		{name: "bang.dinh_chinh", about: "bảng số liệu đính chính", make: w.correctionRows},
	}
	if w.provincial() {
		all = append(all, heading(2, "Tình hình gửi báo cáo của các đơn vị"),
			item{name: "gui_bao_cao", about: "tình hình gửi báo cáo của các đơn vị", make: w.submitted})
	}
	return all
}

func (w *writer) partExchange() []item {
	all := []item{
		heading(1, "KẾT QUẢ KHAI THÁC, CHIA SẺ DỮ LIỆU"),
		heading(2, "Khai thác dữ liệu từ Cơ sở dữ liệu quốc gia về dân cư"),
		{name: "tra_cuu", about: "kết quả tra cứu, xác thực", make: w.lookUps},
		{name: "bang.tra_cuu", about: "bảng tra cứu, xác thực theo dịch vụ", make: w.lookUpRows},
		w.chart("tra_cuu_thang", "tra cứu, xác thực theo tháng"),
		w.chart("ket_qua", "kết quả tra cứu, xác thực theo dịch vụ"),
		heading(2, "Chia sẻ, cập nhật dữ liệu"),
		{name: "chia_se", about: "kết quả chia sẻ, cập nhật dữ liệu", make: w.shared},
		{name: "bang.chia_se", about: "bảng chia sẻ, cập nhật dữ liệu theo dịch vụ", make: w.messageRows},
		w.chart("chia_se_thang", "thông điệp chia sẻ theo tháng"),
	}
	if w.provincial() {
		all = append(all, heading(2, "Kết quả theo đơn vị"),
			item{name: "don_vi.ket_qua", about: "kết quả theo đơn vị", make: w.byDepartment},
			item{name: "bang.don_vi", about: "bảng kết quả theo đơn vị", make: w.departmentRows},
			w.chart("tra_cuu_don_vi", "lượt tra cứu, xác thực theo đơn vị"),
			w.chart("chia_se_don_vi", "thông điệp đã chuyển theo đơn vị"))
	}
	return all
}

func (w *writer) partSecurity() []item {
	return []item{
		heading(1, "BẢO ĐẢM AN NINH, AN TOÀN THÔNG TIN"),
		heading(2, "Kiểm tra, đánh giá an toàn thông tin"),
		{name: "kiem_tra", about: "kiểm tra, đánh giá an toàn thông tin", make: w.checks},
		{name: "bang.kiem_tra", about: "bảng các cuộc kiểm tra", make: w.checkRows},
		heading(2, "Sự kiện liên quan đến an toàn thông tin"),
		{name: "su_kien", about: "sự kiện liên quan đến an toàn thông tin", make: w.events},
		{name: "bang.su_kien", about: "bảng sự kiện liên quan đến an toàn thông tin", make: w.eventRows},
		heading(2, "Sự cố an toàn thông tin"),
		{name: "su_co", about: "sự cố an toàn thông tin", make: w.typed(func(s report.Statement) string { return s.Incidents }, "Trong kỳ không phát sinh sự cố an toàn thông tin.")},
		heading(2, "Lưu giữ nhật ký"),
		{name: "nhat_ky", about: "lưu giữ nhật ký", make: w.record},
	}
}

func (w *writer) chart(key, about string) item {
	return item{name: "bieu_do." + key, about: "biểu đồ " + about, make: func() []paper.Block {
		c, ok := w.drawn[key]
		if !ok {
			return nil
		}
		return []paper.Block{c}
	}}
}

// annexes are the detailed tables.
func (w *writer) annexes() []annex {
	all := []annex{
		{"Chi tiết tra cứu, xác thực", item{name: "phu_luc.tra_cuu", about: "phụ lục chi tiết tra cứu, xác thực", make: w.lookUpDetail}},
		{"Chi tiết chia sẻ, cập nhật dữ liệu", item{name: "phu_luc.chia_se", about: "phụ lục chi tiết chia sẻ, cập nhật dữ liệu", make: w.messageDetail}},
		{"Số liệu theo tháng", item{name: "phu_luc.thang", about: "phụ lục số liệu theo tháng", make: w.monthDetail}},
	}
	if w.provincial() {
		all = append(all, annex{"Tình hình gửi báo cáo của các đơn vị", item{name: "phu_luc.gui_bao_cao", about: "phụ lục tình hình gửi báo cáo", make: w.submissionRows}})
	}
	return all
}
