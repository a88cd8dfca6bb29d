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
	root := doc.Root()
	parts := root.ChildElements()
	if root.Tag != "Envelope" || len(parts) == 0 || parts[0].Tag != "Header" || parts[0].NamespaceURI() != root.NamespaceURI() {
		return t, false
	}
	for _, block := range parts[0].ChildElements() {
		if !isSecurity(block) {
			continue
		}
		for _, e := range block.ChildElements() {
			if e.Tag != "UsernameToken" || e.NamespaceURI() != spaceWSSE {
				continue
			}
			if ok {
				return usernameToken{}, false
			}
			if t, ok = readToken(e); !ok {
				return usernameToken{}, false
			}
		}
	}
	return t, ok
}

// readToken reads a token. One that says something twice says nothing.
func readToken(token *etree.Element) (t usernameToken, ok bool) {
	seen := make(map[string]bool, 4)
	for _, e := range token.ChildElements() {
		space := e.NamespaceURI()
		if space != spaceWSSE && space != spaceWSU {
			continue
		}
		if seen[e.Tag] {
			return t, false
		}
		seen[e.Tag] = true
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
	return t, true
}

// byToken finds the department by a UsernameToken.
func (k *keyring) byToken(t usernameToken, ip netip.Addr) (*department, error) {
	v := visit{ip: ip}
	if t.name == "" || len(t.name)+1+len(t.password) > maxCredential || strings.Contains(t.name, ":") {
		return nil, k.unnamed(&v, nil)
	}
	name := []byte(t.name)
	u := k.user(name)
	if !strings.HasSuffix(t.kind, "#PasswordDigest") {
		err := k.settle(&v, name, u, k.fits(u.token.proof, []byte(t.password)), nil)
		return v.department, err
	}
	// The clock is looked at first: that a token is old says nothing of its
	// password.
	now := k.now()
	created, err := fresh(t.created, now)
	if err != nil {
		return nil, err
	}
	digest, right := u.token.matches(t)
	err = k.settle(&v, name, u, right, func() error { return u.token.nonces.use(digest, created, now) })
	return v.department, err
}

// fresh reads when a token was made and refuses what is too far from now.
func fresh(text string, now time.Time) (time.Time, error) {
	created, err := parseCreated(text)
	if err != nil {
		return created, because("Expired", errors.New("created is not a date and time"))
	}
	if age := now.Sub(created); age > tokenWindow || age < -tokenWindow {
		return created, because("Expired", errors.New("created is too far from the clock"))
	}
	return created, nil
}

// matches computes SHA-1(nonce + created + password) and compares it with what
// a token shows, also for a name without tokens, so that the time taken does
// not tell.
func (l *tokenLogin) matches(t usernameToken) (digest [sha1.Size]byte, right bool) {
	nonce, err := base64.StdEncoding.DecodeString(t.nonce)
	if err != nil {
		nonce = []byte(t.nonce)
	}
	digest = sha1.Sum([]byte(string(nonce) + t.created + l.password))
	got, err := base64.StdEncoding.DecodeString(strings.TrimSpace(t.password))
	same := subtle.ConstantTimeCompare(got, digest[:]) == 1
	return digest, same && err == nil && l.nonces != nil && len(nonce) > 0
}

// nonces remembers the nonces of one user, so that a digest counts once. It
// keeps the digests themselves: a nonce can be written in more than one way,
// and is the same.
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

func (n *nonces) use(digest [sha1.Size]byte, created, now time.Time) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.age(now)
	step := created.Unix() / nonceStep
	if step < n.floor {
		return because("Expired", errors.New("created is older than the nonces that are remembered"))
	}
	key := maphash.Bytes(n.seed, digest[:])
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
