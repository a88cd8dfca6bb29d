package host

import (
	"context"
	"errors"
	"fmt"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/wire"
)

// Map has the plugin map e, whose body must be UTF-8 without an XML declaration.
// Messages that come at the same time are sent together.
//
// Errors: those of the plugin, bounded; Unavailable (PluginDown: it cannot work
// now; PluginAnswer: what it answers is not to be used); Refused (PluginCrash):
// it ended three times while it had this message alone. No message is Refused
// at the first Map, so that a sender is never told that its message is bad
// because a plugin is.
func (h *Host) Map(ctx context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	it := &item{m: wire.ToEnvelope(e)}
	until := time.Now().Add(h.opt.Wait)
	for {
		p, err := h.ready(ctx, until)
		if err != nil {
			return lgsp.Document{}, err
		}
		it.alone = h.suspected(e.ID)
		f, err := p.line.do(ctx, it)
		if err != nil {
			return lgsp.Document{}, err
		}
		switch f {
		case answered:
			if it.alone {
				h.cleared(e.ID)
			}
			return document(it.outcome)
		case failed:
			if it.single {
				return lgsp.Document{}, noAnswer("plugin.map", it.err)
			}
			it.single = true // another of its call may be at fault
		case shared:
			h.suspect(e.ID, false)
		case lonely:
			if h.suspect(e.ID, true) >= mostStrikes {
				h.cleared(e.ID)
				h.opt.Log.Warn("the plugin ends at a message, which is held", "message", e.ID.String())
				return lgsp.Document{}, fatal()
			}
			return lgsp.Document{}, h.down("plugin.map", p)
		case untouched:
		}
		if time.Now().After(until) {
			return lgsp.Document{}, h.down("plugin.map", p)
		}
	}
}

// Reply has the plugin put the answer to a look-up into the words of the system
// that asked.
//
// Errors: those of the plugin, bounded; Unavailable (PluginDown, PluginAnswer).
func (h *Host) Reply(ctx context.Context, e lgsp.Envelope, a lgsp.Ack) ([]byte, error) {
	p, err := h.ready(ctx, time.Now().Add(h.opt.Wait))
	if err != nil {
		return nil, err
	}
	r, err := p.line.reply(ctx, wire.ToReply(e, a))
	switch {
	case errors.Is(err, errGone):
		return nil, h.down("plugin.reply", p)
	case err != nil:
		return nil, noAnswer("plugin.reply", err)
	}
	return reply(r)
}

// ready returns the process of the plugin, once there is one; if that takes
// longer than until, it does not wait at all.
func (h *Host) ready(ctx context.Context, until time.Time) (*process, error) {
	for {
		h.mu.Lock()
		p, status, turned := h.now, h.status, h.turned
		h.mu.Unlock()
		if p != nil && !p.run.over() {
			return p, nil
		}
		left := time.Until(until)
		if left <= 0 || status.State == Disabled || status.State == Stopped ||
			status.State == Waiting && status.Next.Sub(h.opt.Now()) > left {
			return nil, h.down("plugin.map", nil)
		}
		timer := time.NewTimer(left)
		select {
		case <-turned:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, fmt.Errorf("wait for a plugin: %w", ctx.Err())
		}
		timer.Stop()
	}
}

func (h *Host) suspected(id lgsp.ID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.suspects.has(id)
}

func (h *Host) suspect(id lgsp.ID, alone bool) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.suspects.add(id, alone)
}

func (h *Host) cleared(id lgsp.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.suspects.clear(id)
}

// down is the error of a plugin that cannot work now, or of p, which ended.
func (h *Host) down(op string, p *process) *lgsp.Error {
	s := h.Status()
	after := time.Second
	if s.State == Waiting {
		after = max(after, s.Next.Sub(h.opt.Now()))
	}
	if p != nil {
		s.Reason, _ = p.run.why()
	}
	cause := fmt.Errorf("plugin %s is %s", s.Name, s.State)
	if s.Reason != "" {
		cause = fmt.Errorf("plugin %s: %s", s.Name, s.Reason)
	}
	return &lgsp.Error{Kind: lgsp.Unavailable, Op: op, Code: "PluginDown", After: after, Err: cause,
		Text: "Chương trình chuyển đổi của dịch vụ này đang gián đoạn; thông điệp sẽ được chuyển đổi khi chương trình hoạt động trở lại."}
}

// fatal is the error of a message on which the plugin ends for ever.
func fatal() *lgsp.Error {
	return &lgsp.Error{Kind: lgsp.Refused, Op: "plugin.map", Code: "PluginCrash",
		Err:  fmt.Errorf("the plugin ended %d times while it had this message alone", mostStrikes),
		Text: "Chương trình chuyển đổi đã dừng đột ngột nhiều lần khi xử lý thông điệp này, nên thông điệp được giữ lại chờ cán bộ vận hành. Hãy báo cho đơn vị phát triển chương trình; khi đã sửa, cho gửi lại thông điệp."}
}
