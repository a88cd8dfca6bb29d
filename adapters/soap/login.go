package soap

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"
)

// visit is one request in search of its sender.
type visit struct {
	ip         netip.Addr
	department *department // what was shown so far means it, nil = nothing was
}

// objection says why no credential of d counts here, whether it is right or
// not; nil = it may count. That is known before a password is looked at, so
// that who calls from elsewhere learns nothing about one.
func (v *visit) objection(d *department) error {
	switch {
	case len(d.networks) > 0 && !d.home(v.ip):
		return errors.New("from a network that is not that of department " + d.code)
	case v.department != nil && v.department != d:
		return errors.New("of department " + d.String() + " beside one of department " + v.department.String())
	}
	return nil
}

// byHeader finds the department by what precedes the body: client certificate,
// Authorization and X-API-Key. Each one that is shown has to be right, once
// only, and all have to mean the same department. It returns nil when none is
// shown. tokensToo lets the password of a UsernameToken pass as one of Basic.
func (k *keyring) byHeader(r *http.Request, ip netip.Addr, tokensToo bool) (*department, error) {
	v := visit{ip: ip}
	if len(r.Header["Authorization"]) > 1 || len(r.Header["X-Api-Key"]) > 1 {
		return nil, k.unnamed(&v, errors.New("a credential is there twice"))
	}
	v.department = k.certificateOf(r, ip)
	if key := r.Header.Get("X-Api-Key"); key != "" {
		if err := k.apiKey(&v, key); err != nil {
			return nil, err
		}
	}
	scheme, encoded, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Basic") {
		if err := k.basic(&v, strings.TrimSpace(encoded), tokensToo); err != nil {
			return nil, err
		}
	}
	return v.department, nil
}

// unnamed refuses a credential that names nobody.
func (k *keyring) unnamed(v *visit, why error) error {
	err, began := k.gate.failed(k.gate.unnamed(v.ip))
	k.tell(k.nobody, began)
	err.Err = why
	return err
}

func (k *keyring) apiKey(v *visit, key string) error {
	if len(key) > maxCredential {
		return k.unnamed(v, nil)
	}
	var room [maxCredential]byte
	d := k.keys[k.digest(append(room[:0], key...))]
	if d == nil {
		return k.unnamed(v, nil)
	}
	if why := v.objection(d); why != nil {
		return k.unnamed(v, why)
	}
	v.department = d
	return nil
}

func (k *keyring) basic(v *visit, encoded string, tokensToo bool) error {
	var room [maxCredential]byte
	if base64.StdEncoding.DecodedLen(len(encoded)) > len(room) {
		return k.unnamed(v, nil)
	}
	var source [maxCredential*4/3 + 4]byte
	n, err := base64.StdEncoding.Decode(room[:], append(source[:0], encoded...))
	if err != nil {
		return k.unnamed(v, nil)
	}
	name, password, _ := bytes.Cut(room[:n], []byte{':'})
	u := k.user(name)
	right := k.fits(u.basic, password)
	if tokensToo {
		right = k.fits(u.token.proof, password) || right
	}
	return k.settle(v, name, u, right, nil)
}

// user returns the user of a name, nobody if there is none: what follows costs
// the same for a name that does not exist.
func (k *keyring) user(name []byte) *user {
	if u := k.users[string(name)]; u != nil {
		return u
	}
	return k.nobody
}

// settle lets a name in, or not. right says that what was shown is its
// password; first, if it is not nil, is asked last and refuses what was shown
// before, which counts neither as a success nor as a failure.
func (k *keyring) settle(v *visit, name []byte, u *user, right bool, first func() error) error {
	why := v.objection(u.department)
	if why != nil {
		right = false
	}
	a := attempt{address: k.gate.address(v.ip)}
	watching := k.gate.watching()
	if watching || !right {
		a = k.gate.attempt(v.ip, name, u != k.nobody, u.department.home(v.ip))
		if wait := k.gate.closed(a, u.knows(a.address)); wait > 0 {
			return locked(wait)
		}
	}
	if !right {
		return k.wrong(a, u, why)
	}
	if first != nil {
		if err := first(); err != nil {
			return err
		}
	}
	if watching {
		k.gate.passed(a)
	}
	u.recognise(a.address)
	v.department = u.department
	return nil
}

// wrong counts a failure of a name. Its error tells the log, and nobody else,
// whose name it is.
func (k *keyring) wrong(a attempt, u *user, why error) error {
	err, began := k.gate.failed(a)
	k.tell(u, began)
	switch {
	case u == k.nobody:
	case why != nil:
		err.Err = why
	default:
		err.Err = errors.New("the name is one of department " + u.department.String())
	}
	return err
}

// tell tells whoever asked that the door has been shut for a name of a department
// or, when u is nobody, for an address. However many addresses guess, and
// whatever names they make up, little is told.
func (k *keyring) tell(u *user, began shut) {
	if k.lockedOut == nil || !began.address && (!began.name || u == k.nobody) {
		return
	}
	quiet := forgetAfter
	if !began.name {
		u = k.nobody
	}
	if u == k.nobody {
		quiet = time.Minute
	}
	now := k.now().UnixMilli()
	last := u.told.Load()
	if since := now - last; last != 0 && since >= 0 && since < quiet.Milliseconds() || !u.told.CompareAndSwap(last, now) {
		return
	}
	k.lockedOut(LockOut{Department: u.department.code, System: u.department.system})
}

func (u *user) knows(address uint64) bool {
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
