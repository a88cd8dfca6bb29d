package sqlite_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"lgsp.internal/adapter/internal/sqlite"
)

func countIn(s *sqlite.Snapshot) (n int64, err error) {
	err = s.Query("select count(*) from note", func(r sqlite.Row) error { n = r.Int(0); return nil })
	return n, err
}

func TestASnapshotSeesOneState(t *testing.T) {
	db := open(t, newPath(t))
	if err := db.Write(t.Context(), add(1, "a")); err != nil {
		t.Fatal(err)
	}
	if err := db.Snapshot(t.Context(), func(s *sqlite.Snapshot) error {
		for n := int64(2); n < 5; n++ {
			if got, err := countIn(s); err != nil || got != 1 {
				t.Errorf("%d notes (%v), want 1", got, err)
			}
			if err := db.Write(t.Context(), add(n, "later")); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := db.Snapshot(t.Context(), func(s *sqlite.Snapshot) error {
		if got, err := countIn(s); err != nil || got != 4 {
			t.Errorf("the next one has %d notes (%v), want 4", got, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func TestARowOfASnapshotHoldsWhatIsStored(t *testing.T) {
	db := open(t, newPath(t))
	if err := db.Write(t.Context(), func(tx *sqlite.Tx) error {
		return errors.Join(tx.Do("insert into note (n, who, body) values (?, ?, ?)", int64(1), "Mẫu", []byte{0, 1, 2}), add(2, "")(tx))
	}); err != nil {
		t.Fatal(err)
	}
	var seen []string
	if err := db.Snapshot(t.Context(), func(s *sqlite.Snapshot) error {
		return s.Query("select n, who, body from note where n < ? and who <> ? order by n", func(r sqlite.Row) error {
			seen = append(seen, r.Text(1)+"|"+string(r.Append([]byte("x"), 2))+"|"+string(r.Append(nil, 1))+"|"+string(r.Append(nil, 0)))
			return nil
		}, int64(9), "")
	}); err != nil || len(seen) != 1 || seen[0] != "Mẫu|x\x00\x01\x02|Mẫu|" {
		t.Errorf("read %q (%v)", seen, err)
	}
}

func TestASnapshotCannotWrite(t *testing.T) {
	db := open(t, newPath(t))
	err := db.Snapshot(t.Context(), func(s *sqlite.Snapshot) error {
		return s.Query("insert into note (n, who) values (1, 'x')", func(sqlite.Row) error { return nil })
	})
	if sqlite.FaultOf(err) != sqlite.ReadOnly || count(t, db) != 0 {
		t.Errorf("got %v", err)
	}
}

// However a snapshot ends, its connection serves the next.
func TestASnapshotThatFailsLeavesNothingOpen(t *testing.T) {
	db := open(t, newPath(t), func(o *sqlite.Options) { o.Readers = 1 })
	if err := db.Write(t.Context(), func(tx *sqlite.Tx) error { return errors.Join(add(1, "a")(tx), add(2, "b")(tx)) }); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		err := db.Snapshot(t.Context(), func(s *sqlite.Snapshot) error {
			return s.Query("select n from note", func(sqlite.Row) error { return errMine })
		})
		if !errors.Is(err, errMine) {
			t.Errorf("got %v", err)
		}
		err = db.Snapshot(t.Context(), func(s *sqlite.Snapshot) error {
			_, err := countIn(s)
			return errors.Join(err, s.Query("select nothing", nil))
		})
		if err == nil || !strings.Contains(err.Error(), "prepare") {
			t.Errorf("got %v", err)
		}
		ctx, stop := context.WithCancel(t.Context())
		rows := 0
		err = db.Snapshot(ctx, func(s *sqlite.Snapshot) error {
			return s.Query("select n from note", func(sqlite.Row) error { rows++; stop(); return nil })
		})
		if !errors.Is(err, context.Canceled) || rows != 1 {
			t.Errorf("%d rows after its context had ended, %v", rows, err)
		}
		if err := db.Write(t.Context(), func(tx *sqlite.Tx) error { return tx.Do("update note set who = 'c'") }); err != nil {
			t.Fatal(err)
		}
		if got := text(t, db, "select group_concat(distinct who) from note"); got != "c" {
			t.Errorf("the reader sees %s: it stands in an old state", got)
		}
	}
}
