package mappings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"go.yaml.in/yaml/v4"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
)

func (p *parser) plugin(e entry) {
	m := p.m
	m.plugin, m.pluginPos = p.filled(e), e.at
	if m.plugin != "" && !lgsp.IsPluginName(m.plugin) {
		p.report(posOf(e.value), "plugin: want the name of a plugin: %s", lgsp.PluginNameWant)
	}
}

// lintBody checks that either rules or a plugin make the documents.
func (p *parser) lintBody(top *yaml.Node, es []entry) {
	m := p.m
	switch {
	case m.plugin == "":
		p.require(top, es, "mapping", "fields")
		if m.target.xml && m.target.root == "" {
			p.report(m.target.pos, "target: root is missing; form xml needs it")
		}
	case m.fields != nil:
		p.report(m.pluginPos, "plugin: makes the whole document; fields cannot stand beside it")
	case m.target.root != "":
		p.report(m.target.rootPos, "root: a plugin writes the whole document, with its root")
	case m.source.documents != nil || m.source.refuse || m.source.references:
		p.report(m.source.pos, "source: documents, references and unknown are for rules; a plugin reads the message by itself")
	}
}

// Plugin returns the name of the plugin that makes the documents, "" if the
// rules do. Such a mapping does not map by itself: see With.
func (m *Mapping) Plugin() string { return m.plugin }

// With returns what maps the messages of a service whose documents a plugin
// makes, and puts its answers into the sender's words. The plugin gets messages
// that were checked like all others, in UTF-8 and without an XML declaration;
// what it makes of them is checked. What the mapping says of id, lane, subject
// and purpose is of the mapping, the rest of the plugin.
//
// It is an lgsp.Replier too: by the rules of reply if there are any, else by the
// plugin, which has to be an lgsp.Replier then.
func (m *Mapping) With(plugin lgsp.Mapper) *Plugged { return &Plugged{m, plugin} }

// Plugged is a mapping together with its plugin.
type Plugged struct {
	m      *Mapping
	plugin lgsp.Mapper
}

// maxDocument is the most bytes that a document may have.
const maxDocument = 64 << 20

// Map has the plugin make the document; see Mapping.Map. A document that is not
// as the mapping says is an error of Kind Unknown: the plugin is at fault.
func (p *Plugged) Map(ctx context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	own, body, err := p.m.outside(ctx, e)
	if err != nil {
		return own, err
	}
	e.Body, e.Charset = body, ""
	d, err := p.plugin.Map(ctx, e)
	d.LegacyID, d.Lane, d.Subject = or(p.m.id, own.LegacyID, d.LegacyID), or(p.m.lane, own.Lane, d.Lane), or(p.m.subject, own.Subject, d.Subject)
	if err != nil {
		return lgsp.Document{LegacyID: fitKey(d.LegacyID), Lane: fitKey(d.Lane), Subject: fitKey(d.Subject)}, err
	}
	d.Purpose.Procedure = or(p.m.procedure, own.Purpose.Procedure, d.Purpose.Procedure)
	d.Purpose.Officer = or(p.m.officer, own.Purpose.Officer, d.Purpose.Officer)
	d.Purpose.Unit = or(p.m.unit, own.Purpose.Unit, d.Purpose.Unit)
	if d.Route == "" {
		d.Route = p.m.target.route
	}
	if err := p.m.fits(d); err != nil {
		return lgsp.Document{}, pluginAtFault(op, err)
	}
	return d, nil
}

// or returns what the mapping made if it has a rule for it, else what the plugin made.
func or(r *rule, own, plugins string) string {
	if r != nil {
		return own
	}
	return plugins
}

// Reply puts an answer into the sender's words; see Mapping.Reply.
func (p *Plugged) Reply(ctx context.Context, e lgsp.Envelope, a lgsp.Ack) ([]byte, error) {
	if p.m.reply != nil && p.m.reply.mapping.fields != nil {
		return p.m.Reply(ctx, e, a)
	}
	r, ok := p.plugin.(lgsp.Replier)
	if !ok || p.m.reply == nil {
		return nil, pluginAtFault(opReply, errors.New("the plugin "+p.m.plugin+" has no replies"))
	}
	out, err := r.Reply(ctx, e, a)
	if err != nil {
		return nil, err
	}
	space, root := p.m.ReplyRoot()
	doc, err := strictxml.Parse(out, strictxml.Limits{})
	if err != nil || doc.Root().Tag != root || doc.Root().NamespaceURI() != space {
		return nil, pluginAtFault(opReply, errors.New("the answer of the plugin "+p.m.plugin+" is not the element "+root+" that reply.target names"))
	}
	return out, nil
}

// outside does with a message what is done before a plugin sees it: what the
// mapping itself says of it, and its text.
func (m *Mapping) outside(ctx context.Context, e lgsp.Envelope) (own lgsp.Document, body []byte, err error) {
	st, body, err := m.enter(ctx, e)
	if err != nil {
		return own, nil, err
	}
	defer m.release(st)
	own = st.identity(0)
	if st.large {
		return lgsp.Document{}, nil, tooLong()
	}
	if len(st.errs) > 0 {
		return lgsp.Document{LegacyID: own.LegacyID, Lane: own.Lane, Subject: own.Subject}, nil, st.invalid()
	}
	return own, withoutDeclaration(body), nil
}

// withoutDeclaration returns a document without its XML declaration, which
// names a charset that is no longer true, and without a byte order mark.
func withoutDeclaration(body []byte) []byte {
	body = bytes.TrimPrefix(body, []byte("\uFEFF"))
	if !bytes.HasPrefix(body, []byte("<?xml")) || len(body) < 6 || body[5] > ' ' {
		return body
	}
	_, rest, _ := bytes.Cut(body, []byte("?>"))
	return bytes.TrimLeft(rest, " \t\r\n")
}

// fits checks what a plugin made.
func (m *Mapping) fits(d lgsp.Document) error {
	if d.Route != m.target.route {
		return errors.New("the document is for another route than " + m.target.route)
	}
	if len(d.Body) > maxDocument {
		return errors.New("the document is too large")
	}
	for _, s := range []string{d.LegacyID, d.Lane, d.Subject, d.Purpose.Procedure, d.Purpose.Officer, d.Purpose.Unit} {
		if keyProblem(s) != "" {
			return errors.New("an own id, lane, subject or part of a purpose is too long, not UTF-8, or holds control or format characters")
		}
	}
	if !m.target.xml {
		if !json.Valid(d.Body) {
			return errors.New("the document is not JSON")
		}
		return nil
	}
	if _, err := strictxml.Parse(d.Body, strictxml.Limits{}); err != nil {
		return errors.New("the document is not XML")
	}
	return nil
}

func pluginAtFault(op string, err error) *lgsp.Error {
	return &lgsp.Error{Kind: lgsp.Unknown, Op: op, Code: "PluginFault", Err: err,
		Text: "Chương trình ánh xạ của dịch vụ này trả về kết quả không hợp lệ. Hãy báo đơn vị phát triển chương trình; thông điệp được giữ lại và ánh xạ sau."}
}
