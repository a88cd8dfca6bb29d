package citizen_test

import (
	"testing"

	"lgsp.internal/adapter/internal/citizen"
)

// benchPlace and benchAnswer are one citizen in the live form, about 2 KB.
const (
	benchPlace  = "<MaTinhThanh>79</MaTinhThanh><MaQuanHuyen>760</MaQuanHuyen><MaPhuongXa>26734</MaPhuongXa><ChiTiet>1 ĐƯỜNG MẪU, PHƯỜNG MẪU, THÀNH PHỐ MẪU</ChiTiet><QuocGia>VN</QuocGia>"
	benchAnswer = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body><CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"><CongDan>` +
		"<SoDinhDanh>079194000003</SoDinhDanh><SoCMND>079000003</SoCMND><HoVaTen><Ho/><ChuDem/><Ten>NGUYỄN VĂN THỬ</Ten></HoVaTen><GioiTinh>1</GioiTinh>" +
		"<DanToc>01</DanToc><TonGiao>00</TonGiao><TinhTrangHonNhan>2</TinhTrangHonNhan><NhomMau>00</NhomMau>" +
		"<NgayThangNamSinh><Nam>1994</Nam><NgayThangNam>19940508</NgayThangNam></NgayThangNamSinh>" +
		"<NoiDangKyKhaiSinh>" + benchPlace + "</NoiDangKyKhaiSinh><QueQuan>" + benchPlace + "</QueQuan><ThuongTru>" + benchPlace + "</ThuongTru><NoiOHienTai>" + benchPlace + "</NoiOHienTai><QuocTich>VN</QuocTich>" +
		"<Cha><HoVaTen>NGUYỄN VĂN MẪU</HoVaTen><QuocTich>VN</QuocTich><SoDinhDanh/><SoCMND>079000001</SoCMND></Cha>" +
		"<Me><HoVaTen>LÊ THỊ MẪU</HoVaTen><QuocTich>VN</QuocTich><SoDinhDanh/><SoCMND/></Me>" +
		"<ChuHo><QuanHe>CH01</QuanHe><SoDinhDanh>079194000003</SoDinhDanh><HoVaTen>NGUYỄN VĂN THỬ</HoVaTen></ChuHo><SoSoHoKhau>079000001</SoSoHoKhau>" +
		"</CongDan></CongdanCollection></s:Body></s:Envelope>"
)

func BenchmarkReadAndWrite(b *testing.B) {
	answer := []byte(benchAnswer)
	var r citizen.Reader
	some := approve(b, citizen.Person, "SoDinhDanh", "HoVaTen", "NgayThangNamSinh", "GioiTinh", "ThuongTru", "Cha/HoVaTen", "Me/HoVaTen")
	dst := make([]byte, 0, 4<<10)
	b.ReportAllocs()
	b.SetBytes(int64(len(answer)))
	for b.Loop() {
		a, err := r.Read(answer, citizen.Person)
		if err != nil {
			b.Fatal(err)
		}
		if dst, _, err = some.Write(dst[:0], a, citizen.QCVN109); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteEverything(b *testing.B) {
	all := approve(b, citizen.Person, paths(citizen.Person)...)
	a := read(b, []byte(benchAnswer), citizen.Person)
	dst := make([]byte, 0, 8<<10)
	b.ReportAllocs()
	for b.Loop() {
		dst, _, _ = all.Write(dst[:0], a, citizen.Live)
	}
}

func BenchmarkVerify(b *testing.B) {
	answer := []byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><KetQuaXacThuc xmlns="http://www.mic.gov.vn/dancu/1.0"><TonTai>true</TonTai><SoDinhDanh>true</SoDinhDanh><HoVaTen>false</HoVaTen></KetQuaXacThuc></s:Body></s:Envelope>`)
	var r citizen.Reader
	all := approve(b, citizen.Verification, paths(citizen.Verification)...)
	dst := make([]byte, 0, 1<<10)
	b.ReportAllocs()
	for b.Loop() {
		a, err := r.Read(answer, citizen.Verification)
		if err != nil {
			b.Fatal(err)
		}
		dst, _, _ = all.Write(dst[:0], a, citizen.Live)
	}
}

func BenchmarkNameKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		citizen.NameKey("Nguyễn Thị Thử Mẫu")
	}
}
