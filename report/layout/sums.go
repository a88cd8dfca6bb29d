package layout

import (
	"slices"

	"lgsp.internal/adapter/report"
)

// exchange is what one department, service or month comes to.
type exchange struct {
	place
	LookUps  report.LookUps
	Messages report.Messages
}

// byDepartment sums look-ups and messages of each department that the report
// names or that has any, in the report's order.
func byDepartment(r report.Report) []exchange {
	order := make([]string, 0, len(r.Departments))
	for _, d := range r.Departments {
		order = append(order, d.Code)
	}
	return sumBy(r, order, func(department, _ string) string { return department }, func(key string) place { return place{department: key} })
}

// byService sums look-ups and messages of each service.
func byService(r report.Report) []exchange {
	order := make([]string, 0, len(r.Services))
	for _, s := range r.Services {
		order = append(order, s.Name)
	}
	return sumBy(r, order, func(_, service string) string { return service }, func(key string) place { return place{service: key} })
}

func sumBy(r report.Report, order []string, keyOf func(department, service string) string, about func(string) place) []exchange {
	at := map[string]int{}
	var sums []exchange
	of := func(key string) *exchange {
		i, ok := at[key]
		if !ok {
			i = len(sums)
			at[key] = i
			sums = append(sums, exchange{place: about(key)})
		}
		return &sums[i]
	}
	for _, key := range order {
		of(key)
	}
	for _, l := range r.LookUps {
		e := of(keyOf(l.Department, l.Service))
		e.LookUps = addLookUps(e.LookUps, l.LookUps)
	}
	for _, m := range r.Messages {
		e := of(keyOf(m.Department, m.Service))
		e.Messages = addMessages(e.Messages, m.Messages)
	}
	return sums
}

func addLookUps(a, b report.LookUps) report.LookUps {
	a.Total += b.Total
	a.Found += b.Found
	a.NotFound += b.NotFound
	a.Refused += b.Refused
	a.Failed += b.Failed
	a.Asked += b.Asked
	a.Took += b.Took
	a.Slowest = max(a.Slowest, b.Slowest)
	for i, n := range b.Within {
		a.Within[i] += n
	}
	return a
}

func addMessages(a, b report.Messages) report.Messages {
	a.Before += b.Before
	a.Received += b.Received
	a.Readmitted += b.Readmitted
	a.Delivered += b.Delivered
	a.Dropped += b.Dropped
	a.Waiting += b.Waiting
	a.Parked += b.Parked
	a.Returned += b.Returned
	a.Retried += b.Retried
	a.Rejected += b.Rejected
	a.Corrected += b.Corrected
	a.Abandoned += b.Abandoned
	a.Repeated += b.Repeated
	a.Conflicted += b.Conflicted
	a.Denied += b.Denied
	a.Waited += b.Waited
	a.Longest = max(a.Longest, b.Longest)
	for i, n := range b.Within {
		a.Within[i] += n
	}
	return a
}

// withLookUps returns those that asked anything.
func withLookUps(all []exchange) []exchange {
	return slices.DeleteFunc(slices.Clone(all), func(e exchange) bool { return e.LookUps.Total == 0 })
}

// withMessages returns those that shared anything, or tried to.
func withMessages(all []exchange) []exchange {
	return slices.DeleteFunc(slices.Clone(all), func(e exchange) bool { return e.Messages == (report.Messages{}) })
}
