// Package soap takes messages that departments send by SOAP over HTTP.
//
// It promises that nobody is served without having proved who it is; that a
// receipt is sent only for what the line has on disk; that every refusal is a
// SOAP Fault in the sender's own SOAP version, with a stable code, a sentence
// that says what to do, and every bad field; and that what strangers send
// costs bounded memory, connections and time, so that one sender's trouble
// stays its own.
//
// A message is read only as far as the door needs: its SOAP version, its
// header blocks and the name of the element in Body. What it says is for the
// mapper behind the line, which also gets what is not well-formed, so that it
// is kept as rejected.
package soap

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"slices"
	"time"

	lgsp "lgsp.internal/adapter"
)

// Server takes messages of departments. Its methods may be called concurrently;
// log-in counters, nonces and limits are those of the Server, whatever handlers
// and listeners share it.
type Server struct {
	name     string
	listen   string // host:port
	public   string
	openWSDL bool
	limits   Limits
	table    table
	keys     *keyring
	tls      *certificates // nil = no TLS
	held     held
	desks    chan struct{} // for reading messages of senders not yet known
	reply    replier
	now      func() time.Time
	random   io.Reader
	log      *notebook
	ready    func(net.Addr)
}

// New checks the options, all of them at once, and reads the TLS files. It
// touches no network and keeps no secret in clear but the passwords of
// UsernameTokens, which PasswordDigest cannot do without.
func New(o Options) (*Server, error) {
	s := &Server{name: o.Name, listen: o.Address, public: o.PublicURL, openWSDL: o.OpenWSDL,
		limits: o.Limits.orDefault(), now: o.Now, random: o.Rand, ready: o.Ready}
	if s.name == "" {
		s.name = "soap"
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s.log = newNotebook(log, s.now)
	s.desks = make(chan struct{}, runtime.GOMAXPROCS(0))
	s.reply = newReplier(o.Lang)
	s.held = held{total: s.limits.InFlight, perDepartment: max(s.limits.InFlight/2, s.limits.Body), unknown: max(s.limits.InFlight/4, s.limits.Body)}

	problems := []error{o.problems()}
	err := s.table.set(slices.Clone(o.Services))
	if err != nil {
		problems = append(problems, err)
	}
	if o.TLS.CertFile != "" && o.TLS.KeyFile != "" {
		if s.tls, err = newCertificates(o.TLS, s.now, s.log); err != nil {
			problems = append(problems, err)
		}
	}
	if s.keys, err = newKeyring(o, s); err != nil {
		problems = append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("soap: %w", err)
	}
	return s, nil
}

// Run listens, serves and, when ctx ends, stops accepting and lets requests
// under way finish within Limits.Drain. It returns nil after an orderly end and
// an error when it cannot listen or had to cut requests off.
func (s *Server) Run(ctx context.Context, line lgsp.Line) error {
	var lc net.ListenConfig
	tcp, err := lc.Listen(ctx, "tcp", s.listen)
	if err != nil {
		return fmt.Errorf("soap: listen: %w", err)
	}
	srv := s.httpServer(ctx, line)
	ln := s.listener(tcp)
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	if s.ready != nil {
		s.ready(tcp.Addr())
	}
	select {
	case err := <-ended:
		return fmt.Errorf("soap: serve: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.Drain)
	defer cancel()
	err = srv.Shutdown(grace)
	if err != nil {
		err = fmt.Errorf("soap: requests under way were cut off after %s: %w", s.limits.Drain, errors.Join(err, srv.Close()))
	}
	if serveErr := <-ended; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return err
}

func (s *Server) httpServer(ctx context.Context, line lgsp.Line) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler:           s.Handler(line),
		Protocols:         &protocols,
		ReadHeaderTimeout: s.limits.HeaderTimeout,
		// Bodies that take longer than this get their deadline moved by body.go.
		ReadTimeout:    s.limits.HeaderTimeout + s.limits.StallTimeout,
		WriteTimeout:   s.limits.HeaderTimeout + s.limits.StallTimeout + s.limits.Answer + writeTimeout,
		IdleTimeout:    s.limits.IdleTimeout,
		MaxHeaderBytes: s.limits.HeaderBytes,
		ErrorLog:       s.log.httpErrors(),
		// A request under way outlives ctx: Run gives it time to finish.
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ConnContext: withConnection,
	}
}
