package filing_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
)

var (
	half    = report.FirstHalf(2026)
	ours    = filing.Key{Period: half, Department: "H29.11"}
	theirs  = filing.Key{Period: half, Department: "H29.12"}
	whole   = filing.Key{Period: half}
	officer = filing.Who{Account: "tu-phap-1", Name: "Trần Thị Thử"}
	police  = filing.Who{Account: "cong-an-1", Name: "Lê Văn Mẫu"}
	both    = []string{"H29.12", "H29.11"}
	ctx     = context.Background()
)

// bench is a desk on a real file, with a clock and figures that the test moves.
// When it is closed, everything that must hold of reports at rest is checked.
type bench struct {
	t       testing.TB
	path    string
	ahead   atomic.Int64
	total   atomic.Int64 // what the figures say
	fail    error        // of compiling
	db      *sqlite.DB
	log     *audit.Log
	desk    *filing.Desk
	damaged bool // the test damaged the database, so it is not expected to be whole
}

// The day after the period, in the morning.
var start = time.Date(2026, 6, 15, 8, 0, 0, 0, vntime.Zone)

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "lgspd.db")}
	b.open()
	t.Cleanup(b.close)
	return b
}

func (b *bench) now() time.Time { return start.Add(time.Duration(b.ahead.Load())) }

func (b *bench) pass(d time.Duration) { b.ahead.Add(int64(d)) }

// at moves the clock to a day, at eight.
func (b *bench) at(day vntime.Day) { b.ahead.Store(int64(day.Begin().Add(8 * time.Hour).Sub(start))) }

func (b *bench) open() {
	b.t.Helper()
	var err error
	if b.db, err = sqlite.Open(ctx, sqlite.Options{Path: b.path, Schemas: []sqlite.Schema{audit.Schema(), filing.Schema()}}); err != nil {
		b.t.Fatal(err)
	}
	b.log = audit.New(audit.Options{DB: b.db, Key: []byte("pseudonyms"), Now: b.now})
	b.desk = filing.NewDesk(filing.Options{DB: b.db, Audit: b.log, Compile: b.compile, Deadline: 2, ProvinceDeadline: 10, Now: b.now})
}

// compile makes figures as long as the record is: its end is always another.
func (b *bench) compile(_ context.Context, p report.Period, department string) (report.Report, error) {
	if b.fail != nil {
		return report.Report{}, b.fail
	}
	head, err := b.log.Head(ctx)
	r := report.Report{Format: report.Format, Period: p, From: p.From, To: p.To, Over: p.Over(b.now()), Scope: department, At: b.now(),
		Nodes: []report.Node{{Name: "tinh", Seq: head.Seq}}}
	r.Total.Messages.Received = b.total.Load()
	return r, err
}

func (b *bench) close() {
	if b.db == nil {
		return
	}
	if !b.damaged && !b.t.Failed() {
		if v, err := b.desk.Verify(ctx); err != nil || len(v.Problems) > 0 {
			b.t.Errorf("the reports: %v %v", v.Problems, err)
		}
		if v, err := b.log.Verify(ctx); err != nil || len(v.Problems) > 0 {
			b.t.Errorf("the record: %v %v", v.Problems, err)
		}
		if steps := b.count("select count(*) from filing_step"); steps != int64(len(b.record())) {
			b.t.Errorf("%d steps and %d entries", steps, len(b.record()))
		}
	}
	if err := b.db.Close(); err != nil {
		b.t.Error(err)
	}
	b.db = nil
}

func (b *bench) reopen() {
	b.t.Helper()
	b.close()
	b.open()
}

func (b *bench) count(query string, args ...any) (n int64) {
	b.t.Helper()
	if err := b.db.Read().QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

// execBehind changes the file as nothing in the program does.
func (b *bench) execBehind(query string) {
	b.t.Helper()
	db, err := sql.Open("sqlite3", b.path)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := db.ExecContext(ctx, query); err != nil {
		b.t.Error(err)
	}
	if err := db.Close(); err != nil {
		b.t.Error(err)
	}
}

// record returns the whole record.
func (b *bench) record() (entries []audit.Entry) {
	b.t.Helper()
	var out bytes.Buffer
	if _, err := b.log.Export(ctx, &out, time.Time{}, time.Time{}); err != nil {
		b.t.Fatal(err)
	}
	for lines := bufio.NewScanner(&out); lines.Scan(); {
		var line struct{ Entry audit.Entry }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			b.t.Fatal(err)
		}
		if line.Entry.Event != "" {
			entries = append(entries, line.Entry)
		}
	}
	return entries
}

// lastEntry returns the last entry of the record.
func (b *bench) lastEntry() audit.Entry {
	b.t.Helper()
	entries := b.record()
	return entries[len(entries)-1]
}

// statement lacks nothing.
func statement() report.Statement {
	return report.Statement{Assessment: "Kết nối ổn định.", Difficulties: "Đường truyền của một xã hay gián đoạn.", Proposals: "Không có.",
		Checks:      []report.Check{{On: vntime.Date(2026, 3, 5), By: "Phòng PA05", Subject: "Hệ thống một cửa", Result: "Đạt yêu cầu."}},
		Corrections: []report.Correction{{Item: "Hồ sơ khai sinh", Recorded: "1.204", Right: "1.203", Reason: "Một hồ sơ gửi thử."}}}
}

func (b *bench) get(k filing.Key) filing.Filing {
	b.t.Helper()
	f, err := b.desk.Get(ctx, k)
	if err != nil {
		b.t.Fatal(err)
	}
	return f
}

// figures returns the fingerprint of the figures that are shown now.
func (b *bench) figures(k filing.Key) string {
	b.t.Helper()
	r, err := b.compile(ctx, k.Period, k.Department)
	if err != nil {
		b.t.Fatal(err)
	}
	print, err := filing.Figures(r)
	if err != nil {
		b.t.Fatal(err)
	}
	return print
}

// do goes along the arrow to a state with all that it needs; Draft is a save.
func (b *bench) do(k filing.Key, to filing.State) (filing.Filing, error) {
	b.t.Helper()
	seen := b.get(k).Revision
	switch to {
	case filing.Draft:
		return b.desk.Save(ctx, k, seen, statement(), officer)
	case filing.Completed:
		return b.desk.Complete(ctx, k, seen, officer)
	case filing.Confirmed:
		return b.desk.Confirm(ctx, k, seen, b.figures(k), officer)
	case filing.Received:
		return b.desk.Receive(ctx, k, seen, police)
	case filing.Returned:
		return b.desk.Return(ctx, k, seen, police, "Thiếu số liệu của Phòng Hộ tịch.")
	case filing.Consolidated:
		return b.desk.Consolidate(ctx, k.Period, filing.Consolidation{Seen: seen, By: police, Departments: both, Reason: "Bổ sung."})
	case filing.Issued:
		return b.desk.Issue(ctx, k.Period, seen, police, "05/BC-CATP", vntime.DayOf(b.now()))
	}
	b.t.Fatalf("nothing leads to %s", to)
	return filing.Filing{}, nil
}

// along goes along several arrows, which must be there.
func (b *bench) along(k filing.Key, states ...filing.State) (f filing.Filing) {
	b.t.Helper()
	for _, to := range states {
		var err error
		if f, err = b.do(k, to); err != nil || f.State != to {
			b.t.Fatalf("to %s: %s, %v", to, f.State, err)
		}
	}
	return f
}

func compiled(r report.Report) func(context.Context, report.Period, string) (report.Report, error) {
	return func(context.Context, report.Period, string) (report.Report, error) { return r, nil }
}

func wantKind(t testing.TB, err error, kind lgsp.Kind, code string) *lgsp.Error {
	t.Helper()
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Code != code || e.Text == "" {
		t.Errorf("got %v, want %s %s with a sentence for people", err, kind, code)
		return &lgsp.Error{}
	}
	return e
}
