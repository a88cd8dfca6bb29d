package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/plugins/host"
)

func pluginCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "plugin",
		Usage: "look after the programs that map messages",
		Subcommands: []*cli.Command{
			{Name: "list", Usage: "list the plugins of the configuration, and how they are in the daemon that runs", Flags: []cli.Flag{configFlag(), jsonFlag()},
				Action: func(c *cli.Context) error { return listPlugins(c, s) }},
			{Name: "restart", Usage: "end a plugin and start it again, whatever kept it from being started", ArgsUsage: "NAME", Flags: []cli.Flag{configFlag()},
				Action: func(c *cli.Context) error { return restartPlugin(c, s) }},
			{Name: "pin", Usage: "print the line of the configuration that pins a program by its SHA-256", ArgsUsage: "FILE|NAME", Flags: []cli.Flag{configFlag()},
				Action: func(c *cli.Context) error { return pinPlugin(c, s) }},
		},
	}
}

// What a plugin is besides a host.State.
const (
	notRunning host.State = "not running" // as no daemon runs
	notLoaded  host.State = "not loaded"  // the daemon that runs does not know it
)

func listPlugins(c *cli.Context, s streams) error {
	cfg, err := config.Load(c.String("config"))
	if err != nil {
		return err
	}
	state := notLoaded
	running, err := newControlClient(cfg).plugins(c.Context, pluginsPath, "")
	if err != nil {
		var cause *lgsp.Error
		if !errors.As(err, &cause) || cause.Code != "NotRunning" {
			return err
		}
		state = notRunning
	}
	list := []host.Status{}
	for _, p := range cfg.Plugins {
		one := host.Status{Name: p.Name, State: state}
		if i := slices.IndexFunc(running, func(s host.Status) bool { return s.Name == p.Name }); i >= 0 {
			one = running[i]
			running = slices.Delete(running, i, i+1)
		} else if err := pinned(p); err != nil {
			one.Reason = err.Error()
		}
		list = append(list, one)
	}
	slices.SortFunc(running, func(a, b host.Status) int { return strings.Compare(a.Name, b.Name) })
	list = append(list, running...) // which the configuration no longer has
	if c.Bool("json") {
		return printJSON(s.out, list)
	}
	return printPlugins(s, list)
}

func printPlugins(s streams, list []host.Status) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(s.out, "There is no plugin. See plugins: in the configuration.")
		return err
	}
	t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tSTATE\tSINCE\tPROCESS\tVERSION\tRESTARTS")
	for _, p := range list {
		since, pid, restarts := "-", "-", "-"
		if !p.Since.IsZero() {
			since, restarts = minute(p.Since), fmt.Sprint(p.Restarts)
		}
		if p.PID != 0 {
			pid = fmt.Sprint(p.PID)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", p.Name, p.State, since, pid, cmp.Or(p.Version, "-"), restarts)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, p := range list {
		if p.Reason != "" {
			fmt.Fprintf(s.out, "%s: %s\n", p.Name, p.Reason)
		}
		if p.State == notLoaded {
			fmt.Fprintf(s.out, "%s: the daemon does not know it; restart the daemon\n", p.Name)
		}
	}
	return nil
}

// onlyArgument returns the one argument of a command.
func onlyArgument(c *cli.Context, what string) (string, error) {
	if c.NArg() != 1 || strings.HasPrefix(c.Args().First(), "-") {
		return "", usageError("%s: want %s behind the flags", c.Command.HelpName, what)
	}
	return c.Args().First(), nil
}

func restartPlugin(c *cli.Context, s streams) error {
	name, err := onlyArgument(c, "the name of one plugin")
	if err != nil {
		return err
	}
	cfg, err := config.Load(c.String("config"))
	if err != nil {
		return err
	}
	found, err := newControlClient(cfg).plugins(c.Context, restartPluginPath, name)
	if err != nil {
		var cause *lgsp.Error
		if errors.As(err, &cause) && cause.Code == "NotRunning" {
			return environmentError(fmt.Errorf("no daemon runs with this configuration, so there is nothing to restart: %w", cause.Err))
		}
		return err
	}
	if len(found) == 0 {
		return usageError("the daemon that runs has no plugin %q; lgspd plugin list shows them", name)
	}
	if p := found[0]; p.State != host.Ready {
		return fmt.Errorf("%s is %s: %s", name, p.State, cmp.Or(p.Reason, "it is coming up"))
	}
	_, err = fmt.Fprintf(s.out, "%s %s is ready (process %d).\n", name, found[0].Version, found[0].PID)
	return err
}

func pinPlugin(c *cli.Context, s streams) error {
	what, err := onlyArgument(c, "a program, or the name of a plugin")
	if err != nil {
		return err
	}
	path, old := what, ""
	if _, err := os.Stat(what); !strings.ContainsRune(what, os.PathSeparator) && err != nil {
		// The line that is wanted may be all that is wrong with the configuration.
		cfg, loadErr := config.Load(c.String("config"))
		i := slices.IndexFunc(cfg.Plugins, func(p config.Plugin) bool { return p.Name == what })
		if i < 0 {
			return errors.Join(usageError("there is neither a file nor a plugin %q", what), loadErr)
		}
		path, old = cfg.Plugins[i].Command, cfg.Plugins[i].SHA256
	}
	sum, err := config.Sum(path)
	if err != nil {
		return environmentError(err)
	}
	if _, err := fmt.Fprintf(s.out, "    sha256: %s\n", sum); err != nil {
		return err
	}
	if old == sum {
		fmt.Fprintf(s.err, "%s has this line already.\n", c.String("config"))
		return nil
	}
	fmt.Fprintf(s.err, "This is %s. Put the line into its entry of plugins: in %s, then restart the daemon.\n", path, c.String("config"))
	return nil
}
