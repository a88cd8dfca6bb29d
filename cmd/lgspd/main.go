// Command lgspd connects a province's departments to the national platform.
//
// It promises that every failure names its cause and its remedy, and that its
// exit code tells what failed: 0 nothing, 1 the work, 2 the usage or the
// configuration, 3 the environment.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"lgsp.internal/adapter/plugins/host"
)

func main() {
	host.Enter()
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2) // a second one that follows at once is not lost
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		<-signals
		os.Exit(exitFailed) // what is on the wire is tried again by the next run
	}()
	os.Exit(run(ctx, os.Args, streams{os.Stdin, os.Stdout, os.Stderr}))
}
