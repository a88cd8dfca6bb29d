package ngsp

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// token is one access token, ready to be sent.
type token struct {
	header string // the value of Authorization
	until  time.Time
}

// tokens keeps the token of one upstream. However many messages want one at the
// same time, one request is made for it and all of them wait for its outcome,
// each as long as it can.
type tokens struct {
	ask     func(ctx context.Context) (*token, error)
	now     func() time.Time
	timeout time.Duration // of one request

	current atomic.Pointer[token]
	mu      sync.Mutex
	flight  *flight
}

// flight is a request for a token that is under way. It goes on when those who
// wait for it have left, until it is answered, its time is up or the client is
// closed.
type flight struct {
	cancel context.CancelFunc
	done   chan struct{}
	tok    *token
	err    error
	defect any // that the request ended with, for those who wait to panic with
}

// get returns a token that is still good.
func (t *tokens) get(ctx context.Context) (*token, error) {
	for {
		if tok := t.current.Load(); tok != nil && t.now().Before(tok.until) {
			return tok, nil
		}
		t.mu.Lock()
		if tok := t.current.Load(); tok != nil && t.now().Before(tok.until) {
			t.mu.Unlock()
			return tok, nil
		}
		if err := ctx.Err(); err != nil {
			t.mu.Unlock()
			return nil, err
		}
		f := t.flight
		if f == nil {
			f = t.start(ctx)
		}
		t.mu.Unlock()
		select {
		case <-f.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if f.defect != nil {
			panic(f.defect)
		}
		if !errors.Is(f.err, context.Canceled) { // that was the client's end, and says nothing of the token
			return f.tok, f.err
		}
	}
}

// start makes the request that the first of those who want a token needs, in
// time of its own: the first may have less left than the others. It wants mu to
// be held.
func (t *tokens) start(ctx context.Context) *flight {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.timeout)
	f := &flight{cancel: cancel, done: make(chan struct{})}
	t.flight = f
	go t.fly(ctx, f) // waited for by get and end
	return f
}

func (t *tokens) fly(ctx context.Context, f *flight) {
	defer close(f.done)
	defer f.cancel()
	defer func() {
		f.defect = recover()
		t.mu.Lock()
		defer t.mu.Unlock()
		t.flight = nil
		switch {
		case f.err == nil:
			t.current.Store(f.tok) // none after a defect
		case errors.Is(ctx.Err(), context.Canceled):
			f.err = ctx.Err()
		}
	}()
	f.tok, f.err = t.ask(ctx)
}

// end stops the request that is under way, and returns when it has stopped.
func (t *tokens) end() {
	t.mu.Lock()
	f := t.flight
	t.mu.Unlock()
	if f != nil {
		f.cancel()
		<-f.done
	}
}

// drop forgets a token that was refused, unless it was renewed meanwhile.
func (t *tokens) drop(tok *token) { t.current.CompareAndSwap(tok, nil) }

// tokenRequest is the fixed part of the request for a token.
func tokenRequest(o Options, u *url.URL, fixed http.Header) (at *endpoint, form string) {
	header := http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"},
		"Accept":       {"application/json"},
		"User-Agent":   {userAgent},
	}
	values := url.Values{"grant_type": {"client_credentials"}}
	if o.Token.Scope != "" {
		values.Set("scope", o.Token.Scope)
	}
	switch t := o.Token; {
	case t.ConsumerKey == "":
	case t.InForm:
		values.Set("client_id", t.ConsumerKey)
		values.Set("client_secret", string(t.ConsumerSecret))
	default:
		pair := t.ConsumerKey + ":" + string(t.ConsumerSecret)
		header["Authorization"] = []string{"Basic " + base64.StdEncoding.EncodeToString([]byte(pair))}
	}
	if o.LGSPAccessToken.on() {
		header[lgspHeader] = fixed[lgspHeader]
	}
	return newEndpoint(u, header), values.Encode()
}

// tokenConns is how many connections fetch tokens: there is one request at a
// time, and one more while a connection that was given up is being closed.
const tokenConns = 2

// askToken makes one token request and reads its answer.
func (c *Client) askToken(ctx context.Context) (*token, error) {
	r, err := c.roundTrip(ctx, c.fetches, newCall(c.tokenAt, c.tokenForm, nil, "").end())
	if err != nil {
		return nil, &tokenError{netFailure: err}
	}
	defer c.release(r)
	tok, on := c.readToken(r)
	if on == nil {
		c.log.Debug("token renewed", "upstream", c.name, "until", tok.until)
		return tok, nil
	}
	v := verdict{fate: on, status: r.status, ref: reference(r.header)}
	v.after = retryAfter(r.header.Get("Retry-After"), c.now())
	return nil, &tokenError{verdict: v}
}

// bearer returns the token of a call, nil where the upstream wants none. The
// verdict is empty unless there is no token to be had.
func (c *Client) bearer(ctx, own context.Context) (*token, verdict) {
	if c.tokens == nil {
		return nil, verdict{}
	}
	tok, err := c.tokens.get(own)
	var te *tokenError
	switch {
	case err == nil:
		return tok, verdict{}
	case errors.As(err, &te) && te.netFailure == nil:
		return nil, te.verdict
	}
	v := c.dialer.netVerdict(ctx, err)
	switch { // the message itself never left
	case strings.HasPrefix(v.on, "net answer-"):
		v.fate = fateOf("token lost")
	case v.on == "net tls-client":
		v.fate = fateOf("token certificate")
	}
	v.detail = "asking for a token: " + v.detail
	return nil, v
}

// tokenError is the fate of a delivery that got no token.
type tokenError struct {
	netFailure error // there was no answer
	verdict    verdict
}

func (e *tokenError) Error() string { return "asking for a token" }
func (e *tokenError) Unwrap() error { return e.netFailure }

const (
	maxTokenLife     = 24 * time.Hour
	assumedTokenLife = 5 * time.Minute
)

// readToken reads the answer of RFC 6749 §5.1 and §5.2; where it gives no
// token, it names the row.
func (c *Client) readToken(r reply) (*token, *fate) {
	tree, err := readTree(r.body, c.judge.maxAnswer)
	if r.status != http.StatusOK {
		return nil, tokenFate(r.status, tree, err)
	}
	value, count := tree.child("access_token")
	kind, kinds := tree.child("token_type")
	if err != nil || r.cut || count != 1 || !bearerForm(value.text) || kinds == 1 && !strings.EqualFold(kind.text, "Bearer") {
		return nil, fateOf("token unreadable")
	}
	life := assumedTokenLife
	if expires, count := tree.child("expires_in"); count == 1 {
		life = seconds(expires.text)
	}
	life -= min(c.margin, life/2)
	return &token{header: "Bearer " + value.text, until: c.now().Add(life)}, nil
}

func tokenFate(status int, tree node, err error) *fate {
	if status == http.StatusBadRequest && err == nil {
		reason, _ := tree.child("error")
		switch reason.text {
		case "invalid_client", "invalid_grant", "unauthorized_client", "access_denied":
			return fateOf("token denied")
		}
	}
	if f := fateOfStatus("token ", status); f != nil {
		return f
	}
	return fateOf("token unreadable")
}

// seconds reads expires_in, which some services send as text, and which for
// tokens that never expire is a huge number.
func seconds(text string) time.Duration {
	if !allDigits(text) {
		return assumedTokenLife
	}
	if d, err := time.ParseDuration(text + "s"); err == nil && d < maxTokenLife {
		return d
	}
	return maxTokenLife
}

// bearerForm reports whether s can stand in a header (RFC 6750 §2.1, b64token,
// and what else is visible ASCII).
func bearerForm(s string) bool {
	return s != "" && len(s) <= 16<<10 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}
