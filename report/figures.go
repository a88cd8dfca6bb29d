package report

import (
	"cmp"
	"maps"
	"slices"

	"lgsp.internal/adapter/audit"
)

// keep leaves of a tally what is of one department; "" keeps all.
func (t *tally) keep(scope string) {
	if scope == "" {
		return
	}
	maps.DeleteFunc(t.cells, func(k monthKey, _ cell) bool { return k.sender != scope })
	maps.DeleteFunc(t.fields, func(k fieldKey, _ int64) bool { return k.sender != scope })
	maps.DeleteFunc(t.daily, func(k dayNet, _ int64) bool { return k.sender != scope })
	maps.DeleteFunc(t.now, func(a account, _ balance) bool { return a.sender != scope })
	maps.DeleteFunc(t.since, func(a account, _ balance) bool { return a.sender != scope })
}

// figures makes the lines of a report of a tally.
type figures struct {
	*tally
	lookUps  map[LookUpLine]*LookUps // by a line without its figures
	messages map[account]*Messages   // the same
	notices  map[string]*Notices     // by department
	security map[SecurityLine]int64  // by a line without its figure
	monthly  []MonthLine
}

func newFigures(t *tally) *figures {
	f := &figures{tally: t, lookUps: map[LookUpLine]*LookUps{}, messages: map[account]*Messages{}, notices: map[string]*Notices{}, security: map[SecurityLine]int64{}}
	for _, m := range t.months {
		f.monthly = append(f.monthly, MonthLine{From: m.From, To: m.To})
	}
	f.open()
	for k, c := range t.cells {
		f.count(k, c)
	}
	f.close()
	return f
}

// open begins with what waited when the period began.
func (f *figures) open() {
	for a, b := range f.before() {
		if b.waiting != 0 || b.parked != 0 {
			m := f.message(a)
			m.Before, m.Parked = b.waiting, b.parked
		}
		if b.open != 0 {
			f.notice(a.sender).Before += b.open
		}
	}
}

// close ends with what waits when the period ends.
func (f *figures) close() {
	for _, m := range f.messages {
		m.Waiting = m.Before + m.Received + m.Readmitted - m.Delivered - m.Dropped
	}
	for _, n := range f.notices {
		n.Open = n.Before + n.Opened - n.Closed
	}
}

func (f *figures) message(a account) *Messages {
	m := f.messages[a]
	if m == nil {
		m = &Messages{}
		f.messages[a] = m
	}
	return m
}

func (f *figures) notice(sender string) *Notices {
	n := f.notices[sender]
	if n == nil {
		n = &Notices{}
		f.notices[sender] = n
	}
	return n
}

func (f *figures) lookUp(k key) *LookUps {
	at := LookUpLine{Department: k.sender, System: k.system, Service: k.service}
	l := f.lookUps[at]
	if l == nil {
		l = &LookUps{}
		f.lookUps[at] = l
	}
	return l
}

// count adds one cell to the lines that it belongs to.
func (f *figures) count(k monthKey, c cell) {
	if _, b := k.effect(); b.parked != 0 {
		f.message(account{k.sender, k.service}).Parked += b.parked * c.n
	}
	month := &f.monthly[k.month]
	switch k.event {
	case audit.Asked:
		f.lookUp(k.key).count(k.key, c)
		month.LookUps.count(k.key, c)
	case audit.Accepted, audit.Repeated, audit.Rejected, audit.Conflicted, audit.Denied, audit.Delivered, audit.Retried, audit.Parked, audit.Replayed,
		audit.Dropped, audit.Superseded:
		f.message(account{k.sender, k.service}).count(k.key, c)
		month.Messages.count(k.key, c)
	case audit.NoticeOpened:
		f.notice(k.sender).Opened += c.n
	case audit.NoticeSent:
		f.notice(k.sender).Sent += c.n
	case audit.NoticeClosed:
		f.notice(k.sender).Closed += c.n
	}
	if ofSecurity(k.key) {
		f.security[SecurityLine{Department: k.sender, Event: string(k.event), Code: k.code}] += c.n
	}
}

func (l *LookUps) count(k key, c cell) {
	l.Total += c.n
	switch audit.Result(k.what) {
	case audit.Found:
		l.Found += c.n
	case audit.NotFound:
		l.NotFound += c.n
	case audit.Refused:
		l.Refused += c.n
	case audit.Failed:
		l.Failed += c.n
	}
	l.Asked += c.asked
	l.Took += c.ms
	l.Slowest = max(l.Slowest, c.most)
	l.Within.add(c.within)
}

func (m *Messages) count(k key, c cell) {
	rejected := k.what == rejectedState()
	switch k.event {
	case audit.Accepted:
		m.Received += c.n
	case audit.Delivered:
		m.Delivered += c.n
		m.Waited += c.ms
		m.Longest = max(m.Longest, c.most)
		m.Within.add(c.within)
	case audit.Replayed:
		if rejected {
			m.Readmitted += c.n
		}
	case audit.Dropped:
		if rejected {
			m.Abandoned += c.n
		} else {
			m.Dropped += c.n
		}
	case audit.Parked:
		if k.code != held && audit.Result(k.what) != audit.Refused {
			m.Returned += c.n
		}
	case audit.Retried:
		m.Retried += c.n
	case audit.Rejected:
		m.Rejected += c.n
	case audit.Superseded:
		m.Corrected += c.n
	case audit.Repeated:
		m.Repeated += c.n
	case audit.Conflicted:
		m.Conflicted += c.n
	case audit.Denied:
		m.Denied += c.n
	}
}

// held is the code of a message that an operator has parked by order.
const held = "Held"

func (s *Spans) add(o Spans) {
	for i, n := range o {
		s[i] += n
	}
}

// ofSecurity reports whether an event touches security.
func ofSecurity(k key) bool {
	switch k.event {
	case audit.Denied, audit.MappingChanged, audit.LockedOut, audit.SignInFailed, audit.AccountLocked, audit.AccountAdded, audit.AccountChanged, audit.PasswordChanged:
		return true
	case audit.Asked:
		return audit.Result(k.what) == audit.Refused
	}
	return false
}

// isIncident reports whether an event of security is one that somebody should
// look at, and not a change that was made in order.
func isIncident(event audit.Event) bool {
	switch event {
	case audit.Denied, audit.Asked, audit.LockedOut, audit.SignInFailed, audit.AccountLocked:
		return true
	}
	return false
}

func (f *figures) lookUpLines() []LookUpLine {
	lines := []LookUpLine{}
	for at, l := range f.lookUps {
		at.LookUps = *l
		lines = append(lines, at)
	}
	slices.SortFunc(lines, compareLookUps)
	return lines
}

func (f *figures) messageLines() []MessageLine {
	lines := []MessageLine{}
	for a, m := range f.messages {
		lines = append(lines, MessageLine{Department: a.sender, Service: a.service, Messages: *m})
	}
	slices.SortFunc(lines, compareMessages)
	return lines
}

func (f *figures) noticeLines() []NoticeLine {
	lines := []NoticeLine{}
	for _, sender := range slices.Sorted(maps.Keys(f.notices)) {
		lines = append(lines, NoticeLine{Department: sender, Notices: *f.notices[sender]})
	}
	return lines
}

// fieldsMost is how many fields a report names of each department.
const fieldsMost = 20

func (f *figures) fieldLines() []FieldLine { return topFields(f.fields) }

// topFields returns the fields that were wrong most often, for each department.
func topFields(times map[fieldKey]int64) []FieldLine {
	lines := []FieldLine{}
	for k, n := range times {
		lines = append(lines, FieldLine{Department: k.sender, Service: k.service, Field: k.field, Times: n})
	}
	slices.SortFunc(lines, func(a, b FieldLine) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Department, b.Department), cmp.Compare(a.Service, b.Service), cmp.Compare(a.Field, b.Field))
	})
	named := map[string]int{}
	return slices.DeleteFunc(lines, func(l FieldLine) bool {
		named[l.Department]++
		return named[l.Department] > fieldsMost
	})
}
