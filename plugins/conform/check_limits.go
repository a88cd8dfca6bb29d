package conform

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lgsp.internal/adapter/plugins/host"
)

const hosted = "plugin-test" // of a plugin under the daemon's own side

// worksLimited has the daemon's own side start it.
func worksLimited(ctx context.Context, x *exam) (err error) {
	program, err := os.ReadFile(x.Command)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "lgspd-test-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	sum := sha256.Sum256(program)
	// The daemon hides its data, configuration and key.
	hidden := filepath.Join(dir, "hidden")
	if err := os.Mkdir(hidden, 0o700); err != nil {
		return err
	}
	said := &printed{}
	h, err := host.New(host.Options{Name: hosted, Command: x.Command, Args: x.Args, SHA256: hex.EncodeToString(sum[:]),
		Dir: filepath.Join(dir, "p"), Hidden: []string{hidden}, Timeout: x.Timeout, Memory: x.Memory, Start: x.Start, Log: slog.New(slog.NewTextHandler(said, nil))})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	err = x.works(ctx, h)
	cancel()
	var lines wrong
	if errors.As(err, &lines) {
		err = append(lines, said.says()...)
	}
	return errors.Join(err, <-ended)
}

// says are the last lines of a plugin in the daemon's log.
func (p *printed) says() (lines []string) {
	text, _ := p.text()
	for line := range strings.Lines(text) {
		if _, says, ok := strings.Cut(strings.TrimSpace(line), `msg="the plugin says" plugin=`+hosted+" line="); ok {
			lines = append(lines, "it printed "+says)
		}
	}
	return lines[max(0, len(lines)-6):]
}

func (x *exam) works(ctx context.Context, h *host.Host) error {
	if s := until(ctx, h, x.Start+x.Timeout, func(s host.Status) bool { return s.State == host.Ready || s.Reason != "" }); s.State != host.Ready {
		return wrong{"it does not come up: " + s.Reason}
	}
	var bad wrong
	// For longer than the daemon takes to look at its memory.
	for enough := time.Now().Add(1500 * time.Millisecond); len(x.messages) > 0 && len(bad) == 0 && time.Now().Before(enough); {
		for _, c := range x.messages {
			for _, diff := range c.Run(ctx, h) {
				bad = append(bad, c.Name+": "+diff)
			}
		}
	}
	if s := h.Status(); s.Restarts > 0 || s.State != host.Ready {
		s = until(ctx, h, x.Timeout, func(s host.Status) bool { return s.Reason != "" })
		bad = append(wrong{"it was ended and started again: " + s.Reason}, bad...)
	}
	return bad.orNil()
}

// until waits for a state of a plugin, for some time, and returns the last.
func until(ctx context.Context, h *host.Host, within time.Duration, holds func(s host.Status) bool) host.Status {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds(h.Status()) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return h.Status()
		}
	}
	return h.Status()
}
