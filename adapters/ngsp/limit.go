package ngsp

import (
	"context"
	"sync"
	"time"
)

// limiter is a token bucket: rate deliveries a second, burst at once.
type limiter struct {
	mu    sync.Mutex
	rate  float64
	burst float64
	level float64 // below 0 when deliveries wait
	last  time.Time
}

func newLimiter(rate float64, burst int, now time.Time) *limiter {
	return &limiter{rate: rate, burst: float64(burst), level: float64(burst), last: now}
}

// reserve takes one delivery out of the bucket and says how long it must wait.
func (l *limiter) reserve(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if passed := now.Sub(l.last); passed > 0 {
		l.level = min(l.burst, l.level+passed.Seconds()*l.rate)
	}
	l.last = now
	l.level--
	if l.level >= 0 {
		return 0
	}
	return time.Duration(-l.level / l.rate * float64(time.Second))
}

func (l *limiter) giveBack() {
	l.mu.Lock()
	l.level = min(l.burst, l.level+1)
	l.mu.Unlock()
}

// wait returns when it is the caller's turn. When that would be after ctx's
// deadline it returns at once with the wait that would have been needed.
func (l *limiter) wait(ctx context.Context, now time.Time) (needed time.Duration, ok bool) {
	if l.rate == 0 {
		return 0, true
	}
	d := l.reserve(now)
	if d == 0 {
		return 0, true
	}
	if deadline, has := ctx.Deadline(); has && time.Until(deadline) < d {
		l.giveBack()
		return d, false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return 0, true
	case <-ctx.Done():
		l.giveBack()
		return d, false
	}
}
