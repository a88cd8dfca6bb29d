package account

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/internal/citizen"
)

// common are the words of passwords that are tried first everywhere, lower case
// without digits and signs: the other rules would let them pass with a few.
//
//go:embed common.txt
var common string

// checkPassword lists what is wrong with a new password. // TCVN 11930:2017, level 3
func checkPassword(password, name, fullName string) (bad []lgsp.FieldError) {
	add := func(code, text string) { bad = append(bad, lgsp.FieldError{Path: "password", Code: code, Text: text}) }
	if len(password) > maxPassword || !utf8.ValidString(password) {
		add("long", fmt.Sprintf("Mật khẩu dài quá %d byte.", maxPassword))
		return bad
	}
	if utf8.RuneCountInString(password) < minPassword {
		add("short", fmt.Sprintf("Mật khẩu phải có ít nhất %d ký tự.", minPassword))
	}
	if !hasClasses(password) {
		add("classes", "Mật khẩu phải có chữ hoa, chữ thường, chữ số và ký tự đặc biệt.")
	}
	if holdsName(password, name, fullName) {
		add("holds-name", "Mật khẩu không được chứa tên đăng nhập hoặc họ tên.")
	}
	if isCommon(password) || isMonotonous(password) {
		add("common", "Mật khẩu này quá phổ biến, dễ bị đoán.")
	}
	return bad
}

// hasClasses reports whether a password has characters of all four classes.
func hasClasses(password string) bool {
	var upper, lower, digit, special bool
	for _, r := range password {
		switch {
		case unicode.IsUpper(r):
			upper = true
		case unicode.IsLower(r):
			lower = true
		case unicode.IsDigit(r):
			digit = true
		case !unicode.IsLetter(r) && !unicode.IsControl(r):
			special = true
		}
	}
	return upper && lower && digit && special
}

// unspelled takes back what people do to a word to have it pass.
func unspelled(lower string) string {
	return strings.NewReplacer("@", "a", "4", "a", "0", "o", "1", "i", "!", "i", "3", "e", "$", "s", "5", "s", "7", "t").Replace(lower)
}

// holdsName reports whether a password holds the name of its account or the
// full name, however they are spelled.
func holdsName(password, name, fullName string) bool {
	lower, key := strings.ToLower(password), citizen.NameKey(fullName)
	if strings.Contains(lower, name) || strings.Contains(unspelled(lower), unspelled(name)) {
		return true
	}
	return len(key) >= 6 && (strings.Contains(citizen.NameKey(lower), key) || strings.Contains(citizen.NameKey(unspelled(lower)), key))
}

// isCommon reports whether a password is one of the commonest, perhaps with
// digits and signs around it or in the place of letters.
func isCommon(password string) bool {
	lower := strings.ToLower(password)
	core := strings.TrimFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) })
	words := []string{letters(lower), letters(unspelled(core))}
	lines := bufio.NewScanner(strings.NewReader(common))
	for lines.Scan() {
		if entry := lines.Text(); slices.Contains(words, entry) || slices.Contains(words, entry+entry) {
			return true
		}
	}
	return false
}

// letters keeps the letters of a word, as digits and signs are put around it.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

// isMonotonous reports whether a password is made of very few characters.
func isMonotonous(password string) bool {
	seen := map[rune]bool{}
	for _, r := range password {
		seen[r] = true
	}
	return len(seen) < 6
}

// firstAlphabet has no two characters that look alike on paper.
const firstAlphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// firstPassword makes a password to be given to a person: four groups of four,
// some 90 bits. It keeps the rules for passwords, that it does not happen to hold
// the name among them.
func firstPassword(random io.Reader, name, fullName string) (string, error) {
	for range 100 {
		var b strings.Builder
		for i := 0; i < 16; {
			var one [1]byte
			if _, err := io.ReadFull(random, one[:]); err != nil {
				return "", fmt.Errorf("read randomness: %w", err)
			}
			if int(one[0]) >= 256/len(firstAlphabet)*len(firstAlphabet) {
				continue // a remainder would make some characters likelier
			}
			if i > 0 && i%4 == 0 {
				b.WriteByte('-')
			}
			b.WriteByte(firstAlphabet[int(one[0])%len(firstAlphabet)])
			i++
		}
		if checkPassword(b.String(), name, fullName) == nil {
			return b.String(), nil
		}
	}
	return "", fmt.Errorf("the source of randomness gives the same over and over")
}
