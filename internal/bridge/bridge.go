// Package bridge is the straight line: it takes what departments send, maps
// it, has it stored, and brings it to its upstream.
//
// It promises that a nil error from Accept means that the message is on disk,
// that a department reaches only the services it is approved for, that every
// stored message is tried until its upstream has it or a person is asked, and
// that of the answer to a look-up nothing is given away but the fields which the
// register approves, and nothing at all that is not on record.
package bridge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/queue"
)

// Service says how messages of one service are mapped and where they go. With
// Look or Local it is asked and not sent to.
type Service struct {
	Name     string
	Mapper   lgsp.Mapper  // one with a Moment may be replaced while it is used, and is the Replier too
	Upstream string       // "" with Local
	Look     *Look        // its answers come from the upstream
	Local    Local        // its answers come from the daemon itself
	Replier  lgsp.Replier // puts what Local answers into the sender's words
}

// Upstream is one place that documents are delivered to.
type Upstream struct {
	Name        string
	Sink        lgsp.Sink
	Concurrency int           // deliveries on the wire at once; 0 = 16
	Timeout     time.Duration // of one delivery; 0 = 30 s
	Retry       Backoff       // between the attempts of one message
	Breaker     Breaker
}

// Sweep removes what has been kept for long enough, and returns how much.
type Sweep struct {
	Name string
	Do   func(context.Context) (int64, error)
}

// Options are the settings of a bridge.
type Options struct {
	Queue     *queue.Queue
	Audit     *audit.Log
	Services  []Service
	Upstreams []Upstream
	LookUps   LookUps

	// Approved reports whether a sender may call a service. Deny by default:
	// nil approves nobody. // req: R-06
	Approved func(sender, service string) bool

	// Retain is how long entries of the record are kept, audit.Retention at
	// least; 0 = for ever.
	Retain time.Duration

	Sweeps []Sweep // done every minute, beside that of the queue

	Now  func() time.Time // nil = time.Now
	Rand io.Reader        // of message IDs; nil = crypto/rand
	Log  *slog.Logger     // nil = discard
}

// Bridge is the line between departments and upstreams.
type Bridge struct {
	opt       Options
	services  map[string]Service
	upstreams []*upstream
	asks      *asks
}

// New connects services to upstreams. It starts nothing.
func New(o Options) (*Bridge, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Approved == nil {
		o.Approved = func(string, string) bool { return false }
	}
	b := &Bridge{opt: o, services: map[string]Service{}}
	known := map[string]bool{}
	for _, u := range o.Upstreams {
		known[u.Name] = true
		b.upstreams = append(b.upstreams, newUpstream(b, u))
	}
	for _, s := range o.Services {
		if !known[s.Upstream] && s.Local == nil {
			return nil, fmt.Errorf("service %s: there is no upstream %q", s.Name, s.Upstream)
		}
		b.services[s.Name] = s
	}
	var err error
	if b.asks, err = newAsks(o); err != nil {
		return nil, err
	}
	return b, nil
}

// AddSweep adds a sweep. It must be called before Run.
func (b *Bridge) AddSweep(s Sweep) { b.opt.Sweeps = append(b.opt.Sweeps, s) }

// Accept takes one message; see lgsp.Line.
func (b *Bridge) Accept(ctx context.Context, e lgsp.Envelope) (lgsp.Receipt, error) {
	service, ok := b.services[e.Service]
	if !ok || service.Look != nil || service.Local != nil {
		return lgsp.Receipt{}, b.deny(ctx, e, &lgsp.Error{Kind: lgsp.NotFound, Op: "bridge.accept", Code: "UnknownService",
			Text: "Không có dịch vụ này. Hãy kiểm tra địa chỉ và tên dịch vụ trong tài liệu kết nối."})
	}
	if !b.opt.Approved(e.Sender, e.Service) {
		return lgsp.Receipt{}, b.deny(ctx, e, notApproved("bridge.accept"))
	}
	if err := b.name(&e); err != nil {
		return lgsp.Receipt{}, err
	}
	d, err := service.Mapper.Map(ctx, e)
	if err == nil {
		receipt, err := b.opt.Queue.Put(ctx, e, d, service.Upstream)
		receipt.Warnings = d.Warnings
		return receipt, err
	}
	if ctx.Err() != nil {
		// The sender has gone; it will send again what it has no receipt for.
		return lgsp.Receipt{}, &lgsp.Error{Kind: lgsp.Unavailable, Op: "bridge.accept", Code: "Busy", Err: ctx.Err(),
			Text: "Yêu cầu bị ngắt trước khi được tiếp nhận. Thông điệp này chưa được tiếp nhận; hãy gửi lại."}
	}
	cause := explain("bridge.map", err)
	if cause.Kind.World() {
		// The mapper is at fault, not the message: keep the bytes and map later.
		b.opt.Log.Warn("mapper", "service", e.Service, "message", e.ID.String(), "kind", cause.Kind.String(), "err", cause)
		return b.opt.Queue.Put(ctx, e, lgsp.Document{LegacyID: d.LegacyID, Lane: d.Lane, Subject: d.Subject}, service.Upstream)
	}
	receipt, err := b.opt.Queue.Reject(ctx, e, d, service.Upstream, cause, wrongFields(service.Mapper, cause))
	if err != nil {
		return receipt, err
	}
	return receipt, cause
}

// name gives a message that has none its time and its ID.
func (b *Bridge) name(e *lgsp.Envelope) error {
	if e.Received.IsZero() {
		e.Received = b.opt.Now().UTC()
	}
	if e.ID != (lgsp.ID{}) {
		return nil
	}
	id, err := lgsp.NewID(e.Received, b.opt.Rand)
	if err != nil {
		return fmt.Errorf("make a message id: %w", err)
	}
	e.ID = id
	return nil
}

func notApproved(op string) *lgsp.Error {
	return &lgsp.Error{Kind: lgsp.Forbidden, Op: op, Code: "NotApproved",
		Text: "Đơn vị chưa được phê duyệt sử dụng dịch vụ này. Hãy liên hệ đơn vị quản lý nền tảng LGSP của tỉnh để được phê duyệt."}
}

// deny puts a refusal on record. The refusal stands even if that fails.
func (b *Bridge) deny(ctx context.Context, e lgsp.Envelope, cause *lgsp.Error) error {
	entry := audit.Entry{Event: audit.Denied, Sender: e.Sender, System: e.System, Kind: cause.Kind.String(), Code: cause.Code}
	if _, known := b.services[e.Service]; known {
		entry.Service = e.Service
	}
	if err := b.opt.Audit.Record(ctx, &entry); err != nil {
		b.opt.Log.Error("record a refusal", "sender", e.Sender, "err", err)
	}
	return cause
}

// explain gives an error of unknown kind the kind Unknown, which counts as the world.
func explain(op string, err error) *lgsp.Error {
	var known *lgsp.Error
	if errors.As(err, &known) {
		return known
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &lgsp.Error{Kind: lgsp.Unavailable, Op: op, Code: "Timeout", Err: err,
			Text: "Hệ thống nhận không trả lời trong thời gian cho phép; thông điệp sẽ được gửi lại."}
	}
	return &lgsp.Error{Kind: lgsp.Unknown, Op: op, Code: "Unknown", Err: err,
		Text: "Có lỗi chưa rõ nguyên nhân; thông điệp sẽ được gửi lại."}
}
