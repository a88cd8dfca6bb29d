package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/queue"
)

// order is one verb of an operator over the messages of a filter.
type order struct {
	name, usage, past string
	from              []lgsp.State // whom it can be given to
	give              func(*queue.Queue, context.Context, queue.Filter, queue.Order) (int64, error)
}

func orderCommands(s streams) []*cli.Command {
	var commands []*cli.Command
	for _, o := range []order{
		{"replay", "send parked and rejected messages round again, mapped with the mapping of today", "sent round again",
			[]lgsp.State{lgsp.Parked, lgsp.Rejected}, (*queue.Queue).Replay},
		{"hold", "park queued messages until they are replayed or dropped", "parked",
			[]lgsp.State{lgsp.Queued}, (*queue.Queue).Hold},
		{"drop", "give queued, parked or rejected messages up for ever", "dropped",
			[]lgsp.State{lgsp.Queued, lgsp.Parked, lgsp.Rejected}, (*queue.Queue).Drop},
	} {
		commands = append(commands, &cli.Command{Name: o.name, Usage: o.usage, Flags: append(filterFlags(),
			&cli.BoolFlag{Name: "all", Usage: "every message that it can be done to, where no other flag chooses"},
			&cli.StringFlag{Name: "by", Usage: "your `NAME`, for the record; otherwise that of your account on this machine"},
			&cli.StringFlag{Name: "why", Usage: "the `REASON`, for the record"},
			&cli.BoolFlag{Name: "yes", Usage: "do it; without it only say what would be done"},
		), Action: func(c *cli.Context) error { return giveOrder(c, s, o) }})
	}
	return commands
}

// previewMost is how many messages an order lists that is not carried out.
const previewMost = 10

func giveOrder(c *cli.Context, s streams, o order) error {
	f, err := filterOf(c)
	if err != nil {
		return err
	}
	if !c.Bool("all") && !chooses(c) {
		return usageError("queue %s: nothing was done: say which messages with --id, --state or another flag, or --all; see lgspd queue %s --help", o.name, o.name)
	}
	by := queue.Order{Operator: c.String("by"), Why: c.String("why")}
	if by.Operator == "" {
		by.Operator = accountName()
	}
	return withStore(c, s, func(st *store) error {
		if !c.Bool("yes") {
			return preview(c, s, st, f, o)
		}
		n, err := o.give(st.queue, c.Context, f, by)
		if err != nil {
			return fmt.Errorf("%s %s, then: %w", many(n, "message was", "messages were"), o.past, err)
		}
		if n == 0 {
			return o.nobody(s)
		}
		_, err = fmt.Fprintf(s.out, "%s %s, by %s.\n", many(n, "message was", "messages were"), o.past, by.Operator)
		return err
	})
}

// chooses reports whether a flag of the filter was given.
func chooses(c *cli.Context) bool {
	return slices.ContainsFunc(filterFlags(), func(f cli.Flag) bool { return f.Names()[0] != "config" && c.IsSet(f.Names()[0]) })
}

// preview lists what an order would be given to. It is an error, so that no
// script takes it for the deed.
func preview(c *cli.Context, s streams, st *store, f queue.Filter, o order) error {
	states := f.States
	if len(states) == 0 {
		states = o.from
	}
	f.States = slices.DeleteFunc(slices.Clone(states), func(state lgsp.State) bool { return !slices.Contains(o.from, state) })
	if len(f.States) == 0 {
		return o.nobody(s)
	}
	items, err := st.queue.List(c.Context, f, 0, previewMost+1)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return o.nobody(s)
	}
	if err := printItems(s.out, items[:min(len(items), previewMost)]); err != nil {
		return err
	}
	if len(items) > previewMost {
		return usageError("nothing was done: these are the first %d of the messages that would be %s; say --yes if they are the ones", previewMost, o.past)
	}
	return usageError("nothing was done: %s would be %s; say --yes if that is right", many(len(items), "message", "messages"), o.past)
}

// nobody says that an order found no message, and whom it can be given to.
func (o order) nobody(s streams) error {
	var states []string
	for _, state := range o.from {
		states = append(states, state.String())
	}
	_, err := fmt.Fprintf(s.out, "No message fits: only those that are %s can be %s.\n", strings.Join(states, " or "), o.past)
	return err
}

// accountName is who is at the keyboard, also behind sudo.
func accountName() string {
	for _, name := range []string{"SUDO_USER", "USER", "LOGNAME"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}
