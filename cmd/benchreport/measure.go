package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"

	"lgsp.internal/adapter/report"
)

// compileRounds is how often each report is compiled; the median is told.
const compileRounds = 5

func measure(ctx context.Context, w io.Writer, s *store, y *year) (err error) {
	at := y.period.To.End().Add(48 * time.Hour)
	house := report.House{Province: "Tỉnh Thử", Node: "tinh"}
	for _, p := range []report.Period{y.period, report.FirstHalf(y.o.year), report.SecondHalf(y.o.year)} {
		for _, scope := range []string{"", "H29.01"} {
			o := report.Order{Period: p, Scope: scope, House: house, At: at}
			r, err := timed(ctx, w, s, o)
			if err != nil {
				return err
			}
			if p == y.period && scope == "" {
				if err := y.check(r); err != nil {
					return err
				}
				defer func() { err = errors.Join(err, verify(ctx, w, s, r)) }()
			}
		}
	}
	return nil
}

// timed compiles a report several times.
func timed(ctx context.Context, w io.Writer, s *store, o report.Order) (r report.Report, err error) {
	var took []time.Duration
	for range compileRounds {
		began := time.Now()
		if r, err = s.counts.Compile(ctx, o); err != nil {
			return r, err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	scope := o.Scope
	if scope == "" {
		scope = "province"
	}
	fmt.Fprintf(w, "compile: %s %s, %d exchanges: median %.2f s of %d, longest %.2f s\n", o.Period, scope, r.Total.LookUps.Total+r.Total.Messages.Received+r.Total.Messages.Rejected,
		took[compileRounds/2].Seconds(), compileRounds, took[compileRounds-1].Seconds())
	return r, nil
}

// verify recomputes a report from the record, and tells how far the heap grew.
func verify(ctx context.Context, w io.Writer, s *store, r report.Report) error {
	var before, during runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	v, err := s.counts.Verify(ctx, s.record, r)
	if err != nil {
		return err
	}
	runtime.GC()
	runtime.ReadMemStats(&during)
	fmt.Fprintf(w, "verify: %d entries in %.1f s: %.0f entries/s; %.0f MB allocated, heap %.1f MB before, %.1f MB after, %.0f MB taken of the system\n", v.Entries, v.Took.Seconds(),
		float64(v.Entries)/v.Took.Seconds(), float64(during.TotalAlloc-before.TotalAlloc)/1e6, float64(before.HeapAlloc)/1e6, float64(during.HeapAlloc)/1e6, float64(during.Sys)/1e6)
	if !v.Holds() {
		return fmt.Errorf("the record does not confirm the report: %v %v", v.Differences, v.Problems)
	}
	return nil
}

// check compares a report of the year with what was put on record.
func (y *year) check(r report.Report) error {
	t := r.Total
	for _, row := range []struct {
		what      string
		got, want int64
	}{
		{"look-ups", t.LookUps.Total, y.lookUps}, {"messages received", t.Messages.Received, y.received}, {"delivered", t.Messages.Delivered, y.delivered},
		{"rejected", t.Messages.Rejected, y.rejected}, {"waiting", t.Messages.Waiting, y.received - y.delivered},
		{"outages", t.Outages, int64(len(y.outages))}, {"downtime in ms", t.Down, y.down.Milliseconds()},
	} {
		if row.got != row.want {
			return fmt.Errorf("the report has %d %s, on record are %d", row.got, row.what, row.want)
		}
	}
	return nil
}
