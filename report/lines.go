package report

import (
	"maps"
	"slices"
	"time"
)

// inTimeSpans is how many of the spans of delivery count as in time: 24 hours.
const inTimeSpans = 4

// groupLines returns what the messages of groups come to.
func groupLines(groups []Group, messages []MessageLine) []GroupLine {
	lines := []GroupLine{}
	for _, g := range groups {
		l := GroupLine{Title: g.Title, Services: slices.Clone(g.Services)}
		for _, m := range messages {
			if slices.Contains(g.Services, m.Service) {
				l.add(m.Messages)
			}
		}
		lines = append(lines, l)
	}
	return lines
}

func (l *GroupLine) add(m Messages) {
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
	slices.SortFunc(lines, compareOutages)
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

// sums are the figures that are added up.
func (l *LookUps) sums() []*int64 {
	return []*int64{&l.Total, &l.Found, &l.NotFound, &l.Refused, &l.Failed, &l.Asked, &l.Took}
}

func (l *LookUps) add(o LookUps) {
	addAll(l.sums(), o.sums())
	l.Slowest = max(l.Slowest, o.Slowest)
	l.Within.add(o.Within)
}

// sums are the figures that are added up.
func (m *Messages) sums() []*int64 {
	return []*int64{&m.Before, &m.Received, &m.Readmitted, &m.Delivered, &m.Dropped, &m.Waiting, &m.Parked, &m.Returned, &m.Retried, &m.Rejected,
		&m.Corrected, &m.Abandoned, &m.Repeated, &m.Conflicted, &m.Denied, &m.Waited}
}

func (m *Messages) add(o Messages) {
	addAll(m.sums(), o.sums())
	m.Longest = max(m.Longest, o.Longest)
	m.Within.add(o.Within)
}

// sums are the figures that are added up.
func (n *Notices) sums() []*int64 { return []*int64{&n.Before, &n.Opened, &n.Sent, &n.Closed, &n.Open} }

func (n *Notices) add(o Notices) { addAll(n.sums(), o.sums()) }

func addAll(to, from []*int64) {
	for i := range to {
		*to[i] += *from[i]
	}
}
