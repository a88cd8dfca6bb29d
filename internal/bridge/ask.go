package bridge

import (
	"context"
	"errors"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/queue"
	"lgsp.internal/adapter/register"
	"lgsp.internal/adapter/usage"
)

// LookUps are the settings of look-ups, and what they are decided and counted by.
type LookUps struct {
	Register *register.Register // nil = nobody looks anybody up
	Usage    *usage.Log

	Timeout       time.Duration // of one look-up; 0 = 10 s
	Concurrency   int           // under way at once at each upstream; 0 = 32
	PerDepartment int           // of them, those of one department; 0 = half of them
}

// Look says how a service that looks citizens up is answered.
type Look struct {
	Replier lgsp.Replier
	Kind    citizen.Kind // what its answers are about
	Form    citizen.Form // in which the Replier reads them
}

// Local is a part of the daemon itself that answers a service.
type Local interface {
	// Take answers a document; a nil error means that what it says is on disk.
	Take(ctx context.Context, e lgsp.Envelope, d lgsp.Document) (lgsp.Ack, error)
}

// desk is where the look-ups of one upstream are made.
type desk struct {
	name    string
	sink    lgsp.Sink
	breaker *breaker
	turns   *turns
}

// asks is everything that look-ups need.
type asks struct {
	LookUps
	quotas *register.Quotas
	desks  map[string]*desk
	reader citizen.Reader
	owed   owed

	underway underway
}

func newAsks(o Options, n *notes) (*asks, error) {
	a := &asks{LookUps: o.LookUps, desks: map[string]*desk{}, owed: newOwed()}
	number(&a.Timeout, 10*time.Second)
	number(&a.Concurrency, 32)
	number(&a.PerDepartment, max(1, a.Concurrency/2))
	if a.Register == nil {
		var err error
		if a.Register, err = register.New(nil); err != nil {
			return nil, err
		}
	}
	for _, u := range o.Upstreams {
		a.desks[u.Name] = &desk{name: u.Name, sink: u.Sink, breaker: &breaker{set: u.Breaker.orDefault(), note: n.of(u.Name, audit.LookUps)}, turns: newTurns(a.Concurrency, a.PerDepartment)}
	}
	a.quotas = register.NewQuotas(func(ctx context.Context, day string) (func(_, _, _ string) int64, error) {
		return a.Usage.AskedOn(ctx, day)
	})
	return a, nil
}

// recordable reports why a look-up could not be put on record.
func (a *asks) recordable(q *queue.Queue) error {
	return errors.Join(q.Room(), a.owed.any())
}

// codePanic is the code of a mapping, a client or a replier that panicked.
const codePanic = "Panic"

// Ask makes one look-up; see lgsp.Line. What it asks and what it gets are kept
// nowhere: not in the queue, and in no cache. // req
func (b *Bridge) Ask(ctx context.Context, e lgsp.Envelope) ([]byte, error) {
	service, ok := b.services[e.Service]
	if !ok || service.Look == nil && service.Local == nil {
		return nil, unasked(b.deny(ctx, e, &lgsp.Error{Kind: lgsp.NotFound, Op: "bridge.ask", Code: "UnknownService",
			Text: "Không có dịch vụ này. Hãy kiểm tra địa chỉ và tên dịch vụ trong tài liệu kết nối."}))
	}
	if err := b.name(&e); err != nil {
		return nil, err
	}
	service = service.now()
	if service.Local != nil {
		return b.takeLocally(ctx, e, service)
	}
	ctx, done, ok := b.asks.underway.begin(ctx)
	if !ok {
		return nil, unasked(stopped(nil))
	}
	defer done()
	l := &lookUp{b: b, e: e, service: service, began: time.Now(),
		entry: audit.Entry{Event: audit.Asked, Message: e.ID.String(), Sender: e.Sender, System: e.System, Service: e.Service}}
	answer, err := l.safely(ctx)
	// The record says what was seen, so nothing is shown that is not on it.
	if recordErr := l.record(context.WithoutCancel(ctx), err); recordErr != nil {
		b.opt.Log.Error("record a look-up", "sender", e.Sender, "service", e.Service, "err", recordErr)
		if err == nil {
			err = unrecorded(recordErr)
		}
	}
	switch {
	case err == nil:
		return answer, nil
	case l.entry.Attempt == 0 && l.entry.Code != codePanic: // asked again, that would panic again
		err = unasked(err)
	}
	clear(answer)
	return nil, err
}

// momentary is a mapper that may be replaced while it is used. Its Moment maps
// as it does now, and goes on doing so.
type momentary interface{ Moment() lgsp.Mapper }

// now returns the service with the mapper of the moment, so that what mapped a
// question puts its answer into words.
func (s Service) now() Service {
	live, ok := s.Mapper.(momentary)
	if !ok {
		return s
	}
	s.Mapper = live.Moment()
	replier, ok := s.Mapper.(lgsp.Replier)
	if !ok {
		return s
	}
	if s.Local != nil {
		s.Replier = replier
	}
	if s.Look != nil {
		look := *s.Look
		look.Replier, s.Look = replier, &look
	}
	return s
}

// EndLookUps cuts off the look-ups that are under way, lets no other begin, and
// returns once each of them, and all that Note was told, is on record or could
// not be put there. It is called once Run has returned, and the doors are shut.
func (b *Bridge) EndLookUps() {
	b.asks.underway.end()
	b.asks.owed.end()
	b.notes.flush()
}

// unasked marks an error as that of a look-up which never came to the upstream.
func unasked(err error) error {
	e := *explain("bridge.ask", err)
	e.Err = errors.Join(errUnasked, e.Err)
	return &e
}

// takeLocally has a part of the daemon answer.
func (b *Bridge) takeLocally(ctx context.Context, e lgsp.Envelope, s Service) ([]byte, error) {
	if !b.opt.Approved(e.Sender, e.Service) {
		return nil, b.deny(ctx, e, notApproved("bridge.ask"))
	}
	d, err := s.Mapper.Map(ctx, e)
	if err != nil {
		return nil, explain("bridge.map", err)
	}
	ack, err := s.Local.Take(ctx, e, d)
	if err != nil {
		return nil, explain("bridge.take", err)
	}
	return s.Replier.Reply(ctx, e, ack)
}

// report tells the breaker of an attempt, and the log of a turn. However long an
// upstream asks to be left alone, people who sit before a screen try again
// within the breaker's longest wait.
func (d *desk) report(b *Bridge, probe bool, cause *lgsp.Error) {
	if cause != nil && cause.After > d.breaker.set.Most {
		short := *cause
		short.After = d.breaker.set.Most
		cause = &short
	}
	opened, closed := d.breaker.tell(b.opt.Now(), probe, cause)
	if opened {
		b.opt.Log.Warn("upstream does not answer look-ups; they are refused at once", "upstream", d.name, "kind", cause.Kind.String(), "code", cause.Code, "err", cause)
	}
	if closed {
		b.opt.Log.Info("upstream answers look-ups again", "upstream", d.name)
	}
}
