// Package report counts what the record says and compiles the six-month and
// annual reports from these counts: data only, no layout.
//
// It promises that every number of a Report is arithmetic on entries of the
// record, so that Verify can make it again from them; that the counts are kept
// in the commit of the entries; and that an exchange is counted once, as
// docs/reports.md defines. QĐ 1911/QĐ-TTg; KH 156/KH-UBND. // req
package report

import (
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
)

// Format is the version of a Report's JSON. It grows when a field changes its
// meaning, not when one is added.
const Format = 1

// Report is the figures of one period, of one department or of the province.
// Every list is in the order of its keys, so that the same record gives the
// same bytes of JSON.
type Report struct {
	Format   int        `json:"format"`
	Period   Period     `json:"period"`
	From     vntime.Day `json:"from"` // first day
	To       vntime.Day `json:"to"`   // last day
	Over     bool       `json:"over"` // the period had ended when the report was compiled
	Province string     `json:"province"`
	Scope    string     `json:"scope,omitempty"` // agency code of the one department it is about; "" = the province
	At       time.Time  `json:"at"`              // when it was compiled, UTC

	// Nodes are the daemons that the figures come from, the compiling one first,
	// each with the end of its record that they rest on.
	Nodes []Node `json:"nodes"`

	Departments []Department `json:"departments"` // that the figures are of
	Services    []Service    `json:"services"`    // that occur in the figures
	Systems     []System     `json:"systems"`     // that are connected

	Total    Totals         `json:"total"`
	Before   *Totals        `json:"before,omitempty"` // of the previous period; nil = nothing is on record of it
	LookUps  []LookUpLine   `json:"lookups"`          // by department, system, service
	Messages []MessageLine  `json:"messages"`         // by department, service
	Notices  []NoticeLine   `json:"notices"`          // by department
	Fields   []FieldLine    `json:"fields"`           // most often wrong first
	Groups   []GroupLine    `json:"groups"`           // groups of linked procedures
	Backlogs []BacklogLine  `json:"backlogs"`         // by department, of those that had one
	Outages  []OutageLine   `json:"outages"`          // by upstream
	Security []SecurityLine `json:"security"`         // by event and code
	Months   []MonthLine    `json:"months"`           // by calendar month
}

// Node is one daemon whose figures a report holds.
type Node struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`   // of its last entry that is counted; zero = the record is empty
	Seq  int64     `json:"seq"`  // of that entry
	Hash string    `json:"hash"` // of the chain there, 64 hexadecimal digits
}

// Head returns the end of the record that the node's figures rest on.
func (n Node) Head() (audit.Head, error) { return audit.ParseHead(headText(n.Seq, n.Hash)) }

// Department is an agency that exchanges data.
type Department struct {
	Code string `json:"code"` // QĐ 20/2020/QĐ-TTg, "H29.11"
	Name string `json:"name"` // "" = the configuration does not know it any more
}

// Service is one kind of exchange.
type Service struct {
	Name  string `json:"name"`
	Title string `json:"title"` // "" = the configuration does not know it any more
}

// System is an information system that is connected, as the register of
// approvals tells of it. // req
type System struct {
	Department    string     `json:"department"`
	Name          string     `json:"name"`
	Title         string     `json:"title"`
	Level         int        `json:"level,omitempty"` // of security; 0 = not told
	LevelDecision Decision   `json:"level_decision"`
	Approvals     []Approval `json:"approvals"`
}

// Decision names a document.
type Decision struct {
	Number string `json:"number,omitempty"`
	Date   string `json:"date,omitempty"` // 2025-06-10
}

// Approval lets a system use one service.
type Approval struct {
	Service  string   `json:"service"`
	State    string   `json:"state"` // at the end of the period, or now if that is earlier: in force, asked for, not yet, ended
	Document Decision `json:"document"`
	From     string   `json:"from"`   // first day
	Until    string   `json:"until"`  // last day
	Fields   int      `json:"fields"` // of the answer
	Quota    int      `json:"quota"`  // a day
}

// LookUps counts look-ups (tra cứu, xác thực), each once, when it was answered.
type LookUps struct {
	Total    int64 `json:"total"` // Found + NotFound + Refused + Failed
	Found    int64 `json:"found"`
	NotFound int64 `json:"not_found"`
	Refused  int64 `json:"refused"` // by us: no approval covered it, or it broke a rule
	Failed   int64 `json:"error"`   // the platform gave no answer
	Asked    int64 `json:"asked"`   // of Total, those that came to the platform
	Took     int64 `json:"took"`    // ms, of those that were asked, together
	Slowest  int64 `json:"slowest"` // ms
	Within   Spans `json:"within"`  // of Asked, by LookUpSpans
}

// Messages counts messages that departments share. A message is received once,
// delivered once, and waits in between: Before + Received + Readmitted −
// Delivered − Dropped = Waiting, in every period.
type Messages struct {
	Before     int64 `json:"before"`     // waited already when the period began
	Received   int64 `json:"received"`   // acknowledged
	Readmitted int64 `json:"readmitted"` // rejected once, then sent round by an operator
	Delivered  int64 `json:"delivered"`  // the platform has it
	Dropped    int64 `json:"dropped"`    // given up by an operator, by name
	Waiting    int64 `json:"waiting"`    // wait still when the period ended
	Parked     int64 `json:"parked"`     // of Waiting, those that wait for a person

	Returned   int64 `json:"returned"`   // times that the platform returned a message as wrong
	Retried    int64 `json:"retried"`    // attempts that failed by no fault of a message
	Rejected   int64 `json:"rejected"`   // refused at the door, the sender was told every mistake
	Corrected  int64 `json:"corrected"`  // rejected ones that their sender has corrected
	Abandoned  int64 `json:"abandoned"`  // rejected ones that nobody corrected
	Repeated   int64 `json:"repeated"`   // sent again though acknowledged before
	Conflicted int64 `json:"conflicted"` // the own id of another message
	Denied     int64 `json:"denied"`     // the department is not approved for the service

	Waited  int64 `json:"waited"`  // ms from reception to delivery, of Delivered together
	Longest int64 `json:"longest"` // ms
	Within  Spans `json:"within"`  // of Delivered, by DeliverySpans
}

// Notices counts notices of errors in shared data. // req: R-14
type Notices struct {
	Before int64 `json:"before"` // open already when the period began
	Opened int64 `json:"opened"`
	Sent   int64 `json:"sent"` // to the database's office
	Closed int64 `json:"closed"`
	Open   int64 `json:"open"` // still when the period ended
}

// Spans counts by how long something took: up to the first bound, up to the
// second, …, longer than the last.
type Spans [6]int64

// The bounds of Spans, in ms: of the answer to a look-up, and of the way of a
// message from reception to delivery.
var (
	lookUpSpans   = [len(Spans{}) - 1]int64{500, 1000, 2000, 5000, 10_000}
	deliverySpans = [len(Spans{}) - 1]int64{60_000, 3_600_000, 8 * 3_600_000, 24 * 3_600_000, 72 * 3_600_000}
)

// LookUpSpans returns the bounds of LookUps.Within: 0.5, 1, 2, 5 and 10 seconds.
func LookUpSpans() []time.Duration { return durations(lookUpSpans[:]) }

// DeliverySpans returns the bounds of Messages.Within: a minute, an hour, 8, 24
// and 72 hours.
func DeliverySpans() []time.Duration { return durations(deliverySpans[:]) }

// Totals is what the whole report comes to.
type Totals struct {
	LookUps  LookUps  `json:"lookups"`
	Messages Messages `json:"messages"`
	Notices  Notices  `json:"notices"`
	Outages  int64    `json:"outages"` // how often a platform could not be reached
	Down     int64    `json:"down"`    // ms, together
	Security int64    `json:"security"`
}

// LookUpLine is what one system made of one service.
type LookUpLine struct {
	Department string `json:"department"`
	System     string `json:"system,omitempty"` // "" = the credential named none
	Service    string `json:"service"`
	LookUps
}

// MessageLine is what one department shared by one service.
type MessageLine struct {
	Department string `json:"department"`
	Service    string `json:"service,omitempty"` // "" = refused before the service was known
	Messages
}

// NoticeLine is the notices of one department.
type NoticeLine struct {
	Department string `json:"department"`
	Notices
}

// FieldLine is a field that was wrong when messages were rejected.
type FieldLine struct {
	Department string `json:"department"`
	Service    string `json:"service"`
	Field      string `json:"field"` // its path in the message
	Times      int64  `json:"times"` // messages that were rejected for it
}

// GroupLine is a group of linked procedures (NĐ 63/2024/NĐ-CP; QĐ 1911 Điều 3.3c). // req: R-22
type GroupLine struct {
	Title     string   `json:"title"`
	Services  []string `json:"services"`
	Received  int64    `json:"received"`
	Delivered int64    `json:"delivered"`
	InTime    int64    `json:"in_time"` // delivered within 24 hours
	Late      int64    `json:"late"`    // delivered later
	Waiting   int64    `json:"waiting"`
}

// BacklogLine is the largest number of messages of a department that waited at
// the end of a day.
type BacklogLine struct {
	Department string     `json:"department"`
	Most       int64      `json:"most"`
	On         vntime.Day `json:"on"` // the first such day
}

// OutageLine is how often and for how long a platform could not be reached, or
// the daemon itself did not run. Only the part within the period counts. // req: R-17
type OutageLine struct {
	Node     string    `json:"node"`
	Upstream string    `json:"upstream,omitempty"` // "" = the daemon itself
	Line     string    `json:"line,omitempty"`     // messages or look-ups
	Times    int64     `json:"times"`
	Down     int64     `json:"down"`    // ms, together
	Longest  int64     `json:"longest"` // ms
	Began    time.Time `json:"began"`   // the longest one
}

// SecurityLine counts events that touch security: refusals, lock-outs, sign-ins,
// changes of accounts and of mappings.
type SecurityLine struct {
	Department string `json:"department,omitempty"` // "" = of no department
	Event      string `json:"event"`                // audit.Event
	Code       string `json:"code,omitempty"`
	Times      int64  `json:"times"`
}

// MonthLine is one calendar month, or the part of it that lies in the period.
type MonthLine struct {
	From     vntime.Day `json:"from"`
	To       vntime.Day `json:"to"`
	LookUps  LookUps    `json:"lookups"`
	Messages Messages   `json:"messages"`
}
