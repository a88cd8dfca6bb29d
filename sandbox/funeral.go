package sandbox

import "strconv"

// newFuneral returns what the system that pays funeral allowances takes.
func newFuneral() dossierForm {
	return dossierForm{
		path: ansinhPath, module: "LTMTP", key: "maHoSoMCDT",
		outer: []rule{
			digits("maDonVi", 5).required(), among("module", "LTMTP").required(), text("maHoSoMCDT", 50).required(), text("maHoSoLT", 50).required(),
			of("ngayTiepNhan", isoDate).required(), {name: "data", must: true}, array("fileDinhKem", enclosure()...),
		},
		data: []rule{
			record("maiTang", funeralFields()...).required(),
			record("khaiTu", text("so", 50).required(), of("ngayDangKy", date).required(), digits("noiDangKy", 5).required()).required(),
		},
		ties: funeralTies,
	}
}

func funeralFields() []rule {
	return []rule{
		record("nguoiMat", text("hoTen", 100).required(), of("ngaySinh", birthDate), among("gioiTinh", "1 2").required(), digits("soDDCN", 12).required(),
			of("ngayMat", date).required(),
			record("noiCuTru", among("maTinh", presentProvinces).required(), digits("maXa", 5).required(), text("dcChiTiet", 250)).required(),
			among("doiTuong", "1 2 3 4 9").required(), text("soQuyetDinh", 50), text("ghiChu", 250)).required(),
		record("nguoiToChuc", among("loai", "1 2").required(), text("ten", 250).required(), digits("soDDCN", 12), text("maDinhDanhCoQuan", 35),
			of("soDienThoai", phone)).required(),
		record("kinhPhi", amount("mucChuan").required(), of("soLan", number).required(), amount("hoTroThem").required(), amount("tongTien").required()).required(),
		array("nguoiNhan", text("hoTen", 100).required(), text("quanHe", 50).required(), digits("soDDCN", 12).required(), amount("soTien").required(),
			among("hinhThuc", "1 2").required(),
			record("taiKhoan", rule{name: "soTaiKhoan", form: number, max: 20}, text("chuTaiKhoan", 100), digits("maNganHang", 6), text("tenNganHang", 250))).required(),
	}
}

func funeralTies(_, data node, fs *findings) {
	form := data.in("maiTang")
	dead, organiser, costs := form.in("nguoiMat"), form.in("nguoiToChuc"), form.in("kinhPhi")
	switch dead.get("doiTuong") {
	case "1", "2", "3": // had a monthly allowance
		dead.need("maiTang.nguoiMat.", fs, "soQuyetDinh")
	case "9": // another reason
		dead.need("maiTang.nguoiMat.", fs, "ghiChu")
	}
	if organiser.get("loai") == "1" {
		organiser.need("maiTang.nguoiToChuc.", fs, "soDDCN")
	} else {
		organiser.need("maiTang.nguoiToChuc.", fs, "maDinhDanhCoQuan")
	}
	if costs.worth("mucChuan")*costs.worth("soLan")+costs.worth("hoTroThem") != costs.worth("tongTien") {
		fs.add("maiTang.kinhPhi.tongTien", codeConflict)
	}
	shares := int64(0)
	for i, recipient := range form.in("nguoiNhan").kids {
		shares += recipient.worth("soTien")
		at := "maiTang.nguoiNhan[" + strconv.Itoa(i) + "]."
		if recipient.get("hinhThuc") == "1" { // by transfer
			recipient.in("taiKhoan").need(at+"taiKhoan.", fs, "soTaiKhoan", "chuTaiKhoan", "maNganHang")
		}
		if recipient.get("soDDCN") == dead.get("soDDCN") {
			fs.add(at+"soDDCN", codeConflict)
		}
	}
	if shares != costs.worth("tongTien") {
		fs.add("maiTang.nguoiNhan", codeConflict)
	}
}

// worth is the number of a member whose form was checked: at most twelve digits.
func (n node) worth(name string) int64 {
	v, err := strconv.ParseInt(n.get(name), 10, 64)
	if err != nil {
		return -1 // no number of digits alone
	}
	return v
}
