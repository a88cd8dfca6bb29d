package report_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report"
)

// age lets time pass while the daemon runs, which seals the record.
func (b *bench) age(d time.Duration) {
	b.t.Helper()
	for d > 0 {
		part := min(d, 70*time.Hour)
		b.now, d = b.now.Add(part), d-part
		if _, err := b.record.Seal(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
	}
}

// pruned is a record whose first entries are old enough to go and gone: a message
// and a notice of those days wait still.
func pruned(t *testing.T) (b *bench, removed int64) {
	b = newBench(t)
	b.add(message(audit.Accepted), message(audit.Accepted), message(audit.Delivered), message(audit.Parked), audit.Entry{Event: audit.NoticeOpened, Sender: "H29.11", Notice: "1/2026"})
	if _, err := b.record.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.age(500 * 24 * time.Hour)
	b.add(message(audit.Accepted))
	b.age(audit.Retention - 499*24*time.Hour)
	removed, err := b.record.Prune(t.Context(), b.now.Add(-audit.Retention))
	if err != nil || removed != 5 {
		t.Fatalf("%d entries were removed, %v", removed, err)
	}
	return b, removed
}

// lately is a period that begins behind what was removed.
var lately = report.FirstHalf(2028)

func TestWhatRemovedEntriesLeftBehindIsProvedByTheRecord(t *testing.T) {
	b, _ := pruned(t)
	r := b.compile(lately, "")
	if m := r.Total.Messages; m.Before != 2 || m.Parked != 1 || r.Total.Notices.Before != 1 {
		t.Errorf("got %+v", r.Total)
	}
	if v := b.verify(r); !v.Holds() {
		t.Errorf("%+v", v)
	}
	b.add(message(audit.Accepted))
	for name, sabotage := range map[string][]string{
		"another balance, here and there": {"update report_carried set waiting = waiting + 5 where service <> ''", "update report_balance set waiting = waiting + 5 where service <> ''"},
		"a department that never was":     {"insert into report_carried values ('H29.99', 's', 3, 0, 0)", "insert into report_balance values ('H29.99', 's', 3, 0, 0)"},
	} {
		t.Run(name, func(t *testing.T) {
			b, _ := pruned(t)
			for _, s := range sabotage {
				b.do(s)
			}
			b.add(message(audit.Accepted))
			if v := b.verify(b.compile(lately, "")); v.Holds() || !strings.Contains(v.Problems[0].Text, "was changed since") || len(v.Differences) > 0 {
				t.Errorf("%+v", v)
			}
		})
	}
}

// Whoever changes the balances may add an entry that says so: it comes too late.
func TestAnEntryOfLaterProvesNoBalance(t *testing.T) {
	b, last := pruned(t)
	b.do("update report_carried set waiting = waiting + 5")
	b.do("update report_balance set waiting = waiting + 5 where service <> ''")
	if err := b.db.Write(t.Context(), func(tx *sqlite.Tx) error {
		carried, err := b.counts.Carried(tx)
		if err != nil {
			return err
		}
		anchor := audit.Head{Seq: last}
		if err := tx.Query("select hash from audit_anchor", func(r sqlite.Row) error { copy(anchor.Hash[:], r.Blob(0)); return nil }); err != nil {
			return err
		}
		return b.record.Append(tx, &audit.Entry{Event: audit.Pruned, Detail: audit.PrunedDetail(anchor, carried)})
	}); err != nil {
		t.Fatal(err)
	}
	if v := b.verify(b.compile(lately, "")); v.Holds() {
		t.Errorf("%+v", v)
	}
}

func TestARecordThatWasNeverPrunedHasNothingLeftBehind(t *testing.T) {
	b := newBench(t)
	b.add(message(audit.Accepted))
	b.do("insert into report_carried values ('H29.11', 'hotich.khai-sinh', 2, 0, 0)")
	b.do("update report_balance set waiting = waiting + 2")
	if v := b.verify(b.compile(first, "")); v.Holds() {
		t.Errorf("%+v", v)
	}
}

// A report that was frozen before the record was pruned holds still; its proof
// stands behind the end that it rests on.
func TestAReportOfBeforeAPruneHoldsBehindIt(t *testing.T) {
	b := newBench(t)
	b.add(message(audit.Accepted))
	if _, err := b.record.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.age(500 * 24 * time.Hour)
	b.add(message(audit.Accepted), message(audit.Delivered))
	r := b.compile(lately, "")
	early := b.compile(first, "")
	old := early
	old.Nodes = []report.Node{{Name: "tinh", Seq: 1, Hash: strings.Repeat("0", 64)}}
	b.age(audit.Retention - 499*24*time.Hour)
	if n, err := b.record.Prune(t.Context(), b.now.Add(-audit.Retention)); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	if v := b.verify(r); !v.Holds() || v.Entries != 3 {
		t.Errorf("%+v", v)
	}
	for _, gone := range []report.Report{early, old} {
		if _, err := b.counts.Verify(t.Context(), b.record, gone); !errors.Is(err, report.ErrPruned) {
			t.Errorf("a report whose entries are gone: %v", err)
		}
	}
}

// What was pruned before it was counted would be lost to the counts for ever.
func TestWhatIsNotCountedIsNotPruned(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(t.TempDir(), "old.db")
	b.open(path, false)
	b.add(message(audit.Accepted), message(audit.Accepted))
	if _, err := b.record.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.age(audit.Retention + 24*time.Hour)
	b.open(path, true)
	if n, err := b.record.Prune(t.Context(), b.now.Add(-audit.Retention)); n != 0 || err == nil || !strings.Contains(err.Error(), "not counted yet") {
		t.Errorf("%d entries were removed, %v", n, err)
	}
	if _, err := b.counts.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := b.record.Prune(t.Context(), b.now.Add(-audit.Retention)); n != 2 || err != nil {
		t.Errorf("%d entries were removed, %v", n, err)
	}
	if m := b.compile(lately, "").Total.Messages; m.Before != 2 {
		t.Errorf("got %+v", m)
	}
}
