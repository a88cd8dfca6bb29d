package sandbox

import (
	"slices"
	"strings"

	"lgsp.internal/adapter/internal/strictxml"
)

// AnswerForm is how citizens are written in the answers of look-ups.
type AnswerForm uint8

// The two forms known.
const (
	LiveForm    AnswerForm = iota // as the population database is seen to answer
	QCVN109Form                   // as QCVN 109:2017/BTTTT says, which is also what updates are written in
)

// An element of an answer is a node: a text, or an object of the elements in it.

func word(name, text string) node { return node{name: name, kind: textNode, text: text} }

// block leaves out parts that would have been objects and have nothing in them.
func block(name string, parts ...node) node {
	kids := slices.DeleteFunc(parts, func(n node) bool { return n.kind == objectNode && len(n.kids) == 0 })
	return node{name: name, kind: objectNode, kids: kids}
}

// brief is block without empty texts.
func brief(name string, parts ...node) node {
	return node{name: name, kind: objectNode, kids: slices.DeleteFunc(parts, node.empty)}
}

// appendXML appends n; what is in it belongs to the same namespace.
func (n node) appendXML(dst []byte, namespace string) []byte {
	dst = append(append(dst, '<'), n.name...)
	if namespace != "" {
		dst = append(append(append(dst, ` xmlns="`...), namespace...), '"')
	}
	dst = strictxml.EscapeText(append(dst, '>'), n.text)
	for _, kid := range n.kids {
		dst = kid.appendXML(dst, "")
	}
	return append(append(append(dst, "</"...), n.name...), '>')
}

// converted is n as converters from XML to JSON write it.
func (n node) converted() any {
	if n.kind == textNode {
		return n.text
	}
	out := make(map[string]any, len(n.kids))
	for _, kid := range n.kids {
		out[kid.name] = kid.converted()
	}
	return out
}

// fullName puts the parts of a name together.
func fullName(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// live is CongDan as the database is seen to write it: the whole name in Ten,
// codes without their element, dates without hyphens, texts that are not known
// as empty elements.
func (p Person) live() node {
	return block("CongDan",
		word("SoDinhDanh", p.SoDinhDanh), word("SoCMND", p.SoCMND), p.liveName(),
		word("GioiTinh", p.GioiTinh), word("DanToc", p.DanToc), word("TonGiao", p.TonGiao),
		word("TinhTrangHonNhan", p.TinhTrangHonNhan), word("NhomMau", p.NhomMau), p.liveBirthday(),
		p.NoiDangKyKhaiSinh.live("NoiDangKyKhaiSinh"), p.QueQuan.live("QueQuan"),
		p.ThuongTru.live("ThuongTru"), p.NoiOHienTai.live("NoiOHienTai"),
		word("QuocTich", p.QuocTich),
		p.Cha.live("Cha"), p.Me.live("Me"), p.VoChong.live("VoChong"), p.NguoiDaiDien.live("NguoiDaiDien"),
		p.ChuHo.live("ChuHo"), word("SoSoHoKhau", p.SoSoHoKhau))
}

func (p Person) liveParents() node {
	return block("CongDan", word("SoDinhDanh", p.SoDinhDanh), p.liveName(), p.Cha.live("Cha"), p.Me.live("Me"))
}

func (p Person) liveName() node {
	whole := strings.ToUpper(fullName(p.Ho, p.ChuDem, p.Ten))
	return block("HoVaTen", word("Ho", ""), word("ChuDem", ""), word("Ten", whole))
}

func (p Person) liveBirthday() node {
	const name = "NgayThangNamSinh"
	year, _, whole := strings.Cut(p.NgaySinh, "-")
	if !whole {
		return brief(name, word("Nam", year))
	}
	return block(name, word("Nam", year), word("NgayThangNam", strings.ReplaceAll(p.NgaySinh, "-", "")))
}

// live has no districts, which ended on 01/7/2025, unless an update named one.
// Of entries that are older than that the database still sends the empty element.
func (a Place) live(name string) node {
	if a == (Place{}) {
		return block(name)
	}
	province, district, commune := a.MaTinhThanh, "", ""
	switch len(a.MaDonViHanhChinh) {
	case 2:
		province = a.MaDonViHanhChinh
	case 3:
		district = a.MaDonViHanhChinh
	case 5:
		commune = a.MaDonViHanhChinh
	}
	parts := []node{word("MaTinhThanh", province)}
	if district != "" || name == "NoiDangKyKhaiSinh" || name == "QueQuan" {
		parts = append(parts, word("MaQuanHuyen", district))
	}
	return block(name, append(parts, word("MaPhuongXa", commune), word("ChiTiet", a.ChiTiet), word("QuocGia", a.QuocGia))...)
}

func (r Relative) live(name string) node {
	whole := word("HoVaTen", strings.ToUpper(fullName(r.Ho, r.ChuDem, r.Ten)))
	switch {
	case r == (Relative{}):
		return block(name)
	case name == "ChuHo":
		return block(name, word("QuanHe", r.QuanHe), word("SoDinhDanh", r.SoDinhDanh), word("SoCMND", r.SoCMND), whole)
	}
	return block(name, whole, word("QuocTich", r.QuocTich), word("SoDinhDanh", r.SoDinhDanh), word("SoCMND", r.SoCMND))
}

// standard is CongDan as QCVN 109 has it, in the order that updates keep.
func (p Person) standard() node {
	return brief("CongDan",
		word("SoDinhDanh", p.SoDinhDanh), word("SoCMND", p.SoCMND), standardName(p.Ho, p.ChuDem, p.Ten),
		word("GioiTinh", p.GioiTinh), brief("DanToc", word("MaDanToc", p.DanToc)), brief("TonGiao", word("MaTonGiao", p.TonGiao)),
		word("TinhTrangHonNhan", p.TinhTrangHonNhan), word("NhomMau", p.NhomMau), p.standardBirthday(),
		p.NoiDangKyKhaiSinh.standard("NoiDangKyKhaiSinh"), p.QueQuan.standard("QueQuan"),
		p.ThuongTru.standard("ThuongTru"), p.NoiOHienTai.standard("NoiOHienTai"),
		word("QuocTich", p.QuocTich),
		p.Cha.standard("Cha"), p.Me.standard("Me"), p.VoChong.standard("VoChong"), p.NguoiDaiDien.standard("NguoiDaiDien"),
		p.ChuHo.standard("ChuHo"), word("SoSoHoKhau", p.SoSoHoKhau))
}

func (p Person) standardParents() node {
	return brief("CongDan", word("SoDinhDanh", p.SoDinhDanh), standardName(p.Ho, p.ChuDem, p.Ten), p.Cha.standard("Cha"), p.Me.standard("Me"))
}

func (p Person) standardBirthday() node {
	if len(p.NgaySinh) == 4 {
		return brief("NgayThangNamSinh", word("Nam", p.NgaySinh))
	}
	return brief("NgayThangNamSinh", word("NgayThangNam", p.NgaySinh))
}

func standardName(ho, chuDem, ten string) node {
	return brief("HoVaTen", word("Ho", ho), word("ChuDem", chuDem), word("Ten", ten))
}

func (a Place) standard(name string) node {
	code := a.MaDonViHanhChinh
	if code == "" {
		code = a.MaTinhThanh
	}
	return brief(name, word("MaDonViHanhChinh", code), word("ChiTiet", a.ChiTiet), word("QuocGia", a.QuocGia))
}

func (r Relative) standard(name string) node {
	who := []node{word("SoDinhDanh", r.SoDinhDanh), word("SoCMND", r.SoCMND)}
	if name == "ChuHo" {
		who = append(who, word("QuanHe", r.QuanHe))
	} else {
		who = append(who, word("QuocTich", r.QuocTich))
	}
	return brief(name, append(who, standardName(r.Ho, r.ChuDem, r.Ten))...)
}
