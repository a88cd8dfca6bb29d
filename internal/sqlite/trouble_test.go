package sqlite_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/sqlite"
)

func TestOpeningNamesTheFileAndTheRemedy(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing", "notes.db")
	other := filepath.Join(dir, "other.db")
	if err := os.WriteFile(other, bytes.Repeat([]byte("this is no database. "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ path, want string }{
		{missing, filepath.Dir(missing) + " does not exist; create it"},
		{other, other + " is damaged or no database; restore it from a backup"},
		{dir, dir + " cannot be written"},
	} {
		_, err := sqlite.Open(t.Context(), options(row.path))
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("got %v, want %q in it", err, row.want)
		}
	}
}

func TestAPathMayHoldAnyCharacter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "thư mục #1 100%?mode=ro")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "notes.db")
	db := open(t, path)
	if err := db.Write(t.Context(), add(1, "")); err != nil {
		t.Fatal(err)
	}
	if sizeOf(t, path) == 0 || count(t, db) != 1 {
		t.Error("the database is elsewhere")
	}
}

func TestReadersCannotWrite(t *testing.T) {
	db := open(t, newPath(t))
	if _, err := db.Read().ExecContext(t.Context(), "delete from note"); sqlite.FaultOf(err) != sqlite.ReadOnly {
		t.Errorf("got %v", err)
	}
}

// setPages limits the file as a full disk would.
func setPages(t *testing.T, db *sqlite.DB, n int) {
	t.Helper()
	if err := db.Settle(t.Context(), func(tx *sqlite.Tx) error {
		return tx.Query(fmt.Sprintf("pragma max_page_count = %d", n), func(sqlite.Row) error { return nil })
	}); err != nil {
		t.Fatal(err)
	}
}

func TestWithoutRoomNewcomersAreRefusedAndOutcomesAreKept(t *testing.T) {
	const reserve = 1 << 20
	db := open(t, newPath(t), func(o *sqlite.Options) { o.ReserveBytes = reserve })
	if got := sizeOf(t, db.Path()+"-reserve"); got != reserve {
		t.Fatalf("the reserve has %d bytes", got)
	}
	if got := sizeOf(t, db.Path()+"-wal"); got < 16<<20 {
		t.Errorf("the log has %d bytes of its own on the disk", got)
	}
	load(t, db, 20)
	setPages(t, db, 1) // no more than there are now
	big := func(tx *sqlite.Tx) error {
		return tx.Do("insert into note (who, body) values ('big', ?)", bytes.Repeat([]byte("x"), 1<<20))
	}
	small := func(tx *sqlite.Tx) error {
		return tx.Do("update note set who = 'done' where n = 1")
	}
	outcomes := together(t, db, 2, func(i int) error {
		if i == 0 {
			return db.Write(t.Context(), big)
		}
		return db.Settle(t.Context(), small)
	})
	if !errors.Is(outcomes[0], sqlite.ErrFull) || sqlite.FaultOf(outcomes[0]) != sqlite.Full {
		t.Errorf("the newcomer: %v", outcomes[0])
	}
	if outcomes[1] != nil {
		t.Errorf("the outcome: %v", outcomes[1])
	}
	if got := text(t, db, "select count(*) filter (where who = 'big') || ' ' || count(*) filter (where who = 'done') from note"); got != "0 1" {
		t.Errorf("big and settled notes: %s", got)
	}
	if err := db.Room(); !errors.Is(err, sqlite.ErrFull) {
		t.Errorf("there is room: %v", err)
	}
	setPages(t, db, 1<<20)
	eventually(t, "there is room again", func() bool { return db.Room() == nil })
	if err := db.Write(t.Context(), big); err != nil {
		t.Errorf("service did not resume: %v", err)
	}
	if got := sizeOf(t, db.Path()+"-reserve"); got != reserve {
		t.Errorf("the reserve was not filled up again: %d bytes", got)
	}
}

func TestNewcomersAreRefusedByTheSizeOfTheFileAndByTheRestOfTheDisk(t *testing.T) {
	for name, change := range map[string]func(*sqlite.Options){
		"size": func(o *sqlite.Options) { o.MaxBytes = 1 },
		"disk": func(o *sqlite.Options) { o.MinFreeBytes = 1 << 60 },
	} {
		db := open(t, newPath(t), change)
		if err := db.CheckSpace(); !errors.Is(err, sqlite.ErrFull) {
			t.Errorf("%s: %v", name, err)
		}
		if err := db.Write(t.Context(), add(1, "")); !errors.Is(err, sqlite.ErrFull) {
			t.Errorf("%s: a newcomer got %v", name, err)
		}
		if err := db.Settle(t.Context(), add(2, "")); err != nil {
			t.Errorf("%s: an outcome got %v", name, err)
		}
	}
}

func TestADamagedPageFailsOnlyWhatNeedsIt(t *testing.T) {
	path := newPath(t)
	db := open(t, path)
	if err := db.Write(t.Context(), func(tx *sqlite.Tx) error {
		for n := range int64(3) {
			if err := tx.Do("insert into note (n, who, body) values (?, '', ?)", n, bytes.Repeat([]byte{byte('a' + n)}, 100_000)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	mustClose(t, db)
	damage(t, path, bytes.Repeat([]byte("b"), 4092))
	db = open(t, path)
	body := func(n int) error {
		var b []byte
		return db.Read().QueryRowContext(t.Context(), "select body from note where n = ?", n).Scan(&b)
	}
	if err := body(1); sqlite.FaultOf(err) != sqlite.Damaged {
		t.Errorf("reading the damaged note: %v", err)
	}
	if err := errors.Join(body(0), body(2)); err != nil {
		t.Errorf("reading the others: %v", err)
	}
	outcomes := together(t, db, 2, func(i int) error {
		if i == 0 {
			return db.Write(t.Context(), func(tx *sqlite.Tx) error {
				return tx.Query("select body from note where n = 1", func(sqlite.Row) error { return nil })
			})
		}
		return db.Write(t.Context(), add(10, ""))
	})
	if sqlite.FaultOf(outcomes[0]) != sqlite.Damaged || outcomes[1] != nil {
		t.Errorf("reading the damaged note in a write: %v; another write of its group: %v", outcomes[0], outcomes[1])
	}
	if err := db.Write(t.Context(), add(11, "")); err != nil {
		t.Errorf("the next write: %v", err)
	}
}

// damage breaks the chain of overflow pages in the first page that holds
// nothing but content after its first four bytes, the number of the next.
func damage(t *testing.T, path string, content []byte) {
	t.Helper()
	const page = 4096
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := page; at < len(b); at += page {
		if bytes.Equal(b[at+4:at+page], content) {
			copy(b[at:], []byte{0x7f, 0xff, 0xff, 0xff})
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("there is no such page")
}

func TestWithoutRoomAnOutcomeThatFailsByItselfDoesNotTakeTheOthersAlong(t *testing.T) {
	db := open(t, newPath(t), func(o *sqlite.Options) { o.ReserveBytes = 1 << 20 })
	load(t, db, 20)
	setPages(t, db, 1) // no more than there are now
	own := errors.New("its own")
	outcomes := together(t, db, 3, func(i int) error {
		switch i {
		case 0:
			return db.Write(t.Context(), func(tx *sqlite.Tx) error {
				return tx.Do("insert into note (who, body) values ('big', ?)", bytes.Repeat([]byte("x"), 1<<20))
			})
		case 1:
			return db.Settle(t.Context(), func(*sqlite.Tx) error { return own })
		}
		return db.Settle(t.Context(), func(tx *sqlite.Tx) error {
			return tx.Do("update note set who = 'done' where n = 1")
		})
	})
	if !errors.Is(outcomes[0], sqlite.ErrFull) || !errors.Is(outcomes[1], own) || outcomes[2] != nil {
		t.Errorf("got %v", outcomes)
	}
	if got := text(t, db, "select count(*) from note where who = 'done'"); got != "1" {
		t.Errorf("%s outcomes are kept, want 1", got)
	}
}
