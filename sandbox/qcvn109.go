package sandbox

import (
	"strconv"

	"github.com/beevik/etree"
)

// The names of the population database's messages.
const (
	soapNamespace    = "http://schemas.xmlsoap.org/soap/envelope/"
	soap12Namespace  = "http://www.w3.org/2003/05/soap-envelope"
	dancuNamespace   = "http://dancuquocgia.bca"
	congdanNamespace = "http://www.mic.gov.vn/dancu/1.0" // QCVN 109:2017/BTTTT
	dancuOperation   = "CapNhatThongTinCongDan"
	collectionName   = "CongdanCollection"
)

// The code tables of QCVN 109:2017/BTTTT, as far as they are publicly known.
const (
	qcvnMarital = "0 1 2 3"
	qcvnBlood   = "00 01 02 03 04"
)

// newGrammar returns what the population database takes: the operation, which
// is in the namespace of the call, around a collection of QCVN 109.
func newGrammar() element {
	return group(dancuOperation, append(callerElements(),
		leaf(text("MaDonVi", 35).required()),
		group(collectionName, personElement()).needed().in(congdanNamespace),
	)...).in(dancuNamespace)
}

// callerElements are what every call begins with.
func callerElements() []element {
	return []element{
		leaf(text("MaYeuCau", 40).required()),
		leaf(text("MaDVC", 20).required()),
		leaf(rule{name: "MaTichHop", must: true, form: number, max: 20}),
		leaf(text("MaCanBo", 20).required()),
	}
}

// lookupGrammar returns what a look-up takes. That exactly one of the two
// numbers is there is checked apart.
func lookupGrammar(operation string) element {
	return group(operation, append(callerElements(),
		leaf(text("MaDonVi", 35)), leaf(text("TaiKhoan", 50)), leaf(text("SoDienThoai", 20)),
		leaf(digits("SoDinhDanh", 12)), leaf(digits("SoCMND", 9)), leaf(text("HoVaTen", 100).required()),
		group("NgayThangNamSinh", leaf(of("NgayThangNam", plainDate).required()), leaf(digits("Nam", 4).required())).anyOne().needed(),
	)...).in(dancuNamespace)
}

// personElement is CongDan: appendix Đ of QCVN 109:2017/BTTTT, and after it the
// elements that the database itself is known to send (QuocTich, NguoiDaiDien,
// ChuHo, SoSoHoKhau).
func personElement() element {
	birthday := group("NgayThangNamSinh", leaf(of("NgayThangNam", isoDate).required()), leaf(digits("Nam", 4).required())).anyOne()
	return group("CongDan",
		leaf(digits("SoDinhDanh", 12)), leaf(digits("SoCMND", 9)), nameElement().needed(),
		leaf(among("GioiTinh", sexes)),
		group("DanToc", leaf(among("MaDanToc", "00 "+peoples).required()), leaf(text("TenGoi", 100))),
		group("TonGiao", leaf(digits("MaTonGiao", 2).required())),
		leaf(among("TinhTrangHonNhan", qcvnMarital)), leaf(among("NhomMau", qcvnBlood)), birthday,
		placeElement("NoiDangKyKhaiSinh"), placeElement("QueQuan"), placeElement("ThuongTru"), placeElement("NoiOHienTai"),
		leaf(text("QuocTich", 50)),
		relative("Cha"), relative("Me"), relative("VoChong"), relative("NguoiDaiDien"),
		group("ChuHo", leaf(digits("SoDinhDanh", 12)), leaf(digits("SoCMND", 9)), leaf(text("QuanHe", 10)), nameElement()),
		leaf(text("SoSoHoKhau", 20)),
	).oneOrMore()
}

func nameElement() element {
	return group("HoVaTen", leaf(text("Ho", 100)), leaf(text("ChuDem", 100)), leaf(text("Ten", 100).required()))
}

func placeElement(name string) element {
	return group(name,
		leaf(of("MaDonViHanhChinh", unitCode)), leaf(text("ChiTiet", 250)), leaf(of("QuocGia", country)))
}

func relative(name string) element {
	return group(name, leaf(digits("SoDinhDanh", 12)), leaf(digits("SoCMND", 9)), leaf(text("QuocTich", 50)), nameElement().needed())
}

// checkCollection checks what the grammar cannot say of a collection: every
// person has a number, and the attributes are true.
func checkCollection(x *etree.Element, fs *findings) {
	_, persons := content(x)
	for _, person := range persons {
		if childText(person, "SoDinhDanh") == "" && childText(person, "SoCMND") == "" {
			fs.add(collectionName+"/CongDan/SoDinhDanh", codeMissing)
		}
	}
	checkAttributes(collectionName, x, len(persons), fs)
}

// checkAttributes checks the attributes of a collection: GhiChu, ThoiDiemDuLieu,
// SoCongDan, which must be the number of persons, and id.
func checkAttributes(path string, x *etree.Element, persons int, fs *findings) {
	for _, a := range x.Attr {
		at := path + "/@" + a.Key
		switch {
		case a.Space == "xmlns" || a.FullKey() == "xmlns" || a.Space == "xsi":
		case a.Space != "":
			fs.add(at, codeUnknown)
		case a.Key == "ThoiDiemDuLieu" && !dateTime.fits(a.Value, 0), a.Key == "SoCongDan" && !onlyDigits(a.Value):
			fs.add(at, codeFormat)
		case a.Key == "SoCongDan" && a.Value != strconv.Itoa(persons):
			fs.add(at, codeConflict)
		case (a.Key == "GhiChu" || a.Key == "id") && len(a.Value) > 1000:
			fs.add(at, codeLength)
		case a.Key != "GhiChu" && a.Key != "ThoiDiemDuLieu" && a.Key != "SoCongDan" && a.Key != "id":
			fs.add(at, codeUnknown)
		}
	}
}
