package audit_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// bench is a record on a real file, with a clock that the test moves.
type bench struct {
	t    testing.TB
	path string
	now  time.Time
	db   *sqlite.DB
	log  *audit.Log
}

func newBench(t testing.TB) *bench {
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "lgspd.db"), now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
	b.open()
	return b
}

func (b *bench) open() {
	b.t.Helper()
	db, err := sqlite.Open(context.Background(), sqlite.Options{Path: b.path, Schemas: []sqlite.Schema{audit.Schema()}})
	if err != nil {
		b.t.Fatal(err)
	}
	b.db = db
	b.log = audit.New(audit.Options{DB: db, Key: []byte("pseudonyms"), Now: func() time.Time { return b.now }})
	b.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.t.Error(err)
		}
	})
}

// append adds n entries, a minute apart.
func (b *bench) append(n int) {
	b.t.Helper()
	for range n {
		e := audit.Entry{Event: audit.Accepted, Message: fmt.Sprintf("m-%d", b.now.Unix()), Sender: "H29.11", Service: "hotich.khai-sinh", Detail: "Đã nhận \"hồ sơ\"\n"}
		if err := b.log.Record(context.Background(), &e); err != nil {
			b.t.Fatal(err)
		}
		b.now = b.now.Add(time.Minute)
	}
}

func (b *bench) head() audit.Head {
	b.t.Helper()
	head, err := b.log.Head(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return head
}

func (b *bench) seal() audit.Head {
	b.t.Helper()
	head, err := b.log.Seal(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return head
}

// live lets time pass while the daemon runs, which seals the record every day.
func (b *bench) live(d time.Duration) {
	b.t.Helper()
	for b.seal(); d > 0; b.seal() {
		part := min(d, 70*time.Hour)
		b.now = b.now.Add(part)
		d -= part
	}
}

func (b *bench) verify(heads ...audit.Head) audit.Verdict {
	b.t.Helper()
	verdict, err := b.log.Verify(context.Background(), heads...)
	if err != nil {
		b.t.Fatal(err)
	}
	return verdict
}

// expectWhole fails unless the chain is whole and has so many entries.
func (b *bench) expectWhole(entries int64) {
	b.t.Helper()
	if v := b.verify(); len(v.Problems) > 0 || v.Entries != entries {
		b.t.Errorf("%d entries, want %d; %v", v.Entries, entries, v.Problems)
	}
}

// expectProblem fails unless a verdict says, of an entry, something that contains text.
func expectProblem(t *testing.T, v audit.Verdict, seq int64, text string) {
	t.Helper()
	for _, p := range v.Problems {
		if p.Seq == seq && strings.Contains(p.Text, text) {
			return
		}
	}
	t.Errorf("found %v, want that entry %d %s", v.Problems, seq, text)
}

// tamper changes the database behind the record's back.
func (b *bench) tamper(query string, args ...any) {
	b.t.Helper()
	other, err := sql.Open("sqlite3", "file:"+b.path+"?_busy_timeout=5000")
	if err != nil {
		b.t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Exec(query, args...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) export(from, to time.Time) string {
	b.t.Helper()
	var out bytes.Buffer
	n, err := b.log.Export(context.Background(), &out, from, to)
	if err != nil {
		b.t.Fatal(err)
	}
	if lines := int64(strings.Count(out.String(), "\n")); n > 0 && lines != n+1 {
		b.t.Errorf("%d lines for %d entries", lines, n)
	}
	return out.String()
}

func (b *bench) heads() string {
	b.t.Helper()
	data, err := os.ReadFile(b.path + ".heads")
	if err != nil {
		b.t.Fatal(err)
	}
	return string(data)
}

func (b *bench) setHeads(text string) {
	b.t.Helper()
	if err := os.WriteFile(b.path+".heads", []byte(text), 0o640); err != nil {
		b.t.Fatal(err)
	}
}
