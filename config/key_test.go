package config

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

func TestTheKeyIsReadInEachOfItsForms(t *testing.T) {
	key := goodKey()
	newline := bytes.Clone(key)
	newline[31] = '\n'
	for form, row := range map[string]struct{ text, want []byte }{
		"raw":                      {key, key},
		"raw that ends in newline": {newline, newline},
		"hexadecimal":              {[]byte(hex.EncodeToString(key) + "\n"), key},
		"base64":                   {[]byte(base64.StdEncoding.EncodeToString(key) + "\n"), key},
		"base64 without padding":   {[]byte(base64.RawURLEncoding.EncodeToString(key)), key},
	} {
		c := Config{KeyFile: put(t, t.TempDir(), "key", row.text, 0o640)}
		got, err := c.Key()
		if err != nil || !bytes.Equal(got, row.want) {
			t.Errorf("%s: %v", form, err)
		}
	}
}

func TestAKeyThatIsNoneIsRefusedAndNotQuoted(t *testing.T) {
	for what, text := range map[string]string{
		"empty": "", "16 bytes in hexadecimal": "00112233445566778899aabbccddeeff", "a pass phrase": "Quarterdeck-7-Lantern and so on and on",
		"24 bytes in base64": base64.StdEncoding.EncodeToString(goodKey()[:24]), "one letter": strings.Repeat("x", 32),
		"32 letters": "Quarterdeck-7-Lantern-and-so-on!",
	} {
		c := Config{KeyFile: put(t, t.TempDir(), "key", []byte(text), 0o600)}
		_, err := c.Key()
		if err == nil || !strings.Contains(err.Error(), c.KeyFile) || text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

func TestAKeyThatOthersMayReadOrChangeIsRefused(t *testing.T) {
	for mode, want := range map[os.FileMode]bool{0o400: true, 0o600: true, 0o640: true, 0o644: false, 0o660: false, 0o602: false, 0o650: false} {
		c := Config{KeyFile: put(t, t.TempDir(), "key", goodKey(), mode)}
		if _, err := c.Key(); (err == nil) != want {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}
