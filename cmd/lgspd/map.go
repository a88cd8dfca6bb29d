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
		Usage: "draft mappings, check them and run their cases",
		Subcommands: []*cli.Command{
			newMapCommand(s),
			{Name: "lint", Usage: "list everything that is wrong with mappings; without FOLDER, the shipped ones", ArgsUsage: "[FOLDER...]",
				Action: func(c *cli.Context) error { return lintMappings(c, s) }},
			{Name: "test", Usage: "run the cases beside mappings; without FOLDER, the shipped ones", ArgsUsage: "[FOLDER...]",
				Flags:  []cli.Flag{jsonFlag(), &cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "also list the cases that hold"}},
				Action: func(c *cli.Context) error { return testMappings(c, s) }},
		},
	}
}

// mappingPlace is one mapping: a folder of a file system.
type mappingPlace struct {
	fsys    fs.FS
	service string
	parent  string // the folder that the mapping's own is in; "" = shipped
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
			places = append(places, mappingPlace{mappings.Shipped(), e.Name(), ""})
		}
		return places, nil
	}
	var places []mappingPlace
	for _, folder := range c.Args().Slice() {
		abs, err := filepath.Abs(folder)
		if err != nil {
			return nil, err
		}
		if info, err := os.Stat(abs); err != nil || !info.IsDir() {
			return nil, usageError("%s is not the folder of a mapping", folder)
		}
		parent, name := filepath.Split(abs)
		places = append(places, mappingPlace{onlyFolder{os.DirFS(parent), name}, name, parent})
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
		_, err := mappings.Load(onlyFolder{p.fsys, p.service})
		if err == nil {
			continue
		}
		var found mappings.Problems
		if err = openable(err, p.parent); !errors.As(err, &found) {
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
		results, err := mappings.RunCases(p.fsys, p.service)
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
