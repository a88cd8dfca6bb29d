package queue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/queue"
)

func TestAReplayedMessageIsMappedAgain(t *testing.T) {
	b := newBench(t)
	id := b.parked("HS-1", "")
	b.operate(b.q.Replay, only(id), 1)
	l := b.claim("hotich", 1)[0]
	e, d, err := b.q.Load(context.Background(), l)
	if err != nil || d.Body != nil || string(e.Body) != "<raw>xHS-1</raw>" || l.ID != id {
		t.Errorf("loaded %+v %+v (%v): want the bytes received and no body", e, d, err)
	}
	b.retry(l, 0)
	if d := b.load(b.claim("hotich", 1)[0]); d.Body != nil {
		t.Error("a retry of a replayed message took the old document")
	}
}

func TestAReplayedMessageIsMappedAgainAfterARestart(t *testing.T) {
	b := newBench(t)
	id := b.reject("HS-1", "", "x").ID
	b.operate(b.q.Replay, only(id), 1)
	b.reopen()
	l := b.claim("hotich", 1)[0]
	e, d, err := b.q.Load(context.Background(), l)
	if err != nil || d.Body != nil || string(e.Body) != "<raw>x</raw>" {
		t.Errorf("loaded %+v %+v (%v)", e, d, err)
	}
}

func TestAHeldMessageIsNotLeasedUntilItIsReplayed(t *testing.T) {
	b := newBench(t)
	id := b.put("HS-1", "", "x")
	b.operate(b.q.Hold, only(id), 1)
	b.expectClaim()
	if it := b.item(id); it.Code != "Held" || it.Reason == "" || it.Due != nil {
		t.Errorf("the held message shows %+v", it)
	}
	b.operate(b.q.Replay, queue.Filter{Code: "Held"}, 1)
	b.expectClaim(id)
}

func TestACommandMovesOnlyMessagesOfItsStates(t *testing.T) {
	for _, c := range []struct {
		name string
		verb func(*queue.Queue) func(context.Context, queue.Filter, queue.Order) (int64, error)
		from []string
		to   string
	}{
		{"replay", func(q *queue.Queue) func(context.Context, queue.Filter, queue.Order) (int64, error) { return q.Replay }, []string{"parked", "rejected"}, "queued"},
		{"hold", func(q *queue.Queue) func(context.Context, queue.Filter, queue.Order) (int64, error) { return q.Hold }, []string{"queued"}, "parked"},
		{"drop", func(q *queue.Queue) func(context.Context, queue.Filter, queue.Order) (int64, error) { return q.Drop }, []string{"parked", "queued", "rejected"}, "dropped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.oneInEachState()
			before := map[string]string{}
			for _, it := range b.items(queue.Filter{}) {
				before[it.ID] = it.State
			}
			b.operate(c.verb(b.q), queue.Filter{}, int64(len(c.from)))
			var moved []string
			for _, it := range b.items(queue.Filter{}) {
				if it.State == before[it.ID] {
					continue
				}
				moved = append(moved, before[it.ID])
				history := b.history(mustParse(it.ID))
				if last := history[len(history)-1]; it.State != c.to || last.From != before[it.ID] || last.Operator != operator.Operator || last.Detail != operator.Why {
					t.Errorf("%s became %s, on record as %+v", before[it.ID], it.State, last)
				}
			}
			slices.Sort(moved)
			if !slices.Equal(moved, c.from) {
				t.Errorf("moved %v, want %v", moved, c.from)
			}
			b.operate(c.verb(b.q), queue.Filter{States: []lgsp.State{lgsp.Leased, lgsp.Delivered, lgsp.Superseded, lgsp.Dropped}}, 0)
		})
	}
}

// oneInEachState leaves one message in each of the seven states.
func (b *bench) oneInEachState() {
	b.t.Helper()
	b.parked("HS-1", "")
	b.put("HS-2", "", "x")
	b.done(b.claim("hotich", 1)[0])
	b.put("HS-3", "", "x")
	b.operate(b.q.Drop, queue.Filter{LegacyID: "HS-3"}, 1)
	b.reject("HS-4", "", "x")
	b.put("HS-4", "", "right")
	b.claim("hotich", 1)
	b.reject("HS-5", "", "x")
	b.put("HS-6", "", "x")
}

func TestEachFieldOfAFilterChooses(t *testing.T) {
	b := newBench(t)
	start := b.clock.now()
	type chosen struct {
		sender, service, upstream, id string
		code                          string
	}
	for i, m := range []chosen{
		{"H29.11", "hotich.khai-sinh", "hotich", "A-1", "E07"},
		{"H29.11.03", "hotich.khai-sinh", "hotich", "A-2", "E07"},
		{"H29.110", "hotich.khai-tu", "hotich", "A-3", ""},
		{"H29.12", "dancu.cap-nhat", "dancu", "A-4", ""},
	} {
		b.clock.ahead.Store(int64(time.Duration(i) * time.Minute))
		e, d := b.message(m.id, "", "x")
		e.Sender, e.Service = m.sender, m.service
		b.putMessage(e, d, m.upstream)
		if m.code != "" {
			b.park(b.claim(m.upstream, 1)[0])
		}
	}
	all := b.items(queue.Filter{})
	for _, c := range []struct {
		name   string
		filter queue.Filter
		want   []int
	}{
		{"nothing", queue.Filter{}, []int{0, 1, 2, 3}},
		{"ids", only(mustParse(all[1].ID), mustParse(all[3].ID)), []int{1, 3}},
		{"an unknown id", only(lgsp.ID{1}), nil},
		{"states", queue.Filter{States: []lgsp.State{lgsp.Queued}}, []int{2, 3}},
		{"two states", queue.Filter{States: []lgsp.State{lgsp.Queued, lgsp.Parked}}, []int{0, 1, 2, 3}},
		{"set aside", queue.Filter{States: []lgsp.State{lgsp.Parked, lgsp.Rejected}}, []int{0, 1}},
		{"a sender and those below it", queue.Filter{Sender: "H29.11"}, []int{0, 1}},
		{"a sender below", queue.Filter{Sender: "H29.11.03"}, []int{1}},
		{"a pattern is no sender", queue.Filter{Sender: "H29.%"}, nil},
		{"service", queue.Filter{Service: "hotich.khai-tu"}, []int{2}},
		{"upstream", queue.Filter{Upstream: "dancu"}, []int{3}},
		{"own id", queue.Filter{LegacyID: "A-2"}, []int{1}},
		{"code", queue.Filter{Code: "E07"}, []int{0, 1}},
		{"since", queue.Filter{Since: start.Add(time.Minute)}, []int{1, 2, 3}},
		{"until", queue.Filter{Until: start.Add(time.Minute)}, []int{0}},
		{"between", queue.Filter{Since: start.Add(time.Minute), Until: start.Add(3 * time.Minute)}, []int{1, 2}},
		{"fields together", queue.Filter{Sender: "H29.11", Code: "E07", Since: start.Add(time.Minute)}, []int{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []int
			for _, it := range b.items(c.filter) {
				got = append(got, slices.IndexFunc(all, func(a queue.Item) bool { return a.ID == it.ID }))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("listed %v, want %v", got, c.want)
			}
			// The same filter drops the same messages, on a copy.
			copied := b.copyTo(t.TempDir()+"/copy.db", -1)
			copied.operate(copied.q.Drop, c.filter, int64(len(c.want)))
			if n := copied.count("select count(*) from message where state = 7"); n != int64(len(c.want)) {
				t.Errorf("dropped %d, want %d", n, len(c.want))
			}
			copied.close()
		})
	}
}

func TestAnOrderNeedsAName(t *testing.T) {
	b := newBench(t)
	b.oneInEachState()
	before := len(b.record())
	for name, verb := range map[string]func(context.Context, queue.Filter, queue.Order) (int64, error){"replay": b.q.Replay, "hold": b.q.Hold, "drop": b.q.Drop} {
		if n, err := verb(context.Background(), queue.Filter{}, queue.Order{Why: "no name"}); !errors.Is(err, queue.ErrNoOperator) || n != 0 {
			t.Errorf("%s: %d %v", name, n, err)
		}
	}
	if after := len(b.record()); after != before {
		t.Errorf("%d entries were written", after-before)
	}
}

func TestACommandReachesMoreThanOneBatch(t *testing.T) {
	b := newBench(t)
	const n = 1203
	b.putMany(n)
	b.operate(b.q.Hold, queue.Filter{}, n)
	b.operate(b.q.Replay, queue.Filter{}, n)
	b.operate(b.q.Drop, queue.Filter{}, n)
}

// putMany puts n messages without lanes at once.
func (b *bench) putMany(n int) {
	b.t.Helper()
	const senders = 128
	errs := make(chan error, senders)
	for s := range senders {
		go func() {
			for i := s; i < n; i += senders {
				e, d := b.message("", "", fmt.Sprint(i))
				if _, err := b.q.Put(context.Background(), e, d, "hotich"); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range senders {
		if err := <-errs; err != nil {
			b.t.Fatal(err)
		}
	}
}

func TestAListIsReadPageByPage(t *testing.T) {
	b := newBench(t)
	var want, got []string
	for range 7 {
		want = append(want, b.put("", "", "x").String())
	}
	after := int64(0)
	for {
		page, err := b.q.List(context.Background(), queue.Filter{}, after, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range page {
			got, after = append(got, it.ID), it.Seq
		}
		if len(page) < 3 {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
}

func TestAListSaysWhenAMessageIsDueOrWhatItWaitsFor(t *testing.T) {
	b := newBench(t)
	ids := b.lane("a", 2)
	b.retry(b.claim("hotich", 1)[0], time.Minute)
	head, next := b.item(ids[0]), b.item(ids[1])
	if head.Due == nil || !head.Due.Equal(b.clock.now().Add(time.Minute)) || head.After != 0 {
		t.Errorf("the head shows %+v", head)
	}
	if next.Due != nil || next.After != head.Seq {
		t.Errorf("the next shows %+v", next)
	}
}
