package citizen

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NameKey returns a name as the population database compares it: without
// diacritics and whatever is no letter or digit, in capitals. "Nguyễn Văn A" is
// "NGUYENVANA", in composed letters or in pieces, and so is "NGUYENVANA".
func NameKey(s string) string {
	var room [64]byte
	key := room[:0]
	for _, r := range norm.NFD.String(s) {
		switch {
		case r == 'đ' || r == 'Đ':
			key = append(key, 'D')
		case r < utf8.RuneSelf && (r >= 'a' && r <= 'z'):
			key = append(key, byte(r)-'a'+'A')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			key = utf8.AppendRune(key, unicode.ToUpper(r))
		}
	}
	return string(key)
}
