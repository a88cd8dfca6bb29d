package wire

import (
	"context"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// Set returns go-plugin's set of plugins: one entry, which serves impl in a
// plugin and gives a PluginClient in the daemon, where impl is nil.
func Set(impl PluginServer) plugin.PluginSet { return plugin.PluginSet{Name: &entry{impl: impl}} }

type entry struct {
	plugin.NetRPCUnsupportedPlugin
	impl PluginServer
}

func (e *entry) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	RegisterPluginServer(s, e.impl)
	return nil
}

func (e *entry) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return NewPluginClient(conn), nil
}

// Window is how much of a message gRPC sends before the other side has read any
// of it, in bytes. With gRPC's own 64 KiB a batch would stop on its way.
const Window = 1 << 20
