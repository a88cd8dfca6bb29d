package layout

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lgsp.internal/adapter/internal/vntime"
)

// none is said where there is nothing to list.
const none = "Không phát sinh."

// nothing is said where a person had nothing to say.
const nothing = "Không có."

// grouped writes a number as Vietnamese texts do, thousands parted by points:
// 1.234.567.
func grouped(n int64) string {
	s, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		s, sign = s[1:], "-"
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return sign + s
}

// counted writes how many of something there are in running text. Below ten a
// zero comes first, as legal texts have it, so that no digit can be added.
func counted(n int64, unit string) string {
	if n > 0 && n < 10 {
		return "0" + strconv.FormatInt(n, 10) + " " + unit
	}
	return grouped(n) + " " + unit
}

// decimal writes a number with a comma before its decimals.
func decimal(f float64, decimals int) string {
	whole, part, _ := strings.Cut(strconv.FormatFloat(f, 'f', decimals, 64), ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil && n != 0 {
		whole = grouped(n)
	}
	if part == "" {
		return whole
	}
	return whole + "," + part
}

// percent writes n of of as 12,5%. What is not all is never rounded to 100%,
// nor what is not nothing to 0%.
func percent(n, of int64) string {
	switch {
	case of <= 0:
		return "–"
	case n == of:
		return "100%"
	case n == 0:
		return "0%"
	}
	share := 100 * float64(n) / float64(of)
	for decimals := 1; decimals <= 2; decimals++ {
		s := decimal(share, decimals)
		if f := strings.TrimRight(s, "0"); f != "100," && f != "0," && f != "," {
			return s + "%"
		}
	}
	if share > 50 {
		return "trên 99,99%"
	}
	return "dưới 0,01%"
}

// growth writes by how much a figure has changed, of the earlier one: 12,5%.
func growth(by, before int64) string {
	return strings.TrimSuffix(decimal(100*float64(by)/float64(before), 1), ",0") + "%"
}

const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
)

// seconds writes ms as 0,84 giây.
func seconds(ms int64) string {
	return decimal(float64(ms)/float64(second), 2) + " giây"
}

// span writes ms in hours and minutes, as people speak of an outage.
func span(ms int64) string {
	switch {
	case ms <= 0:
		return "0 phút"
	case ms < second:
		return "dưới 01 giây"
	case ms < minute:
		return counted(ms/second, "giây")
	case ms < hour:
		return counted(ms/minute, "phút")
	case ms%hour < minute:
		return counted(ms/hour, "giờ")
	}
	return counted(ms/hour, "giờ") + " " + counted(ms%hour/minute, "phút")
}

// moment writes a time of day in Vietnam: 08 giờ 05 phút ngày 15/6/2026.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(vntime.Zone).Format("15 giờ 04 phút ngày 2/1/2006")
}

// sentence ends s with a full stop, if it does not end already.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".;:!?") || strings.HasSuffix(s, "…") {
		return s
	}
	return s + "."
}

// joined lists things within a sentence: a, b và c.
func joined(items []string) string {
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	default:
		return strings.Join(items[:n-1], ", ") + " và " + items[n-1]
	}
}

// orDash shows that a cell is empty on purpose.
func orDash(s string) string {
	if strings.TrimSpace(s) == "" {
		return "–"
	}
	return s
}

// lowerFirst lets a title go on within a text. An abbreviation, as BHYT or VNeID,
// keeps its capitals.
func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if second, _ := utf8.DecodeRuneInString(s[size:]); size == 0 || unicode.IsUpper(second) {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}
