package queue_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
)

// benchmarkFlow puts messages of about 2 KB from many senders while one
// claimer delivers them at once.
func benchmarkFlow(b *testing.B, senders int) {
	t := newBench(b)
	ctx, stop := context.WithCancel(context.Background())
	var done atomic.Int64
	all := make(chan struct{})
	var claimer sync.WaitGroup
	feed := t.q.Feed("hotich", 64)
	feed.Limit(64)
	claimer.Go(func() { t.q.Run(ctx) })
	claimer.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case l := <-feed.Leases():
				claimer.Go(func() {
					defer feed.Return(l)
					if _, _, err := t.q.Load(ctx, l); err != nil {
						b.Error(err)
					}
					if err := t.q.Done(ctx, l, lgsp.Ack{At: time.Now()}, time.Millisecond); err != nil {
						b.Error(err)
					}
					if done.Add(1) == int64(b.N) {
						close(all)
					}
				})
			}
		}
	})
	body := strings.Repeat("x", 1400)
	var next atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	var wg sync.WaitGroup
	for range senders {
		wg.Go(func() {
			for {
				n := next.Add(1)
				if n > int64(b.N) {
					return
				}
				e, d := t.message(fmt.Sprint("HS-", n), fmt.Sprint("lane-", n), body)
				e.Body = append(e.Body, body[:600]...)
				if _, err := t.q.Put(ctx, e, d, "hotich"); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	<-all
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
	stop()
	claimer.Wait()
}
