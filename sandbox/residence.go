package sandbox

import "strconv"

// householder is what a person is called who is the head of the household.
const householder = "Chủ hộ"

// newResidence returns what the residence system takes: applications of form
// CT01 for permanent or temporary residence.
func newResidence() dossierForm {
	return dossierForm{
		path: cutruPath, module: "LTCT", key: "maHoSoMCDT",
		outer: []rule{
			digits("maDonVi", 5).required(), among("module", "LTCT").required(), text("maHoSoMCDT", 50).required(), text("maHoSoLT", 50).required(),
			of("ngayTiepNhan", isoDate).required(), {name: "data", must: true}, array("fileDinhKem", enclosure()...),
		},
		data: []rule{record("cuTru", residenceFields()...).required()},
		ties: residenceTies,
	}
}

func residenceFields() []rule {
	relation := text("quanHeVoiChuHo", 50).required()
	return []rule{
		among("loaiDangKy", "1 2").required(), text("noiDungDeNghi", 1000).required(),
		record("nguoiKhai", text("hoTen", 100).required(), of("ngaySinh", birthDate).required(), among("gioiTinh", sexes).required(),
			digits("soDDCN", 12).required(), of("soDienThoai", phone), of("email", email), relation).required(),
		record("chuHo", text("hoTen", 100), digits("soDDCN", 12), among("dongY", "1"), of("ngayYKien", date)),
		record("choOHopPhap", among("loai", "1 2 3 4").required(), text("giayTo", 250), text("chuSoHuu", 100), digits("soDDCNChuSoHuu", 12),
			among("chuSoHuuDongY", "1")).required(),
		record("noiDi", among("maTinh", presentProvinces), digits("maXa", 5), among("maTinhCu", provinces), digits("maHuyenCu", 3), digits("maXaCu", 5),
			text("dcChiTiet", 250)),
		record("noiDen", among("maTinh", presentProvinces).required(), digits("maXa", 5).required(), text("dcChiTiet", 250).required()).required(),
		record("tamTru", of("tuNgay", date), of("denNgay", date)),
		record("hoKhauCu", text("so", 20), text("chuHo", 100), text("diaChi", 250)),
		of("soThanhVien", number).required(),
		array("thanhVien", text("hoTen", 100).required(), of("ngaySinh", birthDate).required(), among("gioiTinh", sexes).required(),
			digits("soDDCN", 12), text("soGiayKhaiSinh", 50), relation),
	}
}

func residenceTies(in, data node, fs *findings) {
	form := data.in("cuTru")
	applicant, head, home := form.in("nguoiKhai"), form.in("chuHo"), form.in("choOHopPhap")
	if form.in("noiDen").get("maXa") != in.get("maDonVi") {
		fs.add("cuTru.noiDen.maXa", codeConflict)
	}
	if applicant.get("quanHeVoiChuHo") != householder {
		head.need("cuTru.chuHo.", fs, "hoTen", "soDDCN", "dongY")
	}
	if head.get("soDDCN") != "" && head.get("soDDCN") == applicant.get("soDDCN") {
		fs.add("cuTru.chuHo.soDDCN", codeConflict)
	}
	switch home.get("loai") {
	case "1": // owned
		home.need("cuTru.choOHopPhap.", fs, "giayTo")
	case "2": // rented
		home.need("cuTru.choOHopPhap.", fs, "giayTo", "chuSoHuu", "chuSoHuuDongY")
	default: // lent, stayed at
		home.need("cuTru.choOHopPhap.", fs, "chuSoHuu", "chuSoHuuDongY")
	}
	if from := form.in("noiDi"); from.says() {
		from.need("cuTru.noiDi.", fs, "maTinh", "maXa")
	}
	if book := form.in("hoKhauCu"); book.says() {
		book.need("cuTru.hoKhauCu.", fs, "so")
	}
	if form.get("loaiDangKy") == "2" {
		form.in("tamTru").need("cuTru.tamTru.", fs, "tuNgay", "denNgay")
	}
	members := form.in("thanhVien").kids
	if form.get("soThanhVien") != strconv.Itoa(len(members)) {
		fs.add("cuTru.soThanhVien", codeConflict)
	}
	for i, member := range members {
		at := "cuTru.thanhVien[" + strconv.Itoa(i) + "]."
		if member.get("soGiayKhaiSinh") == "" {
			member.need(at, fs, "soDDCN")
		}
		if member.get("soDDCN") == applicant.get("soDDCN") {
			fs.add(at+"soDDCN", codeConflict)
		}
	}
}
