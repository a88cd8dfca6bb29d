package wire

import (
	"errors"
	"fmt"
	"strings"
	"time"

	lgsp "lgsp.internal/adapter"
)

// ToEnvelope returns the message of e, whose body must be UTF-8 already.
func ToEnvelope(e lgsp.Envelope) *Envelope {
	return &Envelope{Id: e.ID[:], Source: text(e.Source), Sender: text(e.Sender), System: text(e.System),
		Service: text(e.Service), Received: e.Received.UnixMilli(), Body: e.Body}
}

// FromEnvelope returns what a message of an envelope says. An id that is not
// one is an error.
func FromEnvelope(m *Envelope) (lgsp.Envelope, error) {
	e := lgsp.Envelope{Source: m.GetSource(), Sender: m.GetSender(), System: m.GetSystem(), Service: m.GetService(),
		Received: time.UnixMilli(m.GetReceived()).UTC(), Body: m.GetBody()}
	if len(m.GetId()) != len(e.ID) {
		return e, Cause(fmt.Sprintf("an id has %d bytes, want %d", len(m.GetId()), len(e.ID)))
	}
	copy(e.ID[:], m.GetId())
	return e, nil
}

// ToDocument returns the message of d.
func ToDocument(d lgsp.Document) *Document {
	m := &Document{Route: text(d.Route), LegacyId: text(d.LegacyID), Lane: text(d.Lane), Subject: text(d.Subject),
		Body: d.Body, Warnings: toFields(d.Warnings)}
	if d.Purpose != (lgsp.Purpose{}) {
		m.Purpose = &Purpose{Procedure: text(d.Purpose.Procedure), Officer: text(d.Purpose.Officer), Unit: text(d.Purpose.Unit)}
	}
	return m
}

// FromDocument returns what a message of a document says; nil is the zero document.
func FromDocument(m *Document) lgsp.Document {
	p := m.GetPurpose()
	return lgsp.Document{Route: m.GetRoute(), LegacyID: m.GetLegacyId(), Lane: m.GetLane(), Subject: m.GetSubject(),
		Purpose:  lgsp.Purpose{Procedure: p.GetProcedure(), Officer: p.GetOfficer(), Unit: p.GetUnit()},
		Warnings: fromFields(m.GetWarnings()), Body: m.GetBody()}
}

// ToError returns the message of the first *lgsp.Error in err's chain, of kind
// Unknown if there is none; nil for nil.
//
// Of an error that is no *lgsp.Error, and of the cause of one that is, only the
// types cross: what it says may hold a value of the message, as that of
// strconv.Atoi does.
func ToError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *lgsp.Error
	if !errors.As(err, &e) {
		return &Error{Kind: Kind_UNKNOWN, Cause: types(err)}
	}
	m := &Error{Kind: Kind(e.Kind), Code: text(e.Code), Text: text(e.Text), Fields: toFields(e.Fields), After: milliseconds(e.After)}
	if e.Err != nil {
		m.Cause = types(e.Err)
	}
	return m
}

// Cause is an error whose words may cross: they are the SDK's own, and nothing
// of a message is in them.
type Cause string

func (c Cause) Error() string { return string(c) }

// Bounds of the types that are told of one error.
const (
	mostTypes    = 16      // in a chain
	longestTypes = 2 << 10 // bytes, beyond which no further branch is told
)

// types names what an error is made of, the outermost first:
// "*strconv.NumError: *errors.errorString".
func types(err error) string {
	var b strings.Builder
	writeTypes(&b, err)
	return b.String()
}

func writeTypes(b *strings.Builder, err error) {
	for n := 0; err != nil; n++ {
		if n > 0 {
			b.WriteString(": ")
		}
		if n == mostTypes || b.Len() > longestTypes {
			b.WriteString("…")
			return
		}
		if c, ok := err.(Cause); ok { //nolint:errorlint // each error of the chain is looked at by itself
			b.WriteString(text(string(c)))
			return
		}
		fmt.Fprintf(b, "%T", err)
		switch e := err.(type) { //nolint:errorlint // as above
		case interface{ Unwrap() error }:
			err = e.Unwrap()
		case interface{ Unwrap() []error }:
			writeBranches(b, e.Unwrap())
			return
		default:
			return
		}
	}
}

func writeBranches(b *strings.Builder, all []error) {
	b.WriteString(": (")
	for i, err := range all {
		if i > 0 {
			b.WriteString(", ")
		}
		if b.Len() > longestTypes {
			b.WriteString("…")
			break
		}
		writeTypes(b, err)
	}
	b.WriteString(")")
}

// FromError returns the error that a message says, nil for nil. A kind that
// this side does not know is Unknown.
func FromError(op string, m *Error) error {
	if m == nil {
		return nil
	}
	e := &lgsp.Error{Op: op, Code: m.GetCode(), Text: m.GetText(), Fields: fromFields(m.GetFields()), After: duration(m.GetAfter())}
	if _, known := Kind_name[int32(m.GetKind())]; known {
		e.Kind = lgsp.Kind(m.GetKind())
	}
	if m.GetCause() != "" {
		e.Err = Cause(m.GetCause())
	}
	return e
}

// ToReply returns the request for a reply to e, whose body must be UTF-8
// already, with the answer a.
func ToReply(e lgsp.Envelope, a lgsp.Ack) *ReplyRequest {
	return &ReplyRequest{Envelope: ToEnvelope(e), Ref: text(a.Ref), At: a.At.UnixMilli(), Body: a.Body}
}

// FromReply returns what a request for a reply says. An id that is not one is
// an error.
func FromReply(m *ReplyRequest) (lgsp.Envelope, lgsp.Ack, error) {
	e, err := FromEnvelope(m.GetEnvelope())
	return e, lgsp.Ack{Ref: m.GetRef(), At: time.UnixMilli(m.GetAt()).UTC(), Body: m.GetBody()}, err
}

func toFields(fields []lgsp.FieldError) []*FieldError {
	if len(fields) == 0 {
		return nil
	}
	all := make([]*FieldError, len(fields))
	for i, f := range fields {
		all[i] = &FieldError{Path: text(f.Path), Code: text(f.Code), Text: text(f.Text), Want: text(f.Want), Found: text(f.Found)}
	}
	return all
}

func fromFields(all []*FieldError) []lgsp.FieldError {
	if len(all) == 0 {
		return nil
	}
	fields := make([]lgsp.FieldError, len(all))
	for i, m := range all {
		fields[i] = lgsp.FieldError{Path: m.GetPath(), Code: m.GetCode(), Text: m.GetText(), Want: m.GetWant(), Found: m.GetFound()}
	}
	return fields
}

// text makes s fit for the wire. One letter that is none would have the whole
// batch refused, with the messages of others.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// milliseconds rounds up, so that a short wait does not become none.
func milliseconds(d time.Duration) int64 {
	return int64((max(d, 0) + time.Millisecond - 1) / time.Millisecond)
}

// longest is the longest wait that is taken at its word.
const longest = 24 * time.Hour

func duration(ms int64) time.Duration {
	return time.Duration(min(max(ms, 0), int64(longest/time.Millisecond))) * time.Millisecond
}
