package audit

import (
	"sync"
	"time"
)

// StepMost is the longest time between two seals that counts as time that has
// passed: a long weekend on which the machine was off. A clock that is wrong by
// more makes nothing older.
const StepMost = 72 * time.Hour

// seen is the time that was seen to pass, as the heads file tells it: the daemon
// seals every few minutes while there is something new, and every day.
type seen struct {
	mu        sync.Mutex
	read      bool // the heads file was
	stretches []stretch
}

// stretch is time between seals no two of which are further apart than StepMost.
type stretch struct{ from, to time.Time }

func (s *seen) add(at time.Time) { s.stretches = extend(s.stretches, at) }

// extend adds a moment to the last stretch, or begins the next with it.
func extend(stretches []stretch, at time.Time) []stretch {
	if n := len(stretches); n > 0 && !isStep(stretches[n-1].to, at) {
		stretches[n-1].to = at
		return stretches
	}
	return append(stretches, stretch{at, at})
}

// isStep reports whether from one moment to the next more time has passed, or
// less, than was seen.
func isStep(from, to time.Time) bool { return to.Sub(from).Abs() > StepMost }

// seenSoFar returns the stretches of the heads file.
func (l *Log) seenSoFar() ([]stretch, error) {
	l.seen.mu.Lock()
	defer l.seen.mu.Unlock()
	if !l.seen.read {
		heads, err := readHeads(l.opt.HeadsPath)
		if err != nil {
			return nil, err
		}
		for _, h := range heads {
			l.seen.add(h.at)
		}
		l.seen.read = true
	}
	return append([]stretch(nil), l.seen.stretches...), nil
}

// sealedAt notes a seal that was just written.
func (l *Log) sealedAt(at time.Time) {
	l.seen.mu.Lock()
	defer l.seen.mu.Unlock()
	if l.seen.read {
		l.seen.add(at)
	}
}

// Ago returns a time such that whatever was written before it is at least d
// old, counting only time that was seen to pass: of a step of the clock, or of
// the months that the machine was off, nothing is older. It is the zero time
// when not that much was seen.
func (l *Log) Ago(d time.Duration) (time.Time, error) {
	stretches, err := l.seenSoFar()
	if err != nil {
		return time.Time{}, err
	}
	now := l.opt.Now()
	stretches = extend(stretches, now)
	youngest := now // the earliest time that something younger may bear
	for i := len(stretches) - 1; i >= 0; i-- {
		s := stretches[i]
		long := max(s.to.Sub(s.from), 0)
		if long >= d {
			return earlier(s.to.Add(-d), youngest), nil
		}
		d -= long
		youngest = earlier(youngest, s.from)
	}
	return time.Time{}, nil
}

// Step returns when the record was sealed last if more time has passed since
// than counts, or if the clock went back by as much; false when neither is so.
func (l *Log) Step() (since time.Time, step bool, err error) {
	stretches, err := l.seenSoFar()
	if err != nil || len(stretches) == 0 {
		return time.Time{}, false, err
	}
	since = stretches[len(stretches)-1].to
	return since, isStep(since, l.opt.Now()), nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
