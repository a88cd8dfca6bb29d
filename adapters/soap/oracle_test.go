package soap

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// ask sends a request from an address of the test's choice.
func ask(t testing.TB, s *Server, remote string, q request) reply {
	t.Helper()
	if q.method == "" {
		q.method = http.MethodPost
	}
	if q.path == "" {
		q.path = "/soap/thu.gui"
	}
	r := httptest.NewRequest(q.method, q.path, strings.NewReader(q.body))
	r.RemoteAddr = netip.AddrPortFrom(netip.MustParseAddr(remote), 4567).String()
	r.Header.Set("Content-Type", "text/xml")
	if q.user != "" {
		r.SetBasicAuth(q.user, q.password)
	}
	if q.apiKey != "" {
		r.Header.Set("X-API-Key", q.apiKey)
	}
	w := httptest.NewRecorder()
	s.Handler(&line{}).ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

// seen is all that a stranger sees of an answer.
func (r reply) seen() string {
	return fmt.Sprint(r.status, " ", r.header, " ", r.body)
}

func newServer(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestARightPasswordFromAForeignNetworkIsAWrongOne(t *testing.T) {
	at := newClock()
	n := 0
	for name, way := range map[string]func(right bool) request{
		"Basic": func(right bool) request {
			return request{body: envelope11(testRoot), user: "so1", password: map[bool]string{true: password, false: "sai"}[right]}
		},
		"an API key": func(right bool) request {
			return request{body: envelope11(testRoot), apiKey: map[bool]string{true: testKey, false: otherKey}[right]}
		},
		"PasswordText": func(right bool) request {
			return request{body: withToken(envelope11(testRoot), plainToken("so1", map[bool]string{true: password, false: "sai"}[right]))}
		},
		"PasswordDigest": func(right bool) request {
			n++
			return request{body: withToken(envelope11(testRoot), digest("so1", map[bool]string{true: password, false: "sai"}[right], fmt.Sprint(n), at.now()))}
		},
		"Basic for a description": func(right bool) request {
			return request{method: http.MethodGet, path: "/soap/thu.gui?wsdl", user: "so1", password: map[bool]string{true: password, false: "sai"}[right]}
		},
	} {
		o := testOptions()
		o.Now = at.now
		o.Departments[0].Networks = []netip.Prefix{netip.MustParsePrefix("10.29.11.0/24")}
		guessed, stolen, mixed := newServer(t, o), newServer(t, o), newServer(t, o)
		for i := range addressFailures + 2 {
			a := ask(t, guessed, "203.0.113.9", way(false)).seen()
			if b := ask(t, stolen, "203.0.113.9", way(true)).seen(); a != b {
				t.Fatalf("%s, try %d: a wrong one is answered\n%s\na right one\n%s", name, i, a, b)
			}
			if b := ask(t, mixed, "203.0.113.9", way(i%3 == 1)).seen(); a != b {
				t.Fatalf("%s, try %d: after some right ones the answer is\n%s\nwithout\n%s", name, i, b, a)
			}
		}
		if got := ask(t, stolen, "10.29.11.7", way(true)); got.status != 200 {
			t.Errorf("%s: at home the department is answered %d %s", name, got.status, got.body)
		}
	}
}

func TestARightPasswordBesideAnotherDepartmentsKeyIsAWrongOne(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	guessed, right := newServer(t, o), newServer(t, o)
	for i := range pairFailures + 1 {
		a := ask(t, guessed, "203.0.113.9", request{apiKey: testKey, user: "so2", password: "sai"}).seen()
		if b := ask(t, right, "203.0.113.9", request{apiKey: testKey, user: "so2", password: otherPass}).seen(); a != b {
			t.Fatalf("try %d: a wrong one is answered\n%s\na right one\n%s", i, a, b)
		}
	}
}

func TestATokensNameIsLockedByGuessesForADescription(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	o.Departments[1].UsernameTokens = []Login{{"chi-wsse", otherPass}}
	s := newServer(t, o)
	q := request{method: http.MethodGet, path: "/soap/thu.gui?wsdl", user: "chi-wsse", password: "sai"}
	for range pairFailures {
		ask(t, s, "203.0.113.9", q)
	}
	q.password = otherPass
	if got := ask(t, s, "203.0.113.9", q); got.status != 503 {
		t.Errorf("the right guess after %d wrong ones is answered %d", pairFailures, got.status)
	}
}

func TestAnEmptyDigestIsNotThePasswordOfAUserWithoutTokens(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	s := newServer(t, o)
	got := ask(t, s, "203.0.113.9", request{body: withToken(envelope11(testRoot), digest("so2", "", "n", at.now()))})
	if f := readFault(t, got.body); got.status != 401 || f.detail.Ma != "Auth" {
		t.Errorf("answered %d %s", got.status, got.body)
	}
}

func TestAReplayedTokenIsNoSuccess(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	s := newServer(t, o)
	send := func(token string) string {
		got := ask(t, s, "203.0.113.9", request{body: withToken(envelope11(testRoot), token)})
		if got.status == 200 {
			return "taken"
		}
		return readFault(t, got.body).detail.Ma
	}
	first := digest("so1", password, "mot", at.now())
	wrong := plainToken("so1", "sai")
	steps := []string{"taken", "Auth", "Auth", "Auth", "Auth", "Replayed", "Auth", "Locked", "Locked"}
	for i, token := range []string{first, wrong, wrong, wrong, wrong, first, wrong, first, plainToken("so1", password)} {
		if got := send(token); got != steps[i] {
			t.Fatalf("step %d: %s, want %s", i, got, steps[i])
		}
	}
}

func TestANonceThatIsWrittenAnotherWayIsTheSame(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	s := newServer(t, o)
	token := digest("so1", password, "mot nonce", at.now())
	nonce := base64.StdEncoding.EncodeToString([]byte("mot nonce"))
	for i, again := range []string{nonce, nonce[:4] + "\n" + nonce[4:], nonce[:4] + "\r\n" + nonce[4:] + "\n", "mot nonce"} {
		got := ask(t, s, "203.0.113.9", request{body: withToken(envelope11(testRoot), strings.Replace(token, nonce, again, 1))})
		if (got.status == 200) != (i == 0) || i > 0 && readFault(t, got.body).detail.Ma != "Replayed" {
			t.Errorf("%q: answered %d %s", again, got.status, got.body)
		}
	}
}

func TestAnOldTokenSaysNothingOfItsPassword(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	for _, made := range []time.Time{at.now().Add(-tokenWindow - time.Second), at.now().Add(tokenWindow + time.Second)} {
		for _, in := range [][2]string{{"so1", password}, {"so1", "sai"}, {"ai-do", "sai"}} {
			s := newServer(t, o)
			got := ask(t, s, "203.0.113.9", request{body: withToken(envelope11(testRoot), digest(in[0], in[1], "n", made))})
			if f := readFault(t, got.body); f.detail.Ma != "Expired" || s.keys.gate.watching() {
				t.Errorf("%s: answered %d %s", in, got.status, got.body)
			}
		}
	}
}

func TestFailuresElsewhereDoNotLockADepartmentOutAtHome(t *testing.T) {
	at := newClock()
	o := testOptions()
	o.Now = at.now
	o.Departments[0].Networks = []netip.Prefix{netip.MustParsePrefix("10.29.11.0/24"), netip.MustParsePrefix("2001:db8::1/128")}
	s := newServer(t, o)
	wrong := good()
	wrong.password = "sai"
	for i := range 2 * nameFailures {
		ask(t, s, netip.AddrFrom4([4]byte{203, 0, 113, byte(i)}).String(), wrong)
		ask(t, s, "2001:db8::2", wrong) // of the same /64 as the department
	}
	for _, home := range []string{"10.29.11.7", "::ffff:10.29.11.8", "2001:db8::1"} {
		if got := ask(t, s, home, good()); got.status != 200 {
			t.Errorf("%s: answered %d %s", home, got.status, got.body)
		}
	}
	for range pairFailures {
		ask(t, s, "10.29.11.9", wrong)
	}
	if got := ask(t, s, "10.29.11.9", good()); got.status != 503 {
		t.Errorf("an address at home that guesses is answered %d", got.status)
	}
	if got := ask(t, s, "10.29.11.10", good()); got.status != 200 {
		t.Errorf("its neighbour is answered %d", got.status)
	}
}

func TestACredentialThatIsShownTwiceProvesNothing(t *testing.T) {
	s := newServer(t, testOptions())
	for _, name := range []string{"Authorization", "X-Api-Key"} {
		r := httptest.NewRequest(http.MethodPost, "/soap/thu.gui", strings.NewReader(envelope11(testRoot)))
		r.Header.Set("Content-Type", "text/xml")
		r.SetBasicAuth("so1", password)
		r.Header.Set("X-API-Key", testKey)
		r.Header.Add(name, "khac")
		w := httptest.NewRecorder()
		s.Handler(&line{}).ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("two headers %s are answered %d", name, w.Code)
		}
	}
}

func TestATokenOutsideTheHeaderOfTheEnvelopeIsNone(t *testing.T) {
	s := newServer(t, testOptions())
	security := `<w:Security xmlns:w="` + spaceWSSE + `">` + plainToken("so1", password) + `</w:Security>`
	twice := strings.Replace(plainToken("so1", password), "<w:Username>", "<w:Username>so2</w:Username><w:Username>", 1)
	for _, body := range []string{
		`<s:Envelope xmlns:s="` + space11 + `"><Header>` + security + `</Header><s:Body>` + testRoot + `</s:Body></s:Envelope>`,
		`<s:Envelope xmlns:s="` + space11 + `"><s:Body>` + testRoot + `</s:Body><s:Header>` + security + `</s:Header></s:Envelope>`,
		`<x><Header>` + security + `</Header></x>`,
		withToken(envelope11(testRoot), twice),
	} {
		if got := ask(t, s, "203.0.113.9", request{body: body}); got.status != 401 {
			t.Errorf("%s: answered %d", body, got.status)
		}
	}
}
