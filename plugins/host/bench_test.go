package host_test

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkMap tells what a plugin adds to a message of 2 KB: the time between
// two messages that are done (ns/op), how long a caller waits (p10, p50, p99),
// and the time of processors that host and plugin take for a message. On a
// machine that does other things, only the last of them tells much.
func BenchmarkMap(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(300)) // as in the daemon
	for _, callers := range []int{1, 32} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			r := newRig(b)
			r.works()
			e := r.envelope(strings.Repeat("x", 2<<10))
			took := make([][]time.Duration, callers)
			b.ResetTimer()
			before := processors(b, r.h.Status().PID)
			var wg sync.WaitGroup
			for i := range callers {
				wg.Go(func() {
					for range max(1, b.N/callers) {
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
			used := processors(b, r.h.Status().PID) - before
			all := slices.Concat(took...)
			slices.Sort(all)
			b.ReportMetric(float64(all[len(all)/10].Microseconds()), "p10-µs")
			b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(float64(used.Microseconds())/float64(len(all)), "cpu-µs/op")
		})
	}
}

// processors is the time of processors that this process and another have taken.
func processors(b *testing.B, pid int) time.Duration {
	b.Helper()
	var self unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &self); err != nil {
		b.Fatal(err)
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	total := time.Duration(self.Utime.Nano() + self.Stime.Nano())
	const tick = time.Second / 100 // sysconf(_SC_CLK_TCK), which Linux never changes
	for _, f := range strings.Fields(rest)[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatal(err)
		}
		total += time.Duration(n) * tick
	}
	return total
}
