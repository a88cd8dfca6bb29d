package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/bridge"
	"lgsp.internal/adapter/internal/sqlite"
)

func TestAcceptedMessagesAreDeliveredAndOnRecord(t *testing.T) {
	r := newRig(t)
	r.sink.deliver = func(context.Context, lgsp.ID, lgsp.Document, int) error {
		<-time.After(20 * time.Millisecond)
		return nil
	}
	before := r.put("") // before Run, so that it is read back from disk
	r.run()
	after := r.put("")
	r.await(lgsp.Delivered, before, after)
	for _, id := range []lgsp.ID{before, after} {
		history, err := r.log.History(t.Context(), id.String())
		if err != nil {
			t.Fatal(err)
		}
		last := history[len(history)-1]
		if last.Event != audit.Delivered || last.Ref != "ref-"+id.String()[30:] || last.Attempt != 1 || last.Waited < 20 {
			t.Errorf("the record of %s ends with %+v", id, last)
		}
	}
	for _, one := range r.sink.tries() {
		if string(one.d.Body) != "doc x" || one.d.Route != "gui" {
			t.Errorf("on the wire: %+v", one.d)
		}
	}
}

func TestEveryKindOfErrorHasItsFate(t *testing.T) {
	for kind := lgsp.Unknown; kind <= lgsp.Forbidden; kind++ {
		if kind > lgsp.Throttled && kind < lgsp.Invalid {
			continue
		}
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.sink.deliver = func(_ context.Context, _ lgsp.ID, _ lgsp.Document, attempt int) error {
				if attempt == 1 {
					return worldly(kind)
				}
				return nil
			}
			id := r.put("")
			r.run()
			if kind.World() {
				r.await(lgsp.Delivered, id)
				retried := r.record(audit.Retried)
				if len(retried) != 1 || retried[0].Kind != kind.String() || retried[0].Code != "Thu" || len(r.sink.tries()) != 2 {
					t.Errorf("%d attempts, on record: %+v", len(r.sink.tries()), retried)
				}
				return
			}
			r.await(lgsp.Parked, id)
			it := r.item(id)
			if it.Kind != kind.String() || it.Code != "Thu" || it.Reason == "" || it.Error == "" || len(r.sink.tries()) != 1 {
				t.Errorf("%d attempts, parked as %+v", len(r.sink.tries()), it)
			}
			if parked := r.record(audit.Parked); len(parked) != 1 || parked[0].Result != "" {
				t.Errorf("returned by the upstream, it is on record as %+v", parked)
			}
		})
	}
}

func TestWhatNothingIsKnownOfIsTriedAgain(t *testing.T) {
	for code, cause := range map[string]error{"Unknown": errors.New("something new"), "Timeout": context.DeadlineExceeded} {
		r := newRig(t)
		r.sink.deliver = func(_ context.Context, _ lgsp.ID, _ lgsp.Document, attempt int) error {
			if attempt == 1 {
				return fmt.Errorf("deliver: %w", cause)
			}
			return nil
		}
		r.run()
		r.await(lgsp.Delivered, r.put(""))
		if retried := r.record(audit.Retried); len(retried) != 1 || retried[0].Code != code {
			t.Errorf("%v is on record as %+v, want code %s", cause, retried, code)
		}
	}
}

func TestAnAttemptEndsAfterItsTimeout(t *testing.T) {
	r := newRig(t, func(r *rig) { r.opt.Upstreams[0].Timeout = 30 * time.Millisecond })
	r.sink.deliver = func(ctx context.Context, _ lgsp.ID, _ lgsp.Document, attempt int) error {
		if attempt == 1 {
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	}
	r.run()
	r.await(lgsp.Delivered, r.put(""))
	if retried := r.record(audit.Retried); len(retried) != 1 || retried[0].Code != "Timeout" || retried[0].Took < 30 {
		t.Errorf("on record: %+v", retried)
	}
}

func TestALostAnswerIsAskedForAgainWithTheSameID(t *testing.T) {
	r := newRig(t)
	r.sink.deliver = func(_ context.Context, _ lgsp.ID, _ lgsp.Document, attempt int) error {
		if attempt < 4 {
			return worldly(lgsp.Unavailable)
		}
		return nil
	}
	id := r.put("")
	r.run()
	r.await(lgsp.Delivered, id)
	tries := r.sink.tries()
	if len(tries) != 4 {
		t.Errorf("%d attempts, want 4", len(tries))
	}
	for _, one := range tries {
		if one.id != id || string(one.d.Body) != "doc x" {
			t.Errorf("attempt with id %s and %q, want %s and the same document", one.id, one.d.Body, id)
		}
	}
	if n := len(r.record(audit.Delivered)); n != 1 {
		t.Errorf("delivered %d times on record", n)
	}
}

func TestLanesKeepTheirOrderWhileTheUpstreamFailsAtRandom(t *testing.T) {
	r := newRig(t)
	dice := rand.New(rand.NewPCG(1, 2))
	var mu sync.Mutex
	r.sink.deliver = func(context.Context, lgsp.ID, lgsp.Document, int) error {
		mu.Lock()
		defer mu.Unlock()
		if dice.IntN(3) == 0 {
			return worldly(lgsp.Unavailable)
		}
		return nil
	}
	r.run()
	lanes := map[string][]lgsp.ID{}
	var all []lgsp.ID
	for i := range 60 {
		lane := fmt.Sprintf("lane %d", i%5)
		id := r.put(lane)
		lanes[lane], all = append(lanes[lane], id), append(all, id)
	}
	r.await(lgsp.Delivered, all...)
	arrived := map[lgsp.ID]int{}
	for i, one := range r.sink.tries() {
		if one.ok {
			arrived[one.id] = i
		}
	}
	for lane, ids := range lanes {
		for i := 1; i < len(ids); i++ {
			if arrived[ids[i]] < arrived[ids[i-1]] {
				t.Errorf("%s: message %d overtook the one before it", lane, i+1)
			}
		}
	}
}

func TestADamagedPayloadIsParkedAndTheRestGoesOn(t *testing.T) {
	r := newRig(t)
	bad, good := r.put("a"), r.put("b")
	if err := r.db.Write(t.Context(), func(tx *sqlite.Tx) error {
		_, err := tx.Exec("update payload set sealed = zeroblob(200) where seq = ?", r.item(bad).Seq)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	r.run()
	r.await(lgsp.Delivered, good)
	r.await(lgsp.Parked, bad)
	if it := r.item(bad); it.Code != "Damaged" || it.Reason == "" {
		t.Errorf("parked as %+v", it)
	}
}

func TestAMessageWhoseServiceWasTakenAwayIsParked(t *testing.T) {
	r := newRig(t, func(r *rig) {
		r.opt.Services[0].Mapper = mapper(func(lgsp.Envelope) (lgsp.Document, error) { return lgsp.Document{}, worldly(lgsp.Unavailable) })
	})
	id := r.put("")
	r.opt.Services = nil
	var err error
	if r.b, err = bridge.New(r.opt); err != nil {
		t.Fatal(err)
	}
	r.run()
	r.await(lgsp.Parked, id)
	if it := r.item(id); it.Code != "UnknownService" || it.Reason == "" {
		t.Errorf("parked as %+v", it)
	}
	if parked := r.record(audit.Parked); len(parked) != 1 || parked[0].Result != audit.Refused {
		t.Errorf("never sent, it is on record as %+v", parked)
	}
}

func TestTheRecordIsSealedWhenTheBridgeStops(t *testing.T) {
	r := newRig(t)
	stop := r.run()
	r.await(lgsp.Delivered, r.put(""))
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	head, err := r.log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := os.ReadFile(r.db.Path() + ".heads")
	if err != nil || !strings.HasSuffix(string(sealed), head.String()+"\n") {
		t.Errorf("the sealed heads are %q, %v; the chain stands at %s", sealed, err, head)
	}
}
