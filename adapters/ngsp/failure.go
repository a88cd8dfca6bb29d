package ngsp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// netVerdict finds the row of an exchange that ended without an answer. ctx is
// the caller's own, whose end is nobody's fault.
func (d *dialer) netVerdict(ctx context.Context, err error) verdict {
	if errors.Is(ctx.Err(), context.Canceled) {
		return verdict{fate: fateOf("config stopped"), cause: context.Canceled}
	}
	on := netRow(err)
	if on == "answer-lost" && d.asked.Load() {
		on = "tls-client"
	}
	return verdict{fate: fateOf("net " + on), detail: netDetail(on, err), cause: safeCause(err)}
}

func netRow(err error) string {
	var at *stageError
	switch {
	case certificateAlert(err):
		return "tls-client"
	case !errors.As(err, &at):
		return afterConnect(err)
	case at.stage == handshaking:
		return tlsRow(err)
	default:
		return connectRow(err)
	}
}

func connectRow(err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "dns"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.ENETDOWN):
		return "unreachable"
	case timedOut(err):
		return "connect-timeout"
	}
	return "connect"
}

func tlsRow(err error) string {
	var (
		own       *stageError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		plain     tls.RecordHeaderError
	)
	for e := err; errors.As(e, &own); e = own.err {
		if own.stage == certifying {
			return "tls-own"
		}
	}
	switch {
	case errors.As(err, &authority):
		return "tls-untrusted"
	case errors.As(err, &name):
		return "tls-name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "tls-expired"
	case errors.As(err, &plain):
		return "tls-plain"
	case timedOut(err):
		return "connect-timeout"
	}
	return "tls"
}

func afterConnect(err error) string {
	switch {
	case timedOut(err):
		return "answer-timeout"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET),
		errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return "answer-lost"
	}
	return "answer-broken"
}

// certificateAlert reports that the other side ended the TLS channel because it
// misses or mistrusts our client certificate (RFC 8446 §6.2). Under TLS 1.3 that
// comes after the handshake, in place of the answer.
func certificateAlert(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" || op.Err == nil {
		return false
	}
	for _, alert := range []tls.AlertError{42, 43, 44, 45, 46, 48, 49, 116} {
		if op.Err.Error() == alert.Error() {
			return true
		}
	}
	return false
}

func timedOut(err error) bool {
	var ne net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &ne) && ne.Timeout()
}

// netDetail is what the log may hold of a failure. What the other side wrote,
// which the HTTP library and certificates quote, is kept out of it.
func netDetail(on string, err error) string {
	var at *stageError
	var number syscall.Errno
	switch {
	case errors.As(err, &at) && at.stage == handshaking:
		return string(handshaking) + ": " + tlsDetail(err)
	case errors.As(err, &at):
		return at.Error()
	case errors.As(err, &number):
		return number.Error()
	}
	return on
}

func tlsDetail(err error) string {
	var (
		own    *stageError
		alert  tls.AlertError
		number syscall.Errno
	)
	for e := err; errors.As(e, &own); e = own.err {
		if own.stage == certifying {
			return own.Error()
		}
	}
	switch {
	case errors.As(err, &alert):
		return alert.Error()
	case errors.As(err, &number):
		return number.Error()
	}
	return tlsRow(err)
}
