package config

import (
	"cmp"
	"fmt"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strings"

	"lgsp.internal/adapter/internal/vntext"
)

// claims remembers who took a name first.
type claims map[string]string

// take lists a problem when what was taken before. The words never hold what
// was taken, as it may be a secret.
func (k *checker) take(taken claims, what, path, thing string) {
	if what == "" {
		return
	}
	if first, ok := taken[what]; ok {
		k.bad(path, fmt.Sprintf("%s is the same as at %s", thing, first), "each needs its own")
		return
	}
	taken[what] = path
}

func (k *checker) departments() {
	codes, users, keys, certs := claims{}, claims{}, claims{}, claims{}
	names, known := make([]string, len(k.c.Services)), map[string]bool{}
	for i, s := range k.c.Services {
		names[i], known[s.Name] = s.Name, true
	}
	for i, dep := range k.c.Departments {
		at := fmt.Sprintf("departments[%d]", i)
		k.agency(at+".code", dep.Code)
		k.take(codes, dep.Code, at+".code", "the code")
		k.given(at+".name", dep.Name, "write the name that reports print")
		if dep.Charset != "" {
			k.charset(at+".charset", dep.Charset)
		}
		k.networks(at+".networks", dep.Networks)
		k.approved(at+".services", dep.Services, names, known)
		if dep.Auth.empty() && !slices.ContainsFunc(dep.Systems, func(s System) bool { return !s.Auth.empty() }) {
			// req: R-16
			k.bad(at+".auth", "the department has no way to prove who it is", "give it basic, api_keys, username_token or certificates")
		}
		k.auth(at+".auth", dep.Auth, credentials{quote(dep.Code), users, keys, certs})
		systems := claims{}
		for j, s := range dep.Systems {
			at := fmt.Sprintf("%s.systems[%d]", at, j)
			k.take(systems, s.Name, at+".name", "the name")
			k.auth(at+".auth", s.Auth, credentials{quote(s.Name) + " of " + quote(dep.Code), users, keys, certs})
			k.system(at, s, names, known)
		}
	}
}

func (a Auth) empty() bool {
	return len(a.Basic)+len(a.APIKeys)+len(a.UsernameToken)+len(a.Certificates) == 0
}

// credentials remembers who may prove with what that it is who.
type credentials struct {
	owner              string
	users, keys, certs claims
}

func (k *checker) auth(at string, a Auth, taken credentials) {
	k.logins(at+".basic", taken.owner, a.Basic, taken.users)
	k.logins(at+".username_token", taken.owner, a.UsernameToken, taken.users)
	for j, one := range a.APIKeys {
		at := fmt.Sprintf("%s.api_keys[%d].key", at, j)
		k.secret(at, one.Key, "")
		if !one.Key.IsZero() {
			k.take(taken.keys, one.Key.Reveal(), at, "the key")
		}
	}
	k.certificates(at+".certificates", a.Certificates, taken.certs)
}

func (k *checker) agency(path, code string) {
	switch {
	case code == "":
		k.bad(path, "the agency code is missing", `write it in the form of QĐ 20/2020/QĐ-TTg, as in "H29.11"`)
	case oldForm.MatchString(code):
		k.bad(path, quote(code)+" is an agency code in the old form of QCVN 102", `write it from the province down, as in "H29.11"`)
	case !agencyForm.MatchString(code) || len(code) > 35:
		k.bad(path, quote(code)+" is not an agency code", `write it in the form of QĐ 20/2020/QĐ-TTg, as in "H29.11", with 35 characters at most`)
	}
}

func (k *checker) charset(path, name string) {
	if _, ok := vntext.Canonical(name); !ok {
		k.bad(path, quote(name)+" is not a charset that can be read", hint(name, vntext.Names()))
	}
}

func (k *checker) networks(at string, networks []netip.Prefix) {
	seen := map[netip.Prefix]bool{}
	for i, n := range networks {
		path := fmt.Sprintf("%s[%d]", at, i)
		switch {
		case !n.IsValid():
			// The decoder has listed it where it came from a file.
			if k.c.positions == nil {
				k.bad(path, "the network is not valid", `write it in CIDR form, as in "10.29.11.0/24"`)
			}
		case seen[n]:
			k.bad(path, n.String()+" stands twice", "keep one of them")
		}
		seen[n] = true
	}
}

func (k *checker) approved(at string, services, names []string, known map[string]bool) {
	seen := map[string]bool{}
	for i, name := range services {
		path := fmt.Sprintf("%s[%d]", at, i)
		if seen[name] {
			k.bad(path, quote(name)+" stands twice", "keep one of them")
		}
		seen[name] = true
		if !known[name] {
			k.bad(path, quote(name)+" is not one of services", hint(name, names))
		}
	}
}

// logins checks the pairs of one list. Its owner may use one user name in both
// lists; two departments or systems may not share one, because the user name
// says who called.
func (k *checker) logins(at, owner string, logins []Login, users claims) {
	mine := claims{}
	for i, one := range logins {
		path := fmt.Sprintf("%s[%d]", at, i)
		k.secret(path+".password", one.Password, one.Username)
		if !k.given(path+".username", one.Username, "write the name that the department logs in with") {
			continue
		}
		if strings.Contains(one.Username, ":") {
			k.bad(path+".username", "the name holds a colon", "HTTP Basic allows none (RFC 7617 §2)")
		}
		k.take(mine, one.Username, path+".username", "the user name")
		other, ok := users[one.Username]
		if !ok {
			users[one.Username] = owner
		}
		if ok && other != owner {
			k.bad(path+".username", fmt.Sprintf("%s has the same user name", other), "each department and each system needs its own")
		}
	}
}

var fingerprintForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (k *checker) certificates(at string, certs []Certificate, taken claims) {
	for i, one := range certs {
		path := fmt.Sprintf("%s[%d]", at, i)
		if one.SHA256 == "" && one.Subject == "" {
			k.bad(path, "the certificate is named by nothing", "give its sha256 or its subject")
			continue
		}
		if one.SHA256 != "" && !fingerprintForm.MatchString(one.SHA256) {
			k.bad(path+".sha256", "the fingerprint does not have 64 hexadecimal digits", "openssl x509 -noout -fingerprint -sha256 -in FILE prints it")
		}
		k.take(taken, cmp.Or(one.SHA256, one.Subject), path, "the certificate")
		if k.c.SOAP.TLS.ClientCA == "" {
			k.bad(path, "no client certificate is ever asked for", "set soap.tls.client_ca")
		}
	}
}

var (
	serviceForm = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
	pathForm    = regexp.MustCompile(`^(/[A-Za-z0-9._~!$&'()*+,;=:@-]+)+$`)
)

func (k *checker) services() {
	names := claims{}
	upstreams := make([]string, len(k.c.Upstreams))
	known := map[string]bool{}
	for i, u := range k.c.Upstreams {
		upstreams[i], known[u.Name] = u.Name, true
	}
	for i, s := range k.c.Services {
		at := fmt.Sprintf("services[%d]", i)
		if !serviceForm.MatchString(s.Name) {
			k.bad(at+".name", quote(s.Name)+" is not the name of a service", `write lower-case words joined by . or -, as in "hotich.khai-sinh"`)
		}
		k.take(names, s.Name, at+".name", "the name")
		if s.Upstream == "" {
			k.bad(at+".upstream", "the service has no upstream", "name one of upstreams")
		} else if !known[s.Upstream] && s.Upstream != OwnNotices {
			k.bad(at+".upstream", quote(s.Upstream)+" is not one of upstreams", hint(s.Upstream, upstreams))
		}
		if s.Mapping != "" && k.folders {
			k.folder(at+".mapping", s.Mapping, true)
		}
		paths := claims{} // services may share a path, as the operations of one old server do
		for j, p := range s.Paths {
			k.path(fmt.Sprintf("%s.paths[%d]", at, j), p, paths)
		}
	}
}

// path checks a URL path that a service claims.
func (k *checker) path(at, p string, taken claims) {
	if !pathForm.MatchString(p) || path.Clean(p) != p {
		k.bad(at, quote(p)+" is not a path that can be served", `write it as old clients call it, as in "/HoTich/DangKy.asmx", without ? or a / at its end`)
		return
	}
	for _, own := range []string{"/soap", "/healthz"} {
		if p == own || strings.HasPrefix(p, own+"/") {
			k.bad(at, "everything below "+own+" is the daemon's own", "claim another path; every service is at /soap/<name> by itself")
			return
		}
	}
	k.take(taken, p, at, "the path")
}
