package audit_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
)

func TestSealWritesTheHeadOnce(t *testing.T) {
	b := newBench(t)
	b.append(3)
	first := b.seal()
	b.now = b.now.Add(time.Hour)
	if again := b.seal(); again != first || strings.Count(b.heads(), "\n") != 1 {
		t.Errorf("sealed %s and %s: %q", first, again, b.heads())
	}
	b.append(1)
	second := b.seal()
	want := fmt.Sprintf("2026-03-02T01:03:00.000Z %s\n2026-03-02T02:04:00.000Z %s\n", first, second)
	if b.heads() != want {
		t.Errorf("heads file is\n%swant\n%s", b.heads(), want)
	}
	b.expectWhole(4)
}

func TestAnEmptyRecordIsNotSealed(t *testing.T) {
	b := newBench(t)
	if head := b.seal(); head != (audit.Head{}) {
		t.Errorf("sealed %s", head)
	}
	b.expectWhole(0)
}

func TestAWrongLineOfTheHeadsFileIsNamed(t *testing.T) {
	b := newBench(t)
	b.append(2)
	b.seal()
	good := b.heads()
	stamp, head, _ := strings.Cut(strings.TrimSuffix(good, "\n"), " ")
	for name, line := range map[string]string{
		"no words":      "x",
		"empty":         "",
		"no time":       "yesterday " + head,
		"no number":     stamp + " x" + head,
		"negative":      stamp + " -" + head,
		"hash cut off":  stamp + " " + head[:len(head)-2],
		"hash too long": stamp + " " + head + "00",
		"not hex":       stamp + " " + head[:len(head)-1] + "g",
		"trailing word": stamp + " " + head + " x",
	} {
		t.Run(name, func(t *testing.T) {
			b.setHeads(good + line + "\n" + good)
			if v, err := b.log.Verify(context.Background()); err == nil || !strings.Contains(err.Error(), b.path+".heads:2:") {
				t.Errorf("%+v %v, want line 2 named", v, err)
			}
			b.setHeads(good + line + "\n")
			b.append(1)
			if _, err := b.log.Seal(context.Background()); err == nil || !strings.Contains(err.Error(), "last line") {
				t.Errorf("sealed behind a wrong line: %v", err)
			}
		})
	}
}

func TestAWrongHeadOfTheHeadsFileIsFound(t *testing.T) {
	b := newBench(t)
	b.append(3)
	b.seal()
	good := b.heads()
	i := strings.LastIndex(good, ":") + 1
	other := "0"
	if good[i] == '0' {
		other = "1"
	}
	b.setHeads(good[:i] + other + good[i+1:])
	expectProblem(t, b.verify(), 3, "was rewritten")
}

// A power cut may leave a line unfinished. It was never sealed, and the next
// seal takes its place.
func TestAnUnfinishedLineOfTheHeadsFileIsForgotten(t *testing.T) {
	b := newBench(t)
	b.append(2)
	b.seal()
	first := b.heads()
	b.append(1)
	b.seal()
	whole := b.heads()
	for cut := len(first); cut < len(whole); cut++ {
		b.setHeads(whole[:cut])
		b.expectWhole(3)
		b.seal()
		if got := b.heads(); len(got) != len(whole) || !strings.HasPrefix(got, first) || strings.Count(got, "\n") != 2 {
			t.Fatalf("cut at %d, the heads file became %q", cut, got)
		}
		b.expectWhole(3)
	}
	b.setHeads(first[:7])
	b.seal()
	b.expectWhole(3)
}

func TestAHeadIsReadAsItIsPrinted(t *testing.T) {
	b := newBench(t)
	b.append(2)
	want := b.head()
	got, err := audit.ParseHead(want.String())
	if err != nil || got != want {
		t.Errorf("%s became %s (%v)", want, got, err)
	}
	for _, text := range []string{"", ":", "1", "1:", "1:00", "x:" + strings.Repeat("0", 64), "1:" + strings.Repeat("g", 64), "1:" + strings.Repeat("0", 66)} {
		if _, err := audit.ParseHead(text); err == nil {
			t.Errorf("%q was taken for a head", text)
		}
	}
}
