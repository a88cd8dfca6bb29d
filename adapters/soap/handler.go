package soap

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"lgsp.internal/adapter/internal/listen"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/vntext"
)

const healthPath = "/healthz"

// Handler serves departments and hands their messages to line. Envelope.Body is
// a slice of its own for every message, of exactly its length: the line may
// keep it.
//
// The context that Accept gets ends with the request: when the sender hangs up,
// and at the latest Limits.HeaderTimeout and Limits.StallTimeout after a small
// message came in.
func (s *Server) Handler(line lgsp.Line) http.Handler {
	h := &handler{Server: s, line: line}
	h.buffers.New = func() any { return &buffer{b: make([]byte, 0, 1024)} }
	return h
}

type handler struct {
	*Server
	line    lgsp.Line
	buffers sync.Pool
}

type buffer struct{ b []byte }

// exchange is one request on its way through the door.
type exchange struct {
	w       http.ResponseWriter
	r       *http.Request
	version version // of the answer
	ip      netip.Addr
	dept    *department
	claim   claim
	read    bool // the body, to its end
	active  bool // counted among the department's requests
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := exchange{w: w, r: r, version: announced(r), ip: listen.RemoteIP(r.RemoteAddr), claim: claim{held: &h.held}}
	defer h.leave(&x)
	switch {
	case r.Method == http.MethodPost:
		h.post(&x)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.otherMethod(&x)
	case r.URL.Path == "/":
		plain(w, "lgspd\n")
	case r.URL.Path == healthPath:
		plain(w, "ok\n")
	default:
		h.get(&x)
	}
}

// leave gives back what the exchange held. A defect that panics is answered
// like any other inner fault, and logged with the place but not the value,
// which may hold what somebody sent.
func (h *handler) leave(x *exchange) {
	defect := recover()
	x.claim.release()
	if x.active {
		x.dept.active.Add(-1)
	}
	if defect == nil {
		return
	}
	if err, ok := defect.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(defect)
	}
	h.refuse(x, because("Internal", fmt.Errorf("panic of type %T at %s", defect, panicPlace())), lgsp.ID{})
}

// announced guesses the SOAP version from what precedes the body.
func announced(r *http.Request) version {
	if mediaType(r.Header.Get("Content-Type")) == "application/soap+xml" {
		return soap12
	}
	return soap11
}

// mediaType returns the type without parameters, in lower case.
func mediaType(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

func (h *handler) post(x *exchange) {
	got, err := h.take(x)
	if err != nil {
		h.refuse(x, asError(err), got.receipt.ID)
		return
	}
	out := h.buffers.Get().(*buffer)
	if got.answer == nil {
		out.b = h.reply.receipt(out.b[:0], x.version, got.receipt, h.now())
		h.send(x, http.StatusOK, out)
		return
	}
	out.b = h.reply.answer(out.b[:0], x.version, got.answer)
	h.sendOnce(x, out)
}

// outcome is what the line gave for a message: a receipt or an answer.
type outcome struct {
	receipt lgsp.Receipt
	answer  []byte // one element; nil = the service is not one that is asked
}

// take does everything that has to be done for one message, in this order: who
// sends it, whether it may come in, what it is, for which service, and the line.
func (h *handler) take(x *exchange) (outcome, error) {
	var none outcome
	route, err := h.whoByHeader(x)
	if err != nil {
		return none, err
	}
	if err := transferable(x.r); err != nil {
		return none, err
	}
	body, err := h.readBody(x.w, x.r, &x.claim)
	if err != nil {
		return none, err
	}
	x.read = true
	var m look
	if x.dept == nil {
		if route, m, err = h.whoByToken(x, body); err != nil {
			return none, err
		}
	}
	charset, err := vntext.Settle(x.r.Header.Get("Content-Type"), body, x.dept.charset)
	if err != nil {
		return none, because("Encoding", err)
	}
	if m.found == unsure {
		m = examine(body, charset)
	}
	if m.version != 0 {
		x.version = m.version
	}
	service, err := whichService(route, &m, x.r)
	if err != nil {
		return none, err
	}
	got, err := h.hand(x, service, charset, body)
	if err != nil && m.err != nil {
		err = precise(asError(err), asError(m.err))
	}
	return got, err
}

// precise gives what the line said of a message that is not well-formed the
// code that the door has for the cause, so that a cause has one code whichever
// side found it.
func precise(line, door *lgsp.Error) error {
	if line.Kind != lgsp.Invalid {
		return line
	}
	e := *line
	e.Code = door.Code
	return &e
}

// hand gives the message to the line.
func (h *handler) hand(x *exchange, s *service, charset string, body []byte) (got outcome, err error) {
	now := h.now().UTC()
	id, err := lgsp.NewID(now, h.random)
	if err != nil {
		return got, because("Internal", fmt.Errorf("draw an id: %w", err))
	}
	e := lgsp.Envelope{
		ID: id, Source: h.name, Sender: x.dept.code, System: x.dept.system, Service: s.Name,
		Received: now, Charset: charset, Body: body,
	}
	if s.Answer == nil {
		got.receipt, err = h.line.Accept(x.r.Context(), e)
		return got, err
	}
	got.answer, err = h.line.Ask(x.r.Context(), e)
	return got, err
}

// panicPlace names the function that panicked.
func panicPlace() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") {
			return f.Function + ":" + strconv.Itoa(f.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}
