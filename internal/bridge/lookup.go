package bridge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/citizen"
	"lgsp.internal/adapter/register"
)

// lookUp is one look-up on its way.
type lookUp struct {
	b       *Bridge
	e       lgsp.Envelope
	service Service
	began   time.Time
	day     string // that it counts on; "" = none yet
	entry   audit.Entry
}

// safely is answer for a mapping, a client or a replier that panics: one
// look-up must not end the daemon, and has to be put on record. What was asked may be in
// the value, so that is not told.
func (l *lookUp) safely(ctx context.Context) (answer []byte, err error) {
	defer func() {
		if value := recover(); value != nil {
			l.b.opt.Log.Error("panic during a look-up", "service", l.e.Service, "type", fmt.Sprintf("%T", value), "stack", string(debug.Stack()))
			answer, err = nil, l.noAnswer(&lgsp.Error{Kind: lgsp.Unknown, Op: "bridge.ask", Code: codePanic})
		}
	}()
	return l.answer(ctx)
}

// answer does everything for a look-up but its record: it maps the question,
// has it approved, asks, keeps of the answer what was approved, and puts that
// into the words of the system that asked.
func (l *lookUp) answer(ctx context.Context) ([]byte, error) {
	b := l.b
	if err := b.asks.Register.Knows(l.e.Sender, l.e.System, l.e.Service); err != nil {
		return nil, l.refused(err)
	}
	d, err := l.service.Mapper.Map(ctx, l.e)
	l.entry.Subject = b.opt.Audit.Pseudonym(d.Subject)
	if err != nil {
		cause := explain("bridge.map", err)
		if !cause.Kind.World() {
			return nil, l.refused(cause)
		}
		return nil, l.noAnswer(cause)
	}
	l.entry.Procedure, l.entry.Officer, l.entry.Unit = wordOf(d.Purpose.Procedure), codeOf(d.Purpose.Officer), wordOf(d.Purpose.Unit)
	grant, refusal := b.asks.Register.Decide(l.e.Sender, l.e.System, l.e.Service, d.Purpose, b.opt.Now())
	if refusal != nil {
		return nil, l.refused(refusal)
	}
	l.entry.Procedure, l.entry.Officer, l.entry.Unit = bounded(d.Purpose.Procedure), bounded(d.Purpose.Officer), bounded(d.Purpose.Unit)
	if err := b.asks.recordable(b.opt.Queue); err != nil {
		return nil, unrecorded(err)
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

// ask asks the upstream, if it is the system's turn and the upstream works. The
// wait for the turn and the exchange share one limit of time.
func (l *lookUp) ask(ctx context.Context, grant *register.Grant, d lgsp.Document) (lgsp.Ack, error) {
	b := l.b
	at := b.asks.desks[l.service.Upstream]
	l.entry.Upstream = at.name
	ctx, cancel := context.WithTimeout(ctx, b.asks.Timeout)
	defer cancel()
	waiting := time.Now()
	if err := at.turns.take(ctx, l.e.Sender); err != nil {
		return lgsp.Ack{}, l.busy(err)
	}
	defer at.turns.give(l.e.Sender)
	waited := time.Since(waiting)
	if waited > b.asks.Timeout/2 {
		return lgsp.Ack{}, l.busy(errLate)
	}
	probe, wait := at.breaker.try(b.opt.Now())
	if wait > 0 {
		return lgsp.Ack{}, l.noAnswer(&lgsp.Error{Kind: lgsp.Unavailable, Code: codeBreakerOpen, After: wait})
	}
	if err := b.asks.recordable(b.opt.Queue); err != nil { // again, after the wait
		at.breaker.untried(probe)
		return lgsp.Ack{}, unrecorded(err)
	}
	day, refusal := b.asks.quotas.Take(ctx, grant, b.opt.Now())
	switch {
	case refusal == nil:
	case refusal.Kind == lgsp.Unavailable: // the record of the day could not be read
		at.breaker.untried(probe)
		return lgsp.Ack{}, unrecorded(refusal)
	default:
		at.breaker.untried(probe)
		return lgsp.Ack{}, l.refused(refusal)
	}
	l.day, l.entry.Attempt = day, 1 // from here on it was asked, whatever comes of it
	ack, cause := l.deliver(ctx, at, d)
	if cause == nil || isNoRecord(cause) {
		at.report(b, probe, nil)
		if cause != nil {
			ack.Body = nobody(l.service.Look.Kind)
		}
		return ack, nil
	}
	if !arrived(cause) {
		b.asks.quotas.GiveBack(grant, day)
		l.entry.Attempt = 0
	}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		cause = b.cutOff(cause) // which says nothing about the upstream
		at.breaker.untried(probe)
	case !onWire(cause), ctx.Err() != nil && waited > b.asks.Timeout/10:
		at.breaker.untried(probe) // it had less than its time
	default:
		at.report(b, probe, cause)
	}
	return lgsp.Ack{}, l.noAnswer(cause)
}

// errLate is the cause of a look-up whose turn came when its time was nearly over.
var errLate = errors.New("the turn came too late")

// cutOff says why an exchange was cut off: the daemon stops, or nobody waits for
// the answer any more.
func (b *Bridge) cutOff(cause *lgsp.Error) *lgsp.Error {
	e := *cause
	e.Kind, e.Code = lgsp.Unavailable, "Gone"
	if b.asks.underway.over() {
		e.Code = codeStopped
	}
	return &e
}

// deliver makes the exchange. A panic of the client is the upstream's failure.
func (l *lookUp) deliver(ctx context.Context, at *desk, d lgsp.Document) (ack lgsp.Ack, cause *lgsp.Error) {
	defer func() {
		if value := recover(); value != nil {
			l.b.opt.Log.Error("panic during a look-up", "upstream", at.name, "type", fmt.Sprintf("%T", value), "stack", string(debug.Stack()))
			ack, cause = lgsp.Ack{}, &lgsp.Error{Kind: lgsp.Unknown, Op: "bridge.ask", Code: codePanic}
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
	var others []string
	for _, number := range grant.Approved.Told(answer) {
		if number != d.Subject {
			others = append(others, b.opt.Audit.Pseudonym(number))
		}
	}
	l.entry.Answered = strings.Join(others, " ")
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
	l.entry.Fields = strings.Join(fields, " ")
	return out, nil
}

// record puts a look-up on record, with what came of it. One that was asked is
// owed to the record until it is there.
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
		e.Fields, e.Answered = "", ""
	}
	b := l.b
	e.At = b.opt.Now()
	day := cmp.Or(l.day, register.Day(e.At))
	write := func() error { return b.asks.Usage.Record(ctx, day, e) }
	recordErr := write()
	if recordErr != nil && e.Attempt > 0 {
		if err == nil { // nobody is shown anything
			e.Result, e.Kind, e.Code, e.Fields, e.Answered = audit.Failed, lgsp.Unavailable.String(), codeNoAnswer, "", ""
		}
		b.asks.owed.add(write, func(err error) {
			b.opt.Log.Error("a look-up is not on record", "message", e.Message, "sender", e.Sender, "err", err)
		})
	}
	return recordErr
}
