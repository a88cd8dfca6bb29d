package main

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// address is what an address says, part by part; "" is a part that it does not say.
type address struct {
	house    string // số nhà, ngõ: "Số 12 ngõ 3"
	street   string // "Đường Thử"
	group    string // tổ, thôn: "Tổ 5"
	commune  string // "Phường Mẫu"
	district string // of before July 2025: "Quận Ba Đình"
	province province
	rest     string // what could not be told apart, as it was written

	doubts []doubt
}

// doubt is something that a person should look at.
type doubt struct {
	code string // of a lgsp.FieldError
	text string // Vietnamese
}

// What is doubtful about an address, and what is wrong with it.
const (
	textRest      = "Có phần của địa chỉ không tách được, được giữ nguyên trong ChiTiet. Hãy kiểm tra lại."
	textCommune   = "Không nhận ra xã, phường, đặc khu trong địa chỉ. Hãy kiểm tra lại."
	textTwice     = "Địa chỉ nêu nhiều lần cùng một cấp, được giữ nguyên trong ChiTiet. Hãy kiểm tra lại."
	textProvince  = "Không nhận ra tỉnh, thành phố trong địa chỉ. Hãy ghi tên tỉnh, thành phố ở cuối địa chỉ."
	textProvinces = "Địa chỉ nêu nhiều tỉnh, thành phố. Hãy chỉ ghi một."
)

// splitter splits addresses. It never changes.
type splitter struct {
	provinces map[string]province
	markers   map[string]marker
	plain     map[string]marker // for addresses without diacritics
}

func newSplitter() splitter {
	s := splitter{provinces: readProvinces(provinceTable), markers: readMarkers(), plain: map[string]marker{}}
	for words, m := range s.markers {
		s.plain[fold(words)] = m
	}
	return s
}

var (
	separators = regexp.MustCompile(`\s*(?:[,;\n]|\s[-–]\s)\s*`)
	hyphened   = regexp.MustCompile(`(?i)(bà rịa|ba ria|thừa thiên|thua thien|tt\.?)\s*[-–]\s*(vũng tàu|vung tau|huế|hue)`)
	number     = regexp.MustCompile(`^\d+[A-Za-z]?(?:[/-]\d+[A-Za-z]?)*$`) // of a house
)

// split splits an address. The province is the zero one when the address names
// none, or several: which of the two stands in the last doubt.
func (s splitter) split(text string) address {
	text = norm.NFC.String(text)
	plain := fold(text) == strings.Join(strings.Fields(strings.ReplaceAll(strings.ToLower(text), "-", " ")), " ")
	var segments []segment
	for _, piece := range pieces(text) {
		segments = append(segments, s.read(piece, plain))
	}
	a := address{}
	problem := s.takeProvince(&a, segments)
	s.takeParts(&a, segments)
	a.rest = restOf(segments)
	if a.commune == "" && !slices.Contains(a.doubts, doubt{"repeated", textTwice}) {
		a.doubts = append(a.doubts, doubt{"missing", textCommune})
	}
	if a.rest != "" {
		a.doubts = append(a.doubts, doubt{"unknown", textRest})
	}
	if problem != (doubt{}) {
		a.doubts = append(a.doubts, problem)
	}
	return a
}

// pieces cuts an address at what separates its parts. The country is left out.
func pieces(text string) (all []string) {
	text = hyphened.ReplaceAllString(text, "$1 $2") // a name, and no separator
	for _, piece := range separators.Split(text, -1) {
		if piece = strings.Trim(strings.Join(strings.Fields(piece), " "), ". "); piece != "" {
			all = append(all, piece)
		}
	}
	if n := len(all); n > 0 && (fold(all[n-1]) == "viet nam" || fold(all[n-1]) == "vn") {
		all = all[:n-1]
	}
	return all
}
