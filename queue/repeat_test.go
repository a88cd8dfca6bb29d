package queue_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/queue"
)

// A repeat arrives as a new envelope with an ID of its own, which the mapping
// may have written into the document.
func (b *bench) repeat(id, lane, body string) (lgsp.Receipt, error) {
	e, d := b.message(id, lane, body)
	return b.q.Put(context.Background(), e, d, "hotich")
}

func TestARepeatGetsTheReceiptOfTheFirst(t *testing.T) {
	for _, c := range []struct {
		name  string
		reach func(b *bench)
		state lgsp.State
	}{
		{"queued", func(*bench) {}, lgsp.Queued},
		{"leased", func(b *bench) { b.claim("hotich", 1) }, lgsp.Queued}, // the sender need not know of attempts
		{"delivered", func(b *bench) { b.done(b.claim("hotich", 1)[0]) }, lgsp.Delivered},
		{"purged", func(b *bench) {
			b.done(b.claim("hotich", 1)[0])
			b.clock.pass(25 * time.Hour)
			b.sweep()
		}, lgsp.Delivered},
		{"parked", func(b *bench) { b.park(b.claim("hotich", 1)[0]) }, lgsp.Parked},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			first := b.put("HS-1", "a", "x")
			c.reach(b)
			got, err := b.repeat("HS-1", "a", "x")
			if err != nil || !reflect.DeepEqual(got, lgsp.Receipt{ID: first, State: c.state, Duplicate: true}) {
				t.Errorf("receipt of the repeat is %+v (%v), want %s %s", got, err, first, c.state)
			}
			if n := len(b.items(queue.Filter{})); n != 1 {
				t.Errorf("%d messages are held, want 1", n)
			}
			history := b.history(first)
			if last := history[len(history)-1]; last.Event != "repeated" {
				t.Errorf("the repeat is not on record: %s", tell(history))
			}
		})
	}
}

// req: R-04
func TestAnIDWrittenIntoTheDocumentDoesNotMakeARepeatAConflict(t *testing.T) {
	b := newBench(t)
	var first lgsp.ID
	for i := range 3 {
		e, d := b.message("HS-1", "", "")
		d.Body = []byte(`{"maYeuCau":"` + e.ID.String() + `","lai":"` + e.ID.String() + `"}`)
		r := b.putMessage(e, d, "hotich")
		if i == 0 {
			first = r.ID
		}
		if r.ID != first || r.Duplicate != (i > 0) {
			t.Errorf("receipt %d is %+v", i, r)
		}
	}
}

func TestAnotherContentWithTheSameOwnIDIsAConflict(t *testing.T) {
	b := newBench(t)
	first := b.put("HS-1", "", "x")
	for name, change := range map[string]func(*lgsp.Document){
		"body":  func(d *lgsp.Document) { d.Body = []byte("{y}") },
		"route": func(d *lgsp.Document) { d.Route = "huyHoSo" },
	} {
		e, d := b.message("HS-1", "", "x")
		change(&d)
		r, err := b.q.Put(context.Background(), e, d, "hotich")
		if lgsp.KindOf(err) != lgsp.Conflict || r.ID != first || lgsp.TextOf(err) == "" {
			t.Errorf("another %s: %+v %v", name, r, err)
		}
	}
	b.expectHistory(first, "accepted, conflicted, conflicted")
	b.expect(first, lgsp.Queued)
	if l := b.expectClaim(first)[0]; string(b.load(l).Body) != "{x}" {
		t.Error("a conflict changed the document of the first")
	}
}

func (b *bench) load(l queue.Lease) lgsp.Document {
	b.t.Helper()
	_, d, err := b.q.Load(context.Background(), l)
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

func TestOwnIDsOfOtherSendersAndServicesAreIndependent(t *testing.T) {
	b := newBench(t)
	b.put("HS-1", "", "x")
	for name, change := range map[string]func(*lgsp.Envelope){
		"sender":  func(e *lgsp.Envelope) { e.Sender = "H29.12" },
		"service": func(e *lgsp.Envelope) { e.Service = "hotich.khai-tu" },
	} {
		e, d := b.message("HS-1", "", "y")
		change(&e)
		if r := b.putMessage(e, d, "hotich"); r.Duplicate || r.ID != e.ID {
			t.Errorf("another %s: %+v", name, r)
		}
	}
	e, d := b.message("", "", "x")
	e2, d2 := b.message("", "", "x")
	if b.putMessage(e, d, "hotich").Duplicate || b.putMessage(e2, d2, "hotich").Duplicate {
		t.Error("messages without an own id were taken for repeats")
	}
}

func TestADroppedMessageGivesItsOwnIDBack(t *testing.T) {
	b := newBench(t)
	first := b.put("HS-1", "", "x")
	b.operate(b.q.Drop, only(first), 1)
	second := b.put("HS-1", "", "y")
	b.expectClaim(second)
	b.expect(first, lgsp.Dropped)
}

func TestACorrectedRepeatSupersedesARejectedMessage(t *testing.T) {
	b := newBench(t)
	first := b.reject("HS-1", "", "x").ID
	second := b.reject("HS-1", "", "still wrong").ID
	third := b.put("HS-1", "", "right")
	b.expect(first, lgsp.Superseded)
	b.expect(second, lgsp.Superseded)
	b.expectHistory(second, "rejected, superseded")
	b.expectClaim(third)
	b.operate(b.q.Replay, queue.Filter{}, 0)
}

// The mapping was mended and the sender repeats the very bytes.
func TestTheSameBytesSupersedeOnceTheyCanBeMapped(t *testing.T) {
	b := newBench(t)
	first := b.reject("HS-1", "", "x").ID
	second := b.put("HS-1", "", "x")
	b.expect(first, lgsp.Superseded)
	b.expectClaim(second)
}

func TestAnIdenticalRejectedRepeatMakesNoNewRow(t *testing.T) {
	for name, own := range map[string]string{"with an own id": "HS-1", "without": ""} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			first := b.reject(own, "", "x")
			if first.Duplicate || first.State != lgsp.Rejected {
				t.Errorf("the first is %+v", first)
			}
			for range 3 {
				if r := b.reject(own, "", "x"); !reflect.DeepEqual(r, lgsp.Receipt{ID: first.ID, State: lgsp.Rejected, Duplicate: true}) {
					t.Errorf("the repeat is %+v", r)
				}
			}
			if b.reject(own, "", "y").Duplicate {
				t.Error("other bytes were taken for a repeat")
			}
			b.expectHistory(first.ID, map[string]string{"HS-1": "rejected, repeated, repeated, repeated, superseded", "": "rejected, repeated, repeated, repeated"}[own])
		})
	}
}

func TestRejectedMessagesOfOtherSendersAreIndependent(t *testing.T) {
	b := newBench(t)
	b.reject("", "", "x")
	for _, sender := range []string{"H29.10", "H29.12"} {
		e, d := b.message("", "", "x")
		e.Sender = sender
		r, err := b.q.Reject(context.Background(), e, d, "hotich", bad, "")
		if err != nil || r.Duplicate {
			t.Errorf("%s: %+v %v", sender, r, err)
		}
	}
}

func TestABadRepeatDoesNotTakeTheIDOfAGoodMessage(t *testing.T) {
	b := newBench(t)
	good := b.put("HS-1", "", "x")
	wrong := b.reject("HS-1", "", "broken")
	if wrong.Duplicate || wrong.ID == good || wrong.State != lgsp.Rejected {
		t.Errorf("the bad repeat got %+v", wrong)
	}
	if own := b.item(wrong.ID).LegacyID; own != "" {
		t.Errorf("the bad repeat holds the id %q", own)
	}
	if r, err := b.repeat("HS-1", "", "x"); err != nil || r.ID != good {
		t.Errorf("the good message's repeat: %+v %v", r, err)
	}
	for range 3 {
		if r := b.reject("HS-1", "", "broken"); r.ID != wrong.ID || !r.Duplicate {
			t.Errorf("the bad repeat's own repeat got %+v", r)
		}
	}
	if n := len(b.items(queue.Filter{})); n != 2 {
		t.Errorf("%d messages are held, want 2", n)
	}
}

// A sender that repeats the very bytes gets the receipt of the first also when
// those were kept before they could be mapped.
func TestTheSameBytesAreARepeatOfAReplayedMessage(t *testing.T) {
	b := newBench(t)
	first := b.reject("HS-1", "", "x").ID
	b.operate(b.q.Replay, only(first), 1)
	b.done(b.claim("hotich", 1)[0])
	r, err := b.repeat("HS-1", "", "x")
	if err != nil || r.ID != first || !r.Duplicate {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := b.repeat("HS-1", "", "y"); lgsp.KindOf(err) != lgsp.Conflict {
		t.Errorf("other bytes: %v", err)
	}
}

func TestManySendersOfOneMessageGetOneReceipt(t *testing.T) {
	b := newBench(t)
	receipts := make(chan lgsp.Receipt)
	for range 32 {
		e, d := b.message("HS-1", "", "x")
		go func() {
			r, err := b.q.Put(context.Background(), e, d, "hotich")
			if err != nil {
				t.Error(err)
			}
			receipts <- r
		}()
	}
	firsts, ids := 0, map[lgsp.ID]bool{}
	for range 32 {
		r := <-receipts
		ids[r.ID] = true
		if !r.Duplicate {
			firsts++
		}
	}
	if firsts != 1 || len(ids) != 1 {
		t.Errorf("%d first receipts with %d ids, want one", firsts, len(ids))
	}
}
