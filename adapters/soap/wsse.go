package soap

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"hash/maphash"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/beevik/etree"
)

// tokenWindow is how far Created of a digest may be from the clock, either way
// (UsernameToken Profile 1.1.1 §3.1 recommends five minutes).
const tokenWindow = 5 * time.Minute

// usernameToken is what a WS-Security header says about its sender.
type usernameToken struct {
	name, password, kind, nonce, created string
}

// tokenOf finds the UsernameToken of a message. Two of them, or none, is no
// token: it would be unclear who speaks.
func tokenOf(doc *etree.Document) (t usernameToken, ok bool) {
	for _, part := range doc.Root().ChildElements() {
		if part.Tag != "Header" {
			continue
		}
		for _, block := range part.ChildElements() {
			if block.Tag != "Security" || block.NamespaceURI() != spaceWSSE {
				continue
			}
			for _, e := range block.ChildElements() {
				if e.Tag != "UsernameToken" || e.NamespaceURI() != spaceWSSE {
					continue
				}
				if ok {
					return usernameToken{}, false
				}
				t, ok = readToken(e), true
			}
		}
	}
	return t, ok
}

func readToken(token *etree.Element) (t usernameToken) {
	for _, e := range token.ChildElements() {
		space := e.NamespaceURI()
		switch {
		case e.Tag == "Username" && space == spaceWSSE:
			t.name = strings.TrimSpace(e.Text())
		case e.Tag == "Password" && space == spaceWSSE:
			t.password = e.Text()
			t.kind = e.SelectAttrValue("Type", "")
		case e.Tag == "Nonce" && space == spaceWSSE:
			t.nonce = strings.TrimSpace(e.Text())
		case e.Tag == "Created" && space == spaceWSU:
			t.created = strings.TrimSpace(e.Text())
		}
	}
	return t
}

// byToken finds the department by a UsernameToken.
func (k *keyring) byToken(t usernameToken, ip netip.Addr) (*department, error) {
	if t.name == "" || len(t.name)+1+len(t.password) > maxCredential || strings.Contains(t.name, ":") {
		return nil, k.gate.failed(k.gate.attempt(ip, byToken, nil, false))
	}
	digest := strings.HasSuffix(t.kind, "#PasswordDigest")
	credential := []byte(t.name + ":" + t.password)
	u := k.logins[k.digest(byToken, credential)]
	if digest {
		u = k.users[string(byte(byToken))+t.name]
		if !t.matches(u) {
			u = nil
		}
	}
	d, err := k.settle(byToken, credential, u, ip)
	if err != nil {
		return nil, err
	}
	if digest {
		if err := u.nonces.use(t, k.now()); err != nil {
			return nil, err
		}
	}
	return d.from(ip)
}

// matches computes Base64(SHA-1(nonce + created + password)), also for a user
// that does not exist, so that the time taken does not tell.
func (t usernameToken) matches(u *user) bool {
	password := ""
	if u != nil {
		password = u.password
	}
	nonce, err := base64.StdEncoding.DecodeString(t.nonce)
	if err != nil {
		nonce = []byte(t.nonce)
	}
	want := sha1.Sum([]byte(string(nonce) + t.created + password))
	got, err := base64.StdEncoding.DecodeString(strings.TrimSpace(t.password))
	same := subtle.ConstantTimeCompare(got, want[:]) == 1
	return same && err == nil && u != nil && t.nonce != ""
}

// nonces remembers the nonces of one user, so that a digest counts once.
//
// They are kept by the time of their creation, in steps of ten seconds. When a
// user makes so many that they do not fit, the oldest step goes, and digests
// as old as it count as expired: memory is bounded and nothing passes twice.
type nonces struct {
	mu    sync.Mutex
	seed  maphash.Seed
	steps map[int64]map[uint64]struct{}
	n     int
	floor int64 // steps below are gone
}

const (
	nonceStep = 10 // seconds
	maxNonces = 1 << 16
)

func newNonces() *nonces {
	return &nonces{seed: maphash.MakeSeed(), steps: make(map[int64]map[uint64]struct{})}
}

func (n *nonces) use(t usernameToken, now time.Time) error {
	created, err := parseCreated(t.created)
	if err != nil {
		return because("Expired", errors.New("created is not a date and time"))
	}
	if age := now.Sub(created); age > tokenWindow || age < -tokenWindow {
		return because("Expired", errors.New("created is too far from the clock"))
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.age(now)
	step := created.Unix() / nonceStep
	if step < n.floor {
		return because("Expired", errors.New("created is older than the nonces that are remembered"))
	}
	key := maphash.String(n.seed, t.nonce)
	if _, used := n.steps[step][key]; used {
		return refuse("Replayed")
	}
	for n.n >= maxNonces {
		oldest := step
		for s := range n.steps {
			oldest = min(oldest, s)
		}
		n.dropBefore(oldest + 1)
		if step < n.floor {
			return because("Expired", errors.New("more nonces at once than are remembered"))
		}
	}
	if n.steps[step] == nil {
		n.steps[step] = make(map[uint64]struct{})
	}
	n.steps[step][key] = struct{}{}
	n.n++
	return nil
}

// age forgets what is too old to be taken. When the clock was moved back, what
// was forgotten before counts again, so everything up to now expires instead.
func (n *nonces) age(now time.Time) {
	latest := now.Add(tokenWindow).Unix()/nonceStep + 1
	if n.floor > latest {
		n.floor = now.Unix()/nonceStep + 1
		n.n = 0
		clear(n.steps)
	}
	n.dropBefore(now.Add(-tokenWindow).Unix() / nonceStep)
}

func (n *nonces) dropBefore(step int64) {
	if step <= n.floor {
		return
	}
	n.floor = step
	for s, keys := range n.steps {
		if s < step {
			n.n -= len(keys)
			delete(n.steps, s)
		}
	}
}

// parseCreated reads an xs:dateTime; without a zone it is UTC.
func parseCreated(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err == nil {
		return t, nil
	}
	return time.Parse("2006-01-02T15:04:05.999999999", s)
}
