package report

import (
	"cmp"
	"slices"
	"time"

	"lgsp.internal/adapter/internal/vntime"
)

// House is what the configuration knows of those that exchange data. Figures
// come from the record alone; names and approvals from here.
type House struct {
	Province    string
	Node        string // name of this daemon
	Departments []Department
	Services    []Service
	Systems     []Connected
	Groups      []Group
}

// Connected is a system of the register of approvals.
type Connected struct {
	System
	Granted []Grant
}

// Grant is an approval of the register.
type Grant struct {
	Approval
	Given       bool // and not only asked for
	From, Until time.Time
}

// Group is a group of linked procedures.
type Group struct {
	Title    string
	Services []string
}

// systems returns the systems of a scope with the state of their approvals on a day.
func (h House) systems(scope string, on vntime.Day) []System {
	all := []System{}
	for _, c := range h.Systems {
		if scope != "" && c.Department != scope {
			continue
		}
		s := c.System
		s.Approvals = []Approval{}
		for _, g := range c.Granted {
			a := g.Approval
			a.State = g.state(on)
			s.Approvals = append(s.Approvals, a)
		}
		all = append(all, s)
	}
	slices.SortStableFunc(all, compareSystems)
	return all
}

// state says what an approval was worth on a day.
func (g Grant) state(on vntime.Day) string {
	switch {
	case !g.Given:
		return "asked for"
	case on.Begin().Before(g.From):
		return "not yet"
	case !on.Begin().Before(g.Until):
		return "ended"
	}
	return "in force"
}

// departments returns the departments of codes that occur, by code, with what the
// house calls them.
func (h House) departments(occur map[string]bool) []Department {
	all := []Department{}
	for code := range occur {
		d := Department{Code: code}
		if i := slices.IndexFunc(h.Departments, func(d Department) bool { return d.Code == code }); i >= 0 {
			d.Name = h.Departments[i].Name
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b Department) int { return cmp.Compare(a.Code, b.Code) })
	return all
}

// services returns the services that occur, by name, with their titles.
func (h House) services(occur map[string]bool) []Service {
	all := []Service{}
	for name := range occur {
		s := Service{Name: name}
		if i := slices.IndexFunc(h.Services, func(s Service) bool { return s.Name == name }); i >= 0 {
			s.Title = h.Services[i].Title
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Service) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
