package queue

import (
	"bytes"
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/audit"
	"lgsp.internal/adapter/internal/sqlite"
)

// A message that takes the last seq late, and those that are put in the same
// commit, do not get in each other's way.
func TestAMessagePutBehindOneThatIsRenumberedGetsAnotherSeq(t *testing.T) {
	ctx := t.Context()
	keys, err := NewKeys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(t.TempDir(), "lgspd.db"), Schemas: []sqlite.Schema{audit.Schema(), Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	q, err := Open(ctx, Options{DB: db, Audit: audit.New(audit.Options{DB: db, Key: []byte("pseudonyms")}), Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	arrive := func(own string) *arrival {
		id, err := lgsp.NewID(time.Now(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		a, err := q.arrive(lgsp.Envelope{ID: id, Sender: "H29.11", Service: "hotich.khai-sinh", Body: []byte(own)}, lgsp.Document{LegacyID: own, Body: []byte("{}")}, "hotich", nil)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	err = db.Write(ctx, func(tx *sqlite.Tx) error {
		for _, own := range []string{"HS-1", "HS-2"} {
			if _, _, err := q.admitIn(tx, arrive(own)); err != nil {
				return err
			}
		}
		m := row{seq: 1}
		if err := q.begin(tx).renumber(&m); err != nil || m.seq != 3 {
			t.Errorf("renumbered as %d (%v), want 3", m.seq, err)
		}
		_, _, err := q.admitIn(tx, arrive("HS-3"))
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
