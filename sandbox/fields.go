package sandbox

import "slices"

// The code tables of the civil status service. Only those of nksLoaiKhaiSinh
// and gbtLoai are known from its clients; the others are our own.
const (
	registrations = "1 2 3 4 5"
	sexes         = "0 1 2"               // 0 not known, 1 male, 2 female
	residences    = "0 1 2 3"             // 0 not known, 1 permanent, 2 temporary, 3 where the person lives
	papers        = "0 1 2 3 4 5 6 7 8 9" // kinds of identity papers
	births        = "1 2 3 4 5"           // 1 both parents known, 2 mother not, 3 father not, 4 neither, 5 foundling
	deathNotices  = "0 1 2 3 4 5 6 7"     // 0 none, 1 death notice, 2 … 7 what may stand for it
	marital       = "1 3"                 // 1 never married, 3 divorced or widowed; 2 married may not marry
	checked       = "0 1 3"               // 0 not checked against the population database, 1 checked, 3 cannot be
	withdrawn     = "0 1"                 // whether an enclosed paper is withdrawn
	modules       = "LTKS LTKT LTKH"      // birth, death, marriage
	peoples       = "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 " +
		"29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 99"
	provinces = "01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 " +
		"49 51 52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96"
)

// fieldLists are the rules of everything that the civil status service takes.
type fieldLists struct {
	outer   []rule            // of the request
	modules map[string][]rule // of hoTich, by module
}

func newFieldLists() fieldLists {
	return fieldLists{
		outer: []rule{
			digits("maDonVi", 5).required(),
			among("module", modules).required(),
			text("maHoSoLT", 50).required(),
			text("maHoSoMCDT", 50),
			of("ngayTiepNhan", isoDate).required(),
			{name: "data", must: true},
			{name: "fileDinhKem", items: enclosure()},
		},
		modules: map[string][]rule{"LTKS": birthFields(), "LTKT": deathFields(), "LTKH": marriageFields()},
	}
}

func enclosure() []rule {
	return []rule{
		text("id", 50), text("loaiGiayTo", 20), text("tenGiayTo", 250), text("tenTepDinhKem", 250).required(),
		among("huyGiayTo", withdrawn), of("duLieuTepDinhKem", file).required(),
	}
}

func place(name string) rule {
	return rule{name: name, parts: []rule{
		among("maTinh", provinces), digits("maHuyen", 3), digits("maXa", 5), text("quocGia", 50), text("dcChiTiet", 250),
	}}
}

// head are the fields that every registration begins with.
func head() []rule {
	return []rule{among("loaiDangKy", registrations).required(), text("noiDangKy", 250), of("soLuongBanSao", number)}
}

// prefixed puts a prefix before the name of every rule.
func prefixed(prefix string, rules ...rule) []rule {
	for i, r := range rules {
		rules[i] = r.named(prefix)
	}
	return rules
}

func nation(prefix string) []rule {
	return prefixed(prefix, among("DanToc", peoples), text("DanTocKhac", 100), text("QuocTich", 50), text("QuocTichKhac", 100))
}

func residence(prefix string) []rule {
	return prefixed(prefix, among("LoaiCuTru", residences), place("NoiCuTru"))
}

func paper(prefix string) []rule {
	return prefixed(prefix, among("LoaiGiayToTuyThan", papers), text("GiayToKhac", 100), text("SoGiayToTuyThan", 20))
}

func issued(prefix string) []rule {
	return prefixed(prefix, of("NgayCapGiayToTuyThan", date), text("NoiCapGiayToTuyThan", 250))
}

func personID(prefix string) []rule { return prefixed(prefix, digits("SoDDCN", 12)) }

func parent(prefix string) []rule {
	return slices.Concat(
		prefixed(prefix, text("HoTen", 100), of("NgaySinh", birthDate)),
		nation(prefix), residence(prefix), paper(prefix), personID(prefix),
		prefixed(prefix, among("XacThucThongTin", checked)),
	)
}

// applicant is who asks for the registration (người yêu cầu).
func applicant() []rule {
	const nyc = "nyc"
	return slices.Concat(
		prefixed(nyc, text("HoTen", 100).required(), text("QuanHe", 50).required()),
		paper(nyc), issued(nyc), personID(nyc),
		prefixed(nyc, of("SoDienThoai", phone), of("Email", email)),
		residence(nyc),
		prefixed(nyc, among("XacThucThongTin", checked)),
	)
}

func abroad() []rule {
	return []rule{
		text("soDangKyNuocNgoai", 50), of("ngayDangKyNuocNgoai", date),
		text("cqNuocNgoaiDaDangKy", 250), text("qgNuocNgoaiDaDangKy", 100),
	}
}

func birthFields() []rule {
	return slices.Concat(
		[]rule{text("maGCS", 50), of("ngayCapGCS", date)}, head(),
		[]rule{
			text("nksHoTen", 100).required(), among("nksGioiTinh", sexes).required(), of("nksNgaySinh", date).required(),
			text("nksNgaySinhBangChu", 250), place("nksNoiSinh"), text("nksNoiSinhNuocNgoai", 250), place("nksQueQuan"),
		},
		nation("nks"), []rule{among("nksLoaiKhaiSinh", births).required()},
		parent("me"), parent("cha"), applicant(), abroad(),
	)
}

func deathFields() []rule {
	return slices.Concat(
		[]rule{text("maGBT", 50), of("ngayCapGBT", date)}, head(),
		[]rule{text("nktHoTen", 100).required(), among("nktGioiTinh", sexes).required(), of("nktNgaySinh", birthDate)},
		nation("nkt"), residence("nkt"), paper("nkt"), issued("nkt"), personID("nkt"),
		[]rule{
			of("nktNgayChet", date).required(), of("nktGioPhutChet", clock), text("nktNoiChet", 250), text("nktNguyenNhanChet", 250),
			among("nktXacThucThongTin", checked),
			among("gbtLoai", deathNotices).required(), text("gbtSo", 50), of("gbtNgay", date), text("gbtCoQuanCap", 250),
		},
		applicant(), abroad(),
	)
}

// spouse is one of the two who marry. The form asks for both the same
// (TT 04/2024/TT-BTP, tờ khai đăng ký kết hôn).
func spouse(prefix string) []rule {
	return slices.Concat(
		prefixed(prefix, text("HoTen", 100).required(), of("NgaySinh", birthDate).required()),
		nation(prefix), residence(prefix), paper(prefix), issued(prefix), personID(prefix),
		prefixed(prefix, among("TinhTrangHonNhan", marital).required(), of("LanKetHon", number), among("XacThucThongTin", checked)),
	)
}

func marriageFields() []rule {
	return slices.Concat(head(), []rule{of("ngayXacLapQuanHeHonNhan", date)}, spouse("chong"), spouse("vo"), applicant(), abroad())
}

// A tie makes one field required because of what another holds.
type tie struct {
	module string
	field  string
	values []string // nil = any that is not empty
	needs  []string
}

func newTies() []tie {
	ties := []tie{
		{"LTKS", "nksLoaiKhaiSinh", []string{"1", "3"}, []string{"meHoTen"}},
		{"LTKS", "nksLoaiKhaiSinh", []string{"1", "2"}, []string{"chaHoTen"}},
		{"LTKT", "gbtLoai", []string{"1"}, []string{"gbtSo", "gbtNgay", "gbtCoQuanCap"}},
	}
	for _, of := range []struct{ module, prefix string }{
		{"LTKS", "me"}, {"LTKS", "cha"}, {"LTKS", "nyc"}, {"LTKT", "nkt"}, {"LTKT", "nyc"},
		{"LTKH", "chong"}, {"LTKH", "vo"}, {"LTKH", "nyc"},
	} {
		ties = append(ties, tie{of.module, of.prefix + "LoaiGiayToTuyThan", []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, []string{of.prefix + "SoGiayToTuyThan"}})
	}
	return ties
}
