package sandbox

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// tokens are the access tokens that were given out. Like WSO2, a client that
// asks again gets the same token until it expires.
type tokens struct {
	clients map[string]Client
	life    time.Duration
	now     func() time.Time
	random  io.Reader

	mu    sync.RWMutex
	given map[string]grant // by token; at most one for each client
	last  map[string]string
}

type grant struct {
	client  Client
	expires time.Time
}

func newTokens(o Options) *tokens {
	return &tokens{clients: o.Clients, life: o.TokenLife, now: o.Now, random: o.Rand, given: map[string]grant{}, last: map[string]string{}}
}

// RevokeTokens makes every token that was given out worthless, as a restart of
// the token service would.
func (s *Server) RevokeTokens() {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	clear(s.tokens.given)
}

// token serves POST /token (RFC 6749 §4.4).
func (s *Server) token(r request) answer {
	form, err := url.ParseQuery(string(r.body))
	if err != nil || !hasType(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		r.count.refused.Add(1)
		return oauthError(http.StatusBadRequest, "invalid_request", "The request must be form encoded")
	}
	if form.Get("grant_type") != "client_credentials" {
		r.count.refused.Add(1)
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "Only grant_type=client_credentials is served")
	}
	key, ok := s.tokens.identify(r.Header)
	if !ok {
		r.count.refused.Add(1)
		a := oauthError(http.StatusUnauthorized, "invalid_client", "A valid OAuth client could not be found for the request")
		a.header = append(a.header, [2]string{"WWW-Authenticate", `Basic realm="WSO2"`})
		return a
	}
	token, left, err := s.tokens.give(key)
	if err != nil {
		s.o.Log.Error("token not made", "err", err)
		return oauthError(http.StatusInternalServerError, "server_error", "The token could not be made")
	}
	r.count.effects.Add(1)
	a := inJSON(http.StatusOK, struct {
		Token string `json:"access_token"`
		Scope string `json:"scope"`
		Type  string `json:"token_type"`
		Life  int64  `json:"expires_in"`
	}{token, "am_application_scope default", "Bearer", int64(left / time.Second)})
	a.header = append(a.header, [2]string{"Cache-Control", "no-store"})
	return a
}

func oauthError(status int, code, description string) answer {
	return inJSON(status, map[string]string{"error": code, "error_description": description})
}

// identify finds the client that a token request comes from.
func (t *tokens) identify(h http.Header) (string, bool) {
	if key, secret, ok := basicAuth(h); ok {
		c, known := t.clients[key]
		return key, known && same(c.Secret, secret) && c.admits(h)
	}
	for key, c := range t.clients {
		if c.Secret == "" && c.admits(h) {
			return key, true
		}
	}
	return "", false
}

// give returns the client's token and how long it is still good.
func (t *tokens) give(key string) (string, time.Duration, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if token, ok := t.last[key]; ok {
		if left := t.given[token].expires.Sub(now); left >= time.Second {
			return token, left, nil
		}
		delete(t.given, token)
	}
	var b [16]byte
	if _, err := io.ReadFull(t.random, b[:]); err != nil {
		return "", 0, err
	}
	token := fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	t.given[token] = grant{t.clients[key], now.Add(t.life)}
	t.last[key] = token
	return token, t.life, nil
}

// admitted reports whether a call bears a token that is good now, and the
// client's access key where one is demanded.
func (t *tokens) admitted(h http.Header) bool {
	scheme, token, ok := strings.Cut(h.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return false
	}
	t.mu.RLock()
	g, ok := t.given[token]
	t.mu.RUnlock()
	return ok && t.now().Before(g.expires) && g.client.admits(h)
}

// admits reports whether the header lgspaccesstoken is the client's, where one
// is demanded.
func (c Client) admits(h http.Header) bool {
	if c.Access == nil {
		return true
	}
	b, err := base64.StdEncoding.DecodeString(h.Get("lgspaccesstoken"))
	if err != nil {
		return false
	}
	var got AccessKey
	if err := json.Unmarshal(b, &got); err != nil {
		return false
	}
	want := *c.Access
	return same(want.AccessKey, got.AccessKey) && same(want.SecretKey, got.SecretKey) &&
		want.AppName == got.AppName && want.PartnerCode == got.PartnerCode && want.PartnerCodeCus == got.PartnerCodeCus
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func basicAuth(h http.Header) (user, password string, ok bool) {
	r := http.Request{Header: h}
	return r.BasicAuth()
}

// hasType reports whether a Content-Type names one of the media types.
func hasType(contentType string, types ...string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	for _, t := range types {
		if strings.EqualFold(strings.TrimSpace(media), t) {
			return true
		}
	}
	return false
}
