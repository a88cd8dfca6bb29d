package main

import (
	"time"

	"github.com/urfave/cli/v2"
)

// momentForms says how a moment is written on the command line.
const momentForms = "2026-11-22, 2026-11-22T08:00:00+07:00, or 36h for so long ago"

// momentOf reads a flag that takes a moment; it is the zero time when the flag was not given.
// A date alone is its first moment on this machine's clock.
func momentOf(c *cli.Context, name string) (time.Time, error) {
	if !c.IsSet(name) {
		return time.Time{}, nil
	}
	text := c.String(name)
	if t, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		return t, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return time.Now().Add(-ago), nil
	}
	return time.Time{}, usageError("--%s %q: want %s; see %s --help", name, text, momentForms, c.Command.HelpName)
}

// span reads the flags since and until.
func span(c *cli.Context) (since, until time.Time, err error) {
	if since, err = momentOf(c, "since"); err != nil {
		return since, until, err
	}
	until, err = momentOf(c, "until")
	return since, until, err
}
