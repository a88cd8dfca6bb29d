package queue

import (
	"bytes"
	"encoding/hex"
	"hash"
	"math/rand/v2"
	"reflect"
	"testing"

	lgsp "lgsp.internal/adapter"
)

// What is stored was hashed so; were it hashed otherwise now, every repeat of a
// message would be a conflict with it, and lanes would fall apart.
func TestDigestsAndLanesAreThoseThatAreStored(t *testing.T) {
	keys, err := NewKeys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	id, err := lgsp.ParseID("01a20262-2a4d-74c1-a895-51443a0278a0")
	if err != nil {
		t.Fatal(err)
	}
	e := lgsp.Envelope{ID: id, Service: "s"}
	for what, c := range map[string]struct {
		got  []byte
		want string
	}{
		"the digest of bytes":      {keys.digestOf(e, lgsp.Document{}), "0d3257cd148aee67eff8a47db83a3f45"},
		"the digest of a document": {keys.digestOf(e, lgsp.Document{Route: "r", Body: []byte{}}), "9cb8f367be28f31470ae4fbbae4b6e8e"},
		"the lane":                 {keys.laneOf("x"), "f470779f604461a58f42fe68747682af"},
	} {
		if hex.EncodeToString(c.got) != c.want {
			t.Errorf("%s is %x, want %s", what, c.got, c.want)
		}
	}
}

// What rests in databases was sealed so; sealed otherwise it could not be read.
func TestAPayloadIsSealedAsThoseThatAreStored(t *testing.T) {
	const stored = "01000000000000000000000000f296f4d868557752829a2de0aa7c4611496b634400670730b1b6e87b70dfe867ee64bd622ed9e4a8bf0c4bc9c920b66e044cefbf8022ccda19"
	keys, err := NewKeys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	id, err := lgsp.ParseID("01a20262-2a4d-74c1-a895-51443a0278a0")
	if err != nil {
		t.Fatal(err)
	}
	e := lgsp.Envelope{ID: id, Source: "soap", Charset: "tcvn3", Body: []byte("raw")}
	d := lgsp.Document{Route: "r", Purpose: lgsp.Purpose{Procedure: "1.004222", Officer: "CB-1", Unit: "H29.11"}, Body: []byte("{}")}
	sealed, err := keys.seal(nil, bytes.NewReader(make([]byte, 12)), e, d)
	if err != nil || hex.EncodeToString(sealed) != stored {
		t.Errorf("sealed as %x, %v", sealed, err)
	}
	got, doc, err := keys.open(id, sealed)
	if err != nil || !reflect.DeepEqual(got, e) || !reflect.DeepEqual(doc, d) {
		t.Errorf("opened %+v %+v, %v", got, doc, err)
	}
}

// heard is a hash that keeps what is written to it.
type heard struct {
	hash.Hash
	text []byte
}

func (h *heard) Write(b []byte) (int, error) {
	h.text = append(h.text, b...)
	return len(b), nil
}

func TestABodyIsHashedWithoutTheMessagesOwnID(t *testing.T) {
	const id = "01a20262-2a4d-74c1-a895-51443a0278a0"
	parts := []string{id, id[:8], id[:9], id[9:], id[1:], "-", "--", "x", "01a20262-2a4d-74c1-a895-51443a0278a1", ""}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var body []byte
		for range random.IntN(6) {
			body = append(body, parts[random.IntN(len(parts))]...)
		}
		var got heard
		writeWithout(&got, body, id)
		if want := bytes.ReplaceAll(body, []byte(id), nil); !bytes.Equal(got.text, want) {
			t.Fatalf("without the id %q is %q, want %q", body, got.text, want)
		}
	}
}
