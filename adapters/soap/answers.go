package soap

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"lgsp.internal/adapter/internal/listen"

	lgsp "lgsp.internal/adapter"
)

// contentTypes are those of SOAP 1.1 §6 and RFC 3902.
var contentTypes = [...][]string{
	soap11: {"text/xml; charset=utf-8"},
	soap12: {"application/soap+xml; charset=utf-8"},
}

// shortAnswer is what net/http counts by itself, so that every answer has its
// length: old clients do not read chunks.
const shortAnswer = 2000

var noSniff = []string{"nosniff"}

// get serves descriptions of services. Nothing about services is said to
// somebody who did not log in, unless descriptions are open.
func (h *handler) get(x *exchange) {
	rt := h.table.at(x.r.URL.Path)
	wanted := wantsDescription(x.r.URL.RawQuery)
	if rt == nil || !wanted || !h.openWSDL {
		dept, err := h.keys.byHeader(x.r, x.ip, true)
		if err == nil && dept == nil {
			err = refuse("Auth")
		}
		if err == nil {
			_, err = h.admit(x, dept)
		}
		if err == nil && !wanted {
			err = refuse("Method")
		}
		if err != nil {
			h.refuse(x, asError(err), lgsp.ID{})
			return
		}
	}
	out := h.buffers.Get().(*buffer)
	out.b = rt.wsdl.write(out.b[:0], h.address(x.r)+rt.path)
	h.send(x, http.StatusOK, out)
}

func wantsDescription(query string) bool {
	name, _, _ := strings.Cut(query, "&")
	name, _, _ = strings.Cut(name, "=")
	return strings.EqualFold(name, "wsdl") || strings.EqualFold(name, "singleWsdl")
}

// address is what comes before the path: what was configured, else what the
// client itself called. X-Forwarded-* says what anybody likes and is not read.
func (s *Server) address(r *http.Request) string {
	if s.public != "" {
		return strings.TrimRight(s.public, "/")
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	host := r.Host
	if host == "" || strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") != "" {
		host = s.listen
	}
	return scheme + host
}

func (h *handler) otherMethod(x *exchange) { h.refuse(x, refuse("Method"), lgsp.ID{}) }

func plain(w http.ResponseWriter, text string) {
	w.Header()["Content-Type"] = []string{"text/plain; charset=utf-8"}
	w.Header()["X-Content-Type-Options"] = noSniff
	// Nothing is left to do for somebody who does not read it.
	_, _ = io.WriteString(w, text)
}

// refuse answers with a Fault. Only the inner cause of faults that are this
// side's goes to the log.
func (h *handler) refuse(x *exchange, e *lgsp.Error, id lgsp.ID) {
	c, code := causeOf(e), codeOf(e)
	h.note(x, e, code, c)
	head := x.w.Header()
	status := c.status
	switch {
	case status != 0:
	case x.version == soap12 && c.client:
		status = http.StatusBadRequest
	default:
		status = http.StatusInternalServerError
	}
	switch status {
	case http.StatusUnauthorized:
		head["Www-Authenticate"] = challenge()
	case http.StatusMethodNotAllowed:
		head["Allow"] = []string{"POST, GET, HEAD"}
	case http.StatusUnsupportedMediaType:
		head["Accept-Encoding"] = []string{"identity"} // RFC 9110 §15.5.16
	}
	if after := seconds(e); after > 0 {
		head["Retry-After"] = []string{strconv.FormatInt(after, 10)}
	}
	if !x.read && code != "Method" {
		h.leaveUnread(x, code)
	}
	out := h.buffers.Get().(*buffer)
	out.b = h.reply.fault(out.b[:0], x.version, e, id)
	h.send(x, status, out)
}

// leaveUnread deals with a body that was not read to its end.
func (h *handler) leaveUnread(x *exchange, code string) {
	x.claim.release()
	switch code {
	case "TooSlow", "Incomplete", "Locked":
	default:
		if err := h.drain(x); err == nil && code != "TooLarge" {
			return
		}
	}
	x.w.Header()["Connection"] = []string{"close"}
}

// note logs what a person has to know of: this side's faults, and senders that
// are refused at the door, where no record is kept.
func (h *handler) note(x *exchange, e *lgsp.Error, code string, c cause) {
	sender := ""
	if x.dept != nil {
		sender = x.dept.code
	}
	switch {
	case !c.client && c.kind == lgsp.Unknown || c.kind == lgsp.Denied:
		h.log.warn("internal", "message not taken", "department", sender, "err", e)
	case code == "Auth" || code == "Locked" || code == "Expired" || code == "Replayed":
		h.log.warn("login "+listen.Neighbourhood(x.ip).String()+e.Error(), "log-in refused", "remote", x.ip.String(), "code", code, "err", e)
	case e.Op == "soap" && sender != "" && c.kind != lgsp.Invalid:
		h.log.warn(code+" "+sender, "request refused", "department", sender, "code", code, "err", e)
	case e.Op == "soap" && sender != "":
		h.log.warn(code+" "+sender, "request refused", "department", sender, "code", code)
	}
}

// sendOnce sends citizen data, which no one on the way may keep, and leaves
// nothing of it in memory that is used again.
func (h *handler) sendOnce(x *exchange, out *buffer) {
	x.w.Header()["Cache-Control"] = []string{"no-store"}
	h.write(x, http.StatusOK, out)
	clear(out.b)
	h.keep(out)
}

func (h *handler) send(x *exchange, status int, out *buffer) {
	h.write(x, status, out)
	h.keep(out)
}

func (h *handler) write(x *exchange, status int, out *buffer) {
	head := x.w.Header()
	head["Content-Type"] = contentTypes[x.version]
	head["X-Content-Type-Options"] = noSniff
	if len(out.b) > shortAnswer {
		head["Content-Length"] = []string{strconv.Itoa(len(out.b))}
	}
	x.w.WriteHeader(status)
	// An answer that does not arrive is asked for again: the message is on disk.
	_, _ = x.w.Write(out.b)
}

func (h *handler) keep(out *buffer) {
	if cap(out.b) <= 64<<10 {
		h.buffers.Put(out)
	}
}
