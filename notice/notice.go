// Package notice keeps the notices of errors that departments find in shared
// data of the population database, from opening to the answer of its office.
//
// It promises that a notice whose Open returned nil is on disk under a number
// that no other has and that leaves no gap in its year, that each arrow between
// two states is one commit together with its entry in the record, and that what
// a notice says of people rests encrypted and leaves after it is closed.
// TT 46/2022/TT-BCA: errors are notified promptly. // req: R-14
package notice

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// State is where a notice is in its life. Stored: never reorder.
type State uint8

// The states, and where they lead:
//
//	new ──▶ sent ──▶ answered ──▶ closed
//	          ▲ asked again │
//	          └─────────────┘
//	new, sent ── withdrawn ──▶ closed
const (
	New      State = iota + 1 // a department has found an error
	Sent                      // the population database's office was told
	Answered                  // the office has answered
	Closed                    // nothing is left to be done
)

var stateNames = [...]string{"", "new", "sent", "answered", "closed"}

func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return ""
}

// MarshalText writes the name of the state.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name of a state.
func (s *State) UnmarshalText(text []byte) error {
	state, ok := ParseState(string(text))
	if !ok {
		return fmt.Errorf("there is no state %q", text)
	}
	*s = state
	return nil
}

// ParseState reads the name of a state.
func ParseState(s string) (State, bool) {
	for i, name := range stateNames {
		if i > 0 && name == s {
			return State(i), true
		}
	}
	return 0, false
}

// Number names a notice for ever: the running number of its year in Vietnam,
// "12/2026". The zero Number names none.
type Number struct{ Year, N int }

func (n Number) String() string {
	if n == (Number{}) {
		return ""
	}
	return fmt.Sprintf("%d/%d", n.N, n.Year)
}

// MarshalText writes the number as String does.
func (n Number) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (n *Number) UnmarshalText(text []byte) (err error) {
	if *n = (Number{}); len(text) > 0 {
		*n, err = ParseNumber(string(text))
	}
	return err
}

var errNumber = errors.New("not the number of a notice: want one as in 12/2026")

// ParseNumber reads "12/2026", also with zeros before the number.
func ParseNumber(s string) (Number, error) {
	n, year, _ := strings.Cut(s, "/")
	if len(n) == 0 || len(n) > 9 || len(year) != 4 || strings.Trim(n+year, "0123456789") != "" {
		return Number{}, errNumber
	}
	number, err := strconv.Atoi(n)
	if err != nil || number == 0 {
		return Number{}, errNumber
	}
	of, err := strconv.Atoi(year)
	if err != nil || of == 0 {
		return Number{}, errNumber
	}
	return Number{Year: of, N: number}, nil
}

// yearOf is the year in Vietnam, which has kept UTC+7 since 1975.
func yearOf(t time.Time) int { return vietnam(t).Year() }

// Opening is what a department opens a notice with.
type Opening struct {
	Sender    string // agency code, "H29.11"
	System    string // the sender's own system; "" = not said
	Officer   string // MaCanBo
	Unit      string // MaDonVi
	Procedure string // MaDVC of the procedure in which the error was found
	LegacyID  string // the sender's own id, by which a repeat is known; "" = it has none
	Message   string // ID of the message that brought it, for the record; "" = none
	Operator  string // who opened it by command, for the record; "" = the sender's system did

	Content
}

// Content is what a notice says. It is citizen data.
type Content struct {
	Subject string  `json:"subject,omitempty"` // personal id, 12 digits
	OldID   string  `json:"old_id,omitempty"`  // number of the old identity card, 9 or 12 digits
	Name    string  `json:"name,omitempty"`
	Wrong   []Field `json:"wrong,omitempty"`
	Text    string  `json:"text,omitempty"`    // what is wrong, in words
	Contact string  `json:"contact,omitempty"` // whom the office may ask
}

// Field is one field whose shared value is wrong.
type Field struct {
	Path     string `json:"path"`               // as the catalogue of fields names it, "HoVaTen"
	Shared   string `json:"shared,omitempty"`   // the value that was shared
	Right    string `json:"right,omitempty"`    // the value that it should be
	Evidence string `json:"evidence,omitempty"` // what shows that
}

// Notice is one notice.
type Notice struct {
	Number    Number    `json:"number"`
	State     State     `json:"state"`
	Sender    string    `json:"sender"`
	System    string    `json:"system,omitempty"`
	Officer   string    `json:"officer,omitempty"`
	Unit      string    `json:"unit,omitempty"`
	Procedure string    `json:"procedure,omitempty"`
	Opened    time.Time `json:"opened"`  // UTC, milliseconds
	Changed   time.Time `json:"changed"` // when it came to State; UTC, milliseconds
	Removed   bool      `json:"removed"` // the content was kept for long enough

	// What follows is citizen data or may be. Only Get tells it.
	LegacyID string   `json:"legacy_id,omitempty"`
	Content  *Content `json:"content,omitempty"` // nil = removed, or not told
	Steps    []Step   `json:"steps,omitempty"`   // what came of it, oldest first
}

// Deed is what an operator says with an arrow between two states.
type Deed struct {
	By       string `json:"by"`                 // the operator's name
	Document string `json:"document,omitempty"` // number of the document, "12/CV-SKHCN"
	Date     string `json:"date,omitempty"`     // of the document, "2026-11-22"
	Text     string `json:"text,omitempty"`     // the answer, or the reason for closing
}

// Step is an arrow that a notice went along after it was opened.
type Step struct {
	State State     `json:"state"` // that it led to
	At    time.Time `json:"at"`
	Deed
}

// Last returns the last step that led to a state.
func (n Notice) Last(to State) (Step, bool) {
	for i := len(n.Steps) - 1; i >= 0; i-- {
		if n.Steps[i].State == to {
			return n.Steps[i], true
		}
	}
	return Step{}, false
}
