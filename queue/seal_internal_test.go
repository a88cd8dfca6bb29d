package queue

import (
	"bytes"
	"encoding/hex"
	"hash"
	"math/rand/v2"
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
