package soap

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"lgsp.internal/adapter/internal/vntext"
)

// keyring knows every credential of every department. A shared secret is kept
// as a SHA-256 digest under a key drawn at start: comparing or looking up a
// digest takes a time that says nothing about the secret, because nobody
// outside can choose or predict the digest of what he sends.
type keyring struct {
	key    [32]byte
	keys   map[proof]*department // API keys
	users  map[string]*user
	nobody *user // stands for every name that does not exist
	prints map[[sha256.Size]byte][]*certificateLogin
	named  []*certificateLogin // without fingerprint
	tokens bool                // somebody may log in by UsernameToken
	tls    *certificates
	gate   *gate
	now    func() time.Time
	log    *notebook

	lockedOut func(LockOut)
}

// proof is the digest of a secret. The zero proof fits nothing.
type proof [sha256.Size]byte

// maxCredential bounds what is digested for a stranger, in bytes.
const maxCredential = 512

// department is a department or, with its own credentials, one of its systems.
type department struct {
	code     string
	system   string // "" = the department as a whole
	charset  string
	networks []netip.Prefix
	*load
}

// load is what a department and all its systems have under way.
type load struct {
	active atomic.Int64 // requests
	held   atomic.Int64 // bytes of their bodies
}

// String names who it is, for the log.
func (d *department) String() string {
	if d.system == "" {
		return d.code
	}
	return d.code + ", system " + d.system
}

// home reports whether ip is in a network that is the department's own.
func (d *department) home(ip netip.Addr) bool {
	return slices.ContainsFunc(d.networks, func(n netip.Prefix) bool { return n.Contains(ip) })
}

// user is one name of one department, which logs in with it by Basic, by
// UsernameToken, or by both with a password for each.
type user struct {
	department *department
	basic      proof
	token      tokenLogin
	familiar   [8]atomic.Uint64 // addresses it logged in from, hashed
	next       atomic.Uint32
	told       atomic.Int64 // ms; when somebody was told last that it is locked out, 0 = never
}

// tokenLogin is how a name logs in by UsernameToken. Only a name that may has
// nonces.
type tokenLogin struct {
	proof    proof
	password string // in clear, for PasswordDigest
	nonces   *nonces
}

func newKeyring(o Options, s *Server) (*keyring, error) {
	k := &keyring{
		keys: make(map[proof]*department), users: make(map[string]*user), nobody: &user{department: &department{load: &load{}}},
		prints: make(map[[sha256.Size]byte][]*certificateLogin),
		tls:    s.tls, gate: newGate(s.now), now: s.now, log: s.log, lockedOut: o.LockedOut,
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
	whole := department{code: d.Code, charset: d.Charset, networks: d.Networks, load: &load{}}
	var errs []error
	if _, ok := vntext.Canonical(d.Charset); d.Charset != "" && !ok {
		errs = append(errs, fmt.Errorf("charset %q is not one of %s", d.Charset, strings.Join(vntext.Names(), ", ")))
	}
	dept := whole
	errs = append(errs, k.addCredentials(&dept, d.Credentials, files))
	for _, s := range d.Systems {
		own := whole
		own.system = s.Name
		if err := k.addCredentials(&own, s.Credentials, files); err != nil {
			errs = append(errs, fmt.Errorf("system %q: %w", s.Name, err))
		}
	}
	return errors.Join(errs...)
}

func (k *keyring) addCredentials(dept *department, c Credentials, files TLS) error {
	var errs []error
	for _, l := range c.Basic {
		errs = append(errs, k.addBasic(dept, l))
	}
	for _, l := range c.UsernameTokens {
		errs = append(errs, k.addToken(dept, l))
	}
	for _, key := range c.APIKeys {
		digest := k.digest([]byte(key))
		switch {
		case len(key) < 12 || len(key) > maxCredential || key != strings.TrimSpace(key):
			errs = append(errs, errors.New("an API key has to have 12 to 512 bytes and no space around it"))
		case k.keys[digest] != nil:
			errs = append(errs, errors.New("an API key is there twice"))
		default:
			k.keys[digest] = dept
		}
	}
	for _, one := range c.Certificates {
		errs = append(errs, k.addCertificate(dept, one, files))
	}
	return errors.Join(errs...)
}

func (k *keyring) addBasic(d *department, l Login) error {
	u, err := k.name(d, l)
	switch {
	case err != nil:
		return err
	case u.basic != proof{}:
		return fmt.Errorf("user %q is there twice", l.Username)
	}
	u.basic = k.digest([]byte(l.Password))
	return nil
}

func (k *keyring) addToken(d *department, l Login) error {
	u, err := k.name(d, l)
	switch {
	case err != nil:
		return err
	case u.token.nonces != nil:
		return fmt.Errorf("user %q is there twice", l.Username)
	}
	k.tokens = true
	u.token = tokenLogin{proof: k.digest([]byte(l.Password)), password: l.Password, nonces: newNonces()}
	return nil
}

// name finds the user of a login, or makes it.
func (k *keyring) name(d *department, l Login) (*user, error) {
	u := k.users[l.Username]
	switch {
	case l.Username == "" || strings.Contains(l.Username, ":"):
		return nil, fmt.Errorf("user name %q is empty or holds a colon", l.Username)
	case l.Password == "":
		return nil, fmt.Errorf("user %q has no password", l.Username)
	case len(l.Username)+1+len(l.Password) > maxCredential:
		return nil, fmt.Errorf("user %q: name and password have more than %d bytes", l.Username, maxCredential-1)
	case u == nil:
		u = &user{department: d}
		k.users[l.Username] = u
	case u.department != d:
		return nil, fmt.Errorf("department %q has the user name %q as well", u.department, l.Username)
	}
	return u, nil
}

func (k *keyring) digest(secret []byte) proof {
	var room [sha256.Size + maxCredential]byte
	return sha256.Sum256(append(append(room[:0], k.key[:]...), secret...))
}

// fits compares a secret with a proof, in the same time whatever they are.
func (k *keyring) fits(p proof, secret []byte) bool {
	shown := k.digest(secret)
	return subtle.ConstantTimeCompare(p[:], shown[:]) == 1
}

func parseFingerprint(s string) (print [sha256.Size]byte, err error) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil || len(b) != sha256.Size {
		return print, errors.New("a certificate fingerprint has to be 64 hexadecimal digits")
	}
	return [sha256.Size]byte(b), nil
}
