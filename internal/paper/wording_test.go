package paper

import (
	"strings"
	"testing"
	"time"
)

func TestNumbersAndDatesAreWrittenAsTheDecreeWants(t *testing.T) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 23, 0, 0, 0, time.UTC) }
	for got, want := range map[string]string{
		NumberText("5", "BC-STP"):                                "05/BC-STP",
		NumberText("0", "BC-STP"):                                "00/BC-STP",
		NumberText("12", "STP-VP"):                               "12/STP-VP",
		NumberText("5a", "STP-VP"):                               "5a/STP-VP",
		NumberText("", ""):                                       "……/……",
		DateText(day(2026, 2, 5)):                                "ngày 05 tháng 02 năm 2026",
		DateText(day(2026, 1, 31)):                               "ngày 31 tháng 01 năm 2026",
		DateText(day(2026, 3, 9)):                                "ngày 09 tháng 3 năm 2026",
		DateText(day(2026, 12, 10)):                              "ngày 10 tháng 12 năm 2026",
		DateText(time.Time{}):                                    "ngày …… tháng …… năm ……",
		Roman(1) + Roman(4) + Roman(19):                          "IIVXIX",
		LetterMark(5) + LetterMark(6):                            "đe",
		LetterMark(23) + LetterMark(24):                          "yaa",
		SentenceCase("BÁO CÁO"):                                  "Báo cáo",
		strings.Join(Enumerated(nil), ""):                        "",
		strings.Join(Enumerated([]string{"a;", " b", "c."}), ""): "a;b;c.",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestANumberStaysOnTheLineOfItsWord(t *testing.T) {
	for in, want := range map[string]string{
		"Thông tư số 46/2022/TT-BCA": "Thông tư số\u00a046/2022/TT-BCA",
		"(khoản 2 Điều 7)":           "(khoản\u00a02 Điều\u00a07)",
		"tại Phụ lục II, mục":        "tại Phụ\u00a0lục\u00a0II, mục",
		"số liệu 5 ngày":             "số liệu 5 ngày",
		"số  5":                      "số  5",
		"":                           "",
	} {
		if got := Unbroken(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
