package clean_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/clean"
)

// TestNobodyIsAskedTwiceHoweverOftenItIsKilled lets commands be killed, daemons
// die and the upstream refuse at random moments, and then everything go well.
func TestNobodyIsAskedTwiceHoweverOftenItIsKilled(t *testing.T) {
	for seed := range uint64(24) {
		for _, daemonDies := range []bool{false, true} {
			t.Run(fmt.Sprintf("seed %d, daemon dies %v", seed, daemonDies), func(t *testing.T) {
				t.Parallel()
				m := &model{h: newHouse(t, func(o *clean.Options) { o.Concurrency = 3 }), rnd: rand.New(rand.NewPCG(seed, 1)), rows: people(40), said: map[int]clean.Outcome{}}
				m.q = questionOf(m.rows)
				m.h.up.answer = m.answer
				for range 25 {
					m.step(daemonDies)
				}
				m.end(daemonDies)
			})
		}
	}
}

type model struct {
	h    *house
	rnd  *rand.Rand
	rows []clean.Row
	q    clean.Question
	said map[int]clean.Outcome

	begun  atomic.Int64
	at     int64  // the question at which it happens
	happen func() // nil = nothing
	refuse bool   // it is refused before it leaves
	once   sync.Once
}

func (m *model) answer(context.Context, string) (string, error) {
	if m.begun.Add(1) < m.at {
		return match, nil
	}
	m.once.Do(func() {
		if m.happen != nil {
			m.happen()
		}
	})
	if m.refuse {
		return "", notLeft(lgsp.Unavailable, 0)
	}
	return match, nil
}

// step is one command that checks some batch, and what happens meanwhile.
func (m *model) step(daemonDies bool) {
	from := m.rnd.IntN(len(m.rows))
	rows := m.rows[from:min(from+1+m.rnd.IntN(16), len(m.rows))]
	ctx, kill := context.WithCancel(context.Background())
	defer kill()
	m.begun.Store(0)
	m.at, m.happen, m.refuse, m.once = 1+int64(m.rnd.IntN(len(rows))), nil, false, sync.Once{}
	died := false
	switch m.rnd.IntN(4) {
	case 0:
		m.happen = kill
	case 1:
		m.refuse = true
	case 2:
		if daemonDies {
			m.happen = func() { died = true; m.h.die() }
		}
	}
	out, _ := m.h.desk.Check(ctx, m.q, rows)
	for _, o := range out {
		if was, ok := m.said[o.N]; ok && (was.Verdict != o.Verdict || was.Code != o.Code || !was.At.Equal(o.At)) {
			m.h.t.Errorf("row %d was %v with %s, is %v with %s", o.N, was.Verdict, was.Code, o.Verdict, o.Code)
		}
		m.said[o.N] = o
	}
	if died {
		m.h.open()
	}
}

func (m *model) end(daemonDies bool) {
	m.at, m.refuse, m.happen = 0, false, nil
	interrupted := 0
	for _, o := range m.h.check(m.q, m.rows) {
		times := m.h.up.times(number(o.N))
		switch {
		case times > 1:
			m.h.t.Errorf("row %d was asked %d times", o.N, times)
		case o.Verdict == clean.Match && times != 1:
			m.h.t.Errorf("row %d has a verdict and was asked %d times", o.N, times)
		case o.Verdict == clean.Failed && o.Reason == clean.Interrupted && daemonDies:
			interrupted++
		case o.Verdict != clean.Match:
			m.h.t.Errorf("row %d: %v %v", o.N, o.Verdict, o.Reason)
		}
		if was, ok := m.said[o.N]; ok && was.Code != o.Code {
			m.h.t.Errorf("row %d has another code", o.N)
		}
	}
	if interrupted == len(m.rows) {
		m.h.t.Error("every row was interrupted")
	}
}
