// Package audit keeps the record of every exchange: an append-only chain of
// hashes in the same commit as the change that it records.
//
// It promises that an edited, removed, reordered or cut-off entry is found by
// Verify, that nothing younger than two years is ever removed, and that the
// record holds no citizen data. // req: R-12
//
// Whether two years have passed is not asked of the clock alone, which may be
// years ahead after a battery has died: only time between seals that are less
// than three days apart counts. A step of the clock, like months for which the
// machine was off, makes nothing older; what it concerns is kept for longer.
package audit

import (
	"bytes"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"time"

	"lgsp.internal/adapter/internal/mac"
	"lgsp.internal/adapter/internal/sqlite"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of the record, for sqlite.Open.
func Schema() sqlite.Schema {
	files, err := fs.Sub(schemaFiles, "schema")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sqlite.Schema{Name: "audit", Files: files}
}

// Options are the settings of the record.
type Options struct {
	DB  *sqlite.DB
	Key []byte           // of the subjects' pseudonyms
	Now func() time.Time // nil = time.Now

	// Counter is told every entry; nil = nobody counts.
	Counter Counter

	// HeadsPath is a file beside the database that Seal writes heads of the
	// chain to; "" = the database's path with ".heads".
	HeadsPath string
}

// Counter keeps figures of what comes on record, in the commit in which it
// comes there.
type Counter interface {
	// Count is told an entry once it stands in the transaction, as Read will
	// tell it. e is valid until Count returns, which runs in the writer's
	// goroutine. The transaction may be given up or made again: what Count
	// keeps in memory holds for that transaction alone. An error has the write
	// fail whose entry it is, so a fault of the figures is better kept than
	// returned.
	Count(tx *sqlite.Tx, e *Entry) error
}

// Carrier is an optional part of a Counter, which keeps what the entries that
// Prune removes stand for.
type Carrier interface {
	// Carry is told an entry in the commit that removes it, in the order of the
	// chain. What is said of Count holds for it; an error keeps the entry.
	Carry(tx *sqlite.Tx, removed *Entry) error

	// Carried says, behind the last Carry of a commit, what all that was ever
	// removed stands for: a fingerprint of what Carry keeps. Pruned puts it on
	// record in that commit.
	Carried(tx *sqlite.Tx) (string, error)
}

// Log is the record.
type Log struct {
	opt Options
	key *mac.Key // of the subjects' pseudonyms

	// What follows belongs to the writer's goroutine.
	tx   *sqlite.Tx // the transaction that head is valid in
	head Head
	buf  []byte
	told Entry // what the counter is told

	seen seen
}

// Head is the end of the chain at some moment.
type Head struct {
	Seq  int64
	Hash [32]byte
}

func (h Head) String() string { return fmt.Sprintf("%d:%s", h.Seq, hex.EncodeToString(h.Hash[:])) }

// New returns the record in o.DB, which was opened with Schema.
func New(o Options) *Log {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.HeadsPath == "" {
		o.HeadsPath = o.DB.Path() + ".heads"
	}
	return &Log{opt: o, key: mac.NewKey(o.Key)}
}

// Has reports whether an entry that Append added before is on record all the
// same: a commit that failed may have come to the disk.
func (l *Log) Has(tx *sqlite.Tx, e *Entry) (found bool, err error) {
	err = tx.Query("select entry from audit where seq = ?", func(r sqlite.Row) error {
		found = r.Text(0) == string(e.append(nil))
		return nil
	}, e.Seq)
	return found, err
}

// Append adds an entry to the chain in the caller's transaction. It sets Seq,
// and At if that is zero.
func (l *Log) Append(tx *sqlite.Tx, e *Entry) error {
	if l.tx != tx {
		head, err := headIn(tx)
		if err != nil {
			return fmt.Errorf("read the head of the record: %w", err)
		}
		l.tx, l.head = tx, head
	}
	e.Seq = l.head.Seq + 1
	if e.At.IsZero() {
		e.At = l.opt.Now()
	}
	l.buf = e.append(append(l.buf[:0], l.head.Hash[:]...))
	hash := sha256.Sum256(l.buf)
	var message any
	if e.Message != "" {
		message = e.Message
	}
	if err := tx.Do("insert into audit (seq, entry, hash, message) values (?, ?, ?, ?)", e.Seq, string(l.buf[32:]), hash[:], message); err != nil {
		l.tx = nil
		return fmt.Errorf("append to the record: %w", err)
	}
	l.head = Head{Seq: e.Seq, Hash: hash}
	if l.opt.Counter == nil {
		return nil
	}
	if err := l.tell(tx, e); err != nil {
		return fmt.Errorf("count an entry of the record: %w", err)
	}
	return nil
}

// tell tells the counter an entry that was just added. It is copied because the
// entry of a caller would otherwise have to be allocated.
func (l *Log) tell(tx *sqlite.Tx, e *Entry) error {
	l.told = *e
	l.told.At = e.At.UTC().Truncate(time.Millisecond)
	if bytes.Contains(l.buf[32:], []byte("\ufffd")) { // it stands there for what is not UTF-8
		if err := l.told.Parse(string(l.buf[32:])); err != nil {
			return err
		}
	}
	return l.opt.Counter.Count(tx, &l.told)
}

// headIn reads the end of the chain, which another process may have moved.
func headIn(tx *sqlite.Tx) (Head, error) {
	var head Head
	for _, query := range [...]string{"select seq, hash from audit order by seq desc limit 1", "select seq, hash from audit_anchor"} {
		found := false
		err := tx.Query(query, func(r sqlite.Row) error {
			found, head.Seq = true, r.Int(0)
			copy(head.Hash[:], r.Blob(1))
			return nil
		})
		if err != nil || found {
			return head, err
		}
	}
	return head, errors.New("the record has no beginning")
}

const headQuery = `select seq, hash from (
	select seq, hash from audit_anchor
	union all select seq, hash from (select seq, hash from audit order by seq desc limit 1)
) order by seq desc limit 1`

// Head returns the end of the chain as it is on disk.
func (l *Log) Head(ctx context.Context) (Head, error) {
	return readHead(ctx, l.opt.DB.Read(), headQuery)
}

// reader is a pool of connections or a transaction.
type reader interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readHead(ctx context.Context, db reader, query string, args ...any) (Head, error) {
	var head Head
	var hash []byte
	if err := db.QueryRowContext(ctx, query, args...).Scan(&head.Seq, &hash); err != nil {
		return Head{}, fmt.Errorf("read the head of the record: %w", err)
	}
	copy(head.Hash[:], hash)
	return head, nil
}

// Pseudonym returns the keyed pseudonym of a subject: 32 hexadecimal digits of
// HMAC-SHA-256, "" for no subject. Without the key it cannot be traced back.
func (l *Log) Pseudonym(subject string) string {
	if subject == "" {
		return ""
	}
	sum := l.key.Sum(func(w hash.Hash) { io.WriteString(w, subject) })
	return hex.EncodeToString(sum[:16])
}

// History returns the entries of one message, oldest first.
func (l *Log) History(ctx context.Context, message string) ([]Entry, error) {
	rows, err := l.opt.DB.Read().QueryContext(ctx, "select entry from audit where message = ? order by seq", message)
	if err != nil {
		return nil, fmt.Errorf("read the record of message %s: %w", message, err)
	}
	return scanEntries(rows)
}

// Record adds an entry that belongs to no change of a message, in a commit of
// its own. What failed may be tried again with the same entry: it comes on
// record once.
func (l *Log) Record(ctx context.Context, e *Entry) error {
	tried := e.Seq > 0
	return l.opt.DB.Write(ctx, func(tx *sqlite.Tx) error {
		if tried {
			if on, err := l.Has(tx, e); err != nil || on {
				return err
			}
		}
		return l.Append(tx, e)
	})
}

// SubjectKey derives the key of the pseudonyms from the master key of 32 bytes
// (HKDF-SHA-256, RFC 5869).
func SubjectKey(master []byte) ([]byte, error) {
	return hkdf.Key(sha256.New, master, nil, "lgspd subject", 32)
}
