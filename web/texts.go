package web

import (
	"fmt"
	"maps"
)

// text is what a page says, in both languages. Where values are put in, both
// have the verbs of package fmt in the same order.
type text struct{ vi, en string }

// catalogue holds every text of the pages by its key: the subject, a dot, what
// it is. No template and no handler has words of its own.
type catalogue map[string]text

// texts returns the whole catalogue. The texts of a subject stand in a function
// of their own, beside its pages.
func texts() catalogue {
	all := catalogue{}
	for _, part := range []catalogue{frameTexts(), passwordTexts(), accountTexts()} {
		maps.Copy(all, part)
	}
	return all
}

// t returns a text in the language of the pages. A key that there is not is a
// mistake of ours, which a test finds; it shows itself.
func (s *Server) t(key string, args ...any) string {
	words, ok := s.texts[key]
	if !ok {
		return key
	}
	said := words.vi
	if s.opt.Lang == "en" {
		said = words.en
	}
	if len(args) == 0 {
		return said
	}
	return fmt.Sprintf(said, args...)
}

func frameTexts() catalogue {
	return catalogue{
		"product":        {"Báo cáo kết nối, chia sẻ dữ liệu dân cư", "Reports on sharing population data"},
		"skip":           {"Chuyển đến nội dung chính", "Skip to the content"},
		"menu":           {"Điều hướng chính", "Main navigation"},
		"visitor":        {"Tài khoản đang dùng", "Signed in as"},
		"signout":        {"Đăng xuất", "Sign out"},
		"wrong.prefix":   {"Có lỗi: ", "Error: "},
		"footer":         {"Mọi lần đăng nhập và thay đổi đều được ghi nhật ký.", "Every sign-in and every change is on record."},
		"choose":         {"Chọn…", "Choose…"},
		"optional":       {"(không bắt buộc)", "(optional)"},
		"none":           {"Chưa có", "None yet"},
		"back":           {"Quay lại", "Back"},
		"flash.done":     {"Đã thực hiện", "Done"},
		"flash.wrong":    {"Chưa thực hiện", "Not done"},
		"flash.secret":   {"Mật khẩu ban đầu", "First password"},
		"flash.once":     {"Mật khẩu này chỉ hiện một lần. Hãy giao trực tiếp cho chủ tài khoản; mật khẩu có hiệu lực 7 ngày và phải đổi khi đăng nhập lần đầu.", "This password is shown once. Hand it to the owner in person; it counts for 7 days and has to be changed at the first sign-in."},
		"problems.title": {"Có %d mục cần sửa", "%d things need to be mended"},

		"role.admin":   {"Quản trị", "Administrator"},
		"role.officer": {"Cán bộ sở, ngành", "Officer of a department"},
		"role.police":  {"Công an", "Police"},

		"home.menu":  {"Trang chủ", "Home"},
		"home.about": {"Các chức năng của tài khoản", "What your account may do"},
		"home.title": {"Trang chủ", "Home"},
		"home.hello": {"Xin chào, %s", "Welcome, %s"},
		"home.list":  {"Chức năng", "What you can do"},

		"signin.title":            {"Đăng nhập", "Sign in"},
		"signin.name":             {"Tên đăng nhập", "Name"},
		"signin.name.missing":     {"Chưa nhập tên đăng nhập.", "Enter your name."},
		"signin.password":         {"Mật khẩu", "Password"},
		"signin.password.missing": {"Chưa nhập mật khẩu.", "Enter your password."},
		"signin.do":               {"Đăng nhập", "Sign in"},
		"signin.left":             {"Đã đăng xuất.", "You have signed out."},
		"signin.refused": {"Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang bị khóa. Sau 5 lần nhập sai, tài khoản bị khóa ít nhất 15 phút.",
			"The name or the password is wrong, or the account is locked. After 5 wrong passwords an account is locked for 15 minutes at least."},
		"signin.busy": {"Hệ thống đang nhận quá nhiều lần đăng nhập. Hãy thử lại sau ít phút.", "There are too many sign-ins at the moment. Try again in a few minutes."},
		"signin.help": {"Quên mật khẩu hoặc chưa có tài khoản: liên hệ cán bộ quản trị hệ thống của tỉnh, thành phố.",
			"If you have forgotten your password or have no account, ask the administrator of the province."},

		"ended.title": {"Phiên làm việc đã kết thúc", "Your session has ended"},
		"ended.text": {"Phiên làm việc kết thúc khi không thao tác trong một thời gian, khi đăng nhập ở nơi khác quá nhiều, hoặc khi tài khoản thay đổi. Những gì chưa lưu không được giữ lại.",
			"A session ends after a time without a visit, when the account signs in elsewhere too often, or when the account is changed. What was not saved is not kept."},
		"ended.signin": {"Đăng nhập lại", "Sign in again"},

		"me.menu":  {"Tài khoản của tôi", "My account"},
		"me.about": {"Xem thông tin tài khoản, đổi mật khẩu", "See who you are, change your password"},
		"me.title": {"Tài khoản của tôi", "My account"},

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
