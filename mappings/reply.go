package mappings

import (
	"context"
	"errors"
	"strings"

	lgsp "lgsp.internal/adapter"
)

// The keys of reply.
const (
	replyKeys       = "source form defaults target fields"
	replySourceKeys = "namespace root prefixes qualified"
	replyTargetKeys = "root namespaces"
)

// reply says how an answer goes back: a mapping of its own, whose source is the
// answer and whose target is what the sender gets.
type reply struct {
	pos     pos
	mapping *Mapping
	qcvn109 bool // the form of the answer that the rules read
	schema  []byte
}

// reply reads the rules of the answer.
func (p *parser) reply(e entry) {
	sub := &parser{reader: reader{file: p.file}, m: &Mapping{file: p.m.file, service: p.m.service}, tables: p.tables}
	sub.m.source.qualified = true
	r := &reply{pos: e.at, mapping: sub.m}
	p.m.reply = r
	es := sub.entries(e.value, "reply", replyKeys)
	sub.require(e.value, es, "reply", "source target")
	if p.m.plugin == "" {
		sub.require(e.value, es, "reply", "fields")
	}
	for _, e := range es {
		switch e.key {
		case "source":
			sub.source(e, replySourceKeys)
		case "target":
			sub.replyTarget(e)
		case "defaults":
			sub.defaults(e)
		case "form":
			r.qcvn109 = sub.choice(e, answerWords) == 1
		}
	}
	for _, e := range es {
		if e.key == "fields" {
			sub.m.fields = sub.fields(e, 1)
		}
	}
	sub.finish()
	sub.lintOptional(sub.m.fields)
	if len(sub.problems) == 0 && sub.m.fields != nil {
		r.schema = sub.m.writeReplySchema()
	}
	p.problems = append(p.problems, sub.problems...)
}

// lintOptional refuses what would make an answer unreadable only because a
// field of it is not approved, and so is not there.
func (p *parser) lintOptional(rules []*rule) {
	for _, r := range rules {
		if r.required || r.when != nil {
			p.report(r.at("required"), "required: has no place in reply, for what is not approved is missing from an answer")
		}
		p.refuseCheck(r, "an answer is not judged")
		if r.shape == mustShape {
			p.report(r.at("must"), "must: has no place in reply: an answer is not judged, and who gets it cannot mend it; check the question, in the fields at the top")
		}
		p.lintOptional(r.fields)
	}
}

func (p *parser) replyTarget(e entry) {
	t := &p.m.target
	t.pos, t.xml = e.at, true
	es := p.entries(e.value, "target", replyTargetKeys)
	p.require(e.value, es, "target", replyTargetKeys)
	for _, e := range es {
		switch e.key {
		case "root":
			if t.root, t.rootPos = p.filled(e), posOf(e.value); t.root != "" && !strings.Contains(t.root, ":") {
				p.report(t.rootPos, "root: want a prefix of namespaces before the name, as in t:%s: a SOAP client finds the answer by its namespace", t.root)
			}
		case "namespaces":
			t.namespaces = p.namespaces(e)
		}
	}
}

// lintKind checks what follows from the kind of the service.
func (p *parser) lintKind() {
	m := p.m
	if m.kind != Message {
		m.eachRule(func(r *rule) {
			p.refuseCheck(r, "nobody is told of it, for a "+m.kind.String()+" is not answered with a receipt")
		})
	}
	switch {
	case m.kind == Message && m.reply != nil:
		p.report(m.reply.pos, "reply: a message is answered with a receipt; kind: lookup or notice has an answer")
	case m.kind != Message && m.reply == nil:
		p.report(m.kindPos, "kind: %s needs reply, which says what its sender gets", m.kind)
	case m.kind == LookUp:
		p.lintLookUp()
	}
}

// lintLookUp checks that a look-up names whom it is about, what for and for
// whom: none is allowed that does not.
func (p *parser) lintLookUp() {
	m := p.m
	for _, part := range []struct {
		rule *rule
		key  string
	}{{m.subject, "subject"}, {m.procedure, "purpose.procedure"}, {m.officer, "purpose.officer"}} {
		if part.rule == nil {
			p.report(m.kindPos, "kind: lookup needs %s, for the record and the approval", part.key)
		}
	}
	for _, part := range []struct {
		rule *rule
		key  string
	}{{m.id, "id"}, {m.lane, "lane"}} {
		if part.rule != nil {
			p.report(part.rule.pos, "%s: a look-up is not kept, so it has none", part.key)
		}
	}
}

// Answer returns the root element of the answers that the service gets, by
// namespace and local name, and whether its rules read them in the form of
// QCVN 109:2017/BTTTT. It is of use only for a service that has answers.
func (m *Mapping) Answer() (namespace, root string, qcvn109 bool) {
	if m.reply == nil {
		return "", "", false
	}
	s := &m.reply.mapping.source
	return s.namespace, s.root, m.reply.qcvn109
}

// ReplyRoot returns the namespace and local name of what a sender gets for an
// answer.
func (m *Mapping) ReplyRoot() (namespace, root string) {
	if m.reply == nil {
		return "", ""
	}
	t := &m.reply.mapping.target
	prefix, local, _ := strings.Cut(t.root, ":")
	return t.namespaces[prefix], local
}

// ReplySchema returns one <xs:schema> element that describes what a sender gets
// for an answer.
func (m *Mapping) ReplySchema() []byte {
	if m.reply == nil {
		return nil
	}
	return m.reply.schema
}

// codeAnswer is the code of an answer that the rules cannot put into words.
const codeAnswer = "AnswerUnreadable"

// Reply writes the answer a.Body, one element, as the reply rules say; see
// lgsp.Replier. The log may hold the error: it names rules, not values.
func (m *Mapping) Reply(ctx context.Context, e lgsp.Envelope, a lgsp.Ack) ([]byte, error) {
	if m.reply == nil {
		return nil, &lgsp.Error{Kind: lgsp.Unknown, Op: opReply, Code: codeAnswer, Text: textAnswer, Err: errors.New("the mapping of " + m.service + " has no reply")}
	}
	e.Body, e.Charset = a.Body, ""
	d, err := m.reply.mapping.Map(ctx, e)
	if err == nil {
		return d.Body, nil
	}
	if lgsp.KindOf(err).World() {
		return nil, err
	}
	return nil, &lgsp.Error{Kind: lgsp.Unknown, Op: opReply, Code: codeAnswer, Text: textAnswer, Err: errors.New(strings.Join(errorLines(err), ", "))}
}

const (
	opReply    = "mapping.reply"
	textAnswer = "Câu trả lời của hệ thống được hỏi không đúng quy định nên không chuyển được. Hãy thử lại sau; nếu vẫn lỗi, hãy báo đơn vị quản lý nền tảng tích hợp của tỉnh."
)
