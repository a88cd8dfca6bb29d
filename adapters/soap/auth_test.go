package soap

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

const (
	textToken   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"
	digestToken = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
)

// withToken puts a UsernameToken into an envelope.
func withToken(envelope, token string) string {
	security := `<s:Header><w:Security s:mustUnderstand="1" xmlns:w="` + spaceWSSE + `" xmlns:u="` + spaceWSU + `">` + token + `</w:Security></s:Header>`
	return strings.Replace(strings.Replace(envelope, "<s:Header/>", "", 1), "<s:Body>", security+"<s:Body>", 1)
}

func plainToken(name, password string) string {
	return `<w:UsernameToken><w:Username>` + name + `</w:Username><w:Password Type="` + textToken + `">` + password + `</w:Password></w:UsernameToken>`
}

func digest(name, password, nonce string, created time.Time) string {
	at := created.UTC().Format("2006-01-02T15:04:05Z")
	sum := sha1.Sum([]byte(nonce + at + password))
	return `<w:UsernameToken><w:Username>` + name + `</w:Username><w:Password Type="` + digestToken + `">` + base64.StdEncoding.EncodeToString(sum[:]) +
		`</w:Password><w:Nonce>` + base64.StdEncoding.EncodeToString([]byte(nonce)) + `</w:Nonce><u:Created>` + at + `</u:Created></w:UsernameToken>`
}

func TestEveryWayToLogInWorksInBothVersions(t *testing.T) {
	at := newClock()
	ways := []struct {
		name   string
		change func(*request)
		sender string
	}{
		{"Basic", func(q *request) { q.user, q.password = "so2", otherPass }, "H29.12"},
		{"an API key", func(q *request) { q.apiKey = testKey }, "H29.11"},
		{"Basic with an API key", func(q *request) { q.user, q.password, q.apiKey = "so1", password, testKey }, "H29.11"},
		{"PasswordText", func(q *request) { q.body = withToken(q.body, plainToken("so1", password)) }, "H29.11"},
		{"PasswordDigest", func(q *request) { q.body = withToken(q.body, digest("so1", password, "n"+q.body[:9], at.now())) }, "H29.11"},
		{"PasswordText on a shared path", func(q *request) {
			q.path, q.body = "/cu/Chung.asmx", withToken(q.body, plainToken("so1", password))
		}, "H29.11"},
		{"PasswordText in UTF-16", func(q *request) {
			q.body = "\xff\xfe" + strings.Join(strings.Split(withToken(`<s:Envelope xmlns:s="`+space11+`"><s:Body><a/></s:Body></s:Envelope>`, plainToken("so1", password)), ""), "\x00") + "\x00"
		}, "H29.11"},
	}
	o := testOptions()
	o.Now = at.now
	s := serve(t, o, &line{})
	for _, way := range ways {
		for v, contentType := range []string{"application/xml", `application/soap+xml; action="urn:x"`} {
			q := request{body: []string{envelope11(testRoot), envelope12(testRoot)}[v], contentType: contentType}
			way.change(&q)
			got := s.send(t, q)
			if got.status != 200 {
				t.Errorf("%s, SOAP 1.%d: %d %s", way.name, v+1, got.status, got.body)
				continue
			}
			if e := s.line.envelopes(); e[len(e)-1].Sender != way.sender {
				t.Errorf("%s: sender is %s", way.name, e[len(e)-1].Sender)
			}
		}
	}
}

func TestWhatDoesNotProveTheSenderIsRefusedAlike(t *testing.T) {
	at := newClock()
	for name, change := range map[string]func(*request){
		"an unknown user":                 func(q *request) { q.user, q.password = "ai-do", password },
		"another's password":              func(q *request) { q.user, q.password = "so1", otherPass },
		"an empty password":               func(q *request) { q.user, q.password = "so1", "" },
		"a token's user by Basic":         func(q *request) { q.user, q.password = "chi-wsse", password },
		"Basic that is not base64":        with("Authorization", "Basic ????"),
		"Basic that is very long":         with("Authorization", "Basic "+strings.Repeat("QUJD", 3000)),
		"a wrong API key":                 func(q *request) { q.apiKey = "khoa-thu-nghiem-0002" },
		"a right API key, a wrong Basic":  func(q *request) { q.apiKey, q.user, q.password = testKey, "so1", "sai" },
		"keys of two departments":         func(q *request) { q.apiKey, q.user, q.password = testKey, "so2", otherPass },
		"a wrong PasswordText":            func(q *request) { q.body = withToken(q.body, plainToken("so1", "sai")) },
		"PasswordText of an unknown user": func(q *request) { q.body = withToken(q.body, plainToken("ai-do", "sai")) },
		"PasswordText of a Basic user":    func(q *request) { q.body = withToken(q.body, plainToken("so2", otherPass)) },
		"no user name":                    func(q *request) { q.body = withToken(q.body, plainToken("", password)) },
		"two tokens":                      func(q *request) { q.body = withToken(q.body, plainToken("so1", password)+plainToken("so1", password)) },
		"a digest of a wrong password":    func(q *request) { q.body = withToken(q.body, digest("so1", "sai", "n1", at.now())) },
		"a digest of an unknown user":     func(q *request) { q.body = withToken(q.body, digest("ai-do", "", "n2", at.now())) },
		"a digest without a nonce":        func(q *request) { q.body = withToken(q.body, digest("so1", password, "", at.now())) },
		"a token that is not in a header": func(q *request) {
			q.body = envelope11(`<x xmlns:w="` + spaceWSSE + `">` + plainToken("so1", password) + `</x>`)
		},
		"a path that does not exist":       func(q *request) { q.path, q.user, q.password = "/soap/khong.co", "so1", "sai" },
		"no log-in, a path not existing":   func(q *request) { q.path = "/soap/khong.co" },
		"a message without anything":       func(q *request) {},
		"an Authorization of another kind": with("Authorization", "Bearer abc"),
	} {
		t.Run(name, func(t *testing.T) {
			o := testOptions()
			o.Now = at.now
			o.Departments[1].UsernameTokens = []Login{{"chi-wsse", password}}
			s := serve(t, o, &line{})
			q := request{body: envelope11(testRoot)}
			change(&q)
			got := s.send(t, q)
			f := readFault(t, got.body)
			if got.status != 401 || f.code != "soap:Client.Auth" || f.text != causes["Auth"].vi || len(s.line.envelopes()) != 0 {
				t.Errorf("answered %d %s", got.status, got.body)
			}
			if log := s.log.String(); strings.Contains(log, password) || strings.Contains(log, testKey) {
				t.Errorf("a secret is in the log: %s", log)
			}
		})
	}
}

func TestATokenInAnUnreadableMessageIsNobodys(t *testing.T) {
	s := serve(t, testOptions(), &line{})
	got := s.send(t, request{body: withToken(envelope11("<a>"), plainToken("so1", password))})
	if f := readFault(t, got.body); f.code != "soap:Client.Malformed" || len(s.line.envelopes()) != 0 {
		t.Errorf("answered %d %s", got.status, got.body)
	}
}

func TestATokenIsFoundInAMessageThatLiesAboutItsCharset(t *testing.T) {
	o := testOptions()
	o.Departments[0].Charset = "windows-1258"
	s := serve(t, o, &line{})
	body := withToken(`<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="`+space11+"\"><s:Body><a>M\xe2\xcc</a></s:Body></s:Envelope>", plainToken("so1", password))
	if got := s.send(t, request{body: body}); got.status != 200 || s.line.envelopes()[0].Charset != "windows-1258" {
		t.Errorf("answered %d %s", got.status, got.body)
	}
}

func TestADigestCountsOnceAndForFiveMinutes(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	s := serve(t, o, &line{})
	send := func(token string) string {
		got := s.send(t, request{body: withToken(envelope11(testRoot), token)})
		if got.status == 200 {
			return "taken"
		}
		return readFault(t, got.body).detail.Ma
	}
	made := at.now()
	first := digest("so1", password, "mot", made)
	for _, step := range []struct {
		token, want string
		later       time.Duration
	}{
		{first, "taken", 0},
		{first, "Replayed", 0},
		{digest("so1", password, "hai", made), "taken", 0},
		{first, "Replayed", tokenWindow - time.Second},
		{first, "Expired", 2 * time.Second},
		{digest("so1", password, "ba", made.Add(-tokenWindow)), "Expired", 0},
		{digest("so1", password, "bon", made.Add(3*tokenWindow)), "Expired", 0},
		{strings.Replace(digest("so1", password, "nam", made.Add(tokenWindow)), "Z</u:Created>", "</u:Created>", 1), "Auth", 0},
	} {
		at.add(step.later)
		if got := send(step.token); got != step.want {
			t.Errorf("%s after %s, want %s", got, at.now().Sub(made), step.want)
		}
	}
}

func TestNoncesAreBoundedAndNoneCountsTwice(t *testing.T) {
	n, at := newNonces(), newClock()
	use := func(i int, created time.Time) error {
		return n.use(sha1.Sum([]byte(strconv.Itoa(i))), created, at.now())
	}
	start := at.now()
	for i := range 3 * maxNonces {
		if i%1000 == 0 {
			at.add(time.Second)
		}
		if err := use(i, at.now()); err != nil {
			t.Fatalf("nonce %d: %v", i, err)
		}
	}
	if n.n > maxNonces {
		t.Errorf("%d nonces are kept", n.n)
	}
	if err := use(0, start.Add(time.Second)); err == nil {
		t.Error("a nonce that was forgotten to save room counts again")
	}
	at.add(240 * time.Hour)
	if err := use(-1, at.now()); err != nil {
		t.Fatal(err)
	}
	at.add(-240 * time.Hour)
	last := at.now()
	if err := use(3*maxNonces-1, last); err == nil {
		t.Error("a nonce counts again after the clock was moved there and back")
	}
	at.add(2 * nonceStep * time.Second)
	if err := use(-2, at.now()); err != nil {
		t.Errorf("nobody gets in after the clock was moved back: %v", err)
	}
}

func TestAWrongPasswordLocksItsOwnNameOut(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	s := serve(t, o, &line{})
	wrong, right, other := good(), good(), good()
	wrong.password = "sai"
	other.user, other.password = "so2", otherPass
	for i := range pairFailures {
		if got := s.send(t, wrong); got.status != 401 {
			t.Fatalf("failure %d: %d", i, got.status)
		}
	}
	got := s.send(t, right)
	if f := readFault(t, got.body); got.status != 503 || f.detail.Ma != "Locked" || !f.detail.CoTheGuiLai || got.header.Get("Retry-After") != "1" {
		t.Errorf("a guessed name is answered %d %s", got.status, got.body)
	}
	if got := s.send(t, other); got.status != 200 {
		t.Errorf("another department at the same address is answered %d", got.status)
	}
	at.add(time.Second)
	s.send(t, wrong)
	if got := s.send(t, right); got.header.Get("Retry-After") != "2" {
		t.Errorf("the delay does not grow: %q", got.header.Get("Retry-After"))
	}
	at.add(2 * time.Second)
	if got := s.send(t, right); got.status != 200 {
		t.Errorf("after the delay the right password is answered %d", got.status)
	}
	for range pairFailures {
		if got := s.send(t, wrong); got.status != 401 {
			t.Errorf("a success did not clear the count: %d", got.status)
		}
	}
}

func TestNamesThatDoNotExistAreLockedTheSameWay(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	s := serve(t, o, &line{})
	for _, name := range []string{"so1", "ai-do"} {
		q := good()
		q.user, q.password = name, "sai"
		var statuses []int
		for range pairFailures + 1 {
			statuses = append(statuses, s.send(t, q).status)
		}
		if fmt.Sprint(statuses) != "[401 401 401 401 401 503]" {
			t.Errorf("%s: %v", name, statuses)
		}
	}
}

func TestManyAddressesLockANameOutOnlyWhereItIsNotKnown(t *testing.T) {
	at := newClock()
	g := newGate(at.now)
	home, away := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.9.9.9")
	u := &user{}
	u.recognise(g.address(home))
	for i := range nameFailures {
		_, _ = g.failed(g.attempt(netip.AddrFrom4([4]byte{10, 1, byte(i), 1}), []byte("so1"), true, false))
	}
	if a := g.attempt(home, []byte("so1"), true, false); g.closed(a, u.knows(a.address)) != 0 {
		t.Error("the department itself is locked out")
	}
	if a := g.attempt(away, []byte("so1"), true, false); g.closed(a, u.knows(a.address)) == 0 {
		t.Error("another address may go on guessing")
	}
	if a := g.attempt(away, []byte("so2"), true, false); g.closed(a, false) != 0 {
		t.Error("another name is locked out")
	}
}

func TestAnAddressThatGuessesKeysIsToldToWaitAndTheRightKeyPasses(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	s := serve(t, o, &line{})
	var got reply
	for i := range addressFailures + 1 {
		got = s.send(t, request{body: envelope11(testRoot), apiKey: "khoa-sai-" + strconv.Itoa(1000+i)})
	}
	if got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("answered %d", got.status)
	}
	if got := s.send(t, request{body: envelope11(testRoot), apiKey: testKey}); got.status != 200 {
		t.Errorf("the right key is answered %d", got.status)
	}
}

func TestCountsOfFailuresAreBoundedAndForgotten(t *testing.T) {
	at := newClock()
	g := newGate(at.now)
	for i := range 3 * ledgerSize {
		ip := netip.AddrFrom4([4]byte{11, byte(i >> 16), byte(i >> 8), byte(i)})
		_, _ = g.failed(g.attempt(ip, []byte(strconv.Itoa(i)), i%2 == 0, false))
	}
	for name, l := range map[string]ledger{"known": g.known, "strangers": g.strangers, "addresses": g.addresses} {
		if len(l) > ledgerSize {
			t.Errorf("%s: %d entries", name, len(l))
		}
	}
	at.add(forgetAfter + time.Second)
	for range 3 * ledgerSize / 16 {
		g.passed(attempt{})
	}
	if g.watching() {
		t.Errorf("%d entries are left", g.entries.Load())
	}
}

func TestADepartmentCallsFromItsOwnNetworksOnly(t *testing.T) {
	for network, want := range map[string]int{"127.0.0.0/8": 200, "10.0.0.0/8": 401} {
		o := testOptions()
		o.Departments[0].Networks = []netip.Prefix{netip.MustParsePrefix(network)}
		s := serve(t, o, &line{})
		for _, q := range []request{good(), {body: envelope11(testRoot), apiKey: testKey}, {body: withToken(envelope11(testRoot), plainToken("so1", password))}} {
			if got := s.send(t, q); got.status != want {
				t.Errorf("%s: %d %s", network, got.status, got.body)
			}
		}
	}
}

func TestWithoutTokensNobodysBodyIsRead(t *testing.T) {
	o := testOptions()
	o.Departments[0].UsernameTokens = nil
	s := serve(t, o, &line{})
	conn := dial(t, s)
	conn.write("POST /soap/thu.gui HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 500000000\r\nExpect: 100-continue\r\n\r\n")
	if got := conn.read(); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("answered %d", got.StatusCode)
	}
}

func TestTheLineIsAskedWithTheContextOfTheRequest(t *testing.T) {
	done := make(chan error, 1)
	entered := make(chan struct{})
	s := serve(t, testOptions(), &line{answer: func(ctx context.Context, _ lgsp.Envelope) (lgsp.Receipt, error) {
		close(entered)
		<-ctx.Done()
		done <- ctx.Err()
		return lgsp.Receipt{}, ctx.Err()
	}})
	conn := dial(t, s)
	conn.write(raw("POST", "/soap/thu.gui", "", envelope11(testRoot)))
	<-entered
	conn.Close()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the context says %v after the sender hung up", err)
	}
}
