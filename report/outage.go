package report

import (
	"lgsp.internal/adapter/audit"
)

// place is what cannot be reached: the line of an upstream, or the daemon itself.
type place struct{ upstream, line string }

// outage is one time that a place could not be reached. Times are UTC ms.
type outage struct {
	place
	id           int64 // of its row; 0 = it has none
	began, ended int64
	open         bool
}

// turn is an entry that begins or ends an outage. Times are UTC ms.
type turn struct {
	event  audit.Event
	place  place
	at     int64
	before int64 // when the entry before it was written; 0 = there was none
}

// turnOf returns the turn that an entry is, if it is one.
func turnOf(e *audit.Entry, before int64) (t turn, is bool) {
	switch e.Event {
	case audit.UpstreamDown, audit.UpstreamUp:
		return turn{e.Event, place{e.Upstream, e.Detail}, millis(e.At), before}, true
	case audit.Started, audit.Stopped:
		return turn{e.Event, place{}, millis(e.At), before}, true
	}
	return turn{}, false
}

// outages follows the record and knows what is down.
type outages struct{ open []outage }

// note follows one turn, and calls changed for every outage that begins or ends.
func (o *outages) note(t turn, changed func(*outage) error) error {
	switch t.event {
	case audit.UpstreamDown:
		return o.begin(t.place, t.at, changed)
	case audit.UpstreamUp:
		return o.end(func(one outage) bool { return one.place == t.place }, t.at, changed)
	case audit.Stopped:
		if err := o.end(isUpstream, t.at, changed); err != nil {
			return err
		}
		return o.begin(place{}, t.at, changed)
	}
	return o.started(t, changed)
}

// started ends what was down. A run that did not end in order ended with the
// last entry that it wrote.
func (o *outages) started(t turn, changed func(*outage) error) error {
	if err := o.end(isUpstream, t.before, changed); err != nil {
		return err
	}
	if t.before > 0 {
		if err := o.begin(place{}, t.before, changed); err != nil {
			return err
		}
	}
	return o.end(func(one outage) bool { return !isUpstream(one) }, t.at, changed)
}

func isUpstream(one outage) bool { return one.place != place{} }

// begin notes that a place is down, if that is not known.
func (o *outages) begin(p place, at int64, changed func(*outage) error) error {
	for _, one := range o.open {
		if one.place == p {
			return nil
		}
	}
	one := outage{place: p, began: at, open: true}
	if err := changed(&one); err != nil {
		return err
	}
	o.open = append(o.open, one)
	return nil
}

// end ends those outages that which picks. A clock that went back ends none
// before it began.
func (o *outages) end(which func(outage) bool, at int64, changed func(*outage) error) error {
	kept := o.open[:0]
	for _, one := range o.open {
		if !which(one) {
			kept = append(kept, one)
			continue
		}
		one.open, one.ended = false, max(at, one.began)
		if err := changed(&one); err != nil {
			return err
		}
	}
	o.open = kept
	return nil
}

// downtime sums the outages of one place within a period up to a moment.
type downtime struct{ times, down, longest, began int64 }

// add adds the part of an outage between from and until.
func (d *downtime) add(one outage, from, until int64) {
	end := until
	if !one.open {
		end = min(one.ended, until)
	}
	begin := max(one.began, from)
	if end < begin || begin >= until || end == begin && one.began < begin { // the last: nothing of it lies there
		return
	}
	d.times++
	d.down += end - begin
	if long := end - begin; d.times == 1 || long > d.longest {
		d.longest, d.began = long, begin
	}
}
