package soap

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"lgsp.internal/adapter/internal/vntext"
)

// keyring knows every credential of every department. A shared secret is kept
// as a SHA-256 digest under a key drawn at start: looking a digest up takes a
// time that says nothing about the secret, because nobody outside can choose
// or predict the digest of what he sends.
type keyring struct {
	key    [32]byte
	logins map[[sha256.Size]byte]*user // Basic and UsernameToken, by method and "name:password"
	keys   map[[sha256.Size]byte]*department
	users  map[string]*user // by method and name
	prints map[[sha256.Size]byte][]*certificateLogin
	named  []*certificateLogin // without fingerprint
	tokens bool                // somebody may log in by UsernameToken
	tls    *certificates
	gate   *gate
	now    func() time.Time
}

// method is the way a credential is shown. It is part of what is digested, so
// that a credential counts for its own method only.
type method byte

const (
	byBasic  method = 'b'
	byAPIKey method = 'k'
	byToken  method = 't'
)

// maxCredential bounds what is digested for a stranger, in bytes.
const maxCredential = 512

type department struct {
	code     string
	charset  string
	networks []netip.Prefix
	active   atomic.Int64 // requests under way
	held     atomic.Int64 // bytes of their bodies
}

// user is one name that a department logs in with.
type user struct {
	department *department
	password   string // in clear for UsernameToken, "" otherwise
	nonces     *nonces
	familiar   [8]atomic.Uint64 // addresses it logged in from, hashed
	next       atomic.Uint32
}

func newKeyring(o Options, s *Server) (*keyring, error) {
	k := &keyring{
		logins: make(map[[sha256.Size]byte]*user), keys: make(map[[sha256.Size]byte]*department),
		users: make(map[string]*user), prints: make(map[[sha256.Size]byte][]*certificateLogin),
		tls: s.tls, gate: newGate(s.now), now: s.now,
	}
	if _, err := io.ReadFull(s.random, k.key[:]); err != nil {
		return nil, fmt.Errorf("draw a key: %w", err)
	}
	var errs []error
	codes := make(map[string]bool)
	for _, d := range o.Departments {
		if d.Code == "" || codes[d.Code] {
			errs = append(errs, fmt.Errorf("department %q: the code is missing or another department has it", d.Code))
			continue
		}
		codes[d.Code] = true
		if err := k.add(d, o.TLS); err != nil {
			errs = append(errs, fmt.Errorf("department %q: %w", d.Code, err))
		}
	}
	return k, errors.Join(errs...)
}

func (k *keyring) add(d Department, files TLS) error {
	dept := &department{code: d.Code, charset: d.Charset, networks: d.Networks}
	var errs []error
	if _, ok := vntext.Canonical(d.Charset); d.Charset != "" && !ok {
		errs = append(errs, fmt.Errorf("charset %q is not one of %s", d.Charset, strings.Join(vntext.Names(), ", ")))
	}
	for _, l := range d.Basic {
		errs = append(errs, k.addLogin(byBasic, dept, l))
	}
	for _, l := range d.UsernameTokens {
		errs = append(errs, k.addLogin(byToken, dept, l))
	}
	for _, key := range d.APIKeys {
		digest := k.digest(byAPIKey, []byte(key))
		switch {
		case len(key) < 12 || len(key) > maxCredential || key != strings.TrimSpace(key):
			errs = append(errs, errors.New("an API key has to have 12 to 512 bytes and no space around it"))
		case k.keys[digest] != nil:
			errs = append(errs, errors.New("an API key is there twice"))
		default:
			k.keys[digest] = dept
		}
	}
	for _, c := range d.Certificates {
		errs = append(errs, k.addCertificate(dept, c, files))
	}
	return errors.Join(errs...)
}

func (k *keyring) addLogin(m method, d *department, l Login) error {
	id := string(byte(m)) + l.Username
	switch {
	case l.Username == "" || strings.Contains(l.Username, ":"):
		return fmt.Errorf("user name %q is empty or holds a colon", l.Username)
	case l.Password == "":
		return fmt.Errorf("user %q has no password", l.Username)
	case len(l.Username)+1+len(l.Password) > maxCredential:
		return fmt.Errorf("user %q: name and password have more than %d bytes", l.Username, maxCredential-1)
	case k.users[id] != nil:
		return fmt.Errorf("user %q is there twice", l.Username)
	}
	u := &user{department: d}
	if m == byToken {
		k.tokens = true
		u.password, u.nonces = l.Password, newNonces()
	}
	k.users[id] = u
	k.logins[k.digest(m, []byte(l.Username+":"+l.Password))] = u
	return nil
}

func (k *keyring) digest(m method, credential []byte) [sha256.Size]byte {
	var room [sha256.Size + 1 + maxCredential]byte
	b := append(room[:0], k.key[:]...)
	b = append(b, byte(m))
	return sha256.Sum256(append(b, credential...))
}

// byHeader finds the department by what precedes the body: client certificate,
// Authorization and X-API-Key. Each one that is shown has to be right and all
// have to mean the same department. It returns nil when none is shown.
func (k *keyring) byHeader(r *http.Request, ip netip.Addr, tokensToo bool) (*department, error) {
	found := k.certificateOf(r)
	if key := r.Header.Get("X-Api-Key"); key != "" {
		d, err := k.apiKey(key, ip)
		if err != nil {
			return nil, err
		}
		if found != nil && found != d {
			return nil, refuse("Auth")
		}
		found = d
	}
	scheme, encoded, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Basic") {
		d, err := k.basic(strings.TrimSpace(encoded), ip, tokensToo)
		if err != nil {
			return nil, err
		}
		if found != nil && found != d {
			return nil, refuse("Auth")
		}
		found = d
	}
	if found == nil {
		return nil, nil
	}
	return found.from(ip)
}

// from refuses a department that calls from a network that is not its own, in
// the words for a wrong password, so that a thief learns nothing.
func (d *department) from(ip netip.Addr) (*department, error) {
	if len(d.networks) == 0 {
		return d, nil
	}
	for _, n := range d.networks {
		if n.Contains(ip) {
			return d, nil
		}
	}
	err := refuse("Auth")
	err.Err = errors.New("department " + d.code + " called from a network that is not its own")
	return nil, err
}

func (k *keyring) apiKey(key string, ip netip.Addr) (*department, error) {
	var room [maxCredential]byte
	if len(key) <= maxCredential {
		if d := k.keys[k.digest(byAPIKey, append(room[:0], key...))]; d != nil {
			return d, nil
		}
	}
	return nil, k.gate.failed(k.gate.attempt(ip, byAPIKey, nil, false))
}

func (k *keyring) basic(encoded string, ip netip.Addr, tokensToo bool) (*department, error) {
	var room [maxCredential]byte
	if base64.StdEncoding.DecodedLen(len(encoded)) > len(room) {
		return nil, k.gate.failed(k.gate.attempt(ip, byBasic, nil, false))
	}
	var source [maxCredential*4/3 + 4]byte
	n, err := base64.StdEncoding.Decode(room[:], append(source[:0], encoded...))
	if err != nil {
		return nil, k.gate.failed(k.gate.attempt(ip, byBasic, nil, false))
	}
	m, u := byBasic, k.logins[k.digest(byBasic, room[:n])]
	if u == nil && tokensToo {
		if u = k.logins[k.digest(byToken, room[:n])]; u != nil {
			m = byToken
		}
	}
	return k.settle(m, room[:n], u, ip)
}

// settle lets a name in, or not, when its password was looked up: u is nil if
// that failed.
func (k *keyring) settle(m method, credential []byte, u *user, ip netip.Addr) (*department, error) {
	if u != nil && !k.gate.watching() {
		u.recognise(k.gate.address(ip))
		return u.department, nil
	}
	name := credential
	for i, c := range credential {
		if c == ':' {
			name = credential[:i]
			break
		}
	}
	known := u
	if known == nil {
		known = k.users[string(append([]byte{byte(m)}, name...))]
	}
	a := k.gate.attempt(ip, m, name, known != nil)
	if wait := k.gate.closed(a, known.knows(a.address)); wait > 0 {
		return nil, locked(wait)
	}
	if u == nil {
		err := k.gate.failed(a)
		if known != nil {
			err.Err = errors.New("the name is one of department " + known.department.code)
		}
		return nil, err
	}
	k.gate.passed(a)
	u.recognise(a.address)
	return u.department, nil
}

func (u *user) knows(address uint64) bool {
	if u == nil {
		return false
	}
	for i := range u.familiar {
		if u.familiar[i].Load() == address {
			return true
		}
	}
	return false
}

func (u *user) recognise(address uint64) {
	if !u.knows(address) {
		u.familiar[u.next.Add(1)%uint32(len(u.familiar))].Store(address)
	}
}

// challenge is the WWW-Authenticate of a refused log-in (RFC 9110 §11.6.1).
func challenge() []string { return []string{`Basic realm="lgspd", charset="UTF-8"`} }

type connectionKey struct{}

// connection remembers, for one TLS connection, whose certificate it showed.
type connection struct {
	known atomic.Pointer[certificateLogin]
}

func withConnection(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, &connection{})
}

func parseFingerprint(s string) (print [sha256.Size]byte, err error) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil || len(b) != sha256.Size {
		return print, errors.New("a certificate fingerprint has to be 64 hexadecimal digits")
	}
	return [sha256.Size]byte(b), nil
}
