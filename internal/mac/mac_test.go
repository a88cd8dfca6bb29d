package mac_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"io"
	"strings"
	"sync"
	"testing"

	"lgsp.internal/adapter/internal/mac"
)

func TestSumIsHMAC(t *testing.T) {
	key := []byte("key")
	k := mac.NewKey(key)
	key[0] = 'x' // is the caller's own again
	var wg sync.WaitGroup
	for n := range 200 {
		text := strings.Repeat("a", n)
		want := hmac.New(sha256.New, []byte("key"))
		io.WriteString(want, text+text)
		wg.Go(func() {
			got := k.Sum(func(w hash.Hash) {
				io.WriteString(w, text)
				io.WriteString(w, text)
			})
			if string(got[:]) != string(want.Sum(nil)) {
				t.Errorf("the hash of %d letters is another", 2*n)
			}
		})
	}
	wg.Wait()
}

func TestAPanicLeavesNothingBehind(t *testing.T) {
	k := mac.NewKey([]byte("key"))
	sum := func() [32]byte { return k.Sum(func(w hash.Hash) { io.WriteString(w, "a") }) }
	want := sum()
	func() {
		defer func() { _ = recover() }()
		k.Sum(func(w hash.Hash) { io.WriteString(w, "b"); panic("in the middle") })
	}()
	if sum() != want {
		t.Error("the hash is another after a panic")
	}
}
