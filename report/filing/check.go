package filing

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

// What a statement may hold at most. Lengths are in characters.
const (
	MaxText   = 20_000 // one of the long texts
	MaxRows   = 100    // checks; corrections
	maxPart   = 2_000  // one text of a check or a correction, a reason
	maxLabel  = 200    // what stands on one line
	maxNumber = 50     // number and symbol of a document
)

// findings are the bad fields of a statement.
type findings []lgsp.FieldError

func (f *findings) add(path, code, text, want string) {
	*f = append(*f, lgsp.FieldError{Path: path, Code: code, Text: text, Want: want})
}

func (f findings) asError(op, text string) error {
	if len(f) == 0 {
		return nil
	}
	return &lgsp.Error{Kind: lgsp.Invalid, Op: op, Code: "Statement", Fields: f, Text: text}
}

// check returns an Invalid error that lists everything that is wrong with a
// statement. Paths are those of its JSON, rows counted from 1.
func check(op string, s report.Statement, p report.Period, today vntime.Day) error {
	var f findings
	for _, t := range texts(s) {
		f.text(t.path, t.value, MaxText)
	}
	if len(s.Checks) > MaxRows {
		f.add("checks", "length", "Quá nhiều lần kiểm tra trong một báo cáo.", fmt.Sprintf("không quá %d", MaxRows))
		s.Checks = nil
	}
	if len(s.Corrections) > MaxRows {
		f.add("corrections", "length", "Quá nhiều số liệu điều chỉnh trong một báo cáo.", fmt.Sprintf("không quá %d", MaxRows))
		s.Corrections = nil
	}
	for i, c := range s.Checks {
		at := fmt.Sprintf("checks[%d].", i+1)
		if c.On == 0 || !p.Has(c.On) || c.On > today {
			f.add(at+"on", "date", "Ngày kiểm tra không thuộc kỳ báo cáo hoặc chưa đến.", "ngày trong kỳ, từ "+p.From.Short()+" đến "+p.To.Short())
		}
		f.needed(at+"by", c.By, maxLabel, "đơn vị hoặc người kiểm tra")
		f.needed(at+"subject", c.Subject, maxPart, "hệ thống hoặc nội dung được kiểm tra")
		f.needed(at+"result", c.Result, maxPart, "kết quả kiểm tra")
		f.line(at+"document", c.Document)
	}
	for i, c := range s.Corrections {
		at := fmt.Sprintf("corrections[%d].", i+1)
		f.needed(at+"item", c.Item, maxLabel, "tên số liệu")
		f.line(at+"recorded", c.Recorded)
		f.needed(at+"right", c.Right, maxLabel, "số đúng")
		f.needed(at+"reason", c.Reason, maxPart, "lý do điều chỉnh")
	}
	return f.asError(op, "Nội dung báo cáo có chỗ chưa hợp lệ nên chưa được lưu; hãy sửa những chỗ được nêu rồi lưu lại.")
}

// complete returns an Invalid error that lists what a statement that is said to
// be complete lacks.
func complete(op string, s report.Statement) error {
	var f findings
	for _, t := range texts(s) {
		if t.needed && t.value == "" {
			f.add(t.path, "missing", "Mục này chưa có nội dung.", "nội dung, hoặc “Không có.”")
		}
	}
	return f.asError(op, "Báo cáo còn mục chưa có nội dung nên chưa thể coi là hoàn thiện; hãy bổ sung, nếu không có gì thì ghi “Không có.”")
}

type text struct {
	path, value string
	needed      bool // before a report is complete; req: R-25
}

func texts(s report.Statement) []text {
	return []text{{"direction", s.Direction, false}, {"assessment", s.Assessment, false}, {"incidents", s.Incidents, false},
		{"difficulties", s.Difficulties, true}, {"proposals", s.Proposals, true}, {"tasks", s.Tasks, false}}
}

func (f *findings) needed(path, value string, most int, want string) {
	if value == "" {
		f.add(path, "missing", "Chỗ này còn trống.", want)
		return
	}
	f.text(path, value, most)
	if most == maxLabel {
		f.oneLine(path, value)
	}
}

// line checks what is one short line and may be empty.
func (f *findings) line(path, value string) {
	f.text(path, value, maxLabel)
	f.oneLine(path, value)
}

func (f *findings) oneLine(path, value string) {
	if strings.Contains(value, "\n") {
		f.add(path, "pattern", "Chỗ này chỉ được viết trên một dòng.", "một dòng chữ")
	}
}

// text checks what may have several lines.
func (f *findings) text(path, value string, most int) {
	if utf8.RuneCountInString(value) > most {
		f.add(path, "length", "Nội dung quá dài.", fmt.Sprintf("không quá %d ký tự", most))
	}
	if !isText(value) {
		f.add(path, "pattern", "Nội dung có ký tự điều khiển hoặc ký tự không đọc được.", "chữ và dấu xuống dòng")
	}
	if namesCitizen(value) {
		// req: R-26
		f.add(path, "personal-id", "Nội dung có dãy 9 hoặc 12 chữ số giống số định danh cá nhân hay số CMND. Không ghi số định danh cá nhân của công dân vào báo cáo.",
			"không có số định danh; với số lượng, viết dấu chấm giữa các hàng nghìn")
	}
}

// isText reports whether a document can hold the text as it is read: no control
// characters but tabs and line breaks, none that turn the direction of what
// follows, none that XML knows not.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0xFFFE || r == 0xFFFF
	})
}

// namesCitizen reports whether a text has as many digits in a row as a personal
// id or an old identity number has. What is not seen does not part digits.
func namesCitizen(s string) bool {
	n := 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			n++
		case unicode.Is(unicode.Cf, r):
		case n == 9 || n == 12:
			return true
		default:
			n = 0
		}
	}
	return n == 9 || n == 12
}

// tidy returns a statement with line breaks written in one way, without space
// around its texts and without rows in which nothing stands.
func tidy(s report.Statement) report.Statement {
	clean := func(texts ...*string) (something bool) {
		for _, t := range texts {
			*t = strings.TrimSpace(lineBreaks.Replace(*t))
			something = something || *t != ""
		}
		return something
	}
	clean(&s.Direction, &s.Assessment, &s.Incidents, &s.Difficulties, &s.Proposals, &s.Tasks)
	var checks []report.Check
	for _, c := range s.Checks {
		if clean(&c.By, &c.Subject, &c.Result, &c.Document) || c.On != 0 {
			checks = append(checks, c)
		}
	}
	var corrections []report.Correction
	for _, c := range s.Corrections {
		if clean(&c.Item, &c.Recorded, &c.Right, &c.Reason) {
			corrections = append(corrections, c)
		}
	}
	s.Checks, s.Corrections = checks, corrections
	return s
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func checkKey(op string, k Key) error {
	if p, err := report.ParsePeriod(k.Period.String()); err != nil || p != k.Period {
		return badDeed(op, "Kỳ báo cáo không hợp lệ; hãy chọn lại kỳ.", fmt.Errorf("the period is none"))
	}
	if !isLabel(k.Department, maxLabel) || strings.Contains(k.Department, "/") {
		return badDeed(op, "Mã đơn vị không hợp lệ; hãy chọn lại đơn vị.", fmt.Errorf("the department's code is none"))
	}
	return nil
}

func checkWho(op string, w Who) error {
	if strings.TrimSpace(w.Account) == "" || !isLabel(w.Account, maxLabel) || !isLabel(w.Name, maxLabel) {
		return badDeed(op, "Thao tác này cần có tài khoản của người thực hiện; hãy đăng nhập lại.", fmt.Errorf("a deed needs the account of whoever does it, on one line"))
	}
	return nil
}

func checkReason(op, reason string) error {
	var f findings
	f.text("reason", reason, maxPart)
	return f.asError(op, "Lý do chưa hợp lệ; hãy sửa rồi thực hiện lại.")
}

// isLabel reports whether s is one short line.
func isLabel(s string, most int) bool {
	return utf8.RuneCountInString(s) <= most && isText(s) && !strings.ContainsAny(s, "\n\t")
}

func badDeed(op, text string, err error) error {
	return &lgsp.Error{Kind: lgsp.Invalid, Op: op, Code: "Deed", Text: text, Err: err}
}
