package notice

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
)

// What a notice may hold at most.
const (
	MaxContent = 64 << 10 // bytes of JSON
	MaxWrong   = 100      // wrong fields
	maxLabel   = 200      // characters of what names somebody or something
)

// findings are the bad fields of an opening.
type findings []lgsp.FieldError

func (f *findings) add(path, code, text, want string) {
	*f = append(*f, lgsp.FieldError{Path: path, Code: code, Text: text, Want: want})
}

// check returns an Invalid error that lists everything that is wrong with an
// opening. Paths are those of the JSON that Take reads.
func check(o Opening) error {
	var f findings
	f.labels(o)
	f.person(o.Content)
	f.wrong(o.Content)
	f.texts(o.Content)
	if text, err := json.Marshal(o.Content); err != nil || len(text) > MaxContent {
		f.add("", "length", "Nội dung thông báo quá dài.", fmt.Sprintf("không quá %d byte", MaxContent))
	}
	return f.asError()
}

func (f findings) asError() error {
	if len(f) == 0 {
		return nil
	}
	return &lgsp.Error{Kind: lgsp.Invalid, Op: "notice.open", Code: "Invalid", Fields: f,
		Text: "Thông báo sai sót có nội dung chưa hợp lệ; hãy sửa những chỗ được nêu rồi gửi lại."}
}

func (f *findings) labels(o Opening) {
	if o.Sender == "" {
		f.add("donVi", "missing", "Thiếu mã đơn vị gửi thông báo.", "mã định danh cơ quan, như H29.11")
	}
	for _, l := range []struct{ path, value string }{
		{"donVi", o.Sender}, {"heThong", o.System}, {"maCanBo", o.Officer}, {"maDonVi", o.Unit}, {"maDVC", o.Procedure}, {"maThongBao", o.LegacyID}, {"nguoiThucHien", o.Operator},
	} {
		f.label(l.path, l.value)
	}
}

// label checks what is one short line.
func (f *findings) label(path, value string) {
	switch {
	case utf8.RuneCountInString(value) > maxLabel:
		f.add(path, "length", "Giá trị quá dài.", fmt.Sprintf("không quá %d ký tự", maxLabel))
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		f.add(path, "pattern", "Giá trị có ký tự điều khiển.", "một dòng chữ")
	}
}

func (f *findings) person(c Content) {
	if c.Subject == "" && c.OldID == "" {
		f.add("soDinhDanh", "missing", "Thiếu số định danh cá nhân hoặc số CMND của người có thông tin sai.", "12 chữ số")
	}
	if c.Subject != "" && !isDigits(c.Subject, 12) {
		f.add("soDinhDanh", "pattern", "Số định danh cá nhân không đúng dạng.", "12 chữ số")
	}
	if c.OldID != "" && !isDigits(c.OldID, 9) && !isDigits(c.OldID, 12) {
		f.add("soCMND", "pattern", "Số CMND không đúng dạng.", "9 hoặc 12 chữ số")
	}
	f.label("hoVaTen", c.Name)
}

func isDigits(s string, n int) bool { return len(s) == n && strings.Trim(s, "0123456789") == "" }

func (f *findings) wrong(c Content) {
	switch {
	case len(c.Wrong) > MaxWrong:
		f.add("saiSot", "length", "Quá nhiều trường sai trong một thông báo.", fmt.Sprintf("không quá %d trường", MaxWrong))
		return
	case len(c.Wrong) == 0 && strings.TrimSpace(c.Text) == "":
		f.add("saiSot", "missing", "Thông báo không nêu trường nào sai và không có mô tả.", "ít nhất một trường sai, hoặc mô tả")
	}
	for i, w := range c.Wrong {
		at := fmt.Sprintf("saiSot[%d].", i+1)
		if w.Path == "" {
			f.add(at+"truong", "missing", "Thiếu tên trường thông tin.", "tên trường, như HoVaTen")
		}
		f.label(at+"truong", w.Path)
		if w.Shared == w.Right && w.Right != "" {
			f.add(at+"giaTriDung", "repeated", "Giá trị đúng trùng với giá trị được chia sẻ, nên không có gì sai.", "giá trị khác với giaTriChiaSe")
		}
	}
}

func (f *findings) texts(c Content) {
	f.text("moTa", c.Text)
	f.text("lienHe", c.Contact)
	for i, w := range c.Wrong {
		at := fmt.Sprintf("saiSot[%d].", i+1)
		f.text(at+"giaTriChiaSe", w.Shared)
		f.text(at+"giaTriDung", w.Right)
		f.text(at+"canCu", w.Evidence)
	}
}

// text checks what may have several lines: a document cannot hold other control
// characters.
func (f *findings) text(path, value string) {
	if !isText(value) {
		f.add(path, "pattern", "Giá trị có ký tự điều khiển.", "chữ và dấu xuống dòng")
	}
}

func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) })
}

// checkDeed returns what keeps a deed from leading to a state, in English, for
// operators.
func checkDeed(to State, from State, e Deed) error {
	if strings.TrimSpace(e.By) == "" {
		return ErrNoOperator
	}
	if e.Date != "" {
		if _, err := time.Parse(time.DateOnly, e.Date); err != nil {
			return badDeed("the date of the document is %q, want one as in 2026-11-22", e.Date)
		}
	}
	for _, l := range []string{e.By, e.Document} {
		var f findings
		if f.label("", l); len(f) > 0 {
			return badDeed("a name or a number of a document is longer than %d characters or has control characters", maxLabel)
		}
	}
	text := strings.TrimSpace(e.Text)
	switch {
	case len(e.Text) > MaxContent:
		return badDeed("the text has %d bytes, more than %d", len(e.Text), MaxContent)
	case !isText(e.Text):
		return badDeed("the text has control characters or is not UTF-8")
	case to == Sent && (e.Document == "" || e.Date == ""):
		return badDeed("say the number and the date of the document that it was sent with")
	case to == Answered && text == "" && e.Document == "":
		return badDeed("say what was answered, or the number of the document that answers")
	case to == Closed && text == "" && from != Answered:
		return badDeed("say the reason for closing a notice that was not answered")
	}
	return nil
}

func badDeed(format string, args ...any) error {
	return &lgsp.Error{Kind: lgsp.Invalid, Op: "notice", Code: "Deed", Text: "Thao tác với thông báo sai sót thiếu hoặc sai thông tin; hãy bổ sung.", Err: fmt.Errorf(format, args...)}
}
