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

// bare is an open queue, and how a message is made ready for it.
func bare(t *testing.T) (q *Queue, arrive func(own, lane string) *arrival) {
	ctx := t.Context()
	keys, err := NewKeys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(t.TempDir(), "lgspd.db"), Schemas: []sqlite.Schema{audit.Schema(), Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	q, err = Open(ctx, Options{DB: db, Audit: audit.New(audit.Options{DB: db, Key: []byte("pseudonyms")}), Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return q, func(own, lane string) *arrival {
		id, err := lgsp.NewID(time.Now(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		a, err := q.arrive(lgsp.Envelope{ID: id, Sender: "H29.11", Service: "hotich.khai-sinh", Body: []byte(own)},
			lgsp.Document{LegacyID: own, Lane: lane, Body: []byte("{}")}, "hotich", nil)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

// A message that takes the last seq late, and those that are put in the same
// commit, do not get in each other's way.
func TestAMessagePutBehindOneThatIsRenumberedGetsAnotherSeq(t *testing.T) {
	q, arrive := bare(t)
	err := q.db.Write(t.Context(), func(tx *sqlite.Tx) error {
		for _, own := range []string{"HS-1", "HS-2"} {
			if _, _, err := q.admitIn(tx, arrive(own, "")); err != nil {
				return err
			}
		}
		m := row{seq: 1}
		if err := q.begin(tx).renumber(&m); err != nil || m.seq != 3 {
			t.Errorf("renumbered as %d (%v), want 3", m.seq, err)
		}
		_, _, err := q.admitIn(tx, arrive("HS-3", ""))
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// That nobody waits is asked once in a commit, and holds only until somebody does.
func TestWhoBeganToWaitInTheSameCommitIsLetGo(t *testing.T) {
	q, arrive := bare(t)
	err := q.db.Write(t.Context(), func(tx *sqlite.Tx) error {
		first := arrive("HS-1", "a")
		for _, a := range []*arrival{arrive("HS-0", "b"), first} {
			if _, _, err := q.admitIn(tx, a); err != nil {
				return err
			}
		}
		end := func(seq int64, lane []byte) (followed bool, err error) {
			if err := tx.Do("update message set state = 3, due = null where seq = ?", seq); err != nil {
				return false, err
			}
			return q.freeLane(tx, row{seq: seq, lane: lane})
		}
		if followed, err := end(1, arrive("", "b").lane); err != nil || followed {
			t.Errorf("somebody followed a message without another behind it (%v)", err)
		}
		if _, _, err := q.admitIn(tx, arrive("HS-2", "a")); err != nil {
			return err
		}
		if followed, err := end(2, first.lane); err != nil || !followed {
			t.Errorf("nobody followed the message that another waits for (%v)", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var waits, due any
	if err := q.db.Read().QueryRowContext(t.Context(), "select waits, due from message where seq = 3").Scan(&waits, &due); err != nil || waits != nil || due == nil {
		t.Errorf("the last message waits for %v and is due at %v (%v), want it due", waits, due, err)
	}
}
