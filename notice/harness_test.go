package notice_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/notice"
)

// bench is a desk on a real file, with a clock that the test moves. When it is
// closed, everything that must hold of notices at rest is checked.
type bench struct {
	t       testing.TB
	path    string
	start   time.Time
	ahead   atomic.Int64
	change  []func(*sqlite.Options, *notice.Options)
	db      *sqlite.DB
	log     *audit.Log
	desk    *notice.Desk
	damaged bool // the test damaged the database, so it is not expected to be whole
}

func newBench(t testing.TB, change ...func(*sqlite.Options, *notice.Options)) *bench {
	t.Helper()
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "lgspd.db"), start: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), change: change}
	b.open()
	t.Cleanup(b.close)
	return b
}

func (b *bench) now() time.Time { return b.start.Add(time.Duration(b.ahead.Load())) }

// pass is a step of the clock; see live for time that is lived through.
func (b *bench) pass(d time.Duration) { b.ahead.Add(int64(d)) }

// live lets time pass while the daemon runs, which seals the record every day.
func (b *bench) live(d time.Duration) {
	b.t.Helper()
	for {
		if _, err := b.log.Seal(context.Background()); err != nil {
			b.t.Fatal(err)
		}
		if d == 0 {
			return
		}
		part := min(d, 70*time.Hour)
		b.pass(part)
		d -= part
	}
}

func (b *bench) open() {
	b.t.Helper()
	so := sqlite.Options{Path: b.path, Schemas: []sqlite.Schema{audit.Schema(), notice.Schema()}}
	o := notice.Options{Keys: keysOf(b.t, 7), Now: b.now}
	for _, c := range b.change {
		c(&so, &o)
	}
	var err error
	if b.db, err = sqlite.Open(context.Background(), so); err != nil {
		b.t.Fatal(err)
	}
	b.log = audit.New(audit.Options{DB: b.db, Key: []byte("pseudonyms"), Now: b.now})
	o.DB, o.Audit = b.db, b.log
	b.desk = notice.NewDesk(o)
}

func keysOf(t testing.TB, master byte) notice.Keys {
	t.Helper()
	keys, err := notice.NewKeys(bytes.Repeat([]byte{master}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func (b *bench) close() {
	if b.db == nil {
		return
	}
	if !b.damaged && !b.t.Failed() {
		b.checkWhole()
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

// checkWhole looks whether numbers have no gaps, every step has its entry in
// the record and the record's chain is whole.
func (b *bench) checkWhole() {
	b.t.Helper()
	v, err := b.log.Verify(context.Background())
	if err != nil || len(v.Problems) > 0 {
		b.t.Errorf("the record: %v %v", v.Problems, err)
	}
	if n := b.count("select count(*) from (select year, max(n) as most, count(*) as have from notice group by year) where most <> have"); n != 0 {
		b.t.Errorf("%d years have a gap in their numbers", n)
	}
	entries := map[string]int64{}
	for _, e := range b.record() {
		if e.Notice != "" {
			entries[fmt.Sprintf("%s %s %d", e.Notice, e.Event, e.At.UnixMilli())]++
		}
	}
	for n, events := range b.steps() {
		for _, e := range events {
			key := n + " " + e
			if entries[key]--; entries[key] == 0 {
				delete(entries, key)
			}
		}
	}
	for key, n := range entries {
		b.t.Errorf("entry %s of the record has %d steps too few", key, n)
	}
}

// steps returns the event and time of every step, by the number of its notice.
func (b *bench) steps() map[string][]string {
	b.t.Helper()
	events := [...]audit.Event{1: audit.NoticeOpened, audit.NoticeSent, audit.NoticeAnswered, audit.NoticeClosed}
	found := map[string][]string{}
	rows, err := b.db.Read().QueryContext(context.Background(), "select n || '/' || year, state, at from notice_step order by year, n, step")
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n string
		var state, at int64
		if err := rows.Scan(&n, &state, &at); err != nil {
			b.t.Fatal(err)
		}
		found[n] = append(found[n], fmt.Sprintf("%s %d", events[state], at))
	}
	return found
}

func (b *bench) count(query string, args ...any) (n int64) {
	b.t.Helper()
	if err := b.db.Read().QueryRowContext(context.Background(), query, args...).Scan(&n); err != nil {
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
	if _, err := db.ExecContext(context.Background(), query); err != nil {
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
	if _, err := b.log.Export(context.Background(), &out, time.Time{}, time.Time{}); err != nil {
		b.t.Fatal(err)
	}
	return entriesOf(b.t, out.Bytes())
}

// opening is a notice of an invented person; own is the sender's own id.
func opening(own string) notice.Opening {
	return notice.Opening{Sender: "H29.11", System: "ho-tich", Officer: "CB-07", Unit: "H29.11.03", Procedure: "1.004222", LegacyID: own, Content: notice.Content{
		Subject: "079000000042", Name: "Nguyễn Văn Thử",
		Wrong: []notice.Field{{Path: "NgayThangNamSinh/NgayThangNam", Shared: "19900101", Right: "19900110", Evidence: "Giấy khai sinh số 12/1990"}},
		Text:  "Ngày sinh không khớp với giấy khai sinh.", Contact: "Trần Thị Mẫu, 028 0000 0000",
	}}
}

// begin opens a notice and returns its number.
func (b *bench) begin(own string) notice.Number {
	b.t.Helper()
	n, duplicate, err := b.desk.Open(context.Background(), opening(own))
	if err != nil || duplicate {
		b.t.Fatalf("opened as %+v, %v, %v", n, duplicate, err)
	}
	return n.Number
}

func (b *bench) get(n notice.Number) notice.Notice {
	b.t.Helper()
	got, err := b.desk.Get(context.Background(), n)
	if err != nil {
		b.t.Fatal(err)
	}
	return got
}

// do goes along an arrow with all that it needs.
func (b *bench) do(n notice.Number, to notice.State) error {
	said := notice.Deed{By: "van-hanh-1", Document: "12/SKHCN-CĐS", Date: "2026-03-05", Text: "đã xử lý"}
	switch to {
	case notice.Sent:
		return b.desk.Send(context.Background(), n, said)
	case notice.Answered:
		return b.desk.Answer(context.Background(), n, said)
	case notice.Closed:
		return b.desk.Close(context.Background(), n, said)
	}
	b.t.Fatalf("nothing leads to %s", to)
	return nil
}

// along goes along several arrows, which must be there.
func (b *bench) along(n notice.Number, states ...notice.State) {
	b.t.Helper()
	for _, to := range states {
		if err := b.do(n, to); err != nil {
			b.t.Fatal(err)
		}
	}
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
