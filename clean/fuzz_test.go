package clean_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"lgsp.internal/adapter/clean"
)

// FuzzCSV reads what strangers write: it either is refused or gives people who
// can be asked about, the same twice.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"CCCD,Họ tên,Ngày sinh\n079000000001,Nguyễn Bịa,02/01/1990\n", "CCCD;Họ;Tên;Năm sinh\r\n012345678;Nguyễn;\"Bịa;\";00/00/1950\r\n",
		"\uFEFFSố định danh\tHọ và tên\tNgày sinh\n'079\t\t\n", "\"", "CCCD,Họ tên,Ngày sinh\n\xff,,\n", "=1,@,+\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		path := file(t, "a.csv", b)
		all, err := readAll(t, path, today())
		if err != nil {
			return
		}
		again, err := readAll(t, path, today())
		if err != nil || len(again) != len(all) {
			t.Fatalf("%d people, then %d, %v", len(all), len(again), err)
		}
		for _, g := range all {
			if g.reason != "" {
				continue
			}
			if (len(g.id) == 12) == (len(g.cmnd) == 9) || strings.Trim(g.id+g.cmnd, "0123456789") != "" {
				t.Fatalf("number %q %q", g.id, g.cmnd)
			}
			if g.name == "" || g.name != strings.Join(strings.Fields(g.name), " ") || utf8.RuneCountInString(g.name) > 100 || !utf8.ValidString(g.name) {
				t.Fatalf("name %q", g.name)
			}
			if n := len(g.born); n != 4 && n != 8 || strings.Trim(g.born, "0123456789") != "" {
				t.Fatalf("born %q", g.born)
			}
		}
	})
}

// FuzzBorn reads dates of birth: each is refused or lies between 1800 and today.
func FuzzBorn(f *testing.F) {
	for _, s := range []string{"02/01/1990", "1990-01-02", "19900102", "1950", "00/00/1950", "29/02/1900", "1.1.1", "9999", " 1 / 1 / 2000 ", "2000-1-1 00:00:00"} {
		f.Add(s, 0.0)
	}
	f.Add("", 60.0)
	f.Add("", 2958466.0)
	f.Fuzz(func(t *testing.T, s string, serial float64) {
		for _, c := range []clean.Cell{{Text: s}, clean.DateCellOf(serial)} {
			born, reason := clean.BornOf(c, start)
			if (born == "") == (reason == "") {
				t.Fatalf("%q and %q", born, reason)
			}
			if born != "" && (len(born) != 4 && len(born) != 8 || born[:4] < "1800" || len(born) == 8 && born > "20260302" || born[:4] > "2026") {
				t.Fatalf("born %q of %q", born, c.Text)
			}
		}
	})
}
