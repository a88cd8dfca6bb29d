// Package layout lays reports out: data in, files out.
//
// It promises that every figure of a report stands in each spreadsheet, CSV and
// JSON that it writes; that it computes nothing beyond sums, shares, averages
// and differences of figures that it was given; that the same Paper gives the
// same bytes; and that no text, however odd, becomes a formula or breaks a file.
// req
package layout

import (
	"time"

	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

// Paper is everything that one document says: the figures, what people added to
// them, and under whose letterhead. The report's Scope tells which of the two
// kinds it is, a department's or the province's.
type Paper struct {
	Report      report.Report         `json:"report"`
	Statement   report.Statement      `json:"statement"`             // of whom issues it
	Statements  []DepartmentStatement `json:"statements,omitempty"`  // of the departments, in the province's report
	Submissions []Submission          `json:"submissions,omitempty"` // of the departments, in the province's report
	Letterhead  Letterhead            `json:"letterhead"`
	Draft       bool                  `json:"draft,omitempty"` // nobody has confirmed it yet; it is marked DỰ THẢO
}

// DepartmentStatement is what one department added to its figures.
type DepartmentStatement struct {
	Code      string           `json:"code"`
	Name      string           `json:"name"`
	Statement report.Statement `json:"statement"`
}

// Submission tells whether a department has reported.
type Submission struct {
	Code  string    `json:"code"`
	Name  string    `json:"name"`
	State State     `json:"state"`
	At    time.Time `json:"at,omitzero"` // when it was sent, UTC; zero = it was not
	Late  bool      `json:"late,omitempty"`
}

// State is how far a department's report has come.
type State string

// The states of a department's report. A state that is none of these is shown
// as it is.
const (
	Missing   State = "none"      // nobody has begun it
	Drafted   State = "draft"     // somebody has written something
	Completed State = "completed" // nothing is missing, it is not sent
	Confirmed State = "confirmed" // frozen and sent
	Received  State = "received"  // the police have taken it
	Returned  State = "returned"  // the police want it otherwise
)

// Letterhead is what the report's paper says beside its content, as NĐ
// 30/2020/NĐ-CP wants it. What is empty leaves a gap to be filled in by hand.
type Letterhead struct {
	Parent     string     `json:"parent,omitempty"` // "UBND tỉnh Lào Cai"
	Agency     string     `json:"agency,omitempty"` // "Sở Tư pháp"; "" = the department's name
	Symbol     string     `json:"symbol,omitempty"` // "BC-STP"
	Place      string     `json:"place,omitempty"`  // "Lào Cai"
	Number     string     `json:"number,omitempty"` // "5"
	Date       vntime.Day `json:"date,omitempty"`   // 0 = to be filled in
	Signer     Signer     `json:"signer"`
	Recipients []string   `json:"recipients"`         // Nơi nhận
	Bases      []string   `json:"bases"`              // căn cứ; none = those of QĐ 1911/QĐ-TTg
	Platform   string     `json:"platform,omitempty"` // that data passes through; "" = the province's LGSP
}

// Signer is the person who signs.
type Signer struct {
	Authority string `json:"authority,omitempty"` // "KT. GIÁM ĐỐC"; "" = the head of the agency signs
	Position  string `json:"position,omitempty"`
	Name      string `json:"name,omitempty"`
}

// provincial reports whether the paper is the province's.
func (p Paper) provincial() bool { return p.Report.Scope == "" }
