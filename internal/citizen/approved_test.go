package citizen_test

import (
	"slices"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/citizen"
)

func TestTheCatalogueListsTheFieldsOfTheStandardInItsOrder(t *testing.T) {
	code := "MaTinhThanh MaQuanHuyen MaPhuongXa MaDonViHanhChinh ChiTiet QuocGia"
	kin := "SoDinhDanh SoCMND QuocTich HoVaTen"
	var want []string
	for _, group := range [][2]string{
		{"", "SoDinhDanh SoCMND HoVaTen GioiTinh DanToc TonGiao TinhTrangHonNhan NhomMau"}, {"NgayThangNamSinh/", "Nam NgayThangNam"},
		{"NoiDangKyKhaiSinh/", code}, {"QueQuan/", code}, {"ThuongTru/", code}, {"NoiOHienTai/", code}, {"", "QuocTich"},
		{"Cha/", kin}, {"Me/", kin}, {"VoChong/", kin}, {"NguoiDaiDien/", kin}, {"ChuHo/", "SoDinhDanh SoCMND QuanHe HoVaTen"},
		{"", "SoSoHoKhau LoaiTaiKhoan MaSoThue ThuDienTu"},
	} {
		for _, name := range strings.Fields(group[1]) {
			want = append(want, group[0]+name)
		}
	}
	if got := paths(citizen.Person); !slices.Equal(got, want) {
		t.Errorf("a person:\n got %q\nwant %q", got, want)
	}
	want = strings.Fields("TonTai SoDinhDanh SoCMND HoVaTen GioiTinh DanToc TonGiao TinhTrangHonNhan NhomMau NgayThangNamSinh NoiDangKyKhaiSinh QueQuan ThuongTru NoiOHienTai QuocTich Cha Me VoChong NguoiDaiDien ChuHo SoSoHoKhau")
	if got := paths(citizen.Verification); !slices.Equal(got, want) {
		t.Errorf("a verification:\n got %q\nwant %q", got, want)
	}
	titles := map[string]bool{}
	for _, f := range citizen.Catalogue(citizen.Person) {
		if f.Title == "" || titles[f.Title] {
			t.Errorf("%s has the title %q", f.Path, f.Title)
		}
		titles[f.Title] = true
	}
	if !titles["Nơi thường trú – chi tiết"] || !titles["Cha – họ, chữ đệm và tên"] || !titles["Ngày, tháng, năm sinh – năm"] {
		t.Errorf("got the titles %v", titles)
	}
	citizen.Catalogue(citizen.Person)[0].Path = "changed"
	citizen.Catalogue(citizen.Verification)[0].Path = "changed"
	if paths(citizen.Person)[0] != "SoDinhDanh" || paths(citizen.Verification)[0] != "TonTai" || citizen.Catalogue(2) != nil {
		t.Error("a caller can change the catalogue")
	}
}

func TestAPathApprovesEverythingBeneathItAndNothingElse(t *testing.T) {
	for approved, want := range map[string]string{
		"":                    "",
		"ThuongTru":           "ThuongTru/MaTinhThanh ThuongTru/MaQuanHuyen ThuongTru/MaPhuongXa ThuongTru/MaDonViHanhChinh ThuongTru/ChiTiet ThuongTru/QuocGia",
		"HoVaTen":             "HoVaTen",
		"Me":                  "Me/SoDinhDanh Me/SoCMND Me/QuocTich Me/HoVaTen",
		"Cha/HoVaTen SoCMND":  "SoCMND Cha/HoVaTen",
		"Cha/HoVaTen Cha Cha": "Cha/SoDinhDanh Cha/SoCMND Cha/QuocTich Cha/HoVaTen",
		"NgayThangNamSinh":    "NgayThangNamSinh/Nam NgayThangNamSinh/NgayThangNam",
	} {
		a := approve(t, citizen.Person, strings.Fields(approved)...)
		var got []string
		for _, f := range a.Leaves() {
			got = append(got, f.Path)
		}
		if !slices.Equal(got, strings.Fields(want)) || a.Kind() != citizen.Person {
			t.Errorf("%s: got %q", approved, got)
		}
	}
	if got := approve(t, citizen.Verification, "TonTai", "ThuongTru").Leaves(); len(got) != 2 || got[1].Title != "Nơi thường trú – đúng hay sai" {
		t.Errorf("a verification: got %q", got)
	}
}

func TestAnUnknownPathIsNamedWithTheOneThatWasMeant(t *testing.T) {
	for path, hint := range map[string]string{
		"ThuongTru/ChiTet":          "ThuongTru/ChiTiet",
		"thuongtru":                 "ThuongTru",
		"ThuongTrú":                 "ThuongTru",
		"HoTen":                     "HoVaTen",
		"HoVaTen/Ten":               "HoVaTen",
		"DanToc/MaDanToc":           "DanToc",
		"CongDan/GioiTinh":          "GioiTinh",
		"Nơi ở hiện tại – chi tiết": "NoiOHienTai/ChiTiet",
		"ChiTiet":                   "NoiDangKyKhaiSinh/ChiTiet",
		"Cha/HoVaTenn":              "Cha/HoVaTen",
		"ThuongTru/":                "ThuongTru",
		"":                          "",
		"/":                         "",
		"*":                         "",
		"AnhChanDung":               "",
		strings.Repeat("x", 1000):   "",
	} {
		a, err := citizen.NewApproved(citizen.Person, []string{"SoCMND", path})
		if a != nil || err == nil {
			t.Errorf("%q was approved", path)
			continue
		}
		_, meant, _ := strings.Cut(err.Error(), "did you mean ")
		if strings.Trim(meant, `"?`) != hint || len(err.Error()) > 300 {
			t.Errorf("%q: got %v, want the hint %q", path, err, hint)
		}
	}
	_, err := citizen.NewApproved(citizen.Verification, []string{"NgayThangNamSinh/Nam", "TonTai", "MaSoThue"})
	if err == nil || !strings.Contains(err.Error(), `"NgayThangNamSinh/Nam"`) || !strings.Contains(err.Error(), `"MaSoThue"`) || strings.Contains(err.Error(), "TonTai") {
		t.Errorf("got %v", err)
	}
	if _, err := citizen.NewApproved(2, nil); err == nil {
		t.Error("a kind that is none was taken")
	}
}

func TestANameKeyIsTheNameAsTheDatabaseComparesIt(t *testing.T) {
	for name, want := range map[string]string{
		"Nguyễn Văn A":                   "NGUYENVANA",
		"Nguye\u0302\u0303n Va\u0306n A": "NGUYENVANA",
		"NGUYENVANA":                     "NGUYENVANA",
		" đỗ  thị-đức ":                  "DOTHIDUC",
		"ĐẶNG ƯỚC ƠN":                    "DANGUOCON",
		"Y K'Bơ Niê 2":                   "YKBONIE2",
		"Trần “Mẫu” <b>&amp;":            "TRANMAUBAMP",
		"\xff\xfe":                       "",
		"":                               "",
	} {
		if got := citizen.NameKey(name); got != want || citizen.NameKey(got) != got {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
