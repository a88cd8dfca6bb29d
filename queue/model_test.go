package queue_test

import (
	"cmp"
	"maps"
	"slices"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/queue"
)

// model is the queue in as few words as possible: a map of messages and, for
// each lane, those that stand in it.
type model struct {
	messages map[lgsp.ID]*message
	lanes    map[string][]*message
}

type message struct {
	id      lgsp.ID
	own     string // the sender's own id, while it holds it
	lane    string
	text    string // what it says
	raw     bool   // it was kept by the bytes received: rejected, or not mapped
	unread  bool   // its bytes tell a repeat of it
	state   lgsp.State
	attempt int64
	due     time.Time // queued at the head of its lane, leased
	changed time.Time
	out     bool // its lease is out in this process, so that it does not expire
	remap   bool
	purged  bool
}

// outcome is what a sender must be told.
type outcome struct {
	repeatOf   map[lgsp.ID]lgsp.State // one of these, which is in that state; nil = it is new
	conflict   bool
	supersedes *message
	loseOwn    bool // what is bad, or not known to say the same, does not take the id of another message
}

func (m *model) holder(own string) *message {
	for _, w := range m.messages {
		if own != "" && w.own == own && w.state != lgsp.Superseded && w.state != lgsp.Dropped {
			return w
		}
	}
	return nil
}

// arrives says what becomes of a newcomer.
func (m *model) arrives(own, text string, rejected, unmapped bool) outcome {
	shown := func(w *message) lgsp.State {
		if w.state == lgsp.Leased {
			return lgsp.Queued
		}
		return w.state
	}
	like := func(refused bool) outcome {
		same := map[lgsp.ID]lgsp.State{}
		for _, w := range m.messages {
			if w.unread && w.text == text && (w.state == lgsp.Rejected) == refused {
				same[w.id] = shown(w)
			}
		}
		if len(same) == 0 {
			return outcome{}
		}
		return outcome{repeatOf: same}
	}
	first := m.holder(own)
	if first != nil {
		repeat := outcome{repeatOf: map[lgsp.ID]lgsp.State{first.id: shown(first)}}
		switch {
		case rejected && first.raw && first.text == text:
			return repeat
		case first.state == lgsp.Rejected:
			return outcome{supersedes: first}
		case !rejected && first.text == text && (first.raw || !unmapped):
			return repeat
		case !rejected && !unmapped:
			return outcome{repeatOf: repeat.repeatOf, conflict: true}
		}
	}
	if (rejected || unmapped) && (own == "" || first != nil) {
		if o := like(rejected); o.repeatOf != nil {
			return o
		}
	}
	return outcome{loseOwn: first != nil}
}

func (m *model) add(w *message, now time.Time) {
	m.messages[w.id] = w
	w.changed, w.due = now, now
	if w.state == lgsp.Queued {
		m.enter(w)
	}
}

// enter takes the last place of the lane.
func (m *model) enter(w *message) {
	if w.lane != "" {
		m.lanes[w.lane] = append(m.lanes[w.lane], w)
	}
}

// leave gives the place up and lets the next go if it was the head.
func (m *model) leave(w *message, now time.Time) {
	line := m.lanes[w.lane]
	i := slices.Index(line, w)
	if i < 0 {
		return
	}
	line = slices.Delete(line, i, i+1)
	m.lanes[w.lane] = line
	if i == 0 && len(line) > 0 {
		line[0].due = now
	}
}

// before returns the message that w waits for, nil if none.
func (m *model) before(w *message) *message {
	if i := slices.Index(m.lanes[w.lane], w); i > 0 {
		return m.lanes[w.lane][i-1]
	}
	return nil
}

func (m *model) become(w *message, state lgsp.State, now time.Time) {
	w.state, w.changed = state, now
	if state == lgsp.Delivered || state == lgsp.Dropped {
		m.leave(w, now)
	}
	switch state {
	case lgsp.Delivered:
		w.remap = false
	case lgsp.Superseded, lgsp.Dropped:
		w.unread = false
	}
}

// due returns what can be leased.
func (m *model) due(now time.Time) []*message {
	var due []*message
	for _, w := range m.messages {
		waiting := w.state == lgsp.Queued && m.before(w) == nil || w.state == lgsp.Leased && !w.out
		if waiting && !w.due.After(now) {
			due = append(due, w)
		}
	}
	return due
}

func (m *model) lease(w *message, now time.Time) {
	w.attempt++
	w.out = true
	w.due = now.Add(5 * time.Minute)
	m.become(w, lgsp.Leased, now)
}

// sweep forgets what a sweep with the standard times removes.
func (m *model) sweep(now time.Time) {
	grace := map[lgsp.State]time.Duration{lgsp.Delivered: day, lgsp.Superseded: day, lgsp.Dropped: day}
	retain := map[lgsp.State]time.Duration{lgsp.Delivered: 90 * day, lgsp.Rejected: 90 * day, lgsp.Dropped: 30 * day, lgsp.Superseded: day}
	over := func(w *message, times map[lgsp.State]time.Duration) bool {
		d, final := times[w.state]
		return final && !w.changed.After(now.Add(-d))
	}
	for id, w := range m.messages {
		if !w.purged && over(w, grace) {
			w.purged = true
		}
		if over(w, retain) {
			delete(m.messages, id)
		}
	}
}

// inOrder lists the messages of some states in the order of a listing.
func (m *model) inOrder(items []queue.Item, states ...lgsp.State) []*message {
	place := map[lgsp.ID]int64{}
	for _, it := range items {
		place[mustParse(it.ID)] = it.Seq
	}
	var chosen []*message
	for w := range maps.Values(m.messages) {
		if slices.Contains(states, w.state) {
			chosen = append(chosen, w)
		}
	}
	slices.SortFunc(chosen, func(a, b *message) int { return cmp.Compare(place[a.id], place[b.id]) })
	return chosen
}
