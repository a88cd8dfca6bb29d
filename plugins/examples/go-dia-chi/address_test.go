package main

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// said is an address on one line: its parts, and the codes of what is doubtful.
func said(a address) string {
	var codes []string
	for _, d := range a.doubts {
		codes = append(codes, d.code)
	}
	return strings.Join([]string{a.house, a.street, a.group, a.commune, a.district, a.province.code, a.rest, strings.Join(codes, " ")}, " | ")
}

func TestAnAddressIsSplitIntoItsParts(t *testing.T) {
	const want = "Số 12 ngõ 3 | Đường Thử | Tổ 5 | Phường Mẫu | Quận Ba Đình | 01 |  | "
	s := newSplitter()
	for name, text := range map[string]string{
		"as it is usual":         "Số 12 ngõ 3 đường Thử, tổ 5, phường Mẫu, quận Ba Đình, TP Hà Nội",
		"abbreviated":            "Số 12 ngõ 3 đường Thử, tổ 5, P. Mẫu, Q. Ba Đình, TP. Hà Nội",
		"abbreviated, no spaces": "số 12 ngõ 3, Đ.Thử, tổ 5, P.Mẫu, Q.Ba Đình, TP.Hà Nội.",
		"without commas":         "Số 12 ngõ 3 đường Thử tổ 5 phường Mẫu quận Ba Đình TP Hà Nội",
		"with hyphens":           "Số 12 ngõ 3 đường Thử - tổ 5 - phường Mẫu - quận Ba Đình – Hà Nội",
		"from large to small":    "Thành phố Hà Nội, quận Ba Đình, phường Mẫu, tổ 5, đường Thử, số 12 ngõ 3",
		"without its city word":  "Số 12 ngõ 3 đường Thử, tổ 5, phường Mẫu, quận Ba Đình, Hà Nội",
		"on lines":               "Số 12 ngõ 3 đường Thử;\ntổ 5;  phường   Mẫu\nquận Ba Đình\nHà Nội, Việt Nam",
	} {
		if got := said(s.split(text)); got != want {
			t.Errorf("%s: %s\n got %s\nwant %s", name, text, got, want)
		}
		if got := said(s.split(norm.NFD.String(text))); got != want {
			t.Errorf("%s, letters in pieces: got %s", name, got)
		}
	}
}

func TestAnAddressWithoutDiacriticsIsSplitWhereItsWordsAreCertain(t *testing.T) {
	s := newSplitter()
	for text, want := range map[string]string{
		"so 12 ngo 3 duong Thu, to 5, phuong Mau, quan Ba Dinh, TP Ha Noi": "Số 12 ngõ 3 | Đường Thu | Tổ 5 | Phường Mau | Quận Ba Dinh | 01 |  | ",
		"So 12 ngo 3 duong Thu to 5 phuong Mau quan Ba Dinh TP Ha Noi":     "Số 12 ngõ 3 | Đường Thu | Tổ 5 | Phường Mau | Quận Ba Dinh | 01 |  | ",
		"SO 12 DUONG NGO QUYEN, PHUONG TO HIEN THANH, Q1, TPHCM":           "Số 12 | Đường NGO QUYEN |  | Phường TO HIEN THANH | Quận 1 | 79 |  | ",
		"duong To Hien Thanh, xa Mau, tinh Nghe An":                        " | Đường To Hien Thanh |  | Xã Mau |  | 40 |  | ",
		"so 7 duong le thi phuong mai, phuong Mau, Da Nang":                " |  |  | Phường Mau |  | 48 | so 7 duong le thi phuong mai | unknown",
		"thon Moi xa Mau huyen Thu tinh Nghe An":                           " |  | Thôn Moi | Xã Mau | Huyện Thu | 40 |  | ",
		"thon moi xa mau huyen thu, tinh nghe an":                          " |  |  |  |  | 40 | thon moi xa mau huyen thu | missing unknown",
		"12 ngo Quyen, phuong Mau, Ha Noi":                                 " |  |  | Phường Mau |  | 01 | 12 ngo Quyen | unknown",
	} {
		if got := said(s.split(text)); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestWhatCanBeReadInTwoWaysIsLeftAndSaid(t *testing.T) {
	s := newSplitter()
	for text, want := range map[string]string{
		// Xã Đàn is a street of Hà Nội.
		"123 Xã Đàn, phường Mẫu, Hà Nội": "123 |  |  |  |  | 01 | Xã Đàn, Phường Mẫu | repeated unknown",
		// 3 Tháng 2 is a street, and no house.
		"3 Tháng 2, phường Mẫu, TP HCM":           " |  |  | Phường Mẫu |  | 79 | 3 Tháng 2 | unknown",
		"12 Lê Thử, phường Mẫu, Đà Nẵng":          " |  |  | Phường Mẫu |  | 48 | 12 Lê Thử | unknown",
		"đường Trần Bản Mới, xã Mẫu, tỉnh Sơn La": " |  |  | Xã Mẫu |  | 14 | đường Trần Bản Mới | unknown",
		"xã Phiêng Bản Mới, tỉnh Sơn La":          " |  |  |  |  | 14 | xã Phiêng Bản Mới | missing unknown",
		"xã Mẫu, xã Thử, tỉnh Sơn La":             " |  |  |  |  | 14 | Xã Mẫu, Xã Thử | repeated unknown",
		"thôn Một, thôn Hai, xã Mẫu, tỉnh Sơn La": " |  |  | Xã Mẫu |  | 14 | Thôn Một, Thôn Hai | repeated unknown",
		"Hòa Bình, xã Mẫu, huyện Thử, Nghệ An":    " |  |  | Xã Mẫu | Huyện Thử |  | Hòa Bình, Nghệ An | unknown repeated",
		"quận Ba Đình Hà Nội":                     " |  |  |  | Quận Ba Đình Hà Nội |  |  | missing missing",
		"TP Vinh":                                 " |  |  |  | Thành phố Vinh |  |  | missing missing",
		"":                                        " |  |  |  |  |  |  | missing missing",
		"xã Mẫu, TP Hà Nội, TP Hải Phòng":         " |  |  | Xã Mẫu |  |  | Thành phố Hà Nội, Thành phố Hải Phòng | unknown repeated",
		"xã Mẫu, tỉnh Nghệ An, tỉnh Hà Tĩnh":      " |  |  | Xã Mẫu |  |  | Tỉnh Nghệ An, Tỉnh Hà Tĩnh | unknown repeated",
		"xã Mẫu, TP Huế, tỉnh Nghệ An":            " |  |  | Xã Mẫu |  |  | Thành phố Huế, Tỉnh Nghệ An | unknown repeated",
		"xã Mẫu, tỉnh Không Có":                   " |  |  | Xã Mẫu |  |  | Tỉnh Không Có | unknown missing",
		"phường Mẫu, Hà Nội, số 12 đường Thử, quận Ba Đình, TP Hà Nội, Việt Nam": "Số 12 | Đường Thử |  | Phường Mẫu | Quận Ba Đình | 01 | Hà Nội | unknown",
		"xóm Mẫu, Nghệ An, xã Thử, huyện Mẫu":                                    " |  | Xóm Mẫu | Xã Thử | Huyện Mẫu |  | Nghệ An | unknown missing",
		"chung cư Mẫu tầng 5, phường Thử, TP Cần Thơ":                            " |  |  | Phường Thử |  | 92 | chung cư Mẫu tầng 5 | unknown",
	} {
		if got := said(s.split(text)); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestWordsThatMarkPartsMayStandInNames(t *testing.T) {
	s := newSplitter()
	for text, want := range map[string]string{
		"số 7 phố Huế, phường Phố Huế, Hà Nội":               "Số 7 | Phố Huế |  | Phường Phố Huế |  | 01 |  | ",
		"đường số 5, phường 10, quận 6, TP.HCM":              " | Đường số 5 |  | Phường 10 | Quận 6 | 79 |  | ",
		"12/3A đường số 5, P10, Q6, TPHCM":                   "12/3A | Đường số 5 |  | Phường 10 | Quận 6 | 79 |  | ",
		"bản Mù, xã Bản Mù, huyện Thử, tỉnh Yên Bái":         " |  | Bản Mù | Xã Bản Mù | Huyện Thử | 15 |  | ",
		"thôn 3, xã Tân Xã, H. Thử, T. Nghệ An":              " |  | Thôn 3 | Xã Tân Xã | Huyện Thử | 40 |  | ",
		"tổ 5, khu phố 3, phường Mẫu, TP Thủ Đức, TP HCM":    " |  | Tổ 5, khu phố 3 | Phường Mẫu | Thành phố Thủ Đức | 79 |  | ",
		"tổ dân phố số 5, TT. Mẫu, TX. Thử, tỉnh Phú Yên":    " |  | Tổ dân phố số 5 | Thị trấn Mẫu | Thị xã Thử | 66 |  | ",
		"quốc lộ 1A, xã Mẫu, tỉnh Bà Rịa - Vũng Tàu":         " | Quốc lộ 1A |  | Xã Mẫu |  | 79 |  | ",
		"QL1A, đặc khu Mẫu, Bà Rịa Vũng Tàu":                 " | Quốc lộ 1A |  | Đặc khu Mẫu |  | 79 |  | ",
		"SỐ 12, ĐƯỜNG THỬ, PHƯỜNG MẪU, QUẬN BA ĐÌNH, HÀ NỘI": "Số 12 | Đường THỬ |  | Phường MẪU | Quận BA ĐÌNH | 01 |  | ",
		"T. Nghệ An, H. Thử, X. Mẫu, xóm 5":                  " |  | Xóm 5 | Xã Mẫu | Huyện Thử | 40 |  | ",
	} {
		if got := said(s.split(text)); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestAProvinceIsKnownByItsNamesOfNowAndThen(t *testing.T) {
	s := newSplitter()
	for text, want := range map[string][4]string{ // code, name now, name then, district
		"xã Mẫu, tỉnh Hải Dương":                  {"31", "Thành phố Hải Phòng", "Tỉnh Hải Dương", ""},
		"xã Mẫu, TP Hải Dương, tỉnh Hải Dương":    {"31", "Thành phố Hải Phòng", "Tỉnh Hải Dương", "Thành phố Hải Dương"},
		"xã Mẫu, TP Bắc Ninh, Bắc Ninh":           {"24", "Tỉnh Bắc Ninh", "Tỉnh Bắc Ninh", "Thành phố Bắc Ninh"},
		"phường Mẫu, TP Huế, tỉnh Thừa Thiên Huế": {"46", "Thành phố Huế", "Tỉnh Thừa Thiên Huế", "Thành phố Huế"},
		"phường Mẫu, TP Huế, Thừa Thiên - Huế":    {"46", "Thành phố Huế", "Tỉnh Thừa Thiên Huế", "Thành phố Huế"},
		"phường Mẫu, TT. Huế":                     {"46", "Thành phố Huế", "Tỉnh Thừa Thiên Huế", ""},
		"phường Mẫu, TP Huế":                      {"46", "Thành phố Huế", "Thành phố Huế", ""},
		"phường Mẫu, TP Đồng Nai":                 {"75", "Thành phố Đồng Nai", "Thành phố Đồng Nai", ""},
		"xã Mẫu, tỉnh Đồng Nai":                   {"75", "Thành phố Đồng Nai", "Tỉnh Đồng Nai", ""},
		"xã Mẫu, ĐẮC LẮC":                         {"66", "Tỉnh Đắk Lắk", "Tỉnh Đắk Lắk", ""},
		"xã Mẫu, tỉnh Hoà Bình":                   {"25", "Tỉnh Phú Thọ", "Tỉnh Hòa Bình", ""},
		"xã Mẫu, TP Hà Nội, Hà Nội":               {"01", "Thành phố Hà Nội", "Thành phố Hà Nội", ""},
	} {
		a := s.split(text)
		if got := [4]string{a.province.code, a.province.name, a.province.then, a.district}; got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// 63 provinces became 34.
func TestTheTableHoldsEveryProvinceOnce(t *testing.T) {
	now, then := map[string]string{}, map[string]bool{}
	lines := 0
	for line := range strings.Lines(provinceTable) {
		if !strings.HasPrefix(line, "#") {
			lines++
		}
	}
	for name, p := range readProvinces(provinceTable) {
		if known, ok := now[p.code]; ok && known != p.name {
			t.Errorf("%s is %s and %s", p.code, known, p.name)
		}
		now[p.code] = p.name
		then[p.then] = true
		lines--
		if fold(name) != name {
			t.Errorf("%q is not folded", name)
		}
	}
	if len(now) != 34 || len(then) != 64 || lines != 0 { // Thừa Thiên Huế was renamed before
		t.Errorf("%d provinces now, %d then, %d names that others have too", len(now), len(then), lines)
	}
}

// No word of an address is lost, whatever it says.
func FuzzSplit(f *testing.F) {
	for _, text := range []string{
		"Số 12 ngõ 3 đường Thử, tổ 5, phường Mẫu, quận Ba Đình, TP Hà Nội", "123 Xã Đàn, phường Mẫu, Hà Nội",
		"thon moi xa mau huyen thu, tinh nghe an", "TP. TP. P.5 Q1 tổ tổ tổ dân phố", "T.T.T", "\u202eđường\u0301, 🙂",
	} {
		f.Add(text)
	}
	s := newSplitter()
	f.Fuzz(func(t *testing.T, text string) {
		a := s.split(text)
		all := " " + fold(strings.Join([]string{a.house, a.street, a.group, a.commune, a.district, a.province.name, a.province.then, a.rest}, " ")) + " "
		for _, piece := range pieces(norm.NFC.String(text)) {
			for _, w := range wordsOf(piece) {
				word := strings.Trim(fold(w.text), ". ")
				if s.isMarker(word) || word == "hcm" || s.known(piece) || strings.Contains(all, word) {
					continue
				}
				if a.province.code != "" && strings.Contains(fold(piece), fold(strings.TrimPrefix(strings.TrimPrefix(a.province.then, "Tỉnh "), "Thành phố "))) {
					continue
				}
				t.Fatalf("%q is lost of %q: %s", word, text, said(a))
			}
		}
	})
}

// isMarker reports whether a folded word is a part of a marker, which is written
// out in the address.
func (s splitter) isMarker(word string) bool {
	for words := range s.plain {
		for part := range strings.FieldsSeq(words) {
			if part == word {
				return true
			}
		}
	}
	return false
}
