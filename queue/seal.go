package queue

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/mac"
	"lgsp.internal/adapter/internal/seal"
	"lgsp.internal/adapter/internal/sqlite"
)

// Keys are what payloads are sealed with and what lanes and contents are
// hashed with. All come from one master key, which is kept outside the database.
type Keys struct {
	payload seal.Key
	digest  *mac.Key
	lane    *mac.Key
}

// NewKeys derives the keys from a master key of 32 bytes (HKDF-SHA-256, RFC 5869).
func NewKeys(master []byte) (Keys, error) {
	payload, err := seal.NewKey(master, "lgspd payload")
	if err != nil {
		return Keys{}, err
	}
	digest, err := seal.Derive(master, "lgspd digest")
	if err != nil {
		return Keys{}, err
	}
	lane, err := seal.Derive(master, "lgspd lane")
	if err != nil {
		return Keys{}, err
	}
	return Keys{payload: payload, digest: mac.NewKey(digest), lane: mac.NewKey(lane)}, nil
}

// errDamaged says that a payload is not what was stored.
var errDamaged = errors.New("the stored payload is damaged or was sealed with another key")

// seal encrypts what a message says into out, from its beginning, and returns
// it, grown if need be. It is bound to the message's id, so that rows cannot be
// exchanged.
func (k Keys) seal(out []byte, random io.Reader, e lgsp.Envelope, d lgsp.Document) ([]byte, error) {
	const lengths = 8 * binary.MaxVarintLen32
	size := lengths + len(e.Source) + len(e.Charset) + len(d.Route) + len(d.Purpose.Procedure) + len(d.Purpose.Officer) + len(d.Purpose.Unit) + len(d.Body) + len(e.Body)
	out, err := k.payload.Begin(out, random, size)
	if err != nil {
		return nil, err
	}
	for _, field := range [...]string{e.Source, e.Charset, d.Route, d.Purpose.Procedure, d.Purpose.Officer, d.Purpose.Unit} {
		out = append(binary.AppendUvarint(out, uint64(len(field))), field...)
	}
	out = append(binary.AppendUvarint(out, uint64(len(d.Body))), d.Body...)
	out = append(binary.AppendUvarint(out, uint64(len(e.Body))), e.Body...)
	return k.payload.Finish(out, e.ID[:]), nil
}

// open decrypts a payload into the envelope and the document it was made of.
func (k Keys) open(id lgsp.ID, sealed []byte) (e lgsp.Envelope, d lgsp.Document, err error) {
	buf, err := k.payload.Open(sealed, id[:])
	if err != nil {
		return e, d, errDamaged
	}
	for _, field := range []*string{&e.Source, &e.Charset, &d.Route, &d.Purpose.Procedure, &d.Purpose.Officer, &d.Purpose.Unit} {
		var b []byte
		if b, buf, err = cutField(buf); err != nil {
			return e, d, err
		}
		*field = string(b)
	}
	if d.Body, buf, err = cutField(buf); err != nil {
		return e, d, err
	}
	if len(d.Body) == 0 {
		d.Body = nil // not mapped yet
	}
	e.ID = id
	e.Body, _, err = cutField(buf)
	return e, d, err
}

func cutField(buf []byte) (field, rest []byte, err error) {
	n, used := binary.Uvarint(buf)
	if used <= 0 || n > uint64(len(buf)-used) {
		return nil, nil, errDamaged
	}
	return buf[used : used+int(n)], buf[used+int(n):], nil
}

// digestOf is a keyed hash of what a message says, without the message's own
// ID, which a mapping may have written into the document. A repeat of a message
// has the same digest, whatever ID it was given at the door.
func (k Keys) digestOf(e lgsp.Envelope, d lgsp.Document) []byte {
	sum := k.digest.Sum(func(w hash.Hash) {
		io.WriteString(w, e.Service)
		w.Write(separator)
		if d.Body == nil {
			w.Write(e.Body)
			return
		}
		io.WriteString(w, d.Route)
		w.Write(separator)
		writeWithout(w, d.Body, e.ID.String())
	})
	return sum[:16]
}

var separator = []byte{0}

// writeWithout writes b without an ID wherever that stands in it. It looks for
// the ID's first hyphen, which is rarer than the digit that IDs begin with.
func writeWithout(w hash.Hash, b []byte, id string) {
	hyphen := strings.IndexByte(id, '-')
	for from, at := 0, hyphen; ; {
		n := -1
		if at < len(b) {
			n = bytes.IndexByte(b[at:], '-')
		}
		if n < 0 {
			w.Write(b[from:])
			return
		}
		at += n + 1
		if start := at - 1 - hyphen; bytes.HasPrefix(b[start:], []byte(id)) {
			w.Write(b[from:start])
			from = start + len(id)
			at = from + hyphen
		}
	}
}

// laneOf is a keyed hash of a lane's name, which may be a personal id.
func (k Keys) laneOf(name string) []byte {
	if name == "" {
		return nil
	}
	sum := k.lane.Sum(func(w hash.Hash) { io.WriteString(w, name) })
	return sum[:16]
}

// ErrKey is returned by Open when the payloads were sealed with another key.
var ErrKey = errors.New("the key is not the one that this database was sealed with; set key_file to that key, or restore it from where it was backed up")

// checkKey opens the text that was sealed when the database was made.
func (q *Queue) checkKey(ctx context.Context) error {
	var sealed []byte
	err := q.db.Read().QueryRowContext(ctx, "select sealed from sealing where only = 1").Scan(&sealed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if sealed, err = q.opt.Keys.seal(nil, q.opt.Rand, lgsp.Envelope{}, lgsp.Document{}); err != nil {
			return err
		}
		return q.db.Settle(ctx, func(tx *sqlite.Tx) error {
			return tx.Do("insert into sealing (only, sealed) values (1, ?)", sealed)
		})
	case err != nil:
		return fmt.Errorf("check the key: %w", err)
	}
	if _, _, err := q.opt.Keys.open(lgsp.ID{}, sealed); err != nil {
		return ErrKey
	}
	return nil
}
