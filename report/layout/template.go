package layout

import (
	"io"
	"strconv"
	"strings"

	"lgsp.internal/adapter/internal/docx"
	"lgsp.internal/adapter/internal/paper"
	"lgsp.internal/adapter/report"
)

// StandardTemplate writes the form that a province edits to have its own: the
// standard document with a placeholder for everything that changes. Filled in,
// it reads as Document does.
func StandardTemplate(w io.Writer, provincial bool) error {
	return docx.Template(w, standard(specimen(provincial)))
}

// specimen is a paper that says nothing, of one of the two kinds.
func specimen(provincial bool) Paper {
	p := Paper{Letterhead: Letterhead{Parent: "UBND tỉnh"}}
	p.Report.Period = report.FirstHalf(2026)
	if !provincial {
		p.Report.Scope = "H00"
	}
	return p
}

func standard(p Paper) paper.Document {
	w := newWriter(p)
	d := docx.Blank(Document(p))
	d.Body = nil
	for _, i := range w.items() {
		if i.heading.Level > 0 {
			d.Body = append(d.Body, i.heading)
		} else {
			d.Body = append(d.Body, paper.Placeholder{Name: i.name})
		}
	}
	for n, a := range w.annexes() {
		d.Appendices[n].Body = []paper.Block{paper.Placeholder{Name: a.name}}
	}
	return d
}

// CheckTemplate reports what is wrong with a province's own form: a file that
// cannot be filled in, or a placeholder that has no meaning in a report of its
// kind.
func CheckTemplate(template []byte, provincial bool) error {
	return docx.Fill(io.Discard, template, filling(specimen(provincial)))
}

func fillTemplate(w io.Writer, p Paper, template []byte) error {
	return docx.Fill(w, template, filling(p))
}

// filling is everything that a template may name.
func filling(p Paper) docx.Filling {
	in := docx.FillingOf(Document(p))
	for _, v := range values(p) {
		in.Values[v.name] = v.text
	}
	w := newWriter(p)
	for _, i := range w.items() {
		if i.heading.Level == 0 {
			in.Blocks[i.name] = append([]paper.Block{}, i.make()...)
		}
	}
	for _, a := range w.annexes() {
		in.Blocks[a.name] = append([]paper.Block{}, a.make()...)
	}
	return in
}

// value is a text that a template may name.
type value struct {
	name, about, text string
}

// values are those beside the elements of the letterhead, which package docx
// names.
func values(p Paper) []value {
	r := p.Report
	all := []value{
		{"ky", "kỳ báo cáo bằng chữ: 6 tháng đầu năm 2026", r.Period.Title()},
		{"ky_ma", "mã kỳ báo cáo: 2026-H1", r.Period.String()},
		{"tu_ngay", "ngày đầu kỳ", r.Period.From.Short()},
		{"den_ngay", "ngày cuối kỳ", r.Period.To.Short()},
		{"don_vi", "đơn vị báo cáo", paper.OrGap(issuer(p))},
		{"ma_don_vi", "mã định danh của đơn vị báo cáo; trống với báo cáo của tỉnh", r.Scope},
		{"dia_phuong", "tỉnh, thành phố", paper.OrGap(r.Province)},
		{"thoi_diem", "thời điểm tổng hợp số liệu", paper.OrGap(moment(r.At))},
		{"tam_tinh", "“số liệu tạm tính đến …” khi kỳ chưa kết thúc; nếu không thì trống", strings.TrimPrefix(marks(Paper{Report: r}), "; ")},
		{"du_thao", "“DỰ THẢO” khi báo cáo chưa được xác nhận; nếu không thì trống", draft(p)},
		{"can_cu", "các căn cứ của báo cáo, mỗi căn cứ một dòng", strings.Join(paper.Enumerated(newWriter(p).bases()), "\n")},
		{"nhat_ky.muc_cuoi", "nhật ký làm căn cứ của số liệu, trong một dòng", headLine(r)},
	}
	figures := totalFigures()
	for _, f := range figures {
		all = append(all, value{"so_lieu." + f.key, described(f), f.of(r.Total).show(f.form)})
	}
	for _, f := range figures {
		text := "–"
		if r.Before != nil {
			text = f.of(*r.Before).show(f.form)
		}
		all = append(all, value{"ky_truoc." + f.key, described(f) + ", kỳ trước", text})
	}
	return all
}

func draft(p Paper) string {
	if p.Draft {
		return "DỰ THẢO"
	}
	return ""
}

func described(f figure[report.Totals]) string {
	if f.unit == "" || f.unit == "%" {
		return lowerFirst(f.title)
	}
	return lowerFirst(f.title) + " (" + f.unit + ")"
}

// letterheadNames are the placeholders of the elements around the body.
var letterheadNames = [...][2]string{
	{"co_quan_chu_quan", "cơ quan chủ quản"}, {"co_quan", "cơ quan ban hành"}, {"so", "số của văn bản"}, {"ky_hieu", "ký hiệu của văn bản"},
	{"dia_danh", "địa danh"}, {"ngay_thang", "ngày, tháng, năm ban hành"}, {"trich_yeu", "trích yếu nội dung"}, {"kinh_gui", "nơi kính gửi, chỉ của công văn"},
	{"noi_nhan", "nơi nhận"}, {"chuc_vu", "quyền hạn, chức vụ của người ký"}, {"nguoi_ky", "họ tên người ký"}, {"chan_trang", "dòng cuối trang: nhật ký làm căn cứ của số liệu"},
}

// Name is a placeholder that a template may hold.
type Name struct {
	Name  string // written as {{name}}
	About string // in Vietnamese
	Block bool   // stands alone in its paragraph, which tables and charts take the place of
}

// Names returns every placeholder that a template of a kind of report may hold,
// in the order of the document.
func Names(provincial bool) []Name {
	p := specimen(provincial)
	var all []Name
	for _, n := range letterheadNames {
		all = append(all, Name{Name: n[0], About: n[1]})
	}
	for _, v := range values(p) {
		all = append(all, Name{Name: v.name, About: v.about})
	}
	w := newWriter(p)
	all = append(all, Name{Name: "noi_dung", About: "toàn bộ nội dung báo cáo", Block: true})
	for _, i := range w.items() {
		if i.heading.Level == 0 {
			all = append(all, Name{i.name, i.about, true})
		}
	}
	for n, a := range w.annexes() {
		all = append(all, Name{a.name, a.about, true}, Name{"phu_luc_" + strconv.Itoa(n+1), a.about + ", theo số thứ tự", true})
	}
	return all
}
