package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/adapters/ngsp"
	"lgsp.internal/adapter/config"
)

// probeTimeout bounds the look at one upstream.
const probeTimeout = 10 * time.Second

func doctorCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "examine configuration, database, record and upstreams, and name what is damaged",
		Flags: []cli.Flag{configFlag(), jsonFlag(), &cli.BoolFlag{Name: "offline", Usage: "do not call the upstreams"}},
		Action: func(c *cli.Context) error {
			cfg, err := config.Load(c.String("config"))
			if err != nil {
				return err
			}
			return examine(c, s, cfg)
		},
	}
}

// finding is one line of the doctor's report.
type finding struct {
	Part string `json:"part"`
	OK   bool   `json:"ok"`
	Text string `json:"text"`
}

func examine(c *cli.Context, s streams, cfg config.Config) error {
	var report []finding
	note := func(part string, err error, good string) {
		f := finding{part, err == nil, good}
		if err != nil {
			f.Text = err.Error()
		}
		report = append(report, f)
	}
	note("configuration", checkParts(cfg, io.Discard), extent(cfg))
	err := withStore(c, s, func(st *store) error {
		note("disk", st.db.CheckSpace(), "there is room for new messages")
		found, err := st.queue.Inspect(c.Context)
		if err != nil {
			note("database", err, "")
		} else if len(found) == 0 {
			note("database", nil, "no damage")
		}
		for _, f := range found {
			text := f.Text
			if f.Message != "" {
				text = "message " + f.Message + ": " + text
			}
			note("database", errors.New(text), "")
		}
		v, err := st.audit.Verify(c.Context)
		if err == nil && len(v.Problems) > 0 {
			err = fmt.Errorf("%v; see lgspd audit verify", v.Problems[0])
		}
		note("record", err, fmt.Sprintf("%s, head %s", many(v.Entries, "entry", "entries"), v.Head))
		return nil
	})
	if err != nil {
		note("database", err, "")
	}
	for _, p := range cfg.Plugins {
		note("plugin "+p.Name, pinned(p), "is the program that was pinned")
	}
	if !c.Bool("offline") {
		for _, u := range cfg.Upstreams {
			note("upstream "+u.Name, probe(c.Context, cfg, u), "answers, and takes our credentials")
		}
	}
	return printReport(c, s, report)
}

func probe(ctx context.Context, cfg config.Config, u config.Upstream) error {
	client, err := ngsp.New(ngspOptions(cfg, u, nil, newLogger(io.Discard, config.Log{})))
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	return client.Probe(ctx)
}

func printReport(c *cli.Context, s streams, report []finding) error {
	bad := 0
	for _, f := range report {
		if !f.OK {
			bad++
		}
	}
	if c.Bool("json") {
		if err := printJSON(s.out, report); err != nil {
			return err
		}
	} else {
		for _, f := range report {
			if f.OK {
				fmt.Fprint(s.out, wrapped(textWidth, "ok   "+f.Part+": ", "     ", f.Text))
			} else {
				fmt.Fprintf(s.out, "BAD  %s: %s\n", f.Part, f.Text)
			}
		}
	}
	switch {
	case bad == 1:
		return fmt.Errorf("1 of %s is bad", many(len(report), "finding", "findings"))
	case bad > 1:
		return fmt.Errorf("%d of %d findings are bad", bad, len(report))
	}
	return nil
}
