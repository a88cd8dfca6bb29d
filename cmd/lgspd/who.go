package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/audit"
)

func whoCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "who",
		ArgsUsage: "--id NUMBER",
		Usage:     "answer who looked at a person, and who sent what about one",
		Description: "The record holds keyed pseudonyms and no numbers: the number is used to make the pseudonym, and is kept nowhere. " +
			"With --id - it is read from standard input, so that it stands in no history of a shell.",
		Flags: []cli.Flag{configFlag(), jsonFlag(),
			&cli.StringSliceFlag{Name: "id", Usage: "the personal id `NUMBER` of 12 digits or the old identity number of 9; again for another number of the same person"},
			&cli.BoolFlag{Name: "messages", Usage: "every step of messages about the person too, not only their acceptance"}},
		Action: func(c *cli.Context) error { return who(c, s) },
	}
}

func who(c *cli.Context, s streams) error {
	subjects, err := subjectsOf(c, s.in)
	if err != nil {
		return err
	}
	return withStore(c, s, func(st *store) error {
		var found []audit.Entry
		read, since, err := st.audit.Who(c.Context, subjects, func(e audit.Entry) error {
			if e.Event == audit.Asked || e.Event == audit.Accepted || strings.HasPrefix(string(e.Event), "notice-") || c.Bool("messages") {
				found = append(found, e)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if c.Bool("json") {
			return printJSON(s.out, map[string]any{"entries": orEmpty(found), "read": read, "since": since})
		}
		if read == 0 {
			_, err := fmt.Fprintln(s.out, "The record is empty.")
			return err
		}
		if len(found) > 0 {
			if err := printWho(s.out, found); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(s.out, "%s about this person, of %s since %s.\n", many(len(found), "exchange", "exchanges"), many(read, "entry", "entries"), since.Local().Format("2006-01-02 15:04:05"))
		return err
	})
}

// subjectsOf returns the numbers that were given, checked for their form.
func subjectsOf(c *cli.Context, in io.Reader) ([]string, error) {
	ids := c.StringSlice("id")
	if c.Args().Present() { // it may be the number, which is not repeated
		return nil, usageError("audit who: takes no argument; say --id NUMBER, or --id - to give the number on standard input")
	}
	if len(ids) == 1 && ids[0] == "-" {
		line, err := bufio.NewReader(io.LimitReader(in, 1<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, environmentError(fmt.Errorf("read the number: %w", err))
		}
		ids = strings.Fields(line)
	}
	if len(ids) == 0 {
		return nil, usageError("audit who: say --id NUMBER, or --id - to give the number on standard input")
	}
	for _, id := range ids {
		if len(id) != 12 && len(id) != 9 || strings.Trim(id, "0123456789") != "" {
			return nil, usageError("audit who: --id: want 12 digits, or 9 of an old identity number")
		}
	}
	return ids, nil
}

func printWho(w io.Writer, entries []audit.Entry) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "TIME\tDEPARTMENT\tSYSTEM\tOFFICER\tPURPOSE\tSERVICE\tRESULT")
	for _, e := range entries {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.At.Local().Format("2006-01-02 15:04:05"), cmp.Or(e.Sender, "-"), cmp.Or(e.System, "-"),
			cmp.Or(printable(e.Officer), "-"), cmp.Or(printable(e.Procedure), "-"), cmp.Or(e.Service, e.Notice, "-"), outcomeOf(e))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, e := range entries {
		if e.Fields == "" {
			continue
		}
		fmt.Fprintf(w, "\nFields returned at %s to %s:\n", e.At.Local().Format("2006-01-02 15:04:05"), e.Sender)
		printWrapped(w, e.Fields)
	}
	_, err := fmt.Fprintln(w)
	return err
}

// outcomeOf says in a word or two what came of an exchange.
func outcomeOf(e audit.Entry) string {
	switch {
	case e.Event != audit.Asked:
		return string(e.Event)
	case e.Result == audit.Refused || e.Result == audit.Failed:
		return string(e.Result) + " (" + e.Code + ")"
	}
	return string(e.Result)
}

// printWrapped writes words in lines that fit a terminal.
func printWrapped(w io.Writer, words string) {
	const width = 96
	line := "  "
	for _, word := range strings.Fields(words) {
		if len(line)+len(word)+1 > width {
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			line = "  "
		}
		line += word + " "
	}
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}
