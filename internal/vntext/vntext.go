// Package vntext turns old Vietnamese encodings into NFC UTF-8.
//
// It never guesses a charset by looking at text: the charset is configured,
// declared or UTF-8 (Settle), and bytes that are not of it are refused
// (Decode). Only the encoding and the composition of letters change: no letter
// is replaced by another, no tone mark is moved, so a person's name stays as
// it was written.
package vntext

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The canonical names of the charsets.
const (
	UTF8        = "utf-8"
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	Windows1258 = "windows-1258"
	TCVN3       = "tcvn3"
	VNI         = "vni"
	Latin1      = "iso-8859-1"
	Windows1252 = "windows-1252"

	// The bytes of an old font that some program took for Latin letters and
	// wrote as UTF-8: "NguyÔn" where the font shows "Nguyễn". Nobody declares
	// them; they are configured.
	TCVN3InUTF8 = "tcvn3-in-utf-8"
	VNIInUTF8   = "vni-in-utf-8"
)

// Growth is how many times its length a text has at most once it is decoded: a
// letter of one byte may take three in UTF-8, and so may every byte of a letter
// that NFC takes apart.
const Growth = 3

// Names returns the canonical names of all charsets.
func Names() []string {
	return []string{UTF8, UTF16LE, UTF16BE, Windows1258, TCVN3, VNI, Latin1, Windows1252, TCVN3InUTF8, VNIInUTF8}
}

// Error says which byte is not of the charset. It quotes that byte alone.
type Error struct {
	Charset string
	Offset  int    // of the byte, from 0
	Text    string // what is wrong with it, in English
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s: byte %d: %s", e.Charset, e.Offset, e.Text)
}

// Decode returns b as UTF-8 in NFC, without a byte order mark. It returns b
// itself, or the part of it after the mark, when nothing else changes.
//
// charset is a canonical name or an alias of one; "" is UTF-8. Bytes that are
// not of the charset and control characters that XML 1.0 forbids are an *Error.
//
//   - tcvn3 reads a capital with a tone from the bytes of the capital and the
//     small letter; its bytes 80–9F and B0–B4, which only TCVN 5712 VN1 defines
//     and no ABC font shows, are refused.
//   - vni takes the longest sequence; a mark of the other case than its letter
//     is the same mark. Bytes 80–BF are those of windows-1252.
//   - iso-8859-1 refuses bytes 80–9F, which are control codes there and text
//     only in windows-1252.
//
// req: R-04
func Decode(b []byte, charset string) ([]byte, error) {
	switch charset {
	case UTF8, "":
		return decodeUTF8(b)
	case UTF16LE, UTF16BE:
		return decodeUTF16(b, charset)
	case TCVN3InUTF8:
		return tcvn3.decodeMistaken(b, charset)
	case VNIInUTF8:
		return vni.decodeMistaken(b, charset)
	}
	if c := codepage(charset); c != nil {
		return c.decode(b)
	}
	if name, ok := Canonical(charset); ok && name != charset {
		return Decode(b, name)
	}
	return nil, unknown(charset)
}

// codepage returns the table of a charset of single bytes, nil if it is none.
func codepage(charset string) *table {
	switch charset {
	case Windows1258:
		return windows1258
	case TCVN3:
		return tcvn3
	case VNI:
		return vni
	case Latin1:
		return latin1
	case Windows1252:
		return windows1252
	}
	return nil
}

// Encode returns s in a charset, for tests, samples and the sandbox. UTF-16
// begins with a byte order mark. Text that the charset cannot hold, or that
// would read back as other text, is an error.
func Encode(s, charset string) ([]byte, error) {
	name, ok := Canonical(charset)
	if !ok {
		return nil, unknown(charset)
	}
	if !utf8.ValidString(s) {
		return nil, &Error{name, 0, "the text is not UTF-8"}
	}
	normal, err := decodeUTF8([]byte(s))
	if err != nil {
		return nil, err
	}
	var b []byte
	switch name {
	case UTF8:
		b = []byte(s)
	case UTF16LE, UTF16BE:
		b = encodeUTF16(s, name)
	case TCVN3InUTF8, VNIInUTF8:
		b, err = encodeMistaken(normal, name)
	default:
		b, err = codepage(name).encode(normal)
	}
	if err != nil {
		return nil, err
	}
	back, err := Decode(b, name)
	if err != nil {
		return nil, fmt.Errorf("reading back: %w", err)
	}
	if !slices.Equal(back, normal) {
		return nil, &Error{name, 0, "the text has neighbouring letters that this charset cannot tell from one letter"}
	}
	return b, nil
}

func decodeUTF16(b []byte, charset string) ([]byte, error) {
	high, low := 1, 0
	if charset == UTF16BE {
		high, low = 0, 1
	}
	if len(b)%2 != 0 {
		return nil, &Error{charset, len(b) - 1, "half a character at the end"}
	}
	unit := func(i int) rune { return rune(b[i+high])<<8 | rune(b[i+low]) }
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i += 2 {
		r := unit(i)
		if i == 0 && r == 0xFEFF {
			continue
		}
		if r < ' ' && !isSpace(byte(r)) {
			return nil, control(charset, i, byte(r))
		}
		if utf16.IsSurrogate(r) {
			if i+4 > len(b) {
				return nil, &Error{charset, i, "half a surrogate pair"}
			}
			if r = utf16.DecodeRune(r, unit(i+2)); r == utf8.RuneError {
				return nil, &Error{charset, i, "half a surrogate pair"}
			}
			i += 2
		}
		out = utf8.AppendRune(out, r)
	}
	return decodeUTF8(out)
}

func encodeUTF16(s, charset string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + s)) {
		if charset == UTF16BE {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func isSpace(c byte) bool { return c == '\t' || c == '\n' || c == '\r' }

func control(charset string, offset int, c byte) error {
	return &Error{charset, offset, fmt.Sprintf("the control character 0x%02X is not allowed in XML", c)}
}

func unknown(charset string) error {
	known := strings.Join(Names(), ", ")
	return fmt.Errorf("unknown charset %.40q: use one of %s", charset, known)
}
