package mappings

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
)

// failed reports the value s of the place that a path leads to, once, with what
// it looks like, and returns whether it is listed now. s is "" when there is none.
func (st *state) failed(r *ref, at int32, s string, e lgsp.FieldError) bool {
	e.Path = st.refPath(r, at)
	if !st.fail(e) {
		return false
	}
	last := &st.errs[len(st.errs)-1]
	if last.Found = looks(s); s == "" && st.blankAt(r, at) {
		last.Found = looksBlank
	}
	return true
}

// fail reports a field, and returns whether it is listed now for the first time.
func (st *state) fail(e lgsp.FieldError) bool {
	if e.Code == codeMissing && st.unreadable(e.Path) {
		return false // nobody can say what a document holds that cannot be read
	}
	st.fails++
	st.lastCode = e.Code
	if said(st.errs, &e) {
		return false
	}
	if len(st.errs) >= maxFieldErrors {
		st.more++
		return false
	}
	st.errs = append(st.errs, e)
	return true
}

// unreadable reports whether a path leads into a document that was reported.
func (st *state) unreadable(path string) bool {
	return slices.ContainsFunc(st.errs, func(e lgsp.FieldError) bool {
		return e.Code == codeDocument && strings.HasPrefix(path, e.Path+"/")
	})
}

// said reports whether all holds something of that code about that field. Checks
// that want something else of one field are each said.
func said(all []lgsp.FieldError, e *lgsp.FieldError) bool {
	return slices.ContainsFunc(all, func(o lgsp.FieldError) bool {
		return o.Path == e.Path && o.Code == e.Code && (e.Code != codeMust || o.Want == e.Want)
	})
}

// readFrom returns the path by which the value of a rule was found, its first one if
// no path leads to any or if it was made of several.
func (st *state) readFrom(r *rule, at int32) *ref {
	if r.join != nil || r.compute != nil {
		return &r.refs[0]
	}
	for i := range r.refs {
		if tidy(st.find(&r.refs[i], at), r.spaces) != "" {
			return &r.refs[i]
		}
	}
	return &r.refs[0]
}

// blankAt reports whether an element without text, or an attribute with nothing
// but spaces, is where a path leads.
func (st *state) blankAt(r *ref, at int32) bool {
	if r.word != noWord {
		return false
	}
	i := st.slot(r, at)
	return i >= 0 && (st.values[i].text != "" || st.values[i].count > 0)
}

// What a value looks like is told by its length and by classes of characters,
// never by its letters and digits: it may be a citizen's.
const (
	mostLooked  = 10_000 // characters that are looked at
	leastListed = 4      // characters of a value whose mixture is told

	looksBlank   = "trống"
	looksLonger  = "hơn "
	looksChars   = " ký tự"
	looksLetters = "chữ cái"
	looksDigits  = "chữ số"
	looksSpaces  = "khoảng trắng"
	looksHidden  = "ký tự ẩn"
	looksOthers  = "ký tự khác"
	looksSigns   = "các dấu"

	looksElements = " phần tử" // of a list
)

// signWord names one sign of dates and numbers, "" any other.
func signWord(sign rune) string {
	switch sign {
	case '/':
		return "dấu /"
	case '-':
		return "dấu -"
	case '.':
		return "dấu chấm"
	case ',':
		return "dấu phẩy"
	case ':':
		return "dấu hai chấm"
	}
	return ""
}

// looks returns what s looks like, "9 chữ số" or "10 ký tự: chữ số và dấu /", ""
// for the empty text.
func looks(s string) string {
	var letters, digits, spaces, hidden, others, signs bool
	sign := rune(0) // the only one so far
	n, more := 0, false
	for _, c := range s {
		if more = n == mostLooked; more {
			break
		}
		n++
		switch {
		case c >= '0' && c <= '9':
			digits = true
		case unicode.IsSpace(c):
			spaces = true
		case unicode.Is(unicode.Latin, c), unicode.Is(unicode.Mn, c):
			letters = true
		case c < utf8.RuneSelf && unicode.IsGraphic(c):
			if signs = true; sign == 0 {
				sign = c
			} else if sign != c {
				sign = utf8.RuneError
			}
		case !unicode.IsGraphic(c):
			hidden = true
		default:
			others = true
		}
	}
	if n == 0 {
		return ""
	}
	signsWord := looksSigns
	if only := signWord(sign); only != "" && digits {
		signsWord = only
	}
	of := make([]string, 0, 6)
	for _, class := range []struct {
		there bool
		word  string
	}{{letters, looksLetters}, {digits, looksDigits}, {spaces, looksSpaces}, {signs, signsWord}, {hidden, looksHidden}, {others, looksOthers}} {
		if class.there {
			of = append(of, class.word)
		}
	}
	return counted(n, more, of)
}

func counted(n int, longer bool, of []string) string {
	number := strconv.Itoa(n)
	if longer {
		number = looksLonger + number
	}
	switch last := len(of) - 1; {
	case last == 0 && (of[0] == looksLetters || of[0] == looksDigits):
		return number + " " + of[0]
	case n < leastListed:
		return number + looksChars
	case last == 0:
		return number + looksChars + ": " + of[0]
	default:
		return number + looksChars + ": " + strings.Join(of[:last], ", ") + " và " + of[last]
	}
}
