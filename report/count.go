package report

import (
	"strings"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
)

// key is a kind of event that is counted.
type key struct {
	sender, system, service string
	event                   audit.Event
	what, code              string
}

// clone returns a key that does not hold on to the texts that its own are parts of.
func (k key) clone() key {
	return key{strings.Clone(k.sender), strings.Clone(k.system), strings.Clone(k.service), audit.Event(strings.Clone(string(k.event))), strings.Clone(k.what), strings.Clone(k.code)}
}

// cell is what is counted of a kind of event.
type cell struct {
	n, asked, ms, most int64
	within             Spans
}

func (c *cell) add(o cell) {
	c.n += o.n
	c.asked += o.asked
	c.ms += o.ms
	c.most = max(c.most, o.most)
	for i, n := range o.within {
		c.within[i] += n
	}
}

// countOf returns what an entry counts as. docs/reports.md defines the figures
// that are made of it.
func countOf(e *audit.Entry) (k key, c cell, counts bool) {
	k = key{sender: e.Sender, service: e.Service, event: e.Event}
	c.n = 1
	switch e.Event {
	case audit.Leased:
		return k, c, false // an attempt that begins ends as something else
	case audit.Asked:
		k.system, k.what, k.code = e.System, string(e.Result), e.Code
		if e.Attempt > 0 {
			c.asked, c.ms, c.most = 1, e.Took, e.Took
			c.within[spanOf(e.Took, &lookUpSpans)] = 1
		}
	case audit.Delivered:
		c.ms, c.most = e.Waited, e.Waited
		c.within[spanOf(e.Waited, &deliverySpans)] = 1
	case audit.Replayed, audit.Dropped:
		k.what = leftState(e)
	case audit.Parked:
		k.what, k.code = string(e.Result), e.Code
	default:
		k.code = e.Code
	}
	return k, c, true
}

// leftState is the state that a message left. Entries of an earlier version do
// not tell; a message that was rejected was never attempted.
func leftState(e *audit.Entry) string {
	switch {
	case e.From != "":
		return e.From
	case e.Attempt == 0:
		return lgsp.Rejected.String()
	}
	return lgsp.Parked.String()
}

// spanOf returns the first span that a time lies in.
func spanOf(ms int64, bounds *[len(Spans{}) - 1]int64) int {
	for i, bound := range bounds {
		if ms <= bound {
			return i
		}
	}
	return len(bounds)
}

// balance is what waits: messages, those of them that wait for a person, and
// open notices.
type balance struct{ waiting, parked, open int64 }

func (b *balance) add(o balance, times int64) {
	b.waiting += times * o.waiting
	b.parked += times * o.parked
	b.open += times * o.open
}

// account is whose balance it is. Notices belong to no service.
type account struct{ sender, service string }

// effect is what an event does to the balance of its account.
func (k key) effect() (a account, b balance) {
	a = account{k.sender, k.service}
	switch k.event {
	case audit.Accepted:
		b.waiting = 1
	case audit.Delivered:
		b.waiting = -1
	case audit.Parked:
		b.parked = 1
	case audit.Replayed, audit.Dropped:
		b = leaving(k)
	case audit.NoticeOpened:
		a.service, b.open = "", 1
	case audit.NoticeClosed:
		a.service, b.open = "", -1
	}
	return a, b
}

// leaving is the effect of an operator's order on a message, which depends on
// the state that it leaves.
func leaving(k key) (b balance) {
	switch k.what {
	case lgsp.Rejected.String():
		if k.event == audit.Replayed {
			b.waiting = 1
		}
		return b
	case lgsp.Parked.String():
		b.parked = -1
	}
	if k.event == audit.Dropped {
		b.waiting = -1
	}
	return b
}

// wrongFields calls each with the fields for which a message was rejected.
func wrongFields(e *audit.Entry, each func(field string)) {
	if e.Event != audit.Rejected {
		return
	}
	for field := range strings.FieldsSeq(e.Fields) {
		each(field)
	}
}
