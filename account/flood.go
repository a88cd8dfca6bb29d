package account

import (
	"net/netip"
	"sync"
	"time"

	"lgsp.internal/adapter/internal/listen"
)

// Wrong sign-ins in one minute above which the next are refused unasked: each
// costs a hash and an entry of the record.
const (
	floodWithin  = time.Minute
	floodMost    = 60  // from everywhere, for those from where one was wrong already
	floodAll     = 120 // for all, so that a few addresses alone do not keep everybody out
	floodAddress = 20  // from one address, or one /64 of IPv6; loopback, where a proxy may be, is exempt
)

// flood counts sign-ins that failed in the present minute.
type flood struct {
	mu      sync.Mutex
	began   time.Time
	all     int
	from    map[netip.Addr]int // by listen.Neighbourhood; at most floodAll entries
	refused int64              // unasked, not on record yet
	since   time.Time          // when the first of them was
}

func newFlood() *flood { return &flood{from: map[netip.Addr]int{}} }

// enter counts a sign-in as one that fails, until passed takes that back. It
// reports after how long the next is let in, 0 if this one is.
func (f *flood) enter(now time.Time, from netip.Addr) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if since := now.Sub(f.began); since >= floodWithin || since < 0 {
		f.began, f.all = now, 0
		clear(f.from)
	}
	from = listen.Neighbourhood(from)
	n := f.from[from]
	if f.all >= floodAll || f.all >= floodMost && n > 0 || n >= floodAddress && !from.IsLoopback() {
		if f.refused++; f.refused == 1 {
			f.since = now
		}
		return floodWithin - now.Sub(f.began)
	}
	f.all++
	f.from[from]++
	return 0
}

// passed takes back what enter counted at a time.
func (f *flood) passed(entered time.Time, from netip.Addr) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if entered.Before(f.began) {
		return
	}
	from = listen.Neighbourhood(from)
	f.all = max(0, f.all-1)
	if f.from[from]--; f.from[from] <= 0 {
		delete(f.from, from)
	}
}

// take returns how many were refused unasked since the last time, and when the
// first of them was.
func (f *flood) take() (int64, time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.refused
	f.refused = 0
	return n, f.since
}

// giveBack counts again what could not be put on record.
func (f *flood) giveBack(n int64, since time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refused += n
	f.since = since
}
