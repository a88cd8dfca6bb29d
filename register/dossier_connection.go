package register

// StandardConnection is the part of the technical description that is the same
// wherever this program runs. Method, Protocol, Address, Origin and
// Authentication are those of the province, and empty here.
func StandardConnection() Connection {
	return Connection{
		Encryption: []string{
			"Nội dung thông điệp chờ gửi được mã hóa khi lưu bằng thuật toán AES-256-GCM, khóa được giữ ngoài cơ sở dữ liệu",
			"Nội dung thông điệp được xóa sau khi gửi thành công và hết thời gian lưu tạm; kết quả tra cứu không được lưu",
		},
		Logging: []string{
			"Mỗi lần kết nối, chia sẻ, khai thác được ghi nhật ký: đơn vị, hệ thống, cán bộ thực hiện, mục đích (mã thủ tục hành chính), dịch vụ, thời điểm và kết quả",
			"Nhật ký được lưu ít nhất 02 năm kể từ thời điểm phát sinh theo Thông tư số 46/2022/TT-BCA",
			"Các mục nhật ký được liên kết bằng chuỗi mã băm để phát hiện việc sửa, xóa, đảo thứ tự hoặc cắt bớt",
		},
		Filter: []string{
			"Mặc định từ chối: hệ thống chỉ được gọi dịch vụ và thủ tục hành chính đã được chấp thuận",
			"Kết quả trả về cho hệ thống chỉ gồm các trường thông tin đã được chấp thuận tại Phụ lục I; trường khác bị loại bỏ",
		},
		Pseudonyms: []string{
			"Nhật ký không chứa dữ liệu của công dân được tra cứu; công dân được ghi bằng bí danh tạo bởi hàm băm có khóa (HMAC-SHA-256), khóa được giữ ngoài cơ sở dữ liệu",
		},
	}
}
