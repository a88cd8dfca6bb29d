package sandbox

import "strconv"

// presentProvinces are the provinces since 1 July 2025, QĐ 19/2025/QĐ-TTg.
const presentProvinces = "01 04 08 11 12 14 15 19 20 22 24 25 31 33 37 38 40 42 44 46 48 51 52 56 66 68 75 79 80 82 86 91 92 96"

// newInsurance returns what the social insurance takes: lists of children under
// six who are to get a card.
func newInsurance() dossierForm {
	return dossierForm{
		path: bhytPath, module: "LTBHYT", key: "maDanhSach",
		outer: []rule{
			digits("maDonVi", 5).required(), among("module", "LTBHYT").required(), text("maDanhSach", 50).required(),
			digits("maCoQuanBHXH", 5).required(), of("ngayTiepNhan", isoDate).required(), of("soTre", number).required(),
			{name: "data", must: true},
			array("fileDinhKem",
				text("id", 50).required(), text("maHoSoLT", 50).required(), among("loaiGiayTo", "1 2 9").required(), text("tenGiayTo", 250),
				text("tenTepDinhKem", 250).required(), among("huyGiayTo", withdrawn), of("duLieuTepDinhKem", file).required()),
		},
		data: []rule{array("danhSach", insuredChild()...).required()},
		ties: insuranceTies,
	}
}

func insuredChild() []rule {
	return []rule{
		text("maHoSoLT", 50).required(), among("loaiDeNghi", "1 2").required(), text("hoTen", 100).required(), of("ngaySinh", date).required(),
		among("gioiTinh", sexes).required(), digits("soDDCN", 12).required(), digits("maSoBHXH", 10), among("danToc", peoples).required(),
		of("quocTich", country).required(), text("soGiayKhaiSinh", 50).required(), of("ngayGiayKhaiSinh", date).required(),
		among("maDoiTuong", "TE").required(),
		record("noiKCB", digits("ma", 5).required(), text("ten", 250)).required(),
		array("diaChi", among("loai", "1 2 3").required(), among("maTinh", presentProvinces).required(), digits("maXa", 5).required(), text("dcChiTiet", 250)).required(),
		among("hinhThucNhan", "1 2 3").required(), of("soDienThoaiNhan", phone),
		array("nguoiThan", among("quanHe", "1 2 3").required(), text("hoTen", 100).required(), of("ngaySinh", birthDate), digits("soDDCN", 12),
			text("soGiayToKhac", 20), among("nguoiKeKhai", "0 1")).required(),
		of("soTheGanNhat", cardNumber),
		array("theCu", of("soThe", cardNumber).required(), digits("maSoBHXH", 10).required(), of("tuNgay", date), of("denNgay", date), among("lyDo", "1 2 3")),
	}
}

func insuranceTies(in, data node, fs *findings) {
	children := data.in("danhSach").kids
	if in.get("soTre") != strconv.Itoa(len(children)) {
		fs.add("soTre", codeConflict)
	}
	dossiers := map[string]bool{}
	for i, child := range children {
		dossiers[child.get("maHoSoLT")] = true
		at := "danhSach[" + strconv.Itoa(i) + "]."
		if child.get("loaiDeNghi") == "2" { // a card that takes the place of another
			child.need(at, fs, "soTheGanNhat")
		}
		if child.get("hinhThucNhan") == "3" { // by post
			child.need(at, fs, "soDienThoaiNhan")
		}
		for j, place := range child.in("diaChi").kids {
			if place.get("loai") == "3" { // where the card is sent
				place.need(at+"diaChi["+strconv.Itoa(j)+"].", fs, "dcChiTiet")
			}
		}
		for j, kin := range child.in("nguoiThan").kids {
			if kin.get("soGiayToKhac") == "" {
				kin.need(at+"nguoiThan["+strconv.Itoa(j)+"].", fs, "soDDCN")
			}
		}
	}
	for i, enclosed := range in.in("fileDinhKem").kids {
		if !dossiers[enclosed.get("maHoSoLT")] {
			fs.add("fileDinhKem["+strconv.Itoa(i)+"].maHoSoLT", codeConflict)
		}
	}
}
