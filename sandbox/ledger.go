package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"
)

// Effect is one request that took effect.
type Effect struct {
	Seq     uint64    `json:"seq"` // 1 for the first; in the order in which they took effect
	At      time.Time `json:"at"`  // UTC
	Code    string    `json:"code"`
	Service string    `json:"service"` // module (LTKS, LTKT, LTKH, LTBHYT, LTCT, LTMTP) or operation
	Key     string    `json:"key"`     // maHoSoLT, maDanhSach or maHoSoMCDT, or a pseudonym of the person that is the same for the life of the server
}

// Refusal is one request that was understood and refused. It holds the names of
// fields and never what was in them.
type Refusal struct {
	At   time.Time `json:"at"` // UTC
	Path string    `json:"path"`
	Code string    `json:"code"`
	Text string    `json:"text"`
}

// maxRefusals is how many refusals are kept for people to read.
const maxRefusals = 200

// ledger is the account of what took effect. One request code has one effect.
type ledger struct {
	now    func() time.Time
	log    *slog.Logger
	secret [32]byte // of the pseudonyms

	mu       sync.Mutex
	codes    codeBook
	seq      uint64
	recent   ring[Effect]
	services map[string]uint64
	refusals ring[Refusal]
	out      io.Writer
	outErr   error
	line     []byte
}

// A fingerprint stands for a request code and the service it was sent to.
type fingerprint [16]byte

// A codeBook knows the request codes that were entered last.
type codeBook struct {
	seen      map[fingerprint]struct{}
	order     ring[fingerprint]
	forgotten uint64
}

func newCodeBook(max int) codeBook {
	return codeBook{seen: map[fingerprint]struct{}{}, order: ring[fingerprint]{max: max}}
}

// enter reports false when the code is in the book already.
func (b *codeBook) enter(f fingerprint) bool {
	if _, ok := b.seen[f]; ok {
		return false
	}
	b.seen[f] = struct{}{}
	if old, dropped := b.order.push(f); dropped {
		delete(b.seen, old)
		b.forgotten++
	}
	return true
}

func newLedger(o Options) (*ledger, error) {
	l := &ledger{
		now: o.Now, log: o.Log, out: o.Effects,
		services: map[string]uint64{}, codes: newCodeBook(o.Remember),
		recent: ring[Effect]{max: o.Recent}, refusals: ring[Refusal]{max: maxRefusals},
	}
	_, err := io.ReadFull(o.Rand, l.secret[:])
	return l, err
}

func fingerprintOf(realm, code string) fingerprint {
	var buf [64]byte
	sum := sha256.Sum256(append(append(append(buf[:0], realm...), 0), code...))
	return fingerprint(sum[:16])
}

// take gives e its effect unless its code had one before in the realm, and
// reports whether it did. apply runs as part of the effect, so effects on one
// person are applied in the order of their numbers.
func (l *ledger) take(realm string, e Effect, apply func()) bool {
	f := fingerprintOf(realm, e.Code)
	e.At = l.now().UTC()
	e.Code, e.Service, e.Key = strings.Clone(e.Code), strings.Clone(e.Service), strings.Clone(e.Key) // not the whole request body that they may be part of
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.codes.enter(f) {
		return false
	}
	l.seq++
	e.Seq = l.seq
	l.recent.push(e)
	l.services[e.Service]++
	l.stream(e)
	if apply != nil {
		apply()
	}
	return true
}

// stream writes the effect's line. After the first error no more is written:
// a file with a hole would be worse than one that ends early, and Stats tells.
func (l *ledger) stream(e Effect) {
	if l.out == nil || l.outErr != nil {
		return
	}
	l.line = appendWord(l.line[:0], e.Code)
	l.line = appendWord(append(l.line, '\t'), e.Service)
	l.line = appendWord(append(l.line, '\t'), e.Key)
	if _, err := l.out.Write(append(l.line, '\n')); err != nil {
		l.outErr = fmt.Errorf("write an effect: %w", err)
		l.log.Error("effects are no longer written", "err", l.outErr)
	}
}

// appendWord appends s with control characters replaced, so that a line stays
// a line of three words.
func appendWord(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == 0x7f {
			dst = append(dst, '?')
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}

// pseudonym returns a word that stands for a personal id.
func (l *ledger) pseudonym(id string) string {
	mac := hmac.New(sha256.New, l.secret[:])
	mac.Write([]byte(id)) // never fails (hash.Hash)
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

func (l *ledger) refuse(path string, fs findings) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refusals.push(Refusal{At: l.now().UTC(), Path: path, Code: fs[0].code, Text: fs.sentence()})
}

// Effects returns up to limit effects with a number above after, oldest first;
// limit 0 returns all that are kept. Effects older than Options.Recent are
// gone: then the first one's Seq is above after+1.
func (s *Server) Effects(after uint64, limit int) []Effect {
	l := s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.recent.since(l.seq, after, limit)
}

// Refusals returns the last refusals, at most 200, oldest first.
func (s *Server) Refusals() []Refusal {
	l := s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Refusal, l.refusals.len())
	for i := range out {
		out[i] = l.refusals.at(i)
	}
	return out
}

// fill adds the ledger's numbers to st.
func (l *ledger) fill(st *Stats) {
	l.mu.Lock()
	defer l.mu.Unlock()
	st.Effects, st.Services = l.seq, maps.Clone(l.services)
	st.Remembered, st.Forgotten = len(l.codes.seen), l.codes.forgotten
	if l.outErr != nil {
		st.StreamError = l.outErr.Error()
	}
}

// A ring keeps the last max things. It grows as it is filled.
type ring[T any] struct {
	max   int
	start int
	held  []T
}

func (r *ring[T]) len() int   { return len(r.held) }
func (r *ring[T]) at(i int) T { return r.held[(r.start+i)%len(r.held)] }

// push adds v and returns what it had to drop for it.
func (r *ring[T]) push(v T) (dropped T, full bool) {
	if len(r.held) < r.max {
		r.held = append(r.held, v)
		return dropped, false
	}
	dropped, r.held[r.start] = r.held[r.start], v
	r.start = (r.start + 1) % len(r.held)
	return dropped, true
}

// since returns up to limit things numbered above after, where last is the
// number of the last one; limit 0 returns all.
func (r *ring[T]) since(last, after uint64, limit int) []T {
	n := r.len()
	skip := 0
	if first := last - uint64(n) + 1; after >= first {
		skip = int(min(after-first+1, uint64(n)))
	}
	if limit <= 0 || limit > n-skip {
		limit = n - skip
	}
	out := make([]T, limit)
	for i := range out {
		out[i] = r.at(skip + i)
	}
	return out
}
