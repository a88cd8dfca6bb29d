package account

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// cost is what a hash costs (RFC 9106).
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// today is what a new hash costs: the parameters that OWASP advises at least
// for argon2id. One takes 19 MiB and some 30 ms.
var today = cost{memory: 19 * 1024, passes: 2, threads: 1}

// A stored hash that asks for more than this was not written by us.
var costMost = cost{memory: 256 * 1024, passes: 16, threads: 8}

const (
	saltSize = 16
	sumSize  = 32
)

// phc is a hash as it is stored: the PHC string format,
// $argon2id$v=19$m=19456,t=2,p=1$salt$sum, base64 without padding.
type phc struct {
	cost
	salt, sum []byte
}

func (h phc) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.threads, b64(h.salt), b64(h.sum))
}

// parsePHC reads a stored hash. Its errors quote nothing of it.
func parsePHC(s string) (h phc, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, fmt.Errorf("the stored hash of the password is not argon2id version %d", argon2.Version)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.threads); err != nil {
		return h, fmt.Errorf("the stored hash of the password has no parameters")
	}
	if h.memory < 8*uint32(h.threads) || h.memory > costMost.memory || h.passes < 1 || h.passes > costMost.passes || h.threads < 1 || h.threads > costMost.threads {
		return h, fmt.Errorf("the parameters of the stored hash of the password are out of range")
	}
	var saltErr, sumErr error
	h.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	h.sum, sumErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || sumErr != nil || len(h.salt) < 8 || len(h.salt) > 64 || len(h.sum) < 16 || len(h.sum) > 64 {
		return h, fmt.Errorf("salt or sum of the stored hash of the password cannot be read")
	}
	return h, nil
}

// newHash hashes a password with a new salt.
func newHash(c cost, password string, random io.Reader) (phc, error) {
	h := phc{cost: c, salt: make([]byte, saltSize)}
	if _, err := io.ReadFull(random, h.salt); err != nil {
		return phc{}, fmt.Errorf("read randomness: %w", err)
	}
	h.sum = argon2.IDKey([]byte(password), h.salt, c.passes, c.memory, c.threads, sumSize)
	return h, nil
}

// fits reports whether a password is the one that was hashed.
func (h phc) fits(password string) bool {
	sum := argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.threads, uint32(len(h.sum)))
	return subtle.ConstantTimeCompare(sum, h.sum) == 1
}
