package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins"
)

// message is what the department sends.
type message struct {
	Dossier string `xml:"MaHoSo"`
	Person  string `xml:"CongDan"` // họ tên|ngày sinh|giới tính, as one text
}

// document is what the upstream is sent.
type document struct {
	Request string `json:"maYeuCau"`
	Dossier string `json:"maHoSo"`
	Name    string `json:"hoTen"`
	Born    string `json:"ngaySinh"`
	Sex     string `json:"gioiTinh"`
}

type mapper struct{}

// Map makes the document of one message. It is called from several goroutines
// at once, and the same message gives the same document.
func (mapper) Map(_ context.Context, e lgsp.Envelope) (lgsp.Document, error) {
	var in message
	if err := plugins.Unmarshal(e, &in); err != nil {
		return lgsp.Document{}, err
	}
	out := document{Request: e.ID.String(), Dossier: strings.TrimSpace(in.Dossier)}
	var bad []lgsp.FieldError
	if out.Dossier == "" || len(out.Dossier) > 40 {
		bad = append(bad, lgsp.FieldError{Path: "/TiepNhan/MaHoSo", Code: "length", Want: "1 đến 40 ký tự",
			Text: "Mã hồ sơ trống hoặc quá dài. Hãy nhập đúng số ký tự quy định."})
		out.Dossier = ""
	}
	bad = append(bad, out.read(in.Person)...)
	known := lgsp.Document{LegacyID: out.Dossier, Lane: out.Dossier}
	if len(bad) > 0 {
		return known, &lgsp.Error{Kind: lgsp.Invalid, Code: "Invalid", Fields: bad,
			Text: fmt.Sprintf("Thông điệp có %d trường sai. Hãy sửa các trường được liệt kê rồi gửi lại.", len(bad))}
	}
	body, err := json.Marshal(out)
	if err != nil {
		return lgsp.Document{}, fmt.Errorf("write the document: %w", err)
	}
	known.Body = body
	return known, nil
}

// read reads the person, and returns every field that is bad. What is reported
// never holds the value found: it may be about a citizen.
func (d *document) read(person string) (bad []lgsp.FieldError) {
	const path = "/TiepNhan/CongDan"
	parts := strings.Split(person, "|")
	if len(parts) != 3 {
		return []lgsp.FieldError{{Path: path, Code: "pattern", Want: "họ tên|ngày sinh|giới tính",
			Text: "Giá trị không đúng mẫu quy định. Hãy ghi ba phần cách nhau bằng dấu |.", Found: fmt.Sprintf("%d phần", len(parts))}}
	}
	if d.Name = strings.Join(strings.Fields(parts[0]), " "); d.Name == "" || len(d.Name) > 200 {
		bad = append(bad, lgsp.FieldError{Path: path + "/hoTen", Code: "length", Text: "Họ tên trống hoặc quá dài. Hãy nhập đúng họ tên."})
	}
	if born, err := time.Parse("02/01/2006", strings.TrimSpace(parts[1])); err != nil {
		bad = append(bad, lgsp.FieldError{Path: path + "/ngaySinh", Code: "date", Want: "dd/MM/yyyy",
			Text: "Ngày không đúng định dạng hoặc không có thật. Hãy nhập theo định dạng quy định."})
	} else {
		d.Born = born.Format(time.DateOnly)
	}
	switch strings.ToLower(strings.TrimSpace(parts[2])) {
	case "nam":
		d.Sex = "1"
	case "nữ", "nu":
		d.Sex = "2"
	default:
		bad = append(bad, lgsp.FieldError{Path: path + "/gioiTinh", Code: "code", Want: "nam, nữ",
			Text: "Giá trị không có trong danh mục. Hãy chọn một giá trị trong danh mục."})
	}
	return bad
}
