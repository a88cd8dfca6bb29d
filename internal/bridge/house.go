package bridge

import (
	"context"
	"errors"
	"time"

	"lgsp.internal/adapter/audit"
)

const (
	sweepEvery = time.Minute
	sealEvery  = 10 * time.Minute
	pruneEvery = 24 * time.Hour
	tidyWhen   = 2 * time.Second // how often room is looked at for an early sweep
)

// keepHouse sweeps the queue and seals and prunes the record from time to time. While the
// disk is short it sweeps at once.
func (b *Bridge) keepHouse(ctx context.Context) {
	tick := time.NewTicker(tidyWhen)
	defer tick.Stop()
	var swept, sealed, pruned time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := b.opt.Now()
		if now.Sub(sealed) >= sealEvery {
			b.tellOfStep(now) // before the seal that ends it
		}
		if now.Sub(swept) >= sweepEvery || b.opt.Queue.Room() != nil {
			swept = now
			if _, err := b.opt.Queue.Sweep(ctx); err != nil && ctx.Err() == nil {
				b.opt.Log.Error("sweep the queue", "err", err)
			}
			for _, s := range b.opt.Sweeps {
				if _, err := s.Do(ctx); err != nil && ctx.Err() == nil {
					b.opt.Log.Error("sweep the "+s.Name, "err", err)
				}
			}
		}
		if b.opt.Retain > 0 && now.Sub(pruned) >= pruneEvery {
			pruned = now
			if n, err := b.opt.Audit.Prune(ctx, now.Add(-b.opt.Retain)); errors.Is(err, audit.ErrUnseen) {
				b.opt.Log.Warn("old entries of the record are kept", "removed", n, "err", err)
			} else if err != nil && ctx.Err() == nil {
				b.opt.Log.Error("prune the record", "err", err)
			} else if n > 0 {
				b.opt.Log.Info("old entries of the record were removed", "entries", n)
			}
		}
		if now.Sub(sealed) >= sealEvery {
			sealed = now
			if _, err := b.opt.Audit.Seal(ctx); err != nil && ctx.Err() == nil {
				b.opt.Log.Error("seal the record", "err", err)
			}
		}
	}
}

// tellOfStep warns of a clock that may be wrong: what it says has passed is not
// believed when old things are removed.
func (b *Bridge) tellOfStep(now time.Time) {
	since, step, err := b.opt.Audit.Step()
	if err != nil {
		b.opt.Log.Error("read when the record was sealed", "err", err)
	}
	if step {
		b.opt.Log.Warn("by the clock much time has passed that was not seen; if the clock is wrong, set it; nothing is removed as old for it", "sealed", since.UTC().Format(time.RFC3339), "now", now.UTC().Format(time.RFC3339))
	}
}
