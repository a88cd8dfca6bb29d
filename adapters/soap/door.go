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
	route := h.routes[strings.TrimSuffix(x.r.URL.Path, "/")]
	if route == nil {
		return nil, refuse("UnknownPath")
	}
	return route, nil
}

// whoByToken finds the sender in the message itself, which has to be readable
// for that. Where it is not, nobody sent it: nothing is kept.
func (h *handler) whoByToken(x *exchange, body []byte) (*route, look, error) {
	doc, err := unsettled(x.r.Header.Get("Content-Type"), body)
	if err != nil {
		return nil, look{}, err
	}
	m := inspect(doc)
	if m.version != 0 {
		x.version = m.version
	}
	token, ok := tokenOf(doc)
	if !ok {
		return nil, look{}, refuse("Auth")
	}
	dept, err := h.keys.byToken(token, x.ip)
	if err != nil {
		return nil, look{}, err
	}
	route, err := h.admit(x, dept)
	return route, m, err
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
		e := refuse("MustUnderstand")
		for _, name := range m.strange {
			space, local, _ := strings.Cut(strings.TrimPrefix(name, "{"), "}")
			e.Fields = append(e.Fields, lgsp.FieldError{Path: local, Code: "MustUnderstand", Want: space})
		}
		return nil, e
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
		return nil, because("Doctype", err)
	case strictxml.CodeEncoding:
		return nil, because("Encoding", err)
	case strictxml.CodeEmpty:
		return nil, because("Empty", err)
	case strictxml.CodeSize, strictxml.CodeDepth:
		return nil, because("TooLarge", err)
	}
	return nil, because("Malformed", err)
}
