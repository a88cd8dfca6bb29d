package config

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"
)

// KeySize is the length in bytes of the key that citizen data rests under
// (AES-256).
const KeySize = 32

// Key reads KeyFile: 32 random bytes as they are, as 64 hexadecimal digits or
// in base64. Errors name the file and never its content.
func (c Config) Key() ([]byte, error) {
	b, err := readPrivate(c.KeyFile, maxSecret)
	if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", c.KeyFile, err)
	}
	key, err := parseKey(b)
	if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", c.KeyFile, err)
	}
	return key, nil
}

func parseKey(b []byte) ([]byte, error) {
	text := string(bytes.TrimSpace(b))
	if len(b) == KeySize && !printable(text) {
		return sound(b)
	}
	if key, err := hex.DecodeString(text); err == nil {
		return sound(key)
	}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := e.DecodeString(text); err == nil {
			return sound(key)
		}
	}
	return nil, errors.New("it is neither 32 bytes nor hexadecimal nor base64")
}

// printable reports whether s is text, as 32 random bytes never are.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// sound refuses keys that cannot have come from a source of randomness: 32
// random bytes never hold fewer than 16 different ones in practice.
func sound(key []byte) ([]byte, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("it holds %d bytes where %d are needed", len(key), KeySize)
	}
	var seen [256]bool
	different := 0
	for _, b := range key {
		if !seen[b] {
			seen[b] = true
			different++
		}
	}
	if different < KeySize/2 {
		return nil, errors.New("its bytes are not random")
	}
	return key, nil
}

// readSecret reads one line from a private file.
func readSecret(path string) (string, error) {
	b, err := readPrivate(path, maxSecret)
	if err != nil {
		return "", err
	}
	text := strings.TrimRight(string(b), "\r\n")
	switch {
	case text == "":
		return "", errors.New("the file is empty")
	case !utf8.ValidString(text):
		return "", errors.New("the file is not UTF-8 text")
	case hasControl(text):
		return "", errors.New("the file holds more than one line, or control characters")
	}
	return text, nil
}

// readPrivate reads a file that others must not be able to read or change.
func readPrivate(path string, most int64) ([]byte, error) {
	b, mode, err := readMode(path, most)
	if err != nil {
		return nil, err
	}
	if mode.Perm()&0o037 != 0 {
		return nil, fmt.Errorf("the file has mode %04o, more than 0640", mode.Perm())
	}
	return b, nil
}

// readFile reads a regular file of at most so many bytes.
func readFile(path string, most int64) ([]byte, error) {
	b, _, err := readMode(path, most)
	return b, err
}

func readMode(path string, most int64) (b []byte, mode fs.FileMode, err error) {
	// Opening a pipe would wait for its other end.
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info, err = f.Stat(); err != nil {
		return nil, 0, err
	}
	b, err = io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, 0, err
	}
	if int64(len(b)) > most {
		return nil, 0, fmt.Errorf("the file is larger than %s", Size(most))
	}
	return b, info.Mode(), nil
}
