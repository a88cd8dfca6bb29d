package ngsp

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	lgsp "lgsp.internal/adapter"
)

// problems collects everything that is wrong with the options of one upstream.
// No value that may be secret is ever put into it.
type problems struct {
	name string
	errs []error
}

func (p *problems) add(format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("upstream %s: "+format, append([]any{p.name}, args...)...))
}

func (p *problems) need(ok bool, format string, args ...any) {
	if !ok {
		p.add(format, args...)
	}
}

// check finds every problem of o, whose defaults are filled in.
func check(o Options) error {
	p := &problems{name: o.Name}
	p.need(o.Name != "", "name is missing")
	base := checkURL(p, "url", o.URL) != nil
	p.need(o.Form == SOAP || o.Form == JSON, "form is %q; want soap or json", o.Form)
	p.need(o.SOAPVersion == "1.1" || o.SOAPVersion == "1.2", "soap version is %q; want 1.1 or 1.2", o.SOAPVersion)
	p.need(validHeaderValue(o.ContentType), "content type holds a control character")
	checkNumbers(p, o)
	checkOperations(p, o, base)
	checkCodes(p, o.Codes)
	checkAuth(p, o, base)
	checkHeaders(p, o)
	p.need((o.TLS.CertFile == "") == (o.TLS.KeyFile == ""), "tls: cert file and key file go together; one is missing")
	return errors.Join(p.errs...)
}

func checkNumbers(p *problems, o Options) {
	p.need(o.Timeout > 0 && o.ConnectTimeout > 0, "timeouts must be more than 0")
	p.need(o.MaxAnswer > 0, "max answer must be more than 0 bytes")
	p.need(o.MaxConns > 0, "max conns must be more than 0")
	p.need(o.Rate >= 0, "rate must not be negative")
	p.need(o.Burst > 0, "burst must be more than 0")
	p.need(o.Token.Margin > 0, "token margin must be more than 0")
}

// checkURL insists on https except to this machine itself, because every call
// carries citizen data and credentials. req: R-02
func checkURL(p *problems, what, raw string) *url.URL {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "":
		p.add("%s is not an absolute address; want https://host[:port][/path]", what)
	case !ascii(u.Host):
		p.add("%s has a host name with letters beyond ASCII; write it in its xn-- form", what)
	case u.User != nil:
		p.add("%s holds a user name or password; put it in the token or headers block", what)
	case u.RawQuery != "" || u.Fragment != "":
		p.add("%s holds a query or fragment; put keys in the apikey or headers block", what)
	case u.Scheme == "https":
		return u
	case u.Scheme != "http":
		p.add("%s has scheme %q; want https", what, u.Scheme)
	case !loopback(u.Hostname()):
		p.add("%s is plain http, which would send citizen data unencrypted; want https (http only to 127.0.0.1, ::1 or localhost)", what)
	default:
		return u
	}
	return nil
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func checkOperations(p *problems, o Options, base bool) {
	p.need(len(o.Operations) > 0, "operations are missing; want at least one route with its path")
	for _, route := range slices.Sorted(maps.Keys(o.Operations)) {
		op := o.Operations[route]
		p.need(strings.HasPrefix(op.Path, "/"), "operations.%s: path must begin with /", route)
		p.need(validHeaderValue(op.SOAPAction) && !strings.Contains(op.SOAPAction, `"`), "operations.%s: soap action holds a quote or control character", route)
		if base && strings.HasPrefix(op.Path, "/") {
			checkURL(p, "operations."+route+": url with path", strings.TrimSuffix(o.URL, "/")+op.Path)
		}
	}
}

func checkCodes(p *problems, codes map[string]string) {
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		_, ok := fateOfWord(codes[code])
		p.need(ok, "codes.%s is %q; want delivered, unavailable, denied, throttled, invalid, refused, conflict, not found or forbidden", code, codes[code])
	}
}

func fateOfWord(word string) (*fate, bool) {
	if word == wordDelivered {
		return fateOf("set delivered"), true
	}
	for k := lgsp.Unavailable; k <= lgsp.Forbidden; k++ {
		if k.String() == word {
			return fateOf("set " + word), true
		}
	}
	return nil, false
}

func checkAuth(p *problems, o Options, base bool) {
	if t := o.Token; t.on() {
		switch relative := strings.HasPrefix(t.URL, "/"); {
		case !relative:
			checkURL(p, "token url", t.URL)
		case base:
			checkURL(p, "token url", strings.TrimSuffix(o.URL, "/")+t.URL)
		}
		p.need(t.ConsumerKey != "" || o.LGSPAccessToken.on(), "token: consumer key is missing; set it, or the lgspaccesstoken block that takes its place")
		p.need((t.ConsumerKey == "") == (t.ConsumerSecret == ""), "token: consumer key and consumer secret go together; one is missing")
	}
	if l := o.LGSPAccessToken; l.on() {
		p.need(l.AccessKey != "" && l.SecretKey != "", "lgspaccesstoken: access key and secret key are both needed")
	}
	if c := o.C06; c.on() {
		p.need(c.Username != "" && c.SecretKey != "", "c06: user name and secret key are both needed")
		p.need(!strings.Contains(c.Username, ":"), "c06: user name must not hold a colon")
	}
	if o.C06.on() && o.Token.on() {
		p.add("token and c06 both set the header Authorization and one would silently undo the other; remove the token block if this address is the population database itself, or the c06 block if it is a gateway that signs for you")
	}
	p.need(!o.XRoad.on() || o.XRoad.Client != "", "xroad: client is missing; want instance/class/member/subsystem")
	p.need(!o.APIKey.on() || o.APIKey.Value != "", "apikey: value is missing")
}

// checkHeaders keeps the fixed headers away from those that this package sets
// itself, and from those that would change how the message is framed.
func checkHeaders(p *problems, o Options) {
	own := []string{"authorization", "idempotency-key", "mayeucau", "content-type", "content-length", "transfer-encoding",
		"connection", "host", "trailer", "upgrade", "expect", "soapaction", "timestamp", "lgspaccesstoken", "accept-encoding"}
	if o.XRoad.on() {
		own = append(own, "x-road-client", "x-road-service", "x-road-userid", "x-road-issue", "x-road-id")
	}
	if o.APIKey.on() {
		p.need(validHeaderName(o.APIKey.Header), "apikey: header is not a header name")
		p.need(!slices.Contains(own, strings.ToLower(o.APIKey.Header)), "apikey: header %s is set by another block", o.APIKey.Header)
		own = append(own, strings.ToLower(o.APIKey.Header))
	}
	for _, name := range slices.Sorted(maps.Keys(o.Headers)) {
		p.need(validHeaderName(name), "headers: %q is not a header name", name)
		p.need(!slices.Contains(own, strings.ToLower(name)), "headers: %s is set by another block; remove it here", name)
		p.need(validHeaderValue(string(o.Headers[name])), "headers: the value of %s holds a control character", name)
	}
	values := []string{o.Token.ConsumerKey, string(o.Token.ConsumerSecret), o.Token.Scope, o.C06.Username, string(o.C06.SecretKey),
		string(o.APIKey.Value), o.XRoad.Client, o.XRoad.Service, o.XRoad.UserID, o.XRoad.Issue}
	p.need(!slices.ContainsFunc(values, func(v string) bool { return !validHeaderValue(v) }),
		"a credential holds a control character; look for a line break at the end of a secret's file")
}

func validHeaderName(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~") == "" &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) })
}

func validHeaderValue(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}
