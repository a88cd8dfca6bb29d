package plugins

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/wire"
)

// sdk is what Describe says a plugin was built with.
const sdk = "go 1"

// server answers the daemon.
type server struct {
	wire.UnimplementedPluginServer
	info   Info
	mapper lgsp.Mapper
	err    io.Writer // standard error

	told atomic.Int64 // when a panic was last told, Unix time in nanoseconds
}

// Describe says what the plugin can do.
func (s *server) Describe(context.Context, *wire.DescribeRequest) (*wire.Description, error) {
	_, replies := s.mapper.(lgsp.Replier)
	return &wire.Description{Name: s.info.Name, Version: s.info.Version, Sdk: sdk, Replies: replies}, nil
}

// Map maps every envelope by itself, as many at once as there are processors.
func (s *server) Map(ctx context.Context, q *wire.MapRequest) (*wire.MapResponse, error) {
	all := q.GetEnvelopes()
	r := &wire.MapResponse{Outcomes: make([]*wire.Outcome, len(all))}
	if len(all) == 1 {
		r.Outcomes[0] = s.one(ctx, all[0])
		return r, nil
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(all)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(all)); i = next.Add(1) - 1 {
				r.Outcomes[i] = s.one(ctx, all[i])
			}
		})
	}
	wg.Wait()
	return r, nil
}

func (s *server) one(ctx context.Context, m *wire.Envelope) *wire.Outcome {
	d, err := s.mapped(ctx, m)
	return &wire.Outcome{Id: m.GetId(), Document: wire.ToDocument(d), Error: wire.ToError(err)}
}

func (s *server) mapped(ctx context.Context, m *wire.Envelope) (d lgsp.Document, err error) {
	e, err := wire.FromEnvelope(m)
	if err != nil {
		return lgsp.Document{}, err
	}
	defer s.recovered(&err)
	return s.mapper.Map(ctx, e)
}

// Reply puts the answer to a look-up into the words of the system that asked.
func (s *server) Reply(ctx context.Context, q *wire.ReplyRequest) (*wire.ReplyResponse, error) {
	body, err := s.replied(ctx, q)
	return &wire.ReplyResponse{Body: body, Error: wire.ToError(err)}, nil
}

func (s *server) replied(ctx context.Context, q *wire.ReplyRequest) (body []byte, err error) {
	replier, ok := s.mapper.(lgsp.Replier)
	if !ok {
		return nil, wire.Cause("the plugin has no Reply")
	}
	e, a, err := wire.FromReply(q)
	if err != nil {
		return nil, err
	}
	defer s.recovered(&err)
	return replier.Reply(ctx, e, a)
}

// recovered makes a panic of the author's code the error of one message. The
// value may hold what the message holds, so that only its type is told.
func (s *server) recovered(err *error) {
	value := recover()
	if value == nil {
		return
	}
	*err = &lgsp.Error{Kind: lgsp.Unknown, Code: "Panic", Err: wire.Cause(fmt.Sprintf("the plugin panicked with a value of type %T", value)),
		Text: "Chương trình chuyển đổi gặp lỗi khi xử lý thông điệp này. Hãy báo cho đơn vị phát triển kèm nhật ký."}
	// A plugin that panics at every message must not be taken for one that floods.
	now := time.Now().UnixNano()
	if last := s.told.Load(); now-last < int64(time.Second) || !s.told.CompareAndSwap(last, now) {
		return
	}
	fmt.Fprintf(s.err, "panic with a value of type %T\n%s", value, debug.Stack())
}
