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
	for _, part := range append([]catalogue{frameTexts(), errorTexts(), passwordTexts(), accountTexts()}, deskCatalogues()...) {
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
	}
}
