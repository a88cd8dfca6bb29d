package mappings

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What loose comparison leaves of a text, letter by letter.
func TestALooseComparisonForgetsCapitalsMarksAndSpaces(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	alphabet := []rune("aĂâđĐễỆ  \t\u00a0\u0301\u0323xÝ9-ȺİK\u212aß\u0344\u1e69")
	for range 50_000 {
		var text []rune
		for range random.IntN(12) {
			text = append(text, alphabet[random.IntN(len(alphabet))])
		}
		var words []string
		for _, word := range strings.FieldsFunc(string(text), unicode.IsSpace) {
			kept := ""
			for _, r := range norm.NFD.String(word) {
				if r = unicode.ToLower(r); r == 'đ' {
					r = 'd'
				}
				if !unicode.Is(unicode.Mn, r) {
					kept += string(r)
				}
			}
			if kept != "" { // more than marks
				words = append(words, kept)
			}
		}
		want := strings.Join(words, " ")
		if got := string(fold([]byte("x"), string(text), compareLoose)); got != "x"+want {
			t.Fatalf("%+q is left as %+q, want %+q", string(text), got, "x"+want)
		}
	}
}
