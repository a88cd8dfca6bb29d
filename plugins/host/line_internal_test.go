package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"lgsp.internal/adapter/plugins/wire"
)

// peer is a plugin whose calls end when the test says so.
type peer struct {
	wire.PluginClient
	came  chan *wire.MapRequest
	go_   chan error            // the outcome of the call that came first
	spoil func([]*wire.Outcome) // does something with every answer; nil = nothing
}

func newPeer() *peer { return &peer{came: make(chan *wire.MapRequest, 100), go_: make(chan error)} }

func (p *peer) Map(_ context.Context, q *wire.MapRequest, _ ...grpc.CallOption) (*wire.MapResponse, error) {
	p.came <- q
	if err := <-p.go_; err != nil {
		return nil, err
	}
	r := &wire.MapResponse{}
	for _, e := range q.Envelopes {
		r.Outcomes = append(r.Outcomes, &wire.Outcome{Id: e.Id, Document: &wire.Document{Body: e.Body}})
	}
	if p.spoil != nil {
		p.spoil(r.Outcomes)
	}
	return r, nil
}

func (p *peer) Reply(context.Context, *wire.ReplyRequest, ...grpc.CallOption) (*wire.ReplyResponse, error) {
	p.came <- nil
	return &wire.ReplyResponse{}, <-p.go_
}

func newTestLine(p *peer) *line {
	l := newLine(p, time.Second, time.Now, func(string, bool) bool { return false })
	l.cost = time.Microsecond // any number go together
	return l
}

// give gives an item to the line and waits until the line has it.
func give(t *testing.T, l *line, it *item) <-chan fate {
	t.Helper()
	l.mu.Lock()
	had := len(l.pending)
	for c := range l.calls {
		had += len(c.items)
	}
	l.mu.Unlock()
	got := make(chan fate, 1)
	go func() {
		f, err := l.do(context.Background(), it)
		if err != nil {
			t.Error(err)
		}
		got <- f
	}()
	for have := had; have == had; {
		l.mu.Lock()
		have = len(l.pending)
		for c := range l.calls {
			have += len(c.items)
		}
		l.mu.Unlock()
	}
	return got
}

func message(size int) *item { return &item{m: &wire.Envelope{Body: make([]byte, size)}} }

// fill has every call under way with one message each.
func fill(t *testing.T, l *line, p *peer) (all []<-chan fate) {
	t.Helper()
	for range mostCalls {
		all = append(all, give(t, l, message(1)))
		if q := <-p.came; len(q.Envelopes) != 1 {
			t.Fatalf("the first have company: %d", len(q.Envelopes))
		}
	}
	return all
}

func want(t *testing.T, f fate, all ...<-chan fate) {
	t.Helper()
	for _, c := range all {
		if got := <-c; got != f {
			t.Errorf("the fate is %d, want %d", got, f)
		}
	}
}

func TestWhoeverWaitsWhenACallEndsGoesWithTheNext(t *testing.T) {
	p := newPeer()
	l := newTestLine(p)
	l.timeout = time.Hour // however slow the machine makes a message look
	first := fill(t, l, p)
	var waiting []<-chan fate
	for range 10 {
		waiting = append(waiting, give(t, l, message(1)))
	}
	p.go_ <- nil
	if q := <-p.came; len(q.Envelopes) != 10 {
		t.Errorf("%d went together, want 10", len(q.Envelopes))
	}
	for range mostCalls {
		p.go_ <- nil
	}
	want(t, answered, append(first, waiting...)...)
}

func TestACallIsBoundedInMessagesAndBytesAndTime(t *testing.T) {
	for name, row := range map[string]struct{ n, size, cost, want int }{
		"messages":  {100, 1, 1, mostTogether},
		"bytes":     {10, mostBytes / 4, 1, 4},
		"one large": {3, mostBytes + 1, 1, 1},
		"time":      {100, 1, 50_000, 5}, // a second, of which a quarter, in pieces of 50 ms
		"too slow":  {5, 1, 2_000_000, 1},
		"unknown":   {5, 1, 0, 1},
	} {
		p := newPeer()
		l := newTestLine(p)
		first := fill(t, l, p)
		var waiting []<-chan fate
		for range row.n {
			waiting = append(waiting, give(t, l, message(row.size)))
		}
		l.mu.Lock()
		l.cost = time.Duration(row.cost) * time.Microsecond
		got := l.together()
		l.mu.Unlock()
		if got != row.want {
			t.Errorf("%s: %d go together, want %d", name, got, row.want)
		}
		close(p.go_)
		want(t, answered, append(first, waiting...)...)
	}
}

func TestASuspectGoesWhenNothingElseIsUnderWayAndNothingGoesBesideIt(t *testing.T) {
	p := newPeer()
	l := newTestLine(p)
	first := fill(t, l, p)
	suspect := give(t, l, &item{m: &wire.Envelope{Service: "suspect"}, alone: true})
	later := give(t, l, message(1))
	p.go_ <- nil
	<-first[0]
	select {
	case <-p.came:
		t.Fatal("something went before the others had ended")
	case <-time.After(20 * time.Millisecond):
	}
	p.go_ <- nil
	if q := <-p.came; len(q.Envelopes) != 1 || q.Envelopes[0].Service != "suspect" {
		t.Errorf("it has company: %v", q)
	}
	select {
	case <-p.came:
		t.Fatal("something went beside it")
	case <-time.After(20 * time.Millisecond):
	}
	p.go_ <- nil
	<-p.came
	p.go_ <- nil
	want(t, answered, first[1], suspect, later)
}

func TestOnlyAMessageThatHadNoCompanyIsBlamed(t *testing.T) {
	gone := status.Error(codes.Unavailable, "EOF")
	t.Run("alone", func(t *testing.T) {
		p := newPeer()
		l := newTestLine(p)
		got := give(t, l, message(1))
		<-p.came
		p.go_ <- gone
		want(t, lonely, got)
	})
	t.Run("two calls", func(t *testing.T) {
		p := newPeer()
		l := newTestLine(p)
		all := fill(t, l, p)
		p.go_ <- nil // its company has ended, and yet may have spoilt something
		p.go_ <- gone
		fates := map[fate]int{}
		for _, c := range all {
			fates[<-c]++
		}
		if fates[answered] != 1 || fates[shared] != 1 {
			t.Errorf("the fates are %v", fates)
		}
	})
	t.Run("a reply", func(t *testing.T) {
		p := newPeer()
		l := newTestLine(p)
		replied := make(chan error, 1)
		go func() {
			_, err := l.reply(context.Background(), nil)
			replied <- err
		}()
		<-p.came
		got := give(t, l, message(1))
		<-p.came
		p.go_ <- gone
		p.go_ <- gone
		want(t, shared, got)
		if err := <-replied; !errors.Is(err, errGone) {
			t.Errorf("the reply is %v", err)
		}
	})
	t.Run("ended on our order", func(t *testing.T) {
		p := newPeer()
		l := newTestLine(p)
		l.lost = func(string, bool) bool { return true }
		got := give(t, l, message(1))
		<-p.came
		p.go_ <- gone
		want(t, untouched, got)
	})
}

func TestACallThatFailsEndsNothing(t *testing.T) {
	p := newPeer()
	l := newTestLine(p)
	l.lost = func(string, bool) bool { t.Error("the process was ended"); return false }
	for _, code := range []codes.Code{codes.ResourceExhausted, codes.Internal, codes.Unknown, codes.Unimplemented} {
		got := give(t, l, message(1))
		<-p.came
		p.go_ <- status.Error(code, "no")
		want(t, failed, got)
	}
}

// One answer under a wrong id says that the others may be anybody's, too.
func TestAnswersUnderOtherIDsThanThoseOfTheirMessagesAreUsedForNobody(t *testing.T) {
	for name, spoil := range map[string]func([]*wire.Outcome){
		"the other way round": func(all []*wire.Outcome) { slices.Reverse(all) },
		"the last without":    func(all []*wire.Outcome) { all[len(all)-1].Id = nil },
		"of nobody":           func(all []*wire.Outcome) { all[0].Id = bytes.Repeat([]byte{9}, 16) },
		"longer":              func(all []*wire.Outcome) { all[0].Id = append(slices.Clone(all[0].GetId()), 0) },
	} {
		p := newPeer()
		l := newTestLine(p)
		l.timeout = time.Hour
		first := fill(t, l, p)
		var items []*item
		var waiting []<-chan fate
		for i := range 3 {
			it := message(1)
			it.m.Id = bytes.Repeat([]byte{byte(i)}, 16)
			items, waiting = append(items, it), append(waiting, give(t, l, it))
		}
		p.go_ <- nil
		<-p.came
		p.spoil = spoil
		for range mostCalls {
			p.go_ <- nil
		}
		for _, c := range waiting {
			if f := <-c; f != failed {
				t.Errorf("%s: the fate is %d, want %d", name, f, failed)
			}
		}
		for _, it := range items {
			if it.outcome != nil || it.err == nil || !strings.Contains(it.err.Error(), "id") {
				t.Errorf("%s: a message got %v (%v)", name, it.outcome, it.err)
			}
		}
		for _, c := range first {
			<-c
		}
	}
}

func TestWhoeverLosesPatienceLeavesTheLineAndIsNotSent(t *testing.T) {
	p := newPeer()
	l := newTestLine(p)
	first := fill(t, l, p)
	ctx, cancel := context.WithCancel(context.Background())
	left := make(chan error, 1)
	go func() {
		_, err := l.do(ctx, message(1))
		left <- err
	}()
	for waits := 0; waits == 0; {
		l.mu.Lock()
		waits = len(l.pending)
		l.mu.Unlock()
	}
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	for range mostCalls {
		p.go_ <- nil
	}
	want(t, answered, first...)
	if len(p.came) > 0 {
		t.Error("it was sent")
	}
}

func TestAMessageThatIsBeingSentIsNotLetGoOf(t *testing.T) {
	p := newPeer()
	l := newTestLine(p)
	first := give(t, l, message(1)) // calls that others make, and that the caller makes itself
	<-p.came
	ctx, cancel := context.WithCancel(context.Background())
	left := make(chan fate, 1)
	go func() {
		f, err := l.do(ctx, message(1))
		if err != nil {
			t.Error(err)
		}
		left <- f
	}()
	<-p.came
	cancel()
	select {
	case <-left:
		t.Error("whoever gave it may change it while it is read")
	case <-time.After(20 * time.Millisecond):
	}
	p.go_ <- nil
	p.go_ <- nil
	want(t, answered, first, left)
}

func TestALineThatIsClosedHandsBackWhatWaits(t *testing.T) {
	p := newPeer()
	l := newTestLine(p)
	first := fill(t, l, p)
	waiting := give(t, l, message(1))
	idle := l.close()
	want(t, untouched, waiting)
	if f, err := l.do(context.Background(), message(1)); f != untouched || err != nil {
		t.Errorf("a newcomer is %d (%v)", f, err)
	}
	if _, err := l.reply(context.Background(), nil); !errors.Is(err, errGone) {
		t.Errorf("a reply is %v", err)
	}
	select {
	case <-idle:
		t.Error("it says that it is idle")
	default:
	}
	for range mostCalls {
		p.go_ <- nil
	}
	want(t, answered, first...)
	<-idle
	l.close()
}

func TestSuspectsAreBoundedAndTheOldestIsForgotten(t *testing.T) {
	var s suspects
	id := func(i int) (id [16]byte) {
		copy(id[:], fmt.Sprintf("%016d", i))
		return id
	}
	for i := range mostSuspects + 10 {
		s.add(id(i), true)
	}
	if len(s.strikes) != mostSuspects || len(s.order) != mostSuspects || s.has(id(9)) || !s.has(id(10)) {
		t.Errorf("%d are remembered", len(s.strikes))
	}
	if n := s.add(id(10), false); n != 1 {
		t.Errorf("company counts: %d", n)
	}
	if n := s.add(id(10), true); n != 2 {
		t.Errorf("it was alone twice, and %d is counted", n)
	}
	s.clear(id(10))
	s.clear(id(10))
	if s.has(id(10)) || len(s.order) != mostSuspects-1 {
		t.Error("it is not forgotten")
	}
}
