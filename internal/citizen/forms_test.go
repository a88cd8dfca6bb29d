package citizen_test

import (
	"slices"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/citizen"
)

const (
	collectionOpen  = `<CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"><CongDan>`
	collectionClose = `</CongDan></CongdanCollection>`
)

// forms are answers by hand: what comes, what is approved, what is written in
// each form, by which fields.
var forms = []struct {
	name, answer, approved, live, qcvn, fields string
}{
	{"a live place",
		`<ThuongTru><MaTinhThanh>79</MaTinhThanh><MaQuanHuyen>760</MaQuanHuyen><MaPhuongXa>26734</MaPhuongXa><ChiTiet>1 đường Mẫu</ChiTiet></ThuongTru>`, "ThuongTru",
		`<ThuongTru><MaTinhThanh>79</MaTinhThanh><MaQuanHuyen>760</MaQuanHuyen><MaPhuongXa>26734</MaPhuongXa><ChiTiet>1 đường Mẫu</ChiTiet></ThuongTru>`,
		`<ThuongTru><MaDonViHanhChinh>26734</MaDonViHanhChinh><ChiTiet>1 đường Mẫu</ChiTiet></ThuongTru>`,
		"ThuongTru/MaTinhThanh ThuongTru/MaQuanHuyen ThuongTru/MaPhuongXa ThuongTru/ChiTiet"},
	{"the province of a live place",
		`<ThuongTru><MaTinhThanh>79</MaTinhThanh><MaQuanHuyen>760</MaQuanHuyen><MaPhuongXa>26734</MaPhuongXa></ThuongTru>`, "ThuongTru/MaTinhThanh",
		`<ThuongTru><MaTinhThanh>79</MaTinhThanh></ThuongTru>`, `<ThuongTru><MaDonViHanhChinh>79</MaDonViHanhChinh></ThuongTru>`, "ThuongTru/MaTinhThanh"},
	{"the unit of a live place",
		`<QueQuan><MaTinhThanh>79</MaTinhThanh><MaPhuongXa>26734</MaPhuongXa></QueQuan>`, "QueQuan/MaDonViHanhChinh",
		`<QueQuan><MaPhuongXa>26734</MaPhuongXa></QueQuan>`, `<QueQuan><MaDonViHanhChinh>26734</MaDonViHanhChinh></QueQuan>`, "QueQuan/MaDonViHanhChinh"},
	{"the province of a commune is not given", `<QueQuan><MaDonViHanhChinh>26734</MaDonViHanhChinh></QueQuan>`, "QueQuan/MaTinhThanh QueQuan/MaQuanHuyen", ``, ``, ""},
	{"a district as a unit", `<QueQuan><MaDonViHanhChinh>760</MaDonViHanhChinh></QueQuan>`, "QueQuan/MaQuanHuyen",
		`<QueQuan><MaQuanHuyen>760</MaQuanHuyen></QueQuan>`, `<QueQuan><MaDonViHanhChinh>760</MaDonViHanhChinh></QueQuan>`, "QueQuan/MaQuanHuyen"},
	{"a unit of no known length", `<QueQuan><MaDonViHanhChinh>7601</MaDonViHanhChinh></QueQuan>`, "QueQuan",
		`<QueQuan><MaDonViHanhChinh>7601</MaDonViHanhChinh></QueQuan>`, `<QueQuan><MaDonViHanhChinh>7601</MaDonViHanhChinh></QueQuan>`, "QueQuan/MaDonViHanhChinh"},
	{"a unit that disagrees", `<QueQuan><MaTinhThanh>01</MaTinhThanh><MaDonViHanhChinh>79</MaDonViHanhChinh></QueQuan>`, "QueQuan",
		`<QueQuan><MaTinhThanh>01</MaTinhThanh><MaDonViHanhChinh>79</MaDonViHanhChinh></QueQuan>`, `<QueQuan><MaDonViHanhChinh>79</MaDonViHanhChinh></QueQuan>`, "QueQuan/MaTinhThanh QueQuan/MaDonViHanhChinh"},
	{"a commune in the element of the province", `<QueQuan><MaTinhThanh>26734</MaTinhThanh></QueQuan>`, "QueQuan/MaTinhThanh", ``, ``, ""},
	{"the year of a date", `<NgayThangNamSinh><NgayThangNam>19900412</NgayThangNam></NgayThangNamSinh>`, "NgayThangNamSinh/Nam",
		`<NgayThangNamSinh><Nam>1990</Nam></NgayThangNamSinh>`, `<NgayThangNamSinh><Nam>1990</Nam></NgayThangNamSinh>`, "NgayThangNamSinh/Nam"},
	{"a date in the element of the year", `<NgayThangNamSinh><Nam>1990-04-12</Nam></NgayThangNamSinh>`, "NgayThangNamSinh/Nam",
		`<NgayThangNamSinh><Nam>1990</Nam></NgayThangNamSinh>`, `<NgayThangNamSinh><Nam>1990</Nam></NgayThangNamSinh>`, "NgayThangNamSinh/Nam"},
	{"something else in the element of the year", `<NgayThangNamSinh><Nam>12/04/1990</Nam></NgayThangNamSinh>`, "NgayThangNamSinh", ``, ``, ""},
	{"the year of no date", `<NgayThangNamSinh><NgayThangNam>19901341</NgayThangNam></NgayThangNamSinh>`, "NgayThangNamSinh/Nam", ``, ``, ""},
	{"no date", `<NgayThangNamSinh><NgayThangNam>04/1990</NgayThangNam></NgayThangNamSinh>`, "NgayThangNamSinh",
		`<NgayThangNamSinh><NgayThangNam>04/1990</NgayThangNam></NgayThangNamSinh>`, `<NgayThangNamSinh><NgayThangNam>04/1990</NgayThangNam></NgayThangNamSinh>`, "NgayThangNamSinh/NgayThangNam"},
	{"a year and its date", `<NgayThangNamSinh><Nam>1990</Nam><NgayThangNam>19900412</NgayThangNam></NgayThangNamSinh>`, "NgayThangNamSinh",
		`<NgayThangNamSinh><Nam>1990</Nam><NgayThangNam>19900412</NgayThangNam></NgayThangNamSinh>`, `<NgayThangNamSinh><NgayThangNam>1990-04-12</NgayThangNam></NgayThangNamSinh>`,
		"NgayThangNamSinh/Nam NgayThangNamSinh/NgayThangNam"},
	{"a year and another's date", `<NgayThangNamSinh><Nam>1991</Nam><NgayThangNam>1990-04-12</NgayThangNam></NgayThangNamSinh>`, "NgayThangNamSinh",
		`<NgayThangNamSinh><Nam>1991</Nam><NgayThangNam>19900412</NgayThangNam></NgayThangNamSinh>`, `<NgayThangNamSinh><Nam>1991</Nam><NgayThangNam>1990-04-12</NgayThangNam></NgayThangNamSinh>`,
		"NgayThangNamSinh/Nam NgayThangNamSinh/NgayThangNam"},
	{"a whole name in Ten", `<HoVaTen><Ho/><ChuDem/><Ten>NGUYỄN VĂN THỬ</Ten></HoVaTen>`, "HoVaTen",
		`<HoVaTen><Ten>NGUYỄN VĂN THỬ</Ten></HoVaTen>`, `<HoVaTen><Ten>NGUYỄN VĂN THỬ</Ten></HoVaTen>`, "HoVaTen"},
	{"a name as text", `<HoVaTen>NGUYỄN VĂN THỬ</HoVaTen>`, "HoVaTen",
		`<HoVaTen><Ten>NGUYỄN VĂN THỬ</Ten></HoVaTen>`, `<HoVaTen><Ten>NGUYỄN VĂN THỬ</Ten></HoVaTen>`, "HoVaTen"},
	{"a relative's name in parts", `<Cha><HoVaTen><Ho>TRẦN</Ho><ChuDem>VĂN</ChuDem><Ten>MẪU</Ten></HoVaTen></Cha>`, "Cha/HoVaTen",
		`<Cha><HoVaTen>TRẦN VĂN MẪU</HoVaTen></Cha>`, `<Cha><HoVaTen><Ho>TRẦN</Ho><ChuDem>VĂN</ChuDem><Ten>MẪU</Ten></HoVaTen></Cha>`, "Cha/HoVaTen"},
	{"a relative's name as text", `<Me><QuocTich>VN</QuocTich><HoVaTen>LÊ THỊ MẪU</HoVaTen></Me>`, "Me/HoVaTen",
		`<Me><HoVaTen>LÊ THỊ MẪU</HoVaTen></Me>`, `<Me><HoVaTen><Ten>LÊ THỊ MẪU</Ten></HoVaTen></Me>`, "Me/HoVaTen"},
	{"codes as text", `<DanToc>01</DanToc><TonGiao>00</TonGiao>`, "DanToc TonGiao", `<DanToc>01</DanToc><TonGiao>00</TonGiao>`,
		`<DanToc><MaDanToc>01</MaDanToc></DanToc><TonGiao><MaTonGiao>00</MaTonGiao></TonGiao>`, "DanToc TonGiao"},
	{"codes in elements", `<DanToc><MaDanToc>02</MaDanToc><TenGoi>Tày</TenGoi></DanToc><TonGiao><MaTonGiao>01</MaTonGiao></TonGiao>`, "DanToc TonGiao",
		`<DanToc>02</DanToc><TonGiao>01</TonGiao>`, `<DanToc><MaDanToc>02</MaDanToc><TenGoi>Tày</TenGoi></DanToc><TonGiao><MaTonGiao>01</MaTonGiao></TonGiao>`, "DanToc TonGiao"},
	{"an ethnic group by its name", `<DanToc>Tày</DanToc>`, "DanToc", `<DanToc>Tày</DanToc>`, `<DanToc><TenGoi>Tày</TenGoi></DanToc>`, "DanToc"},
	{"any order becomes that of the standard", `<GioiTinh>1</GioiTinh><SoCMND>079000003</SoCMND><SoDinhDanh> 079194000003 </SoDinhDanh>`, "GioiTinh SoDinhDanh SoCMND",
		`<SoDinhDanh>079194000003</SoDinhDanh><SoCMND>079000003</SoCMND><GioiTinh>1</GioiTinh>`, `<SoDinhDanh>079194000003</SoDinhDanh><SoCMND>079000003</SoCMND><GioiTinh>1</GioiTinh>`, "SoDinhDanh SoCMND GioiTinh"},
	{"text beside elements and elements beside text", `NOISE<GioiTinh>1<b>2</b></GioiTinh><Cha>NOISE<SoCMND>079000001</SoCMND></Cha>`, "GioiTinh Cha",
		`<Cha><SoCMND>079000001</SoCMND></Cha>`, `<Cha><SoCMND>079000001</SoCMND></Cha>`, "Cha/SoCMND"},
	{"nothing approved", `<SoDinhDanh>079194000003</SoDinhDanh>`, "", ``, ``, ""},
	{"markup in a text", `<ThuDienTu>&lt;SoCMND>1&lt;/SoCMND></ThuDienTu>`, "ThuDienTu", `<ThuDienTu>&lt;SoCMND&gt;1&lt;/SoCMND&gt;</ThuDienTu>`, `<ThuDienTu>&lt;SoCMND&gt;1&lt;/SoCMND&gt;</ThuDienTu>`, "ThuDienTu"},
}

func TestAFieldIsWrittenInTheFormAskedFor(t *testing.T) {
	for _, c := range forms {
		t.Run(c.name, func(t *testing.T) {
			a := approve(t, citizen.Person, strings.Fields(c.approved)...)
			answer := read(t, []byte(collectionOpen+c.answer+collectionClose), citizen.Person)
			for form, want := range map[citizen.Form]string{citizen.Live: c.live, citizen.QCVN109: c.qcvn} {
				out, fields := write(t, a, answer, form)
				if string(out) != collectionOpen+want+collectionClose {
					t.Errorf("form %d: got\n%s, want\n%s", form, out, collectionOpen+want+collectionClose)
				}
				if !slices.Equal(fields, strings.Fields(c.fields)) {
					t.Errorf("form %d: the fields are %q, want %q", form, fields, c.fields)
				}
			}
		})
	}
}

func TestAnAnswerWithoutRecordsIsWrittenWithoutRecords(t *testing.T) {
	a := approve(t, citizen.Person, "HoVaTen")
	out, fields := write(t, a, read(t, []byte("<CongdanCollection/>"), citizen.Person), citizen.Live)
	if want := `<CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"></CongdanCollection>`; string(out) != want || len(fields) != 0 {
		t.Errorf("got %s, %q", out, fields)
	}
}

func TestTheWrongKindAndAnUnknownFormWriteNothing(t *testing.T) {
	person := read(t, []byte(collectionOpen+"<SoCMND>079000003</SoCMND>"+collectionClose), citizen.Person)
	if out, _, err := approve(t, citizen.Verification, "TonTai", "SoCMND").Write([]byte("before"), person, citizen.Live); err == nil || string(out) != "before" {
		t.Errorf("the wrong kind: got %s, %v", out, err)
	}
	if out, _, err := approve(t, citizen.Person, "SoCMND").Write([]byte("before"), person, 2); err == nil || string(out) != "before" {
		t.Errorf("an unknown form: got %s, %v", out, err)
	}
}
