package soap

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/internal/vntext"
)

// Options says where the server listens, for whom and for what.
type Options struct {
	Name        string       // Envelope.Source; "" = "soap"
	Address     string       // host:port; loopback only, unless TLS is set
	PublicURL   string       // what a WSDL gives as address, "https://lgsp.example.vn"; "" = the Host that the request came to
	TLS         TLS          // zero = no TLS
	Limits      Limits       // zero fields = their defaults
	Services    []Service    // at least one
	Departments []Department // who may log in; nobody else may
	OpenWSDL    bool         // descriptions of services are given without a log-in
	Lang        string       // language of Fault sentences, "vi" or "en"; "" = "vi"

	Now   func() time.Time // nil = time.Now
	Rand  io.Reader        // of message ids and lookup keys, safe for concurrent use; nil = crypto/rand
	Log   *slog.Logger     // nil = nothing is logged
	Ready func(net.Addr)   // called once Run listens, with the address; nil = nobody asks

	// LockedOut is told that wrong log-ins have shut the door for a while, at
	// most every fifteen minutes of one user name, and every minute of addresses
	// that know none; nil = nobody asks. It must return at once.
	LockedOut func(LockOut)
}

// LockOut says for whom the door is shut. Names and addresses are not told:
// whoever guesses may choose them.
type LockOut struct {
	Department string // whose user name it is; "" = an address, whatever it shows
	System     string // of the department; "" = the department as a whole
}

// TLS names PEM files. They are read again when they change, which is looked
// for at a handshake and at most every ten seconds; a file that cannot be read
// leaves the last good ones in use.
type TLS struct {
	CertFile     string // chain, the server's own certificate first
	KeyFile      string // its private key
	ClientCAFile string // authorities whose client certificates are taken by name; "" = client certificates count by fingerprint only
}

// Limits bounds what strangers and departments can make the server hold.
type Limits struct {
	Body             int64         // bytes of one message; default 8 MiB, at most 16 MiB
	InFlight         int64         // bytes of all messages being received or accepted; default 64 MiB; one department gets half, all senders not yet known together a quarter, each at least Body
	PerDepartment    int           // requests of one department at once; default 64
	Connections      int           // open at once; default 1024
	ConnectionsPerIP int           // of one address that is not loopback; default a quarter of Connections
	HeaderBytes      int           // default 32 KiB
	HeaderTimeout    time.Duration // for the header of a request; default 10 s
	BodyTimeout      time.Duration // for the body of a request, all of it; default 60 s
	StallTimeout     time.Duration // grace before MinRate counts; default 10 s
	MinRate          int64         // bytes per second that a body has to come in at; default 16 KiB
	IdleTimeout      time.Duration // between two requests of a connection; default 2 min
	Answer           time.Duration // that the line may take for the answer of a service that is asked; default 10 s
	Drain            time.Duration // that requests under way get to finish when the server ends; default 10 s
}

// Service is one kind of message that departments may send.
type Service struct {
	Name      string   // "hotich.khai-sinh", served at /soap/hotich.khai-sinh
	Title     string   // for people, in the WSDL
	Namespace string   // of Root
	Root      string   // local name of the one element in Body; also the WSDL operation
	Action    string   // SOAPAction
	Schema    []byte   // a self-contained xs:schema element for Root; empty = anything
	Paths     []string // further URL paths that old clients already call; services may share one
	Answer    *Answer  // of a service that is asked, by lgsp.Line.Ask; nil = a message, which gets a receipt
}

// Answer is what a service answers with.
type Answer struct {
	Namespace string // of Root
	Root      string // local name of the one element in Body
	Schema    []byte // a self-contained xs:schema element for Root; empty = anything
}

// Department is one agency, its systems, and every way in which they may prove who they are.
type Department struct {
	Code     string         // agency code, Envelope.Sender
	Name     string         // for people
	Charset  string         // overrides what its messages declare; "" = what they declare
	Networks []netip.Prefix // where it calls from; empty = anywhere
	Credentials
	Systems []System // each with credentials of its own
}

// System is one information system of a department. What shows one of its
// credentials is told apart in Envelope.System.
type System struct {
	Name string
	Credentials
}

// Credentials are every way in which somebody may prove who it is.
type Credentials struct {
	Basic          []Login       // HTTP Basic (RFC 7617)
	APIKeys        []string      // header X-API-Key; at least 12 bytes each
	UsernameTokens []Login       // WS-Security UsernameToken Profile 1.1.1, PasswordText and PasswordDigest
	Certificates   []Certificate // TLS client certificates
}

// Login is a user name and a password. No two departments or systems have the
// same user name; one may have it for several methods.
type Login struct{ Username, Password string }

// String keeps the password out of whatever prints a login.
func (l Login) String() string { return l.Username + ":***" }

// GoString is String.
func (l Login) GoString() string { return l.String() }

// Certificate tells a client certificate. Every field that is set has to fit;
// without SHA256 the certificate has to come from an authority in ClientCAFile.
type Certificate struct {
	SHA256     string // fingerprint of the DER form, 64 hexadecimal digits, colons allowed
	Subject    string // distinguished name as RFC 4514 writes it, "CN=hotich,O=So Tu phap"
	CommonName string // CN of the subject
	SAN        string // a DNS name, e-mail address, IP address or URI among the subject's alternative names
}

func (l Limits) orDefault() Limits {
	number(&l.Body, 8<<20)
	number(&l.InFlight, max(64<<20, l.Body))
	number(&l.PerDepartment, 64)
	number(&l.Connections, 1024)
	number(&l.ConnectionsPerIP, max(1, l.Connections/4))
	number(&l.HeaderBytes, 32<<10)
	number(&l.HeaderTimeout, 10*time.Second)
	number(&l.BodyTimeout, time.Minute)
	number(&l.StallTimeout, min(10*time.Second, l.BodyTimeout))
	number(&l.MinRate, 16<<10)
	number(&l.IdleTimeout, 2*time.Minute)
	number(&l.Answer, 10*time.Second)
	number(&l.Drain, 10*time.Second)
	return l
}

func number[T int | int64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

// maxBody is the longest message that can be read whatever its charset is, in
// bytes as it was sent. What passes the door is never too long behind it.
const maxBody = strictxml.DefaultBytes / vntext.Growth

// problems lists what is wrong with the listener's part of the options.
func (o Options) problems() error {
	var errs []error
	if o.Limits.Body > maxBody {
		errs = append(errs, fmt.Errorf("Limits.Body is more than the %d bytes that can be read", int64(maxBody)))
	}
	if l := o.Limits; l.Body > 0 && l.InFlight > 0 && l.InFlight < l.Body {
		errs = append(errs, errors.New("Limits.InFlight is less than Limits.Body"))
	}
	if o.Lang != "" && o.Lang != "vi" && o.Lang != "en" {
		errs = append(errs, fmt.Errorf("Lang is %q: want vi or en", o.Lang))
	}
	if o.PublicURL != "" {
		u, err := url.Parse(o.PublicURL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
			errs = append(errs, errors.New(`PublicURL is not a URL such as "https://lgsp.example.vn"`))
		}
	}
	if (o.TLS.CertFile == "") != (o.TLS.KeyFile == "") {
		errs = append(errs, errors.New("TLS needs both CertFile and KeyFile"))
	}
	if o.TLS.CertFile == "" && o.TLS.ClientCAFile != "" {
		errs = append(errs, errors.New("TLS.ClientCAFile needs CertFile and KeyFile"))
	}
	host, _, err := net.SplitHostPort(o.Address)
	switch {
	case err != nil:
		errs = append(errs, fmt.Errorf("Address %q is not host:port", o.Address))
	case o.TLS.CertFile == "" && !loopback(host):
		errs = append(errs, fmt.Errorf("Address %q is not loopback: passwords and citizen data need TLS there", o.Address))
	}
	if len(o.Services) == 0 {
		errs = append(errs, errors.New("there is no service"))
	}
	return errors.Join(errs...)
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
