// Package clean checks a list of people against the population database (làm
// sạch dữ liệu), so that nobody in it is asked about twice.
//
// The command reads the list and hands it to the daemon in batches (Run); the
// daemon asks, keeps what came of it in its database, and answers (Desk). It
// promises that killing the command neither interrupts an exchange nor has one
// made twice, that a daemon that dies never repeats a question that may have
// left, and that its tables hold nothing that tells who was asked about.
package clean

import (
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"io/fs"
	"log/slog"
	"strconv"
	"time"

	"lgsp.internal/adapter/internal/sqlite"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of the journal, for sqlite.Open.
func Schema() sqlite.Schema {
	files, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sqlite.Schema{Name: "clean", Files: files}
}

const (
	// Source is the source of every envelope that a desk asks.
	Source = "clean"
	// Service is the service that is asked when a question names none.
	Service = "dancu.lam-sach"
	// BatchMost is how many rows one Check takes at most.
	BatchMost = 256
)

// Question says who asks for what, which is the same for a whole list.
type Question struct {
	Department string `json:"department"`        // agency code, "H29.11"
	System     string `json:"system,omitempty"`  // the department's own system, as the register of approvals names it
	Service    string `json:"service,omitempty"` // "" = Service
	Purpose    string `json:"purpose"`           // MaDVC, code of the administrative procedure
	Officer    string `json:"officer"`           // MaCanBo
	Content    string `json:"content"`           // ContentOf the whole list

	// Again is when the command began that asks those anew whose verdict was Failed
	// before, in UTC ms; 0 = nobody is asked anew.
	Again int64 `json:"again,omitempty"`
}

// Row is one person to ask about. It never prints what it holds.
type Row struct {
	N    int    `json:"n"` // from 1, its place among the different people of the list
	ID   string `json:"id,omitempty"`
	CMND string `json:"cmnd,omitempty"` // when there is no ID
	Name string `json:"name"`           // NFC, one space between words
	Born string `json:"born"`           // yyyyMMdd or yyyy
}

// Verdict is what came of asking about a person. Stored and sent: never rename.
type Verdict string

// The verdicts.
const (
	Match   Verdict = "match"   // the person exists and everything asked is right
	Differs Verdict = "differs" // the person exists, and Wrong says what is not right
	Absent  Verdict = "absent"  // nobody has this number
	Failed  Verdict = "failed"  // there is no answer; Reason says why
)

// Field is a field that the population database compares.
type Field string

// The fields.
const (
	FieldName Field = "name"
	FieldBorn Field = "born"
)

// Outcome is what came of one row. A desk returns it once it is on disk.
type Outcome struct {
	N       int       `json:"n"`
	Verdict Verdict   `json:"verdict"`
	Wrong   []Field   `json:"wrong,omitempty"`
	Reason  string    `json:"reason,omitempty"` // a stable word; ReasonText says it in Vietnamese
	Code    string    `json:"code,omitempty"`   // the request code (MaYeuCau)
	At      time.Time `json:"at"`               // UTC, ms; of what was Interrupted, when it was about to be asked
	Known   bool      `json:"known,omitempty"`  // it was in the journal before it was asked for
}

// String tells a row by its place alone.
func (r Row) String() string { return "row " + strconv.Itoa(r.N) }

// GoString is String.
func (r Row) GoString() string { return r.String() }

// LogValue is String.
func (r Row) LogValue() slog.Value { return slog.StringValue(r.String()) }

// LogValue leaves out the officer, whose code may be a personal id.
func (q Question) LogValue() slog.Value {
	return slog.GroupValue(slog.String("sender", q.Department), slog.String("system", q.System), slog.String("service", q.service()))
}

// LogValue tells an outcome by its place alone.
func (o Outcome) LogValue() slog.Value { return slog.StringValue("row " + strconv.Itoa(o.N)) }

func (q Question) service() string {
	if q.Service == "" {
		return Service
	}
	return q.Service
}

// ContentOf returns what tells one list from another: a SHA-256 in hexadecimal
// of who is in it, in order. It is not stored, only hashed again under a key.
func ContentOf(rows []Row) string {
	h := sha256.New()
	for _, r := range rows {
		r.hash(h)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (r Row) hash(h hash.Hash) {
	hashInt(h, r.N)
	hashTexts(h, r.ID, r.CMND, r.Name, r.Born)
}

func hashInt(h hash.Hash, n int) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	h.Write(b[:])
}

// hashTexts writes each text behind its length, so that no two lists of texts are one.
func hashTexts(h hash.Hash, texts ...string) {
	for _, s := range texts {
		hashInt(h, len(s))
		io.WriteString(h, s)
	}
}
