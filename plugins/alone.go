package plugins

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/wire"
)

// request is what a person who started the program by hand wants.
type request struct {
	sender, system, service string
	reply                   string
	version                 bool
	files                   []string
}

const usage = `%s is a plugin of lgspd. Started by hand it maps sample messages, one a file:

  %s [flags] FILE.xml...

Each file is one message in UTF-8, without its SOAP envelope. What it becomes, or
what is wrong with it, is printed. Exit codes: 0 all were mapped, 1 one was not,
2 wrong usage. Under a debugger: dlv debug . -- FILE.xml

`

// alone is the program that a person starts, and returns its exit code.
func alone(i Info, m lgsp.Mapper, args []string, out, errs io.Writer) int {
	q := request{}
	flags := flag.NewFlagSet(i.Name, flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&q.sender, "sender", "H29.1", "agency code of the department that sends")
	flags.StringVar(&q.system, "system", "", "the department's own system, as the register of approvals names it")
	flags.StringVar(&q.service, "service", i.Name, "service that is called")
	flags.StringVar(&q.reply, "reply", "", "put the answer of a look-up in this `file` into the words of whoever sent FILE.xml")
	flags.BoolVar(&q.version, "version", false, "print the version")
	flags.Usage = func() {
		fmt.Fprintf(errs, usage, i.Name, i.Name)
		flags.PrintDefaults()
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if q.version {
		fmt.Fprintf(out, "%s %s (%s)\n", i.Name, i.Version, sdk)
		return 0
	}
	if q.files = flags.Args(); len(q.files) == 0 {
		flags.Usage()
		return 2
	}
	code := 0
	for _, file := range q.files {
		if err := q.one(m, file, out); err != nil {
			fmt.Fprintf(out, "%s: %s\n", file, readable(err))
			code = 1
		}
	}
	return code
}

// one maps, or replies to, one file.
func (q request) one(m lgsp.Mapper, file string, out io.Writer) error {
	body, err := readXML(file)
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	id, err := lgsp.NewID(now, rand.Reader)
	if err != nil {
		return err
	}
	e := lgsp.Envelope{ID: id, Source: "file", Sender: q.sender, System: q.system, Service: q.service, Received: now, Body: body}
	if q.reply != "" {
		return q.answer(m, e, file, out)
	}
	d, err := m.Map(context.Background(), e)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: mapped\n", file)
	for _, line := range [][2]string{{"route", d.Route}, {"own id", d.LegacyID}, {"lane", d.Lane}, {"subject", d.Subject},
		{"procedure", d.Purpose.Procedure}, {"officer", d.Purpose.Officer}, {"unit", d.Purpose.Unit}} {
		if line[1] != "" {
			fmt.Fprintf(out, "  %-9s %s\n", line[0], line[1])
		}
	}
	for _, f := range d.Warnings {
		fmt.Fprintf(out, "  doubtful  %s\n", field(f))
	}
	fmt.Fprintf(out, "%s\n", bytes.TrimSpace(d.Body))
	return nil
}

// answer puts an answer into the words of whoever sent e.
func (q request) answer(m lgsp.Mapper, e lgsp.Envelope, file string, out io.Writer) error {
	replier, ok := m.(lgsp.Replier)
	if !ok {
		return errors.New("the plugin has no Reply, so it answers no look-up")
	}
	body, err := readXML(q.reply)
	if err != nil {
		return err
	}
	reply, err := replier.Reply(context.Background(), e, lgsp.Ack{At: e.Received, Body: body})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: answered\n%s\n", file, bytes.TrimSpace(reply))
	return nil
}

// readXML reads a file as the daemon would hand it over: well-formed, without a
// DOCTYPE and without its declaration.
func readXML(file string) ([]byte, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if len(body) > wire.MaxMessage {
		return nil, fmt.Errorf("has %d bytes, more than a message may have", len(body))
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	for d := xml.NewDecoder(bytes.NewReader(body)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("is no XML in UTF-8: %w", err)
		}
		if _, ok := token.(xml.Directive); ok {
			return nil, errors.New("has a DOCTYPE, which the daemon refuses")
		}
	}
	if bytes.HasPrefix(body, []byte("<?xml")) {
		_, body, _ = bytes.Cut(body, []byte("?>"))
	}
	return bytes.TrimSpace(body), nil
}

// readable tells an error of the mapper with every bad field on a line.
func readable(err error) string {
	var e *lgsp.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := e.Kind.String()
	if e.Code != "" {
		text += " (" + e.Code + ")"
	}
	if e.Text != "" {
		text += ": " + e.Text
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	for _, f := range e.Fields {
		text += "\n  " + field(f)
	}
	return text
}

func field(f lgsp.FieldError) string {
	text := f.Path + "  " + f.Code
	for _, part := range [][2]string{{": ", f.Text}, {"; found ", f.Found}, {"; want ", f.Want}} {
		if part[1] != "" {
			text += part[0] + part[1]
		}
	}
	return text
}
