package soap

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// certificateLogin is one client certificate that a department is known by.
type certificateLogin struct {
	department *department
	want       Certificate
	until      time.Time
	under      *loaded // the TLS files by which it was found
}

func (k *keyring) addCertificate(d *department, c Certificate, files TLS) error {
	if files.CertFile == "" {
		return errors.New("client certificates need TLS")
	}
	login := &certificateLogin{department: d, want: c}
	if c.SHA256 != "" {
		print, err := parseFingerprint(c.SHA256)
		if err != nil {
			return err
		}
		k.prints[print] = append(k.prints[print], login)
		return nil
	}
	if c.Subject == "" && c.CommonName == "" && c.SAN == "" {
		return errors.New("a certificate names neither a fingerprint nor a subject")
	}
	if files.ClientCAFile == "" {
		return errors.New("certificates known by their subject need ClientCAFile")
	}
	k.named = append(k.named, login)
	return nil
}

// certificateOf finds whose certificate the connection showed, nil if it showed
// none that counts where it comes from.
func (k *keyring) certificateOf(r *http.Request, ip netip.Addr) *department {
	if k.tls == nil || r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	d := k.shown(r)
	if d == nil {
		return nil
	}
	v := visit{ip: ip}
	if why := v.objection(d); why != nil {
		k.log.warn("certificate "+d.code, "client certificate not taken", "department", d.code, "remote", ip.String(), "err", why)
		return nil
	}
	return d
}

// shown finds whose certificate the connection showed. What it finds is kept
// for the connection, for as long as the certificate is valid and the TLS files
// are the same.
func (k *keyring) shown(r *http.Request) *department {
	now, files := k.now(), k.tls.latest()
	conn, _ := r.Context().Value(connectionKey{}).(*connection)
	if conn != nil {
		if l := conn.known.Load(); l != nil && now.Before(l.until) && l.under == files {
			return l.department
		}
	}
	l := k.match(r.TLS.PeerCertificates, files, now)
	if l == nil {
		return nil
	}
	if conn != nil {
		conn.known.Store(l)
	}
	return l.department
}

// match finds the one login that a chain fits. A certificate that fits two
// departments proves neither.
func (k *keyring) match(chain []*x509.Certificate, files *loaded, now time.Time) *certificateLogin {
	leaf := chain[0]
	if now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
		return nil
	}
	candidates := k.prints[sha256.Sum256(leaf.Raw)]
	if len(candidates) == 0 && k.issued(chain, files, now) {
		candidates = k.named
	}
	var found *certificateLogin
	for _, l := range candidates {
		if !l.want.fits(leaf) {
			continue
		}
		if found != nil && found.department != l.department {
			return nil
		}
		found = &certificateLogin{department: l.department, until: leaf.NotAfter, under: files}
	}
	return found
}

// issued reports whether an authority in ClientCAFile stands behind the chain.
func (k *keyring) issued(chain []*x509.Certificate, files *loaded, now time.Time) bool {
	if len(k.named) == 0 || files.authorities == nil {
		return false
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: files.authorities, Intermediates: between, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	return err == nil
}

// fits compares everything but the fingerprint.
func (c Certificate) fits(leaf *x509.Certificate) bool {
	if c.Subject != "" && leaf.Subject.String() != c.Subject {
		return false
	}
	if c.CommonName != "" && leaf.Subject.CommonName != c.CommonName {
		return false
	}
	return c.SAN == "" || slices.ContainsFunc(alternatives(leaf), func(name string) bool { return strings.EqualFold(name, c.SAN) })
}

func alternatives(leaf *x509.Certificate) []string {
	names := append(slices.Clone(leaf.DNSNames), leaf.EmailAddresses...)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	for _, u := range leaf.URIs {
		names = append(names, u.String())
	}
	return names
}
