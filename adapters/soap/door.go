package soap

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"github.com/beevik/etree"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
	"lgsp.internal/adapter/internal/vntext"
)

// whoByHeader finds the sender by what precedes the body, and then the path. It
// finds neither when the sender may still show a UsernameToken; until he is
// known, nothing is said about paths.
func (h *handler) whoByHeader(x *exchange) (*route, error) {
	dept, err := h.keys.byHeader(x.r, x.ip, false)
	if err != nil {
		return nil, err
	}
	if dept == nil {
		if !h.keys.tokens {
			return nil, refuse("Auth")
		}
		return nil, nil
	}
	return h.admit(x, dept)
}

// admit lets a known department in, if it has a request to spare.
func (h *handler) admit(x *exchange, dept *department) (*route, error) {
	x.dept = dept
	if dept.active.Add(1) > int64(h.limits.PerDepartment) {
		dept.active.Add(-1)
		return nil, because("Busy", errors.New("too many requests of the department at once"))
	}
	x.active = true
	x.claim.belongs(dept)
	route := h.table.at(x.r.URL.Path)
	if route == nil {
		return nil, refuse("UnknownPath")
	}
	return route, nil
}

// whoByToken finds the sender in the message itself, which has to be readable
// for that. Where it is not, nobody sent it: nothing is kept.
func (h *handler) whoByToken(x *exchange, body []byte) (*route, look, error) {
	token, m, err := h.tokenIn(x, body)
	if err != nil {
		return nil, m, err
	}
	dept, err := h.keys.byToken(token, x.ip)
	if err != nil {
		return nil, m, err
	}
	route, err := h.admit(x, dept)
	return route, m, err
}

// tokenIn reads a message of a sender who is not known yet. What is read
// takes many times the memory of its bytes, so only a few are read at a time:
// as many as there are processors, as more would not be faster.
func (h *handler) tokenIn(x *exchange, body []byte) (usernameToken, look, error) {
	h.desks <- struct{}{}
	defer func() { <-h.desks }()
	doc, err := unsettled(x.r.Header.Get("Content-Type"), body)
	if err != nil {
		return usernameToken{}, look{}, err
	}
	m := inspect(doc)
	if m.version != 0 {
		x.version = m.version
	}
	token, ok := tokenOf(doc)
	if !ok {
		return token, m, refuse("Auth")
	}
	return token, m, nil
}

// transferable refuses what cannot be a message by its headers alone.
func transferable(r *http.Request) error {
	switch mediaType(r.Header.Get("Content-Type")) {
	case "text/xml", "application/soap+xml", "application/xml":
	default:
		return refuse("ContentType")
	}
	encoding := strings.TrimSpace(r.Header.Get("Content-Encoding"))
	if encoding != "" && !strings.EqualFold(encoding, "identity") {
		return refuse("ContentEncoding")
	}
	return nil
}

// whichService finds the service. What is not well-formed goes to the service
// all the same, where there is only one: behind the line it is kept as rejected.
func whichService(rt *route, m *look, r *http.Request) (*service, error) {
	switch {
	case m.found == notSOAP:
		return nil, refuse("NotSOAP")
	case m.found == otherVersion:
		return nil, refuse("VersionMismatch")
	case len(m.strange) > 0:
		return nil, notUnderstood(m.strange)
	}
	service := rt.pick(m, r)
	switch {
	case service != nil:
		return service, nil
	case m.found == unreadable:
		return nil, m.err
	}
	return nil, refuse("UnknownService")
}

// maxNamed is how long a name of a stranger's choice may be to be repeated, in
// bytes with its namespace.
const maxNamed = 1 << 10

// notUnderstood names the blocks in Fields: Path is the local name, Want the
// namespace.
func notUnderstood(blocks []block) *lgsp.Error {
	e := refuse("MustUnderstand")
	for _, b := range blocks {
		if len(b.space)+len(b.local) <= maxNamed {
			e.Fields = append(e.Fields, lgsp.FieldError{Path: b.local, Code: "MustUnderstand", Want: b.space})
		}
	}
	return e
}

// examine looks at a message, strictly where a glance does not tell.
func examine(body []byte, charset string) look {
	if charset != vntext.UTF16LE && charset != vntext.UTF16BE {
		if m := glance(body); m.found != unsure {
			return m
		}
	}
	doc, err := strictly(body, charset)
	if err != nil {
		return look{found: unreadable, err: err}
	}
	return inspect(doc)
}

// unsettled reads a message whose sender, and so whose charset, is not known
// yet. A token is ASCII in every charset that a department may be set to, so
// where the charset is in doubt everything else is made ASCII for the reading.
func unsettled(contentType string, body []byte) (*etree.Document, error) {
	charset, err := vntext.Settle(contentType, body, "")
	if err != nil {
		return strictly(inASCII(body), vntext.UTF8)
	}
	doc, err := strictly(body, charset)
	if err != nil && asError(err).Code == "Encoding" {
		return strictly(inASCII(body), vntext.UTF8)
	}
	return doc, err
}

func inASCII(body []byte) []byte {
	ascii := bytes.Clone(body)
	for i, c := range ascii {
		if c >= 0x80 {
			ascii[i] = 'x'
		}
	}
	return ascii
}

// strictly reads a message as the line will read it.
func strictly(body []byte, charset string) (*etree.Document, error) {
	text, err := vntext.Decode(body, charset)
	if err != nil {
		return nil, because("Encoding", err)
	}
	doc, err := strictxml.Parse(text, strictxml.Limits{})
	if err == nil {
		return doc, nil
	}
	var bad *strictxml.Error
	if !errors.As(err, &bad) {
		return nil, because("Malformed", err)
	}
	switch bad.Code {
	case strictxml.CodeDoctype, strictxml.CodeEntity:
		return nil, located("Doctype", bad)
	case strictxml.CodeEncoding:
		return nil, located("Encoding", bad)
	case strictxml.CodeEmpty:
		return nil, located("Empty", bad)
	case strictxml.CodeSize:
		return nil, located("TooLarge", bad)
	case strictxml.CodeDepth:
		return nil, located("TooDeep", bad)
	}
	return nil, located("Malformed", bad)
}
