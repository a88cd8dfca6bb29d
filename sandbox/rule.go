package sandbox

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A form is what the text of a field must look like.
type form uint8

const (
	anyText    form = iota
	isoDate         // yyyy-MM-dd
	date            // dd/MM/yyyy or yyyy-MM-dd
	birthDate       // date, MM/yyyy or yyyy: of some people no more is known
	clock           // HH:mm or "HH giờ mm phút"
	number          // decimal digits
	exact           // exactly max digits
	phone           // 0 or +84, then 9 or 10 digits
	email           // something@something
	oneOf           // one of codes
	file            // base64, RFC 4648 §4
	unitCode        // 2, 3 or 5 digits
	country         // two capitals, ISO 3166-1 alpha-2
	dateTime        // yyyy-MM-ddTHH:mm:ss, a time zone may follow
	plainDate       // yyyyMMdd
	cardNumber      // of health insurance: two capitals, 1 to 5 and 12 digits, or 10 digits
)

// A rule says what one field of a JSON object may be. A rule with parts is
// about an object, a rule with items about an array of objects.
type rule struct {
	name  string
	must  bool // a text that is not empty
	form  form
	max   int // characters
	codes []string
	parts []rule
	items []rule
}

func text(name string, max int) rule { return rule{name: name, max: max} }
func of(name string, f form) rule    { return rule{name: name, form: f, max: widest(f)} }
func digits(name string, n int) rule { return rule{name: name, form: exact, max: n} }
func amount(name string) rule        { return rule{name: name, form: number, max: 12} } // of đồng

// record is a rule about an object, array one about an array of objects.
func record(name string, parts ...rule) rule { return rule{name: name, parts: parts} }
func array(name string, items ...rule) rule  { return rule{name: name, items: items} }
func among(name, codes string) rule {
	return rule{name: name, form: oneOf, codes: strings.Fields(codes)}
}
func (r rule) required() rule           { r.must = true; return r }
func (r rule) named(prefix string) rule { r.name = prefix + r.name; return r }

// widest is how many characters the longest text of a form has.
func widest(f form) int {
	switch f {
	case isoDate, date, birthDate:
		return 10
	case plainDate:
		return 8
	case clock:
		return 16
	case number:
		return 3
	case unitCode:
		return 5
	case country:
		return 2
	case phone:
		return 13
	case email:
		return 100
	case cardNumber:
		return 15
	}
	return 0
}

// What is wrong with a field: sent as errorCode, MaLoi.
const (
	codeMissing   = "missing"   // a required field is absent or empty
	codeUnknown   = "unknown"   // the field is not in the list
	codeRepeated  = "repeated"  // the field is there twice
	codeLength    = "length"    // the text is too long
	codeFormat    = "format"    // the text does not have the form
	codeCatalog   = "catalog"   // the code is not in its table
	codeOrder     = "order"     // an element is not where it must be
	codeNamespace = "namespace" // an element is in another namespace
	codeSyntax    = "syntax"    // the body cannot be read
	codeConflict  = "conflict"  // two statements of the request contradict each other
	codeDuplicate = "duplicate" // the request code has taken effect before
	codePerson    = "person"    // the population database knows no such person
	codeSystem    = "system"    // the service itself cannot work
)

// A finding is one thing wrong with a request. It never holds the value found.
type finding struct{ path, code string }

// sentence says it the way the civil status service does.
func (f finding) sentence() string {
	switch f.code {
	case codeMissing:
		return f.path + " không được để trống"
	case codeUnknown:
		return f.path + " không có trong tài liệu kỹ thuật"
	case codeRepeated:
		return f.path + " xuất hiện nhiều lần"
	case codeLength:
		return f.path + " có độ dài vượt quá số lượng cho phép"
	case codeCatalog:
		return f.path + " không tồn tại. Vui lòng kiểm tra lại thông tin danh mục theo mô tả trong tài liệu kỹ thuật"
	case codeOrder:
		return f.path + " không đúng vị trí, các trường phải theo thứ tự trong tài liệu kỹ thuật"
	case codeNamespace:
		return f.path + " có không gian tên (namespace) không đúng"
	case codeSyntax:
		return f.path + " không đọc được, vui lòng kiểm tra lại cấu trúc"
	case codeConflict:
		return f.path + " mâu thuẫn với thông tin khác của yêu cầu"
	case codePerson:
		return f.path + " không tồn tại trong cơ sở dữ liệu quốc gia về dân cư"
	}
	return f.path + " có định dạng không đúng"
}

// maxFindings bounds one answer; the first is what decides its code.
const maxFindings = 20

// findings gathers what is wrong with one request.
type findings []finding

func (fs *findings) add(path, code string) {
	if len(*fs) < maxFindings {
		*fs = append(*fs, finding{path, code})
	}
}

func (fs findings) sentence() string {
	var b strings.Builder
	for i, f := range fs {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.sentence())
	}
	return b.String()
}

// checkObject checks the members of n against the rules: every member known,
// none twice, the required ones there.
func checkObject(path string, n node, rules []rule, fs *findings) {
	if n.kind != objectNode {
		fs.add(strings.TrimSuffix(path, "."), codeFormat)
		return
	}
	var room [128]int32 // 1 + the member of each rule, without an allocation
	seen := append(room[:0], make([]int32, len(rules))...)
	from := 0 // members mostly come in the order of the rules
	for i, kid := range n.kids {
		at := find(rules, kid.name, from)
		switch {
		case at < 0:
			fs.add(path+kid.name, codeUnknown)
			continue
		case seen[at] > 0:
			fs.add(path+kid.name, codeRepeated)
			continue
		}
		seen[at], from = int32(i+1), at+1
	}
	for at, r := range rules {
		if i := seen[at]; i > 0 && !n.kids[i-1].empty() {
			r.check(path, n.kids[i-1], fs)
		} else if r.must {
			fs.add(path+r.name, codeMissing)
		}
	}
}

// find returns the rule of that name, looking at rules[from] first; -1 if there is none.
func find(rules []rule, name string, from int) int {
	for i := from; i < len(rules); i++ {
		if rules[i].name == name {
			return i
		}
	}
	for i := range min(from, len(rules)) {
		if rules[i].name == name {
			return i
		}
	}
	return -1
}

// check checks a member that is there and not empty.
func (r rule) check(path string, n node, fs *findings) {
	switch {
	case r.parts != nil:
		checkObject(path+r.name+".", n, r.parts, fs)
	case r.items != nil && n.kind != listNode:
		fs.add(path+r.name, codeFormat)
	case r.items != nil:
		for i, kid := range n.kids {
			checkObject(path+r.name+"["+strconv.Itoa(i)+"].", kid, r.items, fs)
		}
	case n.kind != textNode && n.kind != numberNode:
		fs.add(path+r.name, codeFormat)
	default:
		if code := r.wrong(n.text); code != "" {
			fs.add(path+r.name, code)
		}
	}
}

// wrong returns what is wrong with a text, "" if nothing is.
func (r rule) wrong(s string) string {
	switch {
	case r.form == oneOf && !contains(r.codes, s):
		return codeCatalog
	case r.max > 0 && len(s) > r.max && utf8.RuneCountInString(s) > r.max:
		return codeLength
	case !r.form.fits(s, r.max):
		return codeFormat
	}
	return ""
}

func contains(codes []string, s string) bool {
	for _, c := range codes {
		if c == s {
			return true
		}
	}
	return false
}

// fits reports whether s has the form f; max counts for exact.
func (f form) fits(s string, max int) bool {
	switch f {
	case isoDate:
		return isTime("2006-01-02", s)
	case plainDate:
		return isTime("20060102", s)
	case date:
		return isTime("02/01/2006", s) || isTime("2006-01-02", s)
	case birthDate:
		return date.fits(s, 0) || isTime("01/2006", s) || isTime("2006", s)
	case clock:
		return isTime("15:04", s) || isTime("15 giờ 04 phút", s)
	case number:
		return onlyDigits(s)
	case exact:
		return len(s) == max && onlyDigits(s)
	case phone:
		rest, ok := strings.CutPrefix(strings.Replace(s, "+84", "0", 1), "0")
		return ok && onlyDigits(rest) && (len(rest) == 9 || len(rest) == 10)
	case email:
		name, host, ok := strings.Cut(s, "@")
		return ok && name != "" && strings.Contains(host, ".") && !strings.ContainsAny(s, " \t,;") && !strings.Contains(host, "@")
	case file:
		_, err := base64.StdEncoding.DecodeString(s)
		return err == nil
	case unitCode:
		return (len(s) == 2 || len(s) == 3 || len(s) == 5) && onlyDigits(s)
	case country:
		return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
	case cardNumber:
		return len(s) == 10 && onlyDigits(s) ||
			len(s) == 15 && country.fits(s[:2], 0) && s[2] >= '1' && s[2] <= '5' && onlyDigits(s[3:])
	case dateTime:
		_, zoned := time.Parse(time.RFC3339, s)
		return isTime("2006-01-02T15:04:05", s) || zoned == nil
	case anyText, oneOf:
		return utf8.ValidString(s)
	}
	return false
}

// isTime reports whether s is a moment written in the layout, digit for digit.
func isTime(layout, s string) bool {
	if len(s) != len(layout) {
		return false
	}
	_, err := time.Parse(layout, s)
	return err == nil
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
