package register

import (
	"fmt"
	"strconv"
	"strings"

	"lgsp.internal/adapter/internal/paper"
)

// noBreakSpace keeps the groups of a telephone number on one line.
const noBreakSpace = "\u00a0"

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// gapped returns s, or a gap for what is noted as missing elsewhere.
func gapped(s string) string {
	if blank(s) {
		return paper.Gap
	}
	return s
}

func gappedCount(n int) string {
	if n == 0 {
		return paper.Gap
	}
	return twoDigits(n)
}

// twoDigits writes small counts as legal texts do, "02", so that no digit can
// be put before them.
func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return grouped(n)
}

// grouped parts thousands by points: 10.000.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// sentence ends s with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, paper.Gap) || strings.ContainsAny(s[len(s)-1:], ".;:!?") {
		return s
	}
	return s + "."
}

// where begins the name of a missing datum of the i-th system.
func where(s System, i int) string {
	return fmt.Sprintf("system %s: ", orNumber(s.Name, i+1))
}

func orNumber(name string, n int) string {
	if blank(name) {
		return "no. " + strconv.Itoa(n)
	}
	return name
}
