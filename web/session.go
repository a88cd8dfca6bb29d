package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"sync"
	"time"
)

// How many sessions there are at most. The one that was used the longest ago
// gives way.
const (
	sessionsPerAccount = 3
	sessionsMost       = 1000
	flashesMost        = 4
)

// secretSize is the length in bytes of what nobody can guess: the ids of
// sessions and the tokens of forms.
const secretSize = 32

// session is one browser in which somebody has signed in. name, stamp, csrf and
// began never change.
type session struct {
	key   [sha256.Size]byte // hash of the id, which only the browser has
	name  string            // of the account
	stamp int64             // of the account, at the beginning
	csrf  string            // token of every form
	began time.Time

	// Guarded by the mutex of sessions.
	seen    time.Time
	flashes []flash
}

// flash is a message that the next page shows, once.
type flash struct {
	Kind   string // done, wrong or secret
	Text   string
	Secret string // a password to be handed over; kind secret
}

// sessions are those of all browsers. They are in memory only: a restart ends
// them, and a copy of the disk opens none.
type sessions struct {
	idle, absolute time.Duration
	now            func() time.Time
	random         io.Reader

	mu  sync.Mutex
	all map[[sha256.Size]byte]*session
}

func newSessions(o Options) *sessions {
	return &sessions{idle: o.Idle, absolute: o.Absolute, now: o.Now, random: o.Rand, all: map[[sha256.Size]byte]*session{}}
}

// secret returns 256 random bits as text.
func secret(random io.Reader) (string, error) {
	var b [secretSize]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// begin makes a session and returns its id, for the browser.
func (s *sessions) begin(name string, stamp int64) (id string, held *session, err error) {
	if id, err = secret(s.random); err != nil {
		return "", nil, err
	}
	token, err := secret(s.random)
	if err != nil {
		return "", nil, err
	}
	now := s.now()
	held = &session{key: sha256.Sum256([]byte(id)), name: name, stamp: stamp, csrf: token, began: now, seen: now}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.makeRoom(func(one *session) bool { return one.name == name }, sessionsPerAccount)
	s.makeRoom(func(*session) bool { return true }, sessionsMost)
	s.all[held.key] = held
	return id, held, nil
}

// makeRoom ends those of some sessions that were used the longest ago, so that
// one more makes no more than most.
func (s *sessions) makeRoom(of func(*session) bool, most int) {
	for {
		n, oldest := 0, (*session)(nil)
		for _, one := range s.all {
			if of(one) {
				if n++; oldest == nil || one.seen.Before(oldest.seen) {
					oldest = one
				}
			}
		}
		if n < most {
			return
		}
		delete(s.all, oldest.key)
	}
}

// find returns the session of an id, which counts as used now; nil if there is
// none or it has ended.
func (s *sessions) find(id string) *session {
	if id == "" {
		return nil
	}
	key := sha256.Sum256([]byte(id))
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.all[key]
	if held == nil {
		return nil
	}
	now := s.now()
	if s.over(held, now) {
		delete(s.all, key)
		return nil
	}
	held.seen = now
	return held
}

// over reports whether a session has ended by itself.
func (s *sessions) over(held *session, now time.Time) bool {
	return now.Sub(held.seen) > s.idle || now.Sub(held.began) > s.absolute
}

func (s *sessions) end(held *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, held.key)
}

// sweep forgets those that have ended by themselves.
func (s *sessions) sweep() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for key, held := range s.all {
		if s.over(held, now) {
			delete(s.all, key)
		}
	}
}

// tell keeps a message for the next page; the oldest gives way.
func (s *sessions) tell(held *session, f flash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(held.flashes) == flashesMost {
		held.flashes = held.flashes[1:]
	}
	held.flashes = append(held.flashes, f)
}

// told returns the messages for this page and forgets them.
func (s *sessions) told(held *session) []flash {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := held.flashes
	held.flashes = nil
	return f
}
