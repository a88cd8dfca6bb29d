package soap

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Description is what may be said anew of a service while it is served.
type Description struct {
	Title  string
	Action string
	Schema []byte
	Answer *Answer // of a service that is asked, and of no other
}

// Describe has a service described, and found by its action, as d says: by the
// next request. A request under way is finished as it began.
//
// An error changes nothing: there is no such service, a schema does not describe
// its element, d makes a message of a service that is asked or the other way, or
// two services of one path could no longer be told apart.
func (s *Server) Describe(service string, d Description) error {
	if err := s.table.describe(service, d); err != nil {
		return fmt.Errorf("soap: %w", err)
	}
	return nil
}

// table is the services and their paths, of which requests see one state each.
type table struct {
	routes atomic.Pointer[map[string]*route]

	mu       sync.Mutex // of those who change it
	services []Service
}

// set has services served, if nothing is wrong with them.
func (t *table) set(services []Service) error {
	routes, err := newRoutes(services)
	if err != nil {
		return err
	}
	t.services = services
	t.routes.Store(&routes)
	return nil
}

func (t *table) describe(service string, d Description) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	services := slices.Clone(t.services)
	i := slices.IndexFunc(services, func(s Service) bool { return s.Name == service })
	if i < 0 {
		return fmt.Errorf("there is no service %q", service)
	}
	is := &services[i]
	if (is.Answer == nil) != (d.Answer == nil) {
		return fmt.Errorf("service %q: whether it has answers cannot change while it is served", service)
	}
	is.Title, is.Action, is.Schema, is.Answer = d.Title, d.Action, d.Schema, d.Answer
	return t.set(services)
}

// at returns the route of a URL path, nil if there is none.
func (t *table) at(path string) *route {
	return (*t.routes.Load())[strings.TrimSuffix(path, "/")]
}
