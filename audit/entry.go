package audit

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// Event is what happened. Stored and reported on: never rename.
type Event string

// The events of a message, one for each arrow of its states, and of the door.
const (
	Accepted   Event = "accepted"   // on disk and acknowledged; attempt 1 may begin in the same commit
	Repeated   Event = "repeated"   // the sender sent it again; nothing else changed
	Rejected   Event = "rejected"   // could not be mapped; kept, and the sender was told
	Conflicted Event = "conflicted" // another message has its own id; not kept
	Denied     Event = "denied"     // the sender is not approved for the service; not kept
	Leased     Event = "leased"     // an attempt begins
	Delivered  Event = "delivered"  // the upstream has it
	Retried    Event = "retried"    // the attempt did not succeed, the world is at fault
	Parked     Event = "parked"     // the message is at fault, or an operator holds it
	Replayed   Event = "replayed"   // an operator sent it round again
	Dropped    Event = "dropped"    // an operator gave it up, or, rejected, it was kept for long enough
	Superseded Event = "superseded" // a corrected repeat took its place
	Started    Event = "started"    // the daemon started
	Stopped    Event = "stopped"    // the daemon stopped in order

	// The mapping of a service was replaced while the daemon ran; Detail is the
	// hash of the old one's folder, an arrow, and the hash of the new one's.
	MappingChanged Event = "mapping-changed"

	// The oldest entries were removed, in the commit of this one, and are carried;
	// Detail is PrunedDetail.
	Pruned Event = "pruned"

	// An operator had the counts of reports made anew from the record.
	Recounted Event = "recounted"

	// A look-up was made or refused, as Result says; before its answer leaves.
	Asked Event = "asked"

	// The attempts at an upstream were stopped because it did not work, and are
	// made again; Detail is the line, Messages or LookUps, each of which has its
	// own. Took is how long it was down. A daemon that ends leaves an upstream
	// down on record: Stopped ends that, and where the daemon was killed Started.
	UpstreamDown Event = "upstream-down"
	UpstreamUp   Event = "upstream-up"

	// So many wrong log-ins came that the door stays shut for a while; Detail is
	// OfDepartment, when it is shut for a name of Sender, or OfAddress.
	LockedOut Event = "locked-out"

	// A notice of an error in shared data, one for each arrow of its states.
	NoticeOpened   Event = "notice-opened"
	NoticeSent     Event = "notice-sent"
	NoticeAnswered Event = "notice-answered"
	NoticeClosed   Event = "notice-closed"

	// People sign in to the web pages with accounts. A failed sign-in has an
	// Account only where one has that name: people type passwords there.
	SignedIn        Event = "signed-in"
	SignInFailed    Event = "sign-in-failed"
	SignedOut       Event = "signed-out"
	AccountLocked   Event = "account-locked" // for a while, after wrong passwords
	AccountAdded    Event = "account-added"
	AccountChanged  Event = "account-changed"
	PasswordChanged Event = "password-changed" // by the account itself

	// A report of a period, one for each arrow of its states; Detail is version
	// and hash of what was frozen, or the reason for returning it.
	ReportDrafted      Event = "report-drafted"      // somebody has begun a version
	ReportCompleted    Event = "report-completed"    // by the department's officer
	ReportReopened     Event = "report-reopened"     // he goes on writing
	ReportConfirmed    Event = "report-confirmed"    // frozen
	ReportReceived     Event = "report-received"     // by the police
	ReportReturned     Event = "report-returned"     // with a reason
	ReportConsolidated Event = "report-consolidated" // the province's is frozen
	ReportIssued       Event = "report-issued"       // it has number and date
	ReportImported     Event = "report-imported"     // figures of another daemon were taken
)

// What Detail says of UpstreamDown and UpstreamUp, and of LockedOut. Stored and
// reported on: never rename.
const (
	Messages     = "messages"
	LookUps      = "look-ups"
	OfDepartment = "department"
	OfAddress    = "address"
)

// Result is what came of a look-up. Stored and reported on: never rename.
type Result string

// The results of a look-up.
const (
	Found    Result = "found"
	NotFound Result = "not-found"
	Refused  Result = "refused" // by us: no approval covers it, or it breaks a rule
	Failed   Result = "error"   // the upstream gave no answer
)

// Entry is one line of the record. Empty fields are left out of its text.
// It never holds citizen data: Subject is a keyed pseudonym, Detail is ours.
type Entry struct {
	Seq       int64     `json:"seq"`
	At        time.Time `json:"at"` // UTC, milliseconds
	Event     Event     `json:"event"`
	Message   string    `json:"message,omitempty"` // the message's ID
	Sender    string    `json:"sender,omitempty"`
	System    string    `json:"system,omitempty"` // the sender's own system
	Service   string    `json:"service,omitempty"`
	Upstream  string    `json:"upstream,omitempty"`
	Subject   string    `json:"subject,omitempty"`
	Answered  string    `json:"answered,omitempty"`  // pseudonyms of others of whom the answer told something, spaces between
	Procedure string    `json:"procedure,omitempty"` // MaDVC
	Officer   string    `json:"officer,omitempty"`   // MaCanBo
	Unit      string    `json:"unit,omitempty"`      // MaDonVi
	Operator  string    `json:"operator,omitempty"`  // who ran a command, or did it on a page
	Account   string    `json:"account,omitempty"`   // name of the account that it was done to
	Notice    string    `json:"notice,omitempty"`    // number of a notice, "12/2026"
	Report    string    `json:"report,omitempty"`    // period of a report, of a department's with its code: "2026-H1/H29.11"
	Result    Result    `json:"result,omitempty"`    // of a look-up; Refused of a message that was parked and never sent
	Fields    string    `json:"fields,omitempty"`    // paths of the fields that a look-up returned, or that were wrong in a rejected message, spaces between
	From      string    `json:"from,omitempty"`      // state of the message before, where the event alone does not tell it
	Attempt   int64     `json:"attempt,omitempty"`
	Kind      string    `json:"kind,omitempty"`   // of the error
	Code      string    `json:"code,omitempty"`   // of the error
	Ref       string    `json:"ref,omitempty"`    // the upstream's own reference
	Took      int64     `json:"took,omitempty"`   // ms that the attempt took, or that the upstream was down
	Waited    int64     `json:"waited,omitempty"` // ms from reception to delivery
	Detail    string    `json:"detail,omitempty"`
}

// stamp is the form of At: RFC 3339 in UTC with three digits of a second.
const stamp = "2006-01-02T15:04:05.000Z"

// append writes the entry's text, keys in the order of the struct.
func (e *Entry) append(b []byte) []byte {
	b = append(b, `{"seq":`...)
	b = strconv.AppendInt(b, e.Seq, 10)
	b = append(b, `,"at":"`...)
	b = append(appendStamp(b, e.At), '"')
	for _, f := range [...]struct{ key, value string }{
		{"event", string(e.Event)}, {"message", e.Message}, {"sender", e.Sender}, {"system", e.System}, {"service", e.Service},
		{"upstream", e.Upstream}, {"subject", e.Subject}, {"answered", e.Answered}, {"procedure", e.Procedure}, {"officer", e.Officer},
		{"unit", e.Unit}, {"operator", e.Operator}, {"account", e.Account}, {"notice", e.Notice}, {"report", e.Report}, {"result", string(e.Result)}, {"fields", e.Fields},
		{"from", e.From},
	} {
		b = appendText(b, f.key, f.value)
	}
	b = appendNumber(b, "attempt", e.Attempt)
	b = appendText(b, "kind", e.Kind)
	b = appendText(b, "code", e.Code)
	b = appendText(b, "ref", e.Ref)
	b = appendNumber(b, "took", e.Took)
	b = appendNumber(b, "waited", e.Waited)
	b = appendText(b, "detail", e.Detail)
	return append(b, '}')
}

// appendStamp writes t in the form of stamp. The form without a fraction is the
// one that the time package writes quickly.
func appendStamp(b []byte, t time.Time) []byte {
	b = t.UTC().AppendFormat(b, time.RFC3339)
	ms := t.Nanosecond() / int(time.Millisecond)
	return append(b[:len(b)-len("Z")], '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z')
}

func appendNumber(b []byte, key string, n int64) []byte {
	if n == 0 {
		return b
	}
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":`...)
	return strconv.AppendInt(b, n, 10)
}

func appendText(b []byte, key, s string) []byte {
	if s == "" {
		return b
	}
	b = append(b, `,"`...)
	b = append(b, key...)
	b = append(b, `":"`...)
	return append(appendEscaped(b, s), '"')
}

const hexDigits = "0123456789abcdef"

// appendEscaped escapes as RFC 8259 §7 demands; bytes that are not UTF-8 become U+FFFD.
func appendEscaped(b []byte, s string) []byte {
	plain := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		b = append(b, s[plain:i]...)
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= utf8.RuneSelf:
			b = append(b, "\ufffd"...)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		}
		i++
		plain = i
	}
	return append(b, s[plain:]...)
}
