package main

import (
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/queue"
)

func queueCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "queue",
		Usage: "look at the messages that are held, and send them round again, hold or drop them",
		Subcommands: append([]*cli.Command{
			{Name: "list", Usage: "list messages, oldest first", Flags: append(filterFlags(), jsonFlag(),
				&cli.IntFlag{Name: "limit", Value: 50, Usage: fmt.Sprintf("at most `N` messages, 1 to %d", listMost)},
				&cli.Int64Flag{Name: "after", Usage: "those behind number `SEQ`"},
			), Action: func(c *cli.Context) error { return listQueue(c, s) }},
			{Name: "show", Usage: "show one message and its history", ArgsUsage: "ID", Flags: []cli.Flag{configFlag(), jsonFlag()},
				Action: func(c *cli.Context) error { return showMessage(c, s) }},
			{Name: "stats", Usage: "count messages by department, service and state", Flags: []cli.Flag{configFlag(), jsonFlag()},
				Action: func(c *cli.Context) error { return queueStats(c, s) }},
		}, orderCommands(s)...),
	}
}

func filterFlags() []cli.Flag {
	return []cli.Flag{
		configFlag(),
		&cli.StringSliceFlag{Name: "id", Usage: "the message with `ID`; may be given more than once"},
		&cli.StringSliceFlag{Name: "state", Usage: "messages in `STATE`: queued, leased, delivered, parked, rejected, superseded, dropped"},
		&cli.StringFlag{Name: "sender", Usage: "messages of agency `CODE` and the agencies below it"},
		&cli.StringFlag{Name: "service", Usage: "messages of `SERVICE`"},
		&cli.StringFlag{Name: "upstream", Usage: "messages for `UPSTREAM`"},
		&cli.StringFlag{Name: "legacy-id", Usage: "the message with the sender's own `ID`"},
		&cli.StringFlag{Name: "code", Usage: "messages whose last error has `CODE`"},
		&cli.StringFlag{Name: "since", Usage: "received at `TIME` or later: " + momentForms},
		&cli.StringFlag{Name: "until", Usage: "received before `TIME`"},
	}
}

func filterOf(c *cli.Context) (queue.Filter, error) {
	f := queue.Filter{Sender: c.String("sender"), Service: c.String("service"), Upstream: c.String("upstream"),
		LegacyID: c.String("legacy-id"), Code: c.String("code")}
	for _, text := range c.StringSlice("id") {
		id, err := lgsp.ParseID(text)
		if err != nil {
			return f, usageError("--id %s: %w", text, err)
		}
		f.IDs = append(f.IDs, id)
	}
	for _, text := range c.StringSlice("state") {
		state, ok := lgsp.ParseState(text)
		if !ok {
			return f, usageError("--state %s: want queued, leased, delivered, parked, rejected, superseded or dropped", text)
		}
		f.States = append(f.States, state)
	}
	var err error
	f.Since, f.Until, err = span(c)
	return f, err
}

// withStore opens the store that the command's configuration names.
func withStore(c *cli.Context, s streams, do func(*store) error) (err error) {
	cfg, err := config.Load(c.String("config"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(databasePath(cfg)); err != nil {
		return environmentError(fmt.Errorf("%w; start lgspd serve once, it makes the database", err))
	}
	st, err := openStore(c.Context, cfg, newLogger(s.err, config.Log{Level: "error"}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	return do(st)
}

// orEmpty has JSON say [] where there is nothing, not null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// listMost bounds what one list holds in memory.
const listMost = 100_000

func listQueue(c *cli.Context, s streams) error {
	f, err := filterOf(c)
	if err != nil {
		return err
	}
	if n := c.Int("limit"); n < 1 || n > listMost {
		return usageError("queue list: --limit %d: want 1 to %d messages; --after SEQ lists those behind", n, listMost)
	}
	return withStore(c, s, func(st *store) error {
		items, err := st.queue.List(c.Context, f, c.Int64("after"), c.Int("limit"))
		if err != nil {
			return err
		}
		if c.Bool("json") {
			return printJSON(s.out, orEmpty(items))
		}
		if len(items) == 0 {
			_, err := fmt.Fprintln(s.out, "No message fits.")
			return err
		}
		if err := printItems(s.out, items); err != nil {
			return err
		}
		if last := items[len(items)-1]; len(items) == c.Int("limit") {
			_, err = fmt.Fprintf(s.out, "There may be more: say --after %d too.\n", last.Seq)
		}
		return err
	})
}

func showMessage(c *cli.Context, s streams) error {
	if c.NArg() != 1 {
		return usageError("queue show: want one message ID, behind the flags; lgspd queue list shows them")
	}
	id, err := lgsp.ParseID(c.Args().First())
	if err != nil {
		return usageError("queue show: %w", err)
	}
	return withStore(c, s, func(st *store) error {
		items, err := st.queue.List(c.Context, queue.Filter{IDs: []lgsp.ID{id}}, 0, 1)
		if err != nil {
			return err
		}
		history, err := st.audit.History(c.Context, id.String())
		if err != nil {
			return err
		}
		if len(items) == 0 && len(history) == 0 {
			return fmt.Errorf("no message has the ID %s", id)
		}
		if c.Bool("json") {
			return printJSON(s.out, map[string]any{"message": orEmpty(items), "history": orEmpty(history)})
		}
		return printMessage(s.out, items, history)
	})
}

func queueStats(c *cli.Context, s streams) error {
	return withStore(c, s, func(st *store) error {
		counts, err := st.queue.Counts(c.Context)
		if err != nil {
			return err
		}
		if c.Bool("json") {
			return printJSON(s.out, orEmpty(counts))
		}
		if len(counts) == 0 {
			_, err := fmt.Fprintln(s.out, "No message is held.")
			return err
		}
		t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "SENDER\tSERVICE\tUPSTREAM\tSTATE\tMESSAGES")
		for _, n := range counts {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\n", n.Sender, n.Service, n.Upstream, n.State, n.N)
		}
		return t.Flush()
	})
}
