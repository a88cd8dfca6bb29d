package bridge_test

import (
	"context"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/bridge"
)

// held has the sink keep every delivery on the wire until it is let go.
func (r *rig) held() (arrived <-chan lgsp.ID, letGo func()) {
	came, gate := make(chan lgsp.ID, 1000), make(chan struct{})
	r.sink.deliver = func(ctx context.Context, id lgsp.ID, _ lgsp.Document, _ int) error {
		came <- id
		select {
		case <-gate:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return came, func() { close(gate) }
}

func TestAnOutcomeIsRecordedAsSoonAsTheDatabaseTakesIt(t *testing.T) {
	r := newRig(t)
	arrived, letGo := r.held()
	r.run()
	id := r.put("")
	<-arrived
	unlock := r.lock()
	letGo()
	r.until(func() bool { return strings.Count(r.said.String(), "record an outcome") >= 2 }, func() string { return "the lock is not noticed" })
	unlock()
	r.await(lgsp.Delivered, id)
	if n := len(r.sink.tries()); n != 1 {
		t.Errorf("%d attempts, the first succeeded", n)
	}
}

func TestABridgeThatStartsWhileTheDatabaseIsLockedWaits(t *testing.T) {
	r := newRig(t)
	id := r.put("")
	unlock := r.lock()
	r.run()
	r.until(func() bool { return strings.Count(r.said.String(), "nothing is delivered yet") >= 2 }, func() string { return "the lock is not noticed" })
	unlock()
	r.await(lgsp.Delivered, id)
}

func TestAnOutcomeThatComesAfterItsLeaseHasEndedChangesNothing(t *testing.T) {
	r := newRig(t)
	arrived, letGo := r.held()
	r.run()
	id := r.put("")
	<-arrived
	if n, err := r.q.EndLeases(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	<-arrived // the second attempt, while the first is still on the wire
	letGo()
	r.await(lgsp.Delivered, id)
	r.until(func() bool { return strings.Contains(r.said.String(), "outcome came after the lease had ended") }, func() string { return "the late outcome is not logged" })
	if delivered := r.record(audit.Delivered); len(delivered) != 1 || delivered[0].Attempt != 2 {
		t.Errorf("on record: %+v", delivered)
	}
}

func TestStoppingLetsTheWireFinishAndStartsNothingNew(t *testing.T) {
	r := newRig(t)
	arrived, letGo := r.held()
	var ids []lgsp.ID
	for range 40 {
		ids = append(ids, r.put(""))
	}
	stop := r.run()
	onWire := map[lgsp.ID]bool{}
	for range 4 {
		onWire[<-arrived] = true
	}
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	select {
	case err := <-ended:
		t.Fatalf("it ended with four deliveries on the wire: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	letGo()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(patient):
		t.Fatal("it does not end")
	}
	if n := len(r.sink.tries()); n != 4 {
		t.Errorf("%d deliveries came to the wire, four were there when it was told to stop", n)
	}
	for _, id := range ids {
		want := "queued"
		if onWire[id] {
			want = "delivered"
		}
		if it := r.item(id); it.State != want {
			t.Errorf("message %s is %s, want %s", id, it.State, want)
		}
	}
}

func TestABridgeThatIsToldToStopAsItStartsEndsInOrder(t *testing.T) {
	r := newRig(t)
	id := r.put("")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := r.b.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if n := len(r.sink.tries()); n != 0 {
		t.Errorf("%d deliveries came to the wire", n)
	}
	r.run()
	r.await(lgsp.Delivered, id)
}

func TestNothingIsLeftLeasedWheneverTheBridgeStops(t *testing.T) {
	r := newRig(t)
	for round := range 40 {
		for range 12 {
			r.put("")
		}
		before := len(r.sink.tries())
		stop := r.run()
		r.until(func() bool { return len(r.sink.tries()) > before+round%8 }, func() string { return "nothing comes to the wire" })
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		for _, it := range r.all() {
			if it.State == "leased" {
				t.Fatalf("round %d: message %s is left leased", round, it.ID)
			}
		}
		var err error
		if r.b, err = bridge.New(r.opt); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADeliveryThatDoesNotEndIsCutOffWhenTheBridgeStops(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	arrived, _ := r.held()
	stop := r.run()
	id := r.put("")
	<-arrived
	began := time.Now()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 5*time.Second || took > 14*time.Second {
		t.Errorf("it took %s to stop, want ten seconds", took)
	}
	if it := r.item(id); it.State != "queued" {
		t.Errorf("the message is %s, want queued", it.State)
	}
}

func TestTheAttemptsOfAnEarlierRunAreMadeAgain(t *testing.T) {
	r := newRig(t)
	feed := r.q.Feed("tren", 1)
	feed.Limit(1)
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan struct{})
	go func() { defer close(ran); r.q.Run(ctx) }()
	id := r.put("")
	<-feed.Leases() // and the process is killed here
	cancel()
	<-ran
	r.run()
	r.await(lgsp.Delivered, id)
	retried := r.record(audit.Retried)
	if len(retried) != 1 || retried[0].Detail == "" || r.item(id).Attempt != 2 {
		t.Errorf("attempt %d, on record: %+v", r.item(id).Attempt, retried)
	}
}

func TestAPanicDuringAnAttemptEndsTheAttemptAndNotTheDaemon(t *testing.T) {
	r := newRig(t)
	const inside = "Nguyễn Thị Mẫu"
	r.sink.deliver = func(_ context.Context, _ lgsp.ID, _ lgsp.Document, try int) error {
		if try == 1 {
			panic("no place for " + inside)
		}
		return nil
	}
	r.run()
	id := r.put("")
	r.await(lgsp.Delivered, id)
	if n := len(r.sink.tries()); n != 2 {
		t.Errorf("%d attempts, want one that panics and one that succeeds", n)
	}
	if said := r.said.String(); !strings.Contains(said, "panic during an attempt") || strings.Contains(said, inside) {
		t.Errorf("the log has to name the panic and not what it holds:\n%s", said)
	}
}
