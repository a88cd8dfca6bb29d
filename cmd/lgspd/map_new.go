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

	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/mappings/scaffold"
)

func newMapCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "new",
		Usage: "draft a mapping from a WSDL, an XML Schema or a sample message",
		Description: "Writes a folder with mapping.yaml, which has a rule for every element that was found, and a first case that holds. " +
			"What FILE imports is read from its own folder and below; nothing is fetched. " +
			"The texts of a sample message are replaced by invented ones of the same shape. No folder is written over.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "from", Usage: "read `FILE`: a WSDL 1.1, an XML Schema or a message"},
			&cli.StringFlag{Name: "operation", Usage: "the operation of a WSDL, or the root element of a schema, with this `NAME`"},
			&cli.BoolFlag{Name: "all", Usage: "one mapping for each operation"},
			&cli.StringFlag{Name: "service", Usage: "`NAME` of the service; otherwise made from the operation's"},
			&cli.StringFlag{Name: "into", Usage: "write below `FOLDER`; otherwise here"},
			&cli.StringFlag{Name: "form", Value: "json", Usage: "`FORM` that the upstream takes: json or xml"},
			&cli.StringFlag{Name: "charset", Usage: "`CHARSET` of a message whose XML declaration does not tell it"},
			&cli.BoolFlag{Name: "keep-values", Usage: "keep the texts of a sample message, though they may tell of real people"},
		},
		Action: func(c *cli.Context) error { return newMappings(c, s) },
	}
}

func newMappings(c *cli.Context, s streams) error {
	file := c.String("from")
	switch {
	case file == "":
		return usageError("map new: say --from FILE, of a WSDL, an XML Schema or a sample message")
	case strings.Contains(file, "://"):
		return usageError("map new: --from %s: nothing is fetched; save it, with the files that it imports beside it, and name the file", file)
	case c.String("form") != "json" && c.String("form") != "xml":
		return usageError("map new: --form %s: want json or xml", c.String("form"))
	case c.Bool("all") && (c.IsSet("operation") || c.IsSet("service")):
		return usageError("map new: --all is for every operation; --operation and --service are for one")
	}
	// A link may lead into another folder, and what is imported is beside the file itself.
	file, err := filepath.EvalSymlinks(file)
	if err != nil {
		return environmentError(err)
	}
	origin, err := openOrigin(file, c.String("charset"))
	if err != nil {
		return err
	}
	chosen, err := chooseMessages(c, s, origin)
	if err != nil {
		return err
	}
	drafts, failed := draftAll(c, origin, chosen)
	if len(drafts) == 0 {
		return openable(failed, filepath.Dir(file))
	}
	if err := writeDrafts(c, s, drafts); err != nil {
		return err
	}
	if len(failed) > 0 {
		return &exitError{exitFailed, fmt.Errorf("no mapping for %s:\n%w", many(len(failed), "operation", "operations"), openable(failed, filepath.Dir(file)))}
	}
	return nil
}

// openOrigin reads the file and its imports, from its folder and no other.
func openOrigin(file, charset string) (*scaffold.Origin, error) {
	folder, name := filepath.Split(file)
	root, err := os.OpenRoot(cmp.Or(folder, "."))
	if err != nil {
		return nil, environmentError(err)
	}
	origin, err := scaffold.Open(root.FS(), name, charset)
	var problems mappings.Problems
	switch err := errors.Join(err, root.Close()); {
	case err == nil:
		return origin, nil
	case errors.As(err, &problems):
		return nil, openable(problems, folder)
	default:
		return nil, environmentError(err)
	}
}

// chooseMessages returns the message that the flags name, all of them, or the
// only one. It lists them when none is named.
func chooseMessages(c *cli.Context, s streams, origin *scaffold.Origin) ([]scaffold.Message, error) {
	all, name := origin.Messages(), c.String("operation")
	if name == "" && (len(all) == 1 || c.Bool("all")) {
		return all, nil
	}
	if m, ok := origin.Find(name); ok {
		return []scaffold.Message{m}, nil
	}
	var rows [][2]string
	for _, m := range all {
		rows = append(rows, [2]string{m.Name, m.Doc})
	}
	fmt.Fprint(s.out, columns(rows))
	if name != "" {
		return nil, usageError("map new: --operation %s: the %s has none of that name; those that it has are listed", name, origin.Kind())
	}
	return nil, usageError("map new: the %s has %s, which are listed; say --operation NAME, or --all for one mapping each", origin.Kind(), many(len(all), "message", "messages"))
}

// draftAll drafts the mappings, each with a service's name of its own, and tells
// which it could not draft.
func draftAll(c *cli.Context, origin *scaffold.Origin, chosen []scaffold.Message) (drafts []scaffold.Draft, failed mappings.Problems) {
	taken := map[string]bool{}
	for _, m := range chosen {
		opt := scaffold.Options{Service: c.String("service"), XML: c.String("form") == "xml", KeepValues: c.Bool("keep-values")}
		d, err := origin.Draft(m, opt)
		for n, base := 2, d.Service; err == nil && taken[d.Service]; n++ {
			opt.Service = fmt.Sprintf("%s-%d", base, n)
			d, err = origin.Draft(m, opt)
		}
		var problems mappings.Problems
		if errors.As(err, &problems) {
			failed = append(failed, problems...)
			continue
		}
		taken[d.Service] = true
		drafts = append(drafts, d)
	}
	return drafts, failed
}

// writeDrafts writes all of them, or none where one of the folders exists.
func writeDrafts(c *cli.Context, s streams, drafts []scaffold.Draft) error {
	into := cmp.Or(c.String("into"), ".")
	var folders []string
	for _, d := range drafts {
		folder := filepath.Join(into, d.Service)
		if _, err := os.Lstat(folder); err == nil {
			return usageError("map new: %s exists, and nothing was written; move it away, or say --service NAME or --into FOLDER", folder)
		}
		folders = append(folders, folder)
	}
	if err := os.MkdirAll(into, 0o755); err != nil {
		return environmentError(err)
	}
	for i, d := range drafts {
		if err := writeDraft(into, d, c.Bool("keep-values")); err != nil {
			return environmentError(fmt.Errorf("write %s: %w", folders[i], err))
		}
		tellDraft(s, folders[i], d)
	}
	all := strings.Join(folders, " ")
	_, err := fmt.Fprintf(s.out, "Next: decide what the comments of mapping.yaml ask for, then\n   lgspd map lint %s\n   lgspd map test %s\n%s", all, all,
		wrapped(textWidth, "", "", "To try it, name the folder in lgspd.yaml as the mapping: of a service, and the route among the operations: of its upstream; lgspd check tells what is missing."))
	return err
}

// tellDraft says what was written.
func tellDraft(s streams, folder string, d scaffold.Draft) {
	fmt.Fprintln(s.out, "Written: "+folder)
	var rows [][2]string
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

// writeDraft writes one folder, all of it or nothing. What holds citizen data is
// for its owner alone.
func writeDraft(into string, d scaffold.Draft, citizens bool) (err error) {
	aside, err := os.MkdirTemp(into, ".map-new-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(aside)) }()
	folder := filepath.Join(aside, d.Service)
	for _, f := range d.Files {
		path, mode := filepath.Join(folder, filepath.FromSlash(f.Path)), fs.FileMode(0o644)
		if citizens && f.Path != "mapping.yaml" {
			mode = 0o600
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.Text, mode); err != nil {
			return err
		}
	}
	return os.Rename(folder, filepath.Join(into, d.Service))
}
