package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/queue"
)

// What strangers chose must not steer the terminal of an operator.
func TestListsQuoteWhatWouldNotBeSeen(t *testing.T) {
	it := queue.Item{LegacyID: "KS\u009b31m\u202e-1", Reason: "x\x1b[2J", Error: "Hồ sơ sai"}
	var out bytes.Buffer
	if err := printItems(&out, []queue.Item{it}); err != nil {
		t.Fatal(err)
	}
	if err := printMessage(&out, []queue.Item{it}, []audit.Entry{{Ref: "r\u200b", Detail: "d\x07"}}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if strings.ContainsFunc(text, func(c rune) bool { return c != '\n' && !unicode.IsPrint(c) }) {
		t.Errorf("got %q", text)
	}
	for _, want := range []string{`own id "KS\u009b31m\u202e-1"`, `"x\x1b[2J"`, "Hồ sơ sai", `"r\u200b"`, `"d\a"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing from\n%s", want, text)
		}
	}
}
