package paper

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCapitalsLeaveTheNamesOfPlaceholdersAlone(t *testing.T) {
	for in, want := range map[string]string{
		"Sở Tư pháp": "SỞ TƯ PHÁP", "{{co_quan}}": "{{co_quan}}", "ubnd {{tinh}} và {{x.y}} ạ": "UBND {{tinh}} VÀ {{x.y}} Ạ",
		"a {{b": "A {{B", "": "", "}} a {{": "}} A {{",
	} {
		if got := Upper(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	if got := SentenceCase("{{ten_loai}}"); got != "{{ten_loai}}" {
		t.Errorf("got %q", got)
	}
	if got := Enumerated([]string{"a", "{{noi_nhan}}"}); !slices.Equal(got, []string{"a;", "{{noi_nhan}}"}) {
		t.Errorf("got %q", got)
	}
}

func TestNamesOfPlaceholders(t *testing.T) {
	for name, want := range map[string]bool{"a": true, "phu_luc_1": true, "muc.1": true, "": false, "A": false, "cơ": false, "a b": false, "a-b": false, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false} {
		if ValidName(name) != want {
			t.Errorf("%q: want %t", name, want)
		}
	}
	if err := (Placeholder{Name: "Nội"}).check(); err == nil {
		t.Error("a name with letters of Vietnamese is taken")
	}
}

func TestHeadingsAreNumberedAnewBelowHigherOnes(t *testing.T) {
	var n Numbering
	got := ""
	for _, level := range []int{1, 2, 3, 3, 2, 3, 1, 3, 2} {
		got += n.Next(level)
	}
	if want := "I. 1. a) b) 2. a) II. a) 1. "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestADateInWordsTakesThePlaceOfTheDay(t *testing.T) {
	d := Document{Place: "Lào Cai", Date: time.Date(2026, 2, 5, 0, 0, 0, 0, time.UTC), Dated: "{{ngay_thang}}", Kind: "Báo cáo", Number: "{{so}}", Agency: "{{co_quan}}"}
	if got := d.PlaceDate(); got != "Lào Cai, {{ngay_thang}}" {
		t.Errorf("got %q", got)
	}
	if got, want := d.AppendixNote(Appendix{}), "(Kèm theo Báo cáo số {{so}}/…… {{ngay_thang}} của {{co_quan}})"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheTitleOfAFileIsThatOfItsPropertiesOrItsSubject(t *testing.T) {
	for want, d := range map[string]Document{
		"Tên":              {Kind: "BÁO CÁO", Subject: "Kết quả", Properties: Properties{Title: "Tên"}},
		"Báo cáo Kết quả":  {Kind: "BÁO CÁO", Subject: "Kết quả"},
		"Công văn về việc": {Subject: "về việc"},
		"Công văn":         {},
	} {
		if got := d.Title(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
