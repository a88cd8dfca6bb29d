package host

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/wire"
)

// handler answers as a test says.
type handler struct {
	wire.UnimplementedPluginServer
	do func(ctx context.Context) error
}

func (h handler) Map(ctx context.Context, _ *wire.MapRequest) (*wire.MapResponse, error) {
	return &wire.MapResponse{}, h.do(ctx)
}

func (h handler) Reply(ctx context.Context, _ *wire.ReplyRequest) (*wire.ReplyResponse, error) {
	return &wire.ReplyResponse{}, h.do(ctx)
}

// A status that the plugin itself sends is an answer: it works, and is not ended.
func TestOnlyAConnectionThatBreaksOrATimeThatPassesEndsThePlugin(t *testing.T) {
	sends := func(c codes.Code) func(context.Context, *grpc.Server) error {
		return func(context.Context, *grpc.Server) error { return status.Error(c, "no") }
	}
	for name, row := range map[string]struct {
		timeout     time.Duration
		do          func(ctx context.Context, s *grpc.Server) error
		ended, hung bool
	}{
		"it says unavailable":       {time.Hour, sends(codes.Unavailable), false, false},
		"it says canceled":          {time.Hour, sends(codes.Canceled), false, false},
		"it says deadline exceeded": {time.Hour, sends(codes.DeadlineExceeded), false, false},
		"it says internal":          {time.Hour, sends(codes.Internal), false, false},
		"it is gone": {time.Hour, func(ctx context.Context, s *grpc.Server) error {
			go s.Stop()
			<-ctx.Done()
			return nil
		}, true, false},
		"it hangs": {100 * time.Millisecond, func(ctx context.Context, s *grpc.Server) error {
			<-ctx.Done()
			return ctx.Err()
		}, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			socket := filepath.Join(t.TempDir(), "s")
			listener, err := net.Listen("unix", socket)
			if err != nil {
				t.Fatal(err)
			}
			server := grpc.NewServer()
			wire.RegisterPluginServer(server, handler{do: func(ctx context.Context) error { return row.do(ctx, server) }})
			served := make(chan error, 1)
			go func() { served <- server.Serve(listener) }()
			defer func() {
				server.Stop()
				<-served // Stop is no error, and may come first
			}()
			conn, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDisableRetry())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			var ended, hung bool
			l := newLine(wire.NewPluginClient(conn), row.timeout, time.Now, func(_ string, slow bool) bool {
				ended, hung = true, slow
				return false
			})
			f, err := l.do(context.Background(), &item{m: wire.ToEnvelope(lgsp.Envelope{})})
			if want := map[bool]fate{false: failed, true: lonely}[row.ended]; f != want || err != nil || ended != row.ended || hung != row.hung {
				t.Errorf("the fate is %d (%v), want %d; ended %t, hung %t", f, err, want, ended, hung)
			}
			if name == "it is gone" {
				return // and answers nothing more
			}
			ended = false
			if _, err := l.reply(context.Background(), wire.ToReply(lgsp.Envelope{}, lgsp.Ack{})); err == nil || ended != row.ended {
				t.Errorf("the reply is %v; ended %t", err, ended)
			}
		})
	}
}
