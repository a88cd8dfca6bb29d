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

	"lgsp.internal/adapter/mappings"
)

func mapCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "map",
		Usage: "write mappings, try them, check them and run their cases",
		Subcommands: []*cli.Command{
			mapTryCommand(s),
			{Name: "lint", Usage: "list everything that is wrong with mappings; without FOLDER, the shipped ones", ArgsUsage: "[FOLDER...]",
				Action: func(c *cli.Context) error { return lintMappings(c, s) }},
			mapTestCommand(s),
			mapDocsCommand(s),
			mapSchemaCommand(s),
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
		place, err := folderPlace(folder)
		if err != nil {
			return nil, err
		}
		if place.service == mappings.CodesFolder {
			continue // of the mappings beside it, as in mappings/*
		}
		places = append(places, place)
	}
	if len(places) == 0 {
		return nil, usageError("%s holds code tables, which are checked with the mappings that use them; name those", c.Args().First())
	}
	return places, nil
}

// folderPlace is the mapping in a folder.
func folderPlace(folder string) (mappingPlace, error) {
	if strings.HasPrefix(folder, "-") {
		return mappingPlace{}, usageError("%s: flags come before folders", folder)
	}
	abs, err := filepath.Abs(folder)
	if err != nil {
		return mappingPlace{}, err
	}
	if info, err := os.Stat(abs); err != nil || !info.IsDir() {
		return mappingPlace{}, usageError("%s is not the folder of a mapping", folder)
	}
	parent, name := filepath.Split(abs)
	return mappingPlace{onlyFolder{os.DirFS(parent), name}, name, parent}, nil
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
		for _, one := range found {
			if !slices.Contains(problems, one) { // a table that several share
				problems = append(problems, one)
			}
		}
	}
	if len(problems) > 0 {
		fmt.Fprintln(s.out, problems)
		return fmt.Errorf("%s in %s", many(len(problems), "problem", "problems"), many(len(places), "mapping", "mappings"))
	}
	_, err = fmt.Fprintf(s.out, "In order: %s.\n", many(len(places), "mapping", "mappings"))
	return err
}
