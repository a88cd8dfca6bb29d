package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/audit"
)

func auditCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "audit",
		Usage: "verify, search, export and prune the record of exchanges",
		Subcommands: []*cli.Command{
			{Name: "verify", Usage: "recompute the chain and compare it with the sealed heads; with --file, an export instead of the database",
				Flags: []cli.Flag{configFlag(), jsonFlag(),
					&cli.StringSliceFlag{Name: "head", Usage: "a `HEAD` that was printed in a report or log"},
					&cli.StringFlag{Name: "file", Usage: "an export to check, `FILE`"}},
				Action: func(c *cli.Context) error { return verifyAudit(c, s) }},
			{Name: "export", Usage: "write entries as lines of JSON that can be verified without the database",
				Flags: []cli.Flag{configFlag(),
					&cli.StringFlag{Name: "since", Usage: "entries at `TIME` or later: " + momentForms},
					&cli.StringFlag{Name: "until", Usage: "entries before `TIME`"},
					&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write to `FILE`, not to standard output"}},
				Action: func(c *cli.Context) error { return exportAudit(c, s) }},
			whoCommand(s),
			{Name: "head", Usage: "print where the chain stands now",
				Flags: []cli.Flag{configFlag()},
				Action: func(c *cli.Context) error {
					return withStore(c, s, func(st *store) error {
						head, err := st.audit.Head(c.Context)
						if err != nil {
							return err
						}
						_, err = fmt.Fprintln(s.out, head)
						return err
					})
				}},
			{Name: "prune", Usage: "remove entries older than two years",
				Flags: []cli.Flag{configFlag(),
					&cli.StringFlag{Name: "before", Usage: "remove entries before `DATE`, as 2001-12-31"},
					&cli.BoolFlag{Name: "yes", Usage: "do it"}},
				Action: func(c *cli.Context) error { return pruneAudit(c, s) }},
		},
	}
}

func verifyAudit(c *cli.Context, s streams) error {
	var heads []audit.Head
	for _, text := range c.StringSlice("head") {
		h, err := audit.ParseHead(text)
		if err != nil {
			return usageError("--head: %w", err)
		}
		heads = append(heads, h)
	}
	if path := c.String("file"); path != "" {
		f, err := os.Open(path)
		if err != nil {
			return environmentError(err)
		}
		v, err := audit.VerifyExport(f, heads...)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("verify %s: %w", path, err)
		}
		return printVerdict(c, s, v)
	}
	return withStore(c, s, func(st *store) error {
		v, err := st.audit.Verify(c.Context, heads...)
		if err != nil {
			return err
		}
		return printVerdict(c, s, v)
	})
}

func printVerdict(c *cli.Context, s streams, v audit.Verdict) error {
	if c.Bool("json") {
		if err := printJSON(s.out, map[string]any{"entries": v.Entries, "first": v.First, "head": v.Head.String(), "problems": v.Problems}); err != nil {
			return err
		}
	} else {
		for _, p := range v.Problems {
			fmt.Fprintln(s.out, p)
		}
	}
	if len(v.Problems) > 0 {
		return fmt.Errorf("the record is not what was written: %s; keep the file as it is and compare it with a backup", many(len(v.Problems), "problem", "problems"))
	}
	if !c.Bool("json") {
		fmt.Fprintf(s.out, "The record is whole: %s from number %d.\nhead %s\n", many(v.Entries, "entry", "entries"), v.First, v.Head)
	}
	return nil
}

func exportAudit(c *cli.Context, s streams) error {
	since, until, err := span(c)
	if err != nil {
		return err
	}
	return withStore(c, s, func(st *store) (err error) {
		w := s.out
		if path := c.String("out"); path != "" {
			f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
			if err != nil {
				return environmentError(unwritten(err))
			}
			defer func() { err = errors.Join(err, f.Sync(), f.Close()) }()
			w = io.Writer(f)
		}
		n, err := st.audit.Export(c.Context, w, since, until)
		if err == nil && c.String("out") != "" {
			fmt.Fprintf(s.out, "%s written to %s.\nNext: check the file anywhere with lgspd audit verify --file %s\n", many(n, "entry", "entries"), c.String("out"), c.String("out"))
		}
		return err
	})
}

// unwritten says what to do when the file of an export cannot be made.
func unwritten(err error) error {
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("nothing was written: %w; name another file with --out, or move this one away", err)
	}
	return fmt.Errorf("nothing was written: %w; name with --out a file in a folder that you may write to", err)
}

func pruneAudit(c *cli.Context, s streams) error {
	before, err := momentOf(c, "before")
	if err != nil {
		return err
	}
	if before.IsZero() {
		return usageError("audit prune: say --before DATE, as in 2001-12-31; see lgspd audit prune --help")
	}
	if latest := time.Now().Add(-audit.Retention); before.After(latest) {
		return usageError("--before %s: %w; %s is the latest", before.Format(time.DateOnly), audit.ErrTooYoung, latest.Format(time.DateOnly))
	}
	if !c.Bool("yes") {
		return usageError("nothing was done: say --yes to remove the entries before %s for ever; export them first", before.Format(time.DateOnly))
	}
	return withStore(c, s, func(st *store) error {
		if _, err := st.counts.CatchUp(c.Context); err != nil { // what is not counted is not removed
			return err
		}
		n, err := st.audit.Prune(c.Context, before)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%s before %s removed.\n", many(n, "entry", "entries"), before.Format(time.DateOnly))
		return err
	})
}
