package host_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// BenchmarkMap tells what a plugin adds to a message of 2 KB: the time that a
// caller waits (p50, p99), and the time between two messages that are done.
func BenchmarkMap(b *testing.B) {
	for _, callers := range []int{1, 32} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			r := newRig(b)
			r.works()
			e := r.envelope(strings.Repeat("x", 2<<10))
			each := max(1, b.N/callers)
			took := make([][]time.Duration, callers)
			b.ResetTimer()
			var wg sync.WaitGroup
			for i := range callers {
				wg.Go(func() {
					for range each {
						began := time.Now()
						if _, err := r.h.Map(context.Background(), e); err != nil {
							b.Error(err)
							return
						}
						took[i] = append(took[i], time.Since(began))
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			all := slices.Concat(took...)
			slices.Sort(all)
			b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
		})
	}
}
