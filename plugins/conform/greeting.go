package conform

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc/health/grpc_health_v1"

	"lgsp.internal/adapter/plugins/host"
	"lgsp.internal/adapter/plugins/wire"
)

// greeting is the line by which a plugin says where it listens.
type greeting struct {
	socket string
	cert   *x509.Certificate
}

// hear reads the greeting, and trusts whom it names.
func (p *process) hear(line string) error {
	parts := strings.Split(strings.TrimSpace(line), "|")
	if !strings.HasSuffix(line, "\n") || len(parts) < 6 {
		return fmt.Errorf("its first line is %q: want 1|1|unix|SOCKET|grpc|CERTIFICATE", cut(strings.TrimSpace(line)))
	}
	for i, want := range map[int]string{0: strconv.Itoa(plugin.CoreProtocolVersion), 1: strconv.Itoa(wire.ProtocolVersion), 2: "unix", 4: "grpc"} {
		if parts[i] != want {
			return fmt.Errorf("its greeting has %q in place %d of 1|1|unix|SOCKET|grpc|CERTIFICATE: want %q", cut(parts[i]), i+1, want)
		}
	}
	if p.socket = parts[3]; filepath.Dir(p.socket) != filepath.Join(p.dir, socketFolder) {
		return fmt.Errorf("it listens on %s: want a socket right inside the folder that PLUGIN_UNIX_SOCKET_DIR names", cut(p.socket))
	}
	if info, err := os.Stat(p.socket); err != nil || info.Mode().Type() != os.ModeSocket {
		return fmt.Errorf("it greeted before it listened: %s is no socket", filepath.Base(p.socket))
	}
	der, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err == nil {
		p.cert, err = x509.ParseCertificate(der)
	}
	if err != nil {
		return fmt.Errorf("the certificate in its greeting: want DER in base64 without padding: %w", err)
	}
	p.tls.RootCAs.AddCert(p.cert)
	return nil
}

// greets starts the plugin and asks whether it is well.
func greets(ctx context.Context, x *exam) error {
	return x.with(ctx, func(ctx context.Context, p *process) error {
		ctx, cancel := context.WithTimeout(ctx, x.Timeout)
		defer cancel()
		r, err := grpc_health_v1.NewHealthClient(p.conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: plugin.GRPCServiceName})
		if err != nil {
			return fmt.Errorf("ask whether it is well: %w", err)
		}
		if r.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
			return fmt.Errorf("it says that it is %s", r.GetStatus())
		}
		return nil
	})
}

// describes asks what the plugin is.
func describes(ctx context.Context, x *exam) error {
	return x.with(ctx, func(ctx context.Context, p *process) error {
		d, err := x.describe(ctx, p)
		if err != nil {
			return err
		}
		var bad wrong
		for what, value := range map[string]string{"name": d.GetName(), "version": d.GetVersion(), "SDK": d.GetSdk()} {
			if value == "" || len(value) > 100 {
				bad = append(bad, fmt.Sprintf("its %s has %d bytes: want 1 to 100", what, len(value)))
			}
		}
		return bad.orNil()
	})
}

func (x *exam) describe(ctx context.Context, p *process) (*wire.Description, error) {
	ctx, cancel := context.WithTimeout(ctx, x.Timeout)
	defer cancel()
	d, err := p.rpc.Describe(ctx, &wire.DescribeRequest{})
	if err != nil {
		return nil, fmt.Errorf("ask it what it can do: %w", err)
	}
	return d, nil
}

// keepsOut calls with another certificate than the one that the plugin was
// given, and with none.
func keepsOut(ctx context.Context, x *exam) error {
	return x.with(ctx, func(ctx context.Context, p *process) error {
		other, _, err := host.NewTLS(p.cert.NotBefore)
		if err != nil {
			return err
		}
		var bad wrong
		for who, certs := range map[string][]tls.Certificate{"another certificate": other.Certificates, "no certificate": nil} {
			config := p.tls.Clone()
			config.Certificates = certs
			conn, err := p.dial(config)
			if err != nil {
				return err
			}
			callCtx, cancel := context.WithTimeout(ctx, x.Timeout)
			_, err = wire.NewPluginClient(conn).Describe(callCtx, &wire.DescribeRequest{})
			cancel()
			if err == nil {
				bad = append(bad, "it answers a caller with "+who)
			}
			if err := conn.Close(); err != nil {
				return err
			}
		}
		if _, err := x.describe(ctx, p); err != nil {
			bad = append(bad, "it no longer answers the daemon after others tried: "+err.Error())
		}
		return bad.orNil()
	})
}

func (w wrong) orNil() error {
	if len(w) == 0 {
		return nil
	}
	return w
}

// moment is how long the end of a process takes to be seen after its connection's.
const moment = 200 * time.Millisecond

// with does something with a plugin that was started for it.
func (x *exam) with(ctx context.Context, do func(ctx context.Context, p *process) error) error {
	p, err := x.start(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	if err := do(ctx, p); err != nil {
		if !errors.As(err, new(wrong)) && p.over(moment) {
			return fmt.Errorf("%w; it had ended: %s%s", err, p.cmd.ProcessState, p.printed.quoted())
		}
		return err
	}
	return nil
}
