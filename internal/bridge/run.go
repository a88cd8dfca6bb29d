package bridge

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/queue"
)

// finishIn is how long what is on the wire when the bridge stops may take.
const finishIn = 10 * time.Second

// Run delivers until ctx ends, then lets what is on the wire finish. It
// returns nil after an orderly end.
func (b *Bridge) Run(ctx context.Context) error {
	b.takeUp(ctx)
	var wg sync.WaitGroup
	for _, u := range b.upstreams {
		wg.Go(func() { u.run(ctx) })
	}
	wg.Go(func() { b.opt.Queue.Run(ctx) })
	wg.Go(func() { b.keepHouse(ctx) })
	wg.Go(func() { b.notes.run(ctx) })
	wg.Wait()
	b.notes.flush()
	if _, err := b.opt.Queue.EndLeases(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	if _, err := b.opt.Audit.Seal(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	return nil
}

// takeUp has the attempts of an earlier run made again. While the database is
// locked or its disk is full it tries on: the door is open, and says so.
func (b *Bridge) takeUp(ctx context.Context) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		n, err := b.opt.Queue.EndLeases(ctx)
		if n > 0 {
			b.opt.Log.Info("attempts of an earlier run are made again", "messages", n)
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		b.opt.Log.Error("nothing is delivered yet", "err", err)
		if !sleep(ctx, wait) {
			return
		}
	}
}

// upstream is one upstream at work.
type upstream struct {
	Upstream
	b       *Bridge
	breaker *breaker
	turned  chan struct{} // the breaker's limit may have changed
	wire    chan struct{} // a place for every delivery on the wire
}

// heldFor is how many leases are held for each place on the wire: while a
// commit records outcomes, the wire goes on.
const heldFor = 4

// leastLease leaves time for the outcome of an attempt to be recorded while the
// database is in trouble.
const leastLease = 5 * time.Minute

func newUpstream(b *Bridge, u Upstream) *upstream {
	number(&u.Concurrency, 16)
	number(&u.Timeout, 30*time.Second)
	number(&u.Retry.First, time.Second)
	number(&u.Retry.Most, 10*time.Minute)
	u.Breaker = u.Breaker.orDefault()
	return &upstream{Upstream: u, b: b, breaker: &breaker{set: u.Breaker, note: b.notes.of(u.Name, audit.Messages)},
		turned: make(chan struct{}, 1), wire: make(chan struct{}, u.Concurrency)}
}

// run takes leases and delivers until ctx ends.
func (u *upstream) run(ctx context.Context) {
	wireCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(finishIn, cancel) })
	defer stop()

	feed := u.b.opt.Queue.Feed(u.Name, heldFor*u.Concurrency)
	// The last of those held waits for heldFor-1 others before its own attempt.
	feed.LeaseFor(max(leastLease, (heldFor+1)*u.Timeout))
	var wg sync.WaitGroup
	defer wg.Wait()
	for range heldFor * u.Concurrency {
		wg.Go(func() { u.work(ctx, wireCtx, feed) })
	}
	u.steer(ctx, feed)
}

// steer keeps the feed's limit at what the breaker lets through, until ctx ends.
func (u *upstream) steer(ctx context.Context, feed *queue.Feed) {
	look := time.NewTimer(0)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			feed.Limit(0)
			return
		case <-u.turned:
		case <-look.C:
		}
		limit, wait := u.breaker.limit(u.b.opt.Now(), heldFor*u.Concurrency)
		feed.Limit(limit)
		if wait > 0 {
			look.Reset(wait)
		}
	}
}

// work delivers one message after the other until ctx ends.
func (u *upstream) work(ctx, wireCtx context.Context, feed *queue.Feed) {
	for {
		select {
		case <-ctx.Done():
			return
		case l := <-feed.Leases():
			u.handle(wireCtx, l, ctx.Done())
			feed.Return(l)
		}
	}
}

// handle makes one attempt and records its outcome. Once stopping is closed no
// attempt begins.
func (u *upstream) handle(ctx context.Context, l queue.Lease, stopping <-chan struct{}) {
	u.wire <- struct{}{}
	began := time.Now()
	ack, cause, sent := u.attempt(ctx, &l, stopping)
	<-u.wire
	took := time.Since(began)
	if cause != nil && errors.Is(cause, queue.ErrFenced) {
		return // there is no lease any more whose outcome it could be
	}
	u.settle(ctx, l, func() error {
		switch {
		case cause == nil:
			return u.b.opt.Queue.Done(ctx, l, ack, took)
		case untimely(cause):
			return u.b.opt.Queue.Postpone(ctx, l, u.b.opt.Now().Add(cause.After), cause, took)
		case cause.Kind.World():
			at := u.b.opt.Now().Add(u.Retry.wait(l.Failed+1, cause, jitter()))
			return u.b.opt.Queue.Retry(ctx, l, at, cause, took)
		default:
			u.b.opt.Log.Warn("message is parked", "upstream", u.Name, "message", l.ID.String(), "service", l.Service(), "kind", cause.Kind.String(), "code", cause.Code)
			if !sent {
				return u.b.opt.Queue.ParkUnsent(ctx, l, cause, took)
			}
			return u.b.opt.Queue.Park(ctx, l, cause, took)
		}
	})
}

// attempt delivers a message if that makes sense now. The breaker learns only
// of what came to the wire: a message that cannot be loaded or mapped says
// nothing about the upstream, and was not sent.
func (u *upstream) attempt(ctx context.Context, l *queue.Lease, stopping <-chan struct{}) (ack lgsp.Ack, cause *lgsp.Error, sent bool) {
	defer func() {
		// One message must not end the daemon, which would take it up again at
		// every start. Its content may be in the value, so that is not told.
		if value := recover(); value != nil {
			u.b.opt.Log.Error("panic during an attempt", "upstream", u.Name, "message", l.ID.String(), "type", fmt.Sprintf("%T", value), "stack", string(debug.Stack()))
			ack, cause = lgsp.Ack{}, &lgsp.Error{Kind: lgsp.Unknown, Op: "bridge.deliver", Code: "Panic",
				Text: "Chương trình gặp lỗi khi xử lý thông điệp này; thông điệp sẽ được gửi lại. Hãy báo cho đơn vị phát triển kèm nhật ký."}
		}
	}()
	select {
	case <-stopping:
		return lgsp.Ack{}, stopped(nil), false
	default:
	}
	if wait := u.breaker.closesIn(u.b.opt.Now()); wait > 0 {
		return lgsp.Ack{}, &lgsp.Error{Kind: lgsp.Unavailable, Op: "bridge.deliver", Code: codeBreakerOpen, After: wait,
			Text: "Hệ thống nhận đang gián đoạn; thông điệp sẽ được gửi khi kết nối trở lại."}, false
	}
	own, cancel := context.WithTimeout(ctx, u.Timeout)
	defer cancel()
	d, cause := u.document(own, l)
	if cause != nil {
		return lgsp.Ack{}, cause, false
	}
	ack, err := u.Sink.Deliver(own, l.ID, d)
	switch {
	case err == nil && ack.At.IsZero():
		ack.At = u.b.opt.Now()
	case err != nil:
		cause = explain("bridge.deliver", err)
	}
	if cause != nil && cause.Kind.World() && ctx.Err() != nil {
		cause = stopped(err) // cut off, so it says nothing
	}
	u.report(cause)
	return ack, cause, onWire(cause)
}

func stopped(err error) *lgsp.Error {
	return &lgsp.Error{Kind: lgsp.Unavailable, Op: "bridge.deliver", Code: codeStopped, Err: err,
		Text: "Hệ thống đang dừng; thông điệp sẽ được gửi khi hệ thống chạy lại."}
}

// document loads a message and maps it if that is still to be done.
func (u *upstream) document(ctx context.Context, l *queue.Lease) (lgsp.Document, *lgsp.Error) {
	e, d, err := u.b.opt.Queue.Load(ctx, *l)
	if err != nil {
		return d, explain("bridge.load", err)
	}
	if d.Body != nil {
		return d, nil
	}
	service, ok := u.b.services[e.Service]
	if !ok {
		return d, &lgsp.Error{Kind: lgsp.NotFound, Op: "bridge.map", Code: "UnknownService",
			Text: "Dịch vụ của thông điệp này không còn trong cấu hình. Hãy khôi phục dịch vụ rồi cho gửi lại, hoặc loại bỏ thông điệp."}
	}
	if d, err = service.Mapper.Map(ctx, e); err != nil {
		return d, explain("bridge.map", err)
	}
	if err := u.b.opt.Queue.Identify(ctx, l, d); err != nil {
		return d, explain("bridge.map", err)
	}
	return d, nil
}

// report tells the breaker what an attempt says about the upstream.
func (u *upstream) report(cause *lgsp.Error) {
	now := u.b.opt.Now()
	if !onWire(cause) {
		if cause.Code == codeOwnRate {
			// An attempt may wait for its turn as long as it lasts, so those that
			// begin when the pause ends keep the wire as busy as the rate allows.
			u.breaker.pause(now, max(cause.After-u.Timeout, u.Retry.First))
			u.turn()
		}
		return
	}
	opened, closed, turned := u.breaker.report(now, cause)
	if turned {
		u.turn()
	}
	if opened {
		u.b.opt.Log.Warn("upstream does not work; its messages wait", "upstream", u.Name, "kind", cause.Kind.String(), "code", cause.Code, "err", cause)
	}
	if closed {
		u.b.opt.Log.Info("upstream works again", "upstream", u.Name)
	}
}

// turn has steer look at the breaker's limit.
func (u *upstream) turn() {
	select {
	case u.turned <- struct{}{}:
	default:
	}
}

// settle records an outcome, again and again until the database takes it: an
// outcome that is lost is an attempt made twice.
func (u *upstream) settle(ctx context.Context, l queue.Lease, record func() error) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := record()
		if err == nil {
			return
		}
		if errors.Is(err, queue.ErrFenced) {
			u.b.opt.Log.Warn("outcome came after the lease had ended", "upstream", u.Name, "message", l.ID.String())
			return
		}
		u.b.opt.Log.Error("record an outcome", "upstream", u.Name, "message", l.ID.String(), "err", err)
		if !sleep(ctx, wait) {
			return // the next run makes the attempt again
		}
	}
}

// sleep waits and reports whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
