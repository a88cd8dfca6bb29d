package main

import (
	"fmt"
	"text/tabwriter"
	"time"
)

// counted returns the name that the sandbox counts the effects of a service under.
func counted(service string) string {
	switch service {
	case "hotich.khai-sinh":
		return "LTKS"
	case "hotich.khai-tu":
		return "LTKT"
	case "hotich.ket-hon":
		return "LTKH"
	case "bhyt.cap-the":
		return "LTBHYT"
	case "cu-tru.dang-ky":
		return "LTCT"
	case "an-sinh.mai-tang-phi":
		return "LTMTP"
	}
	return "CapNhatThongTinCongDan"
}

func (d *demo) summary(took time.Duration, err error) {
	d.say.end()
	stats := d.box.Stats()
	t := tabwriter.NewWriter(d.say.w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nSERVICE\tACCEPTED\tAT NGSP\t")
	for _, s := range d.samples {
		fmt.Fprintf(t, "%s\t%d\t%d\t\n", s.Service, d.sent[s.Service], stats.Services[counted(s.Service)])
	}
	fmt.Fprintf(t, "all\t%d\t%d\t\n", len(d.accepted), stats.Effects)
	if flushErr := t.Flush(); flushErr != nil {
		return // nobody reads what is said any more
	}
	var repeats uint64
	for _, p := range stats.Paths {
		repeats += p.Duplicates
	}
	if err == nil {
		d.say.line("\nNothing was lost and nothing came twice (%s; NGSP saw %d repeats and gave them no second effect).",
			took.Round(100*time.Millisecond), repeats)
	}
}

// invite tells where everything is that goes on.
func (d *demo) invite() {
	d.say.line("\nThe daemon goes on until Ctrl-C.")
	t := tabwriter.NewWriter(d.say.w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "  departments send to\thttp://%s/soap/\t%s\t%s\n", d.client.addr, d.client.username, d.client.password)
	fmt.Fprintf(t, "  systems look up at\thttp://%s/soap/\t%s\t%s\n", d.system.addr, d.system.username, d.system.password)
	for _, a := range d.accounts {
		fmt.Fprintf(t, "  the report desk is at\thttp://%s/\t%s\t%s\n", d.cfg.Web.Listen, a.username, a.password)
	}
	fmt.Fprintf(t, "  NGSP's stand-in is at\t%s\n  the reports are in\t%s\n", d.cfg.Upstreams[0].URL, d.reports)
	if err := t.Flush(); err != nil {
		return // nobody reads what is said any more
	}
}
