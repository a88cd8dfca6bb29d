package reminder

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"lgsp.internal/adapter/internal/vntime"
)

// Mail is one mail to one person.
type Mail struct {
	ID      string // the same for the same reminder: letters and digits
	To      string // an address alone
	Subject string
	Body    string // lines end in \n
	At      time.Time
}

// write writes the mail of a reminder. It holds no figures.
func (d *Desk) write(p plan) Mail {
	names := map[string]string{}
	for _, dep := range d.opt.Departments {
		names[dep.Code] = oneLine(dep.Name)
	}
	title, deadline := p.period.Title(), p.deadline.Short()
	subject := "Nhắc báo cáo " + title + ": hạn " + deadline
	if p.after {
		subject = "Quá hạn báo cáo " + title + " (hạn " + deadline + ")"
	}
	const what = " về kết nối, chia sẻ dữ liệu với Cơ sở dữ liệu quốc gia về dân cư "
	var b strings.Builder
	b.WriteString("Kính gửi cán bộ phụ trách báo cáo,\n\n")
	switch {
	case p.province && len(p.about) == 0:
		b.WriteString("Báo cáo " + title + what + "của tỉnh, thành phố chưa được ban hành. Báo cáo của các đơn vị đều đã được xác nhận.\n")
	case p.province:
		b.WriteString("Báo cáo " + title + what + "của tỉnh, thành phố chưa được ban hành. Các đơn vị chưa xác nhận báo cáo:\n")
	default:
		b.WriteString("Báo cáo " + title + what + "của đơn vị sau đây chưa được xác nhận:\n")
	}
	for _, code := range p.about {
		b.WriteString("- " + strings.TrimSpace(names[code]+" ("+code+")") + "\n")
	}
	b.WriteString("\nSố liệu của kỳ được chốt hết ngày " + p.period.To.Short() + ". ")
	b.WriteString("Thời hạn của báo cáo là hết ngày " + deadline)
	if p.after {
		b.WriteString(", nay đã quá hạn")
	}
	b.WriteString(".\n\n")
	if d.opt.Link != "" {
		b.WriteString("Nơi thực hiện: " + oneLine(d.opt.Link) + "\n\n")
	} else {
		b.WriteString("Nơi thực hiện: trang báo cáo của hệ thống.\n\n")
	}
	b.WriteString("Thư này do hệ thống tự động gửi, xin không trả lời thư này.\n")
	id := sha256.Sum256([]byte(p.period.String() + "\n" + p.name + "\n" + p.recipient))
	return Mail{ID: hex.EncodeToString(id[:16]), To: p.recipient, Subject: subject, Body: b.String(), At: d.opt.Now()}
}

func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
}

// compose writes a mail as RFC 5322 has it. Nothing in it can begin a header of
// its own: addresses are checked, the subject is encoded, the body is base64.
func compose(from *mail.Address, m Mail) ([]byte, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil || to.Address != m.To || !plain(m.To) || !plain(from.Address) {
		return nil, errors.New("an address of the mail is none")
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	var b bytes.Buffer
	for _, h := range [][2]string{
		{"From", from.String()},
		{"To", "<" + m.To + ">"},
		{"Subject", encoded(oneLine(m.Subject))},
		{"Date", m.At.In(vntime.Zone).Format(time.RFC1123Z)},
		{"Message-ID", "<" + m.ID + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"}, // RFC 3834: no answering machine answers it
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "base64"},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	b.WriteString("\r\n")
	body := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(m.Body, "\n", "\r\n")))
	for ; len(body) > lineMost; body = body[lineMost:] {
		b.WriteString(body[:lineMost] + "\r\n")
	}
	b.WriteString(body + "\r\n")
	return b.Bytes(), nil
}

// encoded writes a text as encoded words, one on a line (RFC 2047 §2: no such
// line has more than 76 characters).
func encoded(s string) string {
	const most = 39 // bytes of a word, which become 52 characters
	var words []string
	for len(s) > 0 {
		n := 0
		for _, r := range s {
			if n+utf8.RuneLen(r) > most {
				break
			}
			n += utf8.RuneLen(r)
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, "\r\n ")
}

const lineMost = 76 // characters of base64 on a line, RFC 2045 §6.8

// plain reports whether an address is made of visible ASCII alone.
func plain(address string) bool {
	return !strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>"`, r) })
}
