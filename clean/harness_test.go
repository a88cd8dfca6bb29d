package clean_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/clean"
	"lgsp.internal/adapter/internal/sqlite"
)

// house is a desk on a real database. The daemon can die and come back.
type house struct {
	t     testing.TB
	path  string
	db    *sqlite.DB
	desk  *clean.Desk
	clock atomic.Int64 // ahead of the start
	up    *upstream
	tune  func(*clean.Options)
	space func(*sqlite.Options)
}

var start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

func newHouse(t testing.TB, tune func(*clean.Options)) *house {
	h := &house{t: t, path: filepath.Join(t.TempDir(), "lgspd.db"), up: &upstream{asked: map[string]int{}}, tune: tune}
	h.open()
	t.Cleanup(func() { h.db.Close() })
	return h
}

func (h *house) now() time.Time { return start.Add(time.Duration(h.clock.Load())) }

func (h *house) open() {
	h.t.Helper()
	o := sqlite.Options{Path: h.path, Schemas: []sqlite.Schema{clean.Schema()}}
	if h.space != nil {
		h.space(&o)
	}
	db, err := sqlite.Open(context.Background(), o)
	if err != nil {
		h.t.Fatal(err)
	}
	h.db = db
	do := clean.Options{DB: db, Key: []byte("a key of the tests, 32 bytes long"), Ask: h.up.ask, Unasked: h.up.unasked, Now: h.now}
	if h.tune != nil {
		h.tune(&do)
	}
	h.desk = clean.New(do)
}

// die ends the daemon as a kill does: what is on the wire can record nothing any more.
func (h *house) die() {
	h.t.Helper()
	if err := h.db.Close(); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) exec(query string) {
	h.t.Helper()
	if err := h.db.Settle(context.Background(), func(tx *sqlite.Tx) error { _, err := tx.Exec(query); return err }); err != nil {
		h.t.Fatal(err)
	}
}

// count returns how many rows a table has.
func (h *house) count(table string) (n int) {
	h.t.Helper()
	if err := h.db.Read().QueryRowContext(context.Background(), "select count(*) from "+table).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// upstream counts who is asked about.
type upstream struct {
	mu    sync.Mutex
	asked map[string]int // by the number of the person
	codes map[string]string
	// answer decides; nil = a match.
	answer func(ctx context.Context, number string) (string, error)
}

const match = `<KetQua xmlns="urn:lgsp:lam-sach:1"><TonTai>true</TonTai><HoVaTen>true</HoVaTen><NgayThangNamSinh>true</NgayThangNamSinh></KetQua>`

// errNotLeft is what the fake says of a question that never left.
var errNotLeft = errors.New("never left")

func (u *upstream) unasked(err error) bool { return errors.Is(err, errNotLeft) }

func notLeft(kind lgsp.Kind, after time.Duration) error {
	return &lgsp.Error{Kind: kind, Op: "test", Code: "Down", After: after, Err: errNotLeft}
}

func (u *upstream) ask(ctx context.Context, e lgsp.Envelope) ([]byte, error) {
	number := between(string(e.Body), "<SoDinhDanh>", "</SoDinhDanh>")
	answer, err := match, error(nil)
	if u.answer != nil {
		answer, err = u.answer(ctx, number)
	}
	if !u.unasked(err) {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.asked[number]++
		if u.codes == nil {
			u.codes = map[string]string{}
		}
		u.codes[number] = e.ID.String()
	}
	return []byte(answer), err
}

func (u *upstream) times(number string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.asked[number]
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// number is that of an invented person.
func number(n int) string { return fmt.Sprintf("0790%08d", n) }

func people(n int) []clean.Row {
	rows := make([]clean.Row, n)
	for i := range rows {
		rows[i] = clean.Row{N: i + 1, ID: number(i + 1), Name: fmt.Sprintf("Nguyễn Bịa %d", i+1), Born: "19900102"}
	}
	return rows
}

func questionOf(rows []clean.Row) clean.Question {
	return clean.Question{Department: "H29.11", System: "mot-cua", Purpose: "1.004222", Officer: "079099999999", Content: clean.ContentOf(rows)}
}

func (h *house) check(q clean.Question, rows []clean.Row) []clean.Outcome {
	h.t.Helper()
	out, err := h.desk.Check(context.Background(), q, rows)
	if err != nil {
		h.t.Fatal(err)
	}
	if len(out) != len(rows) {
		h.t.Fatalf("%d outcomes of %d rows", len(out), len(rows))
	}
	return out
}

func codeOf(err error) string {
	var e *lgsp.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func holds(b []byte, s string) bool { return bytes.Contains(b, []byte(s)) }
