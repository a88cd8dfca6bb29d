package sandbox

import (
	"strings"
	"sync"
	"time"
)

// Lookup is one look-up that was answered, also when its code came before.
type Lookup struct {
	Seq     uint64    `json:"seq"` // 1 for the first; in the order in which they were answered
	At      time.Time `json:"at"`  // UTC
	Code    string    `json:"code"`
	Service string    `json:"service"` // the operation
	Key     string    `json:"key"`     // as in Effect: the pseudonym of the person, or of the number asked for when nobody has it
	Found   bool      `json:"found"`
}

// journal is the account of what was looked up. It is kept apart from the
// ledger because a look-up has no effect, so its code cannot use one up.
type journal struct {
	now func() time.Time

	mu     sync.Mutex
	codes  codeBook
	seq    uint64
	recent ring[Lookup]
}

func newJournal(o Options) *journal {
	return &journal{now: o.Now, codes: newCodeBook(o.Remember), recent: ring[Lookup]{max: o.Recent}}
}

// enter writes a look-up down and reports whether its code is a new one.
func (j *journal) enter(l Lookup) bool {
	f := fingerprintOf("lookup", l.Code)
	l.At = j.now().UTC()
	l.Code = strings.Clone(l.Code) // not the whole request body that it may be part of
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seq++
	l.Seq = j.seq
	j.recent.push(l)
	return j.codes.enter(f)
}

// fill adds the journal's numbers to st.
func (j *journal) fill(st *Stats) {
	j.mu.Lock()
	defer j.mu.Unlock()
	st.Lookups = j.seq
	st.Remembered += len(j.codes.seen)
	st.Forgotten += j.codes.forgotten
}

// Lookups returns up to limit look-ups with a number above after, oldest first;
// limit 0 returns all that are kept. Those older than Options.Recent are gone:
// then the first one's Seq is above after+1.
func (s *Server) Lookups(after uint64, limit int) []Lookup {
	j := s.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.recent.since(j.seq, after, limit)
}
