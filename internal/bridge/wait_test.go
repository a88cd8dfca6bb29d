package bridge_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/bridge"
	"lgsp.internal/adapter/internal/sqlite"
)

// once has the sink answer the first document with an error of its own.
func (r *rig) once(e *lgsp.Error) {
	var said atomic.Bool
	r.sink.deliver = func(context.Context, lgsp.ID, lgsp.Document, int) error {
		if said.CompareAndSwap(false, true) {
			return e
		}
		return nil
	}
}

func TestWhatDidNotComeToTheWireSaysNothingAboutTheUpstream(t *testing.T) {
	for _, e := range []*lgsp.Error{
		{Kind: lgsp.Throttled, Code: "OwnRate", After: 5 * time.Millisecond},
		{Kind: lgsp.Unavailable, Code: "NoOperation"},
		{Kind: lgsp.Invalid, Code: "EmptyDocument"},
	} {
		t.Run(e.Code, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, func(r *rig) {
				r.opt.Upstreams[0].Breaker = bridge.Breaker{Failures: 1, Open: time.Hour, Most: time.Hour}
			})
			r.once(e)
			r.run()
			first := r.put("")
			r.until(func() bool { return r.item(first).Code == e.Code || r.item(first).State == "delivered" }, func() string { return "no outcome is recorded" })
			r.await(lgsp.Delivered, r.put(""))
			if e.Kind.World() {
				r.await(lgsp.Delivered, first)
			}
		})
	}
}

// Those that the upstream refuses while the breaker is half open must not be
// taken for a sign that it works.
func TestAnEmptyDocumentDoesNotCloseTheBreaker(t *testing.T) {
	r := newRig(t, func(r *rig) {
		r.opt.Upstreams[0].Concurrency = 1
		r.opt.Upstreams[0].Breaker = bridge.Breaker{Failures: 1, Open: 5 * time.Millisecond, Most: 5 * time.Millisecond}
	})
	r.sink.deliver = func(_ context.Context, _ lgsp.ID, d lgsp.Document, _ int) error {
		if string(d.Body) == "doc empty" {
			return &lgsp.Error{Kind: lgsp.Invalid, Code: "EmptyDocument"}
		}
		return worldly(lgsp.Unavailable)
	}
	r.run()
	r.put("")
	r.until(func() bool { return strings.Contains(r.said.String(), "upstream does not work") }, func() string { return "the breaker does not open" })
	r.await(lgsp.Parked, r.accept(letter("X-1", "", "empty")))
	if strings.Contains(r.said.String(), "upstream works again") {
		t.Error("the breaker closed")
	}
}

func TestAPauseForOurOwnRateEndsInTimeForTheNextTurn(t *testing.T) {
	r := newRig(t, func(r *rig) { r.opt.Upstreams[0].Timeout = 50 * time.Millisecond })
	const after = 300 * time.Millisecond
	r.once(&lgsp.Error{Kind: lgsp.Throttled, Code: "OwnRate", After: after})
	r.run()
	first := r.put("")
	r.until(func() bool { return r.item(first).Code == "OwnRate" }, func() string { return "no outcome is recorded" })
	noted := time.Now() // the pause begins beside the record, where nobody sees it
	r.until(func() bool { return time.Since(noted) > after/6 }, func() string { return "time stands still" })
	r.await(lgsp.Delivered, first, r.put(""))
	tries := r.sink.tries()
	if gap := tries[1].at.Sub(tries[0].at); gap < after-60*time.Millisecond {
		t.Errorf("the next attempt began after %s; the turn comes after %s and an attempt may wait 50 ms for it", gap, after)
	}
}

func TestAMessageThatMetAnOpenBreakerIsDueWhenThatCloses(t *testing.T) {
	r := newRig(t, func(r *rig) {
		r.opt.Upstreams[0].Retry = bridge.Backoff{First: time.Hour, Most: time.Hour}
		r.opt.Upstreams[0].Breaker = bridge.Breaker{Failures: 1, Open: 30 * time.Millisecond, Most: 30 * time.Millisecond}
	})
	arrived := make(chan struct{}, 100)
	gate := make(chan struct{})
	var came atomic.Int64
	r.sink.deliver = func(context.Context, lgsp.ID, lgsp.Document, int) error {
		n := came.Add(1)
		arrived <- struct{}{}
		<-gate
		if n <= 4 {
			return worldly(lgsp.Unavailable)
		}
		return nil
	}
	var ids []lgsp.ID
	for range 16 { // four come to the wire, the others wait in hand
		ids = append(ids, r.put(""))
	}
	r.run()
	for range 4 {
		<-arrived
	}
	r.until(func() bool { return len(r.all()) == strings.Count(r.states(), "leased") }, r.states)
	close(gate)
	late := 0
	r.until(func() bool {
		late = len(ids) - strings.Count(r.states(), "delivered")
		return late <= 4
	}, r.states)
	if late != 4 {
		t.Errorf("%d of %d wait for an hour, want those that failed", late, len(ids))
	}
}

// states lists the states of all messages.
func (r *rig) states() string {
	var states []string
	for _, it := range r.all() {
		states = append(states, it.State)
	}
	return strings.Join(states, " ")
}

func TestAMessageThatStoppingCutShortIsDueAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(r *rig) { r.opt.Upstreams[0].Retry = bridge.Backoff{First: time.Hour, Most: time.Hour} })
	r.sink.deliver = func(ctx context.Context, _ lgsp.ID, _ lgsp.Document, _ int) error {
		<-ctx.Done()
		return &lgsp.Error{Kind: lgsp.Unknown, Code: "Cut", Err: ctx.Err()}
	}
	for range 10 {
		r.put("")
	}
	stop := r.run()
	r.until(func() bool { return len(r.sink.tries()) == 4 }, func() string { return "the wire is not full" })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	r.sink.deliver = nil
	for _, it := range r.all() {
		if it.Due == nil || it.Due.After(r.now()) {
			t.Errorf("message %s (%s) is due %v", it.ID, it.Code, it.Due)
		}
	}
}

func TestAClockThatIsYearsAheadIsToldAndRemovesNothing(t *testing.T) {
	r := newRig(t, func(r *rig) { r.opt.Retain = 731 * 24 * time.Hour })
	stop := r.run()
	r.await(lgsp.Delivered, r.put(""))
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	entries := r.count("audit")
	r.ahead.Store(int64(10 * 365 * 24 * time.Hour))
	var err error
	if r.b, err = bridge.New(r.opt); err != nil {
		t.Fatal(err)
	}
	r.run()
	r.until(func() bool {
		said := r.said.String()
		return strings.Contains(said, "if the clock is wrong") && strings.Contains(said, "old entries of the record are kept")
	}, func() string { return "the clock is not told of" })
	if r.count("audit") < entries || r.count("payload") != 1 || r.count("message") != 1 {
		t.Errorf("%d entries of %d, %d payloads, %d messages are left", r.count("audit"), entries, r.count("payload"), r.count("message"))
	}
}

func (r *rig) count(table string) (n int) {
	r.t.Helper()
	err := r.db.Settle(r.t.Context(), func(tx *sqlite.Tx) error {
		return tx.Query("select count(*) from "+table, func(row sqlite.Row) error {
			n = int(row.Int(0))
			return nil
		})
	})
	if err != nil && !errors.Is(err, sqlite.ErrClosed) {
		r.t.Fatal(err)
	}
	return n
}
