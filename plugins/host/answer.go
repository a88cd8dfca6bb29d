package host

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	lgsp "lgsp.internal/adapter"
	"lgsp.internal/adapter/plugins/wire"
)

// What is taken of a plugin's answer. Names that are longer are refused, since
// half of a lane is another lane; sentences are cut.
const (
	mostBody     = 32 << 20 // bytes of a document or a reply
	longestName  = 1 << 10  // bytes of a route, an own id, a lane, a subject, a path
	longestText  = 2 << 10  // bytes of a sentence
	longestRun   = 5        // digits: a number that has more may be a citizen's
	mostFields   = 500      // bad or doubtful fields of one message
	leastWait    = time.Second
	wholeMessage = "Thông điệp không được chương trình chuyển đổi chấp nhận. Hãy liên hệ đơn vị quản lý nền tảng LGSP của tỉnh."
)

// unusable is the error of an answer that breaks the rules, which is the fault
// of the plugin and not of the message.
func unusable(op string, err error) *lgsp.Error {
	return &lgsp.Error{Kind: lgsp.Unavailable, Op: op, Code: "PluginAnswer", After: leastWait, Err: err,
		Text: "Chương trình chuyển đổi trả về kết quả không hợp lệ; thông điệp sẽ được chuyển đổi lại. Hãy báo cho đơn vị phát triển chương trình."}
}

// noAnswer is the error of a call that failed: what it says may be the plugin's.
func noAnswer(op string, err error) *lgsp.Error {
	return unusable(op, errors.New(told(err.Error(), longestText)))
}

// document reads what a plugin made of one message.
func document(o *wire.Outcome) (lgsp.Document, error) {
	const op = "plugin.map"
	d := wire.FromDocument(o.GetDocument())
	for _, name := range []string{d.Route, d.LegacyID, d.Lane, d.Subject, d.Purpose.Procedure, d.Purpose.Officer, d.Purpose.Unit} {
		if len(name) > longestName {
			return lgsp.Document{}, unusable(op, fmt.Errorf("a name in its document has %d bytes, more than %d", len(name), longestName))
		}
	}
	if o.GetError() != nil {
		kept := lgsp.Document{}
		if lgsp.Kind(o.GetError().GetKind()) == lgsp.Invalid {
			kept = lgsp.Document{LegacyID: d.LegacyID, Lane: d.Lane, Subject: d.Subject}
		}
		return kept, bounded(op, o.GetError())
	}
	if err := fits(d.Body); err != nil {
		return lgsp.Document{}, unusable(op, err)
	}
	d.Warnings = boundedFields(d.Warnings)
	return d, nil
}

// reply reads what a plugin made of an answer.
func reply(r *wire.ReplyResponse) ([]byte, error) {
	const op = "plugin.reply"
	if r.GetError() != nil {
		return nil, bounded(op, r.GetError())
	}
	if err := fits(r.GetBody()); err != nil {
		return nil, unusable(op, err)
	}
	return r.GetBody(), nil
}

func fits(body []byte) error {
	switch {
	case len(body) == 0:
		return errors.New("it answers nothing")
	case len(body) > mostBody:
		return fmt.Errorf("it answers %d bytes, more than %d", len(body), mostBody)
	default:
		return nil
	}
}

// bounded reads an error of a plugin.
func bounded(op string, m *wire.Error) error {
	var e *lgsp.Error
	if err := wire.FromError(op, m); !errors.As(err, &e) {
		return err
	}
	e.Code, e.Text, e.Fields = word(e.Code), told(e.Text, longestText), boundedFields(e.Fields)
	if e.Err != nil {
		e.Err = errors.New(told(e.Err.Error(), longestText))
	}
	if e.Kind.World() {
		// A plugin that cannot work now is not asked again in the same breath.
		e.After = max(e.After, leastWait)
	} else if e.Text == "" {
		e.Text = wholeMessage
	}
	return e
}

func boundedFields(fields []lgsp.FieldError) []lgsp.FieldError {
	fields = fields[:min(len(fields), mostFields)]
	for i, f := range fields {
		fields[i] = lgsp.FieldError{Path: told(f.Path, longestName), Code: word(f.Code), Text: told(f.Text, longestText),
			Found: told(f.Found, longestText), Want: told(f.Want, longestText)}
	}
	return fields
}

// otherCode stands for a code of a plugin that is none.
const otherCode = "PluginCode"

var codeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,40}$`)

// word returns a code of a plugin, or otherCode where it is not a word that
// programs could rely on; "" stays "".
func word(code string) string {
	if code == "" || codeForm.MatchString(code) && masked(code) == code {
		return code
	}
	return otherCode
}

// told returns what a plugin tells as it may be logged and stored: without the
// numbers of citizens, which it should not tell at all, and at most n bytes of it.
func told(s string, n int) string { return cut(masked(s), n) }

// masked puts a * in the place of every digit of a run of more than longestRun.
func masked(s string) string {
	var b strings.Builder
	done, from, n := 0, 0, 0 // what is written; where the run begins; its digits
	end := func(to int) {
		if n > longestRun {
			b.WriteString(s[done:from])
			b.WriteString(strings.Repeat("*", n))
			done = to
		}
		n = 0
	}
	for i, r := range s {
		switch {
		case !unicode.IsDigit(r):
			end(i)
		case n == 0:
			from, n = i, 1
		default:
			n++
		}
	}
	if end(len(s)); done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// cut makes one line of s that a terminal shows as it is, of n bytes at most,
// which end with a letter.
func cut(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r):
			return unicode.ReplacementChar
		}
		return r
	}, s)
	if len(s) <= n {
		return s
	}
	const more = "…"
	for n -= len(more); n > 0 && !utf8.RuneStart(s[n]); n-- {
	}
	return s[:n] + more
}
