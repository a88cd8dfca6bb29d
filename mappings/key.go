package mappings

import (
	"strings"
	"unicode"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
)

// maxKey is the most that an own id, a lane, a subject and each part of a purpose
// may have, in bytes as UTF-8. They are kept, indexed and shown: what is longer,
// or holds characters that steer a terminal or that nobody sees, names nothing.
const maxKey = 256

const (
	wantKeyLength  = "tối đa 256 byte"
	wantKeyLetters = "chỉ gồm ký tự nhìn thấy được"
)

// keyProblem returns the code of what is wrong with an own id or the like, "" if
// nothing is.
func keyProblem(s string) string {
	switch {
	case len(s) > maxKey:
		return codeLength
	case !utf8.ValidString(s) || strings.ContainsFunc(s, isHidden):
		return codePattern
	}
	return ""
}

func isHidden(c rune) bool {
	if c < utf8.RuneSelf {
		return c < ' ' || c == 0x7F
	}
	return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// fitKey returns an own id or the like, "" of one that does not fit.
func fitKey(s string) string {
	if keyProblem(s) != "" {
		return ""
	}
	return s
}

// checkKey returns the own id or the like that a rule made. One that does not fit
// is reported, and none.
func (st *state) checkKey(r *rule, at int32, s string) string {
	e := lgsp.FieldError{Code: keyProblem(s)}
	switch e.Code {
	case "":
		return s
	case codeLength:
		e.Text, e.Want = textLength, wantKeyLength
	default:
		e.Text, e.Want = textPattern, wantKeyLetters
	}
	if len(r.refs) == 0 { // of a const, say, there is no other place
		e.Path = st.path(0, st.m.tree.root)
		st.fail(e)
		return ""
	}
	st.badly(r, at, s, e)
	return ""
}
