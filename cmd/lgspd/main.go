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
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := run(ctx, os.Args, streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}
