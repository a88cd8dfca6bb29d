package config

import (
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"
)

// expirySoon is how long before its end a certificate is warned about.
const expirySoon = 30 * day

// Warnings lists what works at now and still deserves a look: certificates and
// approvals that end within 30 days or have ended, secrets that stand in the file
// itself, short secrets that an upstream has issued, what is defined and used
// by nobody. An expired certificate is no problem in the sense of Validate,
// because refusing to start would stop the rest of the province too; nor is a
// program of a plugin that is not the one that was pinned.
func (c Config) Warnings(now time.Time) Problems {
	k := checker{c: &c}
	k.secretPlaces()
	k.expiries(now)
	k.openDoors()
	k.unused(now)
	k.shortIssued()
	k.unpinned()
	k.mute()
	return k.problems.sorted()
}

// secretPlaces warns of secrets that stand in a file meant for settings. A
// Config that was made in code has no such file.
func (k *checker) secretPlaces() {
	if k.c.file == "" {
		return
	}
	inline := false
	eachSecret(reflect.ValueOf(k.c).Elem(), "", func(path string, s *Secret) {
		if s.IsZero() || s.file != "" {
			return
		}
		inline = true
		k.bad(path, "the secret stands in the configuration itself", "move it to a file of its own and name that with "+path[strings.LastIndexByte(path, '.')+1:]+fileSuffix)
	})
	info, err := os.Stat(k.c.file)
	if inline && err == nil && info.Mode().Perm()&0o007 != 0 {
		k.bad("", fmt.Sprintf("the file holds secrets and everybody may read it (mode %04o)", info.Mode().Perm()), "chmod 0640 it")
	}
}

func (k *checker) expiries(now time.Time) {
	t := k.c.SOAP.TLS
	k.expiry("soap.tls.cert", t.Cert, now)
	k.expiry("soap.tls.client_ca", t.ClientCA, now)
	k.expiry("web.tls.cert", k.c.Web.TLS.Cert, now)
	for i, u := range k.c.Upstreams {
		at := fmt.Sprintf("upstreams[%d].tls", i)
		k.expiry(at+".cert", u.TLS.Cert, now)
		k.expiry(at+".ca", u.TLS.CA, now)
	}
}

// expiry warns of the certificates in a file. Whether it can be read at all is
// for Validate to say.
func (k *checker) expiry(path, name string, now time.Time) {
	if name == "" {
		return
	}
	certs, err := certificatesIn(name)
	if err != nil {
		return
	}
	for _, cert := range certs {
		if text := validity(cert, now); text != "" {
			k.bad(path, text, "renew it")
		}
	}
}

func validity(cert *x509.Certificate, now time.Time) string {
	end, name := cert.NotAfter.UTC().Format(time.RFC3339), quote(cert.Subject.String())
	switch {
	case now.After(cert.NotAfter):
		return fmt.Sprintf("the certificate %s ended on %s", name, end)
	case cert.NotAfter.Sub(now) < expirySoon:
		return fmt.Sprintf("the certificate %s ends on %s", name, end)
	case now.Before(cert.NotBefore):
		return fmt.Sprintf("the certificate %s begins only on %s", name, cert.NotBefore.UTC().Format(time.RFC3339))
	default:
		return ""
	}
}

// openDoors warns of settings that let in more than is usual.
func (k *checker) openDoors() {
	c := k.c
	if host, _, err := net.SplitHostPort(c.Sandbox.Listen); err == nil && !loopback(host) {
		k.bad("sandbox.listen", "the sandbox can be reached from other machines and asks nobody who they are", "listen on 127.0.0.1 unless departments are to test against it")
	}
	if info, err := os.Stat(c.Data); err == nil && info.Mode().Perm()&0o007 != 0 {
		k.bad("data", fmt.Sprintf("everybody on this machine may look into the folder (mode %04o)", info.Mode().Perm()), "chmod 0750 it")
	}
	if c.Queue.Reserve == 0 {
		k.bad("queue.reserve", "nothing is kept in reserve, so a full disk stops delivery too", "write 64MiB")
	}
	for i, n := range c.Web.Networks {
		if n.IsValid() && n.Bits() == 0 {
			k.bad(fmt.Sprintf("web.networks[%d]", i), "the network is the whole internet", "name the networks of the province's offices")
		}
	}
	for i, dep := range c.Departments {
		at := fmt.Sprintf("departments[%d]", i)
		if dep.Code != "" && dep.Code != c.Province.Code && !strings.HasPrefix(dep.Code, c.Province.Code+".") {
			k.bad(at+".code", "the agency belongs to another province than "+quote(c.Province.Code), "correct it, unless the agency kept its code through a merger")
		}
		for j, n := range dep.Networks {
			if n.IsValid() && n.Bits() == 0 {
				k.bad(fmt.Sprintf("%s.networks[%d]", at, j), "the network is the whole internet", "name the department's own networks")
			}
		}
	}
}

func (k *checker) unused(now time.Time) {
	c := k.c
	approved, served := map[string]bool{}, map[string]bool{}
	for i, dep := range c.Departments {
		if len(dep.Services)+len(dep.Systems) == 0 {
			k.bad(fmt.Sprintf("departments[%d].services", i), "the department is approved for nothing, so all that it sends is refused", "list the services that it is approved for")
		}
		for _, s := range dep.Services {
			approved[s] = true
		}
		for j, s := range dep.Systems {
			k.approvals(fmt.Sprintf("departments[%d].systems[%d]", i, j), s, now)
			for _, a := range s.Approvals {
				approved[a.Service] = true
			}
		}
	}
	for i, s := range c.Services {
		served[s.Upstream] = true
		if !approved[s.Name] {
			k.bad(fmt.Sprintf("services[%d].name", i), "no department is approved for "+quote(s.Name), "add it to the services of a department, or remove it")
		}
	}
	for i, u := range c.Upstreams {
		if !served[u.Name] {
			k.bad(fmt.Sprintf("upstreams[%d].name", i), "no service uses "+quote(u.Name), "name it as the upstream of a service, or remove it")
		}
	}
	for _, list := range []struct {
		key string
		n   int
	}{{"departments", len(c.Departments)}, {"services", len(c.Services)}, {"upstreams", len(c.Upstreams)}} {
		if list.n == 0 {
			k.bad(list.key, "there are no "+list.key+", so nothing can be delivered", "see the example that lgspd ships")
		}
	}
}

// approvals warns of those that let nobody look, or soon will.
func (k *checker) approvals(at string, s System, now time.Time) {
	if len(s.Approvals) == 0 {
		k.bad(at+".approvals", "the system has no approval, so it may look nobody up", "list its approvals, or remove the system")
	}
	for i, a := range s.Approvals {
		at := fmt.Sprintf("%s.approvals[%d]", at, i)
		if renewed(s.Approvals, a) {
			continue
		}
		switch end := a.Until.End(); {
		case !a.Granted():
			k.bad(at, "the approval is asked for and not given yet, so it lets nobody look", "write number and date of the document that approves")
		case !now.Before(end):
			k.bad(at+".until", "the approval ended on "+a.Until.String(), "have it renewed, or remove it")
		case end.Sub(now) < expirySoon:
			k.bad(at+".until", "the approval ends on "+a.Until.String(), "have it renewed")
		}
	}
	if s.Level > 0 && s.Level < leastLevel {
		// req: R-09
		k.bad(at+".level", fmt.Sprintf("a system of level %d may not connect", s.Level), "level 3 at least is asked for (TT 46/2022/TT-BCA)")
	}
}

// renewed reports whether another approval of the same service goes on where a
// ends, for longer than is warned of.
func renewed(all []Approval, a Approval) bool {
	return a.Granted() && slices.ContainsFunc(all, func(b Approval) bool {
		return b.Granted() && b.Service == a.Service && !b.From.Begin().After(a.Until.End()) && b.Until.End().Sub(a.Until.End()) > expirySoon
	})
}

// leastLevel of security is asked of systems that connect to the population database.
const leastLevel = 3

func (k *checker) shortIssued() {
	eachSecret(reflect.ValueOf(k.c).Elem(), "", func(path string, s *Secret) {
		if !strings.HasPrefix(path, "upstreams") && !strings.HasPrefix(path, "report") || s.IsZero() {
			return
		}
		if weak := weakness(s.Reveal(), ""); weak != "" {
			k.bad(path, "the secret "+weak, "ask the platform that issued it for a longer one")
		}
	})
}
