package web

// errorTexts are those of the pages that tell why something was not shown or done.
func errorTexts() catalogue {
	return catalogue{
		"error.home":         {"Về trang chủ", "To the home page"},
		"error.network":      {"Không được mở trang này từ địa chỉ mạng của bạn.", "This page may not be opened from your network."},
		"error.403.title":    {"Không có quyền mở trang này", "You may not open this page"},
		"error.403.text":     {"Vai trò của tài khoản không cho phép. Nếu cần, hãy liên hệ cán bộ quản trị.", "The role of your account does not allow it. Ask the administrator if you need it."},
		"error.404.title":    {"Không tìm thấy trang", "There is no such page"},
		"error.404.text":     {"Trang không tồn tại hoặc đã được chuyển. Hãy kiểm tra lại địa chỉ.", "It does not exist or has moved. Check the address."},
		"error.500.title":    {"Có lỗi trong hệ thống", "Something went wrong"},
		"error.500.text":     {"Thao tác chưa hoàn thành. Hãy thử lại; nếu vẫn lỗi, báo cán bộ quản trị kèm thời điểm xảy ra.", "It was not completed. Try again; if it fails again, tell the administrator when it happened."},
		"error.503.title":    {"Hệ thống đang bận", "The system is busy"},
		"error.503.text":     {"Thao tác chưa được ghi nhận. Hãy thử lại sau ít phút.", "Nothing was stored. Try again in a few minutes."},
		"error.token.title":  {"Biểu mẫu không còn hiệu lực", "The form is no longer valid"},
		"error.token.text":   {"Biểu mẫu được mở từ phiên khác hoặc từ trang khác, nên chưa có gì thay đổi. Hãy mở lại trang và thực hiện lại.", "It was opened in another session or by another site, so nothing was changed. Open the page again and repeat."},
		"error.large.title":  {"Nội dung gửi lên quá lớn", "Too much was sent"},
		"error.large.text":   {"Tệp hoặc nội dung vượt quá dung lượng cho phép, nên chưa được ghi nhận.", "The file or the text is larger than allowed, so nothing was stored."},
		"error.unread.title": {"Không đọc được biểu mẫu", "The form cannot be read"},
		"error.unread.text":  {"Nội dung gửi lên bị gián đoạn hoặc không đúng định dạng. Hãy thực hiện lại.", "What was sent broke off or has the wrong form. Try again."},
	}
}
