package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"lgsp.internal/adapter/audit"
)

// read reads a range and returns its entries.
func (b *bench) read(r audit.Range) ([]audit.Entry, audit.Reading) {
	b.t.Helper()
	var all []audit.Entry
	reading, err := b.log.Read(context.Background(), r, func(e *audit.Entry) error {
		all = append(all, *e)
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return all, reading
}

func expectFound(t *testing.T, problems []audit.Problem, seq int64, text string) {
	t.Helper()
	expectProblem(t, audit.Verdict{Problems: problems}, seq, text)
}

func TestReadTellsEveryEntryAsItIsStored(t *testing.T) {
	b := newBench(t)
	b.append(3)
	b.appendMany(500)
	all, r := b.read(audit.Range{})
	if r.Entries != 503 || r.First != 1 || r.Anchor != (audit.Head{}) || r.Head != b.head() || len(r.Problems) > 0 || len(all) != 503 {
		t.Errorf("%+v, %d entries", r, len(all))
	}
	rows, err := b.db.Read().QueryContext(t.Context(), "select entry from audit order by seq")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for i := 0; rows.Next(); i++ {
		var text string
		var want audit.Entry
		if err := errors.Join(rows.Scan(&text), json.Unmarshal([]byte(text), &want)); err != nil || all[i] != want {
			t.Fatalf("%v: %+v, want %+v", err, all[i], want)
		}
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}

func TestAnEmptyRecordIsRead(t *testing.T) {
	b := newBench(t)
	if all, r := b.read(audit.Range{}); len(all) > 0 || r.Entries != 0 || r.First != 0 || r.Head != (audit.Head{}) || len(r.Problems) > 0 {
		t.Errorf("%+v", r)
	}
}

// Readings of neighbouring ranges fit together by their heads.
func TestARangeIsReadWithTheHeadBeforeIt(t *testing.T) {
	b := newBench(t)
	b.append(30)
	_, whole := b.read(audit.Range{})
	var seqs []int64
	before := audit.Head{}
	for _, r := range []audit.Range{{First: 1, Last: 7}, {First: 8, Last: 8}, {First: 9, Last: 29}, {First: 30}} {
		all, got := b.read(r)
		if got.Anchor != before || got.First != r.First || len(got.Problems) > 0 || int(got.Entries) != len(all) {
			t.Errorf("%+v is read as %+v", r, got)
		}
		before = got.Head
		for _, e := range all {
			seqs = append(seqs, e.Seq)
		}
	}
	if before != whole.Head || len(seqs) != 30 || !slices.IsSorted(seqs) {
		t.Errorf("read %v up to %v, want %v", seqs, before, whole.Head)
	}
	if all, got := b.read(audit.Range{First: 31, Last: 40}); len(all) > 0 || got.Anchor != whole.Head || got.Head != whole.Head || len(got.Problems) > 0 {
		t.Errorf("behind the end: %+v", got)
	}
}

func TestAPrunedRecordIsReadFromItsBeginning(t *testing.T) {
	b := newBench(t)
	b.append(4)
	anchor := b.head()
	b.live(audit.Retention + 1)
	b.append(3)
	b.expectPrune(4, nil)
	for _, first := range []int64{0, 1, 4, 5} {
		all, r := b.read(audit.Range{First: first})
		if r.Anchor != anchor || r.First != 5 || r.Entries != 3 || len(all) != 3 || len(r.Problems) > 0 {
			t.Errorf("from %d: %+v", first, r)
		}
	}
}

func TestReadNoticesWhatVerifyNotices(t *testing.T) {
	b := newBench(t)
	b.append(20)
	b.tamper("update audit set entry = replace(entry, 'H29.11', 'H29.12') where seq = 5")
	b.tamper("delete from audit where seq in (8, 9)")
	b.tamper("update audit set hash = zeroblob(32) where seq = 12")
	b.tamper("update audit set entry = '{\"seq\":15,\"at\":' where seq = 15")
	all, r := b.read(audit.Range{})
	expectFound(t, r.Problems, 5, "was changed")
	expectFound(t, r.Problems, 10, "2 entries are missing")
	expectFound(t, r.Problems, 12, "was changed")
	expectFound(t, r.Problems, 13, "was changed")
	expectFound(t, r.Problems, 15, "is not an entry")
	if len(all) != 17 || r.Entries != 18 || all[4].Sender != "H29.12" {
		t.Errorf("%d entries were told of %d", len(all), r.Entries)
	}
}

func TestReadStopsAtTheFirstErrorOfWhoeverReads(t *testing.T) {
	b := newBench(t)
	b.append(10)
	enough, told := errors.New("enough"), 0
	_, err := b.log.Read(t.Context(), audit.Range{}, func(*audit.Entry) error {
		if told++; told == 4 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || told != 4 {
		t.Errorf("%d entries were told, %v", told, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	told = 0
	_, err = b.log.Read(ctx, audit.Range{}, func(*audit.Entry) error { told++; stop(); return nil })
	if !errors.Is(err, context.Canceled) || told != 1 {
		t.Errorf("after the end of its context %d entries were told, %v", told, err)
	}
	b.append(1) // nothing is left open
	b.expectWhole(11)
}

func TestAReadingThatPruningOvertakesSaysSo(t *testing.T) {
	b := newBench(t)
	b.appendMany(many)
	b.live(audit.Retention + 1)
	told := 0
	_, err := b.log.Read(t.Context(), audit.Range{}, func(*audit.Entry) error {
		if told++; told == 10 {
			b.expectPrune(many, nil)
		}
		return nil
	})
	if !errors.Is(err, audit.ErrPruned) {
		t.Errorf("after %d entries: %v", told, err)
	}
}

func TestALongRecordIsReadAcrossItsShortReadsWhileItGrows(t *testing.T) {
	b := newBench(t)
	b.appendMany(many)
	told := int64(0)
	r, err := b.log.Read(t.Context(), audit.Range{Last: many}, func(e *audit.Entry) error {
		if told++; e.Seq != told {
			return fmt.Errorf("entry %d is told as number %d", e.Seq, told)
		}
		if told%7000 == 0 {
			b.appendMany(100)
		}
		return nil
	})
	if err != nil || told != many || r.Entries != many || r.Head.Seq != many || len(r.Problems) > 0 {
		t.Errorf("%+v %v", r, err)
	}
}

// What was kept of one entry must not change with the next, and the memory of a
// reading must not grow with the record.
func TestAReadingHoldsNoMoreThanItsShortReads(t *testing.T) {
	b := newBench(t)
	for range 4 {
		b.appendMany(many)
	}
	var most, before uint64
	var now runtime.MemStats
	told := 0
	if _, err := b.log.Read(t.Context(), audit.Range{}, func(e *audit.Entry) error {
		if told++; told%20_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			if before == 0 {
				before = now.HeapAlloc
			}
			most = max(most, now.HeapAlloc)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if most > before+1<<20 {
		t.Errorf("%d bytes more are held in the end than after the first entries", most-before)
	}
}

func TestARangeBehindTheEndTellsNothingThatStandsBeforeIt(t *testing.T) {
	b := newBench(t)
	b.append(3)
	all, r := b.read(audit.Range{First: 10})
	if len(all) > 0 || r.Entries != 0 || r.Head != b.head() || len(r.Problems) > 0 {
		t.Errorf("%+v", r)
	}
	b.append(6)
	if all, r = b.read(audit.Range{First: 10}); len(all) > 0 || r.Head != b.head() {
		t.Errorf("%+v", r)
	}
	b.append(2)
	if all, r = b.read(audit.Range{First: 10}); len(all) != 2 || r.First != 10 || len(r.Problems) > 0 {
		t.Errorf("%+v", r)
	}
}
