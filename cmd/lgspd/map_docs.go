package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/mappings/dictionary"
)

func mapDocsCommand(s streams) *cli.Command {
	return &cli.Command{
		Name: "docs", Usage: "write the data dictionary of mappings, for the dossier of a department; without FOLDER, of the shipped ones", ArgsUsage: "[FOLDER...]",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Value: "md", Usage: "md or html: a page that prints on A4 in landscape, as `FORMAT`"},
			&cli.StringFlag{Name: "lang", Value: "vi", Usage: "`LANGUAGE` of everything that the mapping does not say itself: vi or en"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write to this `FILE`, or into this folder a file for each mapping, SERVICE.md; without it, one mapping goes to the standard output"},
			&cli.BoolFlag{Name: "yes", Usage: "write over files that are there"},
		},
		Action: func(c *cli.Context) error { return documentMappings(c, s) },
	}
}

// dictionaryForm writes a dictionary in one form and language.
type dictionaryForm struct {
	suffix string
	write  func(dictionary.Dictionary, io.Writer) error
}

func dictionaryFormOf(c *cli.Context) (dictionaryForm, error) {
	var l dictionary.Language
	switch lang := c.String("lang"); lang {
	case "vi":
		l = dictionary.Vietnamese
	case "en":
		l = dictionary.English
	default:
		return dictionaryForm{}, usageError("map docs: --lang %s: want vi or en", lang)
	}
	switch format := c.String("format"); format {
	case "md":
		return dictionaryForm{".md", func(d dictionary.Dictionary, w io.Writer) error { return d.WriteMarkdown(w, l) }}, nil
	case "html":
		return dictionaryForm{".html", func(d dictionary.Dictionary, w io.Writer) error { return d.WriteHTML(w, l) }}, nil
	default:
		return dictionaryForm{}, usageError("map docs: --format %s: want md or html", format)
	}
}

func documentMappings(c *cli.Context, s streams) error {
	form, err := dictionaryFormOf(c)
	if err != nil {
		return err
	}
	places, err := mappingPlaces(c)
	if err != nil {
		return err
	}
	pages := map[string][]byte{}
	output := c.String("output")
	for _, p := range places {
		d, err := dictionaryOf(p)
		if err != nil {
			return err
		}
		var page bytes.Buffer
		if err := form.write(d, &page); err != nil {
			return err
		}
		pages[p.service+form.suffix] = page.Bytes()
	}
	switch {
	case len(pages) < len(places):
		return usageError("map docs: two of the folders have one name, and so would their files; write them one by one")
	case output != "":
		return writePages(s, output, pages, c.Bool("yes"))
	case len(pages) > 1:
		return usageError("map docs: %s: say --output FOLDER, where each gets a file", many(len(pages), "mapping", "mappings"))
	}
	for _, page := range pages {
		_, err = s.out.Write(page)
	}
	return err
}

func dictionaryOf(p mappingPlace) (dictionary.Dictionary, error) {
	suite, err := p.suite((*mappings.Folder).Suite)
	if err != nil {
		return dictionary.Dictionary{}, err
	}
	cases, err := suite.DescribeCases()
	if err != nil {
		return dictionary.Dictionary{}, openable(err, p.parent)
	}
	return dictionary.Dictionary{Mapping: suite.Mapping().Describe(), Cases: cases}, nil
}

// writePages writes one page to a file, or each into a folder under its own name.
// Unless over is set nothing is written when some file is there.
func writePages(s streams, output string, pages map[string][]byte, over bool) error {
	files := map[string][]byte{}
	info, err := os.Stat(output)
	isFolder := err == nil && info.IsDir()
	for name, page := range pages {
		path := filepath.Join(output, name)
		if len(pages) == 1 && !isFolder && !strings.HasSuffix(output, string(filepath.Separator)) {
			path = output
		}
		files[path] = page
		if _, err := os.Lstat(path); err == nil && !over {
			return usageError("map docs: %s is there already; say --yes to write over it", path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return environmentError(err)
		}
		if err := writeOver(path, files[path], 0o644); err != nil {
			return environmentError(err)
		}
	}
	_, err = fmt.Fprintf(s.out, "The data dictionary of %s is written to %s.\n", many(len(pages), "mapping", "mappings"), output)
	return err
}

// writeOver writes a file, whole or not at all. A link is written over, not what it
// leads to.
func writeOver(path string, text []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		if gone := os.Remove(f.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
