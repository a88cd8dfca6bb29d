package report_test

import (
	"math/rand/v2"
	"testing"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/report"
)

func TestCountsThatAreWrongAreMadeAnewFromTheRecord(t *testing.T) {
	w := newWorld(t, rand.Uint64())
	w.add(audit.Entry{Event: audit.Stopped})
	period := report.Year(2026)
	r := w.compile(period, "")
	for _, sabotage := range []string{"update report_count set n = n + 1 where day % 7 = 0", "delete from report_field", "update report_balance set waiting = waiting - 3, open = 9",
		"insert into report_outage (upstream, line, began, ended) values ('hotich', 'messages', 1767225600000, 1767225700000)", "update report_counted set at = 5"} {
		w.do(sabotage)
	}
	if v := w.verify(w.compile(period, "")); v.Holds() {
		t.Fatal("nothing is wrong")
	}
	n, err := w.counts.Recount(t.Context())
	if err != nil || n != r.Nodes[0].Seq {
		t.Errorf("%d entries were counted anew, %v; want %d", n, err, r.Nodes[0].Seq)
	}
	sameJSON(t, "counted anew", w.compile(period, ""), r)
	w.add(message(audit.Accepted))
	if v := w.verify(w.compile(report.FirstHalf(2027), "")); !v.Holds() {
		t.Errorf("then %+v", v)
	}
}

func TestCountingAnewKeepsTheDaysThatAreNoLongerOnRecord(t *testing.T) {
	w := newWorld(t, rand.Uint64())
	old, now := w.compile(report.FirstHalf(2025), ""), w.compile(report.FirstHalf(2027), "")
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
	if _, err := w.counts.Recount(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := w.compile(report.FirstHalf(2025), ""); again.Total.Messages.Received != old.Total.Messages.Received || again.Total.LookUps != old.Total.LookUps {
		t.Errorf("of before, %+v", again.Total)
	}
	if again := w.compile(report.FirstHalf(2027), ""); again.Total != now.Total {
		t.Errorf("of now, %+v, want %+v", again.Total, now.Total)
	}
}

func TestAnEmptyRecordIsCountedAnewAsNothing(t *testing.T) {
	b := newBench(t)
	if n, err := b.counts.Recount(t.Context()); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	b.add(message(audit.Accepted))
	expect(t, "then", b.compile(first, "").Total.Messages, report.Messages{Received: 1, Waiting: 1})
}
