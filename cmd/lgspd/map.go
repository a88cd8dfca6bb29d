package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/mappings"
)

func mapCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "map",
		Usage: "check mappings, run their cases, and have the running daemon use them",
		Subcommands: []*cli.Command{
			listMappingsCommand(s), reloadCommand(s),
			{Name: "lint", Usage: "list everything that is wrong with mappings; without FOLDER, the shipped ones", ArgsUsage: "[FOLDER...]",
				Action: func(c *cli.Context) error { return lintMappings(c, s) }},
			{Name: "test", Usage: "run the cases beside mappings; without FOLDER, the shipped ones", ArgsUsage: "[FOLDER...]",
				Flags:  []cli.Flag{jsonFlag(), &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "also list the cases that hold"}},
				Action: func(c *cli.Context) error { return testMappings(c, s) }},
		},
	}
}

// mappingPlace is one mapping: a folder.
type mappingPlace struct {
	fsys    fs.FS // the folder itself
	service string
	parent  string // the folder that the mapping's own is in; "" = shipped
}

// load reads a mapping and lints it. What is wrong is told a line each, all of
// which name their file.
func (p mappingPlace) load(compose mappings.Compose) (*mappings.Folder, *mappings.Version, error) {
	folder, err := mappings.ReadFolder(p.fsys, p.service)
	if err != nil {
		return nil, nil, openable(err, p.parent)
	}
	v, err := folder.Load(compose)
	if err != nil {
		return folder, nil, openable(err, p.parent)
	}
	return folder, v, nil
}

// placeOf returns the place of a folder, which has the service's name.
func placeOf(folder string) (mappingPlace, error) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return mappingPlace{}, err
	}
	parent, name := filepath.Split(abs)
	return mappingPlace{os.DirFS(abs), name, parent}, nil
}

// shippedPlace returns the place of a mapping that comes with the program.
func shippedPlace(service string) (mappingPlace, error) {
	fsys, err := fs.Sub(mappings.Shipped(), service)
	return mappingPlace{fsys, service, ""}, err
}

// mappingPlaces returns the mappings that the arguments name: folders of one
// mapping each.
func mappingPlaces(c *cli.Context) ([]mappingPlace, error) {
	if !c.Args().Present() {
		entries, err := fs.ReadDir(mappings.Shipped(), ".")
		if err != nil {
			return nil, err
		}
		var places []mappingPlace
		for _, e := range entries {
			p, err := shippedPlace(e.Name())
			if err != nil {
				return nil, err
			}
			places = append(places, p)
		}
		return places, nil
	}
	var places []mappingPlace
	for _, folder := range c.Args().Slice() {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return nil, usageError("%s is not the folder of a mapping", folder)
		}
		p, err := placeOf(folder)
		if err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	return places, nil
}

func lintMappings(c *cli.Context, s streams) error {
	places, err := mappingPlaces(c)
	if err != nil {
		return err
	}
	var problems mappings.Problems
	for _, p := range places {
		_, _, err := p.load(nil)
		if err == nil {
			continue
		}
		var found mappings.Problems
		if !errors.As(err, &found) {
			return err
		}
		problems = append(problems, found...)
	}
	if len(problems) > 0 {
		fmt.Fprintln(s.out, problems)
		return fmt.Errorf("%s in %s", many(len(problems), "problem", "problems"), many(len(places), "mapping", "mappings"))
	}
	_, err = fmt.Fprintf(s.out, "In order: %s.\n", many(len(places), "mapping", "mappings"))
	return err
}

func testMappings(c *cli.Context, s streams) error {
	places, err := mappingPlaces(c)
	if err != nil {
		return err
	}
	var all []mappings.CaseResult
	failed := 0
	for _, p := range places {
		folder, v, err := p.load(nil)
		if err != nil {
			return err
		}
		results, err := folder.RunCases(c.Context, v, nil)
		if err != nil {
			return openable(err, p.parent)
		}
		all = append(all, results...)
		for _, r := range results {
			switch {
			case !r.OK():
				failed++
				if !c.Bool("json") {
					printCase(s, r)
				}
			case c.Bool("verbose"):
				fmt.Fprintf(s.out, "ok    %s/%s  %s\n", r.Service, r.Name, r.Doc)
			}
		}
	}
	if c.Bool("json") {
		if err := printJSON(s.out, all); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d cases do not hold", failed, len(all))
	}
	if !c.Bool("json") {
		fmt.Fprintf(s.out, "All cases hold: %s of %s.\n", many(len(all), "case", "cases"), many(len(places), "mapping", "mappings"))
	}
	return nil
}

func printCase(s streams, r mappings.CaseResult) {
	fmt.Fprintf(s.out, "FAIL  %s/%s (%s)\n", r.Service, r.Name, r.Want)
	for _, d := range r.Diffs {
		fmt.Fprintln(s.out, "      "+d)
	}
}
