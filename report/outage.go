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

// outages follows the record and knows what is down.
type outages struct {
	open []outage
	last int64 // time of the entry before; 0 = there was none
}

// touches reports whether an event begins or ends an outage.
func touches(e audit.Event) bool {
	switch e {
	case audit.UpstreamDown, audit.UpstreamUp, audit.Started, audit.Stopped:
		return true
	}
	return false
}

// note follows one entry, and calls changed for every outage that begins or ends.
func (o *outages) note(e *audit.Entry, changed func(*outage) error) error {
	at := e.At.UnixMilli()
	defer func() { o.last = at }()
	p := place{e.Upstream, e.Detail}
	switch e.Event {
	case audit.UpstreamDown:
		if o.find(p) >= 0 {
			return nil
		}
		return o.begin(p, at, changed)
	case audit.UpstreamUp:
		return o.end(func(one outage) bool { return one.place == p }, at, changed)
	case audit.Stopped:
		if err := o.end(isUpstream, at, changed); err != nil {
			return err
		}
		if o.find(place{}) >= 0 {
			return nil
		}
		return o.begin(place{}, at, changed)
	case audit.Started:
		return o.started(at, changed)
	}
	return nil
}

// started ends what was down. A run that did not end in order ended with the
// last entry that it wrote.
func (o *outages) started(at int64, changed func(*outage) error) error {
	if err := o.end(isUpstream, o.last, changed); err != nil {
		return err
	}
	if o.find(place{}) < 0 && o.last > 0 {
		if err := o.begin(place{}, o.last, changed); err != nil {
			return err
		}
	}
	return o.end(func(one outage) bool { return !isUpstream(one) }, at, changed)
}

func isUpstream(one outage) bool { return one.place != place{} }

func (o *outages) find(p place) int {
	for i := range o.open {
		if o.open[i].place == p {
			return i
		}
	}
	return -1
}

func (o *outages) begin(p place, at int64, changed func(*outage) error) error {
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
	if end < begin || begin >= until {
		return
	}
	d.times++
	d.down += end - begin
	if long := end - begin; d.times == 1 || long > d.longest {
		d.longest, d.began = long, begin
	}
}
