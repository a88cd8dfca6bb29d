package register

import (
	"time"
)

func calendarDate(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// fullDossier lacks nothing. Its people and numbers are invented.
func fullDossier() Dossier {
	c := StandardConnection()
	c.Method = "API đồng bộ theo yêu cầu (yêu cầu - trả lời)"
	c.Protocol = "SOAP 1.1 trên HTTPS, TLS 1.2 trở lên"
	c.Address = "https://api.ngsp.example/csdldc/1.0"
	c.Origin = "203.0.113.10 (lgsp.danang.example)"
	c.Authentication = []string{
		"OAuth 2.0 client_credentials với nền tảng",
		"Mã băm SHA-256 theo từng yêu cầu với Cơ sở dữ liệu quốc gia về dân cư (tài khoản, thời điểm, khóa bí mật)",
		"Chữ ký và chứng thư của từng hệ thống của đơn vị",
	}
	return Dossier{
		Province:   "thành phố Đà Nẵng",
		Recipient:  []string{"Trung tâm dữ liệu quốc gia về dân cư, Bộ Công an"},
		Copies:     []string{"UBND thành phố (để báo cáo)", "Công an thành phố"},
		Platform:   "Nền tảng tích hợp, chia sẻ dữ liệu quốc gia (NDXP)",
		Number:     "7",
		Date:       calendarDate(2026, 2, 5),
		Connection: c,
		Bases: []string{
			"Căn cứ Luật Căn cước số 26/2023/QH15",
			"Căn cứ Nghị định số 278/2025/NĐ-CP ngày 22 tháng 10 năm 2025 của Chính phủ",
			"Căn cứ Thông tư số 46/2022/TT-BCA ngày 04 tháng 11 năm 2022 của Bộ trưởng Bộ Công an",
		},
		Department: Department{
			Code: "H17.11", Name: "Sở Tư pháp", Parent: "UBND thành phố Đà Nẵng", Symbol: "STP-VP", Place: "Đà Nẵng",
			Functions: "Sở Tư pháp là cơ quan chuyên môn thuộc UBND thành phố, tham mưu, giúp UBND thành phố quản lý nhà nước về công tác xây dựng và thi hành pháp luật; hộ tịch; quốc tịch; chứng thực; bổ trợ tư pháp.\n" +
				"Sở Tư pháp quản lý, hướng dẫn việc đăng ký hộ tịch tại UBND cấp xã và vận hành Hệ thống thông tin hộ tịch của thành phố.",
			Signer:  Signer{Authority: "KT. GIÁM ĐỐC", Position: "Phó Giám đốc", Name: "Trần Thị Mẫu"},
			Systems: []System{civilStatus(), oneStop()},
		},
	}
}

func civilStatus() System {
	return System{
		Name: "hotich", Title: "Hệ thống thông tin hộ tịch",
		Purpose:     "Xác thực, tra cứu thông tin công dân khi giải quyết thủ tục hành chính về hộ tịch",
		Scope:       "Sở Tư pháp và 94 UBND xã, phường, đặc khu trên địa bàn thành phố",
		Description: "Tra cứu thông tin của công dân có yêu cầu đăng ký hộ tịch và của cha, mẹ, vợ, chồng theo thủ tục",
		Level:       3, LevelDecision: Decision{"12/QĐ-STP", calendarDate(2026, 1, 9)},
		Contact: Contact{"Nguyễn Văn Ví Dụ", "Phó Trưởng phòng Hành chính tư pháp", "0236 000 0000", "vidu@stp.danang.example"},
		Approvals: []Approval{
			{
				Service: "TraCuuThongTinCongDan", ServiceTitle: "Tra cứu thông tin công dân", Integration: "037",
				Purposes: []Purpose{{"1.001193", "Đăng ký khai sinh"}, {"1.000656", "Đăng ký khai tử"}},
				Fields: []Field{
					{"SoDinhDanh", "Số định danh cá nhân", "Khóa đối chiếu"}, {"HoVaTen/Ten", "Họ, chữ đệm và tên", ""}, {"GioiTinh", "Giới tính", ""},
					{"NgayThangNamSinh/NgayThangNam", "Ngày, tháng, năm sinh", ""}, {"DanToc", "Dân tộc", ""}, {"QuocTich", "Quốc tịch", ""},
					{"NoiDangKyKhaiSinh/MaTinhThanh", "Nơi đăng ký khai sinh: tỉnh, thành phố", ""}, {"NoiDangKyKhaiSinh/MaPhuongXa", "Nơi đăng ký khai sinh: phường, xã", ""},
					{"ThuongTru/MaTinhThanh", "Nơi thường trú: tỉnh, thành phố", ""}, {"ThuongTru/MaPhuongXa", "Nơi thường trú: phường, xã", ""},
					{"ThuongTru/ChiTiet", "Nơi thường trú: địa chỉ chi tiết", ""}, {"TinhTrangHonNhan", "Tình trạng hôn nhân", ""},
					{"Cha/HoVaTen", "Họ, chữ đệm và tên của cha", ""}, {"Cha/SoDinhDanh", "Số định danh cá nhân của cha", ""},
					{"Me/HoVaTen", "Họ, chữ đệm và tên của mẹ", ""}, {"Me/SoDinhDanh", "Số định danh cá nhân của mẹ", ""},
					{"VoChong/HoVaTen", "Họ, chữ đệm và tên của vợ hoặc chồng", ""}, {"VoChong/SoDinhDanh", "Số định danh cá nhân của vợ hoặc chồng", ""},
				},
				From: calendarDate(2026, 3, 1), Until: calendarDate(2027, 12, 31), Quota: 10000, Officer: true,
			},
			{
				Service: "XacThucThongTinCongDan", ServiceTitle: "Xác thực thông tin công dân", Integration: "003",
				Purposes: []Purpose{{"1.000894", "Đăng ký kết hôn"}},
				Fields:   []Field{{"SoDinhDanh", "Số định danh cá nhân", ""}, {"TonTai", "Kết quả xác thực", ""}},
				Quota:    2500,
			},
		},
	}
}

func oneStop() System {
	return System{
		Name: "mot-cua", Title: "Hệ thống thông tin giải quyết thủ tục hành chính của Sở Tư pháp",
		Purpose:     "Điền sẵn thông tin của người nộp hồ sơ, giảm giấy tờ phải nộp",
		Scope:       "Bộ phận tiếp nhận và trả kết quả của Sở Tư pháp.",
		Description: "Họ tên, ngày sinh và nơi thường trú của người nộp hồ sơ",
		Level:       3, LevelDecision: Decision{"15/QĐ-STP", calendarDate(2026, 1, 20)},
		Contact: Contact{"Lê Thị Thử", "Chuyên viên Văn phòng", "0236 000 0001", "thu@stp.danang.example"},
		Approvals: []Approval{{
			Service: "TraCuuThongTinCongDan", ServiceTitle: "Tra cứu thông tin công dân", Integration: "037",
			Purposes: []Purpose{{"2.000488", "Cấp Phiếu lý lịch tư pháp"}, {"1.001193", "Đăng ký khai sinh"}, {"2.000815", "Chứng thực bản sao từ bản chính"}, {"2.000884", "Chứng thực chữ ký"}},
			Fields:   []Field{{"SoDinhDanh", "Số định danh cá nhân", ""}, {"HoVaTen/Ten", "Họ, chữ đệm và tên", ""}, {"NgayThangNamSinh/NgayThangNam", "Ngày, tháng, năm sinh", ""}},
			Quota:    800, Officer: true, Until: calendarDate(2026, 12, 31),
			Decision: Decision{"321/C06-TTDL", calendarDate(2025, 11, 28)},
		}},
	}
}
