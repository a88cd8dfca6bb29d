package audit

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Parse reads an entry's text into e, as encoding/json does. A text in the form
// that append writes, in whatever order its keys are and with keys of versions
// to come, is read in place: its values are parts of the text. Any other is left
// to encoding/json.
func (e *Entry) Parse(text string) error {
	*e = Entry{}
	d := decoder{all: text, plain: isPlain(text)}
	if d.entry(e) {
		return nil
	}
	*e = Entry{}
	if err := json.Unmarshal([]byte(text), e); err != nil {
		return fmt.Errorf("read an entry of the record: %w", err)
	}
	return nil
}

// decoder reads a text from its beginning. What its methods do not know they
// report by false, and leave to encoding/json.
type decoder struct {
	all   string
	at    int  // where it stands
	plain bool // a quote always ends a text, and a text is as it stands
}

// isPlain reports whether there are only characters of ASCII that stand for
// themselves in a text of JSON, and quotes. It looks at eight at a time.
func isPlain(s string) bool {
	const each, high = 0x0101010101010101, 0x8080808080808080
	for ; len(s) >= 8; s = s[8:] {
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		slash := w ^ each*'\\'
		if (w|(w-each*' ')|(slash-each)&^slash)&high != 0 {
			return false
		}
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '\\' || s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (d *decoder) entry(e *Entry) bool {
	if !d.take('{') {
		return false
	}
	for {
		key, ok := d.text()
		if !ok || !d.take(':') || !d.value(e, key) {
			return false
		}
		if d.take('}') {
			return d.at == len(d.all)
		}
		if !d.take(',') {
			return false
		}
	}
}

func (d *decoder) take(c byte) bool {
	if !d.is(c) {
		return false
	}
	d.at++
	return true
}

// is reports whether c comes next.
func (d *decoder) is(c byte) bool { return d.at < len(d.all) && d.all[d.at] == c }

// value reads the value of a key into its field.
func (d *decoder) value(e *Entry, key string) (ok bool) {
	switch key {
	case "seq":
		e.Seq, ok = d.number()
	case "attempt":
		e.Attempt, ok = d.number()
	case "took":
		e.Took, ok = d.number()
	case "waited":
		e.Waited, ok = d.number()
	case "at":
		var s string
		if s, ok = d.text(); ok {
			e.At, ok = parseStamp(s)
		}
	default:
		if field := e.textField(key); field != nil {
			*field, ok = d.text()
			return ok
		}
		return d.unknown(key)
	}
	return ok
}

// unknown passes over the value of a key that is not known. encoding/json takes
// a key for a known one whatever the case of its letters.
func (d *decoder) unknown(key string) (ok bool) {
	for i := range len(key) {
		if c := key[i]; c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf {
			return false
		}
	}
	if d.is('"') {
		_, ok = d.text()
		return ok
	}
	_, ok = d.number()
	return ok
}

// textField returns the field of a key whose value is a text, nil if there is none.
func (e *Entry) textField(key string) *string {
	switch key {
	case "event":
		return (*string)(&e.Event)
	case "message":
		return &e.Message
	case "sender":
		return &e.Sender
	case "system":
		return &e.System
	case "service":
		return &e.Service
	case "upstream":
		return &e.Upstream
	case "subject":
		return &e.Subject
	case "answered":
		return &e.Answered
	case "procedure":
		return &e.Procedure
	case "officer":
		return &e.Officer
	case "unit":
		return &e.Unit
	case "operator":
		return &e.Operator
	case "account":
		return &e.Account
	case "notice":
		return &e.Notice
	case "report":
		return &e.Report
	case "result":
		return (*string)(&e.Result)
	case "fields":
		return &e.Fields
	case "from":
		return &e.From
	case "kind":
		return &e.Kind
	case "code":
		return &e.Code
	case "ref":
		return &e.Ref
	case "detail":
		return &e.Detail
	}
	return nil
}

// text reads a text.
func (d *decoder) text() (string, bool) {
	if !d.take('"') {
		return "", false
	}
	s, ascii := d.all[d.at:], true
	if d.plain {
		end := strings.IndexByte(s, '"')
		if end < 0 {
			return "", false
		}
		d.at += end + 1
		return s[:end], true
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			d.at += i + 1
			return s[:i], ascii || utf8.ValidString(s[:i])
		case c == '\\':
			return d.escaped(i)
		case c < 0x20:
			return "", false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return "", false
}

// escaped reads the rest of a text that has the first escape at i.
func (d *decoder) escaped(i int) (string, bool) {
	var b strings.Builder
	s, plain := d.all[d.at:], 0
	for i < len(s) {
		switch c := s[i]; {
		case c == '"':
			b.WriteString(s[plain:i])
			d.at += i + 1
			return b.String(), utf8.ValidString(b.String())
		case c < 0x20:
			return "", false
		case c != '\\':
			i++
			continue
		}
		b.WriteString(s[plain:i])
		c, size, ok := unescape(s[i+1:])
		if !ok {
			return "", false
		}
		b.WriteByte(c)
		i += 1 + size
		plain = i
	}
	return "", false
}

// unescape reads what follows a backslash: only what append writes.
func unescape(s string) (c byte, size int, ok bool) {
	switch {
	case s == "":
		return 0, 0, false
	case s[0] == '"' || s[0] == '\\':
		return s[0], 1, true
	case len(s) < 5 || s[:3] != "u00" || s[3] > '1':
		return 0, 0, false
	}
	low := strings.IndexByte(hexDigits, s[4])
	if s[3] < '0' || low < 0 {
		return 0, 0, false
	}
	return (s[3]-'0')<<4 | byte(low), 5, true
}

// number reads a whole number of up to 18 digits, as append writes it.
func (d *decoder) number() (n int64, ok bool) {
	less := d.take('-')
	s, i := d.all[d.at:], 0
	for i < len(s) && i <= 18 && s[i] >= '0' && s[i] <= '9' {
		n = n*10 + int64(s[i]-'0')
		i++
	}
	if i == 0 || i > 18 || s[0] == '0' && i > 1 {
		return 0, false
	}
	if less {
		n = -n
	}
	d.at += i
	return n, true
}

// parseStamp reads a time in the form of stamp.
func parseStamp(s string) (time.Time, bool) {
	if len(s) != len(stamp) || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] != '.' || s[23] != 'Z' {
		return time.Time{}, false
	}
	var part [7]int
	for i, at := range [...]struct{ from, to int }{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}, {20, 23}} {
		for _, c := range []byte(s[at.from:at.to]) {
			if c < '0' || c > '9' {
				return time.Time{}, false
			}
			part[i] = part[i]*10 + int(c-'0')
		}
	}
	t := time.Date(part[0], time.Month(part[1]), part[2], part[3], part[4], part[5], part[6]*int(time.Millisecond), time.UTC)
	// What does not exist, like 31 February, comes out as another time.
	real := part[1] >= 1 && part[1] <= 12 && part[3] < 24 && part[4] < 60 && part[5] < 60 && t.Day() == part[2]
	return t, real
}
