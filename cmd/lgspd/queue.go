package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/queue"
)

func queueCommand(s streams) *cli.Command {
	order := func(name, usage string, do func(*queue.Queue) func(context.Context, queue.Filter, queue.Order) (int64, error), past string) *cli.Command {
		return &cli.Command{Name: name, Usage: usage, Flags: append(filterFlags(),
			&cli.StringFlag{Name: "by", Usage: "your `NAME`, for the record; otherwise that of your account on this machine"},
			&cli.StringFlag{Name: "why", Usage: "the `REASON`, for the record"},
			&cli.BoolFlag{Name: "yes", Usage: "do it; without it only say what would be done"},
		), Action: func(c *cli.Context) error { return giveOrder(c, s, do, past) }}
	}
	return &cli.Command{
		Name:  "queue",
		Usage: "look at the messages that are held, and send them round again, hold or drop them",
		Subcommands: []*cli.Command{
			{Name: "list", Usage: "list messages, oldest first", Flags: append(filterFlags(), jsonFlag(),
				&cli.IntFlag{Name: "limit", Value: 50, Usage: "at most `N` messages"},
				&cli.Int64Flag{Name: "after", Usage: "those behind number `SEQ`"},
			), Action: func(c *cli.Context) error { return listQueue(c, s) }},
			{Name: "show", Usage: "show one message and its history", ArgsUsage: "ID", Flags: []cli.Flag{configFlag(), jsonFlag()},
				Action: func(c *cli.Context) error { return showMessage(c, s) }},
			{Name: "stats", Usage: "count messages by department, service and state", Flags: []cli.Flag{configFlag(), jsonFlag()},
				Action: func(c *cli.Context) error { return queueStats(c, s) }},
			order("replay", "send parked and rejected messages round again, mapped with the mapping of today",
				func(q *queue.Queue) func(context.Context, queue.Filter, queue.Order) (int64, error) { return q.Replay }, "sent round again"),
			order("hold", "park queued messages until they are replayed or dropped",
				func(q *queue.Queue) func(context.Context, queue.Filter, queue.Order) (int64, error) { return q.Hold }, "parked"),
			order("drop", "give queued, parked or rejected messages up for ever",
				func(q *queue.Queue) func(context.Context, queue.Filter, queue.Order) (int64, error) { return q.Drop }, "dropped"),
		},
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
		&cli.TimestampFlag{Name: "since", Layout: time.RFC3339, Usage: "received at `TIME` or later, as 2026-11-22T08:00:00+07:00"},
		&cli.TimestampFlag{Name: "until", Layout: time.RFC3339, Usage: "received before `TIME`"},
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
	if t := c.Timestamp("since"); t != nil {
		f.Since = *t
	}
	if t := c.Timestamp("until"); t != nil {
		f.Until = *t
	}
	return f, nil
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

func listQueue(c *cli.Context, s streams) error {
	f, err := filterOf(c)
	if err != nil {
		return err
	}
	return withStore(c, s, func(st *store) error {
		items, err := st.queue.List(c.Context, f, c.Int64("after"), c.Int("limit"))
		if err != nil {
			return err
		}
		if c.Bool("json") {
			return printJSON(s.out, items)
		}
		if len(items) == 0 {
			_, err := fmt.Fprintln(s.out, "No message fits.")
			return err
		}
		if err := printItems(s.out, items); err != nil {
			return err
		}
		if last := items[len(items)-1]; len(items) == c.Int("limit") {
			_, err = fmt.Fprintf(s.out, "There may be more: --after %d\n", last.Seq)
		}
		return err
	})
}

func printItems(w io.Writer, items []queue.Item) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SEQ\tID\tSTATE\tSENDER\tSERVICE\tOWN ID\tRECEIVED\tATTEMPT\tWHY")
	for _, it := range items {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", it.Seq, it.ID, it.State, it.Sender, it.Service, dash(it.LegacyID),
			it.Received.Local().Format(time.DateTime), it.Attempt, why(it))
	}
	return t.Flush()
}

func why(it queue.Item) string {
	switch {
	case it.After > 0:
		return fmt.Sprintf("waits for %d in its lane", it.After)
	case it.Kind != "" || it.Code != "":
		return strings.TrimSpace(it.Kind + " " + it.Code)
	}
	return "-"
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func showMessage(c *cli.Context, s streams) error {
	id, err := lgsp.ParseID(c.Args().First())
	if err != nil || c.NArg() != 1 {
		return usageError("queue show: want one message ID")
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
			return printJSON(s.out, map[string]any{"message": items, "history": history})
		}
		return printMessage(s.out, items, history)
	})
}

func printMessage(w io.Writer, items []queue.Item, history []audit.Entry) error {
	if len(items) > 0 {
		if err := printItems(w, items); err != nil {
			return err
		}
		if it := items[0]; it.Reason != "" {
			fmt.Fprintf(w, "\n%s\n%s\n", it.Reason, it.Error)
		}
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nENTRY\tTIME\tEVENT\tATTEMPT\tTOOK\tDETAIL")
	for _, e := range history {
		detail := strings.Join(strings.Fields(strings.Join([]string{e.Kind, e.Code, e.Ref, e.Operator, e.Detail}, " ")), " ")
		fmt.Fprintf(t, "%d\t%s\t%s\t%d\t%d ms\t%s\n", e.Seq, e.At.Local().Format(time.DateTime), e.Event, e.Attempt, e.Took, dash(detail))
	}
	return t.Flush()
}

func queueStats(c *cli.Context, s streams) error {
	return withStore(c, s, func(st *store) error {
		counts, err := st.queue.Counts(c.Context)
		if err != nil {
			return err
		}
		if c.Bool("json") {
			return printJSON(s.out, counts)
		}
		t := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "SENDER\tSERVICE\tUPSTREAM\tSTATE\tMESSAGES")
		for _, n := range counts {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\n", n.Sender, n.Service, n.Upstream, n.State, n.N)
		}
		return t.Flush()
	})
}

func giveOrder(c *cli.Context, s streams, do func(*queue.Queue) func(context.Context, queue.Filter, queue.Order) (int64, error), past string) error {
	f, err := filterOf(c)
	if err != nil {
		return err
	}
	order := queue.Order{Operator: c.String("by"), Why: c.String("why")}
	if order.Operator == "" {
		order.Operator = accountName()
	}
	return withStore(c, s, func(st *store) error {
		if !c.Bool("yes") {
			items, err := st.queue.List(c.Context, f, 0, 10)
			if err != nil {
				return err
			}
			if err := printItems(s.out, items); err != nil {
				return err
			}
			return usageError("nothing was done: these are the first of the messages that fit; say --yes if they are the ones")
		}
		n, err := do(st.queue)(c.Context, f, order)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "%d messages were %s, by %s.\n", n, past, order.Operator)
		return err
	})
}

// accountName is who is at the keyboard, also behind sudo.
func accountName() string {
	for _, name := range []string{"SUDO_USER", "USER", "LOGNAME"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}
