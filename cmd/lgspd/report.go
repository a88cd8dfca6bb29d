package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/report"
	"lgsp.internal/adapter/report/filing"
	"lgsp.internal/adapter/report/layout"
	"lgsp.internal/adapter/report/office"
)

func reportCommand(s streams) *cli.Command {
	department := &cli.StringFlag{Name: "department", Usage: "of the department with this agency `CODE`; otherwise of the province"}
	by := &cli.StringFlag{Name: "by", Usage: "your `NAME`, for the record; otherwise that of your account on this machine"}
	return &cli.Command{
		Name:  "report",
		Usage: "compile, verify and exchange the six-month and annual reports",
		Subcommands: []*cli.Command{
			{Name: "compile", Usage: "write the report of a period, with the figures of now while nobody has confirmed it", ArgsUsage: "PERIOD",
				Flags: []cli.Flag{configFlag(), jsonFlag(), department,
					&cli.StringFlag{Name: "format", Value: "all", Usage: "`FORMAT`s with commas between: " + strings.Join(formatNames(), ", ") + "; or all"},
					&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Value: ".", Usage: "write into the folder `DIR`"}},
				Action: func(c *cli.Context) error { return compileReport(c, s) }},
			{Name: "verify", Usage: "recompute every number of a report from the record: of a period as it stands now, or of a report that was written as JSON", ArgsUsage: "PERIOD|FILE",
				Flags:  []cli.Flag{configFlag(), jsonFlag(), department},
				Action: func(c *cli.Context) error { return verifyReport(c, s) }},
			{Name: "recount", Usage: "make the counts anew from the record, where verify has found that they are not what it says",
				Flags:  []cli.Flag{configFlag(), by, &cli.BoolFlag{Name: "yes", Usage: "do it"}},
				Action: func(c *cli.Context) error { return recountReports(c, s) }},
			{Name: "status", Usage: "list how far the departments' reports of a period are, and who is late", ArgsUsage: "[PERIOD]",
				Flags:  []cli.Flag{configFlag(), jsonFlag()},
				Action: func(c *cli.Context) error { return reportStatus(c, s) }},
			{Name: "template", Usage: "write the standard layout as a DOCX file that can be edited in Word",
				Flags: []cli.Flag{&cli.BoolFlag{Name: "department", Usage: "of a department's report; otherwise of the province's"},
					&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write to `FILE`; otherwise to mau-bao-cao-tinh.docx or mau-bao-cao-don-vi.docx here"}},
				Action: func(c *cli.Context) error { return writeTemplate(c, s) }},
			{Name: "key", Usage: "print the public key that this daemon's figures are signed with",
				Flags:  []cli.Flag{configFlag()},
				Action: func(c *cli.Context) error { return printReportKey(c, s) }},
			{Name: "export", Usage: "write the figures of a period, signed, for another daemon", ArgsUsage: "PERIOD",
				Flags:  []cli.Flag{configFlag(), &cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write to `FILE`; otherwise to bao-cao-PERIOD-NODE.lgspd here"}},
				Action: func(c *cli.Context) error { return exportReport(c, s) }},
			{Name: "import", Usage: "take in figures that another daemon has exported", ArgsUsage: "FILE",
				Flags:  []cli.Flag{configFlag(), by},
				Action: func(c *cli.Context) error { return importReport(c, s) }},
		},
	}
}

func formatNames() []string {
	var names []string
	for _, f := range layout.Formats() {
		names = append(names, string(f.Format))
	}
	return names
}

// withOffice opens the database and makes the office of reports.
func withOffice(c *cli.Context, s streams, do func(*office.Office, *store) error) error {
	cfg, loaded, err := configured(c)
	if err != nil {
		return err
	}
	return withStore(c, s, func(st *store) error {
		o, err := newOffice(cfg, loaded, st)
		if err != nil {
			return err
		}
		return do(o, st)
	})
}

// periodArgument reads the one argument of a verb as a period.
func periodArgument(c *cli.Context, verb string) (report.Period, error) {
	if c.NArg() != 1 {
		return report.Period{}, usageError("report %s: want one PERIOD, as 2026-H1, 2026-H2, 2026 or 2026-12-15..2027-06-14", verb)
	}
	p, err := report.ParsePeriod(c.Args().First())
	if err != nil {
		return p, usageError("report %s: %q: %w", verb, c.Args().First(), err)
	}
	return p, nil
}

// departmentKey names the report that the flags ask for.
func departmentKey(c *cli.Context, o *office.Office, p report.Period, verb string) (filing.Key, error) {
	k := filing.Key{Period: p, Department: c.String("department")}
	if k.Department != "" && !slices.Contains(o.Codes(), k.Department) {
		return k, usageError("report %s: --department %s: the configuration has no such department", verb, k.Department)
	}
	return k, nil
}

func compileReport(c *cli.Context, s streams) error {
	p, err := periodArgument(c, "compile")
	if err != nil {
		return err
	}
	formats, err := formatsOf(c.String("format"))
	if err != nil {
		return err
	}
	return withOffice(c, s, func(o *office.Office, _ *store) error {
		k, err := departmentKey(c, o, p, "compile")
		if err != nil {
			return err
		}
		paper, err := o.Paper(c.Context, k)
		if err != nil {
			return err
		}
		if c.Bool("json") {
			return o.Write(s.out, layout.JSON, paper)
		}
		files, err := writeReport(o, paper, c.String("out"), formats)
		if err != nil {
			return err
		}
		return tellReport(s.out, paper, files)
	})
}

func formatsOf(list string) (formats []layout.Kind, err error) {
	if list == "all" {
		return layout.Formats(), nil
	}
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(layout.Formats(), func(f layout.Kind) bool { return string(f.Format) == strings.TrimSpace(name) })
		if i < 0 {
			return nil, usageError("report compile: --format %s: want %s or all", name, strings.Join(formatNames(), ", "))
		}
		formats = append(formats, layout.Formats()[i])
	}
	return formats, nil
}

// writeReport writes a report in several formats into a folder, over those of
// the same report that are there.
func writeReport(o *office.Office, paper layout.Paper, folder string, formats []layout.Kind) (files []string, err error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, environmentError(err)
	}
	for _, f := range formats {
		var text bytes.Buffer
		if err := o.Write(&text, f.Format, paper); err != nil {
			return files, fmt.Errorf("write %s: %w", f.Format, err)
		}
		path := filepath.Join(folder, layout.FileName(paper, f.Format))
		if err := replaceFile(path, text.Bytes()); err != nil {
			return files, err
		}
		files = append(files, path)
	}
	return files, nil
}

// replaceFile writes a file as a whole, or leaves what was there.
func replaceFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".lgspd-*")
	if err != nil {
		return environmentError(err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o640), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return environmentError(errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name())))
	}
	return nil
}

func tellReport(w io.Writer, paper layout.Paper, files []string) error {
	r := paper.Report
	t := r.Total
	fmt.Fprintf(w, "Report %s of %s, %s to %s:\n", r.Period, cmp.Or(r.Scope, "the province"), r.From, r.To)
	fmt.Fprintf(w, "  look-ups  %d: %d found, %d not found, %d refused, %d without an answer\n", t.LookUps.Total, t.LookUps.Found, t.LookUps.NotFound, t.LookUps.Refused, t.LookUps.Failed)
	fmt.Fprintf(w, "  messages  %d waited before, %d received, %d delivered, %d wait; %d rejected at the door, %d times returned\n",
		t.Messages.Before, t.Messages.Received+t.Messages.Readmitted, t.Messages.Delivered, t.Messages.Waiting, t.Messages.Rejected, t.Messages.Returned)
	fmt.Fprintf(w, "  notices   %d opened, %d closed, %d open\n", t.Notices.Opened, t.Notices.Closed, t.Notices.Open)
	for _, n := range r.Nodes {
		fmt.Fprintf(w, "  rests on  entry %d of the record of %s, %s\n", n.Seq, n.Name, n.Hash)
	}
	for _, f := range files {
		fmt.Fprintf(w, "written: %s\n", f)
	}
	next := "it is frozen"
	if paper.Draft {
		next = "it is a draft until it is confirmed at the report desk"
	}
	_, err := fmt.Fprintf(w, "Next: %s; lgspd report verify recomputes its numbers from the record.\n", next)
	return err
}

func writeTemplate(c *cli.Context, s streams) error {
	path, provincial := "mau-bao-cao-tinh.docx", !c.Bool("department")
	key := "report.template.province"
	if !provincial {
		path, key = "mau-bao-cao-don-vi.docx", "report.template.department"
	}
	path = cmp.Or(c.String("out"), path)
	var text bytes.Buffer
	if err := layout.StandardTemplate(&text, provincial); err != nil {
		return err
	}
	if err := writeNew(path, text.Bytes()); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.out, "The standard layout is written to %s.\nNext: edit it in Word, and name it in the configuration as %s.\n", path, key)
	return err
}

func reportStatus(c *cli.Context, s streams) error {
	p, _ := report.Current(time.Now())
	if p = p.Previous(); c.NArg() > 0 {
		var err error
		if p, err = periodArgument(c, "status"); err != nil {
			return err
		}
	}
	return withOffice(c, s, func(o *office.Office, _ *store) error {
		b, err := o.Board(c.Context, p)
		if err != nil {
			return err
		}
		if c.Bool("json") {
			return printJSON(s.out, b)
		}
		t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "REPORT\tSTATE\tVERSION\tDEADLINE\tLATE\tBY\tAT")
		for _, l := range append(b.Departments, b.Province) {
			late, at := "-", "-"
			if l.Late {
				late = many(l.Days, "day", "days")
			}
			if !l.At.IsZero() {
				at = l.At.Local().Format("2006-01-02 15:04")
			}
			fmt.Fprintf(t, "%s %s\t%s\t%d\t%s\t%s\t%s\t%s\n", p, cmp.Or(l.Department, "province"), l.State, l.Version, l.Deadline, late, cmp.Or(l.By.String(), "-"), at)
		}
		return t.Flush()
	})
}
