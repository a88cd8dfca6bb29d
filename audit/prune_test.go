package audit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// TT 46/2022/TT-BCA: two years at least from the event. // req: R-12
func TestNothingYoungerThanTwoYearsIsPruned(t *testing.T) {
	b := newBench(t)
	first := b.now
	b.append(3)
	b.now = first.AddDate(2, 0, 0) // two years to the day
	for _, before := range []time.Time{b.now, b.now.Add(-time.Hour), b.now.AddDate(-1, 0, 0), first.Add(time.Minute), b.now.Add(-audit.Retention + time.Millisecond)} {
		if n, err := b.log.Prune(context.Background(), before); !errors.Is(err, audit.ErrTooYoung) || n != 0 {
			t.Errorf("prune before %s: %d %v", before, n, err)
		}
	}
	b.expectWhole(3)
	if audit.Retention < 731*24*time.Hour {
		t.Errorf("%s is less than two years, one of them a leap year", audit.Retention)
	}
}

func TestAPrunedRecordIsVerified(t *testing.T) {
	b := newBench(t)
	start := b.now
	for range 5 { // a head is sealed in what is pruned and in what is kept
		b.append(2)
		b.seal()
	}
	printed := b.head()
	b.live(start.Add(audit.Retention + 4*time.Minute).Sub(b.now))
	for _, want := range []int64{4, 0} {
		if n, err := b.log.Prune(context.Background(), b.now.Add(-audit.Retention)); err != nil || n != want {
			t.Errorf("pruned %d (%v), want %d", n, err, want)
		}
	}
	if v := b.verify(printed); len(v.Problems) > 0 || v.First != 5 || v.Entries != 6 {
		t.Errorf("%+v", v)
	}
	b.append(2)
	b.expectWhole(8)
	b.tamper("delete from audit where seq = 5")
	expectProblem(t, b.verify(), 6, "1 entries are missing")
}

func TestARecordThatWasPrunedWhollyGoesOn(t *testing.T) {
	b := newBench(t)
	b.append(3)
	b.seal()
	b.live(audit.Retention + 24*time.Hour)
	if n, err := b.log.Prune(context.Background(), b.now.Add(-audit.Retention)); err != nil || n != 3 {
		t.Fatalf("pruned %d (%v)", n, err)
	}
	if v := b.verify(); len(v.Problems) > 0 || v.Entries != 0 || v.Head.Seq != 3 {
		t.Errorf("%+v", v)
	}
	b.append(2)
	if v := b.verify(); len(v.Problems) > 0 || v.First != 4 || v.Head.Seq != 5 {
		t.Errorf("%+v", v)
	}
	b.seal()
	b.expectWhole(2)
}

func TestPruneStopsAtTheFirstYoungEntry(t *testing.T) {
	b := newBench(t)
	start := b.now
	for _, minute := range []int{0, 1, 90, 2, 3} { // the clock was wrong for a while
		b.now = start.Add(time.Duration(minute) * time.Minute)
		b.append(1)
	}
	b.live(start.Add(audit.Retention + time.Hour).Sub(b.now))
	if n, err := b.log.Prune(context.Background(), b.now.Add(-audit.Retention)); err != nil || n != 2 {
		t.Errorf("pruned %d (%v), want those before the young one", n, err)
	}
	b.expectWhole(3)
}

func TestPruneReachesMoreThanOneBatch(t *testing.T) {
	b := newBench(t)
	b.appendMany(2500)
	b.live(audit.Retention + time.Hour)
	if n, err := b.log.Prune(context.Background(), b.now.Add(-audit.Retention)); err != nil || n != 2500 {
		t.Errorf("pruned %d (%v)", n, err)
	}
	b.append(1)
	b.expectWhole(1)
}

// appendMany adds n entries in one commit.
func (b *bench) appendMany(n int) {
	b.t.Helper()
	if err := b.db.Write(context.Background(), func(tx *sqlite.Tx) error {
		for range n {
			if err := b.log.Append(tx, sample()); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.t.Fatal(err)
	}
}

// sample is an entry as the record has most of.
func sample() *audit.Entry {
	return &audit.Entry{Event: audit.Delivered, Message: "0190f1d0-6b1c-7c3a-9f00-3b2a1c0d9e8f", Sender: "H29.11", Service: "hotich.khai-sinh",
		Upstream: "hotich", Subject: "0123456789abcdef0123456789abcdef", Procedure: "1.004222", Officer: "CB-07", Unit: "H29.11.03",
		Attempt: 1, Ref: "NGSP-1", Took: 12, Waited: 40}
}
