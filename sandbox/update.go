package sandbox

import (
	"cmp"
	"strings"

	"github.com/beevik/etree"
)

// personsOf reads the persons of a collection that was checked.
func personsOf(collection *etree.Element) []Person {
	_, elements := content(collection)
	out := make([]Person, len(elements))
	for i, x := range elements {
		out[i] = personOf(x)
	}
	return out
}

func personOf(x *etree.Element) Person {
	return Person{
		SoDinhDanh: kept(x, "SoDinhDanh"), SoCMND: kept(x, "SoCMND"),
		Ho: kept(x, "HoVaTen", "Ho"), ChuDem: kept(x, "HoVaTen", "ChuDem"), Ten: kept(x, "HoVaTen", "Ten"),
		GioiTinh: kept(x, "GioiTinh"), NgaySinh: cmp.Or(kept(x, "NgayThangNamSinh", "NgayThangNam"), kept(x, "NgayThangNamSinh", "Nam")),
		DanToc: kept(x, "DanToc", "MaDanToc"), TonGiao: kept(x, "TonGiao", "MaTonGiao"),
		TinhTrangHonNhan: kept(x, "TinhTrangHonNhan"), NhomMau: kept(x, "NhomMau"),
		ThuongTru: placeOf(x, "ThuongTru"), NoiOHienTai: placeOf(x, "NoiOHienTai"),
		NoiDangKyKhaiSinh: placeOf(x, "NoiDangKyKhaiSinh"), QueQuan: placeOf(x, "QueQuan"), QuocTich: kept(x, "QuocTich"),
		Cha: relativeOf(x, "Cha"), Me: relativeOf(x, "Me"), VoChong: relativeOf(x, "VoChong"), NguoiDaiDien: relativeOf(x, "NguoiDaiDien"),
		ChuHo: relativeOf(x, "ChuHo"), SoSoHoKhau: kept(x, "SoSoHoKhau"),
	}
}

func placeOf(x *etree.Element, name string) Place {
	if x = childNamed(x, name); x == nil {
		return Place{}
	}
	return Place{MaDonViHanhChinh: kept(x, "MaDonViHanhChinh"), ChiTiet: kept(x, "ChiTiet"), QuocGia: kept(x, "QuocGia")}
}

func relativeOf(x *etree.Element, name string) Relative {
	if x = childNamed(x, name); x == nil {
		return Relative{}
	}
	return Relative{
		SoDinhDanh: kept(x, "SoDinhDanh"), SoCMND: kept(x, "SoCMND"), QuocTich: kept(x, "QuocTich"), QuanHe: kept(x, "QuanHe"),
		Ho: kept(x, "HoVaTen", "Ho"), ChuDem: kept(x, "HoVaTen", "ChuDem"), Ten: kept(x, "HoVaTen", "Ten"),
	}
}

// kept is childText without the whole request that it may be part of.
func kept(x *etree.Element, names ...string) string { return strings.Clone(childText(x, names...)) }
