package host

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/wire"
)

func TestRunsOfSixDigitsAndMoreAreMasked(t *testing.T) {
	for s, want := range map[string]string{
		"":                            "",
		"12345":                       "12345",
		"123456":                      "******",
		"a123456b":                    "a******b",
		"001 199 12345, 1234567":      "001 199 12345, *******",
		"٠١٢٣٤٥٦":                     "*******",
		"１２３４５６ đ":                    "****** đ",
		"12345\xff678901":             "12345\xff******",
		"dd/MM/yyyy 05/01/2026 Mẫu":   "dd/MM/yyyy 05/01/2026 Mẫu",
		strings.Repeat("9", 12) + "Ễ": strings.Repeat("*", 12) + "Ễ",
	} {
		if got := masked(s); got != want {
			t.Errorf("%q becomes %q, want %q", s, got, want)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		masked("Thiếu giá trị bắt buộc 12345. Hãy điền trường này rồi gửi lại.")
	}); n > 0 {
		t.Errorf("what has nothing to mask costs %v allocations", n)
	}
}

func TestACodeIsAWordForProgramsOrReplaced(t *testing.T) {
	for code, want := range map[string]string{
		"": "", "Invalid": "Invalid", "personal-id": "personal-id", "A" + strings.Repeat("b", 40): "A" + strings.Repeat("b", 40),
		"A" + strings.Repeat("b", 41): otherCode, "1a": otherCode, "Nguyễn": otherCode, "a b": otherCode, "a\n": otherCode, "so-001199000001": otherCode, "-": otherCode,
	} {
		if got := word(code); got != want {
			t.Errorf("the code %q becomes %q, want %q", code, got, want)
		}
	}
}

// What the SDK does not send may be sent all the same.
func TestTheCauseOfAPluginAndOfACallThatFailedAreMaskedAndCut(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for _, err := range []error{
		bounded("plugin.map", &wire.Error{Cause: "parsing 001199000001" + long}),
		noAnswer("plugin.map", status.Error(codes.Internal, "parsing 001199000001"+long)),
	} {
		var e *lgsp.Error
		if !errors.As(err, &e) || !strings.Contains(e.Err.Error(), "parsing ************x") || len(e.Error()) > 3<<10 {
			t.Errorf("it is %.200s of %d bytes", err, len(err.Error()))
		}
	}
}

func TestNoHalfOfANumberIsLeftWhereALineOrATextIsCut(t *testing.T) {
	for before := range 20 {
		text := strings.Repeat("x", longestText-before) + "001199000001"
		if got := cut(masked(text), longestText); strings.ContainsAny(got, "019") {
			t.Errorf("with %d bytes left it is %q", before, got[longestText-25:])
		}
	}
}

func TestALineThatIsCutInsideANumberTellsNothingOfIt(t *testing.T) {
	for before := range 14 {
		var said bytes.Buffer
		s := newOutput(slog.New(slog.NewTextHandler(&said, nil)), time.Now, nil).stream()
		line := strings.Repeat("x", longestLine-before) + "111199111111 và nữa\n"
		for part := range slices.Chunk([]byte(line), 150) {
			if _, err := s.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		if _, text, _ := strings.Cut(said.String(), "line="); strings.ContainsAny(text, "19") || !strings.Contains(text, "xxx") {
			t.Errorf("with %d bytes left the log says %s", before, text)
		}
	}
}
