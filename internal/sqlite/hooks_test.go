package sqlite_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"lgsp.internal/adapter/internal/sqlite"
)

func TestHooksRunInTheOrderInWhichTheyWereRegisteredAndSeeWhatTheEarlierWrote(t *testing.T) {
	db := open(t, newPath(t))
	var seen []int64
	for n := int64(1); n <= 3; n++ {
		db.EachCommit(func(tx *sqlite.Tx) error {
			if err := tx.Query("select count(*) from note", func(r sqlite.Row) error {
				seen = append(seen, r.Int(0))
				return nil
			}); err != nil {
				return err
			}
			return add(1000+n, "hook")(tx)
		})
	}
	if err := db.Write(t.Context(), add(1, "")); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, []int64{1, 2, 3}) {
		t.Errorf("the hooks saw %v notes, want 1, 2 and 3", seen)
	}
	if got := text(t, db, "select group_concat(n, ' ' order by n) from note"); got != "1 1001 1002 1003" {
		t.Errorf("the notes are %s", got)
	}
}

// failing registers three hooks, each of which adds a note; the middle one
// fails as often as fails says. It returns what they learnt of Again.
func failing(db *sqlite.DB, fails int) *[]string {
	var told []string
	for n := int64(1); n <= 3; n++ {
		db.EachCommit(func(tx *sqlite.Tx) error {
			told = append(told, fmt.Sprint(n, ":", tx.Again()))
			err := add(1000+n, "hook")(tx)
			if n == 2 && fails > 0 {
				fails--
				return errors.Join(err, errMine)
			}
			return err
		})
	}
	return &told
}

func TestOnlyTheHookThatFailsIsLeftOut(t *testing.T) {
	db := open(t, newPath(t))
	told := failing(db, 3)
	if err := db.Write(t.Context(), add(1, "")); err != nil {
		t.Fatal(err)
	}
	if got := text(t, db, "select group_concat(n, ' ' order by n) from note"); got != "1 1001 1003" {
		t.Errorf("the notes are %s, want all but that of the second hook", got)
	}
	if want := []string{"1:0", "2:0", "1:0", "2:1", "1:0", "2:2", "1:0", "3:0"}; !slices.Equal(*told, want) {
		t.Errorf("the hooks ran %v, want %v: each learns how often it failed itself", *told, want)
	}
}

func TestAHookThatWasLeftOutIsPartOfTheNextCommit(t *testing.T) {
	db := open(t, newPath(t))
	failing(db, 3)
	if err := db.Write(t.Context(), add(1, "")); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), func(tx *sqlite.Tx) error { return tx.Do("delete from note") }); err != nil {
		t.Fatal(err)
	}
	if got := text(t, db, "select group_concat(n, ' ' order by n) from note"); got != "1001 1002 1003" {
		t.Errorf("the notes are %s, want those of all hooks", got)
	}
}

// Whatever hooks do, a write comes to its end: each is left out after three times.
func TestHooksThatAllFailLeaveTheWriteAlone(t *testing.T) {
	db := open(t, newPath(t))
	calls := [3]int{}
	for n := range calls {
		db.EachCommit(func(*sqlite.Tx) error { calls[n]++; return errMine })
	}
	if err := db.Write(t.Context(), add(1, "")); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db); n != 1 || calls != [3]int{3, 3, 3} {
		t.Errorf("%d notes after %v calls, want 1 after three of each", n, calls)
	}
}
