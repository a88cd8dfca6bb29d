package host

import (
	"errors"
	"fmt"
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
	longestName  = 1 << 10  // bytes of a route, an own id, a lane, a subject, a code
	longestText  = 2 << 10  // bytes of a sentence
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
	e.Code, e.Text, e.Fields = cut(e.Code, longestName), cut(e.Text, longestText), boundedFields(e.Fields)
	if e.Err != nil {
		e.Err = errors.New(cut(e.Err.Error(), longestText))
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
		fields[i] = lgsp.FieldError{Path: cut(f.Path, longestName), Code: cut(f.Code, longestName), Text: cut(f.Text, longestText),
			Found: cut(f.Found, longestText), Want: cut(f.Want, longestText)}
	}
	return fields
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
