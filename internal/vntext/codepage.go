package vntext

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

//go:generate go run gen.go

// table reads and writes a charset whose characters are one byte, or a base
// byte and one byte more.
type table struct {
	charset string
	single  [256]uint16     // the character of a byte alone, 0 = none
	row     [256]uint8      // of a base byte in double, from 1; 0 = it is no base
	double  [][256]uint16   // the character of a base byte and a second byte, 0 = none
	bytes   map[rune]string // the way back
}

var (
	windows1258 = newWindows1258()
	tcvn3       = newTCVN3()
	vni         = newVNI()
	latin1      = newLatin1()
	windows1252 = newWindows1252()
)

// newTable returns a table that knows what every charset here shares: printable
// ASCII and white space.
func newTable(charset string) *table {
	t := &table{charset: charset, bytes: make(map[rune]string)}
	for c := range utf8.RuneSelf {
		if c >= ' ' || isSpace(byte(c)) {
			t.add(rune(c), string(byte(c)))
		}
	}
	return t
}

// add makes the character r known as the bytes s, one or two.
func (t *table) add(r rune, s string) {
	if len(s) == 1 {
		t.single[s[0]] = uint16(r)
	} else {
		if t.row[s[0]] == 0 {
			t.double = append(t.double, [256]uint16{})
			t.row[s[0]] = uint8(len(t.double))
		}
		t.double[t.row[s[0]]-1][s[1]] = uint16(r)
	}
	if _, known := t.bytes[r]; !known {
		t.bytes[r] = s
	}
}

func (t *table) addCharmap(m *charmap.Charmap, from, to int) {
	for c := from; c <= to; c++ {
		if r := m.DecodeByte(byte(c)); r != utf8.RuneError {
			t.add(r, string([]byte{byte(c)}))
		}
	}
}

func newLatin1() *table {
	t := newTable(Latin1)
	t.addCharmap(charmap.ISO8859_1, 0xA0, 0xFF)
	return t
}

func newWindows1252() *table {
	t := newTable(Windows1252)
	t.addCharmap(charmap.Windows1252, 0x80, 0xFF)
	return t
}

// newWindows1258 makes letters with tones whole at once: the charset has them as
// a letter and a combining tone.
func newWindows1258() *table {
	t := newTable(Windows1258)
	t.addCharmap(charmap.Windows1258, 0x80, 0xFF)
	for _, p := range pairs {
		base, mark := t.bytes[p.base], t.bytes[p.mark]
		if len(base) == 1 && len(mark) == 1 {
			t.add(p.whole, base+mark)
		}
	}
	return t
}

func newTCVN3() *table {
	t := newTable(TCVN3)
	t.add(0xA0, "\xA0")
	for _, l := range letters {
		t.add(l.r, l.tcvn3)
	}
	return t
}

func newVNI() *table {
	t := newTable(VNI)
	t.addCharmap(charmap.Windows1252, 0x80, 0xBF)
	for _, l := range letters {
		t.add(l.r, l.vni)
	}
	for _, l := range letters {
		if len(l.vni) == 2 {
			t.add(l.r, l.vni[:1]+string([]byte{l.vni[1] ^ 0x20}))
		}
	}
	return t
}

func (t *table) decode(b []byte) ([]byte, error) {
	at := printable(b)
	if at == len(b) {
		return b, nil
	}
	out, err := t.append(make([]byte, 0, len(b)+len(b)/4+8), b)
	if err != nil {
		return nil, err
	}
	return decodeUTF8(out)
}

// printable returns the length of the longest beginning of b of ASCII that XML allows.
func printable(b []byte) int {
	i := 0
	for i < len(b) && b[i] < utf8.RuneSelf && (b[i] >= ' ' || isSpace(b[i])) {
		i++
	}
	return i
}

// append decodes b to the end of out.
func (t *table) append(out, b []byte) ([]byte, error) {
	for i := 0; i < len(b); {
		n := printable(b[i:])
		out = append(out, b[i:i+n]...)
		i += n
		if i == len(b) {
			break
		}
		c := b[i]
		if n > 0 && t.row[b[i-1]] != 0 {
			if r := t.double[t.row[b[i-1]]-1][c]; r != 0 {
				out = utf8.AppendRune(out[:len(out)-1], rune(r))
				i++
				continue
			}
		}
		if t.row[c] != 0 && i+1 < len(b) {
			if r := t.double[t.row[c]-1][b[i+1]]; r != 0 {
				out = utf8.AppendRune(out, rune(r))
				i += 2
				continue
			}
		}
		if t.single[c] == 0 {
			if c < ' ' {
				return nil, control(t.charset, i, c)
			}
			return nil, &Error{t.charset, i, fmt.Sprintf("0x%02X has no meaning here", c)}
		}
		out = utf8.AppendRune(out, rune(t.single[c]))
		i++
	}
	return out, nil
}

func (t *table) encode(s []byte) ([]byte, error) {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRune(s[i:])
		b, found := t.bytes[r]
		if !found {
			return nil, &Error{t.charset, i, fmt.Sprintf("the charset has no %U", r)}
		}
		out = append(out, b...)
		i += size
	}
	return out, nil
}

// decodeMistaken decodes UTF-8 whose characters up to U+00FF stand for the bytes
// of t. Punctuation and symbols beyond are themselves; a letter beyond shows
// that the text is not what it was said to be.
func (t *table) decodeMistaken(b []byte, charset string) ([]byte, error) {
	text, err := decodeUTF8(b)
	if err != nil {
		return nil, err
	}
	if printable(text) == len(text) {
		return text, nil
	}
	out := make([]byte, 0, len(text)+len(text)/4)
	run := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r < utf8.RuneSelf || r >= 0xA0 && r <= 0xFF:
			run = append(run, byte(r))
		case r < 0xA0 || unicode.IsLetter(r) || unicode.IsMark(r):
			return nil, &Error{charset, i, fmt.Sprintf("%U is not of this charset", r)}
		default:
			if out, err = t.append(out, run); err != nil {
				return nil, fmt.Errorf("%s: %w", charset, err)
			}
			out, run = append(out, text[i:i+size]...), run[:0]
		}
		i += size
	}
	if out, err = t.append(out, run); err != nil {
		return nil, fmt.Errorf("%s: %w", charset, err)
	}
	return decodeUTF8(out)
}

func encodeMistaken(s []byte, charset string) ([]byte, error) {
	t := tcvn3
	if charset == VNIInUTF8 {
		t = vni
	}
	var out []byte
	for _, r := range string(s) {
		b, found := t.bytes[r]
		if !found || r > 0x2000 {
			out = utf8.AppendRune(out, r)
			continue
		}
		for i := range len(b) {
			out = utf8.AppendRune(out, rune(b[i]))
		}
	}
	return out, nil
}
