package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// teller is a counter that keeps what it is told.
type teller struct {
	told []audit.Entry
	fail error
}

func (c *teller) Count(tx *sqlite.Tx, e *audit.Entry) error {
	if c.fail != nil {
		return c.fail
	}
	stored := 0
	if err := tx.Query("select 1 from audit where seq = ?", func(sqlite.Row) error { stored++; return nil }, e.Seq); err != nil || stored != 1 {
		return errors.Join(err, errors.New("the entry is told before it is stored"))
	}
	c.told = append(c.told, *e)
	return nil
}

// counted has the bench's record counted.
func (b *bench) counted(c audit.Counter) {
	b.log = audit.New(audit.Options{DB: b.db, Key: []byte("pseudonyms"), Now: func() time.Time { return b.now }, Counter: c})
}

func TestACounterIsToldEveryEntryAsItIsReadBack(t *testing.T) {
	b := newBench(t)
	var c teller
	b.counted(&c)
	b.now = b.now.Add(123456 * time.Nanosecond).In(time.FixedZone("", 7*3600))
	b.append(3)
	if err := b.log.Record(context.Background(), &audit.Entry{Event: audit.Denied, Sender: "H29\xff\xfe.11", Detail: "\ufffd\""}); err != nil {
		t.Fatal(err)
	}
	rows, err := b.db.Read().QueryContext(context.Background(), "select entry from audit order by seq")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var stored []audit.Entry
	for rows.Next() {
		var text []byte
		var e audit.Entry
		if err := errors.Join(rows.Scan(&text), json.Unmarshal(text, &e)); err != nil {
			t.Fatal(err)
		}
		stored = append(stored, e)
	}
	if err := rows.Err(); err != nil || len(stored) != 4 || !slices.Equal(c.told, stored) {
		t.Errorf("told %+v, stored %+v (%v)", c.told, stored, err)
	}
}

func TestWhatACounterRefusesIsNotWritten(t *testing.T) {
	b := newBench(t)
	var c teller
	b.counted(&c)
	b.append(1)
	c.fail = errors.New("no figures today")
	if err := b.log.Record(context.Background(), &audit.Entry{Event: audit.Stopped}); !errors.Is(err, c.fail) {
		t.Errorf("got %v", err)
	}
	c.fail = nil
	b.append(1)
	b.expectWhole(2)
}

// A caller that goes on in spite of the error must not tear the chain.
func TestTheChainIsWholeWhenARefusalOfTheCounterIsPassedOver(t *testing.T) {
	b := newBench(t)
	c := teller{fail: errors.New("no figures today")}
	b.counted(&c)
	if err := b.db.Write(context.Background(), func(tx *sqlite.Tx) error {
		for range 3 {
			if err := b.log.Append(tx, sample()); !errors.Is(err, c.fail) {
				t.Errorf("got %v", err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	b.expectWhole(3)
}

// idle counts nothing.
type idle struct{}

func (idle) Count(*sqlite.Tx, *audit.Entry) error { return nil }

func TestTellingACounterAllocatesNothing(t *testing.T) {
	allocs := func(c audit.Counter) (n float64) {
		b := newBench(t)
		b.counted(c)
		if err := b.db.Write(context.Background(), func(tx *sqlite.Tx) error {
			n = testing.AllocsPerRun(200, func() {
				e := *sample()
				if err := b.log.Append(tx, &e); err != nil {
					t.Error(err)
				}
			})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if without, with := allocs(nil), allocs(idle{}); with > without {
		t.Errorf("%v allocations with a counter, %v without", with, without)
	}
}
