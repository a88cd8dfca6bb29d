package host_test

import (
	"bytes"
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/bridge"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/queue"
	"lgsp.internal/adapter/usage"
)

// taker is an upstream that takes everything.
type taker struct {
	mu   sync.Mutex
	took map[lgsp.ID]int
}

func (s *taker) Deliver(_ context.Context, id lgsp.ID, _ lgsp.Document) (lgsp.Ack, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took[id]++
	return lgsp.Ack{At: time.Now()}, nil
}

// laned is a plugin whose mapping says the lane: that of each message is its own.
type laned struct{ lgsp.Mapper }

func (l laned) Map(ctx context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	d, err := l.Mapper.Map(ctx, e)
	d.Lane = e.ID.String()
	return d, err
}

// newLine puts a plugin into the straight line, with a real queue.
func newLine(t *testing.T, r *rig, to lgsp.Sink) (*bridge.Bridge, *queue.Queue) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "lgspd.db"), Schemas: []sqlite.Schema{audit.Schema(), queue.Schema(), usage.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	keys, err := queue.NewKeys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	record := audit.New(audit.Options{DB: db, Key: []byte("pseudonyms")})
	q, err := queue.Open(t.Context(), queue.Options{DB: db, Audit: record, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	b, err := bridge.New(bridge.Options{Queue: q, Audit: record, Approved: func(_, _ string) bool { return true },
		Services:  []bridge.Service{{Name: "thu", Mapper: laned{r.h}, Upstream: "tren"}},
		Upstreams: []bridge.Upstream{{Name: "tren", Sink: to, Concurrency: 4, Timeout: 30 * time.Second, Retry: bridge.Backoff{First: 2 * time.Millisecond, Most: 20 * time.Millisecond}}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return b, q
}

func TestNothingIsLostAndNobodyIsToldWrongWhenAMessageEndsThePlugin(t *testing.T) {
	r := newRig(t)
	r.works()
	to := &taker{took: map[lgsp.ID]int{}}
	b, q := newLine(t, r, to)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var good []lgsp.ID
	var fatal lgsp.ID
	for i := range 21 {
		wg.Go(func() {
			body := "sleep 20"
			if i == 10 {
				body = "exit"
			}
			receipt, err := b.Accept(context.Background(), r.envelope(body))
			if err != nil {
				t.Errorf("%s is not accepted: %v", body, err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if i == 10 {
				fatal = receipt.ID
			} else {
				good = append(good, receipt.ID)
			}
		})
	}
	wg.Wait()
	state := func(id lgsp.ID) queue.Item {
		items, err := q.List(t.Context(), queue.Filter{IDs: []lgsp.ID{id}}, 0, 1)
		if err != nil || len(items) != 1 {
			t.Fatalf("%d items (%v)", len(items), err)
		}
		return items[0]
	}
	for _, id := range good {
		r.until("a good message is not delivered", func() bool { return state(id).State == lgsp.Delivered.String() })
	}
	r.until("the fatal one is not held", func() bool { return state(fatal).State == lgsp.Parked.String() })
	if item := state(fatal); item.Code != "PluginCrash" {
		t.Errorf("it is held for %q", item.Code)
	}
	to.mu.Lock()
	defer to.mu.Unlock()
	if len(to.took) != 20 || to.took[fatal] != 0 {
		t.Errorf("%d messages were delivered, the fatal one %d times", len(to.took), to.took[fatal])
	}
	r.works()
}

func TestWhatComesWhileThePluginIsDownIsStoredAndMappedLater(t *testing.T) {
	r := newRig(t)
	r.works()
	r.stop()
	to := &taker{took: map[lgsp.ID]int{}}
	b, q := newLine(t, r, to)
	receipt, err := b.Accept(context.Background(), r.envelope("tốt"))
	if err != nil {
		t.Fatal(err)
	}
	items, err := q.List(t.Context(), queue.Filter{IDs: []lgsp.ID{receipt.ID}}, 0, 1)
	if err != nil || len(items) != 1 || items[0].State == lgsp.Rejected.String() {
		t.Fatalf("%+v (%v)", items, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.h.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	r.until("it is not delivered", func() bool {
		to.mu.Lock()
		defer to.mu.Unlock()
		return to.took[receipt.ID] == 1
	})
}
