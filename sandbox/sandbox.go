// Package sandbox stands in for NGSP: its token service, the services that
// receive dossiers of civil status, health insurance, residence and funeral
// allowances, and the population database.
//
// It checks what the real ones check, gives every request code one effect,
// keeps account of every effect so that a test can compare it with what was
// sent, and misbehaves on command. It listens on the loopback interface only,
// and every person it knows is invented. What is checked, field by field, is in
// README.md.
package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Options are what a sandbox is made of. The zero value of a field is the
// default that its comment names; Clients must not be empty.
type Options struct {
	Clients   map[string]Client // who may ask for a token, by consumer key
	TokenLife time.Duration     // how long a token is good, 1 h
	Dancu     Access            // what the population database demands; nothing but the token

	Shape      Shape      // how the population database's answers are packed, AsSOAP
	AnswerForm AnswerForm // how look-ups write citizens, LiveForm
	People     int        // how many people are invented, 240; 100,000 at most

	KnownOnly bool   // refuse updates of persons that the population does not have; false adds them
	Lax       bool   // skip the checks of field contents, for load tests; request codes still count
	Seed      uint64 // of the invented people and of the chances of troubles

	Remember int       // request codes kept to know duplicates, 2,000,000 of effects and as many of look-ups (about 80 bytes each); then the oldest is forgotten
	Recent   int       // effects kept for Effects and look-ups for Lookups, 100,000 each (about 200 bytes each); then the oldest is forgotten
	Effects  io.Writer // gets a line for each effect, in order: code, service, key, with tabs between; nil = none

	Now  func() time.Time // time.Now
	Rand io.Reader        // crypto/rand.Reader
	Log  *slog.Logger     // silent
}

// Client is somebody who may use the platform.
type Client struct {
	Secret string     // consumer secret, sent as HTTP Basic to /token; "" = the client is known by Access alone
	Access *AccessKey // demanded in the header lgspaccesstoken on /token and on every call; nil = not
}

// AccessKey is the content of the header lgspaccesstoken, which is the base64
// of its JSON form.
type AccessKey struct {
	AccessKey      string
	SecretKey      string
	AppName        string
	PartnerCode    string
	PartnerCodeCus string
}

// Access is what the population database demands of a call.
type Access struct {
	C06         *C06   // demanded instead of the bearer token, for both use the header Authorization; nil = the token
	XRoadClient string // the header X-Road-Client; "" = any
	APIKey      string // the header ApiKey; "" = any
}

// C06 is an account of the population database: the headers Timestamp (epoch
// ms) and Authorization, Basic base64(user ":" hash) where hash is the lower
// case hex SHA-256 of ServiceURL, Username, timestamp and SecretKey in a row.
type C06 struct {
	Username, SecretKey, ServiceURL string
	Skew                            time.Duration // how far Timestamp may be from now, 5 min
}

// Server is a running stand-in. All its methods may be called at any time from
// any goroutine.
type Server struct {
	o         Options
	grammar   element
	tokens    *tokens
	receivers map[string]receiver // by path
	lookups   map[string]lookup   // by path
	replies   replies
	ledger    *ledger
	journal   *journal
	people    *people
	troubles  *troubles
	counts    *counts
	control   http.Handler
}

// New makes a sandbox; it opens nothing.
func New(o Options) (*Server, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("make a sandbox: %w", err)
	}
	o.fill()
	led, err := newLedger(o)
	if err != nil {
		return nil, fmt.Errorf("make a sandbox: %w", err)
	}
	receivers, lookups := newReceivers(), newLookups()
	s := &Server{
		o: o, grammar: newGrammar(), receivers: receivers, lookups: lookups, tokens: newTokens(o), ledger: led, journal: newJournal(o),
		people: newPeople(o.Seed, o.People), troubles: newTroubles(o.Seed), counts: newCounts(receivers, lookups),
	}
	s.replies = s.newReplies()
	s.control = s.newControl()
	return s, nil
}

func (o Options) check() error {
	if len(o.Clients) == 0 {
		return errors.New("no client may use it: fill Clients")
	}
	for key, c := range o.Clients {
		if key == "" || c.Secret == "" && c.Access == nil {
			return fmt.Errorf("client %q needs a key and either a secret or an access key", key)
		}
	}
	if o.Shape > AsJSON {
		return errors.New("the shape of answers is not one of AsSOAP, InJSON, AsJSON")
	}
	if o.AnswerForm > QCVN109Form {
		return errors.New("the form of citizens in answers is not one of LiveForm, QCVN109Form")
	}
	if o.People < 0 || o.People > maxPeople {
		return fmt.Errorf("%d people cannot be invented: ask for up to %d", o.People, maxPeople)
	}
	return nil
}

func (o *Options) fill() {
	if o.TokenLife <= 0 {
		o.TokenLife = time.Hour
	}
	if o.People == 0 {
		o.People = inventedPeople
	}
	if o.Remember <= 0 {
		o.Remember = 2_000_000
	}
	if o.Recent <= 0 {
		o.Recent = 100_000
	}
	if c := o.Dancu.C06; c != nil && c.Skew <= 0 {
		filled := *c
		filled.Skew = 5 * time.Minute
		o.Dancu.C06 = &filled
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// Handler serves the platform's paths and, under /_sandbox/, the control API,
// which answers callers on this machine only. It cuts connections with the panic
// http.ErrAbortHandler, which net/http's server understands.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// Run listens on addr, host:port with a loopback host, and serves until ctx
// ends. It returns nil after an orderly end.
func (s *Server) Run(ctx context.Context, addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("listen for the sandbox: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("listen for the sandbox: %s is not a loopback address, use 127.0.0.1 or [::1]", host)
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for the sandbox: %w", err)
	}
	return s.Serve(ctx, ln)
}

// Serve is Run on a listener that is already open. It closes the listener.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	if a, ok := ln.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return errors.Join(errors.New("serve the sandbox: the listener is not on the loopback interface"), ln.Close())
	}
	srv := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return ctx }, // ends the waits of slow answers
		ErrorLog:          slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
	s.o.Log.Info("sandbox listens", "addr", ln.Addr().String())
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve the sandbox: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := srv.Shutdown(grace)
	if err != nil {
		err = errors.Join(fmt.Errorf("close the sandbox: %w", err), srv.Close())
	}
	if serveErr := <-ended; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}
