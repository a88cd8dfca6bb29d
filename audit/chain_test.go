package audit_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

func TestAWholeRecordIsFoundWhole(t *testing.T) {
	b := newBench(t)
	b.expectWhole(0)
	b.append(10)
	sealed := b.seal()
	b.append(5)
	b.expectWhole(15)
	if v := b.verify(sealed, b.head()); len(v.Problems) > 0 || v.First != 1 || v.Head != b.head() {
		t.Errorf("verdict is %+v", v)
	}
}

// Each row is what somebody with the database file and SQL can do, without
// computing hashes.
func TestATamperedRecordIsFound(t *testing.T) {
	for _, c := range []struct {
		name, sql string
		seq       int64
		text      string
	}{
		{"edited", `update audit set entry = replace(entry, 'H29.11', 'H29.12') where seq = 5`, 5, "was changed"},
		{"edited in a key's case", `update audit set entry = replace(entry, '"sender"', '"Sender"') where seq = 5`, 5, "was changed"},
		{"a space added", `update audit set entry = replace(entry, '","', '", "') where seq = 5`, 5, "was changed"},
		{"hash replaced", `update audit set hash = zeroblob(32) where seq = 5`, 5, "was changed"},
		{"removed", `delete from audit where seq = 5`, 6, "1 entries are missing"},
		{"several removed", `delete from audit where seq between 4 and 6`, 7, "3 entries are missing"},
		{"the first removed", `delete from audit where seq = 1`, 2, "1 entries are missing"},
		{"removed and closed up", `delete from audit where seq = 5; update audit set seq = seq - 1 where seq > 5`, 5, "stands in the place of another"},
		{"reordered", `update audit set seq = -5 where seq = 5; update audit set seq = 5 where seq = 6; update audit set seq = 6 where seq = -5`, 5, "stands in the place of another"},
		{"inserted", `update audit set seq = -seq where seq > 5; update audit set seq = 1 - seq where seq < 0;
			insert into audit (seq, entry, hash) select 6, entry, hash from audit where seq = 5`, 6, "stands in the place of another"},
		{"duplicated at the end", `insert into audit (seq, entry, hash) select 11, entry, hash from audit where seq = 10`, 11, "was changed"},
		{"filed under another message", `update audit set message = 'another' where seq = 5`, 5, "is filed under another"},
		{"filed under no message", `update audit set message = null where seq = 5`, 5, "is filed under another"},
		{"cut off", `delete from audit where seq > 7`, 7, "the end was cut off"},
		{"emptied", `delete from audit`, 0, "the end was cut off"},
		{"the beginning moved", `update audit_anchor set seq = 3, hash = (select hash from audit where seq = 3); delete from audit where seq <= 3`, 3, "younger than two years"},
		{"the beginning forged", `update audit_anchor set hash = cast(zeroblob(31) || x'01' as blob)`, 1, "was changed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.append(1)
			b.seal()
			b.append(9)
			b.seal()
			b.tamper(c.sql)
			expectProblem(t, b.verify(), c.seq, c.text)
		})
	}
}

// rewrite forges an entry and computes every hash anew, as somebody could who
// knows how the chain is made.
func (b *bench) rewrite(seq int64) {
	b.t.Helper()
	other, err := sql.Open("sqlite3", "file:"+b.path+"?_busy_timeout=5000")
	if err != nil {
		b.t.Fatal(err)
	}
	defer other.Close()
	last := b.head().Seq
	var prev []byte
	if err := other.QueryRow("select hash from audit where seq = ?", seq-1).Scan(&prev); err != nil {
		b.t.Fatal(err)
	}
	for ; seq <= last; seq++ {
		var entry string
		if err := other.QueryRow("select entry from audit where seq = ?", seq).Scan(&entry); err != nil {
			b.t.Fatal(err)
		}
		entry = strings.Replace(entry, "H29.11", "H29.12", 1)
		sum := sha256.Sum256(append(prev[:32:32], entry...))
		prev = sum[:]
		if _, err := other.Exec("update audit set entry = ?, hash = ? where seq = ?", entry, prev, seq); err != nil {
			b.t.Fatal(err)
		}
	}
}

func TestARewrittenRecordDiffersFromWhatWasSealedOrPrinted(t *testing.T) {
	b := newBench(t)
	b.append(10)
	printed := b.head()
	b.rewrite(4)
	b.expectWhole(10) // nothing in it contradicts itself
	expectProblem(t, b.verify(printed), 10, "was rewritten")

	b = newBench(t)
	b.append(6)
	b.seal()
	b.append(4)
	b.rewrite(4)
	expectProblem(t, b.verify(), 6, "was rewritten")
}

func TestACutOffEndIsFoundByAPrintedHead(t *testing.T) {
	b := newBench(t)
	b.append(10)
	printed := b.head()
	b.tamper("delete from audit where seq > 9")
	b.expectWhole(9)
	expectProblem(t, b.verify(printed), 9, "the end was cut off")
}

func TestAVerdictNamesAtMostTwentyProblems(t *testing.T) {
	b := newBench(t)
	b.append(60)
	b.tamper("update audit set hash = zeroblob(32)")
	if v := b.verify(); len(v.Problems) != 20 || v.Entries != 60 {
		t.Errorf("%d problems of %d entries", len(v.Problems), v.Entries)
	}
}

func TestARolledBackAppendLeavesTheChainWhole(t *testing.T) {
	b := newBench(t)
	b.append(3)
	gone := errors.New("the change was not made")
	add := func(fail error) error {
		return b.db.Write(context.Background(), func(tx *sqlite.Tx) error {
			for range 2 {
				if err := b.log.Append(tx, &audit.Entry{Event: audit.Parked, Sender: "H29.11"}); err != nil {
					return err
				}
			}
			return fail
		})
	}
	for range 3 {
		if err := add(gone); !errors.Is(err, gone) {
			t.Fatal(err)
		}
		b.expectWhole(b.head().Seq)
		if err := add(nil); err != nil {
			t.Fatal(err)
		}
	}
	b.expectWhole(9)
}

// Writes of one group share a commit; one that fails must not take a number.
func TestAFailureAmongConcurrentAppendsLeavesTheChainWhole(t *testing.T) {
	b := newBench(t)
	const n = 200
	results := make(chan error, n)
	for i := range n {
		go func() {
			results <- b.db.Write(context.Background(), func(tx *sqlite.Tx) error {
				if err := b.log.Append(tx, &audit.Entry{Event: audit.Accepted, Attempt: int64(i)}); err != nil {
					return err
				}
				if i%5 == 0 {
					return errors.New("no")
				}
				return nil
			})
		}()
	}
	good := int64(0)
	for range n {
		if <-results == nil {
			good++
		}
	}
	if good != n-n/5 {
		t.Errorf("%d were written", good)
	}
	b.expectWhole(good)
}

func TestTwoProcessesKeepOneChain(t *testing.T) {
	b := newBench(t)
	other := &bench{t: t, path: b.path, now: b.now}
	other.open()
	for range 5 {
		b.append(2)
		other.append(1)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 30 {
			if err := other.log.Record(context.Background(), &audit.Entry{Event: audit.Denied}); err != nil {
				t.Error(err)
			}
		}
	}()
	for range 30 {
		if err := b.log.Record(context.Background(), &audit.Entry{Event: audit.Accepted}); err != nil {
			t.Error(err)
		}
	}
	<-done
	b.expectWhole(75)
	if b.head() != other.head() {
		t.Errorf("heads are %s and %s", b.head(), other.head())
	}
}

func TestAnEntryIsGivenItsNumberAndItsTime(t *testing.T) {
	b := newBench(t)
	b.append(2)
	e := audit.Entry{Event: audit.Started}
	set := audit.Entry{Event: audit.Stopped, At: time.Date(2025, 1, 2, 3, 4, 5, 6789000, time.FixedZone("", 7*3600)), Message: "m"}
	for _, entry := range []*audit.Entry{&e, &set} {
		if err := b.log.Record(context.Background(), entry); err != nil {
			t.Fatal(err)
		}
	}
	if e.Seq != 3 || !e.At.Equal(b.now) || set.Seq != 4 {
		t.Errorf("%+v %+v", e, set)
	}
	history, err := b.log.History(context.Background(), "m")
	if err != nil || len(history) != 1 || history[0].At.Format(time.RFC3339Nano) != "2025-01-01T20:04:05.006Z" {
		t.Errorf("%+v %v", history, err)
	}
}

func TestTheHistoryOfAMessageIsItsEntriesInOrder(t *testing.T) {
	b := newBench(t)
	for i := range 6 {
		e := audit.Entry{Event: audit.Leased, Message: fmt.Sprint("m-", i%2), Attempt: int64(i)}
		if err := b.log.Record(context.Background(), &e); err != nil {
			t.Fatal(err)
		}
	}
	history, err := b.log.History(context.Background(), "m-1")
	if err != nil || len(history) != 3 || history[0].Attempt != 1 || history[2].Attempt != 5 {
		t.Errorf("%+v %v", history, err)
	}
	if history, err := b.log.History(context.Background(), "m-9"); err != nil || len(history) != 0 {
		t.Errorf("%+v %v", history, err)
	}
}
