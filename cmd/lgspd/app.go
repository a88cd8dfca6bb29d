package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/queue"
)

// streams are what a command reads from and writes to.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitEnvironment = 3
)

// exitError is an error with its exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func usageError(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

func environmentError(err error) error { return &exitError{exitEnvironment, err} }

// run runs one command and returns its exit code.
func run(ctx context.Context, args []string, s streams) int {
	err := newApp(s).RunContext(ctx, args)
	if err == nil {
		return exitOK
	}
	text := err.Error()
	if lines := strings.Count(text, "\n") + 1; lines > 1 {
		text = fmt.Sprintf("%d things are wrong:\n%s", lines, text)
	}
	fmt.Fprintln(s.err, "lgspd: "+text)
	return codeOf(err)
}

func codeOf(err error) int {
	var coded *exitError
	var configured config.Problems
	var mapped mappings.Problems
	switch {
	case errors.As(err, &coded):
		return coded.code
	case errors.As(err, &configured), errors.As(err, &mapped), errors.Is(err, queue.ErrKey):
		return exitUsage
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), sqlite.FaultOf(err) != sqlite.None:
		return exitEnvironment
	}
	return exitFailed
}

func newApp(s streams) *cli.App {
	app := &cli.App{
		Name:                   "lgspd",
		Usage:                  "connects a province's departments to the national platform (NGSP)",
		HideVersion:            true,
		UseShortOptionHandling: true,
		Reader:                 s.in,
		Writer:                 s.out,
		ErrWriter:              s.err,
		ExitErrHandler:         func(*cli.Context, error) {},
		OnUsageError: func(_ *cli.Context, err error, _ bool) error {
			return usageError("%s; see lgspd --help", asTyped(err))
		},
		CommandNotFound: func(*cli.Context, string) {},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usageError("there is no command %q; see lgspd --help", c.Args().First())
			}
			return cli.ShowAppHelp(c)
		},
		Commands: []*cli.Command{
			serveCommand(s), checkCommand(s), demoCommand(s), sandboxCommand(s), doctorCommand(s),
			queueCommand(s), registerCommand(s), cleanCommand(s), noticeCommand(s), accountCommand(s), reportCommand(s), mapCommand(s), pluginCommand(s), auditCommand(s), versionCommand(s),
		},
	}
	for _, c := range app.Commands {
		refuseUnknown(c, c.Name)
	}
	app.Commands, app.Flags = append(app.Commands, helpCommand(app)), []cli.Flag{cli.HelpFlag}
	app.CustomAppHelpTemplate = helpOf(app.Name, &cli.Command{Usage: app.Usage, Subcommands: app.Commands})
	return app
}

// helpCommand shows the help of a command, as --help behind it does.
func helpCommand(app *cli.App) *cli.Command {
	return &cli.Command{
		Name:      "help",
		Aliases:   []string{"h"},
		Usage:     "show the help of a command",
		ArgsUsage: "[COMMAND...]",
		Action: func(c *cli.Context) error {
			text, commands := app.CustomAppHelpTemplate, app.Commands
			for _, name := range c.Args().Slice() {
				i := slices.IndexFunc(commands, func(one *cli.Command) bool { return one.HasName(name) })
				if i < 0 {
					return usageError("help: there is no command %q; see lgspd --help", strings.Join(c.Args().Slice(), " "))
				}
				text, commands = commands[i].CustomHelpTemplate, commands[i].Subcommands
			}
			_, err := fmt.Fprint(app.Writer, text)
			return err
		},
	}
}

// flagInError is a flag as package flag writes it.
var flagInError = regexp.MustCompile(`(not defined: |an argument: |for flag )-(\w[\w-]+)`)

// asTyped has an error of package flag name the flag with two dashes.
func asTyped(err error) string { return flagInError.ReplaceAllString(err.Error(), "$1--$2") }

// refuseUnknown makes a mistyped flag, subcommand or argument an error of
// usage that names the command's help, and writes that help. An argument that
// is passed over would widen what a command acts on.
func refuseUnknown(c *cli.Command, path string) {
	c.OnUsageError = func(_ *cli.Context, err error, _ bool) error {
		return usageError("%s: %s; see lgspd %s --help", path, asTyped(err), path)
	}
	c.CustomHelpTemplate = helpOf("lgspd "+path, c)
	for _, sub := range c.Subcommands {
		refuseUnknown(sub, path+" "+sub.Name)
	}
	if len(c.Subcommands) > 0 && c.Action == nil {
		c.Action = func(ctx *cli.Context) error {
			if ctx.Args().Present() {
				return usageError("%s: there is no command %q; see lgspd %s --help", path, ctx.Args().First(), path)
			}
			return cli.ShowSubcommandHelp(ctx)
		}
		return
	}
	if act := c.Action; c.ArgsUsage == "" {
		c.Action = func(ctx *cli.Context) error {
			if ctx.Args().Present() {
				return usageError("%s: takes no argument, so what is %q? see lgspd %s --help", path, ctx.Args().First(), path)
			}
			return act(ctx)
		}
	}
}

const defaultConfig = "/etc/lgspd/lgspd.yaml"

func configFlag() cli.Flag {
	return &cli.StringFlag{Name: "config", Aliases: []string{"c"}, Value: defaultConfig, EnvVars: []string{"LGSPD_CONFIG"}, Usage: "the configuration `FILE`"}
}

func jsonFlag() cli.Flag {
	return &cli.BoolFlag{Name: "json", Usage: "print JSON, for programs"}
}

// many writes a number of things in words: 1 entry, 2 entries.
func many[N int | int64](n N, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
