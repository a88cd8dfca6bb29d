package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"lgsp.internal/adapter/plugins/wire"
)

// What is asked of a plugin at once.
const (
	mostCalls    = 2       // under way
	mostTogether = 64      // messages of one call
	mostBytes    = 4 << 20 // of the messages of one call, unless one alone has more
)

// fate is what became of a message that was given to a plugin.
type fate uint8

const (
	answered  fate = iota // there is an outcome
	failed                // its call came back with an error, and the plugin works
	untouched             // the plugin ended, and not because of this message
	shared                // the plugin ended while it had this message and others
	lonely                // the plugin ended while it had this message and no other
)

// item is one message on its way through a plugin.
type item struct {
	m      *wire.Envelope
	alone  bool // nothing else may be under way
	single bool // nothing else may be in its call

	done    chan fate
	outcome *wire.Outcome // when answered
	err     error         // when failed
}

// call is one request that is under way.
type call struct {
	items   []*item
	company bool // something else was under way, too
}

// line is what goes through one process: whoever waits when a call ends goes
// with the next, as commits of a database do.
type line struct {
	rpc     wire.PluginClient
	timeout time.Duration
	now     func() time.Time
	// lost ends the process because of what a call met, and waits for that. It
	// returns whether it ended on our order, so that no message is to blame.
	lost func(reason string, hung bool) (ordered bool)

	mu      sync.Mutex
	pending []*item
	calls   map[*call]struct{} // under way
	working int                // goroutines that make calls, or are about to
	replies int                // under way
	closed  bool
	one     bool          // the process ended while it had one message, or one reply, and nothing else
	cost    time.Duration // of one message in a call, lately; 0 = not known
	idle    chan struct{} // closed once closed and nothing is under way
}

func newLine(rpc wire.PluginClient, timeout time.Duration, now func() time.Time, lost func(string, bool) bool) *line {
	return &line{rpc: rpc, timeout: timeout, now: now, lost: lost, calls: map[*call]struct{}{}, idle: make(chan struct{})}
}

// do brings a message through and returns what became of it. When ctx ends it
// waits for a call that has the message, because that reads the body.
func (l *line) do(ctx context.Context, it *item) (fate, error) {
	it.done = make(chan fate, 1)
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return untouched, nil
	}
	l.pending = append(l.pending, it)
	l.launch()
	l.mu.Unlock()
	select {
	case f := <-it.done:
		return f, nil
	case <-ctx.Done():
	}
	if l.withdraw(it) {
		return untouched, fmt.Errorf("map with a plugin: %w", ctx.Err())
	}
	return <-it.done, nil
}

// withdraw takes a message back that no call has.
func (l *line) withdraw(it *item) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, one := range l.pending {
		if one == it {
			l.pending = append(l.pending[:i], l.pending[i+1:]...)
			l.launch() // it may have been the one that the others waited for
			return true
		}
	}
	return false
}

// launch has the next call made, if one may begin. l.mu is held.
func (l *line) launch() {
	if len(l.pending) == 0 || l.working >= mostCalls {
		return
	}
	l.working++
	go l.work()
}

// work makes calls as long as somebody waits.
func (l *line) work() {
	for {
		// Those who were answered together come back together.
		runtime.Gosched()
		c := l.take()
		if c == nil {
			return
		}
		l.call(c)
	}
}

// take returns the next call, nil if none may begin.
func (l *line) take() *call {
	l.mu.Lock()
	defer l.mu.Unlock()
	alone := len(l.pending) > 0 && l.pending[0].alone
	for c := range l.calls {
		alone = alone || c.items[0].alone
	}
	if len(l.pending) == 0 || alone && len(l.calls) > 0 {
		l.working--
		return nil
	}
	n := l.together()
	c := &call{items: append([]*item(nil), l.pending[:n]...)}
	clear(l.pending[:n])
	if l.pending = l.pending[n:]; len(l.pending) == 0 {
		l.pending = nil
	}
	l.calls[c] = struct{}{}
	l.mix()
	l.launch()
	return c
}

// mix notes that what is under way has company. l.mu is held.
func (l *line) mix() {
	if len(l.calls)+l.replies < 2 {
		return
	}
	for c := range l.calls {
		c.company = true
	}
}

// together returns how many of those who wait go with the next call. l.mu is held.
func (l *line) together() int {
	first := l.pending[0]
	if first.alone || first.single {
		return 1
	}
	most := 1 // until it is known how long a message takes
	if l.cost > 0 {
		most = max(1, min(mostTogether, int(l.timeout/4/l.cost)))
	}
	size := len(first.m.GetBody())
	n := 1
	for ; n < min(most, len(l.pending)); n++ {
		next := l.pending[n]
		if size += len(next.m.GetBody()); next.alone || next.single || size > mostBytes {
			break
		}
	}
	return n
}

// call makes one call.
func (l *line) call(c *call) {
	q := &wire.MapRequest{Envelopes: make([]*wire.Envelope, len(c.items))}
	for i, it := range c.items {
		q.Envelopes[i] = it.m
	}
	began := l.now()
	ctx, cancel := context.WithTimeout(context.Background(), l.timeout)
	var trailer metadata.MD
	r, err := l.rpc.Map(ctx, q, grpc.Trailer(&trailer))
	cancel()
	took := l.now().Sub(began)
	if err == nil {
		err = c.theirs(r.GetOutcomes())
	}
	ended, ordered := l.ended(err, trailer, took)
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.calls, c)
	if err == nil {
		l.learn(took / time.Duration(len(c.items)))
	}
	for i, it := range c.items {
		switch {
		case err == nil:
			it.outcome = r.GetOutcomes()[i]
			it.done <- answered
		case !ended:
			it.err = err
			it.done <- failed
		case ordered:
			it.done <- untouched
		case c.company || len(c.items) > 1:
			it.done <- shared
		default:
			l.one = true
			it.done <- lonely
		}
	}
	l.rest()
}

// theirs checks that there is one outcome for each message, in their order and
// each under the id of its message: one that is not says that any of them may
// be another's.
func (c *call) theirs(all []*wire.Outcome) error {
	if len(all) != len(c.items) {
		return fmt.Errorf("the plugin answers %d messages of %d", len(all), len(c.items))
	}
	for i, it := range c.items {
		if id := all[i].GetId(); !bytes.Equal(id, it.m.GetId()) {
			if len(id) == 0 {
				return errNoID
			}
			return errOtherID
		}
	}
	return nil
}

var (
	errOtherID = errors.New("the plugin answers under the id of another message")
	errNoID    = errors.New("the plugin answers without the id of the message; build it with the SDK of this version of lgspd")
)

// learn averages what a message costs. l.mu is held.
func (l *line) learn(cost time.Duration) {
	cost = max(cost, time.Microsecond)
	if l.cost == 0 {
		l.cost = cost
		return
	}
	l.cost += (cost - l.cost) / 4
}

// ended reports whether err says that the process is gone or does not answer,
// and has then ended it. A status that the plugin sent has a trailer: the plugin
// works, whatever the status says, unless all its time is over.
func (l *line) ended(err error, trailer metadata.MD, took time.Duration) (ended, ordered bool) {
	code := status.Code(err)
	if len(trailer) > 0 && (code != codes.DeadlineExceeded || took < l.timeout/10*9) {
		return false, false
	}
	switch code {
	case codes.Unavailable, codes.Canceled:
		return true, l.lost("the connection to it broke", false)
	case codes.DeadlineExceeded:
		return true, l.lost("it did not answer within "+l.timeout.String(), true)
	default:
		return false, false
	}
}

// errGone says that a plugin ended while it was asked for a reply.
var errGone = errors.New("the plugin ended")

// reply asks for a reply. Errors: errGone, or what the call met.
func (l *line) reply(ctx context.Context, q *wire.ReplyRequest) (*wire.ReplyResponse, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil, errGone
	}
	l.replies++
	l.mix()
	company := len(l.calls)+l.replies > 1
	l.mu.Unlock()
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.timeout)
	began := l.now()
	var trailer metadata.MD
	r, err := l.rpc.Reply(own, q, grpc.Trailer(&trailer))
	cancel()
	ended, ordered := l.ended(err, trailer, l.now().Sub(began))
	l.mu.Lock()
	defer l.mu.Unlock()
	if ended {
		err = errGone
		l.one = l.one || !ordered && !company && len(l.calls)+l.replies == 1
	}
	l.replies--
	l.rest()
	return r, err
}

// atOne reports whether it is known at what the process ended.
func (l *line) atOne() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.one
}

// busy reports whether anything is under way.
func (l *line) busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.calls)+l.replies > 0
}

// close lets nothing new in, and hands back what waits. The channel is closed
// once nothing is under way.
func (l *line) close() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		for _, it := range l.pending {
			it.done <- untouched
		}
		l.pending = nil
		l.rest()
	}
	return l.idle
}

// rest tells that nothing is under way any more. l.mu is held.
func (l *line) rest() {
	if !l.closed || len(l.calls)+l.replies > 0 {
		return
	}
	select {
	case <-l.idle:
	default:
		close(l.idle)
	}
}
