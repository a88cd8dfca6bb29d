package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/layout"
	"lgsp.internal/adapter/report/office"
)

func verifyReport(c *cli.Context, s streams) error {
	if c.NArg() != 1 {
		return usageError("report verify: want a PERIOD, as 2026-H1, or a FILE of lgspd report compile --format json")
	}
	return withOffice(c, s, func(o *office.Office, _ *store) error {
		r, err := reportToVerify(c, o)
		if err != nil {
			return err
		}
		v, err := o.Figures().Verify(c.Context, r)
		if err != nil {
			return err
		}
		if c.Bool("json") {
			if err := printJSON(s.out, verdictOf(v)); err != nil {
				return err
			}
		} else if err := tellVerdict(s.out, r, v); err != nil {
			return err
		}
		if !v.Holds() {
			return fmt.Errorf("the record does not confirm the report of %s; where the record is whole, lgspd report recount makes the counts anew", r.Period)
		}
		return nil
	})
}

// reportToVerify returns a report that was written, or the one of a period as it
// stands now.
func reportToVerify(c *cli.Context, o *office.Office) (report.Report, error) {
	name := c.Args().First()
	if p, err := report.ParsePeriod(name); err == nil {
		k, err := departmentKey(c, o, p, "verify")
		if err != nil {
			return report.Report{}, err
		}
		paper, err := o.Paper(c.Context, k)
		return paper.Report, err
	}
	f, err := os.Open(name)
	if err != nil {
		return report.Report{}, environmentError(fmt.Errorf("%q is no period, and: %w", name, err))
	}
	paper, err := layout.ReadJSON(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return report.Report{}, fmt.Errorf("read %s: %w", name, err)
	}
	return paper.Report, nil
}

// verdictLines is a verdict as JSON.
type verdictLines struct {
	Holds       bool     `json:"holds"`
	Entries     int64    `json:"entries"`
	Seconds     float64  `json:"seconds"`
	Before      bool     `json:"before"` // the previous period was recomputed too
	Differences []string `json:"differences"`
	Problems    []string `json:"problems"`
}

func verdictOf(v report.Verdict) verdictLines {
	l := verdictLines{Holds: v.Holds(), Entries: v.Entries, Seconds: v.Took.Seconds(), Before: v.Before, Differences: []string{}, Problems: []string{}}
	for _, d := range v.Differences {
		l.Differences = append(l.Differences, d.String())
	}
	for _, p := range v.Problems {
		l.Problems = append(l.Problems, p.String())
	}
	return l
}

func tellVerdict(w io.Writer, r report.Report, v report.Verdict) error {
	for _, d := range v.Differences {
		fmt.Fprintln(w, d)
	}
	for _, p := range v.Problems {
		fmt.Fprintln(w, p)
	}
	if !v.Before {
		fmt.Fprintln(w, "The figures of the period before were not recomputed: its entries are no longer on record.")
	}
	if !v.Holds() {
		return nil // the error says it
	}
	_, err := fmt.Fprintf(w, "Every number of the report of %s was found again in %s of a record that is whole (%s).\n", r.Period, many(v.Entries, "entry", "entries"), v.Took.Round(10*time.Millisecond))
	return err
}

func recountReports(c *cli.Context, s streams) error {
	if !c.Bool("yes") {
		return usageError("report recount: it takes the counts of all that is on record back and makes them anew, which takes a minute for some million entries; say --yes to do it")
	}
	return withStore(c, s, func(st *store) error {
		n, err := st.counts.Recount(c.Context)
		if err != nil {
			return err
		}
		if err := st.audit.Record(c.Context, &audit.Entry{Event: audit.Recounted, Operator: cmp.Or(c.String("by"), accountName())}); err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "The counts were made anew from %s.\nNext: lgspd report verify PERIOD compares them with the record.\n", many(n, "entry", "entries"))
		return err
	})
}
