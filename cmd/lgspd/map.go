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
		Usage: "draft mappings, try them, check them, run their cases, and have the running daemon use them",
		Subcommands: []*cli.Command{
			newMapCommand(s), mapTryCommand(s), listMappingsCommand(s), reloadCommand(s),
			{Name: "lint", Usage: "list everything that is wrong with mappings; without FOLDER, the shipped ones", ArgsUsage: "[FOLDER...]",
				Action: func(c *cli.Context) error { return lintMappings(c, s) }},
			mapTestCommand(s),
			mapDocsCommand(s),
			mapSchemaCommand(s),
		},
	}
}

// mappingPlace is one mapping.
type mappingPlace struct {
	own, shared fs.FS // its folder, and that of the code tables that mappings share
	service     string
	parent      string // where its folder is; "" = shipped
}

// read reads a mapping's folder whole, with the code tables beside it.
func (p mappingPlace) read() (*mappings.Folder, error) {
	return mappings.ReadFolder(p.own, p.shared, p.service)
}

// suite reads a mapping as a daemon does, for its cases.
func (p mappingPlace) suite(open func(*mappings.Folder) (*mappings.Suite, error)) (*mappings.Suite, error) {
	folder, err := p.read()
	if err != nil {
		return nil, openable(err, p.parent)
	}
	suite, err := open(folder)
	if err != nil {
		return nil, openable(err, p.parent)
	}
	return suite, nil
}

// load reads a mapping and lints it. What is wrong is told a line each, all of
// which name their file.
func (p mappingPlace) load(compose mappings.Compose) (*mappings.Folder, *mappings.Version, error) {
	folder, err := p.read()
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
	return mappingPlace{mappings.FolderFS(abs), mappings.FolderFS(filepath.Join(parent, mappings.CodesFolder)), name, parent}, nil
}

// shippedPlace returns the place of a mapping that comes with the program.
func shippedPlace(service string) (mappingPlace, error) {
	own, err := fs.Sub(mappings.Shipped(), service)
	return mappingPlace{own: own, service: service}, err
}

// mappingPlaces returns the mappings that the arguments name: folders of one
// mapping each.
func mappingPlaces(c *cli.Context) ([]mappingPlace, error) {
	var places []mappingPlace
	if !c.Args().Present() {
		names, err := shippedNames()
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			place, err := shippedPlace(name)
			if err != nil {
				return nil, err
			}
			places = append(places, place)
		}
		return places, nil
	}
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

// folderPlace is the place of a folder that somebody named.
func folderPlace(folder string) (mappingPlace, error) {
	if strings.HasPrefix(folder, "-") {
		return mappingPlace{}, usageError("%s: flags come before folders", folder)
	}
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return mappingPlace{}, usageError("%s is not the folder of a mapping: %w", folder, reasonOf(err))
	case !info.IsDir() && filepath.Base(folder) == "mapping.yaml":
		return mappingPlace{}, usageError("%s is a file; name the folder that it is in, %s", folder, filepath.Dir(folder))
	case !info.IsDir():
		return mappingPlace{}, usageError("%s is a file, not the folder of a mapping", folder)
	}
	place, err := placeOf(folder)
	if err == nil && place.service == "" {
		return place, usageError("%s is not the folder of a mapping, which has the name of its service", folder)
	}
	return place, err
}

// reasonOf is an error of a file without the name of the file.
func reasonOf(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
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
