// Package filing brings the departments' reports of a period to the report of
// the province that is issued.
//
// It promises that each arrow between two states is one commit together with its
// entry in the record, that nobody overwrites what he has not seen, that what
// was confirmed, consolidated or issued is kept byte for byte in every version,
// and that Verify finds where it is not what the record says. KH 156/KH-UBND;
// QĐ 1911/QĐ-TTg. // req
package filing

import (
	"fmt"
	"time"

	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/vntime"
	"lgsp.internal/adapter/report"
)

// State is where a report is on its way. Stored: never reorder.
type State uint8

// The states of a department's report, and where they lead:
//
//	none ── save ─▶ draft ── complete ─▶ completed ── confirm ─▶ confirmed ── receive ─▶ received
//	                 ▲ ▲◀──── reopen ───────┘                        │                      │
//	                 └─── save, a new version ── returned ◀── return ┴──────────────────────┘
//
// and of the province's:
//
//	none ── save ─▶ draft ── consolidate ─▶ consolidated ── issue ─▶ issued
//	  └───────────────┼─── consolidate ────────▲ │ │
//	                  └◀─ save, a new version ───┘ └─ consolidate, a new version ─▶ consolidated
const (
	None         State = iota // nobody has begun it
	Draft                     // somebody has written something
	Completed                 // the department's officer says that nothing is missing
	Confirmed                 // frozen, and sent to the police
	Received                  // the police have taken it
	Returned                  // the police want it otherwise; the next save begins a new version
	Consolidated              // the province's figures and the departments' statements are frozen
	Issued                    // the province's report has its number and date
)

var stateNames = [...]string{"none", "draft", "completed", "confirmed", "received", "returned", "consolidated", "issued"}

var stateTitles = [...]string{"chưa lập", "đang lập", "đã hoàn thiện", "đã xác nhận", "đã tiếp nhận", "bị trả lại", "đã tổng hợp", "đã ban hành"}

func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return ""
}

// Title returns the state as people read it.
func (s State) Title() string {
	if int(s) < len(stateTitles) {
		return stateTitles[s]
	}
	return ""
}

// Frozen reports whether a version in this state changes no more.
func (s State) Frozen() bool { return s >= Confirmed && s <= Issued }

// MarshalText writes the name of the state.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name of a state.
func (s *State) UnmarshalText(text []byte) error {
	for i, name := range stateNames {
		if name == string(text) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("there is no state %q", text)
}

// stateAfter is the state that the event of a step leads to.
func stateAfter(e audit.Event) State {
	switch e {
	case audit.ReportDrafted, audit.ReportReopened:
		return Draft
	case audit.ReportCompleted:
		return Completed
	case audit.ReportConfirmed:
		return Confirmed
	case audit.ReportReceived:
		return Received
	case audit.ReportReturned:
		return Returned
	case audit.ReportConsolidated:
		return Consolidated
	case audit.ReportIssued:
		return Issued
	}
	return None
}

// Key names the report of a period.
type Key struct {
	Period     report.Period `json:"period"`
	Department string        `json:"department,omitempty"` // agency code, "H29.11"; "" = the province
}

// String returns the key as the record has it: "2026-H1/H29.11", "2026-H1" for
// the province.
func (k Key) String() string {
	if k.Department == "" {
		return k.Period.String()
	}
	return k.Period.String() + "/" + k.Department
}

// Who does something. Account stands on record as the operator, with the name
// behind it.
type Who struct {
	Account string `json:"account"`
	Name    string `json:"name,omitempty"` // full name, "Trần Thị Thử"
}

func (w Who) String() string {
	if w.Name == "" {
		return w.Account
	}
	return w.Account + " (" + w.Name + ")"
}

// orAccount is the name, for people to read.
func (w Who) orAccount() string {
	if w.Name == "" {
		return w.Account
	}
	return w.Name
}

// Filing is one version of a report.
type Filing struct {
	Key
	Version   int              `json:"version"` // 1, 2, …; 0 = nobody has begun
	State     State            `json:"state"`
	Revision  int64            `json:"revision"` // of the report as a whole; a deed names the one that was seen; 0 = nobody has begun
	Statement report.Statement `json:"statement"`
	Edited    time.Time        `json:"edited"` // when the statement was saved last; UTC, milliseconds
	Editor    Who              `json:"editor"`
	Hash      string           `json:"hash,omitempty"`   // SHA-256 of the frozen text, 64 hexadecimal digits; "" = not frozen
	Number    string           `json:"number,omitempty"` // of the document, "12/BC-CATP"; "" = not issued
	Date      string           `json:"date,omitempty"`   // of the document, "2026-06-20"
}

// Step is an arrow that a report went along.
type Step struct {
	Event   audit.Event `json:"event"`
	State   State       `json:"state"` // that it led to
	Version int         `json:"version"`
	At      time.Time   `json:"at"`
	By      Who         `json:"by"`
	Reason  string      `json:"reason,omitempty"`
}

// Province is the province's report as it was frozen.
type Province struct {
	Report    report.Report    `json:"report"`    // the figures of the whole province
	Statement report.Statement `json:"statement"` // of the police
	Parts     []Part           `json:"parts"`     // the departments' reports in it, by code
	Missing   []Missing        `json:"missing"`   // the departments without one, by code
	Reason    string           `json:"reason,omitempty"`
	By        string           `json:"by"` // full name of who consolidated it
	At        time.Time        `json:"at"` // UTC
}

// Part is a department's report that stands in the province's.
type Part struct {
	Department string           `json:"department"`
	Version    int              `json:"version"`
	State      State            `json:"state"` // Received, or Confirmed when it was not yet
	Hash       string           `json:"hash"`  // of its frozen text
	Statement  report.Statement `json:"statement"`
	By         string           `json:"by"` // who confirmed it
	At         time.Time        `json:"at"`
}

// Missing is a department that the province's report has no statement of.
type Missing struct {
	Department string `json:"department"`
	State      State  `json:"state"`
	Version    int    `json:"version,omitempty"`
}

// today is the day in Vietnam.
func (d *Desk) today() vntime.Day { return vntime.DayOf(d.opt.Now()) }
