package usage_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/usage"
)

// bench is a record with its counts, on a real file.
type bench struct {
	t      testing.TB
	db     *sqlite.DB
	record *audit.Log
	log    *usage.Log
}

func newBench(t testing.TB) *bench {
	t.Helper()
	db, err := sqlite.Open(context.Background(), sqlite.Options{Path: filepath.Join(t.TempDir(), "lgspd.db"), Schemas: []sqlite.Schema{audit.Schema(), usage.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	b := &bench{t: t, db: db, record: audit.New(audit.Options{DB: db, Key: []byte("pseudonyms")})}
	b.log = usage.New(db, b.record)
	return b
}

const today = "2026-07-15"

// lookedUp is the entry of a look-up, which set may change.
func lookedUp(set ...func(*audit.Entry)) *audit.Entry {
	e := &audit.Entry{Event: audit.Asked, Message: "0190f1d0-6b1c-7c3a-9f00-3b2a1c0d9e8f", Sender: "H29.11", System: "mot-cua", Service: "dancu.tra-cuu", Result: audit.Found, Attempt: 1, Took: 40}
	for _, f := range set {
		f(e)
	}
	return e
}

func (b *bench) add(day string, entries ...*audit.Entry) {
	b.t.Helper()
	for _, e := range entries {
		if err := b.log.Record(context.Background(), day, e); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) counts(from, to string) (all []usage.Count) {
	b.t.Helper()
	if err := b.log.Counts(context.Background(), from, to, func(c usage.Count) error { all = append(all, c); return nil }); err != nil {
		b.t.Fatal(err)
	}
	return all
}

// entries returns the record.
func (b *bench) entries() (all []audit.Entry) {
	b.t.Helper()
	rows, err := b.db.Read().QueryContext(context.Background(), "select entry from audit order by seq")
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text []byte
		var e audit.Entry
		if err := errors.Join(rows.Scan(&text), json.Unmarshal(text, &e)); err != nil {
			b.t.Fatal(err)
		}
		all = append(all, e)
	}
	if err := rows.Err(); err != nil {
		b.t.Fatal(err)
	}
	return all
}

// expectWhole fails unless the record is whole and has so many entries.
func (b *bench) expectWhole(entries int64) {
	b.t.Helper()
	v, err := b.record.Verify(context.Background())
	if err != nil || len(v.Problems) > 0 || v.Entries != entries {
		b.t.Errorf("%d entries, want %d; %v %v", v.Entries, entries, v.Problems, err)
	}
}

func TestLookUpsAreCountedByTheirResult(t *testing.T) {
	b := newBench(t)
	of := func(r audit.Result, attempt, took int64) *audit.Entry {
		return lookedUp(func(e *audit.Entry) { e.Result, e.Attempt, e.Took = r, attempt, took })
	}
	b.add(today, of(audit.Found, 1, 40), of(audit.Found, 1, 900), of(audit.Found, 1, 7), of(audit.NotFound, 1, 30), of(audit.Refused, 0, 1), of(audit.Refused, 0, 0),
		of(audit.Failed, 1, 5000), of(audit.Failed, 0, 3), of(audit.Failed, 2, 1)) // asked twice is asked
	want := []usage.Count{
		{today, "H29.11", "mot-cua", "dancu.tra-cuu", audit.Failed, 3, 2, 5004 * time.Millisecond, 5 * time.Second},
		{today, "H29.11", "mot-cua", "dancu.tra-cuu", audit.Found, 3, 3, 947 * time.Millisecond, 900 * time.Millisecond},
		{today, "H29.11", "mot-cua", "dancu.tra-cuu", audit.NotFound, 1, 1, 30 * time.Millisecond, 30 * time.Millisecond},
		{today, "H29.11", "mot-cua", "dancu.tra-cuu", audit.Refused, 2, 0, time.Millisecond, time.Millisecond},
	}
	if got := b.counts(today, today); !slices.Equal(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	b.expectWhole(9)
}

func TestARefusalOfAnAccountWithoutASystemIsCounted(t *testing.T) {
	b := newBench(t)
	b.add(today, lookedUp(func(e *audit.Entry) { e.System, e.Result, e.Attempt = "", audit.Refused, 0 }))
	if got := b.counts(today, today); len(got) != 1 || got[0].System != "" || got[0].N != 1 || got[0].Asked != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestCountsComeInOrderAndWithinTheirDays(t *testing.T) {
	b := newBench(t)
	at := func(department, system, service string, r audit.Result) *audit.Entry {
		return lookedUp(func(e *audit.Entry) { e.Sender, e.System, e.Service, e.Result = department, system, service, r })
	}
	days := []string{"2026-07-14", today, "2026-07-16", "2025-07-15", "2026-10-01"}
	for _, day := range days {
		b.add(day, at("H29.12", "a", "dancu.tra-cuu", audit.Found), at("H29.11", "b", "dancu.tra-cuu", audit.Found), at("H29.11", "a", "dancu.xac-thuc", audit.NotFound),
			at("H29.11", "a", "dancu.xac-thuc", audit.Found), at("H29.11", "a", "dancu.tra-cuu", audit.Refused))
	}
	for _, row := range []struct {
		from, to string
		days     []string
	}{
		{today, today, []string{today}}, {"2026-07-14", "2026-07-16", []string{"2026-07-14", today, "2026-07-16"}}, {"2026-01-01", "2026-12-31", []string{"2026-07-14", today, "2026-07-16", "2026-10-01"}},
		{"2026-07-16", "2026-07-14", nil}, {"2027-01-01", "2027-12-31", nil}, {"", "9", []string{"2025-07-15", "2026-07-14", today, "2026-07-16", "2026-10-01"}},
	} {
		got := b.counts(row.from, row.to)
		var inOrder []string
		for _, c := range got {
			if !slices.Contains(inOrder, c.Day) {
				inOrder = append(inOrder, c.Day)
			}
		}
		if !slices.Equal(inOrder, row.days) || len(got) != 5*len(row.days) {
			t.Errorf("%s to %s: %d counts of %v, want those of %v", row.from, row.to, len(got), inOrder, row.days)
		}
		if !slices.IsSortedFunc(got, inOrderOfKeys) {
			t.Errorf("%s to %s: out of order: %+v", row.from, row.to, got)
		}
	}
}

func inOrderOfKeys(a, b usage.Count) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Sender, b.Sender), cmp.Compare(a.System, b.System), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Result, b.Result))
}

func TestWhoReadsTheCountsMayStop(t *testing.T) {
	b := newBench(t)
	b.add(today, lookedUp(), lookedUp(func(e *audit.Entry) { e.Result = audit.NotFound }))
	stop, n := errors.New("enough"), 0
	if err := b.log.Counts(t.Context(), today, today, func(usage.Count) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
		t.Errorf("%d counts, then %v", n, err)
	}
	b.add(today, lookedUp()) // nothing is held by a reader that stopped
}

func TestWhatWasAskedOnADayIsWhatQuotasWereUsedFor(t *testing.T) {
	b := newBench(t)
	of := func(r audit.Result, attempt int64) *audit.Entry {
		return lookedUp(func(e *audit.Entry) { e.Result, e.Attempt = r, attempt })
	}
	b.add(today, of(audit.Found, 1), of(audit.NotFound, 1), of(audit.Failed, 1), of(audit.Failed, 0), of(audit.Refused, 0), lookedUp(func(e *audit.Entry) { e.System = "hotich" }))
	b.add("2026-07-14", of(audit.Found, 1))
	used, err := b.log.AskedOn(t.Context(), today)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[[3]string]int64{
		{"H29.11", "mot-cua", "dancu.tra-cuu"}: 3, {"H29.11", "hotich", "dancu.tra-cuu"}: 1,
		{"H29.11", "mot-cua", "dancu.xac-thuc"}: 0, {"H29.12", "mot-cua", "dancu.tra-cuu"}: 0, {"H29.11", "", "dancu.tra-cuu"}: 0,
	} {
		if got := used(at[0], at[1], at[2]); got != want {
			t.Errorf("%v: %d, want %d", at, got, want)
		}
	}
}

func TestACountThatCannotBeReadIsAnError(t *testing.T) {
	b := newBench(t)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.log.AskedOn(ended, today); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A look-up on record and not counted, or counted and not on record, would make
// the report of a department wrong.
func TestTheEntryAndItsCountAreOneCommit(t *testing.T) {
	for name, row := range map[string]struct {
		sabotage, day string
		entry         *audit.Entry
	}{
		"the count fails by its result": {"", today, lookedUp(func(e *audit.Entry) { e.Result = "seen" })},
		"the count fails by its day":    {"", "15/7/2026", lookedUp()},
		"the count fails on disk":       {"create trigger fail before insert on usage begin select raise(abort, 'made to fail'); end", today, lookedUp()},
		"the entry fails on disk":       {"create trigger fail before insert on audit begin select raise(abort, 'made to fail'); end", today, lookedUp()},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.add(today, lookedUp())
			if row.sabotage != "" {
				b.do(row.sabotage)
			}
			if err := b.log.Record(t.Context(), row.day, row.entry); err == nil {
				t.Fatal("it was recorded")
			}
			b.do("drop trigger if exists fail")
			if got := b.counts("", "9"); len(got) != 1 || got[0].N != 1 {
				t.Errorf("counted are %+v", got)
			}
			b.expectWhole(1)
			b.add(today, lookedUp())
			b.expectWhole(2)
		})
	}
}

// do runs a statement behind the counts' back.
func (b *bench) do(query string) {
	b.t.Helper()
	if err := b.db.Write(context.Background(), func(tx *sqlite.Tx) error { return tx.Do(query) }); err != nil {
		b.t.Fatal(err)
	}
}

// The entry of a look-up that fails to be counted has been appended already:
// what is recorded in the same commit must not build on it.
func TestAFailedLookUpDoesNotBreakTheChainOfThoseBesideIt(t *testing.T) {
	b := newBench(t)
	const each = 50
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range each {
				e := lookedUp(func(e *audit.Entry) { e.Message = fmt.Sprintf("%d-%d", i, n) })
				if i%2 == 1 {
					e.Result = "seen"
				}
				if err := b.log.Record(context.Background(), today, e); (err != nil) != (i%2 == 1) {
					t.Errorf("recorded with %v", err)
				}
			}
		})
	}
	wg.Wait()
	b.expectWhole(4 * each)
	if got := b.counts(today, today); len(got) != 1 || got[0].N != 4*each || got[0].Asked != 4*each {
		t.Errorf("counted are %+v", got)
	}
}

// design.md, promise 8: a number of the report can be recomputed from the record.
func TestCountsRecomputedFromTheRecordAreThoseOfTheTable(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			b, dice := newBench(t), rand.New(rand.NewPCG(seed, 0))
			pick := func(of ...string) string { return of[dice.IntN(len(of))] }
			days := map[int64]string{} // of entries by number: the day that they were counted on
			want := map[string]usage.Count{}
			for n := range int64(60) {
				e := lookedUp(func(e *audit.Entry) {
					e.Sender, e.System, e.Service = pick("H29.11", "H29.12"), pick("mot-cua", "hotich", ""), pick("dancu.tra-cuu", "dancu.xac-thuc")
					e.Result, e.Attempt, e.Took = audit.Result(pick("found", "not-found", "refused", "error")), dice.Int64N(3), dice.Int64N(10_000)
				})
				days[n+1] = pick("2026-07-14", today, "2026-07-16")
				b.add(days[n+1], e)
			}
			for _, e := range b.entries() {
				key := strings.Join([]string{days[e.Seq], e.Sender, e.System, e.Service, string(e.Result)}, "|")
				c := want[key]
				c.Day, c.Sender, c.System, c.Service, c.Result = days[e.Seq], e.Sender, e.System, e.Service, e.Result
				c.N, c.Asked, c.Took = c.N+1, c.Asked+min(e.Attempt, 1), c.Took+time.Duration(e.Took)*time.Millisecond
				c.Slowest = max(c.Slowest, time.Duration(e.Took)*time.Millisecond)
				want[key] = c
			}
			var recomputed []usage.Count
			for _, c := range want {
				recomputed = append(recomputed, c)
			}
			slices.SortFunc(recomputed, inOrderOfKeys)
			if got := b.counts("", "9"); !slices.Equal(got, recomputed) {
				t.Errorf("got\n%+v\nwant\n%+v", got, recomputed)
			}
			b.expectWhole(60)
		})
	}
}

// A commit that failed may have come to the disk all the same.
func TestAnEntryThatIsTriedAgainIsOnRecordOnce(t *testing.T) {
	b := newBench(t)
	e := lookedUp()
	b.add(today, e, e)
	b.do("create trigger fail before insert on usage begin select raise(abort, 'made to fail'); end")
	late := lookedUp(func(e *audit.Entry) { e.Message = "0190f1d0-6b1c-7c3a-9f00-3b2a1c0d9e90" })
	if err := b.log.Record(t.Context(), today, late); err == nil {
		t.Fatal("it was recorded")
	}
	b.do("drop trigger fail")
	b.add(today, lookedUp(func(e *audit.Entry) { e.Message = "0190f1d0-6b1c-7c3a-9f00-3b2a1c0d9e91" }), late, late)
	b.expectWhole(3)
	if got := b.counts(today, today); len(got) != 1 || got[0].N != 3 || got[0].Asked != 3 {
		t.Errorf("counted are %+v", got)
	}
}
