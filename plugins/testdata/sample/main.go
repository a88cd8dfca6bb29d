// Command sample is the smallest plugin: it takes a name out of a message.
package main

import (
	"context"
	"encoding/xml"
	"errors"
	"strconv"
	"strings"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins"
)

type mapper struct{}

func (mapper) Map(_ context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	var p struct {
		So  string
		Ten string
	}
	if err := xml.Unmarshal(e.Body, &p); err != nil {
		return lgsp.Document{}, err
	}
	if p.So == "panic" {
		panic(p.Ten)
	}
	if p.Ten == "" {
		return lgsp.Document{LegacyID: p.So}, &lgsp.Error{Kind: lgsp.Invalid, Code: "InvalidFields", Text: "Thông điệp có trường sai.", Err: errors.New("one field"),
			Fields: []lgsp.FieldError{{Path: "/Phieu/Ten", Code: "missing", Text: "Thiếu họ tên", Found: "trống", Want: "họ và tên"}}}
	}
	if p.So == "number" {
		_, err := strconv.Atoi(p.Ten)
		return lgsp.Document{}, err
	}
	d := lgsp.Document{Route: "nhan", LegacyID: p.So, Lane: e.Sender, Subject: "001199000001", Purpose: lgsp.Purpose{Procedure: "1.004222", Officer: "CB1", Unit: e.Service + e.System},
		Body: []byte(`{"ten":"` + p.Ten + `"}`)}
	if strings.ToUpper(p.Ten) == p.Ten {
		d.Warnings = []lgsp.FieldError{{Path: "/Phieu/Ten", Code: "capitals", Text: "Chữ hoa"}}
	}
	return d, nil
}

func (mapper) Reply(_ context.Context, e lgsp.Envelope, a lgsp.Ack) ([]byte, error) {
	return []byte("<TraLoi>" + string(a.Body) + "</TraLoi>"), nil
}

func main() { plugins.Serve(mapper{}) }
