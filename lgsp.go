// Package lgsp holds the words that every part of the adapter speaks: what a
// department sent, what it became, and what can go wrong.
//
// It imports nothing but the standard library, and nothing in it does I/O.
package lgsp

import (
	"encoding/hex"
	"errors"
	"io"
	"time"
)

// ID names one message for ever. It travels to the upstream as the request
// code (MaYeuCau, Idempotency-Key) and is unchanged by retries, restarts and
// replays. It is a version 7 UUID (RFC 9562 §5.7): 36 characters, which fits
// the 40 that MaYeuCau allows.
type ID [16]byte

// NewID returns an ID for a message received at t, with 74 bits read from random.
func NewID(t time.Time, random io.Reader) (ID, error) {
	var id ID
	if _, err := io.ReadFull(random, id[6:]); err != nil {
		return ID{}, err
	}
	ms := uint64(t.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id, nil
}

// String returns the ID in its text form, as in "0190f1d0-6b1c-7c3a-9f00-3b2a1c0d9e8f".
func (id ID) String() string {
	var b [36]byte
	hex.Encode(b[0:8], id[0:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:36], id[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// ParseID reads the text form of an ID.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, errors.New("not a message id: want 36 characters, as in 0190f1d0-6b1c-7c3a-9f00-3b2a1c0d9e8f")
	}
	if _, err := hex.Decode(id[:], []byte(s[0:8]+s[9:13]+s[14:18]+s[19:23]+s[24:36])); err != nil {
		return ID{}, errors.New("not a message id: a character is not hexadecimal")
	}
	return id, nil
}

// Envelope is one message exactly as a department sent it.
type Envelope struct {
	ID       ID
	Source   string    // the adapter instance that received it, "soap"
	Sender   string    // authenticated agency code in the form of QĐ 20/2020/QĐ-TTg, "H29.11"
	System   string    // the sender's own system, as the register of approvals names it; "" = its credential names none
	Service  string    // "hotich.khai-sinh"
	Received time.Time // UTC
	Charset  string    // of Body, as settled at the door: a name that vntext.Decode knows; "" is UTF-8
	Body     []byte    // the bytes received, never rewritten
}

// Document is what a mapper made of an envelope.
//
// When Map returns an error of Kind Invalid, the document holds LegacyID, Lane
// and Subject so far as they could be read, and no Body.
type Document struct {
	Route    string // operation of the upstream, "nhanHoSoDKHT"
	LegacyID string // the sender's own id of the message; "" = it has none
	Lane     string // messages of one lane are delivered in order; "" = any order
	Subject  string // personal id the exchange is about; only its keyed hash leaves memory unencrypted
	Purpose  Purpose
	Body     []byte // what the upstream is sent, ready for its transport

	// Warnings are fields that are doubtful and were taken all the same. The
	// sender is told of them with its receipt; they are not kept.
	Warnings []FieldError
}

// Purpose says on whose behalf and for what an exchange is made. Every exchange
// is attributable (TT 46/2022/TT-BCA, log of connecting, sharing and using).
type Purpose struct {
	Procedure string // MaDVC, code of the administrative procedure, "1.004222"
	Officer   string // MaCanBo, the officer's own code
	Unit      string // MaDonVi, agency code
}

// Receipt is what a source gets for a message that is on disk.
type Receipt struct {
	ID        ID
	State     State        // of the message with that ID
	Duplicate bool         // the same message came before; ID and State are the first one's
	Warnings  []FieldError // of this message, not of the first
}

// Ack is an upstream's word that a document has taken effect.
type Ack struct {
	Ref  string    // upstream's own reference, "" if it gave none
	At   time.Time // UTC
	Body []byte    // the answer, for look-ups; empty for deliveries
}

// State is where a message is in its life. Stored and sent: never reorder.
type State uint8

// The states; the drawing in docs/design.md shows the arrows between them.
const (
	Queued     State = iota + 1 // due now or later
	Leased                      // an attempt is under way
	Delivered                   // the upstream has it
	Parked                      // waits for a person
	Rejected                    // could not be mapped, the sender was told
	Superseded                  // was rejected, then corrected by its sender
	Dropped                     // given up by an operator, by name
)

var stateNames = [...]string{"", "queued", "leased", "delivered", "parked", "rejected", "superseded", "dropped"}

func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return ""
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
