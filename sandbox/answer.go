package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"lgsp.internal/adapter/internal/strictxml"
)

// An answer is an HTTP response that has not been written yet.
type answer struct {
	status int
	ctype  string
	header [][2]string
	body   []byte
}

const (
	jsonType = "application/json;charset=UTF-8"
	xmlType  = "application/xml;charset=UTF-8"
	textType = "text/plain;charset=UTF-8"
	htmlType = "text/html;charset=UTF-8"
)

// head writes the status line and the headers.
func (a answer) head(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", a.ctype)
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	for _, kv := range a.header {
		h.Set(kv[0], kv[1])
	}
	w.WriteHeader(a.status)
}

// inJSON makes an answer of a value that json can always write.
func inJSON(status int, v any) answer {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return answer{status: http.StatusInternalServerError, ctype: textType, body: []byte(err.Error())}
	}
	return answer{status: status, ctype: jsonType, body: b.Bytes()}
}

// wso2 is how the gateway itself says no.
func wso2(status, code int, message, description string) answer {
	type fault struct {
		Code        int    `json:"code"`
		Message     string `json:"message"`
		Description string `json:"description"`
	}
	return inJSON(status, map[string]fault{"fault": {code, message, description}})
}

func invalidToken() answer {
	a := wso2(http.StatusUnauthorized, 900901, "Invalid Credentials", "Invalid Credentials. Make sure you have given the correct access token.")
	a.header = append(a.header, [2]string{"WWW-Authenticate", `OAuth2 realm="WSO2 API Manager", error="invalid_token"`})
	return a
}

// Shape is how the population database's answers are packed. Platforms differ.
type Shape uint8

// The shapes seen with clients of the provincial platforms.
const (
	AsSOAP Shape = iota // the SOAP envelope itself
	InJSON              // {"error_code":"0","message":"<soapenv:Envelope …"}
	AsJSON              // the child of the SOAP body converted to JSON
)

// A field of an answer, in order.
type field struct{ name, value string }

// result is the population database's word on one request.
type result struct {
	code   string // MaYeuCau
	wrong  string // MaLoi, "" = it took effect
	reason string // MoTaLoi
	at     string // ThoiDiem
}

func (r result) fields() []field {
	state := "1"
	if r.wrong != "" {
		state = "0"
	}
	return []field{{"MaYeuCau", r.code}, {"TrangThai", state}, {"MaLoi", r.wrong}, {"MoTaLoi", r.reason}, {"ThoiDiem", r.at}}
}

// said packs a result.
func (s *Server) said(r result) answer {
	body := []byte(`<CapNhatThongTinCongDanResponse xmlns="` + congdanNamespace + `"><KetQua>`)
	for _, f := range r.fields() {
		body = append(body, '<')
		body = append(body, f.name...)
		body = append(body, '>')
		body = strictxml.EscapeText(body, f.value)
		body = append(body, "</"...)
		body = append(body, f.name...)
		body = append(body, '>')
	}
	body = append(body, "</KetQua></CapNhatThongTinCongDanResponse>"...)
	ketQua := map[string]string{}
	for _, f := range r.fields() {
		ketQua[f.name] = f.value
	}
	return s.pack(http.StatusOK, body, map[string]any{"CapNhatThongTinCongDanResponse": map[string]any{"KetQua": ketQua}})
}

// faulted packs a SOAP fault (SOAP 1.1 §6.2: with status 500).
func (s *Server) faulted(faultCode, wrong, reason string) answer {
	body := []byte(`<soapenv:Fault><faultcode>soapenv:` + faultCode + `</faultcode><faultstring>`)
	body = strictxml.EscapeText(body, reason)
	body = append(body, `</faultstring><detail><MaLoi xmlns="`+congdanNamespace+`">`+wrong+`</MaLoi></detail></soapenv:Fault>`...)
	return s.pack(http.StatusInternalServerError, body, map[string]any{"Fault": map[string]any{
		"faultcode": "soapenv:" + faultCode, "faultstring": reason, "detail": map[string]string{"MaLoi": wrong},
	}})
}

func (s *Server) pack(status int, body []byte, converted any) answer {
	if s.o.Shape == AsJSON {
		return inJSON(status, converted)
	}
	soap := make([]byte, 0, len(body)+200)
	soap = append(soap, `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="`+soapNamespace+`"><soapenv:Body>`...)
	soap = append(soap, body...)
	soap = append(soap, "</soapenv:Body></soapenv:Envelope>"...)
	if s.o.Shape == InJSON {
		return inJSON(status, struct {
			Code    string `json:"error_code"`
			Message string `json:"message"`
		}{"0", string(soap)})
	}
	return answer{status: status, ctype: xmlType, body: soap}
}
