package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/adapters/ngsp"
	"lgsp.internal/adapter/adapters/soap"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/bridge"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/queue"
)

// store is the database with the queue and the record in it.
type store struct {
	db    *sqlite.DB
	audit *audit.Log
	queue *queue.Queue
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
	db, err := sqlite.Open(ctx, sqlite.Options{
		Path: databasePath(cfg), Schemas: []sqlite.Schema{audit.Schema(), queue.Schema()},
		BusyTimeout: lockWait, MaxBytes: int64(cfg.Queue.MaxSize), MinFreeBytes: int64(cfg.Queue.MinFree), ReserveBytes: int64(cfg.Queue.Reserve), Log: log,
	})
	if err != nil {
		return nil, environmentError(err)
	}
	record := audit.New(audit.Options{DB: db, Key: subjects})
	r := cfg.Queue.Retain
	q, err := queue.Open(ctx, queue.Options{DB: db, Audit: record, Keys: keys, Log: log, Grace: cfg.Queue.Grace,
		Retain: queue.Retention{Delivered: r.Delivered, Rejected: r.Rejected, Dropped: r.Dropped, Superseded: r.Superseded}})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &store{db: db, audit: record, queue: q}, nil
}

func (s *store) close() error { return s.db.Close() }

// loadMappings loads the mapping of every service: its own folder, or the shipped one.
func loadMappings(cfg config.Config) (map[string]*mappings.Mapping, error) {
	shipped, err := mappings.Load(mappings.Shipped())
	if err != nil {
		return nil, fmt.Errorf("shipped mappings: %w", err)
	}
	loaded := map[string]*mappings.Mapping{}
	var errs []error
	for _, s := range cfg.Services {
		if s.Mapping == "" {
			m, ok := shipped.Get(s.Name)
			if !ok {
				errs = append(errs, usageError("service %s: no mapping of that name is shipped; set mapping: to a folder, or choose one of %v", s.Name, shipped.Services()))
				continue
			}
			loaded[s.Name] = m
			continue
		}
		m, err := loadMapping(s.Mapping)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if m.Service() != s.Name {
			errs = append(errs, usageError("service %s: the mapping in %s is that of %s", s.Name, s.Mapping, m.Service()))
			continue
		}
		loaded[s.Name] = m
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return loaded, checkRoutes(cfg, loaded)
}

// loadMapping loads one mapping from its folder, which has the service's name.
// What is wrong with it is told a line each, all of which name their file.
func loadMapping(folder string) (*mappings.Mapping, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	parent, name := filepath.Split(folder)
	set, err := mappings.Load(onlyFolder{os.DirFS(parent), name})
	if err != nil {
		return nil, openable(err, parent)
	}
	m, _ := set.Get(name)
	return m, nil
}

// openable has problems name their files so that an editor finds them: below
// parent, the folder that the mapping's own folder is in.
func openable(err error, parent string) error {
	var found mappings.Problems
	if !errors.As(err, &found) {
		return fmt.Errorf("mappings in %s: %w", parent, err)
	}
	placed := slices.Clone(found)
	for i := range placed {
		placed[i].File = filepath.Join(parent, placed[i].File)
	}
	return placed
}

// onlyFolder shows one folder of a file system, as if nothing stood beside it.
type onlyFolder struct {
	fs.FS
	name string
}

func (o onlyFolder) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	if name == "." {
		entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() != o.name })
	}
	return entries, err
}

// checkRoutes looks whether every mapping's documents have somewhere to go.
func checkRoutes(cfg config.Config, loaded map[string]*mappings.Mapping) error {
	upstreams := map[string]config.Upstream{}
	for _, u := range cfg.Upstreams {
		upstreams[u.Name] = u
	}
	var errs []error
	for _, s := range cfg.Services {
		m, u := loaded[s.Name], upstreams[s.Upstream]
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
	store   *store
	bridge  *bridge.Bridge
	soap    *soap.Server
	clients []*ngsp.Client
	ready   chan net.Addr // gets the address once departments can be served
}

func newDaemon(cfg config.Config, s *store, log *slog.Logger) (*daemon, error) {
	loaded, err := loadMappings(cfg)
	if err != nil {
		return nil, err
	}
	d := &daemon{store: s, ready: make(chan net.Addr, 1)}
	var upstreams []bridge.Upstream
	for _, u := range cfg.Upstreams {
		client, err := ngsp.New(ngspOptions(u, log))
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
		services = append(services, bridge.Service{Name: svc.Name, Mapper: loaded[svc.Name], Upstream: svc.Upstream})
	}
	if d.bridge, err = bridge.New(bridge.Options{Queue: s.queue, Audit: s.audit, Services: services, Upstreams: upstreams, Approved: approvals(cfg), Retain: cfg.Audit.Retain, Log: log}); err != nil {
		return nil, usageError("%w", err)
	}
	if d.soap, err = soap.New(soapOptions(cfg, loaded, log, func(a net.Addr) { d.ready <- a })); err != nil {
		return nil, usageError("soap: %w", err)
	}
	return d, nil
}

// run serves until ctx ends or a part fails, and waits for every part to end.
func (d *daemon) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	// The door and the deliveries may end in any order: what is accepted last
	// is on disk, and goes out with the next run.
	errs := make(chan error, 2)
	go func() { errs <- d.soap.Run(ctx, d.bridge) }()
	go func() { errs <- d.bridge.Run(ctx) }()
	first := <-errs
	stop()
	second := <-errs
	for _, c := range d.clients {
		c.Close()
	}
	return errors.Join(first, second)
}

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
			HeaderTimeout: l.HeaderTimeout, BodyTimeout: l.BodyTimeout, IdleTimeout: l.IdleTimeout},
	}
	for _, s := range cfg.Services {
		m := loaded[s.Name]
		o.Services = append(o.Services, soap.Service{Name: s.Name, Title: m.Title(), Namespace: m.Namespace(), Root: m.Root(),
			Action: m.Action(), Schema: m.Schema(), Paths: s.Paths})
	}
	for _, d := range cfg.Departments {
		to := soap.Department{Code: d.Code, Name: d.Name, Charset: d.Charset, Networks: d.Networks}
		for _, b := range d.Auth.Basic {
			to.Basic = append(to.Basic, soap.Login{Username: b.Username, Password: b.Password.Reveal()})
		}
		for _, k := range d.Auth.APIKeys {
			to.APIKeys = append(to.APIKeys, k.Key.Reveal())
		}
		for _, t := range d.Auth.UsernameToken {
			to.UsernameTokens = append(to.UsernameTokens, soap.Login{Username: t.Username, Password: t.Password.Reveal()})
		}
		for _, c := range d.Auth.Certificates {
			to.Certificates = append(to.Certificates, soap.Certificate{SHA256: c.SHA256, Subject: c.Subject})
		}
		o.Departments = append(o.Departments, to)
	}
	return o
}

func ngspOptions(u config.Upstream, log *slog.Logger) ngsp.Options {
	o := ngsp.Options{
		Name: u.Name, URL: u.URL, Form: ngsp.Form(u.Form), SOAPVersion: u.SOAPVersion, ContentType: u.ContentType,
		TLS:     ngsp.TLS{CAFile: u.TLS.CA, CertFile: u.TLS.Cert, KeyFile: u.TLS.Key},
		Timeout: u.Timeout, ConnectTimeout: u.ConnectTimeout, MaxAnswer: int64(u.MaxAnswer), Rate: u.Rate, Burst: u.Burst,
		Codes: u.Codes, MaxConns: cmp.Or(u.Concurrency, ngsp.DefaultMaxConns), Log: log,
		Operations: map[string]ngsp.Operation{}, Headers: map[string]ngsp.Secret{},
	}
	for route, op := range u.Operations {
		o.Operations[route] = ngsp.Operation{Path: op.Path, SOAPAction: op.SOAPAction, Response: op.Response}
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
	_ lgsp.Source = (*soap.Server)(nil)
	_ lgsp.Sink   = (*ngsp.Client)(nil)
	_ lgsp.Mapper = (*mappings.Mapping)(nil)
	_ lgsp.Line   = (*bridge.Bridge)(nil)
)
