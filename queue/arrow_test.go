package queue_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/queue"
)

// arrow is one way that a message can go: what is done, and what is then true.
type arrow struct {
	name   string
	walk   func(b *bench) lgsp.ID
	state  lgsp.State
	record string
}

var arrows = []arrow{
	{"put", func(b *bench) lgsp.ID { return b.put("HS-1", "", "x") }, lgsp.Queued, "accepted"},
	{"put, leased at once", func(b *bench) lgsp.ID { return putWhileWanted(b).ID }, lgsp.Leased, "accepted 1"},
	{"reject", func(b *bench) lgsp.ID { return b.reject("HS-1", "", "x").ID }, lgsp.Rejected, "rejected"},
	{"claim", func(b *bench) lgsp.ID { return b.putAndClaim().ID }, lgsp.Leased, "accepted, leased 1"},
	{"done", func(b *bench) lgsp.ID {
		l := b.putAndClaim()
		b.done(l)
		return l.ID
	}, lgsp.Delivered, "accepted, leased 1, delivered 1"},
	{"retry", func(b *bench) lgsp.ID {
		l := b.putAndClaim()
		b.retry(l, time.Second)
		return l.ID
	}, lgsp.Queued, "accepted, leased 1, retried 1"},
	{"park", func(b *bench) lgsp.ID { return b.parked("HS-1", "") }, lgsp.Parked, "accepted, leased 1, parked 1"},
	{"lease expires", func(b *bench) lgsp.ID {
		l := b.putAndClaim()
		b.giveUp(l)
		b.clock.pass(time.Hour)
		b.claim("hotich", 1)
		return l.ID
	}, lgsp.Leased, "accepted, leased 1, leased 2"},
	{"end leases", func(b *bench) lgsp.ID {
		l := b.putAndClaim()
		b.endLeases(1)
		return l.ID
	}, lgsp.Queued, "accepted, leased 1, retried 1"},
	{"replay of parked", func(b *bench) lgsp.ID {
		id := b.parked("HS-1", "")
		b.operate(b.q.Replay, only(id), 1)
		return id
	}, lgsp.Queued, "accepted, leased 1, parked 1, replayed 1"},
	{"replay of rejected", func(b *bench) lgsp.ID {
		id := b.reject("HS-1", "", "x").ID
		b.operate(b.q.Replay, only(id), 1)
		return id
	}, lgsp.Queued, "rejected, replayed"},
	{"hold", func(b *bench) lgsp.ID {
		id := b.put("HS-1", "", "x")
		b.operate(b.q.Hold, only(id), 1)
		return id
	}, lgsp.Parked, "accepted, parked"},
	{"drop of queued", func(b *bench) lgsp.ID {
		id := b.put("HS-1", "", "x")
		b.operate(b.q.Drop, only(id), 1)
		return id
	}, lgsp.Dropped, "accepted, dropped"},
	{"drop of parked", func(b *bench) lgsp.ID {
		id := b.parked("HS-1", "")
		b.operate(b.q.Drop, only(id), 1)
		return id
	}, lgsp.Dropped, "accepted, leased 1, parked 1, dropped 1"},
	{"drop of rejected", func(b *bench) lgsp.ID {
		id := b.reject("HS-1", "", "x").ID
		b.operate(b.q.Drop, only(id), 1)
		return id
	}, lgsp.Dropped, "rejected, dropped"},
	{"superseded by a corrected repeat", func(b *bench) lgsp.ID {
		id := b.reject("HS-1", "", "x").ID
		b.put("HS-1", "", "better")
		return id
	}, lgsp.Superseded, "rejected, superseded"},
}

func (b *bench) putAndClaim() queue.Lease {
	b.t.Helper()
	b.put("HS-1", "", "x")
	return b.claim("hotich", 1)[0]
}

func (b *bench) parked(id, lane string) lgsp.ID {
	b.t.Helper()
	b.put(id, lane, "x"+id)
	l := b.claim("hotich", 1)[0]
	b.park(l)
	return l.ID
}

func (b *bench) endLeases(want int64) {
	b.t.Helper()
	if n, err := b.q.EndLeases(context.Background()); err != nil || n != want {
		b.t.Fatalf("%d leases ended (%v), want %d", n, err, want)
	}
}

// putWhileWanted puts a message while the feed has a place and nothing else is due.
func putWhileWanted(b *bench) queue.Lease {
	b.t.Helper()
	b.claimAll("hotich")
	f := b.feed("hotich")
	f.Limit(f.taken + 1)
	b.put("HS-1", "", "x")
	return b.next(f)
}

func TestEachArrowChangesTheStateAndWritesItsEntry(t *testing.T) {
	for _, a := range arrows {
		t.Run(a.name, func(t *testing.T) {
			b := newBench(t)
			id := a.walk(b)
			b.expect(id, a.state)
			b.expectHistory(id, a.record)
			b.checkFrom(b.record())
		})
	}
}

// A database that lost the end of its log is what a power cut leaves behind.
// Whatever commit was the last, each message must be in the state that the
// record tells: state and entry are one commit. // req: R-12
func TestStateAndEntryShareACommit(t *testing.T) {
	commits := 0
	for _, a := range arrows {
		t.Run(a.name, func(t *testing.T) {
			b := newBench(t)
			a.walk(b)
			for _, end := range commitEnds(t, b.path+"-wal") {
				copied := b.copyTo(filepath.Join(t.TempDir(), "cut.db"), end)
				copied.close() // checks that it is whole
				commits++
			}
		})
	}
	if commits < 40 {
		t.Errorf("only %d commits were looked at", commits)
	}
}

// commitEnds returns the lengths of a write-ahead log at which a commit ends
// (https://sqlite.org/fileformat2.html#walformat).
func commitEnds(t *testing.T, path string) []int64 {
	t.Helper()
	wal, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := int(binary.BigEndian.Uint32(wal[8:]))
	var ends []int64
	for at := 32; at+24+page <= len(wal); at += 24 + page {
		if binary.BigEndian.Uint32(wal[at+4:]) != 0 {
			ends = append(ends, int64(at+24+page))
		}
	}
	return ends
}

// copyTo copies the database and the first bytes of its log as they are on
// disk, which is what a killed process leaves, and opens the copy.
func (b *bench) copyTo(path string, walBytes int64) *bench {
	b.t.Helper()
	for _, suffix := range []string{"", "-wal", ".heads"} {
		data, err := os.ReadFile(b.path + suffix)
		if suffix == ".heads" && (walBytes >= 0 || errors.Is(err, fs.ErrNotExist)) {
			continue // a torn log has lost what was sealed
		}
		if err != nil {
			b.t.Fatal(err)
		}
		if suffix == "-wal" && walBytes >= 0 {
			data = data[:walBytes]
		}
		if err := os.WriteFile(path+suffix, data, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
	c := &bench{t: b.t, path: path, clock: b.clock, change: b.change, tune: b.tune}
	c.open()
	b.t.Cleanup(c.close)
	return c
}

func TestAnEntryTellsWhoWhatAndWhy(t *testing.T) {
	b := newBench(t)
	e, d := b.message("HS-1", "lane", "x")
	d.Purpose = lgsp.Purpose{Procedure: "1.004222", Officer: "CB-07", Unit: "H29.11.03"}
	id := b.putMessage(e, d, "hotich").ID
	b.clock.pass(3 * time.Second)
	b.park(b.claim("hotich", 1)[0])
	b.operate(b.q.Replay, only(id), 1)
	b.retry(b.claim("hotich", 1)[0], 0)
	b.clock.pass(time.Second)
	b.done(b.claim("hotich", 1)[0])

	got := b.history(id)
	if tell(got) != "accepted, leased 1, parked 1, replayed 1, leased 2, retried 2, leased 3, delivered 3" {
		t.Fatalf("record has %s", tell(got))
	}
	accepted, parked, replayed, retried, delivered := got[0], got[2], got[3], got[5], got[7]
	for _, e := range got {
		if e.Sender != "H29.11" || e.Service != "hotich.khai-sinh" || e.Upstream != "hotich" || e.Message != id.String() {
			t.Errorf("entry does not name the exchange: %+v", e)
		}
	}
	if accepted.Subject != b.log.Pseudonym("079000000001") || accepted.Procedure != "1.004222" || accepted.Officer != "CB-07" || accepted.Unit != "H29.11.03" {
		t.Errorf("accepted: %+v", accepted)
	}
	if parked.Kind != "refused" || parked.Code != "E07" || parked.Took != 9 {
		t.Errorf("parked: %+v", parked)
	}
	if replayed.Operator != operator.Operator || replayed.Detail != operator.Why {
		t.Errorf("replayed: %+v", replayed)
	}
	if retried.Kind != "unavailable" || retried.Code != "Down" || retried.Took != 7 {
		t.Errorf("retried: %+v", retried)
	}
	if delivered.Ref != "NGSP-1" || delivered.Took != 12 || delivered.Waited != 4000 {
		t.Errorf("delivered: %+v", delivered)
	}
	if want := b.clock.now().Truncate(time.Millisecond); !delivered.At.Equal(want) {
		t.Errorf("delivered at %s, want %s", delivered.At, want)
	}
}

// When the entry cannot be written, the change is not made either.
func TestWithoutItsEntryAChangeIsNotMade(t *testing.T) {
	b := newBench(t)
	b.put("HS-1", "", "x")
	l := b.claim("hotich", 1)[0]
	b.execBehind("create trigger no_entries before insert on audit begin select raise(abort, 'no'); end")
	ctx := context.Background()
	for name, change := range map[string]func() error{
		"put":   func() error { e, d := b.message("HS-2", "", "x"); _, err := b.q.Put(ctx, e, d, "hotich"); return err },
		"done":  func() error { return b.q.Done(ctx, l, lgsp.Ack{}, 0) },
		"park":  func() error { return b.q.Park(ctx, l, fault, 0) },
		"retry": func() error { return b.q.Retry(ctx, l, b.clock.now(), world, 0) },
	} {
		if change() == nil {
			t.Errorf("%s succeeded without its entry", name)
		}
	}
	if n := b.count("select count(*) from message"); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
	b.expect(l.ID, lgsp.Leased)
	b.execBehind("drop trigger no_entries")
	b.done(l)
}

func TestTheReasonIsShownUntilTheMessageIsDelivered(t *testing.T) {
	b := newBench(t)
	id := b.parked("HS-1", "")
	it := b.item(id)
	if it.Kind != "refused" || it.Code != "E07" || it.Reason != fault.Text || !strings.Contains(it.Error, "E07") {
		t.Errorf("parked message shows %+v", it)
	}
	b.operate(b.q.Replay, only(id), 1)
	b.done(b.claim("hotich", 1)[0])
	if it := b.item(id); it.Kind != "" || it.Code != "" || it.Reason != "" || it.Error != "" {
		t.Errorf("delivered message shows %+v", it)
	}
	rejected := b.item(b.reject("HS-2", "", "x").ID)
	if rejected.Kind != "invalid" || rejected.Reason != bad.Text || !strings.Contains(rejected.Error, "/DangKy/NgaySinh") {
		t.Errorf("rejected message shows %+v", rejected)
	}
}

func TestARejectionTellsWhichFieldsWereWrong(t *testing.T) {
	b := newBench(t)
	id := b.reject("HS-1", "", "x").ID
	b.operate(b.q.Replay, only(id), 1)
	got := b.history(id)
	if len(got) != 2 || got[0].Fields != "/DangKy/NgaySinh" || got[0].From != "" || got[1].Fields != "" || got[1].From != "rejected" {
		t.Errorf("record has %+v", got)
	}
}

func TestTheEventsOfTheRecordAreThoseOfTheArrows(t *testing.T) {
	seen := map[audit.Event]bool{}
	for _, a := range arrows {
		for _, word := range strings.Split(a.record, ", ") {
			seen[audit.Event(strings.Fields(word)[0])] = true
		}
	}
	for _, e := range []audit.Event{audit.Accepted, audit.Rejected, audit.Leased, audit.Delivered, audit.Retried, audit.Parked, audit.Replayed, audit.Dropped, audit.Superseded} {
		if !seen[e] {
			t.Errorf("no arrow is tested that writes %q", e)
		}
	}
}
