package queue_test

import (
	"context"
	"fmt"
	"strings"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/queue"
	"lgsp.internal/adapter/report"
)

// checkCounted fails unless reports say of the queue's messages what their rows
// and the record say, each entry being counted with its commit.
func (b *bench) checkCounted(entries []audit.Entry) {
	b.t.Helper()
	ctx := context.Background()
	if n, err := b.counts.CatchUp(ctx); n != 0 || err != nil {
		b.t.Errorf("%d entries were not counted with their commit, %v", n, err)
	}
	waiting, parked := map[string]int64{}, map[string]int64{}
	for _, it := range b.items(queue.Filter{}) {
		at := it.Sender + " " + it.Service
		switch it.State {
		case lgsp.Parked.String():
			parked[at]++
			waiting[at]++
		case lgsp.Queued.String(), lgsp.Leased.String():
			waiting[at]++
		}
	}
	events := map[string]int64{}
	ever := report.Period{From: vntime.DayOf(b.clock.now()), To: vntime.DayOf(b.clock.now())} // wherever the clock was
	for _, e := range entries {
		ever = report.Period{From: min(ever.From, vntime.DayOf(e.At)), To: max(ever.To, vntime.DayOf(e.At))}
		events[strings.TrimSpace(string(e.Event)+" "+e.From)]++
	}
	r, err := b.counts.Compile(ctx, report.Order{Period: ever, House: report.House{Node: "tinh"}, At: b.clock.now()})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, l := range r.Messages {
		at := l.Department + " " + l.Service
		if l.Waiting != waiting[at] || l.Parked != parked[at] {
			b.t.Errorf("%s: the report says that %d wait, %d of them parked; it is %d and %d", at, l.Waiting, l.Parked, waiting[at], parked[at])
		}
		delete(waiting, at)
	}
	for at, n := range waiting {
		b.t.Errorf("%s: the report says nothing, %d wait", at, n)
	}
	m := r.Total.Messages
	got := fmt.Sprint(m.Received, m.Delivered, m.Readmitted, m.Rejected, m.Corrected, m.Abandoned, m.Dropped, m.Retried, m.Repeated, m.Conflicted)
	want := fmt.Sprint(events["accepted"], events["delivered"], events["replayed rejected"], events["rejected"], events["superseded rejected"], events["dropped rejected"],
		events["dropped queued"]+events["dropped parked"], events["retried"], events["repeated"], events["conflicted"])
	if got != want {
		b.t.Errorf("the report says %s, the record %s", got, want)
	}
	if v, err := b.counts.Verify(ctx, b.log, r); err != nil || !v.Holds() {
		b.t.Errorf("verified: %v, %+v", err, v)
	}
}
