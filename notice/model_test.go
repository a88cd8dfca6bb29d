package notice_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/notice"
)

// model is the desk in as few words as possible: a list of notices.
type model struct {
	notices []*modelNotice
	last    map[int]int // number given last, by year
}

type modelNotice struct {
	number     notice.Number
	sender     string
	own, text  string
	state      notice.State
	removed    bool
	said       []string // with each step
	moves      []move
	opened, at time.Time
}

type move struct {
	to notice.State
	at time.Time
}

func (m *model) find(sender, own string) *modelNotice {
	for _, n := range m.notices {
		if own != "" && n.sender == sender && n.own == own {
			return n
		}
	}
	return nil
}

func (m *model) open(sender, own, text string, at time.Time) *modelNotice {
	year := at.Add(7 * time.Hour).Year()
	m.last[year]++
	n := &modelNotice{number: notice.Number{Year: year, N: m.last[year]}, sender: sender, own: own, text: text, state: notice.New, opened: at, at: at, moves: []move{{notice.New, at}}}
	m.notices = append(m.notices, n)
	return n
}

// leads says whether an arrow is there.
func leads(from, to notice.State) bool {
	switch to {
	case notice.Sent:
		return from == notice.New || from == notice.Answered
	case notice.Answered:
		return from == notice.Sent
	case notice.Closed:
		return from != notice.Closed
	}
	return false
}

func (m *model) counts(from, to time.Time) (c notice.Counts) {
	for _, n := range m.notices {
		open := false
		for _, v := range n.moves {
			if !v.at.Before(to) {
				continue
			}
			open = v.to != notice.Closed
			if v.at.Before(from) {
				continue
			}
			switch v.to {
			case notice.New:
				c.Opened++
			case notice.Sent:
				c.Sent++
			case notice.Answered:
				c.Answered++
			case notice.Closed:
				c.Closed++
			}
		}
		if open {
			c.Open++
		}
	}
	return c
}

func TestTheDeskDoesWhatItsModelDoes(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := &modelRun{bench: newBench(t), model: &model{last: map[int]int{}}, random: rand.New(rand.NewPCG(seed, 14))}
			for range 150 {
				r.step()
			}
			r.compare()
		})
	}
}

type modelRun struct {
	*bench
	model  *model
	random *rand.Rand
	deeds  int
}

func (r *modelRun) step() {
	r.t.Helper()
	switch n := r.random.IntN(100); {
	case n < 35:
		r.openOne()
	case n < 80:
		r.doOne()
	case n < 88:
		r.live(time.Duration(r.random.IntN(40)) * day)
	case n < 93:
		r.sweepAll()
	case n < 97:
		r.compare()
	default:
		r.reopen()
	}
	r.pass(time.Second)
}

func (r *modelRun) openOne() {
	r.t.Helper()
	o := opening([]string{"", "TB-1", "TB-2", "TB-3", "TB-4", "TB-5"}[r.random.IntN(6)])
	o.Sender = []string{"H29.11", "H29.12"}[r.random.IntN(2)]
	o.Text = []string{"mô tả một", "mô tả hai"}[r.random.IntN(2)]
	first := r.model.find(o.Sender, o.LegacyID)
	got, duplicate, err := r.desk.Open(context.Background(), o)
	switch {
	case first == nil:
		if want := r.model.open(o.Sender, o.LegacyID, o.Text, r.now()); err != nil || duplicate || got.Number != want.number {
			r.t.Fatalf("opened as %+v, %v, %v; want %s", got, duplicate, err, want.number)
		}
	case first.text != o.Text:
		if lgsp.KindOf(err) != lgsp.Conflict {
			r.t.Fatalf("opened as %+v, %v; want a conflict with %s", got, err, first.number)
		}
	default:
		if err != nil || !duplicate || got.Number != first.number || got.State != first.state {
			r.t.Fatalf("opened as %+v, %v, %v; want a repeat of %s", got, duplicate, err, first.number)
		}
	}
}

func (r *modelRun) doOne() {
	r.t.Helper()
	if len(r.model.notices) == 0 {
		return
	}
	n := r.model.notices[r.random.IntN(len(r.model.notices))]
	to := notice.State(2 + r.random.IntN(3))
	r.deeds++
	said := notice.Deed{By: "van-hanh-1", Document: fmt.Sprint(r.deeds, "/CV"), Date: "2026-03-05", Text: "vì lý do"}
	do := map[notice.State]func(context.Context, notice.Number, notice.Deed) error{notice.Sent: r.desk.Send, notice.Answered: r.desk.Answer, notice.Closed: r.desk.Close}[to]
	err := do(context.Background(), n.number, said)
	if !leads(n.state, to) {
		if lgsp.KindOf(err) != lgsp.Conflict {
			r.t.Fatalf("%s from %s to %s: %v, want a conflict", n.number, n.state, to, err)
		}
		return
	}
	if err != nil {
		r.t.Fatalf("%s from %s to %s: %v", n.number, n.state, to, err)
	}
	n.state, n.at = to, r.now()
	n.said, n.moves = append(n.said, said.Document), append(n.moves, move{to, n.at})
}

func (r *modelRun) sweepAll() {
	r.t.Helper()
	if _, err := r.log.Seal(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.desk.Sweep(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	old, err := r.log.Ago(90 * day)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, n := range r.model.notices {
		n.removed = n.removed || n.state == notice.Closed && !n.at.After(old)
	}
}

// compare looks whether all that the desk tells is what the model says.
func (r *modelRun) compare() {
	r.t.Helper()
	want := slices.SortedFunc(slices.Values(r.model.notices), func(a, b *modelNotice) int {
		return 1_000_000*(a.number.Year-b.number.Year) + a.number.N - b.number.N
	})
	list, err := r.desk.List(context.Background(), notice.Filter{})
	if err != nil || len(list) != len(want) {
		r.t.Fatalf("%d notices are listed, %v; want %d", len(list), err, len(want))
	}
	for i, w := range want {
		l, g := list[i], r.get(w.number)
		if l.Number != w.number || l.State != w.state || l.Sender != w.sender || !l.Opened.Equal(w.opened) || !l.Changed.Equal(w.at) || l.Removed != w.removed {
			r.t.Fatalf("listed as %+v\nwant %+v", l, w)
		}
		var said []string
		for _, s := range g.Steps {
			said = append(said, s.Document)
		}
		if w.removed {
			if g.Content != nil || slices.ContainsFunc(said, func(s string) bool { return s != "" }) || len(said) != len(w.said) {
				r.t.Fatalf("%s was removed and tells %+v", w.number, g)
			}
			continue
		}
		if g.Content == nil || g.Content.Text != w.text || g.LegacyID != w.own || !slices.Equal(said, w.said) {
			r.t.Fatalf("got %+v\nwant %+v", g, w)
		}
	}
	from := r.start.Add(time.Duration(r.random.IntN(100)) * day)
	to := from.Add(time.Duration(r.random.IntN(100)) * day)
	if got, err := r.desk.Count(context.Background(), from, to, ""); err != nil || got != r.model.counts(from, to) {
		r.t.Fatalf("from %s to %s it counts %+v, %v; want %+v", from, to, got, err, r.model.counts(from, to))
	}
}
