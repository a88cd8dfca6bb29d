package queue

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// What digests were made of before must be what they are made of now: a repeat
// of a message is known by them for years.
func TestABodyIsHashedWithoutTheMessagesOwnID(t *testing.T) {
	const id = "01a20262-2a4d-74c1-a895-51443a0278a0"
	parts := []string{id, id[:8], id[:9], id[9:], id[1:], "-", "--", "x", "01a20262-2a4d-74c1-a895-51443a0278a1", ""}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var body []byte
		for range random.IntN(6) {
			body = append(body, parts[random.IntN(len(parts))]...)
		}
		var got bytes.Buffer
		writeWithout(&got, body, id)
		if want := bytes.ReplaceAll(body, []byte(id), nil); !bytes.Equal(got.Bytes(), want) {
			t.Fatalf("without the id %q is %q, want %q", body, got.Bytes(), want)
		}
	}
}
