package host_test

import (
	"context"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/host"
)

// used is what this process holds.
type used struct {
	goroutines, files int
	heap              uint64
}

func measure(t *testing.T) used {
	t.Helper()
	runtime.GC()
	runtime.GC() // what finalizers and pools let go
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return used{runtime.NumGoroutine(), len(files), m.HeapAlloc}
}

func TestAThousandCrashesLeaveNothingBehind(t *testing.T) {
	r := newRig(t)
	r.works()
	r.stop() // whatever is made once is made
	before := measure(t)

	// Plugins that end while they map, each way again and again.
	maps := func(rounds int, bodies ...string) func() {
		return func() {
			r := newRig(t, func(o *host.Options) { o.Timeout = 150 * time.Millisecond })
			for range rounds {
				for _, body := range bodies {
					r.works()
					if _, err := r.send(body); lgsp.KindOf(err) != lgsp.Unavailable {
						t.Errorf("%s: %v", body, err)
					}
				}
			}
			r.works()
			r.stop()
			if n := r.h.Status().Restarts; n < rounds*len(bodies) {
				t.Errorf("it ended %d times only", n)
			}
		}
	}
	// Programs that never come up, started again by order.
	starts := func(rounds int, how ...string) func() {
		return func() {
			for _, one := range how {
				r := newRig(t, with(one), func(o *host.Options) {
					o.Start, o.Timeout = 50*time.Millisecond, 50*time.Millisecond
					o.Retry = host.Backoff{First: time.Hour, Most: time.Hour}
				})
				for range rounds - 1 {
					if s, err := r.h.Restart(context.Background()); err != nil || s.State != host.Waiting && s.State != host.Disabled {
						t.Errorf("%s: %+v (%v)", one, s, err)
					}
				}
				r.stop()
			}
		}
	}
	var wg sync.WaitGroup
	for _, do := range []func(){
		maps(190, "exit", "kill", "fatal"),
		maps(10, "hang", "stop", "flood", "flood-stdout", "flood-stderr"),
		starts(80, "exit", "garbage", "protocol", "core", "handshake"),
		starts(10, "silent", "endless", "deaf", "tcp"),
	} {
		wg.Go(do)
	}
	wg.Wait()
	if left := processes(t, misbehave); len(left) > 0 {
		t.Errorf("%d processes are left: %q", len(left), left)
	}
	var after used
	r.until("goroutines or files are left", func() bool {
		after = measure(t)
		if after.goroutines <= before.goroutines && after.files <= before.files {
			return true
		}
		t.Logf("%d goroutines, %d files", after.goroutines, after.files)
		return false
	})
	if after.heap > before.heap+4<<20 {
		t.Errorf("the heap grew from %d to %d KiB", before.heap>>10, after.heap>>10)
	}
	t.Logf("before: %+v; after: %+v", before, after)
}
