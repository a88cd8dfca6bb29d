// Command bench measures the daemon on this machine: a loader, the real daemon
// and a sink, on loopback, beside a bare relay in the same run.
//
// It promises to measure the daemon with everything on, durability,
// authentication, mapping, encryption and record, and to fail when a message
// is lost or comes twice.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	o := options{}
	flag.StringVar(&o.binary, "binary", "bin/lgspd", "the daemon")
	flag.DurationVar(&o.load, "load", 10*time.Second, "how long to send")
	flag.IntVar(&o.conns, "conns", 32, "connections")
	flag.IntVar(&o.rounds, "rounds", 3, "undisturbed rounds, tried for up to four times as often; the one with the median rate is told")
	flag.BoolVar(&o.drain, "drain", false, "measure how a large backlog drains, not the line")
	flag.BoolVar(&o.lookup, "lookup", false, "measure look-ups alone")
	// Many more than a province asks, and fewer than keep two processors busy.
	flag.IntVar(&o.pace, "pace", 1000, "look-ups a second at all connections together; 0 = only as fast as answers come")
	flag.IntVar(&o.backlog, "backlog", 1_000_000, "messages of the large backlog")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile of the daemon to this file, and one under look-ups beside it, with .lookup")
	relayTo := flag.String("relay", "", "be the bare relay to this address (used by the program itself)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch {
	case *relayTo != "":
		err = serveRelay(ctx, *relayTo)
	case o.drain:
		err = benchDrain(ctx, o)
	case o.lookup:
		err = benchLookUp(ctx, o)
	default:
		if err = benchLine(ctx, o); err == nil {
			err = benchLookUp(ctx, o)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
}

type options struct {
	binary  string
	load    time.Duration
	conns   int
	rounds  int
	drain   bool
	lookup  bool
	pace    int
	backlog int
	profile string
}
