package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/config"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/mappings"
	"lgsp.internal/adapter/queue"
)

// drained is how one backlog went.
type drained struct {
	rate, fill float64 // messages a second
	calm       float64 // rate in its undisturbed moments; 0 = it had none
	stolen     float64 // share of the processors' time that others took
	rss        int64
}

func (d drained) stolenShare() float64 { return d.stolen }

const (
	smallBacklog = 1000
	smallRounds  = 4 // before and after, for each round: they are short, so few of them are undisturbed
)

// benchDrain compares how fast a large backlog drains with how fast small ones
// do before and after it: a machine's speed changes with its neighbours.
func benchDrain(ctx context.Context, o options) error {
	small, err := drainSmall(ctx, o, nil, smallRounds*o.rounds)
	if err != nil {
		return err
	}
	l, err := drainBacklog(ctx, o, o.backlog)
	if err != nil {
		return err
	}
	if small, err = drainSmall(ctx, o, small, smallRounds*o.rounds); err != nil {
		return err
	}
	few := counted(small, drained.stolenShare)
	slices.SortFunc(few, func(a, b drained) int { return int(a.rate - b.rate) })
	s := few[len(few)/2]
	fmt.Printf("backlog %9d: drains at %6.0f msg/s (median of %d, %.0f to %.0f), peak RSS %.1f MB\n",
		smallBacklog, s.rate, len(few), few[0].rate, few[len(few)-1].rate, float64(s.rss)/(1<<20))
	fmt.Printf("backlog %9d: drains at %6.0f msg/s, stolen %s; at %.0f msg/s while undisturbed; stored at %.0f msg/s, peak RSS %.1f MB\n",
		o.backlog, l.rate, percent(l.stolen), l.calm, l.fill, float64(l.rss)/(1<<20))
	if l.calm > 0 {
		l.rate = l.calm // as of the small ones only those count that were undisturbed
	}
	fmt.Printf("bench-drain: %.0f msg/s of %d, %.0f msg/s of %d, ratio %.2f\n", l.rate, o.backlog, s.rate, smallBacklog, l.rate/s.rate)
	return nil
}

func drainSmall(ctx context.Context, o options, small []drained, n int) ([]drained, error) {
	for range n {
		d, err := drainBacklog(ctx, o, smallBacklog)
		if err != nil {
			return nil, err
		}
		small = append(small, d)
	}
	return small, nil
}

// drainBacklog stores n messages, starts the daemon and measures from the first
// delivery to the last.
func drainBacklog(ctx context.Context, o options, n int) (d drained, err error) {
	folder, err := os.MkdirTemp("", "lgspd-bench-")
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	sink, err := startSink()
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, sink.stop()) }()
	addr, err := freeAddress()
	if err != nil {
		return d, err
	}
	file, err := writeConfig(folder, addr, sink.addr)
	if err != nil {
		return d, err
	}
	began := time.Now()
	if err := fill(ctx, file, n); err != nil {
		return d, err
	}
	d.fill = float64(n) / time.Since(began).Seconds()
	daemon, err := startDaemon(ctx, o.binary, file, addr)
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, daemon.stop()) }()
	first, err := sink.await(ctx, 1)
	if err != nil {
		return d, err
	}
	before := readTicks()
	watched, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	calm := make(chan float64, 1)
	go func() { calm <- calmRate(watched, sink) }()
	last, err := sink.await(ctx, int64(n))
	if err != nil {
		return d, fmt.Errorf("%d of %d messages arrived: %w", sink.received.Load(), n, err)
	}
	if sink.twice.Load() > 0 {
		return d, fmt.Errorf("%d messages came twice", sink.twice.Load())
	}
	d.rate, d.stolen = float64(n)/last.Sub(first).Seconds(), stolenSince(before)
	stopWatching()
	d.calm = <-calm
	d.rss, err = daemon.peakRSS()
	return d, err
}

// moment is how long a small backlog takes: a longer one is seldom undisturbed.
const moment = 200 * time.Millisecond

// calmRate watches a sink until ctx ends, and returns the rate in those moments
// that were undisturbed, 0 if none was.
func calmRate(ctx context.Context, s *sink) float64 {
	tick := time.NewTicker(moment)
	defer tick.Stop()
	var messages int64
	var calm time.Duration
	for {
		began, before, received := time.Now(), readTicks(), s.received.Load()
		select {
		case <-ctx.Done():
			if calm == 0 {
				return 0
			}
			return float64(messages) / calm.Seconds()
		case <-tick.C:
		}
		if stolenSince(before) <= mostStolen {
			messages, calm = messages+s.received.Load()-received, calm+time.Since(began)
		}
	}
}

// fill stores messages as the daemon would, without the door before it.
func fill(ctx context.Context, file string, n int) (err error) {
	cfg, err := config.Load(file)
	if err != nil {
		return err
	}
	master, err := cfg.Key()
	if err != nil {
		return err
	}
	keys, err := queue.NewKeys(master)
	if err != nil {
		return err
	}
	subjects, err := audit.SubjectKey(master)
	if err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(cfg.Data, "lgspd.db"), Schemas: []sqlite.Schema{audit.Schema(), queue.Schema()}, Log: slog.Default()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	q, err := queue.Open(ctx, queue.Options{DB: db, Audit: audit.New(audit.Options{DB: db, Key: subjects}), Keys: keys})
	if err != nil {
		return err
	}
	set, err := mappings.Load(mappings.Shipped())
	if err != nil {
		return err
	}
	m, _ := set.Get("hotich.khai-sinh")
	sample, err := mappings.NewSample(mappings.Shipped(), "hotich.khai-sinh")
	if err != nil {
		return err
	}
	return putMany(ctx, q, m, sample, n)
}

func putMany(ctx context.Context, q *queue.Queue, m lgsp.Mapper, sample mappings.Sample, n int) error {
	var next atomic.Int64
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	for range 128 {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n) && ctx.Err() == nil; i = next.Add(1) {
				if err := putOne(ctx, q, m, sample, i); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

func putOne(ctx context.Context, q *queue.Queue, m lgsp.Mapper, sample mappings.Sample, i int64) error {
	now := time.Now().UTC()
	id, err := lgsp.NewID(now, rand.Reader)
	if err != nil {
		return err
	}
	e := lgsp.Envelope{ID: id, Source: "bench", Sender: "H29.11", Service: sample.Service, Received: now, Charset: sample.Charset,
		Body: sample.With(fmt.Sprintf("H29.11-261122-%08d", i), "")}
	d, err := m.Map(ctx, e)
	if err != nil {
		return err
	}
	_, err = q.Put(ctx, e, d, "hotich")
	return err
}
