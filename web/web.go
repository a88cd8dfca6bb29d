// Package web serves the pages that people use: the report desk of departments
// and police, and the accounts of both.
//
// It promises that a page is shown to those whose role its route names and to
// nobody else, that nothing changes by a GET or by a form of another site, that
// what is held for visitors is bounded, and that a page needs neither script nor
// anything from another server. // req
package web

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/internal/listen"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/office"
	"lgsp.internal/adapter/report/reminder"
)

// Options are the settings of the pages. Listen and Accounts are required.
type Options struct {
	Listen    string         // address and port
	PublicURL string         // how browsers reach it, "https://baocao.example.vn"; "" = as they say
	TLS       TLS            // needed beyond loopback
	Networks  []netip.Prefix // where it may be opened from; empty = anywhere

	Idle     time.Duration // without a visit, after which a session ends; 0 = 15 min
	Absolute time.Duration // after which it ends in any case; 0 = 10 h

	Accounts    *account.Book
	Departments []Department   // that accounts may belong to
	Office      *office.Office // of the reports; nil = there are no pages of reports
	// Reminders are the mails that asked for reports; nil = nobody is reminded.
	Reminders func(context.Context, report.Period) ([]reminder.Reminder, error)
	Province  string // as the pages print it
	Lang      string // vi or en; "" = vi

	Now   func() time.Time // nil = time.Now
	Rand  io.Reader        // nil = crypto/rand
	Log   *slog.Logger     // nil = discard
	Ready func(net.Addr)   // called once it listens; nil = nobody
}

// TLS names PEM files. Both empty = no TLS.
type TLS struct{ CertFile, KeyFile string }

// Department is an agency as pages name it.
type Department struct{ Code, Name string }

// Server serves the pages.
type Server struct {
	opt      Options
	secure   bool // browsers speak TLS, with us or with a proxy on this machine
	tls      *certificate
	texts    catalogue
	views    views
	routes   []route
	sessions *sessions
	formKey  []byte // of the tokens in forms of those who have not signed in
	handler  http.Handler
	uploads  chan struct{}
	makes    chan struct{} // figures and files of reports that are made at once
}

// Bounds of what visitors can make the server hold.
const (
	connections  = 512
	perAddress   = 64
	headerBytes  = 16 << 10
	formBytes    = 64 << 10 // of a form without files
	uploadsMost  = 4        // requests with a file at once
	makesMost    = 2        // reports that are compiled or written at once
	requestTime  = time.Minute
	transferTime = 10 * time.Minute // of a file, up or down
	drainTime    = 5 * time.Second
)

// New returns a server that does not listen yet.
func New(o Options) (*Server, error) { return newServer(o, pages(o), texts()) }

func newServer(o Options, routes []route, words catalogue) (*Server, error) {
	s := &Server{opt: withDefaults(o), routes: routes, texts: words, uploads: make(chan struct{}, uploadsMost), makes: make(chan struct{}, makesMost), formKey: make([]byte, 32)}
	if o.Accounts == nil {
		return nil, errors.New("web: there is no book of accounts")
	}
	if s.opt.Lang != "vi" && s.opt.Lang != "en" {
		return nil, fmt.Errorf("web: there are no texts in %q", s.opt.Lang)
	}
	s.secure = o.TLS.CertFile != "" || strings.HasPrefix(o.PublicURL, "https://")
	if _, err := io.ReadFull(s.opt.Rand, s.formKey); err != nil {
		return nil, fmt.Errorf("web: read randomness: %w", err)
	}
	s.sessions = newSessions(s.opt)
	var err error
	if s.views, err = s.parseViews(); err != nil {
		return nil, err
	}
	if err := checkRoutes(routes, words); err != nil {
		return nil, err
	}
	if o.TLS != (TLS{}) {
		if s.tls, err = newCertificate(o.TLS, s.opt.Now, s.opt.Log); err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
	} else if !loopback(o.Listen) {
		return nil, fmt.Errorf("web: %s can be reached from other machines, which needs TLS", o.Listen)
	}
	s.handler, err = s.build()
	return s, err
}

func withDefaults(o Options) Options {
	if o.Idle == 0 {
		o.Idle = 15 * time.Minute
	}
	if o.Absolute == 0 {
		o.Absolute = 10 * time.Hour
	}
	if o.Lang == "" {
		o.Lang = "vi"
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
	return o
}

// loopback reports whether only this machine reaches an address.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Handler returns what answers requests, for those who listen themselves.
func (s *Server) Handler() http.Handler { return s.handler }

// Run listens and serves until ctx ends, and lets requests under way finish.
func (s *Server) Run(ctx context.Context) error {
	var lc net.ListenConfig
	tcp, err := lc.Listen(ctx, "tcp", s.opt.Listen)
	if err != nil {
		return fmt.Errorf("web: listen: %w", err)
	}
	ln := listen.Bounded(tcp, connections, perAddress)
	if s.tls != nil {
		ln = tls.NewListener(ln, s.tls.config())
	}
	srv := s.httpServer(ctx)
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	s.warnWithoutAdmin(ctx)
	if s.opt.Ready != nil {
		s.opt.Ready(tcp.Addr())
	}
	if err := s.look(ctx, ended); err != nil {
		return fmt.Errorf("web: serve: %w", err)
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err = srv.Shutdown(grace); err != nil {
		err = srv.Close() // a browser that holds a connection open is no failure
	}
	if serveErr := <-ended; !errors.Is(serveErr, http.ErrServerClosed) {
		err = errors.Join(err, serveErr)
	}
	return errors.Join(err, s.opt.Accounts.RecordFlood(context.WithoutCancel(ctx)))
}

// warnWithoutAdmin tells whoever installs the daemon what comes next: pages on
// which nobody can sign in tell a visitor nothing.
func (s *Server) warnWithoutAdmin(ctx context.Context) {
	list, err := s.opt.Accounts.List(ctx)
	if err != nil {
		s.opt.Log.Warn("look for an administrator", "err", err)
		return
	}
	if !slices.ContainsFunc(list, func(a account.Account) bool { return a.Role == account.Admin && !a.Disabled }) {
		s.opt.Log.Warn("nobody can look after accounts on the pages; add one with lgspd account add --role admin")
	}
}

// look forgets sessions that have ended and puts floods of sign-ins on record,
// every minute until ctx ends or serving does.
func (s *Server) look(ctx context.Context, ended chan error) error {
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-ctx.Done():
			return nil
		case <-minute.C:
			s.sessions.sweep()
			if err := s.opt.Accounts.RecordFlood(ctx); err != nil {
				s.opt.Log.Warn("record a flood", "err", err)
			}
		}
	}
}

func (s *Server) httpServer(ctx context.Context) *http.Server {
	return &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       requestTime,
		WriteTimeout:      requestTime,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(s.opt.Log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
}
