package bridge

import (
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

func TestASuccessBesideAThrottleDoesNotEndThePauseNorHideItsEnd(t *testing.T) {
	now := time.Now()
	b := &breaker{set: Breaker{Failures: 5, Open: time.Second, Most: time.Minute}}
	if _, _, turned := b.report(now, &lgsp.Error{Kind: lgsp.Throttled, After: 10 * time.Second}); !turned {
		t.Error("the pause is not told")
	}
	b.report(now, nil) // an attempt that was already on the wire
	if n, wait := b.limit(now, 16); n != 0 || wait != 10*time.Second {
		t.Errorf("%d attempts may begin, to be asked again in %s; the upstream asked for 10 s", n, wait)
	}
	if n, _ := b.limit(now.Add(11*time.Second), 16); n != 16 {
		t.Errorf("%d attempts may begin after the pause, want all", n)
	}
}

// openBreaker is one that has just opened for a second.
func openBreaker(now time.Time) *breaker {
	b := &breaker{set: Breaker{Failures: 1, Open: time.Second, Most: time.Minute}}
	b.report(now, &lgsp.Error{Kind: lgsp.Unavailable})
	return b
}

func TestOnlyTheProbeSaysWhetherAnUpstreamWorksAgain(t *testing.T) {
	now := time.Now()
	b := openBreaker(now)
	if _, closed := b.tell(now, false, nil); closed {
		t.Error("what began before the breaker opened closed it")
	}
	if _, wait := b.try(now); wait != time.Second {
		t.Errorf("while it is open: wait %s", wait)
	}
	now = now.Add(2 * time.Second)
	probe, wait := b.try(now)
	if !probe || wait != 0 {
		t.Fatalf("the first after that: probe %v, wait %s", probe, wait)
	}
	b.tell(now, false, &lgsp.Error{Kind: lgsp.Unavailable}) // of before
	if another, wait := b.try(now); another || wait == 0 {
		t.Error("a second one is let through beside the probe")
	}
	b.untried(true)
	if probe, wait = b.try(now); !probe || wait != 0 {
		t.Fatal("nobody may find out after the probe was not made")
	}
	if _, closed := b.tell(now, true, nil); !closed {
		t.Error("the probe succeeded, and the breaker is open")
	}
	if probe, wait = b.try(now); probe || wait != 0 {
		t.Errorf("after that: probe %v, wait %s", probe, wait)
	}
}

func TestAProbeThatFailsOpensTheBreakerForLonger(t *testing.T) {
	now := time.Now()
	b := openBreaker(now)
	for want := 2 * time.Second; want <= 32*time.Second; want *= 2 {
		now = now.Add(time.Hour)
		if probe, _ := b.try(now); !probe {
			t.Fatal("no probe")
		}
		b.tell(now, true, &lgsp.Error{Kind: lgsp.Unavailable})
		if _, wait := b.try(now); wait != want {
			t.Errorf("open for %s, want %s", wait, want)
		}
	}
}
