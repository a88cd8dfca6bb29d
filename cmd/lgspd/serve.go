package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/sys/unix"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/config"
)

func serveCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "receive messages from departments and deliver them",
		Flags: []cli.Flag{configFlag(), &cli.StringFlag{Name: "cpuprofile", Usage: "write where the processor's time goes to `FILE`"}},
		Action: func(c *cli.Context) (err error) {
			hangUps := make(chan os.Signal, 1) // several that come together are one
			signal.Notify(hangUps, syscall.SIGHUP)
			defer signal.Stop(hangUps)
			if path := c.String("cpuprofile"); path != "" {
				stop, profileErr := profile(path)
				if profileErr != nil {
					return environmentError(profileErr)
				}
				defer func() { err = errors.Join(err, stop()) }()
			}
			cfg, err := config.Load(c.String("config"))
			if err != nil {
				return err
			}
			return serve(c.Context, cfg, newLogger(s.err, cfg.Log), hangUps, nil)
		},
	}
}

// serve runs the daemon until ctx ends. Every one of hangUps has it load all
// mappings anew. ready, if not nil, is called with the address that departments
// are served at.
func serve(ctx context.Context, cfg config.Config, log *slog.Logger, hangUps <-chan os.Signal, ready func(addr string)) (err error) {
	tuneMemory(cfg)
	tuneProcessors()
	lock, err := lockData(cfg.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	store, err := openStore(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.close()) }()
	d, err := newDaemon(ctx, cfg, store, log)
	if err != nil {
		return err
	}
	if err := store.audit.Record(ctx, &audit.Entry{Event: audit.Started, Detail: d.startedAs()}); err != nil {
		log.Warn("record the start", "err", err)
	}
	go func() {
		select {
		case addr := <-d.ready:
			log.Info("serving", "address", addr.String(), "version", version(), "services", len(cfg.Services), "departments", len(cfg.Departments))
			if ready != nil {
				ready(addr.String())
			}
		case <-ctx.Done():
		}
	}()
	debug.FreeOSMemory() // what reading configuration and mappings took, several times of what is left of it
	err = d.run(ctx, hangUps)
	after := context.WithoutCancel(ctx)
	if recordErr := store.audit.Record(after, &audit.Entry{Event: audit.Stopped}); recordErr != nil {
		log.Warn("record the end", "err", recordErr)
	}
	if _, sealErr := store.audit.Seal(after); sealErr != nil {
		log.Warn("seal the record", "err", sealErr)
	}
	log.Info("stopped")
	if err != nil {
		return environmentError(err)
	}
	return nil
}

// profile writes a CPU profile until stop is called.
func profile(path string) (stop func() error, err error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}

// tuneMemory has the collector run less often than it would for a heap of a
// few megabytes, which saves a tenth of the processor under load, and more
// often once bodies in flight make the heap large.
func tuneMemory(cfg config.Config) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(64<<20 + 4*int64(cfg.SOAP.Limits.InFlight))
	}
}

// tuneProcessors gives Go one processor more than there are: Go learns late that
// the writer's thread waits for the disk, and that processor would stand idle.
// It ends Go's following of a limit that is changed later.
func tuneProcessors() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
}

// lockData makes sure that one daemon at a time serves a data folder.
func lockData(folder string) (*os.File, error) {
	path := filepath.Join(folder, "lgspd.lock")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		remedy := "create it and give it to the user that runs lgspd"
		if errors.Is(err, unix.EROFS) {
			remedy = "the disk is read-only; mount it for writing"
		}
		return nil, environmentError(fmt.Errorf("data folder: %w; %s", err, remedy))
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		owner, readErr := io.ReadAll(io.LimitReader(f, 32))
		if readErr != nil {
			owner = nil
		}
		return nil, environmentError(errors.Join(fmt.Errorf("another lgspd (process %s) serves %s; stop it first", strings.TrimSpace(string(owner)), folder), f.Close()))
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	if err != nil {
		return nil, environmentError(errors.Join(fmt.Errorf("write %s: %w", path, err), f.Close()))
	}
	return f, nil
}

// journal tells the systemd journal how grave a line is, by the prefix that it
// reads (sd-daemon(3)).
type journal struct{ w io.Writer }

func (j journal) Write(line []byte) (int, error) {
	_, rest, _ := bytes.Cut(line, []byte(" level="))
	prefix := "<6>"
	switch {
	case bytes.HasPrefix(rest, []byte("ERROR")):
		prefix = "<3>"
	case bytes.HasPrefix(rest, []byte("WARN")):
		prefix = "<4>"
	case bytes.HasPrefix(rest, []byte("DEBUG")):
		prefix = "<7>"
	}
	if _, err := j.w.Write(append([]byte(prefix), line...)); err != nil {
		return 0, err
	}
	return len(line), nil
}

func newLogger(w io.Writer, l config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Level)); err != nil {
		level = slog.LevelInfo // config.Load lets only known levels pass
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			a.Value = slog.StringValue(a.Value.Time().Format(time.RFC3339))
		}
		return a
	}}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	if os.Getenv("JOURNAL_STREAM") != "" {
		w = journal{w}
	}
	return slog.New(slog.NewTextHandler(w, o))
}
