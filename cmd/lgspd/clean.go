package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/clean"
	"lgsp.internal/adapter/config"
)

func cleanCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "clean",
		Usage:     "check a list of people against the population database (làm sạch dữ liệu)",
		ArgsUsage: "PEOPLE.xlsx|PEOPLE.csv",
		Description: "The running daemon asks, within the approval, the quota and lookups.bulk_rate of the configuration, and puts every question on record. " +
			"However this command ends, no question is lost and none is asked twice: run it again with the same list to go on. " +
			"The result is citizen data, in a file that you alone may read.",
		Flags: []cli.Flag{configFlag(), jsonFlag(),
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write the result to `FILE`, .xlsx or .csv", Required: true},
			&cli.StringFlag{Name: "department", Usage: "agency `CODE` of the department whose list it is", Required: true},
			&cli.StringFlag{Name: "system", Usage: "`NAME` of its system that is approved; needed where several are"},
			&cli.StringFlag{Name: "purpose", Usage: "`CODE` of the procedure (MaDVC); needed where several are approved"},
			&cli.StringFlag{Name: "officer", Usage: "`ID` of the officer who has it checked (MaCanBo)", Required: true},
			&cli.StringFlag{Name: "sheet", Usage: "`NAME` of the sheet; otherwise the first"},
			&cli.StringFlag{Name: "id-column", Usage: "`COLUMN` of the personal id, its letter or header, where it is not found"},
			&cli.StringFlag{Name: "cmnd-column", Usage: "`COLUMN` of the old identity number"},
			&cli.StringFlag{Name: "name-column", Usage: "`COLUMN` of the full name"},
			&cli.StringFlag{Name: "family-column", Usage: "`COLUMN` of the family name, where a name is in parts"},
			&cli.StringFlag{Name: "middle-column", Usage: "`COLUMN` of the middle name"},
			&cli.StringFlag{Name: "own-column", Usage: "`COLUMN` of the given name"},
			&cli.StringFlag{Name: "born-column", Usage: "`COLUMN` of the date or year of birth"},
			&cli.BoolFlag{Name: "again", Usage: "ask anew about those who got no answer"},
			&cli.BoolFlag{Name: "overwrite", Usage: "write over the result of an earlier run"},
			&cli.DurationFlag{Name: "patience", Value: 30 * time.Minute, Usage: "give up after `TIME` in which nothing could be asked"},
		},
		Action: func(c *cli.Context) error { return cleanList(c, s) },
	}
}

func cleanList(c *cli.Context, s streams) error {
	if c.NArg() != 1 {
		return usageError("clean: want one file, after all flags; see lgspd clean --help")
	}
	cfg, err := config.Load(c.String("config"))
	if err != nil {
		return err
	}
	q, err := cleanQuestion(c, cfg)
	if err != nil {
		return err
	}
	daemon := newControlClient(cfg)
	if err := daemon.dial(c.Context); err != nil {
		return cleanError(c, cfg, err)
	}
	bar := newBar(s.err)
	began := time.Now()
	sum, err := clean.Run(c.Context, clean.RunOptions{
		In: c.Args().First(), Out: c.String("out"), Sheet: c.String("sheet"), Overwrite: c.Bool("overwrite"), Patience: c.Duration("patience"),
		Columns: clean.Columns{ID: c.String("id-column"), CMND: c.String("cmnd-column"), Name: c.String("name-column"), Family: c.String("family-column"),
			Middle: c.String("middle-column"), Own: c.String("own-column"), Born: c.String("born-column")},
		Question: q, Desk: daemon, Progress: bar.show,
	})
	bar.end()
	if err != nil {
		return cleanError(c, cfg, err)
	}
	if c.Bool("json") {
		return printJSON(s.out, sum)
	}
	return printCleaned(s, sum, time.Since(began))
}

// cleanQuestion says who asks and what for, from the flags and, where it leaves
// no choice, from the register.
func cleanQuestion(c *cli.Context, cfg config.Config) (clean.Question, error) {
	q := clean.Question{Department: c.String("department"), System: c.String("system"), Purpose: c.String("purpose"), Officer: c.String("officer")}
	if c.Bool("again") {
		q.Again = time.Now().UnixMilli()
	}
	i := slices.IndexFunc(cfg.Departments, func(d config.Department) bool { return d.Code == q.Department })
	if i < 0 {
		return q, usageError("clean: --department %s: the configuration has no such department", q.Department)
	}
	var systems, purposes []string
	for _, sys := range cfg.Departments[i].Systems {
		for _, a := range sys.Approvals {
			if a.Service != clean.Service || !a.Granted() || q.System != "" && q.System != sys.Name {
				continue
			}
			systems = append(systems, sys.Name)
			for _, p := range a.Purposes {
				purposes = append(purposes, p.Code)
			}
		}
	}
	systems, purposes = slices.Compact(slices.Sorted(slices.Values(systems))), slices.Compact(slices.Sorted(slices.Values(purposes)))
	switch {
	case len(systems) == 0:
		return q, usageError("clean: no system of %s is approved for %s; see lgspd register list", q.Department, clean.Service)
	case len(systems) > 1:
		return q, usageError("clean: say with --system for which system: %s", strings.Join(systems, ", "))
	case q.Purpose == "" && len(purposes) > 1:
		return q, usageError("clean: say with --purpose what for: %s", strings.Join(purposes, ", "))
	}
	q.System, q.Purpose = systems[0], cmp.Or(q.Purpose, purposes[0])
	return q, nil
}

// cleanError says what to do about an error.
func cleanError(c *cli.Context, cfg config.Config, err error) error {
	again := "run the same command again to go on where it stopped"
	var e *lgsp.Error
	if errors.As(err, &e) {
		switch refusalOf(err) {
		case "NotApproved", "NoSystem", "NotYet", "Ended":
			return usageError("clean: no approval in force covers this; see lgspd register list")
		case "Purpose":
			return usageError("clean: --purpose %s is not among the approved purposes; see lgspd register list --json", c.String("purpose"))
		case "Officer":
			return usageError("clean: --officer: the approval asks for the officer's personal id of 12 digits")
		case "UnknownService":
			return usageError("clean: the daemon does not serve %s; list it in services, have lgspd check look at the configuration, and start it anew", clean.Service)
		case "WrongElement", "Invalid":
			return usageError("clean: the daemon's mapping of %s refuses the question: %w; correct --officer or --purpose, or use the mapping that is shipped", clean.Service, e)
		case "Quota":
			return fmt.Errorf("the quota of today is used up; %s, tomorrow", again)
		}
	}
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("stopped; %s", again)
	case !errors.As(err, &e):
		return err
	case e.Code == "NotRunning":
		return environmentError(fmt.Errorf("the daemon cannot be reached at %s: %w; start lgspd serve, and %s", controlPath(cfg), e.Err, again))
	case e.Kind == lgsp.Invalid && e.Text != "":
		return usageError("%s: %s", c.Args().First(), e.Text)
	case e.Kind == lgsp.Invalid:
		return usageError("%w", err)
	case e.Code == "OutOfPatience":
		return fmt.Errorf("nothing could be asked for %s: %s; %s", c.Duration("patience"), waitsFor(e.Err), again)
	}
	return fmt.Errorf("%w; %s", err, again)
}

// refusalOf returns the innermost code of an error: what the daemon said.
func refusalOf(err error) (code string) {
	var e *lgsp.Error
	for errors.As(err, &e) {
		code = cmp.Or(e.Code, code)
		err = e.Err
	}
	return code
}

func printCleaned(s streams, sum clean.Summary, took time.Duration) error {
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, r := range []struct {
		verdict clean.Verdict
		n       int
	}{{clean.Match, sum.Match}, {clean.Differs, sum.Differs}, {clean.Absent, sum.Absent}, {clean.Failed, sum.Failed}} {
		fmt.Fprintf(t, "%s\t%d\t%.1f %%\t\n", clean.VerdictText(r.verdict), r.n, 100*sum.Share(r.n))
	}
	fmt.Fprintf(t, "all\t%d\t\t\n", sum.Lines)
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range sum.Reasons {
		fmt.Fprintf(s.out, "  %d × %s\n", r.Lines, clean.ReasonText(r.Reason))
	}
	next := "correct the rows that are not right"
	if slices.ContainsFunc(sum.Reasons, func(r clean.ReasonCount) bool { return !clean.OfList(r.Reason) }) {
		next += "; those that got no answer can be asked anew with --again --overwrite"
	}
	_, err := fmt.Fprintf(s.out, "%s checked in %s, %d of them known from an earlier run; the result is in %s, which is citizen data.\nNext: %s.\n",
		many(sum.People, "person", "people"), took.Round(time.Second), sum.Known, sum.Out, next)
	return err
}

// bar shows how far a list is, on a terminal.
type bar struct{ *narrator }

func newBar(w interface{ Write([]byte) (int, error) }) bar { return bar{newNarrator(w)} }

const barWidth = 30

func (b bar) show(p clean.Progress) {
	if !b.terminal || p.Wait == 0 && p.Done < p.Total && time.Since(b.drawn) < drawEvery {
		return
	}
	b.drawn, b.open = time.Now(), true
	full := 0
	if p.Total > 0 {
		full = barWidth * p.Done / p.Total
	}
	fmt.Fprintf(b.w, "\r\x1b[K%s%s %d of %d", strings.Repeat("█", full), strings.Repeat("░", barWidth-full), p.Done, p.Total)
	switch {
	case p.Wait > 0:
		fmt.Fprintf(b.w, ", waits %s: %s", p.Wait.Round(time.Second), waitsFor(p.Cause))
	case p.Rate > 0:
		fmt.Fprintf(b.w, ", %.0f/s, %s left", p.Rate, p.Left.Round(time.Second))
	}
}

// waitsFor says in a few words why nothing can be asked.
func waitsFor(err error) string {
	var e *lgsp.Error
	if !errors.As(err, &e) {
		return "no answer"
	}
	switch e.Code {
	case "NotRunning":
		return "the daemon does not run"
	case "Quota":
		return "the quota of today is used up"
	case "Busy":
		return "too much at once"
	}
	return "the population database does not answer"
}
