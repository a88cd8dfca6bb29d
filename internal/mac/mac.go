// Package mac makes keyed hashes: HMAC-SHA-256 (RFC 2104) under keys that many
// goroutines use again and again. What depends on the key alone is computed once.
package mac

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// Key is a secret to hash under. Make one with NewKey.
type Key struct{ pool sync.Pool }

// NewKey takes a copy of the secret.
func NewKey(secret []byte) *Key {
	k := &Key{}
	own := append([]byte(nil), secret...)
	k.pool.New = func() any { return &state{Hash: hmac.New(sha256.New, own)} }
	return k
}

// state is a hash under way, with room for what comes out of it.
type state struct {
	hash.Hash
	sum [sha256.Size]byte
}

// Sum returns the hash of what write writes, which never fails.
func (k *Key) Sum(write func(hash.Hash)) [sha256.Size]byte {
	s := k.pool.Get().(*state)
	defer k.pool.Put(s)
	s.Reset()
	write(s)
	s.Hash.Sum(s.sum[:0])
	return s.sum
}
