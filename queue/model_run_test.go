package queue_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
	"lgsp.internal/adapter/queue"
)

// TestTheQueueDoesWhatItsModelDoes runs random sequences of everything that
// can happen to a queue, beside a model of it. LGSPD_MODEL_SECONDS=600 goes on
// with new seeds for so long, LGSPD_MODEL_SEED=n runs one seed again.
func TestTheQueueDoesWhatItsModelDoes(t *testing.T) {
	run := func(seed uint64, steps int) bool {
		return t.Run(fmt.Sprint("LGSPD_MODEL_SEED=", seed), func(t *testing.T) {
			w := &walk{bench: newBench(t), r: rand.New(rand.NewPCG(seed, 0)), m: model{map[lgsp.ID]*message{}, map[string][]*message{}}}
			w.tune = func(q *queue.Queue) { q.LeavePlaces(int(seed%3), 6) }
			w.reopen()
			w.run(steps)
		})
	}
	if seed, err := strconv.ParseUint(os.Getenv("LGSPD_MODEL_SEED"), 10, 64); err == nil {
		run(seed, 400)
		return
	}
	for seed := range uint64(4) {
		run(seed, 200)
	}
	seconds, _ := strconv.Atoi(os.Getenv("LGSPD_MODEL_SECONDS"))
	for end := time.Now().Add(time.Duration(seconds) * time.Second); time.Now().Before(end); {
		if !run(rand.Uint64(), 400) {
			return
		}
	}
}

// walk is one random sequence.
type walk struct {
	*bench
	r     *rand.Rand
	m     model
	held  []held // leases, some of them stale
	run_  int    // how often the database was opened
	trail []string
}

type held struct {
	lease queue.Lease
	run   int  // in which it was given
	back  bool // its place was given back
}

func (w *walk) run(steps int) {
	deeds := []struct {
		weight int
		name   string
		deed   func()
	}{
		{24, "put", func() { w.arrive(false, w.r.IntN(4) == 0) }}, {7, "reject", func() { w.arrive(true, false) }},
		{14, "claim", w.claimSome}, {5, "claim all", w.claimEverything}, {24, "settle", w.settleOne}, {3, "give up", w.giveUpOne},
		{5, "replay", func() { w.command("replay") }}, {4, "hold", func() { w.command("hold") }}, {4, "drop", func() { w.command("drop") }},
		{8, "clock", w.moveClock}, {2, "sweep", w.sweepOnce}, {2, "reopen", w.reopenOrderly}, {1, "crash", w.crash}, {1, "tear", w.tear},
	}
	if err := w.log.Record(context.Background(), &audit.Entry{Event: audit.Started}); err != nil {
		w.t.Fatal(err)
	}
	w.live(0) // sealed from the beginning
	sum := 0
	for _, d := range deeds {
		sum += d.weight
	}
	for range steps {
		n := w.r.IntN(sum)
		i := 0
		for ; n >= deeds[i].weight; i++ {
			n -= deeds[i].weight
		}
		w.trail = append(w.trail, deeds[i].name)
		deeds[i].deed()
		w.compare()
		if w.t.Failed() {
			w.t.Fatalf("after step %d: %v", len(w.trail), w.trail[max(0, len(w.trail)-12):])
		}
	}
	w.finish()
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// arrive has a sender send something, while the feed has a place for it or not.
func (w *walk) arrive(rejected, wanted bool) {
	own, lane, text := pick(w.r, "", "A", "B", "C", "D", fmt.Sprint("n", w.r.IntN(1000))), pick(w.r, "", "l1", "l2", "l3"), pick(w.r, "x", "y", "z")
	e, d := w.message(own, lane, text)
	n := &message{id: e.ID, own: own, lane: lane, text: text, raw: rejected, unread: rejected, state: lgsp.Queued}
	if !rejected && w.r.IntN(6) == 0 { // the mapper was down
		d.Body, n.raw, n.unread, n.remap = nil, true, true, true
		if w.r.IntN(2) == 0 { // and what is known without it is nothing
			d, n.own, n.lane = lgsp.Document{}, "", ""
		}
		if n.lane == "" {
			n.lane = "unmapped"
		}
	}
	want := w.m.arrives(n.own, text, rejected, n.unread && !rejected)
	wanted = wanted && len(w.m.due(w.clock.now())) == 0
	f := w.feed("hotich")
	if wanted {
		f.Limit(f.taken + 1)
	}
	var r lgsp.Receipt
	var err error
	if rejected {
		n.state, n.remap = lgsp.Rejected, false
		r, err = w.q.Reject(context.Background(), e, d, "hotich", bad, "")
	} else {
		r, err = w.q.Put(context.Background(), e, d, "hotich")
	}
	w.expectReceipt(n, want, r, err)
	if want.repeatOf == nil && !w.t.Failed() {
		now := w.clock.now()
		if want.supersedes != nil {
			w.m.become(want.supersedes, lgsp.Superseded, now)
		}
		if want.loseOwn {
			n.own = ""
		}
		w.m.add(n, now)
		if wanted && n.state == lgsp.Queued && w.m.before(n) == nil {
			w.take(w.next(f))
		}
	}
	f.Limit(f.taken)
}

func (w *walk) expectReceipt(n *message, want outcome, r lgsp.Receipt, err error) {
	w.t.Helper()
	switch {
	case want.conflict:
		if _, known := want.repeatOf[r.ID]; lgsp.KindOf(err) != lgsp.Conflict || !known {
			w.t.Errorf("%+v %v, want a conflict with %v", r, err, want.repeatOf)
		}
	case err != nil:
		w.t.Error(err)
	case want.repeatOf != nil:
		if state, known := want.repeatOf[r.ID]; !r.Duplicate || !known || r.State != state {
			w.t.Errorf("receipt is %+v, want that of %v", r, want.repeatOf)
		}
	case r.ID != n.id || r.State != n.state || r.Duplicate:
		w.t.Errorf("receipt is %+v, want that of a new message, %s", r, n.state)
	}
}

// take checks a lease against the model and keeps it.
func (w *walk) take(l queue.Lease) {
	w.t.Helper()
	m := w.m.messages[l.ID]
	if m == nil || !slices.Contains(w.m.due(w.clock.now()), m) {
		w.t.Fatalf("message %s was leased and is not due: %+v", l.ID, m)
	}
	w.m.lease(m, w.clock.now())
	if l.Attempt != m.attempt {
		w.t.Errorf("attempt %d, want %d", l.Attempt, m.attempt)
	}
	w.held = append(w.held, held{lease: l, run: w.run_})
}

func (w *walk) claimSome() {
	n := min(len(w.m.due(w.clock.now())), 1+w.r.IntN(3))
	for _, l := range w.claim("hotich", n) {
		w.take(l)
	}
}

func (w *walk) claimEverything() {
	for _, l := range w.claimAll("hotich") {
		w.take(l)
	}
	if left := w.m.due(w.clock.now()); len(left) > 0 {
		w.t.Errorf("%d due messages were not leased: %+v", len(left), left[0])
	}
}

// settleOne settles a lease in a random way, a stale one in vain.
func (w *walk) settleOne() {
	if len(w.held) == 0 {
		return
	}
	h := &w.held[len(w.held)-1-w.r.IntN(min(len(w.held), 8))]
	l, now, ctx := h.lease, w.clock.now(), context.Background()
	m := w.m.messages[l.ID]
	live := m != nil && m.state == lgsp.Leased && m.attempt == l.Attempt
	if live {
		w.checkLoad(l, m)
	}
	if live && m.remap && w.r.IntN(2) == 0 {
		live = w.identify(&l, m)
	}
	var err error
	switch deed := w.r.IntN(10); {
	case deed < 6:
		err = w.q.Done(ctx, l, lgsp.Ack{At: now}, 0)
		if live {
			w.m.become(m, lgsp.Delivered, now)
		}
	case deed < 8:
		at := now.Add(time.Duration(w.r.IntN(600)) * time.Second)
		err = w.q.Retry(ctx, l, at, world, 0)
		if live {
			w.m.become(m, lgsp.Queued, now)
			m.due = at
		}
	default:
		err = w.q.Park(ctx, l, fault, 0)
		if live {
			w.m.become(m, lgsp.Parked, now)
		}
	}
	if live && err != nil || !live && !errors.Is(err, queue.ErrFenced) {
		w.t.Errorf("settling (live: %v): %v", live, err)
	}
	w.giveBack(h)
}

// giveUpOne returns a lease whose outcome is not recorded.
func (w *walk) giveUpOne() {
	if len(w.held) > 0 {
		w.giveBack(&w.held[w.r.IntN(len(w.held))])
	}
}

func (w *walk) giveBack(h *held) {
	if h.run != w.run_ || h.back {
		return
	}
	h.back = true
	// A commit that began while more places were open must be over, so that
	// what is given up here is not leased by it.
	if err := w.db.Settle(context.Background(), func(*sqlite.Tx) error { return nil }); err != nil {
		w.t.Error(err)
	}
	m, now := w.m.messages[h.lease.ID], w.clock.now()
	live := m != nil && m.state == lgsp.Leased && m.attempt == h.lease.Attempt
	w.giveUp(h.lease)
	if !live {
		return
	}
	m.out = false
	if m.due.After(now) {
		return
	}
	// It may have been made to last longer; when is a matter of chance.
	m.due = time.UnixMilli(w.count("select due from message where id = ?", m.id.String()))
	if m.due.After(now.Add(5 * time.Minute)) {
		w.t.Errorf("the lease of %s lasts until %s, it is %s", m.id, m.due, now)
	}
}

// identify tells the lane of a message that was mapped late, and reports
// whether its lease is still live.
func (w *walk) identify(l *queue.Lease, m *message) bool {
	w.t.Helper()
	lane, now := pick(w.r, m.lane, "", "l1", "l2", "l3"), w.clock.now()
	_, d := w.message("", lane, m.text)
	if lane == "unmapped" {
		return true
	}
	err := w.q.Identify(context.Background(), l, d)
	if lane != m.lane {
		w.m.leave(m, now)
		m.lane = lane
		w.m.enter(m)
	}
	if w.m.before(m) == nil {
		if err != nil {
			w.t.Errorf("identify: %v", err)
		}
		return true
	}
	w.m.become(m, lgsp.Queued, now)
	if !errors.Is(err, queue.ErrFenced) {
		w.t.Errorf("identify: %v, want the lease ended, as others stand in the lane", err)
	}
	return false
}

func (w *walk) checkLoad(l queue.Lease, m *message) {
	w.t.Helper()
	e, d, err := w.q.Load(context.Background(), l)
	if err != nil || string(e.Body) != "<raw>"+m.text+"</raw>" {
		w.t.Errorf("loaded %q (%v), want %q", e.Body, err, m.text)
	}
	if want := "{" + m.text + "}"; m.remap && d.Body != nil || !m.remap && string(d.Body) != want {
		w.t.Errorf("loaded %q, want %q (to be mapped: %v)", d.Body, want, m.remap)
	}
}

// crash goes on with a copy of what is on disk, made without closing.
func (w *walk) crash() {
	path := filepath.Join(w.t.TempDir(), "crashed.db")
	old := *w.bench
	copied := w.copyTo(path, -1)
	old.close()
	*w.bench = *copied
	copied.db = nil
	w.restarted()
}

func (w *walk) reopenOrderly() {
	w.close()
	w.clock.pass(-time.Duration(w.r.IntN(400)) * time.Second) // set back while the daemon was down
	w.open()
	w.restarted()
}

// restarted ends the leases that have not expired; the others are due anyway.
func (w *walk) restarted() {
	w.run_++
	for _, m := range w.m.messages {
		m.out = false
	}
	now := w.clock.now()
	if _, err := w.q.EndLeases(context.Background()); err != nil {
		w.t.Error(err)
	}
	for _, m := range w.m.messages { // what the clock put off is set right
		if m.state == lgsp.Queued && w.m.before(m) == nil && m.due.After(now) && (m.attempt == 0 || m.due.After(now.Add(25*time.Hour))) {
			m.due = now
		}
	}
	for _, it := range w.items(queue.Filter{Sender: "H29.11", States: []lgsp.State{lgsp.Queued}}) {
		if m := w.m.messages[mustParse(it.ID)]; m != nil && m.state == lgsp.Leased {
			w.m.become(m, lgsp.Queued, now)
			m.due = now
		}
	}
	for _, m := range w.m.messages {
		if m.state == lgsp.Leased && m.due.After(now) {
			w.t.Errorf("the lease of %s was not ended", m.id)
		}
	}
}

// tear opens a copy whose log lost its end: it must be whole, whatever is missing.
func (w *walk) tear() {
	wal, err := os.Stat(w.path + "-wal")
	if err != nil || wal.Size() == 0 {
		return
	}
	torn := w.copyTo(filepath.Join(w.t.TempDir(), "torn.db"), w.r.Int64N(wal.Size()))
	torn.close()
}
