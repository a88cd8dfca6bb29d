// Package ngsp delivers documents to one upstream: the national platform, a
// provincial platform, an X-Road security server or the population database.
//
// It promises that a document counts as delivered only when the upstream
// confirmed it in the form that the operation is expected to answer, or says
// that it has had the same request code before; that everything else becomes an
// error whose Kind is written in one table (README.md); that a token is asked
// for once however many deliveries wait for it; that no redirect is followed;
// that every wait and every answer is bounded; and that neither a secret nor
// anything that the upstream wrote, its codes aside, is in an error or a log.
package ngsp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	lgsp "lgsp.internal/adapter"
)

// Client is an lgsp.Sink. It is safe for any number of goroutines.
type Client struct {
	name       string
	form       Form
	operations map[string]*operation
	judge      judge
	limit      *limiter
	timeout    time.Duration
	margin     time.Duration
	maxAnswer  int64
	now        func() time.Time
	log        *slog.Logger

	base    *url.URL
	dialer  *dialer
	wires   *wires // of deliveries
	asking  *wires // of look-ups, which must not wait for deliveries
	fetches *wires // of tokens, for which neither must wait
	buffers sync.Pool

	tokens    *tokens // nil = none
	tokenAt   *endpoint
	tokenForm string
	c06       C06
	xRoad     bool
}

// New makes the client of one upstream. It reads the PEM files of o.TLS and
// touches no network. The error lists every problem of o, each with its remedy.
func New(o Options) (*Client, error) {
	o = o.withDefaults()
	if err := check(o); err != nil {
		return nil, err
	}
	d, err := newDialer(o)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("upstream %s: url: %w", o.Name, err)
	}
	fixed, err := fixedHeader(o)
	if err != nil {
		return nil, err
	}
	c := &Client{
		name: o.Name, form: o.Form, operations: make(map[string]*operation, len(o.Operations)),
		judge:   judge{form: o.Form, codes: make(map[string]*fate, len(o.Codes)), maxAnswer: o.MaxAnswer, now: o.Now},
		limit:   newLimiter(o.Rate, o.Burst, o.Now()),
		timeout: o.Timeout, margin: o.Token.Margin, maxAnswer: o.MaxAnswer, now: o.Now, log: o.Log,
		base: base, dialer: d, wires: newWires(d, o.MaxConns), asking: newWires(d, o.LookUpConns), fetches: newWires(d, tokenConns), c06: o.C06, xRoad: o.XRoad.on(),
	}
	c.buffers.New = func() any { b := make([]byte, 0, smallAnswer); return &b }
	for code, word := range o.Codes {
		c.judge.codes[code], _ = fateOfWord(word) // check knows every word by now
	}
	for route, op := range o.Operations {
		if c.operations[route], err = newOperation(o, route, op, fixed); err != nil {
			return nil, err
		}
	}
	return c, c.useToken(o, fixed)
}

func (c *Client) useToken(o Options, fixed http.Header) error {
	if !o.Token.on() {
		return nil
	}
	at := o.Token.URL
	if strings.HasPrefix(at, "/") {
		at = strings.TrimSuffix(o.URL, "/") + at
	}
	u, err := url.Parse(at)
	if err != nil {
		return fmt.Errorf("upstream %s: token url: %w", o.Name, err)
	}
	c.tokenAt, c.tokenForm = tokenRequest(o, u, fixed)
	c.tokens = &tokens{ask: c.askToken, now: o.Now, timeout: o.Timeout}
	return nil
}

// Deliver sends one document to the operation that d.Route names. id travels as
// Idempotency-Key and MaYeuCau. Delivered means:
//
//   - JSON: a 2xx answer that is a JSON object whose status is 1 and whose
//     result code is absent, empty or 0.
//   - SOAP: a 2xx answer that is an envelope, perhaps inside a JSON string or
//     turned into JSON, whose body has one child, of the operation's Response
//     names, that reports no failure.
//   - Either: the upstream says that it has had this request code before, or a
//     code that Options.Codes calls delivered.
//
// The error is an *lgsp.Error; its Kind is that of the row in README.md. When
// ctx was cancelled it also is context.Canceled. An HTTP 401 renews the token
// once before it counts.
func (c *Client) Deliver(ctx context.Context, id lgsp.ID, d lgsp.Document) (lgsp.Ack, error) {
	const doing = "ngsp.deliver"
	op := c.operations[d.Route]
	if op == nil {
		return lgsp.Ack{}, verdict{fate: fateOf("config route")}.err(doing, c.name, fitRoute(d.Route))
	}
	body := d.Body
	if c.form == SOAP {
		body = bare(body)
	}
	if len(body) == 0 {
		return lgsp.Ack{}, verdict{fate: fateOf("config empty")}.err(doing, c.name, d.Route)
	}
	if needed, ok := c.limit.wait(ctx, c.now(), op.lookup); !ok {
		return lgsp.Ack{}, c.rateVerdict(ctx, needed).err(doing, c.name, d.Route)
	}
	own, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	v, answer := c.send(ctx, own, op, id.String(), body)
	if !v.done {
		return lgsp.Ack{}, v.err(doing, c.name, d.Route)
	}
	return lgsp.Ack{Ref: v.ref, At: c.now().UTC(), Body: answer}, nil
}

// fitRoute keeps a route that no configuration knows out of the log unless it
// looks like one.
func fitRoute(route string) string {
	if len(route) > 64 || !validHeaderName(route) {
		return "unknown"
	}
	return route
}

func (c *Client) rateVerdict(ctx context.Context, needed time.Duration) verdict {
	if errors.Is(ctx.Err(), context.Canceled) {
		return c.dialer.netVerdict(ctx, ctx.Err())
	}
	return verdict{fate: fateOf("config rate"), after: min(needed, maxAfter)}
}

// send makes the exchange, and once more with a new token when the first one
// was refused. own is ctx with this client's limit of time.
func (c *Client) send(ctx, own context.Context, op *operation, id string, body []byte) (verdict, []byte) {
	var refused *verdict // by an HTTP 401, after which a look-up was asked, whatever becomes of it
	failed := func(v verdict) (verdict, []byte) {
		if refused != nil && op.lookup {
			v = *refused
		}
		return v, nil
	}
	for renewed := false; ; renewed = true {
		tok, v := c.bearer(ctx, own)
		if v.fate != nil {
			return failed(v)
		}
		r, err := c.roundTrip(own, c.wiresOf(op), c.call(op, id, body, tok))
		if err != nil {
			return failed(c.dialer.netVerdict(ctx, err))
		}
		if r.status == http.StatusUnauthorized && tok != nil && !renewed {
			v = c.judge.verdict(op, r)
			refused = &v
			c.release(r)
			c.tokens.drop(tok)
			c.log.Debug("token refused, renewing", "upstream", c.name)
			continue
		}
		v = c.judge.verdict(op, r)
		var answer []byte
		if op.lookup && v.done {
			answer, v = lookedUp(v, r)
		}
		c.release(r)
		return v, answer
	}
}

func (c *Client) wiresOf(op *operation) *wires {
	if op.lookup {
		return c.asking
	}
	return c.wires
}

// lookedUp returns the answer to a look-up as XML, whatever it was packed in.
func lookedUp(v verdict, r reply) ([]byte, verdict) {
	text := r.body
	if v.answer != "" {
		text = []byte(v.answer)
	}
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\uFEFF")))
	if len(text) > 0 && text[0] == '<' {
		return bytes.Clone(text), v
	}
	tree, err := readJSON(text)
	if err != nil {
		return nil, verdict{fate: fateOf("answer unreadable"), status: r.status}
	}
	return tree.xml(nil), v
}

// Probe reports whether the upstream can be reached and, where it wants a token,
// gives one. It delivers nothing and sends no citizen data. The error is of the
// same kinds as Deliver's.
func (c *Client) Probe(ctx context.Context) error {
	const doing = "ngsp.probe"
	own, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	dial, port := c.dialer.dial, "80"
	if c.base.Scheme == "https" {
		dial, port = c.dialer.dialTLS, "443"
	}
	if p := c.base.Port(); p != "" {
		port = p
	}
	conn, err := dial(own, "tcp", net.JoinHostPort(c.base.Hostname(), port))
	if err != nil {
		return c.dialer.netVerdict(ctx, err).err(doing, c.name, "")
	}
	if err := conn.Close(); err != nil {
		c.log.Debug("closing a probe", "upstream", c.name, "error", err)
	}
	if _, v := c.bearer(ctx, own); v.fate != nil {
		return v.err(doing, c.name, "")
	}
	return nil
}

// Close ends the request for a token that nobody waits for any more, and closes
// the connections that are kept open and idle. It is called once no Deliver and
// no Probe is under way; none that comes later is refused.
func (c *Client) Close() {
	if c.tokens != nil {
		c.tokens.end()
	}
	c.wires.closeIdle()
	c.asking.closeIdle()
	c.fetches.closeIdle()
}
