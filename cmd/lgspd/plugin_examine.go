package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/plugins/cases"
	"lgsp.internal/adapter/plugins/conform"
)

func pluginTestCommand(s streams) *cli.Command {
	return &cli.Command{
		Name: "test", Usage: "examine a plugin as the daemon would treat it, with its cases and with messages made of them", ArgsUsage: "PROGRAM [ARGUMENT...]",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "cases", Usage: "the `FOLDER` of a service with its cases; again for more; otherwise those of services/ beside the program or its folder"},
			&cli.StringSliceFlag{Name: "only", Usage: "make only the check of this `NAME`; again for more: " + strings.Join(conform.Checks(), ", ")},
			&cli.DurationFlag{Name: "timeout", Value: 5 * time.Second, Usage: "`TIME` that one call may take, as in the configuration"},
			&cli.Int64Flag{Name: "memory", Value: 256, Usage: "`MIB` of memory that it may use, as in the configuration"},
			jsonFlag(),
		},
		Action: func(c *cli.Context) error { return examinePlugin(c, s) },
	}
}

func examinePlugin(c *cli.Context, s streams) error {
	args, err := flagsBehind(c)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return usageError("plugin test: want a program")
	}
	program, err := filepath.Abs(args[0])
	if err != nil {
		return err
	}
	if info, err := os.Stat(program); err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0 {
		return usageError("plugin test: %s is no program that can be started", args[0])
	}
	o := conform.Options{Command: program, Args: args[1:], Only: c.StringSlice("only"), Timeout: c.Duration("timeout"), Memory: c.Int64("memory") << 20}
	for _, name := range o.Only {
		if !slices.Contains(conform.Checks(), name) {
			return usageError("plugin test: --only %s: there is no such check; there are %s", name, strings.Join(conform.Checks(), ", "))
		}
	}
	if o.Cases, err = casesOf(c.StringSlice("cases"), program); err != nil {
		return err
	}
	tell := func(r conform.Result) { printCheck(s, r) }
	if c.Bool("json") {
		tell = func(conform.Result) {}
	} else {
		fmt.Fprintf(s.out, "Examining %s with %s:\n", args[0], many(len(o.Cases), "case", "cases"))
	}
	results, err := conform.Run(c.Context, o, tell)
	if err != nil {
		return err
	}
	return concluded(c, s, results)
}

func concluded(c *cli.Context, s streams, results []conform.Result) error {
	failed, skipped := 0, 0
	for _, r := range results {
		switch {
		case !r.OK():
			failed++
		case r.Skipped != "":
			skipped++
		}
	}
	if c.Bool("json") {
		if err := printJSON(s.out, results); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("plugin test: %d of %s do not hold", failed, many(len(results), "check", "checks"))
	}
	if !c.Bool("json") {
		rest := ""
		if skipped > 0 {
			rest = fmt.Sprintf(", %d could not be made", skipped)
		}
		fmt.Fprintf(s.out, "All checks hold: %d%s.\n", len(results)-skipped, rest)
	}
	return nil
}

func printCheck(s streams, r conform.Result) {
	word := "ok"
	switch {
	case !r.OK():
		word = "FAIL"
	case r.Skipped != "":
		word = "-"
	}
	line := fmt.Sprintf("%-4s  %-11s  %s", word, r.Name, r.Title)
	if r.Skipped != "" {
		line += ": not examined, " + r.Skipped
	}
	fmt.Fprintf(s.out, "%s (%s)\n", line, r.Took.Round(time.Millisecond))
	for _, d := range r.Details {
		fmt.Fprintln(s.out, "      "+d)
	}
}

// casesOf reads the cases of the folders that were named, else of the services
// that lie beside a program, or beside its folder.
func casesOf(folders []string, program string) ([]cases.Case, error) {
	named := len(folders) > 0
	for _, beside := range []string{filepath.Dir(program), filepath.Dir(filepath.Dir(program))} {
		if len(folders) > 0 {
			break
		}
		found, err := filepath.Glob(filepath.Join(beside, "services", "*", "cases"))
		if err != nil {
			return nil, err
		}
		folders = found
	}
	var all []cases.Case
	for _, folder := range folders {
		if filepath.Base(filepath.Clean(folder)) == "cases" {
			folder = filepath.Dir(filepath.Clean(folder))
		}
		some, err := cases.Read(folder)
		if err != nil && (named || !errors.Is(err, os.ErrNotExist)) {
			return nil, usageError("plugin test: %w", err)
		}
		all = append(all, some...)
	}
	return all, nil
}
