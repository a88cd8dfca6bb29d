package notice

import (
	"crypto/rand"
	"embed"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"log/slog"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/mac"
	"lgsp.internal/adapter/internal/seal"
	"lgsp.internal/adapter/internal/sqlite"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of the notices, for sqlite.Open.
func Schema() sqlite.Schema {
	files, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sqlite.Schema{Name: "notice", Files: files}
}

// Keys are what notices are sealed with, and what contents and own ids are
// hashed with.
type Keys struct {
	content seal.Key
	digest  *mac.Key
	own     *mac.Key
}

// NewKeys derives the keys from a master key of 32 bytes.
func NewKeys(master []byte) (Keys, error) {
	content, err := seal.NewKey(master, "lgspd notice")
	if err != nil {
		return Keys{}, err
	}
	digest, err := seal.Derive(master, "lgspd notice digest")
	if err != nil {
		return Keys{}, err
	}
	own, err := seal.Derive(master, "lgspd notice own id")
	if err != nil {
		return Keys{}, err
	}
	return Keys{content: content, digest: mac.NewKey(digest), own: mac.NewKey(own)}, nil
}

// Options are the settings of the desk. DB, Audit and Keys are required.
type Options struct {
	DB    *sqlite.DB // opened with Schema and audit.Schema
	Audit *audit.Log
	Keys  Keys

	Keep time.Duration // how long the content of a closed notice is kept; 0 = 90 days

	Now  func() time.Time // nil = time.Now
	Rand io.Reader        // nil = crypto/rand
	Log  *slog.Logger     // nil = discard
}

// Desk is where notices are opened and looked after.
type Desk struct {
	opt Options
	db  *sqlite.DB
}

// NewDesk returns the desk of the notices in o.DB.
func NewDesk(o Options) *Desk {
	if o.Keep == 0 {
		o.Keep = 90 * 24 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{opt: o, db: o.DB}
}

// now is the time as rows hold it.
func (d *Desk) now() time.Time { return time.UnixMilli(d.opt.Now().UnixMilli()).UTC() }

// boundTo is what the seal of a step is bound to, so that neither notices nor
// their steps can be exchanged.
func boundTo(n Number, step int64, to State) []byte {
	return fmt.Appendf(nil, "%s %d %s", n, step, to)
}

func (d *Desk) seal(n Number, step int64, to State, plain []byte) ([]byte, error) {
	begun, err := d.opt.Keys.content.Begin(nil, d.opt.Rand, len(plain))
	if err != nil {
		return nil, err
	}
	return d.opt.Keys.content.Finish(append(begun, plain...), boundTo(n, step, to)), nil
}

// unseal reads what was said with a step.
func (d *Desk) unseal(n Number, step int64, to State, sealed []byte, said any) error {
	plain, err := d.opt.Keys.content.Open(sealed, boundTo(n, step, to))
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, said)
}

// opened is what is sealed of an opening: the own id too, as a sender may have
// made it of a personal id.
type opened struct {
	LegacyID string `json:"legacy_id,omitempty"`
	Content
}

// digestOf is a keyed hash of what a notice says. A repeat has the same.
func (k Keys) digestOf(c Content) ([]byte, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	sum := k.digest.Sum(func(w hash.Hash) { w.Write(text) })
	return sum[:16], nil
}

// ownOf is a keyed hash of a sender's own id.
func (k Keys) ownOf(sender, own string) []byte {
	if own == "" {
		return nil
	}
	sum := k.own.Sum(func(w hash.Hash) {
		io.WriteString(w, sender)
		w.Write([]byte{0})
		io.WriteString(w, own)
	})
	return sum[:16]
}

// busyAfter is when what could not be stored may be sent again.
const busyAfter = 30 * time.Second

// storeError says in the words of whoever opened or changed a notice why that
// could not be stored.
func storeError(op string, err error) error {
	stored := &lgsp.Error{Kind: lgsp.Throttled, Op: op, Code: "Busy", After: busyAfter, Err: err}
	switch sqlite.FaultOf(err) {
	case sqlite.Full:
		stored.Text = "Hệ thống tạm thời không còn chỗ lưu thông báo mới. Thông báo này chưa được tiếp nhận; hãy gửi lại sau ít phút."
	case sqlite.Busy:
		stored.Text = "Hệ thống đang bận. Thông báo này chưa được ghi nhận; hãy gửi lại sau ít phút."
	default:
		stored.Kind = lgsp.Unavailable
		stored.Text = "Hệ thống tạm thời không lưu được thông báo. Thông báo này chưa được ghi nhận; hãy gửi lại sau ít phút."
	}
	return stored
}
