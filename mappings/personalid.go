package mappings

import (
	"slices"
	"strings"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
)

// A personal id is PPP G YY NNNNNN (NĐ 137/2015/NĐ-CP §13): the province, by its
// code of before 01/07/2025, or the country where the birth was registered; the
// century of birth and the sex; the year of birth; six digits drawn by lot.
const (
	idLength   = 12
	idSexDigit = 3
	idYear     = 4
)

// idProvinces are the provinces of before 01/07/2025, whose codes numbers keep
// for ever.
const idProvinces = "01 02 04 06 08 10 11 12 14 15 17 19 20 22 24 25 26 27 30 31 33 34 35 36 37 38 40 42 44 45 46 48 " +
	"49 51 52 54 56 58 60 62 64 66 67 68 70 72 74 75 77 79 80 82 83 84 86 87 89 91 92 93 94 95 96"

// idPlaces says which first three digits are a place: a province, or one of the
// countries, whose codes begin with another digit than 0.
var idPlaces = func() (known [1000]bool) {
	for _, code := range strings.Fields(idProvinces) {
		known[int(code[0]-'0')*10+int(code[1]-'0')] = true
	}
	for i := 100; i < len(known); i++ {
		known[i] = true
	}
	return known
}()

const codePersonalID = "personal-id"

// What a warning about a personal id says.
const (
	textIDHead   = "Số định danh cá nhân cần đối soát: "
	textIDForm   = "không gồm đúng 12 chữ số"
	textIDPlace  = "3 chữ số đầu không phải là mã nơi đăng ký khai sinh"
	textIDSex    = "chữ số thứ tư không khớp với giới tính"
	textIDYear   = "thế kỷ và năm sinh trong số không khớp với năm sinh"
	textIDFuture = "năm sinh trong số chưa tới"
	textIDTail   = ". Thông điệp vẫn được nhận; hãy kiểm tra lại và đính chính nếu sai."

	wantIDLength = "12 chữ số"
	wantIDMatch  = "khớp với "
)

// checkID warns of s, which is good, if it cannot be the personal id of the
// person that the message describes.
func (st *state) checkID(r *rule, at int32, s string) {
	if len(st.doubts) == maxDoubts {
		return
	}
	if len(s) != idLength || !isDigits(s) {
		// A length that the mapping lists is meant, as 9 is for old identity cards.
		if len(r.lengths) == 0 || utf8.RuneCountInString(s) == idLength {
			st.doubt(r, at, lgsp.FieldError{Code: codePersonalID, Text: textIDHead + textIDForm + textIDTail, Want: wantIDLength}, s)
		}
		return
	}
	var wrong, with []string
	if !idPlaces[int(s[0]-'0')*100+int(s[1]-'0')*10+int(s[2]-'0')] {
		wrong = append(wrong, textIDPlace)
	}
	if c := r.check; c.sexRef != nil && st.otherSex(c, at, s[idSexDigit]) {
		wrong, with = append(wrong, textIDSex), append(with, st.refPath(c.sexRef, at))
	}
	year := 1900 + int(s[idSexDigit]-'0')/2*100 + int(s[idYear]-'0')*10 + int(s[idYear+1]-'0')
	born, from := st.bornIn(r.check, at)
	switch {
	case born != 0 && born != year:
		wrong, with = append(wrong, textIDYear), append(with, st.refPath(from, at))
	case born == 0 && year > int(st.today()/1_00_00):
		wrong = append(wrong, textIDFuture)
	}
	if len(wrong) == 0 {
		return
	}
	e := lgsp.FieldError{Code: codePersonalID, Text: textIDHead + strings.Join(wrong, "; ") + textIDTail}
	if len(with) > 0 {
		e.Want = wantIDMatch + strings.Join(with, ", ")
	}
	st.doubt(r, at, e, s)
}

// otherSex reports whether the message names the sex that the digit does not mean.
func (st *state) otherSex(c *idCheck, at int32, digit byte) bool {
	s := st.find(c.sexRef, at)
	if len(s) > maxTableText {
		return false
	}
	st.key = fold(st.key[:0], s, compareLoose)
	others := c.female
	if digit%2 != 0 {
		others = c.male
	}
	return slices.ContainsFunc(others, func(o string) bool { return o == string(st.key) })
}

// bornIn returns the year of birth that the message names, 0 if it names none.
func (st *state) bornIn(c *idCheck, at int32) (year int, from *ref) {
	if c.born == nil {
		return 0, nil
	}
	d, _, from, ok := st.dateOf(c.born, at)
	if !ok {
		return 0, nil
	}
	return d.year, from
}
