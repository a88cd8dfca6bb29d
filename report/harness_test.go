package report_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

// bench is a record that is counted, on a real file, with a clock that tests set.
type bench struct {
	t      testing.TB
	db     *sqlite.DB
	record *audit.Log
	counts *report.Counts
	now    time.Time
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Date(2026, 1, 5, 8, 0, 0, 0, vntime.Zone)}
	b.open(filepath.Join(t.TempDir(), "lgspd.db"), true)
	return b
}

// open opens the database; one that does not count is of an earlier version.
func (b *bench) open(path string, counting bool) {
	b.t.Helper()
	db, err := sqlite.Open(context.Background(), sqlite.Options{Path: path, Schemas: []sqlite.Schema{audit.Schema(), report.Schema()}, Now: b.clock})
	if err != nil {
		b.t.Fatal(err)
	}
	b.db, b.counts = db, report.New(db)
	o := audit.Options{DB: db, Key: []byte("pseudonyms"), Now: b.clock}
	if counting {
		o.Counter = b.counts
		b.counts.Keep()
	}
	b.record = audit.New(o)
	b.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.t.Error(err)
		}
	})
}

func (b *bench) clock() time.Time { return b.now }

// at sets the clock to a moment of Vietnam's time.
func (b *bench) at(moment string) {
	b.t.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04:05.000", moment, vntime.Zone)
	if err != nil {
		b.t.Fatal(err)
	}
	b.now = t
}

// add puts entries on record, now.
func (b *bench) add(entries ...audit.Entry) {
	b.t.Helper()
	for i := range entries {
		if err := b.record.Record(context.Background(), &entries[i]); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) compile(p report.Period, scope string) report.Report {
	b.t.Helper()
	r, err := b.counts.Compile(context.Background(), b.order(p, scope))
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *bench) order(p report.Period, scope string) report.Order {
	return report.Order{Period: p, Scope: scope, House: report.House{Province: "Tỉnh Thử", Node: "tinh"}, At: b.now}
}

// message is an entry about a message of the Department of Justice.
func message(event audit.Event, set ...func(*audit.Entry)) audit.Entry {
	e := audit.Entry{Event: event, Message: "0190f1d0-6b1c-7c3a-9f00-3b2a1c0d9e8f", Sender: "H29.11", Service: "hotich.khai-sinh", Upstream: "hotich"}
	for _, f := range set {
		f(&e)
	}
	return e
}

func from(state string) func(*audit.Entry) { return func(e *audit.Entry) { e.From = state } }

func code(c string) func(*audit.Entry) { return func(e *audit.Entry) { e.Code = c } }

func waited(d time.Duration) func(*audit.Entry) {
	return func(e *audit.Entry) { e.Waited = d.Milliseconds() }
}

func sameJSON(t testing.TB, what string, got, want any) {
	t.Helper()
	a, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(want, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if string(a) != string(b) {
		t.Errorf("%s: got\n%s\nwant\n%s", what, a, b)
	}
}
