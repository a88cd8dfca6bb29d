package main

import (
	_ "embed"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed tinh.tsv
var provinceTable string

// province is a province or a centrally run city.
type province struct {
	code string // of the 34 there are since July 2025, "01"
	name string // now, "Thành phố Hà Nội"
	then string // as the address calls it, "Tỉnh Hà Giang"
	city bool   // it is, or was, a centrally run city, which "TP" may stand before
}

// readProvinces reads the table: what a province is called, folded, and which
// it is.
func readProvinces(table string) map[string]province {
	all := map[string]province{}
	for line := range strings.Lines(table) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(f) != 4 {
			continue
		}
		city := strings.HasPrefix(f[2], "Thành phố ") || strings.HasPrefix(f[3], "Thành phố ")
		all[fold(f[0])] = province{code: f[1], name: f[2], then: f[3], city: city}
	}
	return all
}

// fold makes a name fit to be compared: small letters without diacritics, with
// one space where there were spaces and hyphens. No two provinces are the same
// then.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ':
			b.WriteByte('d')
		case r == '-' || r == '–':
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
