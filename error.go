package lgsp

import (
	"errors"
	"strings"
	"time"
)

// Kind says who is at fault, and so what to do. Stored and sent: never reorder.
type Kind uint8

// The world is at fault: try again.
const (
	Unknown     Kind = iota // nothing is known; counts as the world
	Unavailable             // the other side cannot be reached or cannot work
	Denied                  // our credential was refused or has expired
	Throttled               // too much at once
)

// The message is at fault: trying again would not help.
const (
	Invalid   Kind = iota + 4 // it breaks a rule of form or content
	Refused                   // the upstream understood it and said no
	Conflict                  // another message has its id
	NotFound                  // what it names does not exist
	Forbidden                 // the sender may not do this
)

var kindNames = [...]string{"unknown", "unavailable", "denied", "throttled", "invalid", "refused", "conflict", "not found", "forbidden"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[Unknown]
}

// World reports whether the fault lies with the world, not with the message.
func (k Kind) World() bool { return k <= Throttled }

// Error is an error whose kind is known.
type Error struct {
	Kind   Kind
	Op     string        // what was being done, "soap.read"
	Code   string        // a stable word for programs, "Malformed"; sent as the subcode of a Fault
	Text   string        // a complete Vietnamese sentence for a person, saying what to do; no secret, no citizen data
	Fields []FieldError  // every bad field, when Kind is Invalid
	After  time.Duration // when trying again makes sense; 0 = not said
	Err    error         // the cause, in English, for the log
}

// FieldError is one bad field of a message. It never holds the value found.
type FieldError struct {
	Path  string // where, in the sender's own names: "/DangKyKhaiSinh/Tre/NgaySinh"
	Code  string // what is wrong, a stable word: missing, length, pattern, date, code, divided, number, must, repeated, unknown; or doubtful: personal-id
	Text  string // what is wrong, in Vietnamese
	Found string // what the value looks like, "9 chữ số"; "" = there is nothing to tell
	Want  string // what is expected: "dd/MM/yyyy"
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	b.WriteString(e.Kind.String())
	if e.Code != "" {
		b.WriteString(" (" + e.Code + ")")
	}
	for i, f := range e.Fields {
		if i == 3 {
			b.WriteString(", …")
			break
		}
		b.WriteString(", " + f.Path + " " + f.Code)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the first *Error in err's chain, Unknown if there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Unknown
}

// TextOf returns the sentence for a person of the first *Error in err's chain
// that has one, "" if there is none.
func TextOf(err error) string {
	var e *Error
	for errors.As(err, &e) {
		if e.Text != "" {
			return e.Text
		}
		err = e.Err
	}
	return ""
}
