package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/urfave/cli/v2"

	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/sandbox"
)

// What the sandbox knows unless it is told otherwise.
const (
	sandboxKey    = "lgspd-sandbox"
	sandboxSecret = "only-for-the-sandbox"
)

func sandboxCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "sandbox",
		Usage: "run a stand-in for NGSP, the civil status service and the population database, on this machine only",
		Description: "It checks what the real ones check and misbehaves on command; its document is sandbox/README.md of the source, " +
			"which is installed as sandbox.md. Upstreams reach it with the consumer key " + sandboxKey + " and the consumer secret " + sandboxSecret + ".",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Value: config.Default().Sandbox.Listen, Usage: "loopback `ADDRESS` to listen on"},
			&cli.StringFlag{Name: "effects", Usage: "write a line for every message that takes effect to `FILE`"},
			&cli.IntFlag{Name: "people", Value: 240, Usage: "invent `N` people, 100000 at most"},
			&cli.BoolFlag{Name: "lax", Usage: "do not check the contents of messages, for load tests"},
		},
		Action: func(c *cli.Context) (err error) {
			if !onLoopback(c.String("listen")) {
				return usageError("sandbox: --listen %s: want a loopback address and a port, as in 127.0.0.1:8090; nobody else may reach it", c.String("listen"))
			}
			var effects io.Writer
			if path := c.String("effects"); path != "" {
				f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
				if err != nil {
					return environmentError(err)
				}
				defer func() { err = errors.Join(err, f.Close()) }()
				effects = f
			}
			o := sandboxOptions(effects, c.Bool("lax"))
			if o.People = c.Int("people"); o.People < 1 || o.People > 100_000 {
				return usageError("sandbox: --people %d: want 1 to 100000", o.People)
			}
			box, err := sandbox.New(o)
			if err != nil {
				return err
			}
			ln, err := net.Listen("tcp", c.String("listen"))
			if err != nil {
				return environmentError(fmt.Errorf("sandbox: %w; choose another address with --listen, as in 127.0.0.1:8091", err))
			}
			fmt.Fprintf(s.out, "sandbox listens on %s; its people are invented; stop it with Ctrl-C\n", ln.Addr())
			if err := box.Serve(c.Context, ln); err != nil {
				return environmentError(err)
			}
			return nil
		},
	}
}

// onLoopback reports whether addr, host:port, can be reached from this machine only.
func onLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

func newSandbox(effects io.Writer, lax bool) (*sandbox.Server, error) {
	return sandbox.New(sandboxOptions(effects, lax))
}

func sandboxOptions(effects io.Writer, lax bool) sandbox.Options {
	return sandbox.Options{
		Clients: map[string]sandbox.Client{sandboxKey: {Secret: sandboxSecret}},
		Effects: effects, Lax: lax, Seed: 1,
	}
}
