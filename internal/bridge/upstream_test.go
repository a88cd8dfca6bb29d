package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/bridge"
)

func TestTheNextAttemptWaitsAsLongAsTheUpstreamAsked(t *testing.T) {
	r := newRig(t)
	r.sink.deliver = func(_ context.Context, _ lgsp.ID, _ lgsp.Document, attempt int) error {
		if attempt == 1 {
			return &lgsp.Error{Kind: lgsp.Unavailable, Code: "Thu", After: time.Hour, Err: errors.New("come back later")}
		}
		return nil
	}
	r.run()
	id := r.put("")
	r.await(lgsp.Queued, id)
	r.until(func() bool { return r.item(id).Code == "Thu" }, func() string { return "no outcome is recorded" })
	if it := r.item(id); it.Due == nil || it.Due.Before(r.now().Add(59*time.Minute)) {
		t.Fatalf("due at %v, the upstream asked for an hour", it.Due)
	}
	r.ahead.Store(int64(2 * time.Hour)) // the clock comes from outside
	r.await(lgsp.Delivered, id)
}

func TestMessagesThatFailTogetherDoNotComeBackTogether(t *testing.T) {
	r := newRig(t, func(r *rig) { r.opt.Upstreams[0].Retry = bridge.Backoff{First: time.Hour, Most: time.Hour} })
	r.sink.deliver = func(context.Context, lgsp.ID, lgsp.Document, int) error { return worldly(lgsp.Unavailable) }
	r.run()
	var ids []lgsp.ID
	for range 12 {
		ids = append(ids, r.put(""))
	}
	soonest, latest := 2*time.Hour, time.Duration(0)
	for _, id := range ids {
		r.until(func() bool { it := r.item(id); return it.State == "queued" && it.Code == "Thu" }, func() string { return "no outcome is recorded" })
		it := r.item(id)
		wait := it.Due.Sub(it.Changed)
		soonest, latest = min(soonest, wait), max(latest, wait)
	}
	if soonest < 30*time.Minute || latest > time.Hour+time.Second || latest-soonest < time.Minute {
		t.Errorf("they come back after %s to %s, want somewhere between half an hour and an hour each", soonest, latest)
	}
}

func TestTheBreakerKeepsMessagesOffTheWireAndRecoversByItself(t *testing.T) {
	const open = 60 * time.Millisecond
	r := newRig(t, func(r *rig) {
		r.opt.Upstreams[0].Breaker = bridge.Breaker{Failures: 3, Open: open, Most: 2 * open}
	})
	var down atomic.Bool
	down.Store(true)
	r.sink.deliver = func(context.Context, lgsp.ID, lgsp.Document, int) error {
		if down.Load() {
			<-time.After(10 * time.Millisecond) // long enough for others to come to the wire meanwhile
			return worldly(lgsp.Unavailable)
		}
		return nil
	}
	var ids []lgsp.ID
	for range 40 {
		ids = append(ids, r.put(""))
	}
	r.run()
	probes := 4
	r.until(func() bool { return len(r.sink.tries()) >= 3+4+probes }, func() string { return "the upstream is not probed" })
	down.Store(false)
	r.await(lgsp.Delivered, ids...)

	// The failures in a row, those that were on the wire with the last of them,
	// and then one attempt at a time, with the breaker's waits between.
	tries := r.sink.tries()
	var failed []time.Time
	for _, one := range tries {
		if !one.ok {
			failed = append(failed, one.at)
		}
	}
	const concurrency = 4
	gaps := 0
	for i := 1; i < len(failed); i++ {
		if gap := failed[i].Sub(failed[i-1]); gap > open*9/10 {
			gaps++
		} else if i >= 3+concurrency {
			t.Errorf("attempt %d came %s after the one before, while the breaker was open", i+1, gap)
		}
	}
	if gaps < probes {
		t.Errorf("%d probes, want %d", gaps, probes)
	}
	if log := r.said.String(); strings.Count(log, "upstream does not work") != 1 || strings.Count(log, "upstream works again") != 1 {
		t.Errorf("the outage and its end are not logged once each:\n%s", log)
	}
}

func TestMessagesThatAreAtFaultDoNotStopTheOthers(t *testing.T) {
	r := newRig(t, func(r *rig) {
		r.opt.Upstreams[0].Breaker = bridge.Breaker{Failures: 2, Open: time.Hour, Most: time.Hour}
	})
	r.sink.deliver = func(_ context.Context, _ lgsp.ID, d lgsp.Document, _ int) error {
		if string(d.Body) == "doc bad" {
			return worldly(lgsp.Refused)
		}
		return nil
	}
	var bad, good []lgsp.ID
	for i := range 20 {
		bad = append(bad, r.accept(letter(fmt.Sprintf("X-%d", i), "", "bad")))
	}
	for range 20 {
		good = append(good, r.put(""))
	}
	r.run()
	r.await(lgsp.Parked, bad...)
	r.await(lgsp.Delivered, good...)
}

func TestAMapperThatDoesNotWorkDoesNotStopTheOthersAtItsUpstream(t *testing.T) {
	r := newRig(t, func(r *rig) {
		r.opt.Upstreams[0].Breaker = bridge.Breaker{Failures: 2, Open: time.Hour, Most: time.Hour}
		r.opt.Services = append(r.opt.Services, bridge.Service{Name: "thu.hong", Upstream: "tren",
			Mapper: mapper(func(lgsp.Envelope) (lgsp.Document, error) { return lgsp.Document{}, worldly(lgsp.Unavailable) })})
	})
	for range 10 {
		e := letter("", "", "x")
		e.Service = "thu.hong"
		r.accept(e)
	}
	r.run()
	r.until(func() bool { return len(r.record(audit.Retried)) >= 5 }, func() string { return "the broken mapper is not asked" })
	var good []lgsp.ID
	for range 10 {
		good = append(good, r.put(""))
	}
	r.await(lgsp.Delivered, good...)
}

func TestThrottlingPausesTheWholeUpstream(t *testing.T) {
	const pause = 150 * time.Millisecond
	r := newRig(t)
	var throttled atomic.Bool
	r.sink.deliver = func(context.Context, lgsp.ID, lgsp.Document, int) error {
		if throttled.CompareAndSwap(false, true) {
			return &lgsp.Error{Kind: lgsp.Throttled, Code: "Thu", After: pause}
		}
		return nil
	}
	r.run()
	first := r.put("")
	r.until(func() bool { return r.item(first).Code == "Thu" }, func() string { return "it was not throttled" })
	ids := []lgsp.ID{first}
	for range 20 {
		ids = append(ids, r.put(""))
	}
	r.await(lgsp.Delivered, ids...)
	tries := r.sink.tries()
	if gap := tries[1].at.Sub(tries[0].at); gap < pause {
		t.Errorf("the next attempt came after %s, the upstream asked for %s", gap, pause)
	}
	if len(tries) != 22 {
		t.Errorf("%d attempts at 21 messages, one of which was throttled once", len(tries))
	}
}

func TestNoMoreThanTheLimitAreOnTheWire(t *testing.T) {
	r := newRig(t, func(r *rig) { r.opt.Upstreams[0].Concurrency = 3 })
	full := make(chan struct{})
	var once sync.Once
	r.sink.deliver = func(context.Context, lgsp.ID, lgsp.Document, int) error {
		if now, _ := r.sink.atOnce(); now >= 3 {
			once.Do(func() { close(full) })
		}
		select {
		case <-full: // the first ones wait for each other, so that the limit is reached
		case <-time.After(patient):
			return worldly(lgsp.Unavailable)
		}
		return nil
	}
	var ids []lgsp.ID
	for range 100 {
		ids = append(ids, r.put(""))
	}
	r.run()
	r.await(lgsp.Delivered, ids...)
	if _, most := r.sink.atOnce(); most != 3 {
		t.Errorf("%d were on the wire at once, the limit is 3", most)
	}
}

func TestAStalledUpstreamDoesNotSlowAnother(t *testing.T) {
	stalled := &sink{}
	r := newRig(t, func(r *rig) {
		r.opt.Upstreams = append(r.opt.Upstreams, r.upstream("ket", stalled))
		r.opt.Services = append(r.opt.Services, bridge.Service{Name: "thu.ket", Mapper: mapper(mapPlain), Upstream: "ket"})
	})
	release := make(chan struct{})
	stalled.deliver = func(context.Context, lgsp.ID, lgsp.Document, int) error { <-release; return nil }
	r.run()
	for i := range 30 { // more than may be on its wire and held for it
		e := letter(fmt.Sprintf("K-%d", i), "", "x")
		e.Service = "thu.ket"
		r.accept(e)
	}
	r.until(func() bool { now, _ := stalled.atOnce(); return now == 4 }, func() string { return "the wire is not full" })
	var ids []lgsp.ID
	for range 30 {
		ids = append(ids, r.put(""))
	}
	r.await(lgsp.Delivered, ids...)
	close(release)
}
