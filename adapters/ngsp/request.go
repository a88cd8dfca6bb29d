package ngsp

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const userAgent = "lgspd"

// operation is one route, with all of its request that is the same each time.
type operation struct {
	to       *endpoint
	before   string // the message
	after    string
	hashURL  string // of C06
	response []string
	lookup   bool
}

func newOperation(o Options, route string, op Operation, fixed http.Header) (*operation, error) {
	at, err := url.Parse(strings.TrimSuffix(o.URL, "/") + op.Path)
	if err != nil {
		return nil, fmt.Errorf("upstream %s: operations.%s: path: %w", o.Name, route, err)
	}
	out := &operation{
		to:       newEndpoint(at, callHeader(o, op, fixed)),
		response: op.Response,
		lookup:   op.Lookup,
		hashURL:  op.ServiceURL,
	}
	if out.hashURL == "" {
		out.hashURL = o.C06.ServiceURL
	}
	if out.hashURL == "" {
		out.hashURL = at.String()
	}
	if len(out.response) == 0 {
		out.response = []string{route + "Response"}
		if op.Lookup {
			out.response = append(out.response, "CongdanCollection", "KetQuaXacThuc", "KetQuaXacThucResponse")
		}
	}
	if o.Form == SOAP {
		ns := map[string]string{"1.1": soap11, "1.2": soap12}[o.SOAPVersion]
		out.before = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="` + ns + `"><soapenv:Header/><soapenv:Body>`
		out.after = `</soapenv:Body></soapenv:Envelope>`
	}
	return out, nil
}

// confirmedBy reports whether n is what a SOAP body holds when the operation succeeded.
func (op *operation) confirmedBy(n node) bool { return slices.Contains(op.response, n.name) }

// fixedHeader makes the headers that are the same for every call. Names go out
// as written here: some gateways compare them so.
func fixedHeader(o Options) (http.Header, error) {
	h := http.Header{"User-Agent": {userAgent}}
	for name, value := range o.Headers {
		h[name] = []string{string(value)}
	}
	if o.APIKey.on() {
		h[o.APIKey.Header] = []string{string(o.APIKey.Value)}
	}
	if o.LGSPAccessToken.on() {
		value, err := o.LGSPAccessToken.header()
		if err != nil {
			return nil, fmt.Errorf("upstream %s: lgspaccesstoken: %w", o.Name, err)
		}
		h[lgspHeader] = []string{value}
	}
	for name, value := range map[string]string{"X-Road-Client": o.XRoad.Client, "X-Road-Service": o.XRoad.Service,
		"X-Road-UserId": o.XRoad.UserID, "X-Road-Issue": o.XRoad.Issue} {
		if value != "" {
			h[name] = []string{value}
		}
	}
	return h, nil
}

const lgspHeader = "lgspaccesstoken"

// header returns base64 of the JSON that provincial platforms expect.
func (t LGSPAccessToken) header() (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct{ AccessKey, SecretKey, AppName, PartnerCode, PartnerCodeCus string }{
		t.AccessKey, string(t.SecretKey), t.AppName, t.PartnerCode, t.PartnerCodeCus})
	return base64.StdEncoding.EncodeToString(bytes.TrimSpace(b.Bytes())), err
}

func callHeader(o Options, op Operation, fixed http.Header) http.Header {
	h := maps.Clone(fixed)
	h["Content-Type"] = []string{o.ContentType}
	h["Accept"] = []string{"application/json"}
	if o.Form == SOAP {
		h["Accept"] = []string{"application/xml, text/xml, application/soap+xml, application/json"}
	}
	switch {
	case o.Form != SOAP:
	case o.SOAPVersion == "1.1":
		h["SOAPAction"] = []string{`"` + op.SOAPAction + `"`}
	case op.SOAPAction != "":
		h["Content-Type"] = []string{o.ContentType + `; action="` + op.SOAPAction + `"`}
	}
	return h
}

// call makes the request of one document.
func (c *Client) call(op *operation, id string, body []byte, tok *token) *call {
	m := newCall(op.to, op.before, body, op.after)
	m.lookUp = op.lookup
	m.add("Idempotency-Key", id)
	m.add("MaYeuCau", id)
	if c.xRoad {
		m.add("X-Road-Id", id)
	}
	if tok != nil {
		m.add("Authorization", tok.header)
	}
	if c.c06.on() {
		c.sign(m, op.hashURL)
	}
	return m.end()
}

// bare takes an XML declaration off a body that goes inside an envelope, where
// none may stand (XML 1.0 §2.8).
func bare(body []byte) []byte {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\uFEFF")))
	if bytes.HasPrefix(body, []byte("<?xml ")) {
		if end := bytes.Index(body, []byte("?>")); end > 0 {
			return bytes.TrimSpace(body[end+2:])
		}
	}
	return body
}

// sign adds the headers that the population database asks for.
func (c *Client) sign(m *call, hashURL string) {
	stamp := strconv.FormatInt(c.now().UnixMilli(), 10)
	sum := sha256.Sum256([]byte(hashURL + c.c06.Username + stamp + string(c.c06.SecretKey)))
	pair := c.c06.Username + ":" + hex.EncodeToString(sum[:])
	m.add("Timestamp", stamp)
	m.add("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
}
