package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/reload"
	"lgsp.internal/adapter/mappings"
)

func reloadCommand(s streams) *cli.Command {
	return &cli.Command{
		Name: "reload", Usage: "have the running daemon use what folders of mappings hold now; without SERVICE, all of them", ArgsUsage: "[SERVICE...]",
		Description: "A mapping comes into use when nothing is wrong with it and all its cases hold; otherwise the one in use stays, and everything that is wrong is listed. " +
			"The daemon looks for changes by itself every 2 seconds; this does not wait for that, and tells what came of it.",
		Flags:  []cli.Flag{configFlag(), jsonFlag(), &cli.StringFlag{Name: "by", Usage: "your `NAME`, for the record; otherwise that of your account on this machine"}},
		Action: func(c *cli.Context) error { return reloadMappings(c, s) },
	}
}

func listMappingsCommand(s streams) *cli.Command {
	return &cli.Command{
		Name: "list", Usage: "list the mapping of every service, and whether what its folder holds is in use",
		Flags:  []cli.Flag{configFlag(), jsonFlag()},
		Action: func(c *cli.Context) error { return listMappings(c, s) },
	}
}

func reloadMappings(c *cli.Context, s streams) error {
	cfg, err := config.LoadToAsk(c.String("config"))
	if err != nil {
		return err
	}
	outcomes, err := newControlClient(cfg).Reload(c.Context, cmp.Or(c.String("by"), accountName()), c.Args().Slice())
	if err != nil {
		return reloadError(cfg, err)
	}
	refused := 0
	for _, o := range outcomes {
		if o.Refused() {
			refused++
		}
		if !c.Bool("json") {
			printOutcome(s, o)
		}
	}
	if c.Bool("json") {
		if err := printJSON(s.out, orEmpty(outcomes)); err != nil {
			return err
		}
	} else if len(outcomes) == 0 {
		fmt.Fprintln(s.out, "No service has a mapping in a folder of its own, so there is nothing to load anew.")
	}
	if refused > 0 {
		return fmt.Errorf("%d of %s refused, and what was in use stays; mend the folder, and lgspd map reload again", refused, many(len(outcomes), "mapping was", "mappings were"))
	}
	return nil
}

// reloadError says what to do about an error.
func reloadError(cfg config.Config, err error) error {
	var e *lgsp.Error
	switch {
	case !errors.As(err, &e):
		return err
	case e.Code == "NotRunning":
		return environmentError(fmt.Errorf("the daemon cannot be reached at %s: %w; start lgspd serve, which loads every mapping anew", controlPath(cfg), e.Err))
	case e.Code == "UnknownService":
		return usageError("map reload: %w; lgspd map list names those that are", e.Err)
	case e.Code == "NoFolder":
		return usageError("map reload: %w; set mapping: to a folder in the configuration, and restart lgspd", e.Err)
	}
	return err
}

func printOutcome(s streams, o reload.Outcome) {
	switch {
	case o.Refused():
		fmt.Fprintf(s.out, "%s: refused; %s stays in use\n", o.Service, shortHash(o.Hash))
	case o.Was == o.Hash:
		fmt.Fprintf(s.out, "%s: unchanged, %s is in use\n", o.Service, shortHash(o.Hash))
	default:
		fmt.Fprintf(s.out, "%s: %s is in use instead of %s; %s\n", o.Service, shortHash(o.Hash), shortHash(o.Was), many(o.Cases, "case holds", "cases hold"))
	}
	for _, p := range o.Problems {
		fmt.Fprintln(s.out, p)
	}
	for _, r := range o.Failed {
		printCase(s, r)
	}
}

// mappingLine is one mapping as it is listed.
type mappingLine struct {
	reload.State
	Is string `json:"state"` // in use, refused; without a daemon would be used, would be refused
}

func listMappings(c *cli.Context, s streams) error {
	cfg, err := config.LoadToAsk(c.String("config"))
	if err != nil {
		return err
	}
	states, err := newControlClient(cfg).Mappings(c.Context)
	good, bad := "in use", "refused"
	if notRunning(err) {
		good, bad = "would be used", "would be refused"
		states, err = configuredMappings(cfg)
	}
	if err != nil {
		return reloadError(cfg, err)
	}
	lines := []mappingLine{}
	for _, state := range states {
		is := good
		if state.Refused != nil {
			is = bad
		}
		lines = append(lines, mappingLine{state, is})
	}
	if c.Bool("json") {
		return printJSON(s.out, lines)
	}
	if good != "in use" {
		fmt.Fprintln(s.out, "The daemon does not run. This is what the configuration names; no case was run.")
	}
	return printMappings(s, lines)
}

// notRunning reports whether an error says that no daemon is there.
func notRunning(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}

// configuredMappings returns what a daemon would find if it started now.
func configuredMappings(cfg config.Config) ([]reload.State, error) {
	var states []reload.State
	for _, svc := range cfg.Services {
		state := reload.State{Service: svc.Name}
		if svc.Mapping != "" {
			folder, err := filepath.Abs(svc.Mapping)
			if err != nil {
				return nil, err
			}
			state.Folder = folder
		}
		v, err := loadVersion(svc, nil, nil)
		if err == nil {
			state.Hash, state.Cases = v.Hash, v.Cases
		} else {
			state.Refused = &reload.Refusal{Problems: problemsOf(err, state.Folder)}
		}
		states = append(states, state)
	}
	return states, nil
}

// problemsOf returns the problems that an error is, or stands for.
func problemsOf(err error, folder string) mappings.Problems {
	var problems mappings.Problems
	if errors.As(err, &problems) {
		return problems
	}
	return mappings.Problems{{File: folder, Text: err.Error()}}
}

func printMappings(s streams, lines []mappingLine) error {
	var table bytes.Buffer
	t := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SERVICE\tFROM\tHASH\tCASES\tSINCE\tSTATE")
	for _, l := range lines {
		from, since, state := "shipped", "-", l.Is
		if l.Folder != "" {
			from = "folder"
		}
		if !l.Loaded.IsZero() {
			since = l.Loaded.Local().Format("2006-01-02 15:04:05")
		}
		if l.Refused != nil {
			state += ", " + many(len(l.Refused.Problems), "problem", "problems")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%s\n", l.Service, from, cmp.Or(shortHash(l.Hash), "-"), l.Cases, since, state)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	rows := bytes.SplitAfter(table.Bytes(), []byte("\n"))
	for i, row := range rows {
		if _, err := s.out.Write(row); err != nil {
			return err
		}
		if i > 0 && i <= len(lines) && lines[i-1].Refused != nil {
			fmt.Fprintf(s.out, "     %s\n", lines[i-1].Refused.Problems[0])
		}
	}
	return nil
}

// shortHash is a hash as lists show it.
func shortHash(hash string) string { return hash[:min(len(hash), 12)] }
