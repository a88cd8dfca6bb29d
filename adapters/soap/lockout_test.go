package soap

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// witness remembers whom the door was shut for.
type witness struct {
	mu   sync.Mutex
	seen []LockOut
}

func (w *witness) see(l LockOut) { w.mu.Lock(); defer w.mu.Unlock(); w.seen = append(w.seen, l) }

func (w *witness) expect(t *testing.T, want ...LockOut) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.seen, want) {
		t.Errorf("told %+v, want %+v", w.seen, want)
	}
}

func watched(t *testing.T, change ...func(*Options)) (*served, *clock, *witness) {
	at, w := newClock(), &witness{}
	o := testOptions()
	o.Now, o.LockedOut = at.now, w.see
	for _, c := range change {
		c(&o)
	}
	return serve(t, o, &line{}), at, w
}

func TestALockOutOfADepartmentIsToldOnce(t *testing.T) {
	s, at, w := watched(t)
	q := good()
	q.password = "sai"
	for range pairFailures - 1 {
		s.send(t, q)
	}
	w.expect(t)
	for range 20 {
		s.send(t, q)
		at.add(30 * time.Second)
	}
	w.expect(t, LockOut{Department: "H29.11"})
	at.add(forgetAfter + time.Second)
	for range pairFailures {
		s.send(t, q)
	}
	w.expect(t, LockOut{Department: "H29.11"}, LockOut{Department: "H29.11"})
}

func TestALockOutNamesTheSystemWhoseUserNameItIs(t *testing.T) {
	s, _, w := watched(t, func(o *Options) {
		o.Departments[0].Systems = []System{{Name: "mot-cua", Credentials: Credentials{UsernameTokens: []Login{{"mc", password}}}}}
	})
	for range pairFailures {
		s.send(t, request{body: withToken(envelope11(testRoot), plainToken("mc", "sai"))})
	}
	w.expect(t, LockOut{Department: "H29.11", System: "mot-cua"})
}

// A stranger may make up any number of names and must not fill the record so.
func TestNamesThatAreMadeUpAreToldAsOneAddress(t *testing.T) {
	s, at, w := watched(t)
	for i := range 3 * addressFailures {
		q := good()
		q.user, q.password = "ai-do-"+strconv.Itoa(i/pairFailures), "sai"
		s.send(t, q)
	}
	w.expect(t, LockOut{})
	at.add(forgetAfter + time.Second)
	for i := range addressFailures {
		s.send(t, request{body: envelope11(testRoot), apiKey: "khoa-sai-" + strconv.Itoa(1000+i)})
	}
	w.expect(t, LockOut{}, LockOut{})
}

func TestGuessingOfManyAddressesIsToldOfANameOnce(t *testing.T) {
	_, at, w := watched(t)
	k := &keyring{gate: newGate(at.now), now: at.now, nobody: &user{department: &department{}}, lockedOut: w.see}
	u := &user{department: &department{code: "H29.11"}}
	for range 40 {
		k.tell(u, shut{name: true})
		k.tell(k.nobody, shut{name: true})
		k.tell(k.nobody, shut{address: true})
		k.tell(u, shut{address: true})
	}
	w.expect(t, LockOut{Department: "H29.11"}, LockOut{})
}
