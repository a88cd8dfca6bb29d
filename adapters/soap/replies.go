package soap

import (
	"encoding/hex"
	"math"
	"net/http"
	"strconv"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/strictxml"
)

// ownSpace is the namespace of what this server answers with.
const ownSpace = "urn:lgsp:tiep-nhan:1"

// replier writes answers. It appends bytes and nothing else, because a receipt
// is written for every message.
type replier struct{ english bool }

func newReplier(lang string) replier { return replier{english: lang == "en"} }

const (
	receiptHead = `"><soap:Body><TiepNhan xmlns="` + ownSpace + `"><MaTiepNhan>`
	receiptTail = `</TiepNhan></soap:Body></soap:Envelope>`
	declaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	envelope    = declaration + `<soap:Envelope xmlns:soap="`
)

// stateCodes are the Vietnamese codes of lgsp.State, as receipts show them.
var stateCodes = [...]string{
	lgsp.Queued:     "DA_TIEP_NHAN",
	lgsp.Leased:     "DANG_CHUYEN",
	lgsp.Delivered:  "DA_CHUYEN",
	lgsp.Parked:     "CHO_XU_LY",
	lgsp.Rejected:   "BI_TU_CHOI",
	lgsp.Superseded: "DA_THAY_THE",
	lgsp.Dropped:    "DA_HUY",
}

func stateCode(s lgsp.State) string {
	if int(s) < len(stateCodes) && stateCodes[s] != "" {
		return stateCodes[s]
	}
	return stateCodes[lgsp.Queued]
}

// receipt appends the answer to a message that is on disk.
func (p replier) receipt(dst []byte, v version, r lgsp.Receipt, at time.Time) []byte {
	dst = append(dst, envelope...)
	dst = append(dst, soapSpace(v)...)
	dst = append(dst, receiptHead...)
	dst = appendID(dst, r.ID)
	dst = append(dst, `</MaTiepNhan><TrangThai>`...)
	dst = append(dst, stateCode(r.State)...)
	dst = append(dst, `</TrangThai><TrungLap>`...)
	dst = strconv.AppendBool(dst, r.Duplicate)
	dst = append(dst, `</TrungLap><ThoiDiem>`...)
	dst = at.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
	dst = append(dst, `</ThoiDiem>`...)
	for _, w := range r.Warnings {
		dst = append(dst, `<CanhBao>`...)
		dst = p.field(dst, w, "")
		dst = append(dst, `</CanhBao>`...)
	}
	return append(dst, receiptTail...)
}

// answer appends the answer to a service that is asked: one element.
func (replier) answer(dst []byte, v version, element []byte) []byte {
	dst = append(dst, envelope...)
	dst = append(dst, soapSpace(v)...)
	dst = append(dst, `"><soap:Body>`...)
	dst = append(dst, element...)
	return append(dst, `</soap:Body></soap:Envelope>`...)
}

func appendID(dst []byte, id lgsp.ID) []byte {
	for i, group := range [...][]byte{id[0:4], id[4:6], id[6:8], id[8:10], id[10:16]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, group)
	}
	return dst
}

// fault appends the answer to a message that was refused. id is not zero when
// the message was kept as rejected.
func (p replier) fault(dst []byte, v version, e *lgsp.Error, id lgsp.ID) []byte {
	code, c := codeOf(e), causeOf(e)
	dst = append(dst, envelope...)
	dst = append(dst, soapSpace(v)...)
	dst = append(dst, `" xmlns:lgsp="`+ownSpace+`">`...)
	if v == soap12 {
		dst = p.head12(dst, code, e)
		dst = append(dst, `<soap:Body><soap:Fault><soap:Code><soap:Value>soap:`...)
		dst = append(dst, class12(code, c)...)
		dst = append(dst, `</soap:Value><soap:Subcode><soap:Value>lgsp:`...)
		dst = append(dst, code...)
		dst = append(dst, `</soap:Value></soap:Subcode></soap:Code><soap:Reason><soap:Text xml:lang="`...)
		dst = append(dst, p.lang()...)
		dst = append(dst, `">`...)
		dst = strictxml.EscapeText(dst, p.sentence(e, c))
		dst = append(dst, `</soap:Text></soap:Reason>`...)
	} else {
		dst = append(dst, `<soap:Body><soap:Fault><faultcode>soap:`...)
		dst = append(dst, class11(code, c)...)
		dst = append(dst, `</faultcode><faultstring>`...)
		dst = strictxml.EscapeText(dst, p.sentence(e, c))
		dst = append(dst, `</faultstring>`...)
	}
	if !headerFault(code) { // SOAP 1.1 §4.4: a fault of the header has no detail
		dst = p.detail(dst, v, code, e, id)
	}
	return append(dst, `</soap:Fault></soap:Body></soap:Envelope>`...)
}

func headerFault(code string) bool { return code == "MustUnderstand" || code == "VersionMismatch" }

func class11(code string, c cause) string {
	switch {
	case headerFault(code):
		return code
	case c.client:
		return "Client." + code
	}
	return "Server." + code
}

func class12(code string, c cause) string {
	switch {
	case headerFault(code):
		return code
	case c.client:
		return "Sender"
	}
	return "Receiver"
}

// head12 appends the header blocks of SOAP 1.2 Part 1 §5.4.7 and §5.4.8: which
// versions are spoken, which blocks were not understood. The names of blocks
// come in Error.Fields.
func (replier) head12(dst []byte, code string, e *lgsp.Error) []byte {
	switch code {
	case "VersionMismatch":
		return append(dst, `<soap:Header><soap:Upgrade>`+
			`<soap:SupportedEnvelope qname="ns1:Envelope" xmlns:ns1="`+space12+`"/>`+
			`<soap:SupportedEnvelope qname="ns2:Envelope" xmlns:ns2="`+space11+`"/>`+
			`</soap:Upgrade></soap:Header>`...)
	case "MustUnderstand":
		dst = append(dst, `<soap:Header>`...)
		for _, f := range e.Fields {
			dst = notUnderstoodBlock(dst, f.Want, f.Path)
		}
		return append(dst, `</soap:Header>`...)
	}
	return dst
}

// notUnderstoodBlock appends the block that names another one. A name without
// prefix is in no namespace, as nothing above it declares a default one; the
// prefix xml is bound everywhere and its namespace to no other.
func notUnderstoodBlock(dst []byte, space, local string) []byte {
	dst = append(dst, `<soap:NotUnderstood qname="`...)
	switch space {
	case "":
		dst = strictxml.EscapeAttr(dst, local)
	case spaceXML:
		dst = append(dst, `xml:`...)
		dst = strictxml.EscapeAttr(dst, local)
	default:
		dst = append(dst, `h:`...)
		dst = strictxml.EscapeAttr(dst, local)
		dst = append(dst, `" xmlns:h="`...)
		dst = strictxml.EscapeAttr(dst, space)
	}
	return append(dst, `"/>`...)
}

func (p replier) detail(dst []byte, v version, code string, e *lgsp.Error, id lgsp.ID) []byte {
	open, end := `<detail>`, `</detail>`
	if v == soap12 {
		open, end = `<soap:Detail>`, `</soap:Detail>`
	}
	dst = append(dst, open...)
	dst = append(dst, `<lgsp:Loi><lgsp:Ma>`...)
	dst = append(dst, code...)
	dst = append(dst, `</lgsp:Ma>`...)
	if id != (lgsp.ID{}) {
		dst = append(dst, `<lgsp:MaTiepNhan>`...)
		dst = appendID(dst, id)
		dst = append(dst, `</lgsp:MaTiepNhan>`...)
	}
	dst = append(dst, `<lgsp:CoTheGuiLai>`...)
	dst = strconv.AppendBool(dst, e.Kind.World())
	dst = append(dst, `</lgsp:CoTheGuiLai>`...)
	if after := seconds(e); after > 0 {
		dst = append(dst, `<lgsp:ThuLaiSau>`...)
		dst = strconv.AppendInt(dst, after, 10)
		dst = append(dst, `</lgsp:ThuLaiSau>`...)
	}
	for _, f := range e.Fields {
		dst = append(dst, `<lgsp:Truong>`...)
		dst = p.field(dst, f, "lgsp:")
		dst = append(dst, `</lgsp:Truong>`...)
	}
	dst = append(dst, `</lgsp:Loi>`...)
	return append(dst, end...)
}

// field appends what is said about one field. prefix is that of ownSpace, with
// its colon.
func (p replier) field(dst []byte, f lgsp.FieldError, prefix string) []byte {
	put := func(name, value string) {
		if value == "" {
			return
		}
		dst = append(append(append(append(dst, '<'), prefix...), name...), '>')
		dst = strictxml.EscapeText(dst, value)
		dst = append(append(append(append(dst, "</"...), prefix...), name...), '>')
	}
	put("DuongDan", f.Path)
	put("Ma", f.Code)
	put("MoTa", p.fieldText(f))
	put("MongDoi", f.Want)
	put("ThucTe", f.Found)
	return dst
}

// seconds returns when trying again makes sense, 0 if that is not known.
func seconds(e *lgsp.Error) int64 {
	after := e.After
	if after <= 0 && causeOf(e).status == http.StatusServiceUnavailable {
		after = busyAfter
	}
	return int64(math.Ceil(after.Seconds()))
}

func (p replier) lang() string {
	if p.english {
		return "en"
	}
	return "vi"
}

// sentence returns what a person reads. The cause stays in the log.
func (p replier) sentence(e *lgsp.Error, c cause) string {
	if p.english {
		return c.en
	}
	if text := lgsp.TextOf(e); text != "" {
		return text
	}
	return c.vi
}

func (p replier) fieldText(f lgsp.FieldError) string {
	if !p.english && f.Text != "" {
		return f.Text
	}
	i := 0
	if p.english {
		i = 1
	}
	if t, ok := fieldTexts[f.Code]; ok {
		return t[i]
	}
	return fieldTexts[""][i]
}

// fieldTexts says what the codes of lgsp.FieldError mean, in Vietnamese and English.
var fieldTexts = map[string][2]string{
	"missing":     {"Trường bắt buộc còn thiếu.", "A required field is missing."},
	"length":      {"Độ dài không đúng quy định.", "The length is not allowed."},
	"pattern":     {"Định dạng không đúng.", "The form is wrong."},
	"date":        {"Ngày không đúng.", "The date is wrong."},
	"code":        {"Mã không có trong danh mục.", "The code is not in its list."},
	"divided":     {"Đơn vị cũ đã được chia cho nhiều đơn vị mới.", "The old unit was divided among several new ones; name the new one."},
	"number":      {"Số không đúng.", "The number is wrong."},
	"repeated":    {"Trường xuất hiện nhiều lần hơn cho phép.", "The field is there too often."},
	"must":        {"Dữ liệu không thỏa điều kiện quy định.", "The fields do not meet a condition of the service."},
	"unknown":     {"Trường không có trong quy định của dịch vụ.", "The service has no such field."},
	"personal-id": {"Số định danh cá nhân cần đối soát.", "The personal id does not agree with its form or with other fields; check it."},
	"":            {"Giá trị không đúng quy định.", "The value breaks a rule."},
}
