package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestATokenIsGivenForTheRightKeyAndSecretOnly(t *testing.T) {
	for name, c := range map[string]struct {
		auth string
		want int
	}{
		"right":       {basic(testKey, testSecret), http.StatusOK},
		"secret":      {basic(testKey, "khac"), http.StatusUnauthorized},
		"key":         {basic("khac", testSecret), http.StatusUnauthorized},
		"no secret":   {basic(testKey, ""), http.StatusUnauthorized},
		"no header":   {"", http.StatusUnauthorized},
		"not basic":   {"Bearer x", http.StatusUnauthorized},
		"not base 64": {"Basic ???", http.StatusUnauthorized},
	} {
		p := start(t, nil)
		r := p.askToken(map[string]string{"Authorization": c.auth})
		if r.status != c.want {
			t.Errorf("%s: got %d %s, want %d", name, r.status, r.body, c.want)
		}
		if c.want != http.StatusOK && !strings.Contains(r.body, `"invalid_client"`) {
			t.Errorf("%s: got %s, want invalid_client", name, r.body)
		}
	}
}

func TestATokenAnswerIsThatOfWSO2(t *testing.T) {
	p := start(t, func(o *Options) { o.TokenLife = 10 * time.Minute })
	var got map[string]any
	if err := json.Unmarshal([]byte(p.askToken(nil).body), &got); err != nil {
		t.Fatal(err)
	}
	if got["token_type"] != "Bearer" || got["scope"] != "am_application_scope default" || got["expires_in"] != 600.0 || len(got["access_token"].(string)) != 36 {
		t.Errorf("got %v", got)
	}
}

func TestOnlyClientCredentialsAreServed(t *testing.T) {
	p := start(t, nil)
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Authorization": basic(testKey, testSecret)}
	if r := p.must(http.MethodPost, tokenPath, "grant_type=password", form); r.status != 400 || !strings.Contains(r.body, "unsupported_grant_type") {
		t.Errorf("password grant: got %d %s", r.status, r.body)
	}
	form["Content-Type"] = "application/json"
	if r := p.must(http.MethodPost, tokenPath, "grant_type=client_credentials", form); r.status != 400 || !strings.Contains(r.body, "invalid_request") {
		t.Errorf("not a form: got %d %s", r.status, r.body)
	}
}

func TestTheSameTokenIsGivenUntilItExpires(t *testing.T) {
	clk := newClock()
	p := start(t, func(o *Options) { o.Now, o.TokenLife = clk.now, time.Minute })
	first := p.newToken()
	clk.pass(59 * time.Second)
	if second := p.newToken(); second != first {
		t.Error("a second token was given while the first was good")
	}
	clk.pass(time.Second)
	if third := p.newToken(); third == first {
		t.Error("an expired token was given again")
	}
}

func TestACallNeedsATokenThatIsGoodNow(t *testing.T) {
	clk := newClock()
	p := logged(t, func(o *Options) { o.Now, o.TokenLife = clk.now, time.Minute })
	for path, call := range map[string]struct {
		body   string
		header func() map[string]string
	}{
		hotichPath: {birth(), func() map[string]string { return p.hotichHeader("a") }},
		dancuPath:  {citizenUpdate("a", "079190000002"), p.dancuHeader},
	} {
		good := call.header()
		if r := p.must(http.MethodPost, path, call.body, good); r.status != http.StatusOK {
			t.Errorf("%s with a good token: got %d %s", path, r.status, r.body)
		}
		for _, auth := range []string{"", "Bearer khac", "Basic " + p.token, p.token} {
			good["Authorization"] = auth
			r := p.must(http.MethodPost, path, call.body, good)
			if r.status != http.StatusUnauthorized || !strings.Contains(r.body, "900901") || r.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s with Authorization %q: got %d %s", path, auth, r.status, r.body)
			}
		}
	}
	clk.pass(time.Minute)
	if r := p.must(http.MethodPost, hotichPath, birth(), p.hotichHeader("b")); r.status != http.StatusUnauthorized {
		t.Errorf("an expired token: got %d", r.status)
	}
	if n := p.Stats().Paths[hotichPath].Refused; n != 5 {
		t.Errorf("refused is %d, want 5", n)
	}
}

func TestARevokedTokenIsWorthlessAndANewOneIsGiven(t *testing.T) {
	p := logged(t, nil)
	old := p.token
	p.RevokeTokens()
	if r := p.must(http.MethodPost, hotichPath, birth(), p.hotichHeader("a")); r.status != http.StatusUnauthorized {
		t.Errorf("a revoked token: got %d", r.status)
	}
	if p.token = p.newToken(); p.token == old {
		t.Error("the revoked token was given again")
	}
	if status, _, _ := p.register("a", birth()); status != "1" {
		t.Error("the new token is not good")
	}
}

func TestAnAccessKeyIsDemandedOnTheTokenRequestAndOnCalls(t *testing.T) {
	key := AccessKey{"ak", "sk", "lgsp-thu", "H29", "H29.11"}
	good := accessHeader(t, key)
	for name, secret := range map[string]string{"beside a secret": testSecret, "alone": ""} {
		p := start(t, func(o *Options) { o.Clients = map[string]Client{testKey: {Secret: secret, Access: &key}} })
		auth := ""
		if secret != "" {
			auth = basic(testKey, secret)
		}
		other := key
		other.SecretKey = "khac"
		for _, bad := range []string{"", "???", accessHeader(t, other), base64.StdEncoding.EncodeToString([]byte("{"))} {
			if r := p.askToken(map[string]string{"Authorization": auth, "lgspaccesstoken": bad}); r.status != http.StatusUnauthorized {
				t.Errorf("%s: token for lgspaccesstoken %q: got %d", name, bad, r.status)
			}
		}
		r := p.askToken(map[string]string{"Authorization": auth, "lgspaccesstoken": good})
		var out struct {
			Token string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(r.body), &out); err != nil || r.status != http.StatusOK {
			t.Fatalf("%s: got %d %s", name, r.status, r.body)
		}
		p.token = out.Token
		h := p.hotichHeader("a")
		if r := p.must(http.MethodPost, hotichPath, birth(), h); r.status != http.StatusUnauthorized {
			t.Errorf("%s: a call without lgspaccesstoken: got %d", name, r.status)
		}
		h["lgspaccesstoken"] = good
		if r := p.must(http.MethodPost, hotichPath, birth(), h); r.status != http.StatusOK {
			t.Errorf("%s: a call with lgspaccesstoken: got %d", name, r.status)
		}
	}
}

func accessHeader(t *testing.T, k AccessKey) string {
	t.Helper()
	b, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b)
}

func TestASandboxThatNobodyMayUseIsNotMade(t *testing.T) {
	for name, o := range map[string]Options{
		"no client": {},
		"no secret": {Clients: map[string]Client{"a": {}}},
		"no key":    {Clients: map[string]Client{"": {Secret: "b"}}},
		"shape":     {Clients: map[string]Client{"a": {Secret: "b"}}, Shape: 9},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}
