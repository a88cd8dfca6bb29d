package bridge_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/bridge"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/queue"
	"lgsp.internal/adapter/usage"
)

const (
	sender  = "H29.11"
	service = "thu.gui"
	patient = 15 * time.Second // for what takes milliseconds on a machine that is not busy
)

// rig is a bridge over a real queue, with mappers and sinks that a test
// directs and a clock that it may put ahead.
type rig struct {
	t     *testing.T
	ahead atomic.Int64 // ns
	db    *sqlite.DB
	log   *audit.Log
	q     *queue.Queue
	b     *bridge.Bridge
	opt   bridge.Options
	sink  *sink
	next  int
	said  book
}

func newRig(t *testing.T, change ...func(*rig)) *rig {
	t.Helper()
	r := &rig{t: t, sink: &sink{}}
	path := filepath.Join(t.TempDir(), "lgspd.db")
	var err error
	if r.db, err = sqlite.Open(t.Context(), sqlite.Options{Path: path, Schemas: []sqlite.Schema{audit.Schema(), queue.Schema(), usage.Schema()},
		BusyTimeout: 50 * time.Millisecond, Now: r.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.db.Close(); err != nil {
			t.Error(err)
		}
	})
	keys, err := queue.NewKeys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	r.log = audit.New(audit.Options{DB: r.db, Key: []byte("pseudonyms"), Now: r.now})
	if r.q, err = queue.Open(t.Context(), queue.Options{DB: r.db, Audit: r.log, Keys: keys, Now: r.now}); err != nil {
		t.Fatal(err)
	}
	r.opt = bridge.Options{
		Queue: r.q, Audit: r.log, Now: r.now, Log: slog.New(slog.NewTextHandler(&r.said, nil)),
		Services:  []bridge.Service{{Name: service, Mapper: mapper(mapPlain), Upstream: "tren"}},
		Upstreams: []bridge.Upstream{r.upstream("tren", r.sink)},
		Approved:  func(s, _ string) bool { return s == sender },
	}
	for _, c := range change {
		c(r)
	}
	if r.b, err = bridge.New(r.opt); err != nil {
		t.Fatal(err)
	}
	return r
}

// upstream has waits that suit a test.
func (r *rig) upstream(name string, s lgsp.Sink) bridge.Upstream {
	return bridge.Upstream{Name: name, Sink: s, Concurrency: 4, Timeout: patient,
		Retry:   bridge.Backoff{First: 2 * time.Millisecond, Most: 20 * time.Millisecond},
		Breaker: bridge.Breaker{Failures: 1000, Open: time.Millisecond, Most: 10 * time.Millisecond}}
}

func (r *rig) now() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) }

// run starts the bridge. stop ends it and returns what Run returned; the end
// of the test stops it too.
func (r *rig) run() (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.b.Run(ctx) }()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	r.t.Cleanup(func() {
		if err := stop(); err != nil {
			r.t.Error(err)
		}
	})
	return stop
}

// letter is a message in the form that mapPlain reads.
func letter(own, lane, text string) lgsp.Envelope {
	return lgsp.Envelope{Source: "thu", Sender: sender, Service: service, Body: []byte(own + "|" + lane + "|" + text)}
}

// put accepts a message of its own, in a lane.
func (r *rig) put(lane string) lgsp.ID {
	r.t.Helper()
	r.next++
	return r.accept(letter(fmt.Sprintf("HS-%d", r.next), lane, "x"))
}

func (r *rig) accept(e lgsp.Envelope) lgsp.ID {
	r.t.Helper()
	receipt, err := r.b.Accept(r.t.Context(), e)
	if err != nil {
		r.t.Fatal(err)
	}
	return receipt.ID
}

// item is the message as an operator sees it.
func (r *rig) item(id lgsp.ID) queue.Item {
	r.t.Helper()
	items, err := r.q.List(r.t.Context(), queue.Filter{IDs: []lgsp.ID{id}}, 0, 1)
	if err != nil || len(items) != 1 {
		r.t.Fatalf("list %s: %v, %d items", id, err, len(items))
	}
	return items[0]
}

// all is every message that is held.
func (r *rig) all() []queue.Item {
	r.t.Helper()
	items, err := r.q.List(r.t.Context(), queue.Filter{}, 0, 10_000)
	if err != nil {
		r.t.Fatal(err)
	}
	return items
}

// await waits until a message is in a state.
func (r *rig) await(state lgsp.State, ids ...lgsp.ID) {
	r.t.Helper()
	for _, id := range ids {
		var it queue.Item
		r.until(func() bool { it = r.item(id); return it.State == state.String() },
			func() string {
				return fmt.Sprintf("message %s is %s (%s %s), want %s", id, it.State, it.Kind, it.Code, state)
			})
	}
}

func (r *rig) until(done func() bool, otherwise func() string) {
	r.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patient); !done(); <-tick.C {
		if time.Now().After(end) {
			r.t.Fatalf("%s\n%s", otherwise(), r.said.String())
		}
	}
}

// record is every entry of an event, oldest first.
func (r *rig) record(event audit.Event) []audit.Entry {
	r.t.Helper()
	var out bytes.Buffer
	if _, err := r.log.Export(r.t.Context(), &out, time.Time{}, time.Time{}); err != nil {
		r.t.Fatal(err)
	}
	var found []audit.Entry
	for i, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var l struct{ Entry audit.Entry }
		if i == 0 || line == "" {
			continue
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			r.t.Fatal(err)
		}
		if l.Entry.Event == event {
			found = append(found, l.Entry)
		}
	}
	return found
}

// mapper is a lgsp.Mapper.
type mapper func(lgsp.Envelope) (lgsp.Document, error)

func (m mapper) Map(_ context.Context, e lgsp.Envelope) (lgsp.Document, error) { return m(e) }

// mapPlain reads "own id|lane|text".
func mapPlain(e lgsp.Envelope) (lgsp.Document, error) {
	part := strings.Split(string(e.Body), "|")
	if len(part) != 3 {
		return lgsp.Document{}, &lgsp.Error{Kind: lgsp.Invalid, Code: "Invalid", Text: "Thông điệp thử không đúng dạng; hãy sửa lại.",
			Fields: []lgsp.FieldError{{Path: "/Thu", Code: "missing"}}}
	}
	return lgsp.Document{Route: "gui", LegacyID: part[0], Lane: part[1], Body: []byte("doc " + part[2])}, nil
}

// sink is a lgsp.Sink that remembers who was on the wire. The zero sink takes
// everything.
type sink struct {
	deliver func(ctx context.Context, id lgsp.ID, d lgsp.Document, attempt int) error

	mu     sync.Mutex
	tried  []try
	onWire int
	most   int // on the wire at once
	counts map[lgsp.ID]int
}

type try struct {
	id lgsp.ID
	at time.Time
	d  lgsp.Document
	ok bool
}

func (s *sink) Deliver(ctx context.Context, id lgsp.ID, d lgsp.Document) (lgsp.Ack, error) {
	s.mu.Lock()
	if s.counts == nil {
		s.counts = map[lgsp.ID]int{}
	}
	s.counts[id]++
	attempt, n := s.counts[id], len(s.tried)
	s.tried = append(s.tried, try{id: id, at: time.Now(), d: d})
	s.onWire++
	s.most = max(s.most, s.onWire)
	s.mu.Unlock()
	var err error
	if s.deliver != nil {
		err = s.deliver(ctx, id, d, attempt)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onWire--
	s.tried[n].ok = err == nil
	return lgsp.Ack{Ref: "ref-" + id.String()[30:]}, err
}

// tries is what came to the wire so far.
func (s *sink) tries() []try {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]try(nil), s.tried...)
}

func (s *sink) atOnce() (now, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.onWire, s.most
}

func worldly(kind lgsp.Kind) error {
	return &lgsp.Error{Kind: kind, Op: "thu", Code: "Thu", Text: "Hệ thống nhận thử đang gián đoạn.", Err: errors.New("made for a test")}
}

// book is a log that is written and read at once.
type book struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *book) Write(p []byte) (int, error) { b.mu.Lock(); defer b.mu.Unlock(); return b.b.Write(p) }
func (b *book) String() string              { b.mu.Lock(); defer b.mu.Unlock(); return b.b.String() }
