package ngsp

import (
	"bytes"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// reply is an upstream's answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte // valid until released
	cut    bool   // longer than MaxAnswer
	buffer *[]byte
	lookUp bool // the buffer must not keep it
}

// A judge turns answers into verdicts. What it does not recognise is never
// "delivered": that takes a 2xx status and a positive confirmation of the form
// that the operation is expected to give.
type judge struct {
	form      Form
	codes     map[string]*fate // of Options.Codes
	maxAnswer int64
	now       func() time.Time
}

func (j *judge) verdict(op *operation, r reply) verdict {
	v := j.decide(op, r)
	if op.lookup && v.code == "DeliveredBefore" {
		v.fate = fateOf("code duplicate")
	}
	v.status, v.ref = r.status, reference(r.header)
	if !v.done {
		v.after = retryAfter(r.header.Get("Retry-After"), j.now())
	}
	return v
}

func (j *judge) decide(op *operation, r reply) verdict {
	if r.status < 200 || r.status >= 300 && r.status < 400 {
		return byStatus(r)
	}
	good := r.status < 300 && r.status != http.StatusPartialContent
	switch blank := len(bytes.TrimSpace(r.body)) == 0; {
	case r.cut && good:
		return verdict{fate: fateOf("answer too-large")}
	case r.cut || blank:
		return xRoadHeader(r)
	case looksLikeHTML(r):
		return byPage(r)
	}
	tree, err := readTree(r.body, j.maxAnswer)
	switch {
	case err != nil && good:
		return verdict{fate: fateOf("answer unreadable")}
	case err != nil:
		return xRoadHeader(r)
	case good:
		return j.read(op, tree, 0)
	}
	return j.readFailure(op, tree, r)
}

// byStatus is the verdict on an answer that says nothing but its status.
func byStatus(r reply) verdict { return verdict{fate: fateOfStatus("http ", r.status)} }

// readFailure looks for what is more precise than an HTTP status. Below 2xx only
// the statuses that servers use for "I understood and say no" let the answer
// speak of the message; a 403 stays a refused credential whatever is in it.
func (j *judge) readFailure(op *operation, tree node, r reply) verdict {
	v := j.read(op, tree, 0)
	switch group, _, _ := strings.Cut(v.on, " "); group {
	case "gateway", "x-road":
		return v
	case "set":
		if !v.done {
			return v
		}
		if v.shown == "0" {
			return verdict{fate: fateOf("answer contradictory")}
		}
	case "json", "soap":
		return verdict{fate: fateOf("answer contradictory")}
	case "answer":
		return xRoadHeader(r)
	}
	switch r.status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusInternalServerError:
		return v
	}
	return xRoadHeader(r)
}

// read judges a tree by its own words, as if the status were 2xx. level counts
// the answers that it is wrapped in.
func (j *judge) read(op *operation, n node, level int) verdict {
	if body, ok := soapBody(n); ok {
		return j.readSOAP(op, body)
	}
	if body := n.elements(); n.name == "" && len(body) == 1 && (body[0].name == "Fault" || op.confirmedBy(body[0])) {
		return j.readSOAP(op, body) // XML that became JSON and lost its envelope
	}
	b := readBusiness(n)
	if b.wrapped != "" && level < 2 {
		return j.readWrapped(op, b, level)
	}
	confirmed := j.form == JSON && b.yes && !b.no && !b.odd
	return j.outcome(b, confirmed, fateOf("json confirmed"))
}

func (j *judge) readWrapped(op *operation, b business, level int) verdict {
	inner, err := readTree([]byte(b.wrapped), j.maxAnswer)
	if err != nil {
		if b.negative() {
			return j.outcome(b, false, nil)
		}
		return verdict{fate: fateOf("answer unreadable")}
	}
	v := j.read(op, inner, level+1)
	if v.done && v.answer == "" {
		v.answer = b.wrapped
	}
	switch {
	case v.done && (b.negative() || b.odd):
		return verdict{fate: fateOf("answer contradictory")}
	case !strings.HasPrefix(v.on, "answer un") || !b.negative():
		return v
	}
	return j.outcome(b, false, nil)
}

// soapBody returns the element children of a SOAP body. XML that became JSON
// may have lost its envelope's name on the way.
func soapBody(n node) (body []node, ok bool) {
	if n.name != "Envelope" {
		inner, count := n.child("Envelope")
		if count != 1 || len(n.elements()) != 1 {
			return nil, false
		}
		n = inner
	}
	b, count := n.child("Body")
	if count != 1 {
		return nil, false
	}
	return b.elements(), true
}

func (j *judge) readSOAP(op *operation, body []node) verdict {
	if len(body) != 1 {
		return verdict{fate: fateOf("answer unexpected")}
	}
	answer := body[0]
	if answer.name == "Fault" {
		return j.readFault(answer)
	}
	b := readBusiness(answer)
	payload, document := answer, ""
	if inner := answer.elements(); len(inner) == 1 && inner[0].name != "CongDan" {
		var ok bool
		if payload, document, ok = unpacked(inner[0], j.maxAnswer); !ok {
			return verdict{fate: fateOf("answer unreadable")}
		}
		if fault, ok := faultIn(payload); ok {
			return j.readFault(fault)
		}
		readInner(&b, payload)
	}
	expected := j.form == SOAP && op.confirmedBy(answer)
	if expected && op.lookup && (noRecord(answer) || noRecord(payload)) {
		return verdict{fate: fateOf("answer no-record")}
	}
	v := j.outcome(b, expected && !b.no && !b.odd, fateOf("soap confirmed"))
	if v.done {
		v.answer = document
	}
	return v
}

// unpacked returns the one element of an answer, and the document that some
// frameworks make the text of it.
func unpacked(inner node, limit int64) (payload node, document string, ok bool) {
	text := strings.TrimSpace(inner.text)
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "<") {
		return inner, "", true
	}
	tree, err := readTree([]byte(text), limit)
	return node{kids: []node{tree}}, text, err == nil
}

// readInner reads the one element of an answer, which frameworks like to put
// between the answer and its fields.
func readInner(b *business, inner node) {
	if len(inner.elements()) == 0 && isResult(inner.name) {
		b.result(inner.text)
	}
	b.read(inner.kids, true)
	for kids := inner.elements(); len(kids) == 1; kids = kids[0].elements() {
		b.read(kids[0].kids, true)
	}
}

// isResult reports whether an element is the one that frameworks put a result
// in: <return> of Axis and JAX-WS, <…Result> of .NET.
func isResult(name string) bool {
	name = strings.ToLower(name)
	return name == "return" || strings.HasSuffix(name, "result")
}

// noRecord reports a collection of citizens that has none.
func noRecord(n node) bool {
	if n.name == "CongdanCollection" {
		_, count := n.child("CongDan")
		return count == 0
	}
	return slices.ContainsFunc(n.kids, noRecord)
}

// outcome weighs what an answer says of itself. The order is: codes that were
// configured, codes that are known, texts that are known, the plain no.
func (j *judge) outcome(b business, confirmed bool, yes *fate) verdict {
	if v, ok := j.configured(b); ok {
		return v
	}
	switch {
	case confirmed && len(b.codes) == 0:
		return verdict{fate: yes}
	case b.yes && b.negative() || b.yes && b.odd:
		return verdict{fate: fateOf("answer contradictory"), shown: b.shown()}
	case !b.negative() && !b.odd:
		return verdict{fate: fateOf("answer unexpected")}
	}
	if v, ok := knownCode(b); ok {
		return v
	}
	if f := fateOfText(fold(b.texts)); f != nil {
		return verdict{fate: f, shown: b.shown()}
	}
	if f := codeFate(b.codes, "code duplicate"); f != nil {
		return verdict{fate: f}
	}
	if b.no || slices.Contains(b.codes, "-1") {
		return verdict{fate: fateOf("business negative"), shown: b.shown()}
	}
	return verdict{fate: fateOf("answer unexpected"), shown: b.shown()}
}

func (j *judge) configured(b business) (verdict, bool) {
	for _, code := range b.codes {
		if f := j.codes[code]; f != nil {
			return verdict{fate: f, shown: code}, true
		}
	}
	if f := j.codes["0"]; f != nil && b.zero && !b.negative() && !b.odd {
		return verdict{fate: f, shown: "0"}, true
	}
	return verdict{}, false
}

func (b *business) shown() string {
	for _, code := range b.codes {
		if s := fitToShow(code); s != "" {
			return s
		}
	}
	return ""
}

// knownCode finds the rows of the gateway's, X-Road's and the services' own codes.
func knownCode(b business) (verdict, bool) {
	for _, code := range b.codes {
		if v, ok := xRoadVerdict(code); ok {
			return v, true
		}
		if f := gatewayFate(code); f != nil {
			return verdict{fate: f, shown: code}, true
		}
		if f := fateOf("code " + strings.ToLower(code)); f != nil && f.on != "code duplicate" && !b.fault {
			return verdict{fate: f, shown: fitToShow(code)}, true
		}
	}
	return verdict{}, false
}

func codeFate(codes []string, on string) *fate {
	for _, code := range codes {
		if "code "+strings.ToLower(code) == on {
			return fateOf(on)
		}
	}
	return nil
}

// gatewayFate finds the row of a code of WSO2 API Manager, which are six digits.
func gatewayFate(code string) *fate {
	if len(code) != 6 || !allDigits(code) {
		return nil
	}
	for _, on := range []string{code, code[:4] + "xx", code[:3] + "xxx"} {
		if f := fateOf("gateway " + on); f != nil {
			return f
		}
	}
	return nil
}

// byPage is the verdict on a web page in place of an answer.
func byPage(r reply) verdict {
	switch {
	case r.status < 300:
		return verdict{fate: fateOf("answer html")}
	case r.status == http.StatusBadRequest:
		return verdict{fate: fateOf("answer html-400")}
	}
	return byStatus(r)
}

// looksLikeHTML goes by the content first: old services label JSON and XML as
// text/html, and that alone makes no web page of them.
func looksLikeHTML(r reply) bool {
	start := bytes.TrimLeft(r.body, " \t\r\n\uFEFF")
	start = start[:min(len(start), len("<!doctype html"))]
	switch {
	case len(start) == 0 || bytes.IndexByte([]byte(`{["`), start[0]) >= 0:
		return false
	case start[0] == '<':
		start = bytes.ToLower(start)
		return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
	}
	media, _, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	return err == nil && media == "text/html"
}

// reference returns the id under which the other side can find the exchange in
// its own log. Only what has the form of a UUID is taken.
func reference(h http.Header) string {
	for _, name := range []string{"X-Road-Request-Id", "X-Request-Id", "Activityid"} {
		if v := h[name]; len(v) > 0 && isUUID(v[0]) {
			return v[0]
		}
	}
	return ""
}

func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && strings.IndexByte("0123456789abcdefABCDEF", s[i]) < 0 {
			return false
		}
	}
	return true
}
