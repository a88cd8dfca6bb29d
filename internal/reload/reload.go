// Package reload replaces mappings whose folders change while they are used.
//
// It promises that what a folder holds comes into use only whole: once the
// folder has settled, nothing is wrong with it, every case holds, and the change
// is on record; that otherwise what is in use stays, and why is told once; and
// that a look at folders, a reload and what is kept of them are bounded.
package reload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/mappings"
)

// DefaultCaseTime is how long the cases of one mapping may take.
const DefaultCaseTime = 30 * time.Second

// Service is one service and where its mapping comes from.
type Service struct {
	Name   string
	Folder string // of its own mapping, absolute; "" = the shipped one, which never changes
	Live   *mappings.Live
}

// Options are the settings of a Reloader.
type Options struct {
	Services []Service
	Compose  mappings.Compose // nil = mappings map by themselves

	// Fits lists what keeps next from taking the place of now without a restart,
	// with files as mappings name them; nil = everything fits.
	Fits func(service string, now, next *mappings.Mapping) mappings.Problems

	// Change has the rest of the daemon follow a change, and puts it on record,
	// right before it takes effect. With an error it must not have taken effect
	// anywhere; it is tried again after Again. nil = nobody follows.
	Change func(context.Context, Change) error

	Every    time.Duration // between two looks at the folders; 0 = 2 s
	CaseTime time.Duration // that the cases of one mapping may take; 0 = DefaultCaseTime
	Again    time.Duration // until what failed for another reason than the folder is tried again; 0 = 30 s

	Now func() time.Time // nil = time.Now
	Log *slog.Logger     // nil = discard
}

// Change is one mapping that takes the place of another.
type Change struct {
	Service  string
	By       string // who asked for it; "" = nobody, the folder changed
	Old, New *mappings.Version
}

// Outcome is what came of one reload.
type Outcome struct {
	Service string `json:"service"`
	Was     string `json:"was"`  // hash of what was in use; see mappings.Folder.Hash
	Hash    string `json:"hash"` // of what is in use
	Cases   int    `json:"cases"`

	// Problems says why the folder was refused, with the paths of its files;
	// empty = it is in use.
	Problems mappings.Problems `json:"problems,omitempty"`

	// Failed is the first of the cases that do not hold. It quotes them, and so
	// is for whoever may read the folder; no log gets it.
	Failed []mappings.CaseResult `json:"failed,omitempty"`
}

// Refused reports whether what is in use is not what the folder holds.
func (o Outcome) Refused() bool { return len(o.Problems) > 0 }

// State is where the mapping of one service stands.
type State struct {
	Service string    `json:"service"`
	Folder  string    `json:"folder,omitempty"` // "" = the shipped mapping
	Hash    string    `json:"hash"`             // of what is in use
	Cases   int       `json:"cases"`
	Loaded  time.Time `json:"loaded,omitzero"`   // when that came into use
	Refused *Refusal  `json:"refused,omitempty"` // nil = the folder holds what is in use
}

// Refusal is why what a folder holds is not in use.
type Refusal struct {
	At       time.Time         `json:"at,omitzero"`
	Problems mappings.Problems `json:"problems"`
}

// Reloader looks at folders and replaces mappings.
type Reloader struct {
	opt  Options
	read func(own, shared fs.FS, service string) (*mappings.Folder, error)
	rest func(ctx context.Context, took time.Duration) // after a case
	work chan struct{}                                 // held by who looks or reloads
	all  []*watched

	mu sync.Mutex // of what is told of all
}

// watched is one service.
type watched struct {
	Service

	// What follows belongs to who holds work.
	seen   fingerprint // of the last look
	judged fingerprint // of what was last found good or bad
	again  time.Time   // when judged is tried again; zero = when it changes
	lost   string      // why the folder cannot be looked at, "" = it can

	// What follows belongs to who holds mu.
	loaded  time.Time
	refused *Refusal // what the folder held last
	gone    *Refusal // the folder itself
}

// New starts nothing. The first looks find out whether a folder still holds
// what is in use.
func New(o Options) *Reloader {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Fits == nil {
		o.Fits = func(string, *mappings.Mapping, *mappings.Mapping) mappings.Problems { return nil }
	}
	if o.Change == nil {
		o.Change = func(context.Context, Change) error { return nil }
	}
	o.Every = cmp.Or(o.Every, 2*time.Second)
	o.CaseTime = cmp.Or(o.CaseTime, DefaultCaseTime)
	o.Again = cmp.Or(o.Again, 30*time.Second)
	r := &Reloader{opt: o, read: mappings.ReadFolder, rest: rest, work: make(chan struct{}, 1)}
	for _, s := range o.Services {
		r.all = append(r.all, &watched{Service: s, loaded: o.Now()})
	}
	return r
}

// Run looks at the folders until ctx ends. It returns nil.
func (r *Reloader) Run(ctx context.Context) error {
	tick := time.NewTicker(r.opt.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			r.Look(ctx)
		}
	}
}

// Reload has services use what their folders hold now, without waiting for
// them to settle; no service named is every one with a folder. It waits for a
// reload that is under way.
//
// Errors: NotFound with the code UnknownService, or NoFolder for one that is
// served with the shipped mapping; Unavailable when ctx has ended.
func (r *Reloader) Reload(ctx context.Context, by string, services ...string) ([]Outcome, error) {
	var chosen []*watched
	for _, s := range r.all {
		if len(services) == 0 && s.Folder != "" {
			chosen = append(chosen, s)
		}
	}
	for _, name := range services {
		s, err := r.named(name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, s)
	}
	if !r.begin(ctx) {
		return nil, stopped(ctx)
	}
	defer r.end()
	outcomes := []Outcome{}
	for _, s := range chosen {
		o := r.reload(ctx, s, by)
		if ctx.Err() != nil {
			return nil, stopped(ctx)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}

func (r *Reloader) named(service string) (*watched, error) {
	i := slices.IndexFunc(r.all, func(s *watched) bool { return s.Name == service })
	if i < 0 {
		return nil, &lgsp.Error{Kind: lgsp.NotFound, Op: "reload", Code: "UnknownService", Err: fmt.Errorf("no service %s is served", service)}
	}
	if r.all[i].Folder == "" {
		return nil, &lgsp.Error{Kind: lgsp.NotFound, Op: "reload", Code: "NoFolder", Err: fmt.Errorf("service %s has the mapping that is shipped with the program", service)}
	}
	return r.all[i], nil
}

func stopped(ctx context.Context) error {
	return &lgsp.Error{Kind: lgsp.Unavailable, Op: "reload", Code: "Stopped", Err: errors.Join(errors.New("given up before it was done"), ctx.Err())}
}

// List returns where every service stands, in the order of Options.Services.
func (r *Reloader) List() []State {
	r.mu.Lock()
	defer r.mu.Unlock()
	states := make([]State, len(r.all))
	for i, s := range r.all {
		v := s.Live.Current()
		states[i] = State{Service: s.Name, Folder: s.Folder, Hash: v.Hash, Cases: v.Cases, Loaded: s.loaded, Refused: cmp.Or(s.gone, s.refused)}
	}
	return states
}

// begin waits until nobody else looks or reloads.
func (r *Reloader) begin(ctx context.Context) bool {
	select {
	case r.work <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *Reloader) end() { <-r.work }
