package queue_test

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"testing"

	"lgsp.internal/adapter/queue"
)

// The messages held are on disk: memory does not grow with them. LGSPD_MANY
// sets how many are put.
func TestMemoryDoesNotGrowWithTheMessagesHeld(t *testing.T) {
	many, err := strconv.Atoi(os.Getenv("LGSPD_MANY"))
	if err != nil {
		many = 20_000
	}
	b := newBench(t)
	b.putMany(2000)
	before := heap()
	b.putMany(many)
	grown := int64(heap()) - int64(before)
	t.Logf("%d messages held, heap grew by %d KiB", many, grown>>10)
	if grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes for %d messages", grown, many)
	}
	if n, err := b.q.Waiting(context.Background()); err != nil || n < int64(many) {
		t.Errorf("%d messages wait (%v)", n, err)
	}
	for range 20 {
		for _, l := range b.claim("hotich", 100) {
			b.done(l)
		}
	}
	if grown := int64(heap()) - int64(before); grown > 4<<20 {
		t.Errorf("after deliveries, the heap grew by %d bytes", grown)
	}
	if found, err := b.q.Inspect(context.Background()); err != nil || len(found) > 0 {
		t.Errorf("inspect: %v %v", found, err)
	}
	b.damaged = true // it was checked; the common check would list every message
	b.operate(b.q.Drop, queue.Filter{Sender: "H29.12"}, 0)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
