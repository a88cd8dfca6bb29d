package notice

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
)

// Space is the namespace of what departments are answered with.
const Space = "urn:lgsp:sai-sot:1"

// stateCodes are the Vietnamese codes of states, as answers show them.
var stateCodes = [...]string{New: "MOI", Sent: "DA_GUI", Answered: "DA_TRA_LOI", Closed: "DA_DONG"}

// Take opens the notice that a message brought. The document's body is JSON as
// ParseContent reads it. A nil error means that the notice is on disk; the
// answer's body is one XML element with its number and state, and the time at
// which it came to that. Errors are those of Open.
func (d *Desk) Take(ctx context.Context, e lgsp.Envelope, doc lgsp.Document) (lgsp.Ack, error) {
	c, err := ParseContent(doc.Body)
	if err != nil {
		return lgsp.Ack{}, err
	}
	o := Opening{Sender: e.Sender, System: e.System, Officer: doc.Purpose.Officer, Unit: doc.Purpose.Unit, Procedure: doc.Purpose.Procedure, LegacyID: doc.LegacyID, Content: c}
	if e.ID != (lgsp.ID{}) {
		o.Message = e.ID.String()
	}
	n, duplicate, err := d.Open(ctx, o)
	if err != nil {
		return lgsp.Ack{}, err
	}
	return lgsp.Ack{Ref: n.Number.String(), At: n.Opened, Body: answer(n, duplicate)}, nil
}

// answer tells a department of its notice. Nothing in it needs escaping.
func answer(n Notice, duplicate bool) []byte {
	b := []byte(`<ThongBaoSaiSot xmlns="` + Space + `"><SoThongBao>` + n.Number.String() + `</SoThongBao><TrangThai>` + stateCodes[n.State] + `</TrangThai><TrungLap>`)
	b = strconv.AppendBool(b, duplicate)
	b = n.Changed.UTC().AppendFormat(append(b, `</TrungLap><ThoiDiem>`...), time.RFC3339)
	return append(b, `</ThoiDiem></ThongBaoSaiSot>`...)
}

// message is a content as the mapping writes it.
type message struct {
	SoDinhDanh string  `json:"soDinhDanh"`
	SoCMND     string  `json:"soCMND"`
	HoVaTen    string  `json:"hoVaTen"`
	SaiSot     []wrong `json:"saiSot"`
	MoTa       string  `json:"moTa"`
	LienHe     string  `json:"lienHe"`
}

type wrong struct {
	Truong       string `json:"truong"`
	GiaTriChiaSe string `json:"giaTriChiaSe"`
	GiaTriDung   string `json:"giaTriDung"`
	CanCu        string `json:"canCu"`
}

// ParseContent reads the JSON that the mapping of notices writes:
//
//	{"soDinhDanh", "soCMND", "hoVaTen", "saiSot": [{"truong", "giaTriChiaSe", "giaTriDung", "canCu"}], "moTa", "lienHe"}
//
// A member that is not known is an error, of the Kind Invalid.
func ParseContent(text []byte) (Content, error) {
	if len(text) > 2*MaxContent { // escapes may make it longer than what it says
		return Content{}, malformed(fmt.Errorf("it has %d bytes", len(text)))
	}
	if !utf8.Valid(text) {
		return Content{}, malformed(errors.New("it is not UTF-8"))
	}
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return Content{}, malformed(errors.New("it is not an object"))
	}
	var m message
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&m); err != nil {
		return Content{}, malformed(err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return Content{}, malformed(errors.New("something stands behind the object"))
	}
	c := Content{Subject: m.SoDinhDanh, OldID: m.SoCMND, Name: m.HoVaTen, Text: m.MoTa, Contact: m.LienHe}
	for _, w := range m.SaiSot {
		c.Wrong = append(c.Wrong, Field{Path: w.Truong, Shared: w.GiaTriChiaSe, Right: w.GiaTriDung, Evidence: w.CanCu})
	}
	return c, nil
}

// malformed wraps what package json found: it names members, types and places,
// and no value, since every member is a text or a list.
func malformed(err error) error {
	return &lgsp.Error{Kind: lgsp.Invalid, Op: "notice.take", Code: "Malformed", Text: "Nội dung thông báo sai sót không đúng cấu trúc; hãy kiểm tra lại thông điệp.",
		Err: fmt.Errorf("read the notice: %w", err)}
}
