// Package seal encrypts what rests on disk: AES-256-GCM under a key that is
// derived from the master key for one use.
//
// It promises that what was changed, cut off, sealed with another key or bound
// to something else is not opened. It keeps no copy of a plain text.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
)

// MasterSize is how many bytes a master key has.
const MasterSize = 32

// Derive makes the key of one use, 32 bytes, from a master key of MasterSize
// (HKDF-SHA-256, RFC 5869). Keys of different uses tell nothing of each other.
func Derive(master []byte, use string) ([]byte, error) {
	if len(master) != MasterSize {
		return nil, fmt.Errorf("master key has %d bytes, want %d", len(master), MasterSize)
	}
	key, err := hkdf.Key(sha256.New, master, nil, use, 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	return key, nil
}

// Key seals and opens. Make one with NewKey; many goroutines may use it.
type Key struct{ aead cipher.AEAD }

// NewKey derives the key of one use from a master key, as Derive does.
func NewKey(master []byte, use string) (Key, error) {
	derived, err := Derive(master, use)
	if err != nil {
		return Key{}, err
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return Key{}, err
	}
	aead, err := cipher.NewGCM(block)
	return Key{aead}, err
}

// ErrDamaged says that something is not what was sealed.
var ErrDamaged = errors.New("what is stored is damaged or was sealed with another key")

// What is sealed begins with its version and its nonce; its tag is its end.
const (
	version   = 1
	nonceSize = 12
	header    = 1 + nonceSize
	tagSize   = 16
)

// Begin begins to seal size bytes of plain text into out, from its beginning,
// grown if need be. The caller appends the plain text to what Begin returns and
// hands all of it to Finish. A nonce is 96 random bits, which is safe for 2^32
// texts under one key (NIST SP 800-38D §8.3).
func (k Key) Begin(out []byte, random io.Reader, size int) ([]byte, error) {
	out = append(slices.Grow(out[:0], header+size+tagSize), version)[:header]
	if _, err := io.ReadFull(random, out[1:]); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return out, nil
}

// Finish encrypts the plain text where it lies, behind what Begin returned, and
// binds it to something that has to be told again to open it.
func (k Key) Finish(begun, bound []byte) []byte {
	return k.aead.Seal(begun[:header], begun[1:header], begun[header:], bound)
}

// Open returns the plain text of what was sealed and bound to the same. The
// error is ErrDamaged. What is sealed is left as it is.
func (k Key) Open(sealed, bound []byte) ([]byte, error) {
	if len(sealed) < header || sealed[0] != version {
		return nil, ErrDamaged
	}
	plain, err := k.aead.Open(nil, sealed[1:header], sealed[header:], bound)
	if err != nil {
		return nil, ErrDamaged
	}
	return plain, nil
}
