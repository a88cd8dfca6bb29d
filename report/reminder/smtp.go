package reminder

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/smtp"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SMTP is a mail server that mail is handed to (RFC 5321, RFC 8314).
type SMTP struct {
	Host     string
	Port     int
	TLS      string // starttls, tls (from the first byte), or none, which goes to this machine only
	Username string // "" = no log-in; one is made over TLS only
	Password string
	From     string // "lgsp@example.vn" or "LGSP <lgsp@example.vn>"

	Roots   *x509.CertPool // nil = those of the machine
	Timeout time.Duration  // of one mail as a whole; 0 = one minute
}

// answersMost bounds what a server may say in one conversation, in bytes.
const answersMost = 1 << 20

// Send hands a mail over. It is unsure about a mail only when the server was
// given all of it and did not answer.
func (s SMTP) Send(ctx context.Context, m Mail) error {
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return errors.New("the address that mail is from is none")
	}
	text, err := compose(from, m)
	if err != nil {
		return err
	}
	if s.Timeout == 0 {
		s.Timeout = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	c, done, err := s.connect(ctx, from.Address)
	if err != nil {
		return err
	}
	defer done()
	return hand(c, from.Address, m.To, text)
}

// hand gives a mail to a server that knows who gives it.
func hand(c *smtp.Client, from, to string, text []byte) error {
	if err := c.Mail(from); err != nil {
		return fmt.Errorf("name the sender: %w", err)
	}
	if err := c.Rcpt(to); err != nil {
		return fmt.Errorf("name the recipient: %w", err)
	}
	w, err := c.Data()
	if err != nil {
		return fmt.Errorf("begin the mail: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("write the mail: %w", err)
	}
	if err := w.Close(); err != nil {
		var refused *textproto.Error
		if errors.As(err, &refused) {
			return fmt.Errorf("end the mail: %w", err)
		}
		return fmt.Errorf("%w: %w", ErrUnsure, err)
	}
	_ = c.Quit() // the mail is taken, whatever is said behind it
	return nil
}

// connect opens a conversation as far as the log-in.
func (s SMTP) connect(ctx context.Context, from string) (c *smtp.Client, done func(), err error) {
	if s.TLS != "tls" && s.TLS != "starttls" && !thisMachine(s.Host) {
		return nil, nil, errors.New("mail goes unencrypted to this machine only")
	}
	var dialer net.Dialer
	raw, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, nil, fmt.Errorf("connect: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) }) // wakes who reads; there is nobody to tell
	end := func() {
		stop()
		_ = raw.Close() // what mattered was answered
	}
	defer func() {
		if err != nil {
			end()
		}
	}()
	var conn net.Conn = &bounded{Conn: raw, left: answersMost}
	settings := &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	if s.TLS == "tls" {
		conn = tls.Client(conn, settings)
	}
	if c, err = smtp.NewClient(conn, s.Host); err != nil {
		return nil, nil, fmt.Errorf("greet: %w", err)
	}
	_, domain, _ := strings.Cut(from, "@")
	if err := c.Hello(domain); err != nil {
		return nil, nil, fmt.Errorf("greet: %w", err)
	}
	if s.TLS == "starttls" {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return nil, nil, errors.New("the mail server offers no encryption (STARTTLS)")
		}
		if err := c.StartTLS(settings); err != nil {
			return nil, nil, fmt.Errorf("begin to encrypt: %w", err)
		}
	}
	return c, end, s.logIn(c)
}

// thisMachine reports whether a host is this machine, by its name.
func thisMachine(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// logIn proves who gives the mail, if the server is to be told.
func (s SMTP) logIn(c *smtp.Client) error {
	if s.Username == "" {
		return nil
	}
	if _, encrypted := c.TLSConnectionState(); !encrypted {
		return errors.New("the password goes over TLS only")
	}
	_, ways := c.Extension("AUTH")
	offered := strings.Fields(strings.ToUpper(ways))
	var auth smtp.Auth
	switch {
	case slices.Contains(offered, "PLAIN"):
		auth = smtp.PlainAuth("", s.Username, s.Password, s.Host)
	case slices.Contains(offered, "LOGIN"):
		auth = &login{answers: []string{s.Username, s.Password}}
	default:
		return errors.New("the mail server offers no log-in that is known here (AUTH PLAIN, AUTH LOGIN)")
	}
	if err := c.Auth(auth); err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	return nil
}

// login answers the two questions of AUTH LOGIN, which net/smtp does not know.
type login struct{ answers []string }

// Start begins the log-in. That the way is encrypted is seen to before.
func (l *login) Start(*smtp.ServerInfo) (string, []byte, error) { return "LOGIN", nil, nil }

// Next answers what the server asks: first who, then the password.
func (l *login) Next(_ []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	if len(l.answers) == 0 {
		return nil, errors.New("the mail server asks for more than user name and password")
	}
	answer := l.answers[0]
	l.answers = l.answers[1:]
	return []byte(answer), nil
}

// bounded is a connection that reads so many bytes and no more.
type bounded struct {
	net.Conn
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the mail server says too much")
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
