package citizen

// spec describes one element of CongDan. A relative's titles are written after
// those of the element around them.
type spec struct {
	name, title string
	shape       shape
	kids        []spec
}

// shape is how an element is read and written.
type shape uint8

const (
	plain    shape = iota // text
	fullName              // Ho, ChuDem, Ten in both forms; text is taken for Ten, where the database puts whole names
	kinName               // the same, text in the live form
	ethnic                // MaDanToc and TenGoi, text in the live form
	faith                 // MaTonGiao, text in the live form
	birthday              // Nam, NgayThangNam
	place                 // the four codes, ChiTiet, QuocGia
	group                 // elements
)

// personSpecs lists the elements of CongDan in the order of the standard
// (QCVN 109:2017/BTTTT, annex Đ), and after them those that only the database
// itself sends.
func personSpecs() []spec {
	return []spec{
		{name: "SoDinhDanh", title: "Số định danh cá nhân"},
		{name: "SoCMND", title: "Số chứng minh nhân dân"},
		{name: "HoVaTen", title: "Họ, chữ đệm và tên", shape: fullName},
		{name: "GioiTinh", title: "Giới tính"},
		{name: "DanToc", title: "Dân tộc", shape: ethnic},
		{name: "TonGiao", title: "Tôn giáo", shape: faith},
		{name: "TinhTrangHonNhan", title: "Tình trạng hôn nhân"},
		{name: "NhomMau", title: "Nhóm máu"},
		{name: "NgayThangNamSinh", title: "Ngày, tháng, năm sinh", shape: birthday, kids: []spec{
			{name: "Nam", title: "năm"},
			{name: "NgayThangNam", title: "ngày, tháng, năm"},
		}},
		placeSpec("NoiDangKyKhaiSinh", "Nơi đăng ký khai sinh"),
		placeSpec("QueQuan", "Quê quán"),
		placeSpec("ThuongTru", "Nơi thường trú"),
		placeSpec("NoiOHienTai", "Nơi ở hiện tại"),
		{name: "QuocTich", title: "Quốc tịch"},
		kinSpec("Cha", "Cha"),
		kinSpec("Me", "Mẹ"),
		kinSpec("VoChong", "Vợ hoặc chồng"),
		kinSpec("NguoiDaiDien", "Người đại diện hợp pháp"),
		{name: "ChuHo", title: "Chủ hộ", shape: group, kids: []spec{
			{name: "SoDinhDanh", title: "số định danh cá nhân"},
			{name: "SoCMND", title: "số chứng minh nhân dân"},
			{name: "QuanHe", title: "quan hệ với chủ hộ"},
			{name: "HoVaTen", title: "họ, chữ đệm và tên", shape: kinName},
		}},
		{name: "SoSoHoKhau", title: "Số sổ hộ khẩu"},
		{name: "LoaiTaiKhoan", title: "Loại tài khoản"},
		{name: "MaSoThue", title: "Mã số thuế"},
		{name: "ThuDienTu", title: "Thư điện tử"},
	}
}

// The places of a place's codes among its kids. Those of a province, a district
// and a commune come first, so that a level is an offset.
const (
	province = iota
	district
	commune
	unit // MaDonViHanhChinh
)

func placeSpec(name, title string) spec {
	return spec{name: name, title: title, shape: place, kids: []spec{
		{name: "MaTinhThanh", title: "mã tỉnh, thành phố"},
		{name: "MaQuanHuyen", title: "mã quận, huyện"},
		{name: "MaPhuongXa", title: "mã phường, xã"},
		{name: "MaDonViHanhChinh", title: "mã đơn vị hành chính"},
		{name: "ChiTiet", title: "chi tiết"},
		{name: "QuocGia", title: "quốc gia"},
	}}
}

func kinSpec(name, title string) spec {
	return spec{name: name, title: title, shape: group, kids: []spec{
		{name: "SoDinhDanh", title: "số định danh cá nhân"},
		{name: "SoCMND", title: "số chứng minh nhân dân"},
		{name: "QuocTich", title: "quốc tịch"},
		{name: "HoVaTen", title: "họ, chữ đệm và tên", shape: kinName},
	}}
}

// The places of the parts of a name and of DanToc.
const (
	family = iota
	middle
	given
)

const (
	ethnicCode = iota
	ethnicName
)

// parts returns the elements inside one field, none for a plain one. Together
// they are approved or not.
func (s shape) parts() []string {
	switch s {
	case fullName, kinName:
		return []string{family: "Ho", middle: "ChuDem", given: "Ten"}
	case ethnic:
		return []string{ethnicCode: "MaDanToc", ethnicName: "TenGoi"}
	case faith:
		return []string{"MaTonGiao"}
	}
	return nil
}

// textPart returns the part that text directly in the element is.
func (s shape) textPart() int {
	if s == fullName || s == kinName {
		return given
	}
	return 0
}

// exists is the field of a verification that says whether there is such a person.
const exists = 0

// compared lists the fields of a verification, TonTai first.
var compared = comparedFields()

func comparedFields() []Field {
	fields := []Field{exists: {"TonTai", "Có trong cơ sở dữ liệu quốc gia về dân cư"}}
	for _, s := range personSpecs() {
		fields = append(fields, Field{s.name, s.title + " – đúng hay sai"})
		if s.name == "SoSoHoKhau" {
			break
		}
	}
	return fields
}
