package sandbox

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The civil status service is called thousands of times a second in load tests
// beside the program under test, so its requests are read in one pass and
// without a copy of each text.

// maxDepth bounds how deep values may be nested; the deepest that any service
// takes is four.
const maxDepth = 16

var errNotJSON = errors.New("not a json value")

// parseJSON reads one JSON value (RFC 8259) with nothing but white space after it.
func parseJSON(s string) (node, error) {
	r := reader{s: s}
	n, ok := r.value(0)
	if r.space(); !ok || r.i != len(s) || !utf8.ValidString(s) {
		return node{}, errNotJSON
	}
	return n, nil
}

// skimJSON returns the texts of members of an object, and reads no more of the
// rest than it takes to find where it ends.
func skimJSON(s string, names ...string) ([]string, error) {
	out := make([]string, len(names))
	r := reader{s: s, skim: true}
	r.space()
	ok := r.members(func(name string) bool {
		at := r.i
		n, ok := r.value(1)
		for i := range names {
			if ok && names[i] == name && n.kind == textNode {
				r.skim, r.i = false, at
				n, ok = r.value(1)
				r.skim, out[i] = true, n.text
			}
		}
		return ok
	})
	if r.space(); !ok || r.i != len(s) {
		return nil, errNotJSON
	}
	return out, nil
}

// A reader reads values from s at i on. Its methods report false where s is no
// JSON.
type reader struct {
	s    string
	i    int
	skim bool // leave values empty
}

func (r *reader) space() {
	for r.i < len(r.s) {
		switch r.s[r.i] {
		case ' ', '\t', '\n', '\r':
			r.i++
		default:
			return
		}
	}
}

// next skips white space and c, and reports whether c was there.
func (r *reader) next(c byte) bool {
	if r.space(); r.i < len(r.s) && r.s[r.i] == c {
		r.i++
		return true
	}
	return false
}

func (r *reader) word(w string) bool {
	ok := strings.HasPrefix(r.s[r.i:], w)
	if ok {
		r.i += len(w)
	}
	return ok
}

func (r *reader) value(depth int) (node, bool) {
	r.space()
	if r.i == len(r.s) || depth > maxDepth {
		return node{}, false
	}
	switch r.s[r.i] {
	case '"':
		text, ok := r.text()
		return node{kind: textNode, text: text}, ok
	case '{':
		return r.object(depth)
	case '[':
		return r.list(depth)
	case 't':
		return node{kind: boolNode, text: "true"}, r.word("true")
	case 'f':
		return node{kind: boolNode, text: "false"}, r.word("false")
	case 'n':
		return node{}, r.word("null")
	}
	return r.number()
}

func (r *reader) object(depth int) (node, bool) {
	n := node{kind: objectNode}
	ok := r.members(func(name string) bool {
		kid, ok := r.value(depth + 1)
		if !r.skim {
			if n.kids == nil {
				n.kids = make([]node, 0, 8)
			}
			kid.name = name
			n.kids = append(n.kids, kid)
		}
		return ok
	})
	return n, ok
}

// members calls each for every member of an object, after its colon.
func (r *reader) members(each func(name string) bool) bool {
	if !r.next('{') {
		return false
	}
	if r.next('}') {
		return true
	}
	skim := r.skim
	for {
		if r.space(); r.i == len(r.s) || r.s[r.i] != '"' {
			return false
		}
		r.skim = false
		name, ok := r.text()
		r.skim = skim
		if !ok || !r.next(':') || !each(name) {
			return false
		}
		if r.next('}') {
			return true
		}
		if !r.next(',') {
			return false
		}
	}
}

func (r *reader) list(depth int) (node, bool) {
	n := node{kind: listNode}
	r.i++
	if r.next(']') {
		return n, true
	}
	for {
		kid, ok := r.value(depth + 1)
		if !ok {
			return n, false
		}
		if !r.skim {
			n.kids = append(n.kids, kid)
		}
		if r.next(']') {
			return n, true
		}
		if !r.next(',') {
			return n, false
		}
	}
}

func (r *reader) number() (node, bool) {
	end := r.i
	for end < len(r.s) && strings.IndexByte("+-.0123456789eE", r.s[end]) >= 0 {
		end++
	}
	text := r.s[r.i:end]
	r.i = end
	return node{kind: numberNode, text: text}, text != "" && json.Valid([]byte(text))
}

// text reads a string. One without escapes shares its bytes with r.s.
func (r *reader) text() (string, bool) {
	r.i++
	start, escaped := r.i, false
	for r.i < len(r.s) {
		switch c := r.s[r.i]; {
		case c == '"':
			raw := r.s[start:r.i]
			r.i++
			if escaped && !r.skim {
				return unescape(raw)
			}
			return raw, true
		case c == '\\':
			escaped = true
			r.i++
		case c < ' ':
			return "", false
		}
		r.i++
	}
	return "", false
}

// unescape resolves the escapes of a string (RFC 8259 §7). Half a surrogate
// pair becomes U+FFFD.
func unescape(raw string) (string, bool) {
	out := make([]byte, 0, len(raw))
	for {
		i := strings.IndexByte(raw, '\\')
		if i < 0 || i+1 == len(raw) {
			return string(append(out, raw...)), i < 0
		}
		out = append(out, raw[:i]...)
		c := raw[i+1]
		raw = raw[i+2:]
		at := strings.IndexByte(`"\/bfnrt`, c)
		switch {
		case at >= 0:
			out = append(out, "\"\\/\b\f\n\r\t"[at])
		case c != 'u':
			return "", false
		default:
			rest, char, ok := unicodeEscape(raw)
			if !ok {
				return "", false
			}
			raw, out = rest, utf8.AppendRune(out, char)
		}
	}
}

// unicodeEscape reads four hexadecimal digits and, where they are half of a
// pair, the other half.
func unicodeEscape(raw string) (rest string, char rune, ok bool) {
	char, ok = hex4(raw)
	if !ok {
		return raw, 0, false
	}
	raw = raw[4:]
	if !utf16.IsSurrogate(char) {
		return raw, char, true
	}
	if strings.HasPrefix(raw, `\u`) {
		if low, ok := hex4(raw[2:]); ok {
			if pair := utf16.DecodeRune(char, low); pair != utf8.RuneError {
				return raw[6:], pair, true
			}
		}
	}
	return raw, utf8.RuneError, true
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var n rune
	for i := range 4 {
		d := strings.IndexByte("0123456789abcdef", s[i]|0x20)
		if d < 0 || s[i] < '0' {
			return 0, false
		}
		n = n<<4 | rune(d)
	}
	return n, true
}
