package reminder_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"lgsp.internal/adapter/report/reminder"
)

// server is a mail server of this machine that a test gives its manners.
type server struct {
	t        testing.TB
	listener net.Listener
	settings *tls.Config
	roots    *x509.CertPool

	implicit bool              // TLS from the first byte
	offers   []string          // extensions
	says     map[string]string // the answer to a command, by its first word; "cut" ends the connection, "wait" says nothing
	flood    bool              // greets without end

	waits chan struct{} // closed once it says nothing

	mu    sync.Mutex
	mails []string
	plain []string // commands that came before TLS
}

func newServer(t testing.TB, change func(*server)) *server {
	t.Helper()
	s := &server{t: t, offers: []string{"STARTTLS", "AUTH PLAIN LOGIN", "8BITMIME"}, says: map[string]string{}, waits: make(chan struct{})}
	s.certify()
	change(s)
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	conns := make(chan net.Conn, 1000)
	open.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			conns <- conn
			open.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		s.listener.Close()
		for len(conns) > 0 {
			(<-conns).Close()
		}
		open.Wait()
	})
	return s
}

func (s *server) certify() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "smtp"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		s.t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(cert)
	s.settings = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// mailer hands mail to the server.
func (s *server) mailer(change func(*reminder.SMTP)) reminder.SMTP {
	m := reminder.SMTP{Host: "127.0.0.1", Port: s.listener.Addr().(*net.TCPAddr).Port, TLS: "starttls", From: "LGSP tỉnh <lgsp@example.vn>", Roots: s.roots, Timeout: 10 * time.Second}
	change(&m)
	return m
}

func (s *server) note(list *[]string, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*list = append(*list, what)
}

func (s *server) got(list *[]string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), *list...)
}

func (s *server) serve(conn net.Conn) {
	defer conn.Close()
	encrypted := s.implicit
	if s.implicit {
		conn = tls.Server(conn, s.settings)
	}
	in := bufio.NewReader(conn)
	say := func(text string) bool {
		_, err := fmt.Fprintf(conn, "%s\r\n", text)
		return err == nil
	}
	for s.flood && say("220-"+strings.Repeat("x", 1000)) {
	}
	if !say("220 smtp.example.vn") {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		word, _, _ := strings.Cut(strings.ToUpper(line), " ")
		if !encrypted {
			s.note(&s.plain, line)
		}
		answer, ok := s.says[word]
		if !ok {
			answer = map[string]string{"MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "STARTTLS": "220 go on", "QUIT": "221 bye"}[word]
		}
		switch {
		case answer == "cut":
			return
		case answer == "wait":
			close(s.waits)
			_, _ = in.ReadByte()
			return
		case word == "EHLO":
			say("250-smtp.example.vn")
			for _, e := range s.offers {
				if e != "STARTTLS" || !encrypted {
					say("250-" + e)
				}
			}
			say("250 HELP")
			continue
		case word == "AUTH":
			if !s.authenticate(line, in, say) {
				return
			}
			continue
		case answer == "":
			say("500 what?")
			continue
		}
		if !say(answer) || word == "QUIT" {
			return
		}
		if word == "STARTTLS" && answer[0] == '2' {
			tlsConn := tls.Server(conn, s.settings)
			conn, in, encrypted = tlsConn, bufio.NewReader(tlsConn), true
		}
		if word == "DATA" && answer[0] == '3' && !s.take(in, say) {
			return
		}
	}
}

// take reads a mail and answers as "." says.
func (s *server) take(in *bufio.Reader, say func(string) bool) bool {
	var mail strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		mail.WriteString(strings.TrimPrefix(line, "."))
	}
	s.note(&s.mails, mail.String())
	switch answer := s.says["."]; answer {
	case "":
		return say("250 taken")
	case "cut":
		return false
	default:
		return say(answer)
	}
}

func (s *server) authenticate(line string, in *bufio.Reader, say func(string) bool) bool {
	if answer := s.says["AUTH"]; answer != "" {
		return say(answer)
	}
	parts := strings.Fields(line)
	if parts[1] == "PLAIN" {
		text, _ := base64.StdEncoding.DecodeString(parts[2])
		if string(text) == "\x00lgsp\x00Quarterdeck-7" {
			return say("235 welcome")
		}
		return say("535 no")
	}
	var said []string
	for _, ask := range []string{"VXNlcm5hbWU6", "UGFzc3dvcmQ6"} {
		say("334 " + ask)
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		text, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		said = append(said, string(text))
	}
	if strings.Join(said, " ") == "lgsp Quarterdeck-7" {
		return say("235 welcome")
	}
	return say("535 no")
}
