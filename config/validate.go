package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/internal/vntext"
)

// twoYears is the shortest time for which the record may be kept: two years
// that hold a 29 February (TT 46/2022/TT-BCA).
const twoYears = 731 * day // req: R-12

// minSecret is the length in characters below which a secret is weak.
const minSecret = 12

// Validate lists everything that would fail or be unsafe when the daemon runs,
// as an error of type Problems. It looks at the files that are named, and
// neither at the network nor at the clock.
func (c Config) Validate() error { return c.check(true).err() }

// check does what Validate promises, with the folders of mappings or without.
func (c *Config) check(folders bool) Problems {
	k := checker{c: c, folders: folders}
	k.general()
	k.soap()
	k.departments()
	k.services()
	k.plugins()
	k.upstreams()
	k.lookups()
	k.report()
	k.web()
	k.queue()
	return k.problems
}

// checker collects problems.
type checker struct {
	c        *Config
	folders  bool // of mappings are looked at
	problems Problems
}

// bad lists a problem at the key of that path, else at the nearest key above.
func (k *checker) bad(path, text, remedy string) {
	if len(k.problems) > maxProblems {
		return
	}
	k.problems = append(k.problems, Problem{Pos: k.pos(path), Key: path, Text: text, Remedy: remedy})
}

// fail lists a problem with a file, by name where that may be shown.
func (k *checker) fail(path, name string, err error, remedy string) {
	n := len(k.problems)
	if name != "" {
		name = " " + name
	}
	k.bad(path, "the file"+name+" cannot be used: "+reason(err), remedy)
	if len(k.problems) > n {
		k.problems[n].Err = err
	}
}

func (k *checker) pos(path string) Pos {
	for path != "" {
		if p, ok := k.c.positions[path]; ok {
			return p
		}
		if p, ok := k.c.positions[path+fileSuffix]; ok {
			return p
		}
		path = above(path)
	}
	return Pos{File: k.c.file}
}

// given lists a problem unless s is something.
func (k *checker) given(path, s, remedy string) bool {
	if s == "" {
		k.bad(path, "nothing is given here", remedy)
	}
	return s != ""
}

func (k *checker) word(path, s string, known ...string) {
	if !slices.Contains(known, s) {
		k.bad(path, quote(s)+" is not known here", "write "+oneOf(known))
	}
}

func (k *checker) number(path string, n, least, most int) {
	if n < least || n > most {
		k.bad(path, fmt.Sprintf("%d is out of range", n), fmt.Sprintf("write %d to %d", least, most))
	}
}

func (k *checker) size(path string, s, least, most Size) {
	if s < least || s > most {
		k.bad(path, s.String()+" is out of range", fmt.Sprintf("write %s to %s", least, most))
	}
}

func (k *checker) duration(path string, d, least, most time.Duration) {
	if d < least || d > most {
		k.bad(path, formatDuration(d)+" is out of range", fmt.Sprintf("write %s to %s", formatDuration(least), formatDuration(most)))
	}
}

// secret lists a problem where a secret is missing or easy to guess.
func (k *checker) secret(path string, s Secret, user string) {
	if s.IsZero() {
		if s.file == "" {
			k.bad(path, "the secret is missing", "name a file that holds it: "+path[strings.LastIndexByte(path, '.')+1:]+fileSuffix)
		}
		return
	}
	if weak := weakness(s.Reveal(), user); weak != "" {
		k.bad(path, "the secret "+weak, fmt.Sprintf("take at least %d random characters", minSecret))
	}
}

// weakness says in what way a secret is weak, "" if in none.
func weakness(text, user string) string {
	different := map[rune]bool{}
	for _, r := range text {
		different[r] = true
	}
	switch {
	case len([]rune(text)) < minSecret:
		return fmt.Sprintf("has fewer than %d characters", minSecret)
	case len(different) < 5:
		return "is made of fewer than 5 different characters"
	case len(user) > 3 && strings.Contains(strings.ToLower(text), strings.ToLower(user)):
		return "holds the user name"
	default:
		return ""
	}
}

var (
	provinceForm = regexp.MustCompile(`^[A-Z][0-9]{2}$`)
	agencyForm   = regexp.MustCompile(`^[A-Z][0-9]{2}(\.[0-9A-Z]{2,3})*$`)
	oldForm      = regexp.MustCompile(`^([0-9]{2,3}\.)+[A-Z][0-9]{2}$`)
)

func (k *checker) general() {
	c := k.c
	if !provinceForm.MatchString(c.Province.Code) {
		k.bad("province.code", quote(c.Province.Code)+" is not the code of a province", `write the first level of QĐ 20/2020/QĐ-TTg, as in "H29"`)
	}
	k.given("province.name", c.Province.Name, "write the name that reports print")
	k.word("lang", c.Lang, "vi", "en")
	k.word("log.level", c.Log.Level, "debug", "info", "warn", "error")
	k.word("log.format", c.Log.Format, "text", "json")
	if k.given("data", c.Data, "name the folder of the database, as in /var/lib/lgspd") {
		k.folder("data", c.Data, false)
	}
	if k.given("key_file", c.KeyFile, "name the file of the key, as in /etc/lgspd/lgspd.key") {
		k.key()
	}
	k.listen("sandbox.listen", c.Sandbox.Listen)
	if c.Sandbox.Listen == c.SOAP.Listen && !strings.HasSuffix(c.Sandbox.Listen, ":0") {
		k.bad("sandbox.listen", "soap.listen has the same address", "take another port")
	}
}

func (k *checker) key() {
	c := k.c
	if c.Data != "" && inside(c.Data, c.KeyFile) {
		k.bad("key_file", "the key lies inside the data that it protects", "move it to another folder, as a copy of data must not hold it")
	}
	_, err := c.Key()
	if err == nil {
		return
	}
	if cause := errors.Unwrap(err); cause != nil {
		err = cause
	}
	k.fail("key_file", c.KeyFile, err, "make one that only the daemon reads: head -c 32 /dev/urandom > FILE && chmod 0600 FILE")
}

// inside reports whether path lies below folder, whatever links lead there.
func inside(folder, path string) bool {
	for _, f := range []string{folder, followed(folder)} {
		for _, p := range []string{path, followed(path)} {
			rel, err := filepath.Rel(f, p)
			if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
				return true
			}
		}
	}
	return false
}

// followed returns path without links, or path where that cannot be found.
func followed(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// listen checks an address to listen on and reports whether it is loopback.
func (k *checker) listen(path, address string) (loopback bool) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		k.bad(path, quote(address)+" is not an address to listen on", `write address and port, as in "127.0.0.1:8081"`)
		return true
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		k.bad(path, quote(port)+" is not a port", "write a number from 1 to 65535")
	}
	if host == "" || host == "localhost" {
		return host != ""
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		k.bad(path, quote(host)+" is not an IP address", "write the address of one of this machine's interfaces, or 0.0.0.0 for all")
		return true
	}
	return a.IsLoopback()
}

// maxBody is the longest message that can be read whatever its charset is, in
// bytes as it was sent: 16 MiB.
const maxBody Size = strictxml.DefaultBytes / vntext.Growth

func (k *checker) soap() {
	s := k.c.SOAP
	if !k.listen("soap.listen", s.Listen) && s.TLS.Cert == "" {
		// req
		k.bad("soap.listen", "the listener can be reached from other machines and has no TLS", "set soap.tls.cert and soap.tls.key, or listen on 127.0.0.1")
	}
	if s.PublicURL != "" {
		k.url("soap.public_url", s.PublicURL)
	}
	k.serverTLS()
	l := s.Limits
	k.size("soap.limits.body", l.Body, KiB, maxBody)
	k.size("soap.limits.in_flight", l.InFlight, l.Body, TiB)
	k.number("soap.limits.connections", l.Connections, 1, 100_000)
	k.number("soap.limits.per_department", l.PerDepartment, 1, max(1, l.Connections))
	k.duration("soap.limits.header_timeout", l.HeaderTimeout, time.Millisecond, time.Hour)
	k.duration("soap.limits.body_timeout", l.BodyTimeout, time.Millisecond, time.Hour)
	k.duration("soap.limits.idle_timeout", l.IdleTimeout, time.Millisecond, day)
}

// url checks an absolute address and returns it, nil when it is none. Its
// problems quote nothing, as an address may hold a password.
func (k *checker) url(path, text string) *url.URL {
	const remedy = `write https://host, as in "https://api.example.vn"`
	u, err := url.Parse(text)
	switch {
	case err != nil:
		k.bad(path, "the address cannot be read", remedy)
	case u.Scheme != "https" && u.Scheme != "http":
		k.bad(path, "the address begins neither with https:// nor with http://", remedy)
	case u.Hostname() == "":
		k.bad(path, "the address names no host", remedy)
	case u.User != nil:
		k.bad(path, "the address holds a user name or a password", "remove it and use the keys made for secrets")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		k.bad(path, "the address has a query or a fragment", "end it before the ? or #")
	case u.Port() != "" && !portForm(u.Port()):
		k.bad(path, quote(u.Port())+" is not a port", "write a number from 1 to 65535")
	default:
		return u
	}
	return nil
}

func portForm(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func (k *checker) queue() {
	q := k.c.Queue
	if q.MaxSize != 0 {
		k.size("queue.max_size", q.MaxSize, 64*MiB, 1024*TiB)
	}
	k.size("queue.min_free", q.MinFree, 0, 1024*TiB)
	k.size("queue.reserve", q.Reserve, 0, TiB)
	k.duration("queue.grace", q.Grace, 0, 100*year)
	k.duration("queue.retain.delivered", q.Retain.Delivered, time.Minute, 100*year)
	if q.Grace > q.Retain.Delivered {
		k.bad("queue.grace", "the payload would outlive its row, which goes after "+formatDuration(q.Retain.Delivered), "lower it, or raise queue.retain.delivered")
	}
	k.duration("queue.retain.rejected", q.Retain.Rejected, time.Minute, 100*year)
	k.duration("queue.retain.dropped", q.Retain.Dropped, time.Minute, 100*year)
	k.duration("queue.retain.superseded", q.Retain.Superseded, time.Minute, 100*year)
	if k.c.Audit.Retain < twoYears {
		k.bad("audit.retain", formatDuration(k.c.Audit.Retain)+" is less than two years", "the law asks for two years at least (TT 46/2022/TT-BCA): write 2y")
	}
	if k.c.Audit.Retain > 100*year {
		k.bad("audit.retain", "the time is out of range", "write 2y to 100y")
	}
}
