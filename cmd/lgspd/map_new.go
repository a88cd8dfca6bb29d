package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/mappings/scaffold"
)

func newMapCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "new",
		Usage:     "draft a mapping from a WSDL, an XML Schema or a sample message",
		ArgsUsage: "",
		Description: "Writes FOLDER/SERVICE with mapping.yaml, which has a rule for every element found, and a first case that holds. " +
			"Imports are read from the folder of FILE and below; nothing is fetched. The texts of a sample message are replaced by invented ones.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "from", Usage: "read this `FILE`: a WSDL 1.1, an XML Schema or a message"},
			&cli.StringFlag{Name: "operation", Usage: "the operation, or the root element of a schema, with this `NAME`"},
			&cli.BoolFlag{Name: "all", Usage: "one mapping for each operation"},
			&cli.StringFlag{Name: "service", Usage: "`NAME` of the service; otherwise made from that of the operation"},
			&cli.StringFlag{Name: "into", Value: ".", Usage: "write below this `FOLDER`"},
			&cli.StringFlag{Name: "form", Value: "json", Usage: "what the upstream takes: `json` or xml"},
			&cli.StringFlag{Name: "charset", Usage: "the `CHARSET` that a message is in, where its XML declaration does not tell"},
			&cli.BoolFlag{Name: "keep-values", Usage: "keep the texts of a sample message, which may tell of real people"},
		},
		Action: func(c *cli.Context) error { return newMapping(c, s) },
	}
}

func newMapping(c *cli.Context, s streams) error {
	file := c.String("from")
	switch {
	case file == "":
		return usageError("map new: say --from FILE: a WSDL, an XML Schema or a sample message")
	case c.String("form") != "json" && c.String("form") != "xml":
		return usageError("map new: --form %s: want json or xml", c.String("form"))
	case c.Bool("all") && (c.IsSet("operation") || c.IsSet("service")):
		return usageError("map new: --all stands alone; --operation and --service are of one mapping")
	}
	origin, err := openOrigin(file, c.String("charset"))
	if err != nil {
		return err
	}
	chosen, err := chooseMessages(c, s, origin)
	if err != nil {
		return err
	}
	drafts, err := draftAll(c, origin, chosen)
	if err != nil {
		return openable(err, filepath.Dir(file))
	}
	return writeDrafts(c, s, origin, drafts)
}

// openOrigin reads the file and its imports, from its folder and no other.
func openOrigin(file, charset string) (*scaffold.Origin, error) {
	folder, name := filepath.Split(file)
	root, err := os.OpenRoot(cmp.Or(folder, "."))
	if err != nil {
		return nil, environmentError(err)
	}
	origin, err := scaffold.Open(root.FS(), name, charset)
	if err := errors.Join(err, root.Close()); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, environmentError(fmt.Errorf("%s is not there", file))
		}
		return nil, openable(err, folder)
	}
	return origin, nil
}

// chooseMessages returns the message that the flags name, or the only one.
func chooseMessages(c *cli.Context, s streams, origin *scaffold.Origin) ([]scaffold.Message, error) {
	all := origin.Messages()
	name := c.String("operation")
	if name == "" && (len(all) == 1 || c.Bool("all")) {
		return all, nil
	}
	if name != "" {
		if m, ok := origin.Find(name); ok {
			return []scaffold.Message{m}, nil
		}
	}
	var rows [][2]string
	for _, m := range all {
		rows = append(rows, [2]string{m.Name, m.Doc})
	}
	fmt.Fprint(s.out, columns(rows))
	if name != "" {
		return nil, usageError("map new: --operation %s: the %s has no such message, but those listed", name, origin.Kind())
	}
	return nil, usageError("map new: the %s has %s; say --operation NAME, or --all for one mapping each", origin.Kind(), many(len(all), "message", "messages"))
}

// draftAll drafts the mappings, each with a name of its own.
func draftAll(c *cli.Context, origin *scaffold.Origin, chosen []scaffold.Message) ([]scaffold.Draft, error) {
	var drafts []scaffold.Draft
	taken := map[string]bool{}
	for _, m := range chosen {
		opt := scaffold.Options{Service: c.String("service"), XML: c.String("form") == "xml", KeepValues: c.Bool("keep-values")}
		d, err := origin.Draft(m, opt)
		for n := 2; err == nil && taken[d.Service]; n++ {
			opt.Service = fmt.Sprintf("%s-%d", strings.TrimSuffix(d.Service, fmt.Sprintf("-%d", n-1)), n)
			d, err = origin.Draft(m, opt)
		}
		if err != nil {
			return nil, err
		}
		taken[d.Service] = true
		drafts = append(drafts, d)
	}
	return drafts, nil
}

// writeDrafts writes all of them, or none where one of the folders exists.
func writeDrafts(c *cli.Context, s streams, origin *scaffold.Origin, drafts []scaffold.Draft) error {
	into := c.String("into")
	for _, d := range drafts {
		folder := filepath.Join(into, d.Service)
		if _, err := os.Lstat(folder); err == nil {
			return usageError("%s exists, and nothing was written; move it away, or say --service NAME or --into FOLDER", folder)
		}
	}
	if err := os.MkdirAll(into, 0o755); err != nil {
		return environmentError(err)
	}
	folders := make([]string, len(drafts))
	for i, d := range drafts {
		folders[i] = filepath.Join(into, d.Service)
		if err := writeDraft(into, d, c.Bool("keep-values")); err != nil {
			return environmentError(fmt.Errorf("write %s: %w", folders[i], err))
		}
		fmt.Fprintf(s.out, "%s\n", folders[i])
		rows := [][2]string{}
		for _, f := range d.Files {
			text := many(len(f.Text), "byte", "bytes")
			if f.Path == "mapping.yaml" {
				text = many(d.Rules, "rule", "rules")
			}
			rows = append(rows, [2]string{f.Path, text})
		}
		fmt.Fprint(s.out, columns(rows))
		for _, note := range d.Notes {
			fmt.Fprint(s.out, wrapped(textWidth, "   ", "   ", note))
		}
	}
	names := strings.Join(folders, " ")
	_, err := fmt.Fprintf(s.out, "Next: decide what the comments of mapping.yaml ask, then\n   lgspd map lint %s\n   lgspd map test %s\n"+
		"and to try it name the folder in lgspd.yaml (services: - {name: %s, mapping: %s}).\n", names, names, drafts[0].Service, folders[0])
	return err
}

// writeDraft writes one folder, all of it or nothing.
func writeDraft(into string, d scaffold.Draft, secret bool) (err error) {
	aside, err := os.MkdirTemp(into, ".new-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(aside)) }()
	folder := filepath.Join(aside, d.Service)
	for _, f := range d.Files {
		path := filepath.Join(folder, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if secret && f.Path != "mapping.yaml" {
			mode = 0o600
		}
		if err := os.WriteFile(path, f.Text, mode); err != nil {
			return err
		}
	}
	return os.Rename(folder, filepath.Join(into, d.Service))
}
