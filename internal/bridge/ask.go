package bridge

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/citizen"
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
}

func newAsks(o Options) (*asks, error) {
	a := &asks{LookUps: o.LookUps, desks: map[string]*desk{}}
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
		a.desks[u.Name] = &desk{name: u.Name, sink: u.Sink, breaker: &breaker{set: u.Breaker.orDefault()}, turns: newTurns(a.Concurrency, a.PerDepartment)}
	}
	today, used := register.Day(o.Now()), func(_, _, _ string) int64 { return 0 }
	if a.Usage != nil {
		var err error
		if used, err = a.Usage.AskedOn(context.Background(), today); err != nil {
			return nil, err
		}
	}
	a.quotas = register.NewQuotas(a.Register, today, used)
	return a, nil
}

// Ask makes one look-up; see lgsp.Line. What it asks and what it gets are kept
// nowhere: not in the queue, and in no cache. // req
func (b *Bridge) Ask(ctx context.Context, e lgsp.Envelope) ([]byte, error) {
	service, ok := b.services[e.Service]
	if !ok || service.Look == nil && service.Local == nil {
		return nil, b.deny(ctx, e, &lgsp.Error{Kind: lgsp.NotFound, Op: "bridge.ask", Code: "UnknownService",
			Text: "Không có dịch vụ này. Hãy kiểm tra địa chỉ và tên dịch vụ trong tài liệu kết nối."})
	}
	if err := b.name(&e); err != nil {
		return nil, err
	}
	if service.Local != nil {
		return b.takeLocally(ctx, e, service)
	}
	l := &lookUp{b: b, e: e, service: service, began: time.Now(),
		entry: audit.Entry{Event: audit.Asked, Message: e.ID.String(), Sender: e.Sender, System: e.System, Service: e.Service}}
	answer, err := l.answer(ctx)
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
	case l.entry.Attempt == 0:
		err = unasked(err)
	}
	clear(answer)
	return nil, err
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

// lookUp is one look-up on its way.
type lookUp struct {
	b       *Bridge
	e       lgsp.Envelope
	service Service
	began   time.Time
	entry   audit.Entry
}

// answer does everything for a look-up but its record: it maps the question,
// has it approved, asks, keeps of the answer what was approved, and puts that
// into the words of the system that asked.
func (l *lookUp) answer(ctx context.Context) ([]byte, error) {
	b := l.b
	if err := b.asks.Register.Knows(l.e.Sender, l.e.System, l.e.Service); err != nil {
		return nil, l.refused(err)
	}
	ctx, cancel := context.WithTimeout(ctx, b.asks.Timeout)
	defer cancel()
	d, err := l.service.Mapper.Map(ctx, l.e)
	l.entry.Subject = b.opt.Audit.Pseudonym(d.Subject)
	if err != nil {
		cause := explain("bridge.map", err)
		if !cause.Kind.World() {
			return nil, l.refused(cause)
		}
		return nil, l.noAnswer(cause)
	}
	l.entry.Procedure, l.entry.Officer, l.entry.Unit = d.Purpose.Procedure, d.Purpose.Officer, d.Purpose.Unit
	grant, refusal := b.asks.Register.Decide(l.e.Sender, l.e.System, l.e.Service, d.Purpose, b.opt.Now())
	if refusal != nil {
		return nil, l.refused(refusal)
	}
	if err := b.opt.Queue.Room(); err != nil {
		return nil, unrecorded(err) // it could not be put on record
	}
	ack, err := l.ask(ctx, grant, d)
	if err != nil {
		return nil, err
	}
	return l.reply(ctx, grant, d, ack)
}

// refused marks a look-up that was not made because of its question.
func (l *lookUp) refused(cause *lgsp.Error) *lgsp.Error {
	l.entry.Result = audit.Refused
	return cause
}

// ask asks the upstream, if it is the system's turn and the upstream works.
func (l *lookUp) ask(ctx context.Context, grant *register.Grant, d lgsp.Document) (lgsp.Ack, error) {
	b := l.b
	at := b.asks.desks[l.service.Upstream]
	l.entry.Upstream = at.name
	if err := at.turns.take(ctx, l.e.Sender); err != nil {
		return lgsp.Ack{}, l.busy(err)
	}
	defer at.turns.give(l.e.Sender)
	if wait := at.breaker.try(b.opt.Now()); wait > 0 {
		return lgsp.Ack{}, l.noAnswer(&lgsp.Error{Kind: lgsp.Unavailable, Code: codeBreakerOpen, After: wait})
	}
	if err := b.asks.quotas.Take(grant, b.opt.Now()); err != nil {
		at.breaker.untried()
		return lgsp.Ack{}, l.refused(err)
	}
	l.entry.Attempt = 1 // from here on it was asked, whatever comes of it
	ack, cause := l.deliver(ctx, at, d)
	if cause == nil || isNoRecord(cause) {
		at.report(b, nil)
		if cause != nil {
			ack.Body = nobody(l.service.Look.Kind)
		}
		return ack, nil
	}
	if ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled) {
		at.breaker.untried() // the sender has gone, which says nothing about the upstream
		return lgsp.Ack{}, l.noAnswer(cause)
	}
	if !arrived(cause) {
		b.asks.quotas.GiveBack(grant)
		l.entry.Attempt = 0
	}
	if onWire(cause) {
		at.report(b, cause)
	} else {
		at.breaker.untried()
	}
	return lgsp.Ack{}, l.noAnswer(cause)
}

// deliver makes the exchange. A panic must not end the daemon; what was asked
// may be in its value, so that is not told.
func (l *lookUp) deliver(ctx context.Context, at *desk, d lgsp.Document) (ack lgsp.Ack, cause *lgsp.Error) {
	defer func() {
		if value := recover(); value != nil {
			l.b.opt.Log.Error("panic during a look-up", "upstream", at.name, "type", fmt.Sprintf("%T", value), "stack", string(debug.Stack()))
			ack, cause = lgsp.Ack{}, &lgsp.Error{Kind: lgsp.Unknown, Op: "bridge.ask", Code: "Panic"}
		}
	}()
	ack, err := at.sink.Deliver(ctx, l.e.ID, d)
	if err != nil {
		return lgsp.Ack{}, explain("bridge.ask", err)
	}
	return ack, nil
}

// codeNoRecord is the code of an upstream's word that there is nobody of whom
// it was asked.
const codeNoRecord = "NoRecord"

func isNoRecord(cause *lgsp.Error) bool {
	return cause.Kind == lgsp.NotFound && cause.Code == codeNoRecord
}

// nobody is the answer that such a word stands for.
func nobody(k citizen.Kind) []byte {
	if k == citizen.Verification {
		return []byte("<KetQuaXacThuc><TonTai>false</TonTai></KetQuaXacThuc>")
	}
	return []byte("<CongdanCollection/>")
}

// report tells the breaker of an attempt, and the log of a turn.
func (d *desk) report(b *Bridge, cause *lgsp.Error) {
	opened, closed, _ := d.breaker.report(b.opt.Now(), cause)
	if opened {
		b.opt.Log.Warn("upstream does not answer look-ups; they are refused at once", "upstream", d.name, "kind", cause.Kind.String(), "code", cause.Code, "err", cause)
	}
	if closed {
		b.opt.Log.Info("upstream answers look-ups again", "upstream", d.name)
	}
}

// reply keeps of the answer what is approved and puts it into the sender's words.
func (l *lookUp) reply(ctx context.Context, grant *register.Grant, d lgsp.Document, ack lgsp.Ack) ([]byte, error) {
	b, look := l.b, l.service.Look
	l.entry.Ref = ack.Ref
	answer, err := b.asks.reader.Read(ack.Body, look.Kind)
	clear(ack.Body)
	if err != nil {
		return nil, l.noAnswer(explain("bridge.filter", err))
	}
	found := answer.Found()
	l.entry.Result = audit.NotFound
	if found {
		l.entry.Result = audit.Found
	}
	if subject := answer.Subject(); subject != "" && subject != d.Subject {
		l.entry.Answered = b.opt.Audit.Pseudonym(subject)
	}
	// What is not approved ends here: only these bytes go on.
	kept, fields, err := grant.Approved.Write(nil, answer, look.Form)
	if err != nil {
		return nil, l.noAnswer(explain("bridge.filter", err))
	}
	defer clear(kept)
	out, err := look.Replier.Reply(ctx, l.e, lgsp.Ack{Ref: ack.Ref, At: ack.At, Body: kept})
	if err != nil {
		b.opt.Log.Warn("answer to a look-up", "service", l.e.Service, "err", err)
		return nil, l.noAnswer(explain("bridge.reply", err))
	}
	l.entry.Fields = joined(fields)
	return out, nil
}

func joined(fields []string) string {
	n := 0
	for _, f := range fields {
		n += len(f) + 1
	}
	b := make([]byte, 0, n)
	for i, f := range fields {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, f...)
	}
	return string(b)
}

// record puts a look-up on record, with what came of it.
func (l *lookUp) record(ctx context.Context, err error) error {
	e := &l.entry
	e.Took = time.Since(l.began).Milliseconds()
	if err != nil {
		if e.Result != audit.Refused {
			e.Result = audit.Failed
		}
		if cause := explain("bridge.ask", err); e.Code == "" {
			e.Kind, e.Code = cause.Kind.String(), cause.Code
		}
	}
	return l.b.asks.Usage.Record(ctx, register.Day(l.b.opt.Now()), e)
}
