package register

import (
	"fmt"
	"io"
	"time"

	"lgsp.internal/adapter/internal/docx"
	"lgsp.internal/adapter/internal/paper"
)

// Dossier is all that a department's request to connect holds.
type Dossier struct {
	Province   string // "thành phố Đà Nẵng"
	Department Department
	Number     string    // of the document; "" leaves a gap, no fault
	Date       time.Time // of the document, in its own location; zero leaves a gap, no fault
	Recipient  []string  // Kính gửi
	Copies     []string  // Nơi nhận beside the addressees and the archive
	Bases      []string  // căn cứ, without final punctuation
	Platform   string    // "Nền tảng tích hợp, chia sẻ dữ liệu quốc gia (NDXP)"
	Connection Connection
}

// Department is the unit that asks.
type Department struct {
	Code      string // per QĐ 20/2020/QĐ-TTg, "H17.11"
	Name      string // "Sở Tư pháp"
	Parent    string // "UBND thành phố Đà Nẵng"
	Symbol    string // ký hiệu of its công văn, "STP-VP"
	Place     string // địa danh
	Functions string // chức năng, nhiệm vụ; "\n" parts paragraphs
	Signer    Signer
	Systems   []System
}

// Signer is who signs for a department. Authority is "" for its head.
type Signer struct {
	Authority string // "KT. GIÁM ĐỐC"
	Position  string // "PHÓ GIÁM ĐỐC"
	Name      string
}

// System is an information system or database that is to be connected.
type System struct {
	Name          string // its code in the configuration, "hotich"
	Title         string // tên hệ thống thông tin, cơ sở dữ liệu
	Purpose       string
	Scope         string
	Description   string // the content of what is connected and shared
	Level         int    // cấp độ an toàn hệ thống thông tin, 1 to 5
	LevelDecision Decision
	Contact       Contact
	Approvals     []Approval
}

// Approval is one service of the population database, asked for or granted.
type Approval struct {
	Service      string // "TraCuuThongTinCongDan"
	ServiceTitle string
	Integration  string // MaTichHop
	Purposes     []Purpose
	Fields       []Field
	From, Until  time.Time // days; a zero From is the day of consent, a zero Until no end
	Quota        int       // requests a day
	Officer      bool      // the officer's own personal id is sent as MaCanBo
	Decision     Decision  // of consent; zero before it
}

// Purpose is an administrative procedure that a service is used for.
type Purpose struct {
	Code  string // MaDVC
	Title string
}

// Field is one trường thông tin of an answer. Note overrides the remark that
// the annex makes of the purposes.
type Field struct {
	Path  string
	Title string
	Note  string
}

// Decision names a document of an authority.
type Decision struct {
	Number string // "12/QĐ-STP"
	Date   time.Time
}

// Contact is the officer in charge of a system.
type Contact struct {
	Name, Position, Phone, Email string
}

// Connection is the technical description of the connection, one sentence per item.
type Connection struct {
	Method         string // "API"
	Protocol       string
	Address        string // of the platform
	Origin         string // the address that requests come from
	Authentication []string
	Encryption     []string
	Logging        []string
	Filter         []string // how only approved fields reach the department
	Pseudonyms     []string
}

// WriteDossier writes, as DOCX, the request of a department to connect to the
// population database (TT 46/2022/TT-BCA: unit, functions, systems, officers,
// purpose, scope, content, number of fields, services, technical description) in
// the layout of NĐ 30/2020/NĐ-CP.
//
// Where the dossier lacks a datum the document has a visible gap, and missing
// says in English what it is, in the order of the document. The error is that
// of w. Number and date of the document are given by the clerk and never missing.
func WriteDossier(w io.Writer, d Dossier) (missing []string, err error) {
	l := &dossier{Dossier: d}
	doc := l.document()
	if err := docx.Write(w, doc); err != nil {
		return nil, fmt.Errorf("writing the dossier of %s: %w", d.Department.Code, err)
	}
	return l.missing, nil
}

// dossier is a Dossier while it is laid out.
type dossier struct {
	Dossier
	missing []string
}

const subject = "đề nghị kết nối, chia sẻ, khai thác dữ liệu với Cơ sở dữ liệu quốc gia về dân cư"

func (l *dossier) document() paper.Document {
	dep := l.Department
	d := paper.Document{
		Parent:  l.want(dep.Parent, "department: the agency above it"),
		Agency:  l.want(dep.Name, "department: name"),
		Number:  l.Number,
		Symbol:  l.want(dep.Symbol, "department: symbol of its documents"),
		Subject: subject,
		Place:   l.want(dep.Place, "department: place"),
		Date:    l.Date,
		To:      l.wantAll(l.Recipient, "recipient"),
		Bases:   l.wantAll(l.Bases, "legal bases"),
		Body:    l.body(),
		Signer: paper.Signer{
			Authority: dep.Signer.Authority,
			Position:  l.want(dep.Signer.Position, "signer: position"),
			Name:      l.want(dep.Signer.Name, "signer: name"),
		},
		Properties: paper.Properties{Title: "Văn bản " + subject, Author: dep.Name},
	}
	d.Recipients = append(append([]string{"Như trên"}, l.Copies...), "Lưu: VT")
	d.Appendices = []paper.Appendix{
		{Number: "I", Title: "Danh mục dịch vụ, trường thông tin đăng ký", Body: l.fieldAnnex()},
		{Number: "II", Title: "Mô tả kỹ thuật kết nối", Body: l.technicalAnnex()},
	}
	return d
}

// want returns s, or a gap after noting what is missing.
func (l *dossier) want(s, what string) string {
	if blank(s) {
		l.missing = append(l.missing, what)
		return paper.Gap
	}
	return s
}

func (l *dossier) wantAll(items []string, what string) []string {
	kept := make([]string, 0, len(items))
	for _, item := range items {
		if !blank(item) {
			kept = append(kept, item)
		}
	}
	if len(kept) == 0 {
		return []string{l.want("", what)}
	}
	return kept
}
