package report_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/report"
)

var first = report.FirstHalf(2026)

func TestARecordOfAnEarlierVersionIsCountedWhenAReportIsAskedFor(t *testing.T) {
	counted, uncounted := newBench(t), newBench(t)
	uncounted.open(filepath.Join(t.TempDir(), "old.db"), false)
	for _, b := range []*bench{counted, uncounted} {
		b.at("2026-01-05 08:00:00.000")
		b.add(audit.Entry{Event: audit.Started})
		for range 30 {
			b.add(message(audit.Accepted), message(audit.Delivered))
		}
		b.add(audit.Entry{Event: audit.UpstreamDown, Upstream: "hotich", Detail: "messages"})
		b.at("2026-01-05 09:30:00.000")
		b.add(audit.Entry{Event: audit.UpstreamUp, Upstream: "hotich", Detail: "messages"}, message(audit.Rejected, func(e *audit.Entry) { e.Fields = "Tre/HoTen" }))
	}
	want := counted.compile(first, "")
	if want.Total.Messages.Delivered != 30 || want.Total.Down != 90*60*1000 || len(want.Fields) != 1 {
		t.Fatalf("got %+v", want.Total)
	}
	got := uncounted.compile(first, "")
	sameJSON(t, "report", got, want)
	if n, err := uncounted.counts.CatchUp(t.Context()); n != 0 || err != nil {
		t.Errorf("then %d entries more were counted, %v", n, err)
	}
}

// Whoever writes while the counts are behind must not make them skip anything.
func TestCountsThatAreBehindStayAsTheyAreUntilTheyCatchUp(t *testing.T) {
	b := newBench(t)
	path := b.db.Path()
	b.add(message(audit.Accepted))
	other := &bench{t: t, now: b.now}
	other.open(path, false)
	other.add(message(audit.Accepted))
	b.add(message(audit.Accepted))
	if n, err := b.counts.CatchUp(t.Context()); n != 2 || err != nil {
		t.Fatalf("%d entries were counted, %v; want the two since the first that was not", n, err)
	}
	b.add(message(audit.Delivered))
	expect(t, "then", b.compile(first, "").Total.Messages, report.Messages{Received: 3, Delivered: 1, Waiting: 2, Within: report.Spans{1}})
}

func TestCountsCatchUpWhileOthersWrite(t *testing.T) {
	b := newBench(t)
	other := &bench{t: t, now: b.now}
	other.open(b.db.Path(), false)
	for range 50 {
		other.add(message(audit.Accepted))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				e := message(audit.Accepted)
				if err := b.record.Record(context.Background(), &e); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 20 {
		if _, err := b.counts.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	expect(t, "in the end", b.compile(first, "").Total.Messages, report.Messages{Received: 250, Waiting: 250})
}

// Two processes, as a command beside the daemon, count the same record.
func TestTwoProcessesCountTogether(t *testing.T) {
	b := newBench(t)
	other := &bench{t: t, now: b.now}
	other.open(b.db.Path(), true)
	for range 20 {
		b.add(message(audit.Accepted))
		other.add(message(audit.Delivered), message(audit.Rejected))
	}
	want := report.Messages{Received: 20, Delivered: 20, Rejected: 20, Within: report.Spans{20}}
	expect(t, "the one", b.compile(first, "").Total.Messages, want)
	expect(t, "the other", other.compile(first, "").Total.Messages, want)
}

// What a write leaves behind that is given up must not be counted with another.
func TestAWriteThatIsGivenUpIsNotCounted(t *testing.T) {
	b := newBench(t)
	refused := errors.New("refused")
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			err := b.db.Write(context.Background(), func(tx *sqlite.Tx) error {
				e := message(audit.Accepted)
				if err := b.record.Append(tx, &e); err != nil || i%3 != 0 {
					return err
				}
				return refused
			})
			if (i%3 == 0) != errors.Is(err, refused) {
				t.Errorf("written with %v", err)
			}
		})
	}
	wg.Wait()
	expect(t, "counted", b.compile(first, "").Total.Messages, report.Messages{Received: 133, Waiting: 133})
}

// A fault of the counts stops no message.
func TestWhatCannotBeCountedIsWrittenAllTheSameAndCountedLater(t *testing.T) {
	b := newBench(t)
	b.add(message(audit.Accepted))
	b.do("create trigger fail before update on report_counted begin select raise(abort, 'made to fail'); end")
	b.add(message(audit.Accepted), message(audit.Delivered))
	b.do("drop trigger fail")
	b.add(message(audit.Accepted))
	expect(t, "counted later", b.compile(first, "").Total.Messages, report.Messages{Received: 3, Delivered: 1, Waiting: 2, Within: report.Spans{1}})
}

// do runs a statement behind the counts' back.
func (b *bench) do(query string) {
	b.t.Helper()
	if err := b.db.Write(context.Background(), func(tx *sqlite.Tx) error { return tx.Do(query) }); err != nil {
		b.t.Fatal(err)
	}
}

func TestAnEmptyRecordGivesAReportOfNothing(t *testing.T) {
	b := newBench(t)
	r := b.compile(first, "")
	if r.Total != (report.Totals{}) || r.Before != nil || r.LookUps == nil || r.Messages == nil || r.Nodes[0].Seq != 0 || !r.Nodes[0].At.IsZero() {
		t.Errorf("got %+v", r)
	}
	if len(r.Months) != 7 {
		t.Errorf("%d months", len(r.Months))
	}
}
