package vntext

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// decodeUTF8 checks b and brings it into NFC.
//
// Nearly all text is ASCII and precomposed Vietnamese letters, which are in NFC
// wherever they stand and are skipped at once. Anything else is settled together
// with the character before it and all that follows up to the next ASCII
// character, which never combines with what is before it.
func decodeUTF8(b []byte) ([]byte, error) {
	offset := 0
	if len(b) >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF {
		b, offset = b[3:], 3
	}
	var out, made []byte
	copied := 0 // b[:copied] is in out
	for i := 0; i < len(b); {
		i += plainRun(b[i:])
		if i == len(b) {
			break
		}
		if c := b[i]; c < utf8.RuneSelf {
			return nil, control(UTF8, offset+i, c)
		}
		from, to := before(b, i), i
		for to < len(b) && b[to] >= utf8.RuneSelf {
			to++
		}
		part := b[from:to]
		if !utf8.Valid(part) {
			return nil, &Error{UTF8, offset + i + validLen(b[i:]), "not UTF-8: the text is in another charset than declared"}
		}
		if made = compose(made[:0], part); !bytes.Equal(made, part) {
			if out == nil {
				out = make([]byte, 0, len(b))
			}
			out = append(append(out, b[copied:from]...), made...)
			copied = to
		}
		i = to
	}
	if out == nil {
		return b, nil
	}
	return append(out, b[copied:]...), nil
}

// NFC returns s, which is UTF-8, with its letters put together. It returns s
// itself when nothing changes, at the cost of one look at plain ASCII.
func NFC(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf {
		i++
	}
	if i == len(s) {
		return s
	}
	part := []byte(s)
	if made := compose(make([]byte, 0, len(s)), part); !bytes.Equal(made, part) {
		return string(made)
	}
	return s
}

const (
	eachByte = 0x0101010101010101
	topBits  = 0x80 * eachByte
)

// plainRun returns the length of the longest beginning of b of white space,
// printable ASCII, U+0080–U+02FF, U+1E80–U+1EFF and U+2010–U+203F, all of which
// are in NFC and combine with nothing before them.
func plainRun(b []byte) int {
	i := 0
	for i < len(b) {
		if i+8 <= len(b) {
			// The top bit of each byte of stop says that it is no printable ASCII.
			w := binary.LittleEndian.Uint64(b[i:])
			stop := (w | ^((w | topBits) - ' '*eachByte)) & topBits
			if stop == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(stop) / 8
		}
		switch c := b[i]; {
		case c >= ' ' && c < utf8.RuneSelf, isSpace(c):
			i++
		case c >= 0xC2 && c <= 0xCB && i+1 < len(b) && b[i+1]&0xC0 == 0x80:
			i += 2
		case c == 0xE1 && i+2 < len(b) && b[i+1]&0xFE == 0xBA && b[i+2]&0xC0 == 0x80:
			i += 3
		case c == 0xE2 && i+2 < len(b) && b[i+1] == 0x80 && b[i+2] >= 0x90 && b[i+2] <= 0xBF:
			i += 3
		default:
			return i
		}
	}
	return i
}

// before returns where the character before b[i] begins, i if there is none.
func before(b []byte, i int) int {
	if i == 0 {
		return 0
	}
	i--
	for i > 0 && b[i]&0xC0 == 0x80 {
		i--
	}
	return i
}

// validLen returns the length of the longest beginning of b that is UTF-8.
func validLen(b []byte) int {
	i := 0
	for i < len(b) {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	return i
}

// compose appends part, which is UTF-8, to the empty slice out, in NFC.
// Vietnamese letters typed in pieces are put together here, in whatever order
// the pieces come; the rest is left to norm.
func compose(out, part []byte) []byte {
	last, lastAt := rune(-1), 0
	for i := 0; i < len(part); {
		r, size := utf8.DecodeRune(part[i:])
		i += size
		if whole := wholes.of(last, r); whole != 0 {
			last, out = whole, utf8.AppendRune(out[:lastAt], whole)
			continue
		}
		last, lastAt = r, len(out)
		out = utf8.AppendRune(out, r)
	}
	if plainRun(out) == len(out) || norm.NFC.IsNormal(out) {
		return out
	}
	return norm.NFC.Bytes(out)
}

// pairTable finds the letter that a letter and a mark make: row by mark, column by letter.
type pairTable [8][0x260]uint16

var wholes = makePairTable()

func makePairTable() *pairTable {
	var t pairTable
	for _, p := range pairs {
		t[markRow(p.mark)][letterColumn(p.base)] = uint16(p.whole)
	}
	return &t
}

// of returns the letter that base and mark make, 0 if they make none.
func (t *pairTable) of(base, mark rune) rune {
	row, column := markRow(mark), letterColumn(base)
	if row < 0 || column < 0 {
		return 0
	}
	return rune(t[row][column])
}

func markRow(mark rune) int {
	switch mark {
	case 0x300:
		return 0
	case 0x301:
		return 1
	case 0x302:
		return 2
	case 0x303:
		return 3
	case 0x306:
		return 4
	case 0x309:
		return 5
	case 0x31B:
		return 6
	case 0x323:
		return 7
	}
	return -1
}

func letterColumn(r rune) int {
	switch {
	case r >= 0 && r < 0x200:
		return int(r)
	case r >= 0x1EA0 && r < 0x1F00:
		return int(r-0x1EA0) + 0x200
	}
	return -1
}
