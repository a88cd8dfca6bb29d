package bridge

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"lgsp.internal/adapter/audit"
)

// notes are entries of the record that nobody waits for, as that an upstream is
// down: the line that notes them must neither wait nor fail. They come on record
// in order; one that cannot be written is tried again until the bridge ends.
type notes struct {
	record func(context.Context, *audit.Entry) error
	log    *slog.Logger
	added  chan struct{} // something waits

	writing sync.Mutex // one writes at a time

	mu      sync.Mutex
	waiting []*audit.Entry // the first may be on its way to the disk
}

// mostNotes is how many entries wait while the database takes none. Beyond it
// there is room for one of each line.
const mostNotes = 256

func newNotes(o Options) *notes {
	n := &notes{log: o.Log, added: make(chan struct{}, 1)}
	if o.Audit != nil {
		n.record = o.Audit.Record
	}
	return n
}

// of returns what notes the entries of one line of an upstream.
func (n *notes) of(upstream, line string) func(audit.Entry) {
	return func(e audit.Entry) {
		e.Upstream, e.Detail = upstream, line
		n.add(e)
	}
}

// add has an entry written. When too many wait, an upstream that came up again
// is forgotten to have been down, and one that went down again to have been up:
// what comes on record stays one after the other. Another entry is left out.
func (n *notes) add(e audit.Entry) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.waiting) >= mostNotes {
		if e.Event != audit.UpstreamDown && e.Event != audit.UpstreamUp {
			n.log.Error("an event is not on record: too many wait to be", "event", string(e.Event), "sender", e.Sender)
			return
		}
		for i := len(n.waiting) - 1; i > 0; i-- {
			if w := n.waiting[i]; w.Upstream == e.Upstream && w.Detail == e.Detail {
				n.log.Error("a change of an upstream is not on record: too many wait to be", "event", string(e.Event), "upstream", e.Upstream)
				n.waiting = slices.Delete(n.waiting, i, i+1)
				return
			}
		}
	}
	n.waiting = append(n.waiting, &e)
	select {
	case n.added <- struct{}{}:
	default:
	}
}

// run writes until ctx ends. What is left is written by flush.
func (n *notes) run(ctx context.Context) {
	again := time.NewTimer(0)
	defer again.Stop()
	wait := noteAgain
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.added:
		case <-again.C:
		}
		if n.write(ctx) == nil {
			wait = noteAgain
			continue
		}
		again.Reset(wait)
		wait = min(2*wait, payWaitMost)
	}
}

// noteAgain is the wait before what could not be written is tried again.
const noteAgain = 100 * time.Millisecond

// write writes what waits, in order, up to the first that cannot be written.
func (n *notes) write(ctx context.Context) error {
	n.writing.Lock()
	defer n.writing.Unlock()
	for {
		e := n.first()
		if e == nil {
			return nil
		}
		if err := n.record(ctx, e); err != nil {
			return err
		}
		n.mu.Lock()
		n.waiting = n.waiting[1:]
		n.mu.Unlock()
	}
}

func (n *notes) first() *audit.Entry {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.waiting) == 0 {
		return nil
	}
	return n.waiting[0]
}

// flush writes what waits now. What cannot be written stays until the next flush.
func (n *notes) flush() {
	if err := n.write(context.Background()); err != nil {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.log.Error("events are not on record", "events", len(n.waiting), "err", err)
	}
}
