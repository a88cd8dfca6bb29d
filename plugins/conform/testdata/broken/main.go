// Command broken is a plugin that does one thing wrong, the one that its first
// argument names; "none" does nothing wrong.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/emptypb"

	"lgsp.internal/adapter/plugins/host"
	"lgsp.internal/adapter/plugins/wire"
)

func main() {
	p := &plugin{flaw: os.Args[1], stop: make(chan struct{})}
	if err := p.leave(); err != nil {
		panic(err)
	}
	if os.Getenv(wire.CookieKey) != wire.CookieValue {
		os.Exit(p.byHand(os.Args[2:]))
	}
	if err := p.serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// leave starts a process that lives longer than the plugin.
func (p *plugin) leave() error {
	c := exec.Command("sleep", "31.4159")
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	switch p.flaw {
	case "leaves a process": // in a session of its own, with our output
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	case "leaves a process of its group":
	case "leaves a stranger": // whom nothing but its parent gives away
		c.SysProcAttr, c.Env, c.Dir = &syscall.SysProcAttr{Setsid: true}, []string{}, "/"
	default:
		return nil
	}
	return c.Start()
}

func (p *plugin) byHand(files []string) int {
	switch {
	case p.is("hangs by hand"):
		select {}
	case p.is("silent by hand"):
		return 0
	case len(files) == 0:
		fmt.Println("name files")
		return 2
	}
	code := 0
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil {
			return 2
		}
		o := p.one(&wire.Envelope{Body: body})
		fmt.Println(o)
		if o.GetError() != nil && !p.is("content by hand") {
			code = 1
		}
	}
	return code
}

func (p *plugin) serve() error {
	if p.is("hungry") {
		p.hoard = append(p.hoard, touched(350<<20))
	}
	if p.is("ends at once") {
		return io.ErrUnexpectedEOF
	}
	if p.is("greets late") {
		select {}
	}
	folder := os.Getenv("PLUGIN_UNIX_SOCKET_DIR")
	if p.is("listens elsewhere") {
		folder = os.Getenv("TMPDIR")
	}
	socket := filepath.Join(folder, "p")
	l, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	config, cert, err := p.tls()
	if err != nil {
		return err
	}
	s := p.server(config)
	go p.end(s)
	if !p.is("lives on") {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
	}
	fmt.Println(p.greeting(socket, cert))
	if err := s.Serve(l); err != nil {
		return err
	}
	if p.is("leaves a file") {
		return os.WriteFile(filepath.Join(os.Getenv("TMPDIR"), "left"), nil, 0o600)
	}
	if p.is("stays") {
		select {}
	}
	return nil
}

func (p *plugin) greeting(socket, cert string) string {
	version, network, protocol := "1", "unix", "grpc"
	switch p.flaw {
	case "version":
		version = "2"
	case "network":
		network = "tcp"
	case "protocol":
		protocol = "netrpc"
	case "no certificate":
		cert = ""
	case "padded certificate":
		cert += "=="
	case "talks first":
		return "Hello"
	}
	return fmt.Sprintf("1|%s|%s|%s|%s|%s", version, network, socket, protocol, cert)
}

func (p *plugin) tls() (*tls.Config, string, error) {
	config, _, err := host.NewTLS(time.Now())
	if err != nil {
		return nil, "", err
	}
	config.ClientCAs = x509.NewCertPool()
	config.ClientCAs.AppendCertsFromPEM([]byte(os.Getenv("PLUGIN_CLIENT_CERT")))
	config.ClientAuth = tls.RequireAndVerifyClientCert
	switch p.flaw {
	case "serves everybody":
		config.ClientAuth = tls.NoClientCert
	case "serves any certificate":
		config.ClientAuth = tls.RequireAnyClientCert
	}
	return config, base64.RawStdEncoding.EncodeToString(config.Certificates[0].Certificate[0]), nil
}

func (p *plugin) server(config *tls.Config) *grpc.Server {
	most := wire.MaxMessage
	if p.is("small") {
		most = 4 << 20
	}
	s := grpc.NewServer(grpc.Creds(credentials.NewTLS(config)), grpc.MaxRecvMsgSize(most), grpc.MaxSendMsgSize(most))
	wire.RegisterPluginServer(s, p)
	h := health.NewServer()
	h.SetServingStatus("plugin", grpc_health_v1.HealthCheckResponse_SERVING)
	if p.is("unwell") {
		h.SetServingStatus("plugin", grpc_health_v1.HealthCheckResponse_NOT_SERVING)
	}
	grpc_health_v1.RegisterHealthServer(s, h)
	s.RegisterService(&grpc.ServiceDesc{ServiceName: "plugin.GRPCController", HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{MethodName: "Shutdown", Handler: func(_ any, _ context.Context, _ func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			close(p.stop)
			return &emptypb.Empty{}, nil
		}}}}, p)
	return s
}

func (p *plugin) end(s *grpc.Server) {
	<-p.stop
	s.GracefulStop()
}

func touched(n int) []byte {
	b := make([]byte, n)
	for i := 0; i < n; i += 4096 {
		b[i] = 1
	}
	return b
}
