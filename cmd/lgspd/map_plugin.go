package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/plugins/host"
)

func pluginFlag() cli.Flag {
	return &cli.StringFlag{Name: "plugin", Usage: "the `PROGRAM` of a mapping that names a plugin, started as the daemon would start it"}
}

// comingUp is how long a plugin is waited for.
const comingUp = 20 * time.Second

// plugged has the program that the command names map the suite of a mapping that
// names a plugin. The returned end ends the program.
func plugged(c *cli.Context, suite *mappings.Suite) (end func() error, err error) {
	name, program := suite.Mapping().Plugin(), c.String("plugin")
	switch {
	case name == "":
		return func() error { return nil }, nil
	case program == "":
		return nil, usageError("the mapping of %s names the plugin %s; say --plugin PROGRAM before the folder", suite.Mapping().Service(), name)
	}
	h, end, err := startPlugin(c.Context, name, program)
	if err != nil {
		return nil, err
	}
	suite.Plug(h)
	return end, nil
}

// startPlugin starts a plugin for as long as a command runs.
func startPlugin(ctx context.Context, name, program string) (h *host.Host, end func() error, err error) {
	program, err = filepath.Abs(program)
	if err != nil {
		return nil, nil, err
	}
	sum, err := config.Sum(program)
	if err != nil {
		return nil, nil, environmentError(err)
	}
	folder, err := os.MkdirTemp("", "lgspd-plugin-")
	if err != nil {
		return nil, nil, environmentError(err)
	}
	h, err = host.New(host.Options{Name: name, Command: program, SHA256: sum, Dir: filepath.Join(folder, name)})
	if err != nil {
		return nil, nil, errors.Join(usageError("plugin %s: %w", program, err), os.RemoveAll(folder))
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- h.Run(running) }()
	end = func() error {
		stop()
		return errors.Join(<-ended, os.RemoveAll(folder))
	}
	waiting, cancel := context.WithTimeout(ctx, comingUp)
	defer cancel()
	if status, err := h.Restart(waiting); err != nil || status.State != host.Ready {
		return nil, nil, errors.Join(fmt.Errorf("the plugin %s does not come up: %s", program, status.Reason), err, end())
	}
	return h, end, nil
}
