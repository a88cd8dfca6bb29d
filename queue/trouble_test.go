package queue_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/queue"
)

// cannotLease makes the database fail whenever a message of hotich is leased.
const cannotLease = `create trigger no_lease before update of state on message when new.state = 2 and new.upstream = 'hotich'
	begin select raise(abort, 'damaged'); end`

func TestAnUpstreamThatCannotBeLeasedForDoesNotStopTheOthers(t *testing.T) {
	b := newBench(t)
	sick := b.put("HS-1", "", "x")
	e, d := b.message("DC-1", "", "x")
	healthy := b.putMessage(e, d, "dancu").ID
	b.execBehind(cannotLease)
	b.feed("hotich").Limit(1)
	b.feed("dancu").Limit(1)
	if l := b.next(b.feed("dancu")); l.ID != healthy {
		t.Errorf("leased %s, want %s", l.ID, healthy)
	}
	b.expectCounts()
	b.execBehind("drop trigger no_lease")
	b.clock.pass(time.Minute) // it is asked again by itself
	if l := b.next(b.feed("hotich")); l.ID != sick {
		t.Errorf("leased %s, want %s", l.ID, sick)
	}
}

func TestAnUpstreamHeldUnderAClockThatWasAheadIsAskedOnceItIsSetRight(t *testing.T) {
	b := newBench(t)
	b.clock.pass(10 * 365 * day)
	b.feed("hotich").Limit(1)
	b.execBehind(cannotLease)
	id := b.put("HS-1", "", "x")
	b.execBehind("drop trigger no_lease")
	b.clock.pass(-10 * 365 * day)
	if l := b.next(b.feed("hotich")); l.ID != id {
		t.Errorf("leased %s, want %s", l.ID, id)
	}
}

func TestCountsThatCouldNotBeKeptAreRecounted(t *testing.T) {
	for name, reopen := range map[string]bool{"by the same process": false, "after a restart": true} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.put("HS-1", "", "x")
			b.execBehind("create trigger no_count before insert on tally begin select raise(abort, 'damaged'); end")
			b.put("HS-2", "", "x")
			b.put("HS-3", "", "x")
			b.execBehind("drop trigger no_count")
			b.put("HS-4", "", "x")
			if n, err := b.q.Waiting(context.Background()); err != nil || n == 4 {
				t.Fatalf("%d are counted (%v): the counts did not fail", n, err)
			}
			if reopen {
				b.damaged = true // until they are recounted
				b.reopen()
				b.damaged = false
			}
			b.sweep()
			b.expectCounts()
			b.done(b.claim("hotich", 1)[0])
			b.expectCounts()
		})
	}
}

// expectCounts fails unless the counts are those of the messages.
func (b *bench) expectCounts() {
	b.t.Helper()
	b.checkCounts(b.items(queue.Filter{}))
}

func TestLeasesAreEndedWhateverTheCountsSay(t *testing.T) {
	b := newBench(t)
	l := b.putAndClaim()
	b.clock.pass(-24 * time.Hour)
	put := b.put("HS-2", "", "x") // due a day later by the clock that was ahead
	b.clock.pass(-24 * time.Hour)
	b.execBehind("delete from tally")
	b.damaged = true
	b.endLeases(1)
	b.expectClaim(l.ID, put)
}

func TestTheRemovalOfARejectedMessageIsOnRecord(t *testing.T) {
	b := newBench(t)
	id := b.reject("HS-1", "", "x").ID
	b.live(90 * day)
	if s := b.sweep(); s.Removed != 1 {
		t.Fatalf("swept %+v", s)
	}
	b.expectHistory(id, "rejected, dropped")
	if last := b.history(id)[1]; last.Event != audit.Dropped || last.Detail == "" || last.Operator != "" || last.Sender != "H29.11" {
		t.Errorf("the record says %+v", last)
	}
}

func TestASweepPassesOverRowsThatAreDamaged(t *testing.T) {
	b := newBench(t)
	b.damaged = true
	const n, bad = 60, 30
	for range n {
		b.put("", "", strings.Repeat("x", 200))
	}
	for _, l := range b.claim("hotich", n) {
		b.done(l)
	}
	var sealed []byte
	if err := b.db.Read().QueryRow("select sealed from payload where seq = ?", bad).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	b.close()
	damagePage(t, b.path, sealed)
	b.open()
	b.live(2 * day)
	s := b.sweep()
	if left := b.count("select count(*) from message where payload > 0"); s.Purged < n/2 || s.Purged+left != n || left == 0 {
		t.Errorf("swept %+v, %d are left; want all but those of the damaged page and its neighbours", s, left)
	}
	b.put("", "", "x")
	b.done(b.claim("hotich", 1)[0])
	b.live(2 * day)
	if s := b.sweep(); s.Purged != 1 {
		t.Errorf("the next sweep did %+v", s)
	}
}

// damagePage spoils the head of the page that holds some bytes.
func damagePage(t *testing.T, path string, content []byte) {
	t.Helper()
	const page = 4096
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(file, content)
	if at < 0 {
		t.Fatal("there is no such page")
	}
	copy(file[at/page*page:], []byte{0x0d, 0xff, 0xff, 0xff, 0xff})
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAReplayDoesNotTakeTheOwnIdOfAMessageAway(t *testing.T) {
	b := newBench(t)
	id := b.parked("HS-1", "")
	b.operate(b.q.Replay, only(id), 1)
	l := b.claim("hotich", 1)[0]
	_, d := b.message("HS-2", "", "mapped otherwise today")
	if err := b.q.Identify(context.Background(), &l, d); err != nil {
		t.Fatal(err)
	}
	if it := b.item(id); it.LegacyID != "HS-1" {
		t.Errorf("its own id became %q", it.LegacyID)
	}
	b.done(l)
	if e, again := b.message("HS-1", "", "xHS-1"); !b.putMessage(e, again, "hotich").Duplicate {
		t.Error("a repeat of the message is taken for a new one")
	}
}

// What one connection remembers of a page may be torn while the disk is whole.
func TestAReaderThatRemembersADamagedPageDoesNotParkAMessage(t *testing.T) {
	b := newBench(t, func(o *sqlite.Options, _ *queue.Options) { o.Readers = 1 })
	b.put("HS-1", "", strings.Repeat("x", 2000))
	b.reopen() // all is in the file, and nothing in its log
	l := b.claim("hotich", 1)[0]
	b.reopen()
	whole, err := os.ReadFile(b.path)
	if err != nil {
		t.Fatal(err)
	}
	var root int64
	if err := b.db.Read().QueryRow("select rootpage from sqlite_schema where name = 'payload'").Scan(&root); err != nil {
		t.Fatal(err)
	}
	torn := bytes.Clone(whole)
	copy(torn[(root-1)*4096:], bytes.Repeat([]byte{0xff}, 100))
	if err := os.WriteFile(b.path, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.q.Load(context.Background(), l); lgsp.KindOf(err) != lgsp.Invalid {
		t.Fatalf("loaded from a damaged page: %v", err)
	}
	if err := os.WriteFile(b.path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if d := b.load(l); !strings.Contains(string(d.Body), "xxx") {
		t.Errorf("loaded %q", d.Body)
	}
}
