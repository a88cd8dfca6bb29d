package mappings

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestHasFindsTwoBytesInARow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		b := make([]byte, random.IntN(8))
		for i := range b {
			b[i] = "<!x"[random.IntN(3)]
		}
		if got, want := has(b, '<', '!'), bytes.Contains(b, []byte("<!")); got != want {
			t.Fatalf("has(%q) is %v", b, got)
		}
	}
}
