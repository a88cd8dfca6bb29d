package layout

import (
	"math"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/report"
)

func TestNumbersAreWrittenAsVietnameseTextsDo(t *testing.T) {
	for got, want := range map[string]string{
		grouped(0) + " " + grouped(999) + " " + grouped(1000) + " " + grouped(1_234_567): "0 999 1.000 1.234.567",
		grouped(-999) + " " + grouped(-1000):                                             "-999 -1.000",
		grouped(math.MinInt64):                                                           "-9.223.372.036.854.775.808",
		counted(0, "lượt"):                                                               "0 lượt",
		counted(9, "lượt"):                                                               "09 lượt",
		counted(10, "lượt"):                                                              "10 lượt",
		decimal(1234.5, 2):                                                               "1.234,50",
		decimal(-0.25, 1):                                                                "-0,2",
		percent(0, 0) + percent(0, 5):                                                    "–0%",
		percent(5, 5):                                                                    "100%",
		percent(1, 3):                                                                    "33,3%",
		percent(1, 8):                                                                    "12,5%",
		percent(9_999, 10_000):                                                           "99,99%",
		percent(99_999_999, 100_000_000):                                                 "trên 99,99%",
		percent(1, 100_000_000):                                                          "dưới 0,01%",
		percent(4, 10_000):                                                               "0,04%",
		growth(1, 2) + " " + growth(1, 3):                                                "50% 33,3%",
		seconds(840) + " " + seconds(12_345):                                             "0,84 giây 12,35 giây",
		span(0):                                                                          "0 phút",
		span(999):                                                                        "dưới 01 giây",
		span(42_000):                                                                     "42 giây",
		span(60_000):                                                                     "01 phút",
		span(3_599_999):                                                                  "59 phút",
		span(3_600_000):                                                                  "01 giờ",
		span(3_660_000):                                                                  "01 giờ 01 phút",
		span(100 * 3_600_000):                                                            "100 giờ",
		joined(nil) + joined([]string{"a"}):                                              "a",
		joined([]string{"a", "b", "c"}):                                                  "a, b và c",
		sentence("a") + sentence("b.") + sentence("c;") + sentence(" "): "a.b.c;",
		shortDay("2025-06-10") + shortDay("10/6"):                       "10/6/202510/6",
		decision(report.Decision{Number: "1/QĐ"}):                       "1/QĐ",
		decision(report.Decision{Number: "1/QĐ", Date: "2025-06-01"}):   "1/QĐ ngày 1/6/2025",
		moment(time.Date(2026, 6, 14, 17, 5, 0, 0, time.UTC)):           "00 giờ 05 phút ngày 15/6/2026",
		lowerFirst("Đơn vị") + lowerFirst(""):                           "đơn vị",
		lowerFirst("BHYT hộ gia đình") + lowerFirst("Ở trọ"):            "BHYT hộ gia đìnhở trọ",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestATextThatASpreadsheetWouldTakeForAFormulaIsText(t *testing.T) {
	for in, want := range map[string]string{
		"=1+2": "'=1+2", "+84": "+84", "+84x": "'+84x", "-12": "-12", "-a": "'-a", "@x": "'@x", " =x": "' =x", "\t=x": "'\t=x", "＝x": "'＝x", "a=b": "a=b", "": "", "1.000": "1.000",
	} {
		if got := inert(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestATextIsPartedWhereItsWriterEndedLines(t *testing.T) {
	if got := strings.Join(paragraphs("một\n\n hai \u2028ba\u2029\u2028 \nbốn"), "|"); got != "một|hai|ba|bốn" {
		t.Errorf("got %q", got)
	}
	if got := paragraphs(" \u2028\n"); got != nil {
		t.Errorf("nothing becomes %q", got)
	}
}

func TestATextAtTheEdgeOfAPageGivesNoOrder(t *testing.T) {
	if got := edgeText("A&P 2&\nB", 5); got != " A&&P …" {
		t.Errorf("got %q", got)
	}
}

func TestEveryEventAndCodeOfTheRecordHasAVietnameseName(t *testing.T) {
	for _, e := range []string{"denied", "asked", "rejected", "conflicted", "mapping-changed", "dropped", "started", "stopped", "signed-in", "sign-in-failed", "account-locked", "locked-out", "report-issued"} {
		if eventName(e) == e {
			t.Errorf("event %s has no name", e)
		}
	}
	for _, c := range []string{"NotApproved", "NoSystem", "NotYet", "Ended", "Purpose", "Unit", "Officer", "Quota", "UnknownService"} {
		if codeName(c) == c {
			t.Errorf("code %s has no name", c)
		}
	}
	if eventName("new") != "new" || codeName("New") != "New" || codeName("") != "" {
		t.Error("what has no name is not shown as it is")
	}
}
