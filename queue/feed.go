package queue

import (
	"context"
	"math"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
)

const (
	leaseFor  = 5 * time.Minute  // unless a feed is told otherwise
	lookEvery = time.Second      // how often a feed looks for what another process queued
	holdFor   = 10 * time.Second // how long a feed is not asked for that could not be leased for
	busyAfter = 30 * time.Second
	never     = math.MaxInt64
)

// Feed is a stream of leases for one upstream. It gives a lease whenever a
// message is due and fewer leases are out than its limit allows.
type Feed struct {
	q        *Queue
	upstream string
	leases   chan Lease

	// q.mu guards what follows.
	limit int
	lease time.Duration // how long a lease lasts
	next  int64         // ms; something may be due from then on
	held  int64         // ms; leasing failed, and is not tried again before

	// out are the leases given and not returned, at most limit. They are live
	// whatever the clock says.
	out map[fence]struct{}
}

// fence tells one attempt from every other.
type fence struct{ seq, attempt int64 }

// askAt is when leasing makes sense.
func (f *Feed) askAt() int64 { return max(f.next, f.held) }

// Feed returns the feed of an upstream, which gives at most most leases at a
// time. Its limit is zero at first. There is one feed for each upstream.
func (q *Queue) Feed(upstream string, most int) *Feed {
	q.mu.Lock()
	defer q.mu.Unlock()
	f := &Feed{q: q, upstream: upstream, leases: make(chan Lease, most), lease: leaseFor, out: map[fence]struct{}{}}
	q.feeds[upstream] = f
	return f
}

// Leases is the stream. The attempt of every lease is on disk.
func (f *Feed) Leases() <-chan Lease { return f.leases }

// LeaseFor sets how long the leases last that are given from now on: longer
// than an attempt takes, with the wait before it. Until then it is five minutes.
func (f *Feed) LeaseFor(d time.Duration) {
	f.q.mu.Lock()
	defer f.q.mu.Unlock()
	f.lease = d
}

// Limit sets how many leases may be out at once, at most what Feed was told.
func (f *Feed) Limit(n int) {
	f.q.mu.Lock()
	f.limit = min(n, cap(f.leases))
	f.q.mu.Unlock()
	f.q.knock()
}

// Return gives back the place of a lease that was settled or given up. Until
// then the lease does not expire.
func (f *Feed) Return(l Lease) {
	f.q.mu.Lock()
	delete(f.out, fence{l.seq, l.Attempt})
	due := f.askAt() <= f.q.opt.Now().UnixMilli()
	f.q.mu.Unlock()
	if due {
		f.q.knock()
	}
}

// knock has Run look at the feeds.
func (q *Queue) knock() {
	select {
	case q.knocked <- struct{}{}:
	default:
	}
}

// Run leases what becomes due by the passing of time, by places that are given
// back, and by the commands of another process, until ctx ends.
func (q *Queue) Run(ctx context.Context) {
	look := q.opt.Now()
	for {
		now := q.opt.Now()
		if q.clockIsBehind(now) {
			q.clockWentBack(ctx, now)
		}
		all := now.Sub(look) >= lookEvery || now.Before(look)
		if all {
			look = now
		}
		wait := q.untilDue(now, all)
		if wait <= 0 {
			// An empty commit is enough: every commit leases what is due.
			err := q.db.Settle(ctx, func(*sqlite.Tx) error { return nil })
			if err != nil && ctx.Err() == nil {
				q.opt.Log.Error("lease", "err", err)
			}
			if wait = lookEvery; err == nil {
				wait = max(q.untilDue(now, false), 5*time.Millisecond)
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-q.knocked:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// untilDue returns how long it is until a feed that has places may find
// something. With all, every feed may find something now.
func (q *Queue) untilDue(now time.Time, all bool) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	first := int64(never)
	for _, f := range q.feeds {
		if all {
			f.next = 0
		}
		if f.limit > len(f.out) {
			first = min(first, f.askAt())
		}
	}
	if first == never {
		return lookEvery
	}
	return min(time.Duration(first-now.UnixMilli())*time.Millisecond, lookEvery)
}

// wanted reports whether a message that is put now may be leased at once: its
// upstream's feed has a place, and nothing older is due.
func (q *Queue) wanted(c *commit, upstream string) (expiry int64, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	f, ok := q.feeds[upstream]
	if !ok || f.limit <= len(f.out)+len(c.leases[upstream]) || f.next <= c.ms || f.held > c.ms {
		return 0, false
	}
	return c.now.Add(f.lease).UnixMilli(), true
}
