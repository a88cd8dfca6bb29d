package soap

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"lgsp.internal/adapter/internal/listen"

	lgsp "lgsp.internal/adapter"
)

// gate slows down whoever guesses credentials.
//
// It counts failures of a name from an address, of a name from anywhere, and
// of an address. After the first few of a kind the door stays closed for one
// second, then two, and so on up to five minutes:
//
//   - for the name from that address, without its password being looked at;
//   - for the name from every address that it never logged in from before,
//     when many addresses guess it;
//   - for an address, as far as what it shows is wrong: behind one address
//     there may be several departments, and the right password of one of them
//     is let in whatever another does.
//
// An address in the networks that are configured for the department of a name
// is at home: what others do to the name is never held against it.
//
// Names that do not exist are treated the same way, so that nobody learns
// which do. Fifteen minutes after its last failure a count is forgotten.
// req: R-10
type gate struct {
	now     func() time.Time
	seed    maphash.Seed
	entries atomic.Int64 // of all ledgers

	mu        sync.Mutex
	known     ledger // name and address, name: of names that exist
	strangers ledger // the same of names that do not
	addresses ledger
}

// attempt is one log-in, as the gate counts it.
type attempt struct {
	pair, name, address uint64
	named, known, home  bool
}

const (
	pairFailures    = 5
	nameFailures    = 50
	addressFailures = 50
	longestLock     = 5 * time.Minute
	forgetAfter     = 15 * time.Minute
	ledgerSize      = 8192
)

// ledger counts failures by key, for a bounded number of keys.
type ledger map[uint64]failures

type failures struct {
	count int
	last  time.Time
	until time.Time // closed before then
}

func newGate(now func() time.Time) *gate {
	return &gate{now: now, seed: maphash.MakeSeed(), known: make(ledger), strangers: make(ledger), addresses: make(ledger)}
}

// watching reports whether anything at all is counted.
func (g *gate) watching() bool { return g.entries.Load() > 0 }

func (g *gate) address(ip netip.Addr) uint64 {
	return maphash.Comparable(g.seed, listen.Neighbourhood(ip)) | 1 // never zero
}

func (g *gate) attempt(ip netip.Addr, name []byte, known, home bool) attempt {
	a := attempt{address: g.address(ip), named: true, known: known, home: home}
	a.name = maphash.Bytes(g.seed, name)
	// A department's own network may be part of a neighbourhood.
	a.pair = maphash.Comparable(g.seed, struct {
		name, address uint64
		home          bool
	}{a.name, a.address, home})
	return a
}

// unnamed is an attempt that names nobody.
func (g *gate) unnamed(ip netip.Addr) attempt { return attempt{address: g.address(ip)} }

func (g *gate) names(a attempt) ledger {
	if a.known {
		return g.known
	}
	return g.strangers
}

// closed returns how long the door stays closed for a, 0 if it is open.
func (g *gate) closed(a attempt, familiar bool) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	names, now := g.names(a), g.now()
	wait := names[a.pair].until.Sub(now)
	if !familiar && !a.home {
		wait = max(wait, names[a.name].until.Sub(now))
	}
	return max(wait, 0)
}

// shut says what the door has just been shut for, after it was open.
type shut struct{ name, address bool }

// failed counts a failure and returns the error to answer it with.
func (g *gate) failed(a attempt) (*lgsp.Error, shut) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	var began shut
	if a.named {
		names := g.names(a)
		here, everywhere := names.count(a.pair, pairFailures, now), names.count(a.name, nameFailures, now)
		began.name = here || everywhere
	}
	before := g.addresses[a.address].until
	began.address = g.addresses.count(a.address, addressFailures, now)
	g.entries.Store(int64(len(g.known) + len(g.strangers) + len(g.addresses)))
	if wait := before.Sub(now); wait > 0 {
		return locked(wait), began
	}
	return refuse("Auth"), began
}

// passed forgets the failures of a name at an address once it logged in there,
// and all that is old.
func (g *gate) passed(a attempt) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.known, a.pair)
	now := g.now()
	for _, l := range []ledger{g.known, g.strangers, g.addresses} {
		l.sweep(now, 16)
	}
	g.entries.Store(int64(len(g.known) + len(g.strangers) + len(g.addresses)))
}

// count counts a failure, and reports whether it is the first to shut the door.
func (l ledger) count(key uint64, free int, now time.Time) (began bool) {
	f := l[key]
	if now.Sub(f.last) > forgetAfter {
		f = failures{}
	}
	f.count++
	f.last = now
	over := f.count - free
	if over >= 0 {
		f.until = now.Add(min(time.Second<<min(over, 20), longestLock))
	}
	if _, there := l[key]; !there && len(l) >= ledgerSize {
		l.makeRoom(now)
	}
	l[key] = f
	return over == 0
}

// makeRoom looks at some entries and forgets those that are old or, if none is,
// the least of them. How many it looks at does not depend on how many there are.
func (l ledger) makeRoom(now time.Time) {
	const some = 64
	if l.sweep(now, some) > 0 {
		return
	}
	var victim uint64
	least, seen := 0, 0
	for key, f := range l {
		if seen == 0 || f.count < least {
			victim, least = key, f.count
		}
		if seen++; seen == some {
			break
		}
	}
	delete(l, victim)
}

// sweep looks at up to n entries and removes those that are old.
func (l ledger) sweep(now time.Time, n int) (removed int) {
	for key, f := range l {
		if n--; n < 0 {
			break
		}
		if now.Sub(f.last) > forgetAfter {
			delete(l, key)
			removed++
		}
	}
	return removed
}
