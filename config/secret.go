package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that nothing prints: fmt (every verb), slog, JSON, XML and
// YAML all show ***. The zero value is no secret.
//
// The text is kept behind a pointer so that fmt does not reach it either in an
// unexported field of some other struct, where it calls no methods.
type Secret struct {
	text *string
	file string
}

const masked = "***"

// NewSecret returns a secret that holds text; "" gives the zero value.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text, "" if there is none.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// File returns the path of the file that the secret was read from, "" if it
// stood in the configuration itself.
func (s Secret) File() string { return s.file }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

func (s Secret) String() string { return masked }

// Format writes *** for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) {
	// fmt offers no way to report that its own writer failed.
	_, _ = io.WriteString(f, masked)
}

// MarshalText makes JSON, XML and YAML show ***.
func (s Secret) MarshalText() ([]byte, error) { return []byte(masked), nil }

// LogValue makes slog show ***.
func (s Secret) LogValue() slog.Value { return slog.StringValue(masked) }
