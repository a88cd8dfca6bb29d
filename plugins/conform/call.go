package conform

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/wire"
)

// Bounds of what the daemon takes of an answer.
const (
	mostFields  = 500
	longestName = 256 // bytes of an own id, a lane, a subject and each part of a purpose
)

// ask has the plugin map some messages in one call.
func (x *exam) ask(ctx context.Context, p *process, all ...lgsp.Envelope) ([]*wire.Outcome, error) {
	q := &wire.MapRequest{}
	for _, e := range all {
		q.Envelopes = append(q.Envelopes, wire.ToEnvelope(e))
	}
	ctx, cancel := context.WithTimeout(ctx, x.Timeout)
	defer cancel()
	r, err := p.rpc.Map(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("map %d messages in one call: %w", len(all), err)
	}
	if len(r.GetOutcomes()) != len(all) {
		return nil, fmt.Errorf("of %d messages in one call it answers %d", len(all), len(r.GetOutcomes()))
	}
	return r.GetOutcomes(), nil
}

// reply has the plugin put an answer into words.
func (x *exam) reply(ctx context.Context, p *process, e lgsp.Envelope, a lgsp.Ack) (*wire.ReplyResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, x.Timeout)
	defer cancel()
	r, err := p.rpc.Reply(ctx, wire.ToReply(e, a))
	if err != nil {
		return nil, fmt.Errorf("reply to the answer %q: %w", cut(string(a.Body)), err)
	}
	return r, nil
}

// client is a plugin as the rest of the program knows mappers.
type client struct {
	x *exam
	p *process
}

// Map has the plugin map one message.
func (c client) Map(ctx context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	all, err := c.x.ask(ctx, c.p, e)
	if err != nil {
		return lgsp.Document{}, err
	}
	return wire.FromDocument(all[0].GetDocument()), wire.FromError("plugin.map", all[0].GetError())
}

// Reply has the plugin put an answer into the words of who asked.
func (c client) Reply(ctx context.Context, e lgsp.Envelope, a lgsp.Ack) ([]byte, error) {
	r, err := c.x.reply(ctx, c.p, e, a)
	if err != nil {
		return nil, err
	}
	return r.GetBody(), wire.FromError("plugin.reply", r.GetError())
}

// unusable says why the daemon could not use an outcome of a message at which
// nothing but its content may be wrong; "" when it could.
func (x *exam) unusable(o *wire.Outcome) string {
	if e := o.GetError(); e != nil {
		return unusableError(e)
	}
	d := o.GetDocument()
	for _, name := range []string{d.GetLegacyId(), d.GetLane(), d.GetSubject(), d.GetPurpose().GetProcedure(), d.GetPurpose().GetOfficer(), d.GetPurpose().GetUnit()} {
		if len(name) > longestName {
			return fmt.Sprintf("an own id, a lane, a subject or a part of a purpose has %d bytes: want at most %d", len(name), longestName)
		}
	}
	body := d.GetBody()
	switch {
	case len(body) == 0:
		return "it makes an empty document"
	case !utf8.Valid(body):
		return "the document is not UTF-8"
	case x.form() == "json" && !json.Valid(body):
		return "the document is not JSON"
	case x.form() == "xml" && !wellFormed(body):
		return "the document is not XML"
	}
	return ""
}

func unusableError(e *wire.Error) string {
	kind := lgsp.Kind(e.GetKind())
	switch {
	case kind.World() || wire.Kind_name[int32(e.GetKind())] == "":
		return fmt.Sprintf("it answers %s (%s) %s, so the message waits for ever: want a document, or Invalid with its fields", kind, e.GetCode(), e.GetCause())
	case strings.TrimSpace(e.GetText()) == "" && len(e.GetFields()) == 0:
		return fmt.Sprintf("it answers %s without a word for the sender: want Text, or fields", kind)
	case kind == lgsp.Invalid && len(e.GetFields()) == 0:
		return "it answers Invalid without fields: want every bad one"
	case len(e.GetFields()) > mostFields:
		return fmt.Sprintf("it lists %d fields: want at most %d", len(e.GetFields()), mostFields)
	}
	for _, f := range e.GetFields() {
		if !strings.HasPrefix(f.GetPath(), "/") || f.GetCode() == "" || strings.ContainsAny(f.GetPath()+f.GetCode(), " \n") || f.GetText() == "" {
			return fmt.Sprintf("it reports the field %q with the code %q and the text %q: want a path from the root, a code without spaces, and a text", f.GetPath(), f.GetCode(), f.GetText())
		}
	}
	return ""
}

// form is what documents are, as the cases want them: "json", "xml", or "" when
// none says so.
func (x *exam) form() string {
	for _, c := range x.good {
		return c.Form()
	}
	return ""
}

func wellFormed(b []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return true
		} else if err != nil {
			return false
		}
	}
}
