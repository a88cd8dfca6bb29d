package scaffold

import (
	"slices"
	"testing"
)

func TestNamesAreWrittenAsMembersOfJSON(t *testing.T) {
	for name, want := range map[string]string{
		"HoTen": "hoTen", "hoTen": "hoTen", "HO_TEN": "hoTen", "ho_ten": "hoTen", "Ho-Ten": "hoTen", "HOTEN": "hoten", "CCCD": "cccd", "SoCMND": "soCMND", "MaTTHC": "maTTHC",
		"IDHoSo": "idHoSo", "DiaChi1": "diaChi1", "arg0": "arg0", "X": "x", "_": "giaTri", "Họ.Tên": "họTên", "ds": "ds", "A_B": "aB", "TTHanhChinh": "ttHanhChinh", "Ma_TTHC": "maTTHC",
	} {
		if got := camel(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestServicesAreCalledAfterTheirMessage(t *testing.T) {
	for name, want := range map[string]string{
		"DangKyKhaiSinh": "dang-ky-khai-sinh", "dangkytamtru": "dangkytamtru", "Thue/Nop/NopIn": "thue-nop-nop-in", "ĐăngKýKếtHôn": "dang-ky-ket-hon", "": "dich-vu", "東京": "dich-vu",
		"GuiHoSo2": "gui-ho-so2", "A_B.c": "a-b-c",
		"MotTenRatDaiMotTenRatDaiMotTenRatDaiMotTenRatDaiMotTenRatDaiMotTenRatDai": "mot-ten-rat-dai-mot-ten-rat-dai-mot-ten-rat-dai-mot-ten-rat",
	} {
		if got := serviceName(name); got != want || !isService(got) {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestPatternsMeanInRE2WhatTheyMeantInXMLSchema(t *testing.T) {
	for pattern, want := range map[string]string{
		`[A-Z]{2}`: `[A-Z]{2}`, `\d+`: `[0-9]+`, `[\d-]+`: `[0-9-]+`, `\s\S\D`: `\s\S\D`, `.`: `[^\n\r]`, `^$`: `\^\$`, `[.^$]`: `[.^$]`, `a|b`: `a|b`, `\p{L}\P{Lu}`: `\p{L}\P{Lu}`,
		`\w`: `[^\p{P}\p{Z}\p{C}]`, `\W`: `[\p{P}\p{Z}\p{C}]`, `(a\.b)?`: `(a\.b)?`, `[^a]`: `[^a]`, `Ộ`: `Ộ`,
		// There is none.
		`\i`: "", `\c`: "", `[\w]`: "", `[a-z-[aeiou]]`: "", `\p{IsBasicLatin}`: "", `a+?`: "", `(?i)a`: "", `[`: "", `(`: "", `\b`: "", `[a`: "", `\p`: "", `\p{`: "", `\`: "",
		`[a-z]{999}[a-z]{999}[a-z]{20}`: "", `(a{1000}){2}`: "", `([a-z]{500}){4}`: "", "\u0085": "",
	} {
		got, ok := translate(pattern, true)
		if got != want || ok != (want != "") {
			t.Errorf("%s is %s, want %s", pattern, got, want)
		}
	}
}

func TestAnExampleFitsItsPattern(t *testing.T) {
	for _, row := range []struct {
		pattern string
		n       int
		want    string
	}{
		{`[A-Z]{2}[0-9]{4}`, 0, "AA1111"}, {`a|b`, 0, "a"}, {`[a-z]*`, 0, ""}, {`[a-z]*`, 5, "aaaaa"}, {`x+y?`, 3, "xxx"}, {`\i\c+`, 4, "A111"}, {`\w+@\w+`, 0, "1@1"}, {`[^0-9]`, 0, "A"},
		{`[ộ-ợ]`, 0, "ộ"}, {`(ab){2,3}`, 6, "ababab"}, {`.`, 0, "1"}, {`[\s]`, 0, "\t"},
	} {
		if got := examples(row.pattern, row.n); len(got) == 0 || got[0] != row.want {
			t.Errorf("%s: %q, want %q", row.pattern, got, row.want)
		}
	}
	if got := examples(`[a-z-[b]]`, 0); got != nil {
		t.Errorf("got %q", got)
	}
	if got := examples(`a*b?c+`, 0); !slices.Equal(got, []string{"c", "abcc", "c"}) {
		t.Errorf("got %q", got)
	}
}

func TestTextsAreQuotedWhereYAMLNeedsIt(t *testing.T) {
	for text, want := range map[string]string{
		"HoTen": "HoTen", "Họ tên": "Họ tên", ".": ".", "/MaHoSo": "/MaHoSo", "$id": "$id", "a/b": "a/b", "@Ma": `"@Ma"`, "": `""`, "null": `"null"`, "No": `"No"`, "~": `"~"`, "01": `"01"`,
		"a: b": `"a: b"`, "a:b": "a:b", "a ": `"a "`, "a  b": `"a  b"`, "a #b": `"a #b"`, "a,b": `"a,b"`, "[a]": `"[a]"`, "'a'": `"'a'"`, `"a"`: `"\"a\""`, `\d`: `'\d'`, `\d'`: `"\\d'"`,
		"a\u0085b": `"a\u0085b"`, "a\U000E0001b": `"a\U000E0001b"`, "*": `"*"`, "&a": `"&a"`, "!a": `"!a"`, "- a": `"- a"`, "a:": `"a:"`, "=": `"="`, "1.5": `"1.5"`, "..": `".."`,
	} {
		if got := quote(text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
