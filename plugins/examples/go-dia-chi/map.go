package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins"
)

// message is what the department sends. Every element is a list, so that one
// that comes twice can be told.
type message struct {
	Dossier []string `xml:"urn:vidu:dia-chi MaHoSo"`
	ID      []string `xml:"urn:vidu:dia-chi SoDinhDanh"`
	Name    []string `xml:"urn:vidu:dia-chi HoTen"`
	Address []string `xml:"urn:vidu:dia-chi DiaChi"`
}

// document is what the upstream is sent.
type document struct {
	Request string `json:"maYeuCau"`
	Dossier string `json:"maHoSo"`
	ID      string `json:"soDinhDanh"`
	Name    string `json:"hoTen"`
	Home    home   `json:"noiO"`
}

type home struct {
	House    string `json:"soNha,omitempty"`
	Street   string `json:"duong,omitempty"`
	Group    string `json:"toThon,omitempty"`
	Commune  string `json:"xa,omitempty"`
	District string `json:"huyenCu,omitempty"`
	Province string `json:"tinh"`
	Then     string `json:"tinhCu,omitempty"` // only where the address has a name that is gone
	Code     string `json:"maTinh"`
	Rest     string `json:"chiTiet,omitempty"`
}

const (
	root          = "/CapNhatDiaChi"
	mostFieldSize = 100 // characters
	mostAddress   = 500 // characters
	textMissing   = "Thiếu giá trị bắt buộc. Hãy điền trường này rồi gửi lại."
	textRepeated  = "Trường này xuất hiện nhiều lần. Hãy chỉ gửi một lần."
	textLength    = "Độ dài không đúng. Hãy nhập đúng số ký tự quy định."
	textID        = "Giá trị không đúng mẫu quy định. Hãy nhập 12 chữ số."
)

// personalID is a personal id (Luật Căn cước 2023, Điều 12).
var personalID = regexp.MustCompile(`^[0-9]{12}$`)

type mapper struct{ splitter }

func newMapper() mapper { return mapper{newSplitter()} }

// Map makes the document of one message.
func (m mapper) Map(_ context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	var in message
	if err := plugins.Unmarshal(e, &in); err != nil {
		return lgsp.Document{}, err
	}
	var bad []lgsp.FieldError
	d := document{Request: e.ID.String()}
	d.Dossier, bad = one(bad, root+"/MaHoSo", in.Dossier, mostFieldSize)
	d.ID, bad = one(bad, root+"/SoDinhDanh", in.ID, mostFieldSize)
	if d.ID != "" && !personalID.MatchString(d.ID) {
		bad = append(bad, lgsp.FieldError{Path: root + "/SoDinhDanh", Code: "pattern", Text: textID, Want: "12 chữ số"})
		d.ID = ""
	}
	d.Name, bad = one(bad, root+"/HoTen", in.Name, mostFieldSize)
	text, bad := one(bad, root+"/DiaChi", in.Address, mostAddress)
	var warnings []lgsp.FieldError
	if text != "" {
		a := m.split(text)
		d.Home = homeOf(a)
		for _, doubt := range a.doubts {
			f := lgsp.FieldError{Path: root + "/DiaChi", Code: doubt.code, Text: doubt.text}
			if doubt.text == textProvince || doubt.text == textProvinces {
				bad = append(bad, f)
			} else {
				warnings = append(warnings, f)
			}
		}
	}
	out := lgsp.Document{LegacyID: d.Dossier, Lane: d.Dossier, Subject: d.ID}
	if len(bad) > 0 {
		return out, &lgsp.Error{Kind: lgsp.Invalid, Code: "Invalid", Fields: bad,
			Text: fmt.Sprintf("Thông điệp có %d trường sai. Hãy sửa các trường được liệt kê rồi gửi lại.", len(bad))}
	}
	body, err := json.Marshal(d)
	if err != nil {
		return lgsp.Document{}, fmt.Errorf("write the document: %w", err)
	}
	out.Purpose = lgsp.Purpose{Procedure: "1.004222", Unit: e.Sender}
	out.Body, out.Warnings = body, warnings
	return out, nil
}

// one returns the text of an element that must be there once.
func one(bad []lgsp.FieldError, path string, found []string, most int) (string, []lgsp.FieldError) {
	f := lgsp.FieldError{Path: path}
	switch {
	case len(found) > 1:
		f.Code, f.Text, f.Want = "repeated", textRepeated, "một lần"
	case len(found) == 0 || strings.TrimSpace(found[0]) == "":
		f.Code, f.Text = "missing", textMissing
	case utf8.RuneCountInString(found[0]) > most:
		f.Code, f.Text, f.Want = "length", textLength, fmt.Sprintf("không quá %d ký tự", most)
	default:
		return strings.TrimSpace(found[0]), bad
	}
	return "", append(bad, f)
}

func homeOf(a address) home {
	h := home{House: a.house, Street: a.street, Group: a.group, Commune: a.commune, District: a.district,
		Province: a.province.name, Code: a.province.code, Rest: a.rest}
	if a.province.then != a.province.name {
		h.Then = a.province.then
	}
	return h
}
