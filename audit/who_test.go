package audit_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/audit"
)

// Numbers of people who do not exist.
const (
	first, firstOld = "079090000001", "200000001"
	second          = "079090000002"
	third           = "079090000004"
)

// record adds entries, a minute apart.
func (b *bench) record(entries ...audit.Entry) {
	b.t.Helper()
	for _, e := range entries {
		if err := b.log.Record(context.Background(), &e); err != nil {
			b.t.Fatal(err)
		}
		b.now = b.now.Add(time.Minute)
	}
}

// who returns the numbers of the entries that are about subjects.
func (b *bench) who(subjects ...string) (found []int64, read int64, since time.Time) {
	b.t.Helper()
	read, since, err := b.log.Who(context.Background(), subjects, func(e audit.Entry) error { found = append(found, e.Seq); return nil })
	if err != nil {
		b.t.Fatal(err)
	}
	return found, read, since
}

func (b *bench) expectWho(want []int64, subjects ...string) {
	b.t.Helper()
	if found, _, _ := b.who(subjects...); !slices.Equal(found, want) {
		b.t.Errorf("entries %v, want %v", found, want)
	}
}

// req: R-12
func TestWhoIsAskedAboutIsFoundAsSubjectAndAsAnswer(t *testing.T) {
	b := newBench(t)
	name := b.log.Pseudonym
	b.record(
		audit.Entry{Event: audit.Started},
		audit.Entry{Event: audit.Asked, Subject: name(first), Result: audit.Refused},
		audit.Entry{Event: audit.Asked, Subject: name(firstOld), Answered: name(first), Result: audit.Found}, // by the old number
		audit.Entry{Event: audit.Asked, Subject: name(second), Answered: name(first), Result: audit.Found},   // somebody else was asked for
		audit.Entry{Event: audit.Accepted, Subject: name(first)},
		audit.Entry{Event: audit.Asked, Subject: name(second), Result: audit.NotFound},
		audit.Entry{Event: audit.NoticeOpened, Subject: name(firstOld), Notice: "1/2026"},
		audit.Entry{Event: audit.Asked, Subject: name("079090000009"), Answered: name(third) + " " + name(second), Result: audit.Found},
	)
	b.expectWho([]int64{2, 3, 4, 5}, first)
	b.expectWho([]int64{3, 7}, firstOld)
	b.expectWho([]int64{2, 3, 4, 5, 7}, first, firstOld) // an entry about both numbers is told once
	b.expectWho([]int64{2, 3, 4, 5, 7}, firstOld, first, first)
	b.expectWho([]int64{4, 6, 8}, second)
	b.expectWho([]int64{8}, third)
	b.expectWho(nil, "079090000003")
	b.expectWho(nil, first+"0")
}

func TestWhoTellsWhatWasReadAndSinceWhen(t *testing.T) {
	b := newBench(t)
	if found, read, since := b.who(first); found != nil || read != 0 || !since.IsZero() {
		t.Errorf("of an empty record: %v, %d, %s", found, read, since)
	}
	began := b.now
	b.record(audit.Entry{Event: audit.Started}, audit.Entry{Event: audit.Asked, Subject: b.log.Pseudonym(first), Fields: "HoVaTen/Ten ThuongTru/ChiTiet", Result: audit.Found})
	b.append(3)
	var told []audit.Entry
	read, since, err := b.log.Who(t.Context(), []string{first}, func(e audit.Entry) error { told = append(told, e); return nil })
	if err != nil || read != 5 || !since.Equal(began) {
		t.Errorf("%d read since %s, %v; want 5 since %s", read, since, err, began)
	}
	if len(told) != 1 || told[0].Fields != "HoVaTen/Ten ThuongTru/ChiTiet" || told[0].Result != audit.Found || !told[0].At.Equal(began.Add(time.Minute)) {
		t.Errorf("told are %+v", told)
	}
}

func TestOnlyAPseudonymInItsOwnPlaceCounts(t *testing.T) {
	b := newBench(t)
	name := b.log.Pseudonym(first)
	b.record(audit.Entry{Event: audit.Parked, Detail: `,"subject":"` + name + `"`}, audit.Entry{Event: audit.Parked, Ref: name, Officer: name, Message: name},
		audit.Entry{Event: audit.Parked, Subject: name + "0"}, audit.Entry{Event: audit.Parked, Subject: "0" + name})
	b.expectWho(nil, first)
}

func TestNobodyIsFoundByNoNumber(t *testing.T) {
	b := newBench(t)
	b.record(audit.Entry{Event: audit.Started})
	for _, subjects := range [][]string{{""}, {first, ""}} {
		if _, _, err := b.log.Who(t.Context(), subjects, func(audit.Entry) error { return nil }); err == nil {
			t.Errorf("%q: no error", subjects)
		}
	}
}

func TestWhoFindsWhatPruningLeaves(t *testing.T) {
	b := newBench(t)
	start := b.now
	one := audit.Entry{Event: audit.Asked, Subject: b.log.Pseudonym(first), Result: audit.Found}
	b.record(one)
	b.seal()
	b.now = start.Add(10 * time.Minute)
	b.record(one)
	b.live(start.Add(audit.Retention + 5*time.Minute).Sub(b.now))
	if n, err := b.log.Prune(t.Context(), b.now.Add(-audit.Retention)); err != nil || n != 1 {
		t.Fatalf("pruned %d (%v)", n, err)
	}
	b.record(one)
	found, read, since := b.who(first)
	if !slices.Equal(found, []int64{2, 3}) || read != 2 || !since.Equal(start.Add(10*time.Minute)) {
		t.Errorf("entries %v of %d since %s", found, read, since)
	}
}

func TestWhoReadsARecordOfMoreThanOneRead(t *testing.T) {
	b := newBench(t)
	one := audit.Entry{Event: audit.Asked, Subject: b.log.Pseudonym(first)}
	b.record(one)
	b.appendMany(10_000) // as many as one read takes
	b.record(one)
	if found, read, _ := b.who(first); !slices.Equal(found, []int64{1, 10_002}) || read != 10_002 {
		t.Errorf("entries %v of %d", found, read)
	}
}

func TestWhoEndsWithTheCaller(t *testing.T) {
	b := newBench(t)
	one := audit.Entry{Event: audit.Asked, Subject: b.log.Pseudonym(first)}
	b.record(one, one)
	stop, n := errors.New("enough"), 0
	if _, _, err := b.log.Who(t.Context(), []string{first}, func(audit.Entry) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
		t.Errorf("%d entries, then %v", n, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := b.log.Who(ended, []string{first}, func(audit.Entry) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestADamagedEntryIsNamedByWho(t *testing.T) {
	b := newBench(t)
	b.record(audit.Entry{Event: audit.Started}, audit.Entry{Event: audit.Asked, Subject: b.log.Pseudonym(first)})
	b.tamper(`update audit set entry = replace(entry, '{', '[') where seq = 2`)
	if _, _, err := b.log.Who(t.Context(), []string{first}, func(audit.Entry) error { return nil }); err == nil || !strings.Contains(err.Error(), "entry 2") {
		t.Errorf("got %v", err)
	}
}

// The texts that a release before look-ups wrote. They must stay what they
// are: they were hashed.
const (
	oldAccepted = `{"seq":1,"at":"2026-03-02T01:00:00.000Z","event":"accepted","message":"0190f1d0-6b1c-7c3a-9f00-3b2a1c0d9e8f","sender":"H29.11","service":"hotich.khai-sinh",` +
		`"upstream":"hotich","subject":"0123456789abcdef0123456789abcdef","procedure":"1.004222","officer":"CB-07","unit":"H29.11.03","operator":"Lê Thị Thử",` +
		`"attempt":1,"kind":"unknown","code":"Timeout","ref":"NGSP-1","took":12,"waited":40,"detail":"một \"hai\""}`
	oldStarted = `{"seq":2,"at":"2026-03-02T01:01:00.000Z","event":"started"}`
)

func TestARecordOfAnOlderReleaseIsVerifiedAndGoesOn(t *testing.T) {
	b := newBench(t)
	var hash [32]byte
	for i, text := range []string{oldAccepted, oldStarted} {
		hash = sha256.Sum256(append(hash[:], text...))
		b.tamper("insert into audit (seq, entry, hash, message) values (?, ?, ?, json_extract(?2, '$.message'))", i+1, text, hash[:])
	}
	b.expectWhole(2)
	b.now = b.now.Add(2 * time.Minute)
	b.record(audit.Entry{Event: audit.Asked, System: "mot-cua", Subject: "0123456789abcdef0123456789abcdef", Answered: "f", Result: audit.Found, Fields: "HoVaTen"})
	b.seal()
	b.expectWhole(3)
	if got := b.export(time.Time{}, b.now.Add(time.Hour)); !strings.Contains(got, oldAccepted) || !strings.Contains(got, oldStarted) {
		t.Errorf("the export does not hold the old entries as they are:\n%s", got)
	}
	b.tamper("update audit set entry = replace(entry, 'CB-07', 'CB-08') where seq = 1")
	expectProblem(t, b.verify(), 1, "")
}

func TestAnEntryWithoutTheNewKeysIsWrittenAsBefore(t *testing.T) {
	b := newBench(t)
	for _, text := range []string{oldAccepted, oldStarted} {
		var e audit.Entry
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Fatal(err)
		}
		b.record(e)
	}
	if got := b.texts(); !slices.Equal(got, []string{oldAccepted, oldStarted}) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// texts returns the entries as they are stored.
func (b *bench) texts() (all []string) {
	b.t.Helper()
	rows, err := b.db.Read().QueryContext(context.Background(), "select entry from audit order by seq")
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			b.t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		b.t.Fatal(err)
	}
	return all
}

// The place of every key is part of what is hashed, so it is pinned.
func TestTheTextOfALookUpHoldsItsKeysInTheirPlaces(t *testing.T) {
	b := newBench(t)
	e := audit.Entry{Event: audit.Asked, Message: "m", Sender: "H29.11", System: "mot-cua", Service: "dancu.tra-cuu", Upstream: "dancu", Subject: "s", Answered: "a",
		Procedure: "1.004222", Officer: "079080000009", Unit: "u", Operator: "o", Notice: "12/2026", Result: audit.NotFound, Fields: "HoVaTen/Ten GioiTinh", Attempt: 1, Took: 12}
	b.record(e)
	const want = `{"seq":1,"at":"2026-03-02T01:00:00.000Z","event":"asked","message":"m","sender":"H29.11","system":"mot-cua","service":"dancu.tra-cuu","upstream":"dancu",` +
		`"subject":"s","answered":"a","procedure":"1.004222","officer":"079080000009","unit":"u","operator":"o","notice":"12/2026","result":"not-found",` +
		`"fields":"HoVaTen/Ten GioiTinh","attempt":1,"took":12}`
	if got := b.texts(); len(got) != 1 || got[0] != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var back audit.Entry
	if err := json.Unmarshal([]byte(want), &back); err != nil {
		t.Fatal(err)
	}
	if e.Seq, e.At = 1, back.At; back != e {
		t.Errorf("read back\n%+v, want\n%+v", back, e)
	}
}

// Words that are stored and reported on are never renamed.
func TestTheWordsOfTheRecordAreWhatTheyWere(t *testing.T) {
	for got, want := range map[string]string{
		string(audit.Asked): "asked", string(audit.MappingChanged): "mapping-changed", string(audit.NoticeOpened): "notice-opened", string(audit.NoticeSent): "notice-sent", string(audit.NoticeAnswered): "notice-answered",
		string(audit.NoticeClosed): "notice-closed", string(audit.Found): "found", string(audit.NotFound): "not-found", string(audit.Refused): "refused", string(audit.Failed): "error",
	} {
		if got != want {
			t.Errorf("%s is written as %s", want, got)
		}
	}
}
