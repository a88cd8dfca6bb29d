package clean_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"lgsp.internal/adapter/clean"
)

// ready is a desk that has every answer.
type ready struct{ each func() }

func (r ready) Check(_ context.Context, _ clean.Question, rows []clean.Row) ([]clean.Outcome, error) {
	r.each()
	var out []clean.Outcome
	for _, row := range rows {
		out = append(out, clean.Outcome{N: row.N, Verdict: clean.Match, Code: "0190f1d0-6b1c-7c3a-9f00-3b2a1c0d9e8f", At: start})
	}
	return out, nil
}

func (ready) Finish(context.Context, clean.Question) error { return nil }

func TestALongListIsCheckedInLittleMemory(t *testing.T) {
	in, out := longList(t, "xlsx", 20_000), filepath.Join(t.TempDir(), "b.xlsx")
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	batches := 0
	// The result does not fit into the memory of its writer, and must not be kept where everybody's files are.
	tmp, old := t.TempDir(), start.Add(-time.Hour)
	t.Setenv("TMPDIR", tmp)
	if err := os.Chtimes(tmp, old, old); err != nil {
		t.Fatal(err)
	}
	o := clean.RunOptions{In: in, Out: out, Question: questionOf(nil), Now: nowStart, Desk: ready{func() {
		if batches++; batches%100 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			if now.HeapAlloc > before.HeapAlloc+32<<20 {
				t.Errorf("%d MiB more after %d batches", (now.HeapAlloc-before.HeapAlloc)>>20, batches)
			}
		}
	}}}
	s, err := clean.Run(context.Background(), o)
	if err != nil || s.Match != 20_000 || batches != 313 {
		t.Errorf("%+v, %v, %d batches", s, err, batches)
	}
	checkOwnerOnly(t, out)
	if info, err := os.Stat(tmp); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("the folder of temporary files was used: %v, %v", info.ModTime(), err)
	}
	archive, err := zip.OpenReader(out)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	sheet, err := fs.ReadFile(archive, "xl/worksheets/sheet1.xml")
	if n := bytes.Count(sheet, []byte("<row ")); err != nil || n != 20_001 || len(sheet) < excelize.StreamChunkSize {
		t.Errorf("the result has %d rows in %d bytes, %v", n, len(sheet), err)
	}
}

// liar is a daemon that answers something else.
type liar struct {
	ready
	out []clean.Outcome
}

func (l liar) Check(context.Context, clean.Question, []clean.Row) ([]clean.Outcome, error) {
	return l.out, nil
}

func TestAnAnswerToAnotherQuestionIsNotTaken(t *testing.T) {
	in := file(t, "a.csv", []byte("CCCD,Họ tên,Ngày sinh\n"+number(1)+",A,1990\n"))
	for _, out := range [][]clean.Outcome{nil, {{N: 2, Verdict: clean.Match}}, {{N: 1, Verdict: clean.Match}, {N: 1, Verdict: clean.Match}}, {{N: 1, Verdict: "x"}}} {
		o := clean.RunOptions{In: in, Out: filepath.Join(t.TempDir(), "b.csv"), Question: questionOf(nil), Desk: liar{out: out}, Now: nowStart}
		if _, err := clean.Run(context.Background(), o); err == nil {
			t.Errorf("%v was taken", len(out))
		}
	}
}

func TestProgressTellsTheRateOfTheLastTenSeconds(t *testing.T) {
	in := longList(t, "csv", 640)
	now := start
	var last clean.Progress
	o := clean.RunOptions{In: in, Out: filepath.Join(t.TempDir(), "b.csv"), Question: questionOf(nil), Now: func() time.Time { return now },
		Desk: ready{func() { now = now.Add(4 * time.Second) }}}
	o.Progress = func(p clean.Progress) {
		if p.Done < p.Total {
			last = p
		}
	}
	if _, err := clean.Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	if last.Done != 576 || last.Total != 640 || last.Rate != 16 || last.Left != 4*time.Second {
		t.Errorf("%+v", last)
	}
}
