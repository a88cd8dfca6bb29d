package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	lgsp "lgsp.internal/adapter"
	plugtemplate "lgsp.internal/adapter/plugins/template"
)

func pluginNewCommand(s streams) *cli.Command {
	return &cli.Command{
		Name: "new", Usage: "write the project of a new plugin, which builds and passes its tests without the internet", ArgsUsage: "NAME",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "lang", Usage: "`LANGUAGE` to write it in: " + strings.Join(plugtemplate.Languages(), " or ")},
			&cli.StringFlag{Name: "sdk", Usage: "the `FOLDER` of the SDK; otherwise share/lgspd/sdk beside this program's bin, or sdk beside this program"},
		},
		Action: func(c *cli.Context) error { return newPlugin(c, s) },
	}
}

func newPlugin(c *cli.Context, s streams) error {
	args, err := flagsBehind(c)
	if err != nil {
		return err
	}
	if len(args) != 1 {
		return usageError("plugin new: want the name of one plugin")
	}
	name, language := args[0], c.String("lang")
	project, known := plugtemplate.Project(language)
	switch {
	case !known:
		return usageError("plugin new: --lang %q: want %s", language, strings.Join(plugtemplate.Languages(), " or "))
	case !lgsp.IsPluginName(name):
		return usageError("plugin new: %q cannot be the name of a plugin: want %s", name, lgsp.PluginNameWant)
	case name == plugtemplate.Name:
		return usageError("plugin new: %q cannot be the name of a plugin: it is that of the template", name)
	}
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return usageError("plugin new: there is a %s here already; nothing was written", name)
	}
	sdk, err := sdkFolder(c.String("sdk"), language)
	if err != nil {
		return err
	}
	if err := writeProject(project, sdk, name); err != nil {
		return environmentError(err)
	}
	program := map[string]string{"go": "bin/" + name, "python": "bin/" + name + ".pyz"}[language]
	_, err = fmt.Fprintf(s.out, "The project is written to %s; README.md there says what each file is for.\nNext:\n  cd %s\n  make         # makes %s\n  make test    # runs the cases\n"+
		"  make check   # examines the program as the daemon would treat it: lgspd plugin test\n", name, name, program)
	return err
}

// sdkFolder returns that part of the SDK which a language needs.
func sdkFolder(given, language string) (string, error) {
	places := []string{given}
	if given == "" {
		program, err := os.Executable()
		if err != nil {
			return "", environmentError(err)
		}
		places = []string{filepath.Join(filepath.Dir(program), "..", "share", "lgspd", "sdk"), filepath.Join(filepath.Dir(program), "sdk")}
	}
	for _, place := range places {
		if info, err := os.Stat(filepath.Join(place, language)); err == nil && info.IsDir() {
			return filepath.Join(place, language), nil
		}
	}
	return "", environmentError(fmt.Errorf("plugin new: there is no SDK for %s in %s; make sdk makes it, install.sh lays it down, --sdk names another place", language, strings.Join(places, " or ")))
}

// writeProject writes a project whole or not at all.
func writeProject(project fs.FS, sdk, name string) (err error) {
	staged, err := os.MkdirTemp(".", "."+name+"-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(staged)) }()
	if err := os.Chmod(staged, 0o755); err != nil {
		return err
	}
	if err := copyTree(project, staged, name); err != nil {
		return fmt.Errorf("write the project: %w", err)
	}
	if err := copyTree(os.DirFS(sdk), staged, ""); err != nil {
		return fmt.Errorf("copy the SDK: %w", err)
	}
	mod := filepath.Join(staged, "go.mod")
	if b, err := os.ReadFile(mod); err == nil {
		//nolint:gosec // a folder of our own making
		if err := os.WriteFile(mod, named(b, name), 0o644); err != nil {
			return err
		}
	}
	return os.Rename(staged, name)
}

// copyTree copies files, with name in the place of that of the template; ""
// leaves everything as it is.
func copyTree(from fs.FS, to, name string) error {
	return fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == "__pycache__" {
			return fs.SkipDir // left behind by whoever ran the template's own tests
		}
		target := filepath.Join(to, filepath.FromSlash(string(named([]byte(path), name))))
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		b, err := fs.ReadFile(from, path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, named(b, name), 0o644)
	})
}

func named(b []byte, name string) []byte {
	if name == "" {
		return b
	}
	return []byte(strings.ReplaceAll(string(b), plugtemplate.Name, name))
}

// flagsBehind reads flags that stand behind the arguments, as in lgspd plugin
// test PROGRAM --cases FOLDER, and returns the arguments. What stands behind --
// is an argument.
func flagsBehind(c *cli.Context) (args []string, err error) {
	for rest := c.Args().Slice(); len(rest) > 0; rest = rest[1:] {
		if rest[0] == "--" {
			return append(args, rest[1:]...), nil
		}
		if !strings.HasPrefix(rest[0], "-") || rest[0] == "-" {
			args = append(args, rest[0])
			continue
		}
		name, value, given := strings.Cut(strings.TrimLeft(rest[0], "-"), "=")
		i := slices.IndexFunc(c.Command.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
		if i < 0 {
			return nil, usageError("%s: there is no flag %s; see %s --help", c.Command.HelpName, rest[0], c.Command.HelpName)
		}
		if _, isBool := c.Command.Flags[i].(*cli.BoolFlag); isBool && !given {
			value, given = "true", true
		}
		if !given {
			if len(rest) == 1 {
				return nil, usageError("%s: %s needs a value", c.Command.HelpName, rest[0])
			}
			rest = rest[1:]
			value = rest[0]
		}
		if err := c.Set(name, value); err != nil {
			return nil, usageError("%s: --%s %s: %w", c.Command.HelpName, name, value, err)
		}
	}
	return args, nil
}
