package report

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"lgsp.internal/adapter/audit"
)

// ErrTwice is returned for reports that hold the figures of one record twice.
var ErrTwice = errors.New("the figures of one record are in both")

// Merge adds the figures of other daemons to a report of the same period and
// scope. It adds what the lines say; a number that cannot be added, as the
// largest backlog of a department that uses two daemons, is the larger one. The
// groups of linked procedures are those of the first report.
func Merge(own Report, others ...Report) (Report, error) {
	for _, r := range others {
		if err := own.fits(r); err != nil {
			return Report{}, err
		}
		own = own.merge(r)
	}
	return own, nil
}

// fits reports whether the figures of another report may be added.
func (r Report) fits(o Report) error {
	if o.Format != r.Format {
		return fmt.Errorf("its format is %d, not %d: have both daemons be of one version", o.Format, r.Format)
	}
	if o.Period != r.Period || o.From != r.From || o.To != r.To || o.Scope != r.Scope {
		return fmt.Errorf("it is of %s %s, not of %s %s", o.Period, o.Scope, r.Period, r.Scope)
	}
	if len(o.Months) != len(r.Months) {
		return errors.New("its months are not those of the period")
	}
	for _, n := range o.Nodes {
		for _, m := range r.Nodes {
			if n.Name == m.Name || n.Seq > 0 && n.Hash == m.Hash {
				return fmt.Errorf("%s and %s: %w", m.Name, n.Name, ErrTwice)
			}
		}
	}
	return nil
}

func (r Report) merge(o Report) Report {
	r.Over = r.Over && o.Over
	r.Nodes = slices.Concat(r.Nodes, o.Nodes)
	r.Departments = unite(r.Departments, o.Departments, func(a, b Department) int { return cmp.Compare(a.Code, b.Code) }, func(a, b Department) Department {
		a.Name = cmp.Or(a.Name, b.Name)
		return a
	})
	r.Services = unite(r.Services, o.Services, func(a, b Service) int { return cmp.Compare(a.Name, b.Name) }, func(a, b Service) Service {
		a.Title = cmp.Or(a.Title, b.Title)
		return a
	})
	r.Systems = unite(r.Systems, o.Systems, compareSystems, func(a, _ System) System { return a })
	r.LookUps = unite(r.LookUps, o.LookUps, compareLookUps, func(a, b LookUpLine) LookUpLine { a.LookUps.add(b.LookUps); return a })
	r.Messages = unite(r.Messages, o.Messages, compareMessages, func(a, b MessageLine) MessageLine { a.Messages.add(b.Messages); return a })
	r.Notices = unite(r.Notices, o.Notices, compareNotices,
		func(a, b NoticeLine) NoticeLine { a.Notices.add(b.Notices); return a })
	r.Fields = mergeFields(r.Fields, o.Fields)
	r.Groups = groupLines(groupsOf(r.Groups), r.Messages)
	r.Backlogs = unite(r.Backlogs, o.Backlogs, compareBacklogs, func(a, b BacklogLine) BacklogLine {
		if b.Most > a.Most {
			return b
		}
		return a
	})
	r.Outages = slices.Concat(r.Outages, o.Outages)
	r.Security = unite(r.Security, o.Security, compareSecurity, func(a, b SecurityLine) SecurityLine { a.Times += b.Times; return a })
	r.Months = slices.Clone(r.Months)
	for i := range r.Months {
		r.Months[i].LookUps.add(o.Months[i].LookUps)
		r.Months[i].Messages.add(o.Months[i].Messages)
	}
	r.Before = addBefore(r.Before, o.Before)
	r.Total = r.sum()
	return r
}

func addBefore(a, b *Totals) *Totals {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	sum := *a
	sum.LookUps.add(b.LookUps)
	sum.Messages.add(b.Messages)
	sum.Notices.add(b.Notices)
	sum.Outages += b.Outages
	sum.Down += b.Down
	sum.Security += b.Security
	return &sum
}

// unite merges two lists that are in order; what is in both is joined.
func unite[T any](a, b []T, compare func(a, b T) int, join func(a, b T) T) []T {
	all := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := compare(a[0], b[0]); {
		case c < 0:
			all, a = append(all, a[0]), a[1:]
		case c > 0:
			all, b = append(all, b[0]), b[1:]
		default:
			all, a, b = append(all, join(a[0], b[0])), a[1:], b[1:]
		}
	}
	return append(append(all, a...), b...)
}

func compareLookUps(a, b LookUpLine) int {
	return cmp.Or(cmp.Compare(a.Department, b.Department), cmp.Compare(a.System, b.System), cmp.Compare(a.Service, b.Service))
}

func compareMessages(a, b MessageLine) int {
	return cmp.Or(cmp.Compare(a.Department, b.Department), cmp.Compare(a.Service, b.Service))
}

func compareSecurity(a, b SecurityLine) int {
	return cmp.Or(cmp.Compare(a.Event, b.Event), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Department, b.Department))
}

// mergeFields adds up the fields that are named, and names the most frequent ones.
func mergeFields(a, b []FieldLine) []FieldLine {
	times := map[fieldKey]int64{}
	for _, l := range slices.Concat(a, b) {
		times[fieldKey{l.Department, l.Service, l.Field}] += l.Times
	}
	return topFields(times)
}

// sum returns what the lines of the report come to.
func (r Report) sum() (t Totals) {
	for _, l := range r.LookUps {
		t.LookUps.add(l.LookUps)
	}
	for _, l := range r.Messages {
		t.Messages.add(l.Messages)
	}
	for _, l := range r.Notices {
		t.Notices.add(l.Notices)
	}
	for _, l := range r.Outages {
		if l.Upstream != "" {
			t.Outages += l.Times
			t.Down += l.Down
		}
	}
	for _, l := range r.Security {
		if isIncident(audit.Event(l.Event)) {
			t.Security += l.Times
		}
	}
	return t
}
