package reminder_test

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/mail"
	"strings"
	"testing"
	"time"

	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report/reminder"
)

var ctx = context.Background()

func letter() reminder.Mail {
	return reminder.Mail{ID: "0a1b2c", To: "thu@example.vn", Subject: "Nhắc báo cáo 6 tháng đầu năm 2026: hạn 16/6/2026, xin các đồng chí khẩn trương hoàn thiện",
		Body: "Kính gửi,\n" + strings.Repeat("Báo cáo chưa được xác nhận. ", 20) + "\n.\nHết\n", At: time.Date(2026, 6, 9, 7, 30, 0, 0, vntime.Zone)}
}

func asIs(*reminder.SMTP)       {}
func friendly(*server)          {}
func loggedIn(m *reminder.SMTP) { m.Username, m.Password = "lgsp", "Quarterdeck-7" }

func TestAMailArrivesAsItWasWritten(t *testing.T) {
	s := newServer(t, friendly)
	if err := s.mailer(asIs).Send(ctx, letter()); err != nil {
		t.Fatal(err)
	}
	mails := s.got(&s.mails)
	if len(mails) != 1 {
		t.Fatalf("%d mails came", len(mails))
	}
	for _, line := range strings.Split(mails[0], "\r\n") {
		if len(line) > 76 || strings.Trim(line, "\t !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~\\"+"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
			t.Errorf("a line of %d characters, or not ASCII: %q", len(line), line)
		}
	}
	m, err := mail.ReadMessage(strings.NewReader(mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	var words mime.WordDecoder
	subject, err := words.DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != letter().Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	if err != nil || strings.ReplaceAll(string(body), "\r\n", "\n") != letter().Body {
		t.Errorf("body %q, %v", body, err)
	}
	from, err := m.Header.AddressList("From")
	if err != nil || len(from) != 1 || *from[0] != (mail.Address{Name: "LGSP tỉnh", Address: "lgsp@example.vn"}) {
		t.Errorf("from %v, %v", from, err)
	}
	for name, want := range map[string]string{"To": "<thu@example.vn>", "Date": "Tue, 09 Jun 2026 07:30:00 +0700", "Message-Id": "<0a1b2c@example.vn>", "Auto-Submitted": "auto-generated",
		"Mime-Version": "1.0", "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "base64"} {
		if got := m.Header[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if len(m.Header) != 9 {
		t.Errorf("headers %v", m.Header)
	}
}

func TestEachWayToTheServerWorks(t *testing.T) {
	for name, row := range map[string]struct {
		server func(*server)
		mailer func(*reminder.SMTP)
	}{
		"STARTTLS":             {friendly, asIs},
		"STARTTLS, AUTH PLAIN": {friendly, loggedIn},
		"STARTTLS, AUTH LOGIN": {func(s *server) { s.offers = []string{"STARTTLS", "AUTH LOGIN CRAM-MD5"} }, loggedIn},
		"TLS, AUTH PLAIN":      {func(s *server) { s.implicit = true }, func(m *reminder.SMTP) { m.TLS = "tls"; loggedIn(m) }},
		"TLS, AUTH LOGIN":      {func(s *server) { s.implicit, s.offers = true, []string{"AUTH LOGIN"} }, func(m *reminder.SMTP) { m.TLS = "tls"; loggedIn(m) }},
		"this machine, no TLS": {func(s *server) { s.offers = nil }, func(m *reminder.SMTP) { m.TLS = "none" }},
		"a bad end":            {func(s *server) { s.says["QUIT"] = "cut" }, asIs},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, row.server)
			if err := s.mailer(row.mailer).Send(ctx, letter()); err != nil || len(s.got(&s.mails)) != 1 {
				t.Errorf("%d mails came: %v", len(s.got(&s.mails)), err)
			}
			for _, line := range s.got(&s.plain) {
				if m := s.mailer(row.mailer); m.TLS != "none" && !strings.HasPrefix(line, "EHLO") && line != "STARTTLS" {
					t.Errorf("%q went in clear", line)
				}
			}
		})
	}
}

func TestWhatIsNotTakenIsAnErrorAndOnlyTheLastCutIsUnsure(t *testing.T) {
	for name, row := range map[string]struct {
		server func(*server)
		mailer func(*reminder.SMTP)
		want   string
	}{
		"no STARTTLS":            {func(s *server) { s.offers = []string{"AUTH PLAIN"} }, loggedIn, "no encryption"},
		"STARTTLS refused":       {func(s *server) { s.says["STARTTLS"] = "454 not now" }, asIs, "begin to encrypt"},
		"a strange certificate":  {friendly, func(m *reminder.SMTP) { m.Roots = x509.NewCertPool() }, "certificate"},
		"a strange one from TLS": {func(s *server) { s.implicit = true }, func(m *reminder.SMTP) { m.TLS, m.Roots = "tls", x509.NewCertPool() }, "certificate"},
		"a password in clear":    {func(s *server) { s.offers = []string{"AUTH PLAIN"} }, func(m *reminder.SMTP) { m.TLS = "none"; loggedIn(m) }, "over TLS only"},
		"no log-in known":        {func(s *server) { s.offers = []string{"STARTTLS", "AUTH CRAM-MD5"} }, loggedIn, "no log-in"},
		"a wrong password":       {friendly, func(m *reminder.SMTP) { m.Username, m.Password = "lgsp", "Wrong-Horse-7" }, "535"},
		"a third question": {func(s *server) {
			s.offers = []string{"STARTTLS", "AUTH LOGIN"}
			s.says["AUTH"] = "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n334 eA=="
		}, loggedIn, "asks for more"},
		"sender refused":           {func(s *server) { s.says["MAIL"] = "550 who?" }, asIs, "name the sender: 550"},
		"recipient refused":        {func(s *server) { s.says["RCPT"] = "550 nobody" }, asIs, "name the recipient: 550"},
		"data refused":             {func(s *server) { s.says["DATA"] = "451 later" }, asIs, "begin the mail: 451"},
		"mail refused":             {func(s *server) { s.says["."] = "554 spam" }, asIs, "end the mail: 554"},
		"cut before":               {func(s *server) { s.says["RCPT"] = "cut" }, asIs, "name the recipient"},
		"cut behind":               {func(s *server) { s.says["."] = "cut" }, asIs, "unsure"},
		"silence":                  {func(s *server) { s.says["MAIL"] = "wait" }, func(m *reminder.SMTP) { m.Timeout = 200 * time.Millisecond }, "name the sender"},
		"a flood":                  {func(s *server) { s.flood = true }, asIs, "says too much"},
		"another machine in clear": {friendly, func(m *reminder.SMTP) { m.TLS, m.Host, m.Timeout = "none", "192.0.2.1", 200*time.Millisecond }, "unencrypted"},
		"no way that is known":     {friendly, func(m *reminder.SMTP) { m.TLS, m.Host, m.Timeout = "", "192.0.2.1", 200*time.Millisecond }, "unencrypted"},
		"nobody":                   {friendly, func(m *reminder.SMTP) { m.Port = 1 }, "connect"},
		"a sender that is none":    {friendly, func(m *reminder.SMTP) { m.From = "x\r\ny@example.vn" }, "from is none"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, row.server)
			err := s.mailer(row.mailer).Send(ctx, letter())
			if unsure := errors.Is(err, reminder.ErrUnsure); err == nil || unsure != (row.want == "unsure") || !unsure && !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %s", err, row.want)
			}
			if err != nil && strings.Contains(err.Error(), "Horse") {
				t.Error("the error tells the password")
			}
			for _, line := range s.got(&s.plain) {
				if strings.HasPrefix(line, "AUTH") {
					t.Error("the password went in clear")
				}
			}
		})
	}
}

func TestAStopEndsAConversation(t *testing.T) {
	s := newServer(t, func(s *server) { s.says["MAIL"] = "wait" })
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error)
	go func() { done <- s.mailer(asIs).Send(ctx, letter()) }()
	<-s.waits
	cancel()
	if err := <-done; err == nil || errors.Is(err, reminder.ErrUnsure) {
		t.Errorf("got %v", err)
	}
}

func TestNothingInAMailBeginsAHeader(t *testing.T) {
	s := newServer(t, friendly)
	for _, to := range []string{"a@example.vn\r\nBcc: b@example.vn", "a@example.vn> <b@example.vn", "Thử <a@example.vn>", "a@example.vn,b@example.vn", "a@example.vn(b)", "(b)a@example.vn", "", "thử@example.vn"} {
		m := letter()
		if m.To = to; s.mailer(asIs).Send(ctx, m) == nil {
			t.Errorf("%q is written to", to)
		}
	}
	m := letter()
	m.Subject, m.Body = "Nhắc\r\nBcc: b@example.vn\r\n\r\nxin chào", "\r\n.\r\nMAIL FROM:<x@example.vn>\r\n"
	if err := s.mailer(asIs).Send(ctx, m); err != nil {
		t.Fatal(err)
	}
	m.Subject = "plain\nBcc: b@example.vn"
	if err := s.mailer(asIs).Send(ctx, m); err != nil {
		t.Fatal(err)
	}
	for _, text := range s.got(&s.mails) {
		if got, err := mail.ReadMessage(strings.NewReader(text)); err != nil || got.Header.Get("Bcc") != "" || len(got.Header) != 9 {
			t.Errorf("%v in %q", err, text)
		}
	}
	if n := len(s.got(&s.mails)); n != 2 {
		t.Errorf("%d mails came", n)
	}
}
