package config

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	upstreamForm = regexp.MustCompile(`^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$`)
	headerForm   = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$") // RFC 9110 §5.6.2, token
	routeForm    = regexp.MustCompile(`^[^\s/?#]+$`)
	secretHeader = regexp.MustCompile(`(?i)authori[sz]ation|cookie|password|secret|token|(api|access|private)[-_]?key`)
)

func (k *checker) upstreams() {
	names := claims{}
	for i, u := range k.c.Upstreams {
		at := fmt.Sprintf("upstreams[%d]", i)
		if !upstreamForm.MatchString(u.Name) {
			k.bad(at+".name", quote(u.Name)+" is not the name of an upstream", "write letters and digits, joined by . or -")
		}
		if u.Name == OwnNotices {
			k.bad(at+".name", quote(u.Name)+" stands for the daemon itself", "take another name")
		}
		k.take(names, u.Name, at+".name", "the name")
		k.target(at, u)
		k.credentials(at, u)
		k.headers(at, u)
		k.clientTLS(at, u)
		k.codes(at, u.Codes)
		k.operations(at, u)
		k.pace(at, u)
	}
}

func (k *checker) target(at string, u Upstream) {
	if k.given(at+".url", u.URL, `write its base address, as in "https://api.example.vn"`) {
		address := k.url(at+".url", u.URL)
		if address != nil && address.Scheme == "http" && !loopback(address.Hostname()) {
			// req
			k.bad(at+".url", "citizen data would travel unencrypted", "write https://; http:// is for this machine only")
		}
	}
	k.word(at+".form", u.Form, "json", "soap")
	k.word(at+".soap_version", u.SOAPVersion, "1.1", "1.2")
	if u.ContentType == "" {
		return
	}
	if kind, _, err := mime.ParseMediaType(u.ContentType); err != nil || !strings.Contains(kind, "/") {
		k.bad(at+".content_type", quote(u.ContentType)+" is not a content type", `write one as in "application/xml; charset=utf-8"`)
	}
}

func (k *checker) credentials(at string, u Upstream) {
	if u.Token != nil && u.C06 != nil {
		k.bad(at+".c06", "token and c06 both claim the header Authorization", "keep the one that the upstream asks for")
	}
	if t := u.Token; t != nil {
		k.urlPath(at+".token.path", t.Path)
		// A platform that knows the lgspaccesstoken needs no consumer.
		if u.LGSPAccessToken == nil || t.ConsumerKey != "" || !t.ConsumerSecret.IsZero() {
			k.given(at+".token.consumer_key", t.ConsumerKey, "write the key that the platform has issued")
			k.issued(at+".token.consumer_secret", t.ConsumerSecret)
		}
	}
	if l := u.LGSPAccessToken; l != nil {
		k.given(at+".lgsp_access_token.access_key", l.AccessKey, "write the AccessKey that the platform has issued")
		k.given(at+".lgsp_access_token.app_name", l.AppName, "write the AppName that the platform has issued")
		k.issued(at+".lgsp_access_token.secret_key", l.SecretKey)
	}
	if c := u.C06; c != nil {
		if k.given(at+".c06.username", c.Username, "write the user name that the population database has issued") && strings.Contains(c.Username, ":") {
			k.bad(at+".c06.username", "the name holds a colon", "HTTP Basic allows none (RFC 7617 §2)")
		}
		k.issued(at+".c06.secret_key", c.SecretKey)
		if c.ServiceURL != "" {
			k.url(at+".c06.service_url", c.ServiceURL)
		}
	}
	if x := u.XRoad; x != nil {
		k.member(at+".xroad.client", x.Client, 3, 4)
		if x.Service != "" {
			k.member(at+".xroad.service", x.Service, 4, 6)
		}
	}
	if a := u.APIKey; a != nil {
		k.issued(at+".api_key.key", a.Key)
	}
}

// issued checks a secret that the upstream has chosen: how long it is is not
// the province's to say, so a short one is a warning only.
func (k *checker) issued(path string, s Secret) {
	if s.IsZero() {
		k.secret(path, s, "")
	}
}

// member checks an X-Road identifier by the number of its parts.
func (k *checker) member(path, id string, least, most int) {
	parts := strings.Split(id, "/")
	if len(parts) < least || len(parts) > most || slices.Contains(parts, "") {
		k.bad(path, quote(id)+" is not an X-Road identifier", fmt.Sprintf("write %d to %d parts joined by /: instance/class/member/subsystem…", least, most))
	}
}

// reserved lists, by canonical header name, the key that sets the header.
func reserved(u Upstream) map[string]string {
	own := map[string]string{
		"Host": "url", "Content-Type": "content_type", "Soapaction": "operations",
		"Content-Length": "", "Transfer-Encoding": "", "Connection": "", "Accept-Encoding": "", "Expect": "",
		"Idempotency-Key": "", "Mayeucau": "",
	}
	if u.LGSPAccessToken != nil {
		own["Lgspaccesstoken"] = "lgsp_access_token"
	}
	if u.XRoad != nil {
		for _, name := range []string{"X-Road-Client", "X-Road-Service", "X-Road-Userid", "X-Road-Id"} {
			own[name] = "xroad"
		}
	}
	if u.Token != nil {
		own["Authorization"] = "token"
	}
	if u.C06 != nil {
		own["Authorization"], own["Timestamp"] = "c06", "c06"
	}
	return own
}

func (k *checker) headers(at string, u Upstream) {
	own := reserved(u)
	if a := u.APIKey; a != nil {
		path := at + ".api_key.header"
		k.header(path, a.Header, own)
		own[http.CanonicalHeaderKey(a.Header)] = "api_key"
	}
	for _, name := range slices.Sorted(maps.Keys(u.Headers)) {
		path := at + ".headers." + name
		if secretHeader.MatchString(name) && own[http.CanonicalHeaderKey(name)] == "" {
			k.bad(path, "the header looks like a secret, which would be printed", "use api_key, token, lgsp_access_token or c06")
			continue
		}
		k.header(path, name, own)
		own[http.CanonicalHeaderKey(name)] = "headers"
		if hasControl(u.Headers[name]) {
			k.bad(path, "the value holds a line break or a control character", "write it on one line")
		}
	}
}

func (k *checker) header(path, name string, own map[string]string) {
	if !headerForm.MatchString(name) {
		k.bad(path, quote(name)+" is not the name of a header", "write letters, digits and -")
		return
	}
	key, taken := own[http.CanonicalHeaderKey(name)]
	switch {
	case taken && key == "":
		k.bad(path, "the daemon sets this header itself", "remove it")
	case taken:
		k.bad(path, "the header is set by "+key+" already", "remove one of them")
	}
}

func (k *checker) codes(at string, codes Codes) {
	words := []string{"delivered", "unavailable", "denied", "throttled", "invalid", "refused", "conflict", "not found", "forbidden"}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		if !slices.Contains(words, codes[code]) {
			k.bad(at+".codes."+code, quote(codes[code])+" is no meaning of a code", "write one of "+strings.Join(words, ", "))
		}
	}
}

func (k *checker) operations(at string, u Upstream) {
	if len(u.Operations) == 0 {
		k.bad(at+".operations", "the upstream has no operation, so nothing could be delivered", "name the path of each route, as in nhanHoSoDKHT: {path: /…}")
	}
	for _, route := range slices.Sorted(maps.Keys(u.Operations)) {
		op, path := u.Operations[route], at+".operations."+route
		if !routeForm.MatchString(route) {
			k.bad(path, quote(route)+" is not the name of a route", "write one word, as in nhanHoSoDKHT")
		}
		k.urlPath(path+".path", op.Path)
		if op.SOAPAction != "" && u.Form == "json" {
			k.bad(path+".soap_action", "form json has no SOAPAction", "remove it")
		}
		if strings.ContainsAny(op.SOAPAction, `"\`) || hasControl(op.SOAPAction) {
			k.bad(path+".soap_action", "the action holds a quote, a backslash or a control character", "write it without; quotes are put around it")
		}
	}
}

// urlPath checks a path under the URL of an upstream.
func (k *checker) urlPath(path, p string) {
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "#\\ ") || strings.Contains(p, "/../") || strings.HasSuffix(p, "/..") {
		k.bad(path, quote(p)+" is not a path under the upstream's url", `begin it with one /, as in "/dancu/1.0/…"`)
	}
}

func (k *checker) pace(at string, u Upstream) {
	k.duration(at+".timeout", u.Timeout, time.Millisecond, time.Hour)
	k.duration(at+".connect_timeout", u.ConnectTimeout, time.Millisecond, max(u.Timeout, time.Millisecond))
	k.size(at+".max_answer", u.MaxAnswer, KiB, GiB)
	if !(u.Rate >= 0 && u.Rate <= 1e6) {
		k.bad(at+".rate", fmt.Sprintf("%g is out of range", u.Rate), "write messages a second, up to 1000000, or 0 for no limit")
	}
	k.number(at+".burst", u.Burst, 0, 1_000_000)
	if u.Burst > 0 && u.Rate == 0 {
		k.bad(at+".burst", "a burst means nothing without a rate", "set rate, or remove burst")
	}
	k.number(at+".concurrency", u.Concurrency, 1, 1024)
	k.duration(at+".retry.first", u.Retry.First, time.Millisecond, day)
	k.duration(at+".retry.most", u.Retry.Most, max(u.Retry.First, time.Millisecond), day)
	k.number(at+".breaker.failures", u.Breaker.Failures, 1, 1_000_000)
	k.duration(at+".breaker.open", u.Breaker.Open, time.Millisecond, day)
	k.duration(at+".breaker.most", u.Breaker.Most, max(u.Breaker.Open, time.Millisecond), day)
}
