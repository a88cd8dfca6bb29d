package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/mappings"
)

func mapTestCommand(s streams) *cli.Command {
	return &cli.Command{
		Name: "test", Usage: "run the cases beside mappings; without FOLDER, the shipped ones", ArgsUsage: "[FOLDER...]",
		Flags: []cli.Flag{
			jsonFlag(), pluginFlag(),
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "also list the cases that hold"},
			&cli.BoolFlag{Name: "update", Aliases: []string{"u"}, Usage: "write what the mapping makes into the want files of cases that do not hold; look at the difference before you keep it"},
			&cli.BoolFlag{Name: "missed", Aliases: []string{"m"}, Usage: "also list what no case reaches, with its line"},
		},
		Action: func(c *cli.Context) error { return testMappings(c, s) },
	}
}

// tested is what running the cases of one mapping gave.
type tested struct {
	Service  string                `json:"service"`
	Cases    []mappings.CaseResult `json:"cases"`
	Coverage mappings.Coverage     `json:"coverage"`

	place mappingPlace
}

func testMappings(c *cli.Context, s streams) error {
	places, err := mappingPlaces(c)
	if err != nil {
		return err
	}
	if c.Bool("update") && !c.Args().Present() {
		return usageError("map test --update: say whose cases: the shipped ones cannot be written")
	}
	var all []tested
	cases, failed := 0, 0
	for _, p := range places {
		one, err := p.test(c)
		if err != nil {
			return err
		}
		all = append(all, one)
		cases += len(one.Cases)
		for _, r := range one.Cases {
			if !r.OK() {
				failed++
			}
		}
	}
	switch {
	case c.Bool("json"):
		err = printJSON(s.out, all)
	case c.Bool("update"):
		return updateCases(s, all)
	default:
		printTests(c, s, all, failed)
	}
	if err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d cases do not hold", failed, cases)
	}
	if !c.Bool("json") {
		fmt.Fprintf(s.out, "All cases hold: %s of %s.\n", many(cases, "case", "cases"), many(len(places), "mapping", "mappings"))
	}
	return nil
}

func (p mappingPlace) test(c *cli.Context) (tested, error) {
	open := (*mappings.Folder).Suite
	if c.Bool("update") {
		open = (*mappings.Folder).Draft
	}
	suite, err := p.suite(open)
	if err != nil {
		return tested{}, err
	}
	end, err := plugged(c, suite)
	if err != nil {
		return tested{}, err
	}
	results, err := suite.Run(c.Context)
	if err = errors.Join(err, end()); err != nil {
		return tested{}, openable(err, p.parent)
	}
	return tested{p.service, results, suite.Coverage(), p}, nil
}

func printTests(c *cli.Context, s streams, all []tested, failed int) {
	for _, t := range all {
		for _, r := range t.Cases {
			switch {
			case !r.OK():
				printCase(s, r)
			case c.Bool("verbose"):
				fmt.Fprintf(s.out, "ok    %s/%s  %s\n", r.Service, r.Name, r.Doc)
			}
		}
	}
	if len(all) == 1 && failed == 0 || c.Bool("missed") {
		for _, t := range all {
			printCoverage(s, t, c.Bool("missed"))
		}
	}
}

func printCase(s streams, r mappings.CaseResult) {
	fmt.Fprintf(s.out, "FAIL  %s/%s (%s)\n", r.Service, r.Name, r.Want)
	for _, d := range r.Diffs {
		fmt.Fprintln(s.out, "      "+d)
	}
}

// printCoverage says what the cases reach, and what they do not if all of it is wanted.
func printCoverage(s streams, t tested, missed bool) {
	if t.Coverage.Rules.Of == 0 {
		return // a plugin makes the documents
	}
	parts := []struct {
		what    string
		reached mappings.Reached
	}{{"rules", t.Coverage.Rules}, {"branches", t.Coverage.Branches}, {"refusals", t.Coverage.Refusals}}
	var words []string
	for _, p := range parts {
		words = append(words, fmt.Sprintf("%d of %d %s", p.reached.Count(), p.reached.Of, p.what))
	}
	fmt.Fprintf(s.out, "%s: the cases reach %s.\n", t.Service, strings.Join(words, ", "))
	if !missed {
		return
	}
	for _, p := range parts {
		for _, m := range p.reached.Missed {
			what := m.What
			if p.what == "refusals" {
				what = "no case has it refused as " + m.What
			}
			fmt.Fprintf(s.out, "  %s:%d:%d  %s: %s\n", t.place.file("mapping.yaml"), m.Line, m.Col, m.To, what)
		}
	}
}

// file names a file of a mapping so that an editor finds it.
func (p mappingPlace) file(name string) string { return filepath.Join(p.parent, p.service, name) }

// updateCases writes into the want files what the mappings make.
func updateCases(s streams, all []tested) error {
	written, held, left := 0, 0, 0
	for _, t := range all {
		for _, r := range t.Cases {
			if r.OK() {
				held++
				continue
			}
			changed, err := t.place.write(r)
			if err != nil {
				return err
			}
			if !changed {
				left++
				fmt.Fprintf(s.out, "FAIL  %s/%s: what differs is wanted by case.yaml, which only you can change\n", r.Service, r.Name)
				for _, d := range r.Diffs {
					fmt.Fprintln(s.out, "      "+d)
				}
				continue
			}
			written++
			fmt.Fprintf(s.out, "wrote %s\n", t.place.file(filepath.Join("cases", r.Name, r.GotFile)))
			for _, d := range r.Diffs {
				fmt.Fprintln(s.out, "      "+d)
			}
		}
	}
	if left > 0 {
		return fmt.Errorf("%d of %d cases do not hold", left, left+held+written)
	}
	if written == 0 {
		_, err := fmt.Fprintf(s.out, "Nothing to write: %s held already.\n", many(held, "case", "cases"))
		return err
	}
	_, err := fmt.Fprintf(s.out, "Wrote %s. Read each before you keep it: what is written there is from now on what is right.\n", many(written, "file", "files"))
	return err
}

// write makes the want file of a case hold what the mapping makes. It reports
// false when the file holds that already, so that something else differs.
func (p mappingPlace) write(r mappings.CaseResult) (changed bool, err error) {
	folder := p.file(filepath.Join("cases", r.Name))
	path := filepath.Join(folder, r.GotFile)
	if r.Want == r.GotFile {
		if old, err := os.ReadFile(path); err == nil && string(old) == string(r.Got) {
			return false, nil
		}
	}
	if err := writeOver(path, r.Got, modeOf(path, filepath.Join(folder, r.Input))); err != nil {
		return false, environmentError(err)
	}
	if r.Want != "" && r.Want != r.GotFile {
		if err := os.Remove(filepath.Join(folder, r.Want)); err != nil {
			return false, environmentError(err)
		}
	}
	return true, nil
}

// modeOf is the mode of the first of some files, so that what tells of people is
// read by no more than before.
func modeOf(files ...string) fs.FileMode {
	for _, file := range files {
		if info, err := os.Lstat(file); err == nil && info.Mode().IsRegular() {
			return info.Mode().Perm()
		}
	}
	return 0o600
}
