package bridge_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/bridge"
)

// fragile is a rig whose upstream does not work while down holds.
func fragile(t *testing.T, change ...func(*rig)) (r *rig, down *atomic.Bool) {
	down = &atomic.Bool{}
	down.Store(true)
	r = newRig(t, append([]func(*rig){func(r *rig) {
		r.opt.Upstreams[0].Breaker = bridge.Breaker{Failures: 2, Open: 5 * time.Millisecond, Most: 10 * time.Millisecond}
	}}, change...)...)
	r.sink.deliver = func(context.Context, lgsp.ID, lgsp.Document, int) error {
		if down.Load() {
			return worldly(lgsp.Unavailable)
		}
		return nil
	}
	return r, down
}

func (r *rig) awaitEvents(event audit.Event, n int) []audit.Entry {
	r.t.Helper()
	var found []audit.Entry
	r.until(func() bool { found = r.record(event); return len(found) >= n }, func() string { return "not on record: " + string(event) })
	return found
}

func TestAnUpstreamThatIsDownAndUpAgainIsOnRecord(t *testing.T) {
	r, down := fragile(t)
	id := r.put("")
	stop := r.run()
	went := r.awaitEvents(audit.UpstreamDown, 1)[0]
	if went.Upstream != "tren" || went.Detail != audit.Messages || went.Kind != "unavailable" || went.Code != "Thu" || went.Message != "" || went.Took != 0 {
		t.Errorf("on record: %+v", went)
	}
	down.Store(false)
	r.await(lgsp.Delivered, id)
	came := r.awaitEvents(audit.UpstreamUp, 1)[0]
	if came.Upstream != "tren" || came.Detail != audit.Messages || came.Seq <= went.Seq || came.Took <= 0 || came.Took > came.At.Sub(went.At).Milliseconds()+1 {
		t.Errorf("on record: %+v after %+v", came, went)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if n, m := len(r.record(audit.UpstreamDown)), len(r.record(audit.UpstreamUp)); n != 1 || m != 1 {
		t.Errorf("down is on record %d times and up %d times, want once each", n, m)
	}
}

func TestTheLineOfLookUpsIsOnRecordByItself(t *testing.T) {
	fail := true
	at := &asker{answer: func(context.Context) ([]byte, error) {
		if fail {
			return nil, &lgsp.Error{Kind: lgsp.Unavailable, Code: "AnswerTimeout"}
		}
		return []byte(nobodyFound), nil
	}}
	r := newAskRig(t, at, []string{"HoVaTen"})
	for range 5 {
		_, _ = r.b.Ask(t.Context(), question())
	}
	fail = false
	r.ahead.Store(int64(2 * time.Minute))
	if _, err := r.b.Ask(t.Context(), question()); err != nil {
		t.Fatal(err)
	}
	r.b.EndLookUps() // writes what waits, though the bridge does not run
	down, up := r.record(audit.UpstreamDown), r.record(audit.UpstreamUp)
	if len(down) != 1 || down[0].Upstream != "dancu" || down[0].Detail != audit.LookUps || down[0].Code != "AnswerTimeout" {
		t.Errorf("on record: %+v", down)
	}
	if len(up) != 1 || up[0].Upstream != "dancu" || up[0].Detail != audit.LookUps || up[0].Took < 119_000 || up[0].Took > 150_000 {
		t.Errorf("on record: %+v, want about two minutes", up)
	}
}

func TestWhatWaitsToBeOnRecordIsWrittenBeforeTheBridgeEnds(t *testing.T) {
	r := newRig(t)
	arrived, letGo := r.held()
	stop := r.run()
	r.put("")
	<-arrived
	unlock := r.lock()
	for _, s := range []string{"H29.11", "H29.12", "H29.13"} {
		r.b.Note(audit.Entry{Event: audit.LockedOut, Sender: s, Detail: audit.OfDepartment})
	}
	letGo()
	unlock()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	var senders []string
	for _, e := range r.record(audit.LockedOut) {
		senders = append(senders, e.Sender)
		if e.At.IsZero() {
			t.Errorf("on record: %+v", e)
		}
	}
	if !slices.Equal(senders, []string{"H29.11", "H29.12", "H29.13"}) {
		t.Errorf("on record in this order: %v", senders)
	}
}

func TestADatabaseThatIsLockedNeitherHoldsALineUpNorLosesItsEvents(t *testing.T) {
	r, down := fragile(t)
	r.run()
	unlock := r.lock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.b.Note(audit.Entry{Event: audit.LockedOut, Detail: audit.OfAddress})
	}()
	select {
	case <-done:
	case <-time.After(patient):
		t.Fatal("noting an event waits for the database")
	}
	unlock()
	down.Store(false)
	if got := r.awaitEvents(audit.LockedOut, 1); len(got) != 1 || got[0].Detail != audit.OfAddress {
		t.Errorf("on record: %+v", got)
	}
}

func TestWhatCannotComeOnRecordAtTheEndIsLogged(t *testing.T) {
	r := newRig(t)
	r.b.Note(audit.Entry{Event: audit.LockedOut, Detail: audit.OfAddress})
	if err := r.db.Close(); err != nil {
		t.Fatal(err)
	}
	r.b.EndLookUps()
	if !strings.Contains(r.said.String(), "events are not on record") {
		t.Errorf("the log does not say so: %s", r.said.String())
	}
}
