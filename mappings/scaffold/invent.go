package scaffold

import (
	"encoding/base64"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// inventor invents values that fit their types.
type inventor struct {
	ids    int  // values of xs:ID so far
	refers bool // a value of xs:IDREF was given
}

// value returns a value of an element or attribute of that name. It reports
// false when it found none that fits.
func (in *inventor) value(local string, v *value) (string, bool) {
	if v.fixed != "" {
		return v.fixed, true
	}
	return in.of(fold(local), v.simple, 0)
}

func (in *inventor) of(called string, s *simple, depth int) (string, bool) {
	if depth > maxChain {
		return "", false
	}
	for _, c := range s.codes {
		if c.text != "" && s.fitsPatterns(c.raw) {
			return c.raw, true
		}
	}
	switch {
	case len(s.codes) > 0:
		return "", true
	case len(s.union) > 0:
		for _, m := range s.union {
			if text, ok := in.of(called, m, depth+1); ok {
				return text, true
			}
		}
		return "", false
	case s.items != nil:
		one, ok := in.of(called, s.items, depth+1)
		n := min(max(s.length, s.minLength, 1), 1+maxLength/(1+len(one)))
		return strings.TrimSpace(strings.Repeat(one+" ", n)), ok
	}
	for _, candidate := range in.candidates(called, s) {
		if s.fits(candidate) {
			return candidate, true
		}
	}
	return in.patterned(s)
}

// patterned invents a text from what the patterns say. One with spaces at its
// ends is the last resort, for a rule takes them off before it looks.
func (in *inventor) patterned(s *simple) (string, bool) {
	last := ""
	for _, p := range s.patterns {
		for _, text := range slices.Concat(examples(p, s.length), examples(p, s.minLength)) {
			if !s.fits(text) {
				continue
			}
			if text == s.spaced(text) {
				return text, true
			}
			last = text
		}
	}
	return last, last != "" || s.maxLength == 0
}

// candidates are values of the built-in type, the likeliest first.
func (in *inventor) candidates(called string, s *simple) []string {
	switch s.base {
	case "boolean":
		return []string{"true", "1"}
	case "integer", "nonPositiveInteger", "negativeInteger", "long", "int", "short", "byte",
		"nonNegativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "positiveInteger":
		return append(s.between("1"), "0", "-1")
	case "decimal":
		return append(s.between("1.5", "1"), "0")
	case "float", "double":
		return append(s.between("1.5"), "0")
	case "dateTime", "dateTimeStamp":
		zone := ""
		if s.base == "dateTimeStamp" {
			zone = "+07:00"
		}
		return []string{"2026-01-05T08:00:00" + zone, "2026-01-05T08:00:00Z", s.low.value, s.high.value, s.dayAfter("2006-01-02T15:04:05")}
	case "date":
		return []string{"2026-01-05", "2026-01-05Z", s.low.value, s.high.value, s.dayAfter(time.DateOnly)}
	case "base64Binary":
		n := min(max(s.length, s.minLength, 1), maxLength)
		return []string{"TeG6q3U=", base64.StdEncoding.EncodeToString([]byte(strings.Repeat("M", n)))}
	case "hexBinary":
		return []string{strings.Repeat("4D", min(max(s.length, s.minLength, 1), maxLength))}
	case "ID":
		in.ids++
		return []string{"id-" + strconv.Itoa(in.ids)}
	case "IDREF":
		in.refers = true
		return []string{"id-1"}
	}
	if some, ok := otherValues[s.base]; ok {
		return append(strings.Fields(some), s.low.value, s.high.value)
	}
	return s.texts(hint(called))
}

// otherValues are values of the built-in types of which nothing need be thought out.
var otherValues = map[string]string{
	"language": "vi", "Name": "mau", "NCName": "mau", "NMTOKEN": "mau", "ENTITY": "mau", "QName": "mau", "anyURI": "urn:vidu:mau http://vidu.gov.vn/mau",
	"duration": "P1D", "time": "08:00:00", "gYear": "2026 1990", "gYearMonth": "2026-01", "gMonth": "--01", "gMonthDay": "--01-05", "gDay": "---05",
}

// between returns those of the likely numbers that are within the bounds, and
// the bounds themselves.
func (s *simple) between(likely ...string) []string {
	all := likely
	for _, b := range []bound{s.low, s.high} {
		n, ok := rational(b.value)
		if !ok {
			continue
		}
		all = append(all, b.value)
		one := big.NewRat(1, 1)
		if b == s.high {
			one.Neg(one)
		}
		all = append(all, new(big.Rat).Add(n, one).FloatString(0))
		if high, ok := rational(s.high.value); ok {
			all = append(all, new(big.Rat).Quo(new(big.Rat).Add(n, high), big.NewRat(2, 1)).FloatString(min(max(s.fraction, 0), maxDigits)))
		}
	}
	return all
}

var decimalNumber = regexp.MustCompile("^" + decimal + "$")

// rational reads a decimal number of bounded length.
func rational(s string) (*big.Rat, bool) {
	const longest = 100
	if len(s) > longest || !decimalNumber.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(strings.TrimPrefix(s, "+"))
}

// dayAfter is the day after the least date.
func (s *simple) dayAfter(layout string) string {
	t, err := time.Parse(layout, s.low.value)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 0, 1).Format(layout)
}

// texts returns a text, and the same as long as it must be.
func (s *simple) texts(text string) []string {
	all := []string{text}
	r := []rune(text)
	most := s.maxLength
	if s.length >= 0 {
		most = s.length
	}
	if most >= 0 && len(r) > most {
		all = append(all, strings.TrimSpace(string(r[:most])), strings.Repeat("1", most))
	}
	if least := min(max(s.length, s.minLength), maxLength); len(r) < least {
		pad := "a"
		if digitsAll.MatchString(text) {
			pad = "1"
		}
		all = append(all, text+strings.Repeat(pad, least-len(r)))
	}
	return all
}

// fits reports whether a value is one of the type. What it cannot tell it denies.
func (s *simple) fits(text string) bool {
	if text == "" && s.maxLength != 0 {
		return false
	}
	n := utf8.RuneCountInString(text)
	switch s.base {
	case "hexBinary":
		n /= 2
	case "base64Binary":
		b, err := base64.StdEncoding.DecodeString(text)
		if n = len(b); err != nil {
			return false
		}
	}
	if s.length >= 0 && n != s.length || n < s.minLength || s.maxLength >= 0 && n > s.maxLength {
		return false
	}
	return s.fitsBounds(text) && s.fitsPatterns(text)
}

func (s *simple) fitsPatterns(text string) bool {
	for _, p := range s.patterns {
		re, ok := translate(p, true)
		if !ok {
			if re, ok = translate(p, false); !ok {
				return false
			}
		}
		whole, err := regexp.Compile(`^(?:` + re + `)$`)
		if err != nil || !whole.MatchString(text) {
			return false
		}
	}
	return true
}

// fitsBounds compares numbers and dates with their bounds.
func (s *simple) fitsBounds(text string) bool {
	compare := func(a, b string) int { return strings.Compare(a, b) }
	value, numeric := rational(text)
	if kind := kindOf(s.base); kind == "int" || s.base == "decimal" || s.base == "float" || s.base == "double" {
		if !numeric || kind == "int" && !value.IsInt() || !withinType(s.base, value) || !s.fitsDigits(text) {
			return false
		}
		compare = func(_, b string) int {
			if n, ok := rational(b); ok {
				return value.Cmp(n)
			}
			return 0
		}
	}
	if s.low.value != "" {
		if c := compare(text, s.low.value); c < 0 || c == 0 && s.low.exclusive {
			return false
		}
	}
	if s.high.value != "" {
		if c := compare(text, s.high.value); c > 0 || c == 0 && s.high.exclusive {
			return false
		}
	}
	return true
}

// withinType compares a whole number with what its built-in type allows.
func withinType(base string, n *big.Rat) bool {
	switch base {
	case "nonNegativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte":
		return n.Sign() >= 0
	case "positiveInteger":
		return n.Sign() > 0
	case "nonPositiveInteger":
		return n.Sign() <= 0
	case "negativeInteger":
		return n.Sign() < 0
	}
	return true
}

func (s *simple) fitsDigits(text string) bool {
	whole, fraction, _ := strings.Cut(strings.TrimLeft(text, "+-"), ".")
	fraction = strings.TrimRight(fraction, "0")
	return (s.fraction < 0 || len(fraction) <= s.fraction) && (s.digits < 0 || len(strings.TrimLeft(whole, "0"))+len(fraction) <= s.digits)
}

// hint returns what an invented message says in an element of that name.
func hint(called string) string {
	for _, h := range hints {
		for _, part := range strings.Fields(h[0]) {
			if strings.HasPrefix(part, "=") && part[1:] == called || !strings.HasPrefix(part, "=") && strings.Contains(called, part) {
				return h[1]
			}
		}
	}
	return "Mẫu"
}

// hints are parts of names, or whole names behind "=", with what is said there.
var hints = [][2]string{
	{"email thudientu", "mau@vidu.gov.vn"},
	{"dienthoai =sdt phone", "0900000001"},
	{"tentep tenfile filename", "mau.pdf"},
	{"sodinhdanh soddcn sddcn cccd macanbo socancuoc", "079190000001"},
	{"cmnd", "079000001"},
	{"hochieu", "B0000001"},
	{"mahoso sohoso biennhan", "HS-2026-0001"},
	{"hovaten hoten tendaydu fullname tennguoi", "Nguyễn Thị Mẫu"},
	{"matthc mathutuc madvc", "1.001193"},
	{"madonvi macoquan", "H29.11"},
	{"matinh", "79"}, {"mahuyen", "760"}, {"maxa maphuong", "26734"},
	{"gioitinh", "Nữ"}, {"dantoc", "Kinh"}, {"quoctich", "Việt Nam"}, {"tongiao", "Không"},
	{"diachi noisinh noicutru noio thuongtru tamtru quequan chitiet", "12 đường Thử"},
	{"ngaythangnam ngay", "05/01/1990"},
	{"=ho =hodem", "Nguyễn"}, {"=dem =chudem =tendem =tenlot", "Thị"}, {"=ten", "Mẫu"},
	{"=nam namsinh namcap", "1990"}, {"=thang thangsinh", "1"},
	{"ghichu noidung lydo mota", "Nội dung thử"},
	{"soluong tongso =stt sothutu lanbosung", "1"},
}
