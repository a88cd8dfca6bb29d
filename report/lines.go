package report

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// inTimeSpans is how many of the spans of delivery count as in time: 24 hours.
const inTimeSpans = 4

func (f *figures) groupLines(groups []Group) []GroupLine {
	lines := []GroupLine{}
	for _, g := range groups {
		l := GroupLine{Title: g.Title, Services: slices.Clone(g.Services)}
		for a, m := range f.messages {
			if !slices.Contains(g.Services, a.service) {
				continue
			}
			l.Received += m.Received + m.Readmitted
			l.Delivered += m.Delivered
			for i, n := range m.Within {
				if i < inTimeSpans {
					l.InTime += n
				} else {
					l.Late += n
				}
			}
			l.Waiting += m.Waiting
		}
		lines = append(lines, l)
	}
	return lines
}

// backlogLines walks through the days and finds the largest backlog of each department.
func (f *figures) backlogLines() []BacklogLine {
	waiting := map[string]int64{}
	for a, b := range f.before() {
		waiting[a.sender] += b.waiting
	}
	for k := range f.daily {
		waiting[k.sender] += 0 // a department that nothing waited for when the period began
	}
	lines := []BacklogLine{}
	for _, sender := range slices.Sorted(maps.Keys(waiting)) {
		l, n := BacklogLine{Department: sender}, waiting[sender]
		for day := f.period.From; day <= f.period.To; day++ {
			if n += f.daily[dayNet{day, sender}]; n > l.Most {
				l.Most, l.On = n, day
			}
		}
		if l.Most > 0 {
			lines = append(lines, l)
		}
	}
	return lines
}

func (f *figures) outageLines(node string) []OutageLine {
	lines := []OutageLine{}
	for p, d := range f.down {
		lines = append(lines, OutageLine{Node: node, Upstream: p.upstream, Line: p.line, Times: d.times, Down: d.down, Longest: d.longest, Began: time.UnixMilli(d.began).UTC()})
	}
	slices.SortFunc(lines, func(a, b OutageLine) int {
		return cmp.Or(cmp.Compare(a.Upstream, b.Upstream), cmp.Compare(a.Line, b.Line))
	})
	return lines
}

func (f *figures) securityLines() []SecurityLine {
	lines := []SecurityLine{}
	for at, n := range f.security {
		at.Times = n
		lines = append(lines, at)
	}
	slices.SortFunc(lines, compareSecurity)
	return lines
}

// monthLines tells also what waited at the ends of the months.
func (f *figures) monthLines() []MonthLine {
	var waiting int64
	for _, b := range f.before() {
		waiting += b.waiting
	}
	for i := range f.monthly {
		m := &f.monthly[i].Messages
		m.Before = waiting
		waiting += m.Received + m.Readmitted - m.Delivered - m.Dropped
		m.Waiting = waiting
	}
	return f.monthly
}

func (l *LookUps) add(o LookUps) {
	l.Total += o.Total
	l.Found += o.Found
	l.NotFound += o.NotFound
	l.Refused += o.Refused
	l.Failed += o.Failed
	l.Asked += o.Asked
	l.Took += o.Took
	l.Slowest = max(l.Slowest, o.Slowest)
	l.Within.add(o.Within)
}

func (m *Messages) add(o Messages) {
	for _, f := range [...]struct{ to, from *int64 }{
		{&m.Before, &o.Before}, {&m.Received, &o.Received}, {&m.Readmitted, &o.Readmitted}, {&m.Delivered, &o.Delivered}, {&m.Dropped, &o.Dropped},
		{&m.Waiting, &o.Waiting}, {&m.Parked, &o.Parked}, {&m.Returned, &o.Returned}, {&m.Retried, &o.Retried}, {&m.Rejected, &o.Rejected},
		{&m.Corrected, &o.Corrected}, {&m.Abandoned, &o.Abandoned}, {&m.Repeated, &o.Repeated}, {&m.Conflicted, &o.Conflicted}, {&m.Denied, &o.Denied},
		{&m.Waited, &o.Waited},
	} {
		*f.to += *f.from
	}
	m.Longest = max(m.Longest, o.Longest)
	m.Within.add(o.Within)
}

func (n *Notices) add(o Notices) {
	n.Before += o.Before
	n.Opened += o.Opened
	n.Sent += o.Sent
	n.Closed += o.Closed
	n.Open += o.Open
}
