package bridge_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/bridge"
)

// refused checks that err is of a kind and code, with a sentence for people.
func refused(t *testing.T, err error, kind lgsp.Kind, code string) *lgsp.Error {
	t.Helper()
	var e *lgsp.Error
	if !errors.As(err, &e) || e.Kind != kind || e.Code != code || e.Text == "" {
		t.Fatalf("got %v, want %s (%s) with a sentence", err, kind, code)
	}
	return e
}

func TestAnUnknownServiceIsRefusedAndOnRecord(t *testing.T) {
	r := newRig(t)
	e := letter("HS-1", "", "x")
	e.Service = "khong.co"
	receipt, err := r.b.Accept(t.Context(), e)
	refused(t, err, lgsp.NotFound, "UnknownService")
	if receipt.ID != (lgsp.ID{}) || len(r.all()) != 0 {
		t.Errorf("receipt %+v, %d messages are held", receipt, len(r.all()))
	}
	denied := r.record(audit.Denied)
	if len(denied) != 1 || denied[0].Sender != sender || denied[0].Code != "UnknownService" || denied[0].Service != "" {
		t.Errorf("on record: %+v; what a stranger calls a service must not be there", denied)
	}
}

func TestASenderThatIsNotApprovedIsRefusedAndOnRecord(t *testing.T) {
	r := newRig(t)
	e := letter("HS-1", "", "x")
	e.Sender = "H29.99"
	receipt, err := r.b.Accept(t.Context(), e)
	refused(t, err, lgsp.Forbidden, "NotApproved")
	if receipt.ID != (lgsp.ID{}) || len(r.all()) != 0 {
		t.Errorf("receipt %+v, %d messages are held", receipt, len(r.all()))
	}
	denied := r.record(audit.Denied)
	if len(denied) != 1 || denied[0].Sender != "H29.99" || denied[0].Service != service || denied[0].Kind != "forbidden" {
		t.Errorf("on record: %+v", denied)
	}
}

func TestNobodyIsApprovedUnlessSomebodySaysSo(t *testing.T) {
	r := newRig(t, func(r *rig) { r.opt.Approved = nil })
	_, err := r.b.Accept(t.Context(), letter("HS-1", "", "x"))
	refused(t, err, lgsp.Forbidden, "NotApproved")
}

func TestARefusalStandsEvenIfItCannotBeRecorded(t *testing.T) {
	r := newRig(t, func(r *rig) { r.opt.Approved = nil })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := r.b.Accept(ctx, letter("HS-1", "", "x"))
	refused(t, err, lgsp.Forbidden, "NotApproved")
	if !strings.Contains(r.said.String(), "record a refusal") {
		t.Errorf("the log does not say so: %s", r.said.String())
	}
}

func TestAMessageThatCannotBeMappedIsKeptAndItsSenderTold(t *testing.T) {
	r := newRig(t)
	e := letter("", "", "")
	e.Body = []byte("nonsense")
	receipt, err := r.b.Accept(t.Context(), e)
	if told := refused(t, err, lgsp.Invalid, "Invalid"); len(told.Fields) != 1 {
		t.Errorf("the fields are lost: %+v", told)
	}
	if receipt.ID == (lgsp.ID{}) || receipt.State != lgsp.Rejected {
		t.Fatalf("receipt %+v", receipt)
	}
	it := r.item(receipt.ID)
	if it.State != "rejected" || it.Code != "Invalid" || it.Reason == "" || it.Bytes == 0 {
		t.Errorf("it is held as %+v", it)
	}
	r.run()
	r.await(lgsp.Delivered, r.put(""))
	if tries := r.sink.tries(); len(tries) != 1 {
		t.Errorf("%d messages came to the wire, one was good", len(tries))
	}
}

func TestAMapperThatDoesNotWorkKeepsMessagesAndMapsThemLater(t *testing.T) {
	for name, cause := range map[string]error{"unavailable": worldly(lgsp.Unavailable), "of unknown kind": errors.New("plugin: broken pipe")} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			broken := true
			r := newRig(t, func(r *rig) {
				r.opt.Services[0].Mapper = mapper(func(e lgsp.Envelope) (lgsp.Document, error) {
					mu.Lock()
					defer mu.Unlock()
					if broken {
						return lgsp.Document{}, cause
					}
					return mapPlain(e)
				})
			})
			first, second := r.accept(letter("HS-1", "a", "one")), r.accept(letter("HS-2", "a", "two"))
			r.run()
			r.until(func() bool { return r.item(first).Attempt > 1 }, func() string { return "it is not tried again" })
			if n := len(r.sink.tries()); n != 0 {
				t.Fatalf("%d documents that nobody made came to the wire", n)
			}
			mu.Lock()
			broken = false
			mu.Unlock()
			r.await(lgsp.Delivered, first, second)
			tries := r.sink.tries()
			if len(tries) != 2 || string(tries[0].d.Body) != "doc one" || string(tries[1].d.Body) != "doc two" {
				t.Errorf("on the wire: %+v; messages that were not mapped keep their order", tries)
			}
		})
	}
}

// A plugin may be down, and what the mapping itself says of a message is known.
func TestWhatIsKnownOfAMessageThatIsNotMappedYetCounts(t *testing.T) {
	var down sync.Map // lanes
	down.Store("a", true)
	down.Store("b", true)
	r := newRig(t, func(r *rig) {
		r.opt.Services[0].Mapper = mapper(func(e lgsp.Envelope) (lgsp.Document, error) {
			d, err := mapPlain(e)
			if _, broken := down.Load(d.Lane); broken {
				return lgsp.Document{LegacyID: d.LegacyID, Lane: d.Lane}, worldly(lgsp.Unavailable)
			}
			return d, err
		})
	})
	first, second, third := r.accept(letter("HS-1", "a", "one")), r.accept(letter("HS-2", "b", "two")), r.accept(letter("HS-3", "a", "three"))
	receipt, err := r.b.Accept(t.Context(), letter("HS-1", "a", "one"))
	if err != nil || receipt.ID != first || !receipt.Duplicate {
		t.Errorf("receipt of a repeat %+v, %v; want the one of %s", receipt, err, first)
	}
	r.run()
	down.Delete("b")
	r.await(lgsp.Delivered, second)
	if n := len(r.sink.tries()); n != 1 {
		t.Fatalf("%d documents came to the wire, one could be made", n)
	}
	down.Delete("a")
	r.await(lgsp.Delivered, first, third)
	if tries := r.sink.tries(); len(tries) != 3 || string(tries[1].d.Body) != "doc one" || string(tries[2].d.Body) != "doc three" {
		t.Errorf("on the wire: %+v", tries)
	}
}

func TestAMessageThatIsFoundBadWhenItIsMappedLaterIsParked(t *testing.T) {
	var mu sync.Mutex
	broken := true
	r := newRig(t, func(r *rig) {
		r.opt.Services[0].Mapper = mapper(func(e lgsp.Envelope) (lgsp.Document, error) {
			mu.Lock()
			defer mu.Unlock()
			if broken {
				return lgsp.Document{}, worldly(lgsp.Unavailable)
			}
			return mapPlain(e)
		})
	})
	e := letter("", "", "")
	e.Body = []byte("nonsense")
	id := r.accept(e)
	mu.Lock()
	broken = false
	mu.Unlock()
	r.run()
	r.await(lgsp.Parked, id)
	if it := r.item(id); it.Kind != "invalid" || it.Reason == "" {
		t.Errorf("parked as %+v", it)
	}
}

func TestARepeatGetsTheReceiptOfTheFirst(t *testing.T) {
	r := newRig(t)
	first := r.accept(letter("HS-1", "", "x"))
	receipt, err := r.b.Accept(t.Context(), letter("HS-1", "", "x"))
	if err != nil || receipt.ID != first || !receipt.Duplicate {
		t.Errorf("receipt %+v, %v; want the one of %s", receipt, err, first)
	}
	receipt, err = r.b.Accept(t.Context(), letter("HS-1", "", "y"))
	refused(t, err, lgsp.Conflict, "Conflict")
	if receipt.ID != first {
		t.Errorf("a conflict names %s, want the first message %s", receipt.ID, first)
	}
}

func TestEveryMessageGetsAnIDAndATimeOfItsOwn(t *testing.T) {
	const n = 200
	r := newRig(t)
	began := r.now().Add(-time.Millisecond)
	ids := make([]lgsp.ID, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			receipt, err := r.b.Accept(t.Context(), letter("", "", "the same"))
			if err != nil {
				t.Error(err)
			}
			ids[i] = receipt.ID
		})
	}
	wg.Wait()
	seen := map[lgsp.ID]bool{}
	for _, id := range ids {
		if id == (lgsp.ID{}) || seen[id] {
			t.Fatalf("id %s is empty or was given twice", id)
		}
		seen[id] = true
	}
	for _, it := range r.all() {
		if it.Received.Before(began) || it.Received.After(r.now()) {
			t.Errorf("received at %s, which is not now", it.Received)
		}
	}
}

func TestTheIDAndTimeThatTheDoorGaveAreKept(t *testing.T) {
	r := newRig(t)
	e := letter("HS-1", "", "x")
	e.ID, e.Received = lgsp.ID{1, 2, 3, 4, 5, 6, 0x77, 8, 0x89}, time.Date(2026, 3, 2, 1, 2, 3, 0, time.UTC)
	if id := r.accept(e); id != e.ID {
		t.Errorf("the message is called %s, the door called it %s", id, e.ID)
	}
	if it := r.item(e.ID); !it.Received.Equal(e.Received) {
		t.Errorf("received at %s, the door said %s", it.Received, e.Received)
	}
}

func TestWithoutRandomnessNothingIsAccepted(t *testing.T) {
	r := newRig(t, func(r *rig) { r.opt.Rand = strings.NewReader("short") })
	receipt, err := r.b.Accept(t.Context(), letter("HS-1", "", "x"))
	if err == nil || receipt.ID != (lgsp.ID{}) || len(r.all()) != 0 {
		t.Errorf("receipt %+v, %v, %d messages are held", receipt, err, len(r.all()))
	}
}

func TestAServiceWithoutItsUpstreamIsNotStarted(t *testing.T) {
	_, err := bridge.New(bridge.Options{Services: []bridge.Service{{Name: service, Mapper: mapper(mapPlain), Upstream: "tren"}}})
	if err == nil || !strings.Contains(err.Error(), service) || !strings.Contains(err.Error(), `"tren"`) {
		t.Errorf("%v; want an error that names the service and the upstream", err)
	}
}
