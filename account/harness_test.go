package account_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// bench is a book on a real file, with a clock that the test moves. The record
// must be whole when it is closed.
type bench struct {
	t      testing.TB
	path   string
	ahead  atomic.Int64
	random io.Reader
	db     *sqlite.DB
	log    *audit.Log
	book   *account.Book
}

var start = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "lgspd.db")}
	b.open()
	t.Cleanup(b.close)
	return b
}

func (b *bench) now() time.Time { return start.Add(time.Duration(b.ahead.Load())) }

func (b *bench) pass(d time.Duration) { b.ahead.Add(int64(d)) }

func (b *bench) open() {
	b.t.Helper()
	var err error
	if b.db, err = sqlite.Open(context.Background(), sqlite.Options{Path: b.path, Schemas: []sqlite.Schema{audit.Schema(), account.Schema()}}); err != nil {
		b.t.Fatal(err)
	}
	b.log = audit.New(audit.Options{DB: b.db, Key: []byte("pseudonyms"), Now: b.now})
	if b.book, err = account.NewBook(account.Options{DB: b.db, Audit: b.log, Departments: []string{"H29.11", "H29.26"}, Now: b.now, Rand: b.random}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) close() {
	v, err := b.log.Verify(context.Background())
	if err != nil || len(v.Problems) > 0 {
		b.t.Errorf("the record: %v %v", v.Problems, err)
	}
	if err := b.db.Close(); err != nil {
		b.t.Error(err)
	}
}

func (b *bench) reopen() { b.close(); b.open() }

// record returns the entries of the record about accounts.
func (b *bench) record() (entries []audit.Entry) {
	b.t.Helper()
	var out bytes.Buffer
	if _, err := b.log.Export(context.Background(), &out, time.Time{}, time.Time{}); err != nil {
		b.t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n")[1:] {
		var one struct{ Entry audit.Entry }
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			b.t.Fatal(err)
		}
		entries = append(entries, one.Entry)
	}
	return entries
}

// events counts the entries of an event.
func (b *bench) events(event audit.Event) (n int) {
	for _, e := range b.record() {
		if e.Event == event {
			n++
		}
	}
	return n
}

var (
	admin  = account.By{Operator: "quan-tri", From: netip.MustParseAddr("10.29.1.7")}
	desk   = netip.MustParseAddr("10.29.11.5")
	clerk  = account.Profile{FullName: "Trần Thị Thử", Role: account.Officer, Department: "H29.11"}
	chosen = "Hoa-Sen-Trang-29"
)

// add makes an account and returns its first password.
func (b *bench) add(name string, p account.Profile) string {
	b.t.Helper()
	password, err := b.book.Add(context.Background(), admin, name, p)
	if err != nil {
		b.t.Fatal(err)
	}
	return password
}

// settled makes an account whose owner has chosen a password.
func (b *bench) settled(name string, p account.Profile) {
	b.t.Helper()
	if _, err := b.book.ChangePassword(context.Background(), name, b.add(name, p), chosen, desk); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) signIn(name, password string) (account.Account, error) {
	return b.book.SignIn(context.Background(), name, password, desk)
}

func (b *bench) get(name string) account.Account {
	b.t.Helper()
	a, err := b.book.Get(context.Background(), name)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

func wantCode(t testing.TB, err error, kind lgsp.Kind, code string) *lgsp.Error {
	t.Helper()
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Code != code || e.Text == "" {
		t.Helper()
		t.Fatalf("got %v, want %s %s with a sentence for people", err, kind, code)
	}
	return e
}

// wantFields checks that an error names these fields, each as path:code.
func wantFields(t testing.TB, err error, want ...string) {
	t.Helper()
	var got []string
	for _, f := range wantCode(t, err, lgsp.Invalid, account.CodeInvalid).Fields {
		if f.Text == "" {
			t.Errorf("%s has no sentence", f.Path)
		}
		got = append(got, f.Path+":"+f.Code)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("bad are %v, want %v", got, want)
	}
}
