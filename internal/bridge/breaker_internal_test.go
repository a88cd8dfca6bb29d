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
