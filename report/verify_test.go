package report_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

func (b *bench) verify(r report.Report) report.Verdict {
	b.t.Helper()
	v, err := b.counts.Verify(context.Background(), b.record, r)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// design.md, promise 8: any number can be recomputed from the record.
func TestEveryNumberIsFoundAgainInTheRecord(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	w := newWorld(t, seed)
	w.add(down("hotich"))
	w.now = w.now.Add(time.Hour)
	for _, p := range append(w.periods(), report.SecondHalf(2027)) {
		for _, scope := range []string{"", "H29.11"} {
			r := w.compile(p, scope)
			if v := w.verify(r); !v.Holds() || v.Entries != r.Nodes[0].Seq || !v.Before {
				t.Errorf("%s %s: %+v", p, scope, v)
			}
		}
	}
}

// A report that was compiled while its period ran rests on the record up to then.
func TestAReportHoldsWhateverComesAfterIt(t *testing.T) {
	b := newBench(t)
	b.at("2026-03-01 08:00:00.000")
	b.add(audit.Entry{Event: audit.Started}, message(audit.Accepted), down("hotich"))
	b.at("2026-03-01 09:00:00.000")
	r := b.compile(first, "")
	b.add(message(audit.Delivered), up("hotich"), message(audit.Accepted))
	if v := b.verify(r); !v.Holds() {
		t.Errorf("%+v", v)
	}
	if r.Total.Down != minutes(60) {
		t.Errorf("what is down still was down for %d ms", r.Total.Down)
	}
}

func TestANumberThatTheRecordDoesNotConfirmIsNamed(t *testing.T) {
	b := newBench(t)
	b.add(message(audit.Accepted), message(audit.Rejected, func(e *audit.Entry) { e.Fields = "Tre/HoTen" }), down("hotich"))
	b.now = b.now.Add(time.Hour)
	b.add(up("hotich"))
	for where, change := range map[string]func(*report.Report){
		"total/messages/received":                        func(r *report.Report) { r.Total.Messages.Received++ },
		"messages/H29.11/hotich.khai-sinh/received":      func(r *report.Report) { r.Messages[0].Received = 7 },
		"fields/H29.11/hotich.khai-sinh/Tre/HoTen/times": func(r *report.Report) { r.Fields[0].Times = 0 },
		"lookups/H29.26/x/found": func(r *report.Report) {
			r.LookUps = append(r.LookUps, report.LookUpLine{Department: "H29.26", Service: "x"})
		},
		"before/messages/received": func(r *report.Report) { r.Before = &report.Totals{} },
		"nodes/1/at":               func(r *report.Report) { r.Nodes = []report.Node{r.Nodes[0]}; r.Nodes[0].At = b.now.Add(-time.Hour) },
		"outages/tinh/hotich/messages/down": func(r *report.Report) {
			r.Outages = append([]report.OutageLine{{Node: "tinh", Upstream: "hotich", Line: "messages", Times: 3, Down: 7}}, r.Outages...)
		},
		"messages/H29.11/hotich.khai-sinh#2/received": func(r *report.Report) {
			r.Messages = append([]report.MessageLine{{Department: "H29.11", Service: "hotich.khai-sinh", Messages: report.Messages{Received: 900}}}, r.Messages...)
		},
	} {
		r := b.compile(first, "")
		r.Messages, r.Fields = append([]report.MessageLine{}, r.Messages...), append([]report.FieldLine{}, r.Fields...)
		change(&r)
		v := b.verify(r)
		found := false
		for _, d := range v.Differences {
			found = found || d.Where == where && d.Report != d.Record
		}
		if !found {
			t.Errorf("%s: got %v", where, v.Differences)
		}
	}
}

func TestCountsThatWereChangedAreFound(t *testing.T) {
	b := newBench(t)
	b.add(message(audit.Accepted), message(audit.Delivered))
	b.do("update report_count set n = n + 1")
	v := b.verify(b.compile(first, ""))
	if v.Holds() || len(v.Problems) > 0 || !strings.Contains(fmt.Sprint(v.Differences), "the report says 2, the record 1") {
		t.Errorf("got %+v", v)
	}
}

func TestARecordThatWasRewrittenIsFound(t *testing.T) {
	for name, sabotage := range map[string]string{
		"an entry was changed": "update audit set entry = replace(entry, 'H29.11', 'H29.12') where seq = 2",
		"the end was cut off":  "delete from audit where seq = 3",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.add(message(audit.Accepted), message(audit.Accepted), message(audit.Delivered))
			r := b.compile(first, "")
			b.do(sabotage)
			if v := b.verify(r); v.Holds() || len(v.Problems) == 0 {
				t.Errorf("got %+v", v)
			}
		})
	}
}

// prune removes the first entries as audit.Prune does, without waiting two years.
func (b *bench) prune(last int64) {
	b.t.Helper()
	var removed []audit.Entry
	reading, err := b.record.Read(context.Background(), audit.Range{Last: last}, func(e *audit.Entry) error { removed = append(removed, *e); return nil })
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.db.Write(context.Background(), func(tx *sqlite.Tx) error {
		for i := range removed {
			if err := b.counts.Carry(tx, &removed[i]); err != nil {
				return err
			}
		}
		carried, err := b.counts.Carried(tx)
		if err != nil {
			return err
		}
		if err := b.record.Append(tx, &audit.Entry{Event: audit.Pruned, Detail: audit.PrunedDetail(reading.Head, carried)}); err != nil {
			return err
		}
		if err := tx.Do("update audit_anchor set seq = ?1, hash = (select hash from audit where seq = ?1)", last); err != nil {
			return err
		}
		return tx.Do("delete from audit where seq <= ?", last)
	}); err != nil {
		b.t.Fatal(err)
	}
}

// What waits was received by entries that may be gone by now.
func TestBalancesHoldThoughOldEntriesArePruned(t *testing.T) {
	w := newWorld(t, rand.Uint64())
	r := w.compile(report.FirstHalf(2027), "")
	var last int64
	if _, err := w.record.Read(t.Context(), audit.Range{}, func(e *audit.Entry) error {
		if e.At.Before(report.SecondHalf(2026).From.Begin()) {
			last = e.Seq
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.prune(last)
	if v := w.verify(r); !v.Holds() {
		t.Errorf("%+v", v)
	}
	if again := w.compile(report.FirstHalf(2027), ""); again.Total != r.Total {
		t.Errorf("then the report says %+v", again.Total)
	}
}

func TestAReportWhoseEntriesArePrunedCannotBeVerified(t *testing.T) {
	w := newWorld(t, rand.Uint64())
	of2026, before := w.compile(report.FirstHalf(2026), ""), w.compile(report.SecondHalf(2025), "")
	var last int64
	if _, err := w.record.Read(t.Context(), audit.Range{}, func(e *audit.Entry) error {
		if vntime.DayOf(e.At) < report.FirstHalf(2026).From {
			last = e.Seq
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	w.prune(last - 5)
	if _, err := w.counts.Verify(t.Context(), w.record, before); !errors.Is(err, report.ErrPruned) {
		t.Errorf("got %v", err)
	}
	if v := w.verify(of2026); !v.Holds() || v.Before {
		t.Errorf("of the period that is still there: %+v", v)
	}
}
