package conform

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/beevik/etree"

	"lgsp.internal/adapter/plugins/wire"
)

// saying is what a plugin told about one message.
type saying struct {
	what  string // was done to the message
	body  string
	words []string // that were told
	text  string
}

// keepsPrivate puts values into messages and looks for them where they must not
// be, and for those that the cases have.
func keepsPrivate(ctx context.Context, x *exam) error {
	if err := x.needsCases(); err != nil {
		return err
	}
	return x.with(ctx, func(ctx context.Context, p *process) error {
		var all []saying
		err := x.survey(ctx, p, slices.Concat(x.wholes(), x.variants(fieldChanges()), x.strangers(fieldChanges())), func(v variant, o *wire.Outcome) string {
			s := saying{what: v.what, body: string(v.envelope.Body)}
			s.text = strings.Join(saidIn(o.GetError(), o.GetDocument().GetWarnings()), "\n")
			s.words = wordsOf(s.text)
			all = append(all, s)
			if repeats(v.marks, s.text) {
				return "an error or a warning holds a value of the message: want what the value looks like, never the value"
			}
			return ""
		})
		if err != nil {
			return err
		}
		names, numbers := x.distinctive()
		if bad := given(names, numbers, all); len(bad) > 0 {
			return bad
		}
		if _, err := x.alone(ctx, p, x.envelopes()); err != nil {
			return err
		}
		x.finish(ctx, p)
		printed, _ := p.printed.text()
		if repeats([]string{markWords, markDigits}, printed) || holdsName(names, printed) || slices.ContainsFunc(numbers, func(n string) bool { return strings.Contains(printed, n) }) {
			return wrong{"what it prints holds a value of the message: want nothing of it, not even a part"}
		}
		return nil
	})
}

// saidIn is everything that is told of a message, and may be logged or sent.
func saidIn(e *wire.Error, warnings []*wire.FieldError) []string {
	said := []string{e.GetCode(), e.GetText(), e.GetCause()}
	for _, f := range append(slices.Clone(e.GetFields()), warnings...) {
		said = append(said, f.GetPath(), f.GetCode(), f.GetText(), f.GetWant(), f.GetFound())
	}
	return said
}

const shortestPart = 6 // digits in a row by which a number can be told from others

// repeats reports whether a text holds a mark, a word of it, or so many digits.
func repeats(marks []string, text string) bool {
	for _, m := range marks {
		for _, part := range strings.Fields(m) {
			if strings.Contains(text, part) {
				return true
			}
		}
		if m == markDigits && holdsDigits(m, text) {
			return true
		}
	}
	return false
}

func holdsDigits(number, text string) bool {
	for i := 0; i+shortestPart <= len(number); i++ {
		if strings.Contains(text, number[i:i+shortestPart]) {
			return true
		}
	}
	return false
}

// distinctive returns what the good cases hold that hardly anything else does:
// names of two words and more, each with a capital, and long numbers.
func (x *exam) distinctive() (names [][]string, numbers []string) {
	for _, c := range x.good {
		doc := etree.NewDocument()
		if err := doc.ReadFromBytes(c.Envelope.Body); err != nil {
			continue
		}
		for _, leaf := range leaves(payload(doc)) {
			var name []string
			for _, w := range append(wordsOf(leaf.Text()), "") {
				if r, _ := utf8.DecodeRuneInString(w); unicode.IsUpper(r) && utf8.RuneCountInString(w) > 2 {
					name = append(name, w)
					continue
				}
				if len(name) > 1 {
					names = append(names, name)
				}
				name = nil
				if len(w) >= shortestPart && strings.Trim(w, "0123456789") == "" {
					numbers = append(numbers, w)
				}
			}
		}
	}
	return names, numbers
}

// given lists messages of which a word of a name, or a number, is told, though it
// is told of no message that does not hold it: it comes from there.
func given(names [][]string, numbers []string, all []saying) (bad wrong) {
	looked := map[string]bool{}
	for _, w := range append(slices.Concat(names...), numbers...) {
		if looked[w] {
			continue
		}
		looked[w] = true
		from, elsewhere := "", false
		for _, s := range all {
			switch told := slices.Contains(s.words, w) || slices.Contains(numbers, w) && strings.Contains(s.text, w); {
			case !told:
			case !strings.Contains(s.body, w):
				elsewhere = true
			case from == "":
				from = s.what
			}
		}
		if from != "" && !elsewhere {
			bad = append(bad, from+": an error or a warning holds a word or a number of the message: want what the value looks like, never the value")
		}
	}
	return bad
}

// holdsName reports whether two words of a name stand side by side in a text.
func holdsName(names [][]string, text string) bool {
	words := wordsOf(text)
	for i := 1; i < len(words); i++ {
		for _, name := range names {
			for at := 1; at < len(name); at++ {
				if words[i-1] == name[at-1] && words[i] == name[at] {
					return true
				}
			}
		}
	}
	return false
}

// wordsOf are the words and numbers of a text.
func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) })
}
