package audit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// carrier is a counter that keeps what is removed in a table of its own.
type carrier struct {
	teller
	fail int64 // the entry that it refuses
}

func (c *carrier) Carry(tx *sqlite.Tx, e *audit.Entry) error {
	if e.Seq == c.fail {
		return errors.New("not this one")
	}
	return tx.Do("insert into carried (seq, event, message, ms) values (?, ?, ?, ?)", e.Seq, string(e.Event), e.Message, e.At.UnixMilli())
}

func (c *carrier) Carried(tx *sqlite.Tx) (text string, err error) {
	err = tx.Query("select count(*) from carried", func(r sqlite.Row) error {
		text = fmt.Sprintf("%d entries", r.Int(0))
		return nil
	})
	return text, err
}

// carrying has what is pruned from the bench's record carried.
func (b *bench) carrying() *carrier {
	b.tamper("create table carried (seq integer primary key, event text, message text, ms integer)")
	c := &carrier{}
	b.counted(c)
	return c
}

func (b *bench) carried() (n, first, last int64) {
	b.t.Helper()
	if err := b.db.Read().QueryRow("select count(*), coalesce(min(seq), 0), coalesce(max(seq), 0) from carried").Scan(&n, &first, &last); err != nil {
		b.t.Fatal(err)
	}
	return n, first, last
}

func TestWhatIsPrunedIsCarriedInTheSameCommit(t *testing.T) {
	b := newBench(t)
	start := b.now
	b.carrying()
	b.append(1)
	b.seal()
	b.append(4)
	b.live(start.Add(audit.Retention + 3*time.Minute).Sub(b.now))
	if n, err := b.log.Prune(context.Background(), b.now.Add(-audit.Retention)); err != nil || n != 3 {
		t.Fatalf("pruned %d (%v)", n, err)
	}
	if n, first, last := b.carried(); n != 3 || first != 1 || last != 3 {
		t.Errorf("%d entries from %d to %d were carried", n, first, last)
	}
	var ms int64
	var message string
	if err := b.db.Read().QueryRow("select ms, message from carried where seq = 2").Scan(&ms, &message); err != nil || ms != start.Add(time.Minute).UnixMilli() || message == "" {
		t.Errorf("entry 2 was carried with %d %q (%v)", ms, message, err)
	}
	b.expectWhole(3)
	var told []string
	if _, err := b.log.Read(t.Context(), audit.Range{}, func(e *audit.Entry) error {
		if e.Event == audit.Pruned {
			told = append(told, e.Detail)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	anchor := b.anchor()
	if want := audit.PrunedDetail(anchor, "3 entries"); anchor.Seq != 3 || len(told) != 1 || told[0] != want {
		t.Errorf("the record tells %q, want %q", told, want)
	}
}

func (b *bench) anchor() audit.Head {
	b.t.Helper()
	var head audit.Head
	var hash []byte
	if err := b.db.Read().QueryRow("select seq, hash from audit_anchor").Scan(&head.Seq, &hash); err != nil {
		b.t.Fatal(err)
	}
	copy(head.Hash[:], hash)
	return head
}

// Of what a commit removes either all is carried, or nothing is removed.
func TestAnEntryThatCannotBeCarriedIsKept(t *testing.T) {
	b := newBench(t)
	c := b.carrying()
	b.appendMany(2500)
	b.live(audit.Retention + time.Hour)
	c.fail = 1700
	n, err := b.log.Prune(context.Background(), b.now.Add(-audit.Retention))
	if err == nil || n != 1000 {
		t.Errorf("pruned %d (%v), want the first batch alone", n, err)
	}
	if n, first, last := b.carried(); n != 1000 || first != 1 || last != 1000 {
		t.Errorf("%d entries from %d to %d were carried", n, first, last)
	}
	b.expectWhole(1501)
	c.fail = 0
	b.expectPrune(1500, nil)
	if n, _, last := b.carried(); n != 2500 || last != 2500 {
		t.Errorf("%d entries up to %d were carried", n, last)
	}
}

func TestAnEntryThatCannotBeReadIsNotPrunedUncarried(t *testing.T) {
	b := newBench(t)
	b.carrying()
	b.append(3)
	b.live(audit.Retention + time.Hour)
	b.tamper("update audit set entry = replace(entry, '\"event\"', 'event') where seq = 2")
	if n, err := b.log.Prune(context.Background(), b.now.Add(-audit.Retention)); err == nil || n != 0 {
		t.Errorf("pruned %d (%v)", n, err)
	}
	if n, _, _ := b.carried(); n != 0 {
		t.Errorf("%d entries were carried", n)
	}
}
