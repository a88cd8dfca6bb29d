package queue_test

import (
	"context"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/queue"
)

// command gives an operator's order for some messages or for all.
func (w *walk) command(name string) {
	items := w.items(queue.Filter{Sender: "H29.11"})
	from := map[string][]lgsp.State{
		"replay": {lgsp.Parked, lgsp.Rejected}, "hold": {lgsp.Queued}, "drop": {lgsp.Queued, lgsp.Parked, lgsp.Rejected},
	}[name]
	f := queue.Filter{Sender: "H29.11"}
	chosen := w.m.inOrder(items, from...)
	if name == "drop" || w.r.IntN(3) > 0 { // some of them, and one that is in no state to be moved
		w.r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		some := map[lgsp.ID]bool{}
		for _, it := range items[:min(len(items), 1+w.r.IntN(4))] {
			id := mustParse(it.ID)
			f.IDs, some[id] = append(f.IDs, id), true
		}
		var narrowed []*message
		for _, m := range chosen {
			if some[m.id] {
				narrowed = append(narrowed, m)
			}
		}
		chosen = narrowed
	}
	verb := map[string]func(context.Context, queue.Filter, queue.Order) (int64, error){"replay": w.q.Replay, "hold": w.q.Hold, "drop": w.q.Drop}[name]
	if len(f.IDs) == 0 && name == "drop" {
		return
	}
	n, err := verb(context.Background(), f, operator)
	if err != nil || n != int64(len(chosen)) {
		w.t.Errorf("%s moved %d (%v), want %d", name, n, err, len(chosen))
	}
	now := w.clock.now()
	for _, m := range chosen {
		w.ordered(name, m, now)
	}
}

func (w *walk) ordered(name string, m *message, now time.Time) {
	switch name {
	case "replay":
		if m.state == lgsp.Rejected {
			w.m.enter(m)
		}
		w.m.become(m, lgsp.Queued, now)
		m.remap, m.unread, m.due = true, false, now
	case "hold":
		w.m.become(m, lgsp.Parked, now)
	case "drop":
		w.m.become(m, lgsp.Dropped, now)
	}
}

// moveClock lets time pass, sometimes much of it. The clock goes back only while
// the daemon is down: when Run notices it otherwise is a matter of chance, and
// what it does then is told by a test of its own.
func (w *walk) moveClock() {
	switch n := w.r.IntN(20); {
	case n < 17:
		w.clock.pass(time.Duration(w.r.IntN(400)) * time.Second)
	case n < 19:
		w.live(25 * time.Hour)
	default:
		w.live(31 * day)
	}
}

func (w *walk) sweepOnce() {
	w.sweep()
	w.m.sweep(w.clock.now())
}

// compare holds every message against its model.
func (w *walk) compare() {
	w.t.Helper()
	items := w.items(queue.Filter{Sender: "H29.11"})
	if len(items) != len(w.m.messages) {
		w.t.Errorf("%d messages are held, want %d", len(items), len(w.m.messages))
	}
	ids := map[int64]lgsp.ID{0: {}}
	for _, it := range items {
		ids[it.Seq] = mustParse(it.ID)
	}
	for _, it := range items {
		m := w.m.messages[mustParse(it.ID)]
		if m == nil {
			w.t.Errorf("message %s is not known", it.ID)
			continue
		}
		var before lgsp.ID
		if p := w.m.before(m); p != nil {
			before = p.id
		}
		if it.State != m.state.String() || it.Attempt != m.attempt || ids[it.After] != before || it.Bytes == 0 != m.purged || !it.Changed.Equal(m.changed.Truncate(time.Millisecond)) {
			w.t.Errorf("message is %+v, want %+v behind %s", it, *m, before)
		}
		if it.Due != nil && !it.Due.Equal(m.due.Truncate(time.Millisecond)) {
			w.t.Errorf("message is due %s, want %s: %+v", it.Due, m.due, *m)
		}
	}
}

// finish sends everything round until it is delivered: what was acknowledged
// is delivered, or was given up by name, or superseded by its own sender.
func (w *walk) finish() {
	w.replayAll()
	for i := range w.held {
		w.giveBack(&w.held[i])
	}
	for range 1000 {
		w.clock.pass(10 * time.Minute)
		before := len(w.held)
		w.claimEverything()
		if len(w.held) == before {
			break
		}
		for _, h := range w.held[before:] {
			w.done(h.lease)
			w.m.become(w.m.messages[h.lease.ID], lgsp.Delivered, w.clock.now())
			w.giveUp(h.lease)
		}
	}
	w.compare()
	for _, m := range w.m.messages {
		switch m.state {
		case lgsp.Delivered, lgsp.Dropped, lgsp.Superseded:
		default:
			w.t.Errorf("message %s is still %s", m.id, m.state)
		}
	}
}

func (w *walk) replayAll() {
	chosen := w.m.inOrder(w.items(queue.Filter{Sender: "H29.11"}), lgsp.Parked, lgsp.Rejected)
	w.operate(w.q.Replay, queue.Filter{}, int64(len(chosen)))
	for _, m := range chosen {
		w.ordered("replay", m, w.clock.now())
	}
}
