// Package plugins is what the author of a plugin imports: a program that maps
// messages where the mapping language does not reach.
//
//	func main() { plugins.Serve(mapper{}) }
//
// It promises that the program ends with the daemon that started it, that a
// panic costs one message and not the program, and that a person who starts it
// by hand can give it sample files, under a debugger too.
package plugins

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/wire"
)

// Info is what a plugin says about itself; it stands in `lgspd plugin list`.
type Info struct {
	Name    string // "dia-chi"; "" = the name of the program
	Version string // the author's own; "" = that which the build knows
}

// Serve is the whole main of a plugin. Started by lgspd it serves m until the
// daemon ends; started by hand it maps the files that it is given. It does not
// return.
//
// m is called from several goroutines at once, as many as there are processors
// for each call of the daemon. It may be an lgsp.Replier too, and then answers
// look-ups. A body is UTF-8 in NFC, well-formed, without a DOCTYPE and without
// an XML declaration. What the program prints goes to the daemon's log, cut and
// limited: it must hold no citizen data.
func Serve(m lgsp.Mapper) { ServeAs(Info{}, m) }

// ServeAs is Serve for a plugin that names itself.
func ServeAs(i Info, m lgsp.Mapper) {
	i = i.orDefault()
	if os.Getenv(wire.CookieKey) != wire.CookieValue {
		os.Exit(alone(i, m, os.Args[1:], os.Stdout, os.Stderr))
	}
	go endWith(os.Stdin)
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: wire.Handshake(),
		Plugins:         wire.Set(&server{info: i, mapper: m, err: os.Stderr}),
		Logger:          hclog.New(&hclog.LoggerOptions{Level: hclog.Error, Output: os.Stderr}),
		GRPCServer: func(opts []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(opts, grpc.MaxRecvMsgSize(wire.MaxMessage), grpc.MaxSendMsgSize(wire.MaxMessage),
				grpc.InitialWindowSize(wire.Window), grpc.InitialConnWindowSize(wire.Window))...)
		},
	})
	os.Exit(0)
}

// endWith ends the program when stdin does: the daemon holds its other end,
// says nothing there, and has ended.
func endWith(stdin io.Reader) {
	if _, err := io.Copy(io.Discard, stdin); err != nil {
		fmt.Fprintln(os.Stderr, "read standard input:", err)
	}
	os.Exit(1)
}

func (i Info) orDefault() Info {
	if i.Name == "" {
		i.Name = filepath.Base(os.Args[0])
	}
	if i.Version == "" {
		i.Version = "unknown"
		if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
			i.Version = b.Main.Version
		}
	}
	return i
}
