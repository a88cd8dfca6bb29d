package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/account"
	"lgsp.internal/adapter/adapters/ngsp"
	"lgsp.internal/adapter/adapters/soap"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/web"
)

func checkCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "check",
		Usage: "check the configuration and the mappings without starting anything",
		Flags: []cli.Flag{configFlag(), &cli.BoolFlag{Name: "print", Usage: "print the configuration that would hold, secrets masked"}},
		Action: func(c *cli.Context) error {
			cfg, err := config.Load(c.String("config"))
			if err != nil {
				return err
			}
			if err := checkParts(c.Context, cfg, s.err); err != nil {
				return err
			}
			if c.Bool("print") {
				_, err := fmt.Fprint(s.out, cfg.String())
				return err
			}
			_, err = fmt.Fprintf(s.out, "%s is in order: %s.\nNext: lgspd serve --config %s\n",
				c.String("config"), extent(cfg), c.String("config"))
			return err
		},
	}
}

// extent says how much a configuration covers.
func extent(cfg config.Config) string {
	return many(len(cfg.Departments), "department", "departments") + ", " + many(len(cfg.Services), "service", "services") + ", " +
		many(len(cfg.Upstreams), "upstream", "upstreams")
}

// checkParts makes every part as serve would, without opening anything.
func checkParts(ctx context.Context, cfg config.Config, warnings io.Writer) error {
	for _, w := range cfg.Warnings(time.Now()) {
		fmt.Fprintln(warnings, "warning: "+w.String())
	}
	versions, err := loadVersions(cfg, nil, byCases(ctx))
	if err != nil {
		return err
	}
	loaded := mappingsOf(versions)
	log := newLogger(io.Discard, cfg.Log)
	if _, err := soap.New(soapOptions(cfg, loaded, log, nil)); err != nil {
		return usageError("soap: %w", err)
	}
	if _, err := newRegister(cfg, loaded); err != nil {
		return err
	}
	if _, err := newPlugins(cfg, log); err != nil {
		return err
	}
	reports, err := newOffice(cfg, loaded, &store{})
	if err != nil {
		return err
	}
	if cfg.Web.Listen != "" {
		if _, err := web.New(webOptions(cfg, &account.Book{}, reports, nil, log)); err != nil {
			return usageError("%w", err)
		}
	}
	for _, u := range cfg.Upstreams {
		if _, err := ngsp.New(ngspOptions(cfg, u, loaded, log)); err != nil {
			return usageError("upstream %s: %w", u.Name, err)
		}
	}
	return nil
}
