package main

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/adapters/ngsp"
	"lgsp.internal/adapter/adapters/soap"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/clean"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/bridge"
	"lgsp.internal/adapter/internal/reload"
	"lgsp.internal/adapter/internal/seal"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/notice"
	"lgsp.internal/adapter/queue"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/bundle"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/reminder"
	"lgsp.internal/adapter/usage"
	"lgsp.internal/adapter/web"
)

// store is the database with the record, the queue and all that is counted and kept.
type store struct {
	db      *sqlite.DB
	audit   *audit.Log
	usage   *usage.Log
	queue   *queue.Queue
	notices *notice.Desk
	people  *account.Book
	counts  *report.Counts
	journal []byte             // key of the hashes in the journal of lgspd clean
	signing ed25519.PrivateKey // of bundles
}

func databasePath(cfg config.Config) string { return filepath.Join(cfg.Data, "lgspd.db") }

// lockWait is how long a database that another process has locked is waited
// for. A department waits as long for its refusal.
const lockWait = time.Second

// openStore opens the database of a configuration. Several processes may have
// it open; only one of them may serve.
func openStore(ctx context.Context, cfg config.Config, log *slog.Logger) (*store, error) {
	master, err := cfg.Key()
	if err != nil {
		return nil, environmentError(err)
	}
	keys, err := queue.NewKeys(master)
	if err != nil {
		return nil, environmentError(err)
	}
	subjects, err := audit.SubjectKey(master)
	if err != nil {
		return nil, environmentError(err)
	}
	noticeKeys, err := notice.NewKeys(master)
	if err != nil {
		return nil, environmentError(err)
	}
	journal, err := seal.Derive(master, "lgspd clean")
	if err != nil {
		return nil, environmentError(err)
	}
	db, err := sqlite.Open(ctx, sqlite.Options{
		Path: databasePath(cfg), Schemas: []sqlite.Schema{audit.Schema(), queue.Schema(), usage.Schema(), notice.Schema(), clean.Schema(), account.Schema(),
			report.Schema(), filing.Schema(), bundle.Schema(), reminder.Schema()},
		BusyTimeout: lockWait, MaxBytes: int64(cfg.Queue.MaxSize), MinFreeBytes: int64(cfg.Queue.MinFree), ReserveBytes: int64(cfg.Queue.Reserve), Log: log,
	})
	if err != nil {
		return nil, environmentError(err)
	}
	signing, err := seal.Derive(master, "lgspd report bundle")
	if err != nil {
		return nil, errors.Join(environmentError(err), db.Close())
	}
	counts := report.New(db)
	record := audit.New(audit.Options{DB: db, Key: subjects, Counter: counts})
	r := cfg.Queue.Retain
	q, err := queue.Open(ctx, queue.Options{DB: db, Audit: record, Keys: keys, Log: log, Grace: cfg.Queue.Grace,
		Retain: queue.Retention{Delivered: r.Delivered, Rejected: r.Rejected, Dropped: r.Dropped, Superseded: r.Superseded}})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	counts.Keep() // behind the queue, whose leases are entries too
	people, err := account.NewBook(account.Options{DB: db, Audit: record, Departments: departmentCodes(cfg), PasswordAge: cfg.Web.PasswordAge, Log: log})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &store{db: db, audit: record, usage: usage.New(db, record), queue: q, people: people, counts: counts, journal: journal, signing: ed25519.NewKeyFromSeed(signing),
		notices: notice.NewDesk(notice.Options{DB: db, Audit: record, Keys: noticeKeys, Keep: cfg.Notices.Retain, Log: log})}, nil
}

func (s *store) close() error { return s.db.Close() }

// checkRoutes looks whether every mapping's documents have somewhere to go.
func checkRoutes(cfg config.Config, loaded map[string]*mappings.Mapping) error {
	upstreams := map[string]config.Upstream{}
	for _, u := range cfg.Upstreams {
		upstreams[u.Name] = u
	}
	var errs []error
	for _, s := range cfg.Services {
		m, u := loaded[s.Name], upstreams[s.Upstream]
		if s.Upstream == config.OwnNotices {
			continue
		}
		if _, ok := u.Operations[m.Route()]; !ok {
			errs = append(errs, usageError("service %s: its documents are for the route %s, which upstream %s has no operation for; add it to operations", s.Name, m.Route(), u.Name))
		}
		if form := map[string]string{"json": "json", "xml": "soap"}[m.Form()]; form != u.Form {
			errs = append(errs, usageError("service %s: its documents are %s, and upstream %s takes form %s", s.Name, m.Form(), u.Name, u.Form))
		}
	}
	return errors.Join(errs...)
}

// daemon is everything that serves, ready to run.
type daemon struct {
	store     *store
	log       *slog.Logger
	bridge    *bridge.Bridge
	soap      *soap.Server
	web       *web.Server // nil = there are no pages
	reminders *reminder.Desk
	control   *control
	plugins   plugins
	maps      *reload.Reloader
	clients   []*ngsp.Client
	ready     chan net.Addr // gets the address once departments can be served
}

func newDaemon(ctx context.Context, cfg config.Config, s *store, log *slog.Logger) (*daemon, error) {
	d := &daemon{store: s, log: log, ready: make(chan net.Addr, 1)}
	var err error
	if d.plugins, err = newPlugins(cfg, log); err != nil {
		return nil, err
	}
	compose := d.plugins.compose
	versions, err := loadVersions(cfg, compose, byCases(ctx))
	if err != nil {
		return nil, err
	}
	loaded, live := mappingsOf(versions), liveOf(versions)
	var upstreams []bridge.Upstream
	for _, u := range cfg.Upstreams {
		client, err := ngsp.New(ngspOptions(cfg, u, loaded, log))
		if err != nil {
			return nil, usageError("upstream %s: %w", u.Name, err)
		}
		d.clients = append(d.clients, client)
		upstreams = append(upstreams, bridge.Upstream{
			Name: u.Name, Sink: client, Concurrency: u.Concurrency, Timeout: u.Timeout,
			Retry:   bridge.Backoff{First: u.Retry.First, Most: u.Retry.Most},
			Breaker: bridge.Breaker{Failures: u.Breaker.Failures, Open: u.Breaker.Open, Most: u.Breaker.Most},
		})
	}
	var services []bridge.Service
	for _, svc := range cfg.Services {
		services = append(services, bridgeService(svc, live[svc.Name], s))
	}
	granted, err := newRegister(cfg, loaded)
	if err != nil {
		return nil, err
	}
	l := cfg.LookUps
	if d.bridge, err = bridge.New(bridge.Options{Queue: s.queue, Audit: s.audit, Services: services, Upstreams: upstreams, Approved: approvals(cfg), Retain: cfg.Audit.Retain, Log: log,
		Sweeps:  []bridge.Sweep{{Name: "notices", Do: s.notices.Sweep}},
		LookUps: bridge.LookUps{Register: granted, Usage: s.usage, Timeout: l.Timeout, Concurrency: l.Concurrency, PerDepartment: l.PerDepartment}}); err != nil {
		return nil, usageError("%w", err)
	}
	desk := clean.New(clean.Options{DB: s.db, Key: s.journal, Ask: d.bridge.Ask, Unasked: bridge.Unasked,
		Concurrency: l.BulkConcurrency, Rate: l.BulkRate, Timeout: 2 * l.Timeout, Log: log})
	d.maps = reload.New(reload.Options{Services: reloadable(cfg, live), Compose: compose, Fits: fitting{cfg, loaded}.problems, Change: d.follow, Log: log})
	d.control = &control{path: controlPath(cfg), desk: desk, plugins: d.plugins, maps: d.maps, log: log}
	d.bridge.AddSweep(bridge.Sweep{Name: "journal of lists", Do: func(ctx context.Context) (int64, error) {
		n, err := desk.Forget(ctx, time.Now().Add(-forgetLists))
		return int64(n), err
	}})
	door := soapOptions(cfg, loaded, log, func(a net.Addr) { d.ready <- a })
	door.LockedOut = d.lockedOut
	if d.soap, err = soap.New(door); err != nil {
		return nil, usageError("soap: %w", err)
	}
	return d, d.addReports(cfg, loaded)
}

// addReports makes the parts that reports and people are for.
func (d *daemon) addReports(cfg config.Config, loaded map[string]*mappings.Mapping) error {
	reports, err := newOffice(cfg, loaded, d.store)
	if err != nil {
		return err
	}
	d.bridge.AddSweep(bridge.Sweep{Name: "counts of the record", Do: d.store.counts.CatchUp})
	d.reminders = newReminders(cfg, d.store, reports, d.log)
	if cfg.Web.Listen == "" {
		return nil
	}
	if d.web, err = web.New(webOptions(cfg, d.store.people, reports, d.reminders, d.log)); err != nil {
		return usageError("%w", err)
	}
	return nil
}

// run serves until ctx ends or a part fails, and waits for every part to end.
// Every one of hangUps has all mappings loaded anew.
func (d *daemon) run(ctx context.Context, hangUps <-chan os.Signal) error {
	// Plugins outlive whoever maps with them.
	endPlugins := d.plugins.run(context.WithoutCancel(ctx))
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d.control.listen(ctx)
	// The doors and the deliveries may end in any order: what is accepted last
	// is on disk, and goes out with the next run.
	parts := []func() error{
		func() error { return d.soap.Run(ctx, d.bridge) },
		func() error { return d.bridge.Run(ctx) },
		func() error { return d.control.Run(ctx) },
		func() error { return d.maps.Run(ctx) },
		func() error { return d.reloadOn(ctx, hangUps) },
		func() error { return d.reminders.Run(ctx) },
	}
	if d.web != nil {
		parts = append(parts, func() error { return d.web.Run(ctx) })
	}
	ended := make(chan error, len(parts))
	for _, run := range parts {
		go func() { ended <- run() }()
	}
	var errs []error
	for range parts {
		errs = append(errs, <-ended)
		stop() // the first to end ends all
	}
	d.bridge.EndLookUps()
	d.control.wait()
	errs = append(errs, endPlugins())
	for _, c := range d.clients {
		c.Close()
	}
	return errors.Join(errs...)
}

// lockedOut puts on record that the door is shut because of wrong log-ins.
func (d *daemon) lockedOut(l soap.LockOut) {
	e := audit.Entry{Event: audit.LockedOut, Sender: l.Department, System: l.System, Detail: audit.OfDepartment}
	if l.Department == "" {
		e.Detail = audit.OfAddress
	}
	d.bridge.Note(e)
}

// forgetLists is how long the journal of a list is kept that nobody goes on with.
const forgetLists = 30 * 24 * time.Hour

// approvals returns who may call what: what the configuration lists and nothing else.
func approvals(cfg config.Config) func(sender, service string) bool {
	type grant struct{ sender, service string }
	granted := map[grant]bool{}
	for _, d := range cfg.Departments {
		for _, s := range d.Services {
			granted[grant{d.Code, s}] = true
		}
	}
	return func(sender, service string) bool { return granted[grant{sender, service}] }
}

func soapOptions(cfg config.Config, loaded map[string]*mappings.Mapping, log *slog.Logger, ready func(net.Addr)) soap.Options {
	l := cfg.SOAP.Limits
	o := soap.Options{
		Address: cfg.SOAP.Listen, PublicURL: cfg.SOAP.PublicURL, OpenWSDL: cfg.SOAP.OpenWSDL, Lang: cfg.Lang, Log: log, Ready: ready,
		TLS: soap.TLS{CertFile: cfg.SOAP.TLS.Cert, KeyFile: cfg.SOAP.TLS.Key, ClientCAFile: cfg.SOAP.TLS.ClientCA},
		Limits: soap.Limits{Body: int64(l.Body), InFlight: int64(l.InFlight), Connections: l.Connections, PerDepartment: l.PerDepartment,
			HeaderTimeout: l.HeaderTimeout, BodyTimeout: l.BodyTimeout, IdleTimeout: l.IdleTimeout, Answer: cfg.LookUps.Timeout},
	}
	for _, s := range cfg.Services {
		m := loaded[s.Name]
		as := descriptionOf(m)
		o.Services = append(o.Services, soap.Service{Name: s.Name, Title: as.Title, Namespace: m.Namespace(), Root: m.Root(),
			Action: as.Action, Schema: as.Schema, Paths: s.Paths, Answer: as.Answer})
	}
	for _, d := range cfg.Departments {
		to := soap.Department{Code: d.Code, Name: d.Name, Charset: d.Charset, Networks: d.Networks, Credentials: credentials(d.Auth)}
		for _, s := range d.Systems {
			to.Systems = append(to.Systems, soap.System{Name: s.Name, Credentials: credentials(s.Auth)})
		}
		o.Departments = append(o.Departments, to)
	}
	return o
}

func credentials(a config.Auth) (c soap.Credentials) {
	for _, b := range a.Basic {
		c.Basic = append(c.Basic, soap.Login{Username: b.Username, Password: b.Password.Reveal()})
	}
	for _, k := range a.APIKeys {
		c.APIKeys = append(c.APIKeys, k.Key.Reveal())
	}
	for _, t := range a.UsernameToken {
		c.UsernameTokens = append(c.UsernameTokens, soap.Login{Username: t.Username, Password: t.Password.Reveal()})
	}
	for _, one := range a.Certificates {
		c.Certificates = append(c.Certificates, soap.Certificate{SHA256: one.SHA256, Subject: one.Subject})
	}
	return c
}

// lookUpRoutes returns the routes by which an upstream is asked.
func lookUpRoutes(cfg config.Config, upstream string, loaded map[string]*mappings.Mapping) map[string]bool {
	lookUps := map[string]bool{}
	for _, s := range cfg.Services {
		if m := loaded[s.Name]; m != nil && s.Upstream == upstream && m.Kind() == mappings.LookUp {
			lookUps[m.Route()] = true
		}
	}
	return lookUps
}

func ngspOptions(cfg config.Config, u config.Upstream, loaded map[string]*mappings.Mapping, log *slog.Logger) ngsp.Options {
	lookUps := lookUpRoutes(cfg, u.Name, loaded)
	o := ngsp.Options{
		Name: u.Name, URL: u.URL, Form: ngsp.Form(u.Form), SOAPVersion: u.SOAPVersion, ContentType: u.ContentType,
		TLS:     ngsp.TLS{CAFile: u.TLS.CA, CertFile: u.TLS.Cert, KeyFile: u.TLS.Key},
		Timeout: u.Timeout, ConnectTimeout: u.ConnectTimeout, MaxAnswer: int64(u.MaxAnswer), Rate: u.Rate, Burst: u.Burst,
		Codes: u.Codes, MaxConns: cmp.Or(u.Concurrency, ngsp.DefaultMaxConns), LookUpConns: cfg.LookUps.Concurrency, Log: log,
		Operations: map[string]ngsp.Operation{}, Headers: map[string]ngsp.Secret{},
	}
	for route, op := range u.Operations {
		o.Operations[route] = ngsp.Operation{Path: op.Path, SOAPAction: op.SOAPAction, Response: op.Response, Lookup: lookUps[route]}
	}
	for name, value := range u.Headers {
		o.Headers[name] = ngsp.Secret(value)
	}
	if t := u.Token; t != nil {
		o.Token = ngsp.Token{URL: t.Path, ConsumerKey: t.ConsumerKey, ConsumerSecret: ngsp.Secret(t.ConsumerSecret.Reveal())}
	}
	if a := u.LGSPAccessToken; a != nil {
		o.LGSPAccessToken = ngsp.LGSPAccessToken{AccessKey: a.AccessKey, SecretKey: ngsp.Secret(a.SecretKey.Reveal()),
			AppName: a.AppName, PartnerCode: a.PartnerCode, PartnerCodeCus: a.PartnerCodeCus}
	}
	if c := u.C06; c != nil {
		o.C06 = ngsp.C06{Username: c.Username, SecretKey: ngsp.Secret(c.SecretKey.Reveal()), ServiceURL: c.ServiceURL}
	}
	if x := u.XRoad; x != nil {
		o.XRoad = ngsp.XRoad{Client: x.Client, Service: x.Service, UserID: x.UserID}
	}
	if k := u.APIKey; k != nil {
		o.APIKey = ngsp.APIKey{Header: k.Header, Value: ngsp.Secret(k.Key.Reveal())}
	}
	return o
}

var (
	_ lgsp.Source  = (*soap.Server)(nil)
	_ lgsp.Sink    = (*ngsp.Client)(nil)
	_ lgsp.Mapper  = (*mappings.Live)(nil)
	_ lgsp.Replier = (*mappings.Live)(nil)
	_ lgsp.Line    = (*bridge.Bridge)(nil)
)
