package mappings

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/beevik/etree"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/internal/vntext"
)

// Limits of one message beyond those of its XML: elements are looked at again
// where several references lead to them, and every element of a list takes a
// place for each value that rules read there.
const (
	maxVisits = 200_000
	maxValues = 1_000_000
)

// maxKept is the capacity, in bytes, of scratch space that is kept for the next
// message. More goes back to the collector with the message that needed it.
const maxKept = 256 << 10

// Map makes the document of one message: the bytes of a SOAP 1.1 or 1.2 envelope
// whose body holds the source's root element, or of that element alone.
//
// Errors: Invalid with Code Encoding, Malformed, WrongElement or, when fields are
// bad, Invalid with every one of them in Fields; Unavailable when ctx has ended.
func (m *Mapping) Map(ctx context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	if m.plugin != "" {
		return lgsp.Document{}, pluginAtFault(op, errors.New("the plugin "+m.plugin+" is not there"))
	}
	st, _, err := m.enter(ctx, e)
	if err != nil {
		return lgsp.Document{}, err
	}
	defer m.release(st)
	return st.document(0)
}

// enter reads a message into the frame 0 of a state, and returns it in UTF-8.
func (m *Mapping) enter(ctx context.Context, e lgsp.Envelope) (*state, []byte, error) {
	return m.enterTraced(ctx, e, nil)
}

func (m *Mapping) enterTraced(ctx context.Context, e lgsp.Envelope, t *tracer) (*state, []byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, &lgsp.Error{Kind: lgsp.Unavailable, Op: op, Text: textStopped, Err: err}
	}
	body, err := vntext.Decode(e.Body, e.Charset)
	if err != nil {
		return nil, nil, notDecoded(e.Charset, err)
	}
	st := m.states.Get().(*state)
	st.tracer = t
	if err := st.take(&e, body); err != nil {
		m.release(st)
		return nil, nil, err
	}
	return st, body, nil
}

func (st *state) take(e *lgsp.Envelope, body []byte) error {
	doc, err := st.reader.Parse(body, strictxml.Limits{})
	if err != nil {
		return malformed(err)
	}
	st.env, st.pieced = e, inPieces(body)
	st.allow(len(body))
	payload, problem := st.payload(doc.Root())
	if problem != nil {
		return problem
	}
	st.walk(payload, st.m.tree.root, st.enter(st.m.tree, nil, 0, 1))
	switch {
	case st.exceeded():
		return tooLong()
	case st.large:
		return tooMuch()
	}
	st.unreferred(payload)
	return nil
}

// inPieces reports whether some text of the message may have been put together
// from pieces, so that its letters may be in pieces too: a letter and a mark
// that is written as a reference make one letter. The rest is NFC already.
func inPieces(body []byte) bool {
	const declaration = 2 // how far into it an XML declaration no longer looks like an instruction
	return has(body, '&', '#') || has(body, '<', '!') || len(body) > declaration && has(body[declaration:], '<', '?')
}

// has reports whether b holds c with d behind it. d is rare in a message.
func has(b []byte, c, d byte) bool {
	for at := 1; at < len(b); {
		n := bytes.IndexByte(b[at:], d)
		if n < 0 {
			return false
		}
		if b[at+n-1] == c {
			return true
		}
		at += n + 1
	}
	return false
}

func (m *Mapping) release(st *state) {
	if cap(st.out)+cap(st.tmp) > maxKept || cap(st.values) > maxKept/32 || cap(st.frames) > maxKept/32 {
		return
	}
	st.reset()
	m.states.Put(st)
}

// The namespaces of SOAP 1.1 and SOAP 1.2 envelopes.
const (
	soap11 = "http://schemas.xmlsoap.org/soap/envelope/"
	soap12 = "http://www.w3.org/2003/05/soap-envelope"
)

// payload finds the source's root element and brings into scope the namespaces
// that are declared above it and on it.
func (st *state) payload(root *etree.Element) (*etree.Element, *lgsp.Error) {
	e := root
	st.declare(e)
	if space := e.NamespaceURI(); e.Tag == "Envelope" && (space == soap11 || space == soap12) {
		body := onlyChild(e, "Body", space)
		if body == nil {
			return nil, st.m.wrongElement(errors.New("the envelope has no body"))
		}
		st.declare(body)
		st.beside = len(st.bound)
		if e = onlyChild(body, "", ""); st.m.source.references {
			e = st.referring(body)
		}
		if e == nil {
			return nil, st.m.wrongElement(errors.New("the body does not hold exactly one element"))
		}
		st.declare(e)
	}
	if e.Tag != st.m.source.root || st.resolve(e.Space) != st.m.tree.root.uri {
		return nil, st.m.wrongElement(errors.New("got the element " + shortName(e.Tag) + " of namespace " + strconv.Quote(shortName(e.NamespaceURI()))))
	}
	return e, nil
}

// onlyChild returns the one child element of that name, "" being any name. It
// returns nil when there is none, or more than one.
func onlyChild(e *etree.Element, local, space string) *etree.Element {
	var found *etree.Element
	for _, child := range e.Child {
		c, ok := child.(*etree.Element)
		if !ok || local != "" && (c.Tag != local || c.NamespaceURI() != space) {
			continue
		}
		if found != nil {
			return nil
		}
		found = c
	}
	return found
}

// document evaluates the rules on what was walked.
func (st *state) document(at int32) (lgsp.Document, error) {
	m := st.m
	d := st.identity(at)
	if st.large {
		return lgsp.Document{}, tooLong()
	}
	if m.target.xml {
		st.content(m.top, at)
	} else {
		st.object(m.top.fields, at)
	}
	if st.room(); st.large {
		return lgsp.Document{LegacyID: d.LegacyID, Lane: d.Lane, Subject: d.Subject}, tooLong()
	}
	if !m.target.xml && len(st.errs) == 0 {
		st.checkOutput()
	}
	if len(st.errs) > 0 {
		return lgsp.Document{LegacyID: d.LegacyID, Lane: d.Lane, Subject: d.Subject}, st.invalid()
	}
	d.Body, d.Warnings = bytes.Clone(st.out), st.doubts
	return d, nil
}

// identity makes the parts of the document other than its body.
func (st *state) identity(at int32) lgsp.Document {
	m := st.m
	return lgsp.Document{
		Route:    m.target.route,
		LegacyID: st.optional(m.id, at),
		Lane:     st.optional(m.lane, at),
		Subject:  st.optional(m.subject, at),
		Purpose: lgsp.Purpose{
			Procedure: st.optional(m.procedure, at),
			Officer:   st.optional(m.officer, at),
			Unit:      st.optional(m.unit, at),
		},
	}
}

// optional makes the value of a rule that may not be there. What it returns
// does not hold on to the message.
func (st *state) optional(r *rule, at int32) string {
	if r == nil {
		return ""
	}
	v := st.value(r, at)
	if !v.ok {
		return ""
	}
	if r.join != nil && v.plain == nil || len(v.text) > maxKey {
		return st.checkKey(r, at, v.text)
	}
	return st.checkKey(r, at, v.string())
}

// shortName cuts a name that a stranger chose to a length fit for a report.
func shortName(s string) string {
	const longest = 64
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "…"
}
